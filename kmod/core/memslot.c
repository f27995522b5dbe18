// SPDX-License-Identifier: GPL-2.0
/*
 * Guest memory: the slots that say which guest frames are which pages of the
 * VM's process.
 *
 * Read after run.c.  The slots of a VM are one sorted array, replaced as a
 * whole (vm->slots_lock) and read under vm->srcu.  A slot that is moved or
 * deleted goes in two steps.  First it is marked EMBER_MEM_GOING: guests no
 * longer find it, but the MMU notifier still does, since pages of it are
 * mapped.  When all readers know, its pages are unmapped and the slot is
 * taken out.
 */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "core.h"

/* Limit of the ABI: a page count fits a signed int. */
#define MAX_PAGES	((1UL << 31) - 1)

/* Pages that are worked on before mmu_lock may be let go. */
#define PIECE_PAGES	4096UL

/* ---- readers ----------------------------------------------------------------- */

struct ember_memslots *ember_memslots(struct ember_vm *vm)
{
	return srcu_dereference_check(vm->memslots, &vm->srcu,
				      lockdep_is_held(&vm->slots_lock) ||
				      !refcount_read(&vm->users));
}

/* The last slot that begins at @gfn or below, or NULL. */
static struct ember_memslot *slot_below(struct ember_memslots *slots, gfn_t gfn)
{
	unsigned int low = 0, high = slots->nr;

