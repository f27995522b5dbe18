/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Run-time binary translation: which plain instructions take the place of a
 * privileged one in a guest kernel's code.  Pure C; patch.c finds the code and
 * changes it, comm.h has the page that the new instructions access.
 *
 * - One word takes the place of one word, so that every branch still leads where
 *   it led, and a return address, an entry in an exception table or a kprobe
 *   means the same.  Each new word alone does not depend on where it stands.
 * - Three words are changed together only in `di rt; andi rt,rt,1; ehb`, which is
 *   how Linux saves and disables interrupts.  No word in there may be branched
 *   to, from the same page at least.  An interrupt between the new words finds
 *   VIE as it was before `di`, and leaves it so.  When `di` has trapped and been
 *   changed, the guest must run it again as it is now: the word behind it expects
 *   VIE, not Status.
 * - What has been changed stays right in whatever state the guest is: with the
 *   comm page not mapped, each of these words raises a TLB exception (those below: an
 *   address error), of which the cause can be told by the address.  So words need not
 *   be changed back while the guest may be in between.
 * - `ei` stores $sp, which is never 0 in a kernel that has a stack: with a $sp of 0
 *   interrupts would stay disabled.
 * - What one word cannot do (mfc0 and mtc0 of Status, eret) becomes a load or store
 *   that raises an address error, and the address tells the vector page at once which of
 *   them it was, and of which register.  Nothing has to be fetched and taken apart.
 *   A guest kernel that reaches for these addresses itself (MIPS32_TRAP_LOADS, in a
 *   segment that it does not have) gets what the instruction would have done instead
 *   of its address error; so does one that jumps there, and in a delay slot it goes on
 *   somewhere.  That is in the guest's own kernel only.
 */
#ifndef EMBER_MIPS32_TRANSLATE_H
#define EMBER_MIPS32_TRANSLATE_H

#include "../lib/pure.h"

/* The row that decided about an instruction. */
enum mips32_rule {
	MIPS32_RULE_NONE,		/* it needs no translation */
	MIPS32_RULE_DI,
	MIPS32_RULE_IRQ_SAVE,		/* di rt; andi rt,rt,1; ehb */
	MIPS32_RULE_EI,
	MIPS32_RULE_READ,		/* mfc0 of a word of the comm page */
	MIPS32_RULE_WRITE,		/* mtc0 of one */
	MIPS32_RULE_SYNCI,		/* cache, on an address */
	MIPS32_RULE_STATUS,		/* mfc0 and mtc0 of Status: a trap, but a short one */
	MIPS32_RULE_ERET,		/* the same */
	/* from here on it must go on trapping */
	MIPS32_RULE_STAYS,
	MIPS32_RULE_STAYS_DI = MIPS32_RULE_STAYS,	/* di rt in other company */
	MIPS32_RULE_STAYS_EI,		/* ei rt */
	MIPS32_RULE_STAYS_STATUS,	/* in a delay slot, perhaps */
	MIPS32_RULE_STAYS_READ,		/* other CP0 registers */
	MIPS32_RULE_STAYS_WRITE,	/* and those where a write has effects */
	MIPS32_RULE_STAYS_CACHE,	/* by index, other caches */
	MIPS32_RULE_STAYS_TLB,
	MIPS32_RULE_STAYS_RETURN,	/* deret; eret in a delay slot */
	MIPS32_RULE_STAYS_WAIT,
	MIPS32_RULE_STAYS_SHADOW,	/* rdpgpr, wrpgpr: there are no shadow sets */
	MIPS32_NR_RULES
};

/* The data cache has no aliases: cache operations on its addresses are synci. */
#define MIPS32_XLAT_NO_ALIASES	BIT(0)

#define MIPS32_PATCH_MAX	3

/* Code of one page, as much of it as is known to be the guest kernel's. */
struct mips32_code {
	const u32 *words;
	unsigned int nr;
	unsigned int at;	/* the instruction in question */
	u32 pc;			/* its address */
	u32 features;		/* MIPS32_XLAT_* */
};

/* Words @at, @at + 1, ... are to become new[] if they still are old[]. */
struct mips32_patch {
	unsigned int nr;
	u32 old[MIPS32_PATCH_MAX];
	u32 new[MIPS32_PATCH_MAX];
};

/*
 * The rule for the instruction at @code->at.  @patch is filled in, with nr > 0, if
 * it is below MIPS32_RULE_STAYS and not NONE; else nr is 0.
 */
enum mips32_rule mips32_rewrite(const struct mips32_code *code,
				struct mips32_patch *patch);

/* What has become the word @word that traps, or 0: it is the guest's own. */
u32 mips32_trap_original(u32 word);

/* For tests. */
const char *mips32_rule_name(enum mips32_rule rule);

#endif
