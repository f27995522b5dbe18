// SPDX-License-Identifier: GPL-2.0
/*
 * The guests' own small library; guest.h says what is here.
 */
#include "guest.h"

exc_handler exc_handlers[EXC_NR];
volatile u32 exc_count;
u32 page_table[4096] __attribute__((aligned(16384)));

void guest_fail(const char *what, u32 got, u32 want)
{
	static struct guest_failure failure;

	failure.what = (u32)what;
	failure.got = got;
	failure.want = want;
	dsb();
	for (;;)
		write32(TEST_IO + TEST_FAIL, (u32)&failure);
}

/* What the link register is ahead of the address to go on at (B1.8.3). */
static u32 return_offset(u32 kind)
{
	switch (kind) {
	case EXC_PABT:
	case EXC_IRQ:
	case EXC_FIQ:
		return 4;
	case EXC_DABT:
		return 8;
	}
	return 0;
}

void guest_exception(struct guest_exception *e)
{
	exc_handler handler = exc_handlers[e->kind];

	if (!handler) {
		write32(TEST_IO + TEST_EXC, (u32)e);
		return;
	}
	e->pc -= return_offset(e->kind);
	handler(e);
}

void exc_skip(struct guest_exception *e)
{
	exc_count++;
	if (e->kind == EXC_DABT)
		e->pc += 4;
	else if (e->kind == EXC_PABT)
		e->pc = e->lr; /* a jump gone wrong: back to its caller */
}

/* ---- memory ------------------------------------------------------------------ */

#define SECTION 0x00000c02 /* full access, domain 0 */
#define SECTION_NORMAL 0x0001100c /* TEX=1 C B: write-back, allocate; S */
#define SECTION_DEVICE 0x00000014 /* B, XN */

void tlb_flush_all(void)
{
	dsb();
	cp15_write(0, 0, c8, c3, 0); /* TLBIALLIS */
	dsb();
	isb();
}

static void build_page_table(void)
{
	u32 i;

	for (i = 0; i < 4096; i++)
		page_table[i] = i << 20 | SECTION | SECTION_DEVICE;
	for (i = RAM_BASE >> 20; i < (RAM_BASE >> 20) + 0x200; i++)
		page_table[i] = i << 20 | SECTION | SECTION_NORMAL;
	dsb();
}

void mmu_on(void)
{
	if (!page_table[0])
		build_page_table();
	cp15_write(0, 0, c8, c7, 0); /* TLBIALL */
	cp15_write(0, 0, c7, c5, 0); /* ICIALLU */
	cp15_write(0, 0, c2, c0, 2); /* TTBCR */
	cp15_write((u32)page_table | 0x4a, 0, c2, c0, 0); /* walks cacheable */
	cp15_write(1, 0, c3, c0, 0); /* domain 0: client */
	dsb();
	isb();
	cp15_write(cp15_read(0, c1, c0, 0) | 0x1805, 0, c1, c0, 0);
	isb();
}

void mmu_on_all(void (*more)(void))
{
	static volatile u32 made;

	if (cpu_id()) {
		while (!made)
			;
		mmu_on();
		return;
	}
	mmu_on();
	if (more)
		more();
	made = 1;
	dsb();
	cp15_write(&made, 0, c7, c10, 1); /* DCCMVAC: they read it uncached */
	dsb();
}

/* ---- PSCI ---------------------------------------------------------------------- */

extern void _start(void);

u32 hvc(u32 fn, u32 a1, u32 a2, u32 a3)
{
	register u32 r0 asm("r0") = fn;
	register u32 r1 asm("r1") = a1;
	register u32 r2 asm("r2") = a2;
	register u32 r3 asm("r3") = a3;

	asm volatile(".arch_extension virt\n\thvc #0"
		     : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3)::"memory");
	return r0;
}

u32 cpu_mpidr(u32 cpu)
{
	if (hvc(PSCI_AFFINITY_INFO, cpu, 0, 0) != PSCI_INVALID_PARAMETERS)
		return cpu;
	return cpu / 4 << 8 | cpu % 4;
}

u32 cpu_on(u32 cpu, void (*fn)(void))
{
	dsb();
	return hvc(PSCI_CPU_ON, cpu_mpidr(cpu), (u32)_start, (u32)fn);
}

/* ---- the GIC --------------------------------------------------------------------- */

void gic_init(void)
{
	gicd_write(GICD_CTLR, 1);
	gicc_write(GICC_PMR, 0xff);
	gicc_write(GICC_BPR, 0);
	gicc_write(GICC_CTLR, 1);
}

void gic_priority(u32 irq, u32 priority)
{
	write8(GICD_BASE + GICD_IPRIORITYR + irq, priority);
}

void gic_target(u32 irq, u32 mask)
{
	write8(GICD_BASE + GICD_ITARGETSR + irq, mask);
}

void gic_enable(u32 irq)
{
	gic_priority(irq, 0xa0);
	if (irq >= 32)
		gic_target(irq, 1);
	gicd_write(GICD_ISENABLER + irq / 32 * 4, 1u << irq % 32);
}

void gic_disable(u32 irq)
{
	gicd_write(GICD_ICENABLER + irq / 32 * 4, 1u << irq % 32);
}

void gic_edge(u32 irq, bool edge)
{
	u32 reg = GICD_ICFGR + irq / 16 * 4;
	u32 bit = 2u << irq % 16 * 2;
	u32 v = gicd_read(reg);

	gicd_write(reg, edge ? v | bit : v & ~bit);
}

bool gic_pending(u32 irq)
{
	return gicd_read(GICD_ISPENDR + irq / 32 * 4) >> irq % 32 & 1;
}

bool gic_active(u32 irq)
{
	return gicd_read(GICD_ISACTIVER + irq / 32 * 4) >> irq % 32 & 1;
}

void gic_sgi(u32 targets, u32 sgi)
{
	dsb();
	gicd_write(GICD_SGIR, targets << 16 | sgi);
}

void gic_line(u32 irq, u32 level)
{
	report(CMD_LINE(irq, 0, level));
}

void gic_check_quiet(void)
{
	u32 i;

	for (i = 0; i < 20; i++) {
		check_eq(gicc_read(GICC_IAR), SPURIOUS);
		hvc(PSCI_VERSION, 0, 0, 0);
	}
}

u32 gic_wait_ack(void)
{
	u32 iar;

	do {
		iar = gicc_read(GICC_IAR);
	} while ((iar & 0x3ff) == SPURIOUS);
	return iar;
}

/* ---- shared memory: needs mmu_on(), for exclusives --------------------------------- */

void spin_lock(volatile u32 *lock)
{
	u32 tmp;

	asm volatile("1: ldrex %0, [%1]\n"
		     "teq %0, #0\n"
		     "bne 1b\n"
		     "strex %0, %2, [%1]\n"
		     "teq %0, #0\n"
		     "bne 1b\n"
		     "dmb"
		     : "=&r"(tmp)
		     : "r"(lock), "r"(1)
		     : "cc", "memory");
}

void spin_unlock(volatile u32 *lock)
{
	dmb();
	*lock = 0;
	dsb();
}

u32 atomic_add(volatile u32 *p, u32 n)
{
	u32 v, tmp;

	asm volatile("1: ldrex %0, [%2]\n"
		     "add %0, %0, %3\n"
		     "strex %1, %0, [%2]\n"
		     "teq %1, #0\n"
		     "bne 1b\n"
		     "dmb"
		     : "=&r"(v), "=&r"(tmp)
		     : "r"(p), "r"(n)
		     : "cc", "memory");
	return v;
}
