// SPDX-License-Identifier: GPL-2.0
/*
 * Guests for what user space does to a vcpu: aborts that it injects, and a GIC
 * that it plays itself.
 */
#include "guest.h"

/* ---- aborts ------------------------------------------------------------------ */

#define DFSR cp15_read(0, c5, c0, 0)
#define DFAR cp15_read(0, c6, c0, 0)

static void count_abort(struct guest_exception *e)
{
	(void)e;
	exc_count++;
}

/* The test makes an abort pending at the first report; it is masked until 2. */
void g_async_abort(void)
{
	exc_handlers[EXC_DABT] = count_abort;
	report(1);
	report(2);
	check_eq(exc_count, 0);
	asm volatile("cpsie a" ::: "memory");
	isb();
	check_eq(exc_count, 1);
	report(DFSR);
	report(3);
	check_eq(exc_count, 1);
}

/* One pending before the first instruction, with aborts unmasked in the end. */
void g_async_abort_spin(void)
{
	exc_handlers[EXC_DABT] = count_abort;
	asm volatile("cpsie a" ::: "memory");
	write32(SCRATCH, 1);
	while (!exc_count)
		;
}

/* A load that the test refuses, and one that it serves. */
void g_refused_load(u32 addr)
{
	u32 v = 0x11;

	exc_handlers[EXC_DABT] = exc_skip;
	asm volatile("ldr %0, [%1]" : "+r"(v) : "r"(addr) : "memory");
	check_eq(exc_count, 1);
	check_eq(v, 0x11);
	report(DFSR);
	check_eq(DFAR, addr);
	report(read32(addr));
	check_eq(exc_count, 1);
}

/* What hardware gives no syndrome for, and no decoder carries out. */
void g_exclusive(u32 addr)
{
	u32 v = 0x11;

	exc_handlers[EXC_DABT] = exc_skip;
	asm volatile("ldrex %0, [%1]" : "+r"(v) : "r"(addr) : "memory");
	report(exc_count);
	report(v);
}

/* ---- timers without a GIC --------------------------------------------------------- */

static u32 the_timer;

static void timer_ctl(u32 irq, u32 ctl)
{
	if (irq == 27)
		cp15_write(ctl, 0, c14, c3, 1);
	else
		cp15_write(ctl, 0, c14, c2, 1);
	isb();
}

static void timer_tval(u32 irq, u32 tval)
{
	if (irq == 27)
		cp15_write(tval, 0, c14, c3, 0);
	else
		cp15_write(tval, 0, c14, c2, 0);
	isb();
}

/* The handler of an interrupt controller that only the test has. */
static void timer_handler(struct guest_exception *e)
{
	(void)e;
	exc_count++;
	timer_ctl(the_timer, 0);
	report(100); /* the test lowers our line */
}

void g_user_timer(u32 irq, u32 n)
{
	u32 i;

	the_timer = irq;
	exc_handlers[EXC_IRQ] = timer_handler;
	irq_enable();
	for (i = 0; i < n; i++) {
		report(i);
		timer_tval(irq, 2000);
		timer_ctl(irq, 1);
		while (exc_count == i)
			;
	}
}

void g_user_timer_wfi(u32 irq, u32 n)
{
	u32 i;

	the_timer = irq;
	exc_handlers[EXC_IRQ] = timer_handler;
	for (i = 0; i < n; i++) {
		report(i);
		timer_tval(irq, 20000);
		timer_ctl(irq, 1);
		while (exc_count == i) {
			wfi();
			irq_enable();
			irq_disable();
		}
	}
}

/* Level high, interrupts masked: the guest goes on once the test knows. */
void g_user_timer_masked(u32 irq)
{
	u32 i;

	timer_tval(irq, 0);
	timer_ctl(irq, 1);
	for (i = 0; i < 3; i++)
		report(i);
	timer_ctl(irq, 3); /* IMASK: the line falls */
	report(10);
	timer_ctl(irq, 1);
	report(11);
}

/* ---- lines ------------------------------------------------------------------------ */

/* Is level-sensitive @irq pending, now and after the test has done something? */
void g_level_is(u32 irq, u32 n)
{
	gic_init();
	gic_edge(irq, false);
	while (n--)
		report(gic_pending(irq));
}

/* Level-sensitive @irq and its next but one, in turn. */
u32 g_ping_pong(u32 irq, u32 n)
{
	u32 i;

	gic_init();
	gic_edge(irq, false);
	gic_edge(irq + 2, false);
	gic_enable(irq);
	gic_enable(irq + 2);
	report(0);
	for (i = 0; i < n; i++) {
		check_eq(gic_wait_ack(), irq + i % 2 * 2);
		gic_eoi(irq + i % 2 * 2);
	}
	return n;
}

/* ---- what clients of KVM run in the end ---------------------------------------------- */

static volatile u32 second_up;

static void second(void)
{
	second_up = 1;
	dsb();
	for (;;)
		wfi();
}

/*
 * A bit of everything: @io is a device page, whose first words the client
 * coalesces and whose word at 0x50 it has an eventfd for.
 */
void g_client(u32 io, u32 irq)
{
	u32 i;

	gic_init();
	gic_edge(irq, true);
	gic_enable(irq);
	for (i = 0; i < 3; i++)
		write32(io + 4 * i, i);
	write32(io + 0x50, 0);
	check_eq(read32(io + 0x60), 0x1234);
	check_eq(cpu_on(1, second), PSCI_SUCCESS);
	wait_for(&second_up, 1);
	for (i = 0; i < 4; i++) {
		report(i);
		check_eq(gic_wait_ack(), irq);
		gic_eoi(irq);
	}
	hvc(PSCI_SYSTEM_OFF, 0, 0, 0);
}
