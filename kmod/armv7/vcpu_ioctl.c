// SPDX-License-Identifier: GPL-2.0
/*
 * The ioctls of a vcpu that are ARM's own: what processor it is, whether it is
 * powered, what is about to happen to it.
 *
 * Read after regs.c.  Numbers and errors are those of Linux 5.6.
 */
#include <linux/kvm.h>
#include <linux/uaccess.h>
#include "armv7.h"

static long vcpu_init(struct armv7_vcpu *v, void __user *arg)
{
	struct kvm_vcpu_init init;

	if (copy_from_user(&init, arg, sizeof(init)))
		return -EFAULT;
	return armv7_vcpu_init_target(v, &init);
}

/* ---- power ------------------------------------------------------------------- */

static long get_mp_state(struct armv7_vcpu *v, void __user *arg)
{
	struct kvm_mp_state state = {
		.mp_state = v->power_off ? KVM_MP_STATE_STOPPED :
					   KVM_MP_STATE_RUNNABLE,
	};

	return copy_to_user(arg, &state, sizeof(state)) ? -EFAULT : 0;
}

static long set_mp_state(struct armv7_vcpu *v, void __user *arg)
{
	struct kvm_mp_state state;

	if (copy_from_user(&state, arg, sizeof(state)))
		return -EFAULT;
	if (state.mp_state != KVM_MP_STATE_RUNNABLE &&
	    state.mp_state != KVM_MP_STATE_STOPPED)
		return -EINVAL;
	WRITE_ONCE(v->power_off, state.mp_state == KVM_MP_STATE_STOPPED);
	return 0;
}

/* ---- events: aborts to come ----------------------------------------------------- */

static long get_events(struct armv7_vcpu *v, void __user *arg)
{
	struct kvm_vcpu_events events = {
		.exception.serror_pending = armv7_async_abort_pending(v),
	};

	return copy_to_user(arg, &events, sizeof(events)) ? -EFAULT : 0;
}

static bool events_valid(const struct kvm_vcpu_events *events)
{
	/* ARMv7 has no syndrome for it. */
	if (events->exception.serror_pending && events->exception.serror_has_esr)
		return false;
	return !memchr_inv(events->exception.pad, 0, sizeof(events->exception.pad)) &&
	       !memchr_inv(events->reserved, 0, sizeof(events->reserved));
}

/*
 * What is pending stays so if it is set again as not pending.  The data abort is
 * one for the access that user space was told of last.
 */
static long set_events(struct armv7_vcpu *v, void __user *arg)
{
	struct kvm_vcpu_events events;

	if (copy_from_user(&events, arg, sizeof(events)))
		return -EFAULT;
	if (!events_valid(&events))
		return -EINVAL;
	if (events.exception.serror_pending)
		armv7_inject_async_abort(v);
	if (events.exception.ext_dabt_pending) {
		/* Its answer to that access is not wanted any more. */
		v->mmio.pending = false;
		armv7_inject_dabt(v, v->ctxt->hdfar);
	}
	return 0;
}

static long set_guest_debug(struct armv7_vcpu *v, void __user *arg)
{
	struct kvm_guest_debug dbg;

	if (copy_from_user(&dbg, arg, sizeof(dbg)))
		return -EFAULT;
	return armv7_debug_set(v, &dbg);
}

long armv7_vcpu_ioctl(struct ember_vcpu *vcpu, unsigned int ioctl,
		      unsigned long arg)
{
	struct armv7_vcpu *v = to_armv7(vcpu);
	void __user *argp = (void __user *)arg;

	armv7_owed_reset(v);
	switch (ioctl) {
	case KVM_ARM_VCPU_INIT:
		return vcpu_init(v, argp);
	case KVM_GET_MP_STATE:
		return get_mp_state(v, argp);
	case KVM_SET_MP_STATE:
		return set_mp_state(v, argp);
	case KVM_GET_VCPU_EVENTS:
		return get_events(v, argp);
	case KVM_SET_VCPU_EVENTS:
		return set_events(v, argp);
	case KVM_SET_GUEST_DEBUG:
		return set_guest_debug(v, argp);
	default:
		return timer_vcpu_ioctl(v, ioctl, arg);
	}
}
