// SPDX-License-Identifier: GPL-2.0
/*
 * The successor of an instruction, for single step (debug.c).
 *
 * Most instructions lead to the next.  Each instruction set has a table of those
 * that may not; a row's function computes where they go.  Loads of the pc are
 * recognized by the decoder of loads and stores.  Encodings: ARM DDI 0406C,
 * chapters A5 and A6; what a write to the pc means: A2.3.1.
 */
#include "decode.h"
#include "step.h"

#define REG_LR	14
#define REG_PC	15

#define PSR_T	BIT(5)
#define PSR_C	BIT(29)

#define VECTOR_SVC	0x08

typedef int (*step_fn)(const struct armv7_step *s, u32 op,
		       struct armv7_target *t);

struct step_row {
	u32 mask;
	u32 value;
	step_fn fn;
};

static u32 bits(u32 op, unsigned int high, unsigned int low)
{
	return (op >> low) & ((2u << (high - low)) - 1);
}

static bool bit(u32 op, unsigned int n)
{
	return (op >> n) & 1;
}

static s32 sign_extended(u32 value, unsigned int width)
{
	return (s32)(value << (32 - width)) >> (32 - width);
}

/* ---- conditions --------------------------------------------------------------- */

u32 armv7_it_state(u32 psr)
{
	/* PSR bits 26-25 and 15-10 hold IT[1:0] and IT[7:2]. */
	return ((psr >> 8) & 0xfc) | ((psr >> 25) & 3);
}

bool armv7_condition_holds(unsigned int cond, u32 psr)
{
	bool n = bit(psr, 31), z = bit(psr, 30), c = bit(psr, 29), o = bit(psr, 28);
	/* They come in pairs, of which bit 0 negates the second. */
	const bool truth[8] = {
		z, c, n, o, c && !z, n == o, n == o && !z, true
	};

	if (cond >= 14)
		return true;
	return truth[cond >> 1] != (cond & 1);
}

/* ---- ways to write the pc -------------------------------------------------------- */

static void set_target(struct armv7_target *t, u32 pc, bool thumb)
{
	t->pc = pc & (thumb ? ~1u : ~3u);
	t->thumb = thumb;
}

/* BXWritePC() */
static void interwork(struct armv7_target *t, u32 address)
{
	set_target(t, address, address & 1);
}

/* BranchWritePC(): the instruction set stays. */
static void branch(const struct armv7_step *s, struct armv7_target *t, u32 address)
{
	set_target(t, address, s->cpsr & PSR_T);
}

/* What an instruction that names the pc reads. */
static u32 operand(const struct armv7_step *s, unsigned int n)
{
	if (n != REG_PC)
		return s->r[n];
	return s->r[REG_PC] + (s->cpsr & PSR_T ? 4 : 8);
}

static int read_word(const struct armv7_step *s, u32 va, u32 *word)
{
	u8 data[4];
	int ret = s->read(s->arg, va, data, sizeof(data));

	*word = ret ? 0 : data[0] | data[1] << 8 | data[2] << 16 |
		(u32)data[3] << 24;
	if (bit(s->cpsr, 9))	/* E: data is big-endian */
		*word = *word >> 24 | (*word >> 8 & 0xff00) |
			(*word & 0xff00) << 8 | *word << 24;
	return ret;
}

static int supervisor_call(const struct armv7_step *s, u32 op,
			   struct armv7_target *t)
{
	set_target(t, s->vectors + VECTOR_SVC, s->thumb_vectors);
	return 0;
}

/* RFE: pc and CPSR, in this order, from the lower address (A8.8.145). */
static int return_from(const struct armv7_step *s, u32 op, bool up, bool before,
		       struct armv7_target *t)
{
	u32 base = s->r[bits(op, 19, 16)], pc, psr;
	u32 address = up ? base : base - 8;
	int ret;

	if (up == before)
		address += 4;
	ret = read_word(s, address, &pc);
	if (!ret)
		ret = read_word(s, address + 4, &psr);
	if (!ret)
		set_target(t, pc, psr & PSR_T);
	return ret;
}

