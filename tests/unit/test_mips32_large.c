// SPDX-License-Identifier: GPL-2.0
/*
 * Groups of PTEs: whatever becomes of the PTEs, the entry that the refill handler makes of
 * a group maps what each of them maps, and lets nothing be written that may not be.
 */
#include "unit.h"

#include "../../kmod/mips32/large.h"

#define PAGES 1024
#define HALF_MAX (1u << 2 * MIPS32_LARGE_MAX)

static u32 table[PAGES];
static unsigned long blocks;

static unsigned int shift_of(u32 pte)
{
	return pte & SPTE_LARGE ? pte >> MIPS32_PTE_SHIFT & ((1u << MIPS32_PTE_SHIFT_BITS) - 1) : 0;
}

/* What refill_large of enter.S loads for @page: a PTE of 4 KiB, out of the large one. */
static u32 seen_by_guest(unsigned int page)
{
	unsigned int half, shift = shift_of(table[page & ~1u]);
	u32 lo;

	if (!(table[page & ~1u] & SPTE_LARGE))
		return table[page];
	half = page >> shift << shift;
	lo = table[half];
	if (mips32_pte_pfn(lo) & ((1u << shift) - 1))
		fail_msg("page %u: its half is not aligned in host memory", page);
	lo = (lo & ~(u32)SPTE_D) | (lo & SPTE_ALL_D ? SPTE_D : 0);
	return mips32_pte_plain(lo) + ((page - half) << SPTE_PFN_SHIFT);
}

static void check(void)
{
	unsigned long found = 0;
	unsigned int i;

	for (i = 0; i < PAGES; i++) {
		u32 have = seen_by_guest(i), want = mips32_pte_plain(table[i]);

		if ((have ^ want) & ~(u32)SPTE_D || (have & ~want & SPTE_D))
			fail_msg("page %u is %08x and seen as %08x", i, table[i], have);
		if (!(table[i] & SPTE_LARGE) != !(table[i ^ 1] & SPTE_LARGE))
			fail_msg("page %u is in a group without its neighbour", i);
		if (table[i] & SPTE_LARGE && !(i & ((1u << shift_of(table[i])) - 1)))
			found++;
	}
	assert_int_equal(blocks, found);
}

static int reset(void **state)
{
	(void)state;
	memset(table, 0, sizeof(table));
	blocks = 0;
	return 0;
}

static bool install(unsigned int page, u32 pfn, bool dirty, bool write)
{
	bool changed = mips32_large_break(&table[page], page, &blocks);

	table[page] = pfn << SPTE_PFN_SHIFT | SPTE_V | (dirty ? SPTE_D : 0);
	changed |= mips32_large_join(&table[page], page, write, &blocks);
	return changed;
}

static void unmap(unsigned int page)
{
	mips32_large_break(&table[page], page, &blocks);
	table[page] = 0;
}

static void protect(unsigned int page)
{
	table[page] &= ~(u32)SPTE_D;
	mips32_large_protect(&table[page], page);
}

/* As map_large() of mmu.c. */
static void write_to(unsigned int page)
{
	if (mips32_pte_writable(table[page]))
		return;
	mips32_large_break(&table[page], page, &blocks);
	mips32_large_join(&table[page], page, true, &blocks);
}

static void install_all(void)
{
	unsigned int i;

	for (i = 0; i < PAGES; i++)
		install(i, 0x4000 + i, true, false);
}

static void orders(void **state)
{
	static const struct {
		unsigned int pages, blocks;
	} rows[] = { { 7, 0 }, { 8, 2 }, { 31, 6 }, { 32, 2 }, { 128, 2 }, { 511, 18 }, { 512, 2 } };
	unsigned int i, page = 0;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		for (; page < rows[i].pages; page++)
			install(page, 0x4000 + page, true, false);
		assert_int_equal(blocks, rows[i].blocks);
		check();
	}
	assert_int_equal(shift_of(table[0]), 2 * MIPS32_LARGE_MAX);
	install_all();
	assert_int_equal(blocks, PAGES / HALF_MAX);
	check();
}

static void out_of_phase(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < PAGES; i++)
		install(i, 0x4001 + i, true, false);
	assert_int_equal(blocks, 0);
	for (i = 0; i < PAGES; i++)
		install(i, 0x4000 + (i ^ 8), true, false);
	check();
	assert_int_equal(blocks, PAGES / 4); /* each half stands by itself */
}

static void one_page_goes(void **state)
{
	(void)state;
	install_all();
	unmap(333);
	check();
	assert_true(table[0] & SPTE_LARGE);
	assert_false(table[332] & SPTE_LARGE);
	assert_true(table[512] & SPTE_LARGE);
	assert_true(install(333, 0x4000 + 333, true, true));
	assert_int_equal(blocks, PAGES / HALF_MAX);
	check();
	install(333, 0x777, true, true);
	check();
}

static void protection(void **state)
{
	(void)state;
	install_all();
	protect(100);
	check();
	assert_int_equal(blocks, PAGES / HALF_MAX);
	assert_false(mips32_pte_writable(table[101]));
	assert_true(mips32_pte_writable(table[300]));
	/* a neighbour is written to: it must get on */
	write_to(101);
	check();
	assert_true(mips32_pte_writable(table[101]));
	assert_true(table[104] & SPTE_LARGE);
	assert_false(mips32_pte_writable(table[100]));
	/* and so must the page itself, when it may be */
	install(100, 0x4000 + 100, true, true);
	check();
	assert_true(mips32_pte_writable(table[100]));
	assert_int_equal(blocks, PAGES / HALF_MAX);
}

/* What is written is never made part of what cannot be. */
static void no_endless_faults(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < 32; i++)
		install(i, 0x4000 + i, i % 2, true);
	for (i = 1; i < 32; i += 2)
		write_to(i);
	check();
	for (i = 1; i < 32; i += 2) {
		install(i, 0x4000 + i, true, true);
		assert_true(mips32_pte_writable(table[i]));
	}
	check();
}

static void at_random(void **state)
{
	unsigned int i, n, page, seed = 4711;

	(void)state;
	for (i = 0; i < 20000; i++) {
		seed = seed * 1103515245 + 12345;
		page = seed >> 8 & (PAGES - 1);
		n = seed >> 20 & 15;
		if (n == 0)
			unmap(page);
		else if (n == 1)
			protect(page);
		else if (n == 2)
			install(page, seed >> 5 & 0xffff, true, false);
		else if (n == 3 && table[page] & SPTE_D)
			write_to(page);
		else
			install(page, 0x8000 + page, n != 4, n & 1);
		if (n & 1 && table[page] & SPTE_D && n != 1)
			assert_true(mips32_pte_writable(table[page]));
		if (i % 16 == 0)
			check();
	}
}

#define TEST(f) cmocka_unit_test_setup(f, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(orders),	  TEST(out_of_phase),	   TEST(one_page_goes),
		TEST(protection), TEST(no_endless_faults), TEST(at_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