	while (low < high) {
		unsigned int mid = (low + high) / 2;

		if (slots->slot[mid].base_gfn <= gfn)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? &slots->slot[low - 1] : NULL;
}

__ember_hot struct ember_memslot *ember_gfn_to_slot(struct ember_vm *vm, gfn_t gfn)
{
	struct ember_memslot *slot = slot_below(ember_memslots(vm), gfn);

	if (!slot || gfn - slot->base_gfn >= slot->npages ||
	    slot->flags & EMBER_MEM_GOING)
		return NULL;
	return slot;
}

static struct ember_memslot *find_id(struct ember_memslots *slots,
				     unsigned int id)
{
	unsigned int i;

	for (i = 0; i < slots->nr; i++)
		if (slots->slot[i].id == id)
			return &slots->slot[i];
	return NULL;
}

struct ember_memslot *ember_slot_by_id(struct ember_vm *vm, unsigned int id)
{
	return find_id(ember_memslots(vm), id);
}

bool ember_for_gfns(struct ember_vm *vm, gfn_t gfn, unsigned long npages,
		    ember_gfn_fn fn, bool may_sleep)
{
	bool ret = false;

	while (npages) {
		unsigned long n = may_sleep ? min(npages, PIECE_PAGES) : npages;

		ret |= fn(vm, gfn, n);
		gfn += n;
		npages -= n;
		if (may_sleep)
			cond_resched_lock(&vm->mmu_lock);
	}
	return ret;
}

/* ---- access by the kernel --------------------------------------------------- */

/* Where @gpa, which @slot holds, is in the owner's address space. */
static void __user *slot_ptr(const struct ember_memslot *slot, gpa_t gpa)
{
	return (void __user *)(ember_gfn_to_hva(slot, gpa >> PAGE_SHIFT) +
			       offset_in_page(gpa));
}

static size_t rest_of_page(gpa_t gpa, size_t len)
{
	return min_t(size_t, len, PAGE_SIZE - offset_in_page(gpa));
}

int ember_read_guest(struct ember_vm *vm, gpa_t gpa, void *data, size_t len)
{
	struct ember_memslot *slot;
	size_t n;

	for (; len; gpa += n, data += n, len -= n) {
		n = rest_of_page(gpa, len);
		slot = ember_gfn_to_slot(vm, gpa >> PAGE_SHIFT);
		if (!slot || copy_from_user(data, slot_ptr(slot, gpa), n))
			return -EFAULT;
	}
	return 0;
}

int ember_write_guest(struct ember_vm *vm, gpa_t gpa, const void *data,
		      size_t len)
{
	struct ember_memslot *slot;
	size_t n;

	for (; len; gpa += n, data += n, len -= n) {
		n = rest_of_page(gpa, len);
		slot = ember_gfn_to_slot(vm, gpa >> PAGE_SHIFT);
		if (!slot || slot->flags & KVM_MEM_READONLY ||
		    copy_to_user(slot_ptr(slot, gpa), data, n))
			return -EFAULT;
		ember_mark_dirty(slot, gpa >> PAGE_SHIFT);
	}
	return 0;
}

/* ---- building the next array ---------------------------------------------------- */

static struct ember_memslots *slots_copy(struct ember_vm *vm)
{
	return kmemdup(ember_memslots(vm), sizeof(struct ember_memslots),
		       GFP_KERNEL_ACCOUNT);
}

static void slots_remove(struct ember_memslots *slots, unsigned int id)
{
	struct ember_memslot *slot = find_id(slots, id);
	struct ember_memslot *end = &slots->slot[slots->nr];

	if (!slot)
		return;
	memmove(slot, slot + 1, (end - slot - 1) * sizeof(*slot));
	slots->nr--;
}

/* Insert @new, or put it in place of the one of the same number. */
static void slots_put(struct ember_memslots *slots,
		      const struct ember_memslot *new)
{
	struct ember_memslot *slot, *end;

	slots_remove(slots, new->id);
	end = &slots->slot[slots->nr];
	slot = slot_below(slots, new->base_gfn);
	slot = slot ? slot + 1 : slots->slot;
	memmove(slot + 1, slot, (end - slot) * sizeof(*slot));
	*slot = *new;
	slots->nr++;
}

/* Replace the array; returns when nobody sees the old one. */
static void slots_publish(struct ember_vm *vm, struct ember_memslots *slots)
{
	struct ember_memslots *old = ember_memslots(vm);

	rcu_assign_pointer(vm->memslots, slots);
	ember_vm_synchronize(vm);
	kfree(old);
}

/* ---- changes -------------------------------------------------------------------- */

static bool unmap_piece(struct ember_vm *vm, gfn_t gfn, unsigned long npages)
{
	ember_backend->mem_unmap(vm, gfn, npages);
	return false;
}

static bool write_protect_piece(struct ember_vm *vm, gfn_t gfn,
				unsigned long npages)
{
	ember_backend->mem_write_protect(vm, gfn, npages);
	return false;
}

static void slot_for_all(struct ember_vm *vm, const struct ember_memslot *slot,
			 ember_gfn_fn fn)
{
	spin_lock(&vm->mmu_lock);
	ember_for_gfns(vm, slot->base_gfn, slot->npages, fn, true);
	spin_unlock(&vm->mmu_lock);
}

/* Hide @slot from guests and unmap it.  @slots is used up. */
static void slot_retire(struct ember_vm *vm, struct ember_memslots *slots,
			unsigned int id)
{
	struct ember_memslot *slot = find_id(slots, id);

	slot->flags |= EMBER_MEM_GOING;
	slots_publish(vm, slots);
	slot_for_all(vm, slot, unmap_piece);
}

static bool slot_logged(const struct ember_memslot *slot)
{
	return slot && slot->flags & KVM_MEM_LOG_DIRTY_PAGES;
}

/*
 * Both arrays are made before the first is published: once guests have lost
 * sight of a slot there is no way back.
 */
static int slot_replace(struct ember_vm *vm, const struct ember_memslot *old,
			const struct ember_memslot *new,
			enum ember_slot_change change)
{
	bool retire = change == EMBER_SLOT_DELETE || change == EMBER_SLOT_MOVE;
	struct ember_memslots *going = NULL, *next;

	next = slots_copy(vm);
	if (!next)
		return -ENOMEM;
	if (retire) {
		going = slots_copy(vm);
		if (!going) {
			kfree(next);
			return -ENOMEM;
		}
		slot_retire(vm, going, old->id);
	}
	if (change == EMBER_SLOT_DELETE)
		slots_remove(next, old->id);
	else
		slots_put(next, new);
	slots_publish(vm, next);
	if (change == EMBER_SLOT_FLAGS && slot_logged(new) && !slot_logged(old))
		slot_for_all(vm, new, write_protect_piece);
	return 0;
}

/* slots_lock held.  @old: the slot as it is, NULL for CREATE. */
static int slot_change(struct ember_vm *vm, const struct ember_memslot *old,
		       struct ember_memslot *new, enum ember_slot_change change)
{
	unsigned long *old_dirty = old ? old->dirty : NULL;
	int ret;

