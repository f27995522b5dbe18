/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Core and backend: the two halves of the module and the contract between them.
 *
 * Read this first.  The core (this directory) owns file descriptors, memory
 * slots, the host's MMU notifier, eventfds and statistics, and knows no
 * architecture.  A backend is one struct ember_backend; it embeds the core's
 * structs and finds its own with container_of().
 *
 * Locks, outermost first:
 *	vcpu->mutex	one vcpu ioctl at a time; that of others is only tried
 *	vm->lock	mutex: creation of vcpus and devices, irqchip set-up
 *	vm->slots_lock	mutex: changes to memslots and to the I/O bus
 *	vm->srcu	readers of memslots and I/O bus
 *	vm->mmu_lock	spinlock: the backend's second-stage tables, mmu_seq
 *	vm->irqfd_lock	spinlock, interrupts off: lists of irqfds
 *	vm->ring_lock	spinlock: the ring of coalesced MMIO
 * Interrupt state has locks of the backend's own, taken inside all of these
 * and with interrupts off, since irqfd injects from wait-queue context.
 */
#ifndef EMBER_CORE_EMBER_H
#define EMBER_CORE_EMBER_H

#include <linux/jump_label.h>
#include <linux/kvm.h>
#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/mmu_notifier.h>
#include <linux/mutex.h>
#include <linux/rcuwait.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/srcu.h>
#include <linux/types.h>
#include "../lib/hot.h"

#define EMBER_MAX_VCPUS		8
#define EMBER_MAX_SLOTS		64	/* KVM_CAP_NR_MEMSLOTS */
#define EMBER_MAX_EXITS		48	/* rows of a backend's exit table */
#define EMBER_MAX_ROUTES	4096	/* KVM_CAP_IRQ_ROUTING: GSIs */

typedef u64 gpa_t;	/* guest physical address, bytes */
typedef u64 gfn_t;	/* guest physical frame: gpa >> PAGE_SHIFT */

struct ember_vm;
struct ember_vcpu;

/* ---- memory slots ---------------------------------------------------- */

struct ember_memslot {
	gfn_t base_gfn;
	unsigned long npages;
	unsigned long hva;		/* userspace address of the first page */
	u32 flags;			/* KVM_MEM_* */
	u16 id;
	unsigned long *dirty;		/* one bit a page, or NULL: not logged */
};

/*
 * The slots of a VM at one moment, sorted by base_gfn.  Immutable once
 * published, but for the bits of the dirty bitmaps.
 */
struct ember_memslots {
	unsigned int nr;
	struct ember_memslot slot[EMBER_MAX_SLOTS];
};

enum ember_slot_change {
	EMBER_SLOT_CREATE,
	EMBER_SLOT_DELETE,
	EMBER_SLOT_MOVE,
	EMBER_SLOT_FLAGS,
};

/* Caller holds vm->srcu (or slots_lock) as long as it uses the result. */
struct ember_memslots *ember_memslots(struct ember_vm *vm);
/* The slot that holds @gfn, or NULL. */
struct ember_memslot *ember_gfn_to_slot(struct ember_vm *vm, gfn_t gfn);

static inline unsigned long ember_gfn_to_hva(const struct ember_memslot *slot,
					     gfn_t gfn)
{
	return slot->hva + (unsigned long)(gfn - slot->base_gfn) * PAGE_SIZE;
}

/*
 * Record a guest write to @gfn.  Any context.  A fault handler calls it under
 * the mmu_lock under which it maps the page for writing, or after that; the
 * page must not be mapped for writing at a time when it is not recorded.
 */
void ember_mark_dirty(struct ember_memslot *slot, gfn_t gfn);
/*
 * The same, where a fault handler maps @page for writing in tables of its own, which the
 * host's reclaim does not look at.  The caller holds a reference to it.
 */
void ember_page_written(struct ember_memslot *slot, gfn_t gfn, struct page *page);

