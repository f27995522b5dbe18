// SPDX-License-Identifier: GPL-2.0
/*
 * The host's TLB beside guests: neither side finds entries of the other's, or loses its own.
 *
 * The host has pages of its own that come and go, hundreds of them, and so has its kernel: a
 * table of descriptors that is so large that it is in vmalloc memory, and each look at
 * another descriptor is one at another page of it.
 */
#define _GNU_SOURCE
#include "one_vm.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE 4096
#define ROUNDS 30

/* ---- pages of this process ---------------------------------------------------------- */

#define PAGES 256 /* of a file; half of them are mapped at a time */
#define WINDOW (PAGES / 2)

static uint8_t *window;
static int file;

static uint32_t pattern(unsigned int page)
{
	return page * 2654435761u + 12345;
}

static void make_pages(void)
{
	unsigned int i;
	uint32_t word;

	file = expect_ok(memfd_create("pages", 0));
	expect_ok(ftruncate(file, PAGES * PAGE));
	for (i = 0; i < PAGES; i++) {
		word = pattern(i);
		expect_eq(pwrite(file, &word, sizeof(word), i * PAGE), sizeof(word));
	}
	window = mmap(NULL, WINDOW * PAGE, PROT_READ, MAP_SHARED, file, 0);
	expect(window != MAP_FAILED);
}

static void look_at_pages(unsigned int first)
{
	unsigned int i;

	for (i = 0; i < WINDOW; i++)
		expect_eq(*(volatile uint32_t *)(window + i * PAGE), pattern(first + i));
}

/* Others at the same addresses: what the TLB has of the last ones must be gone. */
static void change_pages(unsigned int first)
{
	expect(mmap(window, WINDOW * PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, file, first * PAGE) ==
	       window);
	look_at_pages(first);
}

/* ---- pages of the kernel's ------------------------------------------------------------ */

#define FDS 0x200000 /* 8 MiB of pointers: more than comes in one piece */
#define FDS_PER_PAGE (PAGE / 4)
#define NR_FDS 256

static void allow_fds(void)
{
	struct rlimit limit = { FDS, FDS };
	FILE *f = fopen("/proc/sys/fs/nr_open", "w");

	expect(f);
	expect(fprintf(f, "%u\n", FDS) > 0);
	expect(!fclose(f));
	expect_ok(setrlimit(RLIMIT_NOFILE, &limit));
}

/* Nothing is there but every fourth. */
static void make_fds(void)
{
	unsigned int i;

	allow_fds();
	expect_ok(dup2(file, FDS - 1));
	for (i = 1; i < NR_FDS; i += 4)
		expect_ok(dup2(file, i * FDS_PER_PAGE));
}

static void look_at_fds(void)
{
	unsigned int i;

	for (i = 1; i < NR_FDS; i++)
		if (i % 4 == 1)
			expect_ok(fcntl(i * FDS_PER_PAGE, F_GETFD));
		else
			expect_errno(fcntl(i * FDS_PER_PAGE, F_GETFD), EBADF);
}

static void set_up(void)
{
	make_pages();
	make_fds();
}

/* ---- tests -------------------------------------------------------------------------------- */

static unsigned long misses(void)
{
	FILE *f = fopen("/sys/kernel/debug/ember/exits", "r");
	unsigned long sum = 0, n;
	char name[40];

	expect(f);
	while (fscanf(f, "%39s %lu", name, &n) == 2)
		if (strstr(name, "dtlb_") || strstr(name, "itlb_"))
			sum += n;
	fclose(f);
	return sum;
}

/* What a guest has in the TLB is still there after all that the host needed of it. */
static void guests_entries_stay(void)
{
	unsigned long before = 0;
	unsigned int i;
	struct vm vm;

	set_up();
	vm_new(&vm);
	vm_start(&vm, "g_pages_again", 16, 0);
	for (i = 0; i < ROUNDS; i++) {
		if (i == ROUNDS / 3)
			before = misses();
		vm_reports(&vm, i);
		change_pages(i * 7 % WINDOW);
		look_at_fds();
	}
	/* 16 in each round if it loses them */
	if (misses() - before > ROUNDS)
		fail("%lu misses in %u rounds of 16 pages", misses() - before, ROUNDS - ROUNDS / 3);
}

/* Two guests that check their memory, and the host, in turn. */
static void contents(void)
{
	struct vm vm[2];
	unsigned int i;

	set_up();
	for (i = 0; i < 2; i++) {
		vm_new(&vm[i]);
		vm_start(&vm[i], "g_witness", ROUNDS + 1, 0);
	}
	for (i = 0; i < ROUNDS; i++) {
		vm_reports(&vm[0], i);
		change_pages(i * 7 % WINDOW);
		vm_reports(&vm[1], i);
		look_at_pages(i * 7 % WINDOW);
		look_at_fds();
	}
}

static void load(void)
{
	const char *name = getenv("EMBER_KO") ?: "/ember.ko";
	int fd = expect_ok(open(name, O_RDONLY | O_CLOEXEC));

	expect_ok(syscall(SYS_finit_module, fd, "", 0));
	close(fd);
}

/* The module comes and goes while the host has the TLB full of its own. */
static void loads(void)
{
	unsigned int i;

	set_up();
	for (i = 0; i < ROUNDS / 3; i++) {
		look_at_fds();
		change_pages(i);
		expect_ok(syscall(SYS_delete_module, "ember", O_NONBLOCK));
		change_pages(i + 20);
		load();
		change_pages(i + 40);
		look_at_fds();
	}
}

static const struct test tests[] = { TEST(guests_entries_stay), TEST(contents), TEST(loads) };

TEST_MAIN("thrash", tests)
