// SPDX-License-Identifier: GPL-2.0
/*
 * Timers as the monitor sees them: saved and restored in any order, and no hrtimer of the host
 * longer than the guest is to be told of something.
 */
#define _GNU_SOURCE
#include "one_vm.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEC REG_SPR(0x16)
#define TCR KVM_REG_PPC_TCR
#define TSR KVM_REG_PPC_TSR
#define TSR_ENW 0x80000000u
#define TSR_WIS 0x40000000u
#define TSR_DIS 0x08000000u
#define TCR_WIE 0x08000000u
#define TCR_WP 0xc0000000u /* 2^33 ticks */
#define TCR_DIE 0x04000000u
#define TCR_FIE 0x00800000u

static struct vm vm;

static uint32_t reg(uint64_t id)
{
	uint32_t val;

	expect_ok(vm_get(&vm, id, &val));
	return val;
}

static void set(uint64_t id, uint32_t val)
{
	expect_ok(vm_set(&vm, id, &val));
}

/* ---- the host's ------------------------------------------------------------------- */

/* How many hrtimers there are with this function of the module's. */
static unsigned int hrtimers(const char *function)
{
	FILE *f = fopen("/proc/timer_list", "r");
	unsigned int n = 0;
	char line[256];

	if (!f)
		fail("/proc/timer_list: %s", strerror(errno));
	while (fgets(line, sizeof(line), f))
		n += strstr(line, function) != NULL;
	fclose(f);
	return n;
}

/* What the guest has not taken note of is not said again. */
static void watchdog_rests(void)
{
	unsigned int tries = 0, rests;

	vm_new(&vm);
	set(TCR, TCR_WIE);
	while (!(reg(TSR) & TSR_WIS))
		;
	/* one that expires while it is looked for may be missed */
	for (rests = 0; rests < 20; rests++)
		if (hrtimers("wd_expired")) {
			rests = 0;
			expect(tries++ < 500);
		}
	set(TCR, TCR_WIE | TCR_WP);
	set(KVM_REG_PPC_CLEAR_TSR, TSR_ENW | TSR_WIS);
	expect_eq(hrtimers("wd_expired"), 1);
}

/* Each of them arms the others when it expires: none is left behind. */
static void gone(void)
{
	unsigned int i;

	for (i = 0; i < 200; i++) {
		vm_new(&vm);
		set(TCR, TCR_WIE | TCR_DIE | TCR_FIE);
		set(DEC, ~0u);
		vm_free(&vm);
		expect_eq(hrtimers("dec_expired"), 0);
		expect_eq(hrtimers("fit_expired"), 0);
		expect_eq(hrtimers("wd_expired"), 0);
	}
}

/* ---- saved and restored --------------------------------------------------------------- */

static void await_dec(void)
{
	while (!(reg(TSR) & TSR_DIS))
		;
}

/* Between TSR and DEC it came to its end: what was saved has it come again. */
static void saved_between(void)
{
	struct kvm_sregs sregs;
	uint32_t tsr;

	vm_new(&vm);
	set(TCR, TCR_DIE);
	set(TSR, 0);
	tsr = reg(TSR);
	set(DEC, 1);
	await_dec();
	expect_eq(reg(DEC), 1);
	expect_ok(ioctl(vm.cpu, KVM_GET_SREGS, &sregs));
	expect_eq(sregs.u.e.dec, 1);
	sregs.u.e.tsr = tsr & ~TSR_DIS;
	sregs.u.e.update_special = KVM_SREGS_E_UPDATE_TSR | KVM_SREGS_E_UPDATE_DEC;
	vm_free(&vm);
	vm_new(&vm);
	expect_ok(ioctl(vm.cpu, KVM_SET_SREGS, &sregs));
	await_dec();
	/* what the guest has taken note of does not */
	set(KVM_REG_PPC_CLEAR_TSR, TSR_DIS);
	expect_eq(reg(DEC), 0);
	set(DEC, 0);
	expect_eq(reg(TSR) & TSR_DIS, 0);
}

static int at(const struct kvm_reg_list *list, uint64_t id)
{
	unsigned int i;

	for (i = 0; i < list->n; i++)
		if (list->reg[i] == id)
			return i;
	fail("register %#llx is not in the list", (unsigned long long)id);
}

/* Who sets the list in its order sets what makes DEC an event first. */
static void order(void)
{
	struct kvm_reg_list n = { 0 }, *list;

	vm_new(&vm);
	expect_errno(ioctl(vm.cpu, KVM_GET_REG_LIST, &n), E2BIG);
	list = calloc(1, sizeof(*list) + n.n * sizeof(list->reg[0]));
	list->n = n.n;
	expect_ok(ioctl(vm.cpu, KVM_GET_REG_LIST, list));
	expect(at(list, TSR) < at(list, DEC));
	expect(at(list, TCR) < at(list, DEC));
	expect(at(list, REG_SPR(0x36)) < at(list, DEC));
	free(list);
}

/* It never shows more than it was set to, however near its end it is looked at. */
static void counts_down(void)
{
	uint32_t start, takes;
	unsigned int i;

	vm_new(&vm);
	for (i = 0; i < 5000; i++) {
		set(DEC, ~0u);
		takes = ~0u - reg(DEC);
		start = takes * 3 / 4 + random() % (takes / 2 + 1);
		set(DEC, start);
		expect(reg(DEC) <= start);
	}
}

static const struct test tests[] = {
	TEST(watchdog_rests), TEST(gone), TEST(saved_between), TEST(order), TEST(counts_down),
};

TEST_MAIN("timers", tests)
