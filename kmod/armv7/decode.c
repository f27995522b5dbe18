// SPDX-License-Identifier: GPL-2.0
/*
 * Loads and stores of A32 and T32, taken apart; emulate.c carries them out.
 *
 * Each instruction set is a table: the first row whose mask and value fit an
 * opcode names the function that takes its fields.  Encodings are those of
 * ARM DDI 0406C, chapters A5 (A32) and A6 (Thumb); their fields are in A8.8.
 */
#include "decode.h"

#define REG_SP	13
#define REG_LR	14
#define REG_PC	15

typedef enum armv7_decode (*decode_fn)(u32 op, struct armv7_insn *insn);

struct decode_row {
	u32 mask;
	u32 value;
	decode_fn fn;
	enum armv7_decode refuse;	/* without fn */
};

#define TAKE(mask, value, fn)	{ mask, value, fn, ARMV7_DECODE_OK }
#define REFUSE(mask, value, why) { mask, value, NULL, ARMV7_DECODE_ ## why }

static u32 bits(u32 op, unsigned int high, unsigned int low)
{
	return (op >> low) & ((2u << (high - low)) - 1);
}

static bool bit(u32 op, unsigned int n)
{
	return (op >> n) & 1;
}

/* ---- what several encodings share ------------------------------------- */

static void set_kind(struct armv7_insn *insn, bool load, unsigned int width,
		     bool sign_extend)
{
	insn->load = load;
	insn->width = width;
	insn->sign_extend = sign_extend;
}

static void set_one(struct armv7_insn *insn, unsigned int rt)
{
	insn->count = 1;
	insn->reg[0] = rt;
}

static void set_pair(struct armv7_insn *insn, unsigned int rt, unsigned int rt2)
{
	insn->count = 2;
	insn->reg[0] = rt;
	insn->reg[1] = rt2;
}

/* P, U and W as most encodings have them, with an immediate offset. */
static void set_imm(struct armv7_insn *insn, bool p, bool u, bool w, u32 imm)
{
	s32 offset = u ? (s32)imm : -(s32)imm;

	insn->pre = p;
	insn->writeback = !p || w;
	insn->start = p ? offset : 0;
	insn->step = offset;
}

static void set_reg(struct armv7_insn *insn, bool p, bool u, bool w,
		    unsigned int rm, unsigned int shift, unsigned int amount)
{
	set_imm(insn, p, u, w, 0);
	insn->reg_offset = true;
	insn->subtract = !u;
	insn->rm = rm;
	insn->shift = shift;
	insn->amount = amount;
}

/*
 * Registers of @list at ascending addresses, the lowest at Rn + @start, and Rn
 * moved by @step with @writeback.
 */
static enum armv7_decode set_list(struct armv7_insn *insn, u32 list, bool up,
				  bool before, bool writeback)
{
	unsigned int n;
	s32 size;

	insn->list = true;
	insn->width = 4;
	insn->writeback = writeback;
	for (n = 0; n < 16; n++)
		if (bit(list, n))
			insn->reg[insn->count++] = n;
	if (!insn->count)
		return ARMV7_DECODE_UNPREDICTABLE;

	size = 4 * insn->count;
	insn->step = up ? size : -size;
	insn->start = up ? 0 : -size;
	if (up == before)
		insn->start += 4;
	return ARMV7_DECODE_OK;
}

/* A base that is moved may be stored by STM, which stores its old value. */
static bool base_clash(const struct armv7_insn *insn, unsigned int reg)
{
	return insn->writeback && reg == insn->rn &&
	       (insn->load || !insn->list);
}

/* Choices of registers that no encoding allows. */
static enum armv7_decode check(const struct armv7_insn *insn)
{
	unsigned int i;

