// SPDX-License-Identifier: GPL-2.0
/*
 * What the host does to the memory of a guest acts on it at once, while its two
 * vcpus run and hold translations of it: nothing here makes them leave the guest.
 */
#define _GNU_SOURCE
#include "mem.h"
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NR 64
#define SIZE (NR * PAGE)

/* Both vcpus read @value at MEM + @offset. */
static void both_read(uint32_t offset, uint32_t value)
{
	expect_eq(order(vm, 0, ORDER_READ, MEM + offset, 0, 0), value);
	expect_eq(order(vm, 1, ORDER_READ, MEM + offset, 0, 0), value);
}

/* An order that cannot be done now, of either vcpu. */
static void both_fail(uint32_t op, uint32_t offset)
{
	unsigned int i;

	for (i = 0; i < 2; i++)
		post(vm, i, op, MEM + offset, 0x77 + i, 0);
	for (i = 0; i < 2; i++)
		expect_eq(await_error(vm, i), EFAULT);
}

/* It can now. */
static void both_go_on(void)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		go_on(vm, i);
		await(vm, i);
	}
}

static void filled(void *mem, size_t size)
{
	serve(mem, size);
	order(vm, 0, ORDER_FILL, MEM, 1, size / PAGE);
	expect_eq(order(vm, 1, ORDER_COMPARE, MEM, 1, size / PAGE), 0);
}

static void dontneed(void)
{
	uint8_t *mem = map(SIZE);
	unsigned int i;

	filled(mem, SIZE);
	for (i = 0; i < NR; i += 2) {
		expect_ok(madvise(mem + i * PAGE, PAGE, MADV_DONTNEED));
		both_read(i * PAGE, 0);
	}
	for (i = 1; i < NR; i += 2)
		expect_eq(order(vm, i / 2 % 2, ORDER_COMPARE, MEM + i * PAGE, 1 + i, 1), 0);
}

static void protected_read(void)
{
	uint32_t *mem = map(SIZE);

	filled(mem, SIZE);
	expect_ok(mprotect(mem, SIZE, PROT_READ));
	both_read(0, 64);
	both_fail(ORDER_WRITE, 4);
	both_fail(ORDER_WRITE, 4); /* and is not done at the second try */
	expect_eq(mem[1], 0);
	expect_ok(mprotect(mem, SIZE, PROT_READ | PROT_WRITE));
	both_go_on();
	expect(mem[1] == 0x77 || mem[1] == 0x78);
}

static void protected_none(void)
{
	uint32_t *mem = map(SIZE);

	filled(mem, SIZE);
	expect_ok(mprotect(mem + PAGE, PAGE, PROT_NONE));
	both_fail(ORDER_READ, 4 * PAGE);
	expect_ok(mprotect(mem + PAGE, PAGE, PROT_READ));
	both_go_on();
	both_read(4 * PAGE, 5 * 64);
}

