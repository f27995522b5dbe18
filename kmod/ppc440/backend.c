// SPDX-License-Identifier: GPL-2.0
/*
 * The PowerPC 440 backend's operations, and the loop's one turn: into the guest and
 * out of it.
 *
 * Read after ppc440.h and enter.S.
 */
#define pr_fmt(fmt) "ember: " fmt

#include <linux/ember.h>
#include <linux/gfp.h>
#include <linux/kvm.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include "ppc440.h"
#include "../core/trace.h"

/* ---- the host ---------------------------------------------------------------- */

static int ppc440_probe(void)
{
	ppc440_spr_init();
	return ppc440_host_probe();
}

/* ---- a VM ---------------------------------------------------------------------- */

static int ppc440_vm_init(struct ember_vm *vm, unsigned long type)
{
	spin_lock_init(&to_ppc440_vm(vm)->uic_lock);
	ppc440_patch_init(to_ppc440_vm(vm));
	return type ? -EINVAL : 0;
}

static void ppc440_vm_destroy(struct ember_vm *vm)
{
	ppc440_patch_destroy(to_ppc440_vm(vm));
	ppc440_mmu_destroy(to_ppc440_vm(vm));
}

/* ---- a vcpu -------------------------------------------------------------------- */

static int ppc440_vcpu_create(struct ember_vcpu *vcpu)
{
	struct ppc440_vcpu *v = to_ppc440(vcpu);

	v->magic = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (!v->magic)
		return -ENOMEM;
	if (ppc440_shadow_init(v)) {
		free_page((unsigned long)v->magic);
		return -ENOMEM;
	}
	ppc440_timer_init(v);
	ppc440_reset(v);
	return 0;
}

static void ppc440_vcpu_destroy(struct ember_vcpu *vcpu)
{
	struct ppc440_vcpu *v = to_ppc440(vcpu);

	ppc440_timer_destroy(v);
	ppc440_shadow_destroy(v);
	free_page((unsigned long)v->spare);
	free_page((unsigned long)v->magic);
}

/*
 * Registers as after a reset of the core (manual, table 3-1), as far as software may
 * rely on them; but pc and TLB as a boot loader leaves them, see tlb.c.
 */
void ppc440_reset(struct ppc440_vcpu *v)
{
	unsigned int i;

	for (i = 0; i < PPC440_NR_IVORS; i++)
		v->ivor[i] = 0;
	ppc440_forget_code(v);
	v->magic_ea = PPC440_NO_EA;
	ppc440_decode(0, &v->known[0].insn);
	MAGIC(v, PIR) = v->vcpu.id;
	MAGIC(v, PVR) = mfspr(SPRN_PVR);
	ppc440_timer_reset(v);
	ppc440_tlb_reset(v);
	ppc440_set_msr(v, 0);
}

static __ember_hot bool ppc440_vcpu_runnable(struct ember_vcpu *vcpu)
{
	struct ppc440_vcpu *v = to_ppc440(vcpu);

	return ppc440_irq_pending(v) || READ_ONCE(v->timer.reset) ||
	       (READ_ONCE(v->idle) && READ_ONCE(v->irqs));
}

static int ppc440_vcpu_start(struct ember_vcpu *vcpu)
{
	ppc440_uic_begin(to_ppc440(vcpu));
	return 0;
}

/* ---- one turn --------------------------------------------------------------------- */

#define SPACE_BITS	(MSR_PR | MSR_IS | MSR_DS)

__ember_hot void ppc440_set_msr(struct ppc440_vcpu *v, u32 msr)
{
	if ((v->msr ^ msr) & SPACE_BITS) {
		v->space_changed = true;
		if (msr & MSR_PR)
			ppc440_sprgs_from_magic(v);
	}
	v->msr = msr & PPC440_MSR_BITS;
}

