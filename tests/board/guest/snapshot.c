// SPDX-License-Identifier: GPL-2.0
/*
 * Guests that stand at an awkward place when their state is saved: in the
 * middle of an instruction, of an IT block, of an interrupt.
 */
#include "guest.h"

/* ---- accesses ------------------------------------------------------------------ */

/* Four loads by one instruction, the first of which is to its own base. */
void g_snap_ldm(u32 addr)
{
	u32 v[4];

	asm volatile("mov r4, %1\n"
		     "mov r5, #5\n mov r6, #6\n mov r7, #7\n"
		     "ldm r4, {r4-r7}\n"
		     "stm %0, {r4-r7}\n"
		     :
		     : "r"(v), "r"(addr)
		     : "r4", "r5", "r6", "r7", "memory");
	report(v[0]);
	report(v[1]);
	report(v[2]);
	report(v[3]);
}

/* Two loads in a block of four, which changes no flag and skips one of them. */
u32 g_snap_it_thumb(u32 addr);
asm(".pushsection .text\n"
    ".thumb\n"
    ".global g_snap_it_thumb\n"
    ".type g_snap_it_thumb, %function\n"
    "g_snap_it_thumb:\n"
    "	mov	r2, r0\n"
    "	movs	r0, #0\n"
    "	movs	r1, #100\n"
    "	movs	r3, #0\n"
    "	cmp	r3, #0\n"
    "	ittet	eq\n"
    "	ldreq	r1, [r2]\n"
    "	addeq	r0, r1, #0\n"
    "	movne	r0, #99\n"
    "	ldreq	r3, [r2, #4]\n"
    "	add	r0, r3\n"
    "	bx	lr\n"
    ".arm\n"
    ".popsection\n");

void g_snap_it(u32 addr)
{
	report(g_snap_it_thumb(addr));
}

/* ---- interrupts ------------------------------------------------------------------ */

/* @irq is active here while its target becomes vcpu 1; ended after a report. */
void g_snap_retarget(u32 irq)
{
	gic_init();
	gic_edge(irq, true);
	gic_enable(irq);
	gic_line(irq, 2);
	check_eq(gic_wait_ack(), irq);
	gic_target(irq, 2);
	report(1);
	check(gic_active(irq));
	check_eq(gicc_read(GICC_RPR), 0xa0);
	gic_eoi(irq);
	check(!gic_active(irq));
	check_eq(gicc_read(GICC_RPR), 0xff);
	report(2);
	gic_line(irq, 2);
	gic_check_quiet(); /* it is vcpu 1's now */
}

/* The other side of it. */
void g_snap_taker(u32 irq)
{
	gic_init();
	check_eq(gic_wait_ack(), irq);
	gic_eoi(irq);
	check(!gic_active(irq));
}

void g_snap_send_sgi(u32 targets, u32 sgi)
{
	gic_init();
	gic_sgi(targets, sgi);
}

/* The same SGI from vcpus 0 and 1 is pending; taken one after the other. */
void g_snap_take_sgis(u32 sgi)
{
	u32 iar, seen = 0, i;

	gic_init();
	gic_sgi(1, sgi);
	report(1);
	for (i = 0; i < 2; i++) {
		iar = gic_wait_ack();
		check_eq(iar & 0x3ff, sgi);
		seen |= 1u << (iar >> 10);
		report(iar);
		check(gic_active(sgi));
		gic_eoi(iar);
		check(!gic_active(sgi));
	}
	check_eq(seen, 3);
	gic_check_quiet();
}

/* A timer's interrupt taken, with the line up still; ended after a report. */
void g_snap_ptimer(u32 irq)
{
	gic_init();
	gic_enable(irq);
	cp15_write64(0, 2, c14); /* CNTP_CVAL: long ago */
	cp15_write(1, 0, c14, c2, 1); /* CNTP_CTL */
	isb();
	while (!gic_pending(irq))
		;
	report(1); /* pending */
	check(gic_pending(irq));
	check_eq(gic_wait_ack(), irq);
	report(2); /* active and pending */
	check(gic_active(irq));
	cp15_write(0, 0, c14, c2, 1);
	isb();
	gic_eoi(irq);
	report(3); /* neither */
	gic_check_quiet();
	check(!gic_pending(irq));
}

/* Asleep until far away, unless the counter is moved. */
void g_snap_sleep(u32 irq)
{
	u64 due = cp15_read64(1, c14) + (1ull << 48);

	gic_init();
	gic_enable(irq);
	cp15_write64(due, 3, c14); /* CNTV_CVAL */
	cp15_write(1, 0, c14, c3, 1);
	isb();
	write32(SCRATCH, 1);
	while (cp15_read64(1, c14) < due)
		wfi();
	check_eq(gic_wait_ack(), irq);
	cp15_write(0, 0, c14, c3, 1);
	isb();
	gic_eoi(irq);
}

/* ---- power --------------------------------------------------------------------------- */

static void g_snap_second(void)
{
	report(0x5ec0d + cpu_id());
}

/* Vcpu 1 is told to start, and has not come round to it when it is saved. */
void g_snap_cpu_on(void)
{
	check_eq(cpu_on(1, g_snap_second), PSCI_SUCCESS);
	report(1);
	check_eq(cpu_on(1, g_snap_second), PSCI_ALREADY_ON);
}
