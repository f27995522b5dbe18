// SPDX-License-Identifier: GPL-2.0
/*
 * Decrementer, fixed-interval timer and watchdog: chapter 7 of the manual.
 *
 * Read after inject.c.  The time base is the host's own, which guests read without a trap
 * and which goes on while they do not run.  All three timers are functions of it: what has
 * happened is worked out when somebody looks (catch_up()), and an hrtimer looks when
 * something is due that the guest wants to be told of.
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <asm/time.h>
#include "ppc440.h"

#define TSR_BITS	(TSR_ENW | TSR_WIS | TSR_WRS_MASK | TSR_DIS | TSR_FIS)
#define TSR_WRS_MASK	TSR_WRS(3)
#define TCR_BITS	0xffc00000u

/* The bit of the time base whose rise is an event (7.3, 7.4). */
static unsigned int fit_bit(u32 tcr)
{
	return 12 + 4 * ((tcr & TCR_FP_MASK) >> 24);
}

static unsigned int wd_bit(u32 tcr)
{
	return 20 + 4 * ((tcr & TCR_WP_MASK) >> 30);
}

/* How often bit @bit has risen from time base @from, exclusive, to @to. */
static u64 rises(unsigned int bit, u64 from, u64 to)
{
	u64 half = BIT_ULL(bit);

	return ((to + half) >> (bit + 1)) - ((from + half) >> (bit + 1));
}

/* When it next rises after @from. */
static u64 next_rise(unsigned int bit, u64 from)
{
	u64 half = BIT_ULL(bit);

	return ((((from + half) >> (bit + 1)) + 1) << (bit + 1)) - half;
}

/* ---- what has happened: lock held ---------------------------------------------------- */

/* It stops at 0, or begins again with DECAR (7.2). */
static void dec_catch_up(struct ppc440_timer *t, u64 now)
{
	u64 gone = now - t->dec_tb;

	if (t->dec_stopped || gone < t->dec_value)
		return;
	t->tsr |= TSR_DIS;
	if (!(t->tcr & TCR_ARE) || !t->decar) {
		t->dec_stopped = true;
		t->dec_value = 0;
		return;
	}
	gone -= t->dec_value;
	t->dec_tb = now - do_div(gone, t->decar);
	t->dec_value = t->decar;
}

static void fit_catch_up(struct ppc440_timer *t, u64 now)
{
	if (rises(fit_bit(t->tcr), t->fit_tb, now))
		t->tsr |= TSR_FIS;
	t->fit_tb = now;
}

/* Table 7-3: first ENW, then WIS, then the reset that TCR[WRC] asks for. */
static void wd_catch_up(struct ppc440_timer *t, u64 now)
{
	u64 n = rises(wd_bit(t->tcr), t->wd_tb, now);

	t->wd_tb = now;
	if (n && !(t->tsr & TSR_ENW)) {
		t->tsr |= TSR_ENW;
		n--;
	}
	if (n && !(t->tsr & TSR_WIS)) {
		t->tsr |= TSR_WIS;
		n--;
	}
	if (n && t->tcr & TCR_WRC_MASK) {
		t->tsr = (t->tsr & ~TSR_WRS_MASK) | (t->tcr & TCR_WRC_MASK);
		WRITE_ONCE(t->reset, true);
	}
}

static void catch_up(struct ppc440_vcpu *v)
{
	struct ppc440_timer *t = &v->timer;
	u64 now = get_tb();

	dec_catch_up(t, now);
	fit_catch_up(t, now);
	wd_catch_up(t, now);
	ppc440_irq_line(v, PPC440_IVOR_DEC, t->tsr & TSR_DIS && t->tcr & TCR_DIE);
	ppc440_irq_line(v, PPC440_IVOR_FIT, t->tsr & TSR_FIS && t->tcr & TCR_FIE);
	ppc440_irq_line(v, PPC440_IVOR_WATCHDOG,
			t->tsr & TSR_WIS && t->tcr & TCR_WIE);
}

/* ---- hrtimers: lock held --------------------------------------------------------------- */

static void arm(struct hrtimer *hrtimer, u64 tb)
{
	u64 now = get_tb(), left = tb > now ? tb - now : 0;

	hrtimer_start(hrtimer, ns_to_ktime(tb_to_ns(left) + 1), HRTIMER_MODE_REL);
}

/* Is there an interrupt, or a reset, that it is still to bring? */
static bool wd_matters(const struct ppc440_timer *t)
{
	return !t->reset && (t->tcr & TCR_WRC_MASK ||
			     (t->tcr & TCR_WIE && !(t->tsr & TSR_WIS)));
}

/* When is something due that the guest is to be told of; only that is waited for. */
static void rearm(struct ppc440_vcpu *v)
{
	struct ppc440_timer *t = &v->timer;

	if (t->tcr & TCR_DIE && !(t->tsr & TSR_DIS) && !t->dec_stopped)
		arm(&t->dec, t->dec_tb + t->dec_value);
	if (t->tcr & TCR_FIE && !(t->tsr & TSR_FIS))
		arm(&t->fit, next_rise(fit_bit(t->tcr), t->fit_tb));
	if (wd_matters(t))
		arm(&t->wd, next_rise(wd_bit(t->tcr), t->wd_tb));
}

