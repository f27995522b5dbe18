// SPDX-License-Identifier: GPL-2.0
/*
 * The PowerPC 440 decoder (kmod/ppc440/decode.c) against tables: kind, width and
 * address of memory accesses, numbers of registers, where branches lead, which forms
 * are invalid and what is no instruction. test_ppc440_objdump.c goes on with all opcodes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../kmod/ppc440/decode.h"
#include "../fuzz/ppc440_branch.h"

#define PC 0xc0000100u
#define R(n) ((u32)(n)*0x01000100u)

/* Forms of instructions: rt, ra and rb are 3, 4 and 5 in the tables. */
#define D(op, disp) ((op) << 26 | 3u << 21 | 4u << 16 | ((disp)&0xffff))
#define X(xo) (31u << 26 | 3u << 21 | 4u << 16 | 5u << 11 | (xo) << 1)
#define SPR(n) (((n)&31u) << 16 | ((n) >> 5) << 11)

#define L PPC440_F_LOAD
#define S PPC440_F_STORE
#define SIGN PPC440_F_SIGNED
#define UP PPC440_F_UPDATE
#define XX PPC440_F_INDEXED
#define REV PPC440_F_REVERSE
#define FPU PPC440_F_FPU

static u32 gpr[32];

static int set_registers(void **state)
{
	(void)state;
	for (u32 i = 0; i < 32; i++)
		gpr[i] = R(i + 1);
	return 0;
}

