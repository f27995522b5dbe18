// SPDX-License-Identifier: GPL-2.0
/*
 * GSI routing: what the interrupt numbers of irqfds mean.
 *
 * Read after coalesced.c.  A GSI leads to a pin of the in-kernel interrupt
 * controller, or to an MSI, or nowhere.  Irqfds look it up at each signal, under
 * RCU; the table is replaced as a whole (vm->lock).  Once the controller is
 * ready GSI n leads to pin n, whatever was set before, as in mainline.
 *
 * There is one controller, so a GSI has one destination at most.
 *
 * NOT DONE: MSIs.  They need an interrupt translation service, which no GICv2
 * has; such a route is kept, and what comes by it is dropped.
 */
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "core.h"

#define ROUTE_NONE	-1
#define ROUTE_MSI	-2

struct ember_routes {
	unsigned int nr;
	s16 pin[];			/* by GSI: a pin or ROUTE_* */
};

/* ---- look-up ------------------------------------------------------------------ */

int ember_route(struct ember_vm *vm, u32 gsi)
{
	const struct ember_routes *routes = rcu_dereference(vm->routes);

	if (!routes || gsi >= routes->nr)
		return ROUTE_NONE;
	gsi = array_index_nospec(gsi, routes->nr);
	return max_t(int, routes->pin[gsi], ROUTE_NONE);
}

void ember_irq_set(struct ember_vm *vm, u32 gsi, bool level)
{
	int pin;

	rcu_read_lock();
	pin = ember_route(vm, gsi);
	if (pin >= 0)
		ember_backend->irqfd_line(vm, pin, level);
	rcu_read_unlock();
}

/* ---- changes --------------------------------------------------------------------- */

static struct ember_routes *routes_alloc(unsigned int nr)
{
	struct ember_routes *routes;
	unsigned int gsi;

	routes = kvmalloc(struct_size(routes, pin, nr), GFP_KERNEL_ACCOUNT);
	if (!routes)
		return NULL;
	routes->nr = nr;
	for (gsi = 0; gsi < nr; gsi++)
		routes->pin[gsi] = ROUTE_NONE;
	return routes;
}

/* vm->lock held. */
static void routes_publish(struct ember_vm *vm, struct ember_routes *routes)
{
	struct ember_routes *old;

	old = rcu_replace_pointer(vm->routes, routes, lockdep_is_held(&vm->lock));
	if (!old)
		return;
	synchronize_rcu_expedited();
	kvfree(old);
}

int ember_irqchip_ready(struct ember_vm *vm, unsigned int pins)
{
	struct ember_routes *routes = routes_alloc(pins);
	unsigned int pin;

	if (!routes)
		return -ENOMEM;
	for (pin = 0; pin < pins; pin++)
		routes->pin[pin] = pin;
	routes_publish(vm, routes);
	vm->irqchip_ready = true;
	return 0;
}

/* ---- KVM_SET_GSI_ROUTING ----------------------------------------------------------- */

/* ROUTE_NONE: not a route. */
static int route_of(const struct kvm_irq_routing_entry *e)
{
	switch (e->type) {
	case KVM_IRQ_ROUTING_IRQCHIP:
		if (e->flags || e->u.irqchip.irqchip >= KVM_NR_IRQCHIPS ||
		    e->u.irqchip.pin >= ember_backend->irqchip_pins)
			return ROUTE_NONE;
		return e->u.irqchip.pin;
	case KVM_IRQ_ROUTING_MSI:
		return e->flags & ~KVM_MSI_VALID_DEVID ? ROUTE_NONE : ROUTE_MSI;
	default:
		return ROUTE_NONE;
	}
}

static int routes_fill(struct ember_routes *routes,
		       const struct kvm_irq_routing_entry *e, unsigned int nr)
{
	for (; nr; nr--, e++) {
		int route = route_of(e);

		if (route == ROUTE_NONE || routes->pin[e->gsi] != ROUTE_NONE)
			return -EINVAL;
		routes->pin[e->gsi] = route;
	}
	return 0;
}

/* The table that @nr entries make. */
static struct ember_routes *routes_make(const struct kvm_irq_routing_entry *e,
					unsigned int nr)
{
	struct ember_routes *routes;
	unsigned int i, gsis = 0;
	int ret;

	for (i = 0; i < nr; i++) {
		if (e[i].gsi >= EMBER_MAX_ROUTES)
			return ERR_PTR(-EINVAL);
		gsis = max(gsis, e[i].gsi + 1);
	}
	routes = routes_alloc(gsis);
	if (!routes)
		return ERR_PTR(-ENOMEM);
	ret = routes_fill(routes, e, nr);
	if (!ret)
		return routes;
	kvfree(routes);
	return ERR_PTR(ret);
}

int ember_set_gsi_routing(struct ember_vm *vm, struct kvm_irq_routing __user *arg)
{
	struct kvm_irq_routing_entry *entries;
	struct ember_routes *routes;
	struct kvm_irq_routing head;

	if (copy_from_user(&head, arg, sizeof(head)))
		return -EFAULT;
	if (head.flags || head.nr > EMBER_MAX_ROUTES)
		return -EINVAL;
	entries = vmemdup_user(arg->entries, head.nr * sizeof(*entries));
	if (IS_ERR(entries))
		return PTR_ERR(entries);
	routes = routes_make(entries, head.nr);
	kvfree(entries);
	if (IS_ERR(routes))
		return PTR_ERR(routes);
	mutex_lock(&vm->lock);
	routes_publish(vm, routes);
	mutex_unlock(&vm->lock);
	return 0;
}

void ember_routes_destroy(struct ember_vm *vm)
{
	kvfree(rcu_dereference_protected(vm->routes, 1));
}
