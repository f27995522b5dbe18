// SPDX-License-Identifier: GPL-2.0
/*
 * The MIPS32 translator: its rules against a table; and random programs, which
 * must do the same to the registers, to CP0 and to interrupts when a machine
 * runs them that has all of CP0, and when a de-privileged one does, which traps,
 * translates what traps often, and goes on with the translation.
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

#include "../../kmod/mips32/comm.h"
#include "../../kmod/mips32/decode.h"
#include "../../kmod/mips32/translate.h"

#define PC 0x40100000u
#define NOP 0u
#define EHB 0xc0u
#define ERET 0x42000018u
#define DI(rt) (0x41606000u | (u32)(rt) << 16)
#define EI(rt) (0x41606020u | (u32)(rt) << 16)
#define MFC0(rt, rd, sel) (0x40000000u | (u32)(rt) << 16 | (rd) << 11 | (sel))
#define MTC0(rt, rd, sel) (0x40800000u | (u32)(rt) << 16 | (rd) << 11 | (sel))
#define ANDI(rt, rs, imm) (0x30000000u | (u32)(rs) << 21 | (u32)(rt) << 16 | (imm))
#define ADDIU(rt, rs, imm) (0x24000000u | (u32)(rs) << 21 | (u32)(rt) << 16 | ((imm)&0xffff))
#define BEQ(rs, rt, words) (0x10000000u | (u32)(rs) << 21 | (u32)(rt) << 16 | ((words)&0xffff))
#define CACHE(op, rs, imm) (0xbc000000u | (u32)(rs) << 21 | (op) << 16 | (imm))
#define SYNCI(rs, imm) (0x041f0000u | (u32)(rs) << 21 | (imm))
#define LW(rt, at) (0x8c000000u | (u32)(rt) << 16 | (at))
#define SW(rt, at) (0xac000000u | (u32)(rt) << 16 | (at))
#define SLTU(rd, rs, rt) (0x2bu | (u32)(rs) << 21 | (u32)(rt) << 16 | (rd) << 11)
#define J(address) (0x08000000u | ((address)&0x0fffffff) >> 2)

/* ---- rules ---------------------------------------------------------------- */

