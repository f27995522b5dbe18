// SPDX-License-Identifier: GPL-2.0
/*
 * A vcpu's registers as user space sees them one by one: ONE_REG.
 *
 * Read after spr_table.c, whose rows are most of them.  Ids are those of <asm/kvm.h>
 * where that has one, else those of <linux/ember.h>.  What KVM_GET_REGS has is not here.
 */
#include <linux/ember.h>
#include <linux/kernel.h>
#include <linux/kvm.h>
#include <linux/uaccess.h>
#include "ppc440.h"

#define REG_BYTES(id) \
	(1U << (((id) & KVM_REG_SIZE_MASK) >> KVM_REG_SIZE_SHIFT))

/* ---- SPRs ------------------------------------------------------------------------------ */

static u64 spr_id(const struct ppc440_spr_row *row)
{
	return row->one_reg ?: EMBER_REG_PPC440_SPR(row->rd ?: row->wr);
}

/* Without those that cannot hold anything. */
static bool spr_shown(const struct ppc440_spr_row *row)
{
	return row->read || row->offset != PPC440_SPR_NOWHERE;
}

static u64 spr_nth(struct ppc440_vcpu *v, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < ppc440_nr_sprs; i++)
		if (spr_shown(&ppc440_spr_rows[i]) && !n--)
			return spr_id(&ppc440_spr_rows[i]);
	return 0;
}

static const struct ppc440_spr_row *spr_by_id(u64 id)
{
	unsigned int i;

	for (i = 0; i < ppc440_nr_sprs; i++)
		if (spr_shown(&ppc440_spr_rows[i]) &&
		    spr_id(&ppc440_spr_rows[i]) == id)
			return &ppc440_spr_rows[i];
	return NULL;
}

static int spr_get(struct ppc440_vcpu *v, u64 id, u64 *val)
{
	const struct ppc440_spr_row *row = spr_by_id(id);

	if (!row)
		return -ENOENT;
	*val = ppc440_spr_get(v, row);
	return 0;
}

/* What is fixed stays: a client writes what it has read. */
static int spr_put(struct ppc440_vcpu *v, u64 id, u64 val)
{
	const struct ppc440_spr_row *row = spr_by_id(id);

	if (!row)
		return -ENOENT;
	if (row->wr)
		ppc440_spr_set(v, row, val);
	return 0;
}

/* ---- the TLB ---------------------------------------------------------------------------- */

#define NR_TLB_WORDS	(4 * PPC440_TLB_SIZE)
#define TLB_ID(n)	EMBER_REG_PPC440_TLB(0, n)

static u64 tlb_nth(struct ppc440_vcpu *v, unsigned int n)
{
	return n < NR_TLB_WORDS ? TLB_ID(n) : 0;
}

static u32 *tlb_word(struct ppc440_tlbe *e, unsigned int word)
{
	return word == 0 ? &e->pageid : word == 1 ? &e->xlat : &e->attrib;
}

static int tlb_get(struct ppc440_vcpu *v, u64 id, u64 *val)
{
	u64 n = id - TLB_ID(0);

	if (n >= NR_TLB_WORDS)
		return -ENOENT;
	*val = n % 4 == 3 ? v->tlb[n / 4].tid : *tlb_word(&v->tlb[n / 4], n % 4);
	return 0;
}

static int tlb_put(struct ppc440_vcpu *v, u64 id, u64 val)
{
	u64 n = id - TLB_ID(0);
	struct ppc440_tlbe e;

	if (n >= NR_TLB_WORDS)
		return -ENOENT;
	e = v->tlb[n / 4];
	if (n % 4 == 3)
		e.tid = val;
	else
		*tlb_word(&e, n % 4) = val;
	if (ppc440_patch_conflicts(v, &e))
		ppc440_patch_stop(v);
	ppc440_tlb_set_entry(v, n / 4, &e);
	return 0;
}

/* ---- FPU, and what users have of their own ------------------------------------------------ */

static u64 other_nth(struct ppc440_vcpu *v, unsigned int n)
{
	if (n < 32)
		return KVM_REG_PPC_FPR(n);
	return n == 32 ? KVM_REG_PPC_FPSCR : n == 33 ? KVM_REG_PPC_VRSAVE : 0;
}

static int other_get(struct ppc440_vcpu *v, u64 id, u64 *val)
{
	u64 n = id - KVM_REG_PPC_FPR0;

	if (n < 32)
		*val = v->fp.fpr[n][TS_FPROFFSET];
	else if (id == KVM_REG_PPC_FPSCR)
		*val = v->fp.fpscr;
	else if (id == KVM_REG_PPC_VRSAVE)
		*val = v->usprg0;
	else
		return -ENOENT;
	return 0;
}

