// SPDX-License-Identifier: GPL-2.0
/*
 * KVM_GET/SET_VCPU_EVENTS: aborts that user space makes a guest take; and loads
 * that the kernel leaves to user space (KVM_CAP_ARM_NISV_TO_USER).
 */
#include "vm.h"

/* DFSR, short descriptors: external aborts (B4.1.52), asynchronous and not. */
#define FSR_STATUS 0x40f
#define FSR_ASYNC 0x406
#define FSR_SYNC 0x008

static struct kvm_vcpu_events get_events(struct vcpu *cpu)
{
	struct kvm_vcpu_events events;

	memset(&events, 0xff, sizeof(events));
	expect_ok(ioctl(cpu->fd, KVM_GET_VCPU_EVENTS, &events));
	return events;
}

static int set_events(struct vcpu *cpu, const struct kvm_vcpu_events *events)
{
	return ioctl(cpu->fd, KVM_SET_VCPU_EVENTS, events);
}

static void raise_async(struct vcpu *cpu)
{
	struct kvm_vcpu_events events = { .exception.serror_pending = 1 };

	expect_ok(set_events(cpu, &events));
}

static void refuse(struct vcpu *cpu)
{
	struct kvm_vcpu_events events = { .exception.ext_dabt_pending = 1 };

	expect_ok(set_events(cpu, &events));
}

static int pending(struct vcpu *cpu)
{
	return get_events(cpu).exception.serror_pending;
}

static void errors(void)
{
	static const struct kvm_vcpu_events none;
	struct vm *vm = vm_new(1, 0);
	struct vcpu *cpu = &vm->vcpu[0];
	struct kvm_vcpu_events events = get_events(cpu);

	expect(check_cap(vm->fd, KVM_CAP_VCPU_EVENTS) > 0);
	expect(check_cap(vm->fd, KVM_CAP_ARM_INJECT_EXT_DABT) > 0);
	expect_eq(check_cap(vm->fd, KVM_CAP_ARM_INJECT_SERROR_ESR), 0);
	expect(!memcmp(&events, &none, sizeof(events)));
	expect_ok(set_events(cpu, &events));
	events.exception.serror_has_esr = 1;
	expect_ok(set_events(cpu, &events)); /* of nothing */
	events.exception.serror_pending = 1;
	expect_errno(set_events(cpu, &events), EINVAL);
	events = none;
	events.exception.pad[4] = 1;
	expect_errno(set_events(cpu, &events), EINVAL);
	events = none;
	events.reserved[11] = 1;
	events.exception.serror_pending = 1;
	expect_errno(set_events(cpu, &events), EINVAL);
	expect_eq(pending(cpu), 0);
	expect_errno(set_events(cpu, (void *)0x1000), EFAULT);
	expect_errno(ioctl(cpu->fd, KVM_GET_VCPU_EVENTS, (void *)0x1000), EFAULT);
}

/* Pending while masked, over exits; taken once, as an asynchronous abort. */
static void async_abort(void)
{
	struct vm *vm = vm_new(1, 0);
	struct vcpu *cpu = &vm->vcpu[0];
	struct kvm_vcpu_events none = { 0 };

	vcpu_start(cpu, "g_async_abort", 0, 0);
	vcpu_reports(cpu, 1);
	raise_async(cpu);
	expect_eq(pending(cpu), 1);
	expect_ok(set_events(cpu, &none)); /* takes nothing back, as in 5.6 */
	vcpu_reports(cpu, 2);
	expect_eq(pending(cpu), 1);
	expect_eq(vcpu_report(cpu) & FSR_STATUS, FSR_ASYNC);
	expect_eq(pending(cpu), 0);
	vcpu_reports(cpu, 3);
	vcpu_done(cpu);
}

static void async_abort_running(void)
{
	struct vm *vm = vm_new(1, 0);
	struct vcpu *cpu = &vm->vcpu[0];

	vcpu_start(cpu, "g_async_abort_spin", 0, 0);
	vcpu_spawn(cpu);
	while (!*(volatile uint32_t *)vm_mem(vm, SCRATCH))
		;
	/* It would wait for the vcpu, as every call does. */
	vm->stop = true;
	vcpu_kick(cpu);
	vcpu_join(cpu);
	raise_async(cpu);
	vcpu_done(cpu);
	expect_eq(pending(cpu), 0);
}

/* A reset forgets it. */
static void async_abort_reset(void)
{
	struct vm *vm = vm_new(1, 0);
	struct vcpu *cpu = &vm->vcpu[0];

	raise_async(cpu);
	expect_eq(pending(cpu), 1);
	vcpu_init(cpu);
	expect_eq(pending(cpu), 0);
}

