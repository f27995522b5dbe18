// SPDX-License-Identifier: GPL-2.0
/*
 * The ARMv7 decoder (kmod/armv7/decode.c) against tables of opcodes: what each
 * does to a set of registers, and what must be refused. The opcodes come from
 * an assembler; test_armv7_objdump.c goes on with random ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../kmod/armv7/decode.h"

/* The registers before the instruction, and the carry flag set. */
#define R(n) ((u32)(n)*0x11000000u + 0x80u)
#define SP R(13)
#define PC R(15)

#define LOAD true
#define STORE false
#define KEEP false /* the base is not written back */
#define REGS(...)                      \
	sizeof((u8[]){ __VA_ARGS__ }), \
	{                              \
		__VA_ARGS__            \
	}

struct good {
	u32 opcode;
	const char *text;
	bool load;
	u8 width;
	bool sign_extend;
	u8 count;
	u8 reg[16];
	u32 address;
	bool writeback;
	u32 base;
};

static const struct good a32[] = {
	{ 0xe5910000, "ldr r0, [r1]", LOAD, 4, false, REGS(0), R(1), KEEP, 0 },
	{ 0xe5910004, "ldr r0, [r1, #4]", LOAD, 4, false, REGS(0), R(1) + 4, KEEP, 0 },
	{ 0xe5110004, "ldr r0, [r1, #-4]", LOAD, 4, false, REGS(0), R(1) - 4, KEEP, 0 },
	{ 0xe5b10004, "ldr r0, [r1, #4]!", LOAD, 4, false, REGS(0), R(1) + 4, true, R(1) + 4 },
	{ 0xe4910004, "ldr r0, [r1], #4", LOAD, 4, false, REGS(0), R(1), true, R(1) + 4 },
	{ 0xe4110004, "ldr r0, [r1], #-4", LOAD, 4, false, REGS(0), R(1), true, R(1) - 4 },
	{ 0x05910000, "ldreq r0, [r1]", LOAD, 4, false, REGS(0), R(1), KEEP, 0 },
	{ 0xe59f0010, "ldr r0, [pc, #16]", LOAD, 4, false, REGS(0), PC + 16, KEEP, 0 },
	{ 0xe7d32004, "ldrb r2, [r3, r4]", LOAD, 1, false, REGS(2), R(3) + R(4), KEEP, 0 },
	{ 0xe7532104, "ldrb r2, [r3, -r4, lsl #2]", LOAD, 1, false, REGS(2), R(3) - (R(4) << 2),
	  KEEP, 0 },
	{ 0xe7932024, "ldr r2, [r3, r4, lsr #32]", LOAD, 4, false, REGS(2), R(3), KEEP, 0 },
	{ 0xe7932044, "ldr r2, [r3, r4, asr #32]", LOAD, 4, false, REGS(2), R(3), KEEP, 0 },
	{ 0xe793204c, "ldr r2, [r3, r12, asr #32]", LOAD, 4, false, REGS(2), R(3) - 1, KEEP, 0 },
	{ 0xe7932064, "ldr r2, [r3, r4, rrx]", LOAD, 4, false, REGS(2),
	  R(3) + (R(4) >> 1 | 1u << 31), KEEP, 0 },
	{ 0xe7b32464, "ldr r2, [r3, r4, ror #8]!", LOAD, 4, false, REGS(2),
	  R(3) + (R(4) >> 8 | R(4) << 24), true, R(3) + (R(4) >> 8 | R(4) << 24) },
	{ 0xe6c32004, "strb r2, [r3], r4", STORE, 1, false, REGS(2), R(3), true, R(3) + R(4) },
	{ 0xe4b10008, "ldrt r0, [r1], #8", LOAD, 4, false, REGS(0), R(1), true, R(1) + 8 },
	{ 0xe6e10002, "strbt r0, [r1], r2", STORE, 1, false, REGS(0), R(1), true, R(1) + R(2) },
	{ 0xe1d105ba, "ldrh r0, [r1, #90]", LOAD, 2, false, REGS(0), R(1) + 90, KEEP, 0 },
	{ 0xe12100b2, "strh r0, [r1, -r2]!", STORE, 2, false, REGS(0), R(1) - R(2), true,
	  R(1) - R(2) },
	{ 0xe0d100d1, "ldrsb r0, [r1], #1", LOAD, 1, true, REGS(0), R(1), true, R(1) + 1 },
	{ 0xe15100f2, "ldrsh r0, [r1, #-2]", LOAD, 2, true, REGS(0), R(1) - 2, KEEP, 0 },
	{ 0xe0f100b2, "ldrht r0, [r1], #2", LOAD, 2, false, REGS(0), R(1), true, R(1) + 2 },
	{ 0xe1c520d8, "ldrd r2, [r5, #8]", LOAD, 4, false, REGS(2, 3), R(5) + 8, KEEP, 0 },
	{ 0xe16520f8, "strd r2, [r5, #-8]!", STORE, 4, false, REGS(2, 3), R(5) - 8, true,
	  R(5) - 8 },
	{ 0xe08520d6, "ldrd r2, [r5], r6", LOAD, 4, false, REGS(2, 3), R(5), true, R(5) + R(6) },
	{ 0xe890000e, "ldm r0, {r1-r3}", LOAD, 4, false, REGS(1, 2, 3), R(0), KEEP, 0 },
	{ 0xe8b0000e, "ldm r0!, {r1-r3}", LOAD, 4, false, REGS(1, 2, 3), R(0), true, R(0) + 12 },
	{ 0xe8900003, "ldm r0, {r0, r1}", LOAD, 4, false, REGS(0, 1), R(0), KEEP, 0 },
	{ 0xe9900012, "ldmib r0, {r1, r4}", LOAD, 4, false, REGS(1, 4), R(0) + 4, KEEP, 0 },
	{ 0xe8300012, "ldmda r0!, {r1, r4}", LOAD, 4, false, REGS(1, 4), R(0) - 4, true, R(0) - 8 },
	{ 0xe9300012, "ldmdb r0!, {r1, r4}", LOAD, 4, false, REGS(1, 4), R(0) - 8, true, R(0) - 8 },
	{ 0xe8a00003, "stmia r0!, {r0, r1}", STORE, 4, false, REGS(0, 1), R(0), true, R(0) + 8 },
	{ 0xe92d4010, "push {r4, lr}", STORE, 4, false, REGS(4, 14), SP - 8, true, SP - 8 },
	{ 0xe9800006, "stmib r0, {r1, r2}", STORE, 4, false, REGS(1, 2), R(0) + 4, KEEP, 0 },
	{ 0xe8200006, "stmda r0!, {r1, r2}", STORE, 4, false, REGS(1, 2), R(0) - 4, true,
	  R(0) - 8 },
};

