// SPDX-License-Identifier: GPL-2.0
/*
 * List registers: a vcpu's interrupts on their way into the guest and back, and
 * the host GIC whose virtual interface does it (IHI 0048B, chapter 5).
 *
 * Read after vgic.c.  GICH is ordinary memory-mapped I/O; that the host itself
 * takes no virtual interrupt is due to HCR.IMO, which is clear outside guests.
 * GICH and GICV are one peripheral and mapped as Device memory, so that accesses
 * from both worlds stay in program order without barriers (DDI 0406C, A3.8.3).
 *
 * Outside of guests all list registers are empty and GICH_HCR is 0; GICH_VMCR
 * and GICH_APR stay with the vcpu that ran last on this CPU.
 */
#define pr_fmt(fmt) "ember: " fmt

#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/irqchip/arm-gic.h>
#include <linux/list_sort.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/of_irq.h>
#include <linux/percpu.h>
#include "armv7.h"
#include "syndrome.h"

/* What <linux/irqchip/arm-gic.h> lacks (5.3.1). */
#define GICH_HCR_LRENPIE	BIT(2)
#define GICH_HCR_EOICOUNT_SHIFT	27

struct vgic_host_cpu {
	struct vgic_cpu *last;		/* whose VMCR and APR it holds */
	bool enabled;
};

static struct {
	void __iomem *gich;
	struct resource gicv;
	unsigned int irq;		/* maintenance */
	unsigned int nr_lrs;
	struct vgic_host_cpu __percpu *cpu;
} host;

static u32 gich_read(unsigned int reg)
{
	return readl_relaxed(host.gich + reg);
}

static void gich_write(u32 val, unsigned int reg)
{
	writel_relaxed(val, host.gich + reg);
}

/* ---- in ----------------------------------------------------------------------------- */

/*
 * By priority, 0 is highest; an active one before a pending one that it keeps
 * from being taken.  Nested handlers end in this order too, so that what is
 * ended is loaded.  With GICV_CTLR.EOImode active ones end in any order and
 * come first.
 */
static int vgic_compare(void *priv, const struct list_head *a,
			const struct list_head *b)
{
	const struct vgic_cpu *vc = priv;
	const struct vgic_irq *x = list_entry(a, struct vgic_irq, node);
	const struct vgic_irq *y = list_entry(b, struct vgic_irq, node);
	int active = y->active - x->active;
	int priority = x->priority - y->priority;

	if (vc->vmcr & GICH_VMCR_EOI_MODE_MASK)
		return active ?: priority;
	return priority ?: active;
}

/*
 * Load the head of a queue that is longer than there are list registers.  For
 * the rest to come up the guest leaves
 *  - when it has acknowledged all that was only pending (NPIE: it needs such a
 *    one, or it would fire before the guest's first instruction);
 *  - when it has ended one that was active (LR.EOI);
 *  - when it ends one that was not loaded (LRENPIE).
 *
 * NOT DONE: EOImode with more active than fit.  What is pending waits until one
 * of those that are loaded is deactivated; a deactivation of one that isn't is
 * lost, as the hardware doesn't report it.
 */
static u32 vgic_fill_some(const struct vgic_dist *d, struct vgic_cpu *vc)
{
	struct vgic_irq *irq;
	unsigned int n = 0;
	u32 hcr = 0, lr;

	list_sort(vc, &vc->queue, vgic_compare);
	list_for_each_entry(irq, &vc->queue, node) {
		if (n == host.nr_lrs) {
			if (irq->active)
				hcr |= GICH_HCR_LRENPIE;
			continue;
		}
		lr = vgic_to_lr(d, irq);
		if ((lr & GICH_LR_STATE) == GICH_LR_PENDING_BIT)
			hcr |= GICH_HCR_NPIE;
		if (irq->active && !irq->hw)
			lr |= GICH_LR_EOI;
		vc->lr_irq[n] = irq;
		vc->lr[n] = lr;
		irq->lr = n++;
	}
	WRITE_ONCE(vc->used_lrs, n);
	return hcr | GICH_HCR_EN;
}

static u32 vgic_fill(const struct vgic_dist *d, struct vgic_cpu *vc)
{
	struct vgic_irq *irq;
	unsigned int n = 0;

	if (unlikely(vc->nr_queued > host.nr_lrs))
		return vgic_fill_some(d, vc);
	list_for_each_entry(irq, &vc->queue, node) {
		vc->lr_irq[n] = irq;
		vc->lr[n] = vgic_to_lr(d, irq);
		irq->lr = n++;
	}
	WRITE_ONCE(vc->used_lrs, n);
	return GICH_HCR_EN;
}

