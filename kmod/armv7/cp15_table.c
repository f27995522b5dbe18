// SPDX-License-Identifier: GPL-2.0
/*
 * System registers, one row each; cp15.c finds a trapped access here, and
 * cp15_regs.c what ONE_REG may name.
 *
 * A register that is not here is undefined to the guest, and the log shows the
 * row to paste.  Numbers are CRn, opc1, CRm, opc2 as table B3-42 and the
 * following have them; what traps is up to HCR, HSTR, HDCR and CNTHCTL.
 */
#include <linux/kernel.h>
#include <asm/cputype.h>
#include "cp15.h"
#include "syndrome.h"

/* ---- registers that the guest shares with the host ------------------------ */

#define HOST_REGS(X) \
	X(MIDR,		0, 0, 0, 0) \
	X(CTR,		0, 0, 0, 1) \
	X(TCMTR,	0, 0, 0, 2) \
	X(TLBTR,	0, 0, 0, 3) \
	X(REVIDR,	0, 0, 0, 6) \
	X(ID_PFR0,	0, 0, 1, 0) \
	X(ID_PFR1,	0, 0, 1, 1) \
	X(ID_DFR0,	0, 0, 1, 2) \
	X(ID_AFR0,	0, 0, 1, 3) \
	X(ID_MMFR0,	0, 0, 1, 4) \
	X(ID_MMFR1,	0, 0, 1, 5) \
	X(ID_MMFR2,	0, 0, 1, 6) \
	X(ID_MMFR3,	0, 0, 1, 7) \
	X(ID_ISAR0,	0, 0, 2, 0) \
	X(ID_ISAR1,	0, 0, 2, 1) \
	X(ID_ISAR2,	0, 0, 2, 2) \
	X(ID_ISAR3,	0, 0, 2, 3) \
	X(ID_ISAR4,	0, 0, 2, 4) \
	X(ID_ISAR5,	0, 0, 2, 5) \
	X(CLIDR,	0, 1, 0, 1) \
	X(AIDR,		0, 1, 0, 7)

#define READ_CP15(val, crn, opc1, crm, opc2) \
	asm volatile("mrc p15, " #opc1 ", %0, c" #crn ", c" #crm ", " #opc2 \
		     : "=r" (val))

#define HOST_READER(sym, crn, opc1, crm, opc2) \
	static u32 host_ ## sym(void) \
	{ \
		u32 val; \
\
		READ_CP15(val, crn, opc1, crm, opc2); \
		return val; \
	}
HOST_REGS(HOST_READER)

/* ---- initial values that are not constants -------------------------------- */

/*
 * Clusters of four, as KVM always made them: user space reads MPIDR to write
 * the device tree.  The bits that say "multiprocessor" are the host's.
 */
static u32 initial_mpidr(struct armv7_vcpu *v)
{
	u32 id = v->vcpu.id;

	return (read_cpuid_mpidr() & MPIDR_SMP_BITMASK) |
	       (id >> 2) << MPIDR_LEVEL_BITS | (id & 3);
}

static u32 initial_sctlr(struct armv7_vcpu *v)
{
	return to_armv7_vm(v->vcpu.vm)->target == KVM_ARM_TARGET_CORTEX_A7 ?
		0x00c50878 : 0x00c50078;
}

/* SMP (bit 6) says whether this CPU takes part in coherency. */
static u32 initial_actlr(struct armv7_vcpu *v)
{
	u32 val;

	READ_CP15(val, 1, 0, 0, 1);
	return v->vcpu.vm->nr_vcpus > 1 ? val | BIT(6) : val & ~BIT(6);
}

static bool host_has_l2ctlr(void)
{
	switch (read_cpuid_part()) {
	case ARM_CPU_PART_CORTEX_A7:
	case ARM_CPU_PART_CORTEX_A12:
	case ARM_CPU_PART_CORTEX_A15:
	case ARM_CPU_PART_CORTEX_A17:
		return true;
	default:
		return false;
	}
}

/* Bits 25-24: CPUs of this cluster, less one. */
static u32 initial_l2ctlr(struct armv7_vcpu *v)
{
	unsigned int nr = v->vcpu.vm->nr_vcpus, first = v->vcpu.id & ~3;
	u32 val = 0;

	if (host_has_l2ctlr())
		READ_CP15(val, 9, 1, 0, 2);
	nr = nr > first ? min(nr - first, 4u) : 1;
	return (val & ~(3u << 24)) | (nr - 1) << 24;
}

/* ---- rows -------------------------------------------------------------------- */

#define REG32(crn, opc1, crm, opc2)	ARM_CP15_REG32(opc1, crn, crm, opc2)
#define REG64(opc1, crm)		ARM_CP15_REG64(opc1, crm)

/* The host's own */
#define HOST_ROW(sym, crn, opc1, crm, opc2) { \
	.name = #sym, .id = REG32(crn, opc1, crm, opc2), \
	.reg = CP15_NO_REG, .host = host_ ## sym, \
},

