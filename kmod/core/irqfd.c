// SPDX-License-Identifier: GPL-2.0
/*
 * KVM_IRQFD: a signal to an eventfd pulses a line of the interrupt controller.
 *
 * Read after routing.c.  An irqfd is an entry of the eventfd's wait queue.
 * It ends when user space takes it away, when the eventfd is closed or when
 * the VM's descriptor is.  Whoever takes it off vm->irqfds (irqfd_lock) queues
 * the work that frees it, since the wait queue cannot be left from within.
 *
 * With a resamplefd the signal raises the line and leaves it there.  When the
 * guest has ended the interrupt the line falls and the resamplefd is signalled,
 * so that a device which still wants attention can raise it again.
 */
#include <linux/eventfd.h>
#include <linux/file.h>
#include <linux/list.h>
#include <linux/poll.h>
#include <linux/rculist.h>
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
	struct eventfd_ctx *resample;	/* or NULL */
	struct list_head node;		/* vm->irqfds, irqfd_lock; empty: ending */
	struct list_head resample_node;	/* vm->resampling, irqfd_lock, RCU */
	wait_queue_entry_t wait;
	poll_table pt;
	struct work_struct end;
};

/* Outlives every VM, and ending irqfds are what it is for. */
static struct workqueue_struct *irqfd_wq;

/* ---- signals --------------------------------------------------------------------- */

/* An edge: the eventfd has no level, but for the guest's ack that ends it. */
static void irqfd_signal(struct irqfd *irqfd)
{
	struct ember_vm *vm = irqfd->vm;

	trace_ember_irq(vm, irqfd->gsi, true);
	ember_irq_set(vm, irqfd->gsi, true);
	if (!irqfd->resample)
		ember_irq_set(vm, irqfd->gsi, false);
}

/* The line falls once, before the first of those who share it may raise it. */
void ember_irq_acked(struct ember_vm *vm, unsigned int pin)
{
	struct irqfd *irqfd;
	bool low = false;

	rcu_read_lock();
	list_for_each_entry_rcu(irqfd, &vm->resampling, resample_node) {
		if (ember_route(vm, irqfd->gsi) != pin)
			continue;
		if (!low)
			ember_backend->irqfd_line(vm, pin, false);
		low = true;
		eventfd_signal(irqfd->resample);
	}
	rcu_read_unlock();
}

static bool irqfd_gsi_resampled(struct ember_vm *vm, u32 gsi)
{
	const struct irqfd *irqfd;

	list_for_each_entry(irqfd, &vm->resampling, resample_node)
		if (irqfd->gsi == gsi)
			return true;
	return false;
}

/* Nobody would lower the line after the last one that could. */
static void irqfd_end_resampling(struct irqfd *irqfd)
{
	struct ember_vm *vm = irqfd->vm;
	bool last;

	spin_lock_irq(&vm->irqfd_lock);
	list_del_rcu(&irqfd->resample_node);
	WRITE_ONCE(vm->nr_resampling, vm->nr_resampling - 1);
	last = !irqfd_gsi_resampled(vm, irqfd->gsi);
	spin_unlock_irq(&vm->irqfd_lock);
	synchronize_rcu_expedited();
	if (last)
		ember_irq_set(vm, irqfd->gsi, false);
	eventfd_ctx_put(irqfd->resample);
}

static void irqfd_end_work(struct work_struct *work)
{
	struct irqfd *irqfd = container_of(work, struct irqfd, end);
	u64 count;

	/* No wake-up is under way or comes after this. */
	eventfd_ctx_remove_wait_queue(irqfd->eventfd, &irqfd->wait, &count);
	if (irqfd->resample)
		irqfd_end_resampling(irqfd);
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
		irqfd_signal(irqfd);
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

static void irqfd_free(struct irqfd *irqfd)
{
	if (!IS_ERR_OR_NULL(irqfd->eventfd))
		eventfd_ctx_put(irqfd->eventfd);
	if (!IS_ERR_OR_NULL(irqfd->resample))
		eventfd_ctx_put(irqfd->resample);
	kfree(irqfd);
}

static int irqfd_get_eventfds(struct irqfd *irqfd, const struct kvm_irqfd *args,
			      struct file *file)
{
	irqfd->eventfd = eventfd_ctx_fileget(file);
	if (IS_ERR(irqfd->eventfd))
		return PTR_ERR(irqfd->eventfd);
	if (!(args->flags & KVM_IRQFD_FLAG_RESAMPLE))
		return 0;
	irqfd->resample = eventfd_ctx_fdget(args->resamplefd);
	return PTR_ERR_OR_ZERO(irqfd->resample);
}

static struct irqfd *irqfd_alloc(struct ember_vm *vm,
				 const struct kvm_irqfd *args, struct file *file)
{
	struct irqfd *irqfd = kzalloc(sizeof(*irqfd), GFP_KERNEL_ACCOUNT);
	int ret;

	if (!irqfd)
		return ERR_PTR(-ENOMEM);
	ret = irqfd_get_eventfds(irqfd, args, file);
	if (ret) {
		irqfd_free(irqfd);
		return ERR_PTR(ret);
	}
	irqfd->vm = vm;
	irqfd->gsi = args->gsi;
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
	if (!ret) {
		list_add_tail(&new->node, &vm->irqfds);
		if (new->resample) {
			list_add_tail_rcu(&new->resample_node, &vm->resampling);
			WRITE_ONCE(vm->nr_resampling, vm->nr_resampling + 1);
		}
	}
	spin_unlock_irq(&vm->irqfd_lock);
	return ret;
}

/*
 * vm->lock is held and @file keeps the eventfd open, so that nobody ends an
 * irqfd between its listing and its place in the wait queue.
 */
static int irqfd_assign_file(struct ember_vm *vm, const struct kvm_irqfd *args,
			     struct file *file)
{
	struct irqfd *irqfd;
	int ret;

	/* A GSI that leads nowhere may do so later. */
	if (!vm->irqchip_ready)
		return -EAGAIN;
	irqfd = irqfd_alloc(vm, args, file);
	if (IS_ERR(irqfd))
		return PTR_ERR(irqfd);
	ret = irqfd_list(vm, irqfd);
	if (ret) {
		irqfd_free(irqfd);
		return ret;
	}
	/* What was signalled before counts. */
	if (vfs_poll(file, &irqfd->pt) & EPOLLIN)
		irqfd_signal(irqfd);
	return 0;
}

static int irqfd_assign(struct ember_vm *vm, const struct kvm_irqfd *args)
{
	struct file *file = fget(args->fd);
	int ret;

	if (!file)
		return -EBADF;
	mutex_lock(&vm->lock);
	ret = irqfd_assign_file(vm, args, file);
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
	if (args->flags & ~(KVM_IRQFD_FLAG_DEASSIGN | KVM_IRQFD_FLAG_RESAMPLE))
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
