// SPDX-License-Identifier: GPL-2.0
/*
 * Guests for the generic timer: virtual and physical, as PPIs 27 and 30.
 */
#include "guest.h"

#define VTIMER 27
#define PTIMER 30
#define ENABLE 1
#define IMASK 2
#define ISTATUS 4

static u64 count(void)
{
	isb();
	return cp15_read64(1, c14); /* CNTVCT */
}

static u64 phys_count(void)
{
	isb();
	return cp15_read64(0, c14); /* CNTPCT */
}

static void set_ctl(u32 irq, u32 ctl)
{
	if (irq == VTIMER)
		cp15_write(ctl, 0, c14, c3, 1);
	else
		cp15_write(ctl, 0, c14, c2, 1);
	isb();
}

static u32 get_ctl(u32 irq)
{
	isb();
	return irq == VTIMER ? cp15_read(0, c14, c3, 1) : cp15_read(0, c14, c2, 1);
}

static void set_tval(u32 irq, u32 tval)
{
	if (irq == VTIMER)
		cp15_write(tval, 0, c14, c3, 0);
	else
		cp15_write(tval, 0, c14, c2, 0);
	isb();
}

static void set_cval(u32 irq, u64 cval)
{
	if (irq == VTIMER)
		cp15_write64(cval, 3, c14);
	else
		cp15_write64(cval, 2, c14);
	isb();
}

static u64 get_cval(u32 irq)
{
	return irq == VTIMER ? cp15_read64(3, c14) : cp15_read64(2, c14);
}

/* What the test compares with its own clock. */
void g_count(void)
{
	u64 now = count();

	report(now);
	report(now >> 32);
	report(cp15_read(0, c14, c0, 0)); /* CNTFRQ */
}

void g_count_moves(void)
{
	u64 last = count(), now, i;

	for (i = 0; i < 20000; i++) {
		now = count();
		check(now >= last);
		if (i % 100 == 0)
			hvc(PSCI_VERSION, 0, 0, 0);
		last = now;
	}
	check(phys_count() != 0);
	now = phys_count();
	check(phys_count() >= now);
}

/* Fires; is masked and unmasked; is not there once disabled. */
void g_timer(u32 irq)
{
	gic_init();
	gic_enable(irq);
	set_ctl(irq, 0);
	set_tval(irq, 1000);
	gic_check_quiet();
	set_tval(irq, 20000);
	set_ctl(irq, ENABLE);
	check_eq(get_ctl(irq) & ~ISTATUS, ENABLE);
	check_eq(gic_wait_ack(), irq);
	check_eq(get_ctl(irq), ENABLE | ISTATUS);
	set_ctl(irq, ENABLE | IMASK);
	check_eq(get_ctl(irq), ENABLE | IMASK | ISTATUS);
	gic_eoi(irq);
	gic_check_quiet();
	set_ctl(irq, ENABLE); /* still due */
	check_eq(gic_wait_ack(), irq);
	set_cval(irq, ~0ull >> 8); /* far away: the line falls */
	check_eq(get_ctl(irq), ENABLE);
	gic_eoi(irq);
	gic_check_quiet();
	check_eq(get_cval(irq) >> 32, ~0ull >> 40);
	check_eq(get_cval(irq), ~0u);
	set_cval(irq, 0); /* long ago */
	check_eq(gic_wait_ack(), irq);
	set_ctl(irq, 0);
	gic_eoi(irq);
	gic_check_quiet();
}

/* Due when the other side says so: TVAL counts down from what was written. */
void g_timer_tval(u32 irq)
{
	u32 tval;

	set_ctl(irq, IMASK);
	set_tval(irq, 1 << 30);
	isb();
	tval = irq == VTIMER ? cp15_read(0, c14, c3, 0) : cp15_read(0, c14, c2, 0);
	check(tval <= 1 << 30);
	check(tval > 1 << 29);
	set_tval(irq, -1000); /* in the past */
	set_ctl(irq, ENABLE | IMASK);
	check_eq(get_ctl(irq), ENABLE | IMASK | ISTATUS);
	tval = irq == VTIMER ? cp15_read(0, c14, c3, 0) : cp15_read(0, c14, c2, 0);
	check((int)tval <= -1000);
	set_ctl(irq, 0);
}

/* Wakes @n times from WFI; user space is told of nothing. */
void g_timer_wfi(u32 irq, u32 n)
{
	u64 due;

	gic_init();
	gic_enable(irq);
	while (n--) {
		due = (irq == VTIMER ? count() : phys_count()) + 30000;
		set_cval(irq, due);
		set_ctl(irq, ENABLE);
		wfi();
		check_eq(gic_wait_ack(), irq);
		check((irq == VTIMER ? count() : phys_count()) >= due);
		set_ctl(irq, 0);
		gic_eoi(irq);
	}
}

static volatile u32 ticks;
static u32 tick_irq;

static void on_tick(struct guest_exception *e)
{
	u32 iar = gicc_read(GICC_IAR);

	(void)e;
	if ((iar & 0x3ff) == SPURIOUS)
		return;
	check_eq(iar, tick_irq);
	ticks++;
	set_tval(tick_irq, 10000);
	gic_eoi(iar);
}

/* A tick as an operating system has it, while the guest computes. */
void g_tick(u32 irq, u32 n)
{
	u32 sum = 0, i;

	gic_init();
	gic_enable(irq);
	tick_irq = irq;
	exc_handlers[EXC_IRQ] = on_tick;
	set_tval(irq, 10000);
	set_ctl(irq, ENABLE);
	irq_enable();
	while (ticks < n) {
		for (i = 0, sum = 0; i < 1000; i++)
			sum += i;
		check_eq(sum, 499500);
	}
	irq_disable();
	set_ctl(irq, 0);
}

/* The interrupt is pending in the distributor while the guest's IRQs are off. */
void g_timer_pending(u32 irq)
{
	gic_init();
	gic_enable(irq);
	set_cval(irq, 0);
	set_ctl(irq, ENABLE);
	while (!gic_pending(irq))
		;
	check_eq(gic_wait_ack(), irq);
	check(gic_active(irq));
	set_ctl(irq, 0);
	gic_eoi(irq);
	check(!gic_active(irq));
}

/* A timer armed in one run of KVM_RUN is there in the next. */
void g_timer_over_exits(u32 irq)
{
	gic_init();
	gic_enable(irq);
	set_tval(irq, 100000);
	set_ctl(irq, ENABLE);
	report(1);
	while (gicc_read(GICC_IAR) != irq)
		report(2);
	set_ctl(irq, 0);
	gic_eoi(irq);
	report(3);
}

/* The counters of two vcpus are one: what one has read the other is not behind. */
static volatile u32 turn, low, high;

static void count_other(void)
{
	u64 seen;

	mmu_on();
	for (;;) {
		while (!(turn & 1))
			;
		dmb();
		seen = (u64)high << 32 | low;
		check(count() >= seen);
		seen = count();
		low = seen;
		high = seen >> 32;
		dmb();
		turn++;
	}
}

void g_count_agrees(u32 n)
{
	u64 now;

	mmu_on();
	check_eq(cpu_on(1, count_other), PSCI_SUCCESS);
	while (n--) {
		now = count();
		low = now;
		high = now >> 32;
		dmb();
		turn++;
		while (turn & 1)
			;
		dmb();
		check(count() >= ((u64)high << 32 | low));
	}
}
