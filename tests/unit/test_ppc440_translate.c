// SPDX-License-Identifier: GPL-2.0
/*
 * The PowerPC 440 translator: its rules and stubs against tables; and programs, which
 * must do the same to all registers and to interrupts when a machine runs them that is
 * privileged, and when one does that is not: it traps, translates what traps often,
 * goes on with the translation, and is left for its hypervisor at any instruction.
 */
#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../kmod/ppc440/decode.h"
#include "../../kmod/ppc440/magic.h"
#include "../../kmod/ppc440/translate.h"
#include "../fuzz/ppc440_branch.h"

#define PC 0xc0004000u
#define STUBS 0xbff00000u
#define EE 0x8000u

#define SPR(n) (((n)&31u) << 16 | ((n) >> 5) << 11)
#define MFSPR(rt, n) (0x7c0002a6u | (u32)(rt) << 21 | SPR(n))
#define MTSPR(n, rs) (0x7c0003a6u | (u32)(rs) << 21 | SPR(n))
#define MFMSR(rt) (0x7c0000a6u | (u32)(rt) << 21)
#define MTMSR(rs) (0x7c000124u | (u32)(rs) << 21)
#define WRTEE(rs) (0x7c000106u | (u32)(rs) << 21)
#define WRTEEI(e) (0x7c000146u | (u32)(e) << 15)
#define LWZ(rt, at) (0x80000000u | (u32)(rt) << 21 | (0xf000u + (at)))
#define STW(rs, at) (0x90000000u | (u32)(rs) << 21 | (0xf000u + (at)))
#define B(from, to) (0x48000000u | (((to) - (from)) & 0x03fffffcu))
#define ADDI(rt, ra, imm) (0x38000000u | (u32)(rt) << 21 | (u32)(ra) << 16 | ((imm)&0xffffu))
#define XORI(ra, rs, imm) (0x68000000u | (u32)(rs) << 21 | (u32)(ra) << 16 | ((imm)&0xffffu))
#define CMPWI(ra, imm) (0x2c000000u | (u32)(ra) << 16 | ((imm)&0xffffu))
#define BC(bo, bi, words) (0x40000000u | (bo) << 21 | (bi) << 16 | (((words)*4) & 0xfffcu))
#define BLR 0x4e800020u
#define NOP 0x60000000u

/* ---- rules ---------------------------------------------------------------- */