/* What a load of the pc, single or one of many, loads. */
static int loaded_pc(const struct armv7_step *s, const struct armv7_insn *insn,
		     u32 *word)
{
	u32 address, base, rn = operand(s, insn->rn);
	unsigned int i;

	if (insn->rn == REG_PC)
		rn &= ~3u;
	armv7_insn_address(insn, rn, operand(s, insn->rm), s->cpsr & PSR_C,
			   &address, &base);
	for (i = 0; insn->reg[i] != REG_PC; i++)
		address += insn->width;
	return read_word(s, address, word);
}

/* LoadWritePC(): from ARMv5T on a load changes the instruction set. */
static int load_pc(const struct armv7_step *s, const struct armv7_insn *insn,
		   struct armv7_target *t)
{
	u32 word;
	int ret = loaded_pc(s, insn, &word);

	if (!ret)
		interwork(t, word);
	return ret;
}

/* ---- A32 ---------------------------------------------------------------------------- */

static int a32_branch(const struct armv7_step *s, u32 op, struct armv7_target *t)
{
	branch(s, t, operand(s, REG_PC) + sign_extended(bits(op, 23, 0) << 2, 26));
	return 0;
}

/* BLX to Thumb code; bit 24 is a halfword. */
static int a32_blx(const struct armv7_step *s, u32 op, struct armv7_target *t)
{
	u32 offset = bits(op, 23, 0) << 2 | bits(op, 24, 24) << 1;

	set_target(t, operand(s, REG_PC) + sign_extended(offset, 26), true);
	return 0;
}

/* BX, BXJ without Jazelle, BLX */
static int a32_bx(const struct armv7_step *s, u32 op, struct armv7_target *t)
{
	interwork(t, operand(s, bits(op, 3, 0)));
	return 0;
}

static int a32_rfe(const struct armv7_step *s, u32 op, struct armv7_target *t)
{
	return return_from(s, op, bit(op, 23), bit(op, 24), t);
}

/* The shifter operand (A5.2.4, A8.4.3); shifts by register never write the pc. */
static u32 a32_operand2(const struct armv7_step *s, u32 op)
{
	unsigned int type = bits(op, 6, 5), amount = bits(op, 11, 7);
	u32 imm = bits(op, 7, 0), turn = 2 * bits(op, 11, 8);

	if (bit(op, 25))
		return turn ? imm >> turn | imm << (32 - turn) : imm;
	if (!amount && (type == ARMV7_LSR || type == ARMV7_ASR))
		amount = 32;
	return armv7_shifted(operand(s, bits(op, 3, 0)), type, amount,
			     s->cpsr & PSR_C);
}

/* AND, EOR, SUB, RSB, ADD, ADC, SBC, RSC, four that only compare, ORR ... */
static u32 a32_alu(unsigned int opcode, u32 a, u32 b, bool carry)
{
	switch (opcode) {
	case 0:
		return a & b;
	case 1:
		return a ^ b;
	case 2:
		return a - b;
	case 3:
		return b - a;
	case 4:
		return a + b;
	case 5:
		return a + b + carry;
	case 6:
		return a - b - !carry;
	case 7:
		return b - a - !carry;
	case 12:
		return a | b;
	case 13:
		return b;
	case 14:
		return a & ~b;
	default:
		return ~b;
	}
}

static int a32_data(const struct armv7_step *s, u32 op, struct armv7_target *t)
{
	unsigned int opcode = bits(op, 24, 21);
	u32 result;

	if (opcode >= 8 && opcode <= 11)
		return 0;	/* TST and the like; MOVW, MSR, hints */
	result = a32_alu(opcode, operand(s, bits(op, 19, 16)),
			 a32_operand2(s, op), s->cpsr & PSR_C);
	/* With S the mode's SPSR becomes CPSR (B9.3.20); else as BX. */
	if (bit(op, 20))
		set_target(t, result, s->spsr & PSR_T);
	else
		interwork(t, result);
	return 0;
}

/* LDM with ^ and the pc: an exception return (B9.3.5). */
static int a32_ldm_return(const struct armv7_step *s, u32 op,
			  struct armv7_target *t)
{
	struct armv7_insn insn;
	u32 word;
	int ret;

	if (armv7_decode(op & ~(1u << 22), false, &insn) != ARMV7_DECODE_PC)
		return 0;
	ret = loaded_pc(s, &insn, &word);
	if (!ret)
		set_target(t, word, s->spsr & PSR_T);
	return ret;
}

