// SPDX-License-Identifier: GPL-2.0
/*
 * Taking, restoring and comparing the state of a VM; snapshot.h has the contract.
 */
#include "snapshot.h"
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#define ISTATUS 4u
#define CTL_MASK 3u /* enabled, not masked: 1 */

/* The host's virtual counter, which is its physical one: no offset. */
static uint64_t host_count(void)
{
	uint64_t v;

	asm volatile("isb\n\tmrrc p15, 1, %Q0, %R0, c14" : "=r"(v)::"memory");
	return v;
}

/* ---- registers of the GIC: what there is ------------------------------------- */

struct gic_array {
	uint32_t offset;
	uint32_t bits; /* of each interrupt */
	uint32_t clear; /* register by which ones are cleared first, or 0 */
};

static const struct gic_array gic_arrays[] = {
	{ 0x080, 1, 0 }, /* GICD_IGROUPR */
	{ 0x100, 1, 0x180 }, /* GICD_ISENABLER */
	{ 0x800, 8, 0 }, /* GICD_ITARGETSR */
	{ 0xc00, 2, 0 }, /* GICD_ICFGR */
	{ 0x400, 8, 0 }, /* GICD_IPRIORITYR */
	{ 0x200, 1, 0x280 }, /* GICD_ISPENDR */
	{ 0x300, 1, 0x380 }, /* GICD_ISACTIVER */
};

#define NR_ARRAYS (sizeof(gic_arrays) / sizeof(gic_arrays[0]))
#define GICD_SPENDSGIR 0xf20
#define GICD_CPENDSGIR 0xf10

static const uint32_t cpuif_regs[] = {
	0x00, 0x04, 0x08, 0x1c, 0xd0, 0xd4, 0xd8, 0xdc, 0xfc,
};

/* ---- taking --------------------------------------------------------------------- */

static void add(struct snapshot *s, enum snap_kind kind, unsigned int cpu, uint64_t id,
		uint64_t val)
{
	if (s->nr == s->room) {
		s->room = s->room ? 2 * s->room : 1024;
		s->rec = realloc(s->rec, s->room * sizeof(*s->rec));
		expect(s->rec);
	}
	s->rec[s->nr++] = (struct snap_rec){ kind, cpu, id, val };
}

static uint64_t get(struct vcpu *cpu, uint64_t id)
{
	uint64_t val = 0;

	if (vcpu_get(cpu, id, &val))
		fail("vcpu %u: register %#" PRIx64 " is listed, but: %s", cpu->id, id,
		     strerror(errno));
	return val;
}

/* ISTATUS depends on time: it has to fit, and is no part of the record. */
static uint64_t check_ctl(struct vcpu *cpu, const struct snap_timer *t, const char *name)
{
	bool on = t->ctl & 1, status = t->ctl & ISTATUS;

	if ((status && !(on && t->last >= t->cval)) || (!status && on && t->first >= t->cval))
		fail("vcpu %u: the %s timer's ctl is %#x at %#" PRIx64 " to %#" PRIx64
		     ", due at %#" PRIx64,
		     cpu->id, name, t->ctl, t->first, t->last, t->cval);
	return t->ctl & ~ISTATUS;
}

static void read_timers(struct vcpu *cpu, struct snap_cpu *c)
{
	c->virt.first = get(cpu, KVM_REG_ARM_TIMER_CNT);
	c->virt.ctl = get(cpu, KVM_REG_ARM_TIMER_CTL);
	c->virt.cval = get(cpu, KVM_REG_ARM_TIMER_CVAL);
	c->virt.last = get(cpu, KVM_REG_ARM_TIMER_CNT);
	c->phys.first = get(cpu, KVM_REG_ARM_PTIMER_CNT);
	c->phys.ctl = get(cpu, KVM_REG_ARM_PTIMER_CTL);
	c->phys.cval = get(cpu, KVM_REG_ARM_PTIMER_CVAL);
	c->phys.last = get(cpu, KVM_REG_ARM_PTIMER_CNT);
	c->before = host_count();
	c->count = get(cpu, KVM_REG_ARM_TIMER_CNT);
	c->after = host_count();
}