static void unmapped(void)
{
	uint8_t *mem = map(SIZE);

	filled(mem, SIZE);
	expect_ok(munmap(mem + 3 * PAGE, PAGE));
	both_fail(ORDER_READ, 3 * PAGE);
	expect(mmap(mem + 3 * PAGE, PAGE, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == mem + 3 * PAGE);
	both_go_on();
	both_read(3 * PAGE, 0);
	both_read(4 * PAGE, 5 * 64);
}

static void moved(void)
{
	uint8_t *mem = map(SIZE), *elsewhere = map(SIZE);

	filled(mem, SIZE);
	expect(mremap(mem, SIZE, SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, elsewhere) == elsewhere);
	both_fail(ORDER_READ, 5 * PAGE);
	expect_eq(*(uint32_t *)(elsewhere + 5 * PAGE), 6 * 64);
	*(uint32_t *)(elsewhere + 5 * PAGE) = 0x5555;
	expect(mremap(elsewhere, SIZE, SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, mem) == mem);
	both_go_on();
	both_read(5 * PAGE, 0x5555);
	expect_eq(order(vm, 0, ORDER_COMPARE, MEM + 6 * PAGE, 7, NR - 6), 0);
}

/* Freed lazily and written again by the guest: reclaim must not take it. */
static void freed_and_written(void)
{
	uint8_t *mem = map(SIZE);
	unsigned int i, gone = 0;

	filled(mem, SIZE);
	expect_ok(madvise(mem, SIZE, MADV_FREE));
	order(vm, 1, ORDER_FILL, MEM, 100, NR / 2);
	expect_ok(madvise(mem, SIZE, MADV_PAGEOUT));
	expect_eq(order(vm, 0, ORDER_COMPARE, MEM, 100, NR / 2), 0);
	for (i = NR / 2; i < NR; i++)
		gone += order(vm, 0, ORDER_READ, MEM + i * PAGE, 0, 0) == 0;
	if (!gone)
		fail("nothing was reclaimed, so nothing was shown");
}

/* ---- files ---------------------------------------------------------------------- */

static int filled_memfd(uint8_t **mem)
{
	int fd = expect_ok(memfd_create("guest", MFD_CLOEXEC));

	expect_ok(ftruncate(fd, SIZE));
	*mem = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	expect(*mem != MAP_FAILED);
	filled(*mem, SIZE);
	return fd;
}

static void hole_punched(void)
{
	uint8_t *mem;
	int fd = filled_memfd(&mem);

	expect_ok(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 2 * PAGE, 8 * PAGE));
	both_read(2 * PAGE, 0);
	both_read(9 * PAGE, 0);
	both_read(10 * PAGE, 11 * 64);
	both_read(1 * PAGE, 2 * 64);
}

static void truncated(void)
{
	uint8_t *mem;
	int fd = filled_memfd(&mem);

	expect_ok(ftruncate(fd, 2 * PAGE));
	both_read(PAGE, 2 * 64);
	both_fail(ORDER_READ, 2 * PAGE);
	expect_ok(ftruncate(fd, SIZE));
	both_go_on();
	both_read(2 * PAGE, 0);
}

/* Written by others through the file: the very same memory. */
static void written_through_file(void)
{
	uint8_t *mem;
	int fd = filled_memfd(&mem);
	uint32_t val = 0xabcd;

	expect_eq(pwrite(fd, &val, 4, 7 * PAGE), 4);
	both_read(7 * PAGE, 0xabcd);
	order(vm, 1, ORDER_WRITE, MEM + 8 * PAGE, 0x4321, 0);
	expect_eq(pread(fd, &val, 4, 8 * PAGE), 4);
	expect_eq(val, 0x4321);
}

static uint32_t file_sum(int fd)
{
	uint32_t page[PAGE / 4], sum = 0, i, w;

	for (i = 0; i < RAM_SIZE; i += PAGE) {
		expect_eq(pread(fd, page, PAGE, i), PAGE);
		for (w = 0; w < PAGE / 4; w++)
			sum = sum * 31 + page[w];
	}
	return sum;
}

/* All of a guest's RAM, its program included, is a private mapping of a file. */
static void ram_is_private_file(void)
{
	char name[] = "/tmp/ember-ram-XXXXXX";
	int fd = expect_ok(mkstemp(name));
	uint32_t before, changed = 0, i, *file;

	unlink(name);
	expect_ok(ftruncate(fd, RAM_SIZE));
	file = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	expect(file != MAP_FAILED);
	guest_load((uint8_t *)file);
	before = file_sum(fd);
	vm = vm_new(2, VM_POWER_OFF | VM_NO_RAM);
	vm->ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	expect(vm->ram != MAP_FAILED);
	expect_ok(vm_slot(vm, 0, 0, RAM_BASE, RAM_SIZE, vm->ram));
	serve_begin(vm);
	order(vm, 0, ORDER_FILL, SCRATCH + 0x10000, 5, NR);
	expect_eq(order(vm, 1, ORDER_COMPARE, SCRATCH + 0x10000, 5, NR), 0);
	expect_eq(file_sum(fd), before);
	for (i = 0; i < RAM_SIZE / 4; i += PAGE / 4)
		changed += memcmp(file + i, (uint32_t *)vm->ram + i, PAGE) != 0;
	/* what was filled, the orders, stacks, page table; the rest is the file's */
	expect(changed > NR && changed < NR + 16);
	file[(PHYS(SCRATCH) + 0x100000 - RAM_BASE) / 4] = 0x1234; /* not yet copied */
	expect_eq(order(vm, 0, ORDER_READ, SCRATCH + 0x100000, 0, 0), 0x1234);
}

