// SPDX-License-Identifier: GPL-2.0
/*
 * What exits cost, in instructions, on a board whose VM has one vcpu: prints lines
 * "NAME COUNT" for the rows of its exits.c.
 *
 * Runs on a board with one CPU under QEMU's `-icount shift=0`, where a nanosecond of
 * board time is one instruction, whoever executes it.  The guest reads a clock before and
 * after a batch of rounds.  Of each kind the median batch counts, so that the host's own
 * timer interrupts, which hit one batch in many, do not; and the median of the same
 * loop without what is measured is taken off.
 */
#define _GNU_SOURCE
#include "measure.h"
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Ticks a round in the median batch. */
static double median(struct vm *vm)
{
	uint32_t *ticks = vm_mem(vm, SCRATCH);

	qsort(ticks, BATCHES, sizeof(*ticks), compare);
	return (ticks[BATCHES / 2] + ticks[(BATCHES - 1) / 2]) / 2.0 / ROUNDS;
}

void run_plain(struct vcpu *cpu)
{
	vcpu_done(cpu);
}

/* The least that a monitor does for a device. */
void run_device(struct vcpu *cpu)
{
	struct event ev;

	while ((ev = vcpu_next(cpu)).kind == EV_READ)
		vcpu_answer(cpu, 0x90);
	expect_eq(ev.kind, EV_DONE);
}

static volatile bool stop;

/* Runs when the vcpu's thread sleeps, and is preempted by what it does. */
static void *wake(void *cpu)
{
	struct sched_param param = { 0 };

	sched_setscheduler(0, SCHED_OTHER, &param);
	while (!stop)
		if (wake_line(cpu, true))
			fail("raising the line: %s", strerror(errno));
	return NULL;
}

void run_waker(struct vcpu *cpu)
{
	struct sched_param param = { .sched_priority = 10 };
	struct event ev;
	pthread_t thread;

	vcpu_report(cpu);
	expect_ok(sched_setscheduler(0, SCHED_FIFO, &param));
	stop = false;
	pthread_create(&thread, NULL, wake, cpu);
	while ((ev = vcpu_next(cpu)).kind == EV_WRITE)
		expect_ok(wake_line(cpu, false));
	expect_eq(ev.kind, EV_DONE);
	stop = true;
	pthread_join(thread, NULL);
}

static double measure(const char *function, unsigned int flags, void (*run)(struct vcpu *cpu))
{
	struct vm *vm = vm_new(1, flags);
	double ns = tick_ns(&vm->vcpu[0]), result;
	char name[64];

	snprintf(name, sizeof(name), "g_%s", function);
	vcpu_start(&vm->vcpu[0], name, 0, 0);
	run(&vm->vcpu[0]);
	result = median(vm) * ns;
	vm_free(vm);
	return result;
}

static void exits(void)
{
	const struct row *row;

	for (row = rows; row < rows + nr_rows; row++) {
		double full = measure(row->function, row->flags, row->run);
		double empty = measure(row->empty, row->flags, run_plain);

		printf("%s %.0f\n", row->name, full - empty);
		fflush(stdout);
	}
}

static const struct test tests[] = { TEST(exits) };

TEST_MAIN("bench", tests)
