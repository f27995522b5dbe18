// SPDX-License-Identifier: GPL-2.0
/*
 * A vcpu's registers as user space sees them one by one: ONE_REG.
 *
 * Read after cp0_table.c, whose rows are most of them.  The ABI is that of KVM on
 * MIPS, trap and emulate, up to Linux 5.12; words are sign-extended where a
 * register has 64 bits.
 */
#include <linux/kernel.h>
#include <linux/kvm.h>
#include <linux/uaccess.h>
#include <asm/fpu.h>
#include "mips32.h"

#define REG_BYTES(id) \
	(1U << (((id) & KVM_REG_SIZE_MASK) >> KVM_REG_SIZE_SHIFT))

/* ---- general registers ------------------------------------------------------------------- */

#define NR_GP	35	/* with hi, lo and pc behind the 32 */

static u32 *gp_reg(struct mips32_vcpu *v, u64 id)
{
	u64 n = id - KVM_REG_MIPS_R0;

	BUILD_BUG_ON(offsetof(struct mips32_ctxt, pc) != (NR_GP - 1) * 4);
	return n < NR_GP ? (u32 *)v->ctxt + n : NULL;
}

static int gp_get(struct mips32_vcpu *v, u64 id, u64 *val)
{
	u32 *reg = gp_reg(v, id);

	if (!reg)
		return -EINVAL;
	*val = (s32)*reg;
	return 0;
}

/* What is written back as it was read is no jump: a load goes on to be completed. */
void mips32_set_pc(struct mips32_vcpu *v, u32 pc)
{
	if (pc == v->ctxt->pc)
		return;
	v->ctxt->pc = pc;
	v->ctxt->cause = 0;
	v->mmio.pending = false;
}

static int gp_set(struct mips32_vcpu *v, u64 id, u64 val)
{
	u32 *reg = gp_reg(v, id);

	if (!reg)
		return -EINVAL;
	if (id == KVM_REG_MIPS_PC)
		mips32_set_pc(v, val);
	else if (reg != v->ctxt->gpr)
		*reg = val;
	return 0;
}

static u64 gp_id(struct mips32_vcpu *v, unsigned int n)
{
	return n < NR_GP ? KVM_REG_MIPS_R0 + n : 0;
}

/* ---- CP0 ------------------------------------------------------------------------------------ */

static const struct cp0_row *cp0_by_id(u64 id)
{
	unsigned int i;

	for (i = 0; i < cp0_nr_rows; i++)
		if (cp0_rows[i].one_reg == id)
			return &cp0_rows[i];
	return NULL;
}

static int cp0_reg_get(struct mips32_vcpu *v, u64 id, u64 *val)
{
	const struct cp0_row *row = cp0_by_id(id);

	if (!row)
		return -EINVAL;
	*val = (s32)cp0_read(v, row);
	return 0;
}

static int cp0_reg_set(struct mips32_vcpu *v, u64 id, u64 val)
{
	const struct cp0_row *row = cp0_by_id(id);

	return row ? cp0_set(v, row, val) : -EINVAL;
}

static u64 cp0_reg_id(struct mips32_vcpu *v, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < cp0_nr_rows; i++)
		if (cp0_rows[i].one_reg && !n--)
			return cp0_rows[i].one_reg;
	return 0;
}

/* ---- time ------------------------------------------------------------------------------------ */

static const u64 time_ids[] = {
	KVM_REG_MIPS_COUNT_CTL, KVM_REG_MIPS_COUNT_RESUME, KVM_REG_MIPS_COUNT_HZ,
};

static int time_get(struct mips32_vcpu *v, u64 id, u64 *val)
{
	switch (id) {
	case KVM_REG_MIPS_COUNT_CTL:
		*val = v->timer.ctl;
		return 0;
	case KVM_REG_MIPS_COUNT_RESUME:
		*val = v->timer.resume;
		return 0;
	case KVM_REG_MIPS_COUNT_HZ:
		*val = v->timer.hz;
		return 0;
	default:
		return -EINVAL;
	}
}

static int time_set(struct mips32_vcpu *v, u64 id, u64 val)
{
	switch (id) {
	case KVM_REG_MIPS_COUNT_CTL:
		return mips32_timer_set_ctl(v, val);
	case KVM_REG_MIPS_COUNT_RESUME:
		return mips32_timer_set_resume(v, val);
	case KVM_REG_MIPS_COUNT_HZ:
		return mips32_timer_set_hz(v, val);
	default:
		return -EINVAL;
	}
}

static u64 time_id(struct mips32_vcpu *v, unsigned int n)
{
	return n < ARRAY_SIZE(time_ids) ? time_ids[n] : 0;
}

/* ---- the FPU ------------------------------------------------------------ */

#define NR_FPR	32

static bool fr(struct mips32_vcpu *v)
{
	return C0(v, STATUS) & ST0_FR;
}

/* With FR clear an odd register is the upper half of the even one before it. */
static u32 *fpr_word(struct mips32_vcpu *v, unsigned int n)
{
	u32 *words = (u32 *)v->ctxt->fpr;

	return fr(v) ? &words[2 * n] : &words[2 * (n & ~1) + (n & 1)];
}