/* ---- user space serves faults ------------------------------------------------------- */

static int uffd;
static volatile unsigned int served;

static void *serve_faults(void *arg)
{
	static uint32_t page[PAGE / 4];
	struct uffd_msg msg;
	struct uffdio_copy copy = { .src = (uintptr_t)page, .len = PAGE };
	uintptr_t base = (uintptr_t)arg;

	while (read(uffd, &msg, sizeof(msg)) == sizeof(msg)) {
		expect_eq(msg.event, UFFD_EVENT_PAGEFAULT);
		copy.dst = msg.arg.pagefault.address & ~(PAGE - 1ull);
		page[0] = 0xfa0000 + (copy.dst - base) / PAGE;
		if (!ioctl(uffd, UFFDIO_COPY, &copy))
			served++;
		else
			expect_eq(errno, EEXIST);
	}
	return NULL;
}

static void user_faults(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	uint8_t *mem = map(SIZE);
	pthread_t thread;
	unsigned int i;

	uffd = expect_ok(syscall(SYS_userfaultfd, O_CLOEXEC));
	expect_ok(ioctl(uffd, UFFDIO_API, &api));
	reg.range.start = (uintptr_t)mem;
	reg.range.len = SIZE;
	expect_ok(ioctl(uffd, UFFDIO_REGISTER, &reg));
	expect_eq(pthread_create(&thread, NULL, serve_faults, mem), 0);
	serve(mem, SIZE);
	for (i = 0; i < NR; i++) {
		post(vm, 1, ORDER_READ, MEM + i * PAGE, 0, 0);
		expect_eq(order(vm, 0, ORDER_READ, MEM + i * PAGE, 0, 0), 0xfa0000 + i);
		expect_eq(await(vm, 1), 0xfa0000 + i);
	}
	expect_eq(served, NR);
	/* thrown away, it is served again */
	expect_ok(madvise(mem + 9 * PAGE, PAGE, MADV_DONTNEED));
	both_read(9 * PAGE, 0xfa0009);
	expect_eq(served, NR + 1);
}

/* ---- a slot that the guest may only read ---------------------------------------------- */

static void read_only_slot(void)
{
	uint32_t *mem = map(SIZE);
	struct event ev;

	mem[0] = 1;
	start("g_read_word", mem, SIZE, 3);
	expect_ok(vm_slot(vm, 1, 0, GPA, 0, mem));
	expect_ok(vm_slot(vm, 1, KVM_MEM_READONLY, GPA, SIZE, mem));
	vcpu_reports(cpu, 1);
	mem[0] = 2; /* the host may write it */
	vcpu_reports(cpu, 2);
	expect_ok(madvise(mem, PAGE, MADV_DONTNEED));
	vcpu_reports(cpu, 0);
	vcpu_done(cpu);
	vcpu_start(cpu, "g_write_word", MEM, 0x99);
	ev = vcpu_event(cpu, EV_WRITE);
	expect_eq(ev.addr, GPA);
	expect_eq(ev.value, 0x99);
	expect_eq(vcpu_done(cpu), 0); /* it reads memory, which has not changed */
	expect_eq(mem[0], 0);
}

/* ---- memory that is given back ----------------------------------------------------------- */

static long rss_pages(void)
{
	return counter("/proc/self/status", "VmRSS") * 1024 / PAGE;
}

