// SPDX-License-Identifier: GPL-2.0
/*
 * The PowerPC 440 backend by its guests' own eyes: guest/basic.c has the other half.
 */
#define _GNU_SOURCE
#include "one_vm.h"
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

static struct vm vm;

/* Where a guest has no TLB entry. */
#define NOWHERE 0x40001000

static void start(const char *name, uint32_t arg0, uint32_t arg1)
{
	vm_new(&vm);
	vm_start(&vm, name, arg0, arg1);
}

static void simple(const char *name, uint32_t arg)
{
	start(name, arg, 0);
	vm_done(&vm);
}

static void args(void)
{
	start("g_args", 3, 4);
	vm_reports(&vm, 3);
	vm_reports(&vm, 4);
	expect_eq(vm_done(&vm), 7);
}

static void writes(uint64_t addr, uint32_t len, uint32_t value)
{
	struct event ev = vm_next(&vm);

	expect_eq(ev.kind, EV_WRITE);
	expect_eq(ev.addr, addr);
	expect_eq(ev.len, len);
	expect_eq(ev.value, value);
}

static void reads(uint64_t addr, uint32_t len, uint64_t answer)
{
	struct event ev = vm_next(&vm);

	expect_eq(ev.kind, EV_READ);
	expect_eq(ev.addr, addr);
	expect_eq(ev.len, len);
	vm_answer(&vm, answer);
}

static void mmio(void)
{
	static const struct {
		uint32_t len, answer, result;
	} loads[] = {
		{ 1, 0x82, 0x82 },	   { 2, 0x8283, 0x8283 },
		{ 2, 0x8283, 0xffff8283 }, { 4, 0x81828384, 0x81828384 },
		{ 2, 0x8283, 0x8382 },	   { 4, 0x81828384, 0x84838281 },
	};
	unsigned int i;

	start("g_mmio", OTHER_IO, 0);
	writes(OTHER_IO, 1, 0x78);
	writes(OTHER_IO, 2, 0x5678);
	writes(OTHER_IO, 4, 0x12345678);
	writes(OTHER_IO, 2, 0x7856);
	writes(OTHER_IO, 4, 0x78563412);
	for (i = 0; i < sizeof(loads) / sizeof(loads[0]); i++) {
		reads(OTHER_IO, loads[i].len, loads[i].answer);
		vm_reports(&vm, loads[i].result);
	}
	vm_done(&vm);
}

static void mmio_many(void)
{
	start("g_mmio_many", OTHER_IO, 0);
	writes(OTHER_IO, 4, 1);
	writes(OTHER_IO + 4, 4, 2);
	reads(OTHER_IO + 8, 4, 0x1001);
	reads(OTHER_IO + 12, 4, 0x1002);
	vm_reports(&vm, 0x1001);
	vm_reports(&vm, 0x1002);
	reads(OTHER_IO, 4, 0x77);
	vm_reports(&vm, 0x77);
	writes(OTHER_IO, 4, 0x41424344);
	writes(OTHER_IO + 4, 2, 0x4546);
	reads(OTHER_IO, 4, 0x61626364);
	reads(OTHER_IO + 4, 2, 0x6566);
	vm_reports(&vm, 0x61626364);
	vm_reports(&vm, 0x65660000);
	vm_done(&vm);
}

static void exceptions(void)
{
	simple("g_exceptions", NOWHERE);
	simple("g_jump", NOWHERE);
}

static void user(void)
{
	simple("g_user", 0);
}

static const struct test tests[] = {
	TEST(args), TEST(mmio), TEST(mmio_many), TEST(exceptions), TEST(user),
};

TEST_MAIN("basic", tests)
