// SPDX-License-Identifier: GPL-2.0
/*
 * The guest's own translation (stage 1): remapping, faults, both formats of
 * tables, maintenance across vcpus, tables that are nowhere.
 */
#define _GNU_SOURCE
#include "vm.h"
#include <signal.h>
#include <sys/time.h>

static struct vm *vm;
static struct vcpu *cpu;

static void own_tables(const char *name)
{
	vm = vm_new(1, 0);
	cpu = &vm->vcpu[0];
	vcpu_start(cpu, name, SCRATCH, 0);
}

static void guest_remaps(void)
{
	own_tables("g_remap");
	vcpu_done(cpu);
}

static void guest_faults(void)
{
	own_tables("g_stage1_fault");
	vcpu_reports(cpu, 1);
	vcpu_done(cpu);
}

static void guest_lpae(void)
{
	own_tables("g_lpae");
	vcpu_reports(cpu, 1);
	vcpu_done(cpu);
}

static void guest_tlb_shootdown(void)
{
	vm = vm_new(2, VM_POWER_OFF);
	vcpu_start(&vm->vcpu[0], "g_tlb_shootdown", SCRATCH, 0);
	vm_run(vm);
}

static void on_alarm(int sig)
{
	(void)sig;
}

static void wild_table(void)
{
	static const uint32_t bases[] = { 0, GICD_BASE, TEST_IO, 0x50000000, 0xffffc000 };
	struct itimerval it = { .it_value.tv_usec = 20000, .it_interval.tv_usec = 20000 };
	struct sigaction act = { .sa_handler = on_alarm };
	struct event ev;
	size_t i;

	sigaction(SIGALRM, &act, NULL);
	expect_ok(setitimer(ITIMER_REAL, &it, NULL));
	for (i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
		vm = vm_new(1, VM_GIC);
		vcpu_start(&vm->vcpu[0], "g_wild_table", bases[i], 0);
		ev = vcpu_next(&vm->vcpu[0]);
		if (ev.kind == EV_EXIT)
			expect_eq(ev.value, KVM_EXIT_INTERNAL_ERROR);
		else
			expect_eq(ev.kind, EV_INTR);
		vm_free(vm);
	}
}

static const struct test tests[] = {
	TEST(guest_remaps),	   TEST(guest_faults), TEST(guest_lpae),
	TEST(guest_tlb_shootdown), TEST(wild_table),
};

TEST_MAIN("stage1", tests)
