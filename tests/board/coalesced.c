// SPDX-License-Identifier: GPL-2.0
/*
 * Coalesced MMIO: writes that wait in a ring, and what user space can do to it.
 */
#define _GNU_SOURCE
#include "vm.h"
#include <sys/mman.h>
#include <unistd.h>

#define ZONE PHYS(OTHER_IO)
#define ZONE_SIZE 0xfd /* a word at its last byte is aligned, and not within */

static struct vm *vm;
static struct vcpu *cpu;

static struct kvm_coalesced_mmio_ring *ring_of(struct vcpu *c)
{
	size_t offset = check_cap(vm->fd, KVM_CAP_COALESCED_MMIO) * getpagesize();

	expect(offset && offset < c->run_size);
	return (void *)((uint8_t *)c->run + offset);
}

static unsigned int ring_max(void)
{
	return (getpagesize() - sizeof(struct kvm_coalesced_mmio_ring)) /
	       sizeof(struct kvm_coalesced_mmio);
}

static int zone(unsigned long request, uint64_t addr, uint32_t size, uint32_t pio)
{
	struct kvm_coalesced_mmio_zone z = { .addr = addr, .size = size, .pio = pio };

	return ioctl(vm->fd, request, &z);
}

static struct kvm_coalesced_mmio_ring *start(const char *guest, uint32_t addr, uint32_t n)
{
	vm = vm_new(1, 0);
	cpu = &vm->vcpu[0];
	expect_ok(zone(KVM_REGISTER_COALESCED_MMIO, ZONE, ZONE_SIZE, 0));
	vcpu_start(cpu, guest, VIRT(addr), n);
	return ring_of(cpu);
}

static uint32_t word(const struct kvm_coalesced_mmio *e)
{
	uint32_t data;

	memcpy(&data, e->data, sizeof(data));
	return data;
}

/* Take the next entry: a word, @value, at @addr. */
static void take(struct kvm_coalesced_mmio_ring *ring, uint64_t addr, uint32_t value)
{
	struct kvm_coalesced_mmio *e = &ring->coalesced_mmio[ring->first];

	expect(ring->first != ring->last);
	expect_eq(e->phys_addr, addr);
	expect_eq(e->len, 4);
	expect_eq(e->pio, 0);
	expect_eq(word(e), value);
	ring->first = (ring->first + 1) % ring_max();
}

static void errors(void)
{
	struct vm *two;

	vm = vm_new(1, 0);
	expect_eq(check_cap(vm->fd, KVM_CAP_COALESCED_PIO), 1);
	expect_errno(zone(KVM_REGISTER_COALESCED_MMIO, ZONE, 4, 2), EINVAL);
	expect_errno(zone(KVM_UNREGISTER_COALESCED_MMIO, ZONE, 4, 2), EINVAL);
	expect_errno(ioctl(vm->fd, KVM_REGISTER_COALESCED_MMIO, (void *)0x1000), EFAULT);
	expect_ok(zone(KVM_UNREGISTER_COALESCED_MMIO, ZONE, 4, 0)); /* none is there */
	expect_ok(zone(KVM_REGISTER_COALESCED_MMIO, ZONE, 4, 0));
	expect_ok(zone(KVM_REGISTER_COALESCED_MMIO, ZONE, 4, 0)); /* twice is allowed */
	expect_ok(zone(KVM_REGISTER_COALESCED_MMIO, 0x3f8, 8, 1));
	expect_ok(zone(KVM_UNREGISTER_COALESCED_MMIO, 0x3f8, 8, 1));
	expect_ok(zone(KVM_REGISTER_COALESCED_MMIO, 0x3f8, 8, 1)); /* goes with the VM */
	two = vm;
	vm = vm_new(1, 0);
	vm_free(two);
}

static void writes_wait(void)
{
	struct kvm_coalesced_mmio_ring *ring = start("g_write_words", ZONE + 8, 5);
	int i;

	vcpu_done(cpu);
	for (i = 0; i < 5; i++)
		take(ring, ZONE + 8, i);
	expect_eq(ring->first, ring->last);
}

