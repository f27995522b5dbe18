// SPDX-License-Identifier: GPL-2.0
/*
 * The distributor's registers (IHI 0048B, 4.3), a table.
 *
 * Read after vgic.c.  Most registers are arrays with a field of 1, 2 or 8 bits
 * for each interrupt; their rows name how one field is read and written.  The
 * same rows serve the guest and KVM_DEV_ARM_VGIC_GRP_DIST_REGS.
 *
 * A shared interrupt may sit in the list register of a vcpu that is running.
 * What is written is then noted in the interrupt and holds from the time that
 * vcpu is kicked out, a few microseconds later; a read waits for that time.
 */
#include <linux/bitfield.h>
#include <linux/irqchip/arm-gic.h>
#include "armv7.h"

/* As KVM says who made it: 'K', revision 2, ARM. */
#define VGIC_IIDR		0x4b00243b
#define VGIC_DIST_ID		0xfd0	/* ICPIDR4 ... ICCIDR3, 8.2.2 */
#define VGIC_DIST_NSACR		0xe00

/* The access: whose, to which word, and does user space do it. */
struct dist_access {
	struct armv7_vm *vm;
	struct armv7_vcpu *v;
	unsigned int word;	/* of the row, for those without fields */
	bool user;
};

struct dist_row {
	u16 offset;
	u16 len;
	u8 bits;	/* of a field; 0: the row has whole words */
	bool bytes;	/* may be accessed by bytes */
	bool ones;	/* only fields that aren't 0 are written */
	bool state;	/* pending or active: may be in a list register */
	u32 (*get)(struct dist_access *a, struct vgic_irq *irq);
	void (*set)(struct dist_access *a, struct vgic_irq *irq, u32 field);
	u32 (*read)(struct dist_access *a);
	int (*write)(struct dist_access *a, u32 val);
};

/* ---- words ------------------------------------------------------------------- */

static u32 read_zero(struct dist_access *a)
{
	return 0;
}

static int write_ignored(struct dist_access *a, u32 val)
{
	return 0;
}

static u32 read_ctlr(struct dist_access *a)
{
	return a->vm->vgic.ctlr;
}

/* EnableGrp0 and EnableGrp1, as without the Security Extensions (4.3.1). */
static int write_ctlr(struct dist_access *a, u32 val)
{
	a->vm->vgic.ctlr = val & 3;
	vgic_requeue_all(a->vm);
	return 0;
}

static u32 read_typer(struct dist_access *a)
{
	u32 lines = a->vm->vgic.nr_irqs / 32 - 1;

	return lines | (a->vm->vm.nr_vcpus - 1) << 5;
}

static u32 read_iidr(struct dist_access *a)
{
	return VGIC_IIDR;
}

/*
 * For user space a check that it restores what we have.  By this write clients
 * show that they know our groups: before KVM's revision 2 all was in group 1 for
 * the eye, group 0 in fact, and what they saved then must not be restored.
 */
static int write_iidr(struct dist_access *a, u32 val)
{
	if (!a->user)
		return 0;
	if (val != VGIC_IIDR)
		return -EINVAL;
	a->vm->vgic.groups_restorable = true;
	return 0;
}

static u32 read_id(struct dist_access *a)
{
	static const u8 id[] = {
		0x04, 0x00, 0x00, 0x00,		/* ICPIDR4-7 */
		0x90, 0xb4, 0x2b, 0x00,		/* ICPIDR0-3: GICv2 */
		0x0d, 0xf0, 0x05, 0xb1,		/* ICCIDR0-3 */
	};

	return id[a->word];
}

/* 4.3.15: to the vcpus listed, to all but this one, or to this one. */
static int write_sgir(struct dist_access *a, u32 val)
{
	unsigned int self = a->v->vcpu.idx, i;
	struct ember_vcpu *vcpu;
	struct vgic_irq *irq;
	u32 targets;

	switch (FIELD_GET(GENMASK(25, 24), val)) {
	case 0:
		targets = FIELD_GET(GENMASK(23, 16), val);
		break;
	case 1:
		targets = ~BIT(self);
		break;
	case 2:
		targets = BIT(self);
		break;
	default:
		return 0;
	}
	ember_for_each_vcpu(i, vcpu, &a->vm->vm) {
		if (!(targets & BIT(i)))
			continue;
		irq = &to_armv7(vcpu)->vgic.irq[val & 0xf];
		irq->sources |= BIT(self);
		vgic_requeue(a->vm, irq);
	}
	return 0;
}

