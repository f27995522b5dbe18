// SPDX-License-Identifier: GPL-2.0
/*
 * MIPS32 instructions, taken apart; emulate.c carries them out.
 *
 * The six bits of the major opcode choose a row, or a table of rows of which the
 * first whose mask and value fit is taken.  Encodings are those of MD00086,
 * vol. II-A, appendix A.
 */
#include "decode.h"

struct decode_row {
	u32 mask;
	u32 value;
	const char *name;
	u16 flags;
	u8 op;
	u8 width;
};

struct decode_table {
	const struct decode_row *rows;
	unsigned int nr;
};

#define ROW(mask, value, name, op, flags, width) \
	{ mask, value, name, flags, MIPS32_ ## op, width }

#define LOADS	MIPS32_F_LOAD
#define STORES	MIPS32_F_STORE
#define SIGNED	MIPS32_F_SIGNED
#define FPU	MIPS32_F_FPU
#define INDEXED	MIPS32_F_INDEXED
#define ALIGN8	MIPS32_F_ALIGN8
#define BRANCH	MIPS32_F_BRANCH
#define LIKELY	MIPS32_F_LIKELY
#define LINK	MIPS32_F_LINK
#define CP0	MIPS32_F_CP0

/* Major opcodes that are one instruction; the mask is for what must be zero. */
static const struct decode_row majors[64] = {
	[0x02] = ROW(0xfc000000, 0x08000000, "j", J, BRANCH, 0),
	[0x03] = ROW(0xfc000000, 0x0c000000, "jal", J, BRANCH | LINK, 0),
	[0x04] = ROW(0xfc000000, 0x10000000, "beq", BEQ, BRANCH, 0),
	[0x05] = ROW(0xfc000000, 0x14000000, "bne", BNE, BRANCH, 0),
	[0x06] = ROW(0xfc1f0000, 0x18000000, "blez", BLEZ, BRANCH, 0),
	[0x07] = ROW(0xfc1f0000, 0x1c000000, "bgtz", BGTZ, BRANCH, 0),
	[0x14] = ROW(0xfc000000, 0x50000000, "beql", BEQ, BRANCH | LIKELY, 0),
	[0x15] = ROW(0xfc000000, 0x54000000, "bnel", BNE, BRANCH | LIKELY, 0),
	[0x16] = ROW(0xfc1f0000, 0x58000000, "blezl", BLEZ, BRANCH | LIKELY, 0),
	[0x17] = ROW(0xfc1f0000, 0x5c000000, "bgtzl", BGTZ, BRANCH | LIKELY, 0),
	[0x20] = ROW(0xfc000000, 0x80000000, "lb", LOAD, LOADS | SIGNED, 1),
	[0x21] = ROW(0xfc000000, 0x84000000, "lh", LOAD, LOADS | SIGNED, 2),
	[0x22] = ROW(0xfc000000, 0x88000000, "lwl", LWL, LOADS, 4),
	[0x23] = ROW(0xfc000000, 0x8c000000, "lw", LOAD, LOADS, 4),
	[0x24] = ROW(0xfc000000, 0x90000000, "lbu", LOAD, LOADS, 1),
	[0x25] = ROW(0xfc000000, 0x94000000, "lhu", LOAD, LOADS, 2),
	[0x26] = ROW(0xfc000000, 0x98000000, "lwr", LWR, LOADS, 4),
	[0x28] = ROW(0xfc000000, 0xa0000000, "sb", STORE, STORES, 1),
	[0x29] = ROW(0xfc000000, 0xa4000000, "sh", STORE, STORES, 2),
	[0x2a] = ROW(0xfc000000, 0xa8000000, "swl", SWL, STORES, 4),
	[0x2b] = ROW(0xfc000000, 0xac000000, "sw", STORE, STORES, 4),
	[0x2e] = ROW(0xfc000000, 0xb8000000, "swr", SWR, STORES, 4),
	[0x2f] = ROW(0xfc000000, 0xbc000000, "cache", CACHE, CP0, 0),
	[0x30] = ROW(0xfc000000, 0xc0000000, "ll", LL, LOADS, 4),
	[0x31] = ROW(0xfc000000, 0xc4000000, "lwc1", FPU_LOAD, LOADS | FPU, 4),
	[0x33] = ROW(0xfc000000, 0xcc000000, "pref", PREF, 0, 0),
	[0x35] = ROW(0xfc000000, 0xd4000000, "ldc1", FPU_LOAD, LOADS | FPU, 8),
	[0x38] = ROW(0xfc000000, 0xe0000000, "sc", SC, STORES, 4),
	[0x39] = ROW(0xfc000000, 0xe4000000, "swc1", FPU_STORE, STORES | FPU, 4),
	[0x3d] = ROW(0xfc000000, 0xf4000000, "sdc1", FPU_STORE, STORES | FPU, 8),
};

/* Bits 10 to 6 of jr and jalr are a hint (.hb), which may be ignored. */
static const struct decode_row special_rows[] = {
	ROW(0xfc1ff83f, 0x00000008, "jr", JR, BRANCH, 0),
	ROW(0xfc1f003f, 0x00000009, "jalr", JR, BRANCH | LINK, 0),
	ROW(0xfc00003f, 0x0000000c, "syscall", SYSCALL, 0, 0),
	ROW(0xfc00003f, 0x0000000d, "break", BREAK, 0, 0),
	ROW(0xfffff83f, 0x0000000f, "sync", SYNC, 0, 0),
	ROW(0xfc00003f, 0x00000030, "tge", TRAP, 0, 0),
	ROW(0xfc00003f, 0x00000031, "tgeu", TRAP, 0, 0),
	ROW(0xfc00003f, 0x00000032, "tlt", TRAP, 0, 0),
	ROW(0xfc00003f, 0x00000033, "tltu", TRAP, 0, 0),
	ROW(0xfc00003f, 0x00000034, "teq", TRAP, 0, 0),
	ROW(0xfc00003f, 0x00000036, "tne", TRAP, 0, 0),
};

static const struct decode_row regimm_rows[] = {
	ROW(0xfc1f0000, 0x04000000, "bltz", BLTZ, BRANCH, 0),
	ROW(0xfc1f0000, 0x04010000, "bgez", BGEZ, BRANCH, 0),
	ROW(0xfc1f0000, 0x04020000, "bltzl", BLTZ, BRANCH | LIKELY, 0),
	ROW(0xfc1f0000, 0x04030000, "bgezl", BGEZ, BRANCH | LIKELY, 0),
	ROW(0xfc1f0000, 0x04100000, "bltzal", BLTZ, BRANCH | LINK, 0),
	ROW(0xfc1f0000, 0x04110000, "bgezal", BGEZ, BRANCH | LINK, 0),
	ROW(0xfc1f0000, 0x04120000, "bltzall", BLTZ, BRANCH | LINK | LIKELY, 0),
	ROW(0xfc1f0000, 0x04130000, "bgezall", BGEZ, BRANCH | LINK | LIKELY, 0),
	ROW(0xfc1f0000, 0x04080000, "tgei", TRAP, 0, 0),
	ROW(0xfc1f0000, 0x04090000, "tgeiu", TRAP, 0, 0),
	ROW(0xfc1f0000, 0x040a0000, "tlti", TRAP, 0, 0),
	ROW(0xfc1f0000, 0x040b0000, "tltiu", TRAP, 0, 0),
	ROW(0xfc1f0000, 0x040c0000, "teqi", TRAP, 0, 0),
	ROW(0xfc1f0000, 0x040e0000, "tnei", TRAP, 0, 0),
	ROW(0xfc1f0000, 0x041f0000, "synci", SYNCI, 0, 0),
};

static const struct decode_row cop0_rows[] = {
	ROW(0xffe007f8, 0x40000000, "mfc0", MFC0, CP0, 0),
	ROW(0xffe007f8, 0x40800000, "mtc0", MTC0, CP0, 0),
	ROW(0xffe0ffff, 0x41606000, "di", DI, CP0, 0),
	ROW(0xffe0ffff, 0x41606020, "ei", EI, CP0, 0),
	ROW(0xffffffff, 0x42000018, "eret", ERET, CP0, 0),
	ROW(0xffffffff, 0x42000006, "tlbwr", TLBWR, CP0, 0),
	ROW(0xffffffff, 0x42000002, "tlbwi", TLBWI, CP0, 0),
	ROW(0xffffffff, 0x42000008, "tlbp", TLBP, CP0, 0),
	ROW(0xffffffff, 0x42000001, "tlbr", TLBR, CP0, 0),
	ROW(0xfe00003f, 0x42000020, "wait", WAIT, CP0, 0),
	ROW(0xffffffff, 0x4200001f, "deret", DERET, CP0, 0),
	ROW(0xffe007ff, 0x41400000, "rdpgpr", RDPGPR, CP0, 0),
	ROW(0xffe007ff, 0x41c00000, "wrpgpr", WRPGPR, CP0, 0),
};

/* Bits 20 to 18: condition code; bit 17: likely; bit 16: true. */
static const struct decode_row cop1_rows[] = {
	ROW(0xffe30000, 0x45000000, "bc1f", BC1F, BRANCH, 0),
	ROW(0xffe30000, 0x45010000, "bc1t", BC1T, BRANCH, 0),
	ROW(0xffe30000, 0x45020000, "bc1fl", BC1F, BRANCH | LIKELY, 0),
	ROW(0xffe30000, 0x45030000, "bc1tl", BC1T, BRANCH | LIKELY, 0),
};

static const struct decode_row cop1x_rows[] = {
	ROW(0xfc00f83f, 0x4c000000, "lwxc1", FPU_LOAD, LOADS | FPU | INDEXED, 4),
	ROW(0xfc00f83f, 0x4c000001, "ldxc1", FPU_LOAD, LOADS | FPU | INDEXED, 8),
	ROW(0xfc00f83f, 0x4c000005, "luxc1", FPU_LOAD,
	    LOADS | FPU | INDEXED | ALIGN8, 8),
	ROW(0xfc0007ff, 0x4c000008, "swxc1", FPU_STORE, STORES | FPU | INDEXED, 4),
	ROW(0xfc0007ff, 0x4c000009, "sdxc1", FPU_STORE, STORES | FPU | INDEXED, 8),
	ROW(0xfc0007ff, 0x4c00000d, "suxc1", FPU_STORE,
	    STORES | FPU | INDEXED | ALIGN8, 8),
	ROW(0xfc0007ff, 0x4c00000f, "prefx", PREF, INDEXED, 0),
};

static const struct decode_row special2_rows[] = {
	ROW(0xfc00003f, 0x7000003f, "sdbbp", SDBBP, 0, 0),
};

static const struct decode_row special3_rows[] = {
	ROW(0xffe007ff, 0x7c00003b, "rdhwr", RDHWR, 0, 0),
};

#define TABLE(rows)	{ rows, ARRAY_SIZE(rows) }

static const struct decode_table tables[64] = {
	[0x00] = TABLE(special_rows),
	[0x01] = TABLE(regimm_rows),
	[0x10] = TABLE(cop0_rows),
	[0x11] = TABLE(cop1_rows),
	[0x13] = TABLE(cop1x_rows),
	[0x1c] = TABLE(special2_rows),
	[0x1f] = TABLE(special3_rows),
};

static const struct decode_row *find_row(u32 word)
{
	const struct decode_table *table = &tables[word >> 26];
	const struct decode_row *row = &majors[word >> 26];
	unsigned int i;

	if (row->name)
		return (word & row->mask) == row->value ? row : NULL;
	for (i = 0, row = table->rows; i < table->nr; i++, row++)
		if ((word & row->mask) == row->value)
			return row;
	return NULL;
}

/* The register that is loaded, stored or linked, which encodings move around. */
static u8 data_reg(const struct mips32_insn *insn, u32 word)
{
	if (insn->flags & MIPS32_F_LINK)
		return insn->op == MIPS32_JR ? insn->rd : 31;
	if (!(insn->flags & MIPS32_F_INDEXED))
		return insn->rt;
	return insn->flags & MIPS32_F_LOAD ? word >> 6 & 31 : insn->rd;
}

static u8 sel_field(const struct decode_row *row, u32 word)
{
	if (row->op <= MIPS32_MTC0)
		return word & 7;
	return row->op >= MIPS32_BC1F ? word >> 18 & 7 : 0;
}

bool mips32_decode(u32 word, struct mips32_insn *insn)
{
	const struct decode_row *row = find_row(word);
	s32 imm = (s32)(word << 16) >> 16;

	if (!row) {
		*insn = (struct mips32_insn){ .name = "?" };
		return false;
	}
	insn->name = row->name;
	insn->flags = row->flags;
	insn->op = row->op;
	insn->width = row->width;
	insn->rs = word >> 21 & 31;
	insn->rt = word >> 16 & 31;
	insn->rd = word >> 11 & 31;
	insn->sel = sel_field(row, word);
	insn->reg = data_reg(insn, word);
	insn->offset = row->flags & MIPS32_F_BRANCH ? imm * 4 : imm;
	insn->target = (word & 0x03ffffff) << 2;
	return true;
}

/* Condition code 0 has a place of its own (FCSR, vol. III). */
static bool fpu_condition(u32 fcr31, unsigned int cc)
{
	return fcr31 >> (cc ? 24 + cc : 23) & 1;
}

static bool is_taken(const struct mips32_insn *branch, const u32 *gpr, u32 fcr31)
{
	s32 rs = gpr[branch->rs], rt = gpr[branch->rt];

	switch (branch->op) {
	case MIPS32_BEQ:
		return rs == rt;
	case MIPS32_BNE:
		return rs != rt;
	case MIPS32_BLEZ:
		return rs <= 0;
	case MIPS32_BGTZ:
		return rs > 0;
	case MIPS32_BLTZ:
		return rs < 0;
	case MIPS32_BGEZ:
		return rs >= 0;
	case MIPS32_BC1F:
		return !fpu_condition(fcr31, branch->sel);
	case MIPS32_BC1T:
		return fpu_condition(fcr31, branch->sel);
	default:
		return false;
	}
}

u32 mips32_next_pc(const struct mips32_insn *branch, u32 pc, const u32 *gpr,
		   u32 fcr31)
{
	u32 slot = pc + 4;

	if (branch->op == MIPS32_JR)
		return gpr[branch->rs];
	if (branch->op == MIPS32_J)
		return (slot & 0xf0000000) | branch->target;
	return is_taken(branch, gpr, fcr31) ? slot + (u32)branch->offset : slot + 4;
}
