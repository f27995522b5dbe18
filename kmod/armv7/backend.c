// SPDX-License-Identifier: GPL-2.0
/*
 * The ARMv7 backend's operations, and the loop's one turn: into the guest and
 * out of it.
 *
 * Read after armv7.h.
 */
#include <linux/gfp.h>
#include <linux/kvm.h>
#include <linux/sched.h>
#include <linux/uaccess.h>
#include <uapi/linux/psci.h>
#include "armv7.h"
#include "hyp.h"
#include "stage2.h"
#include "syndrome.h"
#include "../core/trace.h"

/* ---- the host -------------------------------------------------------------- */

static int armv7_probe(void)
{
	int ret;

	ret = armv7_hyp_init();
	if (ret)
		return ret;
	ret = vgic_probe();
	if (ret)
		goto exit_hyp;
	ret = timer_probe();
	if (ret)
		goto remove_vgic;
	return 0;

remove_vgic:
	vgic_remove();
exit_hyp:
	armv7_hyp_exit();
	return ret;
}

static void armv7_remove(void)
{
	timer_remove();
	vgic_remove();
	armv7_hyp_exit();
}

static int armv7_cpu_enable(void)
{
	int ret = armv7_hyp_cpu_enable();

	if (ret)
		return ret;
	vgic_cpu_enable();
	timer_cpu_enable();
	return 0;
}

static void armv7_cpu_disable(void)
{
	timer_cpu_disable();
	vgic_cpu_disable();
	armv7_hyp_cpu_disable();
}

/* ---- a VM ------------------------------------------------------------------- */

static int armv7_vm_init(struct ember_vm *vm, unsigned long type)
{
	struct armv7_vm *avm = to_armv7_vm(vm);
	int ret;

	if (type)
		return -EINVAL;
	ret = armv7_stage2_init(avm);
	if (ret)
		return ret;
	avm->target = ~0;
	vgic_vm_init(vm);
	timer_vm_init(vm);
	return 0;
}

static void armv7_vm_destroy(struct ember_vm *vm)
{
	vgic_vm_destroy(vm);
	armv7_stage2_destroy(to_armv7_vm(vm));
}

static int armv7_mem_prepare(struct ember_vm *vm,
			     const struct ember_memslot *new,
			     enum ember_slot_change change)
{
	/* Beyond the input range of stage 2 nothing can be mapped. */
	if (change != EMBER_SLOT_DELETE &&
	    new->base_gfn + new->npages > 1ULL << (S2_IPA_BITS - PAGE_SHIFT))
		return -EFAULT;
	return 0;
}

/* ---- a vcpu ------------------------------------------------------------------ */

static int armv7_vcpu_create(struct ember_vcpu *vcpu)
{
	struct armv7_vcpu *v = to_armv7(vcpu);
	int ret;

	BUILD_BUG_ON(sizeof(struct armv7_ctxt) > PAGE_SIZE);
	BUILD_BUG_ON(offsetof(struct armv7_ctxt, r));	/* switch.S: LDM */

	v->ctxt = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (!v->ctxt)
		return -ENOMEM;
	v->ctxt->hcptr = HCPTR_TRAP_ALL;
	v->ctxt->hdcr = HDCR_GUEST;
	v->ctxt->vttbr = to_armv7_vm(vcpu->vm)->vttbr;
	ret = armv7_hyp_map_page(v->ctxt);
	if (ret)
		goto free_ctxt;
	ret = vgic_vcpu_init(v);
	if (ret)
		goto unmap_ctxt;
	timer_vcpu_init(v);
	return 0;

unmap_ctxt:
	armv7_hyp_unmap_page(v->ctxt);
free_ctxt:
	free_page((unsigned long)v->ctxt);
	return ret;
}

static void armv7_vcpu_destroy(struct ember_vcpu *vcpu)
{
	struct armv7_vcpu *v = to_armv7(vcpu);

	timer_vcpu_destroy(v);
	vgic_vcpu_destroy(v);
	armv7_hyp_unmap_page(v->ctxt);
	free_page((unsigned long)v->ctxt);
}

/* Would the guest go on?  Powered off it waits for CPU_ON, a request. */
static bool armv7_vcpu_runnable(struct ember_vcpu *vcpu)
{
	struct armv7_vcpu *v = to_armv7(vcpu);

	return !READ_ONCE(v->power_off) &&
	       (vgic_pending(v) || armv7_async_abort_pending(v));
}