/* What a balloon does: the host has the pages again, and the guest when it asks. */
static void given_back(void)
{
	const long pages = 4096, slack = 200;
	uint8_t *mem = map(pages * PAGE);
	long before, full;

	/* Or khugepaged takes what is mapped away, and adds what is around it. */
	madvise(mem, pages * PAGE, MADV_NOHUGEPAGE);
	serve(mem, pages * PAGE);
	madvise(vm->ram, vm->ram_size, MADV_NOHUGEPAGE);
	both_read(0, 0); /* they run */
	before = rss_pages();
	order(vm, 0, ORDER_FILL, MEM, 3, pages);
	full = rss_pages();
	if (labs(full - before - pages) > slack)
		fail("%ld pages were written, and the process grew by %ld", pages, full - before);
	expect(mapped(vm, "pages") + mapped(vm, "blocks") * 512 >= pages);
	expect_ok(madvise(mem, pages / 2 * PAGE, MADV_DONTNEED));
	expect(full - rss_pages() > pages / 2 - slack);
	expect(mapped(vm, "pages") + mapped(vm, "blocks") * 512 < pages / 2 + 1024);
	expect_ok(madvise(mem, pages * PAGE, MADV_DONTNEED));
	expect(rss_pages() - before < slack);
	both_read(0, 0);
	order(vm, 1, ORDER_FILL, MEM, 4, pages);
	expect_eq(order(vm, 0, ORDER_COMPARE, MEM, 4, pages), 0);
}

/* ---- the same content twice --------------------------------------------------------------- */

#define KSM "/sys/kernel/mm/ksm/"

static void ksm_on(void)
{
	set_number(KSM "sleep_millisecs", 1);
	set_number(KSM "pages_to_scan", 2000);
	set_number(KSM "run", 1);
}

static void same_pages(void)
{
	uint8_t *mem[2] = { map(SIZE), map(SIZE) };
	struct vm *vms[2];
	long long shared;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		expect_ok(madvise(mem[i], SIZE, MADV_MERGEABLE));
		vms[i] = serve_vm(mem[i], SIZE);
		order(vms[i], 0, ORDER_FILL, MEM, 9, NR);
	}
	shared = number(KSM "pages_sharing");
	ksm_on();
	while (number(KSM "pages_sharing") < shared + NR)
		sched_yield();
	for (i = 0; i < 2; i++)
		expect_eq(order(vms[i], 1, ORDER_COMPARE, MEM, 9, NR), 0);
	expect(number(KSM "pages_sharing") >= shared + NR); /* reading changed nothing */
	/* One writes: it has its own pages again, the other its old ones. */
	order(vms[0], 1, ORDER_FILL, MEM, 1000, NR / 2);
	expect_eq(order(vms[0], 0, ORDER_COMPARE, MEM, 1000, NR / 2), 0);
	expect_eq(order(vms[1], 0, ORDER_COMPARE, MEM, 9, NR), 0);
	expect_eq(*(uint32_t *)mem[0], 1000 * 64);
	expect_eq(*(uint32_t *)mem[1], 9 * 64);
	while (number(KSM "pages_sharing") > shared + NR / 2)
		sched_yield();
	/* The rest is taken apart under the guests. */
	set_number(KSM "run", 2);
	expect_eq(number(KSM "pages_sharing"), 0);
	expect_eq(order(vms[0], 0, ORDER_COMPARE, MEM + SIZE / 2, 9 + NR / 2, NR / 2), 0);
	order(vms[0], 0, ORDER_FILL, MEM, 2000, NR);
	expect_eq(order(vms[1], 1, ORDER_COMPARE, MEM, 9, NR), 0);
	set_number(KSM "run", 0);
}

static const struct test tests[] = {
	TEST(dontneed),
	TEST(protected_read),
	TEST(protected_none),
	TEST(unmapped),
	TEST(moved),
	TEST(freed_and_written),
	TEST(hole_punched),
	TEST(truncated),
	TEST(written_through_file),
	TEST(ram_is_private_file),
	TEST(user_faults),
	TEST(read_only_slot),
	TEST(given_back),
	TEST(same_pages),
};

TEST_MAIN("pages", tests)
