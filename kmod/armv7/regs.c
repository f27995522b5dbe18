// SPDX-License-Identifier: GPL-2.0
/*
 * A vcpu's registers as user space sees them: KVM_ARM_VCPU_INIT, reset, and
 * ONE_REG, whose parts it puts together: core registers (here), system
 * registers (cp15_regs.c), VFP (vfp_regs.c), timers and firmware.
 *
 * The ABI is that of KVM on ARM up to Linux 5.6.
 */
#include <linux/kernel.h>
#include <linux/stddef.h>
#include <linux/uaccess.h>
#include <asm/cputype.h>
#include <asm/ptrace.h>
#include "armv7.h"
#include "cp15.h"
#include "hyp.h"
#include "syndrome.h"

/* ---- KVM_ARM_VCPU_INIT ------------------------------------------------------ */

#define FEATURES	(BIT(KVM_ARM_VCPU_POWER_OFF) | BIT(KVM_ARM_VCPU_PSCI_0_2))

/*
 * A guest has the host's MIDR and everything that follows from it; the target
 * only chooses reset values.  Cortex-A12, A17 and 32-bit modes of later cores
 * are close to the A15, and it is a name that every client knows.
 */
int armv7_host_target(void)
{
	return read_cpuid_part() == ARM_CPU_PART_CORTEX_A7 ?
		KVM_ARM_TARGET_CORTEX_A7 : KVM_ARM_TARGET_CORTEX_A15;
}

/* -ENOENT: a feature that nobody knows; -EINVAL: not for this vcpu. */
static int check_init(struct armv7_vcpu *v, const struct kvm_vcpu_init *init)
{
	unsigned int i;

	if (init->target != armv7_host_target())
		return -EINVAL;
	if (init->features[0] & ~FEATURES)
		return -ENOENT;
	for (i = 1; i < ARRAY_SIZE(init->features); i++)
		if (init->features[i])
			return -ENOENT;
	if (v->initialized && v->features != init->features[0])
		return -EINVAL;
	return 0;
}

int armv7_vcpu_init_target(struct armv7_vcpu *v,
			   const struct kvm_vcpu_init *init)
{
	struct ember_vm *vm = v->vcpu.vm;
	int ret = check_init(v, init), idx;

	if (ret)
		return ret;
	WRITE_ONCE(to_armv7_vm(vm)->target, init->target);
	if (v->initialized) {
		idx = srcu_read_lock(&vm->srcu);
		armv7_stage2_restart(vm);
		srcu_read_unlock(&vm->srcu, idx);
	}

	v->features = init->features[0];
	v->psci_0_2 = v->features & BIT(KVM_ARM_VCPU_PSCI_0_2);
	clear_bit(ARMV7_REQ_RESET, &v->vcpu.requests);
	armv7_vcpu_reset(v);
	WRITE_ONCE(v->power_off, v->features & BIT(KVM_ARM_VCPU_POWER_OFF));
	WRITE_ONCE(v->initialized, true);
	return 0;
}

/* As after a cold reset (B1.9.1); power is left alone. */
void armv7_vcpu_reset(struct armv7_vcpu *v)
{
	struct armv7_ctxt *ctxt = v->ctxt;

	memset(ctxt, 0, offsetof(struct armv7_ctxt, c15));
	memset(&ctxt->vfp, 0, sizeof(ctxt->vfp));
	ctxt->teecr = 0;
	ctxt->teehbr = 0;
	ctxt->cpsr = SVC_MODE | PSR_A_BIT | PSR_I_BIT | PSR_F_BIT;
	ctxt->hcr = HCR_GUEST;
	ctxt->hstr = HSTR_GUEST | HSTR_TTEE;
	ctxt->hsr = 0;
	armv7_cp15_reset(v);
	timer_vcpu_reset(v);
	/* An access that user space was serving has no one to go to. */
	v->mmio.pending = false;
}

/* ---- core registers ------------------------------------------------------------ */

#define CORE_ID(n)	(KVM_REG_ARM | KVM_REG_SIZE_U32 | KVM_REG_ARM_CORE | (n))
#define CORE_NR		(sizeof(struct kvm_regs) / sizeof(u32))
/* Linux's own word in struct pt_regs: no register, reads as zero. */
#define CORE_ORIG_R0	17
#define CORE_CPSR	16

/*
 * struct kvm_regs and the start of struct armv7_ctxt are the same words in the
 * same order, but for ORIG_r0.
 */
