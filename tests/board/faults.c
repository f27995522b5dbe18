// SPDX-License-Identifier: GPL-2.0
/*
 * Allocations and copies that fail in what makes and runs a VM: lib/fault.h.
 */
#define _GNU_SOURCE
#include "fault.h"
#include "vm.h"
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096
#define PAGES 8
#define HUGE 0x200000
#define SPI 40

/* ---- VM, vcpu -------------------------------------------------------------------- */

static struct vm *vm;
static struct vcpu *cpu;
static int kvm, fd;

static void close_fd(void)
{
	close(fd);
	fd = -1;
}

static void vm_gone(void)
{
	vm_free(vm);
	vm = NULL;
}

static long create_vm(void)
{
	return fd = ioctl(kvm, KVM_CREATE_VM, 0);
}

static void is_a_vm(void)
{
	expect(check_cap(fd, KVM_CAP_USER_MEMORY) > 0);
}

static void vm_create(void)
{
	static const struct call c = { NULL, create_vm, NULL, is_a_vm, close_fd };

	kvm = kvm_open();
	every_fault(&c, 4);
}

static void empty_vm(void)
{
	vm = vm_new(0, 0);
}

static long create_vcpu(void)
{
	return fd = ioctl(vm->fd, KVM_CREATE_VCPU, 0);
}

static void vcpu_and_vm_gone(void)
{
	close_fd();
	vm_gone();
}

static void vcpu_create(void)
{
	static const struct call c = { empty_vm, create_vcpu, NULL, NULL, vcpu_and_vm_gone };

	every_fault(&c, 2);
}

static void vm_without_init(void)
{
	vm = vm_new(1, VM_NO_INIT);
	cpu = &vm->vcpu[0];
}

static long init_vcpu(void)
{
	struct kvm_vcpu_init init = { 0 };

	if (ioctl(vm->fd, KVM_ARM_PREFERRED_TARGET, &init) < 0)
		return -1;
	init.features[0] = 1 << KVM_ARM_VCPU_PSCI_0_2;
	return ioctl(cpu->fd, KVM_ARM_VCPU_INIT, &init);
}

static void runs(void)
{
	vcpu_start(cpu, "g_count_reports", 1, 0);
	vcpu_reports(cpu, 0);
}

static void vcpu_initialized(void)
{
	static const struct call c = { vm_without_init, init_vcpu, NULL, runs, vm_gone };

	every_fault(&c, 2);
}

/* ---- registers ---------------------------------------------------------------------- */

static void one_vm(void)
{
	vm = vm_new(1, VM_GIC);
	cpu = &vm->vcpu[0];
}

/* Every register is read and written back, by the list. */
static long copy_registers(void)
{
	static struct kvm_reg_list *list;
	uint64_t val[2], i;

	if (!list)
		list = calloc(1, sizeof(*list) + 1000 * sizeof(list->reg[0]));
	list->n = 1000;
	if (ioctl(cpu->fd, KVM_GET_REG_LIST, list) < 0)
		return -1;
	for (i = 0; i < list->n; i++)
		if (vcpu_get(cpu, list->reg[i], val) < 0 || vcpu_set(cpu, list->reg[i], val) < 0)
			return -1;
	return 0;
}

static void nothing(void)
{
}

static void registers(void)
{
	static const struct call c = { NULL, copy_registers, NULL, NULL, nothing };

	one_vm();
	every_fault(&c, 100);
	runs();
}

/* ---- the interrupt controller ----------------------------------------------------------- */

static int gic;

static long create_device(void)
{
	struct kvm_create_device dev = { .type = KVM_DEV_TYPE_ARM_VGIC_V2, .fd = -1 };
	long ret = ioctl(vm->fd, KVM_CREATE_DEVICE, &dev);

	gic = dev.fd;
	return ret;
}

/* Addresses and initialization; what was done before a fault is not done again. */
static unsigned int gic_steps;

static long set_up_gic(void)
{
	uint64_t dist = GICD_BASE, cpu_if = GICC_BASE;
	long ret = 0;

	if (gic_steps == 0) {
		ret = device_attr(gic, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_ADDR,
				  KVM_VGIC_V2_ADDR_TYPE_DIST, &dist);
		gic_steps += !ret;
	}
	if (gic_steps == 1) {
		ret = device_attr(gic, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_ADDR,
				  KVM_VGIC_V2_ADDR_TYPE_CPU, &cpu_if);
		gic_steps += !ret;
	}
	if (gic_steps == 2)
		ret = device_attr(gic, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_CTRL,
				  KVM_DEV_ARM_VGIC_CTRL_INIT, NULL);
	return ret;
}

static void plain_vm(void)
{
	vm = vm_new(1, 0);
	cpu = &vm->vcpu[0];
	gic_steps = 0;
}

