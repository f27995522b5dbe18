// SPDX-License-Identifier: GPL-2.0
/*
 * Run-time translation: guests that could tell whether it is right. Each runs with it and
 * without; guest/translate.c has the other half.
 */
#include "one_vm.h"
#include <errno.h>
#include <linux/ember.h>

#define ROUNDS 200
#define REG_STATUS (KVM_REG_MIPS_CP0 | KVM_REG_SIZE_U32 | 8 * 12)

/* di v0; andi v0, v0, 1; ehb; di; ei: as they were, and what becomes of them. */
static const uint32_t plain[] = { 0x41626000, 0x30420001, 0x000000c0, 0x41606000, 0x41606020 };
static const uint32_t translated[] = { 0x8c027000, 0x0002102b, 0xac007000, 0xac007000, 0xac1d3000 };

static struct vm vm;
static bool translates;

static void start(const char *name, uint32_t arg)
{
	if (translates)
		vm_new(&vm);
	else
		vm_new_plain(&vm);
	vm_start(&vm, name, arg, 0);
}

static void reports_code(void)
{
	unsigned int i;

	for (i = 0; i < 5; i++)
		vm_reports(&vm, translates ? translated[i] : plain[i]);
}

static uint32_t status(void)
{
	uint32_t val;

	expect_ok(vm_get(&vm, REG_STATUS, &val));
	return val;
}

static void do_flags(void)
{
	start("g_flags", ROUNDS);
	reports_code();
	vm_reports(&vm, 0);
	expect_eq(status() & 1, 1);
	vm_reports(&vm, 0);
	expect_eq(status() & 1, 0);
	expect_eq(vm_done(&vm), 0);
}

static void do_pending(void)
{
	start("g_pending", ROUNDS);
	reports_code();
	expect_eq(vm_done(&vm), ROUNDS);
}

/* EPC reads as a word of the comm page; it comes back before a byte of it changes. */
static void do_overwrite(void)
{
	start("g_overwrite", SCRATCH + 0x20);
	vm_reports(&vm, translates ? 0x8c027014 : 0x40027000);
	vm_reports(&vm, 0x40027800);
	vm_reports(&vm, 0x40026800);
	expect_eq(vm_done(&vm), 0x40026800);
}

/*
 * A monitor that puts the old words back, so often that what is kept of each would be too
 * much, were it kept each time.
 */
static void rewritten(void)
{
	const unsigned int words = 64, rounds = 8192 / words + 2;
	uint32_t *code;
	unsigned int i;

	translates = true;
	start("g_rewritten", SCRATCH);
	code = vm_mem(&vm, SCRATCH);
	for (i = 0; i < rounds; i++) {
		vm_reports(&vm, 0x8c027014);
		expect_eq(code[0], 0x8c027014);
		expect_eq(code[words - 1], 0x8c027014);
		memcpy(code, vm_mem(&vm, SCRATCH + 0x1000), 4 * words);
	}
}

static void by_turns(void)
{
	translates = true;
	start("g_by_turns", SCRATCH + 0x20);
	vm_reports(&vm, 0x8c027014);
	vm_reports(&vm, 0x8c027014);
	vm_done(&vm);
}

static void do_by_registers(void)
{
	start("g_by_registers", SCRATCH);
	vm_reports(&vm, translates ? 0x8c028042 : 0x40026000);
	vm_reports(&vm, translates ? 0xac028302 : 0x40826000);
	expect_eq(vm_done(&vm), 0);
}

static void do_resume(void)
{
	start("g_resume", ROUNDS);
	expect_eq(vm_done(&vm), 3 * ROUNDS);
}

static void do_short_traps(void)
{
	start("g_short_traps", ROUNDS / 4);
	vm_reports(&vm, translates ? 0xac058305 : 0x40856000);
	vm_reports(&vm, translates ? 0xac008320 : 0x42000018);
	vm_done(&vm);
}

static void do_own_pair(void)
{
	start("g_own_pair", 20);
	reports_code();
	reports_code();
	vm_done(&vm);
}

/* Without translation there is nothing at these addresses. */
static void abuse(void)
{
	translates = true;
	start("g_abuse", 50);
	reports_code();
	vm_done(&vm);
}

static void switch_off(void)
{
	struct kvm_enable_cap cap = { .cap = EMBER_CAP_MIPS_TRANSLATE };

	vm_new(&vm);
	expect_eq(ioctl(vm.fd, KVM_CHECK_EXTENSION, EMBER_CAP_MIPS_TRANSLATE), 1);
	expect_errno(ioctl(vm.fd, KVM_ENABLE_CAP, &cap), EBUSY);
	vm.fd = expect_ok(ioctl(vm.kvm, KVM_CREATE_VM, KVM_VM_MIPS_TE));
	cap.args[0] = 2;
	expect_errno(ioctl(vm.fd, KVM_ENABLE_CAP, &cap), EINVAL);
	cap.args[0] = 1;
	expect_ok(ioctl(vm.fd, KVM_ENABLE_CAP, &cap));
}

#define BOTH(name)                     \
	static void name(void)         \
	{                              \
		translates = true;     \
		do_##name();           \
	}                              \
	static void name##_plain(void) \
	{                              \
		translates = false;    \
		do_##name();           \
	}

BOTH(flags)
BOTH(pending)
BOTH(by_registers)
BOTH(resume)
BOTH(short_traps)
BOTH(overwrite)
BOTH(own_pair)

static const struct test tests[] = {
	TEST(flags),	    TEST(flags_plain),	      TEST(pending),   TEST(pending_plain),
	TEST(by_registers), TEST(by_registers_plain), TEST(resume),    TEST(resume_plain),
	TEST(overwrite),    TEST(overwrite_plain),    TEST(own_pair),  TEST(own_pair_plain),
	TEST(short_traps),  TEST(short_traps_plain),  TEST(rewritten), TEST(by_turns),
	TEST(abuse),	    TEST(switch_off),
};

TEST_MAIN("translate", tests)
