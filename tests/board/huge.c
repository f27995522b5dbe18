// SPDX-License-Identifier: GPL-2.0
/*
 * Huge pages of the host become 2 MiB blocks of stage 2, and are split, copied and
 * made again under a running guest.  Kernels without them have nothing to test.
 */
#define _GNU_SOURCE
#include "mem.h"
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define NR 1024 /* pages, two blocks */
#define SIZE (NR * PAGE)
#define THP "/sys/kernel/mm/transparent_hugepage/"

static long other_blocks; /* of the guest's own RAM */

static long blocks(void)
{
	return mapped(vm, "blocks") - other_blocks;
}

/* The guest has touched its program, and nothing of @mem. */
static void begin(void *mem)
{
	serve(mem, SIZE);
	order(vm, 0, ORDER_READ, SCRATCH, 0, 0);
	order(vm, 1, ORDER_READ, SCRATCH, 0, 0);
	other_blocks = mapped(vm, "blocks");
}

/* Two huge pages of zeroes. */
static uint8_t *huge(void)
{
	uint8_t *mem = map_huge(SIZE);

	memset(mem, 0, SIZE);
	collapse(mem, SIZE);
	return mem;
}

static void until_blocks(long nr)
{
	while (blocks() < nr)
		sched_yield();
}

/* One fault for each. */
static void block_each(void)
{
	begin(huge());
	expect_eq(blocks(), 0);
	order(vm, 1, ORDER_READ, GPA + 5 * PAGE, 0, 0);
	expect_eq(blocks(), 1);
	order(vm, 0, ORDER_FILL, GPA, 8, NR);
	expect_eq(blocks(), 2);
	expect_eq(order(vm, 1, ORDER_COMPARE, GPA, 8, NR), 0);
}

static long huge_kb(void)
{
	return counter("/proc/self/smaps_rollup", "AnonHugePages");
}

/* The guest's first touch makes the huge page itself, if the host has one. */
static void block_by_fault(void)
{
	long before;

	begin(map_huge(SIZE));
	before = huge_kb();
	order(vm, 1, ORDER_WRITE, GPA + HUGE - PAGE, 1, 0);
	order(vm, 0, ORDER_FILL, GPA, 8, NR);
	expect_eq(order(vm, 1, ORDER_COMPARE, GPA, 8, NR), 0);
	expect_eq(blocks() * 2048, huge_kb() - before);
}

/* @how is done to one page of the first block: all the others stay as they are. */
static void split_by(void (*how)(uint8_t *page), bool keeps)
{
	const unsigned int n = 77;
	uint8_t *mem = huge();

	begin(mem);
	order(vm, 0, ORDER_FILL, GPA, 8, NR);
	order(vm, 1, ORDER_FILL, GPA, 8, NR);
	expect_eq(blocks(), 2);
	how(mem + n * PAGE);
	expect_eq(blocks(), 1);
	expect_eq(order(vm, 0, ORDER_COMPARE, GPA, 8, n), 0);
	expect_eq(order(vm, 1, ORDER_COMPARE, GPA + (n + 1) * PAGE, 9 + n, NR - n - 1), 0);
	if (keeps)
		expect_eq(order(vm, 1, ORDER_COMPARE, GPA + n * PAGE, 8 + n, 1), 0);
	else
		expect_eq(order(vm, 1, ORDER_READ, GPA + n * PAGE, 0, 0), 0);
	order(vm, 0, ORDER_FILL, GPA, 88, n);
	expect_eq(blocks(), 1);
	/* in one piece again */
	if (mprotect(mem, SIZE, PROT_READ | PROT_WRITE))
		fail("mprotect: %s", strerror(errno));
	collapse(mem, HUGE);
	expect_eq(order(vm, 1, ORDER_COMPARE, GPA, 88, n), 0);
	expect_eq(order(vm, 0, ORDER_COMPARE, GPA + (n + 1) * PAGE, 9 + n, NR - n - 1), 0);
	expect_eq(blocks(), 2);
}

static void protect(uint8_t *page)
{
	expect_ok(mprotect(page, PAGE, PROT_READ));
}

static void discard(uint8_t *page)
{
	expect_ok(madvise(page, PAGE, MADV_DONTNEED));
}

static void replace(uint8_t *page)
{
	expect_ok(munmap(page, PAGE));
	expect(mmap(page, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		    0) == page);
	/* as its neighbours are, so that they are one mapping again */
	expect_ok(madvise(page, PAGE, MADV_HUGEPAGE));
}

static void split_by_protection(void)
{
	split_by(protect, true);
}

static void split_by_discard(void)
{
	split_by(discard, false);
}

static void split_by_unmap(void)
{
	split_by(replace, false);
}

