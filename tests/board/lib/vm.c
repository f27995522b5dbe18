// SPDX-License-Identifier: GPL-2.0
/*
 * Making virtual machines for tests; vm.h has the contract.
 */
#define _GNU_SOURCE
#include "vm.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int kvm_open(void)
{
	int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		fail("/dev/kvm: %s", strerror(errno));
	return fd;
}

int vm_create_fd(void)
{
	int kvm = kvm_open();
	int fd = expect_ok(ioctl(kvm, KVM_CREATE_VM, 0));

	close(kvm);
	return fd;
}

int vm_slot(struct vm *vm, unsigned int id, unsigned int flags, uint64_t gpa, uint64_t size,
	    const void *mem)
{
	struct kvm_userspace_memory_region region = {
		.slot = id,
		.flags = flags,
		.guest_phys_addr = gpa,
		.memory_size = size,
		.userspace_addr = (uintptr_t)mem,
	};

	return ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &region);
}

int device_attr(int fd, unsigned int request, unsigned int group, uint64_t attr, void *val)
{
	struct kvm_device_attr a = { .group = group, .attr = attr, .addr = (uintptr_t)val };

	return ioctl(fd, request, &a);
}

int check_cap(int fd, long cap)
{
	return ioctl(fd, KVM_CHECK_EXTENSION, cap);
}

void *vm_mem(struct vm *vm, uint32_t gpa)
{
	if (gpa < RAM_BASE || gpa - RAM_BASE >= vm->ram_size)
		fail("the guest gave address %#x, which is not in RAM", gpa);
	return vm->ram + (gpa - RAM_BASE);
}

void vm_add_gic(struct vm *vm)
{
	struct kvm_create_device dev = { .type = KVM_DEV_TYPE_ARM_VGIC_V2 };
	uint64_t dist = GICD_BASE, cpu = GICC_BASE;

	expect_ok(ioctl(vm->fd, KVM_CREATE_DEVICE, &dev));
	vm->gic = dev.fd;
	expect_ok(device_attr(vm->gic, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_ADDR,
			      KVM_VGIC_V2_ADDR_TYPE_DIST, &dist));
	expect_ok(device_attr(vm->gic, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_ADDR,
			      KVM_VGIC_V2_ADDR_TYPE_CPU, &cpu));
}

void vm_init_gic(struct vm *vm)
{
	expect_ok(device_attr(vm->gic, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_CTRL,
			      KVM_DEV_ARM_VGIC_CTRL_INIT, NULL));
}

int vm_irq_line(struct vm *vm, unsigned int type, unsigned int cpu, unsigned int num, int level)
{
	struct kvm_irq_level line = {
		.irq = type << KVM_ARM_IRQ_TYPE_SHIFT | cpu << KVM_ARM_IRQ_VCPU_SHIFT | num,
		.level = level,
	};

	if (cpu < MAX_VCPUS && num < 1024)
		vm->line[num < 32 ? cpu : 0][num] = level;
	return ioctl(vm->fd, KVM_IRQ_LINE, &line);
}

void vm_spi(struct vm *vm, unsigned int irq, int level)
{
	expect_ok(vm_irq_line(vm, KVM_ARM_IRQ_TYPE_SPI, 0, irq, level));
}

void vm_obey(struct vm *vm, uint32_t cmd)
{
	unsigned int irq = cmd & 0xffff, level = cmd >> 16 & 0xf, cpu = cmd >> 20 & 0xf;
	unsigned int type = irq < 32 ? KVM_ARM_IRQ_TYPE_PPI : KVM_ARM_IRQ_TYPE_SPI;

	expect_ok(vm_irq_line(vm, type, cpu, irq, level != 0));
	if (level == 2)
		expect_ok(vm_irq_line(vm, type, cpu, irq, 0));
}

void vcpu_init(struct vcpu *cpu)
{
	struct kvm_vcpu_init init = { 0 };

	expect_ok(ioctl(cpu->vm->fd, KVM_ARM_PREFERRED_TARGET, &init));
	memset(init.features, 0, sizeof(init.features));
	if (!(cpu->vm->flags & VM_PSCI_0_1))
		init.features[0] |= 1 << KVM_ARM_VCPU_PSCI_0_2;
	if (cpu->id && cpu->vm->flags & VM_POWER_OFF)
		init.features[0] |= 1 << KVM_ARM_VCPU_POWER_OFF;
	expect_ok(ioctl(cpu->fd, KVM_ARM_VCPU_INIT, &init));
}

static struct vcpu *create_vcpu(struct vm *vm)
{
	struct vcpu *cpu = &vm->vcpu[vm->nr_vcpus];
	int kvm = kvm_open();

	cpu->vm = vm;
	cpu->id = vm->nr_vcpus;
	cpu->fd = expect_ok(ioctl(vm->fd, KVM_CREATE_VCPU, cpu->id));
	cpu->run_size = expect_ok(ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0));
	cpu->run = mmap(NULL, cpu->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, cpu->fd, 0);
	if (cpu->run == MAP_FAILED)
		fail("mmap of the vcpu: %s", strerror(errno));
	close(kvm);
	vm->nr_vcpus++;
	return cpu;
}

struct vcpu *vm_add_vcpu(struct vm *vm)
{
	struct vcpu *cpu = create_vcpu(vm);

	vcpu_init(cpu);
	return cpu;
}

static void add_ram(struct vm *vm)
{
	vm->ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (vm->ram == MAP_FAILED)
		fail("no memory for the guest");
	guest_load(vm->ram);
	expect_ok(vm_slot(vm, 0, 0, RAM_BASE, RAM_SIZE, vm->ram));
}

struct vm *vm_new(unsigned int nr_vcpus, unsigned int flags)
{
	struct vm *vm = calloc(1, sizeof(*vm));
	unsigned int i;

	if (!vm)
		fail("no memory");
	vm->flags = flags;
	vm->gic = -1;
	vm->ram_size = RAM_SIZE;
	vm->fd = vm_create_fd();
	if (!(flags & VM_NO_RAM))
		add_ram(vm);
	if (flags & VM_GIC)
		vm_add_gic(vm);
	for (i = 0; i < nr_vcpus; i++)
		create_vcpu(vm);
	/* after all exist: L2CTLR counts them */
	for (i = 0; i < nr_vcpus && !(flags & VM_NO_INIT); i++)
		vcpu_init(&vm->vcpu[i]);
	if (flags & VM_GIC)
		vm_init_gic(vm);
	return vm;
}

void vm_free(struct vm *vm)
{
	unsigned int i;

	for (i = 0; i < vm->nr_vcpus; i++) {
		munmap(vm->vcpu[i].run, vm->vcpu[i].run_size);
		close(vm->vcpu[i].fd);
	}
	if (vm->gic >= 0)
		close(vm->gic);
	close(vm->fd);
	if (vm->ram)
		munmap(vm->ram, vm->ram_size);
	free(vm);
}