/* What the guest's MSR means for the host's: its FPU is the guest's only when loaded. */
static u32 hardware_msr(struct ppc440_vcpu *v)
{
	return PPC440_HOST_MSR | (v->msr & v->fpu_msr);
}

static void set_pid(struct ppc440_vcpu *v, u32 pid)
{
	if (likely(v->hw_pid == pid))
		return;
	v->hw_pid = pid;
	mtspr(SPRN_PID, pid);
	isync();	/* before it is used (manual, 5.6); rfi would do, too */
}

/*
 * NOT DONE: instructions from one address space and data from the other.  It would take
 * two shadows that must not see each other with one PID.
 */
static bool is_split(const struct ppc440_vcpu *v)
{
	return !(v->msr & MSR_IS) != !(v->msr & MSR_DS);
}

/* Those that wait for MSR[EE] are in the magic page, too. */
static void irqs_enter(struct ppc440_vcpu *v)
{
	ppc440_irq_deliver(v);
	if (READ_ONCE(v->irqs) & PPC440_EE_IRQS)
		MAGIC(v, PENDING) = MSR_EE;
}

/*
 * What the guest is entered with, after what may have changed all of it.  False: it may
 * not be.
 */
static __always_inline bool prepare(struct ppc440_vcpu *v)
{
	MAGIC(v, PENDING) = 0;
	if (unlikely(READ_ONCE(v->irqs)))
		irqs_enter(v);
	if (unlikely(v->space_changed)) {
		if (is_split(v))
			return false;
		set_pid(v, ppc440_shadow_space(v));
	}
	/* The guest changes MSR[EE] there. */
	MAGIC(v, MSR) = v->msr;
	v->ctxt.msr = hardware_msr(v);
	if (unlikely(v->want_iccci)) {
		v->want_iccci = false;
		asm volatile("iccci 0,%0; isync" : : "r" (0) : "memory");
	}
	return true;
}

/*
 * The host's critical interrupts wait until the turn is over: MSR[CE].  A debugger's
 * events are not the guest's (chapter 8).
 */
static void guest_load(struct ppc440_vcpu *v, u32 msr)
{
	mtmsr(msr & ~(MSR_CE | MSR_DE));
	isync();
	v->host_pid = mfspr(SPRN_PID);
	v->hw_pid = v->host_pid;
	v->host_usprg0 = mfspr(SPRN_USPRG0);
	mtspr(SPRN_USPRG0, v->usprg0);
	v->host_dbcr0 = mfspr(SPRN_DBCR0);
	if (unlikely(v->host_dbcr0))
		mtspr(SPRN_DBCR0, 0);
	ppc440_enter_next(&v->ctxt);
	ppc440_shadow_claim(v);
	v->space_changed = true;
	ppc440_drop_reservation();
}

static void guest_put(struct ppc440_vcpu *v, u32 msr)
{
	ppc440_fpu_put(v);
	set_pid(v, v->host_pid);
	v->usprg0 = mfspr(SPRN_USPRG0);
	mtspr(SPRN_USPRG0, v->host_usprg0);
	if (unlikely(v->host_dbcr0))
		mtspr(SPRN_DBCR0, v->host_dbcr0);
	mtmsr(msr);
	isync();
}

static int refuse_split(struct ppc440_vcpu *v)
{
	const u64 data[] = { v->msr, v->ctxt.pc };

	return ember_vcpu_kill(&v->vcpu, KVM_INTERNAL_ERROR_EMULATION, data,
			       ARRAY_SIZE(data),
			       "MSR %#x at %#x has different address spaces for instructions and data: IS and DS must be alike",
			       v->msr, v->ctxt.pc);
}

/* Nobody sees the guest within a stub. */
static void leave_stub(struct ppc440_vcpu *v)
{
	v->exit_pc = v->ctxt.pc;
	v->stub_word = 0;
	if (unlikely(v->ctxt.pc - PPC440_STUBS < PPC440_STUBS_BYTES) &&
	    READ_ONCE(to_ppc440_vm(v->vcpu.vm)->live) &&
	    !(v->msr & (MSR_PR | MSR_IS)))
		ppc440_patch_leave_stub(v, &v->stub_word);
}

