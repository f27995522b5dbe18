/* SPDX-License-Identifier: GPL-2.0 */
/* What MIPS has of its own in ../../lib/one_vm.h. */
#ifndef MIPS32_ONE_VM_H
#define MIPS32_ONE_VM_H

#include <sys/ioctl.h>
#include "../../lib/one_vm.h"

static inline void one_enable_fpu(struct one_vm *one)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_MIPS_FPU };

	expect_ok(ioctl(one->cpu, KVM_ENABLE_CAP, &cap));
}

#define vm_enable_fpu(one) one_enable_fpu(one)
#define vm_new(one) one_make(one, 0)
/* The same, whose guest's instructions are never translated. */
#define vm_new_plain(one) one_make(one, VM_PLAIN)
#define vm_irq(one, line) vcpu_irq(one_vcpu(one), line)
/* An interrupt that no guest wants. */
#define vm_disturb(one, level) vm_irq(one, (level) ? 2 : -2)

#endif