static void expired(struct ppc440_vcpu *v)
{
	unsigned long flags;

	spin_lock_irqsave(&v->timer.lock, flags);
	catch_up(v);
	rearm(v);
	spin_unlock_irqrestore(&v->timer.lock, flags);
	ember_vcpu_kick(&v->vcpu);
}

static enum hrtimer_restart dec_expired(struct hrtimer *hrtimer)
{
	expired(container_of(hrtimer, struct ppc440_vcpu, timer.dec));
	return HRTIMER_NORESTART;
}

static enum hrtimer_restart fit_expired(struct hrtimer *hrtimer)
{
	expired(container_of(hrtimer, struct ppc440_vcpu, timer.fit));
	return HRTIMER_NORESTART;
}

static enum hrtimer_restart wd_expired(struct hrtimer *hrtimer)
{
	expired(container_of(hrtimer, struct ppc440_vcpu, timer.wd));
	return HRTIMER_NORESTART;
}

/* ---- registers --------------------------------------------------------------- */

/* @stopped: what it is if it has come to its end, and TSR[DIS] says so. */
static u32 dec_get(struct ppc440_vcpu *v, u32 stopped)
{
	struct ppc440_timer *t = &v->timer;
	unsigned long flags;
	u64 now;
	u32 dec;

	spin_lock_irqsave(&t->lock, flags);
	now = get_tb();
	dec_catch_up(t, now);
	if (!t->dec_stopped)
		dec = t->dec_value - (u32)(now - t->dec_tb);
	else
		dec = t->tsr & TSR_DIS ? stopped : 0;
	spin_unlock_irqrestore(&t->lock, flags);
	return dec;
}

u32 ppc440_dec_get(struct ppc440_vcpu *v)
{
	return dec_get(v, 0);
}

u32 ppc440_dec_save(struct ppc440_vcpu *v)
{
	return dec_get(v, 1);
}

u32 ppc440_tsr_get(struct ppc440_vcpu *v)
{
	unsigned long flags;
	u32 tsr;

	spin_lock_irqsave(&v->timer.lock, flags);
	catch_up(v);
	tsr = v->timer.tsr;
	spin_unlock_irqrestore(&v->timer.lock, flags);
	return tsr;
}

enum change { SET_DEC, SET_TSR, OR_TSR, CLEAR_TSR, SET_TCR };

static void change(struct ppc440_vcpu *v, enum change what, u32 val)
{
	struct ppc440_timer *t = &v->timer;
	unsigned long flags;

	spin_lock_irqsave(&t->lock, flags);
	catch_up(v);
	switch (what) {
	case SET_DEC:
		t->dec_value = val;
		t->dec_tb = get_tb();
		/* A 0 that is written is no event. */
		t->dec_stopped = !val;
		break;
	case SET_TSR:
		t->tsr = val & TSR_BITS;
		break;
	case OR_TSR:
		t->tsr |= val & TSR_BITS;
		break;
	case CLEAR_TSR:
		/* What the last reset was stays (7.5). */
		t->tsr &= ~val | TSR_WRS_MASK;
		break;
	case SET_TCR:
		t->tcr = val & TCR_BITS;
		break;
	}
	catch_up(v);
	rearm(v);
	spin_unlock_irqrestore(&t->lock, flags);
}

void ppc440_dec_set(struct ppc440_vcpu *v, u32 dec)
{
	change(v, SET_DEC, dec);
}

void ppc440_tsr_set(struct ppc440_vcpu *v, u32 tsr)
{
	change(v, SET_TSR, tsr);
}

void ppc440_tsr_or(struct ppc440_vcpu *v, u32 bits)
{
	change(v, OR_TSR, bits);
}

void ppc440_tsr_clear(struct ppc440_vcpu *v, u32 bits)
{
	change(v, CLEAR_TSR, bits);
}

void ppc440_tcr_set(struct ppc440_vcpu *v, u32 tcr)
{
	change(v, SET_TCR, tcr);
}

__ember_hot bool ppc440_timer_wants_reset(struct ppc440_vcpu *v)
{
	if (!READ_ONCE(v->timer.reset))
		return false;
	WRITE_ONCE(v->timer.reset, false);
	return true;
}

/* ---- life -------------------------------------------------------------------- */

static void init_one(struct hrtimer *hrtimer,
		     enum hrtimer_restart (*fn)(struct hrtimer *))
{
	hrtimer_init(hrtimer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	hrtimer->function = fn;
}

void ppc440_timer_init(struct ppc440_vcpu *v)
{
	spin_lock_init(&v->timer.lock);
	init_one(&v->timer.dec, dec_expired);
	init_one(&v->timer.fit, fit_expired);
	init_one(&v->timer.wd, wd_expired);
}

void ppc440_timer_reset(struct ppc440_vcpu *v)
{
	struct ppc440_timer *t = &v->timer;

	t->dec_stopped = true;
	t->fit_tb = get_tb();
	t->wd_tb = t->fit_tb;
}

/* Each of them arms the others, as long as TCR asks for them. */
void ppc440_timer_destroy(struct ppc440_vcpu *v)
{
	unsigned long flags;

	spin_lock_irqsave(&v->timer.lock, flags);
	v->timer.tcr = 0;
	spin_unlock_irqrestore(&v->timer.lock, flags);
	hrtimer_cancel(&v->timer.dec);
	hrtimer_cancel(&v->timer.fit);
	hrtimer_cancel(&v->timer.wd);
}
