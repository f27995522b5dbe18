// SPDX-License-Identifier: GPL-2.0
/*
 * GSI routing: KVM_SET_GSI_ROUTING, and what irqfds make of it; MSIs.
 */
#include "eventfd.h"
#include <unistd.h>

#define SPI 40
#define PIN (SPI - 32)
#define MAX_GSI 4096 /* KVM_CAP_IRQ_ROUTING */
#define PINS (1020 - 32)

static struct vm *vm;
static struct vcpu *cpu;

struct table {
	struct kvm_irq_routing head;
	struct kvm_irq_routing_entry e[4];
};

static int set_routing(const struct table *t)
{
	return ioctl(vm->fd, KVM_SET_GSI_ROUTING, t);
}

static int route(uint32_t gsi, uint32_t pin)
{
	const struct table t = {
		.head.nr = 1,
		.e = { { .gsi = gsi, .type = KVM_IRQ_ROUTING_IRQCHIP, .u.irqchip.pin = pin } },
	};

	return set_routing(&t);
}

static int route_msi(uint32_t gsi, uint32_t flags)
{
	const struct table t = {
		.head.nr = 1,
		.e = { { .gsi = gsi, .type = KVM_IRQ_ROUTING_MSI, .flags = flags } },
	};

	return set_routing(&t);
}

static void start(const char *guest, uint32_t irq, uint32_t n)
{
	vm = vm_new(1, VM_GIC);
	cpu = &vm->vcpu[0];
	vcpu_start(cpu, guest, irq, n);
}

static void errors(void)
{
	struct table t = { .head.nr = 2 };

	vm = vm_new(0, VM_GIC);
	expect_eq(check_cap(vm->fd, KVM_CAP_IRQ_ROUTING), MAX_GSI);
	expect_ok(route(0, 0));
	expect_ok(route(MAX_GSI - 1, PINS - 1));
	expect_errno(route(MAX_GSI, 0), EINVAL);
	expect_errno(route(0xffffffff, 0), EINVAL);
	expect_errno(route(0, PINS), EINVAL);
	expect_ok(route_msi(0, 0));
	expect_ok(route_msi(0, KVM_MSI_VALID_DEVID));
	expect_errno(route_msi(0, 2), EINVAL);
	/* the same GSI twice */
	t.e[0].type = t.e[1].type = KVM_IRQ_ROUTING_IRQCHIP;
	t.e[1].u.irqchip.pin = 1;
	expect_errno(set_routing(&t), EINVAL);
	t.e[1].type = KVM_IRQ_ROUTING_MSI;
	expect_errno(set_routing(&t), EINVAL);
	t.e[1].gsi = 1;
	expect_ok(set_routing(&t));
	t.e[1].type = 9;
	expect_errno(set_routing(&t), EINVAL);
	t.e[1].type = KVM_IRQ_ROUTING_IRQCHIP;
	t.e[1].flags = 1;
	expect_errno(set_routing(&t), EINVAL);
	t.e[1].flags = 0;
	t.e[1].u.irqchip.irqchip = 1;
	expect_errno(set_routing(&t), EINVAL);
	t.head.flags = 1;
	t.head.nr = 0;
	expect_errno(set_routing(&t), EINVAL);
	t.head.flags = 0;
	expect_ok(set_routing(&t));
	t.head.nr = MAX_GSI + 1;
	expect_errno(set_routing(&t), EINVAL);
	expect_errno(ioctl(vm->fd, KVM_SET_GSI_ROUTING, (void *)0x1000), EFAULT);
}

/* Signals go where the table says at the time. */
static void irqfd_follows(void)
{
	int fd = eventfd_new(), i;

	start("g_count_edges", SPI, 3);
	expect_ok(route(3000, PIN));
	expect_ok(vm_irqfd(vm, fd, 3000, 0, 0));
	for (i = 0; i < 3; i++) {
		vcpu_reports(cpu, i);
		expect_ok(route(3000, PIN + 1 + i));
		eventfd_signal(fd); /* to another interrupt */
		expect_ok(route(3000, PIN));
		eventfd_signal(fd);
	}
	expect_eq(vcpu_done(cpu), 3);
}

/* A GSI that leads nowhere is no error, as in 5.6, and nothing comes of it. */
static void unrouted(void)
{
	int fd = eventfd_new();

	start("g_not_pending", SPI, 0);
	expect_ok(route(0, PIN));
	expect_ok(vm_irqfd(vm, fd, PIN, 0, 0));
	expect_ok(vm_irqfd(vm, eventfd_new(), 0xffffffff, 0, 0));
	vcpu_report(cpu);
	eventfd_signal(fd);
	vcpu_done(cpu);
	expect_eq(eventfd_count(fd), 0);
}

