/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Run-time binary translation: which plain instructions take the place of a
 * privileged one in a guest kernel's code.  Pure C; patch.c finds the code and
 * changes it, magic.h has the page that the new instructions access.
 *
 * - One word takes the place of one word, so that branches, return addresses and
 *   tables of exceptions go on meaning the same.  It is a load or store of the magic
 *   page, or a branch to a stub.
 * - A stub is a few instructions in memory that is the hypervisor's but in the address
 *   space of the guest's kernel.  It uses one register, which it keeps in the
 *   magic page, and no other: CR, XER, LR and CTR stay as they are.
 * - What a stub cannot do it leaves to the hypervisor, by a trap instruction: a program
 *   exception with ESR[PTR].  That is when an interrupt waits for the MSR[EE] that
 *   would be set, or when mtmsr changes more than MSR[EE].
 * - Nobody ever sees the guest within a stub.  One instruction, the commit, does the
 *   work.  When the guest is left before or at it, for whatever reason, it is at the
 *   original instruction, which has not been carried out; behind it, the guest is
 *   at the next one.  ppc440_stub_leave() says so and gives the register back.
 *   So an interrupt that comes between a stub's look at PENDING and its commit
 *   makes the stub look again.
 */
#ifndef EMBER_PPC440_TRANSLATE_H
#define EMBER_PPC440_TRANSLATE_H

#include "../lib/pure.h"

/* The row that decided about an instruction. */
enum ppc440_rule {
	PPC440_RULE_NONE,		/* it needs no translation */
	PPC440_RULE_MFMSR,
	PPC440_RULE_READ,		/* mfspr of a word of the magic page */
	PPC440_RULE_WRITE,		/* mtspr of one */
	PPC440_RULE_WRTEE,		/* from here on with a stub */
	PPC440_RULE_DISABLE,		/* wrteei 0 */
	PPC440_RULE_ENABLE,		/* wrteei 1 */
	PPC440_RULE_MTMSR,
	/* from here on it must go on trapping */
	PPC440_RULE_STAYS,
	PPC440_RULE_STAYS_FAR = PPC440_RULE_STAYS,	/* no stub in reach */
	PPC440_RULE_STAYS_INVALID,	/* an invalid form */
	PPC440_RULE_STAYS_READ,		/* other SPRs */
	PPC440_RULE_STAYS_WRITE,	/* and those where a write has effects */
	PPC440_RULE_STAYS_RETURN,	/* rfi and its like */
	PPC440_RULE_STAYS_TLB,
	PPC440_RULE_STAYS_DCR,
	PPC440_RULE_STAYS_CACHE,
	PPC440_NR_RULES
};

/* A stub has its place in one slot: 64 bytes, at a multiple of that. */
#define PPC440_STUB_WORDS	16
#define PPC440_STUB_BYTES	(4 * PPC440_STUB_WORDS)

struct ppc440_patch {
	u32 word;		/* takes the place of the original one */
	u8 nr;			/* of stub; 0: none is needed */
	u8 commit;		/* the word of the stub that does the work */
	u8 reg;			/* saved by the stub's first word */
	u32 stub[PPC440_STUB_WORDS];
};

/*
 * The rule for the instruction @word at @pc.  @stub: address of a free slot, or 0; both are
 * effective addresses of the guest's kernel.  @patch is filled in if the rule is
 * below PPC440_RULE_STAYS and not NONE.  The same arguments give the same patch at any
 * time, so that of a slot only these need to be remembered.
 */
enum ppc440_rule ppc440_rewrite(u32 word, u32 pc, u32 stub,
				struct ppc440_patch *patch);

/*
 * The guest, at word @at of the stub of the instruction at @pc (it has not run that
 * word, or not to its end), leaves it: its new pc is the value.  @saved: the word
 * PPC440_MAGIC_SAVED.
 */
static inline u32 ppc440_stub_leave(const struct ppc440_patch *patch, u32 pc,
				    unsigned int at, u32 saved, u32 *gpr)
{
	if (at)
		gpr[patch->reg] = saved;
	return at > patch->commit ? pc + 4 : pc;
}

/* For tests. */
const char *ppc440_rule_name(enum ppc440_rule rule);

#endif
