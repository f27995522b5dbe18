// SPDX-License-Identifier: GPL-2.0
/*
 * Guests for the interrupt controller: software-generated interrupts, routing
 * between vcpus, registers.
 */
#include "guest.h"

/* ---- software-generated interrupts ----------------------------------------------------- */

void g_sgi_self(void)
{
	u32 i;

	gic_init();
	for (i = 0; i < 16; i++) {
		gicd_write(GICD_SGIR, 2 << 24 | i);
		check_eq(gic_wait_ack(), i);
		gic_eoi(i);
		gic_sgi(1, i);
		check_eq(gic_wait_ack(), i);
		gic_eoi(i);
	}
	gicd_write(GICD_SGIR, 1 << 24 | 3); /* all others: there is none */
	gic_check_quiet();
	gicd_write(GICD_SPENDSGIR, 1); /* SGI 0 from vcpu 0 */
	check_eq(gicd_read(GICD_SPENDSGIR) & 0xff, 1);
	gicd_write(GICD_CPENDSGIR, 1);
	gic_check_quiet();
	gicd_write(GICD_SPENDSGIR, 1);
	check_eq(gic_wait_ack(), 0);
	gic_eoi(0);
}

static volatile u32 ready, turns;

static void sgi_echo(void)
{
	u32 iar;

	mmu_on();
	gic_init();
	atomic_add(&ready, 1);
	for (;;) {
		wfi();
		iar = gic_wait_ack();
		check_eq(iar, 4); /* SGI 4 from vcpu 0 */
		gic_eoi(iar);
		gic_sgi(1, 5);
	}
}

void g_sgi_pingpong(u32 n)
{
	u32 i, iar;

	mmu_on();
	gic_init();
	check_eq(cpu_on(1, sgi_echo), PSCI_SUCCESS);
	wait_for(&ready, 1);
	for (i = 0; i < n; i++) {
		gic_sgi(2, 4);
		wfi();
		iar = gic_wait_ack();
		check_eq(iar, 1 << 10 | 5); /* SGI 5 from vcpu 1 */
		gic_eoi(iar);
	}
}

static void sgi_sender(void)
{
	mmu_on();
	gic_sgi(1, 7);
	atomic_add(&ready, 1);
	for (;;)
		wfi();
}

/* The same SGI from three vcpus is three interrupts. */
void g_sgi_sources(void)
{
	u32 i, iar, seen = 0;

	mmu_on();
	gic_init();
	for (i = 1; i < 4; i++)
		check_eq(cpu_on(i, sgi_sender), PSCI_SUCCESS);
	wait_for(&ready, 3);
	for (i = 0; i < 3; i++) {
		iar = gic_wait_ack();
		check_eq(iar & 0x3ff, 7);
		seen |= 1 << (iar >> 10);
		gic_eoi(iar);
	}
	check_eq(seen, 0xe);
	gic_check_quiet();
}

/* To all but the sender. */
static void sgi_counter(void)
{
	u32 iar;

	mmu_on();
	gic_init();
	atomic_add(&ready, 1);
	for (;;) {
		iar = gic_wait_ack();
		gic_eoi(iar);
		atomic_add(&turns, 1);
	}
}

void g_sgi_broadcast(u32 others)
{
	u32 i;

	mmu_on();
	gic_init();
	for (i = 1; i <= others; i++)
		check_eq(cpu_on(i, sgi_counter), PSCI_SUCCESS);
	wait_for(&ready, others);
	for (i = 1; i <= 50; i++) {
		gicd_write(GICD_SGIR, 1 << 24 | 9);
		wait_for(&turns, others * i);
	}
	gic_check_quiet();
}

/* ---- routing ------------------------------------------------------------------------------- */

static volatile u32 taken_by, route_irq;

static void route_target(void)
{
	mmu_on();
	gic_init();
	atomic_add(&ready, 1);
	check_eq(gic_wait_ack(), route_irq);
	gic_eoi(route_irq);
	taken_by = cpu_id();
	dsb();
	for (;;)
		wfi();
}