static void count_answered(struct ppc440_vcpu *v)
{
	static const u8 rows[PPC440_NR_ANSWERS] = {
		[PPC440_ANSWER_DTLB] = PPC440_EXIT_DTLB_QUICK,
		[PPC440_ANSWER_ITLB] = PPC440_EXIT_ITLB_QUICK,
		[PPC440_ANSWER_SC] = PPC440_EXIT_SC,
		[PPC440_ANSWER_RFI] = PPC440_EXIT_RFI,
	};
	unsigned int i;

	for (i = 0; i < PPC440_NR_ANSWERS; i++) {
		v->vcpu.exits[rows[i]] += ppc440_block->answered[i];
		ppc440_block->answered[i] = 0;
	}
}

/* Interrupts off.  PPC440_LATER: the last exit is still to be dealt with. */
static __always_inline int enter_and_serve(struct ppc440_vcpu *v, bool timed)
{
	if (!prepare(v))
		return PPC440_LEAVE;
	ppc440_enter(&v->ctxt);
	if (timed) {
		/* These have taken no time of the host's. */
		count_answered(v);
		ember_timing_left(&v->vcpu);
	}
	v->msr = (v->msr & ~MSR_EE) | (MAGIC(v, MSR) & MSR_EE);
	leave_stub(v);
	return ppc440_handle_quick(v);
}

static noinline int timed_turns(struct ppc440_vcpu *v)
{
	int ret;

	do {
		ember_timing_enter(&v->vcpu);
		ret = enter_and_serve(v, true);
	} while (ret == 1);
	return ret;
}

static __always_inline int turns(struct ppc440_vcpu *v)
{
	int ret;

	if (ember_timing_on())
		return timed_turns(v);
	do {
		ret = enter_and_serve(v, false);
	} while (ret == 1);
	return ret;
}

/* Into the guest, as a rule several times, and out of it; interrupts off. */
static int ppc440_turn(struct ppc440_vcpu *v)
{
	u32 msr = mfmsr();
	int ret;

	guest_load(v, msr);
	ember_guest_begin(&v->vcpu);
	/* RCU watches: there is no context tracking (host.c). */
	v->quick = true;
	ret = turns(v);
	v->quick = false;
	count_answered(v);
	ember_guest_exit(&v->vcpu);
	guest_put(v, msr);
	if (unlikely(v->ctxt.code == PPC440_IVOR_MCHECK))
		ppc440_host_take_mcheck();
	return ret;
}

static int make_spare(struct ppc440_vcpu *v)
{
	if (unlikely(!v->spare))
		v->spare = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	return v->spare ? 0 : -ENOMEM;
}

static __ember_hot int ppc440_vcpu_run(struct ember_vcpu *vcpu)
{
	struct ppc440_vcpu *v = to_ppc440(vcpu);
	int ret;

	ret = make_spare(v);
	if (ret)
		return ret;
	if (unlikely(ppc440_timer_wants_reset(v)))
		return ppc440_exit_reset(v);
	if (unlikely(v->msr & MSR_WE && !ppc440_irq_pending(v))) {
		ember_count_exit(vcpu, PPC440_EXIT_WAIT);
		ember_vcpu_block(vcpu);
		return 1;
	}
	if (unlikely(is_split(v)))
		return refuse_split(v);
	trace_ember_entry(vcpu, v->ctxt.pc);
	local_irq_disable();
	if (!ember_guest_enter(vcpu)) {
		local_irq_enable();
		ember_count_exit(vcpu, PPC440_EXIT_SIGNAL);
		return 1;
	}
	ret = ppc440_turn(v);
	local_irq_enable();
	if (ret == PPC440_LATER)
		ret = ppc440_handle_exit(v);
	return ret == PPC440_LEAVE ? 1 : ret;
}