/* A device is in use when it takes an interrupt. */
static void gic_works(void)
{
	int i;

	vcpu_start(cpu, "g_count_edges", SPI, 3);
	for (i = 0; i < 3; i++) {
		vcpu_reports(cpu, i);
		vm_spi(vm, SPI, 1);
		vm_spi(vm, SPI, 0);
	}
	expect_eq(vcpu_done(cpu), 3);
}

static void set_up_and_works(void)
{
	expect_ok(set_up_gic());
	gic_works();
}

static void gic_and_vm_gone(void)
{
	close(gic);
	vm_gone();
}

static void gic_device(void)
{
	static const struct call c = { plain_vm, create_device, NULL, set_up_and_works,
				       gic_and_vm_gone };

	every_fault(&c, 2);
}

static void plain_vm_with_device(void)
{
	plain_vm();
	expect_ok(create_device());
}

static void gic_set_up(void)
{
	static const struct call c = { plain_vm_with_device, set_up_gic, NULL, gic_works,
				       gic_and_vm_gone };

	every_fault(&c, 3);
}

/* As clients without devices do it: nothing is told to be final. */
static long irqchip(void)
{
	struct kvm_arm_device_addr dist = { .addr = GICD_BASE }, cpu_if = { .addr = GICC_BASE };
	long ret = 0;

	dist.id = KVM_ARM_DEVICE_VGIC_V2 << KVM_ARM_DEVICE_ID_SHIFT | KVM_VGIC_V2_ADDR_TYPE_DIST;
	cpu_if.id = KVM_ARM_DEVICE_VGIC_V2 << KVM_ARM_DEVICE_ID_SHIFT | KVM_VGIC_V2_ADDR_TYPE_CPU;
	if (gic_steps == 0) {
		ret = ioctl(vm->fd, KVM_CREATE_IRQCHIP, 0);
		gic_steps += !ret;
	}
	if (gic_steps == 1) {
		ret = ioctl(vm->fd, KVM_ARM_SET_DEVICE_ADDR, &dist);
		gic_steps += !ret;
	}
	if (gic_steps == 2)
		ret = ioctl(vm->fd, KVM_ARM_SET_DEVICE_ADDR, &cpu_if);
	return ret;
}

static void gic_irqchip(void)
{
	static const struct call c = { plain_vm, irqchip, NULL, gic_works, vm_gone };

	every_fault(&c, 3);
}

/* Nor is the interrupt controller initialized before it is driven. */
static void vm_with_irqchip(void)
{
	plain_vm();
	expect_ok(irqchip());
}

static long drive_line(void)
{
	return vm_irq_line(vm, KVM_ARM_IRQ_TYPE_SPI, 0, SPI, 0);
}

static void irq_line(void)
{
	static const struct call c = { vm_with_irqchip, drive_line, NULL, gic_works, vm_gone };

	every_fault(&c, 1);
}

/* ---- running -------------------------------------------------------------------------- */

static uint32_t reported;

/* Until the guest's next report. */
static long run_to_report(void)
{
	struct kvm_run *run = cpu->run;

	if (ioctl(cpu->fd, KVM_RUN, 0) < 0)
		return -1;
	expect_eq(run->exit_reason, KVM_EXIT_MMIO);
	expect_eq(run->mmio.phys_addr, TEST_IO + TEST_REPORT);
	memcpy(&reported, run->mmio.data, sizeof(reported));
	return 0;
}

static void started_vm(void)
{
	vm_with_irqchip();
	vcpu_start(cpu, "g_count_reports", 1, 0);
	reported = ~0u;
}

static void has_reported(void)
{
	expect_eq(reported, 0);
}

static void first_run(void)
{
	static const struct call c = { started_vm, run_to_report, NULL, has_reported, vm_gone };

	every_fault(&c, 2);
}

/* Guest memory of our own behind slot 1, fresh each time. */
static uint8_t *mem;
static size_t mem_size;
static uint32_t slot_flags;

static void fresh_memory(void)
{
	expect_ok(madvise(mem, mem_size, MADV_DONTNEED));
	expect_ok(vm_slot(vm, 1, slot_flags, GPA, mem_size, mem));
	vcpu_start(cpu, "g_touch_pages", GPA, PAGES);
}

static void no_slot(void)
{
	expect_ok(vm_slot(vm, 1, 0, GPA, 0, mem));
}