static void vgic_load_cpuif(struct vgic_cpu *vc)
{
	struct vgic_host_cpu *cpu = this_cpu_ptr(host.cpu);
	int id = smp_processor_id();

	if (cpu->last == vc && vc->hw_cpu == id)
		return;
	gich_write(vc->vmcr, GICH_VMCR);
	gich_write(vc->apr, GICH_APR);
	cpu->last = vc;
	vc->hw_cpu = id;
}

static void vgic_load_user_lines(struct armv7_vcpu *v)
{
	unsigned long lines = READ_ONCE(v->vgic.user_lines);

	v->ctxt->hcr &= ~(HCR_VI | HCR_VF);
	if (lines & BIT(KVM_ARM_IRQ_CPU_IRQ))
		v->ctxt->hcr |= HCR_VI;
	if (lines & BIT(KVM_ARM_IRQ_CPU_FIQ))
		v->ctxt->hcr |= HCR_VF;
}

void vgic_load(struct armv7_vcpu *v)
{
	struct vgic_dist *d = &to_armv7_vm(v->vcpu.vm)->vgic;
	struct vgic_cpu *vc = &v->vgic;
	unsigned int i;

	if (unlikely(!d->ready)) {
		vgic_load_user_lines(v);
		return;
	}
	vgic_load_cpuif(vc);
	/* With nothing to signal or to end the interface may as well be off. */
	if (!vgic_queued(vc) && !vc->apr)
		return;

	raw_spin_lock(&d->lock);
	vc->hcr = vgic_fill(d, vc);
	raw_spin_unlock(&d->lock);
	for (i = 0; i < vc->used_lrs; i++)
		gich_write(vc->lr[i], GICH_LR0 + 4 * i);
	gich_write(vc->hcr, GICH_HCR);
}

/* ---- out ---------------------------------------------------------------------------- */

static u32 vgic_take_lr(unsigned int i, u32 empty)
{
	u32 lr;

	if (empty & BIT(i))
		return 0;
	lr = gich_read(GICH_LR0 + 4 * i);
	gich_write(0, GICH_LR0 + 4 * i);
	return lr;
}

/* The highest active one that was not loaded: the one that was ended. */
static void vgic_end_unloaded(struct armv7_vm *avm, struct vgic_cpu *vc)
{
	struct vgic_irq *irq, *best = NULL;

	list_for_each_entry(irq, &vc->queue, node)
		if (irq->active && irq->lr < 0 &&
		    (!best || irq->priority < best->priority))
			best = irq;
	if (best) {
		best->active = false;
		if (unlikely(ember_wants_acks(&avm->vm)))
			vgic_note_ack(avm, best);
		vgic_requeue(avm, best);
	}
}

static void vgic_fold_all(struct armv7_vm *avm, struct vgic_cpu *vc, u32 hcr)
{
	unsigned int ended = hcr >> GICH_HCR_EOICOUNT_SHIFT;
	u32 empty = gich_read(GICH_ELRSR0);
	unsigned long flags;
	unsigned int i;

	vgic_lock(&avm->vgic, flags);
	while (ended--)
		vgic_end_unloaded(avm, vc);
	for (i = 0; i < vc->used_lrs; i++)
		vgic_fold(avm, vc->lr_irq[i], vc->lr[i], vgic_take_lr(i, empty));
	/* vgic_settle() then takes the lock, and so sees what was folded. */
	WRITE_ONCE(vc->used_lrs, 0);
	WRITE_ONCE(vc->puts, vc->puts + 1);
	vgic_unlock(avm, flags);
	if (unlikely(READ_ONCE(avm->vgic.any_acked)))
		vgic_tell_acked(avm);
}

void vgic_put(struct armv7_vcpu *v)
{
	struct armv7_vm *avm = to_armv7_vm(v->vcpu.vm);
	struct vgic_cpu *vc = &v->vgic;
	u32 hcr = 0;

	if (unlikely(!avm->vgic.ready))
		return;
	/* The guest writes GICV_CTLR, PMR and BPR without our knowing. */
	vc->vmcr = gich_read(GICH_VMCR);
	if (!vc->hcr)
		return;
	if (vc->hcr & GICH_HCR_LRENPIE)
		hcr = gich_read(GICH_HCR);
	/* Also drops the maintenance interrupt, level-sensitive (5.3.3). */
	gich_write(0, GICH_HCR);
	vc->hcr = 0;
	vc->apr = gich_read(GICH_APR);
	if (vc->used_lrs)
		vgic_fold_all(avm, vc, hcr);
}

