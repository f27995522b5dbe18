/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A guest's registers as the world switch moves them, and what it needs beside them.
 *
 * Read after ppc440.h.  Offsets are known to enter.S by ctxt-offsets.h.  Registers stand
 * in the order in which one stmw or lmw moves them.
 */
#ifndef EMBER_PPC440_CONTEXT_H
#define EMBER_PPC440_CONTEXT_H

#include <asm/reg.h>

/* IVPR has 16 bits: the block of vectors is as large as it is aligned. */
#define PPC440_BLOCK_ORDER	4
#define PPC440_BLOCK_SIZE	0x10000
/* Behind the vectors of any host: the code of enter.S, and what the code finds. */
#define PPC440_BLOCK_CODE	0xc000
#define PPC440_BLOCK_DATA	0xf000

/* Interrupts by the number of their IVOR (manual, table 6-1). */
#define PPC440_IVOR_CRITICAL	0
#define PPC440_IVOR_MCHECK	1
#define PPC440_IVOR_DSI		2
#define PPC440_IVOR_ISI		3
#define PPC440_IVOR_EXTERNAL	4
#define PPC440_IVOR_ALIGNMENT	5
#define PPC440_IVOR_PROGRAM	6
#define PPC440_IVOR_FPU		7
#define PPC440_IVOR_SC		8
#define PPC440_IVOR_APU		9
#define PPC440_IVOR_DEC		10
#define PPC440_IVOR_FIT		11
#define PPC440_IVOR_WATCHDOG	12
#define PPC440_IVOR_DTLB	13
#define PPC440_IVOR_ITLB	14
#define PPC440_IVOR_DEBUG	15
#define PPC440_NR_IVORS		16

/* What the vectors answer: struct ppc440_block.answered. */
#define PPC440_ANSWER_DTLB	0
#define PPC440_ANSWER_ITLB	1
#define PPC440_ANSWER_SC	2
#define PPC440_ANSWER_RFI	3
#define PPC440_NR_ANSWERS	4

/* Bits of the guest's MSR (manual, 6.4.1)... */
#define PPC440_MSR_BITS		(MSR_WE | MSR_CE | MSR_EE | MSR_PR | MSR_FP | \
				 MSR_ME | MSR_FE0 | MSR_DWE | MSR_DE | MSR_FE1 | \
				 MSR_IS | MSR_DS)
/* ... those that a non-critical interrupt leaves alone... */
#define PPC440_KEPT_BY_BASE	(MSR_CE | MSR_ME | MSR_DE)
/* ... and the host's while any guest runs; besides what the FPU needs. */
#define PPC440_HOST_MSR		(MSR_PR | MSR_EE | MSR_ME | MSR_IS | MSR_DS)

/* The host's PID for the guest's kernel in address space 0: see shadow.c. */
#define PPC440_PID_KERNEL	1

#define PPC440_INSN_RFI		0x4c000064

/* The table of struct ppc440_soft. */
#define PPC440_SOFT_ORDER	3
#define PPC440_SOFT_BITS	11

#ifndef __ASSEMBLY__
#include <linux/types.h>

/* Of the vcpu's own thread. */
struct ppc440_ctxt {
	u32 gpr[32];
	u32 pc, cr, lr, ctr, xer;
	/* Of the last exit; dear and esr are right where the interrupt sets them. */
	u32 esr, dear, code;
	/* What the host's registers hold for the guest: users read these. */
	u32 sprg[4];		/* SPRG4-7 */
	u32 msr;		/* what the host runs the guest with */

	u32 host_sp;
	u32 host_ivpr, guest_ivpr;
};

/* What is in a TLB entry of the host's that is ours. */
struct ppc440_slot {
	u32 pageid, xlat;		/* as of tlbwe; pageid 0: nothing */
	u32 tag;			/* lowest byte: the PID */
	u32 pad;
};

/* Of a table by EA >> 12: what an entry of the TLB is to be filled with. */
struct ppc440_soft {
	u32 tag;			/* EA of the page | number of the round | PID */
	u32 xlat, attrib, pageid;
};

/* At PPC440_BLOCK_DATA. */
struct ppc440_block {
	struct ppc440_ctxt *ctxt;	/* of the guest that runs */
	u32 host_ivpr;
	u32 host_mcheck;		/* the host's machine check handler */
	u32 mcheck_saved[2];		/* of the machine check vector */
	u32 reservation;		/* what a stwcx. without meaning writes to */

	u32 saved[6];			/* of the other vectors: r26 to r31 */
	u32 answered[PPC440_NR_ANSWERS];	/* how many have not been exits */

	/* TLB misses that are served in the vectors, see shadow.c. */
	struct ppc440_soft *soft;	/* the table of the guest that runs */
	u32 tag;			/* of its space: the lower bits of tags */
	u32 next, first, last;		/* entries of the host's TLB */
	struct ppc440_slot slot[64];	/* by their numbers; the host's are free */
};
#endif
#endif
