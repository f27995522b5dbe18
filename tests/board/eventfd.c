// SPDX-License-Identifier: GPL-2.0
/*
 * ioeventfd: what it accepts, and what it does for a guest.
 */
#include "eventfd.h"
#include <fcntl.h>

#define DOORBELL PHYS(OTHER_IO + 0x50)

static int ioeventfd(struct vm *vm, int fd, uint64_t addr, unsigned int len, unsigned int flags,
		     uint64_t match)
{
	struct kvm_ioeventfd arg = {
		.fd = fd, .addr = addr, .len = len, .flags = flags, .datamatch = match
	};

	return ioctl(vm->fd, KVM_IOEVENTFD, &arg);
}

static void ioeventfd_errors(void)
{
	const unsigned int match = KVM_IOEVENTFD_FLAG_DATAMATCH;
	const unsigned int off = KVM_IOEVENTFD_FLAG_DEASSIGN;
	struct vm *vm = vm_new(1, 0);
	int fd = eventfd_new();

	expect_errno(ioeventfd(vm, 999, DOORBELL, 4, 0, 0), EBADF);
	expect_errno(ioeventfd(vm, open("/dev/null", O_RDWR), DOORBELL, 4, 0, 0), EINVAL);
	expect_errno(ioeventfd(vm, fd, DOORBELL, 3, 0, 0), EINVAL);
	expect_errno(ioeventfd(vm, fd, DOORBELL, 16, 0, 0), EINVAL);
	expect_errno(ioeventfd(vm, fd, ~0ull - 1, 4, 0, 0), EINVAL);
	expect_errno(ioeventfd(vm, fd, DOORBELL, 4, 0x100, 0), EINVAL);
	expect_errno(ioeventfd(vm, fd, DOORBELL, 0, match, 0), EINVAL);
	expect_ok(ioeventfd(vm, fd, DOORBELL, 4, match, 1));
	expect_errno(ioeventfd(vm, fd, DOORBELL, 4, match, 1), EEXIST);
	expect_errno(ioeventfd(vm, eventfd_new(), DOORBELL, 4, match, 1), EEXIST);
	expect_errno(ioeventfd(vm, eventfd_new(), DOORBELL, 4, 0, 0), EEXIST);
	expect_ok(ioeventfd(vm, eventfd_new(), DOORBELL, 4, match, 2));
	expect_errno(ioeventfd(vm, fd, DOORBELL, 4, off | match, 3), ENOENT);
	expect_errno(ioeventfd(vm, fd, DOORBELL + 4, 4, off | match, 1), ENOENT);
	expect_ok(ioeventfd(vm, fd, DOORBELL, 4, off | match, 1));
	expect_errno(ioeventfd(vm, fd, DOORBELL, 4, off | match, 1), ENOENT);
}

/* Writes that match signal the eventfd and are not seen by the test. */
static void ioeventfd_hit(void)
{
	struct vm *vm = vm_new(1, 0);
	struct vcpu *cpu = &vm->vcpu[0];
	int fd = eventfd_new();

	expect_ok(ioeventfd(vm, fd, DOORBELL, 4, 0, 0));
	vcpu_start(cpu, "g_write_words", VIRT(DOORBELL), 5);
	vcpu_done(cpu);
	expect_eq(eventfd_count(fd), 5);
	expect_ok(ioeventfd(vm, fd, DOORBELL, 4, KVM_IOEVENTFD_FLAG_DEASSIGN, 0));
	vcpu_start(cpu, "g_write_words", VIRT(DOORBELL), 1);
	expect_eq(vcpu_event(cpu, EV_WRITE).addr, DOORBELL);
	vcpu_done(cpu);
	expect_eq(eventfd_count(fd), 0);
}

/* g_write_words() writes 0, 1, 2... */
static void ioeventfd_match(void)
{
	struct vm *vm = vm_new(1, 0);
	struct vcpu *cpu = &vm->vcpu[0];
	int two = eventfd_new(), three = eventfd_new();

	expect_ok(ioeventfd(vm, two, DOORBELL, 4, KVM_IOEVENTFD_FLAG_DATAMATCH, 2));
	expect_ok(ioeventfd(vm, three, DOORBELL, 4, KVM_IOEVENTFD_FLAG_DATAMATCH, 3));
	vcpu_start(cpu, "g_write_words", VIRT(DOORBELL), 5);
	expect_eq(vcpu_event(cpu, EV_WRITE).value, 0);
	expect_eq(vcpu_event(cpu, EV_WRITE).value, 1);
	expect_eq(vcpu_event(cpu, EV_WRITE).value, 4);
	vcpu_done(cpu);
	expect_eq(eventfd_count(two), 1);
	expect_eq(eventfd_count(three), 1);
}

/* A length of 4 is not hit by bytes or reads; a length of 0 by any write. */
static void ioeventfd_width(void)
{
	struct vm *vm = vm_new(1, 0);
	struct vcpu *cpu = &vm->vcpu[0];
	int fd = eventfd_new();

	expect_ok(ioeventfd(vm, fd, DOORBELL, 4, 0, 0));
	vcpu_start(cpu, "g_access_widths", VIRT(DOORBELL), 0);
	expect_eq(vcpu_event(cpu, EV_WRITE).len, 1);
	expect_eq(vcpu_event(cpu, EV_WRITE).len, 2);
	expect_eq(vcpu_event(cpu, EV_READ).len, 1);
	expect_eq(vcpu_event(cpu, EV_READ).len, 2);
	expect_eq(vcpu_event(cpu, EV_READ).len, 4);
	vcpu_done(cpu);
	expect_eq(eventfd_count(fd), 1);
	expect_ok(ioeventfd(vm, fd, DOORBELL, 4, KVM_IOEVENTFD_FLAG_DEASSIGN, 0));
	expect_eq(check_cap(vm->fd, KVM_CAP_IOEVENTFD_ANY_LENGTH), 1);
	expect_ok(ioeventfd(vm, fd, DOORBELL, 0, 0, 0));
	vcpu_start(cpu, "g_access_widths", VIRT(DOORBELL), 0);
	expect_eq(vcpu_event(cpu, EV_READ).len, 1);
	expect_eq(vcpu_event(cpu, EV_READ).len, 2);
	expect_eq(vcpu_event(cpu, EV_READ).len, 4);
	vcpu_done(cpu);
	expect_eq(eventfd_count(fd), 3);
}

static const struct test tests[] = {
	TEST(ioeventfd_errors),
	TEST(ioeventfd_hit),
	TEST(ioeventfd_match),
	TEST(ioeventfd_width),
};

TEST_MAIN("eventfd", tests)
