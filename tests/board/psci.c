// SPDX-License-Identifier: GPL-2.0
/*
 * PSCI: its versions, and the exits by which a guest ends or restarts itself.
 */
#include "vm.h"
#include <sys/time.h>

static struct vm *vm;
static struct vcpu *cpu;

static void start(unsigned int flags, const char *name, uint32_t arg0)
{
	vm = vm_new(1, flags);
	cpu = &vm->vcpu[0];
	vcpu_start(cpu, name, arg0, 0);
}

static void version_1_0(void)
{
	start(0, "g_psci_1_0", 0);
	vcpu_done(cpu);
}

/* A guest saved under an older hypervisor goes on with what it knows. */
static void version_0_2(void)
{
	uint64_t version = 2, got = 0;

	start(0, "g_psci_0_2", 0);
	expect_ok(vcpu_get(cpu, KVM_REG_ARM_PSCI_VERSION, &got));
	expect_eq(got, 0x10000);
	expect_ok(vcpu_set(cpu, KVM_REG_ARM_PSCI_VERSION, &version));
	expect_ok(vcpu_get(cpu, KVM_REG_ARM_PSCI_VERSION, &got));
	expect_eq(got, 2);
	vcpu_done(cpu);
}

static void version_bad(void)
{
	uint64_t version;

	start(0, "g_psci_1_0", 0);
	version = 0x20000;
	expect_errno(vcpu_set(cpu, KVM_REG_ARM_PSCI_VERSION, &version), EINVAL);
	version = 1; /* that is for vcpus without the feature */
	expect_errno(vcpu_set(cpu, KVM_REG_ARM_PSCI_VERSION, &version), EINVAL);
	vcpu_done(cpu);
}

static void version_0_1(void)
{
	vm = vm_new(2, VM_PSCI_0_1 | VM_POWER_OFF | VM_GIC);
	vcpu_start(&vm->vcpu[0], "g_psci_0_1", 0, 0);
	vm_run(vm);
}

static void suspend(void)
{
	start(VM_GIC, "g_psci_suspend", 0);
	vcpu_done(cpu);
}

static void system_event(uint32_t fn, uint32_t type)
{
	start(0, "g_hvc", fn);
	vcpu_exits(cpu, KVM_EXIT_SYSTEM_EVENT);
	expect_eq(cpu->run->system_event.type, type);
}

static void system_off(void)
{
	system_event(0x84000008, KVM_SYSTEM_EVENT_SHUTDOWN);
}

static void system_reset(void)
{
	system_event(0x84000009, KVM_SYSTEM_EVENT_RESET);
}

/* After a reset user space initializes the vcpus again, and they run. */
static void reset_and_again(void)
{
	struct kvm_mp_state state;
	int i;

	for (i = 0; i < 3; i++) {
		if (!i) {
			system_event(0x84000009, KVM_SYSTEM_EVENT_RESET);
		} else {
			vcpu_start(cpu, "g_hvc", 0x84000009, 0);
			vcpu_exits(cpu, KVM_EXIT_SYSTEM_EVENT);
		}
		vcpu_init(cpu);
		expect_ok(ioctl(cpu->fd, KVM_GET_MP_STATE, &state));
		expect_eq(state.mp_state, KVM_MP_STATE_RUNNABLE);
	}
	vcpu_start(cpu, "g_report_args", 3, 0);
	vcpu_reports(cpu, 3);
}

/* The others stop where they are when one switches the system off. */
static void off_stops_others(void)
{
	vm = vm_new(2, 0);
	vcpu_start(&vm->vcpu[1], "g_spin", 0, 0);
	vcpu_spawn(&vm->vcpu[1]);
	vcpu_start(&vm->vcpu[0], "g_hvc", 0x84000008, 0);
	vcpu_exits(&vm->vcpu[0], KVM_EXIT_SYSTEM_EVENT);
	vm_stop(vm);
}

static void nothing(int sig)
{
	(void)sig;
}

/* One that waits to be switched on hears signals. */
static void signal_while_off(void)
{
	struct itimerval it = { .it_value.tv_usec = 20000, .it_interval.tv_usec = 20000 };

	vm = vm_new(2, VM_POWER_OFF);
	signal(SIGALRM, nothing);
	expect_ok(setitimer(ITIMER_REAL, &it, NULL));
	vcpu_event(&vm->vcpu[1], EV_INTR);
}

static const struct test tests[] = {
	TEST(version_1_0),	TEST(version_0_2),	TEST(version_bad),  TEST(version_0_1),
	TEST(suspend),		TEST(system_off),	TEST(system_reset), TEST(reset_and_again),
	TEST(off_stops_others), TEST(signal_while_off),
};

TEST_MAIN("psci", tests)
