/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guest's interrupt controller, a GICv2 (ARM IHI 0048B).
 *
 * The distributor (GICD) is emulated here; the CPU interface that the guest
 * sees is the host GIC's virtual one (GICV), mapped at stage 2, which takes
 * interrupts from list registers (GICH, chapter 5).
 *
 * vgic.c is the state machine of an interrupt, vgic_hw.c moves it to and from
 * list registers, vgic_dist.c is the table of the distributor's registers,
 * vgic_dev.c and vgic_attr.c are what user space sees.
 *
 * One raw spinlock a VM guards every interrupt.  Each interrupt that is active,
 * or pending and enabled, hangs on the queue of exactly one vcpu, at all times
 * (vgic_requeue() after every change); so a vcpu with an empty queue enters the
 * guest without a look at anything else.
 */
#ifndef EMBER_ARMV7_VGIC_H
#define EMBER_ARMV7_VGIC_H

#include <linux/bitmap.h>
#include <linux/kvm.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include "../core/ember.h"

struct armv7_vcpu;
struct armv7_vm;
struct vgic_cpu;

#define VGIC_NR_SGIS		16
#define VGIC_NR_PRIVATE		32	/* SGIs and PPIs, one set a vcpu */
#define VGIC_NR_IRQS_DEFAULT	256
#define VGIC_NR_IRQS_MAX	1020
#define VGIC_MAX_LRS		16	/* of which we make use */
#define VGIC_ADDR_UNSET		(~(gpa_t)0)

/* One interrupt; everything but intid under vgic_dist.lock. */
struct vgic_irq {
	struct list_head node;		/* owner's queue */
	struct armv7_vcpu *owner;	/* on whose queue, or NULL */
	struct armv7_vcpu *home;	/* SGI, PPI: whose it is; SPI: NULL */
	u16 intid;
	u16 hw_intid;			/* physical one, if hw */
	s8 lr;				/* in the owner's list register, or -1 */
	u8 priority;
	u8 targets;			/* SPI: GICD_ITARGETSR */
	u8 sources;			/* SGI: pending from these vcpus */
	u8 active_source;		/* SGI: the vcpu whose SGI is active */
	bool line;			/* input, as the device holds it */
	bool latch;			/* edge seen, or set by GICD_ISPENDR */
	bool enabled;
	bool active;
	bool edge;			/* GICD_ICFGR */
	bool group1;
	bool hw;			/* the guest's EOI deactivates hw_intid */
	bool restored;			/* latch is user space's: vgic_input() */
	/* SPI written while in a list register of a running vcpu: vgic_fold(). */
	bool drop_pending;
	bool drop_active;
	bool force_active;
};

/* Of each vcpu. */
struct vgic_cpu {
	struct list_head queue;		/* dist.lock */
	unsigned int nr_queued;		/* dist.lock; read without, READ_ONCE */
	struct vgic_irq irq[VGIC_NR_PRIVATE];

	/* Virtual CPU interface while not in the guest; own thread. */
	u32 vmcr;			/* GICH_VMCR: GICV_CTLR, PMR, BPR, ABPR */
	u32 apr;			/* GICH_APR */
	int hw_cpu;			/* that CPU's GICH may hold them; or -1 */
	u32 hcr;			/* GICH_HCR, as loaded */

	unsigned int used_lrs;		/* in the guest: so many are loaded */
	unsigned int puts;		/* counts vgic_put(), others wait for it */
	struct vgic_irq *lr_irq[VGIC_MAX_LRS];
	u32 lr[VGIC_MAX_LRS];		/* as they were loaded */

	/* Without an in-kernel GIC: HCR.VI and HCR.VF, atomic bit operations. */
	unsigned long user_lines;
};

/* Of each VM. */
struct vgic_dist {
	raw_spinlock_t lock;
	bool created;			/* vm->lock; an in-kernel GIC is wanted */
	bool initialized;		/* vm->lock; interrupts exist; for good */
	bool ready;			/* vm->lock; a vcpu may run; for good */
	bool groups_restorable;		/* vm->lock; as GICD_IIDR was restored */
	unsigned int nr_irqs;		/* vm->lock; 0: default; fixed by init */
	gpa_t dist_base, cpu_base;	/* vm->lock */
	u32 ctlr;			/* GICD_CTLR, lock */
	u32 kick;			/* vcpus to kick when lock is dropped */
	struct vgic_irq *spi;		/* nr_irqs - VGIC_NR_PRIVATE of them */
	/* SPIs that guests have ended and the core is still to hear of, lock. */
	DECLARE_BITMAP(acked, VGIC_NR_IRQS_MAX - VGIC_NR_PRIVATE);
	bool any_acked;			/* lock; read without, READ_ONCE */
	struct ember_io_dev io;
};

