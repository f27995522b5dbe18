// SPDX-License-Identifier: GPL-2.0
/*
 * ioeventfd and irqfd: what they accept, and what they do for a guest.
 */
#include "vm.h"
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define DOORBELL (OTHER_IO + 0x50)
#define SPI 40

static int new_eventfd(void)
{
	return expect_ok(eventfd(0, EFD_NONBLOCK));
}

/* How often an eventfd was signalled since it was last looked at. */
static uint64_t eventfd_count(int fd)
{
	uint64_t n = 0;

	if (read(fd, &n, sizeof(n)) < 0 && errno != EAGAIN)
		fail("read of an eventfd: %s", strerror(errno));
	return n;
}

static int ioeventfd(struct vm *vm, int fd, uint64_t addr, unsigned int len, unsigned int flags,
		     uint64_t match)
{
	struct kvm_ioeventfd arg = {
		.fd = fd, .addr = addr, .len = len, .flags = flags, .datamatch = match
	};

	return ioctl(vm->fd, KVM_IOEVENTFD, &arg);
}

static int irqfd(struct vm *vm, int fd, unsigned int gsi, unsigned int flags, int resample)
{
	struct kvm_irqfd arg = { .fd = fd, .gsi = gsi, .flags = flags, .resamplefd = resample };

	return ioctl(vm->fd, KVM_IRQFD, &arg);
}

static void ioeventfd_errors(void)
{
	const unsigned int match = KVM_IOEVENTFD_FLAG_DATAMATCH;
	const unsigned int off = KVM_IOEVENTFD_FLAG_DEASSIGN;
	struct vm *vm = vm_new(1, 0);
	int fd = new_eventfd();

	expect_errno(ioeventfd(vm, 999, DOORBELL, 4, 0, 0), EBADF);
	expect_errno(ioeventfd(vm, open("/dev/null", O_RDWR), DOORBELL, 4, 0, 0), EINVAL);
	expect_errno(ioeventfd(vm, fd, DOORBELL, 3, 0, 0), EINVAL);
	expect_errno(ioeventfd(vm, fd, DOORBELL, 16, 0, 0), EINVAL);
	expect_errno(ioeventfd(vm, fd, ~0ull - 1, 4, 0, 0), EINVAL);
	expect_errno(ioeventfd(vm, fd, DOORBELL, 4, 0x100, 0), EINVAL);
	expect_errno(ioeventfd(vm, fd, DOORBELL, 0, match, 0), EINVAL);
	expect_ok(ioeventfd(vm, fd, DOORBELL, 4, match, 1));
	expect_errno(ioeventfd(vm, fd, DOORBELL, 4, match, 1), EEXIST);
	expect_errno(ioeventfd(vm, new_eventfd(), DOORBELL, 4, match, 1), EEXIST);
	expect_errno(ioeventfd(vm, new_eventfd(), DOORBELL, 4, 0, 0), EEXIST);
	expect_ok(ioeventfd(vm, new_eventfd(), DOORBELL, 4, match, 2));
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
	int fd = new_eventfd();

	expect_ok(ioeventfd(vm, fd, DOORBELL, 4, 0, 0));
	vcpu_start(cpu, "g_write_words", DOORBELL, 5);
	vcpu_done(cpu);
	expect_eq(eventfd_count(fd), 5);
	expect_ok(ioeventfd(vm, fd, DOORBELL, 4, KVM_IOEVENTFD_FLAG_DEASSIGN, 0));
	vcpu_start(cpu, "g_write_words", DOORBELL, 1);
	expect_eq(vcpu_event(cpu, EV_WRITE).addr, DOORBELL);
	vcpu_done(cpu);
	expect_eq(eventfd_count(fd), 0);
}

/* g_write_words() writes 0, 1, 2... */
static void ioeventfd_match(void)
{
	struct vm *vm = vm_new(1, 0);
	struct vcpu *cpu = &vm->vcpu[0];
	int two = new_eventfd(), three = new_eventfd();

	expect_ok(ioeventfd(vm, two, DOORBELL, 4, KVM_IOEVENTFD_FLAG_DATAMATCH, 2));
	expect_ok(ioeventfd(vm, three, DOORBELL, 4, KVM_IOEVENTFD_FLAG_DATAMATCH, 3));
	vcpu_start(cpu, "g_write_words", DOORBELL, 5);
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
	int fd = new_eventfd();

	expect_ok(ioeventfd(vm, fd, DOORBELL, 4, 0, 0));
	vcpu_start(cpu, "g_access_widths", DOORBELL, 0);
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
	vcpu_start(cpu, "g_access_widths", DOORBELL, 0);
	expect_eq(vcpu_event(cpu, EV_READ).len, 1);
	expect_eq(vcpu_event(cpu, EV_READ).len, 2);
	expect_eq(vcpu_event(cpu, EV_READ).len, 4);
	vcpu_done(cpu);
	expect_eq(eventfd_count(fd), 3);
}

