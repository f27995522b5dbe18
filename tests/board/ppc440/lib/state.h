/* SPDX-License-Identifier: GPL-2.0 */
/* What there is to save of a VM of one vcpu, and to restore. */
#ifndef PPC440_STATE_H
#define PPC440_STATE_H

#include "one_vm.h"

/* Memory, the vcpu's registers and the UIC; @to is fresh. */
void copy_state(struct vm *to, struct vm *from);
/* The same, but for what goes on by itself; fail() otherwise. */
void same_state(struct vm *a, struct vm *b);
/* EMBER_CAP_PPC_TRANSLATE of the vcpu. */
int vcpu_translate(struct vm *vm, bool on);

#endif
