// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: the PowerPC 440 decoder and translator on any words at any addresses.
 *
 * Whatever the words are, what the translator makes of them must be harmless: not
 * privileged, accesses of nothing but the magic page, branches to the stub and back
 * only, and no register changed but the one that is given back.
 *
 * tests/unit/test_ppc440_fuzz.c runs it on fixed random inputs; tests/fuzz/Makefile
 * builds it for libFuzzer.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../kmod/ppc440/decode.h"
#include "../../kmod/ppc440/magic.h"
#include "../../kmod/ppc440/translate.h"
#include "ppc440_branch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int yes, const char *what, u32 word)
{
	if (yes)
		return;
	fprintf(stderr, "%08x: %s\n", word, what);
	abort();
}

static void check_decoded(u32 word, u32 pc)
{
	struct ppc440_insn insn;
	u32 gpr[32] = { 0 }, target = 0;
	bool known = ppc440_decode(word, &insn);

	expect(known == (insn.op != PPC440_UNKNOWN) && insn.op < PPC440_NR_OPS, "operation", word);
	expect(insn.rt < 32 && insn.ra < 32 && insn.rb < 32, "registers", word);
	expect(insn.spr < 1024 && insn.bytes <= 128, "numbers", word);
	expect(!(insn.flags & (PPC440_F_LOAD | PPC440_F_STORE)) == !insn.width, "width", word);
	expect(insn.name && *insn.name, "name", word);
	if (insn.flags & (PPC440_F_LOAD | PPC440_F_STORE))
		expect(ppc440_address(&insn, gpr) == (u32)insn.disp, "address", word);
	if (ppc440_branch_target(&insn, pc, &target))
		expect(!(target & 3) && insn.flags & PPC440_F_BRANCH, "target", word);
}

/* Another word of the magic page than was asked for would still be one of these. */
static void check_access(u32 word, const struct ppc440_insn *insn)
{
	u32 offset = (u32)insn->disp - PPC440_MAGIC;

	expect(insn->op == PPC440_LOAD || insn->op == PPC440_STORE, "access", word);
	expect(!insn->ra && insn->width == 4 && !(insn->flags & ~3u), "base and width", word);
	expect(offset <= PPC440_MAGIC_SAVED && !(offset & 3), "address", word);
}

static bool leads_to(u32 word, u32 pc, u32 to)
{
	struct ppc440_insn insn;
	u32 target;

	ppc440_decode(word, &insn);
	return insn.op == PPC440_B && !(insn.flags & PPC440_F_LINK) &&
	       ppc440_branch_target(&insn, pc, &target) && target == to;
}

/* and, xor, ori, rlwinm, rlwimi without Rc; which register do they write? */
static int result_of(u32 word)
{
	bool logical = (word & 0xfc0007ff) == 0x7c000038 || (word & 0xfc0007ff) == 0x7c000278;
	bool rotate = word >> 27 == 10 && !(word & 1);

	return logical || rotate || word >> 26 == 24 ? (int)(word >> 16 & 31) : -1;
}

/* Anything but the last word of a stub. */
static void check_stub_word(u32 word, const struct ppc440_patch *patch, unsigned int at)
{
	struct ppc440_insn insn;

	if (!ppc440_decode(word, &insn)) {
		expect(result_of(word) == patch->reg, "result", word);
		return;
	}
	if (insn.op == PPC440_TWI) {
		expect(at < patch->commit && insn.ra == patch->reg, "trap", word);
		return;
	}
	check_access(word, &insn);
	if (insn.op == PPC440_LOAD)
		expect(insn.rt == patch->reg, "load", word);
	else
		expect(!at || at == patch->commit, "store", word);
}

static void check_stub(const struct ppc440_patch *patch, u32 word, u32 pc, u32 stub)
{
	unsigned int last = patch->nr - 1u, i;
	struct ppc440_insn insn;

	ppc440_decode(word, &insn);
	expect(patch->nr <= PPC440_STUB_WORDS && patch->commit < last, "words", word);
	expect(patch->reg < 32 && patch->reg != insn.rt, "saved register", word);
	expect(leads_to(patch->word, pc, stub), "way there", word);
	expect(leads_to(patch->stub[last], stub + 4 * last, pc + 4), "way back", word);
	for (i = 0; i < last; i++)
		check_stub_word(patch->stub[i], patch, i);
}

static void check_left(const struct ppc440_patch *patch, u32 word, u32 pc)
{
	u32 gpr[32], was[32], next;

	for (unsigned int at = 0; at < patch->nr; at++) {
		memset(gpr, 0x55, sizeof(gpr));
		memcpy(was, gpr, sizeof(was));
		next = ppc440_stub_leave(patch, pc, at, 0xaaaaaaaa, gpr);
		expect(next == (at > patch->commit ? pc + 4 : pc), "place", word);
		expect(gpr[patch->reg] == (at ? 0xaaaaaaaa : 0x55555555), "register", word);
		gpr[patch->reg] = was[patch->reg];
		expect(!memcmp(gpr, was, sizeof(was)), "other registers", word);
	}
}

static void check_translated(u32 word, u32 pc, u32 stub)
{
	struct ppc440_patch patch, again;
	struct ppc440_insn insn, new;
	enum ppc440_rule rule = ppc440_rewrite(word, pc, stub, &patch);

	expect(rule < PPC440_NR_RULES && *ppc440_rule_name(rule), "rule", word);
	ppc440_decode(word, &insn);
	expect((rule != PPC440_RULE_NONE) == !!(insn.flags & PPC440_F_PRIVILEGED), "need", word);
	if (rule == PPC440_RULE_NONE || rule >= PPC440_RULE_STAYS)
		return;
	expect(ppc440_rewrite(word, pc, stub, &again) == rule && again.word == patch.word, "again",
	       word);
	if (patch.nr) {
		check_stub(&patch, word, pc, stub);
		check_left(&patch, word, pc);
		return;
	}
	expect(ppc440_decode(patch.word, &new) && new.rt == insn.rt, "new instruction", word);
	check_access(patch.word, &new);
}

/* A word, its address, the stub's; every other word is nudged to be one that has a rule. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const u32 bases[] = { 0x7c0000a6, 0x7c000124, 0x7c000106, 0x7c000146,
				     0x7c0002a6, 0x7c0003a6, 0x7c000286, 0x4c000000 };
	static const u32 masks[] = { 0x03e00001, 0x03e00001, 0x03e10000, 0x00008000,
				     0x03fff801, 0x03fff801, 0x03fff900, 0x03ffffff };
	u32 in[3], word;

	for (size_t i = 0; i + sizeof(in) <= size; i += sizeof(in)) {
		memcpy(in, data + i, sizeof(in));
		word = in[0];
		if (i & 4)
			word = bases[in[2] & 7] | (word & masks[in[2] & 7]);
		in[1] &= ~3u;
		/* Half of them in reach. */
		in[2] = in[2] & 8 ? in[1] + ((int32_t)in[2] >> 6) : in[2];
		check_decoded(word, in[1]);
		check_translated(word, in[1], in[2] & ~(PPC440_STUB_BYTES - 1u));
	}
	return 0;
}