/* Reads, and what only begins in the zone, do not. */
static void others_exit(void)
{
	struct kvm_coalesced_mmio_ring *ring = start("g_access_widths", ZONE + ZONE_SIZE - 1, 0);

	expect_eq(vcpu_event(cpu, EV_WRITE).len, 2);
	expect_eq(vcpu_event(cpu, EV_WRITE).len, 4);
	expect_eq(vcpu_event(cpu, EV_READ).len, 1);
	expect_eq(vcpu_event(cpu, EV_READ).len, 2);
	expect_eq(vcpu_event(cpu, EV_READ).len, 4);
	vcpu_done(cpu);
	expect_eq(ring->last, 1);
	expect_eq(ring->coalesced_mmio[0].len, 1);
	expect_eq(ring->coalesced_mmio[0].data[0], 0x78);
}

/* An ordinary exit, and on: nothing is lost and the order holds. */
static void full_ring(void)
{
	const unsigned int total = 3 * ring_max();
	struct kvm_coalesced_mmio_ring *ring = start("g_write_words", ZONE, total);
	unsigned int i, exits = 0;
	struct event ev;

	for (i = 0; (ev = vcpu_next(cpu)).kind == EV_WRITE; exits++) {
		expect_eq((ring->last + 1) % ring_max(), ring->first);
		while (ring->first != ring->last)
			take(ring, ZONE, i++);
		expect_eq(ev.value, i++);
	}
	expect_eq(ev.kind, EV_DONE);
	while (ring->first != ring->last)
		take(ring, ZONE, i++);
	expect_eq(i, total);
	expect_eq(exits, total / ring_max());
}

/* Indices out of range are as a full ring. */
static void bad_indices(void)
{
	struct kvm_coalesced_mmio_ring *ring = start("g_write_words", ZONE, 4);

	ring->last = 0xffffffff;
	expect_eq(vcpu_event(cpu, EV_WRITE).value, 0);
	ring->last = ring_max();
	expect_eq(vcpu_event(cpu, EV_WRITE).value, 1);
	ring->first = 0xffffffff; /* a place that the ring never reaches */
	ring->last = ring_max() - 1;
	expect_eq((vcpu_done(cpu), ring->last), 1);
	expect_eq(word(&ring->coalesced_mmio[ring_max() - 1]), 2);
	expect_eq(word(&ring->coalesced_mmio[0]), 3);
}

/* One zone within the other is taken by naming what it holds. */
static void unregister(void)
{
	struct kvm_coalesced_mmio_ring *ring = start("g_write_words", ZONE, 1);

	vcpu_done(cpu);
	expect_eq(ring->last, 1);
	expect_ok(zone(KVM_UNREGISTER_COALESCED_MMIO, ZONE + 4, ZONE_SIZE, 0));
	vcpu_start(cpu, "g_write_words", VIRT(ZONE), 1); /* too long: it is still there */
	vcpu_done(cpu);
	expect_eq(ring->last, 2);
	expect_ok(zone(KVM_UNREGISTER_COALESCED_MMIO, ZONE + 4, 4, 0));
	vcpu_start(cpu, "g_write_words", VIRT(ZONE), 1);
	vcpu_event(cpu, EV_WRITE);
	vcpu_done(cpu);
	expect_eq(ring->last, 2);
}

/* All vcpus have the same ring, and its page outlives them. */
static void one_ring(void)
{
	struct kvm_coalesced_mmio_ring *first, *second;

	vm = vm_new(2, 0);
	first = ring_of(&vm->vcpu[0]);
	second = ring_of(&vm->vcpu[1]);
	first->first = 7;
	expect_eq(second->first, 7);
	close(vm->vcpu[0].fd);
	close(vm->vcpu[1].fd);
	close(vm->fd);
	first->first = 8;
	expect_eq(second->first, 8);
}

static const struct test tests[] = {
	TEST(errors),	   TEST(writes_wait), TEST(others_exit), TEST(full_ring),
	TEST(bad_indices), TEST(unregister),  TEST(one_ring),
};

TEST_MAIN("coalesced", tests)