/* ---- fields ------------------------------------------------------------------- */

static u32 get_zero(struct dist_access *a, struct vgic_irq *irq)
{
	return 0;
}

static void set_ignored(struct dist_access *a, struct vgic_irq *irq, u32 field)
{
}

static u32 get_group(struct dist_access *a, struct vgic_irq *irq)
{
	return irq->group1;
}

static void set_group(struct dist_access *a, struct vgic_irq *irq, u32 field)
{
	if (!a->user || a->vm->vgic.groups_restorable)
		irq->group1 = field;
}

static u32 get_enabled(struct dist_access *a, struct vgic_irq *irq)
{
	return irq->enabled;
}

static void set_enabled(struct dist_access *a, struct vgic_irq *irq, u32 field)
{
	irq->enabled = true;
}

static void clear_enabled(struct dist_access *a, struct vgic_irq *irq,
			  u32 field)
{
	irq->enabled = false;
}

/* One that sits in a list register has left sources and latch. */
static u32 get_pending(struct dist_access *a, struct vgic_irq *irq)
{
	return vgic_irq_is_pending(irq) ||
	       (irq->lr >= 0 && !irq->drop_pending &&
		irq->owner->vgic.lr[irq->lr] & GICH_LR_PENDING_BIT);
}

/* SGIs have GICD_SPENDSGIR and GICD_CPENDSGIR instead (4.3.7, 4.3.8). */
static void set_pending(struct dist_access *a, struct vgic_irq *irq, u32 field)
{
	if (vgic_irq_is_sgi(irq))
		return;
	irq->latch = true;
	irq->restored = a->user;
}

static void clear_pending(struct dist_access *a, struct vgic_irq *irq,
			  u32 field)
{
	irq->latch = false;
	irq->drop_pending = irq->lr >= 0;
}

static u32 get_active(struct dist_access *a, struct vgic_irq *irq)
{
	return irq->active;
}

static void set_active(struct dist_access *a, struct vgic_irq *irq, u32 field)
{
	if (irq->lr >= 0) {
		irq->force_active = true;
		irq->drop_active = false;
		return;
	}
	irq->active = true;
	/* Which source the bit doesn't say. */
	irq->active_source = a->user ? 0 : a->v->vcpu.idx;
}

static void clear_active(struct dist_access *a, struct vgic_irq *irq, u32 field)
{
	if (irq->lr >= 0) {
		irq->force_active = false;
		irq->drop_active = true;
		return;
	}
	irq->active = false;
}

static u32 get_priority(struct dist_access *a, struct vgic_irq *irq)
{
	return irq->priority;
}

/* As many bits as a list register has. */
static void set_priority(struct dist_access *a, struct vgic_irq *irq, u32 field)
{
	irq->priority = field & 0xf8;
}

static u32 get_targets(struct dist_access *a, struct vgic_irq *irq)
{
	return irq->home ? BIT(irq->home->vcpu.idx) : irq->targets;
}

/* An active one stays on its vcpu's queue, but where is for user space to say. */
static void set_targets(struct dist_access *a, struct vgic_irq *irq, u32 field)
{
	irq->targets = field & (BIT(a->vm->vm.nr_vcpus) - 1);
	if (a->user && irq->active) {
		irq->active = false;
		vgic_requeue(a->vm, irq);
		irq->active = true;
	}
}

static u32 get_config(struct dist_access *a, struct vgic_irq *irq)
{
	return irq->edge ? 2 : 0;
}

/* SGIs are edges for good (4.3.13), and so PPIs are levels with us. */
static void set_config(struct dist_access *a, struct vgic_irq *irq, u32 field)
{
	if (!irq->home)
		irq->edge = field & 2;
}

static u32 get_sources(struct dist_access *a, struct vgic_irq *irq)
{
	return irq->sources;
}

static void set_sources(struct dist_access *a, struct vgic_irq *irq, u32 field)
{
	irq->sources |= field & (BIT(a->vm->vm.nr_vcpus) - 1);
}

static void clear_sources(struct dist_access *a, struct vgic_irq *irq,
			  u32 field)
{
	irq->sources &= ~field;
}

/* ---- the table ------------------------------------------------------------------- */

#define WORDS(off, n, rd, wr) \
	{ .offset = (off), .len = 4 * (n), .read = (rd), .write = (wr) }