	for (i = 0; i < insn->count; i++) {
		if (insn->reg[i] == REG_PC)
			return ARMV7_DECODE_PC;
		if (base_clash(insn, insn->reg[i]))
			return ARMV7_DECODE_UNPREDICTABLE;
	}
	if (insn->writeback && insn->rn == REG_PC)
		return ARMV7_DECODE_UNPREDICTABLE;
	if (insn->reg_offset && insn->rm == REG_PC)
		return ARMV7_DECODE_UNPREDICTABLE;
	return ARMV7_DECODE_OK;
}

/* ---- A32 --------------------------------------------------------------- */

/* LDR, STR, LDRB, STRB and their T forms, which differ in P and W (A5.3). */
static enum armv7_decode a32_word_byte(u32 op, struct armv7_insn *insn)
{
	bool p = bit(op, 24), u = bit(op, 23), w = bit(op, 21);

	set_kind(insn, bit(op, 20), bit(op, 22) ? 1 : 4, false);
	set_one(insn, bits(op, 15, 12));
	insn->rn = bits(op, 19, 16);
	if (!bit(op, 25)) {
		set_imm(insn, p, u, w, bits(op, 11, 0));
		return ARMV7_DECODE_OK;
	}
	set_reg(insn, p, u, w, bits(op, 3, 0), bits(op, 6, 5), bits(op, 11, 7));
	/* LSR and ASR by 32 are written as 0 (A8.4.3). */
	if (!insn->amount &&
	    (insn->shift == ARMV7_LSR || insn->shift == ARMV7_ASR))
		insn->amount = 32;
	return ARMV7_DECODE_OK;
}

static enum armv7_decode a32_extra_offset(u32 op, struct armv7_insn *insn)
{
	bool p = bit(op, 24), u = bit(op, 23), w = bit(op, 21);

	insn->rn = bits(op, 19, 16);
	if (bit(op, 22)) {
		set_imm(insn, p, u, w, bits(op, 11, 8) << 4 | bits(op, 3, 0));
		return ARMV7_DECODE_OK;
	}
	set_reg(insn, p, u, w, bits(op, 3, 0), ARMV7_LSL, 0);
	return bits(op, 11, 8) ? ARMV7_DECODE_UNPREDICTABLE : ARMV7_DECODE_OK;
}

/* LDRH, STRH, LDRSB, LDRSH and their T forms (A5.2.8, A5.2.9). */
static enum armv7_decode a32_half_signed(u32 op, struct armv7_insn *insn)
{
	unsigned int op2 = bits(op, 6, 5);

	set_kind(insn, bit(op, 20), op2 == 2 ? 1 : 2, op2 != 1);
	set_one(insn, bits(op, 15, 12));
	return a32_extra_offset(op, insn);
}

/* LDRD and STRD: an even register and the next. */
static enum armv7_decode a32_dual(u32 op, struct armv7_insn *insn)
{
	unsigned int rt = bits(op, 15, 12);

	if ((rt & 1) || (!bit(op, 24) && bit(op, 21)))
		return ARMV7_DECODE_UNPREDICTABLE;
	set_kind(insn, bits(op, 6, 5) == 2, 4, false);
	set_pair(insn, rt, rt + 1);
	return a32_extra_offset(op, insn);
}

/* LDM, STM, PUSH and POP (A5.5). */
static enum armv7_decode a32_multiple(u32 op, struct armv7_insn *insn)
{
	if (bit(op, 22))
		return ARMV7_DECODE_USER_BANK;
	insn->load = bit(op, 20);
	insn->rn = bits(op, 19, 16);
	if (insn->rn == REG_PC)
		return ARMV7_DECODE_UNPREDICTABLE;
	return set_list(insn, bits(op, 15, 0), bit(op, 23), bit(op, 24),
			bit(op, 21));
}