void g_route(u32 irq)
{
	mmu_on();
	gic_init();
	route_irq = irq;
	check_eq(cpu_on(1, route_target), PSCI_SUCCESS);
	wait_for(&ready, 1);
	gic_edge(irq, true);
	gic_enable(irq);
	gic_target(irq, 2);
	check_eq(read8(GICD_BASE + GICD_ITARGETSR + irq), 2);
	gic_line(irq, 2);
	wait_for(&taken_by, 1);
	gic_check_quiet();
	gic_disable(irq);
	gic_line(irq, 2);
	gic_target(irq, 1); /* from now on ours, and it is still pending */
	gic_check_quiet();
	gic_enable(irq);
	check_eq(gic_wait_ack(), irq);
	gic_eoi(irq);
}

/* A private interrupt reaches its vcpu only. */
void g_ppi(u32 irq)
{
	mmu_on();
	gic_init();
	route_irq = irq;
	gic_enable(irq);
	check_eq(cpu_on(1, route_target), PSCI_SUCCESS);
	wait_for(&ready, 1);
	report(CMD_LINE(irq, 1, 1));
	check_eq(taken_by, 0); /* vcpu 1 has not enabled it */
	gic_check_quiet();
	report(CMD_LINE(irq, 0, 1));
	check_eq(gic_wait_ack(), irq);
	report(CMD_LINE(irq, 0, 0));
	gic_eoi(irq);
	gic_check_quiet();
}

/* ---- registers ------------------------------------------------------------------------------ */

void g_gic_reads(void)
{
	report(gicd_read(GICD_TYPER));
}

void g_gic_registers(u32 nr_vcpus)
{
	u32 typer = gicd_read(GICD_TYPER);

	check_eq(typer & 0x1f, 7); /* 256 interrupts */
	check_eq(typer >> 5 & 7, nr_vcpus - 1);
	check_eq(gicd_read(GICD_IIDR) & 0xfff, 0x43b);
	check_eq(gicd_read(GICD_CTLR), 0);
	gicd_write(GICD_CTLR, 1);
	check_eq(gicd_read(GICD_CTLR), 1);
	/* SGIs: always enabled, edges */
	check_eq(gicd_read(GICD_ISENABLER) & 0xffff, 0xffff);
	check_eq(gicd_read(0xc00), 0xaaaaaaaa);
	/* private interrupts are for this vcpu */
	check_eq(gicd_read(GICD_ITARGETSR), 0x01010101);
	check_eq(gicd_read(GICD_ITARGETSR + 28), 0x01010101);
	/* set and clear */
	gicd_write(GICD_ISENABLER + 4, 0x00f000f0);
	gicd_write(GICD_ISENABLER + 4, 0x0000000f);
	check_eq(gicd_read(GICD_ISENABLER + 4), 0x00f000ff);
	gicd_write(GICD_ICENABLER + 4, 0x00f0000f);
	check_eq(gicd_read(GICD_ICENABLER + 4), 0x000000f0);
	/* priorities by word and byte; five bits are kept */
	gicd_write(GICD_IPRIORITYR + 40, 0xff804020);
	check_eq(gicd_read(GICD_IPRIORITYR + 40), 0xf8804020);
	write8(GICD_BASE + GICD_IPRIORITYR + 41, 0x60);
	check_eq(gicd_read(GICD_IPRIORITYR + 40), 0xf8806020);
	/* targets that do not exist are not kept */
	gicd_write(GICD_ITARGETSR + 40, 0xff000001);
	check_eq(gicd_read(GICD_ITARGETSR + 40), ((1 << nr_vcpus) - 1) << 24 | 1);
	/* configuration */
	gicd_write(0xc08, 0x0000aa00);
	check_eq(gicd_read(0xc08), 0x0000aa00);
	/* beyond the last interrupt and outside all registers: zero */
	gicd_write(GICD_ISENABLER + 0x20, ~0u);
	check_eq(gicd_read(GICD_ISENABLER + 0x20), 0);
	check_eq(gicd_read(0x20), 0);
	gicd_write(0xfd0, 1);
	check_eq(gicd_read(GICD_SGIR), 0);
	/* the CPU interface */
	check_eq(gicc_read(GICC_RPR), 0xff);
	check_eq(gicc_read(GICC_IAR), SPURIOUS);
	gicc_write(GICC_PMR, 0xf0);
	check_eq(gicc_read(GICC_PMR), 0xf0);
}
