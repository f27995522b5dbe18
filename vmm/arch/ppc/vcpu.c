// SPDX-License-Identifier: GPL-2.0
/*
 * vcpus on PowerPC 440 (Linux, Documentation/virt/kvm/api.rst; the ABI of Book E as 3.16,
 * the last release with KVM on the 440, had it); see arch.h.
 */
#include <errno.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "../../arch.h"
#include "../../err.h"
#include "../../kvm.h"
#include "../../machine/bamboo.h"

enum { REG_SP = 1, REG_ARG = 3, REG_IMA = 7 };

#define BOOT_STACK 0xfffff8u /* as QEMU has it */

const struct machine_type *const arch_machine = &machine_bamboo;

const unsigned long arch_vm_type = 0;

const struct arch_need arch_needs[] = {
	{ KVM_CAP_IRQCHIP, "KVM_CAP_IRQCHIP" },
	{ KVM_CAP_PPC_BOOKE_SREGS, "KVM_CAP_PPC_BOOKE_SREGS" },
	{ 0, NULL },
};

/* KVM makes it what a boot loader leaves: its TLB maps the beginning of memory. */
int arch_vcpu_init(struct kvm *kvm, int vcpu, unsigned int index, bool off, struct err *e)
{
	(void)kvm;
	(void)vcpu;
	(void)index;
	(void)off;
	(void)e;
	return 0;
}

/* How much of memory is mapped is in a register, too (ePAPR 1.1, 5.4.2). */
int arch_vcpu_start_at(int vcpu, uint32_t pc, const uint32_t args[4])
{
	struct kvm_regs regs = { .pc = pc };
	unsigned int i;

	regs.gpr[REG_SP] = BOOT_STACK;
	for (i = 0; i < 4; i++)
		regs.gpr[REG_ARG + i] = args[i];
	regs.gpr[REG_IMA] = BAMBOO_TLB_SIZE;
	return ioctl(vcpu, KVM_SET_REGS, &regs) < 0 ? -errno : 0;
}

int arch_vcpu_coherent(int vcpu, uint64_t gcr)
{
	(void)vcpu;
	(void)gcr;
	return -ENOTSUP;
}

int arch_vcpu_reset_at(int vcpu, uint32_t pc)
{
	(void)vcpu;
	(void)pc;
	return -ENOTSUP;
}

int arch_vcpu_interrupt(int vcpu, unsigned int pin, bool level)
{
	(void)vcpu;
	(void)pin;
	(void)level;
	return -ENOTSUP;
}

unsigned int arch_hypercall(struct kvm *kvm, uint32_t insn[ARCH_HCALL_MAX])
{
	struct kvm_ppc_pvinfo info;

	if (ioctl(kvm->sys, KVM_CHECK_EXTENSION, KVM_CAP_PPC_GET_PVINFO) <= 0 ||
	    ioctl(kvm->vm, KVM_PPC_GET_PVINFO, &info) < 0)
		return 0;
	memcpy(insn, info.hcall, sizeof(info.hcall));
	return ARCH_HCALL_MAX;
}

int arch_line_set(struct kvm *kvm, unsigned int nr, bool level)
{
	struct kvm_irq_level irq = { .irq = nr, .level = level };

	return ioctl(kvm->vm, KVM_IRQ_LINE, &irq) < 0 ? -errno : 0;
}

/* As on ARM: Linux writes a page back before it is mapped to be run. */
void arch_memory_filled(void *at, size_t len)
{
	(void)at;
	(void)len;
}

void arch_vcpu_describe(int vcpu, char *text, size_t size)
{
	struct kvm_sregs sregs = { 0 };
	struct kvm_regs regs = { 0 };

	ioctl(vcpu, KVM_GET_REGS, &regs);
	ioctl(vcpu, KVM_GET_SREGS, &sregs);
	snprintf(text, size,
		 "pc=%08x msr=%08x lr=%08x sp=%08x srr0=%08x srr1=%08x esr=%08x dear=%08x",
		 (uint32_t)regs.pc, (uint32_t)regs.msr, (uint32_t)regs.lr,
		 (uint32_t)regs.gpr[REG_SP], (uint32_t)regs.srr0, (uint32_t)regs.srr1,
		 (uint32_t)sregs.u.e.esr, (uint32_t)sregs.u.e.dear);
}
