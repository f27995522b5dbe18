/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the plays of KVM's clients (client-*.c) share: the guest at their end, and
 * calls that must answer just so.
 */
#ifndef BOARD_CLIENT_H
#define BOARD_CLIENT_H

#include "vm.h"

#define CLIENT_SPI 40
#define CLIENT_IO OTHER_IO
#define CLIENT_DOORBELL (CLIENT_IO + 0x50)
#define CLIENT_ANSWER (CLIENT_IO + 0x60)

void client_set_attr(int fd, unsigned int group, uint64_t attr, const void *val);
/* The eventfd at CLIENT_DOORBELL, as the client's event loop would wait for it. */
int client_ioeventfd(struct vm *vm, unsigned int flags);
/*
 * Run g_client on vcpu 0 and what it starts on vcpu 1: interrupts by
 * KVM_IRQ_LINE and by @irqfd in turn, until the guest powers off.  @ring: that of
 * coalesced MMIO, of which the client has registered the first words of CLIENT_IO.
 */
void client_run(struct vm *vm, struct kvm_coalesced_mmio_ring *ring, int doorbell, int irqfd);

#endif