static uint64_t reg_val(struct vcpu *cpu, struct snap_cpu *c, uint64_t id)
{
	if (id == KVM_REG_ARM_TIMER_CTL)
		return check_ctl(cpu, &c->virt, "virtual");
	if (id == KVM_REG_ARM_PTIMER_CTL)
		return check_ctl(cpu, &c->phys, "physical");
	if (id == KVM_REG_ARM_TIMER_CNT)
		return c->count;
	return get(cpu, id);
}

static void take_vcpu(struct snapshot *s, struct vcpu *cpu)
{
	struct kvm_reg_list *list = vcpu_reg_list(cpu);
	struct kvm_vcpu_events events = { 0 };
	struct kvm_mp_state mp;
	uint64_t i;

	read_timers(cpu, &s->cpu[cpu->id]);
	for (i = 0; i < list->n; i++)
		add(s, SNAP_REG, cpu->id, list->reg[i],
		    reg_val(cpu, &s->cpu[cpu->id], list->reg[i]));
	free(list);
	expect_ok(ioctl(cpu->fd, KVM_GET_MP_STATE, &mp));
	add(s, SNAP_MP, cpu->id, 0, mp.mp_state);
	if (check_cap(s->vm->fd, KVM_CAP_VCPU_EVENTS) <= 0)
		return;
	expect_ok(ioctl(cpu->fd, KVM_GET_VCPU_EVENTS, &events));
	add(s, SNAP_EVENTS, cpu->id, 0, events.exception.serror_pending);
}

static uint32_t gic_reg(struct vm *vm, unsigned int request, enum snap_kind kind, unsigned int cpu,
			uint32_t offset, uint32_t val)
{
	unsigned int group = kind == SNAP_DIST ? KVM_DEV_ARM_VGIC_GRP_DIST_REGS
					       : KVM_DEV_ARM_VGIC_GRP_CPU_REGS;
	uint64_t attr = (uint64_t)cpu << KVM_DEV_ARM_VGIC_CPUID_SHIFT | offset;

	if (device_attr(vm->gic, request, group, attr, &val))
		fail("GIC%c register %#x of vcpu %u: %s", kind == SNAP_DIST ? 'D' : 'C', offset,
		     cpu, strerror(errno));
	return val;
}

static void take_gic_reg(struct snapshot *s, enum snap_kind kind, unsigned int cpu, uint32_t offset)
{
	add(s, kind, cpu, offset, gic_reg(s->vm, KVM_GET_DEVICE_ATTR, kind, cpu, offset, 0));
}

static void take_array(struct snapshot *s, const struct gic_array *a)
{
	uint32_t private_end = 32 * a->bits / 8, end = s->nr_irqs * a->bits / 8, at;
	unsigned int cpu;

	for (cpu = 0; cpu < s->vm->nr_vcpus; cpu++)
		for (at = 0; at < private_end; at += 4)
			take_gic_reg(s, SNAP_DIST, cpu, a->offset + at);
	for (at = private_end; at < end; at += 4)
		take_gic_reg(s, SNAP_DIST, 0, a->offset + at);
}

static void take_gic(struct snapshot *s)
{
	struct vm *vm = s->vm;
	unsigned int i, cpu;

	expect_ok(device_attr(vm->gic, KVM_GET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0,
			      &s->nr_irqs));
	for (i = 0; i < 2; i++) {
		uint64_t addr;

		expect_ok(device_attr(vm->gic, KVM_GET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_ADDR, i,
				      &addr));
		add(s, SNAP_ADDR, 0, i, addr);
	}
	for (i = 4; i <= 8; i += 4) /* GICD_TYPER, GICD_IIDR */
		take_gic_reg(s, SNAP_DIST, 0, i);
	for (i = 0; i < NR_ARRAYS; i++)
		take_array(s, &gic_arrays[i]);
	for (cpu = 0; cpu < vm->nr_vcpus; cpu++) {
		for (i = 0; i < 16; i += 4)
			take_gic_reg(s, SNAP_DIST, cpu, GICD_SPENDSGIR + i);
		for (i = 0; i < sizeof(cpuif_regs) / sizeof(cpuif_regs[0]); i++)
			take_gic_reg(s, SNAP_CPUIF, cpu, cpuif_regs[i]);
	}
	take_gic_reg(s, SNAP_DIST, 0, 0); /* GICD_CTLR: all is in place */
}