static const struct access {
	u32 word;
	const char *name;
	enum ppc440_op op;
	u16 flags;
	u8 width, bytes;
	u32 address;
} accesses[] = {
	{ D(32, 4), "lwz", PPC440_LOAD, L, 4, 0, R(5) + 4 },
	{ D(33, -4), "lwzu", PPC440_LOAD, L | UP, 4, 0, R(5) - 4 },
	{ D(34, 0x7fff), "lbz", PPC440_LOAD, L, 1, 0, R(5) + 0x7fff },
	{ D(35, -0x8000), "lbzu", PPC440_LOAD, L | UP, 1, 0, R(5) - 0x8000 },
	{ D(36, 0), "stw", PPC440_STORE, S, 4, 0, R(5) },
	{ D(37, 8), "stwu", PPC440_STORE, S | UP, 4, 0, R(5) + 8 },
	{ D(38, 1), "stb", PPC440_STORE, S, 1, 0, R(5) + 1 },
	{ D(39, 1), "stbu", PPC440_STORE, S | UP, 1, 0, R(5) + 1 },
	{ D(40, 2), "lhz", PPC440_LOAD, L, 2, 0, R(5) + 2 },
	{ D(41, 2), "lhzu", PPC440_LOAD, L | UP, 2, 0, R(5) + 2 },
	{ D(42, 2), "lha", PPC440_LOAD, L | SIGN, 2, 0, R(5) + 2 },
	{ D(43, 2), "lhau", PPC440_LOAD, L | SIGN | UP, 2, 0, R(5) + 2 },
	{ D(44, 2), "sth", PPC440_STORE, S, 2, 0, R(5) + 2 },
	{ D(45, 2), "sthu", PPC440_STORE, S | UP, 2, 0, R(5) + 2 },
	{ 0xbbe40008, "lmw", PPC440_LMW, L, 4, 4, R(5) + 8 },
	{ D(47, 8), "stmw", PPC440_STMW, S, 4, 116, R(5) + 8 },
	{ D(48, 4), "lfs", PPC440_FPU_LOAD, L | FPU, 4, 0, R(5) + 4 },
	{ D(49, 4), "lfsu", PPC440_FPU_LOAD, L | FPU | UP, 4, 0, R(5) + 4 },
	{ D(50, 8), "lfd", PPC440_FPU_LOAD, L | FPU, 8, 0, R(5) + 8 },
	{ D(51, 8), "lfdu", PPC440_FPU_LOAD, L | FPU | UP, 8, 0, R(5) + 8 },
	{ D(52, 4), "stfs", PPC440_FPU_STORE, S | FPU, 4, 0, R(5) + 4 },
	{ D(53, 4), "stfsu", PPC440_FPU_STORE, S | FPU | UP, 4, 0, R(5) + 4 },
	{ D(54, 8), "stfd", PPC440_FPU_STORE, S | FPU, 8, 0, R(5) + 8 },
	{ D(55, 8), "stfdu", PPC440_FPU_STORE, S | FPU | UP, 8, 0, R(5) + 8 },
	{ X(23), "lwzx", PPC440_LOAD, L | XX, 4, 0, R(5) + R(6) },
	{ X(55), "lwzux", PPC440_LOAD, L | XX | UP, 4, 0, R(5) + R(6) },
	{ X(87), "lbzx", PPC440_LOAD, L | XX, 1, 0, R(5) + R(6) },
	{ X(119), "lbzux", PPC440_LOAD, L | XX | UP, 1, 0, R(5) + R(6) },
	{ X(279), "lhzx", PPC440_LOAD, L | XX, 2, 0, R(5) + R(6) },
	{ X(311), "lhzux", PPC440_LOAD, L | XX | UP, 2, 0, R(5) + R(6) },
	{ X(343), "lhax", PPC440_LOAD, L | XX | SIGN, 2, 0, R(5) + R(6) },
	{ X(375), "lhaux", PPC440_LOAD, L | XX | SIGN | UP, 2, 0, R(5) + R(6) },
	{ X(151), "stwx", PPC440_STORE, S | XX, 4, 0, R(5) + R(6) },
	{ X(183), "stwux", PPC440_STORE, S | XX | UP, 4, 0, R(5) + R(6) },
	{ X(215), "stbx", PPC440_STORE, S | XX, 1, 0, R(5) + R(6) },
	{ X(247), "stbux", PPC440_STORE, S | XX | UP, 1, 0, R(5) + R(6) },
	{ X(407), "sthx", PPC440_STORE, S | XX, 2, 0, R(5) + R(6) },
	{ X(439), "sthux", PPC440_STORE, S | XX | UP, 2, 0, R(5) + R(6) },
	{ X(534), "lwbrx", PPC440_LOAD, L | XX | REV, 4, 0, R(5) + R(6) },
	{ X(790), "lhbrx", PPC440_LOAD, L | XX | REV, 2, 0, R(5) + R(6) },
	{ X(662), "stwbrx", PPC440_STORE, S | XX | REV, 4, 0, R(5) + R(6) },
	{ X(918), "sthbrx", PPC440_STORE, S | XX | REV, 2, 0, R(5) + R(6) },
	{ X(20), "lwarx", PPC440_LWARX, L | XX, 4, 0, R(5) + R(6) },
	{ X(150) | 1, "stwcx", PPC440_STWCX, S | XX | PPC440_F_RECORD, 4, 0, R(5) + R(6) },
	{ 0x7c6424aa, "lswi", PPC440_LSW, L, 1, 4, R(5) },
	{ X(725), "stswi", PPC440_STSW, S, 1, 5, R(5) },
	{ X(725) & ~0xf800u, "stswi", PPC440_STSW, S, 1, 32, R(5) },
	{ X(533), "lswx", PPC440_LSW, L | XX, 1, 0, R(5) + R(6) },
	{ X(661), "stswx", PPC440_STSW, S | XX, 1, 0, R(5) + R(6) },
	{ X(535), "lfsx", PPC440_FPU_LOAD, L | FPU | XX, 4, 0, R(5) + R(6) },
	{ X(567), "lfsux", PPC440_FPU_LOAD, L | FPU | XX | UP, 4, 0, R(5) + R(6) },
	{ X(599), "lfdx", PPC440_FPU_LOAD, L | FPU | XX, 8, 0, R(5) + R(6) },
	{ X(631), "lfdux", PPC440_FPU_LOAD, L | FPU | XX | UP, 8, 0, R(5) + R(6) },
	{ X(663), "stfsx", PPC440_FPU_STORE, S | FPU | XX, 4, 0, R(5) + R(6) },
	{ X(695), "stfsux", PPC440_FPU_STORE, S | FPU | XX | UP, 4, 0, R(5) + R(6) },
	{ X(727), "stfdx", PPC440_FPU_STORE, S | FPU | XX, 8, 0, R(5) + R(6) },
	{ X(759), "stfdux", PPC440_FPU_STORE, S | FPU | XX | UP, 8, 0, R(5) + R(6) },
	{ X(983), "stfiwx", PPC440_STFIWX, S | FPU | XX, 4, 0, R(5) + R(6) },
	{ X(1014) & ~0x03e00000u, "dcbz", PPC440_DCBZ, XX, 0, 0, R(5) + R(6) },
	{ X(758) & ~0x03e00000u, "dcba", PPC440_DCBA, XX, 0, 0, R(5) + R(6) },
	{ X(86) & ~0x03e00000u, "dcbf", PPC440_CACHE, XX, 0, 0, R(5) + R(6) },
	{ X(54) & ~0x03e00000u, "dcbst", PPC440_CACHE, XX, 0, 0, R(5) + R(6) },
	{ X(982) & ~0x03e00000u, "icbi", PPC440_CACHE, XX, 0, 0, R(5) + R(6) },
	{ X(278), "dcbt", PPC440_TOUCH, XX, 0, 0, R(5) + R(6) },
	{ X(246), "dcbtst", PPC440_TOUCH, XX, 0, 0, R(5) + R(6) },
	{ X(22), "icbt", PPC440_TOUCH, XX, 0, 0, R(5) + R(6) },
};