static const struct good t16[] = {
	{ 0x49020000, "ldr r1, [pc, #8]", LOAD, 4, false, REGS(1), PC + 8, KEEP, 0 },
	{ 0x50880000, "str r0, [r1, r2]", STORE, 4, false, REGS(0), R(1) + R(2), KEEP, 0 },
	{ 0x52880000, "strh r0, [r1, r2]", STORE, 2, false, REGS(0), R(1) + R(2), KEEP, 0 },
	{ 0x54880000, "strb r0, [r1, r2]", STORE, 1, false, REGS(0), R(1) + R(2), KEEP, 0 },
	{ 0x56880000, "ldrsb r0, [r1, r2]", LOAD, 1, true, REGS(0), R(1) + R(2), KEEP, 0 },
	{ 0x58880000, "ldr r0, [r1, r2]", LOAD, 4, false, REGS(0), R(1) + R(2), KEEP, 0 },
	{ 0x5a880000, "ldrh r0, [r1, r2]", LOAD, 2, false, REGS(0), R(1) + R(2), KEEP, 0 },
	{ 0x5c880000, "ldrb r0, [r1, r2]", LOAD, 1, false, REGS(0), R(1) + R(2), KEEP, 0 },
	{ 0x5e880000, "ldrsh r0, [r1, r2]", LOAD, 2, true, REGS(0), R(1) + R(2), KEEP, 0 },
	{ 0x60630000, "str r3, [r4, #4]", STORE, 4, false, REGS(3), R(4) + 4, KEEP, 0 },
	{ 0x6fe30000, "ldr r3, [r4, #124]", LOAD, 4, false, REGS(3), R(4) + 124, KEEP, 0 },
	{ 0x77e30000, "strb r3, [r4, #31]", STORE, 1, false, REGS(3), R(4) + 31, KEEP, 0 },
	{ 0x78630000, "ldrb r3, [r4, #1]", LOAD, 1, false, REGS(3), R(4) + 1, KEEP, 0 },
	{ 0x87e30000, "strh r3, [r4, #62]", STORE, 2, false, REGS(3), R(4) + 62, KEEP, 0 },
	{ 0x88630000, "ldrh r3, [r4, #2]", LOAD, 2, false, REGS(3), R(4) + 2, KEEP, 0 },
	{ 0x95020000, "str r5, [sp, #8]", STORE, 4, false, REGS(5), SP + 8, KEEP, 0 },
	{ 0x9dff0000, "ldr r5, [sp, #1020]", LOAD, 4, false, REGS(5), SP + 1020, KEEP, 0 },
	{ 0xb5030000, "push {r0, r1, lr}", STORE, 4, false, REGS(0, 1, 14), SP - 12, true,
	  SP - 12 },
	{ 0xbc030000, "pop {r0, r1}", LOAD, 4, false, REGS(0, 1), SP, true, SP + 8 },
	{ 0xc3030000, "stmia r3!, {r0, r1}", STORE, 4, false, REGS(0, 1), R(3), true, R(3) + 8 },
	{ 0xcb030000, "ldmia r3!, {r0, r1}", LOAD, 4, false, REGS(0, 1), R(3), true, R(3) + 8 },
	{ 0xcb090000, "ldmia r3, {r0, r3}", LOAD, 4, false, REGS(0, 3), R(3), KEEP, 0 },
};

