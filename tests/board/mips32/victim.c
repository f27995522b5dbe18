// SPDX-License-Identifier: GPL-2.0
/*
 * A process that uses all of /dev/kvm at once, to be killed at any moment.
 *
 * As a test it does one round of that.  `victim forever` does rounds until it is
 * killed; lifecycle.sh looks at what it leaves behind.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>
#include "one_vm.h"

#define PAGE 4096
#define SLOT_GPA 0x10000000
#define PAGES 64

/* With a doorbell, and its FPU in use. */
static void witnessing(struct vm *vm)
{
	struct kvm_ioeventfd io = { .fd = eventfd(0, 0), .addr = PHYS(OTHER_IO), .len = 4 };

	vm_new(vm);
	vm_enable_fpu(vm);
	expect_ok(ioctl(vm->fd, KVM_IOEVENTFD, &io));
	vm_start(vm, "g_witness", 200, 0);
}

/* More pages than the guest's TLB has entries, in memory that is logged. */
static void filling(struct vm *vm)
{
	vm_new(vm);
	expect_ok(vm_slot(vm, 0, KVM_MEM_LOG_DIRTY_PAGES, 0, RAM_SIZE, vm->ram));
	vm_start(vm, "g_tlb_many", 200, 0);
}

static void ticking(struct vm *vm)
{
	vm_new_plain(vm);
	vm_start(vm, "g_timer", 20, 0);
}

static void *to_its_end(void *arg)
{
	struct event ev;

	do {
		ev = vm_next(arg);
	} while (ev.kind == EV_REPORT);
	expect_eq(ev.kind, EV_DONE);
	return NULL;
}

/* Slots and memory beside what the guests use come, go, are logged and thrown away. */
static void disturb(struct vm *vm, uint8_t *mem)
{
	static uint32_t bitmap[RAM_SIZE / PAGE / 32];
	struct kvm_dirty_log log = { .slot = 0, .dirty_bitmap = bitmap };
	int i;

	for (i = 0; i < 20; i++) {
		expect_ok(vm_slot(vm, 1, KVM_MEM_LOG_DIRTY_PAGES, SLOT_GPA, PAGES * PAGE, mem));
		expect_ok(madvise(mem, PAGES * PAGE, MADV_DONTNEED));
		expect_ok(ioctl(vm->fd, KVM_GET_DIRTY_LOG, &log));
		expect_ok(vm_irq(vm, 2));
		expect_ok(vm_irq(vm, -2));
		expect_ok(vm_slot(vm, 1, 0, 0, 0, NULL));
		usleep(1000);
	}
}

static void one_round(void)
{
	uint8_t *mem = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			    -1, 0);
	pthread_t thread[3];
	struct vm vm[3];
	int i;

	expect(mem != MAP_FAILED);
	witnessing(&vm[0]);
	filling(&vm[1]);
	ticking(&vm[2]);
	for (i = 0; i < 3; i++)
		expect(!pthread_create(&thread[i], NULL, to_its_end, &vm[i]));
	disturb(&vm[1], mem);
	for (i = 0; i < 3; i++) {
		expect(!pthread_join(thread[i], NULL));
		vm_free(&vm[i]);
	}
	munmap(mem, PAGES * PAGE);
}

/* One VM is there at every moment, or the module could go between two rounds. */
static void forever(void)
{
	struct vm held;
	int fd;

	vm_new(&held);
	expect_ok(fcntl(held.fd, F_DUPFD, 64));
	for (;;) {
		one_round();
		for (fd = 8; fd < 64; fd++) /* the eventfds */
			close(fd);
	}
}

static const struct test tests[] = { TEST(one_round) };
static const struct test endless[] = { TEST(forever) };

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "forever"))
		return test_main("victim", endless, 1, argc, argv);
	return test_main("victim", tests, 1, argc, argv);
}
