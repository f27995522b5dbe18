// SPDX-License-Identifier: GPL-2.0
/*
 * What the vectors answer without an exit, sc and rfi: guest/vectors.c has the other half.
 */
#define _GNU_SOURCE
#include "one_vm.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

#define MSR_PR 0x4000

static struct vm vm, other;

static void both(const char *name, uint32_t arg)
{
	vm_new(&vm);
	vm_start(&vm, name, arg, 0);
	vm_done(&vm);
	vm_free(&vm);
	vm_new_plain(&vm);
	vm_start(&vm, name, arg, 0);
	vm_done(&vm);
}

static void sc_registers(void)
{
	both("g_sc_registers", 0);
}

static void sc_msr(void)
{
	both("g_sc_msr", 0);
}

static void sc_ee(void)
{
	both("g_sc_ee", 0);
}

static void rfi_denied(void)
{
	both("g_rfi_denied", 0);
}

static void address_spaces(void)
{
	both("g_address_spaces", 0);
}

static void code_moves(void)
{
	both("g_code_moves", 0);
}

static void split(void)
{
	uint32_t by_rfi;

	for (by_rfi = 0; by_rfi < 2; by_rfi++) {
		vm_new(&vm);
		vm_start(&vm, "g_split", by_rfi, 0);
		vm_reports(&vm, 1);
		expect_eq(vm_event(&vm, EV_EXIT), KVM_EXIT_INTERNAL_ERROR);
		vm_free(&vm);
	}
}

static void rfi_interrupts(void)
{
	both("g_rfi_interrupts", 0);
}

static void rfi_sleeps(void)
{
	both("g_rfi_sleeps", 0);
}

static void calls_and_ticks(void)
{
	both("g_calls_and_ticks", 30);
}

static void fpu_modes(void)
{
	unsigned int i;

	vm_new(&vm);
	vm_start(&vm, "g_fpu_modes", 0, 0);
	for (i = 1; i < 20; i += 2)
		vm_reports(&vm, i);
	vm_done(&vm);
}

#define ROUNDS 10

static void processes(void)
{
	uint32_t i;

	vm_new(&vm);
	vm_start(&vm, "g_processes", 1000, ROUNDS);
	for (i = 0; i < ROUNDS; i++)
		vm_reports(&vm, i);
	vm_done(&vm);
}

/* By turns: the PIDs and TLB entries of the host's are first one's, then the other's. */
static void processes_of_two(void)
{
	uint32_t i;

	vm_new(&vm);
	vm_new_plain(&other);
	vm_start(&vm, "g_processes", 1000, ROUNDS);
	vm_start(&other, "g_processes", 77, ROUNDS);
	for (i = 0; i < ROUNDS; i++) {
		vm_reports(&vm, i);
		vm_reports(&other, i);
	}
	vm_done(&vm);
	vm_done(&other);
}

static void *run_it(void *one)
{
	struct vm *it = one;
	uint32_t i;

	for (i = 0; i < 10 * ROUNDS; i++)
		vm_reports(it, i);
	vm_done(it);
	return NULL;
}

/* And whenever the host's scheduler likes. */
static void processes_beside(void)
{
	pthread_t thread;

	vm_new(&vm);
	vm_new(&other);
	vm_start(&vm, "g_processes", 1000, 10 * ROUNDS);
	vm_start(&other, "g_processes", 77, 10 * ROUNDS);
	expect(!pthread_create(&thread, NULL, run_it, &other));
	run_it(&vm);
	pthread_join(thread, NULL);
}

/* ---- from outside --------------------------------------------------------------------- */

static int64_t stat_of(const char *name)
{
	int file = expect_ok(ioctl(vm.cpu, KVM_GET_STATS_FD, 0));
	struct kvm_stats_header head;
	struct kvm_stats_desc *desc;
	int64_t val = -1;
	unsigned int i;
	size_t size;

	expect_eq(pread(file, &head, sizeof(head), 0), (long)sizeof(head));
	size = sizeof(*desc) + head.name_size;
	desc = malloc(size);
	expect(desc);
	for (i = 0; i < head.num_desc && val < 0; i++) {
		expect_eq(pread(file, desc, size, head.desc_offset + i * size), (long)size);
		if (!strcmp(desc->name, name))
			expect_eq(pread(file, &val, sizeof(val), head.data_offset + desc->offset),
				  8);
	}
	free(desc);
	close(file);
	expect(val >= 0);
	return val;
}