static void irqfd_errors(void)
{
	struct vm *vm = vm_new(1, VM_GIC);
	struct vm *plain = vm_new(1, 0);
	int fd = new_eventfd();

	expect_errno(irqfd(vm, 999, 8, 0, 0), EBADF);
	expect_errno(irqfd(vm, open("/dev/null", O_RDWR), 8, 0, 0), EINVAL);
	expect_errno(irqfd(vm, fd, 8, 0x100, 0), EINVAL);
	expect_errno(irqfd(vm, fd, 8, KVM_IRQFD_FLAG_RESAMPLE, 999), EBADF);
	expect_ok(irqfd(vm, fd, 8, 0, 0));
	expect_errno(irqfd(vm, fd, 9, 0, 0), EBUSY);
	expect_ok(irqfd(vm, fd, 8, KVM_IRQFD_FLAG_DEASSIGN, 0));
	expect_ok(irqfd(vm, fd, 9, 0, 0));
	/* no interrupt controller that is ready */
	expect_errno(irqfd(plain, new_eventfd(), 8, 0, 0), EAGAIN);
}

static void signal_eventfd(int fd)
{
	uint64_t one = 1;

	expect_eq(write(fd, &one, sizeof(one)), sizeof(one));
}

/* An irqfd's GSI counts SPIs; each signal is an edge. */
static void irqfd_delivers(void)
{
	struct vm *vm = vm_new(1, VM_GIC);
	struct vcpu *cpu = &vm->vcpu[0];
	int fd = new_eventfd(), i;

	expect_ok(irqfd(vm, fd, SPI - 32, 0, 0));
	vcpu_start(cpu, "g_count_edges", SPI, 3);
	for (i = 0; i < 3; i++) {
		vcpu_reports(cpu, i);
		signal_eventfd(fd);
	}
	expect_eq(vcpu_done(cpu), 3);
}

/* Signalled before it was assigned: delivered at once. */
static void irqfd_already_signalled(void)
{
	struct vm *vm = vm_new(1, VM_GIC);
	struct vcpu *cpu = &vm->vcpu[0];
	int fd = new_eventfd();

	vcpu_start(cpu, "g_count_edges", SPI, 1);
	vcpu_reports(cpu, 0);
	signal_eventfd(fd);
	expect_ok(irqfd(vm, fd, SPI - 32, 0, 0));
	expect_eq(vcpu_done(cpu), 1);
}

static void irqfd_wakes_wfi(void)
{
	struct vm *vm = vm_new(1, VM_GIC);
	struct vcpu *cpu = &vm->vcpu[0];
	int fd = new_eventfd(), i;

	expect_ok(irqfd(vm, fd, SPI - 32, 0, 0));
	vcpu_start(cpu, "g_count_edges_wfi", SPI, 50);
	*(volatile uint32_t *)vm_mem(vm, SCRATCH) = ~0u;
	vcpu_spawn(cpu);
	for (i = 0; i < 50; i++) {
		while (*(volatile uint32_t *)vm_mem(vm, SCRATCH) != (uint32_t)i)
			usleep(100);
		signal_eventfd(fd);
	}
	vcpu_join(cpu);
}

static void irqfd_deassigned(void)
{
	struct vm *vm = vm_new(1, VM_GIC);
	struct vcpu *cpu = &vm->vcpu[0];
	int fd = new_eventfd();

	expect_ok(irqfd(vm, fd, SPI - 32, 0, 0));
	vcpu_start(cpu, "g_not_pending", SPI, 0);
	vcpu_report(cpu);
	expect_ok(irqfd(vm, fd, SPI - 32, KVM_IRQFD_FLAG_DEASSIGN, 0));
	signal_eventfd(fd);
	vcpu_done(cpu);
	expect_eq(eventfd_count(fd), 1);
}

static void irqfd_fd_closed_first(void)
{
	struct vm *vm = vm_new(1, VM_GIC);
	int i, fd;

	for (i = 0; i < 100; i++) {
		fd = new_eventfd();
		expect_ok(irqfd(vm, fd, SPI - 32, 0, 0));
		signal_eventfd(fd);
		close(fd);
	}
}

/* Level with resampling: the line falls and the eventfd says so at each EOI. */
static void irqfd_resample(void)
{
	struct vm *vm = vm_new(1, VM_GIC);
	struct vcpu *cpu = &vm->vcpu[0];
	int fd = new_eventfd(), resample = new_eventfd(), i;

	expect_eq(check_cap(vm->fd, KVM_CAP_IRQFD_RESAMPLE), 1);
	expect_ok(irqfd(vm, fd, SPI - 32, KVM_IRQFD_FLAG_RESAMPLE, resample));
	vcpu_start(cpu, "g_count_levels", SPI, 3);
	for (i = 0; i < 3; i++) {
		vcpu_reports(cpu, i);
		expect_eq(eventfd_count(resample), 0);
		signal_eventfd(fd);
		vcpu_reports(cpu, 100 + i);
		expect_eq(eventfd_count(resample), 1);
	}
	expect_eq(vcpu_done(cpu), 3);
}

static const struct test tests[] = {
	TEST(ioeventfd_errors),	       TEST(ioeventfd_hit),   TEST(ioeventfd_match),
	TEST(ioeventfd_width),	       TEST(irqfd_errors),    TEST(irqfd_delivers),
	TEST(irqfd_already_signalled), TEST(irqfd_wakes_wfi), TEST(irqfd_deassigned),
	TEST(irqfd_fd_closed_first),   TEST(irqfd_resample),
};

TEST_MAIN("eventfd", tests)
