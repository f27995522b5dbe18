// SPDX-License-Identifier: GPL-2.0
/*
 * The MIPS32 decoder (kmod/mips32/decode.c) against tables: kind, width and
 * address of memory accesses, where branches lead, what must be refused.
 * test_mips32_objdump.c goes on with random words.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../kmod/mips32/decode.h"

#define PC 0x40100ffcu
#define R(n) ((u32)(n)*0x01000100u)

#define L MIPS32_F_LOAD
#define S MIPS32_F_STORE
#define SIGN MIPS32_F_SIGNED
#define FPU MIPS32_F_FPU

static u32 gpr[32];

static int set_registers(void **state)
{
	(void)state;
	for (u32 i = 0; i < 32; i++)
		gpr[i] = R(i);
	return 0;
}

static const struct access {
	u32 word;
	const char *name;
	u16 flags; /* L, S, SIGN and FPU */
	u8 width, reg;
	u32 address;
} accesses[] = {
	{ 0x8083fffc, "lb", L | SIGN, 1, 3, R(4) - 4 },
	{ 0x90838000, "lbu", L, 1, 3, R(4) - 0x8000 },
	{ 0x84837fff, "lh", L | SIGN, 2, 3, R(4) + 0x7fff },
	{ 0x94830000, "lhu", L, 2, 3, R(4) },
	{ 0x8c830004, "lw", L, 4, 3, R(4) + 4 },
	{ 0x8c036000, "lw", L, 4, 3, 0x6000 },
	{ 0x88830003, "lwl", L, 4, 3, R(4) + 3 },
	{ 0x98830000, "lwr", L, 4, 3, R(4) },
	{ 0xa0830001, "sb", S, 1, 3, R(4) + 1 },
	{ 0xa4830002, "sh", S, 2, 3, R(4) + 2 },
	{ 0xac830004, "sw", S, 4, 3, R(4) + 4 },
	{ 0xa8830003, "swl", S, 4, 3, R(4) + 3 },
	{ 0xb8830000, "swr", S, 4, 3, R(4) },
	{ 0xc0830004, "ll", L, 4, 3, R(4) + 4 },
	{ 0xe0830004, "sc", S, 4, 3, R(4) + 4 },
	{ 0xc4830004, "lwc1", L | FPU, 4, 3, R(4) + 4 },
	{ 0xd4820008, "ldc1", L | FPU, 8, 2, R(4) + 8 },
	{ 0xe4830004, "swc1", S | FPU, 4, 3, R(4) + 4 },
	{ 0xf4820008, "sdc1", S | FPU, 8, 2, R(4) + 8 },
	{ 0x4ca40080, "lwxc1", L | FPU, 4, 2, R(5) + R(4) },
	{ 0x4ca40081, "ldxc1", L | FPU, 8, 2, R(5) + R(4) },
	{ 0x4ca40085, "luxc1", L | FPU, 8, 2, (R(5) + R(4)) & ~7u },
	{ 0x4ca41008, "swxc1", S | FPU, 4, 2, R(5) + R(4) },
	{ 0x4ca41009, "sdxc1", S | FPU, 8, 2, R(5) + R(4) },
	{ 0x4ca4100d, "suxc1", S | FPU, 8, 2, (R(5) + R(4)) & ~7u },
};

static void test_accesses(void **state)
{
	struct mips32_insn insn;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(accesses); i++) {
		const struct access *a = &accesses[i];

		if (!mips32_decode(a->word, &insn))
			fail_msg("%s: unknown", a->name);
		if (strcmp(insn.name, a->name))
			fail_msg("%s: taken for %s", a->name, insn.name);
		if ((insn.flags & (L | S | SIGN | FPU)) != a->flags || insn.width != a->width)
			fail_msg("%s: flags %x, width %u", a->name, insn.flags, insn.width);
		if (insn.reg != a->reg || mips32_address(&insn, gpr) != a->address)
			fail_msg("%s: register %u, address %08x", a->name, insn.reg,
				 mips32_address(&insn, gpr));
		if (insn.flags & (MIPS32_F_BRANCH | MIPS32_F_CP0))
			fail_msg("%s: flags %x", a->name, insn.flags);
	}
}

