// SPDX-License-Identifier: GPL-2.0
/*
 * Making virtual machines for tests; vm.h has the contract.
 */
#define _GNU_SOURCE
#include "vm.h"
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ember.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PHYS(va) ((va)&0x1fffffff)

extern const uint8_t guest_image[];

static const Elf32_Ehdr *image(void)
{
	return (const Elf32_Ehdr *)guest_image;
}

static void image_load(uint8_t *ram)
{
	const Elf32_Phdr *ph = (const Elf32_Phdr *)(guest_image + image()->e_phoff);
	unsigned int i;

	for (i = 0; i < image()->e_phnum; i++)
		if (ph[i].p_type == PT_LOAD)
			memcpy(ram + PHYS(ph[i].p_vaddr), guest_image + ph[i].p_offset,
			       ph[i].p_filesz);
}

uint32_t guest_sym(const char *name)
{
	const Elf32_Shdr *sh = (const Elf32_Shdr *)(guest_image + image()->e_shoff);
	const Elf32_Sym *sym, *end;
	const char *strings;
	unsigned int i;

	for (i = 0; i < image()->e_shnum; i++) {
		if (sh[i].sh_type != SHT_SYMTAB)
			continue;
		strings = (const char *)guest_image + sh[sh[i].sh_link].sh_offset;
		sym = (const Elf32_Sym *)(guest_image + sh[i].sh_offset);
		end = sym + sh[i].sh_size / sizeof(*sym);
		for (; sym < end; sym++)
			if (!strcmp(strings + sym->st_name, name))
				return sym->st_value;
	}
	fail("no guest symbol %s", name);
}

void *vm_mem(struct vm *vm, uint32_t va)
{
	if (PHYS(va) >= RAM_SIZE)
		fail("the guest gave address %#x, which is not in RAM", va);
	return vm->ram + PHYS(va);
}

int vm_slot(struct vm *vm, unsigned int id, unsigned int flags, uint64_t gpa, uint64_t size,
	    const void *mem)
{
	struct kvm_userspace_memory_region region = {
		.slot = id,
		.flags = flags,
		.guest_phys_addr = gpa,
		.memory_size = size,
		.userspace_addr = (uintptr_t)mem,
	};

	return ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &region);
}

static void no_translation(struct vm *vm)
{
	struct kvm_enable_cap cap = { .cap = EMBER_CAP_MIPS_TRANSLATE };

	expect_ok(ioctl(vm->fd, KVM_ENABLE_CAP, &cap));
}

static void vm_make(struct vm *vm, bool translates)
{
	const int prot = PROT_READ | PROT_WRITE, flags = MAP_SHARED | MAP_ANONYMOUS;
	size_t size;

	vm->kvm = expect_ok(open("/dev/kvm", O_RDWR | O_CLOEXEC));
	vm->fd = expect_ok(ioctl(vm->kvm, KVM_CREATE_VM, KVM_VM_MIPS_TE));
	if (!translates)
		no_translation(vm);
	vm->ram = mmap(NULL, RAM_SIZE, prot, flags, -1, 0);
	expect(vm->ram != MAP_FAILED);
	expect_ok(vm_slot(vm, 0, 0, 0, RAM_SIZE, vm->ram));
	vm->cpu = expect_ok(ioctl(vm->fd, KVM_CREATE_VCPU, 0));
	size = expect_ok(ioctl(vm->kvm, KVM_GET_VCPU_MMAP_SIZE, 0));
	vm->run = mmap(NULL, size, prot, MAP_SHARED, vm->cpu, 0);
	expect(vm->run != MAP_FAILED);
	image_load(vm->ram);
}

void vm_new(struct vm *vm)
{
	vm_make(vm, true);
}

void vm_new_plain(struct vm *vm)
{
	vm_make(vm, false);
}

int vm_get(struct vm *vm, uint64_t id, void *val)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)val };

	return ioctl(vm->cpu, KVM_GET_ONE_REG, &reg);
}

int vm_set(struct vm *vm, uint64_t id, const void *val)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)val };

	return ioctl(vm->cpu, KVM_SET_ONE_REG, &reg);
}

int vm_irq(struct vm *vm, int line)
{
	struct kvm_mips_interrupt irq = { .cpu = ~0u, .irq = line };

	return ioctl(vm->cpu, KVM_INTERRUPT, &irq);
}

void vm_start(struct vm *vm, const char *name, uint32_t arg0, uint32_t arg1)
{
	struct kvm_regs regs = {};

	regs.gpr[2] = guest_sym(name);
	regs.gpr[4] = arg0;
	regs.gpr[5] = arg1;
	regs.gpr[29] = STACK;
	regs.pc = guest_sym("_start");
	expect_ok(ioctl(vm->cpu, KVM_SET_REGS, &regs));
}

static struct event test_io(struct vm *vm, struct event ev)
{
	struct exc *exc;

	switch (ev.addr - PHYS(TEST_IO)) {
	case TEST_REPORT:
		ev.kind = EV_REPORT;
		return ev;
	case TEST_DONE:
		ev.kind = EV_DONE;
		return ev;
	case TEST_FAIL:
		fail("the guest finds something wrong at its line %u", ev.value);
	case TEST_EXC:
		exc = vm_mem(vm, ev.value);
		fail("unexpected exception in the guest: vector %#x cause %#x epc %#x badvaddr %#x status %#x",
		     exc->vector, exc->cause, exc->epc, exc->badvaddr, exc->status);
	default:
		fail("the guest writes %#x to %#x", ev.value, ev.addr);
	}
}

struct event vm_next(struct vm *vm)
{
	struct kvm_run *run = vm->run;
	struct event ev = { .kind = EV_EXIT };

	if (ioctl(vm->cpu, KVM_RUN, 0)) {
		expect_eq(errno, EINTR);
		ev.kind = EV_INTR;
		return ev;
	}
	ev.value = run->exit_reason;
	if (run->exit_reason != KVM_EXIT_MMIO)
		return ev;
	ev.addr = run->mmio.phys_addr;
	ev.len = run->mmio.len;
	ev.kind = run->mmio.is_write ? EV_WRITE : EV_READ;
	ev.value = 0;
	memcpy(&ev.value, run->mmio.data, ev.len);
	if ((ev.addr & ~0xfffu) == PHYS(TEST_IO) && ev.kind == EV_WRITE)
		return test_io(vm, ev);
	return ev;
}

uint32_t vm_event(struct vm *vm, enum event_kind kind)
{
	struct event ev = vm_next(vm);
	struct kvm_regs regs;

	expect_ok(ioctl(vm->cpu, KVM_GET_REGS, &regs));
	if (ev.kind != kind)
		fail("event %u (addr %#x len %u value %#x) at pc %#x, expected event %u", ev.kind,
		     ev.addr, ev.len, ev.value, (uint32_t)regs.pc, kind);
	return ev.value;
}

uint32_t vm_report(struct vm *vm)
{
	return vm_event(vm, EV_REPORT);
}

void vm_reports(struct vm *vm, uint32_t value)
{
	expect_eq(vm_report(vm), value);
}

uint32_t vm_done(struct vm *vm)
{
	return vm_event(vm, EV_DONE);
}

void vm_answer(struct vm *vm, uint32_t value)
{
	memcpy(vm->run->mmio.data, &value, sizeof(value));
}