static void take_ppi(struct snapshot *s, unsigned int attr)
{
	uint32_t irq;

	expect_ok(device_attr(s->vm->vcpu[0].fd, KVM_GET_DEVICE_ATTR, KVM_ARM_VCPU_TIMER_CTRL, attr,
			      &irq));
	add(s, SNAP_PPI, 0, attr, irq);
}

struct snapshot *snapshot_take(struct vm *vm)
{
	struct snapshot *s = calloc(1, sizeof(*s));
	unsigned int i;

	expect(s);
	s->vm = vm;
	for (i = 0; i < vm->nr_vcpus; i++)
		take_vcpu(s, &vm->vcpu[i]);
	if (vm->gic >= 0) {
		take_ppi(s, KVM_ARM_VCPU_TIMER_IRQ_VTIMER);
		take_ppi(s, KVM_ARM_VCPU_TIMER_IRQ_PTIMER);
		take_gic(s);
	}
	for (i = 0; i < vm->nr_vcpus; i++) {
		s->cpu[i].virt.last = get(&vm->vcpu[i], KVM_REG_ARM_TIMER_CNT);
		s->cpu[i].phys.last = get(&vm->vcpu[i], KVM_REG_ARM_PTIMER_CNT);
	}
	return s;
}

void snapshot_free(struct snapshot *s)
{
	free(s->rec);
	free(s);
}

uint64_t snapshot_val(const struct snapshot *s, enum snap_kind kind, unsigned int cpu, uint64_t id)
{
	size_t i;

	for (i = 0; i < s->nr; i++)
		if (s->rec[i].kind == kind && s->rec[i].cpu == cpu && s->rec[i].id == id)
			return s->rec[i].val;
	fail("kind %u, vcpu %u, %#" PRIx64 " was not saved", kind, cpu, id);
}

/* ---- restoring --------------------------------------------------------------------- */

static void set_reg(struct vm *vm, const struct snap_rec *r)
{
	struct vcpu *cpu = &vm->vcpu[r->cpu];

	if (r->id == KVM_REG_ARM_TIMER_CNT) {
		vm->count_set = r->val;
		vm->count_before = host_count();
	}
	if (vcpu_set(cpu, r->id, &r->val))
		fail("vcpu %u: register %#" PRIx64 " can't be set to %#" PRIx64 ": %s", r->cpu,
		     r->id, r->val, strerror(errno));
	if (r->id == KVM_REG_ARM_TIMER_CNT)
		vm->count_after = host_count();
}

static void set_vcpu_state(struct vm *vm, const struct snap_rec *r)
{
	struct kvm_vcpu_events events = { .exception.serror_pending = r->val };
	struct kvm_mp_state mp = { .mp_state = r->val };
	int fd = vm->vcpu[r->cpu].fd;

	if (r->kind == SNAP_REG)
		set_reg(vm, r);
	else if (r->kind == SNAP_MP)
		expect_ok(ioctl(fd, KVM_SET_MP_STATE, &mp));
	else if (r->kind == SNAP_EVENTS)
		expect_ok(ioctl(fd, KVM_SET_VCPU_EVENTS, &events));
}

static void set_vcpus(struct vm *vm, const struct snapshot *s)
{
	size_t i;

	for (i = 0; i < s->nr; i++)
		set_vcpu_state(vm, &s->rec[i]);
}