static const struct {
	u32 old;
	enum mips32_rule rule;
	u32 new;
} singles[] = {
	{ DI(0), MIPS32_RULE_DI, SW(0, 0x7000) },
	{ EI(0), MIPS32_RULE_EI, SW(29, 0x3000) },
	{ EI(4), MIPS32_RULE_STAYS_EI, 0 },
	{ DI(4), MIPS32_RULE_STAYS_DI, 0 },
	{ MFC0(26, 14, 0), MIPS32_RULE_READ, LW(26, 0x7000 + MIPS32_COMM_EPC) },
	{ MTC0(26, 14, 0), MIPS32_RULE_WRITE, SW(26, 0x7000 + MIPS32_COMM_EPC) },
	{ MFC0(26, 4, 0), MIPS32_RULE_READ, LW(26, 0x7000 + MIPS32_COMM_CONTEXT) },
	{ MTC0(26, 4, 0), MIPS32_RULE_STAYS_WRITE, 0 },
	{ MFC0(2, 4, 2), MIPS32_RULE_READ, LW(2, 0x7000 + MIPS32_COMM_USERLOCAL) },
	{ MFC0(2, 4, 1), MIPS32_RULE_STAYS_READ, 0 },
	{ MFC0(2, 13, 0), MIPS32_RULE_READ, LW(2, 0x7000 + MIPS32_COMM_CAUSE) },
	{ MTC0(2, 13, 0), MIPS32_RULE_STAYS_WRITE, 0 },
	{ MTC0(2, 2, 0), MIPS32_RULE_WRITE, SW(2, 0x7000 + MIPS32_COMM_ENTRYLO0) },
	{ MFC0(2, 2, 0), MIPS32_RULE_STAYS_READ, 0 },
	{ MTC0(2, 10, 0), MIPS32_RULE_STAYS_WRITE, 0 },
	{ MFC0(2, 12, 0), MIPS32_RULE_STATUS, LW(2, 0x8042) },
	{ MFC0(31, 12, 0), MIPS32_RULE_STATUS, LW(31, 0x805f) },
	{ MTC0(2, 12, 0), MIPS32_RULE_STATUS, SW(2, 0x8302) },
	{ MTC0(0, 12, 0), MIPS32_RULE_STATUS, SW(0, 0x8300) },
	{ MFC0(2, 12, 1), MIPS32_RULE_STAYS_READ, 0 },
	{ MFC0(2, 9, 0), MIPS32_RULE_STAYS_READ, 0 },
	{ MTC0(2, 11, 0), MIPS32_RULE_STAYS_WRITE, 0 },
	{ CACHE(0x10, 4, 0xfffc), MIPS32_RULE_SYNCI, SYNCI(4, 0xfffc) },
	{ CACHE(0x15, 4, 32), MIPS32_RULE_SYNCI, SYNCI(4, 32) },
	{ CACHE(0x19, 4, 32), MIPS32_RULE_SYNCI, SYNCI(4, 32) },
	{ CACHE(0x11, 4, 32), MIPS32_RULE_SYNCI, SYNCI(4, 32) },
	{ CACHE(0x00, 4, 32), MIPS32_RULE_STAYS_CACHE, 0 },
	{ CACHE(0x01, 4, 32), MIPS32_RULE_STAYS_CACHE, 0 },
	{ CACHE(0x17, 4, 32), MIPS32_RULE_STAYS_CACHE, 0 },
	{ CACHE(0x14, 4, 32), MIPS32_RULE_STAYS_CACHE, 0 },
	{ ERET, MIPS32_RULE_ERET, SW(0, 0x8320) },
	{ 0x4200001f, MIPS32_RULE_STAYS_RETURN, 0 },
	{ 0x42000006, MIPS32_RULE_STAYS_TLB, 0 },
	{ 0x42000020, MIPS32_RULE_STAYS_WAIT, 0 },
	{ 0x41441800, MIPS32_RULE_STAYS_SHADOW, 0 },
	{ 0x7c03e83b, MIPS32_RULE_NONE, 0 }, /* rdhwr: user mode's, too */
	{ 0x0000000c, MIPS32_RULE_NONE, 0 },
	{ NOP, MIPS32_RULE_NONE, 0 },
	{ LW(4, 0x7000), MIPS32_RULE_NONE, 0 },
};

static enum mips32_rule translate(const u32 *words, unsigned int nr, unsigned int at, u32 features,
				  struct mips32_patch *patch)
{
	struct mips32_code code = {
		.words = words,
		.nr = nr,
		.at = at,
		.pc = PC + 4 * at,
		.features = features,
	};

	memset(patch, 0xff, sizeof(*patch));
	return mips32_rewrite(&code, patch);
}

static void test_singles(void **state)
{
	struct mips32_patch patch;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(singles); i++) {
		u32 word = singles[i].old, words[] = { NOP, word };
		enum mips32_rule rule = translate(words, 2, 1, MIPS32_XLAT_NO_ALIASES, &patch);
		bool changed = rule != MIPS32_RULE_NONE && rule < MIPS32_RULE_STAYS;

		if (rule != singles[i].rule)
			fail_msg("%08x: %s", word, mips32_rule_name(rule));
		if (patch.nr != changed)
			fail_msg("%08x: %u words", word, patch.nr);
		if (changed && (patch.old[0] != word || patch.new[0] != singles[i].new))
			fail_msg("%08x: becomes %08x", word, patch.new[0]);
	}
}

