// SPDX-License-Identifier: GPL-2.0
/*
 * Guests for the interrupt controller.  Most keep IRQs masked and look at what
 * the CPU interface offers by reading GICC_IAR, so that each step is theirs.
 */
#include "guest.h"

/* ---- lines that the test moves ------------------------------------------------- */

u32 g_count_edges(u32 irq, u32 n)
{
	u32 i;

	gic_init();
	gic_edge(irq, true);
	gic_enable(irq);
	for (i = 0; i < n; i++) {
		report(i);
		check_eq(gic_wait_ack(), irq);
		gic_eoi(irq);
	}
	return n;
}

void g_count_edges_wfi(u32 irq, u32 n)
{
	u32 i;

	gic_init();
	gic_edge(irq, true);
	gic_enable(irq);
	for (i = 0; i < n; i++) {
		write32(SCRATCH, i);
		wfi();
		check_eq(gic_wait_ack(), irq);
		gic_eoi(irq);
	}
}

u32 g_count_levels(u32 irq, u32 n)
{
	u32 i;

	gic_init();
	gic_edge(irq, false);
	gic_enable(irq);
	for (i = 0; i < n; i++) {
		report(i);
		check_eq(gic_wait_ack(), irq);
		gic_eoi(irq);
		report(100 + i);
		gic_check_quiet();
	}
	return n;
}

void g_not_pending(u32 irq)
{
	gic_init();
	gic_edge(irq, true);
	gic_enable(irq);
	report(1);
	gic_check_quiet();
	check(!gic_pending(irq));
}

void g_level(u32 irq)
{
	gic_init();
	gic_edge(irq, false);
	gic_enable(irq);
	gic_line(irq, 1);
	check(gic_pending(irq));
	check_eq(gic_wait_ack(), irq);
	check(gic_active(irq));
	gic_check_quiet(); /* active: not offered again, though the line is high */
	gic_eoi(irq);
	check(!gic_active(irq));
	check_eq(gic_wait_ack(), irq); /* still high */
	gic_line(irq, 0);
	gic_eoi(irq);
	gic_check_quiet();
	check(!gic_pending(irq));
	gic_line(irq, 1); /* falls before it was taken */
	gic_line(irq, 0);
	gic_check_quiet();
}

void g_edge(u32 irq)
{
	gic_init();
	gic_edge(irq, true);
	gic_enable(irq);
	gic_line(irq, 2);
	gic_line(irq, 2); /* two edges before it is taken are one interrupt */
	check_eq(gic_wait_ack(), irq);
	gic_eoi(irq);
	gic_check_quiet();
	gic_line(irq, 1);
	check_eq(gic_wait_ack(), irq);
	gic_eoi(irq);
	gic_check_quiet(); /* the line stays high: no edge */
	gic_line(irq, 0);
	gic_line(irq, 2);
	check_eq(gic_wait_ack(), irq);
	gic_line(irq, 2); /* an edge while it is active */
	check(gic_active(irq));
	check(gic_pending(irq));
	gic_check_quiet();
	gic_eoi(irq);
	check_eq(gic_wait_ack(), irq);
	gic_eoi(irq);
	gic_check_quiet();
}

void g_disabled(u32 irq)
{
	gic_init();
	gic_edge(irq, true);
	gic_enable(irq);
	gic_disable(irq);
	gic_line(irq, 2);
	check(gic_pending(irq));
	gic_check_quiet();
	gic_enable(irq);
	check_eq(gic_wait_ack(), irq);
	gic_eoi(irq);
	gicd_write(GICD_CTLR, 0); /* the whole distributor */
	gic_line(irq, 2);
	gic_check_quiet();
	gicd_write(GICD_CTLR, 1);
	check_eq(gic_wait_ack(), irq);
	gic_eoi(irq);
	gicc_write(GICC_CTLR, 0); /* our interface */
	gic_line(irq, 2);
	gic_check_quiet();
	gicc_write(GICC_CTLR, 1);
	check_eq(gic_wait_ack(), irq);
	gic_eoi(irq);
}

/* ---- priorities --------------------------------------------------------------------- */

/* Twelve pending, more than there are list registers: by priority. */
void g_priority_order(u32 first)
{
	u32 i;

	gic_init();
	for (i = 0; i < 12; i++) {
		gic_edge(first + i, true);
		gic_enable(first + i);
		gic_priority(first + i, (5 * i % 12 + 1) << 3);
		gic_line(first + i, 2);
	}
	for (i = 0; i < 12; i++) {
		u32 irq = gic_wait_ack();

		check_eq(5 * (irq - first) % 12, i);
		check_eq(gicc_read(GICC_RPR), (i + 1) << 3);
		gic_eoi(irq);
	}
	gic_check_quiet();
}

/* A better one arrives when the list registers are full of worse ones. */
void g_priority_late(u32 first)
{
	u32 i, irq, seen = 0;

	gic_init();
	for (i = 0; i < 9; i++) {
		gic_edge(first + i, true);
		gic_enable(first + i);
		gic_priority(first + i, i == 8 ? 0x20 : 0xa0);
	}
	for (i = 0; i < 9; i++)
		gic_line(first + i, 2);
	check_eq(gic_wait_ack(), first + 8);
	gic_eoi(first + 8);
	for (i = 0; i < 8; i++) {
		irq = gic_wait_ack();
		seen |= 1 << (irq - first);
		gic_eoi(irq);
	}
	check_eq(seen, 0xff);
}