static const struct good t32[] = {
	{ 0xf8d10fff, "ldr.w r0, [r1, #4095]", LOAD, 4, false, REGS(0), R(1) + 4095, KEEP, 0 },
	{ 0xf8510cff, "ldr.w r0, [r1, #-255]", LOAD, 4, false, REGS(0), R(1) - 255, KEEP, 0 },
	{ 0xf8510f08, "ldr.w r0, [r1, #8]!", LOAD, 4, false, REGS(0), R(1) + 8, true, R(1) + 8 },
	{ 0xf8510908, "ldr.w r0, [r1], #-8", LOAD, 4, false, REGS(0), R(1), true, R(1) - 8 },
	{ 0xf84ba03c, "str.w r10, [r11, r12, lsl #3]", STORE, 4, false, REGS(10),
	  R(11) + (R(12) << 3), KEEP, 0 },
	{ 0xf8810123, "strb.w r0, [r1, #291]", STORE, 1, false, REGS(0), R(1) + 291, KEEP, 0 },
	{ 0xf9b10123, "ldrsh.w r0, [r1, #291]", LOAD, 2, true, REGS(0), R(1) + 291, KEEP, 0 },
	{ 0xf9110b01, "ldrsb.w r0, [r1], #1", LOAD, 1, true, REGS(0), R(1), true, R(1) + 1 },
	{ 0xf8310d02, "ldrh.w r0, [r1, #-2]!", LOAD, 2, false, REGS(0), R(1) - 2, true, R(1) - 2 },
	{ 0xf8510e04, "ldrt r0, [r1, #4]", LOAD, 4, false, REGS(0), R(1) + 4, KEEP, 0 },
	{ 0xf8210e04, "strht r0, [r1, #4]", STORE, 2, false, REGS(0), R(1) + 4, KEEP, 0 },
	{ 0xf85f0014, "ldr.w r0, [pc, #-20]", LOAD, 4, false, REGS(0), PC - 20, KEEP, 0 },
	{ 0xf99f0014, "ldrsb.w r0, [pc, #20]", LOAD, 1, true, REGS(0), PC + 20, KEEP, 0 },
	{ 0xe9d20504, "ldrd r0, r5, [r2, #16]", LOAD, 4, false, REGS(0, 5), R(2) + 16, KEEP, 0 },
	{ 0xe8624004, "strd r4, r0, [r2], #-16", STORE, 4, false, REGS(4, 0), R(2), true,
	  R(2) - 16 },
	{ 0xe9720102, "ldrd r0, r1, [r2, #-8]!", LOAD, 4, false, REGS(0, 1), R(2) - 8, true,
	  R(2) - 8 },
	{ 0xe8990402, "ldmia.w r9, {r1, r10}", LOAD, 4, false, REGS(1, 10), R(9), KEEP, 0 },
	{ 0xe9390402, "ldmdb r9!, {r1, r10}", LOAD, 4, false, REGS(1, 10), R(9) - 8, true,
	  R(9) - 8 },
	{ 0xe9294002, "stmdb r9!, {r1, lr}", STORE, 4, false, REGS(1, 14), R(9) - 8, true,
	  R(9) - 8 },
	{ 0xe92d0410, "stmdb sp!, {r4, r10}", STORE, 4, false, REGS(4, 10), SP - 8, true, SP - 8 },
};

