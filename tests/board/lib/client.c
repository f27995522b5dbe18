// SPDX-License-Identifier: GPL-2.0
/*
 * The part of client.h's contract that both clients play alike.
 */
#define _GNU_SOURCE
#include "client.h"
#include "eventfd.h"
#include <unistd.h>

void client_set_attr(int fd, unsigned int group, uint64_t attr, const void *val)
{
	if (device_attr(fd, KVM_SET_DEVICE_ATTR, group, attr, (void *)val))
		fail("group %u, attribute %#llx can't be set: %s", group, (unsigned long long)attr,
		     strerror(errno));
}

int client_ioeventfd(struct vm *vm, unsigned int flags)
{
	struct kvm_ioeventfd arg = {
		.addr = CLIENT_DOORBELL,
		.len = 4,
		.fd = eventfd_new(),
		.flags = flags,
	};

	expect_ok(ioctl(vm->fd, KVM_IOEVENTFD, &arg));
	return arg.fd;
}

static void expect_ring(struct kvm_coalesced_mmio_ring *ring)
{
	uint32_t i, value;

	for (i = 0; i < 3; i++, ring->first++) {
		expect(ring->first != ring->last);
		expect_eq(ring->coalesced_mmio[ring->first].phys_addr, CLIENT_IO + 4 * i);
		memcpy(&value, ring->coalesced_mmio[ring->first].data, sizeof(value));
		expect_eq(value, i);
	}
	expect_eq(ring->first, ring->last);
}

void client_run(struct vm *vm, struct kvm_coalesced_mmio_ring *ring, int doorbell, int irqfd)
{
	struct vcpu *cpu = &vm->vcpu[0];
	uint64_t rung = 0;
	uint32_t i;

	vcpu_spawn(&vm->vcpu[1]);
	vcpu_start(cpu, "g_client", CLIENT_IO, CLIENT_SPI);
	expect_eq(vcpu_event(cpu, EV_READ).addr, CLIENT_ANSWER);
	expect_ring(ring);
	expect_eq(read(doorbell, &rung, sizeof(rung)), sizeof(rung));
	expect_eq(rung, 1);
	vcpu_answer(cpu, 0x1234);
	for (i = 0; i < 4; i++) {
		vcpu_reports(cpu, i);
		if (i % 2) {
			eventfd_signal(irqfd);
			continue;
		}
		vm_spi(vm, CLIENT_SPI, 1);
		vm_spi(vm, CLIENT_SPI, 0);
	}
	vcpu_exits(cpu, KVM_EXIT_SYSTEM_EVENT);
	expect_eq(cpu->run->system_event.type, KVM_SYSTEM_EVENT_SHUTDOWN);
	vm_stop(vm);
}
