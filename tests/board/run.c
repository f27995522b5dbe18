// SPDX-License-Identifier: GPL-2.0
/*
 * KVM_RUN: MMIO exits as user space sees them, immediate exit and signals.
 */
#define _GNU_SOURCE
#include "vm.h"
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

static struct vm *vm;
static struct vcpu *cpu;

static void start(const char *name, uint32_t arg0, uint32_t arg1)
{
	vm = vm_new(1, 0);
	cpu = &vm->vcpu[0];
	vcpu_start(cpu, name, arg0, arg1);
}

static void mmio_write_exit(void)
{
	static const uint32_t lens[] = { 1, 2, 4 };
	static const uint32_t values[] = { 0x78, 0x5678, 0x12345678 };
	struct event ev;
	int i;

	start("g_access_widths", OTHER_IO, 0);
	for (i = 0; i < 3; i++) {
		ev = vcpu_event(cpu, EV_WRITE);
		expect_eq(ev.addr, PHYS(OTHER_IO));
		expect_eq(ev.len, lens[i]);
		expect_eq(ev.value, values[i]);
	}
}

/* The test's answer, extended as the load says. */
static void mmio_read_exit(void)
{
	static const uint32_t results[] = { 0x82, 0x8182, 0xffffff82, 0xffff8182, 0xf0f08182 };
	static const uint32_t lens[] = { 1, 2, 1, 2, 4 };
	int i;

	start("g_load_kinds", OTHER_IO, 0);
	for (i = 0; i < 5; i++) {
		expect_eq(vcpu_event(cpu, EV_READ).len, lens[i]);
		vcpu_answer(cpu, 0xf0f08182);
		vcpu_reports(cpu, results[i]);
	}
	vcpu_done(cpu);
}

/* Registers that user space sets while it serves an exit are what counts. */
static void registers_at_an_exit(void)
{
	start("g_report_args", 0x11, 0x22);
	vcpu_reports(cpu, 0x11);
	/* begin anew, elsewhere */
	vcpu_start(cpu, "g_report_args", 0x33, 0x44);
	vcpu_reports(cpu, 0x33);
	vcpu_reports(cpu, 0x44);
	vcpu_done(cpu);
}

/* ---- leaving the guest from outside ---------------------------------------- */

static void immediate_exit(void)
{
	start("g_report_args", 1, 2);
	cpu->run->immediate_exit = 1;
	expect_errno(ioctl(cpu->fd, KVM_RUN, 0), EINTR);
	expect_errno(ioctl(cpu->fd, KVM_RUN, 0), EINTR);
	expect_eq(vcpu_pc(cpu), guest_sym("_start"));
	cpu->run->immediate_exit = 0;
	vcpu_reports(cpu, 1);
}

/* An access that was being served is completed before the exit. */
static void immediate_exit_completes(void)
{
	uint32_t pc;

	start("g_load_kinds", OTHER_IO, 0);
	vcpu_event(cpu, EV_READ);
	vcpu_answer(cpu, 0x42);
	pc = vcpu_pc(cpu);
	cpu->run->immediate_exit = 1;
	expect_errno(ioctl(cpu->fd, KVM_RUN, 0), EINTR);
	cpu->run->immediate_exit = 0;
	expect(vcpu_pc(cpu) - pc <= 4);
	vcpu_answer(cpu, 0x99);
	vcpu_reports(cpu, 0x42);
}

static volatile sig_atomic_t signals;

static void on_signal(int sig)
{
	(void)sig;
	signals++;
}

static void catch_signal(int sig)
{
	struct sigaction act = { .sa_handler = on_signal };

	expect_ok(sigaction(sig, &act, NULL));
}

/* Again and again: the first one may come before KVM_RUN has begun. */
static void signal_soon(void)
{
	struct itimerval it = { .it_value.tv_usec = 20000, .it_interval.tv_usec = 20000 };

	expect_ok(setitimer(ITIMER_REAL, &it, NULL));
}

static void signal_while_spinning(void)
{
	start("g_spin", 0, 0);
	catch_signal(SIGALRM);
	signal_soon();
	vcpu_event(cpu, EV_INTR);
	expect(signals >= 1);
	expect_eq(cpu->run->exit_reason, KVM_EXIT_INTR);
}

