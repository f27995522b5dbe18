// SPDX-License-Identifier: GPL-2.0
/*
 * Guests that mean harm.  Whatever a guest does it gets away with, or its VM is
 * stopped with a reason; the host, and a well-behaved VM beside it, go on.
 *
 * Each guest goes by a seed, which is printed; see seeds.h.
 */
#define _GNU_SOURCE
#include "seeds.h"
#include "vm.h"
#include <stdlib.h>

#define EFFORT 1000 /* how much a guest tries, where it ends at all */

static struct vm *good;

static void good_start(void)
{
	good = vm_new(1, VM_GIC);
	vcpu_start(&good->vcpu[0], "g_count_reports", 1000000, 0);
}

/* The well-behaved VM still does what it should. */
static void good_goes_on(void)
{
	static uint32_t next;
	struct event ev;

	do {
		ev = vcpu_next(&good->vcpu[0]);
	} while (ev.kind == EV_INTR);
	expect_eq(ev.kind, EV_REPORT);
	expect_eq(ev.value, next++);
}

/* One KVM_RUN of a guest of which nothing is expected; false: it was stopped. */
static bool step(struct vcpu *cpu, uint32_t *done)
{
	struct kvm_mp_state runnable = { .mp_state = KVM_MP_STATE_RUNNABLE };

	if (ioctl(cpu->fd, KVM_RUN, 0) < 0) {
		if (errno == EINTR || errno == EAGAIN)
			return true;
		if (errno != EFAULT)
			fail("KVM_RUN of a hostile guest: %s", strerror(errno));
		return false;
	}
	switch (cpu->run->exit_reason) {
	case KVM_EXIT_MMIO:
		*done = cpu->run->mmio.is_write && cpu->run->mmio.phys_addr == TEST_IO + TEST_DONE;
		vcpu_answer(cpu, 0x5a5a5a5a);
		return true;
	case KVM_EXIT_SYSTEM_EVENT:
		/* it is off; the next call is to be heard, too */
		expect_ok(ioctl(cpu->fd, KVM_SET_MP_STATE, &runnable));
		return true;
	case KVM_EXIT_INTR:
		return true;
	case KVM_EXIT_INTERNAL_ERROR:
	case KVM_EXIT_FAIL_ENTRY:
		return false;
	}
	fail("a hostile guest's exit reason is %u", cpu->run->exit_reason);
}

/* For @exits exits or @ticks of the clock at most. */
static void suffer_on(struct vcpu *cpu, unsigned int exits, unsigned int ticks)
{
	uint32_t done = 0;

	ticked = 0;
	while (exits-- && !done && ticked < ticks && step(cpu, &done))
		;
}

/* The same in a VM of its own, which is then thrown away. */
static void suffer(const char *name, uint32_t arg0, unsigned int exits, unsigned int ticks)
{
	struct vm *vm = vm_new(1, VM_GIC);

	vcpu_start(&vm->vcpu[0], name, arg0, EFFORT);
	suffer_on(&vm->vcpu[0], exits, ticks);
	vm_free(vm);
	good_goes_on();
}

static void set_up(void)
{
	good_start();
	good_goes_on();
	tick_every(10000);
}

static void coprocessors(void)
{
	uint32_t seed;

	set_up();
	while ((seed = next_seed(__func__, 10)))
		suffer("g_random_cp", seed, 3000, 50);
}

static void distributor(void)
{
	uint32_t seed;

	set_up();
	while ((seed = next_seed(__func__, 5)))
		suffer("g_random_gicd", seed, 5000, 50);
}

static void cpu_interface(void)
{
	uint32_t seed;

	set_up();
	while ((seed = next_seed(__func__, 5)))
		suffer("g_random_gicc", seed, 5000, 50);
}

static void access_forms(void)
{
	uint32_t seed;

	set_up();
	while ((seed = next_seed(__func__, 20)))
		suffer("g_random_access", seed, 3000, 50);
}

static void code(void)
{
	uint32_t seed;

	set_up();
	while ((seed = next_seed(__func__, 100)))
		suffer("g_random_code", seed, 1000, 2);
}

static void tables(void)
{
	uint32_t seed;

	set_up();
	while ((seed = next_seed(__func__, 60)))
		suffer("g_random_tables", seed, 1000, 2);
}

static void long_tables(void)
{
	uint32_t seed;

	set_up();
	while ((seed = next_seed(__func__, 30)))
		suffer("g_random_long_tables", seed, 1000, 2);
}

/* Vcpu 0 calls; those that it wakes run whatever was in its registers. */
static void *any_thread(void *arg)
{
	struct vcpu *cpu = arg;
	uint32_t done = 0;

	while (!cpu->vm->stop && step(cpu, &done))
		cpu->run->immediate_exit = cpu->vm->stop;
	return NULL;
}