static const struct decode_row a32_rows[] = {
	REFUSE(0xf0000000, 0xf0000000, UNKNOWN),	/* PLD, RFE, NEON */
	REFUSE(0x0fb000f0, 0x01000090, EXCLUSIVE),	/* SWP, SWPB */
	REFUSE(0x0f8000f0, 0x01800090, EXCLUSIVE),	/* LDREX, STREX, ... */
	TAKE(0x0e1000d0, 0x000000d0, a32_dual),
	TAKE(0x0e1000f0, 0x001000d0, a32_half_signed),	/* LDRSB */
	TAKE(0x0e1000f0, 0x001000f0, a32_half_signed),	/* LDRSH */
	TAKE(0x0e0000f0, 0x000000b0, a32_half_signed),	/* LDRH, STRH */
	TAKE(0x0e000000, 0x04000000, a32_word_byte),	/* immediate */
	TAKE(0x0e000010, 0x06000000, a32_word_byte),	/* register */
	TAKE(0x0e000000, 0x08000000, a32_multiple),
	REFUSE(0x0e000e00, 0x0c000a00, VFP),
};

/* ---- Thumb, 16 bits (opcode in the upper half) -------------------------- */

static enum armv7_decode t16_literal(u32 op, struct armv7_insn *insn)
{
	set_kind(insn, true, 4, false);
	set_one(insn, bits(op, 26, 24));
	insn->rn = REG_PC;
	set_imm(insn, true, true, false, bits(op, 23, 16) * 4);
	return ARMV7_DECODE_OK;
}

/* STR, STRH, STRB, LDRSB, LDR, LDRH, LDRB, LDRSH, in this order (A6.2.4). */
static enum armv7_decode t16_register(u32 op, struct armv7_insn *insn)
{
	static const u8 width[8] = { 4, 2, 1, 1, 4, 2, 1, 2 };
	unsigned int kind = bits(op, 27, 25);

	set_kind(insn, kind >= 3, width[kind], kind == 3 || kind == 7);
	set_one(insn, bits(op, 18, 16));
	insn->rn = bits(op, 21, 19);
	set_reg(insn, true, true, false, bits(op, 24, 22), ARMV7_LSL, 0);
	return ARMV7_DECODE_OK;
}

static enum armv7_decode t16_immediate(u32 op, struct armv7_insn *insn)
{
	unsigned int width = bits(op, 31, 28) == 8 ? 2 : bit(op, 28) ? 1 : 4;

	set_kind(insn, bit(op, 27), width, false);
	set_one(insn, bits(op, 18, 16));
	insn->rn = bits(op, 21, 19);
	set_imm(insn, true, true, false, bits(op, 26, 22) * width);
	return ARMV7_DECODE_OK;
}

static enum armv7_decode t16_sp(u32 op, struct armv7_insn *insn)
{
	set_kind(insn, bit(op, 27), 4, false);
	set_one(insn, bits(op, 26, 24));
	insn->rn = REG_SP;
	set_imm(insn, true, true, false, bits(op, 23, 16) * 4);
	return ARMV7_DECODE_OK;
}

/* Bit 8 of PUSH stands for lr, that of POP for pc. */
static enum armv7_decode t16_push_pop(u32 op, struct armv7_insn *insn)
{
	u32 list = bits(op, 23, 16);

	insn->load = bit(op, 27);
	insn->rn = REG_SP;
	if (bit(op, 24))
		list |= 1u << (insn->load ? REG_PC : REG_LR);
	return set_list(insn, list, insn->load, !insn->load, true);
}

/* LDM writes Rn back unless it loads it (A8.8.57). */
static enum armv7_decode t16_multiple(u32 op, struct armv7_insn *insn)
{
	u32 list = bits(op, 23, 16);

	insn->load = bit(op, 27);
	insn->rn = bits(op, 26, 24);
	return set_list(insn, list, true, false,
			!insn->load || !bit(list, insn->rn));
}

static const struct decode_row t16_rows[] = {
	TAKE(0xf8000000, 0x48000000, t16_literal),
	TAKE(0xf0000000, 0x50000000, t16_register),
	TAKE(0xe0000000, 0x60000000, t16_immediate),	/* words, bytes */
	TAKE(0xf0000000, 0x80000000, t16_immediate),	/* halfwords */
	TAKE(0xf0000000, 0x90000000, t16_sp),
	TAKE(0xf6000000, 0xb4000000, t16_push_pop),
	TAKE(0xf0000000, 0xc0000000, t16_multiple),
};

