/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A guest's registers as the world switch moves them, and what it needs beside them.
 *
 * Read after ppc440.h.  Offsets are known to enter.S by ctxt-offsets.h.  Registers stand
 * in the order in which one stmw or lmw moves them.
 */
#ifndef EMBER_PPC440_CONTEXT_H
#define EMBER_PPC440_CONTEXT_H

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
	u32 save[2];			/* of the machine check vector */
	u32 reservation;		/* what a stwcx. without meaning writes to */

	/* TLB misses that are served in the vectors, see shadow.c. */
	struct ppc440_soft *soft;	/* the table of the guest that runs */
	u32 tag;			/* of its space: the lower bits of tags */
	u32 next, first, last;		/* entries of the host's TLB */
	u32 refills[2];			/* how many: data, instructions */
	u32 miss_save[4];
	struct ppc440_slot slot[64];	/* by their numbers; the host's are free */
};
#endif
#endif