static const struct {
	u32 old;
	enum ppc440_rule rule;
	u32 new;
} singles[] = {
	{ MFMSR(0), PPC440_RULE_MFMSR, 0x8000f05c },
	{ MFMSR(31), PPC440_RULE_MFMSR, 0x83e0f05c },
	{ MFSPR(3, 26), PPC440_RULE_READ, LWZ(3, 0x44) },
	{ MTSPR(26, 3), PPC440_RULE_WRITE, STW(3, 0x44) },
	{ MFSPR(3, 27), PPC440_RULE_READ, LWZ(3, 0x4c) },
	{ MTSPR(27, 0), PPC440_RULE_WRITE, STW(0, 0x4c) },
	{ MFSPR(3, 272), PPC440_RULE_READ, LWZ(3, 0x24) },
	{ MTSPR(273, 11), PPC440_RULE_WRITE, STW(11, 0x2c) },
	{ MTSPR(274, 11), PPC440_RULE_WRITE, STW(11, 0x34) },
	{ MFSPR(10, 275), PPC440_RULE_READ, LWZ(10, 0x3c) },
	{ MFSPR(10, 61), PPC440_RULE_READ, LWZ(10, 0x54) },
	{ MTSPR(61, 10), PPC440_RULE_WRITE, STW(10, 0x54) },
	{ MFSPR(10, 62), PPC440_RULE_READ, LWZ(10, 0xc8) },
	{ MTSPR(62, 10), PPC440_RULE_WRITE, STW(10, 0xc8) },
	{ MFSPR(12, 946), PPC440_RULE_READ, LWZ(12, PPC440_MAGIC_MMUCR) },
	{ MTSPR(946, 12), PPC440_RULE_WRITE, STW(12, PPC440_MAGIC_MMUCR) },
	{ MFSPR(12, 48), PPC440_RULE_READ, LWZ(12, PPC440_MAGIC_PID) },
	{ MTSPR(48, 12), PPC440_RULE_STAYS_WRITE, 0 },
	{ MFSPR(12, 58), PPC440_RULE_READ, LWZ(12, PPC440_MAGIC_CSRR0) },
	{ MTSPR(59, 12), PPC440_RULE_WRITE, STW(12, PPC440_MAGIC_CSRR1) },
	{ MFSPR(12, 570), PPC440_RULE_READ, LWZ(12, PPC440_MAGIC_MCSRR0) },
	{ MTSPR(571, 12), PPC440_RULE_WRITE, STW(12, PPC440_MAGIC_MCSRR1) },
	{ MFSPR(4, 287), PPC440_RULE_READ, LWZ(4, PPC440_MAGIC_PVR) },
	{ MTSPR(287, 4), PPC440_RULE_STAYS_WRITE, 0 },
	{ MFSPR(4, 286), PPC440_RULE_READ, LWZ(4, 0xcc) },
	{ MTSPR(276, 4), PPC440_RULE_STAYS_WRITE, 0 }, /* SPRG4 */
	{ MTSPR(279, 4), PPC440_RULE_STAYS_WRITE, 0 },
	{ MFSPR(4, 276), PPC440_RULE_STAYS_READ, 0 },
	{ MFSPR(4, 260), PPC440_RULE_NONE, 0 },
	{ MTSPR(260, 4), PPC440_RULE_NONE, 0 },
	{ MFSPR(4, 8), PPC440_RULE_NONE, 0 },
	{ MTSPR(9, 4), PPC440_RULE_NONE, 0 },
	{ MFSPR(4, 256), PPC440_RULE_NONE, 0 },
	{ MFSPR(4, 268), PPC440_RULE_NONE, 0 },
	{ MTSPR(284, 4), PPC440_RULE_STAYS_WRITE, 0 },
	{ MFSPR(4, 22), PPC440_RULE_STAYS_READ, 0 },
	{ MTSPR(336, 4), PPC440_RULE_STAYS_WRITE, 0 }, /* TSR */
	{ MFMSR(3) | 1, PPC440_RULE_STAYS_INVALID, 0 },
	{ MFSPR(3, 26) | 1, PPC440_RULE_STAYS_INVALID, 0 },
	{ WRTEE(3) | 1u << 16, PPC440_RULE_STAYS_INVALID, 0 },
	{ 0x4c000064, PPC440_RULE_STAYS_RETURN, 0 },
	{ 0x4c000066, PPC440_RULE_STAYS_RETURN, 0 },
	{ 0x4c00004c, PPC440_RULE_STAYS_RETURN, 0 },
	{ 0x7c4107a4, PPC440_RULE_STAYS_TLB, 0 },
	{ 0x7c411f24, PPC440_RULE_STAYS_TLB, 0 },
	{ 0x7c00046c, PPC440_RULE_STAYS_TLB, 0 },
	{ 0x7c611a86, PPC440_RULE_STAYS_DCR, 0 },
	{ 0x7c611b86, PPC440_RULE_STAYS_DCR, 0 },
	{ 0x7c011bac, PPC440_RULE_STAYS_CACHE, 0 },
	{ 0x7c00078c, PPC440_RULE_STAYS_CACHE, 0 },
	{ 0x44000002, PPC440_RULE_NONE, 0 },
	{ LWZ(3, 0x44), PPC440_RULE_NONE, 0 },
	{ NOP, PPC440_RULE_NONE, 0 },
	{ 0, PPC440_RULE_NONE, 0 },
};

static bool is_translated(enum ppc440_rule rule)
{
	return rule != PPC440_RULE_NONE && rule < PPC440_RULE_STAYS;
}

static void test_singles(void **state)
{
	struct ppc440_patch patch;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(singles); i++) {
		u32 word = singles[i].old;
		enum ppc440_rule rule = ppc440_rewrite(word, PC, STUBS, &patch);

		if (rule != singles[i].rule)
			fail_msg("%08x: %s", word, ppc440_rule_name(rule));
		if (is_translated(rule) && (patch.nr || patch.word != singles[i].new))
			fail_msg("%08x: becomes %08x, %u words", word, patch.word, patch.nr);
	}
}

