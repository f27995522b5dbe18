// SPDX-License-Identifier: GPL-2.0
/*
 * What exits cost, in instructions: prints lines "NAME COUNT".
 *
 * Runs on a board with one CPU under QEMU's `-icount shift=0`, where a nanosecond of
 * board time is one instruction, whoever executes it.  The guest reads Count before and
 * after a batch of rounds.  Of each kind the median batch counts, so that the host's own
 * timer interrupts, which hit one batch in many, do not; and the median of the same
 * loop without what is measured is taken off.
 *
 *	cp0_read	  mfc0 of EBase, which C emulates
 *	cp0_read_fast	  mfc0 of Status, for which the vector page or a translation is enough
 *	cp0_write	  mtc0 of EPC
 *	rdhwr		  rdhwr $29
 *	irq_save_restore  Linux's local_irq_save() and local_irq_restore()
 *	tlb_refill	  a load from a page that is known and not in the TLB
 *	user_read	  a device register, answered by the KVM_RUN loop below
 *	wait_wake	  wait puts the thread to sleep; another thread of this process, which
 *			  runs only then, raises a line; the guest goes on and writes a
 *			  device register, at which the line goes down.  Two switches of
 *			  threads, two KVM_INTERRUPT and an exit to user space are in it.
 */
#define _GNU_SOURCE
#include "one_vm.h"
#include "bench.h"
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct vm vm;

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Instructions a round in the median batch. */
static double median(void)
{
	uint32_t *ticks = vm_mem(&vm, SCRATCH);
	uint64_t hz;

	expect_ok(vm_get(&vm, KVM_REG_MIPS_COUNT_HZ, &hz));
	qsort(ticks, BATCHES, sizeof(*ticks), compare);
	return (ticks[BATCHES / 2] + ticks[(BATCHES - 1) / 2]) / 2.0 / ROUNDS * 1e9 / hz;
}

static void run_plain(void)
{
	vm_done(&vm);
}

/* The least that a monitor does for a device. */
static void run_device(void)
{
	struct event ev;

	while ((ev = vm_next(&vm)).kind == EV_READ)
		vm_answer(&vm, 0x90);
	expect_eq(ev.kind, EV_DONE);
}

static volatile bool stop;

/* Runs when the vcpu's thread sleeps, and is preempted by what it does. */
static void *wake(void *arg)
{
	struct sched_param param = { 0 };

	sched_setscheduler(0, SCHED_OTHER, &param);
	while (!stop)
		if (vm_irq(&vm, WAKE_LINE))
			fail("KVM_INTERRUPT: %s", strerror(errno));
	return arg;
}

static void run_waker(void)
{
	struct sched_param param = { .sched_priority = 10 };
	struct event ev;
	pthread_t thread;

	vm_report(&vm);
	expect_ok(sched_setscheduler(0, SCHED_FIFO, &param));
	stop = false;
	pthread_create(&thread, NULL, wake, NULL);
	while ((ev = vm_next(&vm)).kind == EV_WRITE)
		expect_ok(vm_irq(&vm, -WAKE_LINE));
	expect_eq(ev.kind, EV_DONE);
	stop = true;
	pthread_join(thread, NULL);
}

static const struct row {
	const char *name, *empty;
	void (*run)(void);
} rows[] = {
	{ "cp0_read", "empty", run_plain },	    { "cp0_read_fast", "empty", run_plain },
	{ "cp0_write", "empty", run_plain },	    { "rdhwr", "empty", run_plain },
	{ "irq_save_restore", "empty", run_plain }, { "tlb_refill", "tlb_refill_empty", run_plain },
	{ "user_read", "empty", run_device },	    { "wait_wake", "empty", run_waker },
};

static double measure(const char *name, void (*run)(void))
{
	char function[64];
	double result;

	snprintf(function, sizeof(function), "g_%s", name);
	vm_new(&vm);
	vm_start(&vm, function, 0, 0);
	run();
	result = median();
	close(vm.cpu);
	close(vm.fd);
	close(vm.kvm);
	munmap(vm.ram, RAM_SIZE);
	return result;
}

static void exits(void)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		double full = measure(rows[i].name, rows[i].run);

		printf("%s %.0f\n", rows[i].name, full - measure(rows[i].empty, run_plain));
		fflush(stdout);
	}
}

static const struct test tests[] = { TEST(exits) };

TEST_MAIN("bench", tests)
