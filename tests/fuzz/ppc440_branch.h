/* SPDX-License-Identifier: GPL-2.0 */
/* What branches do, of which the module emulates none: for tests that run or print them. */
#ifndef EMBER_PPC440_BRANCH_H
#define EMBER_PPC440_BRANCH_H

#include "../../kmod/ppc440/decode.h"

/* Where b or bc at @pc leads if taken.  False: it is not in the instruction. */
static inline bool ppc440_branch_target(const struct ppc440_insn *insn, u32 pc, u32 *target)
{
	if (insn->op != PPC440_B && insn->op != PPC440_BC)
		return false;
	*target = (insn->flags & PPC440_F_ABSOLUTE ? 0 : pc) + (u32)insn->disp;
	return true;
}

#endif
