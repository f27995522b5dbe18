// SPDX-License-Identifier: GPL-2.0
/*
 * Guests that mean harm, each from a seed so that a finding can be repeated.
 * What becomes of the guest is open; the test looks at the host.
 */
#include "guest.h"

static u32 state;

static u32 rnd(void)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

static void seed(u32 s)
{
	state = s * 2654435761u | 1;
}

/* Aborts and undefined instructions are stepped over, wherever they are. */
static void shrug(struct guest_exception *e)
{
	exc_skip(e);
}

static void shrug_all(void)
{
	u32 i;

	for (i = 0; i < EXC_NR; i++)
		exc_handlers[i] = shrug;
}

static void run_words(const u32 *words, u32 n)
{
	static u32 code[64] __attribute__((aligned(64)));
	u32 i;

	for (i = 0; i < n; i++)
		code[i] = words[i];
	code[n] = 0xe12fff1e; /* bx lr */
	dsb();
	cp15_write(0, 0, c7, c5, 0); /* ICIALLU */
	dsb();
	isb();
	asm volatile("mov r0, %1\n mov r2, %2\n blx %0" ::"r"(code), "r"(rnd()), "r"(rnd())
		     : "r0", "r1", "r2", "r3", "r12", "lr", "cc", "memory");
}

/* Writing these would only stop ourselves: control, tables, vectors. */
static bool suicidal(u32 crn)
{
	return crn == 1 || crn == 2 || crn == 3 || crn == 10 || crn == 12;
}

/* Random registers of coprocessor 15 (or 14), in both widths. */
void g_random_cp(u32 s, u32 n)
{
	u32 word, crn;

	seed(s);
	shrug_all();
	while (n--) {
		crn = rnd() & 15;
		word = 0xee100010 | (rnd() % 8 ? 15 : 14) << 8 | crn << 16 | (rnd() & 15) |
		       (rnd() & 7) << 21 | (rnd() & 7) << 5;
		if (!suicidal(crn) && rnd() & 1)
			word &= ~(1u << 20); /* MCR */
		if (rnd() % 8 == 0) /* MRRC, mostly */
			word = 0xec510f00 | (rnd() & 0xff);
		run_words(&word, 1);
	}
}

/* Random accesses to a device page, by all widths. */
static void random_mmio(u32 s, u32 base, u32 n)
{
	u32 addr;

	seed(s);
	shrug_all();
	while (n--) {
		addr = base + rnd() % 0x2000;
		switch (rnd() % 6) {
		case 0:
			read32(addr & ~3u);
			break;
		case 1:
			write32(addr & ~3u, rnd());
			break;
		case 2:
			read8(addr);
			break;
		case 3:
			write8(addr, rnd());
			break;
		case 4:
			asm volatile("strh %0, [%1]" ::"r"(rnd()), "r"(addr & ~1u) : "memory");
			break;
		case 5:
			asm volatile("strd %Q0, %R0, [%1]" ::"r"((u64)rnd()), "r"(addr & ~7u)
				     : "memory");
			break;
		}
	}
}

void g_random_gicd(u32 s, u32 n)
{
	random_mmio(s, GICD_BASE, 4 * n);
}

void g_random_gicc(u32 s, u32 n)
{
	random_mmio(s, GICC_BASE, 4 * n);
}

/* Any instructions at all. */
void g_random_code(u32 s)
{
	u32 words[16], i;

	seed(s);
	shrug_all();
	for (;;) {
		for (i = 0; i < 16; i++)
			words[i] = rnd();
		run_words(words, 16);
	}
}

/* Loads and stores of every form at addresses that are mostly nothing. */
void g_random_access(u32 s, u32 n)
{
	u32 word;

	seed(s);
	shrug_all();
	while (n--) {
		/* the base is r0, which run_words() sets at random */
		word = (rnd() & 0x0ff00fff) | 0xe4000000;
		word &= ~0x0c00f000u;
		word |= (rnd() & 3) << 12; /* to r0-r3 */
		word |= (rnd() & 1) << 26 | (rnd() & 1) << 27;
		if ((word & 0x0e000000) == 0x08000000)
			word = (word & 0xfff00000) | (rnd() & 0x100f); /* LDM, STM */
		run_words(&word, 1);
	}
}

/* A table of random entries, the MMU on. */
void g_random_tables(u32 s)
{
	u32 i;

	seed(s);
	for (i = 0; i < 4096; i++)
		page_table[i] = rnd();
	for (i = 0; i < 4096; i++)
		write32(SCRATCH + 4 * i, rnd());
	/* where we are is left mapped, half of the times */
	if (rnd() & 1)
		page_table[RAM_BASE >> 20] = RAM_BASE | 0x11c0e;
	if (rnd() & 1)
		page_table[(RAM_BASE >> 20) + 1] = SCRATCH | 1; /* second level: more of it */
	cp15_write(rnd() & 7, 0, c2, c0, 2);
	cp15_write((u32)page_table | (rnd() & 0x7f), 0, c2, c0, 0);
	cp15_write((u32)page_table, 0, c2, c0, 1);
	cp15_write(rnd(), 0, c3, c0, 0);
	cp15_write(0, 0, c8, c7, 0);
	isb();
	cp15_write(cp15_read(0, c1, c0, 0) | 1 | (rnd() & 0x30001806), 0, c1, c0, 0);
	isb();
	for (;;)
		read32(rnd() & ~3u);
}

/* Every PSCI function and others near them, with any arguments. */
void g_random_psci(u32 s, u32 n)
{
	u32 fn;

	seed(s);
	shrug_all();
	while (n--) {
		fn = 0x84000000 + rnd() % 0x20;
		if (rnd() % 4 == 0)
			fn = rnd();
		if (rnd() % 8 == 0)
			fn = 0x95c1ba5e + rnd() % 4;
		if (fn == PSCI_CPU_OFF || fn == PSCI_CPU_SUSPEND || fn == 0x95c1ba5e ||
		    fn == 0x95c1ba5f)
			continue; /* would only end or stop us */
		hvc(fn, rnd() % 2 ? rnd() % 9 : rnd(), rnd(), rnd());
	}
}

/* A storm of SGIs and distributor writes from every vcpu. */
void g_gic_storm(u32 s, u32 n)
{
	u32 iar;

	seed(s);
	gic_init();
	while (n--) {
		switch (rnd() % 8) {
		case 0:
		case 1:
		case 2:
			gicd_write(GICD_SGIR, rnd() & 0x03ff000f);
			break;
		case 3:
			gicd_write(GICD_ISPENDR + (rnd() & 0x1c), rnd());
			break;
		case 4:
			gicd_write((rnd() & 0xffc), rnd());
			gicd_write(GICD_CTLR, 1);
			break;
		default:
			iar = gicc_read(GICC_IAR);
			if ((iar & 0x3ff) != SPURIOUS)
				gicc_write(GICC_EOIR, rnd() % 16 ? iar : rnd());
		}
	}
}

/* Nothing but faults at user space's devices, forever. */
void g_exit_storm(void)
{
	for (;;)
		read32(OTHER_IO);
}
