// SPDX-License-Identifier: GPL-2.0
/*
 * KVM_IRQFD: a signal to an eventfd pulses a line of the interrupt controller.
 *
 * Read after ioeventfd.c.  An irqfd is an entry of the eventfd's wait queue.
 * It ends when user space takes it away, when the eventfd is closed or when
 * the VM's descriptor is.  Whoever takes it off vm->irqfds (irqfd_lock) queues
 * the work that frees it, since the wait queue cannot be left from within.
 *
 * NOT DONE: resamplefd, which needs the interrupt controller to say when a
 * guest has acknowledged a line; KVM_CAP_IRQFD_RESAMPLE says so.
 */
#include <linux/eventfd.h>
#include <linux/file.h>
#include <linux/list.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include "core.h"
#include "trace.h"

#define MAX_IRQFDS	1024

struct irqfd {
	struct ember_vm *vm;
	u32 gsi;
	struct eventfd_ctx *eventfd;
	struct list_head node;		/* vm->irqfds, irqfd_lock; empty: ending */
	wait_queue_entry_t wait;
	poll_table pt;
	struct work_struct end;
};

/* Outlives every VM, and ending irqfds are what it is for. */
static struct workqueue_struct *irqfd_wq;

/* ---- signals --------------------------------------------------------------------- */

/* An edge: the eventfd has no level. */
static void irqfd_pulse(struct irqfd *irqfd)
{
	struct ember_vm *vm = irqfd->vm;

	trace_ember_irq(vm, irqfd->gsi, true);
	ember_backend->irqfd_line(vm, irqfd->gsi, true);
	ember_backend->irqfd_line(vm, irqfd->gsi, false);
}

static void irqfd_end_work(struct work_struct *work)
{
	struct irqfd *irqfd = container_of(work, struct irqfd, end);
	u64 count;

	/* No wake-up is under way or comes after this. */
	eventfd_ctx_remove_wait_queue(irqfd->eventfd, &irqfd->wait, &count);
	eventfd_ctx_put(irqfd->eventfd);
	kfree(irqfd);
}

/* irqfd_lock held. */
static void irqfd_end(struct irqfd *irqfd)
{
	if (list_empty(&irqfd->node))
		return;
	list_del_init(&irqfd->node);
	queue_work(irqfd_wq, &irqfd->end);
}

/* Called with the eventfd's wait queue locked and interrupts off. */
static int irqfd_wakeup(wait_queue_entry_t *wait, unsigned int mode, int sync,
			void *key)
{
	struct irqfd *irqfd = container_of(wait, struct irqfd, wait);
	struct ember_vm *vm = irqfd->vm;
	__poll_t events = key_to_poll(key);
	unsigned long flags;
	int taken = 0;
	u64 count;

	if (events & EPOLLIN) {
		/* We are its only reader: others need not wake. */
		eventfd_ctx_do_read(irqfd->eventfd, &count);
		irqfd_pulse(irqfd);
		taken = 1;
	}
	if (events & EPOLLHUP) {
		spin_lock_irqsave(&vm->irqfd_lock, flags);
		irqfd_end(irqfd);
		spin_unlock_irqrestore(&vm->irqfd_lock, flags);
	}
	return taken;
}

static void irqfd_queue(struct file *file, wait_queue_head_t *head,
			poll_table *pt)
{
	struct irqfd *irqfd = container_of(pt, struct irqfd, pt);

	add_wait_queue_priority(head, &irqfd->wait);
}

/* ---- KVM_IRQFD ---------------------------------------------------------------------- */

static struct irqfd *irqfd_alloc(struct ember_vm *vm, u32 gsi,
				 struct file *file)
{
	struct irqfd *irqfd = kzalloc(sizeof(*irqfd), GFP_KERNEL_ACCOUNT);

	if (!irqfd)
		return ERR_PTR(-ENOMEM);
	irqfd->eventfd = eventfd_ctx_fileget(file);
	if (IS_ERR(irqfd->eventfd)) {
		struct eventfd_ctx *err = irqfd->eventfd;

		kfree(irqfd);
		return ERR_CAST(err);
	}
	irqfd->vm = vm;
	irqfd->gsi = gsi;
	INIT_WORK(&irqfd->end, irqfd_end_work);
	init_waitqueue_func_entry(&irqfd->wait, irqfd_wakeup);
	init_poll_funcptr(&irqfd->pt, irqfd_queue);
	return irqfd;
}

