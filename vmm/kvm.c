// SPDX-License-Identifier: GPL-2.0
/* The monitor's side of /dev/kvm; see kvm.h. */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "arch.h"
#include "err.h"
#include "guestmem.h"
#include "kvm.h"
#include "machine/type.h"

#define DEV_KVM "/dev/kvm"
#define API_VERSION 12

/* What the monitor can't do without on any host. */
static const struct arch_need needed[] = {
	{ KVM_CAP_USER_MEMORY, "KVM_CAP_USER_MEMORY" },
	{ KVM_CAP_ONE_REG, "KVM_CAP_ONE_REG" },
	{ KVM_CAP_IMMEDIATE_EXIT, "KVM_CAP_IMMEDIATE_EXIT" },
	{ 0, NULL },
};

static int open_error(struct err *e, int errnum)
{
	switch (errnum) {
	case ENOENT:
	case ENXIO:
	case ENODEV:
		return err_set(e, EXIT_HOST,
			       "no " DEV_KVM
			       ": load the module (modprobe ember), and see dmesg if it "
			       "refuses");
	case EACCES:
	case EPERM:
		return err_set(e, EXIT_HOST,
			       "no permission for " DEV_KVM ": add yourself to its group "
			       "(adduser $USER kvm) and log in again");
	default:
		return err_sys(e, EXIT_HOST, errnum, "cannot open " DEV_KVM);
	}
}

static int check_needs(const struct kvm *kvm, const struct arch_need *need, struct err *e)
{
	for (; need->name; need++)
		if (ioctl(kvm->sys, KVM_CHECK_EXTENSION, need->cap) <= 0)
			return err_set(e, EXIT_HOST,
				       DEV_KVM " lacks %s: this host's KVM can't run %s guests",
				       need->name, arch_machine->cpu);
	return 0;
}

static int check_caps(const struct kvm *kvm, struct err *e)
{
	int version = ioctl(kvm->sys, KVM_GET_API_VERSION, 0);

	if (version < 0)
		return err_sys(e, EXIT_HOST, errno, DEV_KVM " does not answer as KVM does");
	if (version != API_VERSION)
		return err_set(e, EXIT_HOST, DEV_KVM " has API version %d, this monitor needs %d",
			       version, API_VERSION);
	return check_needs(kvm, needed, e) ? -1 : check_needs(kvm, arch_needs, e);
}

static void probe(struct kvm *kvm)
{
	int max = ioctl(kvm->sys, KVM_CHECK_EXTENSION, KVM_CAP_MAX_VCPUS);

	kvm->max_cpus = max > 0 ? max : 4;
	kvm->irqfd = ioctl(kvm->sys, KVM_CHECK_EXTENSION, KVM_CAP_IRQFD) > 0;
	kvm->ioeventfd = ioctl(kvm->sys, KVM_CHECK_EXTENSION, KVM_CAP_IOEVENTFD) > 0;
	kvm->run_size = ioctl(kvm->sys, KVM_GET_VCPU_MMAP_SIZE, 0);
}

