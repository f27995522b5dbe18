// SPDX-License-Identifier: GPL-2.0
/*
 * The in-kernel side of a guest's physical bus: accesses outside memory that
 * the kernel serves itself, without a trip to user space.
 *
 * Read after dirty.c.  Ranges are one array sorted by address, replaced as a
 * whole (slots_lock) and read under vm->srcu.  Ranges that begin at the same
 * address may be several, tried one after the other (eventfds that wait for
 * different data); otherwise ranges do not overlap.
 */
#include <linux/slab.h>
#include "core.h"

#define MAX_RANGES	512

struct io_range {
	gpa_t addr;
	unsigned int len;	/* 0: an access of any length to @addr */
	struct ember_io_dev *dev;
};

struct ember_io_bus {
	unsigned int nr;
	struct io_range range[];
};

static struct ember_io_bus *io_bus(struct ember_vm *vm)
{
	return srcu_dereference_check(vm->io_bus, &vm->srcu,
				      lockdep_is_held(&vm->slots_lock) ||
				      !refcount_read(&vm->users));
}

/* Index of the first range that begins above @addr. */
static unsigned int first_above(const struct ember_io_bus *bus, gpa_t addr)
{
	unsigned int low = 0, high = bus->nr;

	while (low < high) {
		unsigned int mid = (low + high) / 2;

		if (bus->range[mid].addr <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* ---- access ----------------------------------------------------------------- */

static bool range_holds(const struct io_range *range, gpa_t addr,
			unsigned int len)
{
	if (!range->len)
		return addr == range->addr;
	return addr - range->addr + len <= range->len;
}

static int dev_access(struct ember_vcpu *vcpu, struct ember_io_dev *dev,
		      gpa_t addr, unsigned int len, void *val, bool write)
{
	const struct ember_io_ops *ops = dev->ops;

	if (write)
		return ops->write ? ops->write(vcpu, dev, addr, len, val) :
				    -EOPNOTSUPP;
	return ops->read ? ops->read(vcpu, dev, addr, len, val) : -EOPNOTSUPP;
}

/* Only ranges that begin where the last one at or below @addr does can hold it. */
static __always_inline int bus_access(struct ember_vcpu *vcpu, gpa_t addr,
				      unsigned int len, void *val, bool write)
{
	const struct ember_io_bus *bus = io_bus(vcpu->vm);
	unsigned int i = first_above(bus, addr);
	gpa_t start = i ? bus->range[i - 1].addr : 0;

	for (; i; i--) {
		const struct io_range *range = &bus->range[i - 1];

		if (range->addr != start)
			break;
		if (range_holds(range, addr, len) &&
		    !dev_access(vcpu, range->dev, addr, len, val, write))
			return 0;
	}
	return -EOPNOTSUPP;
}

__ember_hot int ember_io_read(struct ember_vcpu *vcpu, gpa_t addr, unsigned int len,
			      void *val)
{
	return bus_access(vcpu, addr, len, val, false);
}

__ember_hot int ember_io_write(struct ember_vcpu *vcpu, gpa_t addr, unsigned int len,
			       const void *val)
{
	return bus_access(vcpu, addr, len, (void *)val, true);
}

/* ---- changes ---------------------------------------------------------------- */

static struct ember_io_bus *bus_alloc(unsigned int nr, gfp_t flags)
{
	struct ember_io_bus *bus;

	bus = kmalloc(struct_size(bus, range, nr), GFP_KERNEL_ACCOUNT | flags);
	if (bus)
		bus->nr = nr;
	return bus;
}

static void bus_publish(struct ember_vm *vm, struct ember_io_bus *bus)
{
	struct ember_io_bus *old = io_bus(vm);

	rcu_assign_pointer(vm->io_bus, bus);
	ember_vm_synchronize(vm);
	kfree(old);
}

/* One of length 0 takes accesses that begin at its address. */
static gpa_t range_end(const struct io_range *range)
{
	return range->addr + (range->len ?: 1);
}

static bool bus_has_room(const struct ember_io_bus *bus,
			 const struct io_range *new)
{
	const struct io_range *range;

	for (range = bus->range; range < bus->range + bus->nr; range++)
		if (range->addr != new->addr &&
		    range->addr < range_end(new) &&
		    new->addr < range_end(range))
			return false;
	return true;
}

int ember_io_register(struct ember_vm *vm, gpa_t addr, unsigned int len,
		      struct ember_io_dev *dev)
{
	struct io_range new = { .addr = addr, .len = len, .dev = dev };
	struct ember_io_bus *old, *bus;
	unsigned int at;

	lockdep_assert_held(&vm->slots_lock);
	old = io_bus(vm);
	if (old->nr >= MAX_RANGES)
		return -ENOSPC;
	if (!bus_has_room(old, &new))
		return -EEXIST;
	bus = bus_alloc(old->nr + 1, 0);
	if (!bus)
		return -ENOMEM;
	at = first_above(old, addr);
	memcpy(bus->range, old->range, at * sizeof(new));
	bus->range[at] = new;
	memcpy(&bus->range[at + 1], &old->range[at],
	       (old->nr - at) * sizeof(new));
	bus_publish(vm, bus);
	return 0;
}

static void dev_destroy(struct ember_io_dev *dev)
{
	if (dev->ops->destroy)
		dev->ops->destroy(dev);
}

/* Cannot fail: the array is small, and the caller could do nothing about it. */
void ember_io_unregister(struct ember_vm *vm, struct ember_io_dev *dev)
{
	struct ember_io_bus *old, *bus;
	unsigned int i;

	lockdep_assert_held(&vm->slots_lock);
	old = io_bus(vm);
	for (i = 0; i < old->nr && old->range[i].dev != dev; i++)
		;
	if (i == old->nr)
		return;
	bus = bus_alloc(old->nr - 1, __GFP_NOFAIL);
	memcpy(bus->range, old->range, i * sizeof(bus->range[0]));
	memcpy(&bus->range[i], &old->range[i + 1],
	       (bus->nr - i) * sizeof(bus->range[0]));
	bus_publish(vm, bus);
	dev_destroy(dev);
}

/* ---- life ---------------------------------------------------------------------- */

int ember_io_init(struct ember_vm *vm)
{
	struct ember_io_bus *bus = bus_alloc(0, 0);

	if (!bus)
		return -ENOMEM;
	RCU_INIT_POINTER(vm->io_bus, bus);
	return 0;
}

void ember_io_destroy(struct ember_vm *vm)
{
	struct ember_io_bus *bus = rcu_dereference_protected(vm->io_bus, 1);
	unsigned int i;

	for (i = 0; i < bus->nr; i++)
		dev_destroy(bus->range[i].dev);
	kfree(bus);
}
