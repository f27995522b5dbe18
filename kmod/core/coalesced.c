// SPDX-License-Identifier: GPL-2.0
/*
 * Coalesced MMIO: writes to a zone are noted in a ring that user space reads
 * when the vcpu next comes out anyway.
 *
 * Read after ioeventfd.c.  The ring is one page, shared by all vcpus of a VM and
 * mapped after each one's kvm_run.  The kernel writes `last`, user space `first`,
 * and neither is trusted to be in range.  A full ring is an ordinary exit, after
 * which user space has emptied it.
 *
 * Zones on the port bus, which only x86 has, are accepted and see nothing.
 */
#include <linux/list.h>
#include <linux/slab.h>
#include "core.h"

#define MAX_ZONES	512

struct io_zone {
	struct ember_io_dev dev;
	struct list_head node;		/* vm->coalesced, slots_lock */
	gpa_t addr;
	u32 size;
	bool pio;
};

static bool zone_holds(const struct io_zone *zone, gpa_t addr, u32 len)
{
	return addr >= zone->addr && addr + len >= addr &&
	       addr - zone->addr + len <= zone->size;
}

/* ---- the device ---------------------------------------------------------------- */

/* ring_lock held; false: no room, or user space has written nonsense. */
static bool ring_put(struct kvm_coalesced_mmio_ring *ring, gpa_t addr,
		     unsigned int len, const void *val)
{
	u32 last = READ_ONCE(ring->last), first = READ_ONCE(ring->first);
	struct kvm_coalesced_mmio *entry;
	u32 next;

	if (last >= KVM_COALESCED_MMIO_MAX)
		return false;
	next = (last + 1) % KVM_COALESCED_MMIO_MAX;
	if (next == first)
		return false;
	entry = &ring->coalesced_mmio[last];
	entry->phys_addr = addr;
	entry->len = len;
	memcpy(entry->data, val, len);
	entry->pio = 0;
	/* The entry is there before it counts. */
	smp_store_release(&ring->last, next);
	return true;
}

static int zone_write(struct ember_vcpu *vcpu, struct ember_io_dev *dev,
		      gpa_t addr, unsigned int len, const void *val)
{
	const struct io_zone *zone = container_of(dev, struct io_zone, dev);
	struct ember_vm *vm = vcpu->vm;
	bool done;

	if (!zone_holds(zone, addr, len) ||
	    len > sizeof_field(struct kvm_coalesced_mmio, data))
		return -EOPNOTSUPP;
	spin_lock(&vm->ring_lock);
	done = ring_put(vm->ring, addr, len, val);
	spin_unlock(&vm->ring_lock);
	return done ? 0 : -EOPNOTSUPP;
}

static void zone_free(struct ember_io_dev *dev)
{
	kfree(container_of(dev, struct io_zone, dev));
}

static const struct ember_io_ops zone_ops = {
	.write = zone_write,
	.destroy = zone_free,
};

/* ---- KVM_(UN)REGISTER_COALESCED_MMIO ---------------------------------------------- */

/* slots_lock held. */
static int zone_add(struct ember_vm *vm, struct io_zone *zone)
{
	unsigned int nr = 0;
	struct io_zone *other;
	int ret = 0;

	list_for_each_entry(other, &vm->coalesced, node)
		nr++;
	if (nr >= MAX_ZONES)
		return -ENOSPC;
	if (!zone->pio)
		ret = ember_io_register(vm, zone->addr, zone->size, &zone->dev);
	if (!ret)
		list_add_tail(&zone->node, &vm->coalesced);
	return ret;
}

int ember_coalesced_add(struct ember_vm *vm,
			const struct kvm_coalesced_mmio_zone *args)
{
	struct io_zone *zone;
	int ret;

	if (args->pio > 1)
		return -EINVAL;
	zone = kzalloc(sizeof(*zone), GFP_KERNEL_ACCOUNT);
	if (!zone)
		return -ENOMEM;
	zone->dev.ops = &zone_ops;
	zone->addr = args->addr;
	zone->size = args->size;
	zone->pio = args->pio;
	mutex_lock(&vm->slots_lock);
	ret = zone_add(vm, zone);
	mutex_unlock(&vm->slots_lock);
	if (ret)
		kfree(zone);
	return ret;
}

/* slots_lock held. */
static void zone_remove(struct ember_vm *vm, struct io_zone *zone)
{
	list_del(&zone->node);
	if (zone->pio)
		zone_free(&zone->dev);
	else
		ember_io_unregister(vm, &zone->dev);
}

/* Every zone that holds what is named goes; that there is none is no error. */
int ember_coalesced_remove(struct ember_vm *vm,
			   const struct kvm_coalesced_mmio_zone *args)
{
	struct io_zone *zone, *next;

	if (args->pio > 1)
		return -EINVAL;
	mutex_lock(&vm->slots_lock);
	list_for_each_entry_safe(zone, next, &vm->coalesced, node)
		if (zone->pio == args->pio &&
		    zone_holds(zone, args->addr, args->size))
			zone_remove(vm, zone);
	mutex_unlock(&vm->slots_lock);
	return 0;
}

/* ---- life -------------------------------------------------------------------------- */

int ember_coalesced_init(struct ember_vm *vm)
{
	vm->ring = ember_shared_page_alloc(KVM_COALESCED_MMIO_PAGE_OFFSET);
	return vm->ring ? 0 : -ENOMEM;
}

/* Zones on the bus go with it; user space may still have the page, counted. */
void ember_coalesced_destroy(struct ember_vm *vm)
{
	struct io_zone *zone, *next;

	list_for_each_entry_safe(zone, next, &vm->coalesced, node)
		if (zone->pio)
			zone_free(&zone->dev);
	free_page((unsigned long)vm->ring);
}