/* In a delay slot, and where it may be one, what would go on behind it stays. */
static void test_slots(void **state)
{
	static const u32 olds[] = { MFC0(2, 12, 0), MTC0(2, 12, 0), ERET };
	struct mips32_patch patch;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(olds); i++) {
		u32 words[] = { olds[i], BEQ(0, 0, 3), olds[i] };

		assert_true(translate(words, 3, 0, 0, &patch) >= MIPS32_RULE_STAYS);
		assert_true(translate(words, 3, 2, 0, &patch) >= MIPS32_RULE_STAYS);
		words[1] = NOP;
		assert_true(translate(words, 3, 2, 0, &patch) < MIPS32_RULE_STAYS);
		assert_int_equal(mips32_trap_original(patch.new[0]), olds[i]);
	}
	assert_int_equal(mips32_trap_original(LW(2, 0x8043)), 0);
	assert_int_equal(mips32_trap_original(SW(1, 0x8320)), 0);
	assert_int_equal(mips32_trap_original(LW(2, 0x7000)), 0);
}

/* Where the data cache has aliases only the instruction cache is synci's. */
static void test_aliases(void **state)
{
	struct mips32_patch patch;
	u32 data = CACHE(0x15, 4, 0), insn = CACHE(0x10, 4, 0);

	(void)state;
	assert_int_equal(translate(&data, 1, 0, 0, &patch), MIPS32_RULE_STAYS_CACHE);
	assert_int_equal(translate(&insn, 1, 0, 0, &patch), MIPS32_RULE_SYNCI);
}

#define SAVE(rt) DI(rt), ANDI(rt, rt, 1), EHB

static void test_irq_save(void **state)
{
	static const u32 code[] = { NOP, SAVE(2), NOP };
	struct mips32_patch patch;

	(void)state;
	assert_int_equal(translate(code, 5, 1, 0, &patch), MIPS32_RULE_IRQ_SAVE);
	assert_int_equal(patch.nr, 3);
	assert_memory_equal(patch.old, code + 1, 12);
	assert_int_equal(patch.new[0], LW(2, 0x7000));
	assert_int_equal(patch.new[1], SLTU(2, 0, 2));
	assert_int_equal(patch.new[2], SW(0, 0x7000));
}

static const struct {
	const char *what;
	unsigned int nr, at;
	u32 words[8];
} no_groups[] = {
	{ "another mask", 4, 1, { NOP, DI(2), ANDI(2, 2, 3), EHB } },
	{ "another register", 4, 1, { NOP, DI(2), ANDI(3, 2, 1), EHB } },
	{ "no ehb", 4, 1, { NOP, DI(2), ANDI(2, 2, 1), NOP } },
	{ "end of the page", 3, 1, { NOP, DI(2), ANDI(2, 2, 1) } },
	{ "start of the page", 3, 0, { SAVE(2) } },
	{ "delay slot", 4, 1, { BEQ(0, 0, 3), SAVE(2) } },
	{ "branch to andi", 6, 1, { NOP, SAVE(2), BEQ(0, 3, -3), NOP } },
	{ "branch to ehb", 6, 2, { BEQ(0, 3, 3), NOP, SAVE(2) } },
	{ "jump to ehb", 6, 1, { NOP, SAVE(2), J(PC + 12), NOP } },
};

static void test_no_group(void **state)
{
	struct mips32_patch patch;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(no_groups); i++)
		if (translate(no_groups[i].words, no_groups[i].nr, no_groups[i].at, 0, &patch) !=
			    MIPS32_RULE_STAYS_DI ||
		    patch.nr)
			fail_msg("%s", no_groups[i].what);
}

/* ---- a machine ------------------------------------------------------------------ */

#define PROGRAM 64u
#define STEPS 400u
#define SP 29
#define STATUS_EXL 2u
#define ENTRYLO_MASK 0x3fffffffu
#define PAGEMASK_MASK 0x1fffe000u

struct machine {
	u32 code[PROGRAM];
	u32 gpr[32];
	u32 status; /* the de-privileged machine keeps IE in comm.vie */
	u32 compare, context, cause, badvaddr, entryhi, index;
	struct mips32_comm comm;
	unsigned int pc; /* index */
	unsigned int jump; /* behind the delay slot, if in it */
	bool slot;
	bool pending;
	unsigned int taken, traps, changed;
	/* the de-privileged one */
	bool translates;
	u8 hits[PROGRAM];
	u8 group[PROGRAM]; /* 1, 2: the second and third word of one */
};

