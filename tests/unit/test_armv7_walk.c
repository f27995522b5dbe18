// SPDX-License-Identifier: GPL-2.0
/*
 * The software walk of a guest's stage 1 tables (kmod/armv7/walk.c): each kind
 * of descriptor, the split between TTBR0 and TTBR1, and tables that are damaged
 * or not there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../kmod/armv7/walk.h"

#define RAM 0x80000000u
#define RAM_SIZE 0x10000u

#define MMU_ON 1u
#define BE_TABLES (1u << 25)
#define LPAE (1u << 31)

static u8 ram[RAM_SIZE];

static int read_ram(void *arg, u64 ipa, void *data, unsigned int len)
{
	(void)arg;
	if (ipa < RAM || ipa > RAM + RAM_SIZE - len)
		return -EIO;
	memcpy(data, ram + (ipa - RAM), len);
	return 0;
}

static void put(u64 ipa, u64 desc, unsigned int size)
{
	assert_in_range(ipa, RAM, RAM + RAM_SIZE - size);
	for (unsigned int i = 0; i < size; i++)
		ram[ipa - RAM + i] = desc >> (8 * i);
}

static void put_be(u64 ipa, u64 desc, unsigned int size)
{
	assert_in_range(ipa, RAM, RAM + RAM_SIZE - size);
	for (unsigned int i = 0; i < size; i++)
		ram[ipa - RAM + size - 1 - i] = desc >> (8 * i);
}

static struct armv7_walk walk;

static int setup(void **state)
{
	(void)state;
	memset(ram, 0, sizeof(ram));
	walk = (struct armv7_walk){ .sctlr = MMU_ON, .read = read_ram };
	return 0;
}

static void expect(u32 va, u64 ipa)
{
	u64 got = ~0ull;
	int ret = armv7_walk(&walk, va, &got);

	if (ret || got != ipa)
		fail_msg("%08x: %d, %llx and not %llx", va, ret, (unsigned long long)got,
			 (unsigned long long)ipa);
}

static void expect_error(u32 va, int error)
{
	u64 got;

	assert_int_equal(armv7_walk(&walk, va, &got), error);
}

static void test_mmu_off(void **state)
{
	(void)state;
	walk.sctlr = 0;
	walk.ttbcr = LPAE;
	expect(0xdeadbeef, 0xdeadbeef);
}

/* ---- short descriptors -------------------------------------------------------- */

static void test_short_sections(void **state)
{
	(void)state;
	walk.ttbr0 = RAM | 0x6a; /* attributes are not address */
	put(RAM + 4 * 0x123, 0x45600c0e, 4);
	put(RAM + 4 * 0xfff, 0x88700c12, 4);
	expect(0x12345678, 0x45645678);
	expect(0xfffffffc, 0x887ffffc);
	/* Bits 23-20 and 8-5 of a supersection are 35-32 and 39-36. */
	put(RAM + 4 * 0x200, 0xab340c02 | 1u << 18 | 0xau << 5, 4);
	expect(0x20000004, 0xa3ab000004);
	expect_error(0x30000000, -EFAULT);
}

static void test_short_pages(void **state)
{
	(void)state;
	walk.ttbr0 = RAM;
	put(RAM + 4 * 0xc00, (RAM + 0x4400) | 0x01, 4);
	put(RAM + 0x4400 + 4 * 0x12, 0x9abcd07f, 4);
	put(RAM + 0x4400 + 4 * 0x23, 0x77770000 | 0x31, 4);
	expect(0xc0012345, 0x9abcd345);
	expect(0xc0023456, 0x77773456);
	expect_error(0xc0000000, -EFAULT);
}

/* With N = 2 TTBR0 has the lowest GiB and a table of 4 KiB. */
static void test_short_split(void **state)
{
	(void)state;
	walk.ttbcr = 2;
	walk.ttbr0 = RAM + 0x1000;
	walk.ttbr1 = RAM + 0x4000;
	put(RAM + 0x1000 + 4 * 0x3ff, 0x11100002, 4);
	put(RAM + 0x4000 + 4 * 0x400, 0x22200002, 4);
	expect(0x3ff00004, 0x11100004);
	expect(0x40000004, 0x22200004);
	walk.ttbcr = 2 | 1u << 4;
	expect_error(0x3ff00004, -EFAULT);
	walk.ttbcr = 2 | 1u << 5;
	expect(0x3ff00004, 0x11100004);
	expect_error(0x40000004, -EFAULT);
}

static void test_short_be(void **state)
{
	(void)state;
	walk.sctlr |= BE_TABLES;
	walk.ttbr0 = RAM;
	put_be(RAM + 4 * 0x123, 0x45600002, 4);
	expect(0x12345678, 0x45645678);
}

static void test_unreadable(void **state)
{
	(void)state;
	walk.ttbr0 = 0x40000000;
	expect_error(0x12345678, -EIO);
	walk.ttbr0 = RAM;
	put(RAM, 0x40000001, 4);
	expect_error(0, -EIO);
	walk.ttbcr = LPAE;
	put(RAM, 0xff40000003, 8);
	expect_error(0, -EIO);
}

