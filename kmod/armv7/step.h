/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a guest's next instruction goes: what single step needs to know on
 * processors that offer breakpoints but no step of their own.  Pure C.
 */
#ifndef EMBER_ARMV7_STEP_H
#define EMBER_ARMV7_STEP_H

#include "../lib/pure.h"

/* The guest before the instruction. */
struct armv7_step {
	u32 r[16];		/* of its mode; r[15] is the instruction's address */
	u32 cpsr;
	u32 spsr;		/* of its mode; cpsr where there is none */
	u32 vectors;		/* where exceptions go (B1.8.1) */
	bool thumb_vectors;	/* SCTLR.TE */
	/* Read @len bytes at the guest's virtual @va; 0 or -errno. */
	int (*read)(void *arg, u32 va, void *data, unsigned int len);
	void *arg;
};

struct armv7_target {
	u32 pc;
	bool thumb;
};

/*
 * Where @opcode (in the shape of armv7_decode()) leads, unless it ends in an
 * abort, an undefined exception or an interrupt.  Traps to Hyp mode (HVC, SMC,
 * WFI) are taken for instructions that lead to the next.  0, or what read() said
 * when the new pc lies in memory that can't be read.
 */
int armv7_step_target(const struct armv7_step *s, u32 opcode,
		      struct armv7_target *target);

/* ConditionPassed() for condition @cond, 0 to 15, and flags @psr (A8.3.1). */
bool armv7_condition_holds(unsigned int cond, u32 psr);

/* ITSTATE (B1.3.3); 0 outside of an IT block, else bits 7-4 are a condition. */
u32 armv7_it_state(u32 psr);

#endif
