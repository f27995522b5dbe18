// SPDX-License-Identifier: GPL-2.0
/*
 * vcpus on 32-bit ARM (Linux, Documentation/virt/kvm/api.rst; the arm ABI as of
 * 5.6); see arch.h and arm.h.
 */
#include <errno.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <sys/ioctl.h>

#include "../../arch.h"
#include "../../err.h"
#include "../../kvm.h"
#include "../../machine/virt.h"
#include "arm.h"

/* Core registers by their word in struct kvm_regs of <asm/kvm.h>: r0-r15 are 0-15. */
#define CORE_PC 15u
#define CORE_CPSR 16u

#define CPSR_SVC_MASKED 0x1d3 /* Supervisor mode, A, I and F masked */
#define CPSR_THUMB 0x20

const struct machine_type *const arch_machine = &machine_virt;

const unsigned long arch_vm_type = 0;

const struct arch_need arch_needs[] = {
	{ KVM_CAP_IRQCHIP, "KVM_CAP_IRQCHIP" },
	{ KVM_CAP_ARM_PSCI_0_2, "KVM_CAP_ARM_PSCI_0_2" },
	{ 0, NULL },
};

/* Banked r13 and r14 in struct kvm_regs, by the processor mode in CPSR. */
static const struct {
	uint8_t mode;
	uint8_t sp; /* word of it; lr follows */
	const char *name;
} modes[] = {
	{ 0x10, 13, "usr" }, { 0x11, 35, "fiq" }, { 0x12, 27, "irq" }, { 0x13, 18, "svc" },
	{ 0x17, 21, "abt" }, { 0x1b, 24, "und" }, { 0x1f, 13, "sys" },
};

static uint64_t core_id(unsigned int word)
{
	return KVM_REG_ARM | KVM_REG_SIZE_U32 | KVM_REG_ARM_CORE | word;
}

static int core_get(int vcpu, unsigned int word, uint32_t *val)
{
	return kvm_reg_get(vcpu, core_id(word), val);
}

/* KVM_ARM_TARGET_*, or -1 where there is no KVM to ask. */
static int target(struct kvm *kvm)
{
	struct kvm_vcpu_init init = { 0 };

	return ioctl(kvm->vm, KVM_ARM_PREFERRED_TARGET, &init) < 0 ? -1 : (int)init.target;
}

int arch_vcpu_init(struct kvm *kvm, int vcpu, unsigned int index, bool off, struct err *e)
{
	struct kvm_vcpu_init init = { .target = target(kvm) };

	if ((int)init.target < 0)
		return err_sys(e, EXIT_HOST, errno, "this host's processor has no KVM target");
	init.features[0] = 1u << KVM_ARM_VCPU_PSCI_0_2;
	if (off)
		init.features[0] |= 1u << KVM_ARM_VCPU_POWER_OFF;
	if (ioctl(vcpu, KVM_ARM_VCPU_INIT, &init) < 0)
		return err_sys(e, EXIT_HOST, errno, "cannot initialize vcpu %u", index);
	return 0;
}

int arch_vcpu_start_at(int vcpu, uint32_t pc, const uint32_t args[4])
{
	const uint32_t cpsr = CPSR_SVC_MASKED | (pc & 1 ? CPSR_THUMB : 0);
	unsigned int i;
	int r = 0;

	for (i = 0; i < 4 && !r; i++)
		r = kvm_reg_set(vcpu, core_id(i), args[i]);
	if (!r)
		r = kvm_reg_set(vcpu, core_id(CORE_PC), pc & ~1u);
	return r ? r : kvm_reg_set(vcpu, core_id(CORE_CPSR), cpsr);
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
	(void)kvm;
	(void)insn;
	return 0;
}

/* Linux sees to it that data reaches what it fetches from before it maps a page to be run. */
void arch_memory_filled(void *at, size_t len)
{
	(void)at;
	(void)len;
}

void arch_vcpu_describe(int vcpu, char *text, size_t size)
{
	uint32_t pc = 0, cpsr = 0, sp = 0, lr = 0;
	unsigned int i = 0;

	core_get(vcpu, CORE_PC, &pc);
	core_get(vcpu, CORE_CPSR, &cpsr);
	while (i < sizeof(modes) / sizeof(modes[0]) - 1 && modes[i].mode != (cpsr & 0x1f))
		i++;
	core_get(vcpu, modes[i].sp, &sp);
	core_get(vcpu, modes[i].sp + 1, &lr);
	snprintf(text, size, "pc=%08x cpsr=%08x (%s) sp=%08x lr=%08x", pc, cpsr, modes[i].name, sp,
		 lr);
}

const char *arm_cpu_compatible(struct kvm *kvm)
{
	static const char *const names[KVM_ARM_NUM_TARGETS] = {
		[KVM_ARM_TARGET_CORTEX_A15] = "arm,cortex-a15",
		[KVM_ARM_TARGET_CORTEX_A7] = "arm,cortex-a7",
		[KVM_ARM_TARGET_CORTEX_A12] = "arm,cortex-a12",
	};
	unsigned int i = kvm->vm < 0 ? KVM_ARM_TARGET_CORTEX_A15 : (unsigned int)target(kvm);

	return i < KVM_ARM_NUM_TARGETS ? names[i] : "arm,armv7";
}

uint32_t arm_vcpu_mpidr(int vcpu, unsigned int index)
{
	uint32_t mpidr;

	if (vcpu >= 0 && !kvm_reg_get(vcpu, ARM_CP15_REG32(0, 0, 0, 5), &mpidr))
		return mpidr & 0xffffff;
	return (index / 4) << 8 | index % 4; /* clusters of four, as KVM numbers them */
}