static void map_memory(size_t size)
{
	mem_size = size;
	mem = mmap(NULL, size + HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect(mem != MAP_FAILED);
	mem += -(uintptr_t)mem & (HUGE - 1);
}

static long run_to_end(void)
{
	do {
		if (ioctl(cpu->fd, KVM_RUN, 0) < 0)
			return -1;
		expect_eq(cpu->run->exit_reason, KVM_EXIT_MMIO);
	} while (cpu->run->mmio.phys_addr != TEST_IO + TEST_DONE);
	return 0;
}

static const struct call touching = { fresh_memory, run_to_end, NULL, NULL, no_slot };

static void touch_every_page(size_t size, uint32_t flags, int advice, unsigned int least)
{
	one_vm();
	slot_flags = flags;
	map_memory(size);
	madvise(mem, size, advice);
	every_fault(&touching, least);
}

static void stage2_pages(void)
{
	touch_every_page(PAGES * PAGE, 0, MADV_NOHUGEPAGE, 8);
}

static void stage2_logged(void)
{
	touch_every_page(PAGES * PAGE, KVM_MEM_LOG_DIRTY_PAGES, MADV_NOHUGEPAGE, 8);
}

static void stage2_huge(void)
{
	touch_every_page(HUGE, 0, MADV_HUGEPAGE, 1);
}

/* ---- slots -------------------------------------------------------------------------------- */

static uint64_t slot_at;

static void vm_with_memory(void)
{
	one_vm();
	if (!mem)
		map_memory(PAGES * PAGE);
	memset(mem, 0x77, PAGE);
	slot_at = GPA;
}

static void reads(uint64_t addr)
{
	vcpu_start(cpu, "g_read_word", addr, 1);
	vcpu_reports(cpu, 0x77777777);
}

static void vm_with_slot(void)
{
	vm_with_memory();
	expect_ok(vm_slot(vm, 1, 0, GPA, mem_size, mem));
	reads(GPA);
}

static void still_there(void)
{
	reads(GPA);
}

static void is_there(void)
{
	reads(slot_at);
}

static void is_not_there(void)
{
	vcpu_start(cpu, "g_read_word", GPA, 1);
	expect_eq(vcpu_event(cpu, EV_READ).addr, GPA);
}

static long add_slot(void)
{
	return vm_slot(vm, 1, KVM_MEM_LOG_DIRTY_PAGES, GPA, mem_size, mem);
}

static long log_slot(void)
{
	return vm_slot(vm, 1, KVM_MEM_LOG_DIRTY_PAGES, GPA, mem_size, mem);
}

static long move_slot(void)
{
	slot_at = GPA + HUGE;
	return vm_slot(vm, 1, 0, slot_at, mem_size, mem);
}

static long delete_slot(void)
{
	return vm_slot(vm, 1, 0, GPA, 0, mem);
}

static void slot_added(void)
{
	static const struct call c = { vm_with_memory, add_slot, is_not_there, is_there, vm_gone };

	every_fault(&c, 2);
}

static void slot_logged(void)
{
	static const struct call c = { vm_with_slot, log_slot, still_there, is_there, vm_gone };

	every_fault(&c, 2);
}

static void slot_moved(void)
{
	static const struct call c = { vm_with_slot, move_slot, still_there, is_there, vm_gone };

	every_fault(&c, 2);
}

static void slot_deleted(void)
{
	static const struct call c = { vm_with_slot, delete_slot, still_there, is_not_there,
				       vm_gone };

	every_fault(&c, 2);
}

/* ---- the dirty log ------------------------------------------------------------------------- */

static uint32_t dirty[4];

static void touched_log(void)
{
	dirty[0] = 0;
	vcpu_start(cpu, "g_touch_pages", GPA, PAGES);
	expect_ok(run_to_end());
}

static long get_log(void)
{
	struct kvm_dirty_log log = { .slot = 1, .dirty_bitmap = dirty };

	return ioctl(vm->fd, KVM_GET_DIRTY_LOG, &log);
}

/* What an error kept back comes with the next call. */
static void log_is_whole(void)
{
	expect_eq(dirty[0], (1u << PAGES) - 1);
}

static void dirty_log(void)
{
	static const struct call c = { touched_log, get_log, NULL, log_is_whole, nothing };

	vm_with_memory();
	expect_ok(vm_slot(vm, 1, KVM_MEM_LOG_DIRTY_PAGES, GPA, mem_size, mem));
	every_fault(&c, 2);
}

static const struct test tests[] = {
	TEST(vm_create),  TEST(vcpu_create),  TEST(vcpu_initialized), TEST(registers),
	TEST(gic_device), TEST(gic_set_up),   TEST(gic_irqchip),      TEST(irq_line),
	TEST(first_run),  TEST(stage2_pages), TEST(stage2_logged),    TEST(stage2_huge),
	TEST(slot_added), TEST(slot_logged),  TEST(slot_moved),	      TEST(slot_deleted),
	TEST(dirty_log),
};

TEST_MAIN("faults", tests)