static const struct step_row a32_always_rows[] = {
	{ 0xfe000000, 0xfa000000, a32_blx },
	{ 0xfe500000, 0xf8100000, a32_rfe },
};

static const struct step_row a32_rows[] = {
	{ 0x0ffffff0, 0x012fff10, a32_bx },
	{ 0x0ffffff0, 0x012fff20, a32_bx },
	{ 0x0ffffff0, 0x012fff30, a32_bx },
	{ 0x0e00f010, 0x0000f000, a32_data },	/* shifted by a number */
	{ 0x0e00f000, 0x0200f000, a32_data },
	{ 0x0e000000, 0x0a000000, a32_branch },
	{ 0x0e508000, 0x08508000, a32_ldm_return },
	{ 0x0f000000, 0x0f000000, supervisor_call },
};

/* ---- Thumb, 16 bits (opcode in the upper half) --------------------------------------- */

static int t16_branch_if(const struct armv7_step *s, u32 op,
			 struct armv7_target *t)
{
	if (armv7_condition_holds(bits(op, 27, 24), s->cpsr))
		branch(s, t, operand(s, REG_PC) +
		       sign_extended(bits(op, 23, 16) << 1, 9));
	return 0;
}

static int t16_branch(const struct armv7_step *s, u32 op, struct armv7_target *t)
{
	branch(s, t, operand(s, REG_PC) +
	       sign_extended(bits(op, 26, 16) << 1, 12));
	return 0;
}

/* CBZ and CBNZ, forward only */
static int t16_compare_branch(const struct armv7_step *s, u32 op,
			      struct armv7_target *t)
{
	bool zero = !s->r[bits(op, 18, 16)], if_zero = !bit(op, 27);
	u32 offset = bit(op, 25) << 6 | bits(op, 23, 19) << 1;

	if (zero == if_zero)
		branch(s, t, operand(s, REG_PC) + offset);
	return 0;
}

static int t16_bx(const struct armv7_step *s, u32 op, struct armv7_target *t)
{
	interwork(t, operand(s, bits(op, 22, 19)));
	return 0;
}

static int t16_add_pc(const struct armv7_step *s, u32 op, struct armv7_target *t)
{
	branch(s, t, operand(s, REG_PC) + operand(s, bits(op, 22, 19)));
	return 0;
}

static int t16_mov_pc(const struct armv7_step *s, u32 op, struct armv7_target *t)
{
	branch(s, t, operand(s, bits(op, 22, 19)));
	return 0;
}

static const struct step_row t16_rows[] = {
	{ 0xff000000, 0xdf000000, supervisor_call },
	{ 0xff000000, 0xde000000, NULL },		/* UDF */
	{ 0xf0000000, 0xd0000000, t16_branch_if },
	{ 0xf8000000, 0xe0000000, t16_branch },
	{ 0xf5000000, 0xb1000000, t16_compare_branch },
	{ 0xff000000, 0x47000000, t16_bx },
	{ 0xff870000, 0x44870000, t16_add_pc },
	{ 0xff870000, 0x46870000, t16_mov_pc },
};

/* ---- Thumb, 32 bits -------------------------------------------------------------------- */

/* J1 and J2 stand for two bits of the offset, unless it is negative (A6.3.4). */
static s32 t32_far_offset(u32 op)
{
	u32 s = bit(op, 26), i1 = !(bit(op, 13) ^ s), i2 = !(bit(op, 11) ^ s);

	return sign_extended(s << 24 | i1 << 23 | i2 << 22 |
			     bits(op, 25, 16) << 12 | bits(op, 10, 0) << 1, 25);
}

/* B without a condition of its own, and BL */
static int t32_branch(const struct armv7_step *s, u32 op, struct armv7_target *t)
{
	branch(s, t, operand(s, REG_PC) + t32_far_offset(op));
	return 0;
}

static int t32_blx(const struct armv7_step *s, u32 op, struct armv7_target *t)
{
	set_target(t, (operand(s, REG_PC) & ~3u) + t32_far_offset(op), false);
	return 0;
}

/* Conditions 14 and 15 are other instructions. */
static int t32_branch_if(const struct armv7_step *s, u32 op,
			 struct armv7_target *t)
{
	unsigned int cond = bits(op, 25, 22);
	u32 offset = (u32)bit(op, 26) << 20 | bit(op, 11) << 19 |
		bit(op, 13) << 18 | bits(op, 21, 16) << 12 | bits(op, 10, 0) << 1;

