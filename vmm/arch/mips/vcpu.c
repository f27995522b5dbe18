// SPDX-License-Identifier: GPL-2.0
/*
 * vcpus on MIPS32 (Linux, Documentation/virt/kvm/api.rst; trap and emulate as of
 * 5.12); see arch.h.
 */
#include <errno.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <sys/cachectl.h>
#include <sys/ioctl.h>

#include "../../arch.h"
#include "../../err.h"
#include "../../kvm.h"
#include "../../machine/malta.h"

/*
 * A coprocessor 0 register by number and select, as KVM_GET_ONE_REG names it; those that
 * hold an address have 64 bits.
 */
#define CP0_ID(size, reg, sel) (KVM_REG_MIPS_CP0 | KVM_REG_SIZE_##size | (8 * (reg) + (sel)))

#define CP0_BADVADDR CP0_ID(U64, 8, 0)
#define CP0_STATUS CP0_ID(U32, 12, 0)
#define CP0_CAUSE CP0_ID(U32, 13, 0)
#define CP0_EPC CP0_ID(U64, 14, 0)
#define CP0_CMGCRBASE CP0_ID(U64, 15, 3)
#define CP0_CONFIG1 CP0_ID(U32, 16, 1)
#define CP0_CONFIG3 CP0_ID(U32, 16, 3)

#define STATUS_ERL 0x4u
#define STATUS_BEV 0x400000u
#define CONFIG1_FP 0x1u
#define CONFIG3_CMGCR 0x20000000u

enum { REG_A0 = 4, REG_SP = 29, REG_RA = 31 };

const struct machine_type *const arch_machine = &machine_malta;

const unsigned long arch_vm_type = KVM_VM_MIPS_AUTO;

const struct arch_need arch_needs[] = {
	{ KVM_CAP_MIPS_TE, "KVM_CAP_MIPS_TE" },
	{ 0, NULL },
};

static int change(int vcpu, uint64_t id, uint32_t clear, uint32_t set)
{
	uint32_t val;
	int r = kvm_reg_get(vcpu, id, &val);

	return r ? r : kvm_reg_set(vcpu, id, (val & ~clear) | set);
}

/* Where the host has no floating point unit, the guest has none and emulates it. */
static int enable_fpu(struct kvm *kvm, int vcpu)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_MIPS_FPU };

	if (ioctl(kvm->sys, KVM_CHECK_EXTENSION, KVM_CAP_MIPS_FPU) <= 0)
		return 0;
	if (ioctl(vcpu, KVM_ENABLE_CAP, &cap) < 0)
		return -errno;
	return change(vcpu, CP0_CONFIG1, 0, CONFIG1_FP);
}

/* @off: the machine sees to it.  ERL is what a boot monitor has left behind. */
int arch_vcpu_init(struct kvm *kvm, int vcpu, unsigned int index, bool off, struct err *e)
{
	int r = enable_fpu(kvm, vcpu);

	(void)off;
	if (r)
		return err_sys(e, EXIT_HOST, -r, "cannot give vcpu %u a floating point unit",
			       index);
	r = change(vcpu, CP0_STATUS, STATUS_ERL, 0);
	return r ? err_sys(e, EXIT_HOST, -r, "cannot initialize vcpu %u", index) : 0;
}

/* 32-bit registers are sign extended (<asm/kvm.h>, struct kvm_regs). */
static uint64_t extended(uint32_t val)
{
	return (int64_t)(int32_t)val;
}

int arch_vcpu_start_at(int vcpu, uint32_t pc, const uint32_t args[4])
{
	struct kvm_regs regs = { .pc = extended(pc) };
	unsigned int i;

	for (i = 0; i < 4; i++)
		regs.gpr[REG_A0 + i] = extended(args[i]);
	return ioctl(vcpu, KVM_SET_REGS, &regs) < 0 ? -errno : 0;
}

int arch_vcpu_coherent(int vcpu, uint64_t gcr)
{
	uint64_t base = gcr >> 4, has;
	struct kvm_one_reg reg = { .id = CP0_CMGCRBASE, .addr = (uintptr_t)&base };
	uint32_t config3;
	int r = change(vcpu, CP0_CONFIG3, 0, CONFIG3_CMGCR);

	if (!r && ioctl(vcpu, KVM_SET_ONE_REG, &reg) < 0)
		r = -errno;
	if (!r)
		r = kvm_reg_get(vcpu, CP0_CONFIG3, &config3);
	reg.addr = (uintptr_t)&has;
	if (!r && ioctl(vcpu, KVM_GET_ONE_REG, &reg) < 0)
		r = -errno;
	if (r)
		return r;
	return config3 & CONFIG3_CMGCR && has == base ? 0 : -ENOTSUP;
}

int arch_vcpu_reset_at(int vcpu, uint32_t pc)
{
	const uint32_t none[4] = { 0 };
	int r = kvm_reg_set(vcpu, CP0_STATUS, STATUS_BEV);

	return r ? r : arch_vcpu_start_at(vcpu, pc, none);
}

/* A negative number takes the request back. */
int arch_vcpu_interrupt(int vcpu, unsigned int pin, bool level)
{
	struct kvm_mips_interrupt irq = {
		.cpu = -1, /* the vcpu whose descriptor it is */
		.irq = level ? (int)pin : -(int)pin,
	};

	return ioctl(vcpu, KVM_INTERRUPT, &irq) < 0 ? -errno : 0;
}

static uint32_t address_get(int vcpu, uint64_t id)
{
	uint64_t val = 0;
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)&val };

	ioctl(vcpu, KVM_GET_ONE_REG, &reg);
	return val;
}

unsigned int arch_hypercall(struct kvm *kvm, uint32_t insn[ARCH_HCALL_MAX])
{
	(void)kvm;
	(void)insn;
	return 0;
}

/*
 * Our stores, and the kernel's for us, are in the data cache, from where no instruction
 * is fetched; Linux writes a page back before it is run only if it wrote there itself
 * (__update_cache()).
 */
void arch_memory_filled(void *at, size_t len)
{
	cacheflush(at, len, DCACHE);
}

void arch_vcpu_describe(int vcpu, char *text, size_t size)
{
	uint32_t status = 0, cause = 0;
	struct kvm_regs regs = { 0 };

	ioctl(vcpu, KVM_GET_REGS, &regs);
	kvm_reg_get(vcpu, CP0_STATUS, &status);
	kvm_reg_get(vcpu, CP0_CAUSE, &cause);
	snprintf(text, size,
		 "pc=%08x ra=%08x sp=%08x status=%08x cause=%08x epc=%08x badvaddr=%08x",
		 (uint32_t)regs.pc, (uint32_t)regs.gpr[REG_RA], (uint32_t)regs.gpr[REG_SP], status,
		 cause, address_get(vcpu, CP0_EPC), address_get(vcpu, CP0_BADVADDR));
}