#define FIELDS(off, n, ...) \
	{ .offset = (off), .len = (n), __VA_ARGS__ }
#define BY(g, s)	.get = (g), .set = (s)

static const struct dist_row dist_rows[] = {
	WORDS(GIC_DIST_CTRL, 1, read_ctlr, write_ctlr),
	WORDS(GIC_DIST_CTR, 1, read_typer, write_ignored),
	WORDS(GIC_DIST_IIDR, 1, read_iidr, write_iidr),
	FIELDS(GIC_DIST_IGROUP, 128, .bits = 1, BY(get_group, set_group)),
	FIELDS(GIC_DIST_ENABLE_SET, 128, .bits = 1, BY(get_enabled, set_enabled),
	       .ones = true),
	FIELDS(GIC_DIST_ENABLE_CLEAR, 128, .bits = 1, BY(get_enabled, clear_enabled),
	       .ones = true),
	FIELDS(GIC_DIST_PENDING_SET, 128, .bits = 1, BY(get_pending, set_pending),
	       .ones = true, .state = true),
	FIELDS(GIC_DIST_PENDING_CLEAR, 128, .bits = 1, BY(get_pending, clear_pending),
	       .ones = true, .state = true),
	FIELDS(GIC_DIST_ACTIVE_SET, 128, .bits = 1, BY(get_active, set_active),
	       .ones = true, .state = true),
	FIELDS(GIC_DIST_ACTIVE_CLEAR, 128, .bits = 1, BY(get_active, clear_active),
	       .ones = true, .state = true),
	FIELDS(GIC_DIST_PRI, 1024, .bits = 8, BY(get_priority, set_priority),
	       .bytes = true),
	FIELDS(GIC_DIST_TARGET, 1024, .bits = 8, BY(get_targets, set_targets),
	       .bytes = true),
	FIELDS(GIC_DIST_CONFIG, 256, .bits = 2, BY(get_config, set_config)),
	FIELDS(VGIC_DIST_NSACR, 256, .bits = 2, BY(get_zero, set_ignored)),
	WORDS(GIC_DIST_SOFTINT, 1, read_zero, write_sgir),
	FIELDS(GIC_DIST_SGI_PENDING_CLEAR, 16, .bits = 8,
	       BY(get_sources, clear_sources), .bytes = true, .ones = true),
	FIELDS(GIC_DIST_SGI_PENDING_SET, 16, .bits = 8,
	       BY(get_sources, set_sources), .bytes = true, .ones = true),
	WORDS(VGIC_DIST_ID, 12, read_id, write_ignored),
};

static const struct dist_row *dist_find(u32 offset)
{
	const struct dist_row *row;

	for (row = dist_rows; row < dist_rows + ARRAY_SIZE(dist_rows); row++)
		if (offset - row->offset < row->len)
			return row;
	return NULL;
}

/* ---- access ------------------------------------------------------------------------ */

static u32 fields_read(struct dist_access *a, const struct dist_row *row,
		       unsigned int intid, unsigned int nbits)
{
	struct vgic_irq *irq;
	unsigned int shift;
	u32 val = 0;

	for (shift = 0; shift < nbits; shift += row->bits) {
		irq = vgic_irq_get(a->v, intid++);
		if (irq)
			val |= row->get(a, irq) << shift;
	}
	return val;
}

static void fields_write(struct dist_access *a, const struct dist_row *row,
			 unsigned int intid, unsigned int nbits, u32 val)
{
	u32 mask = BIT(row->bits) - 1;
	struct vgic_irq *irq;
	unsigned int shift;

	for (shift = 0; shift < nbits; shift += row->bits, intid++) {
		u32 field = val >> shift & mask;

		if (row->ones && !field)
			continue;
		irq = vgic_irq_get(a->v, intid);
		if (!irq)
			return;
		row->set(a, irq, field);
		vgic_requeue(a->vm, irq);
	}
}

static int dist_write(struct dist_access *a, const struct dist_row *row,
		      u32 offset, unsigned int len, u32 val)
{
	unsigned long flags;
	int ret = 0;

	vgic_lock(&a->vm->vgic, flags);
	if (row->bits)
		fields_write(a, row, offset * 8 / row->bits, len * 8, val);
	else
		ret = row->write(a, val);
	vgic_unlock(a->vm, flags);
	return ret;
}