/* WFI, and PSCI's CPU_SUSPEND: sleep until there is an interrupt. */
void armv7_wfi(struct armv7_vcpu *v)
{
	timer_block_enter(v);
	if (likely(!v->vcpu.leaving) || !armv7_user_lines_news(v))
		ember_vcpu_block(&v->vcpu);
	timer_block_leave(v);
}

/*
 * Before a vcpu runs for the first time: the interrupt controller is fixed
 * and put where the guest reaches it, and so are the timers' interrupts.
 */
static int armv7_vcpu_start(struct ember_vcpu *vcpu)
{
	struct armv7_vcpu *v = to_armv7(vcpu);
	struct ember_vm *vm = vcpu->vm;
	int ret;

	if (!v->initialized)
		return -ENOEXEC;
	if (!vgic_present(&to_armv7_vm(vm)->vgic)) {
		armv7_user_lines_start(v);
		return 0;
	}
	mutex_lock(&vm->lock);
	ret = vgic_map_resources(vm) ?: timer_check_ppis(vm);
	mutex_unlock(&vm->lock);
	return ret;
}

/* For guest_hvc in switch.S, which leaves all to armv7_smccc() if it is 0. */
static u32 hyp_psci_version(struct armv7_vcpu *v)
{
	u32 version = armv7_psci_version(v);

	return version >= PSCI_VERSION(0, 2) && !v->debug.control ? version : 0;
}

/* What guest_hvc has served. */
static void armv7_count_hyp_calls(struct armv7_vcpu *v)
{
	u32 calls = v->ctxt->hyp_calls;

	if (likely(!calls))
		return;
	v->ctxt->hyp_calls = 0;
	v->vcpu.exits[ARMV7_EXIT_HVC] += calls;
	v->vcpu.exits[ARMV7_EXIT_PSCI] += calls;
}

/*
 * Can exits be served between two turns with the GIC and the timer left as they
 * are?  Yes if nothing is in the list registers and the timer's line is low: what
 * comes up then is a physical interrupt, which ends the next turn.
 */
static bool may_be_quick(struct armv7_vcpu *v)
{
	return v->vcpu.rcu_watches && to_armv7_vm(v->vcpu.vm)->vgic.ready &&
	       !v->vgic.hcr && !v->timer.virt.line && !v->debug.control;
}

/* Where exits are timed: each that is served in between, too. */
static noinline u32 timed_turns(struct armv7_vcpu *v, bool quick)
{
	u32 code;

	do {
		ember_timing_enter(&v->vcpu);
		code = armv7_hyp_enter(v->ctxt);
		ember_timing_left(&v->vcpu);
	} while (code == ARMV7_CODE_TRAP && quick && armv7_exit_quick(v));
	return code;
}

static __always_inline u32 turns(struct armv7_vcpu *v, bool quick)
{
	u32 code;

	if (ember_timing_on())
		return timed_turns(v, quick);
	do {
		code = armv7_hyp_enter(v->ctxt);
	} while (code == ARMV7_CODE_TRAP && quick && armv7_exit_quick(v));
	return code;
}

/* Into the guest and out of it, for some exits several times; interrupts off. */
static u32 armv7_turn(struct armv7_vcpu *v)
{
	u32 code;

	armv7_stage2_load(v);
	armv7_hyp_prepare(v->ctxt);
	v->ctxt->psci_version = hyp_psci_version(v);
	timer_load(v);
	vgic_load(v);
	ember_guest_begin(&v->vcpu);
	code = turns(v, may_be_quick(v));
	/* First: vgic_put() may kick other vcpus, for which RCU must watch. */
	ember_guest_exit(&v->vcpu);
	vgic_put(v);
	timer_put(v);
	return code;
}

/* Nobody's fault: the vcpu goes on at the next KVM_RUN. */
static int exit_for_lines(struct ember_vcpu *vcpu)
{
	vcpu->run->exit_reason = KVM_EXIT_INTR;
	return -EINTR;
}

/* One turn; see ember_backend.vcpu_run. */
static int armv7_vcpu_run(struct ember_vcpu *vcpu)
{
	struct armv7_vcpu *v = to_armv7(vcpu);
	u32 code;
	int ret;

	armv7_owed_reset(v);
	if (v->power_off) {
		ember_vcpu_block(vcpu);
		return 1;
	}
	if (unlikely(vcpu->leaving) && armv7_user_lines_news(v))
		return exit_for_lines(vcpu);

	if (unlikely(v->debug.control)) {
		ret = armv7_debug_before(v);
		if (ret <= 0)
			return ret;
	}

	trace_ember_entry(vcpu, v->ctxt->pc);
	local_irq_disable();
	if (!ember_guest_enter(vcpu)) {
		local_irq_enable();
		ember_count_exit(vcpu, ARMV7_EXIT_SIGNAL);
		return 1;
	}
	code = armv7_turn(v);
	local_irq_enable();
	armv7_count_hyp_calls(v);

	ret = armv7_handle_exit(v, code);
	return unlikely(v->debug.control) ? armv7_debug_after(v, ret) : ret;
}

