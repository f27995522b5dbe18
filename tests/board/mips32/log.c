// SPDX-License-Identifier: GPL-2.0
/*
 * The dirty log is exact for what a guest writes by way of its TLB, and has the pages
 * that translation changes.  What is written by kseg0 is in ../dirty.c.
 */
#include "one_vm.h"

#define PAGES 64 /* whose pairs stay in the guest's TLB: each is written again by it */
#define DI 0x41606000

static struct vm vm;
static uint32_t bits[RAM_SIZE / 4096 / 32];

static void start(bool translates, const char *name, uint32_t arg)
{
	if (translates)
		vm_new(&vm);
	else
		vm_new_plain(&vm);
	expect_ok(vm_slot(&vm, 0, KVM_MEM_LOG_DIRTY_PAGES, 0, RAM_SIZE, vm.ram));
	vm_start(&vm, name, SCRATCH, arg);
}

static void fetch(void)
{
	struct kvm_dirty_log log = { .slot = 0, .dirty_bitmap = bits };

	expect_ok(ioctl(vm.fd, KVM_GET_DIRTY_LOG, &log));
}

static bool dirty(unsigned int n)
{
	uint32_t page = (SCRATCH - KSEG0) / 4096 + n;

	return bits[page / 32] >> page % 32 & 1;
}

static void mapped(void)
{
	unsigned int round, i;

	start(true, "g_log_mapped", PAGES);
	for (round = 0; round < 18; round++) {
		vm_reports(&vm, round / 3);
		fetch();
		for (i = 0; i < PAGES; i++)
			if (dirty(i) != (i % 3 == (round / 3 + round % 3) % 3))
				fail("round %u, page %u is %s", round, i,
				     dirty(i) ? "dirty" : "clean");
	}
	vm_done(&vm);
}

/* Whoever copies the memory must have the page again when the code has changed. */
static void do_code(bool translates)
{
	start(translates, "g_log_code", 0);
	vm_reports(&vm, 0);
	fetch();
	expect(dirty(0));
	vm_reports(&vm, 1);
	fetch();
	expect_eq(dirty(0), translates);
	expect_eq(vm_report(&vm) == DI, !translates);
	fetch();
	expect(!dirty(0));
	expect_eq(vm_done(&vm), DI);
	fetch();
	expect(dirty(0) && !dirty(1));
}

static void code(void)
{
	do_code(true);
}

static void code_plain(void)
{
	do_code(false);
}

static const struct test tests[] = { TEST(mapped), TEST(code), TEST(code_plain) };

TEST_MAIN("log", tests)