static u32 dist_read(struct dist_access *a, const struct dist_row *row,
		     u32 offset, unsigned int len)
{
	unsigned long flags;
	u32 val;

	vgic_lock(&a->vm->vgic, flags);
	if (row->bits)
		val = fields_read(a, row, offset * 8 / row->bits, len * 8);
	else
		val = row->read(a);
	vgic_unlock(a->vm, flags);
	return val;
}

/* ---- the guest's ------------------------------------------------------------------- */

/*
 * Wait until every vcpu but @self that had something in list registers has
 * folded it.  It leaves the guest in finite time whatever it does, and one that
 * waits here itself is out of the guest.
 */
static void vgic_settle(struct armv7_vm *avm, struct armv7_vcpu *self)
{
	struct ember_vcpu *vcpu;
	unsigned int i;

	ember_for_each_vcpu(i, vcpu, &avm->vm) {
		struct vgic_cpu *vc = &to_armv7(vcpu)->vgic;
		unsigned int puts = READ_ONCE(vc->puts);

		if (vcpu == &self->vcpu || !READ_ONCE(vc->used_lrs))
			continue;
		ember_vcpu_kick(vcpu);
		while (READ_ONCE(vc->used_lrs) && READ_ONCE(vc->puts) == puts)
			cpu_relax();
	}
}

/*
 * What IHI 0048B, 4.1.4 does not allow reads as zero and is ignored, and so is
 * what isn't there.
 */
static const struct dist_row *dist_lookup(u32 offset, unsigned int len)
{
	const struct dist_row *row = dist_find(offset);

	if (!row || offset & (len - 1))
		return NULL;
	return len == 4 || (len == 1 && row->bytes) ? row : NULL;
}

static int dist_guest_read(struct ember_vcpu *vcpu, struct ember_io_dev *dev,
			   gpa_t addr, unsigned int len, void *val)
{
	struct armv7_vm *avm = to_armv7_vm(vcpu->vm);
	struct dist_access a = { .vm = avm, .v = to_armv7(vcpu) };
	u32 offset = addr - avm->vgic.dist_base, data = 0;
	const struct dist_row *row = dist_lookup(offset, len);

	memset(val, 0, len);
	if (!row)
		return 0;
	offset -= row->offset;
	a.word = offset / 4;
	/* Private interrupts are in no other vcpu's list registers. */
	if (row->state && offset)
		vgic_settle(avm, a.v);
	data = dist_read(&a, row, offset, len);
	memcpy(val, &data, len);
	return 0;
}

bool vgic_dist_read_quick(struct armv7_vcpu *v, u32 offset, unsigned int len,
			  u32 *val)
{
	struct dist_access a = { .vm = to_armv7_vm(v->vcpu.vm), .v = v };
	const struct dist_row *row = dist_lookup(offset, len);

	if (!row || row->bits)
		return false;
	a.word = (offset - row->offset) / 4;
	*val = row->read(&a);
	return true;
}

static int dist_guest_write(struct ember_vcpu *vcpu, struct ember_io_dev *dev,
			    gpa_t addr, unsigned int len, const void *val)
{
	struct armv7_vm *avm = to_armv7_vm(vcpu->vm);
	struct dist_access a = { .vm = avm, .v = to_armv7(vcpu) };
	u32 offset = addr - avm->vgic.dist_base, data = 0;
	const struct dist_row *row = dist_lookup(offset, len);

	if (!row)
		return 0;
	memcpy(&data, val, len);
	offset -= row->offset;
	a.word = offset / 4;
	dist_write(&a, row, offset, len, data);
	return 0;
}

const struct ember_io_ops vgic_dist_ops = {
	.read = dist_guest_read,
	.write = dist_guest_write,
};

/* ---- user space's -------------------------------------------------------------------- */

bool vgic_dist_has(u32 offset)
{
	return dist_lookup(offset, 4);
}

int vgic_dist_uaccess(struct armv7_vcpu *v, u32 offset, bool write, u32 *val)
{
	struct dist_access a = {
		.vm = to_armv7_vm(v->vcpu.vm),
		.v = v,
		.user = true,
	};
	const struct dist_row *row = dist_lookup(offset, 4);

	if (!row)
		return -ENXIO;
	offset -= row->offset;
	a.word = offset / 4;
	if (write)
		return dist_write(&a, row, offset, 4, *val);
	*val = dist_read(&a, row, offset, 4);
	return 0;
}