static void test_accesses(void **state)
{
	struct ppc440_insn insn;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(accesses); i++) {
		const struct access *a = &accesses[i];

		if (!ppc440_decode(a->word, &insn) || insn.op != a->op)
			fail_msg("%s: op %u (%s)", a->name, insn.op, insn.name);
		if (strcmp(insn.name, a->name))
			fail_msg("%s: taken for %s", a->name, insn.name);
		if (insn.flags != a->flags || insn.width != a->width || insn.bytes != a->bytes)
			fail_msg("%s: flags %x, width %u, %u bytes", a->name, insn.flags,
				 insn.width, insn.bytes);
		if (insn.rt != (a->word >> 21 & 31) || insn.ra != 4)
			fail_msg("%s: rt %u, ra %u", a->name, insn.rt, insn.ra);
		if (ppc440_address(&insn, gpr) != a->address)
			fail_msg("%s: address %08x", a->name, ppc440_address(&insn, gpr));
	}
}

/* Register 0 is no base, and addresses wrap, since a guest may try. */
static void test_addresses(void **state)
{
	static const struct {
		u32 word, address;
	} tries[] = {
		{ 0x8060f05c, 0xfffff05c }, /* lwz r3,-4004(0) */
		{ 0x90600000, 0 }, /* stw r3,0(0) */
		{ 0x7c60282e, R(6) }, /* lwzx r3,0,r5 */
		{ 0x7c64002e, R(5) + R(1) }, /* lwzx r3,r4,r0 */
		{ 0x7c602caa, 0 }, /* lswi r3,0,5 */
		{ 0x807f8000, R(32) - 0x8000 }, /* lwz r3,-32768(r31) */
	};
	struct ppc440_insn insn;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(tries); i++) {
		assert_true(ppc440_decode(tries[i].word, &insn));
		if (ppc440_address(&insn, gpr) != tries[i].address)
			fail_msg("%08x: %08x", tries[i].word, ppc440_address(&insn, gpr));
	}
}