static int other_put(struct ppc440_vcpu *v, u64 id, u64 val)
{
	u64 n = id - KVM_REG_PPC_FPR0;

	if (n < 32)
		v->fp.fpr[n][TS_FPROFFSET] = val;
	else if (id == KVM_REG_PPC_FPSCR)
		v->fp.fpscr = val;
	else if (id == KVM_REG_PPC_VRSAVE)
		v->usprg0 = val;
	else if (id == KVM_REG_PPC_OR_TSR)
		ppc440_tsr_or(v, val);
	else if (id == KVM_REG_PPC_CLEAR_TSR)
		ppc440_tsr_clear(v, val);
	else
		return -ENOENT;
	return 0;
}

/* ---- the magic page ----------------------------------------------------------------------- */

#define NR_MAGIC	9
#define MAGIC_ID(n)	EMBER_REG_PPC440_MAGIC(n)
#define MAGIC_IS_THERE	1u

static u64 magic_nth(struct ppc440_vcpu *v, unsigned int n)
{
	return n < NR_MAGIC ? MAGIC_ID(n) : 0;
}

static u32 *magic_word(struct ppc440_vcpu *v, u64 n)
{
	return v->magic + PPC440_MAGIC_SCRATCH + 4 * (n - 1);
}

static int magic_get(struct ppc440_vcpu *v, u64 id, u64 *val)
{
	u64 n = id - MAGIC_ID(0);

	if (n >= NR_MAGIC)
		return -ENOENT;
	if (n)
		*val = *magic_word(v, n);
	else
		*val = v->magic_ea == PPC440_NO_EA ? 0 : v->magic_ea | MAGIC_IS_THERE;
	return 0;
}

static int magic_put(struct ppc440_vcpu *v, u64 id, u64 val)
{
	u64 n = id - MAGIC_ID(0);

	if (n >= NR_MAGIC)
		return -ENOENT;
	if (n)
		*magic_word(v, n) = val;
	else
		ppc440_magic_move(v, val & MAGIC_IS_THERE ? (u32)val & PAGE_MASK :
							    PPC440_NO_EA);
	return 0;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static const struct reg_group {
	int (*get)(struct ppc440_vcpu *v, u64 id, u64 *val);
	int (*put)(struct ppc440_vcpu *v, u64 id, u64 val);
	/* The id of number @n, 0 behind the last. */
	u64 (*nth)(struct ppc440_vcpu *v, unsigned int n);
} groups[] = {
	{ spr_get, spr_put, spr_nth },
	{ tlb_get, tlb_put, tlb_nth },
	{ other_get, other_put, other_nth },
	{ magic_get, magic_put, magic_nth },
};

int ppc440_reg_list(struct ember_vcpu *vcpu, u64 __user *list, unsigned int max)
{
	unsigned int i, n, nr = 0;
	u64 id;

	for (i = 0; i < ARRAY_SIZE(groups); i++)
		for (n = 0; (id = groups[i].nth(to_ppc440(vcpu), n)); n++, nr++)
			if (list && nr < max &&
			    copy_to_user(&list[nr], &id, sizeof(id)))
				return -EFAULT;
	return nr;
}

/* A register of 32 bits is the lower half of a value: big-endian, the second. */
int ppc440_reg_get(struct ember_vcpu *vcpu, u64 id, void __user *val)
{
	unsigned int i;
	u64 value;
	u32 word;
	int ret = -ENOENT;

	for (i = 0; i < ARRAY_SIZE(groups) && ret == -ENOENT; i++)
		ret = groups[i].get(to_ppc440(vcpu), id, &value);
	if (ret)
		return ret;
	word = value;
	if (REG_BYTES(id) == sizeof(word))
		return copy_to_user(val, &word, sizeof(word)) ? -EFAULT : 0;
	return copy_to_user(val, &value, sizeof(value)) ? -EFAULT : 0;
}

int ppc440_reg_set(struct ember_vcpu *vcpu, u64 id, const void __user *val)
{
	unsigned int i;
	u64 value;
	u32 word;
	int ret = -ENOENT;

	if (REG_BYTES(id) == sizeof(word)) {
		if (copy_from_user(&word, val, sizeof(word)))
			return -EFAULT;
		value = word;
	} else if (REG_BYTES(id) != sizeof(value)) {
		return -ENOENT;
	} else if (copy_from_user(&value, val, sizeof(value))) {
		return -EFAULT;
	}
	for (i = 0; i < ARRAY_SIZE(groups) && ret == -ENOENT; i++)
		ret = groups[i].put(to_ppc440(vcpu), id, value);
	return ret;
}
