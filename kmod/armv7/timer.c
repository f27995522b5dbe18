// SPDX-License-Identifier: GPL-2.0
/*
 * The guest's generic timers.
 *
 * Read after timer.h and vgic.h.  The virtual timer's physical interrupt does
 * nothing but end the run of the guest: timer_load() finds that the timer has
 * expired when the guest is entered next.  It then makes the physical interrupt
 * active in the host's GIC, so that it isn't taken again, and the guest's
 * deactivation of the virtual interrupt makes it inactive (IHI 0048B, 5.2.2).
 * That state belongs to the CPU, not to the vcpu: each entry sets what the vcpu
 * entered needs, so nothing has to be undone when a vcpu moves, is reset or
 * dies.  A physical interrupt left active on a CPU that runs no guest does no
 * harm, as the timer is off there.
 *
 * The level is computed, and never taken from CNTV_CTL.ISTATUS: CNTVOFF is the
 * guest's only while the guest runs.
 */
#define pr_fmt(fmt) "ember: " fmt

#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/math64.h>
#include <linux/of.h>
#include <linux/of_irq.h>
#include <linux/percpu.h>
#include <asm/barrier.h>
#include <asm/cp15.h>
#include "armv7.h"

#define CNTFRQ		__ACCESS_CP15(c14, 0, c0, 0)
#define CNTPCT		__ACCESS_CP15_64(0, c14)
#define CNTV_CTL	__ACCESS_CP15(c14, 0, c3, 1)

struct timer_host_cpu {
	bool enabled;
	bool active;		/* the physical interrupt, as we set it */
};

static struct {
	unsigned int irq;
	unsigned int intid;	/* its number in the GIC */
	u32 rate;		/* ticks a second */
	struct timer_host_cpu __percpu *cpu;
} host;

/* The physical counter, not read ahead of time (B8.1.2). */
static u64 timer_counter(void)
{
	isb();
	return read_sysreg(CNTPCT);
}

static u64 timer_ns(u64 ticks)
{
	/* Whoever sleeps too short looks again. */
	ticks = min_t(u64, ticks, U64_MAX / NSEC_PER_SEC);
	return div_u64(ticks * NSEC_PER_SEC, host.rate) + 1;
}

/* In one piece: user space may set it while vcpus run. */
static u64 timer_cntvoff(struct armv7_vcpu *v)
{
	return atomic64_read(&to_armv7_vm(v->vcpu.vm)->cntvoff);
}

u64 timer_now(struct armv7_vcpu *v, const struct timer_state *t)
{
	u64 now = timer_counter();

	return t == &v->timer.virt ? now - timer_cntvoff(v) : now;
}

/* ---- the state of a timer (B8.1.5) ------------------------------------------------- */

static bool timer_counts(const struct timer_state *t)
{
	return (t->ctl & (TIMER_CTL_ENABLE | TIMER_CTL_IMASK)) ==
	       TIMER_CTL_ENABLE;
}

static bool timer_level(const struct timer_state *t, u64 now)
{
	return timer_counts(t) && now >= t->cval;
}

/*
 * Any context.  The line waits until the GIC is initialized and, before the
 * first run, until there is one: registers may be restored before it is made.
 */
static void timer_set_line(struct armv7_vcpu *v, struct timer_state *t,
			   bool level)
{
	struct ember_vm *vm = v->vcpu.vm;

	if (t->line == level)
		return;
	if (!vgic_present(&to_armv7_vm(vm)->vgic)) {
		if (!v->timer.started)
			return;
		WRITE_ONCE(t->line, level);
		/* User space must hear of it; see user_lines.c. */
		ember_vcpu_kick(&v->vcpu);
		return;
	}
	if (!vgic_inject(vm, v->vcpu.idx, t->ppi, level))
		t->line = level;
}

static ktime_t timer_ktime_left(const struct timer_state *t, u64 now)
{
	return ns_to_ktime(timer_ns(t->cval - now));
}

static enum hrtimer_restart timer_fire(struct armv7_vcpu *v,
				       struct timer_state *t)
{
	u64 now = timer_now(v, t);

	if (timer_counts(t) && now < t->cval) {
		hrtimer_forward_now(&t->hrtimer, timer_ktime_left(t, now));
		return HRTIMER_RESTART;
	}
	timer_set_line(v, t, timer_level(t, now));
	return HRTIMER_NORESTART;
}

static enum hrtimer_restart timer_virt_fire(struct hrtimer *hrtimer)
{
	struct armv7_vcpu *v = container_of(hrtimer, struct armv7_vcpu,
					    timer.virt.hrtimer);

