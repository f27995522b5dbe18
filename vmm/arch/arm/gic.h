/* SPDX-License-Identifier: GPL-2.0 */
/* KVM's GICv2 in a virtual machine, and the ways into it. */
#ifndef EMBER_ARCH_ARM_GIC_H
#define EMBER_ARCH_ARM_GIC_H

#include <stdint.h>

struct err;
struct kvm;

struct gic_config {
	uint64_t dist, cpu; /* guest physical addresses of the two windows */
	unsigned int nr_irqs; /* interrupt IDs, SGIs and PPIs included */
};

/*
 * Made before the vcpus are, started once all of them are there.  @fd becomes
 * KVM_CREATE_DEVICE's descriptor, or -1 with the older KVM_CREATE_IRQCHIP; the
 * caller closes it.  0, or -1 with @e.
 */
int gic_create(struct kvm *kvm, int *fd, const struct gic_config *cfg, struct err *e);
int gic_start(struct kvm *kvm, int fd, const struct gic_config *cfg, struct err *e);

#endif
