// SPDX-License-Identifier: GPL-2.0
/*
 * A VM: its file descriptor, and its life.
 *
 * Read after main.c.  The VM lives until the last of its descriptors (its own,
 * its vcpus', its devices') is closed, in whatever order; vcpus and devices
 * are freed with it.  It belongs to the process that made it: calls from a
 * process with another mm fail with -EIO.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "core.h"
#include "trace.h"

/* ---- life ------------------------------------------------------------------ */

static void vm_init_locks(struct ember_vm *vm)
{
	mutex_init(&vm->lock);
	mutex_init(&vm->slots_lock);
	spin_lock_init(&vm->mmu_lock);
	spin_lock_init(&vm->irqfd_lock);
	spin_lock_init(&vm->ring_lock);
	INIT_LIST_HEAD(&vm->devices);
	INIT_LIST_HEAD(&vm->irqfds);
	INIT_LIST_HEAD(&vm->resampling);
	INIT_LIST_HEAD(&vm->ioeventfds);
	INIT_LIST_HEAD(&vm->coalesced);
	INIT_LIST_HEAD(&vm->node);
	refcount_set(&vm->users, 1);
}

static struct ember_vm *vm_alloc(unsigned long type)
{
	struct ember_vm *vm;
	int ret;

	vm = kzalloc(ember_backend->vm_size, GFP_KERNEL_ACCOUNT);
	if (!vm)
		return ERR_PTR(-ENOMEM);
	vm_init_locks(vm);
	ret = init_srcu_struct(&vm->srcu);
	if (ret)
		goto undo_alloc;
	ret = ember_memslots_init(vm);
	if (ret)
		goto undo_srcu;
	ret = ember_io_init(vm);
	if (ret)
		goto undo_memslots;
	ret = ember_coalesced_init(vm);
	if (ret)
		goto undo_io;
	vm->mm = current->mm;
	mmgrab(vm->mm);
	ret = ember_backend->vm_init(vm, type);
	if (ret)
		goto undo_mm;
	/* Last: from here on the backend is called from outside. */
	ret = ember_notifier_register(vm);
	if (ret)
		goto undo_backend;
	return vm;

undo_backend:
	ember_backend->vm_destroy(vm);
undo_mm:
	mmdrop(vm->mm);
	ember_coalesced_destroy(vm);
undo_io:
	ember_io_destroy(vm);
undo_memslots:
	ember_memslots_destroy(vm);
undo_srcu:
	cleanup_srcu_struct(&vm->srcu);
undo_alloc:
	kfree(vm);
	return ERR_PTR(ret);
}

/* No descriptor is left, so nobody is in the VM or can come in. */
static void vm_free(struct ember_vm *vm)
{
	unsigned int i;

	ember_stats_remove_vm(vm);
	ember_notifier_unregister(vm);
	ember_ioeventfd_destroy(vm);
	ember_coalesced_destroy(vm);
	ember_device_destroy(vm);
	ember_io_destroy(vm);
	for (i = 0; i < vm->nr_vcpus; i++)
		ember_vcpu_destroy(vm->vcpus[i]);
	ember_backend->vm_destroy(vm);
	ember_routes_destroy(vm);
	ember_memslots_destroy(vm);
	cleanup_srcu_struct(&vm->srcu);
	mmdrop(vm->mm);
	kfree(vm);
}

void ember_vm_get(struct ember_vm *vm)
{
	refcount_inc(&vm->users);
}

void ember_vm_put(struct ember_vm *vm)
{
	if (refcount_dec_and_test(&vm->users))
		vm_free(vm);
}

static int vm_release(struct inode *inode, struct file *file)
{
	struct ember_vm *vm = file->private_data;

	ember_irqfd_release(vm);
	ember_vm_put(vm);
	return 0;
}

/* ---- ioctls ------------------------------------------------------------------ */

static int vm_set_memory(struct ember_vm *vm, void __user *arg)
{
	struct kvm_userspace_memory_region mem;

	if (copy_from_user(&mem, arg, sizeof(mem)))
		return -EFAULT;
	return ember_set_memory_region(vm, &mem);
}

static int vm_dirty_log(struct ember_vm *vm, void __user *arg)
{
	struct kvm_dirty_log log;

	if (copy_from_user(&log, arg, sizeof(log)))
		return -EFAULT;
	return ember_get_dirty_log(vm, &log);
}

static int vm_clear_dirty_log(struct ember_vm *vm, void __user *arg)
{
	struct kvm_clear_dirty_log log;

	if (copy_from_user(&log, arg, sizeof(log)))
		return -EFAULT;
	return ember_clear_dirty_log(vm, &log);
}

static int vm_coalesced(struct ember_vm *vm, void __user *arg, bool add)
{
	struct kvm_coalesced_mmio_zone zone;

	if (copy_from_user(&zone, arg, sizeof(zone)))
		return -EFAULT;
	return add ? ember_coalesced_add(vm, &zone) :
		     ember_coalesced_remove(vm, &zone);
}

