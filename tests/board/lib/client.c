// SPDX-License-Identifier: GPL-2.0
/*
 * The part of client.h's contract that both clients play alike.
 */
#define _GNU_SOURCE
#include "client.h"
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

struct vcpu *client_add_vcpu(struct vm *vm, unsigned int id)
{
	struct vcpu *cpu = &vm->vcpu[vm->nr_vcpus++];
	int kvm = kvm_open();

	cpu->vm = vm;
	cpu->id = id;
	cpu->fd = expect_ok(ioctl(vm->fd, KVM_CREATE_VCPU, id));
	cpu->run_size = expect_ok(ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0));
	cpu->run = mmap(NULL, cpu->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, cpu->fd, 0);
	expect(cpu->run != MAP_FAILED);
	close(kvm);
	return cpu;
}

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
		.fd = expect_ok(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
		.flags = flags,
	};

	expect_ok(ioctl(vm->fd, KVM_IOEVENTFD, &arg));
	return arg.fd;
}

int client_irqfd(struct vm *vm, uint32_t gsi)
{
	struct kvm_irqfd arg = {
		.fd = expect_ok(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
		.gsi = gsi,
	};

	expect_ok(ioctl(vm->fd, KVM_IRQFD, &arg));
	return arg.fd;
}

void client_signal(int fd)
{
	uint64_t one = 1;

	expect_eq(write(fd, &one, sizeof(one)), sizeof(one));
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
			client_signal(irqfd);
			continue;
		}
		vm_spi(vm, CLIENT_SPI, 1);
		vm_spi(vm, CLIENT_SPI, 0);
	}
	vcpu_exits(cpu, KVM_EXIT_SYSTEM_EVENT);
	expect_eq(cpu->run->system_event.type, KVM_SYSTEM_EVENT_SHUTDOWN);
	vm_stop(vm);
}
