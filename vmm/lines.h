/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interrupt lines from devices into the interrupt controller that KVM has for the VM:
 * struct irqline over KVM_IRQ_LINE and KVM_IRQFD.
 */
#ifndef EMBER_LINES_H
#define EMBER_LINES_H

#include <pthread.h>

#include "dev/device.h"

struct kvm;

struct line {
	struct irqline irq; /* what the device sees */
	struct kvm *kvm; /* NULL: a machine without KVM, nothing happens */
	pthread_mutex_t lock; /* level and its way to the kernel */
	bool level;
};

/*
 * Input @nr of the controller, whose specifiers in the device tree have @cells.  An edge
 * line gets an eventfd bound to it where KVM has irqfds.  A line that was zeroed but never
 * initialized may be finished.
 */
void line_init(struct line *line, struct kvm *kvm, unsigned int nr, unsigned int cells, bool edge);
void line_finish(struct line *line);

#endif