	return timer_fire(v, &v->timer.virt);
}

static enum hrtimer_restart timer_phys_fire(struct hrtimer *hrtimer)
{
	struct armv7_vcpu *v = container_of(hrtimer, struct armv7_vcpu,
					    timer.phys.hrtimer);

	return timer_fire(v, &v->timer.phys);
}

void timer_arm(struct armv7_vcpu *v, struct timer_state *t)
{
	u64 now = timer_now(v, t);

	timer_set_line(v, t, timer_level(t, now));
	if (timer_counts(t) && now < t->cval)
		hrtimer_start(&t->hrtimer, timer_ktime_left(t, now),
			      HRTIMER_MODE_REL);
}

/*
 * While the hrtimer is armed it raises the line, any time; that it is late must
 * not show.
 */
static void timer_update_line(struct armv7_vcpu *v, struct timer_state *t)
{
	bool armed = hrtimer_active(&t->hrtimer);
	bool level = timer_level(t, timer_now(v, t));

	if (level || !armed)
		timer_set_line(v, t, level);
}

void timer_update_lines(struct armv7_vcpu *v)
{
	timer_update_line(v, &v->timer.virt);
	timer_update_line(v, &v->timer.phys);
}

/* ---- around the guest ----------------------------------------------------------------- */

/*
 * The write to the GIC is complete before the timer can be enabled, or the
 * interrupt could be taken in between.
 */
static void timer_set_phys_active(bool active)
{
	struct timer_host_cpu *cpu = this_cpu_ptr(host.cpu);

	irq_set_irqchip_state(host.irq, IRQCHIP_STATE_ACTIVE, active);
	cpu->active = active;
	dsb(sy);
}

void timer_phys_deactivated(void)
{
	this_cpu_ptr(host.cpu)->active = false;
}

/* At the first entry: the PPIs are final, and there is a GIC to tell. */
static void timer_start(struct armv7_vcpu *v)
{
	v->timer.started = true;
	if (vgic_present(&to_armv7_vm(v->vcpu.vm)->vgic))
		vgic_map_phys(v, v->timer.virt.ppi, host.intid);
	timer_update_lines(v);
}

/*
 * While the virtual interrupt is pending or active, and with it the physical one
 * active, the timer may fire as it likes.
 */
static bool timer_wants_active(struct armv7_vcpu *v)
{
	const struct timer_state *t = &v->timer.virt;

	if (!vgic_present(&to_armv7_vm(v->vcpu.vm)->vgic))
		return armv7_user_lines_vtimer(v);
	/* With an empty queue there is none that the guest could deactivate. */
	return t->line || (vgic_queued(&v->vgic) && vgic_private_busy(v, t->ppi));
}

void timer_load(struct armv7_vcpu *v)
{
	struct timer_state *t = &v->timer.virt;
	struct armv7_ctxt *ctxt = v->ctxt;
	bool active;

	if (unlikely(!v->timer.started))
		timer_start(v);
	timer_set_line(v, t, timer_counts(t) && timer_level(t, timer_now(v, t)));
	active = timer_wants_active(v);
	if (active != this_cpu_ptr(host.cpu)->active)
		timer_set_phys_active(active);
	ctxt->cntvoff = timer_cntvoff(v);
	ctxt->cntv_cval = t->cval;
	ctxt->cntv_ctl = t->ctl;
}

void timer_put(struct armv7_vcpu *v)
{
	struct timer_state *t = &v->timer.virt;

	t->ctl = v->ctxt->cntv_ctl & (TIMER_CTL_ENABLE | TIMER_CTL_IMASK);
	t->cval = v->ctxt->cntv_cval;
}

void timer_block_enter(struct armv7_vcpu *v)
{
	timer_arm(v, &v->timer.virt);
}

void timer_block_leave(struct armv7_vcpu *v)
{
	hrtimer_cancel(&v->timer.virt.hrtimer);
}

/* ---- life -------------------------------------------------------------------------------- */

void timer_vm_init(struct ember_vm *vm)
{
	atomic64_set(&to_armv7_vm(vm)->cntvoff, timer_counter());
}