	if (cond < 14 && armv7_condition_holds(cond, s->cpsr))
		branch(s, t, operand(s, REG_PC) + sign_extended(offset, 21));
	return 0;
}

/* SUBS PC, LR, #n and ERET, which is SUBS PC, LR, #0 outside Hyp mode */
static int t32_return(const struct armv7_step *s, u32 op, struct armv7_target *t)
{
	set_target(t, s->r[REG_LR] - bits(op, 7, 0), s->spsr & PSR_T);
	return 0;
}

static int t32_bxj(const struct armv7_step *s, u32 op, struct armv7_target *t)
{
	interwork(t, operand(s, bits(op, 19, 16)));
	return 0;
}

/* TBB and TBH: a table of forward distances in halfwords */
static int t32_table(const struct armv7_step *s, u32 op, struct armv7_target *t)
{
	bool half = bit(op, 4);
	u32 address = operand(s, bits(op, 19, 16)) +
		(s->r[bits(op, 3, 0)] << half);
	u8 data[2] = { 0, 0 };
	int ret = s->read(s->arg, address, data, half ? 2 : 1);
	u32 distance = data[0] | data[1] << 8;

	if (half && bit(s->cpsr, 9))
		distance = data[1] | data[0] << 8;
	if (!ret)
		branch(s, t, operand(s, REG_PC) + 2 * distance);
	return ret;
}

static int t32_rfe_before(const struct armv7_step *s, u32 op,
			  struct armv7_target *t)
{
	return return_from(s, op, false, true, t);
}

static int t32_rfe_after(const struct armv7_step *s, u32 op,
			 struct armv7_target *t)
{
	return return_from(s, op, true, false, t);
}

static const struct step_row t32_rows[] = {
	{ 0xffd00000, 0xe8100000, t32_rfe_before },
	{ 0xffd00000, 0xe9900000, t32_rfe_after },
	{ 0xfff000e0, 0xe8d00000, t32_table },
	{ 0xf800d000, 0xf0009000, t32_branch },
	{ 0xf800d000, 0xf000d000, t32_branch },		/* BL */
	{ 0xf800d001, 0xf000c000, t32_blx },
	{ 0xffffff00, 0xf3de8f00, t32_return },
	{ 0xfff0d000, 0xf3c08000, t32_bxj },
	{ 0xf800d000, 0xf0008000, t32_branch_if },
};

/* ---- the way in --------------------------------------------------------------------------- */

static int lookup(const struct step_row *rows, unsigned int nr,
		  const struct armv7_step *s, u32 op, struct armv7_target *t)
{
	struct armv7_insn insn;
	unsigned int i;

	for (i = 0; i < nr; i++)
		if ((op & rows[i].mask) == rows[i].value)
			return rows[i].fn ? rows[i].fn(s, op, t) : 0;
	if (armv7_decode(op, s->cpsr & PSR_T, &insn) == ARMV7_DECODE_PC &&
	    insn.load)
		return load_pc(s, &insn, t);
	return 0;
}

static int a32_target(const struct armv7_step *s, u32 op, struct armv7_target *t)
{
	set_target(t, s->r[REG_PC] + 4, false);
	if (op >> 28 == 15)
		return lookup(a32_always_rows, ARRAY_SIZE(a32_always_rows), s,
			      op, t);
	if (!armv7_condition_holds(op >> 28, s->cpsr))
		return 0;
	return lookup(a32_rows, ARRAY_SIZE(a32_rows), s, op, t);
}

int armv7_step_target(const struct armv7_step *s, u32 opcode,
		      struct armv7_target *target)
{
	u32 it = armv7_it_state(s->cpsr);
	bool wide = armv7_thumb_is_wide(opcode >> 16);

	if (!(s->cpsr & PSR_T))
		return a32_target(s, opcode, target);
	set_target(target, s->r[REG_PC] + (wide ? 4 : 2), true);
	if (it && !armv7_condition_holds(it >> 4, s->cpsr))
		return 0;
	if (wide)
		return lookup(t32_rows, ARRAY_SIZE(t32_rows), s, opcode, target);
	return lookup(t16_rows, ARRAY_SIZE(t16_rows), s, opcode, target);
}