/* ---- capabilities ---------------------------------------------------------------------- */

static int ppc440_check_extension(struct ember_vm *vm, long ext)
{
	switch (ext) {
	case KVM_CAP_IRQCHIP:
	case KVM_CAP_ENABLE_CAP:
	case KVM_CAP_PPC_BOOKE_SREGS:
	case KVM_CAP_PPC_BOOKE_WATCHDOG:
	case KVM_CAP_PPC_UNSET_IRQ:
	case KVM_CAP_PPC_IRQ_LEVEL:
	case KVM_CAP_PPC_GET_PVINFO:
	case EMBER_CAP_PPC_TRANSLATE:
		return 1;
	default:
		return 0;
	}
}

static int ppc440_vm_enable_cap(struct ember_vm *vm,
				const struct kvm_enable_cap *cap)
{
	int ret = 0;

	if (cap->cap != EMBER_CAP_PPC_TRANSLATE || cap->flags || cap->args[0] > 1)
		return -EINVAL;
	mutex_lock(&vm->lock);
	if (vm->nr_vcpus)
		ret = -EBUSY;
	else
		to_ppc440_vm(vm)->translates = cap->args[0];
	mutex_unlock(&vm->lock);
	return ret;
}

static long ppc440_vm_ioctl(struct ember_vm *vm, unsigned int ioctl, unsigned long arg)
{
	if (ioctl == KVM_PPC_GET_PVINFO)
		return ppc440_get_pvinfo((void __user *)arg);
	return ppc440_uic_ioctl(vm, ioctl, arg);
}

/* No messages: a UIC has lines. */
static int ppc440_signal_msi(struct ember_vm *vm, const struct kvm_msi *msi)
{
	return -EINVAL;
}

static const char *const ppc440_exit_names[] = {
#define X(sym, name) name,
	PPC440_EXITS(X)
#undef X
	NULL
};

static const struct ember_device_ops *const ppc440_devices[] = {
	NULL
};

const struct ember_backend ppc440_backend = {
	.name = "ppc440",
	.no_ioctl = ENOTTY,
	.vm_size = sizeof(struct ppc440_vm),
	.vcpu_size = sizeof(struct ppc440_vcpu),
	.exit_names = ppc440_exit_names,
	.devices = ppc440_devices,
	.probe = ppc440_probe,
	.remove = ppc440_host_remove,
	.cpu_enable = ppc440_host_enable,
	.cpu_disable = ppc440_host_disable,
	.vm_init = ppc440_vm_init,
	.vm_destroy = ppc440_vm_destroy,
	.vcpu_init = ppc440_vcpu_create,
	.vcpu_destroy = ppc440_vcpu_destroy,
	.vcpu_start = ppc440_vcpu_start,
	.vcpu_run = ppc440_vcpu_run,
	.vcpu_runnable = ppc440_vcpu_runnable,
	.mem_prepare = ppc440_mem_prepare,
	.mem_unmap = ppc440_mem_unmap,
	.mem_write_protect = ppc440_mem_write_protect,
	.mem_age = ppc440_mem_age,
	.irqchip_pins = PPC440_UIC_INPUTS,
	.irq_line = ppc440_irq_input,
	.irqfd_line = ppc440_irqfd_input,
	.signal_msi = ppc440_signal_msi,
	.reg_list = ppc440_reg_list,
	.reg_get = ppc440_reg_get,
	.reg_set = ppc440_reg_set,
	.check_extension = ppc440_check_extension,
	.vm_enable_cap = ppc440_vm_enable_cap,
	.vm_ioctl = ppc440_vm_ioctl,
	.vcpu_ioctl = ppc440_vcpu_ioctl,
	.vcpu_async_ioctl = ppc440_vcpu_async_ioctl,
};
