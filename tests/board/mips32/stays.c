// SPDX-License-Identifier: GPL-2.0
/*
 * What stays in the vector page, and in the host's TLB: by the counters of exits, and of times
 * that the guest was left, which are counted where exits are timed.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include "mem.h"
#include "one_vm.h"

#define TIMES 20000
#define EXIT_TIMING "/sys/module/ember/parameters/exit_timing"

/* What g_costs does that often each, and reports afterwards. */
enum { LOOP, CP0_READ, STATUS_READ, CP0_WRITE, DI, COUNT_READ, RDHWR, RDHWR_SLOT };

static struct one_vm one;

static long long stat_of(const char *file, const char *name)
{
	char path[80];

	snprintf(path, sizeof(path), "/sys/kernel/debug/ember/%d-%d/%s", getpid(), one.fd, file);
	return counter(path, name);
}

static long long left(void)
{
	return stat_of("timing", "guest count");
}

/* Has the guest been left for (nearly) each time that it does what @last is, or for few? */
static void runs(int last, bool leaves, const char *row)
{
	long long before = 0, counted = 0, times;
	int i;

	set_number(EXIT_TIMING, 1);
	vm_start(&one, "g_costs", TIMES, 0);
	for (i = LOOP; i <= last; i++) {
		before = left();
		counted = row ? stat_of("exits", row) : 0;
		vm_report(&one);
	}
	times = left() - before;
	set_number(EXIT_TIMING, 0);
	if (leaves ? times < TIMES : times > TIMES / 2)
		fail("left %lld times for %d", times, TIMES);
	if (row)
		expect(stat_of("exits", row) - counted >= TIMES);
}

static void rdhwr(void)
{
	vm_new_plain(&one);
	runs(RDHWR, false, "rdhwr");
}

/* In a delay slot C has to see where the branch leads. */
static void rdhwr_slot(void)
{
	vm_new_plain(&one);
	runs(RDHWR_SLOT, true, "rdhwr");
}

static void cp0(void)
{
	vm_new(&one);
	runs(CP0_READ, false, NULL);
	vm_free(&one);
	vm_new(&one);
	runs(STATUS_READ, false, NULL);
	vm_free(&one);
	vm_new(&one);
	runs(CP0_WRITE, false, NULL);
}

static void cp0_plain(void)
{
	vm_new_plain(&one);
	runs(CP0_READ, true, "mfc0");
	vm_free(&one);
	vm_new_plain(&one);
	runs(CP0_WRITE, true, "mtc0");
}

/* An exit to user space and back leaves the guest's ASIDs as they were. */
static void asid(void)
{
	const unsigned int nr = 1000;
	unsigned int i;
	long long before;

	vm_new(&one);
	vm_start(&one, "g_write_words", OTHER_IO, nr);
	vm_event(&one, EV_WRITE);
	before = stat_of("exits", "new_asid");
	expect(before > 0);
	for (i = 1; i < nr; i++)
		vm_event(&one, EV_WRITE);
	vm_done(&one);
	before = stat_of("exits", "new_asid") - before;
	if (before > nr / 4)
		fail("%lld new ASIDs in %u exits", before, nr);
}

static const struct test tests[] = {
	TEST(rdhwr), TEST(rdhwr_slot), TEST(cp0), TEST(cp0_plain), TEST(asid),
};

TEST_MAIN("stays", tests)
