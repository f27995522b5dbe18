// SPDX-License-Identifier: GPL-2.0
/*
 * What exits cost: instructions, on a board that counts them (lab/board --icount), where
 * a tick of the guest's Count is ten.
 */
#define _GNU_SOURCE
#include "one_vm.h"
#include <stdio.h>

#define TIMES 2000

static struct vm vm;

static const char *const names[] = {
	"loop",	 "cp0_read",   "status_read",	   "cp0_write",
	"di",	 "count_read", "rdhwr_fast",	   "rdhwr_slow",
	"cache", "syscall",    "irq_save_restore", "tlb_refill",
};

static void measure(const char *prefix)
{
	uint32_t empty = 0, ticks, i;

	vm_start(&vm, "g_costs", TIMES, 0);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		ticks = vm_report(&vm);
		empty = i ? empty : ticks;
		printf("cost %s%s %u\n", prefix, names[i], (ticks - (i ? empty : 0)) * 10 / TIMES);
	}
	fflush(stdout);
	vm_done(&vm);
}

/* Where each privileged instruction traps, and where those that can are translated. */
static void costs(void)
{
	vm_new_plain(&vm);
	measure("");
	vm_new(&vm);
	measure("translated_");
}

static const struct test tests[] = { TEST(costs) };

TEST_MAIN("costs", tests)
