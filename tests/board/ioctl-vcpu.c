// SPDX-License-Identifier: GPL-2.0
/*
 * Making vcpus, and what their calls accept: registers, signal mask.
 */
#define _GNU_SOURCE
#include "vm.h"
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static void limits(void)
{
	struct vm *vm = vm_new(0, 0);
	unsigned int i;

	for (i = 0; i < MAX_VCPUS; i++)
		expect_ok(ioctl(vm->fd, KVM_CREATE_VCPU, i));
	expect_errno(ioctl(vm->fd, KVM_CREATE_VCPU, MAX_VCPUS), EINVAL);
}

static void id_taken(void)
{
	struct vm *vm = vm_new(0, 0);

	expect_ok(ioctl(vm->fd, KVM_CREATE_VCPU, 1));
	expect_errno(ioctl(vm->fd, KVM_CREATE_VCPU, 1), EEXIST);
	expect_ok(ioctl(vm->fd, KVM_CREATE_VCPU, 0));
}

static void id_out_of_range(void)
{
	struct vm *vm = vm_new(0, 0);

	expect_errno(ioctl(vm->fd, KVM_CREATE_VCPU, MAX_VCPUS), EINVAL);
	expect_errno(ioctl(vm->fd, KVM_CREATE_VCPU, 0xffffffff), EINVAL);
}

static void one_reg_errors(void)
{
	struct vm *vm = vm_new(1, 0);
	struct vcpu *cpu = &vm->vcpu[0];
	struct kvm_one_reg reg = { .id = REG_PC, .addr = 0x1000 };
	uint64_t val = 0;

	expect_errno2(vcpu_get(cpu, 0, &val), EINVAL, ENOENT);
	expect_errno2(vcpu_get(cpu, ~0ull, &val), EINVAL, ENOENT);
	expect_errno2(vcpu_get(cpu, KVM_REG_X86 | KVM_REG_SIZE_U32, &val), EINVAL, ENOENT);
	expect_errno(ioctl(cpu->fd, KVM_GET_ONE_REG, &reg), EFAULT);
	expect_errno(ioctl(cpu->fd, KVM_SET_ONE_REG, &reg), EFAULT);
	expect_errno(ioctl(cpu->fd, KVM_GET_ONE_REG, (void *)0x1000), EFAULT);
}

static void reg_list(void)
{
	struct vm *vm = vm_new(1, VM_GIC);
	struct kvm_reg_list *list = vcpu_reg_list(&vm->vcpu[0]), short_list = { .n = 1 };
	uint64_t i, j;

	expect_errno(ioctl(vm->vcpu[0].fd, KVM_GET_REG_LIST, &short_list), E2BIG);
	expect_eq(short_list.n, list->n);
	for (i = 0; i < list->n; i++) {
		expect((list->reg[i] & KVM_REG_ARCH_MASK) == REG_ARCH);
		for (j = 0; j < i; j++)
			if (list->reg[j] == list->reg[i])
				fail("%#llx is listed twice", (unsigned long long)list->reg[i]);
	}
}

/* Every register listed can be read, written back and read again unchanged. */
static void reg_round_trip(void)
{
	struct vm *vm = vm_new(1, VM_GIC);
	struct vcpu *cpu = &vm->vcpu[0];
	struct kvm_reg_list *list;
	uint64_t i, id, a, b;

	vcpu_start(cpu, "g_report_args", 7, 8);
	vcpu_reports(cpu, 7);
	list = vcpu_reg_list(cpu);
	for (i = 0; i < list->n; i++) {
		id = list->reg[i];
		a = b = 0;
		if (vcpu_get(cpu, id, &a))
			fail("get %#llx: %s", (unsigned long long)id, strerror(errno));
		if (vcpu_set(cpu, id, &a))
			fail("set %#llx to %#llx: %s", (unsigned long long)id,
			     (unsigned long long)a, strerror(errno));
		expect_ok(vcpu_get(cpu, id, &b));
		if (a != b && !reg_is_clock(id))
			fail("%#llx: %#llx, set and read again: %#llx", (unsigned long long)id,
			     (unsigned long long)a, (unsigned long long)b);
	}
	vcpu_reports(cpu, 8);
	vcpu_done(cpu);
}

static void signal_mask_errors(void)
{
	struct vm *vm = vm_new(1, 0);
	struct {
		struct kvm_signal_mask head;
		uint8_t set[2 * SIGSET_SIZE];
	} __attribute__((packed)) mask = { .head.len = 4 };

	expect_errno(ioctl(vm->vcpu[0].fd, KVM_SET_SIGNAL_MASK, &mask), EINVAL);
	mask.head.len = 2 * SIGSET_SIZE;
	expect_errno(ioctl(vm->vcpu[0].fd, KVM_SET_SIGNAL_MASK, &mask), EINVAL);
	mask.head.len = SIGSET_SIZE;
	expect_ok(ioctl(vm->vcpu[0].fd, KVM_SET_SIGNAL_MASK, &mask));
	expect_ok(ioctl(vm->vcpu[0].fd, KVM_SET_SIGNAL_MASK, NULL));
	expect_errno(ioctl(vm->vcpu[0].fd, KVM_SET_SIGNAL_MASK, (void *)0x1000), EFAULT);
}

static const struct test tests[] = {
	TEST(limits),	TEST(id_taken),	      TEST(id_out_of_range),	TEST(one_reg_errors),
	TEST(reg_list), TEST(reg_round_trip), TEST(signal_mask_errors),
};

TEST_MAIN("ioctl-vcpu", tests)
