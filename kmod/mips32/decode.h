/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Decoder of the MIPS32 instructions that a hypervisor meets: those that trap in
 * a de-privileged kernel, loads and stores, branches.  Pure C: no state, no
 * kernel header, so that tests and fuzzers on the build machine use it too.
 *
 * MIPS32 release 1 and 2 (MD00086, vol. II-A).  Not decoded: MIPS16e, microMIPS
 * and JALX, which leads to them; coprocessor 2; the DSP, MT, EVA and MIPS-3D
 * extensions; and whatever runs unprivileged and is neither a memory access
 * nor a branch.
 */
#ifndef EMBER_MIPS32_DECODE_H
#define EMBER_MIPS32_DECODE_H

#include "../lib/pure.h"

enum mips32_op {
	MIPS32_UNKNOWN,
	/* privileged */
	MIPS32_MFC0,
	MIPS32_MTC0,
	MIPS32_RDPGPR,
	MIPS32_WRPGPR,
	MIPS32_DI,
	MIPS32_EI,
	MIPS32_TLBR,
	MIPS32_TLBWI,
	MIPS32_TLBWR,
	MIPS32_TLBP,
	MIPS32_ERET,
	MIPS32_DERET,
	MIPS32_WAIT,
	MIPS32_CACHE,
	MIPS32_RDHWR,		/* as HWREna says */
	/* exceptions on purpose */
	MIPS32_SYSCALL,
	MIPS32_BREAK,
	MIPS32_SDBBP,
	MIPS32_TRAP,		/* tge, teqi, ... */
	/* integer loads and stores */
	MIPS32_LOAD,		/* lb lbu lh lhu lw */
	MIPS32_STORE,		/* sb sh sw */
	MIPS32_LWL,
	MIPS32_LWR,
	MIPS32_SWL,
	MIPS32_SWR,
	MIPS32_LL,
	MIPS32_SC,
	/* the FPU's: lwc1 ldc1 swc1 sdc1 and their indexed forms */
	MIPS32_FPU_LOAD,
	MIPS32_FPU_STORE,
	/* address memory without moving data: may miss the TLB, or not even that */
	MIPS32_SYNCI,
	MIPS32_PREF,
	MIPS32_SYNC,
	/* branches and jumps, all with a delay slot */
	MIPS32_J,		/* also jal */
	MIPS32_JR,		/* also jalr and the .hb forms */
	MIPS32_BEQ,		/* these also stand for their likely forms, */
	MIPS32_BNE,
	MIPS32_BLEZ,
	MIPS32_BGTZ,
	MIPS32_BLTZ,		/* and these for those that link */
	MIPS32_BGEZ,
	MIPS32_BC1F,
	MIPS32_BC1T,
	MIPS32_NR_OPS
};

/* mips32_insn.flags */
#define MIPS32_F_LOAD		BIT(0)
#define MIPS32_F_STORE		BIT(1)
#define MIPS32_F_SIGNED		BIT(2)	/* a narrow load extends the sign */
#define MIPS32_F_FPU		BIT(3)	/* reg is one of the FPU's */
#define MIPS32_F_INDEXED	BIT(4)	/* address: rs + rt; else rs + offset */
#define MIPS32_F_ALIGN8		BIT(5)	/* luxc1, suxc1: low address bits are dropped */
#define MIPS32_F_BRANCH		BIT(6)
#define MIPS32_F_LIKELY		BIT(7)	/* not taken: the delay slot is not run */
#define MIPS32_F_LINK		BIT(8)	/* writes pc + 8 to register reg */
#define MIPS32_F_CP0		BIT(9)	/* privileged: CpU 0 in user mode */

/*
 * One instruction.  rs, rt and rd are its fields of these names whatever they
 * mean in it: cache has its operation in rt, rdhwr the number in rd.
 */
struct mips32_insn {
	const char *name;	/* for people: "lw" */
	u16 flags;
	u8 op;			/* enum mips32_op */
	u8 width;		/* of the memory access: 1, 2, 4 or 8 bytes */
	u8 rs, rt, rd;
	u8 sel;			/* of CP0 registers; condition code of bc1 */
	u8 reg;			/* what is loaded, stored or linked */
	s32 offset;		/* loads, stores, branches: in bytes */
	u32 target;		/* j, jal: address in the delay slot's 256 MiB */
};

/*
 * False, with MIPS32_UNKNOWN, for what the opening comment leaves out.  Fields
 * that must be zero and are not make an instruction unknown, hints do not.
 */
bool mips32_decode(u32 word, struct mips32_insn *insn);

/* The address that @insn uses, given the general registers. */
static inline u32 mips32_address(const struct mips32_insn *insn, const u32 *gpr)
{
	u32 at = gpr[insn->rs];

	at += insn->flags & MIPS32_F_INDEXED ? gpr[insn->rt] : (u32)insn->offset;
	return insn->flags & MIPS32_F_ALIGN8 ? at & ~7u : at;
}

/*
 * Where execution goes on after the delay slot of @branch, which is at @pc.
 * @gpr: the general registers as they are before the instruction in the delay
 * slot, or before the branch: a branch can be run again (vol. II-A, on JALR and
 * BGEZAL), so that the link register need not have its old value.  @fcr31: the
 * FPU's, for bc1.  A likely branch that is not taken leads behind its slot.
 * Bit 0 of what jr finds is left for the caller to look at (MIPS16e).
 */
u32 mips32_next_pc(const struct mips32_insn *branch, u32 pc, const u32 *gpr,
		   u32 fcr31);

#endif
