// SPDX-License-Identifier: GPL-2.0
/*
 * irqfd: what it accepts, and what it does for a guest.
 */
#include "eventfd.h"
#include <fcntl.h>
#include <unistd.h>

#define SPI 40

static void errors(void)
{
	struct vm *vm = vm_new(1, VM_GIC);
	struct vm *plain = vm_new(1, 0);
	int fd = eventfd_new();

	expect_errno(vm_irqfd(vm, 999, 8, 0, 0), EBADF);
	expect_errno(vm_irqfd(vm, open("/dev/null", O_RDWR), 8, 0, 0), EINVAL);
	expect_errno(vm_irqfd(vm, fd, 8, 0x100, 0), EINVAL);
	expect_errno(vm_irqfd(vm, fd, 8, KVM_IRQFD_FLAG_RESAMPLE, 999), EBADF);
	expect_ok(vm_irqfd(vm, fd, 8, 0, 0));
	expect_errno(vm_irqfd(vm, fd, 9, 0, 0), EBUSY);
	expect_ok(vm_irqfd(vm, fd, 8, KVM_IRQFD_FLAG_DEASSIGN, 0));
	expect_ok(vm_irqfd(vm, fd, 9, 0, 0));
	/* no interrupt controller that is ready */
	expect_errno(vm_irqfd(plain, eventfd_new(), 8, 0, 0), EAGAIN);
}

/* An irqfd's GSI counts SPIs; each signal is an edge. */
static void delivers(void)
{
	struct vm *vm = vm_new(1, VM_GIC);
	struct vcpu *cpu = &vm->vcpu[0];
	int fd = eventfd_new(), i;

	expect_ok(vm_irqfd(vm, fd, SPI - 32, 0, 0));
	vcpu_start(cpu, "g_count_edges", SPI, 3);
	for (i = 0; i < 3; i++) {
		vcpu_reports(cpu, i);
		eventfd_signal(fd);
	}
	expect_eq(vcpu_done(cpu), 3);
}

/* Signalled before it was assigned: delivered at once. */
static void already_signalled(void)
{
	struct vm *vm = vm_new(1, VM_GIC);
	struct vcpu *cpu = &vm->vcpu[0];
	int fd = eventfd_new();

	vcpu_start(cpu, "g_count_edges", SPI, 1);
	vcpu_reports(cpu, 0);
	eventfd_signal(fd);
	expect_ok(vm_irqfd(vm, fd, SPI - 32, 0, 0));
	expect_eq(vcpu_done(cpu), 1);
}

static void wakes_wfi(void)
{
	struct vm *vm = vm_new(1, VM_GIC);
	struct vcpu *cpu = &vm->vcpu[0];
	int fd = eventfd_new(), i;

	expect_ok(vm_irqfd(vm, fd, SPI - 32, 0, 0));
	vcpu_start(cpu, "g_count_edges_wfi", SPI, 50);
	*(volatile uint32_t *)vm_mem(vm, SCRATCH) = ~0u;
	vcpu_spawn(cpu);
	for (i = 0; i < 50; i++) {
		while (*(volatile uint32_t *)vm_mem(vm, SCRATCH) != (uint32_t)i)
			usleep(100);
		eventfd_signal(fd);
	}
	vcpu_join(cpu);
}

static void deassigned(void)
{
	struct vm *vm = vm_new(1, VM_GIC);
	struct vcpu *cpu = &vm->vcpu[0];
	int fd = eventfd_new();

	expect_ok(vm_irqfd(vm, fd, SPI - 32, 0, 0));
	vcpu_start(cpu, "g_not_pending", SPI, 0);
	vcpu_report(cpu);
	expect_ok(vm_irqfd(vm, fd, SPI - 32, KVM_IRQFD_FLAG_DEASSIGN, 0));
	eventfd_signal(fd);
	vcpu_done(cpu);
	expect_eq(eventfd_count(fd), 1);
}

static void fd_closed_first(void)
{
	struct vm *vm = vm_new(1, VM_GIC);
	int i, fd;

	for (i = 0; i < 100; i++) {
		fd = eventfd_new();
		expect_ok(vm_irqfd(vm, fd, SPI - 32, 0, 0));
		eventfd_signal(fd);
		close(fd);
	}
}

/* Level with resampling: the line falls and the eventfd says so at each EOI. */
static void resample(void)
{
	struct vm *vm = vm_new(1, VM_GIC);
	struct vcpu *cpu = &vm->vcpu[0];
	int fd = eventfd_new(), resample = eventfd_new(), i;

	expect_eq(check_cap(vm->fd, KVM_CAP_IRQFD_RESAMPLE), 1);
	expect_ok(vm_irqfd(vm, fd, SPI - 32, KVM_IRQFD_FLAG_RESAMPLE, resample));
	vcpu_start(cpu, "g_count_levels", SPI, 3);
	for (i = 0; i < 3; i++) {
		vcpu_reports(cpu, i);
		expect_eq(eventfd_count(resample), 0);
		eventfd_signal(fd);
		vcpu_reports(cpu, 100 + i);
		expect_eq(eventfd_count(resample), 1);
	}
	expect_eq(vcpu_done(cpu), 3);
}

static const struct test tests[] = {
	TEST(errors),	  TEST(delivers),	 TEST(already_signalled), TEST(wakes_wfi),
	TEST(deassigned), TEST(fd_closed_first), TEST(resample),
};

TEST_MAIN("irqfd", tests)
