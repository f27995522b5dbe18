/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Decoder of the loads and stores that reach a device.  Pure C: no state, no
 * kernel header, so that tests and fuzzers on the build machine use it too.
 *
 * It is needed when a stage 2 data abort comes without a syndrome (HSR.ISV
 * clear, B3.13.6): several registers, or a base register written back.
 */
#ifndef EMBER_ARMV7_DECODE_H
#define EMBER_ARMV7_DECODE_H

#include "../lib/pure.h"

/* Why armv7_decode() gave up. */
enum armv7_decode {
	ARMV7_DECODE_OK,
	ARMV7_DECODE_UNKNOWN,	/* not a load or store that we know */
	ARMV7_DECODE_UNPREDICTABLE,	/* the manual lets it do anything */
	ARMV7_DECODE_PC,	/* moves the pc, which no device should hold */
	ARMV7_DECODE_USER_BANK,	/* LDM or STM with ^ */
	ARMV7_DECODE_EXCLUSIVE,	/* LDREX, STREX, SWP */
	ARMV7_DECODE_VFP,	/* VLDR, VSTM, NEON */
};

/* Shifts of a register offset (A8.4.1); ROR by 0 is RRX. */
enum armv7_shift {
	ARMV7_LSL,
	ARMV7_LSR,
	ARMV7_ASR,
	ARMV7_ROR,
};

/*
 * What one instruction does:
 *	offset  = reg_offset ? +-shift(Rm) : 0
 *	address = Rn + start + (pre ? offset : 0)
 *	count accesses of width bytes each, at address, address + width, ...
 *	if (writeback) Rn = Rn + step + offset
 * Rn is the register's value before the instruction; if it is the pc, the
 * value is that of Align(PC, 4) (A2.3).
 */
struct armv7_insn {
	u8 len;			/* of the instruction: 2 or 4 bytes */
	bool load;
	u8 width;		/* 1, 2 or 4 */
	bool sign_extend;
	bool list;		/* LDM or STM */
	u8 count;		/* 1-15 */
	u8 reg[16];		/* in the order of addresses */
	u8 rn;
	bool writeback;
	bool pre;
	bool reg_offset;
	bool subtract;
	u8 rm;
	u8 shift;		/* enum armv7_shift */
	u8 amount;		/* 0-32 */
	s32 start;
	s32 step;
};

/*
 * @opcode: an A32 word; or a T32 one, its first halfword in the upper half; or
 * a 16-bit Thumb one in the upper half, whatever is below.
 */
enum armv7_decode armv7_decode(u32 opcode, bool thumb, struct armv7_insn *insn);

/* A word for people, for each code. */
const char *armv7_decode_why(enum armv7_decode code);

/* Is @hw the first half of a 32-bit Thumb instruction (A6.1)? */
static inline bool armv7_thumb_is_wide(u16 hw)
{
	return (hw >> 11) >= 0x1d;
}

/*
 * Shift() of A8.4.3 for amounts of 0 to 32 (LSL: 31), of which ROR by 0 is RRX;
 * that also tells the carry out, which is not needed.
 */
u32 armv7_shifted(u32 value, unsigned int shift, unsigned int amount,
		  bool carry);

/*
 * Address and new base of @insn, given the values of Rn and Rm and the carry
 * flag, which RRX shifts in.
 */
void armv7_insn_address(const struct armv7_insn *insn, u32 rn, u32 rm,
			bool carry, u32 *address, u32 *base);

#endif
