// SPDX-License-Identifier: GPL-2.0
/*
 * The timers of a guest whose interrupt controller is in user space: KVM_RUN
 * returns when an output changes, and says so in device_irq_level.
 */
#include "vm.h"

#define VTIMER 27
#define PTIMER 30
#define BOTH (KVM_ARM_DEV_EL1_VTIMER | KVM_ARM_DEV_EL1_PTIMER)

static struct vm *vm;
static struct vcpu *cpu;

static void start(const char *guest, unsigned int irq, unsigned int n)
{
	vm = vm_new(1, 0);
	cpu = &vm->vcpu[0];
	expect(check_cap(vm->fd, KVM_CAP_ARM_USER_IRQ) > 0);
	vcpu_start(cpu, guest, irq, n);
}

static uint64_t levels(void)
{
	return cpu->run->s.regs.device_irq_level;
}

/* The guest's next report; KVM_RUN may return before it if the levels change. */
static void reports(uint32_t value)
{
	uint64_t last = levels();
	struct event ev;

	while ((ev = vcpu_next(cpu)).kind == EV_INTR) {
		expect(levels() != last);
		last = levels();
	}
	expect_eq(ev.kind, EV_REPORT);
	expect_eq(ev.value, value);
}

static uint64_t bit(unsigned int irq)
{
	return irq == VTIMER ? KVM_ARM_DEV_EL1_VTIMER : KVM_ARM_DEV_EL1_PTIMER;
}

static void line(int level)
{
	expect_ok(vm_irq_line(vm, KVM_ARM_IRQ_TYPE_CPU, 0, KVM_ARM_IRQ_CPU_IRQ, level));
}

/* Each expiry is an exit, in time, and no other exit comes with it. */
static void fires(const char *guest, unsigned int irq, unsigned int n)
{
	struct event ev;
	unsigned int i;

	start(guest, irq, n);
	for (i = 0; i < n; i++) {
		vcpu_reports(cpu, i);
		expect_eq(levels(), 0);
		vcpu_event(cpu, EV_INTR);
		expect_eq(cpu->run->exit_reason, KVM_EXIT_INTR);
		expect_eq(levels(), bit(irq));
		line(1);
		reports(100);
		expect_eq(levels(), 0); /* the handler has stopped it */
		line(0);
	}
	ev = vcpu_next(cpu);
	expect_eq(ev.kind, EV_DONE);
}

static void virtual(void)
{
	fires("g_user_timer", VTIMER, 50);
}

static void physical(void)
{
	fires("g_user_timer", PTIMER, 50);
}

static void virtual_wfi(void)
{
	fires("g_user_timer_wfi", VTIMER, 50);
}

static void physical_wfi(void)
{
	fires("g_user_timer_wfi", PTIMER, 50);
}

/* The guest goes on with the level high, once we know. */
static void masked(unsigned int irq)
{
	int i;

	start("g_user_timer_masked", irq, 0);
	for (i = 0; i < 3; i++) {
		reports(i);
		expect_eq(levels(), bit(irq));
	}
	reports(10);
	expect_eq(levels(), 0);
	reports(11);
	expect_eq(levels(), bit(irq));
	vcpu_done(cpu);
}

static void virtual_masked(void)
{
	masked(VTIMER);
}

static void physical_masked(void)
{
	masked(PTIMER);
}

/* What we write is what we are taken to know; other bits are ours. */
static void told_otherwise(void)
{
	start("g_user_timer_masked", VTIMER, 0);
	cpu->run->s.regs.device_irq_level = ~0ull;
	vcpu_event(cpu, EV_INTR);
	expect_eq(levels(), ~(uint64_t)BOTH);
	reports(0);
	expect_eq(levels(), ~(uint64_t)KVM_ARM_DEV_EL1_PTIMER);
	cpu->run->s.regs.device_irq_level = 0;
	vcpu_event(cpu, EV_INTR);
	expect_eq(levels(), KVM_ARM_DEV_EL1_VTIMER);
	vcpu_reports(cpu, 1);
}

/* With a GIC in the kernel the field is nobody's. */
static void in_kernel(void)
{
	vm = vm_new(1, VM_GIC);
	cpu = &vm->vcpu[0];
	cpu->run->s.regs.device_irq_level = 0xabc;
	vcpu_start(cpu, "g_timer", VTIMER, 0);
	vcpu_done(cpu);
	expect_eq(levels(), 0xabc);
}

static const struct test tests[] = {
	TEST(virtual),	      TEST(physical),	     TEST(virtual_wfi),	   TEST(physical_wfi),
	TEST(virtual_masked), TEST(physical_masked), TEST(told_otherwise), TEST(in_kernel),
};

TEST_MAIN("user-lines", tests)
