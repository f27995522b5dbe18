// SPDX-License-Identifier: GPL-2.0
/*
 * What kvmtool (lkvm, its 32-bit ARM build of 2020) asks of KVM from its start to
 * a running guest, call by call.  It is not in Debian's armhf archive, so that
 * it can't be run here.
 */
#define _GNU_SOURCE
#include "client.h"
#include "eventfd.h"
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define NR_CPUS 2

static struct vm *vm;
static int sys_fd;

/* For kvmtool an error is the same as no. */
static int supports(long cap)
{
	int ret = ioctl(sys_fd, KVM_CHECK_EXTENSION, cap);

	return ret < 0 ? 0 : ret;
}

static void open_vm(void)
{
	vm = calloc(1, sizeof(*vm));
	expect(vm);
	sys_fd = kvm_open();
	expect_eq(ioctl(sys_fd, KVM_GET_API_VERSION, 0), KVM_API_VERSION);
	vm->fd = expect_ok(ioctl(sys_fd, KVM_CREATE_VM, 0));
	vm->gic = -1;
	/* what it will not go on without */
	expect(supports(KVM_CAP_IRQCHIP));
	expect(supports(KVM_CAP_ONE_REG));
	expect(supports(KVM_CAP_ARM_PSCI));
	expect(supports(KVM_CAP_NR_VCPUS) > 0);
	expect(supports(KVM_CAP_MAX_VCPUS) >= NR_CPUS);
}

static void create_device(void)
{
	struct kvm_create_device dev = { .type = KVM_DEV_TYPE_ARM_VGIC_V2 };
	const uint64_t cpu_if = GICC_BASE, dist = GICD_BASE;

	expect_ok(ioctl(vm->fd, KVM_CREATE_DEVICE, &dev));
	vm->gic = dev.fd;
	client_set_attr(vm->gic, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V2_ADDR_TYPE_CPU, &cpu_if);
	client_set_attr(vm->gic, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V2_ADDR_TYPE_DIST, &dist);
}

/* Its fallback for kernels without KVM_CREATE_DEVICE. */
static void create_irqchip(void)
{
	struct kvm_arm_device_addr dist = {
		.id = KVM_VGIC_V2_ADDR_TYPE_DIST | KVM_ARM_DEVICE_VGIC_V2
							   << KVM_ARM_DEVICE_ID_SHIFT,
		.addr = GICD_BASE,
	};
	struct kvm_arm_device_addr cpu_if = {
		.id = KVM_VGIC_V2_ADDR_TYPE_CPU | KVM_ARM_DEVICE_VGIC_V2 << KVM_ARM_DEVICE_ID_SHIFT,
		.addr = GICC_BASE,
	};

	expect_ok(ioctl(vm->fd, KVM_CREATE_IRQCHIP, 0));
	expect_ok(ioctl(vm->fd, KVM_ARM_SET_DEVICE_ADDR, &dist));
	expect_ok(ioctl(vm->fd, KVM_ARM_SET_DEVICE_ADDR, &cpu_if));
}

