// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that is in one piece in the host, as `ember run --mem-prealloc` takes it, has large
 * entries in the TLB, which are broken and made again under a running guest.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "../../../vmm/prealloc.h"
#include "mem.h"

#define NR 2048 /* pages: eight large ones of the largest kind */
#define SIZE (NR * PAGE)
#define MAX_ORDER 4

static long other_pages; /* of the guest's own RAM */
static uint64_t frame[NR];

static long pages(void)
{
	return mapped(vm, "large") - other_pages;
}

static void read_frames(const uint8_t *mem)
{
	int fd = expect_ok(open("/proc/self/pagemap", O_RDONLY));
	unsigned int i;

	expect_eq(pread(fd, frame, sizeof(frame), (off_t)((uintptr_t)mem / PAGE * 8)),
		  sizeof(frame));
	close(fd);
	for (i = 0; i < NR; i++) {
		expect(frame[i] >> 63);
		frame[i] &= (1ull << 55) - 1;
	}
}

/* Are the pages from @at on, @nr of them, aligned and one behind the other? */
static bool in_one_piece(unsigned int at, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (frame[at + i] != frame[at] + i)
			return false;
	return frame[at] % nr == 0;
}

static unsigned int covered; /* pages that possible() found in large ones */

/* What one entry maps: large pages of this order, each in one piece. */
static bool is_entry(unsigned int at, unsigned int order)
{
	unsigned int i, nr = 1u << 2 * order;

	for (i = 0; i < LARGE_PER_ENTRY; i++)
		if (!in_one_piece(at + i * nr, nr))
			return false;
	return at % (LARGE_PER_ENTRY * nr) == 0;
}

/* Large pages there should be, of the largest kind that they make up. */
static long possible(void)
{
	unsigned int at, order;
	long n = 0;

	covered = 0;
	for (at = 0; at < NR; at += LARGE_PER_ENTRY << 2 * (order ? order : 1)) {
		for (order = MAX_ORDER; order && !is_entry(at, order);)
			order--;
		n += order ? LARGE_PER_ENTRY : 0;
		covered += order ? LARGE_PER_ENTRY << 2 * order : 0;
	}
	return n;
}

static uint8_t *large(void)
{
	uint8_t *mem = map(SIZE);

	expect_eq(prealloc(mem, SIZE), 0);
	read_frames(mem);
	possible();
	if (covered < NR - NR / 16)
		fail("of %d pages only %u are in large ones", NR, covered);
	return mem;
}

/* The guest has touched its program, and nothing of @mem. */
static void begin(void *mem)
{
	serve(mem, SIZE);
	order(vm, 0, ORDER_READ, SCRATCH, 0, 0);
	order(vm, 1, ORDER_READ, SCRATCH, 0, 0);
	other_pages = mapped(vm, "large");
}

static long exits(const char *row)
{
	return counter("/sys/kernel/debug/ember/exits", row);
}

static long misses(void)
{
	static const char *const rows[] = { LARGE_MISSES };
	unsigned int i;
	long n = 0;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		n += exits(rows[i]);
	return n;
}

/* As few faults and misses as entries, but for those where the memory is not in one piece. */
static void entry_each(void)
{
	long before;

	begin(large());
	expect_eq(pages(), 0);
	before = exits("map");
	order(vm, 0, ORDER_FILL, MEM, 8, NR);
	expect(exits("map") - before < 8 * NR / LARGE_AROUND);
	expect_eq(pages(), possible());
	before = misses();
	expect_eq(order(vm, 1, ORDER_COMPARE, MEM, 8, NR), 0);
	expect(misses() - before < NR / 2);
	expect_eq(pages(), possible());
}

/* The guest's fault for one page brings those around it, where they are one piece. */
static void around(void)
{
	unsigned int at;
	long before;

	begin(large());
	for (at = 0; at < NR && !in_one_piece(at, 32);)
		at += 32;
	expect(at < NR);
	before = mapped(vm, "pages");
	order(vm, 0, ORDER_READ, MEM + (at + 7) * PAGE, 0, 0);
	expect_eq(mapped(vm, "pages"), before + LARGE_AROUND);
	expect_eq(pages(), LARGE_AROUND / 16);
}

/* What is done to one page by @how concerns no other. */
static void broken_by(void (*how)(uint8_t *page), bool keeps)
{
	const unsigned int n = 777;
	uint8_t *mem = large();
	long whole = possible();

	begin(mem);
	order(vm, 0, ORDER_FILL, MEM, 8, NR);
	order(vm, 1, ORDER_COMPARE, MEM, 8, NR);
	expect_eq(pages(), whole);
	how(mem + n * PAGE);
	frame[n] = 0;
	expect_eq(pages(), possible()); /* its parts */
	expect_eq(order(vm, 0, ORDER_COMPARE, MEM, 8, n), 0);
	expect_eq(order(vm, 1, ORDER_COMPARE, MEM + (n + 1) * PAGE, 9 + n, NR - n - 1), 0);
	if (keeps)
		expect_eq(order(vm, 1, ORDER_COMPARE, MEM + n * PAGE, 8 + n, 1), 0);
	else
		expect_eq(order(vm, 1, ORDER_READ, MEM + n * PAGE, 0, 0), 0);
	order(vm, 0, ORDER_FILL, MEM, 88, n);
	expect_eq(order(vm, 1, ORDER_COMPARE, MEM, 88, n), 0);
	/* with what the page is now */
	expect_ok(mprotect(mem, SIZE, PROT_READ | PROT_WRITE));
	order(vm, 0, ORDER_FILL, MEM, 99, NR);
	expect_eq(order(vm, 1, ORDER_COMPARE, MEM, 99, NR), 0);
	read_frames(mem); /* the page may be another now */
	expect_eq(pages(), possible());
}