static const struct privileged {
	u32 word;
	enum ppc440_op op;
	u16 flags;
	u8 rt, ra, rb;
} privileged[] = {
	{ 0x7c6000a6, PPC440_MFMSR, 0, 3, 0, 0 },
	{ 0x7fe00124, PPC440_MTMSR, 0, 31, 0, 0 },
	{ 0x7c600106, PPC440_WRTEE, 0, 3, 0, 0 },
	{ 0x4c000064, PPC440_RFI, 0, 0, 0, 0 },
	{ 0x4c000066, PPC440_RFCI, 0, 0, 0, 0 },
	{ 0x4c00004c, PPC440_RFMCI, 0, 0, 0, 0 },
	{ 0x7c411764, PPC440_TLBRE, 0, 2, 1, 2 },
	{ 0x7c410fa4, PPC440_TLBWE, 0, 2, 1, 1 },
	{ 0x7c411f24, PPC440_TLBSX, XX, 2, 1, 3 },
	{ 0x7c411f25, PPC440_TLBSX, XX | PPC440_F_RECORD, 2, 1, 3 },
	{ 0x7c00046c, PPC440_TLBSYNC, 0, 0, 0, 0 },
	{ 0x7c011bac, PPC440_DCBI, XX, 0, 1, 3 },
	{ 0x7c011b8c, PPC440_DCCCI, XX, 0, 1, 3 },
	{ 0x7c411bcc, PPC440_DCREAD, XX, 2, 1, 3 },
	{ 0x7c011f8c, PPC440_ICCCI, XX, 0, 1, 3 },
	{ 0x7c011fcc, PPC440_ICREAD, XX, 0, 1, 3 },
};

static void test_privileged(void **state)
{
	struct ppc440_insn insn;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(privileged); i++) {
		const struct privileged *p = &privileged[i];

		if (!ppc440_decode(p->word, &insn) || insn.op != p->op)
			fail_msg("%08x: op %u (%s)", p->word, insn.op, insn.name);
		if (insn.flags != (p->flags | PPC440_F_PRIVILEGED))
			fail_msg("%08x: flags %x", p->word, insn.flags);
		if (insn.rt != p->rt || insn.ra != p->ra || insn.rb != p->rb)
			fail_msg("%08x: %u, %u, %u", p->word, insn.rt, insn.ra, insn.rb);
	}
}

static void test_wrteei(void **state)
{
	struct ppc440_insn insn;

	(void)state;
	assert_true(ppc440_decode(0x7c008146, &insn));
	assert_int_equal(insn.op, PPC440_WRTEEI);
	assert_int_equal(insn.disp, 1);
	assert_true(ppc440_decode(0x7c000146, &insn));
	assert_int_equal(insn.disp, 0);
	assert_int_equal(insn.flags, PPC440_F_PRIVILEGED);
}

/* Numbers with both halves, and which of the registers user mode may touch. */
static void test_numbers(void **state)
{
	static const struct {
		unsigned int spr;
		bool privileged;
	} sprs[] = {
		{ 1, false }, /* XER */
		{ 8, false },	{ 9, false },	{ 256, false }, /* USPRG0 */
		{ 260, false }, { 263, false }, /* SPRG4 to 7, to read */
		{ 268, false }, { 269, false }, /* TBL, TBU, to read */
		{ 276, true },	{ 279, true },	{ 26, true },	{ 22, true },
		{ 272, true },	{ 284, true },	{ 946, true },	{ 1022, true },
	};
	struct ppc440_insn insn;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sprs); i++)
		for (u32 write = 0; write < 2; write++) {
			assert_true(
				ppc440_decode(0x7c6002a6 | write << 8 | SPR(sprs[i].spr), &insn));
			assert_int_equal(insn.op, write ? PPC440_MTSPR : PPC440_MFSPR);
			assert_int_equal(insn.spr, sprs[i].spr);
			assert_int_equal(insn.rt, 3);
			assert_int_equal(insn.flags, sprs[i].privileged ? PPC440_F_PRIVILEGED : 0);
		}
	for (u32 write = 0; write < 2; write++) {
		assert_true(ppc440_decode(0x7fe00286 | write << 8 | SPR(0xc6), &insn));
		assert_int_equal(insn.op, write ? PPC440_MTDCR : PPC440_MFDCR);
		assert_int_equal(insn.spr, 0xc6);
		assert_int_equal(insn.rt, 31);
		assert_int_equal(insn.flags, PPC440_F_PRIVILEGED);
	}
}