static void timer_state_init(struct timer_state *t, unsigned int ppi,
			     enum hrtimer_restart (*fire)(struct hrtimer *))
{
	t->ppi = ppi;
	hrtimer_init(&t->hrtimer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	t->hrtimer.function = fire;
}

void timer_vcpu_init(struct armv7_vcpu *v)
{
	timer_state_init(&v->timer.virt, TIMER_VIRT_PPI, timer_virt_fire);
	timer_state_init(&v->timer.phys, TIMER_PHYS_PPI, timer_phys_fire);
	v->ctxt->cnthctl = TIMER_CNTHCTL_GUEST;
}

static void timer_state_reset(struct armv7_vcpu *v, struct timer_state *t)
{
	hrtimer_cancel(&t->hrtimer);
	t->ctl = 0;
	t->cval = 0;
	timer_set_line(v, t, false);
	/* One that never ran has what user space has restored, if anything. */
	if (v->vcpu.started)
		vgic_reset_private(v, t->ppi);
}

void timer_vcpu_reset(struct armv7_vcpu *v)
{
	timer_state_reset(v, &v->timer.virt);
	timer_state_reset(v, &v->timer.phys);
}

void timer_vcpu_destroy(struct armv7_vcpu *v)
{
	hrtimer_cancel(&v->timer.virt.hrtimer);
	hrtimer_cancel(&v->timer.phys.hrtimer);
}

/* ---- the host's timer ------------------------------------------------------ */

/* The timer was off by the time interrupts came on: late news. */
static irqreturn_t timer_interrupt(int irq, void *dev)
{
	return IRQ_HANDLED;
}

void timer_cpu_enable(void)
{
	struct timer_host_cpu *cpu = this_cpu_ptr(host.cpu);

	write_sysreg(0, CNTV_CTL);
	isb();
	timer_set_phys_active(false);
	if (!cpu->enabled)
		enable_percpu_irq(host.irq, IRQ_TYPE_NONE);
	cpu->enabled = true;
}

void timer_cpu_disable(void)
{
	struct timer_host_cpu *cpu = this_cpu_ptr(host.cpu);

	if (!cpu->enabled)
		return;
	timer_set_phys_active(false);
	disable_percpu_irq(host.irq);
	cpu->enabled = false;
}

static const struct of_device_id timer_of_ids[] = {
	{ .compatible = "arm,armv7-timer" },
	{ .compatible = "arm,armv8-timer" },
	{}
};

/* As the kernel does: the device tree knows better than the register. */
static int timer_find_rate(struct device_node *node)
{
	if (of_property_read_u32(node, "clock-frequency", &host.rate))
		host.rate = read_sysreg(CNTFRQ);
	if (host.rate)
		return 0;
	pr_err("%pOF: nobody says how fast the timer counts: add clock-frequency to the device tree\n",
	       node);
	return -ENODEV;
}

/* The number in the GIC itself, below whatever else is stacked on it. */
static unsigned int timer_gic_intid(unsigned int irq)
{
	struct irq_data *data = irq_get_irq_data(irq);

#ifdef CONFIG_IRQ_DOMAIN_HIERARCHY
	while (data->parent_data)
		data = data->parent_data;
#endif
	return irqd_to_hwirq(data);
}

static int timer_find_irq(struct device_node *node)
{
	/* Secure, non-secure, virtual, hypervisor. */
	host.irq = irq_of_parse_and_map(node, 2);
	if (!host.irq) {
		pr_err("%pOF has no virtual timer interrupt: use a device tree that says which it is\n",
		       node);
		return -ENODEV;
	}
	if (irq_has_action(host.irq)) {
		pr_err("the host kernel uses the virtual timer itself: boot it in Hyp mode, then it takes the physical one\n");
		return -ENODEV;
	}
	host.intid = timer_gic_intid(host.irq);
	return 0;
}

static int timer_claim_irq(void)
{
	int ret;

	host.cpu = alloc_percpu(struct timer_host_cpu);
	if (!host.cpu)
		return -ENOMEM;
	ret = request_percpu_irq(host.irq, timer_interrupt, "ember-timer",
				 host.cpu);
	if (ret) {
		pr_err("the virtual timer's interrupt can't be had (error %d)\n",
		       ret);
		free_percpu(host.cpu);
	}
	return ret;
}

int timer_probe(void)
{
	struct device_node *node;
	int ret;

	node = of_find_matching_node(NULL, timer_of_ids);
	if (!node) {
		pr_err("no generic timer (arm,armv7-timer) in the device tree: this board can't give guests time\n");
		return -ENODEV;
	}
	ret = timer_find_rate(node) ?: timer_find_irq(node);
	of_node_put(node);
	return ret ?: timer_claim_irq();
}

void timer_remove(void)
{
	free_percpu_irq(host.irq, host.cpu);
	free_percpu(host.cpu);
}