	new->dirty = NULL;
	if (change != EMBER_SLOT_DELETE && slot_logged(new)) {
		new->dirty = old_dirty ?: ember_dirty_alloc(new->npages);
		if (!new->dirty)
			return -ENOMEM;
	}
	ret = ember_backend->mem_prepare(vm, new, change);
	if (!ret)
		ret = slot_replace(vm, old, new, change);
	if (ret) {
		if (new->dirty != old_dirty)
			kvfree(new->dirty);
		return ret;
	}
	if (old_dirty != new->dirty)
		kvfree(old_dirty);
	return 0;
}

/* ---- KVM_SET_USER_MEMORY_REGION ---------------------------------------------------- */

static int region_check(const struct kvm_userspace_memory_region *mem)
{
	unsigned long hva = mem->userspace_addr, size = mem->memory_size;

	if (mem->flags & ~(KVM_MEM_LOG_DIRTY_PAGES | KVM_MEM_READONLY))
		return -EINVAL;
	if (mem->slot >= EMBER_MAX_SLOTS)
		return -EINVAL;
	if ((mem->memory_size | mem->guest_phys_addr | mem->userspace_addr) &
	    ~PAGE_MASK)
		return -EINVAL;
	if (mem->userspace_addr != hva || mem->memory_size != size ||
	    !access_ok((void __user *)hva, size))
		return -EINVAL;
	if (mem->guest_phys_addr + mem->memory_size < mem->guest_phys_addr)
		return -EINVAL;
	return size >> PAGE_SHIFT > MAX_PAGES ? -EINVAL : 0;
}

static bool slots_overlap(const struct ember_memslots *slots,
			  const struct ember_memslot *new)
{
	const struct ember_memslot *slot;

	for (slot = slots->slot; slot < slots->slot + slots->nr; slot++)
		if (slot->id != new->id &&
		    new->base_gfn < slot->base_gfn + slot->npages &&
		    slot->base_gfn < new->base_gfn + new->npages)
			return true;
	return false;
}

/*
 * What is asked for: an enum ember_slot_change, -EINVAL when a slot cannot
 * change so, -EALREADY when it is so already.
 */
static int region_change(const struct ember_memslot *old,
			 const struct ember_memslot *new)
{
	if (!old)
		return new->npages ? EMBER_SLOT_CREATE : -EINVAL;
	if (!new->npages)
		return EMBER_SLOT_DELETE;
	if (new->npages != old->npages || new->hva != old->hva ||
	    (new->flags ^ old->flags) & KVM_MEM_READONLY)
		return -EINVAL;
	if (new->base_gfn != old->base_gfn)
		return EMBER_SLOT_MOVE;
	return new->flags != old->flags ? EMBER_SLOT_FLAGS : -EALREADY;
}

/* slots_lock held. */
static int region_set(struct ember_vm *vm, struct ember_memslot *new)
{
	struct ember_memslot *cur = ember_slot_by_id(vm, new->id);
	struct ember_memslot old;
	int change;

	change = region_change(cur, new);
	if (change < 0)
		return change == -EALREADY ? 0 : change;
	if ((change == EMBER_SLOT_CREATE || change == EMBER_SLOT_MOVE) &&
	    slots_overlap(ember_memslots(vm), new))
		return -EEXIST;
	if (!cur)
		return slot_change(vm, NULL, new, change);
	old = *cur;
	if (change == EMBER_SLOT_DELETE)
		*new = old;
	return slot_change(vm, &old, new, change);
}

int ember_set_memory_region(struct ember_vm *vm,
			    const struct kvm_userspace_memory_region *mem)
{
	struct ember_memslot new = {
		.base_gfn = mem->guest_phys_addr >> PAGE_SHIFT,
		.npages = mem->memory_size >> PAGE_SHIFT,
		.hva = mem->userspace_addr,
		.flags = mem->flags,
		.id = mem->slot,
	};
	int ret = region_check(mem);

	if (ret)
		return ret;
	mutex_lock(&vm->slots_lock);
	ret = region_set(vm, &new);
	mutex_unlock(&vm->slots_lock);
	return ret;
}

/* ---- life ----------------------------------------------------------------------- */

int ember_memslots_init(struct ember_vm *vm)
{
	struct ember_memslots *slots;

	slots = kzalloc(sizeof(*slots), GFP_KERNEL_ACCOUNT);
	if (!slots)
		return -ENOMEM;
	RCU_INIT_POINTER(vm->memslots, slots);
	return 0;
}

void ember_memslots_destroy(struct ember_vm *vm)
{
	struct ember_memslots *slots = rcu_dereference_protected(vm->memslots, 1);
	unsigned int i;

	for (i = 0; i < slots->nr; i++)
		kvfree(slots->slot[i].dirty);
	kfree(slots);
}