int kvm_create(struct kvm *kvm, struct err *e)
{
	*kvm = (struct kvm){ .sys = -1, .vm = -1 };
	kvm->sys = open(DEV_KVM, O_RDWR | O_CLOEXEC);
	if (kvm->sys < 0)
		return open_error(e, errno);
	if (check_caps(kvm, e))
		return -1;
	probe(kvm);
	kvm->vm = ioctl(kvm->sys, KVM_CREATE_VM, arch_vm_type);
	if (kvm->vm < 0)
		return err_sys(e, EXIT_HOST, errno, "cannot create a virtual machine");
	return 0;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void kvm_destroy(struct kvm *kvm)
{
	close_fd(&kvm->vm);
	close_fd(&kvm->sys);
}

int kvm_add_memory(struct kvm *kvm, const struct guestmem *mem, struct err *e)
{
	unsigned int i;

	for (i = 0; i < mem->nr; i++) {
		const struct guestmem_region *r = &mem->region[i];
		struct kvm_userspace_memory_region slot = {
			.slot = kvm->memslots,
			.guest_phys_addr = r->gpa,
			.memory_size = r->size,
			.userspace_addr = (uintptr_t)r->hva,
		};

		if (ioctl(kvm->vm, KVM_SET_USER_MEMORY_REGION, &slot) < 0)
			return err_sys(e, EXIT_HOST, errno,
				       "cannot give the guest %llu MiB at 0x%llx",
				       (unsigned long long)(r->size >> 20),
				       (unsigned long long)r->gpa);
		kvm->memslots++;
	}
	return 0;
}

int kvm_create_irqchip(struct kvm *kvm, const char *name, struct err *e)
{
	if (ioctl(kvm->vm, KVM_CREATE_IRQCHIP, 0) < 0)
		return err_sys(e, EXIT_HOST, errno, "this host's KVM offers no %s", name);
	return 0;
}

int kvm_rom_create(struct kvm *kvm, struct kvm_rom *rom, struct err *e)
{
	if (ioctl(kvm->sys, KVM_CHECK_EXTENSION, KVM_CAP_READONLY_MEM) <= 0)
		return err_set(e, EXIT_HOST,
			       "this host's KVM has no read-only memory, which firmware needs "
			       "(KVM_CAP_READONLY_MEM)");
	rom->slot = kvm->memslots++;
	return 0;
}

int kvm_rom_map(struct kvm *kvm, const struct kvm_rom *rom, bool mapped)
{
	struct kvm_userspace_memory_region slot = {
		.slot = rom->slot,
		.flags = KVM_MEM_READONLY,
		.guest_phys_addr = rom->gpa,
		.memory_size = mapped ? rom->size : 0,
		.userspace_addr = (uintptr_t)rom->hva,
	};

	return ioctl(kvm->vm, KVM_SET_USER_MEMORY_REGION, &slot) < 0 ? -errno : 0;
}

int kvm_vcpu_create(struct kvm *kvm, unsigned int index, bool off, struct err *e)
{
	int fd = ioctl(kvm->vm, KVM_CREATE_VCPU, (unsigned long)index);

	if (fd < 0)
		return err_sys(e, EXIT_HOST, errno, "cannot create vcpu %u", index);
	if (!arch_vcpu_init(kvm, fd, index, off, e))
		return fd;
	close(fd);
	return -1;
}

int kvm_ioeventfd(struct kvm *kvm, uint64_t gpa, uint32_t value, int fd, bool assign)
{
	struct kvm_ioeventfd io = {
		.datamatch = htole32(value), /* compared in the host's byte order */
		.addr = gpa,
		.len = 4,
		.fd = fd,
		.flags = KVM_IOEVENTFD_FLAG_DATAMATCH,
	};

	if (!kvm->ioeventfd)
		return -ENOSYS;
	if (!assign)
		io.flags |= KVM_IOEVENTFD_FLAG_DEASSIGN;
	return ioctl(kvm->vm, KVM_IOEVENTFD, &io) < 0 ? -errno : 0;
}

int kvm_irqfd(struct kvm *kvm, unsigned int gsi, int fd)
{
	struct kvm_irqfd irqfd = { .fd = fd, .gsi = gsi };

	if (!kvm->irqfd)
		return -ENOSYS;
	return ioctl(kvm->vm, KVM_IRQFD, &irqfd) < 0 ? -errno : 0;
}

int kvm_reg_get(int vcpu, uint64_t id, uint32_t *val)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)val };

	return ioctl(vcpu, KVM_GET_ONE_REG, &reg) < 0 ? -errno : 0;
}

int kvm_reg_set(int vcpu, uint64_t id, uint32_t val)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)&val };

	return ioctl(vcpu, KVM_SET_ONE_REG, &reg) < 0 ? -errno : 0;
}
