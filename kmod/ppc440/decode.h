/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Decoder of the PowerPC 440 instructions that a hypervisor meets: those that trap
 * in a de-privileged kernel, loads and stores, branches.  Pure C: no state, no
 * kernel header, so that tests and fuzzers on the build machine use it too.
 *
 * PPC440x5 CPU Core User's Manual, chapter 9; the FPU's loads and stores as in the
 * PowerPC architecture (440EP).  Not decoded: what neither traps nor accesses memory
 * nor branches; other auxiliary processors; mfdcrx, mtdcrx and whatever else is not on
 * 440x5, which is an illegal instruction there.
 */
#ifndef EMBER_PPC440_DECODE_H
#define EMBER_PPC440_DECODE_H

#include "../lib/pure.h"

enum ppc440_op {
	PPC440_UNKNOWN,
	/* privileged; the two first by the number of their register */
	PPC440_MFSPR,
	PPC440_MTSPR,
	PPC440_MFMSR,
	PPC440_MTMSR,
	PPC440_WRTEE,
	PPC440_WRTEEI,
	PPC440_RFI,
	PPC440_RFCI,
	PPC440_RFMCI,
	PPC440_TLBRE,
	PPC440_TLBWE,
	PPC440_TLBSX,
	PPC440_TLBSYNC,
	PPC440_MFDCR,
	PPC440_MTDCR,
	PPC440_DCBI,
	PPC440_DCCCI,
	PPC440_DCREAD,
	PPC440_ICCCI,
	PPC440_ICREAD,
	/* exceptions on purpose */
	PPC440_SC,
	PPC440_TW,
	PPC440_TWI,
	/* loads and stores of the general registers */
	PPC440_LOAD,		/* lbz lhz lha lwz, lhbrx lwbrx */
	PPC440_STORE,		/* stb sth stw, sthbrx stwbrx */
	PPC440_LMW,
	PPC440_STMW,
	PPC440_LSW,		/* lswi; with PPC440_F_INDEXED: lswx */
	PPC440_STSW,		/* stswi, stswx */
	PPC440_LWARX,
	PPC440_STWCX,
	/* and of the FPU's; with a width of 4 they convert, but not stfiwx */
	PPC440_FPU_LOAD,
	PPC440_FPU_STORE,
	PPC440_STFIWX,
	/* caches, by an address: may raise storage exceptions */
	PPC440_DCBZ,		/* a store of zeros */
	PPC440_DCBA,
	PPC440_CACHE,		/* dcbf dcbst icbi */
	PPC440_TOUCH,		/* dcbt dcbtst icbt: raise none */
	PPC440_MSYNC,
	PPC440_MBAR,
	PPC440_ISYNC,
	/* branches: BO is in rt, BI in ra */
	PPC440_B,
	PPC440_BC,
	PPC440_BCLR,
	PPC440_BCCTR,
	PPC440_NR_OPS
};

/* ppc440_insn.flags */
#define PPC440_F_LOAD		BIT(0)
#define PPC440_F_STORE		BIT(1)
#define PPC440_F_SIGNED		BIT(2)	/* a narrow load extends the sign */
#define PPC440_F_UPDATE		BIT(3)	/* the address goes to ra */
#define PPC440_F_INDEXED	BIT(4)	/* address: ra + rb; else ra + disp */
#define PPC440_F_REVERSE	BIT(5)	/* bytes the other way round: little-endian */
#define PPC440_F_FPU		BIT(6)	/* rt is one of the FPU's */
#define PPC440_F_PRIVILEGED	BIT(7)	/* a program exception in user mode, ESR[PPR] */
#define PPC440_F_BRANCH		BIT(8)
#define PPC440_F_ABSOLUTE	BIT(9)	/* a branch to disp itself */
#define PPC440_F_LINK		BIT(10)	/* writes pc + 4 to LR */
#define PPC440_F_RECORD		BIT(11)	/* writes CR0: stwcx., tlbsx. */
/*
 * An invalid form: reserved bits are set, or registers clash.  Its result is undefined
 * by the architecture; a 440 carries it out (manual, 9.2).
 */
#define PPC440_F_INVALID	BIT(12)

/* One instruction.  rt (also named rs), ra and rb are its fields of these names. */
struct ppc440_insn {
	const char *name;	/* for people, without what flags say: "lwz" */
	u16 flags;
	u8 op;			/* enum ppc440_op */
	u8 width;		/* of one element in memory: 1, 2, 4 or 8 bytes */
	u8 rt, ra, rb;		/* rb: also WS of tlbre and tlbwe; rt: also TO of traps */
	u8 bytes;		/* lmw stmw lswi stswi: all of them, up to 128 */
	u16 spr;		/* number of the SPR or DCR */
	s32 disp;		/* loads, stores, branches: bytes; twi: value; wrteei: E */
};

/*
 * False, with PPC440_UNKNOWN, for what the opening comment leaves out.  Bits of which
 * the instruction has a fixed value and which have another make it unknown; reserved
 * bits don't: see PPC440_F_INVALID.
 */
bool ppc440_decode(u32 word, struct ppc440_insn *insn);

/*
 * The address that @insn uses, given the general registers: ra of 0 is no register.  It is
 * also what F_UPDATE stores in ra.  lswi and stswi have a disp of 0.
 */
static inline u32 ppc440_address(const struct ppc440_insn *insn, const u32 *gpr)
{
	u32 at = insn->ra ? gpr[insn->ra] : 0;

	return at + (insn->flags & PPC440_F_INDEXED ? gpr[insn->rb] : (u32)insn->disp);
}

/* An SPR that user mode may not touch, whether it exists or not (manual, 2.8.2). */
static inline bool ppc440_spr_is_privileged(unsigned int spr)
{
	return spr & 0x10;
}

#endif
