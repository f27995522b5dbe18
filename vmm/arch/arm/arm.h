/* SPDX-License-Identifier: GPL-2.0 */
/* What the machine "virt" wants of a 32-bit ARM host beside arch.h. */
#ifndef EMBER_ARCH_ARM_H
#define EMBER_ARCH_ARM_H

#include <stdint.h>

struct kvm;

/* The processor that vcpus are, as device trees call it: "arm,cortex-a15". */
const char *arm_cpu_compatible(struct kvm *kvm);

/* Affinity fields of a vcpu's MPIDR, as the guest's device tree names a CPU. */
uint32_t arm_vcpu_mpidr(int vcpu, unsigned int index);

#endif
