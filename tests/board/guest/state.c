// SPDX-License-Identifier: GPL-2.0
/*
 * Guests that look at what a vcpu's registers are and whether they stay: VFP
 * and NEON, identification, caches, performance counters and debug.
 */
#include "guest.h"

static void vfp_on(void)
{
	cp15_write(cp15_read(0, c1, c0, 2) | 0xf00000, 0, c1, c0, 2); /* CPACR */
	isb();
	asm volatile(".fpu neon-vfpv4\n vmsr fpexc, %0" ::"r"(0x40000000));
}

/* All 32 registers from @seed, or compare them. */
static void vfp_fill(u32 seed)
{
	u32 buf[64], *p = buf, i;

	for (i = 0; i < 64; i++)
		buf[i] = seed * 0x01010101 + i;
	asm volatile(".fpu neon-vfpv4\n"
		     "vldmia %0!, {d0-d15}\n"
		     "vldmia %0, {d16-d31}"
		     : "+r"(p)::"memory");
}

static void vfp_compare(u32 seed)
{
	u32 buf[64], *p = buf, i;

	asm volatile(".fpu neon-vfpv4\n"
		     "vstmia %0!, {d0-d15}\n"
		     "vstmia %0, {d16-d31}"
		     : "+r"(p)::"memory");
	for (i = 0; i < 64; i++)
		check_eq(buf[i], seed * 0x01010101 + i);
}

/* Registers keep their values across @n exits. */
void g_vfp_kept(u32 seed, u32 n)
{
	u32 fpscr;

	vfp_on();
	vfp_fill(seed);
	asm volatile(".fpu neon-vfpv4\n vmsr fpscr, %0" ::"r"(0x03c00000)); /* DN FZ RMode */
	while (n--) {
		report(n);
		vfp_compare(seed);
		asm volatile(".fpu neon-vfpv4\n vmrs %0, fpscr" : "=r"(fpscr));
		check_eq(fpscr & 0x03c00000, 0x03c00000);
	}
}

/* As above without exits that go to user space. */
void g_vfp_spin(u32 seed, u32 n)
{
	vfp_on();
	vfp_fill(seed);
	while (n--) {
		if (n % 4 == 0)
			hvc(PSCI_VERSION, 0, 0, 0);
		vfp_compare(seed);
	}
}

/* The test sets registers while we wait; say what d1 and d17 are. */
void g_vfp_say(void)
{
	u32 v[4];

	vfp_on();
	vfp_fill(1);
	report(0);
	asm volatile(".fpu neon-vfpv4\n"
		     "vmov %0, %1, d1\n vmov %2, %3, d17"
		     : "=r"(v[0]), "=r"(v[1]), "=r"(v[2]), "=r"(v[3]));
	report(v[0]);
	report(v[1]);
	report(v[2]);
	report(v[3]);
}

/* Without CPACR the guest's own trap is taken, not the host's. */
void g_vfp_off(void)
{
	cp15_write(0, 0, c1, c0, 2);
	isb();
	exc_handlers[EXC_UNDEF] = exc_skip;
	asm volatile(".fpu neon-vfpv4\n vmov.i32 q0, #0");
	check_eq(exc_count, 1);
	vfp_on();
	asm volatile(".fpu neon-vfpv4\n vmov.i32 q0, #0");
	check_eq(exc_count, 1);
	asm volatile(".fpu neon-vfpv4\n vmsr fpexc, %0" ::"r"(0));
	asm volatile(".fpu neon-vfpv4\n vadd.f32 s0, s1, s2");
	check_eq(exc_count, 2);
}

/* TEEHBR keeps its value across @n exits. */
void g_thumbee(u32 value, u32 n)
{
	u32 now;

	asm volatile("mcr p14, 6, %0, c1, c0, 0" ::"r"(value));
	while (n--) {
		report(n);
		asm volatile("mrc p14, 6, %0, c1, c0, 0" : "=r"(now));
		check_eq(now, value);
	}
}

/* ---- CP15 ------------------------------------------------------------------------ */

void g_id_regs(void)
{
	report(cp15_read(0, c0, c0, 0)); /* MIDR */
	report(cp15_read(0, c0, c0, 1)); /* CTR */
	report(cp15_read(0, c0, c0, 5)); /* MPIDR */
	report(cp15_read(0, c0, c1, 0)); /* ID_PFR0 */
	report(cp15_read(0, c0, c1, 4)); /* ID_MMFR0 */
	report(cp15_read(0, c0, c2, 0)); /* ID_ISAR0 */
	report(cp15_read(1, c0, c0, 1)); /* CLIDR */
	report(cp15_read(1, c0, c0, 7)); /* AIDR */
}

/* Set/way operations on every cache the guest is told of, as at boot. */
void g_cache_set_way(void)
{
	u32 level, set, way, ccsidr, clidr = cp15_read(1, c0, c0, 1);

	for (level = 0; level < 3; level++) {
		if ((clidr >> level * 3 & 7) < 2)
			continue;
		cp15_write(level << 1, 2, c0, c0, 0); /* CSSELR */
		isb();
		ccsidr = cp15_read(1, c0, c0, 0);
		check_eq(cp15_read(2, c0, c0, 0), level << 1);
		for (set = 0; set <= (ccsidr >> 13 & 3); set++)
			for (way = 0; way < 2; way++)
				cp15_write(way << 31 | set << ((ccsidr & 7) + 4) | level << 1, 0,
					   c7, c14, 2); /* DCCISW */
	}
	cp15_write(0, 0, c7, c10, 2); /* DCCSW */
	cp15_write(0, 0, c7, c6, 2); /* DCISW */
	dsb();
	cp15_write((u32)&set, 0, c7, c14, 1); /* DCCIMVAC */
	cp15_write((u32)&set, 0, c7, c10, 1); /* DCCMVAC */
	cp15_write((u32)&set, 0, c7, c11, 1); /* DCCMVAU */
	cp15_write(0, 0, c7, c5, 0); /* ICIALLU */
	cp15_write(0, 0, c7, c1, 0); /* ICIALLUIS */
	cp15_write(0, 0, c7, c5, 6); /* BPIALL */
	dsb();
	isb();
}