/* ---- host side: vgic_hw.c ---------------------------------------------- */

/*
 * Find the GIC's virtual interface in the device tree, map GICH, claim the
 * maintenance interrupt.  -ENODEV with one line logged: this host can't.
 */
int vgic_probe(void);
void vgic_remove(void);
/* On each CPU, interrupts off; idempotent. */
void vgic_cpu_enable(void);
void vgic_cpu_disable(void);

/* What vgic_map_resources() maps for the guest as its GICC. */
phys_addr_t vgic_gicv_base(void);
size_t vgic_gicv_size(void);

/*
 * Load the virtual interface; interrupts off, AFTER ember_guest_enter() said
 * yes (an injection that comes later then sees EMBER_IN_GUEST and sends an IPI;
 * one that came earlier is seen here) and after timer_load().  May change
 * ctxt->hcr (VI, VF) when there is no in-kernel GIC.
 */
void vgic_load(struct armv7_vcpu *v);
/* Read it back; on the same CPU, interrupts still off. */
void vgic_put(struct armv7_vcpu *v);

/* ---- life: vgic.c ------------------------------------------------------- */

void vgic_vm_init(struct ember_vm *vm);
void vgic_vm_destroy(struct ember_vm *vm);
/* vm->lock held; -EBUSY once the GIC is initialized.  May sleep. */
int vgic_vcpu_init(struct armv7_vcpu *v);
void vgic_vcpu_destroy(struct armv7_vcpu *v);

/* ---- interrupts: vgic.c -------------------------------------------------- */

/*
 * Set the input of @intid; of vcpu index @cpu if it is an SGI or a PPI.  Edge
 * interrupts latch rising edges.  Any context.  -EINVAL: no such interrupt;
 * -EAGAIN: the GIC isn't initialized.
 */
int vgic_inject(struct ember_vm *vm, unsigned int cpu, unsigned int intid,
		bool level);

/*
 * Is there an interrupt that would be taken if the guest were entered, were its
 * CPSR.I clear?  Any context; the vcpu itself is not in the guest.
 */
bool vgic_pending(struct armv7_vcpu *v);

/*
 * Deactivate physical interrupt @hw_intid when the guest deactivates private
 * interrupt @intid (GICH_LR.HW).  Before the first run; -EINVAL.
 */
int vgic_map_phys(struct armv7_vcpu *v, unsigned int intid,
		  unsigned int hw_intid);
/* Make it inactive and not pending, as after a reset of its timer. */
void vgic_reset_private(struct armv7_vcpu *v, unsigned int intid);
/* Is anything on its queue?  Any context. */
static inline bool vgic_queued(const struct vgic_cpu *vc)
{
	return READ_ONCE(vc->nr_queued);
}

/* Is private interrupt @intid pending or active?  Own thread, not in the guest. */
bool vgic_private_busy(struct armv7_vcpu *v, unsigned int intid);

/* ---- user space: vgic_dev.c ------------------------------------------------ */

/*
 * At a vcpu's first KVM_RUN, vm->lock held: initialize if nobody has.  0 also
 * when there is no in-kernel GIC; -ENXIO: it has no addresses; -EINVAL: they
 * overlap; -ENOMEM.
 */
int vgic_map_resources(struct ember_vm *vm);

static inline bool vgic_present(const struct vgic_dist *d)
{
	/* Pairs with the release in vgic_create(). */
	return smp_load_acquire(&d->created);
}

/* KVM_CREATE_IRQCHIP, KVM_ARM_SET_DEVICE_ADDR; -ENOTTY: another ioctl. */
long vgic_vm_ioctl(struct ember_vm *vm, unsigned int ioctl, unsigned long arg);
/* backend->irq_line and backend->irqfd_line */
int vgic_irq_line(struct ember_vm *vm, u32 irq, bool level);
int vgic_irqfd_line(struct ember_vm *vm, u32 pin, bool level);
/* backend->signal_msi: a GICv2 has no one to take it. */
int vgic_signal_msi(struct ember_vm *vm, const struct kvm_msi *msi);
extern const struct ember_device_ops vgic_v2_device;