/*
 * Copy from or to guest memory through the owner's mm.  May sleep; the caller
 * holds vm->srcu and runs in the VM's own process.  0 or -EFAULT; writes mark
 * pages dirty.
 */
int ember_read_guest(struct ember_vm *vm, gpa_t gpa, void *data, size_t len);
int ember_write_guest(struct ember_vm *vm, gpa_t gpa, const void *data,
		      size_t len);

/*
 * True when a page looked up after reading @seq (vm->mmu_seq, then smp_rmb())
 * may have been invalidated meanwhile: drop it and let the guest fault again.
 * Called with mmu_lock held.
 */
bool ember_mmu_retry(struct ember_vm *vm, unsigned long seq);

/* ---- in-kernel devices on the guest's physical bus ------------------- */

struct ember_io_dev;

struct ember_io_ops {
	/* 0: done; -EOPNOTSUPP: not mine, go on looking */
	int (*read)(struct ember_vcpu *vcpu, struct ember_io_dev *dev,
		    gpa_t addr, unsigned int len, void *val);
	int (*write)(struct ember_vcpu *vcpu, struct ember_io_dev *dev,
		     gpa_t addr, unsigned int len, const void *val);
	/* Called when the device leaves the bus; may be NULL. */
	void (*destroy)(struct ember_io_dev *dev);
};

struct ember_io_dev {
	const struct ember_io_ops *ops;
};

/* Add or remove [@addr, @addr + @len); slots_lock held.  0, -EEXIST, -ENOSPC,
 * -ENOMEM.
 */
int ember_io_register(struct ember_vm *vm, gpa_t addr, unsigned int len,
		      struct ember_io_dev *dev);
void ember_io_unregister(struct ember_vm *vm, struct ember_io_dev *dev);
/* vm->srcu held.  0, or -EOPNOTSUPP when user space must serve the access. */
int ember_io_read(struct ember_vcpu *vcpu, gpa_t addr, unsigned int len,
		  void *val);
int ember_io_write(struct ember_vcpu *vcpu, gpa_t addr, unsigned int len,
		   const void *val);

/* ---- devices with a file descriptor (KVM_CREATE_DEVICE) -------------- */

struct ember_device;

struct ember_device_ops {
	u32 type;			/* KVM_DEV_TYPE_* */
	/* vm->lock held, nothing fails after it; -EEXIST for a second one. */
	int (*create)(struct ember_device *dev);
	/* Last reference gone, the VM still alive; may be NULL. */
	void (*destroy)(struct ember_device *dev);
	/* No lock held; -ENXIO for what is not there. */
	int (*set_attr)(struct ember_device *dev, struct kvm_device_attr *attr);
	int (*get_attr)(struct ember_device *dev, struct kvm_device_attr *attr);
	int (*has_attr)(struct ember_device *dev, struct kvm_device_attr *attr);
};

struct ember_device {
	const struct ember_device_ops *ops;
	struct ember_vm *vm;
	struct list_head node;		/* vm->devices, vm->lock */
	void *private;			/* the backend's */
};

/* ---- vm and vcpu ------------------------------------------------------ */

/*
 * What a VM's second stage maps now, and the pages of its tables.  Where the TLB may have
 * one entry for many pages, @large is how many such there are at the most.
 */
struct ember_mapped {
	unsigned long pages, blocks, tables, large;
};

struct ember_vm {
	struct mm_struct *mm;		/* owner; ioctls from others: -EIO */
	struct mutex lock;		/* vcpus, devices */
	struct mutex slots_lock;	/* memslots, I/O bus */
	struct srcu_struct srcu;
	bool synchronizing;		/* a writer waits for readers; slots_lock */
	struct ember_memslots __rcu *memslots;
	struct ember_io_bus __rcu *io_bus;

