// SPDX-License-Identifier: GPL-2.0
/*
 * Guests and monitors that mean harm.  Whatever a guest does it gets away with, or its VM
 * is stopped with a reason; the host, a process on it, and a well-behaved VM beside it
 * go on.  guest/hostile.c has the other half.
 *
 * Each guest goes by a seed, which is printed; see ../lib/seeds.h.
 */
#define _GNU_SOURCE
#include <linux/ember.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "hostile.h"
#include "seeds.h"
#include "one_vm.h"
#include "witness.h"

#define EXITS 4000 /* to user space, at most */
#define IMAGE_SIZE 0x20000
#define TICKS 2 /* of 10 ms: some guests only loop, and go on with their next piece... */
#define AGAIN 10 /* ... so often */

static struct vm good;
static struct witness *witness;

/* ---- those beside ------------------------------------------------------------------- */

/* The well-behaved VM still does what it should. */
static void good_goes_on(void)
{
	static uint32_t next;
	struct event ev;

	do {
		ev = vm_next(&good);
	} while (ev.kind == EV_INTR);
	expect_eq(ev.kind, EV_REPORT);
	expect_eq(ev.value, next++);
	witness_check(witness);
}

static long long unaligned_in_kernel(void)
{
	FILE *f = fopen("/sys/kernel/debug/mips/unaligned_instructions", "r");
	long long n = 0;

	if (!f || fscanf(f, "%lli", &n) != 1)
		n = -1;
	if (f)
		fclose(f);
	return n;
}

static void set_up(void)
{
	witness = witness_start();
	vm_new(&good);
	vm_enable_fpu(&good);
	vm_start(&good, "g_witness", 100000000, 0);
	good_goes_on();
	tick_every(10000);
}

/* ---- guests ------------------------------------------------------------------------- */

/* One KVM_RUN of a guest of which nothing is expected; false: it is over. */
static bool step(struct vm *vm)
{
	if (witness_run(vm->cpu) < 0) {
		if (errno != EINTR && errno != EAGAIN && errno != EFAULT)
			fail("KVM_RUN of a hostile guest: %s", strerror(errno));
		return errno != EFAULT;
	}
	switch (vm->run->exit_reason) {
	case KVM_EXIT_MMIO:
		vm_answer(vm, 0x5a5a5a5a);
		return !vm->run->mmio.is_write ||
		       vm->run->mmio.phys_addr != PHYS(TEST_IO + TEST_DONE);
	case KVM_EXIT_INTR:
		return true;
	case KVM_EXIT_INTERNAL_ERROR:
		return false;
	}
	fail("a hostile guest's exit reason is %u", vm->run->exit_reason);
}

static void vm_new_hostile(struct vm *vm, uint32_t seed, uint32_t kinds)
{
	if (seed % 4)
		vm_new(vm);
	else
		vm_new_plain(vm);
	if (kinds & HOSTILE_FPU)
		vm_enable_fpu(vm);
	vm_start(vm, "g_hostile", seed, kinds);
}

static uint32_t reported(struct vm *vm)
{
	struct event ev;

	do {
		ev = vm_next(vm);
	} while (ev.kind == EV_INTR);
	expect_eq(ev.kind, EV_REPORT);
	return ev.value;
}

/* mfc0 v0, Status; mtc0 v0, Status; di: it has translated code, or may not have it. */
static void check_live(struct vm *vm, bool translates)
{
	expect_eq(reported(vm), translates ? 0x8c028042 : 0x40026000);
	expect_eq(reported(vm), translates ? 0xac028302 : 0x40826000);
	expect_eq(reported(vm), translates ? 0xac007000 : 0x41606000);
}

static void suffer(uint32_t seed, uint32_t kinds)
{
	unsigned int left = EXITS, again = AGAIN;
	struct vm vm;

	vm_new_hostile(&vm, seed, kinds);
	check_live(&vm, seed % 4);
	for (; again; again--) {
		ticked = 0;
		while (ticked < TICKS && left && step(&vm))
			left--;
		if (ticked < TICKS)
			break;
		vm_start(&vm, "g_hostile_again", 0, 0);
	}
	vm_free(&vm);
	good_goes_on();
}

static void suffer_all(const char *test, uint32_t kinds, unsigned int seeds)
{
	long long unaligned = unaligned_in_kernel();
	uint32_t seed;

	set_up();
	while ((seed = next_seed(test, seeds)))
		suffer(seed, kinds);
	/* the host's kernel has not read for a guest what it has to emulate */
	expect_eq(unaligned_in_kernel(), unaligned);
}

static void code(void)
{
	suffer_all(__func__, HOSTILE_CODE, 5);
}

static void coprocessor(void)
{
	suffer_all(__func__, HOSTILE_CP0, 5);
}

static void segments(void)
{
	suffer_all(__func__, HOSTILE_REACH, 5);
}

static void tlb_entries(void)
{
	suffer_all(__func__, HOSTILE_TLB, 5);
}

static void comm_page(void)
{
	suffer_all(__func__, HOSTILE_COMM, 5);
}

static void fpu(void)
{
	suffer_all(__func__, HOSTILE_FPU, 5);
}

static void short_traps(void)
{
	suffer_all(__func__, HOSTILE_SHORT, 7);
}

static void other_mode(void)
{
	suffer_all(__func__, HOSTILE_ODD, 2);
}

static void all_at_once(void)
{
	suffer_all(__func__, ~0u, 5);
}

/* ---- monitors ------------------------------------------------------------------------ */

