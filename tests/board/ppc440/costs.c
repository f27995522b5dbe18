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
	"loop",	    "syscall",	 "syscall_rfi", "mfmsr",    "wrteei",
	"wrtee",    "sprg_read", "sprg_write",	"tsr_read", "pages_8",
	"pages_16", "pages_24",	 "pages_32",	"pages_40", "mmio_user",
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

/* The last one's accesses are nobody's. */
static uint32_t next_report(void)
{
	struct event ev;

	do {
		ev = vm_next(&vm);
	} while (ev.kind == EV_WRITE);
	expect_eq(ev.kind, EV_REPORT);
	return ev.value;
}

static void measure(const char *prefix, double ns)
{
	uint32_t empty = 0, ticks, i;

	vm_start(&vm, "g_costs", TIMES, 0);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		ticks = next_report();
		empty = i ? empty : ticks;
		printf("cost %s%s %d\n", prefix, names[i],
		       (int)((int)(ticks - (i ? empty : 0)) * ns / TIMES));
	}
	fflush(stdout);
	vm_done(&vm);
}

/* Where each privileged instruction traps; then where those that can are translated. */
static void costs(void)
{
	double ns;

	vm_new_plain(&vm);
	ns = tick();
	measure("", ns);
	vm_new(&vm);
	measure("translated_", ns);
	/* the second time all of it has been translated before */
	measure("translated_", ns);
}

static const struct test tests[] = { TEST(costs) };

TEST_MAIN("costs", tests)