	spinlock_t mmu_lock;		/* second-stage tables */
	struct mmu_notifier mmu_notifier;
	unsigned long mmu_seq;		/* mmu_lock; bumped by invalidations */
	long mmu_invalidating;		/* mmu_lock; ranges under way */

	struct ember_vcpu *vcpus[EMBER_MAX_VCPUS];	/* by creation order */
	unsigned int nr_vcpus;		/* published with smp_store_release() */

	struct list_head devices;	/* vm->lock */
	struct list_head irqfds;	/* irqfd_lock */
	struct list_head resampling;	/* those that wait for acks; irqfd_lock, RCU */
	unsigned int nr_resampling;	/* irqfd_lock; read without, READ_ONCE */
	spinlock_t irqfd_lock;
	struct ember_routes __rcu *routes;	/* GSI to pin; vm->lock */
	bool irqchip_ready;		/* vm->lock; for good */
	struct list_head ioeventfds;	/* slots_lock */
	struct list_head coalesced;	/* zones; slots_lock */
	struct kvm_coalesced_mmio_ring *ring;	/* shared with user space; ring_lock */
	spinlock_t ring_lock;
	bool manual_dirty_log;		/* KVM_GET_DIRTY_LOG clears nothing */

	refcount_t users;		/* VM fd, vcpu fds, device fds */
	struct dentry *debugfs;
	struct list_head node;		/* all VMs, ember_lock */
	u64 nr_faults;			/* second-stage faults, mmu_lock */
	struct ember_mapped mapped;	/* mmu_lock */
	bool killed;			/* a guest's misdeed ended it */
	u32 kill_suberror;		/* the first reason; 0: none, cmpxchg() */
};

enum ember_vcpu_mode {
	EMBER_OUTSIDE_GUEST,
	EMBER_IN_GUEST,
};

/* Bits of vcpu->requests; 0-7 the core's, 8-31 the backend's. */
#define EMBER_REQ_KICK		0	/* leave the guest, look at the world */
#define EMBER_REQ_NO_CPU	1	/* entry was refused: CPU not taken */
#define EMBER_REQ_KILLED	2	/* vm->killed; it stays, for good */
#define EMBER_REQ_BACKEND	8

/*
 * What exits cost (timing.c), in nanoseconds of the host's clock.  Written by the
 * vcpu's thread, read by anyone.
 */
struct ember_cost {
	u64 count, total, min, max;
};

struct ember_timing {
	unsigned int epoch;		/* as long as it is the same, so is all else */
	u64 left, entered;		/* the guest, 0: not known */
	bool clear;			/* somebody wants it to begin anew; READ_ONCE */
	struct ember_cost guest;	/* from one exit to the next */
	struct ember_cost row[EMBER_MAX_EXITS];
	u64 exits[EMBER_MAX_EXITS];	/* the vcpu's at @left */
};

struct ember_vcpu {
	struct ember_vm *vm;
	unsigned int id;		/* user space's number */
	unsigned int idx;		/* index in vm->vcpus */
	struct mutex mutex;		/* one ioctl at a time */
	struct task_struct *task;	/* in KVM_RUN now, or NULL; READ_ONCE, RCU */
	struct rcuwait wait;		/* sleeping in ember_vcpu_block() */
	struct kvm_run *run;		/* shared with user space */
	unsigned long requests;		/* atomic bit operations */
	int mode;			/* enum ember_vcpu_mode */
	int srcu_idx;			/* valid inside backend->vcpu_run() */
	unsigned long rcu_noted;	/* jiffies at the last report to RCU */
	bool rcu_watches;		/* while the guest runs; own thread */

	sigset_t sigset;		/* KVM_SET_SIGNAL_MASK */
	bool sigset_active;

	/*
	 * Finish the exit that user space has just served; called once at the
	 * next KVM_RUN, vm->srcu held.  > 0: go on; 0: the same instruction
	 * needs user space again, run->exit_reason is set (and this, again);
	 * < 0: error of KVM_RUN.
	 */
	int (*complete_exit)(struct ember_vcpu *vcpu);

