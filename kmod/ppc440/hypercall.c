// SPDX-License-Identifier: GPL-2.0
/*
 * Hypercalls: what a guest that knows of its hypervisor may ask for.
 *
 * Read after exit.c and magic.h.  The convention is that of ePAPR 1.1, chapter 7: r11 has the
 * call, r3 and up its arguments; r3 is what became of it, r4 and up are values.  The calls
 * are those of Linux's KVM (its Documentation/virt/kvm/ppc-pv.rst), and so is the
 * instruction, which user space puts into the guest's device tree: an sc with a magic
 * number in r0.  Users have no hypercalls: their sc is a system call, whatever is in r0.
 */
#include <linux/init.h>		/* for kvm_para.h, which leaves it out */
#include <linux/kernel.h>
#include <linux/kvm.h>
#include <linux/kvm_para.h>
#include <linux/uaccess.h>
#include "ppc440.h"

/* A second value is r4. */
typedef u32 (*call_fn)(struct ppc440_vcpu *v, u32 *value);

static u32 call_features(struct ppc440_vcpu *v, u32 *value)
{
	*value = BIT(KVM_FEATURE_MAGIC_PAGE);
	return EV_SUCCESS;
}

/*
 * r3 would be the page's address without translation, of which a 440 knows nothing; r4 is
 * the effective one.  Flags are below it: the one that there is says that the guest bears
 * with a page that cannot be run, as this one cannot.
 */
static u32 call_map_magic(struct ppc440_vcpu *v, u32 *value)
{
	ppc440_magic_move(v, v->ctxt.gpr[4] & PAGE_MASK);
	*value = KVM_MAGIC_FEAT_MAS0_TO_SPRG7;
	return EV_SUCCESS;
}

/* Until something waits, be it enabled or not. */
static u32 call_idle(struct ppc440_vcpu *v, u32 *value)
{
	ember_count_exit(&v->vcpu, PPC440_EXIT_WAIT);
	WRITE_ONCE(v->idle, true);
	ember_vcpu_block(&v->vcpu);
	WRITE_ONCE(v->idle, false);
	return EV_SUCCESS;
}

static const struct {
	u32 token;
	call_fn fn;
} calls[] = {
	{ KVM_HCALL_TOKEN(KVM_HC_FEATURES), call_features },
	{ KVM_HCALL_TOKEN(KVM_HC_PPC_MAP_MAGIC_PAGE), call_map_magic },
	{ EV_HCALL_TOKEN(EV_IDLE), call_idle },
};

int ppc440_hypercall(struct ppc440_vcpu *v)
{
	u32 ret = EV_UNIMPLEMENTED, value = 0;
	unsigned int i;

	if (v->quick)
		return PPC440_LATER;
	for (i = 0; i < ARRAY_SIZE(calls); i++)
		if (calls[i].token == v->ctxt.gpr[11])
			ret = calls[i].fn(v, &value);
	v->ctxt.gpr[3] = ret;
	v->ctxt.gpr[4] = value;
	ember_count_exit(&v->vcpu, PPC440_EXIT_HCALL);
	return 1;
}

/* Nothing of the guest's may be mapped where the page is. */
void ppc440_magic_move(struct ppc440_vcpu *v, u32 ea)
{
	if (ea - PPC440_STUBS < PPC440_STUBS_BYTES)
		ppc440_patch_stop(v);
	ppc440_sprgs_from_magic(v);
	ppc440_sprgs_to_magic(v);
	v->magic_ea = ea;
	ppc440_shadow_release(v);
}

/* ---- KVM_PPC_GET_PVINFO ------------------------------------------------------- */

/* lis r0,high; ori r0,r0,low; sc; nop: as many as there is room for. */
long ppc440_get_pvinfo(void __user *arg)
{
	const struct kvm_ppc_pvinfo info = {
		.flags = KVM_PPC_PVINFO_FLAGS_EV_IDLE,
		.hcall = {
			0x3c000000 | KVM_SC_MAGIC_R0 >> 16,
			0x60000000 | (KVM_SC_MAGIC_R0 & 0xffff),
			0x44000002,
			0x60000000,
		},
	};

	return copy_to_user(arg, &info, sizeof(info)) ? -EFAULT : 0;
}