/* A child keeps what was there; the guest has copies of what it writes. */
static void forked(void)
{
	uint8_t *mem = huge();
	int go[2], status;
	unsigned int i;
	pid_t pid;
	char c;

	begin(mem);
	order(vm, 0, ORDER_FILL, GPA, 8, NR);
	expect_ok(pipe(go));
	pid = expect_ok(fork());
	if (!pid) {
		expect_eq(read(go[0], &c, 1), 1);
		for (i = 0; i < NR; i++)
			if (*(uint32_t *)(mem + i * PAGE) != (8 + i) * 64)
				_exit(1);
		_exit(0);
	}
	expect_eq(order(vm, 1, ORDER_COMPARE, GPA, 8, NR), 0);
	order(vm, 1, ORDER_FILL, GPA, 3000, NR / 4);
	expect_eq(order(vm, 0, ORDER_COMPARE, GPA, 3000, NR / 4), 0);
	expect_eq(write(go[1], "x", 1), 1);
	waitpid(pid, &status, 0);
	expect_eq(status, 0);
	expect_eq(order(vm, 0, ORDER_COMPARE, GPA + SIZE / 4, 8 + NR / 4, NR * 3 / 4), 0);
}

/* Small pages become a huge one behind the guest's back. */
static void collapsed_by_khugepaged(void)
{
	long long pause = number(THP "khugepaged/scan_sleep_millisecs");
	uint8_t *mem = (uint8_t *)(((uintptr_t)map(SIZE + HUGE) + HUGE - 1) & -(uintptr_t)HUGE);

	madvise(mem, SIZE, MADV_NOHUGEPAGE);
	memset(mem, 0, SIZE);
	nice(19); /* as khugepaged, which would wait for long otherwise */
	begin(mem);
	hammer(vm, NR + 1, NR);
	expect_eq(blocks(), 0);
	set_number(THP "khugepaged/scan_sleep_millisecs", 10);
	expect_ok(madvise(mem, SIZE, MADV_HUGEPAGE));
	until_blocks(2);
	set_number(THP "khugepaged/scan_sleep_millisecs", pause);
	hammer_end(vm);
}

/* All of it at once, again and again, under two vcpus that look at every word. */
static void storm(void)
{
	uint8_t *mem = huge();
	unsigned int round;
	int status;
	pid_t pid;

	begin(mem);
	serve_stubbornly(vm);
	hammer(vm, 8, NR);
	until_blocks(2);
	for (round = 0; round < 40; round++) {
		uint8_t *page = mem + (round * 37 % (NR / 8)) * 8 * PAGE;

		expect_ok(mprotect(page, 3 * PAGE, PROT_READ));
		discard(page + 7 * PAGE);
		expect_ok(mprotect(page, 3 * PAGE, PROT_READ | PROT_WRITE));
		expect_ok(mprotect(page + PAGE, PAGE, PROT_NONE));
		pid = expect_ok(fork());
		if (!pid)
			_exit(0);
		expect_ok(mprotect(page + PAGE, PAGE, PROT_READ | PROT_WRITE));
		replace(page + 7 * PAGE);
		madvise(mem, SIZE, MADV_COLLAPSE); /* or not, this time */
		waitpid(pid, &status, 0);
	}
	hammer_end(vm);
}

/* ---- memory of hugetlbfs ------------------------------------------------------------ */

#define POOL "/proc/sys/vm/nr_hugepages"
#define FREE "/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages"

/*
 * One mapping each: where one is split, Linux 6.1.176 takes a lock too late and with
 * lockdep says so (__vma_adjust(), hugetlb_split()).
 */
static uint8_t *map_pool(void)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_FIXED;
	uint8_t *mem = map_huge(SIZE), *page;

	for (page = mem; page < mem + SIZE; page += HUGE)
		if (mmap(page, HUGE, PROT_READ | PROT_WRITE, flags, -1, 0) == MAP_FAILED)
			fail("MAP_HUGETLB: %s", strerror(errno));
	return mem;
}

static void hugetlb(void)
{
	uint8_t *mem;

	while (number(POOL) < 2)
		set_number(POOL, 2);
	mem = map_pool();
	begin(mem);
	order(vm, 1, ORDER_FILL, GPA, 6, NR);
	expect_eq(order(vm, 0, ORDER_COMPARE, GPA, 6, NR), 0);
	expect_eq(blocks(), 2);
	expect_eq(number(FREE), 0);
	expect_ok(mprotect(mem, HUGE, PROT_READ));
	expect_eq(blocks(), 1);
	expect_eq(order(vm, 1, ORDER_COMPARE, GPA, 6, NR), 0);
	post(vm, 0, ORDER_WRITE, GPA, 1, 0);
	expect_eq(await_error(vm, 0), EFAULT);
	expect_ok(mprotect(mem, HUGE, PROT_READ | PROT_WRITE));
	go_on(vm, 0);
	await(vm, 0);
	expect_ok(munmap(mem, SIZE));
	expect_eq(blocks(), 0);
	expect_eq(number(FREE), 2);
	post(vm, 1, ORDER_READ, GPA, 0, 0);
	expect_eq(await_error(vm, 1), EFAULT);
	set_number(POOL, 0);
}

static const struct test tests[] = {
	TEST(block_each),
	TEST(block_by_fault),
	TEST(split_by_protection),
	TEST(split_by_discard),
	TEST(split_by_unmap),
	TEST(forked),
	TEST(collapsed_by_khugepaged),
	TEST(storm),
	TEST(hugetlb),
};

static void none(void)
{
	skip("this kernel has no huge pages");
}

static const struct test no_tests[] = { TEST(none) };

int main(int argc, char **argv)
{
	if (access(THP, F_OK))
		return test_main("huge", no_tests, 1, 1, argv);
	return test_main("huge", tests, sizeof(tests) / sizeof(tests[0]), argc, argv);
}