	bool started;			/* backend->vcpu_start() succeeded */
	/* The backend's, may be NULL: KVM_RUN is about to return. */
	void (*leaving)(struct ember_vcpu *vcpu);

	u64 exits[EMBER_MAX_EXITS];	/* by row of backend->exit_names */
	struct ember_timing *timing;	/* apart: what follows is near, in ARM's loads */
};

static inline struct ember_vcpu *ember_get_vcpu(struct ember_vm *vm,
						unsigned int idx)
{
	/* Pairs with the store-release that publishes a new vcpu. */
	return idx < smp_load_acquire(&vm->nr_vcpus) ? vm->vcpus[idx] : NULL;
}

#define ember_for_each_vcpu(i, vcpu, vm) \
	for ((i) = 0; ((vcpu) = ember_get_vcpu((vm), (i))); (i)++)

/*
 * Make @vcpu notice a change of state soon: EMBER_REQ_KICK, wake it if it
 * sleeps, send its CPU an IPI if it is in the guest.  Nothing is done in the
 * vcpu's own thread.  Any context, interrupts on or off.
 */
void ember_vcpu_kick(struct ember_vcpu *vcpu);

static inline void ember_request(struct ember_vcpu *vcpu, unsigned int req)
{
	/* What it is about is seen by whoever takes the request. */
	smp_mb__before_atomic();
	set_bit(req, &vcpu->requests);
	/* The request is seen before the mode that ember_vcpu_kick() reads. */
	smp_mb__after_atomic();
}

static inline bool ember_check_request(struct ember_vcpu *vcpu,
				       unsigned int req)
{
	return test_bit(req, &vcpu->requests) &&
	       test_and_clear_bit(req, &vcpu->requests);
}

/* Request and kick every vcpu of @vm; does not wait for them. */
void ember_request_all(struct ember_vm *vm, unsigned int req);

/*
 * Sleep until backend->vcpu_runnable(), a signal or a request.  Called from
 * backend->vcpu_run() with interrupts on; drops and retakes vm->srcu.
 */
void ember_vcpu_block(struct ember_vcpu *vcpu);

/*
 * @vcpu waits for another vcpu of its VM (a spinlock's WFE, say): let one that
 * could run but has no CPU go first.  From backend->vcpu_run(), interrupts on.
 */
void ember_vcpu_on_spin(struct ember_vcpu *vcpu);

/*
 * The last step before the guest, interrupts off: publish EMBER_IN_GUEST, then
 * look for requests (the core's and the backend's: serve yours before), signals
 * and rescheduling.  Returns false when the entry must be given up (mode is
 * OUTSIDE again, vcpu_run() returns > 0); else the backend loads what the guest
 * needs and enters, between ember_guest_begin() and ember_guest_exit(), with
 * interrupts still off.  Between these two RCU may not be watching: no trace
 * points, no RCU, no locks (lockdep uses both).
 *
 * Where vcpu->rcu_watches, the backend may serve an exit in between and enter
 * again without another look: whoever wants this vcpu has sent its CPU an
 * interrupt, and that ends the next turn.  What it serves so must not sleep, and
 * neither kick or wake anybody nor make a request of this vcpu: those send
 * nothing to the CPU that they are made on.
 */
bool ember_guest_enter(struct ember_vcpu *vcpu);
void ember_guest_begin(struct ember_vcpu *vcpu);
void ember_guest_exit(struct ember_vcpu *vcpu);
/*
 * The thread's time is the guest's until vcpu_run() returns or blocks, so that
 * a timer tick which ends the guest is still charged to it.  A backend may end
 * it earlier, with interrupts on.
 */
void ember_guest_time_end(void);

