// SPDX-License-Identifier: GPL-2.0
/*
 * KVM_IOEVENTFD: a guest's write to an address signals an eventfd.
 *
 * Read after iobus.c.  Each is a device on the in-kernel bus.  Those on the
 * port bus, which only x86 has, are accepted as in mainline and never fire.
 */
#include <linux/eventfd.h>
#include <linux/list.h>
#include <linux/slab.h>
#include "core.h"

#define FLAGS	(KVM_IOEVENTFD_FLAG_DATAMATCH | KVM_IOEVENTFD_FLAG_PIO | \
		 KVM_IOEVENTFD_FLAG_DEASSIGN)
#define MAX_IOEVENTFDS	512

struct ioeventfd {
	struct ember_io_dev dev;
	struct list_head node;		/* vm->ioeventfds, slots_lock */
	struct eventfd_ctx *eventfd;
	u64 addr;
	u64 datamatch;
	u32 len;			/* 0: any */
	bool any_data;
	bool pio;
};

/* ---- the device ---------------------------------------------------------------- */

/* In the host's byte order, as the instruction stored it. */
static u64 written_value(const void *val, unsigned int len)
{
	union {
		u8 b[8];
		u16 h[4];
		u32 w[2];
		u64 d;
	} data = {};

	memcpy(data.b, val, min_t(size_t, len, sizeof(data)));
	switch (len) {
	case 1:
		return data.b[0];
	case 2:
		return data.h[0];
	case 4:
		return data.w[0];
	default:
		return data.d;
	}
}

static int ioeventfd_write(struct ember_vcpu *vcpu, struct ember_io_dev *dev,
			   gpa_t addr, unsigned int len, const void *val)
{
	struct ioeventfd *p = container_of(dev, struct ioeventfd, dev);

	if (p->addr != addr || (p->len && p->len != len))
		return -EOPNOTSUPP;
	if (!p->any_data && p->datamatch != written_value(val, len))
		return -EOPNOTSUPP;
	eventfd_signal(p->eventfd);
	return 0;
}

static void ioeventfd_free(struct ember_io_dev *dev)
{
	struct ioeventfd *p = container_of(dev, struct ioeventfd, dev);

	eventfd_ctx_put(p->eventfd);
	kfree(p);
}

static const struct ember_io_ops ioeventfd_ops = {
	.write = ioeventfd_write,
	.destroy = ioeventfd_free,
};

/* ---- KVM_IOEVENTFD --------------------------------------------------------------- */

static int args_check(const struct kvm_ioeventfd *args)
{
	if (args->flags & ~FLAGS)
		return -EINVAL;
	if (args->len > 8 || (args->len && !is_power_of_2(args->len)))
		return -EINVAL;
	if (!args->len && args->flags & KVM_IOEVENTFD_FLAG_DATAMATCH)
		return -EINVAL;
	return args->addr + args->len < args->addr ? -EINVAL : 0;
}

static struct ioeventfd *ioeventfd_alloc(const struct kvm_ioeventfd *args)
{
	struct ioeventfd *p = kzalloc(sizeof(*p), GFP_KERNEL_ACCOUNT);

	if (!p)
		return ERR_PTR(-ENOMEM);
	p->eventfd = eventfd_ctx_fdget(args->fd);
	if (IS_ERR(p->eventfd)) {
		struct eventfd_ctx *err = p->eventfd;

		kfree(p);
		return ERR_CAST(err);
	}
	p->dev.ops = &ioeventfd_ops;
	p->addr = args->addr;
	p->len = args->len;
	p->any_data = !(args->flags & KVM_IOEVENTFD_FLAG_DATAMATCH);
	if (!p->any_data)
		p->datamatch = args->datamatch;
	p->pio = args->flags & KVM_IOEVENTFD_FLAG_PIO;
	return p;
}

static bool same_place(const struct ioeventfd *a, const struct ioeventfd *b)
{
	return a->pio == b->pio && a->addr == b->addr;
}

/* Could one write fire both? */
static bool collide(const struct ioeventfd *a, const struct ioeventfd *b)
{
	return same_place(a, b) && (!a->len || !b->len || a->len == b->len) &&
	       (a->any_data || b->any_data || a->datamatch == b->datamatch);
}

static bool equal(const struct ioeventfd *a, const struct ioeventfd *b)
{
	return same_place(a, b) && a->eventfd == b->eventfd &&
	       a->len == b->len && a->any_data == b->any_data &&
	       a->datamatch == b->datamatch;
}

/* slots_lock held. */
static int ioeventfd_add(struct ember_vm *vm, struct ioeventfd *new)
{
	struct ioeventfd *p;
	unsigned int nr = 0;
	int ret = 0;

	list_for_each_entry(p, &vm->ioeventfds, node) {
		if (collide(p, new))
			return -EEXIST;
		nr++;
	}
	if (nr >= MAX_IOEVENTFDS)
		return -ENOSPC;
	if (!new->pio)
		ret = ember_io_register(vm, new->addr, new->len, &new->dev);
	if (!ret)
		list_add_tail(&new->node, &vm->ioeventfds);
	return ret;
}

/* slots_lock held; @like describes the one meant. */
static int ioeventfd_remove(struct ember_vm *vm, const struct ioeventfd *like)
{
	struct ioeventfd *p;

	list_for_each_entry(p, &vm->ioeventfds, node) {
		if (!equal(p, like))
			continue;
		list_del(&p->node);
		if (p->pio)
			ioeventfd_free(&p->dev);
		else
			ember_io_unregister(vm, &p->dev);
		return 0;
	}
	return -ENOENT;
}

int ember_ioeventfd(struct ember_vm *vm, const struct kvm_ioeventfd *args)
{
	bool remove = args->flags & KVM_IOEVENTFD_FLAG_DEASSIGN;
	struct ioeventfd *p;
	int ret;

	ret = args_check(args);
	if (ret)
		return ret;
	p = ioeventfd_alloc(args);
	if (IS_ERR(p))
		return PTR_ERR(p);
	mutex_lock(&vm->slots_lock);
	ret = remove ? ioeventfd_remove(vm, p) : ioeventfd_add(vm, p);
	mutex_unlock(&vm->slots_lock);
	if (remove || ret)
		ioeventfd_free(&p->dev);
	return ret;
}

/* Those on the bus go with it. */
void ember_ioeventfd_destroy(struct ember_vm *vm)
{
	struct ioeventfd *p, *next;

	list_for_each_entry_safe(p, next, &vm->ioeventfds, node)
		if (p->pio)
			ioeventfd_free(&p->dev);
}