static void check_good(const struct good *row, bool thumb, unsigned int len)
{
	struct armv7_insn insn;
	u32 address, base;

	if (armv7_decode(row->opcode, thumb, &insn) != ARMV7_DECODE_OK)
		fail_msg("%08x %s: refused", row->opcode, row->text);
	armv7_insn_address(&insn, R(insn.rn), R(insn.rm), true, &address, &base);
	if (insn.len != len || insn.load != row->load || insn.width != row->width ||
	    insn.sign_extend != row->sign_extend)
		fail_msg("%08x %s: another kind", row->opcode, row->text);
	if (insn.count != row->count || memcmp(insn.reg, row->reg, row->count))
		fail_msg("%08x %s: other registers", row->opcode, row->text);
	if (address != row->address)
		fail_msg("%08x %s: address %08x", row->opcode, row->text, address);
	if (insn.writeback != row->writeback || (row->writeback && base != row->base))
		fail_msg("%08x %s: base %08x", row->opcode, row->text, base);
}

static void test_a32(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(a32); i++)
		check_good(&a32[i], false, 4);
}

static void test_t16(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t16); i++)
		check_good(&t16[i], true, 2);
}

static void test_t32(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(t32); i++)
		check_good(&t32[i], true, 4);
}

struct bad {
	u32 opcode;
	bool thumb;
	const char *text;
	enum armv7_decode why;
};