static void random_ioctls(void)
{
	struct vm vm;
	int fds[3];

	set_up();
	vm_new(&vm);
	fds[0] = vm.kvm;
	fds[1] = vm.fd;
	fds[2] = vm.cpu;
	srandom(test_param("SEED", 1));
	random_ioctls_on(fds, 3, 20000, good_goes_on);
}

/* A monitor whose threads do to its VM what they like, until it is killed. */
static struct vm victim;
static uint32_t victim_seed;

static uint32_t some(uint32_t n)
{
	return random() % n;
}

/* A guest's memory may be gone just now: the kernel writes it, who says so. */
static void load_again(void)
{
	static int image;

	if (!image) {
		uint8_t *ram = calloc(1, RAM_SIZE);

		expect(ram);
		guest_load(ram);
		image = expect_ok(memfd_create("image", 0));
		expect_eq(write(image, ram, IMAGE_SIZE), IMAGE_SIZE);
		free(ram);
	}
	if (pread(image, victim.ram, IMAGE_SIZE, 0) < 0)
		usleep(100);
}

static void start_again(void)
{
	struct kvm_regs regs = { .pc = guest_sym("_start") };

	load_again();
	regs.gpr[2] = guest_sym("g_hostile");
	regs.gpr[4] = victim_seed++;
	regs.gpr[5] = ~0u;
	regs.gpr[29] = STACK;
	ioctl(victim.cpu, KVM_SET_REGS, &regs);
}

static void *runs(void *arg)
{
	(void)arg;
	for (;;) {
		if (!ioctl(victim.cpu, KVM_RUN, 0) && victim.run->exit_reason == KVM_EXIT_MMIO)
			vm_answer(&victim, random());
		else
			start_again();
	}
	return NULL;
}

static void *moves_slots(void *arg)
{
	(void)arg;
	for (;;) {
		unsigned int id = 1 + some(3);
		uint32_t size = some(3) * 0x10000;

		vm_slot(&victim, id, some(4), some(0x40) << 16, size,
			victim.ram + some(0x80) * 0x10000);
		if (some(8))
			continue;
		/* all of its memory goes, or is only to be read; and comes again */
		vm_slot(&victim, 0, 0, 0, 0, victim.ram);
		vm_slot(&victim, 0, some(4), 0, RAM_SIZE, victim.ram);
	}
	return NULL;
}

static void *takes_memory(void *arg)
{
	static const int advice[] = { MADV_DONTNEED, MADV_REMOVE, 21 /* MADV_PAGEOUT */,
				      MADV_MERGEABLE };
	const int all = PROT_READ | PROT_WRITE;

	(void)arg;
	for (;;) {
		uint32_t page = some(RAM_SIZE / 4096 - 64);
		uint8_t *at = victim.ram + page * 4096;
		size_t size = (1 + some(64)) * 4096;

		switch (some(4)) {
		case 0:
			mprotect(at, size, some(4));
			usleep(100);
			mprotect(at, size, all);
			break;
		case 1:
			mmap(at, size, all, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
			break;
		default:
			madvise(at, size, advice[some(4)]);
		}
	}
	return NULL;
}

static void *calls(void *arg)
{
	static uint32_t bitmap[RAM_SIZE / 4096 / 32];
	struct kvm_dirty_log log = { .dirty_bitmap = bitmap };
	uint64_t val;
	int fd;

	(void)arg;
	for (;;) {
		switch (some(5)) {
		case 0:
			vm_irq(&victim, (int)some(10) - 5);
			break;
		case 1:
			log.slot = some(4);
			ioctl(victim.fd, KVM_GET_DIRTY_LOG, &log);
			break;
		case 2:
			val = (uint64_t)random() << 32 ^ random() << 1;
			vm_set(&victim, KVM_REG_MIPS_CP0 | KVM_REG_SIZE_U32 | some(256), &val);
			break;
		case 3:
			fd = dup(some(2) ? victim.fd : victim.cpu);
			fd = dup2(victim.kvm, fd);
			close(fd);
			break;
		default:
			fd = ioctl(victim.fd, KVM_CREATE_VCPU, some(10));
			if (fd >= 0)
				close(fd);
		}
	}
	return NULL;
}

/* The descriptors go while they are used; the threads use what is there then. */
static void *closes(void *arg)
{
	(void)arg;
	usleep(20000 + some(200000));
	close(victim.cpu);
	close(victim.fd);
	return NULL;
}

static _Noreturn void be_evil(uint32_t seed)
{
	static void *(*const threads[])(void *) = { moves_slots, takes_memory, calls, closes };
	pthread_t thread;
	unsigned int i;

	srandom(seed);
	victim_seed = seed;
	signal(SIGALRM, SIG_IGN);
	vm_new_hostile(&victim, seed, ~0u);
	for (i = 0; i < 4; i++)
		if (i < 3 || seed % 2)
			pthread_create(&thread, NULL, threads[i], NULL);
	runs(NULL);
	_exit(0);
}

static void monitors(void)
{
	uint32_t seed;
	int status;
	pid_t pid;

	set_up();
	while ((seed = next_seed(__func__, 5))) {
		pid = expect_ok(fork());
		if (!pid)
			be_evil(seed);
		for (ticked = 0; ticked < 10 + seed % 7 * 5;)
			good_goes_on();
		kill(pid, SIGKILL);
		while (waitpid(pid, &status, 0) < 0)
			;
		expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		good_goes_on();
	}
}

static const struct test tests[] = {
	TEST(code),	   TEST(coprocessor), TEST(segments),	   TEST(tlb_entries),
	TEST(comm_page),   TEST(fpu),	      TEST(short_traps),   TEST(other_mode),
	TEST(all_at_once), TEST(monitors),    TEST(random_ioctls),
};

TEST_MAIN("hostile", tests)