/* ---- between vgic*.c ------------------------------------------------------- */

/* vm->lock held for all of these.  All vcpus stand still between lock and unlock. */
int vgic_vcpus_trylock(struct ember_vm *vm);	/* -EBUSY: one is at work */
void vgic_vcpus_unlock(struct ember_vm *vm, unsigned int n);	/* the first n */
int vgic_create(struct ember_vm *vm);		/* -EEXIST; -EBUSY: one ran */
/*
 * @type is KVM_VGIC_V2_ADDR_TYPE_*.  -ENODEV: no such; -E2BIG, -EINVAL, -EEXIST
 * as in arm-vgic.rst; or what mapping it fails with.
 */
int vgic_set_addr(struct ember_vm *vm, u64 type, gpa_t addr);
int vgic_get_addr(struct ember_vm *vm, u64 type, gpa_t *addr);

/* Allocates the interrupts.  0 if done before; -ENOMEM. */
int vgic_init(struct ember_vm *vm);

/* The vcpu's view of @intid, or NULL.  The GIC is initialized. */
struct vgic_irq *vgic_irq_get(struct armv7_vcpu *v, unsigned int intid);

/* The guest has ended the level-sensitive @irq; lock held. */
void vgic_note_ack(struct armv7_vm *avm, const struct vgic_irq *irq);
/* Tell the core, if there is anything to tell; no lock held. */
void vgic_tell_acked(struct armv7_vm *avm);
/*
 * A guest's load of @len bytes at @offset that changes nothing and looks at no
 * interrupt; interrupts off.  False: dist_ops have to do it.
 */
bool vgic_dist_read_quick(struct armv7_vcpu *v, u32 offset, unsigned int len,
			  u32 *val);

/* vgic_unlock() kicks those whom vgic_requeue() noted. */
#define vgic_lock(d, flags)	raw_spin_lock_irqsave(&(d)->lock, flags)
void vgic_unlock(struct armv7_vm *vm, unsigned long flags);
/* With the lock held, after every change to @irq. */
void vgic_requeue(struct armv7_vm *vm, struct vgic_irq *irq);
/* The same for all interrupts: GICD_CTLR has changed. */
void vgic_requeue_all(struct armv7_vm *vm);
/* Put @irq, active and in no list register, where it was taken.  Lock held. */
void vgic_place_active(struct armv7_vcpu *v, struct vgic_irq *irq);
/*
 * Is @irq active on @v in a way that the distributor's registers don't tell: an
 * SGI by its source, an SPI by a target that has changed?  Lock held.
 */
bool vgic_active_untold(struct armv7_vcpu *v, const struct vgic_irq *irq);

static inline bool vgic_irq_is_sgi(const struct vgic_irq *irq)
{
	return irq->intid < VGIC_NR_SGIS;
}

static inline bool vgic_irq_is_pending(const struct vgic_irq *irq)
{
	if (vgic_irq_is_sgi(irq))
		return irq->sources;
	return irq->latch || (irq->line && !irq->edge);
}

/* Would the distributor forward it (IHI 0048B, 3.2.4)? */
static inline bool vgic_irq_is_deliverable(const struct vgic_dist *d,
					   const struct vgic_irq *irq)
{
	return irq->enabled && (d->ctlr & (irq->group1 ? 2 : 1)) &&
	       vgic_irq_is_pending(irq);
}

/*
 * Build the list register for @irq and take from it what the register now
 * holds; and the way back.  Lock held.
 */
u32 vgic_to_lr(const struct vgic_dist *d, struct vgic_irq *irq);
void vgic_fold(struct armv7_vm *vm, struct vgic_irq *irq, u32 loaded, u32 lr);

/*
 * A word of the distributor or, @cpuif, of the CPU interface as KVM's device
 * attributes show it: read or write on behalf of user space.  No vcpu of the VM
 * runs.  -ENXIO: no such register; -EINVAL: it can't have that value.
 */
int vgic_dist_uaccess(struct armv7_vcpu *v, u32 offset, bool write, u32 *val);
int vgic_cpuif_uaccess(struct armv7_vcpu *v, u32 offset, bool write, u32 *val);
bool vgic_dist_has(u32 offset);
bool vgic_cpuif_has(u32 offset);
extern const struct ember_io_ops vgic_dist_ops;

#endif