/* The guest's own, which nothing traps */
#define OWN(sym, where, val) \
	{ .name = #sym, .id = where, .reg = C15_ ## sym, .reset = val }

/* The same with a value of @init(), and traps for @fn */
#define OWN_INITIAL(sym, where, init, fn) \
	{ .name = #sym, .id = where, .reg = C15_ ## sym, .initial = init, \
	  .access = fn }

/* Of the MMU: writes trap as long as HCR.TVM is set (B1.14.3) */
#define VM(sym, where) \
	{ .name = #sym, .id = where, .reg = C15_ ## sym, \
	  .access = cp15_vm_reg }

/* Nothing behind it */
#define FAKE(sym, where, fn) \
	{ .name = #sym, .id = where, .reg = CP15_NO_REG, .access = fn }

#define RAZ_WI(sym, where)	FAKE(sym, where, cp15_raz_wi)

/* CNTKCTL has let user mode through before it traps (B8.1.2) */
#define PHYS_TIMER(sym, where, which) \
	{ .name = #sym, .id = where, .reg = CP15_NO_REG, .user = true, \
	  .access = cp15_phys_timer, .timer = which }

const struct cp15_row cp15_rows[] = {
	HOST_REGS(HOST_ROW)

	OWN_INITIAL(MPIDR,	REG32(0, 0, 0, 5), initial_mpidr, NULL),
	OWN(CSSELR,		REG32(0, 2, 0, 0), 0),

	{ .name = "SCTLR",	.id = REG32(1, 0, 0, 0), .reg = C15_SCTLR,
	  .initial = initial_sctlr, .access = cp15_vm_reg },
	OWN_INITIAL(ACTLR,	REG32(1, 0, 0, 1), initial_actlr,
		    cp15_ignore_write),
	OWN(CPACR,		REG32(1, 0, 0, 2), 0),

	VM(TTBR0,		REG64(0, 2)),
	VM(TTBR1,		REG64(1, 2)),
	VM(TTBR0,		REG32(2, 0, 0, 0)),
	VM(TTBR1,		REG32(2, 0, 0, 1)),
	VM(TTBCR,		REG32(2, 0, 0, 2)),
	VM(DACR,		REG32(3, 0, 0, 0)),
	VM(DFSR,		REG32(5, 0, 0, 0)),
	VM(IFSR,		REG32(5, 0, 0, 1)),
	VM(ADFSR,		REG32(5, 0, 1, 0)),
	VM(AIFSR,		REG32(5, 0, 1, 1)),
	VM(DFAR,		REG32(6, 0, 0, 0)),
	VM(IFAR,		REG32(6, 0, 0, 2)),
	OWN(PAR,		REG64(0, 7), 0),

	FAKE(DCISW,		REG32(7, 0, 6, 2), cp15_set_way),
	FAKE(DCCSW,		REG32(7, 0, 10, 2), cp15_set_way),
	FAKE(DCCISW,		REG32(7, 0, 14, 2), cp15_set_way),

	/* Cortex-A15 TRM 4.3.48, A7 TRM 4.3.41: the second-level cache */
	OWN_INITIAL(L2CTLR,	REG32(9, 1, 0, 2), initial_l2ctlr,
		    cp15_ignore_write),
	RAZ_WI(L2ECTLR,		REG32(9, 1, 0, 3)),

	/* The performance monitors have no counter, PMCR.N (B4.1.117) */
	RAZ_WI(PMCR,		REG32(9, 0, 12, 0)),
	RAZ_WI(PMCNTENSET,	REG32(9, 0, 12, 1)),
	RAZ_WI(PMCNTENCLR,	REG32(9, 0, 12, 2)),
	RAZ_WI(PMOVSR,		REG32(9, 0, 12, 3)),
	RAZ_WI(PMSWINC,		REG32(9, 0, 12, 4)),
	RAZ_WI(PMSELR,		REG32(9, 0, 12, 5)),
	RAZ_WI(PMCEID0,		REG32(9, 0, 12, 6)),
	RAZ_WI(PMCEID1,		REG32(9, 0, 12, 7)),
	RAZ_WI(PMCCNTR,		REG32(9, 0, 13, 0)),
	RAZ_WI(PMXEVTYPER,	REG32(9, 0, 13, 1)),
	RAZ_WI(PMXEVCNTR,	REG32(9, 0, 13, 2)),
	RAZ_WI(PMUSERENR,	REG32(9, 0, 14, 0)),
	RAZ_WI(PMINTENSET,	REG32(9, 0, 14, 1)),
	RAZ_WI(PMINTENCLR,	REG32(9, 0, 14, 2)),
	RAZ_WI(PMOVSSET,	REG32(9, 0, 14, 3)),

	VM(PRRR,		REG32(10, 0, 2, 0)),
	VM(NMRR,		REG32(10, 0, 2, 1)),
	VM(AMAIR0,		REG32(10, 0, 3, 0)),
	VM(AMAIR1,		REG32(10, 0, 3, 1)),

	OWN(VBAR,		REG32(12, 0, 0, 0), 0),

	VM(CID,			REG32(13, 0, 0, 1)),
	OWN(TID_URW,		REG32(13, 0, 0, 2), 0),
	OWN(TID_URO,		REG32(13, 0, 0, 3), 0),
	OWN(TID_PRIV,		REG32(13, 0, 0, 4), 0),

	OWN(CNTKCTL,		REG32(14, 0, 1, 0), 0),
	PHYS_TIMER(CNTP_TVAL,	REG32(14, 0, 2, 0), TIMER_REG_TVAL),
	PHYS_TIMER(CNTP_CTL,	REG32(14, 0, 2, 1), TIMER_REG_CTL),
	PHYS_TIMER(CNTP_CVAL,	REG64(2, 14), TIMER_REG_CVAL),

	/* Cortex-A12 and A17: errata bits, which kernels set at boot */
	RAZ_WI(DIAGNOSTIC0,	REG32(15, 0, 0, 0)),
	RAZ_WI(DIAGNOSTIC1,	REG32(15, 0, 0, 1)),
	/* Cortex-A15 TRM 4.3.60: no GIC is found by this address */
	FAKE(CBAR,		REG32(15, 4, 0, 0), cp15_read_only),
};

const unsigned int cp15_nr_rows = ARRAY_SIZE(cp15_rows);
