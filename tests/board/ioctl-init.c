// SPDX-License-Identifier: GPL-2.0
/*
 * A vcpu's calls that are ARM's own: init and what it resets, registers, MP state.
 */
#include "vm.h"

#define RESET_CPSR 0x1d3 /* SVC mode, A, I and F masked */

static void preferred_target(void)
{
	struct kvm_vcpu_init init;
	struct vm *vm = vm_new(0, 0);

	memset(&init, 0xff, sizeof(init));
	expect_ok(ioctl(vm->fd, KVM_ARM_PREFERRED_TARGET, &init));
	expect(init.target < KVM_ARM_NUM_TARGETS);
	expect_eq(init.features[0], 0);
	expect_errno(ioctl(vm->fd, KVM_ARM_PREFERRED_TARGET, (void *)0x1000), EFAULT);
}

static void not_initialized(void)
{
	struct vm *vm = vm_new(1, VM_NO_INIT);
	struct kvm_reg_list list = { .n = 0 };
	struct vcpu *cpu = &vm->vcpu[0];
	uint32_t val = 0;

	expect_errno(ioctl(cpu->fd, KVM_RUN, 0), ENOEXEC);
	expect_errno(vcpu_get(cpu, CORE_REG(usr_regs.ARM_pc), &val), ENOEXEC);
	expect_errno(vcpu_set(cpu, CORE_REG(usr_regs.ARM_pc), &val), ENOEXEC);
	expect_errno(ioctl(cpu->fd, KVM_GET_REG_LIST, &list), ENOEXEC);
}

static void init_errors(void)
{
	struct vm *vm = vm_new(1, VM_NO_INIT);
	struct vcpu *cpu = &vm->vcpu[0];
	struct kvm_vcpu_init good, init;

	expect_ok(ioctl(vm->fd, KVM_ARM_PREFERRED_TARGET, &good));
	init = good;
	init.target ^= 1;
	expect_errno(ioctl(cpu->fd, KVM_ARM_VCPU_INIT, &init), EINVAL);
	init.target = KVM_ARM_NUM_TARGETS;
	expect_errno(ioctl(cpu->fd, KVM_ARM_VCPU_INIT, &init), EINVAL);
	init = good;
	init.features[0] = 1 << 2;
	expect_errno(ioctl(cpu->fd, KVM_ARM_VCPU_INIT, &init), ENOENT);
	init.features[0] = 0;
	init.features[6] = 1u << 31;
	expect_errno(ioctl(cpu->fd, KVM_ARM_VCPU_INIT, &init), ENOENT);
	expect_errno(ioctl(cpu->fd, KVM_ARM_VCPU_INIT, (void *)0x1000), EFAULT);
	expect_errno(ioctl(cpu->fd, KVM_RUN, 0), ENOEXEC);
	expect_ok(ioctl(cpu->fd, KVM_ARM_VCPU_INIT, &good));
}

/* A second init resets the registers, but cannot change what the vcpu is. */
static void init_again(void)
{
	struct vm *vm = vm_new(1, 0);
	struct vcpu *cpu = &vm->vcpu[0];
	struct kvm_vcpu_init init;

	vcpu_start(cpu, "g_report_args", 7, 8);
	vcpu_reports(cpu, 7);
	expect_ok(ioctl(vm->fd, KVM_ARM_PREFERRED_TARGET, &init));
	init.features[0] = 1 << KVM_ARM_VCPU_PSCI_0_2;
	expect_ok(ioctl(cpu->fd, KVM_ARM_VCPU_INIT, &init));
	expect_eq(vcpu_reg(cpu, CORE_REG(usr_regs.ARM_pc)), 0);
	expect_eq(vcpu_reg(cpu, CORE_REG(usr_regs.ARM_cpsr)), RESET_CPSR);
	vcpu_start(cpu, "g_report_args", 9, 8);
	vcpu_reports(cpu, 9);
	init.features[0] = 0;
	expect_errno(ioctl(cpu->fd, KVM_ARM_VCPU_INIT, &init), EINVAL);
}

static void reset_state(void)
{
	struct vm *vm = vm_new(2, VM_POWER_OFF);
	struct vcpu *cpu = &vm->vcpu[1];

	expect_eq(vcpu_reg(cpu, CORE_REG(usr_regs.ARM_pc)), 0);
	expect_eq(vcpu_reg(cpu, CORE_REG(usr_regs.ARM_cpsr)), RESET_CPSR);
	expect_eq(vcpu_reg(cpu, ARM_CP15_REG32(0, 1, 0, 0)) & 0x1005, 0); /* SCTLR: I, C, M */
	expect_eq(vcpu_reg(cpu, ARM_CP15_REG32(0, 0, 0, 5)), 0x80000001); /* MPIDR */
	expect_eq(vcpu_reg(&vm->vcpu[0], ARM_CP15_REG32(0, 0, 0, 5)), 0x80000000);
}

static void core_regs_listed(void)
{
	struct kvm_reg_list *list = vcpu_reg_list(&vm_new(1, 0)->vcpu[0]);
	unsigned int core = 0;
	uint64_t i;

	for (i = 0; i < list->n; i++)
		core += (list->reg[i] & KVM_REG_ARM_COPROC_MASK) == KVM_REG_ARM_CORE;
	expect_eq(core, sizeof(struct kvm_regs) / 4);
}

