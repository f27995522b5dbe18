// SPDX-License-Identifier: GPL-2.0
/*
 * MIPS's part of vm.h, and arch.h.
 */
#include "vm.h"
#include <linux/ember.h>

int vcpu_irq(struct vcpu *cpu, int line)
{
	struct kvm_mips_interrupt irq = { .cpu = ~0u, .irq = line };

	return ioctl(cpu->fd, KVM_INTERRUPT, &irq);
}

void vm_obey(struct vm *vm, uint32_t cmd)
{
	struct vcpu *cpu = &vm->vcpu[cmd >> 20 & 0xf];
	int line = cmd & 0xffff, level = cmd >> 16 & 0xf;

	expect_ok(vcpu_irq(cpu, level ? line : -line));
	if (level == 2)
		expect_ok(vcpu_irq(cpu, -line));
}

void arch_vm_new(struct vm *vm)
{
	struct kvm_enable_cap cap = { .cap = EMBER_CAP_MIPS_TRANSLATE };

	if (vm->flags & VM_PLAIN)
		expect_ok(ioctl(vm->fd, KVM_ENABLE_CAP, &cap));
}

void arch_vm_ready(struct vm *vm)
{
	(void)vm;
}

struct vcpu *vm_add_vcpu(struct vm *vm)
{
	return vm_create_vcpu(vm);
}

uint32_t vcpu_pc(struct vcpu *cpu)
{
	uint64_t val = 0;

	expect_ok(vcpu_get(cpu, REG_PC, &val));
	return val;
}

void vcpu_start(struct vcpu *cpu, const char *name, uint32_t arg0, uint32_t arg1)
{
	struct kvm_regs regs = {};

	vcpu_settle(cpu);
	regs.gpr[2] = guest_sym(name);
	regs.gpr[4] = arg0;
	regs.gpr[5] = arg1;
	regs.gpr[29] = STACK - cpu->id * STACK_SIZE;
	regs.pc = guest_sym("_start");
	expect_ok(ioctl(cpu->fd, KVM_SET_REGS, &regs));
}

void arch_serve(struct vm *vm)
{
	unsigned int i;

	for (i = 0; i < vm->nr_vcpus; i++)
		vcpu_start(&vm->vcpu[i], "serve", 0, 0);
}

_Noreturn void arch_guest_trapped(struct vcpu *cpu, uint32_t addr)
{
	struct exc *e = vm_mem(cpu->vm, addr);

	fail("vcpu %u: exception in the guest: vector %#x cause %#x epc %#x badvaddr %#x status %#x",
	     cpu->id, e->vector, e->cause, e->epc, e->badvaddr, e->status);
}
