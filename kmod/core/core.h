/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the core share and no backend sees.
 *
 * Reading order: main.c (module, CPUs, /dev/kvm), vm.c, vcpu.c and run.c (the
 * file descriptors and the loop that runs a guest), memslot.c, notifier.c and
 * dirty.c (guest memory), iobus.c, ioeventfd.c, coalesced.c, routing.c, irqfd.c
 * and device.c (what the kernel serves for a VM), stats.c, timing.c, statsfd.c and trace.h
 * (what can be seen).
 */
#ifndef EMBER_CORE_CORE_H
#define EMBER_CORE_CORE_H

#include <linux/fs.h>
#include "ember.h"

/* What an architecture does not say whose ABI has no in-kernel irqchip. */
#ifndef KVM_NR_IRQCHIPS
#define KVM_NR_IRQCHIPS		1
#endif

/* ---- main.c ------------------------------------------------------------ */

/*
 * May a guest be entered on this CPU?  False on one that could not be taken,
 * and on all once the machine goes down.  Interrupts off.
 */
bool ember_cpu_usable(void);

/* KVM_CHECK_EXTENSION; @vm is NULL when asked of /dev/kvm. */
int ember_check_extension(struct ember_vm *vm, long ext);

/*
 * What user space is told: an ioctl that arm did not have gave EINVAL, except on
 * devices.
 */
long ember_ioctl_errno(long ret);

/* ---- vm.c ---------------------------------------------------------------- */

int ember_vm_create(unsigned long type);	/* fd or -errno */
void ember_vm_get(struct ember_vm *vm);
void ember_vm_put(struct ember_vm *vm);		/* may sleep */

/* ---- vcpu.c and run.c ---------------------------------------------------- */

int ember_vcpu_create(struct ember_vm *vm, unsigned long id);	/* fd */
void ember_vcpu_destroy(struct ember_vcpu *vcpu);
int ember_vcpu_run(struct ember_vcpu *vcpu);	/* vcpu->mutex held */
/*
 * A zeroed page that user space maps at @pgoff of a vcpu's file, as mmap() colours that (the
 * backend's colours()); NULL: no memory.  Freed by free_page().
 */
void *ember_shared_page_alloc(pgoff_t pgoff);

/*
 * Wait until every reader of vm->srcu has seen what was published before;
 * called with slots_lock held, not with vm->srcu.
 */
void ember_vm_synchronize(struct ember_vm *vm);

/* ---- timing.c ------------------------------------------------------------ */

struct seq_file;

/* What has been measured of @vcpu, added to @sum; it may run meanwhile. */
void ember_timing_add(struct ember_timing *sum, const struct ember_vcpu *vcpu);
void ember_timing_show(struct seq_file *m, const struct ember_timing *sum);
/* @vcpu's begins anew at its next exit. */
void ember_timing_clear(struct ember_vcpu *vcpu);

/* ---- memslot.c ----------------------------------------------------------- */

/*
 * In ember_memslot.flags only: being moved or deleted.  The MMU notifier still
 * sees the slot, guests do not.
 */
#define EMBER_MEM_GOING		BIT(31)

/* Called with mmu_lock held, for part of a slot. */
typedef bool (*ember_gfn_fn)(struct ember_vm *vm, gfn_t gfn,
			     unsigned long npages);

int ember_memslots_init(struct ember_vm *vm);
void ember_memslots_destroy(struct ember_vm *vm);
int ember_set_memory_region(struct ember_vm *vm,
			    const struct kvm_userspace_memory_region *mem);
/* Slot number @id, or NULL; slots_lock or vm->srcu held. */
struct ember_memslot *ember_slot_by_id(struct ember_vm *vm, unsigned int id);
/*
 * Call @fn for [@gfn, @gfn + @npages), in pieces when @may_sleep, so that the
 * lock is not held for long.  mmu_lock held.  True when any call said so.
 */
bool ember_for_gfns(struct ember_vm *vm, gfn_t gfn, unsigned long npages,
		    ember_gfn_fn fn, bool may_sleep);

/* ---- notifier.c ---------------------------------------------------------- */

int ember_notifier_register(struct ember_vm *vm);
void ember_notifier_unregister(struct ember_vm *vm);

/* ---- dirty.c ------------------------------------------------------------- */

unsigned long *ember_dirty_alloc(unsigned long npages);
int ember_get_dirty_log(struct ember_vm *vm, const struct kvm_dirty_log *log);
int ember_clear_dirty_log(struct ember_vm *vm,
			  const struct kvm_clear_dirty_log *log);

/* ---- iobus.c, ioeventfd.c, coalesced.c, routing.c, irqfd.c, device.c ------ */

int ember_io_init(struct ember_vm *vm);
void ember_io_destroy(struct ember_vm *vm);

int ember_ioeventfd(struct ember_vm *vm, const struct kvm_ioeventfd *args);
void ember_ioeventfd_destroy(struct ember_vm *vm);

int ember_coalesced_init(struct ember_vm *vm);
void ember_coalesced_destroy(struct ember_vm *vm);
int ember_coalesced_add(struct ember_vm *vm,
			const struct kvm_coalesced_mmio_zone *zone);
int ember_coalesced_remove(struct ember_vm *vm,
			   const struct kvm_coalesced_mmio_zone *zone);

int ember_set_gsi_routing(struct ember_vm *vm, struct kvm_irq_routing __user *arg);
void ember_routes_destroy(struct ember_vm *vm);
/* The pin that @gsi leads to, or -1.  RCU read lock held. */
int ember_route(struct ember_vm *vm, u32 gsi);
/* Set whatever @gsi leads to, if it leads anywhere.  Any context. */
void ember_irq_set(struct ember_vm *vm, u32 gsi, bool level);

int ember_irqfd(struct ember_vm *vm, const struct kvm_irqfd *args);
/* The VM's fd is closed: none is left and none fires when this returns. */
void ember_irqfd_release(struct ember_vm *vm);
int ember_irqfd_init(void);
void ember_irqfd_exit(void);

int ember_device_create(struct ember_vm *vm,
			struct kvm_create_device __user *arg);
void ember_device_destroy(struct ember_vm *vm);

/* ---- stats.c ------------------------------------------------------------- */

void ember_stats_init(void);
void ember_stats_exit(void);
/* @fd: what the VM's owner knows it by. */
void ember_stats_add_vm(struct ember_vm *vm, int fd);
void ember_stats_add_vcpu(struct ember_vcpu *vcpu);
/* Readers are gone when this returns. */
void ember_stats_remove_vm(struct ember_vm *vm);
/* Add up: @sum has EMBER_MAX_EXITS rows. */
void ember_stats_add_exits(u64 *sum, struct ember_vm *vm);
u64 ember_stats_faults(struct ember_vm *vm);

/* ---- statsfd.c ----------------------------------------------------------- */

/* KVM_GET_STATS_FD; @vcpu is NULL for the VM's. */
int ember_stats_fd(struct ember_vm *vm, struct ember_vcpu *vcpu);

#endif
