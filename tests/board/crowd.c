// SPDX-License-Identifier: GPL-2.0
/*
 * Eight VMs of two vcpus, with every kind of interrupt, under signals, memory that is
 * thrown away and moved, and a host short of memory.  EMBER_SECONDS is for how long;
 * crowd.sh in tests/stress takes CPUs off line meanwhile.  At the end every vcpu still
 * gets on with everything that it does.
 */
#define _GNU_SOURCE
#include "vm.h"
#include "crowd.h"
#include "press.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define VMS 8
#define VCPUS 2
#define SLOT_GPA 0x50000000
#define PATIENCE 120 /* seconds until a counter that stands still is a failure */

struct member {
	struct vm *vm;
	int spi; /* irqfd */
	unsigned int seed;
	pthread_t disturber;
};

static struct member crowd[VMS];
static volatile bool calm;

static void on_signal(int sig)
{
	(void)sig;
}

static void nap(long usec)
{
	struct timespec ts = { .tv_nsec = usec * 1000 };

	nanosleep(&ts, NULL);
}

static void ring(struct member *m)
{
	uint64_t one = 1;

	if (write(m->spi, &one, sizeof(one)) != sizeof(one))
		fail("write of an irqfd: %s", strerror(errno));
}

static void signal_vcpu(struct member *m, unsigned int i)
{
	pthread_kill(m->vm->vcpu[i].thread, SIGUSR1);
}

static void take_memory(struct member *m)
{
	unsigned int page = rand_r(&m->seed) % (CROWD_MEM_SIZE / 4096);
	unsigned int left = CROWD_MEM_SIZE / 4096 - page;

	expect_ok(madvise((uint8_t *)vm_mem(m->vm, CROWD_MEM) + page * 4096,
			  (1 + rand_r(&m->seed) % left) * 4096, MADV_DONTNEED));
}

static void change_slots(struct member *m)
{
	struct vm *vm = m->vm;

	expect_ok(vm_slot(vm, 1, KVM_MEM_LOG_DIRTY_PAGES, SLOT_GPA, 0x10000, vm->ram));
	expect_ok(vm_slot(vm, 1, KVM_MEM_LOG_DIRTY_PAGES, SLOT_GPA + 0x10000, 0x10000, vm->ram));
	expect_ok(vm_slot(vm, 1, 0, 0, 0, NULL));
}

static void *disturb(void *arg)
{
	struct member *m = arg;

	while (!calm) {
		switch (rand_r(&m->seed) % 8) {
		case 0:
		case 1:
			signal_vcpu(m, rand_r(&m->seed) % VCPUS);
			break;
		case 2:
			take_memory(m);
			break;
		case 3:
			change_slots(m);
			break;
		default:
			ring(m);
		}
		nap(rand_r(&m->seed) % 20000);
	}
	return NULL;
}

static void *press(void *arg)
{
	(void)arg;
	press_memory(64 << 20, &calm);
	return NULL;
}

static void *run_vcpu(void *arg)
{
	struct vcpu *cpu = arg;
	struct event ev;

	do {
		ev = vcpu_next(cpu);
		if (ev.kind != EV_REPORT && ev.kind != EV_INTR)
			fail("vcpu %u: event %d, address %#llx", cpu->id, ev.kind,
			     (unsigned long long)ev.addr);
	} while (!cpu->vm->stop);
	return NULL;
}

static void join_crowd(struct member *m, unsigned int seed)
{
	struct kvm_irqfd irqfd = { .gsi = CROWD_SPI - 32 };
	unsigned int i;

	m->vm = vm_new(VCPUS, VM_GIC);
	m->spi = expect_ok(eventfd(0, EFD_CLOEXEC));
	m->seed = seed;
	irqfd.fd = m->spi;
	expect_ok(ioctl(m->vm->fd, KVM_IRQFD, &irqfd));
	for (i = 0; i < VCPUS; i++) {
		vcpu_start(&m->vm->vcpu[i], "g_crowd", 0, 0);
		pthread_create(&m->vm->vcpu[i].thread, NULL, run_vcpu, &m->vm->vcpu[i]);
	}
	pthread_create(&m->disturber, NULL, disturb, m);
}

static struct crowd_counts counts(struct member *m, unsigned int i)
{
	return ((struct crowd_counts *)vm_mem(m->vm, CROWD_COUNTS))[i];
}

/* What has not moved by some since @first; NULL: all has. */
static const char *stands_still(struct member *m, unsigned int i, const struct crowd_counts *first)
{
	struct crowd_counts now = counts(m, i);

	if (now.turns - first->turns < 5)
		return "turns";
	if (now.ticks - first->ticks < 5)
		return "timer ticks";
	if (now.sgis - first->sgis < 5)
		return "SGIs";
	if (i == 0 && now.spis - first->spis < 5)
		return "SPIs";
	return NULL;
}

/* Every vcpu does some more of everything. */
static void all_go_on(void)
{
	struct crowd_counts first[VMS][VCPUS];
	unsigned int i, tries = 0;
	const char *what;

	for (i = 0; i < VMS * VCPUS; i++)
		first[i / VCPUS][i % VCPUS] = counts(&crowd[i / VCPUS], i % VCPUS);
	for (i = 0; i < VMS * VCPUS;) {
		what = stands_still(&crowd[i / VCPUS], i % VCPUS, &first[i / VCPUS][i % VCPUS]);
		if (!what) {
			i++;
			continue;
		}
		if (++tries > PATIENCE * 100)
			fail("VM %u, vcpu %u: no more %s", i / VCPUS, i % VCPUS, what);
		ring(&crowd[i / VCPUS]);
		nap(10000);
	}
}

static void leave_crowd(struct member *m)
{
	unsigned int i;

	m->vm->stop = true;
	for (i = 0; i < VCPUS; i++)
		vcpu_kick(&m->vm->vcpu[i]);
	for (i = 0; i < VCPUS; i++)
		vcpu_join(&m->vm->vcpu[i]);
	printf("VM %td: %u turns, %u ticks, %u SGIs, %u SPIs\n", m - crowd, counts(m, 0).turns,
	       counts(m, 0).ticks, counts(m, 0).sgis, counts(m, 0).spis);
	close(m->spi);
	vm_free(m->vm);
}

static void eight_vms(void)
{
	struct sigaction act = { .sa_handler = on_signal };
	unsigned long seconds = test_param("SECONDS", 2);
	pthread_t presser;
	unsigned int i;

	sigaction(SIGUSR1, &act, NULL);
	for (i = 0; i < VMS; i++)
		join_crowd(&crowd[i], test_param("SEED", 1) * VMS + i);
	pthread_create(&presser, NULL, press, NULL);
	while (seconds) /* signals may go to this thread, too */
		seconds = sleep(seconds);
	calm = true;
	pthread_join(presser, NULL);
	for (i = 0; i < VMS; i++)
		pthread_join(crowd[i].disturber, NULL);
	all_go_on();
	for (i = 0; i < VMS; i++)
		leave_crowd(&crowd[i]);
}

static const struct test tests[] = { TEST(eight_vms) };

TEST_MAIN("crowd", tests)
