// SPDX-License-Identifier: GPL-2.0
/*
 * ONE_REG for system registers: the rows of cp15_table.c, and the cache sizes
 * behind CSSELR.  Indices and errors are those of KVM on ARM up to Linux 5.6.
 *
 * NOT DONE: hosts with two kinds of CPU.  The host's registers are read where
 * the ioctl runs, while the guest sees those of the CPU that it runs on.
 */
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/uaccess.h>
#include <asm/barrier.h>
#include "cp15.h"

#define CSSELR_MAX	12	/* levels that ONE_REG can name, times I and D */

int armv7_put_index(u64 __user *list, unsigned int max, unsigned int n, u64 id)
{
	if (!list || n >= max)
		return 0;
	return put_user(id, list + n) ? -EFAULT : 0;
}

/* ---- cache sizes ---------------------------------------------------------- */

/*
 * Is there a cache that @csselr selects (B4.1.20)?  Bit 0 asks for the
 * instruction cache; types above the first level without one mean nothing.
 */
static bool cache_exists(u32 csselr)
{
	u32 clidr, type, level;

	asm volatile("mrc p15, 1, %0, c0, c0, 1" : "=r" (clidr));
	for (level = 0;; level++) {
		type = (clidr >> (3 * level)) & 7;
		if (!type)
			return false;
		if (level == csselr >> 1)
			break;
	}
	switch (type) {
	case 1:		/* instructions only */
		return csselr & 1;
	case 2:		/* data only */
	case 4:		/* unified */
		return !(csselr & 1);
	case 3:		/* both */
		return true;
	default:
		return false;
	}
}

static u32 read_ccsidr(u32 csselr)
{
	unsigned long flags;
	u32 old, val;

	local_irq_save(flags);
	asm volatile("mrc p15, 2, %0, c0, c0, 0" : "=r" (old));
	asm volatile("mcr p15, 2, %0, c0, c0, 0" : : "r" (csselr));
	isb();
	asm volatile("mrc p15, 1, %0, c0, c0, 0" : "=r" (val));
	asm volatile("mcr p15, 2, %0, c0, c0, 0" : : "r" (old));
	isb();
	local_irq_restore(flags);
	return val;
}

#define DEMUX_CCSIDR	(KVM_REG_ARM | KVM_REG_SIZE_U32 | KVM_REG_ARM_DEMUX | \
			 KVM_REG_ARM_DEMUX_ID_CCSIDR)

static int demux_list(u64 __user *list, unsigned int max, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < CSSELR_MAX; i++) {
		if (!cache_exists(i))
			continue;
		if (armv7_put_index(list, max, n++, DEMUX_CCSIDR | i))
			return -EFAULT;
	}
	return n;
}

static int demux_read(u64 id, u32 *val)
{
	u32 csselr = id & KVM_REG_ARM_DEMUX_VAL_MASK;

	if ((id & ~(u64)KVM_REG_ARM_DEMUX_VAL_MASK) != DEMUX_CCSIDR ||
	    csselr >= CSSELR_MAX || !cache_exists(csselr))
		return -ENOENT;
	*val = read_ccsidr(csselr);
	return 0;
}

/* ---- list, get, set ---------------------------------------------------------- */

static bool row_listed(const struct cp15_row *row)
{
	return row->reg != CP15_NO_REG || row->host;
}

int armv7_cp15_list(struct armv7_vcpu *v, u64 __user *list, unsigned int max)
{
	unsigned int i, n = 0;

	for (i = 0; i < cp15_nr_rows; i++) {
		if (!row_listed(&cp15_rows[i]))
			continue;
		if (armv7_put_index(list, max, n++, cp15_rows[i].id))
			return -EFAULT;
	}
	return demux_list(list, max, n);
}

static bool is_demux(u64 id)
{
	return (id & KVM_REG_ARM_COPROC_MASK) == KVM_REG_ARM_DEMUX;
}

/* What @id holds for this vcpu; 0 or -ENOENT. */
static int cp15_value(struct armv7_vcpu *v, u64 id, u64 *val)
{
	const struct cp15_row *row = cp15_find(id);
	u32 low;
	int ret;

	*val = 0;
	if (is_demux(id)) {
		ret = demux_read(id, &low);
		if (!ret)
			*val = low;
		return ret;
	}
	if (!row || !row_listed(row))
		return -ENOENT;
	if (row->host) {
		*val = row->host();
		return 0;
	}
	*val = v->ctxt->c15[row->reg];
	if (KVM_REG_SIZE(id) == 8)
		*val |= (u64)v->ctxt->c15[row->reg + 1] << 32;
	return 0;
}

int armv7_cp15_get(struct armv7_vcpu *v, u64 id, void __user *val)
{
	u64 value;
	int ret = cp15_value(v, id, &value);

	if (ret)
		return ret;
	return copy_to_user(val, &value, KVM_REG_SIZE(id)) ? -EFAULT : 0;
}

int armv7_cp15_set(struct armv7_vcpu *v, u64 id, const void __user *val)
{
	const struct cp15_row *row = cp15_find(id);
	u64 now, value = 0;
	int ret = cp15_value(v, id, &now);

	if (ret)
		return ret;
	if (copy_from_user(&value, val, KVM_REG_SIZE(id)))
		return -EFAULT;
	/* What belongs to the host can't be changed. */
	if (is_demux(id) || row->host)
		return value == now ? 0 : -EINVAL;
	v->ctxt->c15[row->reg] = value;
	if (KVM_REG_SIZE(id) == 8)
		v->ctxt->c15[row->reg + 1] = value >> 32;
	if (row->reg == C15_SCTLR)
		cp15_watch_caches(v);
	return 0;
}

/*
 * MPIDR has its first value again at every reset, CPU_ON included, as KVM's
 * always did; other vcpus find this one by it meanwhile (psci.c).
 */
void armv7_cp15_reset(struct armv7_vcpu *v)
{
	u32 *c15 = v->ctxt->c15;
	unsigned int i;

	memset(c15, 0, C15_SWITCHED * sizeof(*c15));
	for (i = 0; i < cp15_nr_rows; i++) {
		const struct cp15_row *row = &cp15_rows[i];

		if (row->reg != CP15_NO_REG)
			c15[row->reg] = row->initial ? row->initial(v) :
				row->reset;
	}
	c15[C15_MIDR] = cp15_find(ARM_CP15_REG32(0, 0, 0, 0))->host();
}
