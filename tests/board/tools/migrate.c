// SPDX-License-Identifier: GPL-2.0
/*
 * A stock kernel boots while its VM is replaced again and again: at random
 * moments all vcpus are stopped, everything is saved, put into a fresh VM, saved
 * again and compared byte by byte; the guest goes on in the new one.
 *
 *	migrate --kernel FILE --initrd FILE --dtb FILE [--count N] [--seed N]
 *		[--name NAME] [--seconds N]
 *
 * The device tree is what `ember run --dumpdtb` writes for two CPUs and a console
 * at the same size of memory.  The guest says "migrate: ready" in user land, then
 * waits for a line, says "migrate: done" and switches itself off.
 */
#define _GNU_SOURCE
#include "snapshot.h"
#include "machine.h"
#include <getopt.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define NR_VCPUS 2

static struct {
	const char *kernel, *initrd, *dtb;
	unsigned int count, seed;
} opt = { .count = 100 };

/* ---- the vcpus' threads --------------------------------------------------------- */

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct vm *vm;
	atomic_bool running; /* vcpus may run */
	unsigned int round; /* so many times they were told to */
	unsigned int parked; /* vcpus that have ended this round */
	atomic_uint event; /* KVM_SYSTEM_EVENT_* + 1 */
} m = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

static void on_kick(int sig)
{
	(void)sig;
}

/* One turn; whether there may be another. */
static bool run_once(struct vcpu *cpu)
{
	struct kvm_run *run = cpu->run;

	if (ioctl(cpu->fd, KVM_RUN, 0) < 0) {
		if (errno != EINTR && errno != EAGAIN)
			fail("vcpu %u: KVM_RUN: %s", cpu->id, strerror(errno));
		/* Whatever was under way has been completed. */
		return m.running;
	}
	if (run->exit_reason == KVM_EXIT_MMIO) {
		machine_mmio(cpu);
		return true;
	}
	if (run->exit_reason != KVM_EXIT_SYSTEM_EVENT)
		fail("vcpu %u: exit %u, suberror %u", cpu->id, run->exit_reason,
		     run->internal.suberror);
	m.event = run->system_event.type + 1;
	return false;
}

/* Each thread takes part in each round, however short it is. */
static void wait_for_round(unsigned int round)
{
	pthread_mutex_lock(&m.lock);
	while (m.round < round)
		pthread_cond_wait(&m.changed, &m.lock);
	pthread_mutex_unlock(&m.lock);
}

static void park(void)
{
	pthread_mutex_lock(&m.lock);
	m.parked++;
	pthread_cond_broadcast(&m.changed);
	pthread_mutex_unlock(&m.lock);
}

static void *vcpu_loop(void *arg)
{
	unsigned int id = (uintptr_t)arg, round;

	for (round = 1;; round++) {
		wait_for_round(round);
		while (run_once(&m.vm->vcpu[id]))
			;
		park();
	}
	return NULL;
}

static void go(void)
{
	pthread_mutex_lock(&m.lock);
	m.parked = 0;
	m.running = true;
	m.round++;
	pthread_cond_broadcast(&m.changed);
	pthread_mutex_unlock(&m.lock);
}

static void stop(void)
{
	unsigned int i;

	m.running = false;
	for (i = 0; i < NR_VCPUS; i++)
		vcpu_kick(&m.vm->vcpu[i]);
	pthread_mutex_lock(&m.lock);
	while (m.parked < NR_VCPUS)
		pthread_cond_wait(&m.changed, &m.lock);
	pthread_mutex_unlock(&m.lock);
	for (i = 0; i < NR_VCPUS; i++)
		m.vm->vcpu[i].run->immediate_exit = 0;
}

/* ---- moments ------------------------------------------------------------------------ */

static unsigned int any(unsigned int n)
{
	opt.seed = opt.seed * 1103515245 + 12345;
	return (opt.seed >> 8) % n;
}