/* ---- long descriptors ----------------------------------------------------------- */

/* Four entries of a GiB, then 2 MiB, then pages. */
static void test_long(void **state)
{
	(void)state;
	walk.ttbcr = LPAE;
	walk.ttbr0 = RAM + 0x20 + 0x18; /* bits below the table's alignment */
	put(RAM + 0x20 + 8 * 1, 0x1240000701, 8);
	expect(0x7fffffff, 0x127fffffff);
	put(RAM + 0x20 + 8 * 3, (RAM + 0x1000) | 3, 8);
	put(RAM + 0x1000 + 8 * 0x1ff, 0x60000000000000 | 0x9900200f01, 8);
	expect(0xffe00123, 0x9900200123);
	put(RAM + 0x1000 + 8 * 0, (RAM + 0x2000) | 3, 8);
	put(RAM + 0x2000 + 8 * 5, 0x3400000f03, 8);
	expect(0xc0005678, 0x3400000678);
	expect_error(0xc0006000, -EFAULT);
	/* Bit 1 clear means a block, which level 3 has none of. */
	put(RAM + 0x2000 + 8 * 6, 0x3400000f01, 8);
	expect_error(0xc0006000, -EFAULT);
	expect_error(0, -EFAULT);
}

/* As Linux has it: T1SZ = 1, and TTBR1 points to a table of two entries. */
static void test_long_upper_half(void **state)
{
	(void)state;
	walk.ttbcr = LPAE | 1 << 16;
	walk.ttbr0 = RAM;
	walk.ttbr1 = RAM + 0x10;
	put(RAM + 0, 0x0040000701, 8);
	put(RAM + 0x10, 0x1080000701, 8);
	put(RAM + 0x18, 0x20c0000701, 8);
	expect(0x00000010, 0x40000010);
	expect(0x80000010, 0x1080000010);
	expect(0xc0000010, 0x20c0000010);
	walk.ttbcr |= 1u << 23;
	expect_error(0xc0000010, -EFAULT);
	expect(0x00000010, 0x40000010);
	walk.ttbcr = LPAE | 1 << 16 | 1u << 7;
	expect_error(0x00000010, -EFAULT);
}

/* From a size of 2 on the walk starts at level 2; between the two is nothing. */
static void test_long_small(void **state)
{
	(void)state;
	walk.ttbcr = LPAE | 3 | 2 << 16;
	walk.ttbr0 = RAM + 0x1000;
	walk.ttbr1 = RAM + 0x2000;
	put(RAM + 0x1000 + 8 * 0xff, 0x0050000701, 8);
	put(RAM + 0x2000 + 8 * 0x1ff, 0x0060000701, 8);
	put(RAM + 0x2000, 0x0070000701, 8);
	expect(0x1fe00008, 0x50000008);
	expect(0xffe00008, 0x60000008);
	expect(0xc0000008, 0x70000008);
	expect_error(0x20000000, -EFAULT);
	expect_error(0xbfffffff, -EFAULT);
}

/* T1SZ = 0 gives TTBR1 all that TTBR0 does not have. */
static void test_long_rest(void **state)
{
	(void)state;
	walk.ttbcr = LPAE | 1;
	walk.ttbr0 = RAM;
	walk.ttbr1 = RAM + 0x20;
	put(RAM + 8, 0x0040000701, 8);
	put(RAM + 0x20 + 16, 0x1080000701, 8);
	expect(0x40000010, 0x40000010);
	expect(0x80000010, 0x1080000010);
}

static void test_long_be(void **state)
{
	(void)state;
	walk.sctlr |= BE_TABLES;
	walk.ttbcr = LPAE;
	walk.ttbr0 = RAM;
	put_be(RAM, 0x1240000701, 8);
	expect(0x12345678, 0x1252345678);
}

/* Random tables: any answer will do, but there is one. */
static void test_random(void **state)
{
	(void)state;
	srandom(1);
	for (unsigned int i = 0; i < 20000; i++) {
		u64 ipa;

		for (unsigned int n = 0; n < 64; n++)
			ram[random() % RAM_SIZE] = random();
		walk.sctlr = MMU_ON | (random() & BE_TABLES);
		walk.ttbcr = (u32)random() << 1;
		walk.ttbr0 = RAM + (random() & 0xffff);
		walk.ttbr1 = RAM + (random() & 0xffff);
		armv7_walk(&walk, (u32)random() << 1, &ipa);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_mmu_off, setup),
		cmocka_unit_test_setup(test_short_sections, setup),
		cmocka_unit_test_setup(test_short_pages, setup),
		cmocka_unit_test_setup(test_short_split, setup),
		cmocka_unit_test_setup(test_short_be, setup),
		cmocka_unit_test_setup(test_unreadable, setup),
		cmocka_unit_test_setup(test_long, setup),
		cmocka_unit_test_setup(test_long_upper_half, setup),
		cmocka_unit_test_setup(test_long_small, setup),
		cmocka_unit_test_setup(test_long_rest, setup),
		cmocka_unit_test_setup(test_long_be, setup),
		cmocka_unit_test_setup(test_random, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
