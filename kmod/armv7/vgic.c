// SPDX-License-Identifier: GPL-2.0
/*
 * The state machine of a guest's interrupt: pending, active, on whose queue.
 *
 * Read after vgic.h.  What an interrupt is (IHI 0048B, 1.4.2 and 3.2.4) and what
 * a list register makes of it (5.2.2) meet in vgic_to_lr() and vgic_fold().
 */
#include <linux/bitops.h>
#include <linux/irqchip/arm-gic.h>
#include <linux/slab.h>
#include "armv7.h"

/* ---- queues ----------------------------------------------------------------- */

/*
 * The vcpu that takes @irq.  A shared one goes to the first of its targets: with
 * the 1-N model any may take it.  Without a target it goes nowhere, but with a
 * single vcpu, where software need not choose (4.3.12).
 */
static struct armv7_vcpu *vgic_target(struct armv7_vm *avm,
				      const struct vgic_irq *irq)
{
	struct ember_vcpu *vcpu;
	unsigned int target = 0;

	if (irq->home)
		return irq->home;
	if (irq->targets)
		target = __ffs(irq->targets);
	else if (avm->vm.nr_vcpus > 1)
		return NULL;
	vcpu = ember_get_vcpu(&avm->vm, target);
	return vcpu ? to_armv7(vcpu) : NULL;
}

/*
 * The vcpu that should have @irq on its queue.  An active one stays where it
 * is, since only there it can be deactivated.
 */
static struct armv7_vcpu *vgic_wanted(struct armv7_vm *avm,
				      const struct vgic_irq *irq)
{
	if (irq->active && irq->owner)
		return irq->owner;
	if (!irq->active && !vgic_irq_is_deliverable(&avm->vgic, irq))
		return NULL;
	return vgic_target(avm, irq);
}

static void vgic_queue_move(struct vgic_irq *irq, struct armv7_vcpu *to)
{
	struct vgic_cpu *from = irq->owner ? &irq->owner->vgic : NULL;

	if (from) {
		list_del(&irq->node);
		WRITE_ONCE(from->nr_queued, from->nr_queued - 1);
	}
	irq->owner = to;
	if (to) {
		list_add_tail(&irq->node, &to->vgic.queue);
		WRITE_ONCE(to->vgic.nr_queued, to->vgic.nr_queued + 1);
	}
}

/*
 * What is in a list register stays queued until its vcpu has left the guest and
 * folded it; the kick makes that soon.
 */
void vgic_requeue(struct armv7_vm *avm, struct vgic_irq *irq)
{
	struct armv7_vcpu *to;

	if (irq->lr < 0) {
		to = vgic_wanted(avm, irq);
		if (to != irq->owner)
			vgic_queue_move(irq, to);
	}
	if (irq->owner)
		avm->vgic.kick |= BIT(irq->owner->vcpu.idx);
}

void vgic_place_active(struct armv7_vcpu *v, struct vgic_irq *irq)
{
	if (irq->owner != v)
		vgic_queue_move(irq, v);
}

bool vgic_active_untold(struct armv7_vcpu *v, const struct vgic_irq *irq)
{
	if (!irq->active || irq->owner != v)
		return false;
	if (vgic_irq_is_sgi(irq))
		return irq->active_source;
	return vgic_target(to_armv7_vm(v->vcpu.vm), irq) != v;
}

void vgic_requeue_all(struct armv7_vm *avm)
{
	struct vgic_dist *d = &avm->vgic;
	struct ember_vcpu *vcpu;
	unsigned int i, n;

	ember_for_each_vcpu(i, vcpu, &avm->vm)
		for (n = 0; n < VGIC_NR_PRIVATE; n++)
			vgic_requeue(avm, &to_armv7(vcpu)->vgic.irq[n]);
	for (n = VGIC_NR_PRIVATE; n < d->nr_irqs; n++)
		vgic_requeue(avm, &d->spi[n - VGIC_NR_PRIVATE]);
}