static void signal_while_waiting(void)
{
	vm = vm_new(1, VM_GIC);
	cpu = &vm->vcpu[0];
	vcpu_start(cpu, "g_wfi_forever", 0, 0);
	catch_signal(SIGALRM);
	signal_soon();
	vcpu_event(cpu, EV_INTR);
	expect(signals >= 1);
}

static void set_mask(sigset_t *set)
{
	char buf[sizeof(struct kvm_signal_mask) + SIGSET_SIZE];
	struct kvm_signal_mask *mask = (void *)buf;

	mask->len = SIGSET_SIZE;
	memcpy(mask->sigset, set, SIGSET_SIZE);
	expect_ok(ioctl(cpu->fd, KVM_SET_SIGNAL_MASK, mask));
}

/* Blocked for the thread, not so in KVM_RUN: it ends, and the signal waits. */
static void signal_mask(void)
{
	sigset_t blocked, none, pending;

	start("g_spin", 0, 0);
	catch_signal(SIGUSR2);
	sigemptyset(&none);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &blocked, NULL);
	set_mask(&none);
	raise(SIGUSR2);
	vcpu_event(cpu, EV_INTR);
	expect_eq(signals, 0);
	sigpending(&pending);
	expect(sigismember(&pending, SIGUSR2));
	pthread_sigmask(SIG_UNBLOCK, &blocked, NULL);
	expect_eq(signals, 1);
}

/* The other way round: blocked in KVM_RUN only. */
static void signal_mask_blocks(void)
{
	sigset_t mask;

	start("g_count_reports", 3, 0);
	catch_signal(SIGUSR2);
	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR2);
	set_mask(&mask);
	vcpu_reports(cpu, 0);
	raise(SIGUSR2);
	expect_eq(signals, 1);
	vcpu_reports(cpu, 1);
	/* the thread's own mask was put back */
	pthread_sigmask(SIG_BLOCK, NULL, &mask);
	expect_eq(sigismember(&mask, SIGUSR2), 0);
	vcpu_reports(cpu, 2);
	vcpu_done(cpu);
}

/* Signals at any moment lose neither a step nor an exit. */
static void signal_storm(void)
{
	struct itimerval it = { .it_value.tv_usec = 1000, .it_interval.tv_usec = 1000 };
	unsigned int next = 0;
	struct event ev;

	start("g_count_reports", 3000, 0);
	catch_signal(SIGALRM);
	expect_ok(setitimer(ITIMER_REAL, &it, NULL));
	do {
		ev = vcpu_next(cpu);
		if (ev.kind == EV_REPORT)
			expect_eq(ev.value, next++);
	} while (ev.kind != EV_DONE);
	expect_eq(next, 3000);
}

/* The guest fetches where there is nothing: it aborts or is stopped. */
static void jump_nowhere(void)
{
	static const uint32_t places[] = { OTHER_IO, 0xfffff000, 0, VIRT(RAM_BASE + RAM_SIZE) };
	struct event ev;
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		start("g_jump_nowhere", places[i], 0);
		ev = vcpu_next(cpu);
		if (ev.kind == EV_EXIT)
			expect_eq(ev.value, KVM_EXIT_INTERNAL_ERROR);
		else
			expect_eq(ev.kind, EV_DONE);
		vm_free(vm);
	}
}

/* No memory at all, so no vectors either: nobody but this VM suffers. */
static void no_memory_at_all(void)
{
	struct event ev;

	vm = vm_new(1, VM_NO_RAM);
	cpu = &vm->vcpu[0];
	catch_signal(SIGALRM);
	signal_soon();
	ev = vcpu_next(cpu);
	if (ev.kind == EV_EXIT)
		expect_eq(ev.value, KVM_EXIT_INTERNAL_ERROR);
	else
		expect_eq(ev.kind, EV_INTR);
}

static const struct test tests[] = {
	TEST(mmio_write_exit),
	TEST(mmio_read_exit),
	TEST(registers_at_an_exit),
	TEST(immediate_exit),
	TEST(immediate_exit_completes),
	TEST(signal_while_spinning),
	TEST(signal_while_waiting),
	TEST(signal_mask),
	TEST(signal_mask_blocks),
	TEST(signal_storm),
	TEST(jump_nowhere),
	TEST(no_memory_at_all),
};

TEST_MAIN("run", tests)