/* Addresses that wrap, since a guest may try. */
static void test_wrap(void **state)
{
	struct mips32_insn insn;

	(void)state;
	assert_true(mips32_decode(0x8c038000, &insn));
	assert_int_equal(mips32_address(&insn, gpr), 0xffff8000);
}

static const struct privileged {
	u32 word;
	enum mips32_op op;
	u8 rt, rd, sel;
} privileged[] = {
	{ 0x40046000, MIPS32_MFC0, 4, 12, 0 },	{ 0x40048007, MIPS32_MFC0, 4, 16, 7 },
	{ 0x40846001, MIPS32_MTC0, 4, 12, 1 },	{ 0x41606000, MIPS32_DI, 0, 12, 0 },
	{ 0x417f6000, MIPS32_DI, 31, 12, 0 },	{ 0x41636020, MIPS32_EI, 3, 12, 0 },
	{ 0x42000018, MIPS32_ERET, 0, 0, 0 },	{ 0x4200001f, MIPS32_DERET, 0, 0, 0 },
	{ 0x42000001, MIPS32_TLBR, 0, 0, 0 },	{ 0x42000002, MIPS32_TLBWI, 0, 0, 0 },
	{ 0x42000006, MIPS32_TLBWR, 0, 0, 0 },	{ 0x42000008, MIPS32_TLBP, 0, 0, 0 },
	{ 0x42000020, MIPS32_WAIT, 0, 0, 0 },	{ 0x41441800, MIPS32_RDPGPR, 4, 3, 0 },
	{ 0x41c41800, MIPS32_WRPGPR, 4, 3, 0 }, { 0xbc950000, MIPS32_CACHE, 21, 0, 0 },
};

static void test_privileged(void **state)
{
	struct mips32_insn insn;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(privileged); i++) {
		const struct privileged *p = &privileged[i];

		if (!mips32_decode(p->word, &insn) || insn.op != p->op)
			fail_msg("%08x: op %u (%s)", p->word, insn.op, insn.name);
		if (insn.flags != MIPS32_F_CP0)
			fail_msg("%08x: flags %x", p->word, insn.flags);
		if (insn.rt != p->rt || insn.rd != p->rd || insn.sel != p->sel)
			fail_msg("%08x: rt %u, rd %u, sel %u", p->word, insn.rt, insn.rd, insn.sel);
	}
}

/* Each both ways: not taken goes behind the delay slot. */
static const struct branch {
	u32 word;
	u32 rs, rt, fcr31; /* of $4, of $5 */
	u32 next;
	u16 flags;
	u8 link;
} branches[] = {
	{ 0x0bffffff, 0, 0, 0, 0x4ffffffc, 0, 0 }, /* j: the slot's 256 MiB */
	{ 0x0c000400, 0, 0, 0, 0x40001000, MIPS32_F_LINK, 31 },
	{ 0x00800008, 0x40000001, 0, 0, 0x40000001, 0, 0 }, /* jr $4 */
	{ 0x00800408, 0x123, 0, 0, 0x123, 0, 0 }, /* jr.hb */
	{ 0x00802809, 0x1000, 0, 0, 0x1000, MIPS32_F_LINK, 5 },
	{ 0x10850004, 7, 7, 0, PC + 20, 0, 0 }, /* beq */
	{ 0x10850004, 7, 8, 0, PC + 8, 0, 0 },
	{ 0x1485ffff, 7, 8, 0, PC, 0, 0 }, /* bne */
	{ 0x1485ffff, 7, 7, 0, PC + 8, 0, 0 },
	{ 0x54858000, 7, 8, 0, PC + 4 - 0x20000, MIPS32_F_LIKELY, 0 },
	{ 0x54858000, 7, 7, 0, PC + 8, MIPS32_F_LIKELY, 0 },
	{ 0x18800002, 0, 0, 0, PC + 12, 0, 0 }, /* blez */
	{ 0x18800002, ~0u, 0, 0, PC + 12, 0, 0 },
	{ 0x18800002, 1, 0, 0, PC + 8, 0, 0 },
	{ 0x1c800002, 1, 0, 0, PC + 12, 0, 0 }, /* bgtz */
	{ 0x1c800002, 0, 0, 0, PC + 8, 0, 0 },
	{ 0x1c800002, 1u << 31, 0, 0, PC + 8, 0, 0 },
	{ 0x04800002, 1u << 31, 0, 0, PC + 12, 0, 0 }, /* bltz */
	{ 0x04800002, 0, 0, 0, PC + 8, 0, 0 },
	{ 0x04810002, 0, 0, 0, PC + 12, 0, 0 }, /* bgez */
	{ 0x04810002, ~0u, 0, 0, PC + 8, 0, 0 },
	{ 0x04930002, 0, 0, 0, PC + 12, MIPS32_F_LINK | MIPS32_F_LIKELY, 31 }, /* bgezall */
	{ 0x04900002, ~0u, 0, 0, PC + 12, MIPS32_F_LINK, 31 }, /* bltzal */
	{ 0x45010002, 0, 0, 1u << 23, PC + 12, 0, 0 }, /* bc1t $fcc0 */
	{ 0x45010002, 0, 0, ~(1u << 23), PC + 8, 0, 0 },
	{ 0x45050002, 0, 0, 1u << 25, PC + 12, 0, 0 }, /* bc1t $fcc1 */
	{ 0x451e0002, 0, 0, ~(1u << 31), PC + 12, MIPS32_F_LIKELY, 0 }, /* bc1fl $fcc7 */
	{ 0x451e0002, 0, 0, 1u << 31, PC + 8, MIPS32_F_LIKELY, 0 },
};