/* The controller brings its own table; what was set before is gone. */
static void default_table(void)
{
	int fd = eventfd_new();

	vm = vm_new(1, 0);
	cpu = &vm->vcpu[0];
	expect_ok(route(5, PIN));
	expect_errno(vm_irqfd(vm, fd, 5, 0, 0), EAGAIN);
	vm_add_gic(vm);
	expect_errno(vm_irqfd(vm, fd, 5, 0, 0), EAGAIN);
	vm_init_gic(vm);
	expect_ok(vm_irqfd(vm, eventfd_new(), 5, 0, 0));
	expect_ok(vm_irqfd(vm, fd, PIN, 0, 0));
	vcpu_start(cpu, "g_count_edges", SPI, 1);
	vcpu_reports(cpu, 0);
	eventfd_signal(fd);
	expect_eq(vcpu_done(cpu), 1);
}

/* Assigning an irqfd leaves a line alone that KVM_IRQ_LINE holds high. */
static void assign_keeps_line(void)
{
	start("g_level_is", SPI, 2);
	vm_spi(vm, SPI, 1);
	vcpu_reports(cpu, 1);
	expect_ok(vm_irqfd(vm, eventfd_new(), PIN, 0, 0));
	vcpu_reports(cpu, 1);
	vcpu_done(cpu);
}

/* Two that share a line: it falls once, both hear of it. */
static void resample_shared(void)
{
	int fd[2] = { eventfd_new(), eventfd_new() };
	int re[2] = { eventfd_new(), eventfd_new() }, i;

	start("g_count_levels", SPI, 4);
	expect_ok(route(77, PIN));
	for (i = 0; i < 2; i++)
		expect_ok(vm_irqfd(vm, fd[i], 77, KVM_IRQFD_FLAG_RESAMPLE, re[i]));
	for (i = 0; i < 4; i++) {
		vcpu_reports(cpu, i);
		eventfd_signal(fd[i % 2]);
		vcpu_reports(cpu, 100 + i);
		expect_eq(eventfd_count(re[0]), 1);
		expect_eq(eventfd_count(re[1]), 1);
	}
	expect_eq(vcpu_done(cpu), 4);
}

/* The last one that could lower the line does so when it goes. */
static void resample_deassigned(void)
{
	int fd = eventfd_new(), re = eventfd_new();

	start("g_level_is", SPI, 3);
	expect_ok(vm_irqfd(vm, fd, PIN, KVM_IRQFD_FLAG_RESAMPLE, re));
	vcpu_reports(cpu, 0);
	eventfd_signal(fd);
	vcpu_reports(cpu, 1);
	expect_ok(vm_irqfd(vm, fd, PIN, KVM_IRQFD_FLAG_DEASSIGN, 0));
	vcpu_reports(cpu, 0);
	vcpu_done(cpu);
	expect_eq(eventfd_count(re), 0);
}

/* Each one's end raises the other. */
static void resample_ping_pong(void)
{
	int a = eventfd_new(), b = eventfd_new();

	start("g_ping_pong", SPI, 50);
	expect_ok(vm_irqfd(vm, a, PIN, KVM_IRQFD_FLAG_RESAMPLE, b));
	expect_ok(vm_irqfd(vm, b, PIN + 2, KVM_IRQFD_FLAG_RESAMPLE, a));
	vcpu_reports(cpu, 0);
	eventfd_signal(a);
	expect_eq(vcpu_done(cpu), 50);
}

static int signal_msi(uint32_t flags)
{
	struct kvm_msi msi = { .address_lo = 0x08020040, .data = 3, .flags = flags };

	return ioctl(vm->fd, KVM_SIGNAL_MSI, &msi);
}

/* There is nobody to translate them. */
static void msi(void)
{
	vm = vm_new(0, 0);
	expect_eq(check_cap(vm->fd, KVM_CAP_SIGNAL_MSI), 1);
	expect_eq(check_cap(vm->fd, KVM_CAP_MSI_DEVID), 0);
	/* a VM's to answer */
	expect_errno(check_cap(kvm_open(), KVM_CAP_MSI_DEVID), EINVAL);
	expect_errno(signal_msi(0), EINVAL);
	vm = vm_new(1, VM_GIC);
	expect_errno(signal_msi(0), ENODEV);
	expect_errno(signal_msi(2), EINVAL);
	expect_errno(ioctl(vm->fd, KVM_SIGNAL_MSI, (void *)0x1000), EFAULT);
}

static const struct test tests[] = {
	TEST(errors),
	TEST(irqfd_follows),
	TEST(unrouted),
	TEST(default_table),
	TEST(assign_keeps_line),
	TEST(resample_shared),
	TEST(resample_deassigned),
	TEST(resample_ping_pong),
	TEST(msi),
};

TEST_MAIN("routing", tests)