static u64 seed;

static u32 random_word(void)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return seed >> 32;
}

static bool enabled(const struct machine *m)
{
	return m->comm.vie && !(m->status & STATUS_EXL);
}

static void set_gpr(struct machine *m, unsigned int n, u32 value)
{
	if (n)
		m->gpr[n] = value;
}

static u32 *cp0(struct machine *m, unsigned int rd, unsigned int sel, u32 *mask)
{
	*mask = ~0u;
	switch (rd << 3 | sel) {
	case 2 << 3:
		*mask = ENTRYLO_MASK;
		return &m->comm.entrylo0;
	case 3 << 3:
		*mask = ENTRYLO_MASK;
		return &m->comm.entrylo1;
	case 4 << 3 | 2:
		return &m->comm.userlocal;
	case 5 << 3:
		*mask = PAGEMASK_MASK;
		return &m->comm.pagemask;
	case 11 << 3:
		return &m->compare;
	case 14 << 3:
		return &m->comm.epc;
	case 30 << 3:
		return &m->comm.errorepc;
	}
	return NULL;
}

/* Registers of which translated code reads a copy. */
static u32 *copied(struct machine *m, unsigned int rd)
{
	return rd == 0	  ? &m->index
	       : rd == 4  ? &m->context
	       : rd == 8  ? &m->badvaddr
	       : rd == 10 ? &m->entryhi
	       : rd == 13 ? &m->cause
			  : NULL;
}

static void refresh(struct machine *m)
{
	m->comm.index = m->index;
	m->comm.context = m->context;
	m->comm.badvaddr = m->badvaddr;
	m->comm.entryhi = m->entryhi;
	m->comm.cause = m->cause;
}

static u32 read_cp0(struct machine *m, const struct mips32_insn *insn)
{
	u32 mask, *reg = cp0(m, insn->rd, insn->sel, &mask);

	if (insn->rd == 12)
		return mips32_comm_status(&m->comm, m->status);
	return reg ? *reg & mask : *copied(m, insn->rd);
}

static void write_cp0(struct machine *m, const struct mips32_insn *insn)
{
	u32 value = m->gpr[insn->rt], mask, *reg = cp0(m, insn->rd, insn->sel, &mask);

	if (insn->rd == 12) {
		m->status = value & 0xff02;
		m->comm.vie = value & 1;
	} else if (reg) {
		*reg = value & mask;
	} else {
		*copied(m, insn->rd) = value;
	}
}

/* A privileged instruction, as the architecture has it. */
static void privileged(struct machine *m, const struct mips32_insn *insn)
{
	switch (insn->op) {
	case MIPS32_DI:
	case MIPS32_EI:
		set_gpr(m, insn->rt, mips32_comm_status(&m->comm, m->status));
		m->comm.vie = insn->op == MIPS32_EI;
		break;
	case MIPS32_MFC0:
		set_gpr(m, insn->rt, read_cp0(m, insn));
		break;
	case MIPS32_MTC0:
		write_cp0(m, insn);
		break;
	case MIPS32_CACHE:
		break;
	default:
		fail_msg("%s is not modelled", insn->name);
	}
}

/* The guest's nth trap at a place translates it: the guest is to run it again. */
static bool adapt(struct machine *m)
{
	struct mips32_code code = {
		.words = m->code,
		.nr = PROGRAM,
		.at = m->pc,
		.pc = PC + 4 * m->pc,
		.features = MIPS32_XLAT_NO_ALIASES,
	};
	struct mips32_patch patch;

	if (++m->hits[m->pc] < 2)
		return false;
	mips32_rewrite(&code, &patch);
	for (unsigned int i = 0; i < patch.nr; i++) {
		assert_int_equal(m->code[m->pc + i], patch.old[i]);
		m->code[m->pc + i] = patch.new[i];
		m->changed++;
	}
	return patch.nr;
}

