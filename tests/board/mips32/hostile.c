// SPDX-License-Identifier: GPL-2.0
/*
 * Guests and monitors that mean harm, of MIPS.  Whatever a guest does it gets away with, or
 * its VM is stopped with a reason; the host, a process on it, and a well-behaved VM beside
 * it go on.  ../one/harm.c is what they do it with, guest/hostile.c has the other half.
 */
#include <linux/ember.h>
#include <stdio.h>
#include <stdlib.h>
#include "harm.h"
#include "hostile.h"

/* ---- guests ------------------------------------------------------------------------- */

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

static void make(struct vm *vm, uint32_t seed, uint32_t kinds)
{
	if (seed % 4)
		vm_new(vm);
	else
		vm_new_plain(vm);
	if (kinds & HOSTILE_FPU)
		vm_enable_fpu(vm);
	vm_start(vm, "g_hostile", seed, kinds);
	check_live(vm, seed % 4);
}

static void again(struct vm *vm, uint32_t seed, uint32_t kinds, unsigned int left)
{
	(void)seed, (void)kinds, (void)left;
	vm_start(vm, "g_hostile_again", 0, 0);
}

static bool serve(struct vm *vm)
{
	(void)vm;
	return false;
}

static void set_regs(struct vm *vm, uint32_t seed)
{
	struct kvm_regs regs = { .pc = guest_sym("_start") };

	regs.gpr[2] = guest_sym("g_hostile");
	regs.gpr[4] = seed;
	regs.gpr[5] = ~0u;
	regs.gpr[29] = STACK;
	ioctl(vm->cpu, KVM_SET_REGS, &regs);
}

static void call(struct vm *vm)
{
	uint64_t val = (uint64_t)random() << 32 ^ random() << 1;

	if (harm_some(2))
		vm_irq(vm, (int)harm_some(10) - 5);
	else
		vm_set(vm, KVM_REG_MIPS_CP0 | KVM_REG_SIZE_U32 | harm_some(256), &val);
}

const struct harm_arch harm_arch = {
	.make = make,
	.again = again,
	.serve = serve,
	.set_regs = set_regs,
	.call = call,
};

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

static void suffer_all(const char *test, uint32_t kinds, unsigned int seeds)
{
	long long unaligned = unaligned_in_kernel();

	harm_guests(test, kinds, seeds);
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

static void monitors(void)
{
	harm_monitors(__func__, 5);
}

static void random_ioctls(void)
{
	harm_random_ioctls();
}

static const struct test tests[] = {
	TEST(code),	   TEST(coprocessor), TEST(segments),	   TEST(tlb_entries),
	TEST(comm_page),   TEST(fpu),	      TEST(short_traps),   TEST(other_mode),
	TEST(all_at_once), TEST(monitors),    TEST(random_ioctls),
};

TEST_MAIN("hostile", tests)