/* Its own registers hold what is written, over an exit. */
void g_cp15_hold(void)
{
	cp15_write(0x11112222, 0, c13, c0, 2); /* TPIDRURW */
	cp15_write(0x33334444, 0, c13, c0, 3); /* TPIDRURO */
	cp15_write(0x55556666, 0, c13, c0, 4); /* TPIDRPRW */
	cp15_write(0x00000042, 0, c13, c0, 1); /* CONTEXTIDR */
	cp15_write(0x0000beef, 0, c6, c0, 0); /* DFAR */
	cp15_write(0x0000cafe, 0, c6, c0, 2); /* IFAR */
	cp15_write(0x00000805, 0, c5, c0, 0); /* DFSR */
	cp15_write(0x00000007, 0, c5, c0, 1); /* IFSR */
	cp15_write(0x55555555, 0, c3, c0, 0); /* DACR */
	report(1);
	check_eq(cp15_read(0, c13, c0, 2), 0x11112222);
	check_eq(cp15_read(0, c13, c0, 3), 0x33334444);
	check_eq(cp15_read(0, c13, c0, 4), 0x55556666);
	check_eq(cp15_read(0, c13, c0, 1), 0x42);
	check_eq(cp15_read(0, c6, c0, 0), 0xbeef);
	check_eq(cp15_read(0, c6, c0, 2), 0xcafe);
	check_eq(cp15_read(0, c5, c0, 0), 0x805);
	check_eq(cp15_read(0, c5, c0, 1), 7);
	check_eq(cp15_read(0, c3, c0, 0), 0x55555555);
}

/* ACTLR, L2CTLR and the like can be read; L2CTLR tells how many cpus there are. */
void g_cpu_control(void)
{
	report(cp15_read(0, c1, c0, 1)); /* ACTLR */
	report(cp15_read(1, c9, c0, 2)); /* L2CTLR */
	cp15_write(cp15_read(0, c1, c0, 1), 0, c1, c0, 1);
	cp15_read(1, c9, c0, 3); /* L2ECTLR */
}

/* Performance counters: there or undefined, alive in both cases. */
void g_pmu(void)
{
	exc_handlers[EXC_UNDEF] = exc_skip;
	cp15_read(0, c9, c12, 0); /* PMCR */
	cp15_write(0x3f, 0, c9, c12, 0);
	cp15_write(1, 0, c9, c12, 1);
	cp15_read(0, c9, c13, 0); /* PMCCNTR */
	cp15_write(0, 0, c9, c12, 5);
	cp15_read(0, c9, c13, 1);
	cp15_read(0, c9, c13, 2);
	cp15_write(1, 0, c9, c14, 0); /* PMUSERENR */
	cp15_write(0, 0, c9, c14, 1);
	report(exc_count);
}

/* Debug registers, as Linux probes them. */
void g_debug_regs(void)
{
	u32 v;

	exc_handlers[EXC_UNDEF] = exc_skip;
	asm volatile("mrc p14, 0, %0, c0, c0, 0" : "=r"(v)); /* DBGDIDR */
	asm volatile("mrc p14, 0, %0, c0, c1, 0" : "=r"(v)); /* DBGDSCRint */
	asm volatile("mcr p14, 0, %0, c0, c2, 2" ::"r"(0)); /* DBGDSCRext */
	asm volatile("mrc p14, 0, %0, c1, c1, 4" : "=r"(v)); /* DBGOSLSR */
	asm volatile("mcr p14, 0, %0, c1, c0, 4" ::"r"(0)); /* DBGOSLAR */
	asm volatile("mcr p14, 0, %0, c0, c0, 5" ::"r"(0)); /* DBGBCR0 */
	asm volatile("mcr p14, 0, %0, c0, c0, 4" ::"r"(0)); /* DBGBVR0 */
	asm volatile("mcr p14, 0, %0, c0, c7, 0" ::"r"(0)); /* DBGVCR */
	asm volatile("mrc p14, 0, %0, c7, c14, 6" : "=r"(v)); /* DBGAUTHSTATUS */
	asm volatile("mrc p14, 0, %0, c1, c0, 0" : "=r"(v)); /* DBGDRAR */
	report(exc_count);
}

/* Hyp's own registers and secure ones are not the guest's. */
void g_hyp_regs(void)
{
	exc_handlers[EXC_UNDEF] = exc_skip;
	cp15_read(4, c1, c1, 0); /* HCR */
	cp15_read(4, c12, c0, 0); /* HVBAR */
	cp15_write(0, 4, c1, c1, 0);
	cp15_read64(6, c2); /* VTTBR */
	cp15_read64(4, c14); /* CNTVOFF */
	cp15_read(4, c14, c1, 0); /* CNTHCTL */
	check_eq(exc_count, 6);
}

/* FCSEIDR, which QEMU's cores have, does not outlive an exit. */
void g_fcse(u32 val)
{
	cp15_write(val, 0, c13, c0, 0);
	isb();
	report(val);
	report(cp15_read(0, c13, c0, 0));
}