static u32 *core_reg(struct armv7_vcpu *v, unsigned int n)
{
	const size_t banks = offsetof(struct armv7_ctxt, svc);

	BUILD_BUG_ON(offsetof(struct armv7_ctxt, pc) != 15 * 4);
	BUILD_BUG_ON(offsetof(struct armv7_ctxt, cpsr) != CORE_CPSR * 4);
	BUILD_BUG_ON(banks != CORE_ORIG_R0 * 4);
	BUILD_BUG_ON(offsetof(struct armv7_ctxt, c15) - banks !=
		     sizeof(struct kvm_regs) -
		     offsetof(struct kvm_regs, svc_regs));
	if (n == CORE_ORIG_R0)
		return NULL;
	return (u32 *)v->ctxt + (n < CORE_ORIG_R0 ? n : n - 1);
}

/* Modes that a guest can be in: not Monitor, not Hyp (table B1-1). */
static bool cpsr_allowed(u32 cpsr)
{
	switch (cpsr & MODE_MASK) {
	case USR_MODE:
	case FIQ_MODE:
	case IRQ_MODE:
	case SVC_MODE:
	case ABT_MODE:
	case UND_MODE:
	case SYSTEM_MODE:
		return true;
	default:
		return false;
	}
}

static int core_get(struct armv7_vcpu *v, u64 id, void __user *val)
{
	u64 n = id - CORE_ID(0);
	u32 *reg;

	if (n >= CORE_NR)
		return -ENOENT;
	reg = core_reg(v, n);
	return put_user(reg ? *reg : 0, (u32 __user *)val);
}

static int core_set(struct armv7_vcpu *v, u64 id, const void __user *val)
{
	u64 n = id - CORE_ID(0);
	u32 value, *reg;

	if (n >= CORE_NR)
		return -ENOENT;
	if (get_user(value, (const u32 __user *)val))
		return -EFAULT;
	if (n == CORE_CPSR && !cpsr_allowed(value))
		return -EINVAL;
	reg = core_reg(v, n);
	if (reg)
		*reg = value;
	return 0;
}

static int core_list(struct armv7_vcpu *v, u64 __user *list, unsigned int max)
{
	unsigned int n;

	for (n = 0; n < CORE_NR; n++)
		if (armv7_put_index(list, max, n, CORE_ID(n)))
			return -EFAULT;
	return CORE_NR;
}

#define COPROC(n)	((u64)(n) << KVM_REG_ARM_COPROC_SHIFT)

/* ---- coprocessor 15: the timers have some of its numbers ------------------------- */

static int c15_list(struct armv7_vcpu *v, u64 __user *list, unsigned int max)
{
	int first = timer_reg_list(list, max), rest;

	if (first < 0)
		return first;
	rest = armv7_cp15_list(v, list ? list + first : NULL,
			       max > first ? max - first : 0);
	return rest < 0 ? rest : first + rest;
}

static int c15_get(struct armv7_vcpu *v, u64 id, void __user *val)
{
	int ret = timer_one_reg_get(v, id, val);

	return ret == -ENOENT ? armv7_cp15_get(v, id, val) : ret;
}

static int c15_set(struct armv7_vcpu *v, u64 id, const void __user *val)
{
	int ret = timer_one_reg_set(v, id, val);

	return ret == -ENOENT ? armv7_cp15_set(v, id, val) : ret;
}

/* ---- firmware --------------------------------------------------------------------- */

static u64 psci_version(struct armv7_vcpu *v)
{
	return armv7_psci_version(v);
}

/*
 * What the work-arounds' calls would answer: see psci.c.  A guest may be told
 * less than it could have, as the host that it was saved on had less.
 */
static u64 workaround_1(struct armv7_vcpu *v)
{
	return armv7_spectre_v2_unaffected() ?
		KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1_NOT_REQUIRED :
		KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1_NOT_AVAIL;
}

static u64 workaround_2(struct armv7_vcpu *v)
{
	return KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_UNKNOWN;
}

static const struct fw_row {
	u64 id;
	u64 (*get)(struct armv7_vcpu *v);
	/* Instead: it may be set to what is no more than it is. */
	int (*set)(struct armv7_vcpu *v, u64 val);
} fw_rows[] = {
	{ KVM_REG_ARM_PSCI_VERSION, psci_version, armv7_psci_set_version },
	{ KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1, workaround_1, NULL },
	{ KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2, workaround_2, NULL },
};

static const struct fw_row *fw_find(u64 id)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fw_rows); i++)
		if (fw_rows[i].id == id)
			return &fw_rows[i];
	return NULL;
}

static int fw_list(struct armv7_vcpu *v, u64 __user *list, unsigned int max)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fw_rows); i++)
		if (armv7_put_index(list, max, i, fw_rows[i].id))
			return -EFAULT;
	return ARRAY_SIZE(fw_rows);
}

static int fw_get(struct armv7_vcpu *v, u64 id, void __user *val)
{
	const struct fw_row *row = fw_find(id);
	u64 value;

	if (!row)
		return -ENOENT;
	value = row->get(v);
	return copy_to_user(val, &value, sizeof(value)) ? -EFAULT : 0;
}