/* ---- interrupts and ioctls ----------------------------------------------------- */

static int armv7_check_extension(struct ember_vm *vm, long ext)
{
	switch (ext) {
	case KVM_CAP_IRQCHIP:
	case KVM_CAP_ARM_SET_DEVICE_ADDR:
	case KVM_CAP_ARM_PSCI:
	case KVM_CAP_ARM_PSCI_0_2:
	case KVM_CAP_MP_STATE:
	case KVM_CAP_ARM_IRQ_LINE_LAYOUT_2:
	case KVM_CAP_VCPU_EVENTS:
	case KVM_CAP_ARM_INJECT_EXT_DABT:
	case KVM_CAP_ARM_NISV_TO_USER:
	case KVM_CAP_ARM_USER_IRQ:	/* version 1: the two timers */
		return 1;
	case KVM_CAP_SET_GUEST_DEBUG:
		return armv7_debug_usable();
	case KVM_CAP_MSI_DEVID:		/* a question about a VM */
		return vm ? 0 : -EINVAL;
	default:
		return 0;
	}
}

static int armv7_enable_cap(struct ember_vm *vm, const struct kvm_enable_cap *cap)
{
	if (cap->flags || cap->cap != KVM_CAP_ARM_NISV_TO_USER)
		return -EINVAL;
	WRITE_ONCE(to_armv7_vm(vm)->nisv_to_user, true);
	return 0;
}

static long armv7_preferred_target(struct kvm_vcpu_init __user *arg)
{
	struct kvm_vcpu_init init = {};
	int target = armv7_host_target();

	if (target < 0)
		return target;
	init.target = target;
	return copy_to_user(arg, &init, sizeof(init)) ? -EFAULT : 0;
}

static long armv7_vm_ioctl(struct ember_vm *vm, unsigned int ioctl,
			   unsigned long arg)
{
	if (ioctl == KVM_ARM_PREFERRED_TARGET)
		return armv7_preferred_target((void __user *)arg);
	return vgic_vm_ioctl(vm, ioctl, arg);
}

static const char *const armv7_exit_names[] = {
#define X(sym, name) name,
	ARMV7_EXITS(X)
#undef X
	NULL
};

static const struct ember_device_ops *const armv7_devices[] = {
	&vgic_v2_device,
	NULL
};

const struct ember_backend armv7_backend = {
	.name = "armv7",
	.no_ioctl = EINVAL,
	.vm_size = sizeof(struct armv7_vm),
	.vcpu_size = sizeof(struct armv7_vcpu),
	.exit_names = armv7_exit_names,
	.devices = armv7_devices,
	.probe = armv7_probe,
	.remove = armv7_remove,
	.cpu_enable = armv7_cpu_enable,
	.cpu_disable = armv7_cpu_disable,
	.vm_init = armv7_vm_init,
	.vm_destroy = armv7_vm_destroy,
	.vcpu_init = armv7_vcpu_create,
	.vcpu_destroy = armv7_vcpu_destroy,
	.vcpu_start = armv7_vcpu_start,
	.vcpu_run = armv7_vcpu_run,
	.vcpu_runnable = armv7_vcpu_runnable,
	.mem_prepare = armv7_mem_prepare,
	.mem_unmap = armv7_mem_unmap,
	.mem_write_protect = armv7_mem_write_protect,
	.mem_age = armv7_mem_age,
	.irq_line = vgic_irq_line,
	.irqfd_line = vgic_irqfd_line,
	.irqchip_pins = VGIC_NR_IRQS_MAX - VGIC_NR_PRIVATE,
	.signal_msi = vgic_signal_msi,
	.reg_list = armv7_reg_list,
	.reg_get = armv7_reg_get,
	.reg_set = armv7_reg_set,
	.check_extension = armv7_check_extension,
	.vm_enable_cap = armv7_enable_cap,
	.vm_ioctl = armv7_vm_ioctl,
	.vcpu_ioctl = armv7_vcpu_ioctl,
};