/* Aligned to 2 MiB, and the host told to merge and to use huge pages. */
static void init_ram(void)
{
	const size_t huge = 2 << 20, size = RAM_SIZE + huge;
	uint8_t *area = mmap(NULL, size, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	expect(area != MAP_FAILED);
	madvise(area, size, MADV_MERGEABLE);
	madvise(area, size, MADV_HUGEPAGE);
	vm->ram = (uint8_t *)(((uintptr_t)area + huge - 1) & -(uintptr_t)huge);
	expect_ok(vm_slot(vm, 0, 0, RAM_BASE, RAM_SIZE, vm->ram));
	guest_load(vm->ram);
}

static struct kvm_coalesced_mmio_ring *init_vcpu(unsigned int id)
{
	struct kvm_vcpu_init init = { 0 }, preferred;
	struct vcpu *cpu = vm_create_vcpu(vm);
	int offset;

	if (id)
		init.features[0] |= 1 << KVM_ARM_VCPU_POWER_OFF;
	if (supports(KVM_CAP_ARM_PSCI_0_2))
		init.features[0] |= 1 << KVM_ARM_VCPU_PSCI_0_2;
	expect(!supports(KVM_CAP_ARM_PTRAUTH_ADDRESS) || !supports(KVM_CAP_ARM_PTRAUTH_GENERIC));
	expect_ok(ioctl(vm->fd, KVM_ARM_PREFERRED_TARGET, &preferred));
	/* an A15, or what it calls generic */
	init.target = preferred.target;
	expect_ok(ioctl(cpu->fd, KVM_ARM_VCPU_INIT, &init));
	offset = supports(KVM_CAP_COALESCED_MMIO);
	expect(offset);
	return (void *)((uint8_t *)cpu->run + offset * getpagesize());
}

/* When all devices have their interrupts: how many, in whole registers. */
static void init_gic(void)
{
	const uint32_t nr_irqs = 32 + 32;

	if (!device_attr(vm->gic, KVM_HAS_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, NULL))
		client_set_attr(vm->gic, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, &nr_irqs);
	if (!device_attr(vm->gic, KVM_HAS_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_CTRL,
			 KVM_DEV_ARM_VGIC_CTRL_INIT, NULL))
		client_set_attr(vm->gic, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT,
				NULL);
}

static void init_devices(void)
{
	struct kvm_coalesced_mmio_zone zone = { .addr = CLIENT_IO, .size = 0x40 };

	expect_ok(ioctl(vm->fd, KVM_REGISTER_COALESCED_MMIO, &zone));
	expect(supports(KVM_CAP_IOEVENTFD));
	expect(supports(KVM_CAP_IRQFD));
}

/* The start of Linux: r0 0, r1 no machine, r2 the device tree. */
static void reset_vcpus(void)
{
	unsigned int i;

	for (i = 0; i < vm->nr_vcpus; i++) {
		struct vcpu *cpu = &vm->vcpu[i];

		vcpu_set_reg(cpu, CORE_REG(usr_regs.ARM_cpsr), 0x1d3);
		vcpu_set_reg(cpu, CORE_REG(usr_regs.ARM_r0), 0);
		vcpu_set_reg(cpu, CORE_REG(usr_regs.ARM_r1), ~0u);
		vcpu_set_reg(cpu, CORE_REG(usr_regs.ARM_r2), RAM_BASE + RAM_SIZE / 2);
		vcpu_set_reg(cpu, CORE_REG(usr_regs.ARM_pc), guest_sym("_start"));
	}
}

static void start_to_end(void (*create_gic)(void))
{
	struct kvm_coalesced_mmio_ring *ring;
	int doorbell, irqfd;

	open_vm();
	create_gic();
	init_ram();
	ring = init_vcpu(0);
	init_vcpu(1);
	init_devices();
	doorbell = client_ioeventfd(vm, KVM_IOEVENTFD_FLAG_DATAMATCH);
	if (vm->gic >= 0)
		init_gic();
	else
		vm_spi(vm, CLIENT_SPI, 0);
	irqfd = eventfd_new();
	expect_ok(vm_irqfd(vm, irqfd, CLIENT_SPI - 32, 0, 0));
	reset_vcpus();
	client_run(vm, ring, doorbell, irqfd);
}

static void gic_device(void)
{
	start_to_end(create_device);
}

static void gic_legacy(void)
{
	start_to_end(create_irqchip);
}

/* Asked for a GICv3, it takes the error for an answer. */
static void gic_v3(void)
{
	struct kvm_create_device dev = { .type = KVM_DEV_TYPE_ARM_VGIC_V3 };

	open_vm();
	expect_errno(ioctl(vm->fd, KVM_CREATE_DEVICE, &dev), ENODEV);
}

static const struct test tests[] = { TEST(gic_device), TEST(gic_legacy), TEST(gic_v3) };

TEST_MAIN("client-kvmtool", tests)
