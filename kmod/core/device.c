// SPDX-License-Identifier: GPL-2.0
/*
 * KVM_CREATE_DEVICE: in-kernel devices that user space sets up through a file
 * descriptor of their own.
 *
 * Read after irqfd.c.  What a device is and what its attributes mean is the
 * backend's business.  A device stays with its VM when its descriptor is
 * closed.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "core.h"

/* ---- the device's descriptor --------------------------------------------------------- */

typedef int (*attr_fn)(struct ember_device *dev, struct kvm_device_attr *attr);

static attr_fn attr_op(const struct ember_device_ops *ops, unsigned int ioctl)
{
	switch (ioctl) {
	case KVM_SET_DEVICE_ATTR:
		return ops->set_attr;
	case KVM_GET_DEVICE_ATTR:
		return ops->get_attr;
	case KVM_HAS_DEVICE_ATTR:
		return ops->has_attr;
	default:
		return NULL;
	}
}

static long device_ioctl(struct file *file, unsigned int ioctl,
			 unsigned long arg)
{
	struct ember_device *dev = file->private_data;
	struct kvm_device_attr attr;
	attr_fn fn;

	if (dev->vm->mm != current->mm)
		return -EIO;
	fn = attr_op(dev->ops, ioctl);
	if (!fn)
		return -ENOTTY;
	if (copy_from_user(&attr, (void __user *)arg, sizeof(attr)))
		return -EFAULT;
	return fn(dev, &attr);
}

static int device_release(struct inode *inode, struct file *file)
{
	struct ember_device *dev = file->private_data;

	/* NULL: it never came to be, see device_open(). */
	if (dev)
		ember_vm_put(dev->vm);
	return 0;
}

static const struct file_operations device_fops = {
	.owner = THIS_MODULE,
	.release = device_release,
	.unlocked_ioctl = device_ioctl,
	.llseek = noop_llseek,
};

/* ---- life ----------------------------------------------------------------------------- */

static const struct ember_device_ops *find_type(u32 type)
{
	const struct ember_device_ops *const *ops;

	for (ops = ember_backend->devices; *ops; ops++)
		if ((*ops)->type == type)
			return *ops;
	return NULL;
}

static void device_free(struct ember_device *dev)
{
	if (dev->ops->destroy)
		dev->ops->destroy(dev);
	kfree(dev);
}

/*
 * vm->lock held.  The device is the last that may fail: what it does to the VM
 * is not undone.
 */
static struct file *device_open(struct ember_vm *vm,
				const struct ember_device_ops *ops)
{
	struct ember_device *dev = kzalloc(sizeof(*dev), GFP_KERNEL_ACCOUNT);
	struct file *file;
	int ret;

	if (!dev)
		return ERR_PTR(-ENOMEM);
	dev->ops = ops;
	dev->vm = vm;
	file = anon_inode_getfile("kvm-device", &device_fops, dev,
				  O_RDWR | O_CLOEXEC);
	if (IS_ERR(file)) {
		kfree(dev);
		return file;
	}
	ret = ops->create(dev);
	if (ret) {
		file->private_data = NULL;
		fput(file);
		kfree(dev);
		return ERR_PTR(ret);
	}
	ember_vm_get(vm);
	list_add_tail(&dev->node, &vm->devices);
	return file;
}

int ember_device_create(struct ember_vm *vm,
			struct kvm_create_device __user *arg)
{
	const struct ember_device_ops *ops;
	struct kvm_create_device args;
	struct file *file;
	int fd;

	if (copy_from_user(&args, arg, sizeof(args)))
		return -EFAULT;
	ops = find_type(args.type);
	if (!ops)
		return -ENODEV;
	if (args.flags & KVM_CREATE_DEVICE_TEST)
		return 0;
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	/* Told before the device is there: no error is possible after that. */
	file = ERR_PTR(-EFAULT);
	if (!put_user((u32)fd, &arg->fd)) {
		mutex_lock(&vm->lock);
		file = device_open(vm, ops);
		mutex_unlock(&vm->lock);
	}
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	fd_install(fd, file);
	return 0;
}

/* The VM's last descriptor is closed. */
void ember_device_destroy(struct ember_vm *vm)
{
	struct ember_device *dev, *next;

	list_for_each_entry_safe(dev, next, &vm->devices, node)
		device_free(dev);
}