/* NULL: there is no double there. */
static u64 *fpr_double(struct mips32_vcpu *v, unsigned int n)
{
	return !fr(v) && n & 1 ? NULL : &v->ctxt->fpr[n];
}

static u32 host_fir(void)
{
	return boot_cpu_data.fpu_id;
}

static int fpu_get(struct mips32_vcpu *v, u64 id, u64 *val)
{
	unsigned int n = id & 31;

	if (!v->fpu_enabled)
		return -EINVAL;
	if (id == KVM_REG_MIPS_FCR_IR) {
		*val = host_fir();
	} else if (id == KVM_REG_MIPS_FCR_CSR) {
		*val = v->ctxt->fcr31;
	} else if (id == KVM_REG_MIPS_FPR_32(n)) {
		*val = *fpr_word(v, n);
	} else if (id == KVM_REG_MIPS_FPR_64(n)) {
		if (!fpr_double(v, n))
			return -EINVAL;
		*val = *fpr_double(v, n);
	} else {
		return -EINVAL;
	}
	return 0;
}

/* What is written to FCSR with its causes raises them when it is loaded: fpu.c. */
static int fpu_set(struct mips32_vcpu *v, u64 id, u64 val)
{
	unsigned int n = id & 31;

	if (!v->fpu_enabled)
		return -EINVAL;
	if (id == KVM_REG_MIPS_FCR_IR)
		return 0;
	if (id == KVM_REG_MIPS_FCR_CSR) {
		v->ctxt->fcr31 = val;
	} else if (id == KVM_REG_MIPS_FPR_32(n)) {
		*fpr_word(v, n) = val;
	} else if (id == KVM_REG_MIPS_FPR_64(n)) {
		if (!fpr_double(v, n))
			return -EINVAL;
		*fpr_double(v, n) = val;
	} else {
		return -EINVAL;
	}
	return 0;
}

/* 32 words, the doubles that there are, FIR and FCSR. */
static u64 fpu_id(struct mips32_vcpu *v, unsigned int n)
{
	if (!v->fpu_enabled)
		return 0;
	if (n < NR_FPR)
		return KVM_REG_MIPS_FPR_32(n);
	n -= NR_FPR;
	if (n < NR_FPR / 2)
		return KVM_REG_MIPS_FPR_64(2 * n);
	n -= NR_FPR / 2;
	if (fr(v) && n < NR_FPR / 2)
		return KVM_REG_MIPS_FPR_64(2 * n + 1);
	if (fr(v))
		n -= NR_FPR / 2;
	return n == 0 ? KVM_REG_MIPS_FCR_IR : n == 1 ? KVM_REG_MIPS_FCR_CSR : 0;
}

/* ---- all of them -------------------------------------------------------- */

struct reg_group {
	u64 set;		/* bits 31-16 of an id, with the architecture */
	int (*get)(struct mips32_vcpu *v, u64 id, u64 *val);
	int (*put)(struct mips32_vcpu *v, u64 id, u64 val);
	/* The id of number @n, 0 behind the last. */
	u64 (*id)(struct mips32_vcpu *v, unsigned int n);
};

static const struct reg_group groups[] = {
	{ KVM_REG_MIPS_GP, gp_get, gp_set, gp_id },
	{ KVM_REG_MIPS_CP0, cp0_reg_get, cp0_reg_set, cp0_reg_id },
	{ KVM_REG_MIPS_KVM, time_get, time_set, time_id },
	{ KVM_REG_MIPS_FPU, fpu_get, fpu_set, fpu_id },
};

static const struct reg_group *find_group(u64 id)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(groups); i++)
		if ((id & ~(KVM_REG_SIZE_MASK | 0xffff)) == groups[i].set)
			return &groups[i];
	return NULL;
}

int mips32_reg_list(struct ember_vcpu *vcpu, u64 __user *list, unsigned int max)
{
	unsigned int i, n, nr = 0;
	u64 id;

	for (i = 0; i < ARRAY_SIZE(groups); i++) {
		for (n = 0; (id = groups[i].id(to_mips32(vcpu), n)); n++, nr++)
			if (list && nr < max &&
			    copy_to_user(&list[nr], &id, sizeof(id)))
				return -EFAULT;
	}
	return nr;
}

int mips32_reg_get(struct ember_vcpu *vcpu, u64 id, void __user *val)
{
	const struct reg_group *group = find_group(id);
	u64 value;
	int ret;

	if (!group)
		return -EINVAL;
	ret = group->get(to_mips32(vcpu), id, &value);
	if (ret)
		return ret;
	return copy_to_user(val, &value, REG_BYTES(id)) ? -EFAULT : 0;
}

int mips32_reg_set(struct ember_vcpu *vcpu, u64 id, const void __user *val)
{
	const struct reg_group *group = find_group(id);
	u64 value = 0;

	if (!group)
		return -EINVAL;
	if (REG_BYTES(id) > sizeof(value))
		return -EINVAL;
	if (copy_from_user(&value, val, REG_BYTES(id)))
		return -EFAULT;
	return group->put(to_mips32(vcpu), id, value);
}