static void one_reg_errors(void)
{
	struct vcpu *cpu = &vm_new(1, 0)->vcpu[0];
	uint64_t val = 0;

	/* past the end of struct kvm_regs; a core register of another size */
	expect_errno2(vcpu_get(cpu,
			       KVM_REG_ARM | KVM_REG_SIZE_U32 | KVM_REG_ARM_CORE |
				       sizeof(struct kvm_regs) / 4,
			       &val),
		      ENOENT, EINVAL);
	expect_errno2(vcpu_get(cpu, KVM_REG_ARM | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE, &val),
		      ENOENT, EINVAL);
	/* CP15 registers that are not there, or have the other width */
	expect_errno2(vcpu_get(cpu, ARM_CP15_REG32(7, 15, 15, 7), &val), ENOENT, EINVAL);
	expect_errno2(vcpu_get(cpu, ARM_CP15_REG64(7, 15), &val), ENOENT, EINVAL);
	expect_errno2(vcpu_get(cpu, KVM_REG_ARM_FW_REG(0xffff), &val), ENOENT, EINVAL);
}

/* Identification can be read, and written with what it is already. */
static void invariant_regs(void)
{
	static const uint64_t ids[] = {
		ARM_CP15_REG32(0, 0, 0, 0), /* MIDR */
		ARM_CP15_REG32(0, 0, 0, 1), /* CTR */
	};
	struct vm *vm = vm_new(1, 0);
	struct vcpu *cpu = &vm->vcpu[0];
	uint32_t val;
	size_t i;

	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		val = vcpu_reg(cpu, ids[i]);
		expect_ok(vcpu_set(cpu, ids[i], &val));
		val ^= 1;
		expect_errno(vcpu_set(cpu, ids[i], &val), EINVAL);
	}
}

static void bad_mode(void)
{
	static const uint32_t bad[] = { 0x1c0, 0x1d6 /* monitor */, 0x1da /* Hyp */, 0x1d4 };
	static const uint32_t good[] = { 0x1d0, 0x1d1, 0x1d2, 0x1d3, 0x1d7, 0x1db, 0x1df };
	struct vm *vm = vm_new(1, 0);
	struct vcpu *cpu = &vm->vcpu[0];
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		expect_errno(vcpu_set(cpu, CORE_REG(usr_regs.ARM_cpsr), &bad[i]), EINVAL);
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		expect_ok(vcpu_set(cpu, CORE_REG(usr_regs.ARM_cpsr), &good[i]));
}

static void core_regs_hold(void)
{
	struct vm *vm = vm_new(1, 0);
	struct vcpu *cpu = &vm->vcpu[0];
	unsigned int i;
	uint32_t val;

	for (i = 0; i < sizeof(struct kvm_regs) / 4; i++) {
		if (i == KVM_REG_ARM_CORE_REG(usr_regs.ARM_cpsr) ||
		    i == KVM_REG_ARM_CORE_REG(usr_regs.ARM_ORIG_r0))
			continue;
		val = 0x1000 * (i + 1);
		expect_ok(
			vcpu_set(cpu, KVM_REG_ARM | KVM_REG_SIZE_U32 | KVM_REG_ARM_CORE | i, &val));
	}
	for (i = 0; i < sizeof(struct kvm_regs) / 4; i++) {
		if (i == KVM_REG_ARM_CORE_REG(usr_regs.ARM_cpsr) ||
		    i == KVM_REG_ARM_CORE_REG(usr_regs.ARM_ORIG_r0))
			continue;
		expect_eq(vcpu_reg(cpu, KVM_REG_ARM | KVM_REG_SIZE_U32 | KVM_REG_ARM_CORE | i),
			  0x1000 * (i + 1));
	}
}

static void mp_state(void)
{
	struct vm *vm = vm_new(2, VM_POWER_OFF);
	struct kvm_mp_state state;

	expect_ok(ioctl(vm->vcpu[0].fd, KVM_GET_MP_STATE, &state));
	expect_eq(state.mp_state, KVM_MP_STATE_RUNNABLE);
	expect_ok(ioctl(vm->vcpu[1].fd, KVM_GET_MP_STATE, &state));
	expect_eq(state.mp_state, KVM_MP_STATE_STOPPED);
	state.mp_state = KVM_MP_STATE_HALTED;
	expect_errno(ioctl(vm->vcpu[1].fd, KVM_SET_MP_STATE, &state), EINVAL);
	state.mp_state = KVM_MP_STATE_RUNNABLE;
	expect_ok(ioctl(vm->vcpu[1].fd, KVM_SET_MP_STATE, &state));
	vcpu_start(&vm->vcpu[1], "g_report_args", 5, 6);
	vcpu_reports(&vm->vcpu[1], 5);
}

/* What keeps a vcpu from running is said before anything else. */
static void not_ready(void)
{
	struct vm *vm = vm_new(1, VM_NO_INIT);
	struct kvm_create_device dev = { .type = KVM_DEV_TYPE_ARM_VGIC_V2 };
	struct vcpu *cpu = &vm->vcpu[0];

	cpu->run->immediate_exit = 1;
	expect_errno(ioctl(cpu->fd, KVM_RUN, 0), ENOEXEC);
	expect_ok(ioctl(vm->fd, KVM_CREATE_DEVICE, &dev));
	vcpu_init(cpu);
	expect_errno(ioctl(cpu->fd, KVM_RUN, 0), ENXIO); /* a GIC without addresses */
	expect_errno(ioctl(cpu->fd, KVM_RUN, 1), EINVAL);
}

static const struct test tests[] = {
	TEST(preferred_target), TEST(not_initialized),	TEST(init_errors),    TEST(init_again),
	TEST(reset_state),	TEST(core_regs_listed), TEST(one_reg_errors), TEST(invariant_regs),
	TEST(bad_mode),		TEST(core_regs_hold),	TEST(mp_state),	      TEST(not_ready),
};

TEST_MAIN("ioctl-init", tests)