static const struct branch {
	u32 word;
	enum ppc440_op op;
	u16 flags;
	u8 bo, bi;
	u32 target; /* 1: not in the instruction */
} branches[] = {
	{ 0x48000100, PPC440_B, 0, 0, 0, PC + 0x100 },
	{ 0x4bfffffd, PPC440_B, PPC440_F_LINK, 31, 31, PC - 4 },
	{ 0x49fffffc, PPC440_B, 0, 15, 31, PC + 0x01fffffc },
	{ 0x4a000000, PPC440_B, 0, 16, 0, PC - 0x02000000 },
	{ 0x48000102, PPC440_B, PPC440_F_ABSOLUTE, 0, 0, 0x100 },
	{ 0x4bfff003, PPC440_B, PPC440_F_ABSOLUTE | PPC440_F_LINK, 31, 31, 0xfffff000 },
	{ 0x40828000, PPC440_BC, 0, 4, 2, PC - 0x8000 },
	{ 0x41827ffd, PPC440_BC, PPC440_F_LINK, 12, 2, PC + 0x7ffc },
	{ 0x4200fffe, PPC440_BC, PPC440_F_ABSOLUTE, 16, 0, 0xfffffffc },
	{ 0x4c820020, PPC440_BCLR, 0, 4, 2, 1 },
	{ 0x4e800021, PPC440_BCLR, PPC440_F_LINK, 20, 0, 1 },
	{ 0x4e800420, PPC440_BCCTR, 0, 20, 0, 1 },
	{ 0x4e800421, PPC440_BCCTR, PPC440_F_LINK, 20, 0, 1 },
};

static void test_branches(void **state)
{
	struct ppc440_insn insn;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(branches); i++) {
		const struct branch *b = &branches[i];
		u32 target = 1;

		if (!ppc440_decode(b->word, &insn) || insn.op != b->op)
			fail_msg("%08x: op %u (%s)", b->word, insn.op, insn.name);
		if (insn.flags != (b->flags | PPC440_F_BRANCH))
			fail_msg("%08x: flags %x", b->word, insn.flags);
		if (insn.rt != b->bo || insn.ra != b->bi)
			fail_msg("%08x: BO %u, BI %u", b->word, insn.rt, insn.ra);
		if (ppc440_branch_target(&insn, PC, &target) != (b->target != 1) ||
		    target != b->target)
			fail_msg("%08x: to %08x", b->word, target);
	}
}

static const struct {
	u32 word;
	enum ppc440_op op;
	u8 to;
	s32 value;
} others[] = {
	{ 0x44000002, PPC440_SC, 0, 2 },   { 0x7fe00008, PPC440_TW, 31, 0 },
	{ 0x7c832808, PPC440_TW, 4, 0 },   { 0x0f1f0000, PPC440_TWI, 24, 0 },
	{ 0x0c83fffb, PPC440_TWI, 4, -5 }, { 0x7c0004ac, PPC440_MSYNC, 0, 0 },
	{ 0x7c2006ac, PPC440_MBAR, 1, 0 }, { 0x4c00012c, PPC440_ISYNC, 0, 0x12c },
};

static void test_others(void **state)
{
	struct ppc440_insn insn;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		if (!ppc440_decode(others[i].word, &insn) || insn.op != others[i].op)
			fail_msg("%08x: op %u (%s)", others[i].word, insn.op, insn.name);
		if (insn.flags || insn.rt != others[i].to)
			fail_msg("%08x: flags %x, rt %u", others[i].word, insn.flags, insn.rt);
		if (insn.op == PPC440_TWI && insn.disp != others[i].value)
			fail_msg("%08x: %d", others[i].word, insn.disp);
	}
}

