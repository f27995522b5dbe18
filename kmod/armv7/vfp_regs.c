// SPDX-License-Identifier: GPL-2.0
/*
 * ONE_REG for VFP and Advanced SIMD: d0 to d31 and the control registers.
 *
 * Outside the guest its registers are in ctxt->vfp (switch.S saw to that).
 * Indices and errors are those of KVM on ARM up to Linux 5.6.
 */
#include <linux/kernel.h>
#include <linux/uaccess.h>
#include "cp15.h"
#include "hyp.h"

#define VFP_ID(size, n) \
	(KVM_REG_ARM | KVM_REG_SIZE_ ## size | KVM_REG_ARM_VFP | (n))

/* The identification registers are readable with VFP off (B4.1.57). */
#define HOST_VFP(reg) \
	static u32 host_ ## reg(void) \
	{ \
		u32 val; \
\
		asm volatile(".fpu vfpv3\n\tvmrs %0, " #reg : "=r" (val)); \
		return val; \
	}
HOST_VFP(mvfr0)
HOST_VFP(mvfr1)
HOST_VFP(fpsid)

struct vfp_row {
	u32 n;			/* KVM_REG_ARM_VFP_* */
	u32 offset;		/* in struct armv7_vfp */
	u32 (*host)(void);	/* instead: the host's, not to be changed */
};

#define OWN(sym, field) \
	{ KVM_REG_ARM_VFP_ ## sym, offsetof(struct armv7_vfp, field), NULL }
#define HOST(sym, fn) \
	{ KVM_REG_ARM_VFP_ ## sym, 0, fn }

static const struct vfp_row vfp_rows[] = {
	OWN(FPEXC, fpexc),
	OWN(FPSCR, fpscr),
	OWN(FPINST, fpinst),
	OWN(FPINST2, fpinst2),
	HOST(MVFR0, host_mvfr0),
	HOST(MVFR1, host_mvfr1),
	HOST(FPSID, host_fpsid),
};

int armv7_vfp_list(struct armv7_vcpu *v, u64 __user *list, unsigned int max)
{
	unsigned int i, n = 0, doubles = armv7_hyp_vfp_regs();

	if (!doubles)
		return 0;
	for (i = 0; i < doubles; i++)
		if (armv7_put_index(list, max, n++, VFP_ID(U64, i)))
			return -EFAULT;
	for (i = 0; i < ARRAY_SIZE(vfp_rows); i++)
		if (armv7_put_index(list, max, n++,
				    VFP_ID(U32, vfp_rows[i].n)))
			return -EFAULT;
	return n;
}

static const struct vfp_row *find_row(u64 id)
{
	unsigned int i;

	if (!armv7_hyp_vfp_regs())
		return NULL;
	for (i = 0; i < ARRAY_SIZE(vfp_rows); i++)
		if (id == VFP_ID(U32, vfp_rows[i].n))
			return &vfp_rows[i];
	return NULL;
}

/* Where the guest's own register @id is, or NULL. */
static void *find_own(struct armv7_vcpu *v, u64 id)
{
	const struct vfp_row *row = find_row(id);
	u64 n = id - VFP_ID(U64, 0);

	if (n < armv7_hyp_vfp_regs())
		return &v->ctxt->vfp.d[n];
	if (row && !row->host)
		return (void *)&v->ctxt->vfp + row->offset;
	return NULL;
}

int armv7_vfp_get(struct armv7_vcpu *v, u64 id, void __user *val)
{
	const struct vfp_row *row = find_row(id);
	void *own = find_own(v, id);

	if (own)
		return copy_to_user(val, own, KVM_REG_SIZE(id)) ? -EFAULT : 0;
	if (row)
		return put_user(row->host(), (u32 __user *)val);
	return -ENOENT;
}

/*
 * FPEXC.EX and FP2V say that FPINST and FPINST2 hold something.  No CPU with
 * virtualization extensions has these two (VFPv4 never bounces an instruction),
 * and the world switch would be undefined in Hyp mode when it loads them.
 */
#define FPEXC_NEVER	(BIT(31) | BIT(28))

int armv7_vfp_set(struct armv7_vcpu *v, u64 id, const void __user *val)
{
	const struct vfp_row *row = find_row(id);
	void *own = find_own(v, id);
	u32 value;

	if (own) {
		if (copy_from_user(own, val, KVM_REG_SIZE(id)))
			return -EFAULT;
		v->ctxt->vfp.fpexc &= ~FPEXC_NEVER;
		return 0;
	}
	if (!row)
		return -ENOENT;
	if (get_user(value, (const u32 __user *)val))
		return -EFAULT;
	return value == row->host() ? 0 : -EINVAL;
}