/* ---- the host's GIC -------------------------------------------------------------------- */

/* That it came is all: vgic_put() finds out why. */
static irqreturn_t vgic_maintenance(int irq, void *dev)
{
	return IRQ_HANDLED;
}

void vgic_cpu_enable(void)
{
	struct vgic_host_cpu *cpu = this_cpu_ptr(host.cpu);
	unsigned int i;

	gich_write(0, GICH_HCR);
	for (i = 0; i < host.nr_lrs; i++)
		gich_write(0, GICH_LR0 + 4 * i);
	cpu->last = NULL;
	if (!cpu->enabled)
		enable_percpu_irq(host.irq, IRQ_TYPE_NONE);
	cpu->enabled = true;
}

void vgic_cpu_disable(void)
{
	struct vgic_host_cpu *cpu = this_cpu_ptr(host.cpu);

	if (!cpu->enabled)
		return;
	gich_write(0, GICH_HCR);
	gich_write(0, GICH_VMCR);
	gich_write(0, GICH_APR);
	disable_percpu_irq(host.irq);
	cpu->last = NULL;
	cpu->enabled = false;
}

phys_addr_t vgic_gicv_base(void)
{
	return host.gicv.start;
}

size_t vgic_gicv_size(void)
{
	return min_t(size_t, resource_size(&host.gicv), KVM_VGIC_V2_CPU_SIZE);
}

static const struct of_device_id vgic_of_ids[] = {
	{ .compatible = "arm,cortex-a15-gic" },
	{ .compatible = "arm,cortex-a7-gic" },
	{ .compatible = "arm,gic-400" },
	{}
};

/* The page that holds GICV must hold nothing else that a guest could reach. */
static int vgic_find_gicv(struct device_node *node)
{
	if (of_address_to_resource(node, 3, &host.gicv)) {
		pr_err("%pOF lists no virtual CPU interface (GICV): use a device tree with all four GIC regions\n",
		       node);
		return -ENODEV;
	}
	if (offset_in_page(host.gicv.start) ||
	    offset_in_page(resource_size(&host.gicv))) {
		pr_err("%pOF: the virtual CPU interface %pR is not made of whole pages, so no guest can be given it\n",
		       node, &host.gicv);
		return -ENODEV;
	}
	return 0;
}

static int vgic_find_gich(struct device_node *node)
{
	host.irq = irq_of_parse_and_map(node, 0);
	if (!host.irq) {
		pr_err("%pOF has no maintenance interrupt: use a device tree that says which it is\n",
		       node);
		return -ENODEV;
	}
	host.gich = of_iomap(node, 2);
	if (!host.gich) {
		pr_err("%pOF lists no virtual interface control (GICH): use a device tree with all four GIC regions\n",
		       node);
		return -ENODEV;
	}
	/* GICH_VTR.ListRegs is one less (5.3.2). */
	host.nr_lrs = min((gich_read(GICH_VTR) & 0x3f) + 1, (u32)VGIC_MAX_LRS);
	return 0;
}

static int vgic_claim_irq(void)
{
	int ret;

	host.cpu = alloc_percpu(struct vgic_host_cpu);
	if (!host.cpu)
		return -ENOMEM;
	ret = request_percpu_irq(host.irq, vgic_maintenance, "ember-vgic",
				 host.cpu);
	if (ret) {
		pr_err("the GIC's maintenance interrupt can't be had (error %d): does another hypervisor use it?\n",
		       ret);
		free_percpu(host.cpu);
	}
	return ret;
}

int vgic_probe(void)
{
	struct device_node *node;
	int ret;

	node = of_find_matching_node(NULL, vgic_of_ids);
	if (!node) {
		pr_err("no GICv2 with virtualization (arm,cortex-a15-gic, arm,cortex-a7-gic, arm,gic-400) in the device tree: this board can't give guests interrupts\n");
		return -ENODEV;
	}
	ret = vgic_find_gicv(node) ?: vgic_find_gich(node);
	of_node_put(node);
	if (ret)
		return ret;
	ret = vgic_claim_irq();
	if (ret)
		iounmap(host.gich);
	return ret;
}

void vgic_remove(void)
{
	free_percpu_irq(host.irq, host.cpu);
	free_percpu(host.cpu);
	iounmap(host.gich);
}
