// SPDX-License-Identifier: GPL-2.0
/*
 * Guests whose memory is not all there: swapped to a disk, limited by a cgroup,
 * moved by compaction.  For a small board with a swap file, see tests/swap; the
 * others do not run it.
 */
#define _GNU_SOURCE
#include "mem.h"
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static long long vmstat(const char *name)
{
	return counter("/proc/vmstat", name);
}

/* Both vcpus fill a half each, and look at the other's. */
static void fill_all(uint32_t value, uint32_t pages)
{
	post(vm, 0, ORDER_FILL, MEM, value, pages / 2);
	order(vm, 1, ORDER_FILL, MEM + pages / 2 * PAGE, value + pages / 2, pages - pages / 2);
	await(vm, 0);
}

static void compare_all(uint32_t value, uint32_t pages)
{
	uint32_t half = pages / 2;

	post(vm, 1, ORDER_COMPARE, MEM, value, half);
	expect_eq(order(vm, 0, ORDER_COMPARE, MEM + half * PAGE, value + half, pages - half), 0);
	expect_eq(await(vm, 1), 0);
}

/* RAM of twice what the board has free. */
static void twice_the_memory(void)
{
	uint32_t pages = counter("/proc/meminfo", "MemFree") * 1024 / PAGE * 2;
	long long in = vmstat("pswpin"), out = vmstat("pswpout");

	printf("%u pages\n", pages);
	serve(map(pages * PAGE), pages * PAGE);
	fill_all(1, pages);
	compare_all(1, pages);
	in = vmstat("pswpin") - in;
	out = vmstat("pswpout") - out;
	printf("%lld pages in, %lld out\n", in, out);
	if (in < pages / 4 || out < pages / 2)
		fail("of %u pages %lld were swapped out and %lld in", pages, out, in);
}

/* A block's memory goes to the disk while the guest writes it. */
static void huge_page_swapped(void)
{
	uint8_t *mem = map_huge(2 * HUGE);
	long long out;
	long blocks;
	int i;

	memset(mem, 0, 2 * HUGE);
	serve(mem, 2 * HUGE);
	order(vm, 0, ORDER_READ, SCRATCH, 0, 0);
	blocks = mapped(vm, "blocks");
	hammer(vm, 1024 + 1, 1024);
	for (i = 0; i < 4; i++) {
		/* fails as long as some of it is on its way */
		while (mapped(vm, "blocks") <= blocks)
			madvise(mem, 2 * HUGE, MADV_COLLAPSE);
		out = vmstat("pswpout");
		do
			expect_ok(madvise(mem, 2 * HUGE, MADV_PAGEOUT));
		while (vmstat("pswpout") < out + 512);
	}
	hammer_end(vm);
}

/* The same for pages, one at a time. */
static void swapped_under_guest(void)
{
	const unsigned int nr = 256;
	uint8_t *mem = map(nr * PAGE);
	long long out = vmstat("pswpout");

	madvise(mem, nr * PAGE, MADV_NOHUGEPAGE);
	memset(mem, 0, nr * PAGE);
	serve(mem, nr * PAGE);
	hammer(vm, nr + 1, nr);
	/* it has them back before the disk has them, so nothing is read */
	while (vmstat("pswpout") < out + 4 * nr)
		expect_ok(madvise(mem, nr * PAGE, MADV_PAGEOUT));
	hammer_end(vm);
}

/* Which page of the board @mem is. */
static uint64_t frame(const void *mem)
{
	int fd = expect_ok(open("/proc/self/pagemap", O_RDONLY));
	uint64_t entry;

	expect_eq(pread(fd, &entry, 8, (uintptr_t)mem / PAGE * 8), 8);
	close(fd);
	return entry << 9 >> 9;
}

/*
 * Compaction moves the guest's pages while it writes them: they lie between pages
 * of ours, of which every second one is then free.
 */
static void migrated(void)
{
	const unsigned int nr = 512;
	size_t size = counter("/proc/meminfo", "MemFree") * 1024 / 2 & -HUGE, i;
	uint8_t *holes = map(size), *mem = map(nr * PAGE);
	unsigned int moved = 0, step = size / nr & -PAGE;
	uint64_t frames[nr];

	madvise(holes, size, MADV_NOHUGEPAGE);
	madvise(mem, nr * PAGE, MADV_NOHUGEPAGE);
	for (i = 0; i < nr; i++) {
		memset(holes + i * step, 1, step);
		memset(mem + i * PAGE, 0, PAGE);
	}
	serve(mem, nr * PAGE);
	hammer(vm, nr + 1, nr);
	for (i = 0; i < nr; i++)
		frames[i] = frame(mem + i * PAGE);
	while (moved < 32) {
		for (i = 0; i < size; i += 2 * PAGE)
			expect_ok(madvise(holes + i, PAGE, MADV_DONTNEED));
		set_number("/proc/sys/vm/compact_memory", 1);
		for (i = 0, moved = 0; i < nr; i++)
			moved += frame(mem + i * PAGE) != frames[i];
		/* all anew, where there is room now */
		expect_ok(madvise(holes, size, MADV_DONTNEED));
		memset(holes, 1, size);
	}
	printf("%u of %u pages moved\n", moved, nr);
	hammer_end(vm);
}

/* ---- cgroups --------------------------------------------------------------------------- */

#define CGROUP "/sys/fs/cgroup/ember-test"

/* This process joins a group of its own with @limit bytes of memory and @swap. */
static void join_cgroup(long long limit, long long swap)
{
	rmdir(CGROUP);
	if (mkdir(CGROUP, 0755))
		fail("mkdir " CGROUP ": %s", strerror(errno));
	set_number(CGROUP "/memory.max", limit);
	set_number(CGROUP "/memory.swap.max", swap);
	set_number(CGROUP "/cgroup.procs", 0);
}

/* Much more memory than the group may have: the VM goes on, by swapping. */
static void limited(void)
{
	const uint32_t pages = 8192;
	const long long limit = 12 << 20;
	long long tables;

	join_cgroup(limit, 1ll << 30);
	serve(map(pages * PAGE), pages * PAGE);
	fill_all(3, pages);
	expect(number(CGROUP "/memory.current") <= limit);
	compare_all(3, pages);
	expect(counter(CGROUP "/memory.events", "max") > 0);
	expect_eq(counter(CGROUP "/memory.events", "oom_kill"), 0);
	/* Second-stage tables are the group's as well, and counted by name. */
	tables = counter(CGROUP "/memory.stat", "sec_pagetables");
	expect(tables >= mapped(vm, "tables") * PAGE);
	expect(tables > 0);
}

/* Without swap it is killed, and that is all that happens. */
static void killed_by_limit(void)
{
	const uint32_t pages = 8192;
	int status;
	pid_t pid = expect_ok(fork());

	if (!pid) {
		join_cgroup(12 << 20, 0);
		serve(map(pages * PAGE), pages * PAGE);
		fill_all(3, pages);
		_exit(0);
	}
	expect_eq(waitpid(pid, &status, 0), pid);
	expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	expect_eq(counter(CGROUP "/memory.events", "oom_kill"), 1);
	serve(map(16 * PAGE), 16 * PAGE);
	fill_all(3, 16);
	compare_all(3, 16);
}

static const struct test tests[] = {
	TEST(twice_the_memory), TEST(huge_page_swapped), TEST(swapped_under_guest),
	TEST(migrated),		TEST(limited),		 TEST(killed_by_limit),
};

TEST_MAIN("swap", tests)
