/* SPDX-License-Identifier: GPL-2.0 */
/* Interrupt lines from devices into the VM's GIC: struct irqline over KVM. */
#ifndef EMBER_ARCH_ARM_LINES_H
#define EMBER_ARCH_ARM_LINES_H

#include <pthread.h>

#include "../../dev/device.h"

struct kvm;

struct line {
	struct irqline irq; /* what the device sees */
	struct kvm *kvm; /* NULL: a machine without KVM, nothing happens */
	pthread_mutex_t lock; /* level and its way to the kernel */
	bool level;
};

/*
 * An edge line gets an eventfd bound to it where KVM has irqfds.  A line that
 * was zeroed but never initialized may be finished.
 */
void line_init(struct line *line, struct kvm *kvm, unsigned int spi, bool edge);
void line_finish(struct line *line);

#endif
