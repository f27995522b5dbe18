// SPDX-License-Identifier: GPL-2.0
/* The monitor's side of /dev/kvm; see kvm.h. */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "err.h"
#include "guestmem.h"
#include "kvm.h"

#define DEV_KVM "/dev/kvm"
#define API_VERSION 12

/* What the monitor can't do without. */
static const struct {
	int cap;
	const char *name;
} needed[] = {
	{ KVM_CAP_USER_MEMORY, "KVM_CAP_USER_MEMORY" },
	{ KVM_CAP_ONE_REG, "KVM_CAP_ONE_REG" },
	{ KVM_CAP_IRQCHIP, "KVM_CAP_IRQCHIP" },
	{ KVM_CAP_ARM_PSCI_0_2, "KVM_CAP_ARM_PSCI_0_2" },
	{ KVM_CAP_IMMEDIATE_EXIT, "KVM_CAP_IMMEDIATE_EXIT" },
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

static int check_caps(const struct kvm *kvm, struct err *e)
{
	int version = ioctl(kvm->sys, KVM_GET_API_VERSION, 0);
	unsigned int i;

	if (version < 0)
		return err_sys(e, EXIT_HOST, errno, DEV_KVM " does not answer as KVM does");
	if (version != API_VERSION)
		return err_set(e, EXIT_HOST, DEV_KVM " has API version %d, this monitor needs %d",
			       version, API_VERSION);
	for (i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		if (ioctl(kvm->sys, KVM_CHECK_EXTENSION, needed[i].cap) <= 0)
			return err_set(e, EXIT_HOST,
				       DEV_KVM " lacks %s: this host's KVM can't run ARMv7 guests",
				       needed[i].name);
	return 0;
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
	struct kvm_vcpu_init init;

	*kvm = (struct kvm){ .sys = -1, .vm = -1, .gic = -1 };
	kvm->sys = open(DEV_KVM, O_RDWR | O_CLOEXEC);
	if (kvm->sys < 0)
		return open_error(e, errno);
	if (check_caps(kvm, e))
		return -1;
	probe(kvm);
	kvm->vm = ioctl(kvm->sys, KVM_CREATE_VM, 0);
	if (kvm->vm < 0)
		return err_sys(e, EXIT_HOST, errno, "cannot create a virtual machine");
	memset(&init, 0, sizeof(init));
	if (ioctl(kvm->vm, KVM_ARM_PREFERRED_TARGET, &init) < 0)
		return err_sys(e, EXIT_HOST, errno, "this host's processor has no KVM target");
	kvm->target = init.target;
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
	close_fd(&kvm->gic);
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

static int set_attr(int fd, uint32_t group, uint64_t attr, const void *val)
{
	struct kvm_device_attr a = { .group = group, .attr = attr, .addr = (uintptr_t)val };

	return ioctl(fd, KVM_SET_DEVICE_ATTR, &a);
}

int kvm_gic_create(struct kvm *kvm, const struct kvm_gic_config *cfg, struct err *e)
{
	struct kvm_create_device dev = { .type = KVM_DEV_TYPE_ARM_VGIC_V2 };
	uint64_t dist = cfg->dist, cpu = cfg->cpu;
	const uint32_t group = KVM_DEV_ARM_VGIC_GRP_ADDR;

	if (ioctl(kvm->vm, KVM_CREATE_DEVICE, &dev) < 0) {
		if (ioctl(kvm->vm, KVM_CREATE_IRQCHIP, 0) < 0)
			return err_sys(e, EXIT_HOST, errno, "this host's KVM offers no GICv2");
		return 0;
	}
	kvm->gic = dev.fd;
	if (set_attr(kvm->gic, group, KVM_VGIC_V2_ADDR_TYPE_DIST, &dist) < 0 ||
	    set_attr(kvm->gic, group, KVM_VGIC_V2_ADDR_TYPE_CPU, &cpu) < 0)
		return err_sys(e, EXIT_HOST, errno, "cannot place the GIC");
	return 0;
}

/* KVM_CREATE_IRQCHIP's way of saying where the GIC is. */
static int place_irqchip(struct kvm *kvm, uint64_t type, uint64_t gpa)
{
	struct kvm_arm_device_addr a = {
		.id = KVM_ARM_DEVICE_VGIC_V2 << KVM_ARM_DEVICE_ID_SHIFT | type,
		.addr = gpa,
	};

	return ioctl(kvm->vm, KVM_ARM_SET_DEVICE_ADDR, &a);
}

int kvm_gic_start(struct kvm *kvm, const struct kvm_gic_config *cfg, struct err *e)
{
	uint32_t nr = cfg->nr_irqs;

	if (kvm->gic < 0) {
		if (place_irqchip(kvm, KVM_VGIC_V2_ADDR_TYPE_DIST, cfg->dist) < 0 ||
		    place_irqchip(kvm, KVM_VGIC_V2_ADDR_TYPE_CPU, cfg->cpu) < 0)
			return err_sys(e, EXIT_HOST, errno, "cannot place the GIC");
		return 0;
	}
	if (set_attr(kvm->gic, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, &nr) < 0)
		return err_sys(e, EXIT_HOST, errno, "cannot give the GIC %u interrupts", nr);
	if (set_attr(kvm->gic, KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT, NULL) < 0)
		return err_sys(e, EXIT_HOST, errno, "cannot start the GIC");
	return 0;
}

int kvm_vcpu_create(struct kvm *kvm, unsigned int index, bool off, struct err *e)
{
	struct kvm_vcpu_init init = { .target = kvm->target };
	int fd = ioctl(kvm->vm, KVM_CREATE_VCPU, (unsigned long)index);

	if (fd < 0)
		return err_sys(e, EXIT_HOST, errno, "cannot create vcpu %u", index);
	init.features[0] = 1u << KVM_ARM_VCPU_PSCI_0_2;
	if (off)
		init.features[0] |= 1u << KVM_ARM_VCPU_POWER_OFF;
	if (ioctl(fd, KVM_ARM_VCPU_INIT, &init) < 0) {
		err_sys(e, EXIT_HOST, errno, "cannot initialize vcpu %u", index);
		close(fd);
		return -1;
	}
	return fd;
}

uint32_t kvm_vcpu_mpidr(int vcpu, unsigned int index)
{
	uint32_t mpidr;
	struct kvm_one_reg reg = { .id = ARM_CP15_REG32(0, 0, 0, 5), .addr = (uintptr_t)&mpidr };

	if (vcpu >= 0 && ioctl(vcpu, KVM_GET_ONE_REG, &reg) == 0)
		return mpidr & 0xffffff;
	return (index / 4) << 8 | index % 4; /* clusters of four, as KVM numbers them */
}

int kvm_irq_set(struct kvm *kvm, unsigned int spi, bool level)
{
	struct kvm_irq_level irq = {
		.irq = KVM_ARM_IRQ_TYPE_SPI << KVM_ARM_IRQ_TYPE_SHIFT | (spi + 32),
		.level = level,
	};

	return ioctl(kvm->vm, KVM_IRQ_LINE, &irq) < 0 ? -errno : 0;
}

int kvm_irqfd(struct kvm *kvm, unsigned int spi, int fd)
{
	struct kvm_irqfd irqfd = { .fd = fd, .gsi = spi };

	if (!kvm->irqfd)
		return -ENOSYS;
	return ioctl(kvm->vm, KVM_IRQFD, &irqfd) < 0 ? -errno : 0;
}

int kvm_ioeventfd(struct kvm *kvm, uint64_t gpa, uint32_t value, int fd, bool assign)
{
	struct kvm_ioeventfd io = {
		.datamatch = value,
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

static uint64_t core_id(unsigned int word)
{
	return KVM_REG_ARM | KVM_REG_SIZE_U32 | KVM_REG_ARM_CORE | word;
}

int kvm_core_get(int vcpu, unsigned int word, uint32_t *val)
{
	struct kvm_one_reg reg = { .id = core_id(word), .addr = (uintptr_t)val };

	return ioctl(vcpu, KVM_GET_ONE_REG, &reg) < 0 ? -errno : 0;
}

int kvm_core_set(int vcpu, unsigned int word, uint32_t val)
{
	struct kvm_one_reg reg = { .id = core_id(word), .addr = (uintptr_t)&val };

	return ioctl(vcpu, KVM_SET_ONE_REG, &reg) < 0 ? -errno : 0;
}
