// SPDX-License-Identifier: GPL-2.0
/*
 * Guest memory is memory of this process: what is done to the mapping is seen
 * by the guest at once, and what the guest does follows the mapping's rules.
 */
#define _GNU_SOURCE
#include "mem.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static void touch_pages(void)
{
	uint32_t *mem = map(64 * PAGE);
	unsigned int i;

	start("g_touch_pages", mem, 64 * PAGE, 64);
	vcpu_reports(cpu, 64);
	for (i = 0; i < 64; i++)
		expect_eq(mem[i * PAGE / 4], MEM + i);
	vcpu_done(cpu);
}

static void dontneed(void)
{
	uint32_t *mem = map(PAGE);

	mem[0] = 0x1111;
	start("g_read_word", mem, PAGE, 3);
	vcpu_reports(cpu, 0x1111);
	expect_ok(madvise(mem, PAGE, MADV_DONTNEED));
	vcpu_reports(cpu, 0);
	mem[0] = 0x2222;
	vcpu_reports(cpu, 0x2222);
}

static void unmapped(void)
{
	uint32_t *mem = map(PAGE);

	start("g_read_word", mem, PAGE, 2);
	vcpu_reports(cpu, 0);
	expect_ok(munmap(mem, PAGE));
	expect_errno(ioctl(cpu->fd, KVM_RUN, 0), EFAULT);
	/* and back again */
	expect(mmap(mem, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		    0) == mem);
	mem[0] = 77;
	vcpu_reports(cpu, 77);
}

static void replaced(void)
{
	uint32_t *mem = map(PAGE);

	mem[0] = 1;
	start("g_read_word", mem, PAGE, 2);
	vcpu_reports(cpu, 1);
	expect(mmap(mem, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1,
		    0) == mem);
	mem[0] = 2;
	vcpu_reports(cpu, 2);
}

static void moved_away(void)
{
	uint32_t *mem = map(2 * PAGE);
	void *elsewhere;

	mem[0] = 1;
	start("g_read_word", mem, PAGE, 2);
	vcpu_reports(cpu, 1);
	elsewhere = mremap(mem, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, mem + PAGE / 4);
	expect(elsewhere != MAP_FAILED);
	expect_errno(ioctl(cpu->fd, KVM_RUN, 0), EFAULT);
}

static void write_protected(void)
{
	uint32_t *mem = map(PAGE);

	start("g_write_words", mem, PAGE, 1);
	vcpu_done(cpu);
	vcpu_start(cpu, "g_write_words", MEM, 3);
	expect_ok(mprotect(mem, PAGE, PROT_READ));
	expect_errno(ioctl(cpu->fd, KVM_RUN, 0), EFAULT);
	expect_eq(mem[0], 0);
	expect_ok(mprotect(mem, PAGE, PROT_READ | PROT_WRITE));
	vcpu_done(cpu);
	expect_eq(mem[0], 2);
}

static void no_access(void)
{
	uint32_t *mem = map(PAGE);

	start("g_read_word", mem, PAGE, 3);
	vcpu_reports(cpu, 0);
	expect_ok(mprotect(mem, PAGE, PROT_NONE));
	expect_errno(ioctl(cpu->fd, KVM_RUN, 0), EFAULT);
	expect_ok(mprotect(mem, PAGE, PROT_READ));
	vcpu_reports(cpu, 0);
}

/* A mapping without PROT_WRITE serves a guest that only reads. */
static void read_only_mapping(void)
{
	uint32_t *mem = map(PAGE);

	mem[0] = 5;
	expect_ok(mprotect(mem, PAGE, PROT_READ));
	start("g_read_word", mem, PAGE, 2);
	vcpu_reports(cpu, 5);
	vcpu_reports(cpu, 5);
}

/* A page that was never written is the zero page; the guest must not share it. */
static void zero_page(void)
{
	uint32_t *mem = map(2 * PAGE);

	start("g_read_word", mem, 2 * PAGE, 1);
	vcpu_reports(cpu, 0);
	vcpu_done(cpu);
	vcpu_start(cpu, "g_write_word", MEM, 0x99);
	expect_eq(vcpu_done(cpu), 0x99);
	expect_eq(mem[0], 0x99);
	vcpu_start(cpu, "g_read_word", MEM + PAGE, 1);
	vcpu_reports(cpu, 0);
	expect_eq(*(volatile uint32_t *)map(PAGE), 0);
}

/* The child of a fork keeps what was there; the guest writes a copy. */
static void fork_copies(void)
{
	int go[2], status;
	uint32_t *mem = map(PAGE);
	pid_t pid;
	char c;

	expect_ok(pipe(go));
	start("g_write_word", mem, PAGE, 0x1111);
	expect_eq(vcpu_done(cpu), 0x1111);
	pid = expect_ok(fork());
	if (!pid) {
		expect_eq(read(go[0], &c, 1), 1);
		_exit(mem[0] == 0x1111 ? 0 : 9);
	}
	vcpu_start(cpu, "g_write_word", MEM, 0x2222);
	expect_eq(vcpu_done(cpu), 0x2222);
	expect_eq(mem[0], 0x2222);
	expect_eq(write(go[1], "x", 1), 1);
	waitpid(pid, &status, 0);
	expect_eq(status, 0);
}

