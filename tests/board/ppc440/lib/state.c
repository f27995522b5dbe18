// SPDX-License-Identifier: GPL-2.0
/* See state.h. */
#include "state.h"
#include <stdlib.h>
#include <string.h>

#define NR_REGS 1000

static struct kvm_reg_list *reg_list(struct vm *from)
{
	struct kvm_reg_list *list = calloc(1, sizeof(*list) + NR_REGS * sizeof(uint64_t));

	list->n = NR_REGS;
	expect_ok(ioctl(from->cpu, KVM_GET_REG_LIST, list));
	return list;
}

static void chip_copy(struct vm *to, struct vm *from)
{
	struct kvm_irqchip chip = { 0 };

	expect_ok(ioctl(from->fd, KVM_GET_IRQCHIP, &chip));
	expect_ok(ioctl(to->fd, KVM_SET_IRQCHIP, &chip));
}

void copy_state(struct vm *to, struct vm *from)
{
	struct kvm_reg_list *list = reg_list(from);
	struct kvm_sregs sregs;
	struct kvm_regs regs;
	uint64_t i, val;

	memcpy(to->ram, from->ram, RAM_SIZE);
	expect_ok(ioctl(from->cpu, KVM_GET_SREGS, &sregs));
	expect_ok(ioctl(to->cpu, KVM_SET_SREGS, &sregs));
	expect_ok(ioctl(from->cpu, KVM_GET_REGS, &regs));
	expect_ok(ioctl(to->cpu, KVM_SET_REGS, &regs));
	for (i = 0; i < list->n; i++) {
		expect_ok(vm_get(from, list->reg[i], &val));
		expect_ok(vm_set(to, list->reg[i], &val));
	}
	free(list);
	chip_copy(to, from);
}

void same_state(struct vm *a, struct vm *b)
{
	struct kvm_reg_list *list = reg_list(a);
	uint64_t i, x = 0, y = 0;

	for (i = 0; i < list->n; i++) {
		expect_ok(vm_get(a, list->reg[i], &x));
		expect_ok(vm_get(b, list->reg[i], &y));
		if (x != y && !reg_is_clock(list->reg[i]))
			fail("register %#llx: %#llx, was %#llx", (unsigned long long)list->reg[i],
			     (unsigned long long)y, (unsigned long long)x);
	}
	free(list);
}

int vcpu_translate(struct vm *vm, bool on)
{
	struct kvm_enable_cap cap = { .cap = EMBER_CAP_PPC_TRANSLATE, .args = { on } };

	return ioctl(vm->cpu, KVM_ENABLE_CAP, &cap);
}