static int64_t misses(void)
{
	return stat_of("exits_dtlb_miss") + stat_of("exits_dtlb_refill");
}

/* A process that has its turn again finds its pages in the TLB. */
static void by_turns(void)
{
	const uint32_t turns = 500;
	int64_t before;

	vm_new(&vm);
	vm_start(&vm, "g_by_turns", turns, 0);
	vm_reports(&vm, 1);
	before = misses();
	vm_done(&vm);
	expect(misses() - before < turns);
}

#define CALLS 5000

static void counted(void)
{
	vm_new(&vm);
	vm_start(&vm, "g_count_calls", CALLS, 0);
	vm_done(&vm);
	expect_eq(stat_of("exits_syscall"), CALLS);
	expect_eq(stat_of("exits_rfi"), CALLS);
}

static void turn(const char *how)
{
	FILE *f = fopen("/sys/module/ember/parameters/exit_timing", "w");

	expect(f && fputs(how, f) > 0 && !fclose(f));
}

/* No time of the host's has gone into them.  The first rfi are exits. */
static void not_timed(void)
{
	turn("1");
	vm_new(&vm);
	vm_start(&vm, "g_count_calls", CALLS, 0);
	vm_done(&vm);
	expect_eq(stat_of("timed_syscall"), 0);
	expect(stat_of("timed_rfi") < CALLS / 2);
	vm_start(&vm, "g_refills", 20, 0);
	vm_done(&vm);
	expect(stat_of("exits_dtlb_refill") > 500);
	expect_eq(stat_of("timed_dtlb_refill"), 0);
	turn("0");
}

static void nothing(int sig)
{
	(void)sig;
}

static bool is_user(uint32_t pc)
{
	return pc >= guest_sym("user_forever") && pc < guest_sym("user_forever_end");
}

static struct kvm_regs interrupted(void)
{
	struct kvm_regs regs;

	expect_eq(vm_next(&vm).kind, EV_INTR);
	expect_ok(ioctl(vm.cpu, KVM_GET_REGS, &regs));
	return regs;
}

/* A signal between user and kernel: whoever looks sees either of them, and all of it. */
static void looked_at(void)
{
	struct itimerval in = { .it_value.tv_usec = 20000, .it_interval.tv_usec = 20000 };
	unsigned int i, users = 0;
	struct kvm_regs regs;
	uint64_t calls = 0;

	signal(SIGALRM, nothing);
	vm_new(&vm);
	vm_start(&vm, "g_calls_forever", 0, 0);
	setitimer(ITIMER_REAL, &in, NULL);
	for (i = 0; i < 40; i++) {
		regs = interrupted();
		if (!calls && !is_user(regs.pc) && !is_user(regs.srr0))
			continue; /* it has not begun */
		expect_eq(!!(regs.msr & MSR_PR), is_user(regs.pc));
		expect(is_user(regs.srr0) && regs.srr1 & MSR_PR);
		expect(regs.gpr[3] >= calls);
		calls = regs.gpr[3];
		users += is_user(regs.pc);
		expect_ok(ioctl(vm.cpu, KVM_SET_REGS, &regs));
	}
	expect(calls > 100);
	if (!users || users == 40)
		printf("looked_at: %u of 40 times in user mode\n", users);
}

static const struct test tests[] = {
	TEST(sc_registers),	TEST(sc_msr),		TEST(sc_ee),	 TEST(rfi_denied),
	TEST(address_spaces),	TEST(code_moves),	TEST(split),	 TEST(rfi_interrupts),
	TEST(rfi_sleeps),	TEST(calls_and_ticks),	TEST(fpu_modes), TEST(processes),
	TEST(processes_of_two), TEST(processes_beside), TEST(counted),	 TEST(not_timed),
	TEST(looked_at),	TEST(by_turns),
};

TEST_MAIN("vectors", tests)