static void access_comm(struct machine *m, const struct mips32_insn *insn)
{
	u32 at = mips32_address(insn, m->gpr), off = at & 0xfff;
	u32 *word = (u32 *)((u8 *)&m->comm + off);

	if (off + 4 > sizeof(m->comm) || (at & ~0xfffu & ~0x4000u) != 0x3000)
		fail_msg("an access of %08x", at);
	if (insn->op == MIPS32_LOAD) {
		set_gpr(m, insn->reg, *word);
	} else if (at < 0x7000 && m->pending && !m->comm.vie) {
		m->traps++; /* Mod: the alias is write-protected */
		m->comm.vie = 1;
	} else {
		*word = m->gpr[insn->reg];
	}
}

/* The few others that programs here consist of. */
static void plain(struct machine *m, u32 word)
{
	unsigned int rs = word >> 21 & 31, rt = word >> 16 & 31, rd = word >> 11 & 31;

	if (word >> 26 == 0x0c)
		set_gpr(m, rt, m->gpr[rs] & (word & 0xffff));
	else if (word >> 26 == 0x09)
		set_gpr(m, rt, m->gpr[rs] + (u32)(int16_t)word);
	else if (word >> 26 == 0 && (word & 0x3f) == 0x2b)
		set_gpr(m, rd, m->gpr[rs] < m->gpr[rt]);
	else if (word != NOP && word != EHB)
		fail_msg("%08x is not modelled", word);
}

static void execute(struct machine *m, u32 word);

/* What the hypervisor does about an instruction that trapped. */
static void trap(struct machine *m, const struct mips32_insn *insn)
{
	m->traps++;
	if (adapt(m)) {
		execute(m, m->code[m->pc]);
		return;
	}
	privileged(m, insn);
	refresh(m);
}

/* The address error of what has been translated so. */
static void short_trap(struct machine *m, u32 original)
{
	struct mips32_insn insn;

	assert_false(m->slot);
	m->traps++;
	mips32_decode(original, &insn);
	privileged(m, &insn);
}

static void execute(struct machine *m, u32 word)
{
	struct mips32_insn insn;

	mips32_decode(word, &insn);
	if (insn.flags & MIPS32_F_CP0)
		m->translates ? trap(m, &insn) : privileged(m, &insn);
	else if (mips32_trap_original(word))
		short_trap(m, mips32_trap_original(word));
	else if (insn.flags & (MIPS32_F_LOAD | MIPS32_F_STORE))
		access_comm(m, &insn);
	else if (insn.op != MIPS32_SYNCI)
		plain(m, word);
}

static void step(struct machine *m)
{
	u32 word = m->code[m->pc];
	bool was_slot = m->slot;
	struct mips32_insn insn;

	/* An interrupt's handler leaves everything as it was. */
	if (m->pending && enabled(m) && !m->slot) {
		m->pending = false;
		m->taken++;
	}
	mips32_decode(word, &insn);
	if (insn.flags & MIPS32_F_BRANCH) {
		m->jump = (mips32_next_pc(&insn, PC + 4 * m->pc, m->gpr, 0) - PC) / 4 % PROGRAM;
		m->slot = true;
	} else {
		execute(m, word);
		m->slot = false;
	}
	m->pc = was_slot ? m->jump : (m->pc + 1) % PROGRAM;
}

/* ---- random programs ------------------------------------------------------------ */

/* Nobody changes $sp. */
static unsigned int any_reg(void)
{
	unsigned int n = random_word() % 32;

	return n == SP ? 0 : n;
}

