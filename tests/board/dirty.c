// SPDX-License-Identifier: GPL-2.0
/*
 * The dirty log is exact to the page while two vcpus write: what is fetched, in
 * however many pieces, is together what was written, not a page more or less.
 */
#define _GNU_SOURCE
#include "mem.h"
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

#define NR 1024 /* pages, two blocks where there are any */
#define SIZE (NR * PAGE)
#define ROUNDS 6

static uint8_t seen[NR];

/* What was written since the last time, added to what was seen. */
static unsigned int fetch(void)
{
	uint8_t bitmap[NR / 8];
	struct kvm_dirty_log log = { .slot = 1, .dirty_bitmap = bitmap };
	unsigned int i, nr = 0;

	expect_ok(ioctl(vm->fd, KVM_GET_DIRTY_LOG, &log));
	for (i = 0; i < NR; i++) {
		if (!(bitmap[i / 8] >> i % 8 & 1))
			continue;
		seen[i] = 1;
		nr++;
	}
	return nr;
}

/* Each vcpu writes its third of the pages, once, the last third stays clean. */
static void one_round(unsigned int round)
{
	unsigned int i, n, fetched = 0, next = NR / 10;

	memset(seen, 0, sizeof(seen));
	for (n = 0; n < 2; n++)
		post(vm, n, ORDER_THIRD, MEM, (round + n) % 3, NR);
	while (!finished(vm, 0) || !finished(vm, 1)) {
		uint32_t now = progress(vm, 0) + progress(vm, 1);

		/* Some twenty times: each makes both fault again. */
		if (now < next) {
			sched_yield();
			continue;
		}
		next = now + NR / 10;
		fetched += fetch() != 0;
	}
	for (n = 0; n < 2; n++)
		await(vm, n);
	fetch();
	for (i = 0; i < NR; i++)
		if (seen[i] != ((i + 3 - round % 3) % 3 < 2))
			fail("round %u, page %u: %s in the log (%u fetches found some)", round, i,
			     seen[i] ? "not written, and" : "written, and not", fetched);
}

static void start_logging(uint8_t *mem)
{
	expect_ok(vm_slot(vm, 1, KVM_MEM_LOG_DIRTY_PAGES, GPA, SIZE, mem));
	expect_eq(fetch(), 0);
}

static void exact_on(uint8_t *mem)
{
	unsigned int round;

	serve(mem, SIZE);
	/* both hold translations to write by, of blocks if there are some */
	order(vm, 0, ORDER_FILL, MEM, 1, NR);
	order(vm, 1, ORDER_FILL, MEM, 1, NR);
	start_logging(mem);
	for (round = 0; round < ROUNDS; round++)
		one_round(round);
	/* the last writes are there, too */
	expect_eq(order(vm, 0, ORDER_READ, MEM + (ROUNDS - 1) % 3 * PAGE, 0, 0), (ROUNDS - 1) % 3);
	/* reading is not writing */
	order(vm, 0, ORDER_COMPARE, MEM, 1, NR);
	expect_eq(fetch(), 0);
}

static void exact(void)
{
	uint8_t *mem = map(SIZE);

	madvise(mem, SIZE, MADV_NOHUGEPAGE);
	exact_on(mem);
}

static void exact_on_huge_pages(void)
{
	uint8_t *mem = map_huge(SIZE);
	long before;

	memset(mem, 0, SIZE);
	exact_on(mem);
	before = mapped(vm, "blocks");
	/* not logged any more, and thrown away: it may be blocks again */
	expect_ok(vm_slot(vm, 1, 0, GPA, SIZE, mem));
	expect_ok(madvise(mem, SIZE, MADV_DONTNEED));
	order(vm, 1, ORDER_FILL, MEM, 1, NR);
	if (access("/sys/kernel/mm/transparent_hugepage", F_OK))
		return;
	expect_eq(mapped(vm, "blocks"), before + 2);
	memset(seen, 0, sizeof(seen));
	start_logging(mem);
	expect_eq(mapped(vm, "blocks"), before);
	one_round(1);
}

/* Memory that the host changes under the log: what the guest writes still counts. */
static void discarded_while_logged(void)
{
	uint8_t *mem = map(SIZE);
	unsigned int round;

	serve(mem, SIZE);
	start_logging(mem);
	for (round = 0; round < 3; round++) {
		one_round(round);
		expect_ok(madvise(mem, SIZE, MADV_DONTNEED));
		order(vm, 0, ORDER_READ, MEM, 0, 0);
		expect_eq(fetch(), 0);
	}
}

static const struct test tests[] = {
	TEST(exact),
	TEST(exact_on_huge_pages),
	TEST(discarded_while_logged),
};

TEST_MAIN("dirty", tests)