/*
 * The guest, or the state that user space gave it, cannot go on: fill in an
 * exit KVM_EXIT_INTERNAL_ERROR with @suberror (KVM_INTERNAL_ERROR_*) and up to
 * 16 words of @data, log one rate-limited line, mark the VM killed.  Returns 0,
 * so that an exit handler can return it.
 */
__printf(5, 6)
int ember_vcpu_kill(struct ember_vcpu *vcpu, u32 suberror, const u64 *data,
		    unsigned int ndata, const char *fmt, ...);

/*
 * Exit timing, off as a rule: then ember_timing_on() is an instruction that does nothing.
 * While it is on a backend says when the guest is entered and when it has been left, each
 * time.  An exit's time is that of all rows that it has counted in by then.  Interrupts
 * off.
 */
DECLARE_STATIC_KEY_FALSE(ember_timing_key);

void ember_timing_left(struct ember_vcpu *vcpu);
void ember_timing_enter(struct ember_vcpu *vcpu);

static __always_inline bool ember_timing_on(void)
{
	return static_branch_unlikely(&ember_timing_key);
}

static inline void ember_count_exit(struct ember_vcpu *vcpu, unsigned int row)
{
	vcpu->exits[row]++;
}

/* ---- the in-kernel irqchip -------------------------------------------- */

/*
 * The interrupt controller works from here on: GSI n leads to its pin n, for
 * @pins of them, until user space says otherwise, and irqfds are welcome.
 * vm->lock held; 0 or -ENOMEM.
 */
int ember_irqchip_ready(struct ember_vm *vm, unsigned int pins);

/* Does anybody want to know when the guest ends a level-sensitive interrupt? */
static inline bool ember_wants_acks(const struct ember_vm *vm)
{
	return READ_ONCE(vm->nr_resampling);
}

/*
 * It has ended the one of @pin, which may lower the line.  Any context, none of
 * the backend's locks held, RCU watching.
 */
void ember_irq_acked(struct ember_vm *vm, unsigned int pin);

/* ---- the backend ------------------------------------------------------ */

/*
 * One for each way to virtualize.  Unless said otherwise an operation may
 * sleep and returns 0 or -errno; all are present unless marked optional.
 */
struct ember_backend {
	const char *name;
	int no_ioctl;			/* errno of an ioctl that there is not */
	size_t vm_size, vcpu_size;	/* structs that embed the core's, first */
	const char *const *exit_names;	/* NULL-terminated, by row */
	const struct ember_device_ops *const *devices;	/* NULL-terminated */

	/*
	 * Can this machine run the backend?  -ENODEV: no, with one line logged
	 * that says what is missing and what to do; others try next.  On
	 * success whatever it allocated is given back by remove().
	 */
	int (*probe)(void);
	void (*remove)(void);
	/*
	 * Take and give back one CPU; called on it, interrupts off, must not
	 * sleep.  Both are idempotent.
	 */
	int (*cpu_enable)(void);
	void (*cpu_disable)(void);
	/*
	 * Optional: bits of an address, from 0 on, in which two addresses of a page must be
	 * alike for the data cache to have it once.
	 */
	unsigned long (*colours)(void);

	int (*vm_init)(struct ember_vm *vm, unsigned long type);
	void (*vm_destroy)(struct ember_vm *vm);	/* vcpus are gone */

	/* vm->lock held; vcpu->run is there, vcpu is not yet visible. */
	int (*vcpu_init)(struct ember_vcpu *vcpu);
	void (*vcpu_destroy)(struct ember_vcpu *vcpu);
	/*
	 * At KVM_RUN, until it has returned 0 once: is the vcpu, with the VM
	 * around it, fit to run?  -ENOEXEC: it has not been initialized.
	 * vcpu->mutex held.
	 */
	int (*vcpu_start)(struct ember_vcpu *vcpu);
	/*
	 * Enter the guest once and handle why it came back.  > 0: call again;
	 * 0: to user space, run->exit_reason is set; < 0: error.  vcpu->mutex
	 * and vm->srcu held, interrupts on.
	 */
	int (*vcpu_run)(struct ember_vcpu *vcpu);
	/* Would the guest go on if it were entered (interrupt, power)?  Any context. */
	bool (*vcpu_runnable)(struct ember_vcpu *vcpu);