static int fw_set(struct armv7_vcpu *v, u64 id, const void __user *val)
{
	const struct fw_row *row = fw_find(id);
	u64 value;

	if (!row)
		return -ENOENT;
	if (copy_from_user(&value, val, sizeof(value)))
		return -EFAULT;
	if (row->set)
		return row->set(v, value);
	return value <= row->get(v) ? 0 : -EINVAL;
}

/* ---- coprocessor 14: ThumbEE (A2.10), which no other KVM shows --------------- */

#define CP14_REG32(opc1, crn, crm, opc2) \
	(ARM_CP15_REG32((u64)(opc1), crn, crm, opc2) ^ COPROC(14 ^ 15))
#define TEECR		CP14_REG32(6, 0, 0, 0)
#define TEEHBR		CP14_REG32(6, 1, 0, 0)

static bool has_thumbee(void)
{
	return (read_cpuid_ext(CPUID_EXT_PFR0) >> 12 & 0xf) == 1;
}

static u32 *c14_reg(struct armv7_vcpu *v, u64 id)
{
	if (!has_thumbee())
		return NULL;
	if (id == TEECR)
		return &v->ctxt->teecr;
	return id == TEEHBR ? &v->ctxt->teehbr : NULL;
}

static int c14_list(struct armv7_vcpu *v, u64 __user *list, unsigned int max)
{
	if (!has_thumbee())
		return 0;
	if (armv7_put_index(list, max, 0, TEECR) ||
	    armv7_put_index(list, max, 1, TEEHBR))
		return -EFAULT;
	return 2;
}

static int c14_get(struct armv7_vcpu *v, u64 id, void __user *val)
{
	u32 *reg = c14_reg(v, id);

	return reg ? put_user(*reg, (u32 __user *)val) : -ENOENT;
}

static int c14_set(struct armv7_vcpu *v, u64 id, const void __user *val)
{
	u32 *reg = c14_reg(v, id);

	return reg ? get_user(*reg, (const u32 __user *)val) : -ENOENT;
}

/* ---- all of them --------------------------------------------------------------------- */

struct reg_group {
	u64 coproc;		/* in KVM_REG_ARM_COPROC_MASK */
	int (*list)(struct armv7_vcpu *v, u64 __user *list, unsigned int max);
	int (*get)(struct armv7_vcpu *v, u64 id, void __user *val);
	int (*set)(struct armv7_vcpu *v, u64 id, const void __user *val);
};

/* The cache sizes of the fourth are listed with the system registers. */
static const struct reg_group groups[] = {
	{ KVM_REG_ARM_CORE, core_list, core_get, core_set },
	{ KVM_REG_ARM_FW, fw_list, fw_get, fw_set },
	{ COPROC(14), c14_list, c14_get, c14_set },
	{ COPROC(15), c15_list, c15_get, c15_set },
	{ KVM_REG_ARM_DEMUX, NULL, armv7_cp15_get, armv7_cp15_set },
	{ KVM_REG_ARM_VFP, armv7_vfp_list, armv7_vfp_get, armv7_vfp_set },
};

int armv7_reg_list(struct ember_vcpu *vcpu, u64 __user *list, unsigned int max)
{
	unsigned int i, n = 0;

	if (!to_armv7(vcpu)->initialized)
		return -ENOEXEC;
	for (i = 0; i < ARRAY_SIZE(groups); i++) {
		int ret;

		if (!groups[i].list)
			continue;
		ret = groups[i].list(to_armv7(vcpu), list ? list + n : NULL,
				     max > n ? max - n : 0);
		if (ret < 0)
			return ret;
		n += ret;
	}
	return n;
}

static const struct reg_group *find_group(u64 id)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(groups); i++)
		if ((id & KVM_REG_ARM_COPROC_MASK) == groups[i].coproc)
			return &groups[i];
	return NULL;
}

/* May @id be asked for now?  Only size and architecture use the upper half. */
static int check_id(struct ember_vcpu *vcpu, u64 id)
{
	if (!to_armv7(vcpu)->initialized)
		return -ENOEXEC;
	armv7_owed_reset(to_armv7(vcpu));
	if ((id & ~KVM_REG_SIZE_MASK) >> 32 != KVM_REG_ARM >> 32)
		return -EINVAL;
	return find_group(id) ? 0 : -ENOENT;
}

int armv7_reg_get(struct ember_vcpu *vcpu, u64 id, void __user *val)
{
	int ret = check_id(vcpu, id);

	return ret ? ret : find_group(id)->get(to_armv7(vcpu), id, val);
}

int armv7_reg_set(struct ember_vcpu *vcpu, u64 id, const void __user *val)
{
	int ret = check_id(vcpu, id);

	return ret ? ret : find_group(id)->set(to_armv7(vcpu), id, val);
}
