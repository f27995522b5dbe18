// SPDX-License-Identifier: GPL-2.0
/*
 * A vcpu that uses everything at once and checks it: a lock that both vcpus want, timer
 * ticks, interrupts between vcpus and from outside, memory that the host
 * takes away now and then.  It counts what it has done where the test can read it.
 */
#include "guest.h"
#include "../lib/crowd.h"

#define TIMER 27
#define TICK 30000
#define SGI 3

static volatile u32 lock, twice[2];

static struct crowd_counts *counts(void)
{
	return (struct crowd_counts *)CROWD_COUNTS + cpu_id();
}

static void set_timer(void)
{
	cp15_write(TICK, 0, c14, c3, 0); /* CNTV_TVAL */
	cp15_write(1, 0, c14, c3, 1);
	isb();
}

static void on_irq(struct guest_exception *e)
{
	u32 iar = gicc_read(GICC_IAR), irq = iar & 0x3ff;

	(void)e;
	if (irq == SPURIOUS)
		return;
	if (irq == TIMER) {
		counts()->ticks++;
		set_timer();
	} else if (irq == SGI) {
		counts()->sgis++;
	} else {
		check_eq(irq, CROWD_SPI);
		counts()->spis++;
	}
	gic_eoi(iar);
}

/* As Linux waits for a lock: WFE gives the CPU to whoever holds it. */
static bool try_lock(void)
{
	u32 is, failed;

	asm volatile("ldrex %0, [%2]\n"
		     "teq %0, #0\n"
		     "movne %1, #1\n"
		     "strexeq %1, %3, [%2]\n"
		     "dmb"
		     : "=&r"(is), "=&r"(failed)
		     : "r"(&lock), "r"(1)
		     : "cc", "memory");
	return !failed;
}

static void contend(void)
{
	while (!try_lock())
		asm volatile("wfe" ::: "memory");
	check_eq(twice[0], twice[1]);
	twice[0]++;
	dmb();
	twice[1]++;
	spin_unlock(&lock);
	asm volatile("sev" ::: "memory");
}

/* A page is as we left it, or it was taken away and is new. */
static void touch(u32 n)
{
	u32 page = CROWD_MEM + n % (CROWD_MEM_SIZE / 4096) * 4096;
	u32 at = page + 64 * cpu_id(), is = read32(at), tag = at ^ 0x5a5a5a5a;

	if (is && is != tag)
		guest_fail("crowd.c: a word of memory", is, tag);
	write32(at, tag);
}

static void interrupts_on(void)
{
	exc_handlers[EXC_IRQ] = on_irq;
	gic_init();
	gic_enable(TIMER);
	gic_enable(SGI);
	if (cpu_id() == 0) {
		gic_edge(CROWD_SPI, true);
		gic_enable(CROWD_SPI);
	}
	set_timer();
	irq_enable();
}

void g_crowd(void)
{
	u32 n;

	mmu_on_all(NULL);
	interrupts_on();
	for (n = 1;; n++) {
		contend();
		touch(n);
		if (n % 8 == 0)
			gic_sgi(1u << !cpu_id(), SGI);
		if (n % 16 == 0)
			wfi();
		if (n % 64 == 0)
			report(n);
		counts()->turns = n;
	}
}