static u32 any_insn(void)
{
	static const u8 regs[][2] = { { 0, 0 },	 { 2, 0 },  { 3, 0 },  { 4, 0 },  { 4, 2 },
				      { 5, 0 },	 { 8, 0 },  { 10, 0 }, { 11, 0 }, { 12, 0 },
				      { 13, 0 }, { 14, 0 }, { 30, 0 }, { 12, 0 } };
	static const u8 caches[] = { 0, 1, 0x10, 0x11, 0x15, 0x19 };
	const u8 *reg = regs[random_word() % ARRAY_SIZE(regs)];

	switch (random_word() % 10) {
	case 0:
		return DI(0);
	case 1:
	case 2:
		return EI(0);
	case 3:
		return random_word() % 2 ? DI(any_reg()) : EI(any_reg());
	case 4:
	case 5:
		return MFC0(any_reg(), reg[0], reg[1]);
	case 6:
		return MTC0(any_reg(), reg[0], reg[1]);
	case 7:
		return CACHE(caches[random_word() % ARRAY_SIZE(caches)], any_reg(), 0);
	case 8:
		return ANDI(any_reg(), any_reg(), 0xff03);
	default:
		return ADDIU(any_reg(), any_reg(), random_word());
	}
}

/* A branch at @from leads to anywhere in the program. */
static int any_place(unsigned int from)
{
	return (int)(random_word() % PROGRAM) - (int)(from + 1);
}

static void make_program(struct machine *m)
{
	unsigned int i = 0, reg;

	while (i + 8 < PROGRAM) {
		reg = any_reg();
		switch (random_word() % 8) {
		case 0: /* save and disable */
			m->code[i++] = DI(reg);
			m->code[i++] = ANDI(reg, reg, 1);
			m->code[i++] = EHB;
			if (!reg)
				break;
			m->group[i - 2] = 1;
			m->group[i - 1] = 2;
			break;
		case 1: /* restore */
			m->code[i++] = BEQ(reg, 0, 2);
			m->code[i++] = DI(0);
			m->code[i++] = EI(0);
			m->code[i++] = EHB;
			break;
		case 2: /* anywhere, with anything in its delay slot */
			m->code[i] = BEQ(reg, any_reg(), any_place(i));
			i++;
			m->code[i++] = any_insn();
			break;
		default:
			m->code[i++] = any_insn();
		}
	}
	while (i < PROGRAM)
		m->code[i++] = NOP;
}

/* A branch into a group makes the translator leave it alone. */
static void make_machine(struct machine *m)
{
	memset(m, 0, sizeof(*m));
	for (unsigned int i = 1; i < 32; i++)
		m->gpr[i] = random_word() % 4 ? random_word() : random_word() % 4;
	m->gpr[SP] = 0x40200000;
	m->status = random_word() % 4 ? 0xff00 : 0xff00 | STATUS_EXL;
	m->comm.vie = random_word() % 2;
	m->context = random_word();
	m->entryhi = random_word();
	m->index = random_word();
	make_program(m);
	refresh(m);
}

static void same_state(struct machine *a, struct machine *b, unsigned int step)
{
	static const u8 regs[][2] = { { 2, 0 },	 { 3, 0 },  { 4, 2 }, { 5, 0 },
				      { 11, 0 }, { 14, 0 }, { 30, 0 } };
	u32 mask;

	for (unsigned int i = 0; i < 32; i++)
		if (a->gpr[i] != b->gpr[i])
			fail_msg("step %u: $%u is %08x, not %08x", step, i, b->gpr[i], a->gpr[i]);
	for (unsigned int i = 0; i < ARRAY_SIZE(regs); i++)
		if ((*cp0(a, regs[i][0], regs[i][1], &mask) & mask) !=
		    (*cp0(b, regs[i][0], regs[i][1], &mask) & mask))
			fail_msg("step %u: CP0 %u,%u", step, regs[i][0], regs[i][1]);
	assert_int_equal(mips32_comm_status(&a->comm, a->status),
			 mips32_comm_status(&b->comm, b->status));
	assert_int_equal(a->pc, b->pc);
	assert_int_equal(a->index, b->index);
	assert_int_equal(a->context, b->context);
	assert_int_equal(a->cause, b->cause);
	assert_int_equal(a->entryhi, b->entryhi);
	if (a->taken != b->taken || a->pending != b->pending)
		fail_msg("step %u: %u interrupts, not %u", step, b->taken, a->taken);
}