void g_priority_mask(u32 irq)
{
	gic_init();
	gic_edge(irq, true);
	gic_enable(irq); /* 0xa0 */
	gicc_write(GICC_PMR, 0xa0);
	gic_line(irq, 2);
	gic_check_quiet(); /* equal is not enough */
	gicc_write(GICC_PMR, 0xa8);
	check_eq(gicc_read(GICC_PMR), 0xa8);
	check_eq(gic_wait_ack(), irq);
	gic_eoi(irq);
}

/* Only a better one is offered while one is active. */
void g_preempt(u32 first)
{
	u32 i;

	gic_init();
	for (i = 0; i < 3; i++) {
		gic_edge(first + i, true);
		gic_enable(first + i);
	}
	gic_priority(first, 0x80);
	gic_priority(first + 1, 0xc0);
	gic_priority(first + 2, 0x40);
	gic_line(first, 2);
	check_eq(gic_wait_ack(), first);
	gic_line(first + 1, 2);
	gic_check_quiet();
	gic_line(first + 2, 2);
	check_eq(gic_wait_ack(), first + 2);
	check_eq(gicc_read(GICC_RPR), 0x40);
	gic_eoi(first + 2);
	check_eq(gicc_read(GICC_RPR), 0x80);
	gic_check_quiet();
	gic_eoi(first);
	check_eq(gic_wait_ack(), first + 1);
	gic_eoi(first + 1);
	check_eq(gicc_read(GICC_RPR), 0xff);
}

/* More active at once than there are list registers. */
void g_many_active(u32 first)
{
	u32 i;

	gic_init();
	for (i = 0; i < 8; i++) {
		gic_edge(first + i, true);
		gic_enable(first + i);
		gic_priority(first + i, 0xf0 - (i << 4));
		gic_line(first + i, 2);
		check_eq(gic_wait_ack(), first + i);
	}
	for (i = 8; i-- > 0;) {
		check(gic_active(first + i));
		gic_eoi(first + i);
		check(!gic_active(first + i));
	}
	gic_check_quiet();
}

/* ---- end of interrupt --------------------------------------------------------------- */

/* EOImode 1: EOIR drops the priority, DIR deactivates. */
void g_eoi_mode(u32 irq)
{
	gic_init();
	gicc_write(GICC_CTLR, 1 | 1 << 9);
	gic_edge(irq, true);
	gic_enable(irq);
	gic_line(irq, 2);
	check_eq(gic_wait_ack(), irq);
	check_eq(gicc_read(GICC_RPR), 0xa0);
	gic_eoi(irq);
	check_eq(gicc_read(GICC_RPR), 0xff);
	check(gic_active(irq));
	gic_line(irq, 2);
	gic_check_quiet();
	gicc_write(GICC_DIR, irq);
	check(!gic_active(irq));
	check_eq(gic_wait_ack(), irq);
	gic_eoi(irq);
	gicc_write(GICC_DIR, irq);
	gic_check_quiet();
}

/* Active and pending set by hand in the distributor. */
void g_set_by_hand(u32 irq)
{
	u32 reg = irq / 32 * 4, bit = 1u << irq % 32;

	gic_init();
	gic_edge(irq, true);
	gic_enable(irq);
	gicd_write(GICD_ISPENDR + reg, bit);
	check(gic_pending(irq));
	gicd_write(GICD_ICPENDR + reg, bit);
	check(!gic_pending(irq));
	gic_check_quiet();
	gicd_write(GICD_ISPENDR + reg, bit);
	check_eq(gic_wait_ack(), irq);
	gic_eoi(irq);
	gicd_write(GICD_ISACTIVER + reg, bit);
	check(gic_active(irq));
	gicd_write(GICD_ISPENDR + reg, bit);
	gic_check_quiet();
	gicd_write(GICD_ICACTIVER + reg, bit);
	check(!gic_active(irq));
	check_eq(gic_wait_ack(), irq);
	gic_eoi(irq);
}

/* ---- taken as exceptions ---------------------------------------------------------------------- */

static volatile u32 irqs_taken;

static void take_irq(struct guest_exception *e)
{
	u32 iar = gicc_read(GICC_IAR);

	(void)e;
	if ((iar & 0x3ff) == SPURIOUS)
		return;
	irqs_taken++;
	gic_eoi(iar);
}

/* Taken between any two instructions, with all registers kept. */
void g_irq_storm(u32 irq, u32 n)
{
	u32 i, ok;

	gic_init();
	gic_edge(irq, true);
	gic_enable(irq);
	exc_handlers[EXC_IRQ] = take_irq;
	irq_enable();
	for (i = 1; i <= n; i++) {
		gic_line(irq, 2);
		asm volatile("mov r0, #0\n mov r1, #1\n mov r2, #2\n mov r3, #3\n mov r12, #12\n"
			     "1: add r0, r0, #1\n"
			     "teq r1, #1\n teqeq r2, #2\n teqeq r3, #3\n teqeq r12, #12\n"
			     "bne 2f\n"
			     "ldr lr, [%1]\n"
			     "cmp lr, %2\n"
			     "blo 1b\n"
			     "2: moveq %0, #1\n movne %0, #0\n"
			     : "=&r"(ok)
			     : "r"(&irqs_taken), "r"(i)
			     : "r0", "r1", "r2", "r3", "r12", "lr", "cc", "memory");
		check(ok);
		check_eq(irqs_taken, i);
	}
	irq_disable();
}
