/* SPDX-License-Identifier: GPL-2.0 */
/* What PowerPC has of its own in ../../lib/one_vm.h. */
#ifndef PPC440_ONE_VM_H
#define PPC440_ONE_VM_H

#include "../../lib/one_vm.h"

#define vm_new(one) one_make(one, VM_GIC)
/* The same without the UIC in the kernel. */
#define vm_new_bare(one) one_make(one, 0)
/* The same, whose guest's instructions are never translated. */
#define vm_new_plain(one) one_make(one, VM_GIC | VM_PLAIN)
#define vm_irq(one, input, level) vm_irq_line((one)->full, input, level)
/* An interrupt that no guest wants. */
#define vm_disturb(one, level) vm_irq(one, 5, level)
/* The guest has it. */
#define vm_enable_fpu(one) ((void)(one))

#endif
