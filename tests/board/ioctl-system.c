// SPDX-License-Identifier: GPL-2.0
/*
 * Calls on /dev/kvm itself and the life of the file descriptors it gives.
 */
#define _GNU_SOURCE
#include "vm.h"
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static void api_version(void)
{
	int kvm = kvm_open();

	expect_eq(ioctl(kvm, KVM_GET_API_VERSION, 0), 12);
	expect_errno(ioctl(kvm, KVM_GET_API_VERSION, 1), EINVAL);
}

static void unknown_ioctl(void)
{
	struct vm *vm = vm_new(1, 0);
	int kvm = kvm_open();

	expect_errno(ioctl(kvm, _IO(KVMIO, 0x7f), 0), NO_IOCTL);
	expect_errno(ioctl(kvm, _IO('x', 1), 0), NO_IOCTL);
	expect_errno(ioctl(kvm, KVM_RUN, 0), NO_IOCTL);
	expect_errno(ioctl(vm->fd, _IO(KVMIO, 0x7f), 0), NO_IOCTL);
	expect_errno(ioctl(vm->fd, KVM_RUN, 0), NO_IOCTL);
	expect_errno(ioctl(vm->vcpu[0].fd, _IO(KVMIO, 0x7f), 0), NO_IOCTL);
	expect_errno(ioctl(vm->vcpu[0].fd, KVM_CREATE_VM, 0), NO_IOCTL);
}

static void mmap_size(void)
{
	int kvm = kvm_open();
	long size = expect_ok(ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0));

	expect_eq(size, 2 * getpagesize()); /* with the ring of coalesced MMIO */
	expect_errno(ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 1), EINVAL);
}

static int answer(long cap)
{
	size_t i;

	if (cap == KVM_CAP_NR_VCPUS)
		return sysconf(_SC_NPROCESSORS_ONLN);
	for (i = 0; i < arch_nr_caps; i++)
		if (arch_caps[i].cap == cap)
			return arch_caps[i].value;
	return 0;
}

/* Every number below 256. */
static void check_all_caps(int fd)
{
	long cap;

	for (cap = 0; cap < 256; cap++)
		if (check_cap(fd, cap) != answer(cap))
			fail("capability %ld: %d, expected %d", cap, check_cap(fd, cap),
			     answer(cap));
	expect_eq(check_cap(fd, 100000), 0);
	expect_eq(check_cap(fd, -1), 0);
}

static void capabilities(void)
{
	check_all_caps(vm_new(0, 0)->fd);
}

static void capability_on_vm(void)
{
	struct vm *vm = vm_new(0, 0);

	check_all_caps(vm_new(1, VM_GIC)->fd);
	expect_eq(check_cap(vm->fd, KVM_CAP_CHECK_EXTENSION_VM), 1);
	expect_eq(check_cap(vm->fd, KVM_CAP_USER_MEMORY), 1);
	expect_eq(check_cap(vm->fd, KVM_CAP_MAX_VCPUS), MAX_VCPUS);
}

static void create_vm_type(void)
{
	int kvm = kvm_open();

	expect_errno(ioctl(kvm, KVM_CREATE_VM, 1), EINVAL);
	expect_errno(ioctl(kvm, KVM_CREATE_VM, 0x80000000), EINVAL);
	expect_ok(ioctl(kvm, KVM_CREATE_VM, 0));
}

/* A vcpu goes on when the VM's own descriptor is closed. */
static void vm_closed_first(void)
{
	struct vm *vm = vm_new(1, VM_GIC);

	vcpu_start(&vm->vcpu[0], "g_report_args", 1, 2);
	close(vm->gic);
	close(vm->fd);
	vcpu_reports(&vm->vcpu[0], 1);
	vcpu_reports(&vm->vcpu[0], 2);
	vcpu_done(&vm->vcpu[0]);
}

/* The mapping of a vcpu keeps what it shows alive. */
static void run_page_outlives_fd(void)
{
	struct vm *vm = vm_new(1, 0);
	struct vcpu *cpu = &vm->vcpu[0];

	close(cpu->fd);
	close(vm->fd);
	cpu->run->immediate_exit = 1;
	expect_eq(cpu->run->immediate_exit, 1);
}

static void mmap_of_vcpu(void)
{
	struct vm *vm = vm_new(1, 0);
	long size = vm->vcpu[0].run_size;
	void *p = mmap(NULL, size, PROT_READ, MAP_SHARED, vm->vcpu[0].fd, 0);

	expect(p != MAP_FAILED);
	expect(mmap(NULL, size, PROT_READ, MAP_SHARED, vm->fd, 0) == MAP_FAILED);
}