static const struct {
	u32 old;
	enum ppc440_rule rule;
	unsigned int nr, commit, reg;
	u32 stub[12];
} stubs[] = {
	{ WRTEEI(0),
	  PPC440_RULE_DISABLE,
	  6,
	  3,
	  31,
	  { STW(31, 0x130), LWZ(31, 0x5c), 0x57ff045e /* rlwinm r31,r31,0,17,15 */, STW(31, 0x5c),
	    LWZ(31, 0x130), B(STUBS + 20, PC + 4) } },
	{ WRTEEI(1),
	  PPC440_RULE_ENABLE,
	  8,
	  5,
	  31,
	  { STW(31, 0x130), LWZ(31, 0x64), 0x0f1f0000 /* twi 24,r31,0 */, LWZ(31, 0x5c),
	    0x63ff8000 /* ori r31,r31,32768 */, STW(31, 0x5c), LWZ(31, 0x130),
	    B(STUBS + 28, PC + 4) } },
	{ WRTEE(9),
	  PPC440_RULE_WRTEE,
	  9,
	  6,
	  31,
	  { STW(31, 0x130), LWZ(31, 0x64), 0x7fff4838 /* and r31,r31,r9 */, 0x0f1f0000,
	    LWZ(31, 0x5c), 0x513f0420 /* rlwimi r31,r9,0,16,16 */, STW(31, 0x5c), LWZ(31, 0x130),
	    B(STUBS + 32, PC + 4) } },
	{ WRTEE(31),
	  PPC440_RULE_WRTEE,
	  9,
	  6,
	  30,
	  { STW(30, 0x130), LWZ(30, 0x64), 0x7fdef838, 0x0f1e0000, LWZ(30, 0x5c), 0x53fe0420,
	    STW(30, 0x5c), LWZ(30, 0x130), B(STUBS + 32, PC + 4) } },
	{ MTMSR(0),
	  PPC440_RULE_MTMSR,
	  11,
	  8,
	  31,
	  { STW(31, 0x130), LWZ(31, 0x5c), 0x7fff0278 /* xor r31,r31,r0 */, 0x57ff045e, 0x0f1f0000,
	    LWZ(31, 0x64), 0x7fff0038, 0x0f1f0000, STW(0, 0x5c), LWZ(31, 0x130),
	    B(STUBS + 40, PC + 4) } },
};

static void test_stubs(void **state)
{
	struct ppc440_patch patch;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(stubs); i++) {
		u32 word = stubs[i].old;

		assert_int_equal(ppc440_rewrite(word, PC, STUBS, &patch), stubs[i].rule);
		assert_int_equal(patch.word, B(PC, STUBS));
		if (patch.nr != stubs[i].nr || patch.commit != stubs[i].commit ||
		    patch.reg != stubs[i].reg)
			fail_msg("%08x: %u words, commit at %u, r%u", word, patch.nr, patch.commit,
				 patch.reg);
		for (unsigned int k = 0; k < patch.nr; k++)
			if (patch.stub[k] != stubs[i].stub[k])
				fail_msg("%08x: word %u is %08x", word, k, patch.stub[k]);
	}
}

/* Both branches have 26 bits, the one back starts at the stub's end. */
static void test_reach(void **state)
{
	static const struct {
		u32 pc, stub;
		bool near;
	} places[] = {
		{ 0x4000, 0, false }, /* there is no slot */
		{ 0x4000, 0x40, true },
		{ 0xc0000000, 0xbe000000, true }, /* there, as far as it goes */
		{ 0xc0000004, 0xbe000000, false },
		{ 0xc0000000, 0xc1ffffc0, true },
		{ 0xbfffffc0, 0xc1ffffc0, false }, /* there */
		{ 0xbfffffdc, 0xc1ffffc0, true }, /* back, as far as it goes */
		{ 0xbfffffd8, 0xc1ffffc0, false },
		{ 0xd1000000, 0xbff00000, false },
	};
	struct ppc440_patch patch;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		enum ppc440_rule rule =
			ppc440_rewrite(WRTEE(3), places[i].pc, places[i].stub, &patch);

		if ((rule == PPC440_RULE_WRTEE) != places[i].near)
			fail_msg("%08x, %08x: %s", places[i].pc, places[i].stub,
				 ppc440_rule_name(rule));
		assert_int_equal(ppc440_rewrite(MFMSR(3), places[i].pc, places[i].stub, &patch),
				 PPC440_RULE_MFMSR);
	}
}

/* ---- a machine ------------------------------------------------------------------ */

#define PROGRAM 64u
#define SLOTS PROGRAM

struct machine {
	u32 code[PROGRAM];
	u32 gpr[32];
	u32 cr, lr, ctr;
	u32 msr; /* the de-privileged machine keeps EE in the page */
	u32 page[1024]; /* both keep plain registers here; one is addressed by the other's code */
	u32 dec, pid, sprg4[4]; /* not plain */
	u32 pc;
	bool pending;
	unsigned int taken;
	u32 taken_at;
	/* the de-privileged one */
	bool translates;
	u32 original[PROGRAM];
	u8 hits[PROGRAM];
	struct slot {
		u32 pc, word;
		u32 stub[PPC440_STUB_WORDS];
	} slots[SLOTS];
	unsigned int nr_slots;
	unsigned int traps, stubs, leaves, restored;
};

static u64 seed;

static u32 random_word(void)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return seed >> 32;
}

static u32 *word_of(struct machine *m, u32 offset)
{
	return &m->page[offset / 4];
}

