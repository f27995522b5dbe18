// SPDX-License-Identifier: GPL-2.0
/*
 * Count and Compare: the guest's clock and its timer, line 7.
 *
 * Read after irq.c.  Count is a function of the host's monotonic clock:
 *
 *	Count = bias + ticks(now)
 *
 * so it goes on while the guest doesn't run, and never jumps: a new rate gets a
 * new bias.  User space may stop it (COUNT_CTL.DC) to save it: then time stands
 * still at COUNT_RESUME, and when it is let go what would have happened
 * since is made up for.  So may the guest (Cause.DC), and time that it misses so
 * is lost to it.  The rest is KVM's ABI on MIPS as of Linux 5.12.
 *
 * All vcpus of a VM begin with the same bias, so their Counts are in step.
 */
#include <linux/kvm.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include "mips32.h"

#define DEFAULT_HZ	100000000

static struct mips32_vcpu *timer_vcpu(struct hrtimer *hrtimer)
{
	return container_of(hrtimer, struct mips32_vcpu, timer.hrtimer);
}

/* The time that Count is read at. */
static u64 time_now(const struct mips32_timer *t)
{
	return t->ctl & KVM_REG_MIPS_COUNT_CTL_DC ? t->resume : ktime_get_ns();
}

/* Lower word of ns * hz / 10^9, by a factor with 31 bits of fraction. */
static u32 ticks(const struct mips32_timer *t, u64 ns)
{
	u64 low = (u64)lower_32_bits(ns) * t->factor >> 31;

	return (u32)low + (upper_32_bits(ns) * t->factor << 1);
}

/* The least time in which Count goes on by @n, at most 2^32, wherever it begins. */
static u64 ticks_to_ns(const struct mips32_timer *t, u64 n)
{
	return div_u64((n << 31) + t->factor - 1, t->factor);
}

static u32 count_at(const struct mips32_timer *t, u64 ns)
{
	return t->frozen ? t->frozen_count : t->bias + ticks(t, ns);
}

u32 mips32_count(struct mips32_vcpu *v)
{
	return count_at(&v->timer, time_now(&v->timer));
}

/* ---- the interrupt ------------------------------------------------------------------- */

static enum hrtimer_restart timer_expired(struct hrtimer *hrtimer)
{
	struct mips32_vcpu *v = timer_vcpu(hrtimer);

	mips32_irq_line(v, 7, true);
	ember_vcpu_kick(&v->vcpu);
	/* Count comes by again.  Rounds since COUNT_RESUME that are over are one to the guest. */
	hrtimer_forward_now(hrtimer, ns_to_ktime(ticks_to_ns(&v->timer, 1ULL << 32)));
	return HRTIMER_RESTART;
}

/* What was due by @now is pending then, whether or not the hrtimer has been. */
static void disarm(struct mips32_vcpu *v, u64 now)
{
	struct hrtimer *hrtimer = &v->timer.hrtimer;

	if (hrtimer_cancel(hrtimer) &&
	    ktime_to_ns(hrtimer_get_expires(hrtimer)) <= now)
		mips32_irq_line(v, 7, true);
}

/* Count reaches Compare after the time @from, unless it stands still. */
static void arm(struct mips32_vcpu *v, u64 from)
{
	struct mips32_timer *t = &v->timer;
	u32 left = C0(v, COMPARE) - count_at(t, from);
	u64 n = left ?: 1ULL << 32;

	if (t->frozen || t->ctl & KVM_REG_MIPS_COUNT_CTL_DC)
		return;
	hrtimer_start(&t->hrtimer, ns_to_ktime(from + ticks_to_ns(t, n)),
		      HRTIMER_MODE_ABS);
}

/* ---- what the guest does ----------------------------------------------------------------- */

static void set_bias(struct mips32_vcpu *v, u32 bias, u64 now)
{
	disarm(v, now);
	v->timer.bias = bias;
	arm(v, now);
}