void vgic_unlock(struct armv7_vm *avm, unsigned long flags)
{
	unsigned long kick = avm->vgic.kick;
	unsigned int i;

	avm->vgic.kick = 0;
	raw_spin_unlock_irqrestore(&avm->vgic.lock, flags);
	for_each_set_bit(i, &kick, EMBER_MAX_VCPUS)
		ember_vcpu_kick(ember_get_vcpu(&avm->vm, i));
}

struct vgic_irq *vgic_irq_get(struct armv7_vcpu *v, unsigned int intid)
{
	struct vgic_dist *d = &to_armv7_vm(v->vcpu.vm)->vgic;

	if (intid < VGIC_NR_PRIVATE)
		return &v->vgic.irq[intid];
	if (intid < d->nr_irqs)
		return &d->spi[intid - VGIC_NR_PRIVATE];
	return NULL;
}

/* ---- to a list register and back ----------------------------------------------- */

/*
 * An SGI comes from one vcpu at a time, with its number in CPUID; the next one
 * waits for the end of this, which EOI tells.  One of the same source may be
 * pending beside the active one.
 */
static u32 vgic_sgi_to_lr(struct vgic_irq *irq, bool pending)
{
	unsigned int source = irq->active ? irq->active_source :
					    __ffs(irq->sources);
	u32 lr = source << GICH_LR_PHYSID_CPUID_SHIFT;

	if (!pending)
		return lr;
	if (irq->sources & BIT(source)) {
		irq->sources &= ~BIT(source);
		lr |= GICH_LR_PENDING_BIT;
	}
	return irq->sources ? lr | GICH_LR_EOI : lr;
}

/*
 * A level-sensitive interrupt whose line is high becomes pending again when it
 * is deactivated: EOI makes the guest leave then, so that the line is looked at.
 */
static u32 vgic_level_to_lr(const struct vgic_irq *irq, bool pending)
{
	u32 lr = 0;

	if (pending && !irq->active)
		lr |= GICH_LR_PENDING_BIT;
	if (irq->line || (pending && irq->active))
		lr |= GICH_LR_EOI;
	return lr;
}

u32 vgic_to_lr(const struct vgic_dist *d, struct vgic_irq *irq)
{
	bool pending = vgic_irq_is_deliverable(d, irq);
	u32 lr = irq->intid | irq->priority >> 3 << GICH_LR_PRIORITY_SHIFT;

	if (irq->group1)
		lr |= GICH_LR_GROUP1;
	if (irq->active)
		lr |= GICH_LR_ACTIVE_BIT;
	if (vgic_irq_is_sgi(irq))
		return lr | vgic_sgi_to_lr(irq, pending);
	if (irq->hw) {
		/* Never pending and active at once (5.3.8). */
		if (pending && !irq->active)
			lr |= GICH_LR_PENDING_BIT;
		return lr | GICH_LR_HW |
		       irq->hw_intid << GICH_LR_PHYSID_CPUID_SHIFT;
	}
	if (!irq->edge)
		return lr | vgic_level_to_lr(irq, pending);
	if (pending) {
		irq->latch = false;
		lr |= GICH_LR_PENDING_BIT;
	}
	return lr;
}

/* What the distributor was told meanwhile comes last. */
static void vgic_fold_writes(struct vgic_irq *irq)
{
	if (irq->drop_active)
		irq->active = false;
	if (irq->force_active)
		irq->active = true;
	irq->drop_pending = false;
	irq->drop_active = false;
	irq->force_active = false;
}

