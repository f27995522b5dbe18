/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Event descriptors, as tests use them with a VM.
 */
#ifndef BOARD_EVENTFD_H
#define BOARD_EVENTFD_H

#include <sys/eventfd.h>
#include "vm.h"

int eventfd_new(void);
/* How often it was signalled since it was last looked at. */
uint64_t eventfd_count(int fd);
void eventfd_signal(int fd);
/* KVM_IRQFD as a call */
int vm_irqfd(struct vm *vm, int fd, unsigned int gsi, unsigned int flags, int resample);

#endif