/* ---- Thumb, 32 bits ------------------------------------------------------ */

/* LDM, STM, PUSH.W and POP.W (A6.3.5). */
static enum armv7_decode t32_multiple(u32 op, struct armv7_insn *insn)
{
	u32 list = bits(op, 15, 0);

	insn->load = bit(op, 20);
	insn->rn = bits(op, 19, 16);
	/* A single register has encodings of its own; sp can't be moved. */
	if (bit(list, REG_SP) || !(list & (list - 1)) || insn->rn == REG_PC)
		return ARMV7_DECODE_UNPREDICTABLE;
	return set_list(insn, list, bit(op, 23), bit(op, 24), bit(op, 21));
}

static enum armv7_decode t32_dual(u32 op, struct armv7_insn *insn)
{
	unsigned int rt = bits(op, 15, 12), rt2 = bits(op, 11, 8);

	set_kind(insn, bit(op, 20), 4, false);
	set_pair(insn, rt, rt2);
	insn->rn = bits(op, 19, 16);
	set_imm(insn, bit(op, 24), bit(op, 23), bit(op, 21),
		bits(op, 7, 0) * 4);
	if (rt == REG_SP || rt2 == REG_SP || (insn->load && rt == rt2))
		return ARMV7_DECODE_UNPREDICTABLE;
	if (insn->rn == REG_PC && !insn->load)
		return ARMV7_DECODE_UNPREDICTABLE;
	return ARMV7_DECODE_OK;
}

/* LDR, STR and the like but for their offset (A6.3.7-A6.3.10). */
static enum armv7_decode t32_single(u32 op, struct armv7_insn *insn)
{
	bool load = bit(op, 20), sign_extend = bit(op, 24);
	unsigned int size = bits(op, 22, 21), rt = bits(op, 15, 12);

	if (size == 3 || (sign_extend && (size == 2 || !load)))
		return ARMV7_DECODE_UNKNOWN;
	set_kind(insn, load, 1u << size, sign_extend);
	set_one(insn, rt);
	insn->rn = bits(op, 19, 16);
	if (insn->rn == REG_PC && !load)
		return ARMV7_DECODE_UNKNOWN;
	/* PLD and PLI sit where the pc would be loaded from a byte or halfword. */
	if (rt == REG_PC && size != 2)
		return ARMV7_DECODE_UNKNOWN;
	if (rt == REG_SP && size != 2)
		return ARMV7_DECODE_UNPREDICTABLE;
	return ARMV7_DECODE_OK;
}

static enum armv7_decode t32_imm12(u32 op, struct armv7_insn *insn)
{
	enum armv7_decode code = t32_single(op, insn);

	set_imm(insn, true, true, false, bits(op, 11, 0));
	return code;
}

static enum armv7_decode t32_literal(u32 op, struct armv7_insn *insn)
{
	enum armv7_decode code = t32_single(op, insn);

	set_imm(insn, true, bit(op, 23), false, bits(op, 11, 0));
	return code;
}

/* P, U, W: the T forms are P and U without W, and behave like an offset. */
static enum armv7_decode t32_imm8(u32 op, struct armv7_insn *insn)
{
	bool p = bit(op, 10), w = bit(op, 8);
	enum armv7_decode code = t32_single(op, insn);

	if (!p && !w)
		return ARMV7_DECODE_UNKNOWN;
	set_imm(insn, p, bit(op, 9), w, bits(op, 7, 0));
	return code;
}

static enum armv7_decode t32_register(u32 op, struct armv7_insn *insn)
{
	enum armv7_decode code = t32_single(op, insn);

	set_reg(insn, true, true, false, bits(op, 3, 0), ARMV7_LSL,
		bits(op, 5, 4));
	if (insn->rm == REG_SP)
		return ARMV7_DECODE_UNPREDICTABLE;
	return code;
}