/* Past the end of the shared area there is nothing: the access is a SIGBUS. */
static void mmap_past_end(void)
{
	struct vm *vm = vm_new(1, 0);
	volatile char *p = mmap(NULL, getpagesize(), PROT_READ, MAP_SHARED, vm->vcpu[0].fd,
				vm->vcpu[0].run_size + 4 * getpagesize());
	int status;
	pid_t pid;

	if (p == MAP_FAILED)
		return;
	pid = expect_ok(fork());
	if (!pid) {
		(void)*p;
		_exit(0);
	}
	waitpid(pid, &status, 0);
	expect(WIFSIGNALED(status));
	expect_eq(WTERMSIG(status), SIGBUS);
}

static int in_child(int fd, unsigned long request, unsigned long arg)
{
	int status;
	pid_t pid = expect_ok(fork());

	if (!pid)
		_exit(ioctl(fd, request, arg) < 0 ? errno : 0);
	waitpid(pid, &status, 0);
	expect(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* A VM belongs to the address space that made it. */
static void foreign_process(void)
{
	struct vm *vm = vm_new(1, VM_GIC);
	struct kvm_device_attr attr = {};

	vcpu_start(&vm->vcpu[0], "g_report_args", 1, 2);
	expect_eq(in_child(vm->fd, KVM_CHECK_EXTENSION, KVM_CAP_USER_MEMORY), EIO);
	expect_eq(in_child(vm->fd, KVM_CREATE_VCPU, 1), EIO);
	expect_eq(in_child(vm->vcpu[0].fd, KVM_RUN, 0), EIO);
	expect_eq(in_child(vm->vcpu[0].fd, KVM_SET_SIGNAL_MASK, 0), EIO);
	if (vm->gic >= 0)
		expect_eq(in_child(vm->gic, KVM_HAS_DEVICE_ATTR, (unsigned long)&attr), EIO);
	vcpu_reports(&vm->vcpu[0], 1);
}

/* The child holds the last references: the VM goes in a foreign process. */
static void last_close_elsewhere(void)
{
	int pipes[2], status;
	struct vm *vm;
	pid_t pid;
	char c;

	expect_ok(pipe(pipes));
	vm = vm_new(2, VM_GIC);
	vcpu_start(&vm->vcpu[0], "g_report_args", 1, 2);
	vcpu_reports(&vm->vcpu[0], 1);
	pid = expect_ok(fork());
	if (!pid) {
		expect_eq(read(pipes[0], &c, 1), 1);
		close(vm->vcpu[0].fd);
		close(vm->vcpu[1].fd);
		close(vm->gic);
		close(vm->fd);
		_exit(0);
	}
	vm_free(vm);
	expect_eq(write(pipes[1], "x", 1), 1);
	waitpid(pid, &status, 0);
	expect_eq(status, 0);
}

static void many_vms(void)
{
	struct vm *vm[20];
	unsigned int i;

	for (i = 0; i < 20; i++) {
		vm[i] = vm_new(1, i % 2 ? VM_GIC : 0);
		vcpu_start(&vm[i]->vcpu[0], "g_report_args", i, 0);
	}
	for (i = 0; i < 20; i++)
		vcpu_reports(&vm[i]->vcpu[0], i);
	for (i = 0; i < 20; i++)
		vm_free(vm[i]);
}

static void many_vms_in_turn(void)
{
	unsigned int i;

	for (i = 0; i < 300; i++) {
		struct vm *vm = vm_new(1, VM_GIC);

		vcpu_start(&vm->vcpu[0], "g_report_args", i, 0);
		vcpu_reports(&vm->vcpu[0], i);
		vm_free(vm);
	}
}

static const struct test tests[] = {
	TEST(api_version),     TEST(unknown_ioctl),	   TEST(mmap_size),
	TEST(capabilities),    TEST(capability_on_vm),	   TEST(create_vm_type),
	TEST(vm_closed_first), TEST(run_page_outlives_fd), TEST(mmap_of_vcpu),
	TEST(mmap_past_end),   TEST(foreign_process),	   TEST(last_close_elsewhere),
	TEST(many_vms),	       TEST(many_vms_in_turn),
};

TEST_MAIN("ioctl-system", tests)
