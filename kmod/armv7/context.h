/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The registers of one guest CPU, as the world switch saves and loads them.
 *
 * It fills a page of its own, which Hyp mode maps at the kernel's address.
 * switch.S knows the offsets through asm-offsets.c.  No field may be changed
 * while the vcpu is in the guest, other than by its own thread.
 */
#ifndef EMBER_ARMV7_CONTEXT_H
#define EMBER_ARMV7_CONTEXT_H

#include <linux/types.h>

/*
 * CP15 registers that belong to the guest, in the order in which switch.S
 * moves them: three groups, of which the host has the first two as well.  The
 * 64-bit ones take two slots, low word first.  Those above C15_SWITCHED live
 * only in memory; the last two are followed by what Hyp loads.
 */
enum armv7_c15 {
	C15_SCTLR,
	C15_CPACR,
	C15_TTBCR,
	C15_TTBR0,
	C15_TTBR0_HIGH,
	C15_TTBR1,
	C15_TTBR1_HIGH,
	C15_DACR,

	C15_PRRR,	/* MAIR0 */
	C15_NMRR,	/* MAIR1 */
	C15_AMAIR0,
	C15_AMAIR1,
	C15_VBAR,
	C15_CID,	/* CONTEXTIDR */
	C15_TID_URW,
	C15_TID_URO,
	C15_TID_PRIV,
	C15_CNTKCTL,
	C15_HOST,	/* so many are the host's too */

	C15_DFSR = C15_HOST,
	C15_IFSR,
	C15_ADFSR,
	C15_AIFSR,
	C15_DFAR,
	C15_IFAR,
	C15_CSSELR,
	C15_PAR,
	C15_PAR_HIGH,
	C15_SWITCHED,

	C15_ACTLR = C15_SWITCHED,
	C15_L2CTLR,
	C15_MIDR,	/* VPIDR */
	C15_MPIDR,	/* VMPIDR */
	C15_NR
};

/* What every ARMv7 core with Hyp mode has: DBGDIDR.BRPs and WRPs, plus one. */
#define ARMV7_BREAKPOINTS	6
#define ARMV7_WATCHPOINTS	4

/* Banked registers of an exception mode. */
struct armv7_bank {
	u32 sp;
	u32 lr;
	u32 spsr;
};

struct armv7_vfp {
	u64 d[32];
	u32 fpscr;
	u32 fpexc;
	u32 fpinst;
	u32 fpinst2;
};

struct armv7_ctxt {
	/* General registers; r[13] and r[14] are USR's, pc is ELR_hyp. */
	u32 r[15];
	u32 pc;
	u32 cpsr;
	struct armv7_bank svc, abt, und, irq;
	u32 fiq_r8_r12[5];
	struct armv7_bank fiq;

	u32 c15[C15_NR];

	/* What Hyp loads on the way in, in this order and behind MPIDR. */
	u32 hcr;
	u32 hcptr;			/* traps VFP until the guest uses it */
	u32 hstr;			/* traps ThumbEE until it is used once */
	u32 hdcr;
	u32 cnthctl;
	/* What Hyp answers to PSCI_VERSION by itself; 0: it does not. */
	u32 psci_version;
	u64 vttbr;
	u64 cntvoff;
	/* The virtual timer, in and out. */
	u64 cntv_cval;
	u32 cntv_ctl;
	/* What Hyp says on the way out. */
	u32 hsr;
	u32 hdfar;			/* faulting VA of data, B3.13 */
	u32 hifar;
	u32 hpfar;			/* faulting IPA[39:12] << 4 */

	/* Address breakpoints, loaded while hdcr has HDCR_TDE (debug.c). */
	u32 dbg_bvr[ARMV7_BREAKPOINTS];
	u32 dbg_bcr[ARMV7_BREAKPOINTS];

	u32 hyp_calls;			/* so many it has answered; own thread */
	u32 teecr, teehbr;		/* ThumbEE, where there is (A2.10) */
	struct armv7_vfp vfp;		/* valid when not loaded */
};

#endif
