// SPDX-License-Identifier: GPL-2.0
/*
 * Several VMs at once, on a host that has other things to do: processes that use the FPU
 * and spin, others that take all memory, signals, interrupts, memory that is logged.
 * Each guest checks its registers, FPU, memory and clock (guest/witness.c), each process
 * its own.  EMBER_SECONDS is for how long; at the end all of them still get on.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include "press.h"
#include "one_vm.h"
#include "witness.h"

#define MAX_VMS 4
#define HOGS 2

struct member {
	struct vm vm;
	pthread_t runner, disturber;
	volatile uint32_t rounds;
	unsigned int seed;
};

static struct member crowd[MAX_VMS];
static volatile bool calm;

static void on_signal(int sig)
{
	(void)sig;
}

static void *run(void *arg)
{
	struct member *m = arg;
	struct event ev;

	for (;;) {
		ev = vm_next(&m->vm);
		if (ev.kind == EV_INTR)
			continue;
		expect_eq(ev.kind, EV_REPORT);
		expect_eq(ev.value, m->rounds);
		m->rounds++;
	}
	return NULL;
}

/* What it wrote is asked for, so that it has to fault for the next write. */
static void log_memory(struct member *m)
{
	uint32_t bitmap[RAM_SIZE / 4096 / 32];
	struct kvm_dirty_log log = { .slot = 0, .dirty_bitmap = bitmap };

	expect_ok(vm_slot(&m->vm, 0, KVM_MEM_LOG_DIRTY_PAGES, 0, RAM_SIZE, m->vm.ram));
	expect_ok(ioctl(m->vm.fd, KVM_GET_DIRTY_LOG, &log));
	if (rand_r(&m->seed) % 2)
		expect_ok(vm_slot(&m->vm, 0, 0, 0, RAM_SIZE, m->vm.ram));
}

/* Some other slot comes and goes: all of the VM's tables are looked through. */
static void change_slots(struct member *m)
{
	expect_ok(vm_slot(&m->vm, 1, 0, 0x10000000, 0x10000, m->vm.ram));
	expect_ok(vm_slot(&m->vm, 1, 0, 0x10010000, 0x10000, m->vm.ram));
	expect_ok(vm_slot(&m->vm, 1, 0, 0, 0, NULL));
}

static void *disturb(void *arg)
{
	struct member *m = arg;

	while (!calm) {
		switch (rand_r(&m->seed) % 4) {
		case 0:
			pthread_kill(m->runner, SIGUSR1);
			break;
		case 1:
			log_memory(m);
			break;
		case 2:
			change_slots(m);
			break;
		default:
			expect_ok(vm_disturb(&m->vm, rand_r(&m->seed) % 2));
		}
		usleep(rand_r(&m->seed) % 20000);
	}
	return NULL;
}

static void *press(void *arg)
{
	(void)arg;
	press_memory(48 << 20, &calm);
	return NULL;
}

static void join_crowd(struct member *m, unsigned int seed)
{
	m->seed = seed;
	vm_new(&m->vm);
	vm_enable_fpu(&m->vm);
	vm_start(&m->vm, "g_witness", ~0u, 0);
	expect(!pthread_create(&m->runner, NULL, run, m));
	expect(!pthread_create(&m->disturber, NULL, disturb, m));
}

static uint32_t ticks(struct member *m)
{
	return *(volatile uint32_t *)vm_mem(&m->vm, WITNESS_TICKS);
}

/* Each guest does some more of everything, however long it takes. */
static void goes_on(struct member *m)
{
	uint32_t rounds = m->rounds, before = ticks(m);

	while (m->rounds - rounds < 20 || ticks(m) - before < 5)
		usleep(10000);
}

static void be_together(unsigned int vms)
{
	struct sigaction act = { .sa_handler = on_signal };
	unsigned long seconds = test_param("SECONDS", 2);
	struct witness *hogs[HOGS];
	pthread_t presser;
	unsigned int i;

	sigaction(SIGUSR1, &act, NULL);
	for (i = 0; i < HOGS; i++)
		hogs[i] = witness_start();
	for (i = 0; i < vms; i++)
		join_crowd(&crowd[i], test_param("SEED", 1) * MAX_VMS + i);
	expect(!pthread_create(&presser, NULL, press, NULL));
	while (seconds) /* signals may go to this thread, too */
		seconds = sleep(seconds);
	for (i = 0; i < vms; i++)
		goes_on(&crowd[i]);
	calm = true;
	pthread_join(presser, NULL);
	for (i = 0; i < vms; i++)
		pthread_join(crowd[i].disturber, NULL);
	for (i = 0; i < vms; i++)
		goes_on(&crowd[i]);
	for (i = 0; i < HOGS; i++)
		witness_check(hogs[i]);
}

static void two_vms(void)
{
	be_together(2);
}

static void four_vms(void)
{
	be_together(4);
}

static const struct test tests[] = { TEST(two_vms), TEST(four_vms) };

TEST_MAIN("crowd", tests)