/* Registers that only set are cleared before the first word of them is set. */
static void clear_first(struct vm *vm, const struct snap_rec *r)
{
	uint32_t bytes, at;
	size_t i;

	if (r->id >= GICD_SPENDSGIR && r->id < GICD_SPENDSGIR + 16)
		gic_reg(vm, KVM_SET_DEVICE_ATTR, SNAP_DIST, r->cpu,
			r->id - GICD_SPENDSGIR + GICD_CPENDSGIR, ~0u);
	for (i = 0; i < NR_ARRAYS; i++) {
		bytes = 1024 * gic_arrays[i].bits / 8;
		at = r->id - gic_arrays[i].offset;
		if (gic_arrays[i].clear && at < bytes)
			gic_reg(vm, KVM_SET_DEVICE_ATTR, SNAP_DIST, r->cpu,
				gic_arrays[i].clear + at, ~0u);
	}
}

static void set_gic(struct vm *vm, const struct snapshot *s)
{
	const struct snap_rec *r;

	for (r = s->rec; r < s->rec + s->nr; r++) {
		if (r->kind != SNAP_DIST && r->kind != SNAP_CPUIF)
			continue;
		if (r->kind == SNAP_DIST)
			clear_first(vm, r);
		gic_reg(vm, KVM_SET_DEVICE_ATTR, r->kind, r->cpu, r->id, r->val);
	}
}

static void make_gic(struct vm *vm, const struct snapshot *s)
{
	struct kvm_create_device dev = { .type = KVM_DEV_TYPE_ARM_VGIC_V2 };
	uint32_t nr_irqs = s->nr_irqs;
	struct snap_rec *r;

	expect_ok(ioctl(vm->fd, KVM_CREATE_DEVICE, &dev));
	vm->gic = dev.fd;
	expect_ok(device_attr(vm->gic, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0,
			      &nr_irqs));
	for (r = s->rec; r < s->rec + s->nr; r++) {
		uint32_t irq = r->val;

		if (r->kind == SNAP_ADDR)
			expect_ok(device_attr(vm->gic, KVM_SET_DEVICE_ATTR,
					      KVM_DEV_ARM_VGIC_GRP_ADDR, r->id, &r->val));
		if (r->kind == SNAP_PPI)
			expect_ok(device_attr(vm->vcpu[0].fd, KVM_SET_DEVICE_ATTR,
					      KVM_ARM_VCPU_TIMER_CTRL, r->id, &irq));
	}
	vm_init_gic(vm);
}

static bool is_edge(const struct snapshot *s, unsigned int irq)
{
	return snapshot_val(s, SNAP_DIST, 0, 0xc00 + irq / 16 * 4) >> irq % 16 * 2 & 2;
}

/* Devices hold their lines as before; an edge is not made twice. */
static void set_lines(struct vm *vm, const struct snapshot *s)
{
	unsigned int cpu, irq;

	for (cpu = 0; cpu < vm->nr_vcpus; cpu++)
		for (irq = 16; irq < s->nr_irqs; irq++)
			if (s->vm->line[cpu][irq] && !is_edge(s, irq))
				expect_ok(vm_irq_line(
					vm, irq < 32 ? KVM_ARM_IRQ_TYPE_PPI : KVM_ARM_IRQ_TYPE_SPI,
					cpu, irq, 1));
}

/* As vm_new() would, but over memory that is there. */
static struct vm *make_vm(const struct snapshot *s)
{
	struct vm *vm = vm_new(s->vm->nr_vcpus, (s->vm->flags & ~VM_GIC) | VM_NO_RAM | VM_NO_INIT);

	vm->flags = s->vm->flags;
	vm->ram = s->vm->ram;
	vm->ram_size = s->vm->ram_size;
	s->vm->ram = NULL;
	memcpy(vm->dev, s->vm->dev, sizeof(vm->dev));
	expect_ok(vm_slot(vm, 0, 0, RAM_BASE, vm->ram_size, vm->ram));
	return vm;
}

static void init_vcpus(struct vm *vm)
{
	unsigned int i;

	for (i = 0; i < vm->nr_vcpus; i++)
		vcpu_init(&vm->vcpu[i]);
}

struct vm *snapshot_restore(const struct snapshot *s, unsigned int order)
{
	bool regs_first = order & (SNAP_REGS_FIRST | SNAP_GIC_LATE);
	bool init_late = order & SNAP_INIT_LATE && !regs_first;
	struct vm *vm = make_vm(s);

