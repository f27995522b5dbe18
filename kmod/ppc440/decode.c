// SPDX-License-Identifier: GPL-2.0
/*
 * PowerPC 440 instructions, taken apart; emulate.c carries them out.
 *
 * The primary opcode chooses a row, or, for 19 and 31, the extended one does.
 * Encodings are those of the PPC440x5 CPU Core User's Manual, chapter 9 and A.6.
 */
#include "decode.h"
#include "../lib/hot.h"

/* Bits are those of the word as a number: the manual's bit 31 is BIT(0). */
#define FIELD_RT	0x03e00000
#define FIELD_RA	0x001f0000
#define FIELD_RB	0x0000f800
#define FIELD_RC	0x00000001

struct decode_row {
	const char *name;
	u32 reserved;		/* bits that should be 0 */
	u16 flags;
	u8 op;
	u8 width;
};

#define ROW(name, op, flags, width, reserved) \
	{ name, reserved, flags, PPC440_ ## op, width }

#define LOADS	PPC440_F_LOAD
#define STORES	PPC440_F_STORE
#define SIGNED	PPC440_F_SIGNED
#define UPDATE	PPC440_F_UPDATE
#define REVERSE	PPC440_F_REVERSE
#define FPU	PPC440_F_FPU
#define PRIV	PPC440_F_PRIVILEGED
#define BRANCH	PPC440_F_BRANCH
#define RECORD	PPC440_F_RECORD

static const struct decode_row primaries[64] = {
	[3] = ROW("twi", TWI, 0, 0, 0),
	[16] = ROW("bc", BC, BRANCH, 0, 0),
	[17] = ROW("sc", SC, 0, 0, 0x03fffffd),
	[18] = ROW("b", B, BRANCH, 0, 0),
	[32] = ROW("lwz", LOAD, LOADS, 4, 0),
	[33] = ROW("lwzu", LOAD, LOADS | UPDATE, 4, 0),
	[34] = ROW("lbz", LOAD, LOADS, 1, 0),
	[35] = ROW("lbzu", LOAD, LOADS | UPDATE, 1, 0),
	[36] = ROW("stw", STORE, STORES, 4, 0),
	[37] = ROW("stwu", STORE, STORES | UPDATE, 4, 0),
	[38] = ROW("stb", STORE, STORES, 1, 0),
	[39] = ROW("stbu", STORE, STORES | UPDATE, 1, 0),
	[40] = ROW("lhz", LOAD, LOADS, 2, 0),
	[41] = ROW("lhzu", LOAD, LOADS | UPDATE, 2, 0),
	[42] = ROW("lha", LOAD, LOADS | SIGNED, 2, 0),
	[43] = ROW("lhau", LOAD, LOADS | SIGNED | UPDATE, 2, 0),
	[44] = ROW("sth", STORE, STORES, 2, 0),
	[45] = ROW("sthu", STORE, STORES | UPDATE, 2, 0),
	[46] = ROW("lmw", LMW, LOADS, 4, 0),
	[47] = ROW("stmw", STMW, STORES, 4, 0),
	[48] = ROW("lfs", FPU_LOAD, LOADS | FPU, 4, 0),
	[49] = ROW("lfsu", FPU_LOAD, LOADS | FPU | UPDATE, 4, 0),
	[50] = ROW("lfd", FPU_LOAD, LOADS | FPU, 8, 0),
	[51] = ROW("lfdu", FPU_LOAD, LOADS | FPU | UPDATE, 8, 0),
	[52] = ROW("stfs", FPU_STORE, STORES | FPU, 4, 0),
	[53] = ROW("stfsu", FPU_STORE, STORES | FPU | UPDATE, 4, 0),
	[54] = ROW("stfd", FPU_STORE, STORES | FPU, 8, 0),
	[55] = ROW("stfdu", FPU_STORE, STORES | FPU | UPDATE, 8, 0),
};

static const struct {
	unsigned int xo;
	struct decode_row row;
} rows_19[] = {
	{ 50, ROW("rfi", RFI, PRIV, 0, 0x03fff801) },
	{ 51, ROW("rfci", RFCI, PRIV, 0, 0x03fff801) },
	{ 38, ROW("rfmci", RFMCI, PRIV, 0, 0x03fff801) },
	{ 150, ROW("isync", ISYNC, 0, 0, 0x03fff801) },
	{ 16, ROW("bclr", BCLR, BRANCH, 0, FIELD_RB) },
	{ 528, ROW("bcctr", BCCTR, BRANCH, 0, FIELD_RB) },
};

/* An access by ra + rb; the bit of Rc is reserved. */
#define XROW(name, op, flags, width) \
	ROW(name, op, (flags) | PPC440_F_INDEXED, width, FIELD_RC)

/* The same without rt. */
#define AROW(name, op, flags) \
	ROW(name, op, (flags) | PPC440_F_INDEXED, 0, FIELD_RT | FIELD_RC)

static const struct decode_row rows_31[1024] = {
	[4] = ROW("tw", TW, 0, 0, FIELD_RC),
	[83] = ROW("mfmsr", MFMSR, PRIV, 0, FIELD_RA | FIELD_RB | FIELD_RC),
	[146] = ROW("mtmsr", MTMSR, PRIV, 0, FIELD_RA | FIELD_RB | FIELD_RC),
	[131] = ROW("wrtee", WRTEE, PRIV, 0, FIELD_RA | FIELD_RB | FIELD_RC),
	[163] = ROW("wrteei", WRTEEI, PRIV, 0, 0x03ff7801),
	/* Whether these two are privileged depends on the register. */
	[339] = ROW("mfspr", MFSPR, 0, 0, FIELD_RC),
	[467] = ROW("mtspr", MTSPR, 0, 0, FIELD_RC),
	[323] = ROW("mfdcr", MFDCR, PRIV, 0, FIELD_RC),
	[451] = ROW("mtdcr", MTDCR, PRIV, 0, FIELD_RC),
	[946] = ROW("tlbre", TLBRE, PRIV, 0, FIELD_RC),
	[978] = ROW("tlbwe", TLBWE, PRIV, 0, FIELD_RC),
	[914] = ROW("tlbsx", TLBSX, PRIV | PPC440_F_INDEXED, 0, 0),
	[566] = ROW("tlbsync", TLBSYNC, PRIV, 0, 0x03fff801),

	[470] = AROW("dcbi", DCBI, PRIV),
	[454] = AROW("dccci", DCCCI, PRIV),
	[486] = XROW("dcread", DCREAD, PRIV, 0),
	[966] = AROW("iccci", ICCCI, PRIV),
	[998] = AROW("icread", ICREAD, PRIV),
	[1014] = AROW("dcbz", DCBZ, 0),
	[758] = AROW("dcba", DCBA, 0),
	[86] = AROW("dcbf", CACHE, 0),
	[54] = AROW("dcbst", CACHE, 0),
	[982] = AROW("icbi", CACHE, 0),
	[278] = XROW("dcbt", TOUCH, 0, 0),
	[246] = XROW("dcbtst", TOUCH, 0, 0),
	[22] = XROW("icbt", TOUCH, 0, 0),
	[598] = ROW("msync", MSYNC, 0, 0, 0x03fff801),
	[854] = ROW("mbar", MBAR, 0, 0, FIELD_RA | FIELD_RB | FIELD_RC),

	[23] = XROW("lwzx", LOAD, LOADS, 4),
	[55] = XROW("lwzux", LOAD, LOADS | UPDATE, 4),
	[87] = XROW("lbzx", LOAD, LOADS, 1),
	[119] = XROW("lbzux", LOAD, LOADS | UPDATE, 1),
	[279] = XROW("lhzx", LOAD, LOADS, 2),
	[311] = XROW("lhzux", LOAD, LOADS | UPDATE, 2),
	[343] = XROW("lhax", LOAD, LOADS | SIGNED, 2),
	[375] = XROW("lhaux", LOAD, LOADS | SIGNED | UPDATE, 2),
	[534] = XROW("lwbrx", LOAD, LOADS | REVERSE, 4),
	[790] = XROW("lhbrx", LOAD, LOADS | REVERSE, 2),
	[151] = XROW("stwx", STORE, STORES, 4),
	[183] = XROW("stwux", STORE, STORES | UPDATE, 4),
	[215] = XROW("stbx", STORE, STORES, 1),
	[247] = XROW("stbux", STORE, STORES | UPDATE, 1),
	[407] = XROW("sthx", STORE, STORES, 2),
	[439] = XROW("sthux", STORE, STORES | UPDATE, 2),
	[662] = XROW("stwbrx", STORE, STORES | REVERSE, 4),
	[918] = XROW("sthbrx", STORE, STORES | REVERSE, 2),
	[533] = XROW("lswx", LSW, LOADS, 1),
	[661] = XROW("stswx", STSW, STORES, 1),
	[597] = ROW("lswi", LSW, LOADS, 1, FIELD_RC),
	[725] = ROW("stswi", STSW, STORES, 1, FIELD_RC),
	[20] = XROW("lwarx", LWARX, LOADS, 4),
	[150] = ROW("stwcx", STWCX, STORES | PPC440_F_INDEXED | RECORD, 4, 0),

	[535] = XROW("lfsx", FPU_LOAD, LOADS | FPU, 4),
	[567] = XROW("lfsux", FPU_LOAD, LOADS | FPU | UPDATE, 4),
	[599] = XROW("lfdx", FPU_LOAD, LOADS | FPU, 8),
	[631] = XROW("lfdux", FPU_LOAD, LOADS | FPU | UPDATE, 8),
	[663] = XROW("stfsx", FPU_STORE, STORES | FPU, 4),
	[695] = XROW("stfsux", FPU_STORE, STORES | FPU | UPDATE, 4),
	[727] = XROW("stfdx", FPU_STORE, STORES | FPU, 8),
	[759] = XROW("stfdux", FPU_STORE, STORES | FPU | UPDATE, 8),
	[983] = XROW("stfiwx", STFIWX, STORES | FPU, 4),
};

/* Fixed bits outside of the opcodes; to be without them is to be illegal. */
static bool has_fixed_bits(const struct decode_row *row, u32 word)
{
	if (row->op == PPC440_SC)
		return word & 2;
	return row->op != PPC440_STWCX || word & FIELD_RC;
}

static const struct decode_row *find_row(u32 word)
{
	unsigned int xo = word >> 1 & 0x3ff, i;

	if (word >> 26 == 31)
		return &rows_31[xo];
	if (word >> 26 != 19)
		return &primaries[word >> 26];
	for (i = 0; i < ARRAY_SIZE(rows_19); i++)
		if (rows_19[i].xo == xo)
			return &rows_19[i].row;
	return &primaries[19];
}

/* The two halves of the number are swapped (manual, 2.8.1). */
static u16 swapped_number(u32 word)
{
	return (word >> 16 & 0x1f) | (word >> 6 & 0x3e0);
}

/* What is left of the word without the registers, in units of the instruction. */
static s32 displacement(const struct ppc440_insn *insn, u32 word)
{
	switch (insn->op) {
	case PPC440_B:
		return (s32)((word & 0x03fffffc) << 6) >> 6;
	case PPC440_BC:
		return (s32)((word & 0x0000fffc) << 16) >> 16;
	case PPC440_WRTEEI:
		return word >> 15 & 1;
	default:
		return word >> 26 == 31 ? 0 : (s32)(word << 16) >> 16;
	}
}

/* lswi and stswi have the number in the place of rb, with 0 for 32. */
static u8 bytes_moved(const struct ppc440_insn *insn)
{
	if (insn->op == PPC440_LMW || insn->op == PPC440_STMW)
		return 4 * (32 - insn->rt);
	if ((insn->op == PPC440_LSW || insn->op == PPC440_STSW) &&
	    !(insn->flags & PPC440_F_INDEXED))
		return insn->rb ? insn->rb : 32;
	return 0;
}

static u16 flags_in_word(const struct ppc440_insn *insn, u32 word)
{
	u16 flags = 0;

	if (insn->flags & BRANCH && word & 1)
		flags |= PPC440_F_LINK;
	if ((insn->op == PPC440_B || insn->op == PPC440_BC) && word & 2)
		flags |= PPC440_F_ABSOLUTE;
	if (insn->op == PPC440_TLBSX && word & FIELD_RC)
		flags |= RECORD;
	if ((insn->op == PPC440_MFSPR || insn->op == PPC440_MTSPR) &&
	    ppc440_spr_is_privileged(insn->spr))
		flags |= PRIV;
	return flags;
}

/* Does it load @reg, directly or as one of several registers? */
static bool loads_to(const struct ppc440_insn *insn, unsigned int reg)
{
	unsigned int regs = insn->bytes ? (insn->bytes + 3) / 4 : 1;

	return insn->flags & LOADS && !(insn->flags & FPU) &&
	       ((reg - insn->rt) & 31) < regs;
}

/* BO: tests no bit of CR with 16, leaves CTR alone with 4 (manual, 2.4.2). */
static bool has_reserved_bo(unsigned int bo)
{
	unsigned int reserved = (bo & 16 ? 8 : 0) | (bo & 4 ? 2 : 0);

	if ((bo & 20) == 20)
		reserved |= 1;
	return bo & reserved;
}

/* The invalid forms that the manual's descriptions of the instructions list. */
static bool operands_clash(const struct ppc440_insn *insn)
{
	if (insn->flags & UPDATE)
		return !insn->ra || loads_to(insn, insn->ra);
	switch (insn->op) {
	case PPC440_LMW:
		return loads_to(insn, insn->ra);
	case PPC440_LSW:
		return loads_to(insn, insn->ra) ||
		       (insn->flags & PPC440_F_INDEXED && loads_to(insn, insn->rb));
	case PPC440_BCCTR:
		return has_reserved_bo(insn->rt) || !(insn->rt & 4);
	case PPC440_BC:
	case PPC440_BCLR:
		return has_reserved_bo(insn->rt);
	default:
		return false;
	}
}

__ember_hot bool ppc440_decode(u32 word, struct ppc440_insn *insn)
{
	const struct decode_row *row = find_row(word);

	if (!row->name || !has_fixed_bits(row, word)) {
		*insn = (struct ppc440_insn){ .name = "?" };
		return false;
	}
	insn->name = row->name;
	insn->flags = row->flags;
	insn->op = row->op;
	insn->width = row->width;
	insn->rt = word >> 21 & 31;
	insn->ra = word >> 16 & 31;
	insn->rb = word >> 11 & 31;
	insn->bytes = bytes_moved(insn);
	insn->spr = swapped_number(word);
	insn->disp = displacement(insn, word);
	insn->flags |= flags_in_word(insn, word);
	if (word & row->reserved || operands_clash(insn))
		insn->flags |= PPC440_F_INVALID;
	return true;
}