static int vm_enable_cap(struct ember_vm *vm, void __user *arg)
{
	struct kvm_enable_cap cap;

	if (copy_from_user(&cap, arg, sizeof(cap)))
		return -EFAULT;
	if (cap.cap != KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2)
		return ember_backend->vm_enable_cap(vm, &cap);
	if (cap.flags || cap.args[0] & ~(u64)KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE)
		return -EINVAL;
	vm->manual_dirty_log = cap.args[0];
	return 0;
}

static int vm_signal_msi(struct ember_vm *vm, void __user *arg)
{
	struct kvm_msi msi;

	if (copy_from_user(&msi, arg, sizeof(msi)))
		return -EFAULT;
	if (msi.flags & ~KVM_MSI_VALID_DEVID)
		return -EINVAL;
	return ember_backend->signal_msi(vm, &msi);
}

static int vm_irqfd(struct ember_vm *vm, void __user *arg)
{
	struct kvm_irqfd args;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	return ember_irqfd(vm, &args);
}

static int vm_ioeventfd(struct ember_vm *vm, void __user *arg)
{
	struct kvm_ioeventfd args;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	return ember_ioeventfd(vm, &args);
}

static int vm_irq_line(struct ember_vm *vm, void __user *arg, bool status)
{
	struct kvm_irq_level line;
	int ret;

	if (copy_from_user(&line, arg, sizeof(line)))
		return -EFAULT;
	trace_ember_irq(vm, line.irq, line.level);
	ret = ember_backend->irq_line(vm, line.irq, line.level);
	if (ret < 0)
		return ret;
	if (status && copy_to_user(arg, &line, sizeof(line)))
		return -EFAULT;
	return 0;
}

/* Without an interrupt controller there is only what Linux always has. */
static long vm_irqchip_ioctl(struct ember_vm *vm, unsigned int ioctl,
			     void __user *argp)
{
	if (!ember_backend->irqchip_pins)
		return ioctl == KVM_IRQFD ? -EINVAL : -ENOTTY;
	switch (ioctl) {
	case KVM_SET_GSI_ROUTING:
		return ember_set_gsi_routing(vm, argp);
	case KVM_SIGNAL_MSI:
		return vm_signal_msi(vm, argp);
	case KVM_IRQFD:
		return vm_irqfd(vm, argp);
	default:
		return vm_irq_line(vm, argp, ioctl == KVM_IRQ_LINE_STATUS);
	}
}

static long vm_do_ioctl(struct ember_vm *vm, unsigned int ioctl,
			unsigned long arg)
{
	void __user *argp = (void __user *)arg;

	switch (ioctl) {
	case KVM_CHECK_EXTENSION:
		return ember_check_extension(vm, arg);
	case KVM_CREATE_VCPU:
		return ember_vcpu_create(vm, arg);
	case KVM_SET_USER_MEMORY_REGION:
		return vm_set_memory(vm, argp);
	case KVM_GET_DIRTY_LOG:
		return vm_dirty_log(vm, argp);
	case KVM_CLEAR_DIRTY_LOG:
		return vm_clear_dirty_log(vm, argp);
	case KVM_ENABLE_CAP:
		return vm_enable_cap(vm, argp);
	case KVM_REGISTER_COALESCED_MMIO:
		return vm_coalesced(vm, argp, true);
	case KVM_UNREGISTER_COALESCED_MMIO:
		return vm_coalesced(vm, argp, false);
	case KVM_GET_STATS_FD:
		return ember_stats_fd(vm, NULL);
	case KVM_IOEVENTFD:
		return vm_ioeventfd(vm, argp);
	case KVM_CREATE_DEVICE:
		return ember_device_create(vm, argp);
	case KVM_SET_GSI_ROUTING:
	case KVM_SIGNAL_MSI:
	case KVM_IRQFD:
	case KVM_IRQ_LINE:
	case KVM_IRQ_LINE_STATUS:
		return vm_irqchip_ioctl(vm, ioctl, argp);
	default:
		return ember_backend->vm_ioctl(vm, ioctl, arg);
	}
}

static __ember_hot long vm_ioctl(struct file *file, unsigned int ioctl, unsigned long arg)
{
	struct ember_vm *vm = file->private_data;

	if (vm->mm != current->mm)
		return -EIO;
	return ember_ioctl_errno(vm_do_ioctl(vm, ioctl, arg));
}

static const struct file_operations vm_fops = {
	.owner = THIS_MODULE,
	.release = vm_release,
	.unlocked_ioctl = vm_ioctl,
	.llseek = noop_llseek,
};

int ember_vm_create(unsigned long type)
{
	struct ember_vm *vm;
	struct file *file;
	int fd;

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	vm = vm_alloc(type);
	if (IS_ERR(vm)) {
		put_unused_fd(fd);
		return PTR_ERR(vm);
	}
	file = anon_inode_getfile("kvm-vm", &vm_fops, vm, O_RDWR);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		ember_vm_put(vm);
		return PTR_ERR(file);
	}
	ember_stats_add_vm(vm, fd);
	fd_install(fd, file);
	return fd;
}
