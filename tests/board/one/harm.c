// SPDX-License-Identifier: GPL-2.0
/*
 * See harm.h.  Each guest goes by a seed, which is printed; see ../lib/seeds.h.
 */
#define _GNU_SOURCE
#include "harm.h"
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "seeds.h"
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

void harm_set_up(void)
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
	if (harm_arch.serve(vm))
		return true;
	fail("a hostile guest's exit reason is %u", vm->run->exit_reason);
}

/* An access that has several parts comes to its end, whoever it is for. */
static void settle(struct vm *vm)
{
	vm->run->immediate_exit = 1;
	while (!ioctl(vm->cpu, KVM_RUN, 0))
		if (vm->run->exit_reason == KVM_EXIT_MMIO)
			vm_answer(vm, 0);
	vm->run->immediate_exit = 0;
	vm->run->exit_reason = KVM_EXIT_INTR;
}

static void suffer(uint32_t seed, uint32_t kinds)
{
	unsigned int left = EXITS, again = AGAIN;
	struct vm vm;

	harm_arch.make(&vm, seed, kinds);
	for (; again; again--) {
		ticked = 0;
		while (ticked < TICKS && left && step(&vm))
			left--;
		if (ticked < TICKS)
			break;
		settle(&vm);
		harm_arch.again(&vm, seed, kinds, again);
	}
	vm_free(&vm);
	good_goes_on();
}

void harm_guests(const char *test, uint32_t kinds, unsigned int seeds)
{
	uint32_t seed;

	harm_set_up();
	while ((seed = next_seed(test, seeds)))
		suffer(seed, kinds);
}

/* ---- monitors ------------------------------------------------------------------------ */

void harm_random_ioctls(void)
{
	struct vm vm;
	int fds[3];

	harm_set_up();
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

uint32_t harm_some(uint32_t n)
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

static void *runs(void *arg)
{
	(void)arg;
	for (;;) {
		if (!ioctl(victim.cpu, KVM_RUN, 0) && victim.run->exit_reason == KVM_EXIT_MMIO) {
			vm_answer(&victim, random());
			continue;
		}
		load_again();
		harm_arch.set_regs(&victim, victim_seed++);
	}
	return NULL;
}

static void *moves_slots(void *arg)
{
	(void)arg;
	for (;;) {
		unsigned int id = 1 + harm_some(3);
		uint32_t size = harm_some(3) * 0x10000;

		vm_slot(&victim, id, harm_some(4), harm_some(0x40) << 16, size,
			victim.ram + harm_some(0x80) * 0x10000);
		if (harm_some(8))
			continue;
		/* all of its memory goes, or is only to be read; and comes again */
		vm_slot(&victim, 0, 0, 0, 0, victim.ram);
		vm_slot(&victim, 0, harm_some(4), 0, RAM_SIZE, victim.ram);
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
		uint32_t page = harm_some(RAM_SIZE / 4096 - 64);
		uint8_t *at = victim.ram + page * 4096;
		size_t size = (1 + harm_some(64)) * 4096;

		switch (harm_some(4)) {
		case 0:
			mprotect(at, size, harm_some(4));
			usleep(100);
			mprotect(at, size, all);
			break;
		case 1:
			mmap(at, size, all, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
			break;
		default:
			madvise(at, size, advice[harm_some(4)]);
		}
	}
	return NULL;
}

static void get_dirty_log(void)
{
	static uint32_t bitmap[RAM_SIZE / 4096 / 32];
	struct kvm_dirty_log log = { .slot = harm_some(4), .dirty_bitmap = bitmap };

	ioctl(victim.fd, KVM_GET_DIRTY_LOG, &log);
}

static void *calls(void *arg)
{
	int fd;

	(void)arg;
	for (;;) {
		switch (harm_some(5)) {
		case 0:
			get_dirty_log();
			break;
		case 1:
			fd = dup(harm_some(2) ? victim.fd : victim.cpu);
			fd = dup2(victim.kvm, fd);
			close(fd);
			break;
		case 2:
			fd = ioctl(victim.fd, KVM_CREATE_VCPU, harm_some(10));
			if (fd >= 0)
				close(fd);
			break;
		default:
			harm_arch.call(&victim);
		}
	}
	return NULL;
}

/* The descriptors go while they are used; the threads use what is there then. */
static void *closes(void *arg)
{
	(void)arg;
	usleep(20000 + harm_some(200000));
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
	harm_arch.make(&victim, seed, ~0u);
	for (i = 0; i < 4; i++)
		if (i < 3 || seed % 2)
			pthread_create(&thread, NULL, threads[i], NULL);
	runs(NULL);
	_exit(0);
}

void harm_monitors(const char *test, unsigned int seeds)
{
	uint32_t seed;
	int status;
	pid_t pid;

	harm_set_up();
	while ((seed = next_seed(test, seeds))) {
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
