// SPDX-License-Identifier: GPL-2.0
/*
 * A vcpu's file descriptor: its making, its ioctls, the page it shares with
 * user space.
 *
 * Read after vm.c; run.c has KVM_RUN itself.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "core.h"

/* ---- the shared page -------------------------------------------------------- */

/* The page that is mapped at @pgoff, out of as many as there are colours. */
void *ember_shared_page_alloc(pgoff_t pgoff)
{
	unsigned long mask = ember_backend->colours ? ember_backend->colours() : 0;
	unsigned int order = get_order(mask + 1), wanted = pgoff & (mask >> PAGE_SHIFT), i;
	struct page *pages = alloc_pages(GFP_KERNEL_ACCOUNT | __GFP_ZERO, order);

	if (!pages)
		return NULL;
	split_page(pages, order);
	for (i = 0; i < 1U << order; i++)
		if (i != wanted)
			__free_page(pages + i);
	return page_address(pages + wanted);
}

/* vcpu->run, then the VM's ring of coalesced MMIO. */
static void *vcpu_shared_page(struct ember_vcpu *vcpu, pgoff_t pgoff)
{
	switch (pgoff) {
	case 0:
		return vcpu->run;
	case KVM_COALESCED_MMIO_PAGE_OFFSET:
		return vcpu->vm->ring;
	default:
		return NULL;
	}
}

static vm_fault_t vcpu_fault(struct vm_fault *vmf)
{
	struct ember_vcpu *vcpu = vmf->vma->vm_file->private_data;
	void *shared = vcpu_shared_page(vcpu, vmf->pgoff);

	if (!shared)
		return VM_FAULT_SIGBUS;
	vmf->page = virt_to_page(shared);
	get_page(vmf->page);
	return 0;
}

static const struct vm_operations_struct vcpu_vm_ops = {
	.fault = vcpu_fault,
};

static int vcpu_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_ops = &vcpu_vm_ops;
	return 0;
}

/* ---- ioctls ------------------------------------------------------------------ */

static int vcpu_run(struct ember_vcpu *vcpu)
{
	int ret;

	if (unlikely(!vcpu->started)) {
		ret = ember_backend->vcpu_start(vcpu);
		if (ret)
			return ret;
		vcpu->started = true;
	}
	ret = ember_vcpu_run(vcpu);
	if (unlikely(vcpu->leaving))
		vcpu->leaving(vcpu);
	return ret;
}

static int vcpu_set_sigmask(struct ember_vcpu *vcpu,
			    struct kvm_signal_mask __user *arg)
{
	struct kvm_signal_mask head;
	sigset_t set;

	if (!arg) {
		vcpu->sigset_active = false;
		return 0;
	}
	if (copy_from_user(&head, arg, sizeof(head)))
		return -EFAULT;
	if (head.len != sizeof(sigset_t))
		return -EINVAL;
	if (copy_from_user(&set, arg->sigset, sizeof(set)))
		return -EFAULT;
	sigdelsetmask(&set, sigmask(SIGKILL) | sigmask(SIGSTOP));
	vcpu->sigset = set;
	vcpu->sigset_active = true;
	return 0;
}

static int vcpu_one_reg(struct ember_vcpu *vcpu, void __user *arg, bool set)
{
	struct kvm_one_reg reg;
	void __user *val;

	if (copy_from_user(&reg, arg, sizeof(reg)))
		return -EFAULT;
	val = u64_to_user_ptr(reg.addr);
	return set ? ember_backend->reg_set(vcpu, reg.id, val) :
		     ember_backend->reg_get(vcpu, reg.id, val);
}

static int vcpu_reg_list(struct ember_vcpu *vcpu,
			 struct kvm_reg_list __user *arg)
{
	u64 room, nr;
	int ret;

	if (copy_from_user(&room, &arg->n, sizeof(room)))
		return -EFAULT;
	ret = ember_backend->reg_list(vcpu, NULL, 0);
	if (ret < 0)
		return ret;
	nr = ret;
	if (copy_to_user(&arg->n, &nr, sizeof(nr)))
		return -EFAULT;
	if (room < nr)
		return -E2BIG;
	ret = ember_backend->reg_list(vcpu, arg->reg, nr);
	return ret < 0 ? ret : 0;
}

/* Apart from KVM_RUN, which would pay for what these need of the stack. */
static noinline long vcpu_do_ioctl(struct ember_vcpu *vcpu, unsigned int ioctl,
				   unsigned long arg)
{
	void __user *argp = (void __user *)arg;

	switch (ioctl) {
	case KVM_SET_SIGNAL_MASK:
		return vcpu_set_sigmask(vcpu, argp);
	case KVM_GET_ONE_REG:
		return vcpu_one_reg(vcpu, argp, false);
	case KVM_SET_ONE_REG:
		return vcpu_one_reg(vcpu, argp, true);
	case KVM_GET_REG_LIST:
		return vcpu_reg_list(vcpu, argp);
	default:
		return ember_backend->vcpu_ioctl(vcpu, ioctl, arg);
	}
}