	if (!init_late)
		init_vcpus(vm);
	if (order & SNAP_GIC_LATE)
		set_vcpus(vm, s);
	if (s->nr_irqs)
		make_gic(vm, s);
	if (regs_first && !(order & SNAP_GIC_LATE))
		set_vcpus(vm, s);
	if (s->nr_irqs)
		set_gic(vm, s);
	if (init_late)
		init_vcpus(vm);
	if (!regs_first)
		set_vcpus(vm, s);
	set_lines(vm, s);
	return vm;
}

/* ---- comparing ------------------------------------------------------------------------ */

static bool timer_due(const struct snap_timer *t, uint64_t at)
{
	return (t->ctl & CTL_MASK) == 1 && at >= t->cval;
}

/* Has the timer come due after the first look and before the second one ended? */
static bool came_due(const struct snap_timer *was, const struct snap_timer *is)
{
	return !timer_due(was, was->first) && timer_due(is, is->last);
}

/* Bits of GICD_ISPENDR0 that time may have set. */
static uint32_t may_rise(const struct snapshot *was, const struct snapshot *is, unsigned int cpu)
{
	const struct snap_cpu *a = &was->cpu[cpu], *b = &is->cpu[cpu];
	uint32_t bits = 0;

	if (came_due(&a->virt, &b->virt))
		bits |= 1u << snapshot_val(was, SNAP_PPI, 0, KVM_ARM_VCPU_TIMER_IRQ_VTIMER);
	if (came_due(&a->phys, &b->phys))
		bits |= 1u << snapshot_val(was, SNAP_PPI, 0, KVM_ARM_VCPU_TIMER_IRQ_PTIMER);
	return bits;
}

static void check_count(const struct snapshot *s, unsigned int cpu)
{
	const struct snap_cpu *c = &s->cpu[cpu];
	const struct vm *vm = s->vm;
	uint64_t least = vm->count_set + (c->before - vm->count_after);
	uint64_t most = vm->count_set + (c->after - vm->count_before);

	if (c->count < least || c->count > most)
		fail("vcpu %u: the counter was set to %#" PRIx64 " and is %#" PRIx64
		     ", not between %#" PRIx64 " and %#" PRIx64,
		     cpu, vm->count_set, c->count, least, most);
}

static void check_rec(const struct snapshot *was, const struct snapshot *is, size_t i)
{
	static const char *const kinds[] = { "register",     "MP state", "events",
					     "timer PPI",    "address",	 "GICD register",
					     "GICC register" };
	const struct snap_rec *a = &was->rec[i], *b = &is->rec[i];

	if (a->kind != b->kind || a->cpu != b->cpu || a->id != b->id)
		fail("record %zu is %s %#" PRIx64 " before, %s %#" PRIx64 " after", i,
		     kinds[a->kind], a->id, kinds[b->kind], b->id);
	if (a->kind == SNAP_REG && a->id == KVM_REG_ARM_TIMER_CNT)
		return check_count(is, a->cpu);
	if (a->val == b->val)
		return;
	if (a->kind == SNAP_DIST && a->id == 0x200 &&
	    !((a->val ^ b->val) & ~(uint64_t)may_rise(was, is, a->cpu)) && b->val & ~a->val)
		return;
	fail("vcpu %u: %s %#" PRIx64 " was %#" PRIx64 ", is %#" PRIx64, a->cpu, kinds[a->kind],
	     a->id, a->val, b->val);
}

void snapshot_check(const struct snapshot *s, struct vm *vm)
{
	struct snapshot *now = snapshot_take(vm);
	size_t i;

	expect_eq(now->nr, s->nr);
	for (i = 0; i < s->nr; i++)
		check_rec(s, now, i);
	snapshot_free(now);
}

struct vm *snapshot_move(struct vm *vm, unsigned int order)
{
	struct snapshot *s = snapshot_take(vm);
	struct vm *to = snapshot_restore(s, order);

	snapshot_check(s, to);
	snapshot_free(s);
	vm_free(vm);
	return to;
}