/* Instead of an answer to an MMIO exit. */
static void refused_load(void)
{
	struct vm *vm = vm_new(1, 0);
	struct vcpu *cpu = &vm->vcpu[0];

	vcpu_start(cpu, "g_refused_load", OTHER_IO, 0);
	expect_eq(vcpu_event(cpu, EV_READ).addr, OTHER_IO);
	vcpu_answer(cpu, 0x22);
	refuse(cpu);
	expect_eq(get_events(cpu).exception.ext_dabt_pending, 0);
	expect_eq(vcpu_report(cpu) & FSR_STATUS, FSR_SYNC);
	expect_eq(vcpu_event(cpu, EV_READ).addr, OTHER_IO);
	vcpu_answer(cpu, 0x33);
	vcpu_reports(cpu, 0x33);
	vcpu_done(cpu);
}

static int enable_cap(int fd, uint32_t cap, uint32_t flags, uint64_t arg)
{
	struct kvm_enable_cap enable = { .cap = cap, .flags = flags, .args = { arg } };

	return ioctl(fd, KVM_ENABLE_CAP, &enable);
}

static void enable_cap_errors(void)
{
	struct vm *vm = vm_new(1, 0);

	expect_eq(check_cap(vm->fd, KVM_CAP_ENABLE_CAP_VM), 1);
	expect_errno(enable_cap(vm->fd, KVM_CAP_ARM_NISV_TO_USER, 1, 0), EINVAL);
	expect_errno(enable_cap(vm->fd, KVM_CAP_USER_MEMORY, 0, 0), EINVAL);
	expect_errno(enable_cap(vm->fd, 100000, 0, 0), EINVAL);
	expect_errno(ioctl(vm->fd, KVM_ENABLE_CAP, (void *)0x1000), EFAULT);
	expect_errno(enable_cap(vm->vcpu[0].fd, KVM_CAP_ARM_NISV_TO_USER, 0, 0), EINVAL);
	expect_ok(enable_cap(vm->fd, KVM_CAP_ARM_NISV_TO_USER, 0, 0));
}

/* Without the capability: an external abort, no exit. */
static void nisv_off(void)
{
	struct vm *vm = vm_new(1, 0);
	struct vcpu *cpu = &vm->vcpu[0];

	vcpu_start(cpu, "g_exclusive", OTHER_IO, 0);
	vcpu_reports(cpu, 1);
	vcpu_reports(cpu, 0x11);
	vcpu_done(cpu);
}

static struct vcpu *nisv_exit(void)
{
	struct vm *vm = vm_new(1, 0);
	struct vcpu *cpu = &vm->vcpu[0];
	struct kvm_run *run = cpu->run;

	expect(check_cap(vm->fd, KVM_CAP_ARM_NISV_TO_USER) > 0);
	expect_ok(enable_cap(vm->fd, KVM_CAP_ARM_NISV_TO_USER, 0, 0));
	vcpu_start(cpu, "g_exclusive", OTHER_IO + 0x44, 0);
	vcpu_exits(cpu, KVM_EXIT_ARM_NISV);
	expect_eq(run->arm_nisv.fault_ipa, OTHER_IO + 0x44);
	expect_eq(run->arm_nisv.esr_iss & ~0x3f, 0); /* neither WnR nor CM */
	expect_eq(run->arm_nisv.esr_iss & 0x3c, 4); /* translation fault */
	/* nothing was done: it comes again */
	memset(&run->arm_nisv, 0, sizeof(run->arm_nisv));
	vcpu_exits(cpu, KVM_EXIT_ARM_NISV);
	expect_eq(run->arm_nisv.fault_ipa, OTHER_IO + 0x44);
	return cpu;
}

static void nisv_refused(void)
{
	struct vcpu *cpu = nisv_exit();

	refuse(cpu);
	vcpu_reports(cpu, 1);
	vcpu_reports(cpu, 0x11);
	vcpu_done(cpu);
}

/* User space carries it out: a register, and on behind it. */
static void nisv_emulated(void)
{
	struct vcpu *cpu = nisv_exit();
	uint32_t pc = vcpu_reg(cpu, CORE_REG(usr_regs.ARM_pc));
	uint32_t insn = *(uint32_t *)vm_mem(cpu->vm, pc);

	expect_eq(insn & 0x0ff00fff, 0x01900f9f); /* LDREX (A8.8.75) */
	vcpu_set_reg(cpu, CORE_REG(usr_regs.uregs[0]) + (insn >> 12 & 0xf), 0x99);
	vcpu_set_reg(cpu, CORE_REG(usr_regs.ARM_pc), pc + 4);
	vcpu_reports(cpu, 0);
	vcpu_reports(cpu, 0x99);
	vcpu_done(cpu);
}

static const struct test tests[] = {
	TEST(errors),
	TEST(async_abort),
	TEST(async_abort_running),
	TEST(async_abort_reset),
	TEST(refused_load),
	TEST(enable_cap_errors),
	TEST(nisv_off),
	TEST(nisv_refused),
	TEST(nisv_emulated),
};

TEST_MAIN("events", tests)