void mips32_count_set(struct mips32_vcpu *v, u32 count)
{
	struct mips32_timer *t = &v->timer;
	u64 now = time_now(t);

	t->frozen_count = count;
	set_bias(v, count - ticks(t, now), now);
}

/* A kernel that brings its CPUs' Counts in step is off by this much at most. */
#define SYNC_TICKS	BIT(30)

/*
 * A guest with several CPUs sets their Counts at a moment that it believes to be the
 * same for all.  Vcpus that take turns on one CPU have no such moment, and they are
 * in step already: what comes near is left out.
 */
void mips32_count_write(struct mips32_vcpu *v, u32 count)
{
	u32 ahead = count - mips32_count(v) + SYNC_TICKS;

	if (v->vcpu.vm->nr_vcpus > 1 && !v->timer.frozen && ahead < 2 * SYNC_TICKS)
		return;
	mips32_count_set(v, count);
}

void mips32_compare_set(struct mips32_vcpu *v, u32 compare)
{
	u64 now = time_now(&v->timer);

	disarm(v, now);
	mips32_irq_line(v, 7, false);
	C0(v, COMPARE) = compare;
	arm(v, now);
}

void mips32_timer_cause_dc(struct mips32_vcpu *v, bool stop)
{
	struct mips32_timer *t = &v->timer;
	u64 now = time_now(t);

	if (stop) {
		disarm(v, now);
		t->frozen_count = count_at(t, now);
		t->frozen = true;
		return;
	}
	t->frozen = false;
	mips32_count_set(v, t->frozen_count);
}

/* ---- what user space does ------------------------------------------------------------------ */

int mips32_timer_set_ctl(struct mips32_vcpu *v, u64 ctl)
{
	struct mips32_timer *t = &v->timer;
	u64 changed = ctl ^ t->ctl;
	u64 now = ktime_get_ns();

	if (changed & ~(u64)KVM_REG_MIPS_COUNT_CTL_DC)
		return -EINVAL;
	if (!changed)
		return 0;
	if (ctl & KVM_REG_MIPS_COUNT_CTL_DC) {
		disarm(v, now);
		t->resume = now;
	}
	t->ctl = ctl;
	if (!ctl)
		arm(v, t->resume);
	return 0;
}

int mips32_timer_set_resume(struct mips32_vcpu *v, u64 ns)
{
	if (ns > ktime_get_ns())
		return -EINVAL;
	v->timer.resume = ns;
	return 0;
}

static void set_rate(struct mips32_timer *t, u32 hz)
{
	t->hz = hz;
	t->factor = div_u64((u64)hz << 31, NSEC_PER_SEC);
}

int mips32_timer_set_hz(struct mips32_vcpu *v, u64 hz)
{
	struct mips32_timer *t = &v->timer;
	u64 now = time_now(t);
	u32 count;

	if (!hz || hz > NSEC_PER_SEC)
		return -EINVAL;
	disarm(v, now);
	count = count_at(t, now);
	set_rate(t, hz);
	t->bias = count - ticks(t, now);
	arm(v, now);
	return 0;
}

/* ---- life ------------------------------------------------------------------------------------ */

void mips32_timer_init(struct mips32_vcpu *v)
{
	hrtimer_init(&v->timer.hrtimer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
	v->timer.hrtimer.function = timer_expired;
	set_rate(&v->timer, DEFAULT_HZ);
}

void mips32_timer_reset(struct mips32_vcpu *v)
{
	struct ember_vm *vm = v->vcpu.vm;
	struct mips32_timer *t = &v->timer, *first;

	mips32_count_set(v, 0);
	/* Pairs with the store-release that publishes a new vcpu. */
	if (smp_load_acquire(&vm->nr_vcpus)) {
		first = &to_mips32(vm->vcpus[0])->timer;
		if (READ_ONCE(first->hz) == t->hz)
			set_bias(v, READ_ONCE(first->bias), time_now(t));
	}
	mips32_irq_line(v, 7, false);
}

void mips32_timer_destroy(struct mips32_vcpu *v)
{
	hrtimer_cancel(&v->timer.hrtimer);
}
