// SPDX-License-Identifier: GPL-2.0
/*
 * The generic timer of a vcpu.  The sequences are in guest/timer.c.
 */
#include "vm.h"
#include <time.h>
#include <unistd.h>

#define VTIMER 27
#define PTIMER 30

static struct vm *vm;
static struct vcpu *cpu;

static void start(const char *name, uint32_t arg0, uint32_t arg1)
{
	vm = vm_new(1, VM_GIC);
	cpu = &vm->vcpu[0];
	vcpu_start(cpu, name, arg0, arg1);
}

static void run(const char *name, uint32_t arg0, uint32_t arg1)
{
	start(name, arg0, arg1);
	vcpu_done(cpu);
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return ts.tv_sec + ts.tv_nsec * 1e-9;
}

/*
 * A new VM's counter starts at zero: it cannot show more than the time that the
 * VM exists.  Both come from the same hardware counter.
 */
static void counter_starts_at_zero(void)
{
	double begin, lived, seen;
	uint32_t low, high, freq;

	usleep(300000);
	begin = now();
	start("g_count", 0, 0);
	low = vcpu_report(cpu);
	lived = now() - begin;
	high = vcpu_report(cpu);
	freq = vcpu_report(cpu);
	expect(freq > 1000000);
	seen = ((uint64_t)high << 32 | low) / (double)freq;
	if (seen > lived + 0.001)
		fail("the counter shows %f s, the VM lives since %f s", seen, lived);
}

static void counter_moves(void)
{
	run("g_count_moves", 0, 0);
}

static void counter_agrees(void)
{
	vm = vm_new(2, VM_GIC | VM_POWER_OFF);
	vcpu_start(&vm->vcpu[0], "g_count_agrees", 2000, 0);
	vm_run(vm);
}

/* User space moves the counter of the VM. */
static void counter_set(void)
{
	uint64_t set = 0x100000000000ull, got;
	uint32_t low, high;

	start("g_count", 0, 0);
	expect_ok(vcpu_set(cpu, KVM_REG_ARM_TIMER_CNT, &set));
	expect_ok(vcpu_get(cpu, KVM_REG_ARM_TIMER_CNT, &got));
	expect(got >= set && got - set < 1ull << 36);
	low = vcpu_report(cpu);
	high = vcpu_report(cpu);
	got = (uint64_t)high << 32 | low;
	expect(got >= set && got - set < 1ull << 36);
}

static void registers_saved(void)
{
	uint64_t cval = 0x123456789abcull, got = 0;
	uint32_t ctl = 3;

	start("g_timer_over_exits", VTIMER, 0);
	vcpu_reports(cpu, 1);
	expect_ok(vcpu_get(cpu, KVM_REG_ARM_TIMER_CTL, &got));
	expect_eq(got & 3, 1);
	expect_ok(vcpu_set(cpu, KVM_REG_ARM_TIMER_CVAL, &cval));
	expect_ok(vcpu_set(cpu, KVM_REG_ARM_TIMER_CTL, &ctl));
	expect_ok(vcpu_get(cpu, KVM_REG_ARM_TIMER_CVAL, &got));
	expect_eq(got, cval);
	vcpu_reports(cpu, 2);
	expect_ok(vcpu_get(cpu, KVM_REG_ARM_TIMER_CVAL, &got));
	expect_eq(got, cval);
}

static void virtual(void)
{
	run("g_timer", VTIMER, 0);
}

static void physical(void)
{
	run("g_timer", PTIMER, 0);
}

static void virtual_tval(void)
{
	run("g_timer_tval", VTIMER, 0);
}

static void physical_tval(void)
{
	run("g_timer_tval", PTIMER, 0);
}

static void virtual_wfi(void)
{
	run("g_timer_wfi", VTIMER, 300);
}

static void physical_wfi(void)
{
	run("g_timer_wfi", PTIMER, 100);
}

static void virtual_tick(void)
{
	run("g_tick", VTIMER, 300);
}

static void physical_tick(void)
{
	run("g_tick", PTIMER, 100);
}

static void virtual_pending(void)
{
	run("g_timer_pending", VTIMER, 0);
}

static void over_exits(void)
{
	start("g_timer_over_exits", VTIMER, 0);
	vcpu_reports(cpu, 1);
	usleep(10000); /* it becomes due while nobody runs the vcpu */
	while (vcpu_report(cpu) == 2)
		;
	vcpu_done(cpu);
}

/* Two VMs on one CPU, each with its own timer. */
static void two_vms(void)
{
	struct vm *a = vm_new(1, VM_GIC), *b = vm_new(1, VM_GIC);

	vcpu_start(&a->vcpu[0], "g_timer_wfi", VTIMER, 200);
	vcpu_start(&b->vcpu[0], "g_tick", VTIMER, 200);
	vcpu_spawn(&a->vcpu[0]);
	vcpu_spawn(&b->vcpu[0]);
	vcpu_join(&a->vcpu[0]);
	vcpu_join(&b->vcpu[0]);
}

/* More ticking vcpus than CPUs. */
static void crowd(void)
{
	struct vm *vms[4];
	int i;

	for (i = 0; i < 4; i++) {
		vms[i] = vm_new(1, VM_GIC);
		vcpu_start(&vms[i]->vcpu[0], "g_tick", i % 2 ? VTIMER : PTIMER, 100);
		vcpu_spawn(&vms[i]->vcpu[0]);
	}
	for (i = 0; i < 4; i++)
		vcpu_join(&vms[i]->vcpu[0]);
}

static const struct test tests[] = {
	TEST(counter_starts_at_zero),
	TEST(counter_moves),
	TEST(counter_agrees),
	TEST(counter_set),
	TEST(registers_saved),
	TEST(virtual),
	TEST(physical),
	TEST(virtual_tval),
	TEST(physical_tval),
	TEST(virtual_wfi),
	TEST(physical_wfi),
	TEST(virtual_tick),
	TEST(physical_tick),
	TEST(virtual_pending),
	TEST(over_exits),
	TEST(two_vms),
	TEST(crowd),
};

TEST_MAIN("timer", tests)