/* Invalid forms, each with a neighbour that is valid. */
static const struct {
	const char *what;
	u32 invalid, valid;
} forms[] = {
	{ "lwzu to its base", 0x84630004, 0x84640004 },
	{ "lwzu without a base", 0x84600004, 0x80600004 },
	{ "stwu without a base", 0x94600004, 0x94630004 },
	{ "lwzux to its base", 0x7c63286e, 0x7c64286e },
	{ "stbux without a base", 0x7c6029ee, 0x7c6329ee },
	{ "lfsu without a base", 0xc4600004, 0xc4630004 },
	{ "lmw with its base among them", 0xb87e0004, 0xbbfd0004 },
	{ "lmw r0 without a base", 0xb8000004, 0xb8200004 },
	{ "lswi with its base among them", 0x7c6434aa, 0x7c6424aa },
	{ "lswi around the end, with its base", 0x7fe02caa, 0x7fe12caa },
	{ "lswx to its base", 0x7c632c2a, 0x7c642c2a },
	{ "lswx to its index", 0x7c641c2a, 0x7c642c2a },
	{ "bcctr that decrements", 0x4e000420, 0x4e800420 },
	{ "bc with a reserved bit of BO", 0x41c20010, 0x41820010 },
	{ "bclr always, with a hint", 0x4ea00020, 0x4e800020 },
	{ "lwzx with Rc", 0x7c64282f, 0x7c64282e },
	{ "mfmsr with ra", 0x7c6100a6, 0x7c6000a6 },
	{ "mfmsr with rb", 0x7c6008a6, 0x7c6000a6 },
	{ "mfspr with Rc", 0x7c7a02a7, 0x7c7a02a6 },
	{ "wrteei with rt", 0x7c208146, 0x7c008146 },
	{ "wrteei with more bits", 0x7c00c146, 0x7c008146 },
	{ "tlbwe with Rc", 0x7c411fa5, 0x7c411fa4 },
	{ "rfi with ra", 0x4c010064, 0x4c000064 },
	{ "dcbz with rt", 0x7c642fec, 0x7c042fec },
	{ "sc with a level", 0x44000022, 0x44000002 },
	{ "mbar with ra", 0x7c2106ac, 0x7c2006ac },
	{ "bclr with rb", 0x4e800820, 0x4e800020 },
};

static void test_invalid(void **state)
{
	struct ppc440_insn insn, other;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		if (!ppc440_decode(forms[i].invalid, &insn))
			fail_msg("%s: unknown", forms[i].what);
		if (!(insn.flags & PPC440_F_INVALID))
			fail_msg("%s: %08x is valid", forms[i].what, forms[i].invalid);
		if (!ppc440_decode(forms[i].valid, &other) || other.flags & PPC440_F_INVALID)
			fail_msg("%s: %08x is not valid", forms[i].what, forms[i].valid);
	}
}

static void test_refused(void **state)
{
	static const u32 refused[] = {
		0x00000000, 0x60000000, /* nop */
		0x38630001, /* addi */
		0x7c641a14, /* add */
		0x7c64292c, /* stwcx without its dot */
		0x44000000, /* sc without its bit */
		0x7c640206, /* mfdcrx */
		0x7c640306, /* mtdcrx */
		0x7c64282a, /* ldx */
		0xe8640000, /* ld */
		0xf8640000, /* std */
		0x7c6c42e6, /* mftb: no trap */
		0x7c000624, /* tlbivax */
		0x4c000024, /* rfid */
		0x4c00004e, /* rfdi */
		0x10641800, /* a multiply-accumulate */
		0xffffffff,
	};
	struct ppc440_insn insn;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		memset(&insn, 0xff, sizeof(insn));
		if (ppc440_decode(refused[i], &insn) || insn.op != PPC440_UNKNOWN || insn.flags)
			fail_msg("%08x: taken for %s", refused[i], insn.name);
		assert_string_equal(insn.name, "?");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_accesses, set_registers),
		cmocka_unit_test_setup(test_addresses, set_registers),
		cmocka_unit_test(test_privileged),
		cmocka_unit_test(test_wrteei),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_branches),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_invalid),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