/* Also of one that runs; -ENOIOCTLCMD: the vcpu has to stand still for it. */
static noinline long vcpu_do_async_ioctl(struct ember_vcpu *vcpu,
					 unsigned int ioctl, unsigned long arg)
{
	if (ioctl == KVM_GET_STATS_FD)
		return ember_stats_fd(vcpu->vm, vcpu);
	if (!ember_backend->vcpu_async_ioctl)
		return -ENOIOCTLCMD;
	return ember_backend->vcpu_async_ioctl(vcpu, ioctl, arg);
}

static __ember_hot long vcpu_ioctl(struct file *file, unsigned int ioctl,
				   unsigned long arg)
{
	struct ember_vcpu *vcpu = file->private_data;
	long ret;

	if (vcpu->vm->mm != current->mm)
		return -EIO;
	if (unlikely(ioctl != KVM_RUN)) {
		ret = vcpu_do_async_ioctl(vcpu, ioctl, arg);
		if (ret != -ENOIOCTLCMD)
			return ret;
	}
	if (!mutex_trylock(&vcpu->mutex) &&
	    mutex_lock_killable(&vcpu->mutex))
		return -EINTR;
	if (likely(ioctl == KVM_RUN))
		ret = arg ? -EINVAL : vcpu_run(vcpu);
	else
		ret = vcpu_do_ioctl(vcpu, ioctl, arg);
	mutex_unlock(&vcpu->mutex);
	return ember_ioctl_errno(ret);
}

static int vcpu_release(struct inode *inode, struct file *file)
{
	struct ember_vcpu *vcpu = file->private_data;

	ember_vm_put(vcpu->vm);
	return 0;
}

static const struct file_operations vcpu_fops = {
	.owner = THIS_MODULE,
	.release = vcpu_release,
	.unlocked_ioctl = vcpu_ioctl,
	.mmap = vcpu_mmap,
	.llseek = noop_llseek,
};

/* ---- life -------------------------------------------------------------------- */

static void vcpu_free(struct ember_vcpu *vcpu)
{
	free_page((unsigned long)vcpu->run);
	kfree(vcpu->timing);
	kfree(vcpu);
}

static struct ember_vcpu *vcpu_alloc(struct ember_vm *vm, unsigned int id)
{
	struct ember_vcpu *vcpu;

	vcpu = kzalloc(ember_backend->vcpu_size, GFP_KERNEL_ACCOUNT);
	if (!vcpu)
		return NULL;
	vcpu->run = ember_shared_page_alloc(0);
	vcpu->timing = kzalloc(sizeof(*vcpu->timing), GFP_KERNEL_ACCOUNT);
	if (!vcpu->run || !vcpu->timing) {
		vcpu_free(vcpu);
		return NULL;
	}
	vcpu->vm = vm;
	vcpu->id = id;
	mutex_init(&vcpu->mutex);
	rcuwait_init(&vcpu->wait);
	return vcpu;
}

/* The VM goes; user space may still have mapped vcpu->run, which is counted. */
void ember_vcpu_destroy(struct ember_vcpu *vcpu)
{
	ember_backend->vcpu_destroy(vcpu);
	vcpu_free(vcpu);
}

/* vm->lock held.  A file on @vcpu, which nobody has seen so far. */
static struct file *vcpu_open(struct ember_vm *vm, struct ember_vcpu *vcpu)
{
	struct ember_vcpu *other;
	struct file *file;
	char name[24];
	unsigned int i;
	int ret;

	ember_for_each_vcpu(i, other, vm)
		if (other->id == vcpu->id)
			return ERR_PTR(-EEXIST);
	vcpu->idx = vm->nr_vcpus;
	ret = ember_backend->vcpu_init(vcpu);
	if (ret)
		return ERR_PTR(ret);
	snprintf(name, sizeof(name), "kvm-vcpu:%u", vcpu->id);
	file = anon_inode_getfile(name, &vcpu_fops, vcpu, O_RDWR);
	if (IS_ERR(file))
		ember_backend->vcpu_destroy(vcpu);
	return file;
}

/* vm->lock held.  From here on the VM owns @vcpu. */
static void vcpu_publish(struct ember_vm *vm, struct ember_vcpu *vcpu)
{
	ember_vm_get(vm);
	vm->vcpus[vcpu->idx] = vcpu;
	/* Pairs with the load-acquire in ember_get_vcpu(). */
	smp_store_release(&vm->nr_vcpus, vcpu->idx + 1);
	/* Pairs with the barrier in ember_vcpu_kill(). */
	smp_mb();
	if (READ_ONCE(vm->killed))
		ember_request(vcpu, EMBER_REQ_KILLED);
	ember_stats_add_vcpu(vcpu);
}

int ember_vcpu_create(struct ember_vm *vm, unsigned long id)
{
	struct ember_vcpu *vcpu;
	struct file *file;
	int fd;

	/* Numbers differ and are small, so their count needs no check. */
	if (id >= EMBER_MAX_VCPUS)
		return -EINVAL;
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	vcpu = vcpu_alloc(vm, id);
	if (!vcpu) {
		put_unused_fd(fd);
		return -ENOMEM;
	}

	mutex_lock(&vm->lock);
	file = vcpu_open(vm, vcpu);
	if (!IS_ERR(file))
		vcpu_publish(vm, vcpu);
	mutex_unlock(&vm->lock);

	if (IS_ERR(file)) {
		vcpu_free(vcpu);
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	fd_install(fd, file);
	return fd;
}
