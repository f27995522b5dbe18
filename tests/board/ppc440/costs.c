// SPDX-License-Identifier: GPL-2.0
/*
 * What exits cost: instructions, on a board that counts them (lab/board --icount).
 */
#define _GNU_SOURCE
#include "one_vm.h"
#include <stdio.h>
#include <time.h>

#define TIMES 2000

static struct vm vm;

static const char *const names[] = {
	"loop", "syscall", "mfmsr", "wrteei", "wrtee", "sprg_read", "sprg_write", "tsr_read",
};

/* Instructions in a tick of the time base: -icount's instruction is a nanosecond. */
static double tick(void)
{
	struct kvm_sregs a, b;
	struct timespec t0, t1;

	expect_ok(ioctl(vm.cpu, KVM_GET_SREGS, &a));
	clock_gettime(CLOCK_MONOTONIC_RAW, &t0);
	usleep(100000);
	expect_ok(ioctl(vm.cpu, KVM_GET_SREGS, &b));
	clock_gettime(CLOCK_MONOTONIC_RAW, &t1);
	return ((t1.tv_sec - t0.tv_sec) * 1e9 + t1.tv_nsec - t0.tv_nsec) / (b.u.e.tb - a.u.e.tb);
}

static void costs(void)
{
	uint32_t empty = 0, ticks, i;
	double ns;

	vm_new_plain(&vm);
	ns = tick();
	vm_start(&vm, "g_costs", TIMES, 0);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		ticks = vm_report(&vm);
		empty = i ? empty : ticks;
		printf("cost %s %u\n", names[i],
		       (unsigned int)((ticks - (i ? empty : 0)) * ns / TIMES));
	}
	fflush(stdout);
	vm_done(&vm);
}

static const struct test tests[] = { TEST(costs) };

TEST_MAIN("costs", tests)