void vgic_fold(struct armv7_vm *avm, struct vgic_irq *irq, u32 loaded, u32 lr)
{
	bool sgi = vgic_irq_is_sgi(irq);
	u8 source = lr >> GICH_LR_PHYSID_CPUID_SHIFT & 7;

	irq->lr = -1;
	irq->active = lr & GICH_LR_ACTIVE_BIT;
	if (sgi && irq->active)
		irq->active_source = source;

	if (lr & GICH_LR_PENDING_BIT) {
		if (sgi)
			irq->sources |= BIT(source);
		else if (irq->edge && !irq->drop_pending)
			irq->latch = true;
	} else if (loaded & GICH_LR_PENDING_BIT && !irq->edge) {
		/* Acknowledged: GICD_ISPENDR's effect is over (4.3.7). */
		irq->latch = false;
		irq->restored = false;
	}
	if (loaded & GICH_LR_STATE && !(lr & GICH_LR_STATE)) {
		if (irq->hw)
			timer_phys_deactivated();
		else if (unlikely(ember_wants_acks(&avm->vm)))
			vgic_note_ack(avm, irq);
	}
	vgic_fold_writes(irq);
	vgic_requeue(avm, irq);
}

/* ---- injection ------------------------------------------------------------------ */

/*
 * Each rise that a device reports is an edge, even if it never said that the
 * line fell.  A list register whose line falls is left to the next fold.
 *
 * Saved as pending is what had a line that was high: restored like that, it is
 * pending until its device says how the line is.
 */
static void vgic_input(struct armv7_vm *avm, struct vgic_irq *irq, bool level)
{
	bool news = level && (irq->edge || !irq->line);

	if (irq->restored && !irq->edge) {
		irq->latch = false;
		irq->restored = false;
		news = true;
	}

	if (irq->edge && level)
		irq->latch = true;
	if (irq->line && !level && irq->lr < 0)
		news = true;
	irq->line = level;
	if (news)
		vgic_requeue(avm, irq);
}

int vgic_inject(struct ember_vm *vm, unsigned int cpu, unsigned int intid,
		bool level)
{
	struct armv7_vm *avm = to_armv7_vm(vm);
	struct ember_vcpu *vcpu = ember_get_vcpu(vm, cpu);
	struct vgic_dist *d = &avm->vgic;
	struct vgic_irq *irq;
	unsigned long flags;

	/* Pairs with vgic_init(). */
	if (!smp_load_acquire(&d->initialized))
		return -EAGAIN;
	if (!vcpu || intid < VGIC_NR_SGIS || intid >= d->nr_irqs)
		return -EINVAL;
	irq = vgic_irq_get(to_armv7(vcpu), intid);

	vgic_lock(d, flags);
	vgic_input(avm, irq, level);
	vgic_unlock(avm, flags);
	return 0;
}

static bool vgic_irq_is_signalled(const struct vgic_dist *d, u32 vmcr,
				  const struct vgic_irq *irq)
{
	u32 mask = vmcr >> GICH_VMCR_PRIMASK_SHIFT;

	return !irq->active && irq->priority >> 3 < mask &&
	       vmcr & (irq->group1 ? GICH_VMCR_ENABLE_GRP1_MASK :
				     GICH_VMCR_ENABLE_GRP0_MASK) &&
	       vgic_irq_is_deliverable(d, irq);
}

bool vgic_pending(struct armv7_vcpu *v)
{
	struct vgic_dist *d = &to_armv7_vm(v->vcpu.vm)->vgic;
	u32 vmcr = READ_ONCE(v->vgic.vmcr);
	struct vgic_irq *irq;
	unsigned long flags;
	bool ret = false;

	if (!vgic_present(d))
		return READ_ONCE(v->vgic.user_lines);
	if (!READ_ONCE(v->vgic.nr_queued))
		return false;
	raw_spin_lock_irqsave(&d->lock, flags);
	list_for_each_entry(irq, &v->vgic.queue, node) {
		ret = vgic_irq_is_signalled(d, vmcr, irq);
		if (ret)
			break;
	}
	raw_spin_unlock_irqrestore(&d->lock, flags);
	return ret;
}