	/*
	 * May @change become @new (DELETE: the slot that goes)?  slots_lock
	 * held, before anything is published.  The core itself calls mem_unmap
	 * for what is deleted or moved, and mem_write_protect where logging is
	 * switched on, once every reader sees the change.
	 */
	int (*mem_prepare)(struct ember_vm *vm, const struct ember_memslot *new,
			   enum ember_slot_change change);
	/*
	 * Second-stage tables; all with mmu_lock held, without sleeping, on
	 * [@gfn, @gfn + @npages).  unmap and write_protect have flushed what
	 * other CPUs may hold when they return.  age: returns whether a page
	 * was accessed since, and clears the mark if @clear.
	 */
	void (*mem_unmap)(struct ember_vm *vm, gfn_t gfn, unsigned long npages);
	void (*mem_write_protect)(struct ember_vm *vm, gfn_t gfn,
				  unsigned long npages);
	bool (*mem_age)(struct ember_vm *vm, gfn_t gfn, unsigned long npages,
			bool clear);

	/*
	 * Pins of the in-kernel irqchip that a route may name; 0: there can be
	 * none, and the three calls below are not made.
	 */
	unsigned int irqchip_pins;
	/* KVM_IRQ_LINE, @irq in the architecture's encoding. */
	int (*irq_line)(struct ember_vm *vm, u32 irq, bool level);
	/*
	 * irqfd: pin @pin of the in-kernel irqchip.  Any context.  -EINVAL: no such
	 * pin, -EAGAIN: the irqchip is not ready.
	 */
	int (*irqfd_line)(struct ember_vm *vm, u32 pin, bool level);
	/*
	 * KVM_SIGNAL_MSI, checked for its flags.  > 0: delivered, 0: the guest
	 * blocks it; -EINVAL: no in-kernel irqchip.
	 */
	int (*signal_msi)(struct ember_vm *vm, const struct kvm_msi *msi);

	/*
	 * ONE_REG.  reg_list writes up to @max indices to @list (NULL: only
	 * count) and returns how many there are.  reg_get and reg_set move one
	 * register to or from user space; -ENOENT (MIPS: -EINVAL) when there is no
	 * such.
	 */
	int (*reg_list)(struct ember_vcpu *vcpu, u64 __user *list,
			unsigned int max);
	int (*reg_get)(struct ember_vcpu *vcpu, u64 id, void __user *val);
	int (*reg_set)(struct ember_vcpu *vcpu, u64 id, const void __user *val);

	/* Capabilities and ioctls that the core doesn't know; -ENOTTY: none. */
	int (*check_extension)(struct ember_vm *vm, long ext);	/* vm may be NULL */
	/* KVM_ENABLE_CAP; -EINVAL: there is no such, or it can't be enabled. */
	int (*vm_enable_cap)(struct ember_vm *vm, const struct kvm_enable_cap *cap);
	long (*vm_ioctl)(struct ember_vm *vm, unsigned int ioctl,
			 unsigned long arg);
	long (*vcpu_ioctl)(struct ember_vcpu *vcpu, unsigned int ioctl,
			   unsigned long arg);
	/*
	 * Optional: ioctls of a vcpu that any thread may call while it runs.  No
	 * lock held; -ENOIOCTLCMD: not one of these.
	 */
	long (*vcpu_async_ioctl)(struct ember_vcpu *vcpu, unsigned int ioctl,
				 unsigned long arg);
};

/* The one in use; set before /dev/kvm appears. */
extern const struct ember_backend *ember_backend;
/* Those built in, NULL-terminated; probed in this order. */
extern const struct ember_backend *const ember_backends[];

#endif