/* Of the page's word only EE is the guest's to change. */
static u32 get_msr(struct machine *m)
{
	if (!m->translates)
		return m->msr;
	return (m->msr & ~EE) | (*word_of(m, PPC440_MAGIC_MSR) & EE);
}

static void set_msr(struct machine *m, u32 msr)
{
	m->msr = msr;
	*word_of(m, PPC440_MAGIC_MSR) = msr;
}

/* An interrupt is delivered if it may be; its handler leaves everything as it was. */
static void deliver(struct machine *m)
{
	if (m->pending && get_msr(m) & EE) {
		m->pending = false;
		m->taken++;
		m->taken_at = m->pc;
	}
	*word_of(m, PPC440_MAGIC_PENDING) = m->pending ? EE : 0;
}

static u32 *plain_spr(struct machine *m, unsigned int spr)
{
	static const struct {
		u16 spr, offset;
	} plain[] = {
		{ 26, PPC440_MAGIC_SRR0 },    { 27, PPC440_MAGIC_SRR1 },
		{ 272, PPC440_MAGIC_SPRG0 },  { 273, PPC440_MAGIC_SPRG1 },
		{ 274, PPC440_MAGIC_SPRG2 },  { 275, PPC440_MAGIC_SPRG3 },
		{ 61, PPC440_MAGIC_DEAR },    { 62, PPC440_MAGIC_ESR },
		{ 946, PPC440_MAGIC_MMUCR },  { 58, PPC440_MAGIC_CSRR0 },
		{ 59, PPC440_MAGIC_CSRR1 },   { 570, PPC440_MAGIC_MCSRR0 },
		{ 571, PPC440_MAGIC_MCSRR1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(plain); i++)
		if (plain[i].spr == spr)
			return word_of(m, plain[i].offset);
	return NULL;
}

/* Registers that are more than a word, or user mode's. */
static u32 *other_spr(struct machine *m, unsigned int spr)
{
	if (spr == 8)
		return &m->lr;
	if (spr == 9)
		return &m->ctr;
	if (spr == 48)
		return &m->pid;
	if (spr == 22)
		return &m->dec;
	if ((spr & ~0x13u) == 260) /* SPRG4 to 7 have two numbers each */
		return &m->sprg4[spr & 3];
	return NULL;
}

static u32 *any_spr(struct machine *m, unsigned int spr)
{
	u32 *reg = plain_spr(m, spr);

	reg = reg ? reg : other_spr(m, spr);
	if (!reg)
		fail_msg("SPR %u is not modelled", spr);
	return reg;
}

static void write_spr(struct machine *m, unsigned int spr, u32 value)
{
	*any_spr(m, spr) = value;
	*word_of(m, PPC440_MAGIC_PID) = m->pid;
}

/* A privileged instruction, or another of an SPR, as the architecture has it. */
static void privileged(struct machine *m, const struct ppc440_insn *insn)
{
	u32 *rt = &m->gpr[insn->rt], msr = get_msr(m);

	switch (insn->op) {
	case PPC440_MFMSR:
		*rt = msr;
		break;
	case PPC440_MTMSR:
		set_msr(m, *rt);
		break;
	case PPC440_WRTEE:
		set_msr(m, (msr & ~EE) | (*rt & EE));
		break;
	case PPC440_WRTEEI:
		set_msr(m, insn->disp ? msr | EE : msr & ~EE);
		break;
	case PPC440_MFSPR:
		*rt = *any_spr(m, insn->spr);
		break;
	case PPC440_MTSPR:
		write_spr(m, insn->spr, *rt);
		break;
	default:
		fail_msg("%s is not modelled", insn->name);
	}
}

/* Bits mb to me, in the manual's order, around the end if need be. */
static u32 mask_of(unsigned int mb, unsigned int me)
{
	u32 begin = ~0u >> mb, end = ~0u << (31 - me);

	return mb <= me ? begin & end : begin | end;
}

static u32 rotate(u32 value, unsigned int n)
{
	return n ? value << n | value >> (32 - n) : value;
}

static void rotate_and_mask(struct machine *m, u32 word)
{
	u32 mask = mask_of(word >> 6 & 31, word >> 1 & 31), *ra = &m->gpr[word >> 16 & 31];
	u32 value = rotate(m->gpr[word >> 21 & 31], word >> 11 & 31) & mask;

	*ra = word >> 26 == 20 ? value | (*ra & ~mask) : value;
}

static void compare(struct machine *m, s32 a, s32 b)
{
	m->cr = (m->cr & 0x0fffffff) | (a < b ? 8u : a > b ? 4u : 2u) << 28;
}

static void access_page(struct machine *m, const struct ppc440_insn *insn)
{
	u32 at = ppc440_address(insn, m->gpr);

	if (at < PPC440_MAGIC || at & 3 || insn->width != 4)
		fail_msg("an access of %08x", at);
	if (insn->op == PPC440_LOAD)
		m->gpr[insn->rt] = m->page[(at - PPC440_MAGIC) / 4];
	else
		m->page[(at - PPC440_MAGIC) / 4] = m->gpr[insn->rt];
}

/* The others that programs and stubs consist of; registers in the usual places. */
static void plain(struct machine *m, u32 word)
{
	u32 *rt = &m->gpr[word >> 21 & 31], *ra = &m->gpr[word >> 16 & 31];
	u32 rb = m->gpr[word >> 11 & 31], imm = word & 0xffff;

	if (word >> 26 == 14)
		*rt = (word >> 16 & 31 ? *ra : 0) + (u32)(int16_t)imm;
	else if (word >> 26 == 24)
		*ra = *rt | imm;
	else if (word >> 26 == 26)
		*ra = *rt ^ imm;
	else if (word >> 26 == 11)
		compare(m, *ra, (int16_t)imm);
	else if (word >> 26 == 20 || word >> 26 == 21)
		rotate_and_mask(m, word);
	else if ((word & 0xfc0007ff) == 0x7c000038)
		*ra = *rt & rb;
	else if ((word & 0xfc0007ff) == 0x7c000278)
		*ra = *rt ^ rb;
	else
		fail_msg("%08x is not modelled", word);
}

/* bc with the conditions that programs have: by CR, by CTR, always. */
static bool is_taken(struct machine *m, unsigned int bo, unsigned int bi)
{
	if (!(bo & 4) && (--m->ctr == 0) != !!(bo & 2))
		return false;
	return bo & 16 || (m->cr >> (31 - bi) & 1) == !!(bo & 8);
}

static void branch(struct machine *m, const struct ppc440_insn *insn)
{
	u32 target = m->lr, next = m->pc + 4;

	ppc440_branch_target(insn, m->pc, &target);
	if (insn->op == PPC440_B || is_taken(m, insn->rt, insn->ra))
		m->pc = target;
	else
		m->pc = next;
	if (insn->flags & PPC440_F_LINK)
		m->lr = next;
}

static bool in_stub(const struct machine *m)
{
	return m->pc - STUBS < SLOTS * PPC440_STUB_BYTES;
}

static u32 fetch(struct machine *m)
{
	u32 off = m->pc - STUBS;

	if (in_stub(m)) {
		assert_in_range(off / PPC440_STUB_BYTES, 0, m->nr_slots - 1);
		return m->slots[off / PPC440_STUB_BYTES].stub[off / 4 % PPC440_STUB_WORDS];
	}
	/* Programs have no end. */
	m->pc = PC + (m->pc - PC) % (4 * PROGRAM);
	return m->code[(m->pc - PC) / 4];
}

/* True: it trapped, and nothing has happened yet. */
static bool execute(struct machine *m)
{
	u32 word = fetch(m);
	struct ppc440_insn insn;

	ppc440_decode(word, &insn);
	if (insn.op == PPC440_TWI) {
		assert_int_equal(insn.rt, 24);
		assert_int_equal(insn.disp, 0);
		if (m->gpr[insn.ra])
			return true;
	} else if (insn.flags & PPC440_F_BRANCH) {
		branch(m, &insn);
		return false;
	} else if (insn.flags & PPC440_F_PRIVILEGED && m->translates) {
		return true;
	} else if (insn.flags & PPC440_F_PRIVILEGED || insn.op == PPC440_MFSPR ||
		   insn.op == PPC440_MTSPR) {
		privileged(m, &insn);
	} else if (insn.flags & (PPC440_F_LOAD | PPC440_F_STORE)) {
		access_page(m, &insn);
	} else {
		plain(m, word);
	}
	m->pc += 4;
	return false;
}

/* ---- its hypervisor --------------------------------------------------------------- */

/* Out of a stub, if it is in one. */
static void leave(struct machine *m)
{
	u32 off = m->pc - STUBS, at = off / 4 % PPC440_STUB_WORDS;
	struct ppc440_patch patch;
	struct slot *slot;

	if (!in_stub(m))
		return;
	slot = &m->slots[off / PPC440_STUB_BYTES];
	ppc440_rewrite(slot->word, slot->pc, m->pc - 4 * at, &patch);
	m->pc = ppc440_stub_leave(&patch, slot->pc, at, *word_of(m, PPC440_MAGIC_SAVED), m->gpr);
	m->leaves++;
}

static void restore(struct machine *m, unsigned int at)
{
	if (!m->original[at])
		return;
	m->code[at] = m->original[at];
	m->original[at] = 0;
	m->hits[at] = 0;
	m->restored++;
}

/* The second trap at a place translates it. */
static bool adapt(struct machine *m, unsigned int at)
{
	struct slot *slot = &m->slots[m->nr_slots];
	u32 stub = m->nr_slots < SLOTS ? STUBS + m->nr_slots * PPC440_STUB_BYTES : 0;
	u32 word = m->code[at];
	struct ppc440_patch patch;

	if (++m->hits[at] < 2 || !is_translated(ppc440_rewrite(word, m->pc, stub, &patch)))
		return false;
	m->original[at] = word;
	m->code[at] = patch.word;
	if (patch.nr) {
		slot->pc = m->pc;
		slot->word = word;
		memcpy(slot->stub, patch.stub, 4 * patch.nr);
		m->nr_slots++;
	}
	return true;
}

/* What traps in a stub has not been carried out, and is now. */
static void trap(struct machine *m)
{
	bool from_stub = in_stub(m);
	struct ppc440_insn insn;
	unsigned int at;

	m->traps++;
	leave(m);
	at = (m->pc - PC) / 4;
	assert_in_range(at, 0, PROGRAM - 1);
	if (from_stub || !adapt(m, at)) {
		ppc440_decode(from_stub ? m->original[at] : m->code[at], &insn);
		privileged(m, &insn);
		m->pc += 4;
	}
	deliver(m);
}

/* An exit to the host at any instruction, perhaps since an interrupt has come. */
static void kick(struct machine *m, bool interrupt)
{
	leave(m);
	m->pending |= interrupt;
	deliver(m);
}

/* ---- both ------------------------------------------------------------------------------ */

static void same_state(struct machine *a, struct machine *b, const char *what)
{
	static const u16 sprs[] = { 26, 27,  272, 273, 274, 275, 61,  62,  946, 58,
				    59, 570, 571, 48,  22,  276, 277, 278, 279 };

	if (a->pc != b->pc)
		fail_msg("%s: at %08x, not %08x", what, b->pc, a->pc);
	for (unsigned int i = 0; i < 32; i++)
		if (a->gpr[i] != b->gpr[i])
			fail_msg("%s: r%u is %08x, not %08x", what, i, b->gpr[i], a->gpr[i]);
	for (size_t i = 0; i < ARRAY_SIZE(sprs); i++)
		if (*any_spr(a, sprs[i]) != *any_spr(b, sprs[i]))
			fail_msg("%s: SPR %u is %08x, not %08x", what, sprs[i],
				 *any_spr(b, sprs[i]), *any_spr(a, sprs[i]));
	if (get_msr(a) != get_msr(b))
		fail_msg("%s: MSR is %08x, not %08x", what, get_msr(b), get_msr(a));
	if (*word_of(b, PPC440_MAGIC_MSR) != get_msr(b))
		fail_msg("%s: mfmsr reads %08x, not %08x", what, *word_of(b, PPC440_MAGIC_MSR),
			 get_msr(b));
	if (a->cr != b->cr || a->lr != b->lr || a->ctr != b->ctr)
		fail_msg("%s: CR, LR, CTR: %08x %08x %08x, not %08x %08x %08x", what, b->cr, b->lr,
			 b->ctr, a->cr, a->lr, a->ctr);
	if (a->taken != b->taken || a->taken_at != b->taken_at || a->pending != b->pending)
		fail_msg("%s: %u interrupts, the last at %08x, not %u, %08x", what, b->taken,
			 b->taken_at, a->taken, a->taken_at);
}

/*
 * One instruction of the guest. Before word @at of what the de-privileged machine
 * runs, it is kicked: where it is found decides whether that was before the instruction
 * or behind it for the other one.
 */
static void step_both(struct machine *a, struct machine *b, int at, bool interrupt)
{
	u32 begin;

	fetch(b);
	begin = b->pc;
	for (int i = 0; i <= 2 * (int)PPC440_STUB_WORDS; i++) {
		bool was_stub = in_stub(b);

		if (i == at) {
			kick(b, interrupt);
			if (b->pc == begin) {
				a->pending |= interrupt;
				deliver(a);
			} else {
				execute(a);
				a->pending |= interrupt;
				deliver(a);
				return;
			}
			was_stub = false;
		}
		if (execute(b)) {
			trap(b);
			if (b->pc == begin) /* translated now */
				continue;
			break;
		}
		b->stubs += was_stub && !in_stub(b);
		if (!in_stub(b))
			break;
	}
	assert_false(in_stub(b));
	execute(a);
	deliver(a);
}

static void init_pair(struct machine *a, struct machine *b)
{
	*b = *a;
	b->translates = true;
	set_msr(b, a->msr);
	deliver(a);
	deliver(b);
}

/* ---- every stub, left at every word ------------------------------------------------------ */

static unsigned int cases;

/* @bits: MSR[EE] before; EE in the register; another bit in it; what waits already. */
static void try_stub(u32 word, unsigned int bits, int at, bool interrupt)
{
	static struct machine a, b;
	char what[100];

	memset(&a, 0, sizeof(a));
	a.msr = 0x00021000 | (bits & 1 ? EE : 0);
	for (unsigned int i = 0; i < 32; i++)
		a.gpr[i] = 0x00021000 | (bits & 2 ? EE : 0) | (bits & 4 ? i << 20 : 0);
	a.pending = bits & 8;
	a.pc = PC;
	a.cr = 0x12345678;
	a.lr = 0x89abcdef;
	a.ctr = 0xdeadbeef;
	a.code[0] = word;
	a.code[1] = NOP;
	init_pair(&a, &b);
	b.hits[0] = 1;
	adapt(&b, 0);
	snprintf(what, sizeof(what), "%08x, case %x, left at %d%s", word, bits, at,
		 interrupt ? " for an interrupt" : "");
	step_both(&a, &b, at, interrupt);
	same_state(&a, &b, what);
	step_both(&a, &b, -1, false);
	same_state(&a, &b, what);
	cases++;
}

static void test_every_word(void **state)
{
	static const u32 words[] = { WRTEEI(0), WRTEEI(1), WRTEE(0), WRTEE(9),
				     WRTEE(30), WRTEE(31), MTMSR(0), MTMSR(9),
				     MTMSR(30), MTMSR(31), MFMSR(3), MFMSR(31) };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		for (unsigned int bits = 0; bits < 16; bits++)
			for (int at = -1; at <= (int)PPC440_STUB_WORDS; at++) {
				try_stub(words[i], bits, at, false);
				try_stub(words[i], bits, at, true);
			}
	print_message("%u cases\n", cases);
}

/* ---- random programs ------------------------------------------------------------------- */

#define STEPS 400u

/* Few, so that values come around, and those that stubs use. */
static unsigned int any_reg(void)
{
	static const u8 regs[] = { 0, 1, 3, 9, 10, 30, 31, 31 };

	return regs[random_word() % ARRAY_SIZE(regs)];
}

static u32 any_spr_insn(void)
{
	static const u16 sprs[] = { 26, 27, 272, 273, 274, 275, 61, 62, 946,
				    58, 59, 570, 571, 48,  22,	8,  9 };
	unsigned int spr = sprs[random_word() % ARRAY_SIZE(sprs)];

	if (random_word() % 8 == 0)
		return random_word() % 2 ? MTSPR(276 + random_word() % 4, any_reg())
					 : MFSPR(any_reg(), 260 + random_word() % 4);
	return random_word() % 2 ? MTSPR(spr, any_reg()) : MFSPR(any_reg(), spr);
}

static int any_place(unsigned int from)
{
	return (int)(random_word() % PROGRAM) - (int)from;
}

static u32 any_insn(unsigned int at)
{
	static const u8 bos[] = { 4, 12, 16, 18, 20 };

	switch (random_word() % 12) {
	case 0:
		return WRTEEI(random_word() % 2);
	case 1:
	case 2:
		return WRTEE(any_reg());
	case 3:
		return MTMSR(any_reg());
	case 4:
	case 5:
		return MFMSR(any_reg());
	case 6:
	case 7:
		return any_spr_insn();
	case 8:
		return XORI(any_reg(), any_reg(), random_word() % 2 ? EE : random_word());
	case 9:
		return CMPWI(any_reg(), random_word());
	case 10:
		return BC(bos[random_word() % ARRAY_SIZE(bos)], random_word() % 4, any_place(at)) |
		       random_word() % 2;
	default:
		return ADDI(any_reg(), any_reg(), random_word());
	}
}

static void make_program(struct machine *m)
{
	unsigned int i = 0, reg;

	while (i + 4 < PROGRAM) {
		reg = any_reg();
		switch (random_word() % 8) {
		case 0: /* as Linux saves and restores */
			m->code[i++] = MFMSR(reg);
			m->code[i++] = WRTEEI(0);
			m->code[i++] = WRTEE(reg);
			break;
		case 1: /* a change of one bit */
			m->code[i++] = MFMSR(reg);
			m->code[i++] = XORI(reg, reg, random_word() % 2 ? EE : 0x2000);
			m->code[i++] = MTMSR(reg);
			break;
		default:
			m->code[i] = any_insn(i);
			i++;
		}
	}
	while (i < PROGRAM)
		m->code[i++] = NOP;
}

static void make_machines(struct machine *a, struct machine *b)
{
	memset(a, 0, sizeof(*a));
	for (unsigned int i = 0; i < 32; i++)
		a->gpr[i] = random_word();
	a->msr = 0x00021000 | (random_word() & EE);
	a->cr = random_word();
	a->ctr = random_word() % 4;
	a->lr = PC + 4 * (random_word() % PROGRAM);
	a->pc = PC;
	make_program(a);
	init_pair(a, b);
}

static void run_both(struct machine *a, struct machine *b)
{
	char what[40];

	for (unsigned int i = 0; i < STEPS; i++) {
		bool kicked = !(random_word() % 4), interrupt = !(random_word() % 4);

		snprintf(what, sizeof(what), "step %u", i);
		step_both(a, b, kicked ? (int)(random_word() % 12) : -1, interrupt);
		fetch(a);
		fetch(b);
		same_state(a, b, what);
		/* The guest writes to its code. */
		if (!(random_word() % 32))
			restore(b, random_word() % PROGRAM);
	}
}

static void test_programs(void **state)
{
	unsigned int traps = 0, done = 0, leaves = 0, taken = 0, restored = 0;
	static struct machine a, b;

	(void)state;
	for (u64 run = 1; run <= 1500; run++) {
		seed = run;
		make_machines(&a, &b);
		run_both(&a, &b);
		traps += b.traps;
		done += b.stubs;
		leaves += b.leaves;
		taken += b.taken;
		restored += b.restored;
	}
	print_message("%u traps, %u stubs run, %u left, %u interrupts, %u words restored\n", traps,
		      done, leaves, taken, restored);
	assert_true(done > 20000);
	assert_true(leaves > 5000);
	assert_true(taken > 5000);
	assert_true(restored > 1000);
}

/* ---- a real kernel -------------------------------------------------------------- */

static u32 big32(const void *p)
{
	const u8 *b = p;

	return (u32)b[0] << 24 | (u32)b[1] << 16 | (u32)b[2] << 8 | b[3];
}

static u32 big16(const void *p)
{
	return big32(p) >> 16;
}

/* The text: the first segment that is executed. */
static u8 *load_text(const char *path, u32 *at, u32 *size)
{
	FILE *file = fopen(path, "rb");
	Elf32_Ehdr eh;
	Elf32_Phdr ph;
	unsigned int i = 0;
	u8 *text;

	if (!file || fread(&eh, sizeof(eh), 1, file) != 1 || memcmp(eh.e_ident, ELFMAG, SELFMAG))
		fail_msg("%s is no kernel", path);
	do {
		assert_true(i < big16(&eh.e_phnum));
		fseek(file, big32(&eh.e_phoff) + i++ * big16(&eh.e_phentsize), SEEK_SET);
		assert_int_equal(fread(&ph, sizeof(ph), 1, file), 1);
	} while (big32(&ph.p_type) != PT_LOAD || !(big32(&ph.p_flags) & PF_X));
	*at = big32(&ph.p_vaddr);
	*size = big32(&ph.p_filesz);
	text = malloc(*size);
	fseek(file, big32(&ph.p_offset), SEEK_SET);
	assert_int_equal(fread(text, 1, *size, file), *size);
	fclose(file);
	return text;
}

/* Needs EMBER_PPC440_VMLINUX: a guest kernel. */
static void test_corpus(void **state)
{
	const char *path = getenv("EMBER_PPC440_VMLINUX");
	unsigned int counts[PPC440_NR_RULES] = { 0 }, all = 0, done = 0;
	struct ppc440_patch patch;
	u32 at, size;
	u8 *text;

	(void)state;
	if (!path)
		skip();
	text = load_text(path, &at, &size);
	for (u32 i = 0; i + 4 <= size; i += 4)
		counts[ppc440_rewrite(big32(text + i), at + i, 0xbff00000, &patch)]++;
	for (unsigned int i = 1; i < PPC440_NR_RULES; i++) {
		print_message("%-20s %6u\n", ppc440_rule_name(i), counts[i]);
		all += counts[i];
		done += is_translated(i) ? counts[i] : 0;
	}
	print_message("%u of %u privileged instructions\n", done, all);
	free(text);
	assert_true(done > all / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_singles),	 cmocka_unit_test(test_stubs),
		cmocka_unit_test(test_reach),	 cmocka_unit_test(test_every_word),
		cmocka_unit_test(test_programs), cmocka_unit_test(test_corpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