static int temp_file(void)
{
	char name[] = "/tmp/ember-test-XXXXXX";
	int fd = expect_ok(mkstemp(name));

	unlink(name);
	expect_ok(ftruncate(fd, PAGE));
	return fd;
}

static void private_file(void)
{
	int fd = temp_file();
	uint32_t val = 0x1234, *mem;

	expect_eq(pwrite(fd, &val, 4, 0), 4);
	mem = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	start("g_read_word", mem, PAGE, 1);
	vcpu_reports(cpu, 0x1234);
	vcpu_done(cpu);
	vcpu_start(cpu, "g_write_word", MEM, 0x5678);
	expect_eq(vcpu_done(cpu), 0x5678);
	expect_eq(mem[0], 0x5678);
	expect_eq(pread(fd, &val, 4, 0), 4);
	expect_eq(val, 0x1234);
}

static void shared_file(void)
{
	int fd = temp_file();
	uint32_t val = 0, *mem;

	mem = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	start("g_write_word", mem, PAGE, 0x5678);
	expect_eq(vcpu_done(cpu), 0x5678);
	expect_eq(pread(fd, &val, 4, 0), 4);
	expect_eq(val, 0x5678);
	expect_ok(ftruncate(fd, 0));
	vcpu_start(cpu, "g_read_word", MEM, 1);
	expect_errno(ioctl(cpu->fd, KVM_RUN, 0), EFAULT);
}

/* 2 MiB that the host may back with one page; then a hole is made in it. */
static void huge_page(void)
{
	uint8_t *mem = map_huge(HUGE);
	unsigned int i;

	mem[0] = 1;
	start("g_touch_pages", mem, HUGE, 512);
	vcpu_reports(cpu, 512);
	vcpu_done(cpu);
	expect_ok(madvise(mem + 5 * PAGE, PAGE, MADV_DONTNEED));
	vcpu_start(cpu, "g_read_word", MEM + 5 * PAGE, 1);
	vcpu_reports(cpu, 0);
	vcpu_done(cpu);
	for (i = 4; i < 7; i += 2) {
		vcpu_start(cpu, "g_read_word", MEM + i * PAGE, 1);
		vcpu_reports(cpu, MEM + i);
	}
	expect_ok(mprotect(mem + 9 * PAGE, PAGE, PROT_READ));
	vcpu_start(cpu, "g_write_words", MEM + 9 * PAGE, 1);
	expect_errno(ioctl(cpu->fd, KVM_RUN, 0), EFAULT);
	vcpu_start(cpu, "g_write_word", MEM + 8 * PAGE, 1);
	expect_eq(vcpu_done(cpu), 1);
}

/* A slot whose guest address is not aligned like its host address. */
static void skewed_huge_page(void)
{
	uint8_t *mem = map_huge(2 * HUGE);

	memset(mem, 0, 2 * HUGE);
	start("g_touch_pages", mem + PAGE, HUGE, 512);
	vcpu_reports(cpu, 512);
	vcpu_done(cpu);
	expect_eq(*(uint32_t *)mem, 0);
	expect_eq(*(uint32_t *)(mem + PAGE), MEM);
	expect_eq(*(uint32_t *)(mem + HUGE), MEM + 511);
	expect_eq(*(uint32_t *)(mem + HUGE + PAGE), 0);
}

/* ---- under a running guest ------------------------------------------------------ */

/* Copy on write, again and again, under a guest that counts in the page. */
static void forks_under_guest(void)
{
	uint32_t *mem = map(PAGE);
	int i, status;
	pid_t pid;

	start("g_count_in", mem, PAGE, SCRATCH);
	vcpu_spawn(cpu);
	wait_for_count(mem);
	for (i = 0; i < 100; i++) {
		pid = expect_ok(fork());
		if (!pid)
			_exit(0);
		waitpid(pid, &status, 0);
	}
	*(volatile uint32_t *)vm_mem(vm, SCRATCH) = 1;
	vcpu_join(cpu);
}

/* Protection goes away and comes back under the guest: a fault at most waits. */
static void discard_under_guest(void)
{
	uint32_t *mem = map(256 * PAGE);
	int i;

	start("g_touch_pages", mem, 256 * PAGE, 256);
	vcpu_reports(cpu, 256);
	vcpu_done(cpu);
	vcpu_start(cpu, "g_count_in", SCRATCH + PAGE, SCRATCH);
	vcpu_spawn(cpu);
	for (i = 0; i < 300; i++)
		expect_ok(madvise(mem, 256 * PAGE, MADV_DONTNEED));
	*(volatile uint32_t *)vm_mem(vm, SCRATCH) = 1;
	vcpu_join(cpu);
}

static const struct test tests[] = {
	TEST(touch_pages),	 TEST(dontneed),
	TEST(unmapped),		 TEST(replaced),
	TEST(moved_away),	 TEST(write_protected),
	TEST(no_access),	 TEST(read_only_mapping),
	TEST(zero_page),	 TEST(fork_copies),
	TEST(private_file),	 TEST(shared_file),
	TEST(huge_page),	 TEST(skewed_huge_page),
	TEST(forks_under_guest), TEST(discard_under_guest),
};

TEST_MAIN("memory", tests)