/* Within a group the two differ: the words of old have done all at the first one. */
static bool between(const struct machine *m)
{
	return m->group[m->pc] || m->slot;
}

/* An interrupt that the new words of a group still take comes before it. */
static void interrupt(struct machine *a, struct machine *b)
{
	if (a->group[a->pc] && !a->slot && enabled(b) && !enabled(a))
		a->taken++;
	else
		a->pending = true;
	b->pending = true;
}

static unsigned int run_both(struct machine *a, struct machine *b)
{
	for (unsigned int i = 0; i < STEPS; i++) {
		if (!a->pending && !b->pending && !(random_word() % 16))
			interrupt(a, b);
		step(a);
		step(b);
		if (!between(a))
			same_state(a, b, i);
	}
	return b->traps;
}

static void test_equivalence(void **state)
{
	static struct machine a, b;
	unsigned int traps = 0, changed = 0, taken = 0;

	(void)state;
	for (u64 run = 1; run <= 3000; run++) {
		seed = run;
		make_machine(&a);
		b = a;
		b.translates = true;
		traps += run_both(&a, &b);
		changed += b.changed;
		taken += b.taken;
	}
	print_message("%u words changed, %u traps, %u interrupts\n", changed, traps, taken);
	assert_true(changed > 10000);
	assert_true(taken > 10000);
}

/* ---- a real kernel -------------------------------------------------------------- */

static u32 *load_text(const char *path, unsigned int *nr)
{
	FILE *file = fopen(path, "rb");
	Elf32_Ehdr eh;
	Elf32_Phdr ph;
	u32 *words;

	if (!file || fread(&eh, sizeof(eh), 1, file) != 1 || memcmp(eh.e_ident, ELFMAG, SELFMAG))
		fail_msg("%s is no kernel", path);
	do {
		assert_int_not_equal(eh.e_phnum--, 0);
		fseek(file, eh.e_phoff, SEEK_SET);
		assert_int_equal(fread(&ph, sizeof(ph), 1, file), 1);
		eh.e_phoff += eh.e_phentsize;
	} while (ph.p_type != PT_LOAD || !(ph.p_flags & PF_X));
	*nr = ph.p_filesz / 4;
	words = calloc(*nr, 4);
	fseek(file, ph.p_offset, SEEK_SET);
	assert_int_equal(fread(words, 4, *nr, file), *nr);
	fclose(file);
	return words;
}

/* Needs EMBER_MIPS32_VMLINUX: a guest kernel (lab/guest-kernel mips32). */
static void test_corpus(void **state)
{
	const char *path = getenv("EMBER_MIPS32_VMLINUX");
	unsigned int counts[MIPS32_NR_RULES] = { 0 }, nr, all = 0, done = 0;
	struct mips32_patch patch;
	u32 *words;

	(void)state;
	if (!path)
		skip();
	words = load_text(path, &nr);
	for (unsigned int page = 0; page < nr; page += 1024) {
		unsigned int size = nr - page < 1024 ? nr - page : 1024;

		for (unsigned int i = 0; i < size; i++)
			counts[translate(words + page, size, i, MIPS32_XLAT_NO_ALIASES, &patch)]++;
	}
	for (unsigned int i = 1; i < MIPS32_NR_RULES; i++) {
		print_message("%-20s %6u\n", mips32_rule_name(i), counts[i]);
		all += counts[i];
		done += i < MIPS32_RULE_STAYS ? counts[i] : 0;
	}
	print_message("%u of %u privileged instructions\n", done, all);
	free(words);
	assert_true(done > all / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_singles),	 cmocka_unit_test(test_slots),
		cmocka_unit_test(test_aliases),	 cmocka_unit_test(test_irq_save),
		cmocka_unit_test(test_no_group), cmocka_unit_test(test_equivalence),
		cmocka_unit_test(test_corpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
