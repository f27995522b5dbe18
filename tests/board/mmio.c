// SPDX-License-Identifier: GPL-2.0
/*
 * Accesses to devices by every kind of instruction, and to read-only memory.
 */
#include "vm.h"
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096
#define ROM 0x60000000

static struct vm *vm;
static struct vcpu *cpu;

static void start(const char *name, uint32_t arg0)
{
	vm = vm_new(1, 0);
	cpu = &vm->vcpu[0];
	vcpu_start(cpu, name, arg0, 0);
}

static void arm_forms(void)
{
	start("g_mmio_arm", 0);
	vcpu_done(cpu);
}

static void thumb_forms(void)
{
	start("g_mmio_thumb", 0);
	vcpu_done(cpu);
}

static void translated(void)
{
	start("g_mmio_translated", 0);
	vcpu_done(cpu);
}

static void code_elsewhere(void)
{
	start("g_mmio_moved", 0);
	vcpu_done(cpu);
}

/* Half in memory, half out of it. */
static void store_across(void)
{
	uint32_t *end;

	start("g_store_across", RAM_BASE + RAM_SIZE);
	end = (uint32_t *)(vm->ram + RAM_SIZE);
	expect_eq(vcpu_event(cpu, EV_WRITE).addr, RAM_BASE + RAM_SIZE);
	expect_eq(vcpu_event(cpu, EV_WRITE).addr, RAM_BASE + RAM_SIZE + 4);
	vcpu_done(cpu);
	expect_eq(end[-2], 0x22);
	expect_eq(end[-1], 0x33);
}

static void load_across(void)
{
	start("g_load_across", RAM_BASE + RAM_SIZE);
	((uint32_t *)(vm->ram + RAM_SIZE))[-2] = 0x1234;
	expect_eq(vcpu_event(cpu, EV_READ).addr, RAM_BASE + RAM_SIZE);
	vcpu_answer(cpu, 0x44);
	expect_eq(vcpu_event(cpu, EV_READ).addr, RAM_BASE + RAM_SIZE + 4);
	vcpu_answer(cpu, 0x55);
	vcpu_reports(cpu, 0x1234);
	vcpu_reports(cpu, 0x55);
	vcpu_done(cpu);
}

static void user_stack(void)
{
	start("g_mmio_user_sp", 0);
	vcpu_reports(cpu, DEV_IO + 0x100);
	vcpu_done(cpu);
	expect_eq(vm->dev[0xfc], 0x77);
}

/* What the kernel can't decode ends in an exit that says so. */
static void defined_end(const char *name)
{
	struct event ev;

	start(name, OTHER_IO);
	do {
		ev = vcpu_next(cpu);
	} while (ev.kind == EV_READ || ev.kind == EV_WRITE);
	if (ev.kind == EV_EXIT)
		expect_eq(ev.value, KVM_EXIT_INTERNAL_ERROR);
	else
		expect_eq(ev.kind, EV_DONE);
}

static void vfp_store(void)
{
	defined_end("g_mmio_vfp");
}

static void exclusive(void)
{
	defined_end("g_mmio_exclusive");
}

static void read_only_slot(void)
{
	uint32_t *rom =
		mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct event ev;

	expect(rom != MAP_FAILED);
	start("g_rom", ROM + 0x10);
	rom[4] = 0xcafe;
	expect_ok(vm_slot(vm, 1, KVM_MEM_READONLY, ROM, PAGE, rom));
	vcpu_reports(cpu, 0xcafe);
	ev = vcpu_event(cpu, EV_WRITE);
	expect_eq(ev.addr, ROM + 0x10);
	expect_eq(ev.value, 0x5a5a);
	expect_eq(vcpu_event(cpu, EV_WRITE).addr, ROM + 0x10);
	ev = vcpu_event(cpu, EV_WRITE);
	expect_eq(ev.addr, ROM + 0x14);
	expect_eq(ev.value, 2);
	ev = vcpu_event(cpu, EV_WRITE);
	expect_eq(ev.addr, ROM + 0x18);
	expect_eq(ev.len, 1);
	vcpu_done(cpu);
	expect_eq(rom[4], 0xcafe);
}

/* Written before it became read-only: the mapping must not stay writable. */
static void became_read_only(void)
{
	uint32_t *rom =
		mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	start("g_write_words", ROM);
	expect_ok(vm_slot(vm, 1, 0, ROM, PAGE, rom));
	vcpu_set_reg(cpu, CORE_REG(usr_regs.ARM_r2), 3);
	vcpu_done(cpu);
	expect_eq(rom[0], 2);
	expect_ok(vm_slot(vm, 1, 0, ROM, 0, rom));
	expect_ok(vm_slot(vm, 1, KVM_MEM_READONLY, ROM, PAGE, rom));
	vcpu_start(cpu, "g_write_words", ROM, 1);
	expect_eq(vcpu_event(cpu, EV_WRITE).addr, ROM);
	vcpu_done(cpu);
	expect_eq(rom[0], 2);
}

/* Read-only for the process, not so for the slot: no business of the device's. */
static void host_read_only(void)
{
	uint32_t *mem = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	start("g_write_words", ROM);
	expect_ok(vm_slot(vm, 1, 0, ROM, PAGE, mem));
	vcpu_set_reg(cpu, CORE_REG(usr_regs.ARM_r2), 1);
	expect_errno(ioctl(cpu->fd, KVM_RUN, 0), EFAULT);
}

static const struct test tests[] = {
	TEST(arm_forms),    TEST(thumb_forms),	  TEST(translated),	  TEST(code_elsewhere),
	TEST(store_across), TEST(load_across),	  TEST(user_stack),	  TEST(vfp_store),
	TEST(exclusive),    TEST(read_only_slot), TEST(became_read_only), TEST(host_read_only),
};

TEST_MAIN("mmio", tests)
