/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A guest's registers, and what the vector page needs beside them.
 *
 * Read after mips32.h.  struct mips32_ctxt lies behind the vectors of its vcpu,
 * in the same block of kseg0 pages, so that the code in the vectors finds it by
 * EBase alone: see enter.S.
 */
#ifndef EMBER_MIPS32_CONTEXT_H
#define EMBER_MIPS32_CONTEXT_H

/* The block: vectors and code, then the context, then the comm page (comm.h). */
#define MIPS32_BLOCK_ORDER	2
#define MIPS32_BLOCK_CODE	0x2000
#define MIPS32_BLOCK_COMM	0x3000

/* Why the vector page calls: the vector that was taken... */
#define MIPS32_CODE_REFILL	0	/* neither page of the pair is in the shadow table */
#define MIPS32_CODE_GENERAL	1
#define MIPS32_CODE_IRQ		2
/* ... or CpU of the guest's kernel, with the word at pc in ctxt->insn. */
#define MIPS32_CODE_COP0	3

#ifndef __ASSEMBLY__
#include <linux/types.h>

struct mips32_vcpu;

/* A guest's exceptions (PRA 6.2, table 9-49: Cause.ExcCode). */
enum mips32_exc {
	MIPS32_EXC_INT = 0,
	MIPS32_EXC_MOD = 1,
	MIPS32_EXC_TLBL = 2,
	MIPS32_EXC_TLBS = 3,
	MIPS32_EXC_ADEL = 4,
	MIPS32_EXC_ADES = 5,
	MIPS32_EXC_IBE = 6,
	MIPS32_EXC_DBE = 7,
	MIPS32_EXC_SYS = 8,
	MIPS32_EXC_BP = 9,
	MIPS32_EXC_RI = 10,
	MIPS32_EXC_CPU = 11,
	MIPS32_EXC_OV = 12,
	MIPS32_EXC_TR = 13,
	MIPS32_EXC_MSAFPE = 14,
	MIPS32_EXC_FPE = 15,
	MIPS32_EXC_MSADIS = 21,
	MIPS32_EXC_THREAD = 25,
	MIPS32_EXC_DSP = 26,
};

/* What differs between a guest's user and its kernel. */
struct mips32_mode {
	u32 entryhi;			/* the ASID */
	u32 *pgd;			/* the shadow table */
	u32 adel, ades, sys, cpu;	/* of dispatch[] */
};

/* Of the vcpu's own thread, but for what says otherwise. */
struct mips32_ctxt {
	u32 gpr[32];
	u32 hi, lo;
	u32 pc;
	/* Of the last exit, as the host's CP0 had it. */
	u32 cause;
	u32 badvaddr;

	/* What the host runs the guest with, set by C before it enters. */
	u32 status;
	u32 entryhi;			/* as in modes[], of the guest's mode now */
	u32 *pgd;
	struct mips32_mode modes[2];	/* user, kernel */
	u32 vector;			/* the guest's own general vector */

	/* The host's, while a guest runs. */
	u32 host_status;
	u32 host_switch;		/* the same with BEV and EXL: EBase may change */
	u32 host_ebase;
	u32 host_sp;

	/* An exit of MIPS32_CODE_*, interrupts off: is the guest to be entered again? */
	bool (*served)(struct mips32_vcpu *owner, u32 code);
	struct mips32_vcpu *owner;
	u32 insn;

	/*
	 * Not zero while the vector page reads an instruction of the guest's: a
	 * fault then finds k1 saved and its own in the register.
	 */
	u32 probing;
	/* Where the general vector goes, by Cause.ExcCode: code in the block. */
	u32 dispatch[32];
	/* Statistics, until the turn ends; mfc0 of Status in the vector page is not counted. */
	u32 quick_rdhwr;
	u32 quick_mfc0, quick_mtc0, quick_eret, quick_syscall;

	/*
	 * The guest's CP0, by register and select; cp0.c has what is special.
	 * Not here: what is in the comm page, see mips32_cp0_offset().
	 */
	u32 cp0[32][8];

	u32 fcr31;
	u64 fpr[32] __aligned(8);
};

#endif
#endif