static void protect(uint8_t *page)
{
	expect_ok(mprotect(page, PAGE, PROT_READ));
}

static void discard(uint8_t *page)
{
	expect_ok(madvise(page, PAGE, MADV_DONTNEED));
}

static void broken_by_protection(void)
{
	broken_by(protect, true);
}

static void broken_by_discard(void)
{
	broken_by(discard, false);
}

/* No entry of the TLB has what it had: each page is looked at as soon as it is gone. */
static void gone_at_once(void)
{
	uint8_t *mem = large();
	unsigned int page;

	begin(mem);
	order(vm, 0, ORDER_FILL, MEM, 8, NR);
	for (page = 5; page < NR; page += 19) {
		order(vm, 1, ORDER_WRITE, MEM + page * PAGE, page, 0);
		discard(mem + page * PAGE);
		expect_eq(order(vm, 1, ORDER_READ, MEM + page * PAGE, 0, 0), 0);
	}
}

/* What is around it, in the same entry, may be written. */
static void one_protected(void)
{
	const unsigned int page = 333;
	uint8_t *mem = large();

	begin(mem);
	order(vm, 0, ORDER_FILL, MEM, 8, NR);
	protect(mem + page * PAGE);
	expect_eq(order(vm, 1, ORDER_READ, MEM + page * PAGE, 0, 0), (8 + page) * 64);
	order(vm, 1, ORDER_WRITE, MEM + (page + 1) * PAGE, 1, 0);
	post(vm, 1, ORDER_WRITE, MEM + page * PAGE, 2, 0);
	expect_eq(await_error(vm, 1), EFAULT);
	expect_eq(*(uint32_t *)(mem + page * PAGE), (8 + page) * 64);
	expect_ok(mprotect(mem, SIZE, PROT_READ | PROT_WRITE));
	go_on(vm, 1);
	await(vm, 1);
	expect_eq(*(uint32_t *)(mem + page * PAGE), 2);
}

static bool in_log(const uint8_t *bitmap, unsigned int page)
{
	return bitmap[page / 8] >> page % 8 & 1;
}

/* Exact to the page, for one page after the other. */
static void logged(void)
{
	uint8_t *mem = large(), bitmap[NR / 8];
	struct kvm_dirty_log log = { .slot = 1, .dirty_bitmap = bitmap };
	unsigned int page, i;

	begin(mem);
	order(vm, 0, ORDER_FILL, MEM, 8, NR);
	expect_ok(vm_slot(vm, 1, KVM_MEM_LOG_DIRTY_PAGES, GPA, SIZE, mem));
	order(vm, 0, ORDER_COMPARE, MEM, 8, NR);
	for (page = 3; page < NR; page += 301) {
		order(vm, page % 2, ORDER_WRITE, MEM + page * PAGE, page, 0);
		expect_ok(ioctl(vm->fd, KVM_GET_DIRTY_LOG, &log));
		for (i = 0; i < NR; i++)
			if (in_log(bitmap, i) != (i == page))
				fail("page %u was written, %u is%s in the log", page, i,
				     i == page ? " not" : "");
	}
	expect_ok(vm_slot(vm, 1, 0, GPA, SIZE, mem));
	order(vm, 0, ORDER_FILL, MEM, 3, NR);
	expect_eq(order(vm, 1, ORDER_COMPARE, MEM, 3, NR), 0);
	expect_eq(pages(), possible());
}

/* Everything at once, under two vcpus that look at every word. */
static void storm(void)
{
	uint8_t *mem = large(), *page;
	unsigned int round;

	begin(mem);
	serve_stubbornly(vm);
	hammer(vm, 8, NR);
	for (round = 0; round < 40; round++) {
		page = mem + round * 37 % (NR / 8) * 8 * PAGE;
		expect_ok(mprotect(page, 3 * PAGE, PROT_READ));
		discard(page + 7 * PAGE);
		expect_ok(mprotect(page, 3 * PAGE, PROT_READ | PROT_WRITE));
	}
	hammer_end(vm);
}

/* What others left free in single pages is passed over. */
static void from_holes(void)
{
	const unsigned int nr = 2 * NR;
	uint8_t *mem = map(nr * PAGE);
	unsigned int i;

	memset(mem, 1, nr * PAGE);
	for (i = 0; i < nr; i += 2)
		discard(mem + i * PAGE);
	large();
	for (i = 1; i < nr; i += 2)
		expect_eq(mem[i * PAGE], 1);
}

/* Who may not see frames gets memory as it comes, and keeps what is in it. */
static void of_a_user(void)
{
	uint8_t *mem = map(SIZE);

	memset(mem + PAGE, 7, PAGE);
	expect_ok(seteuid(65534));
	expect_ok(prctl(PR_SET_DUMPABLE, 1)); /* /proc/self is a user's */
	expect_eq(prealloc(mem, SIZE), 0);
	expect_ok(seteuid(0));
	read_frames(mem); /* there are some */
	expect_eq(mem[PAGE], 7);
	expect_eq(mem[2 * PAGE], 0);
}

static const struct test tests[] = {
	TEST(from_holes),
	TEST(of_a_user),
	TEST(entry_each),
	TEST(around),
	TEST(broken_by_protection),
	TEST(broken_by_discard),
	TEST(gone_at_once),
	TEST(one_protected),
	TEST(logged),
	TEST(storm),
};

TEST_MAIN("large", tests)