int vgic_map_phys(struct armv7_vcpu *v, unsigned int intid,
		  unsigned int hw_intid)
{
	struct armv7_vm *avm = to_armv7_vm(v->vcpu.vm);
	unsigned long flags;

	if (intid < VGIC_NR_SGIS || intid >= VGIC_NR_PRIVATE)
		return -EINVAL;
	vgic_lock(&avm->vgic, flags);
	v->vgic.irq[intid].hw = true;
	v->vgic.irq[intid].hw_intid = hw_intid;
	vgic_unlock(avm, flags);
	return 0;
}

void vgic_reset_private(struct armv7_vcpu *v, unsigned int intid)
{
	struct armv7_vm *avm = to_armv7_vm(v->vcpu.vm);
	struct vgic_irq *irq = &v->vgic.irq[intid];
	unsigned long flags;

	vgic_lock(&avm->vgic, flags);
	irq->line = false;
	irq->latch = false;
	irq->active = false;
	vgic_requeue(avm, irq);
	vgic_unlock(avm, flags);
}

bool vgic_private_busy(struct armv7_vcpu *v, unsigned int intid)
{
	const struct vgic_irq *irq = &v->vgic.irq[intid];

	return irq->active || vgic_irq_is_pending(irq);
}

/* ---- life -------------------------------------------------------------------------- */

static void vgic_irq_setup(struct vgic_irq *irq, unsigned int intid,
			   struct armv7_vcpu *home)
{
	INIT_LIST_HEAD(&irq->node);
	irq->intid = intid;
	irq->home = home;
	irq->lr = -1;
	if (vgic_irq_is_sgi(irq)) {
		irq->enabled = true;
		irq->edge = true;
	}
}

void vgic_vm_init(struct ember_vm *vm)
{
	struct vgic_dist *d = &to_armv7_vm(vm)->vgic;

	raw_spin_lock_init(&d->lock);
	d->dist_base = VGIC_ADDR_UNSET;
	d->cpu_base = VGIC_ADDR_UNSET;
	d->io.ops = &vgic_dist_ops;
}

void vgic_vm_destroy(struct ember_vm *vm)
{
	kvfree(to_armv7_vm(vm)->vgic.spi);
}

int vgic_init(struct ember_vm *vm)
{
	struct vgic_dist *d = &to_armv7_vm(vm)->vgic;
	unsigned int i, n;
	int ret;

	if (d->initialized)
		return 0;
	if (!d->nr_irqs)
		d->nr_irqs = VGIC_NR_IRQS_DEFAULT;
	n = d->nr_irqs - VGIC_NR_PRIVATE;
	d->spi = kvcalloc(n, sizeof(*d->spi), GFP_KERNEL_ACCOUNT);
	if (!d->spi)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		vgic_irq_setup(&d->spi[i], VGIC_NR_PRIVATE + i, NULL);
	ret = ember_irqchip_ready(vm, n);
	if (ret) {
		kvfree(d->spi);
		d->spi = NULL;
		return ret;
	}
	/* vgic_inject() needs no lock to see the array. */
	smp_store_release(&d->initialized, true);
	return 0;
}

int vgic_vcpu_init(struct armv7_vcpu *v)
{
	struct vgic_dist *d = &to_armv7_vm(v->vcpu.vm)->vgic;
	unsigned int i;

	if (d->initialized)
		return -EBUSY;
	INIT_LIST_HEAD(&v->vgic.queue);
	v->vgic.hw_cpu = -1;
	for (i = 0; i < VGIC_NR_PRIVATE; i++)
		vgic_irq_setup(&v->vgic.irq[i], i, v);
	return 0;
}

/*
 * Nothing is in the hardware: vgic_put() took it out.  A vcpu goes with its VM,
 * or before anyone has seen it.
 */
void vgic_vcpu_destroy(struct armv7_vcpu *v)
{
	WARN_ON_ONCE(v->vgic.used_lrs);
}
