// SPDX-License-Identifier: GPL-2.0
/*
 * Hypercalls, KVM_PPC_GET_PVINFO, and the magic page of guests that ask for it: guest/hypercall.c
 * has the other half.  What can be is done with and without translation.
 */
#define _GNU_SOURCE
#include "one_vm.h"
#include "state.h"
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static struct vm vm, other;

static struct kvm_ppc_pvinfo pvinfo(void)
{
	struct kvm_ppc_pvinfo info;

	memset(&info, 0xa5, sizeof(info));
	expect_ok(ioctl(vm.fd, KVM_PPC_GET_PVINFO, &info));
	return info;
}

/* The guest makes its calls by the instructions that it is told. */
static void start(const char *name, uint32_t arg)
{
	struct kvm_ppc_pvinfo info = pvinfo();

	memcpy(vm_mem(&vm, SCRATCH), info.hcall, sizeof(info.hcall));
	vm_start(&vm, name, arg, 0);
}

static void both(const char *name, uint32_t arg)
{
	vm_new(&vm);
	start(name, arg);
	vm_done(&vm);
	vm_free(&vm);
	vm_new_plain(&vm);
	start(name, arg);
	vm_done(&vm);
}

static void instructions(void)
{
	/* lis r0,"KV"; ori r0,r0,"M!"; sc; nop */
	static const uint32_t words[] = { 0x3c004b56, 0x60004d21, 0x44000002, 0x60000000 };
	struct kvm_ppc_pvinfo info;
	unsigned int i;

	vm_new(&vm);
	expect_eq(ioctl(vm.fd, KVM_CHECK_EXTENSION, KVM_CAP_PPC_GET_PVINFO), 1);
	info = pvinfo();
	expect_eq(info.flags, KVM_PPC_PVINFO_FLAGS_EV_IDLE);
	for (i = 0; i < 4; i++)
		expect_eq(info.hcall[i], words[i]);
	for (i = 0; i < sizeof(info.pad); i++)
		expect_eq(info.pad[i], 0);
	expect_errno(ioctl(vm.fd, KVM_PPC_GET_PVINFO, NULL), EFAULT);
}

static void calls(void)
{
	both("g_hcalls", 0);
}

static void users(void)
{
	both("g_user_hcall", 0);
	both("g_user_sprg", 0);
}

static void page(void)
{
	both("g_magic", 0);
}

/* Where a page of the guest's is in the host's memory: its number there. */
static uint64_t host_page(uint32_t gpa)
{
	int fd = open("/proc/self/pagemap", O_RDONLY);
	uint64_t entry = 0;

	expect(pread(fd, &entry, sizeof(entry), (uintptr_t)vm_mem(&vm, gpa) / 4096 * 8) == 8);
	close(fd);
	return entry & 0x007fffffffffffffull;
}

/*
 * Four pages that are one aligned block of the host's memory, from @first on in steps of @step:
 * Linux gives free pages out in either order.
 */
static bool is_block(uint32_t first, int step)
{
	uint64_t page = host_page(first);
	unsigned int i;

	for (i = 0; i < 4; i++)
		if (page % 4 || host_page(first + (int)i * step) != page + i)
			return false;
	return true;
}

/* Such a block becomes four slots in the order of the host's memory. */
static bool make_block(uint32_t gpa)
{
	uint32_t first, i;
	int step;

	memset(vm_mem(&vm, SCRATCH), 1, RAM_SIZE - SCRATCH);
	for (first = SCRATCH + 0x100000; first < RAM_SIZE - 3 * 4096; first += 4096) {
		step = is_block(first, 4096) ? 4096 : is_block(first, -4096) ? -4096 : 0;
		for (i = 0; step && i < 4; i++)
			expect_ok(vm_slot(&vm, 1 + i, 0, gpa + i * 4096, 4096,
					  vm_mem(&vm, first + (int)i * step)));
		if (step)
			return true;
	}
	return false;
}

static void over_block(unsigned int plain)
{
	if (plain)
		vm_new_plain(&vm);
	else
		vm_new(&vm);
	if (!make_block(GPA))
		skip("no four pages are one block of the host's memory");
	start("g_magic_over", GPA);
	vm_done(&vm);
	vm_free(&vm);
}

static void over_memory(void)
{
	over_block(0);
	over_block(1);
	both("g_magic_run", 0);
}

static void translated(void)
{
	both("g_magic_translated", 60);
	both("g_magic_stubs", 60);
}

static void ee(void)
{
	both("g_magic_ee", 30);
	both("g_magic_msr", 0);
}

static void critical(void)
{
	both("g_critical", 30);
}

static void idle(void)
{
	both("g_idle", 5);
}

/* ---- state ------------------------------------------------------------------------- */

/* Into another VM, in the middle of what the guest does in the page. */
static void saved(void)
{
	struct kvm_regs regs;

	vm_new(&vm);
	start("g_magic_saved", 0);
	vm_reports(&vm, 1);
	/* what the guest has stored for its users is the register */
	expect_ok(ioctl(vm.cpu, KVM_GET_REGS, &regs));
	expect_eq(regs.sprg4, 0x4444);
	vm_new(&other);
	copy_state(&other, &vm);
	same_state(&vm, &other);
	vm_free(&vm);
	vm_reports(&other, 2);
	vm_done(&other);
}

/* What a monitor that resets the vcpu does. */
static void gone(void)
{
	uint64_t id = EMBER_REG_PPC440_MAGIC(0);
	uint32_t val;

	vm_new_plain(&vm);
	start("g_magic_gone", 0);
	expect_ok(vm_get(&vm, id, &val));
	expect_eq(val, 0);
	vm_reports(&vm, 1);
	expect_ok(vm_get(&vm, id, &val));
	expect_eq(val, 0xfffff001);
	val = 0;
	expect_ok(vm_set(&vm, id, &val));
	vm_done(&vm);
}

static const struct test tests[] = {
	TEST(instructions), TEST(calls),      TEST(users), TEST(page),
	TEST(over_memory),  TEST(translated), TEST(ee),	   TEST(critical),
	TEST(idle),	    TEST(saved),      TEST(gone),
};

TEST_MAIN("hypercall", tests)