static const struct decode_row t32_rows[] = {
	REFUSE(0xffe00000, 0xe8400000, EXCLUSIVE),	/* STREX, LDREX */
	REFUSE(0xffe000c0, 0xe8c00040, EXCLUSIVE),	/* B, H and D forms */
	REFUSE(0xffe00000, 0xe8c00000, UNKNOWN),	/* TBB, TBH */
	TAKE(0xfe400000, 0xe8400000, t32_dual),
	TAKE(0xffc00000, 0xe8800000, t32_multiple),	/* increment after */
	TAKE(0xffc00000, 0xe9000000, t32_multiple),	/* decrement before */
	REFUSE(0xff100000, 0xf9000000, VFP),		/* VLD1, VST1, ... */
	TAKE(0xfe1f0000, 0xf81f0000, t32_literal),
	TAKE(0xfe800000, 0xf8800000, t32_imm12),
	TAKE(0xfe800800, 0xf8000800, t32_imm8),
	TAKE(0xfe800fc0, 0xf8000000, t32_register),
	REFUSE(0xee000e00, 0xec000a00, VFP),
};

/* ---- the way in ----------------------------------------------------------- */

static enum armv7_decode lookup(const struct decode_row *rows, unsigned int nr,
				u32 op, struct armv7_insn *insn)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if ((op & rows[i].mask) == rows[i].value)
			return rows[i].fn ? rows[i].fn(op, insn) :
				rows[i].refuse;
	return ARMV7_DECODE_UNKNOWN;
}

enum armv7_decode armv7_decode(u32 opcode, bool thumb, struct armv7_insn *insn)
{
	enum armv7_decode code;

	*insn = (struct armv7_insn){ .len = 4 };
	if (!thumb) {
		code = lookup(a32_rows, ARRAY_SIZE(a32_rows), opcode, insn);
	} else if (armv7_thumb_is_wide(opcode >> 16)) {
		code = lookup(t32_rows, ARRAY_SIZE(t32_rows), opcode, insn);
	} else {
		insn->len = 2;
		code = lookup(t16_rows, ARRAY_SIZE(t16_rows), opcode, insn);
	}
	return code == ARMV7_DECODE_OK ? check(insn) : code;
}

const char *armv7_decode_why(enum armv7_decode code)
{
	static const char *const why[] = {
		[ARMV7_DECODE_OK] = "fine",
		[ARMV7_DECODE_UNKNOWN] = "not a load or store",
		[ARMV7_DECODE_UNPREDICTABLE] = "unpredictable",
		[ARMV7_DECODE_PC] = "moves the pc",
		[ARMV7_DECODE_USER_BANK] = "moves user-mode registers",
		[ARMV7_DECODE_EXCLUSIVE] = "exclusive or swap",
		[ARMV7_DECODE_VFP] = "moves VFP or NEON registers",
	};

	return code < ARRAY_SIZE(why) ? why[code] : "?";
}

u32 armv7_shifted(u32 value, unsigned int shift, unsigned int amount,
		  bool carry)
{
	u32 sign = value >> 31 ? ~0u : 0;

	switch (shift) {
	case ARMV7_LSL:
		return value << amount;
	case ARMV7_LSR:
		return amount < 32 ? value >> amount : 0;
	case ARMV7_ASR:
		if (!amount)
			return value;
		return amount < 32 ?
			value >> amount | sign << (32 - amount) : sign;
	default:
		return amount ? value >> amount | value << (32 - amount) :
			value >> 1 | (u32)carry << 31;
	}
}

void armv7_insn_address(const struct armv7_insn *insn, u32 rn, u32 rm,
			bool carry, u32 *address, u32 *base)
{
	u32 offset = 0;

	if (insn->reg_offset) {
		offset = armv7_shifted(rm, insn->shift, insn->amount, carry);
		if (insn->subtract)
			offset = -offset;
	}
	*address = rn + insn->start + (insn->pre ? offset : 0);
	*base = rn + insn->step + offset;
}