/* An eventfd drives one line only. */
static int irqfd_list(struct ember_vm *vm, struct irqfd *new)
{
	struct irqfd *irqfd;
	unsigned int nr = 0;
	int ret = 0;

	spin_lock_irq(&vm->irqfd_lock);
	list_for_each_entry(irqfd, &vm->irqfds, node) {
		if (irqfd->eventfd == new->eventfd)
			ret = -EBUSY;
		nr++;
	}
	if (!ret && nr >= MAX_IRQFDS)
		ret = -ENOSPC;
	if (!ret)
		list_add_tail(&new->node, &vm->irqfds);
	spin_unlock_irq(&vm->irqfd_lock);
	return ret;
}

/*
 * vm->lock is held and @file keeps the eventfd open, so that nobody ends an
 * irqfd between its listing and its place in the wait queue.
 */
static int irqfd_assign_file(struct ember_vm *vm, u32 gsi, struct file *file)
{
	struct irqfd *irqfd;
	int ret;

	/* Lines of irqfds begin low; and is there such a line? */
	ret = ember_backend->irqfd_line(vm, gsi, false);
	if (ret)
		return ret;
	irqfd = irqfd_alloc(vm, gsi, file);
	if (IS_ERR(irqfd))
		return PTR_ERR(irqfd);
	ret = irqfd_list(vm, irqfd);
	if (ret) {
		eventfd_ctx_put(irqfd->eventfd);
		kfree(irqfd);
		return ret;
	}
	/* What was signalled before counts. */
	if (vfs_poll(file, &irqfd->pt) & EPOLLIN)
		irqfd_pulse(irqfd);
	return 0;
}

static int irqfd_assign(struct ember_vm *vm, const struct kvm_irqfd *args)
{
	struct file *file = fget(args->fd);
	int ret;

	if (!file)
		return -EBADF;
	mutex_lock(&vm->lock);
	ret = irqfd_assign_file(vm, args->gsi, file);
	mutex_unlock(&vm->lock);
	fput(file);
	return ret;
}

static int irqfd_deassign(struct ember_vm *vm, const struct kvm_irqfd *args)
{
	struct eventfd_ctx *eventfd = eventfd_ctx_fdget(args->fd);
	struct irqfd *irqfd, *next;

	if (IS_ERR(eventfd))
		return PTR_ERR(eventfd);
	mutex_lock(&vm->lock);
	spin_lock_irq(&vm->irqfd_lock);
	list_for_each_entry_safe(irqfd, next, &vm->irqfds, node)
		if (irqfd->eventfd == eventfd && irqfd->gsi == args->gsi)
			irqfd_end(irqfd);
	spin_unlock_irq(&vm->irqfd_lock);
	mutex_unlock(&vm->lock);
	eventfd_ctx_put(eventfd);
	/* None fires after the call has returned. */
	flush_workqueue(irqfd_wq);
	return 0;
}

int ember_irqfd(struct ember_vm *vm, const struct kvm_irqfd *args)
{
	if (args->flags & ~KVM_IRQFD_FLAG_DEASSIGN)
		return -EINVAL;
	return args->flags & KVM_IRQFD_FLAG_DEASSIGN ?
	       irqfd_deassign(vm, args) : irqfd_assign(vm, args);
}

/* ---- life ----------------------------------------------------------------------------- */

void ember_irqfd_release(struct ember_vm *vm)
{
	struct irqfd *irqfd, *next;

	spin_lock_irq(&vm->irqfd_lock);
	list_for_each_entry_safe(irqfd, next, &vm->irqfds, node)
		irqfd_end(irqfd);
	spin_unlock_irq(&vm->irqfd_lock);
	/* Also what a closed eventfd has ended a moment ago. */
	flush_workqueue(irqfd_wq);
}

int ember_irqfd_init(void)
{
	irqfd_wq = alloc_workqueue("ember-irqfd", 0, 0);
	return irqfd_wq ? 0 : -ENOMEM;
}

void ember_irqfd_exit(void)
{
	destroy_workqueue(irqfd_wq);
}