static void run_for(unsigned int us)
{
	struct timespec ts = { us / 1000000, us % 1000000 * 1000 };

	go();
	nanosleep(&ts, NULL);
	stop();
}

/* Mostly close together, sometimes not. */
static unsigned int moment(void)
{
	return any(3) ? any(20000) : any(250000);
}

static void run_until(bool (*done)(void))
{
	while (!done() && !m.event)
		run_for(100000);
}

static bool guest_done(void)
{
	return machine_said("migrate: done");
}

static bool guest_ready(void)
{
	return machine_said("migrate: ready");
}

static bool never(void)
{
	return false;
}

static void begin(void)
{
	struct sigaction act = { .sa_handler = on_kick };
	uintptr_t i;

	m.vm = vm_new(NR_VCPUS, VM_GIC | VM_POWER_OFF | VM_NO_RAM);
	machine_load(m.vm, opt.kernel, opt.initrd, opt.dtb);
	sigaction(SIGUSR1, &act, NULL);
	for (i = 0; i < NR_VCPUS; i++)
		if (pthread_create(&m.vm->vcpu[i].thread, NULL, vcpu_loop, (void *)i))
			fail("no thread for vcpu %u", (unsigned int)i);
}

/* The VM changes, the threads stay. */
static void move(void)
{
	pthread_t threads[NR_VCPUS];
	unsigned int i;

	for (i = 0; i < NR_VCPUS; i++)
		threads[i] = m.vm->vcpu[i].thread;
	m.vm = snapshot_move(m.vm, any(SNAP_ORDERS));
	for (i = 0; i < NR_VCPUS; i++)
		m.vm->vcpu[i].thread = threads[i];
}

static double seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void boot(void)
{
	unsigned int i, booting = 0;
	double start = seconds(), moved;

	begin();
	for (i = 0; i < opt.count; i++) {
		/* Most of them before user land, some there, fast as the boot may be. */
		if (i == opt.count - opt.count / 5)
			run_until(guest_ready);
		run_for(moment());
		if (m.event)
			fail("the guest ended before move %u", i);
		move();
		booting += !guest_ready();
	}
	moved = seconds();
	run_until(guest_ready);
	machine_type(m.vm, "go\n");
	run_until(guest_done);
	run_until(never);
	if (!guest_done())
		fail("the guest ended without its last line");
	expect_eq(m.event, KVM_SYSTEM_EVENT_SHUTDOWN + 1);
	if (machine_said("WRONG"))
		fail("the guest has seen something wrong");
	printf("%u moves in %.1f s, %u of them before user land; %.1f s in all\n", opt.count,
	       moved - start, booting, seconds() - start);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "kernel", 1, NULL, 'k' },  { "initrd", 1, NULL, 'i' }, { "dtb", 1, NULL, 'd' },
		{ "count", 1, NULL, 'c' },   { "seed", 1, NULL, 's' },	 { "name", 1, NULL, 'n' },
		{ "seconds", 1, NULL, 't' }, { NULL, 0, NULL, 0 },
	};
	struct test test = TEST(boot);
	int c;

	opt.seed = time(NULL);
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'k':
			opt.kernel = optarg;
			break;
		case 'i':
			opt.initrd = optarg;
			break;
		case 'd':
			opt.dtb = optarg;
			break;
		case 'c':
			opt.count = atoi(optarg);
			break;
		case 's':
			opt.seed = atoi(optarg);
			break;
		case 'n':
			test.name = optarg;
			break;
		case 't':
			setenv("TIME_LIMIT", optarg, 1);
			break;
		default:
			return 2;
		}
	}
	if (optind < argc || !opt.kernel || !opt.initrd || !opt.dtb) {
		fprintf(stderr, "migrate: --kernel, --initrd and --dtb are needed\n");
		return 2;
	}
	printf("migrate: --seed %u --count %u\n", opt.seed, opt.count);
	return test_main("migrate", &test, 1, 1, argv);
}
