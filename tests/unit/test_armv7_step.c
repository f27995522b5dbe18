// SPDX-License-Identifier: GPL-2.0
/*
 * Where instructions lead (kmod/armv7/step.c).  That the answers are the
 * hardware's is shown on the board, by stepping (tests/board/debug.c); here are
 * the values that a guest can't easily arrange, memory that can't be read, and
 * any opcode whatever.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../kmod/armv7/step.h"

#define PC 0x1000u
#define THUMB (1u << 5)
#define BIG_ENDIAN_DATA (1u << 9)
#define Z (1u << 30)
#define C (1u << 29)

static u32 word; /* what all of memory holds */
static u32 read_at;
static int read_error;

static int read_memory(void *arg, u32 va, void *data, unsigned int len)
{
	(void)arg;
	read_at = va;
	memcpy(data, &word, len);
	return read_error;
}

static struct armv7_step s;

static int setup(void **state)
{
	(void)state;
	s = (struct armv7_step){ .r[15] = PC, .vectors = 0xffff0000, .read = read_memory };
	word = read_at = 0;
	read_error = 0;
	return 0;
}

static void leads(u32 opcode, u32 pc, bool thumb)
{
	struct armv7_target t = { 0, 0 };

	assert_int_equal(armv7_step_target(&s, opcode, &t), 0);
	assert_int_equal(t.pc, pc);
	assert_int_equal(t.thumb, thumb);
}

static void arm_branches(void **state)
{
	(void)state;
	leads(0xea000000, PC + 8, false); /* b */
	leads(0xeafffffe, PC, false);
	leads(0xea800000, PC + 8 - 0x2000000, false);
	leads(0xfb000000, PC + 10, true); /* blx with its halfword */
	leads(0xfaffffff, PC + 4, true);
	leads(0x0a000000, PC + 4, false); /* beq */
	s.cpsr = Z;
	leads(0x0a000000, PC + 8, false);
	leads(0xef000000, 0xffff0008, false); /* svc */
	s.thumb_vectors = true;
	leads(0xef000000, 0xffff0008, true);
}

static void arm_results(void **state)
{
	(void)state;
	s.r[0] = 0x2001;
	s.r[1] = 0x10;
	leads(0xe12fff10, 0x2000, true); /* bx r0 */
	leads(0xe1a0f000, 0x2000, true); /* mov pc, r0 */
	leads(0xe080f001, 0x2010, true); /* add pc, r0, r1 */
	leads(0xe040f181, 0x1f80, true); /* sub pc, r0, r1, lsl #3 */
	leads(0xe08ff001, PC + 8 + 0x10, false);
	leads(0xe1a0f060, 0x1000, false); /* mov pc, r0, rrx */
	s.cpsr = C;
	leads(0xe1a0f060, 0x80001000, false);
	leads(0xe0a0f001, 0x2010, false); /* adc: 0x2012 */
	s.spsr = THUMB;
	leads(0xe25ef004, 0xfffffffc, true); /* subs pc, lr, #4 */
	leads(0xe15f0000, PC + 4, false); /* cmp pc, r0 */
}

static void arm_loads(void **state)
{
	(void)state;
	word = 0x3001;
	s.r[13] = 0x8000;
	s.r[1] = 0x9000;
	leads(0xe49df004, 0x3000, true); /* pop {pc} */
	assert_int_equal(read_at, 0x8000);
	leads(0xe8bd800f, 0x3000, true); /* pop {r0-r3, pc} */
	assert_int_equal(read_at, 0x8010);
	leads(0xe911800c, 0x3000, true); /* ldmdb r1, {r2, r3, pc} */
	assert_int_equal(read_at, 0x8ffc);
	leads(0xe51ff004, 0x3000, true); /* ldr pc, [pc, #-4] */
	assert_int_equal(read_at, PC + 4);
	leads(0xe8fd8001, 0x3000, false); /* ldm sp!, {r0, pc}^: SPSR decides */
	word = 0x00300000;
	s.cpsr = BIG_ENDIAN_DATA;
	leads(0xe49df004, 0x3000, false);
}

static void unreadable(void **state)
{
	struct armv7_target t;

	(void)state;
	read_error = -EFAULT;
	assert_int_equal(armv7_step_target(&s, 0xe49df004, &t), -EFAULT);
	s.cpsr = THUMB;
	assert_int_equal(armv7_step_target(&s, 0xbd000000, &t), -EFAULT);
	assert_int_equal(armv7_step_target(&s, 0xe8dff000, &t), -EFAULT); /* tbb */
	assert_int_equal(armv7_step_target(&s, 0xe8bdc000, &t), -EFAULT); /* rfeia-like pop */
}

static void thumb_branches(void **state)
{
	(void)state;
	s.cpsr = THUMB;
	leads(0xe7fe0000, PC, true); /* b . */
	leads(0xd0fe0000, PC + 2, true); /* beq . */
	s.cpsr |= Z;
	leads(0xd0fe0000, PC, true);
	leads(0xf7fffffe, PC, true); /* bl . */
	leads(0xf000f800, PC + 4, true);
	leads(0xf7ffeffe, PC, false); /* blx . */
	leads(0xf43faffe, PC, true); /* beq.w . */
	leads(0xf3af8000, PC + 4, true); /* nop.w: like a branch of condition 14 */
	leads(0xb3000000, PC + 4 + 64, true); /* cbz r0 */
	leads(0xb9000000, PC + 2, true); /* cbnz r0 */
	leads(0xdf000000, 0xffff0008, false);
	/* in an IT block whose condition fails (ne) */
	s.cpsr |= 1u << 12 | 8u << 8;
	leads(0xe7fe0000, PC + 2, true);
	leads(0xf000f800, PC + 4, true);
}

static void any_opcode(void **state)
{
	unsigned int i;
	u64 seed = 1;

	(void)state;
	for (i = 0; i < 2000000; i++) {
		struct armv7_target t = { 1, 0 };
		u32 op;

		seed = seed * 6364136223846793005ull + 1442695040888963407ull;
		op = seed >> 32;
		s.cpsr = (u32)(seed >> 8) & ~(i & 1 ? 0 : THUMB);
		s.r[i & 15] = op ^ i;
		s.r[15] = PC;
		word = (u32)seed;
		assert_int_equal(armv7_step_target(&s, op, &t), 0);
		assert_int_equal(t.pc & (t.thumb ? 1 : 3), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(arm_branches, setup),
		cmocka_unit_test_setup(arm_results, setup),
		cmocka_unit_test_setup(arm_loads, setup),
		cmocka_unit_test_setup(unreadable, setup),
		cmocka_unit_test_setup(thumb_branches, setup),
		cmocka_unit_test_setup(any_opcode, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
