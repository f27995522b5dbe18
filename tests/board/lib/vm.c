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

void *vm_mem(struct vm *vm, uint32_t addr)
{
	uint32_t offset = PHYS(addr) - RAM_BASE;

	if (offset >= vm->ram_size)
		fail("the guest gave address %#x, which is not in RAM", addr);
	return vm->ram + offset;
}

struct vcpu *vm_create_vcpu(struct vm *vm)
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

static void add_ram(struct vm *vm)
{
	vm->ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE, RAM_MAP | MAP_ANONYMOUS, -1, 0);
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
	arch_vm_new(vm);
	if (!(flags & VM_NO_RAM))
		add_ram(vm);
	for (i = 0; i < nr_vcpus; i++)
		vm_create_vcpu(vm);
	arch_vm_ready(vm);
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