static void test_next_pc(void **state)
{
	struct mips32_insn insn;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(branches); i++) {
		const struct branch *b = &branches[i];
		u32 next;

		gpr[4] = b->rs;
		gpr[5] = b->rt;
		assert_true(mips32_decode(b->word, &insn));
		if (insn.flags != (b->flags | MIPS32_F_BRANCH))
			fail_msg("%08x %s: flags %x", b->word, insn.name, insn.flags);
		if (b->flags & MIPS32_F_LINK && insn.reg != b->link)
			fail_msg("%08x %s: links to %u", b->word, insn.name, insn.reg);
		next = mips32_next_pc(&insn, PC, gpr, b->fcr31);
		if (next != b->next)
			fail_msg("row %zu, %08x %s: %08x, not %08x", i, b->word, insn.name, next,
				 b->next);
	}
}

/* A jump in the last word of 256 MiB goes to the next 256 MiB, its slot's. */
static void test_jump_region(void **state)
{
	struct mips32_insn insn;

	(void)state;
	assert_true(mips32_decode(0x08000010, &insn));
	assert_int_equal(mips32_next_pc(&insn, 0x4ffffffc, gpr, 0), 0x50000040);
}

static void test_refused(void **state)
{
	static const u32 refused[] = {
		0x00000000, /* nop */
		0x24a50001, /* addiu */
		0x74000400, /* jalx */
		0x48000000, /* mfc2 */
		0xc8830000, /* lwc2 */
		0x41610001, /* dvpe-like: MT */
		0x40046008, /* mfc0 with a bit too many */
		0x41606040, /* di, too */
		0x42000000, /* CP0, no function */
		0x7c04003f, /* rdhwr-like */
		0x041c0000, /* bposge32 */
		0x45210004, /* bc1any2f */
		0xdc830000, /* ld */
		0x1c810000, /* bgtz with rt */
		0xffffffff,
	};
	struct mips32_insn insn;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		memset(&insn, 0xff, sizeof(insn));
		if (mips32_decode(refused[i], &insn) || insn.op != MIPS32_UNKNOWN)
			fail_msg("%08x: taken for %s", refused[i], insn.name);
		assert_string_equal(insn.name, "?");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_accesses, set_registers),
		cmocka_unit_test_setup(test_wrap, set_registers),
		cmocka_unit_test(test_privileged),
		cmocka_unit_test_setup(test_next_pc, set_registers),
		cmocka_unit_test_setup(test_jump_region, set_registers),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