static void stop_and_join(struct vm *vm)
{
	unsigned int i;

	vm->stop = true;
	for (i = 1; i < vm->nr_vcpus; i++)
		vcpu_kick(&vm->vcpu[i]);
	for (i = 1; i < vm->nr_vcpus; i++)
		vcpu_join(&vm->vcpu[i]);
}

static void firmware_calls(void)
{
	struct vm *vm;
	uint32_t seed;
	int i;

	set_up();
	while ((seed = next_seed(__func__, 5))) {
		vm = vm_new(4, VM_GIC | VM_POWER_OFF);
		for (i = 1; i < 4; i++)
			pthread_create(&vm->vcpu[i].thread, NULL, any_thread, &vm->vcpu[i]);
		vcpu_start(&vm->vcpu[0], "g_random_psci", seed, 2000);
		suffer_on(&vm->vcpu[0], 3000, 50);
		stop_and_join(vm);
		vm_free(vm);
		good_goes_on();
	}
}

static void interrupts(void)
{
	struct vm *vm;
	uint32_t seed;
	int i;

	set_up();
	while ((seed = next_seed(__func__, 3))) {
		vm = vm_new(4, VM_GIC);
		for (i = 0; i < 4; i++)
			vcpu_start(&vm->vcpu[i], "g_gic_storm", 10 * seed + i, EFFORT);
		for (i = 1; i < 4; i++)
			pthread_create(&vm->vcpu[i].thread, NULL, any_thread, &vm->vcpu[i]);
		suffer_on(&vm->vcpu[0], 3000, 100);
		stop_and_join(vm);
		vm_free(vm);
		good_goes_on();
	}
}

/*
 * One to four vcpus of anything, in one memory.  Not by default: once in some hundred seeds it
 * is QEMU 7.2 that gives up (gen_pc_plus_diff: Assertion `s->pc_save != -1' failed), the
 * more so with EMBER_WILD=1, which adds words that are random altogether.
 */
static void chaos(void)
{
	struct vm *vm;
	uint32_t seed;
	unsigned int i;

	set_up();
	while ((seed = next_seed(__func__, 12))) {
		vm = vm_new(1 + seed % 4, seed % 8 ? VM_GIC : 0);
		for (i = 0; i < vm->nr_vcpus; i++)
			vcpu_start(&vm->vcpu[i], "g_chaos", seed, test_param("WILD", 0));
		for (i = 1; i < vm->nr_vcpus; i++)
			pthread_create(&vm->vcpu[i].thread, NULL, any_thread, &vm->vcpu[i]);
		suffer_on(&vm->vcpu[0], 20000, 40);
		stop_and_join(vm);
		vm_free(vm);
		good_goes_on();
	}
}

/* Slots and lines are changed by one thread while others run and read them. */
static void host_side_races(void)
{
	struct vm *vm = vm_new(2, VM_GIC);
	uint32_t i;

	set_up();
	for (i = 0; i < 2; i++)
		vcpu_start(&vm->vcpu[i], i ? "g_random_access" : "g_gic_storm", 7, 100000);
	for (i = 0; i < 2; i++)
		pthread_create(&vm->vcpu[i].thread, NULL, any_thread, &vm->vcpu[i]);
	for (i = 0; i < 300; i++) {
		vm_irq_line(vm, KVM_ARM_IRQ_TYPE_SPI, 0, 32 + i % 200, i & 1);
		vm_slot(vm, 1 + i % 3, 0, 0x50000000 + (i % 5) * 0x1000, i & 4 ? 0x1000 : 0,
			vm->ram);
	}
	vcpu_kick(&vm->vcpu[0]);
	stop_and_join(vm);
	vcpu_kick(&vm->vcpu[0]);
	vcpu_join(&vm->vcpu[0]);
	good_goes_on();
}

/* Ioctls with random numbers and arguments on every kind of descriptor. */
static void random_ioctls(void)
{
	struct vm *vm = vm_new(2, VM_GIC);
	int fds[] = { kvm_open(), vm->fd, vm->vcpu[0].fd, vm->gic };

	set_up();
	srandom(1);
	random_ioctls_on(fds, 4, 20000, good_goes_on);
}

static const struct test tests[] = {
	TEST(coprocessors),   TEST(distributor), TEST(cpu_interface),
	TEST(access_forms),   TEST(code),	 TEST(tables),
	TEST(firmware_calls), TEST(interrupts),	 TEST(host_side_races),
	TEST(random_ioctls),  TEST_ASKED(chaos), TEST(long_tables),
};

TEST_MAIN("hostile", tests)