static const struct bad refused[] = {
	{ 0xe591f000, false, "ldr pc, [r1]", ARMV7_DECODE_PC },
	{ 0xe8908002, false, "ldm r0, {r1, pc}", ARMV7_DECODE_PC },
	{ 0xe8d00006, false, "ldm r0, {r1, r2}^", ARMV7_DECODE_USER_BANK },
	{ 0xe1910f9f, false, "ldrex r0, [r1]", ARMV7_DECODE_EXCLUSIVE },
	{ 0xe1a24f90, false, "strexd r4, r0, [r2]", ARMV7_DECODE_EXCLUSIVE },
	{ 0xe1020091, false, "swp r0, r1, [r2]", ARMV7_DECODE_EXCLUSIVE },
	{ 0xed910b00, false, "vldr d0, [r1]", ARMV7_DECODE_VFP },
	{ 0xecb00b08, false, "vldmia r0!, {d0-d3}", ARMV7_DECODE_VFP },
	{ 0xe1a00001, false, "mov r0, r1", ARMV7_DECODE_UNKNOWN },
	{ 0xe0000291, false, "mul r0, r1, r2", ARMV7_DECODE_UNKNOWN },
	{ 0xf5d0f000, false, "pld [r0]", ARMV7_DECODE_UNKNOWN },
	{ 0xe5b11004, false, "ldr r1, [r1, #4]!", ARMV7_DECODE_UNPREDICTABLE },
	{ 0xe5a11004, false, "str r1, [r1, #4]!", ARMV7_DECODE_UNPREDICTABLE },
	{ 0xe8b10006, false, "ldm r1!, {r1, r2}", ARMV7_DECODE_UNPREDICTABLE },
	{ 0xe1c210d0, false, "ldrd r1, [r2]", ARMV7_DECODE_UNPREDICTABLE },
	{ 0xe8900000, false, "ldm r0, {}", ARMV7_DECODE_UNPREDICTABLE },
	{ 0xe19f0001, false, "orrs r0, pc, r1", ARMV7_DECODE_UNKNOWN },
	{ 0xe793200f, false, "ldr r2, [r3, pc]", ARMV7_DECODE_UNPREDICTABLE },
	{ 0xbd010000, true, "pop {r0, pc}", ARMV7_DECODE_PC },
	{ 0xf8d1f000, true, "ldr.w pc, [r1]", ARMV7_DECODE_PC },
	{ 0xe8510f00, true, "ldrex r0, [r1]", ARMV7_DECODE_EXCLUSIVE },
	{ 0xe8c21f40, true, "strexb r0, r1, [r2]", ARMV7_DECODE_EXCLUSIVE },
	{ 0xe8d2017f, true, "ldrexd r0, r1, [r2]", ARMV7_DECODE_EXCLUSIVE },
	{ 0xe8d0f001, true, "tbb [r0, r1]", ARMV7_DECODE_UNKNOWN },
	{ 0xf890f004, true, "pld [r0, #4]", ARMV7_DECODE_UNKNOWN },
	{ 0xf920070f, true, "vld1.8 {d0}, [r0]", ARMV7_DECODE_VFP },
	{ 0xed810b00, true, "vstr d0, [r1]", ARMV7_DECODE_VFP },
	{ 0xbf000000, true, "nop", ARMV7_DECODE_UNKNOWN },
	{ 0x18880000, true, "adds r0, r1, r2", ARMV7_DECODE_UNKNOWN },
	{ 0xeb010002, true, "add.w r0, r1, r2", ARMV7_DECODE_UNKNOWN },
	{ 0xe939a002, true, "ldmdb r9!, {r1, sp, pc}", ARMV7_DECODE_UNPREDICTABLE },
};

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		const struct bad *row = &refused[i];
		struct armv7_insn insn;
		enum armv7_decode code = armv7_decode(row->opcode, row->thumb, &insn);

		if (code != row->why)
			fail_msg("%08x %s: %s", row->opcode, row->text, armv7_decode_why(code));
	}
}

/* Whatever the opcode, the result can be used. */
static void test_any_opcode(void **state)
{
	u64 seed = 0x853c49e6748fea9b;

	(void)state;
	for (unsigned int i = 0; i < 2000000; i++) {
		struct armv7_insn insn;
		u32 address, base;

		seed = seed * 6364136223846793005u + 1442695040888963407u;
		if (armv7_decode(seed >> 32, seed & 0x100, &insn) != ARMV7_DECODE_OK)
			continue;
		assert_in_range(insn.count, 1, 15);
		assert_true(insn.width == 1 || insn.width == 2 || insn.width == 4);
		assert_true(insn.len == 2 || insn.len == 4);
		assert_in_range(insn.rn, 0, 15);
		assert_in_range(insn.rm, 0, 14);
		for (unsigned int n = 0; n < insn.count; n++)
			assert_in_range(insn.reg[n], 0, 14);
		armv7_insn_address(&insn, R(insn.rn), R(insn.rm), false, &address, &base);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a32),	   cmocka_unit_test(test_t16),
		cmocka_unit_test(test_t32),	   cmocka_unit_test(test_refused),
		cmocka_unit_test(test_any_opcode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
