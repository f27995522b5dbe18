// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: the MIPS32 decoder and translator on a page of anything.
 *
 * Whatever the words are, what the translator makes of them must be harmless: in
 * the page, not privileged, and an access of nothing but the comm page.
 *
 * tests/unit/test_mips32_fuzz.c runs it on fixed random inputs; tests/fuzz/Makefile
 * builds it for libFuzzer.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../kmod/mips32/comm.h"
#include "../../kmod/mips32/decode.h"
#include "../../kmod/mips32/translate.h"

#define WORDS 128u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int yes, const char *what, u32 word)
{
	if (yes)
		return;
	fprintf(stderr, "%08x: %s\n", word, what);
	abort();
}

static void check_decoded(u32 word)
{
	struct mips32_insn insn;
	u32 gpr[32] = { 0 };
	bool known = mips32_decode(word, &insn);

	expect(known == (insn.op != MIPS32_UNKNOWN) && insn.op < MIPS32_NR_OPS, "operation", word);
	expect(insn.reg < 32 && insn.rs < 32 && insn.rt < 32 && insn.rd < 32, "registers", word);
	expect(insn.sel < 8, "select", word);
	expect(!(insn.flags & (MIPS32_F_LOAD | MIPS32_F_STORE)) == !insn.width, "width", word);
	expect(insn.name && *insn.name, "name", word);
	if (insn.flags & MIPS32_F_BRANCH)
		expect(!(mips32_next_pc(&insn, 0x40000000, gpr, 0) & 3), "target", word);
}

/* lw, sw of the comm page by $0; synci; sltu; what traps and can be told again */
static void check_new(u32 word, u32 old)
{
	struct mips32_insn insn;
	u32 offset;

	mips32_decode(word, &insn);
	if (mips32_trap_original(word)) {
		expect(mips32_trap_original(word) == old, "original", word);
		return;
	}
	if (insn.op == MIPS32_SYNCI || (word & 0xfc0007ff) == 0x2b)
		return;
	expect(insn.op == MIPS32_LOAD || insn.op == MIPS32_STORE, "new instruction", word);
	expect(!insn.rs && insn.width == 4, "base and width", word);
	offset = (u32)insn.offset;
	expect((offset & ~0xfffu) == MIPS32_COMM || (offset & ~0xfffu) == MIPS32_COMM_ALIAS, "page",
	       word);
	expect((offset & 0xfff) < sizeof(struct mips32_comm), "address", word);
	expect(!(offset & 3), "alignment", word);
}

static void check_translated(const u32 *words, unsigned int nr, unsigned int at)
{
	struct mips32_code code = {
		.words = words,
		.nr = nr,
		.at = at,
		.pc = 0x40100000 + 4 * at,
		.features = words[0] & MIPS32_XLAT_NO_ALIASES,
	};
	struct mips32_patch patch;
	enum mips32_rule rule = mips32_rewrite(&code, &patch);
	u32 word = words[at];

	expect(rule < MIPS32_NR_RULES && *mips32_rule_name(rule), "rule", word);
	expect((rule != MIPS32_RULE_NONE && rule < MIPS32_RULE_STAYS) == !!patch.nr, "words", word);
	expect(patch.nr <= MIPS32_PATCH_MAX && at + patch.nr <= nr, "place", word);
	expect(!memcmp(patch.old, words + at, 4 * patch.nr), "old words", word);
	for (unsigned int i = 0; i < patch.nr; i++)
		check_new(patch.new[i], patch.old[i]);
}

/*
 * The input is a page. Where it begins with an odd byte, its words are nudged to be
 * among those that have a rule.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const u32 bases[] = { 0x40000000, 0x40800000, 0x41606000, 0x41606020,
				     0xbc100000, 0x30000000, 0x000000c0, 0x10000000 };
	static const u32 masks[] = { 0x001ff807, 0x001ff807, 0x001f0000, 0x001f0000,
				     0x03ffffff, 0x03ff0001, 0,		 0x03ff007f };
	u32 words[WORDS];
	unsigned int nr = size / 4 < WORDS ? size / 4 : WORDS;

	memcpy(words, data, 4 * nr);
	for (unsigned int i = 1; nr && words[0] & 1 && i < nr; i++) {
		unsigned int pick = words[i] >> 29;

		words[i] = bases[pick] | (words[i] & masks[pick]);
	}
	for (unsigned int i = 0; i < nr; i++) {
		check_decoded(words[i]);
		check_translated(words, nr, i);
	}
	return 0;
}
