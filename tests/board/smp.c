// SPDX-License-Identifier: GPL-2.0
/*
 * Several vcpus, more than there are CPUs, threads that move between CPUs, and
 * several VMs at once.
 */
#define _GNU_SOURCE
#include "vm.h"
#include <sched.h>
#include <unistd.h>

static void smp(unsigned int nr_vcpus, const char *name, uint32_t arg1)
{
	struct vm *vm = vm_new(nr_vcpus, VM_GIC | VM_POWER_OFF);

	vcpu_start(&vm->vcpu[0], name, nr_vcpus, arg1);
	vm_run(vm);
}

static void on_off_two(void)
{
	smp(2, "g_psci_on_off", 0);
}

static void on_off_eight(void)
{
	smp(8, "g_psci_on_off", 0);
}

static void context(void)
{
	smp(2, "g_psci_context", 0);
}

static void contend_two(void)
{
	smp(2, "g_contend", 5000);
}

static void contend_eight(void)
{
	smp(8, "g_contend", 500);
}

static void round_robin(void)
{
	smp(4, "g_round_robin", 400);
}

static void several_vms(void)
{
	struct vm *vm[4];
	unsigned int i;

	for (i = 0; i < 4; i++) {
		vm[i] = vm_new(2, VM_GIC | VM_POWER_OFF);
		vcpu_start(&vm[i]->vcpu[0], "g_contend", 2, 1000);
		vcpu_spawn(&vm[i]->vcpu[0]);
		vcpu_spawn(&vm[i]->vcpu[1]);
	}
	for (i = 0; i < 4; i++) {
		vcpu_join(&vm[i]->vcpu[0]);
		vm_stop(vm[i]);
	}
}

static int nr_cpus(void)
{
	return sysconf(_SC_NPROCESSORS_ONLN);
}

static void move_to(pthread_t thread, int n)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(n % nr_cpus(), &set);
	pthread_setaffinity_np(thread, sizeof(set), &set);
}

/* Vcpus whose threads are sent from CPU to CPU while they check themselves. */
static void migrate(void)
{
	struct vm *vm = vm_new(3, VM_GIC);
	int i, j;

	for (i = 0; i < 3; i++) {
		vcpu_start(&vm->vcpu[i], "g_hold_registers", 0x1000000 * (i + 1), 20000);
		vcpu_spawn(&vm->vcpu[i]);
	}
	for (j = 0; j < 300; j++) {
		for (i = 0; i < 3; i++)
			move_to(vm->vcpu[i].thread, i + j);
		usleep(1000);
	}
	for (i = 0; i < 3; i++)
		vcpu_join(&vm->vcpu[i]);
}

/* The timer's interrupt follows its vcpu. */
static void migrate_ticking(void)
{
	struct vm *vm = vm_new(1, VM_GIC);
	int j;

	vcpu_start(&vm->vcpu[0], "g_tick", 27, 300);
	vcpu_spawn(&vm->vcpu[0]);
	for (j = 0; j < 100; j++) {
		move_to(vm->vcpu[0].thread, j);
		usleep(500);
	}
	vcpu_join(&vm->vcpu[0]);
}

/* One vcpu run by two threads in turn, on different CPUs. */
static void *run_some(void *arg)
{
	struct vcpu *cpu = arg;
	int i;

	for (i = 0; i < 10; i++)
		vcpu_report(cpu);
	return NULL;
}

static void two_threads_one_vcpu(void)
{
	struct vm *vm = vm_new(1, 0);
	pthread_t thread;
	int i;

	vcpu_start(&vm->vcpu[0], "g_count_reports", 100, 0);
	for (i = 0; i < 10; i++) {
		pthread_create(&thread, NULL, run_some, &vm->vcpu[0]);
		move_to(thread, i);
		pthread_join(thread, NULL);
	}
	vcpu_done(&vm->vcpu[0]);
}

/* Taken out of WFI by being asked to look at the world, many times. */
static void kick_waiting(void)
{
	struct vm *vm = vm_new(1, VM_GIC);
	int i;

	vcpu_start(&vm->vcpu[0], "g_timer_wfi", 27, 200);
	vcpu_spawn(&vm->vcpu[0]);
	for (i = 0; i < 200; i++) {
		vcpu_kick(&vm->vcpu[0]);
		sched_yield();
	}
	vcpu_join(&vm->vcpu[0]);
}

static const struct test tests[] = {
	TEST(on_off_two),      TEST(on_off_eight),	   TEST(context),      TEST(contend_two),
	TEST(contend_eight),   TEST(round_robin),	   TEST(several_vms),  TEST(migrate),
	TEST(migrate_ticking), TEST(two_threads_one_vcpu), TEST(kick_waiting),
};

TEST_MAIN("smp", tests)
