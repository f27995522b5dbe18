// SPDX-License-Identifier: GPL-2.0
/*
 * What exits cost, in instructions: prints lines "NAME COUNT".
 *
 * Runs on a board with one CPU under QEMU's `-icount shift=0`, where a
 * nanosecond of board time is one instruction, whoever executes it.  The guest
 * reads its virtual counter before and after a batch of rounds; a tick of the
 * counter is 16 instructions.  Of each kind the median batch counts, so that
 * the host's own timer interrupts, which hit one batch in many, do not; and the
 * median of the same loop without the exit is taken off.
 *
 *	hypercall_fast	PSCI_VERSION
 *	hypercall_host	PSCI AFFINITY_INFO, which looks at all vcpus
 *	irqchip_read	GICD_TYPER, in the kernel
 *	user_read	UARTFR, answered by the KVM_RUN loop below
 *	wfi_wake	WFI puts the thread to sleep; another thread of this process,
 *			which runs only then, writes an irqfd; the guest goes on,
 *			reads GICC_IAR and writes GICC_EOIR.  Two switches of
 *			threads and one write() are in it.
 *	ipi		an SGI to another vcpu, which waits in WFI, and one back, for
 *			which we wait in WFI: two of each of SGI, WFI, wake-up, switch
 */
#define _GNU_SOURCE
#include "../tests/board/lib/vm.h"
#include "bench.h"
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static double tick_ns(struct vcpu *cpu)
{
	vcpu_start(cpu, "g_count_freq", 0, 0);
	return 1e9 / vcpu_report(cpu);
}

/* Instructions a round in the median batch. */
static double median(struct vm *vm)
{
	uint32_t *ticks = vm_mem(vm, SCRATCH);

	qsort(ticks, BATCHES, sizeof(*ticks), compare);
	return (ticks[BATCHES / 2] + ticks[(BATCHES - 1) / 2]) / 2.0 / ROUNDS;
}

/* The least that a monitor does for a device. */
static void run_uart(struct vcpu *cpu)
{
	struct kvm_run *run = cpu->run;

	while (!ioctl(cpu->fd, KVM_RUN, 0) && run->exit_reason == KVM_EXIT_MMIO &&
	       run->mmio.phys_addr == UART_FR && !run->mmio.is_write)
		*(uint32_t *)run->mmio.data = 0x90;
	if (run->exit_reason != KVM_EXIT_MMIO || run->mmio.phys_addr != TEST_IO + TEST_DONE)
		fail("exit reason %u at %#llx", run->exit_reason, run->mmio.phys_addr);
}

/* ---- threads in a strict order -------------------------------------------------- */

static void real_time(void)
{
	struct sched_param param = { .sched_priority = 10 };

	expect_ok(sched_setscheduler(0, SCHED_FIFO, &param));
}

struct waker {
	int fd;
	volatile bool stop;
};

/* Runs when the vcpu's thread sleeps, and is preempted by what it does. */
static void *wake(void *arg)
{
	struct sched_param param = { 0 };
	struct waker *w = arg;
	uint64_t one = 1;

	sched_setscheduler(0, SCHED_OTHER, &param);
	while (!w->stop)
		if (write(w->fd, &one, sizeof(one)) != sizeof(one))
			fail("irqfd: %s", strerror(errno));
	return NULL;
}

static void run_waker(struct vcpu *cpu)
{
	struct kvm_irqfd irqfd = { .gsi = WAKE_SPI - 32 };
	struct waker w = { .fd = eventfd(0, 0) };
	pthread_t thread;

	irqfd.fd = w.fd;
	expect_ok(ioctl(cpu->vm->fd, KVM_IRQFD, &irqfd));
	vcpu_report(cpu);
	real_time();
	pthread_create(&thread, NULL, wake, &w);
	vcpu_done(cpu);
	w.stop = true;
	pthread_join(thread, NULL);
}

static void run_pair(struct vcpu *cpu)
{
	real_time();
	vcpu_spawn(&cpu->vm->vcpu[1]);
	sched_yield();
	vcpu_done(cpu);
	vm_stop(cpu->vm);
}

static void run_plain(struct vcpu *cpu)
{
	vcpu_done(cpu);
}

/* ---- the table --------------------------------------------------------------------- */

static const struct row {
	const char *name;
	unsigned int vcpus;
	void (*run)(struct vcpu *cpu);
} rows[] = {
	{ "hypercall_fast", 1, run_plain }, { "hypercall_host", 1, run_plain },
	{ "irqchip_read", 1, run_plain },   { "user_read", 1, run_uart },
	{ "wfi_wake", 1, run_waker },	    { "ipi", 2, run_pair },
};

static double measure(const struct row *row, const char *suffix, void (*run)(struct vcpu *cpu))
{
	struct vm *vm = vm_new(row->vcpus, VM_GIC | VM_POWER_OFF);
	double ns = tick_ns(&vm->vcpu[0]), result;
	char name[64];

	snprintf(name, sizeof(name), "g_%s%s", row->name, suffix);
	vcpu_start(&vm->vcpu[0], name, WAKE_SPI, 0);
	run(&vm->vcpu[0]);
	result = median(vm) * ns;
	vm_free(vm);
	return result;
}

static void exits(void)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		double full = measure(&rows[i], "", rows[i].run);
		double empty = measure(&rows[i], "_empty", run_plain);

		printf("%s %.0f\n", rows[i].name, full - empty);
		fflush(stdout);
	}
}

static const struct test tests[] = { TEST(exits) };

TEST_MAIN("bench", tests)
