// SPDX-License-Identifier: GPL-2.0
/*
 * The virtual GIC as a guest sees it.  The sequences are in guest/gic.c; here
 * are the VMs that they run in, and who moves the lines.
 */
#include "vm.h"
#include <sched.h>

#define SPI 40
#define PPI 20

/* One vcpu, in this thread, obeying its wishes about lines. */
static void one(const char *name, uint32_t arg0, uint32_t arg1)
{
	struct vm *vm = vm_new(1, VM_GIC);

	vcpu_start(&vm->vcpu[0], name, arg0, arg1);
	vcpu_run_obeying(&vm->vcpu[0]);
}

static void many(unsigned int nr_vcpus, const char *name, uint32_t arg)
{
	struct vm *vm = vm_new(nr_vcpus, VM_GIC | VM_POWER_OFF);

	vcpu_start(&vm->vcpu[0], name, arg, 0);
	vm_run(vm);
}

static void registers(void)
{
	one("g_gic_registers", 1, 0);
}

static void registers_of_three(void)
{
	struct vm *vm = vm_new(3, VM_GIC);

	vcpu_start(&vm->vcpu[0], "g_gic_registers", 3, 0);
	vcpu_done(&vm->vcpu[0]);
}

static void level(void)
{
	one("g_level", SPI, 0);
}

static void edge(void)
{
	one("g_edge", SPI, 0);
}

static void highest_irq(void)
{
	one("g_edge", 255, 0);
}

static void level_ppi(void)
{
	one("g_level", PPI, 0);
}

static void disabled(void)
{
	one("g_disabled", SPI, 0);
}

static void priority_order(void)
{
	one("g_priority_order", SPI, 0);
}

static void priority_late(void)
{
	one("g_priority_late", SPI, 0);
}

static void priority_mask(void)
{
	one("g_priority_mask", SPI, 0);
}

static void preempt(void)
{
	one("g_preempt", SPI, 0);
}

static void many_active(void)
{
	one("g_many_active", SPI, 0);
}

static void eoi_mode(void)
{
	one("g_eoi_mode", SPI, 0);
}

static void set_by_hand(void)
{
	one("g_set_by_hand", SPI, 0);
}

static void irq_storm(void)
{
	one("g_irq_storm", SPI, 1000);
}

static void sgi_self(void)
{
	one("g_sgi_self", 0, 0);
}

static void sgi_pingpong(void)
{
	many(2, "g_sgi_pingpong", 500);
}

static void sgi_sources(void)
{
	many(4, "g_sgi_sources", 0);
}

static void sgi_broadcast(void)
{
	many(5, "g_sgi_broadcast", 4);
}

static void route(void)
{
	many(2, "g_route", SPI);
}

static void ppi(void)
{
	many(2, "g_ppi", PPI);
}

/* Lines moved by another thread while the vcpu spins, waits and reads. */
static void line_from_thread(void)
{
	struct vm *vm = vm_new(1, VM_GIC);
	volatile uint32_t *turn = vm_mem(vm, SCRATCH);
	uint32_t i;

	vcpu_start(&vm->vcpu[0], "g_count_edges_wfi", SPI, 200);
	*turn = ~0u;
	vcpu_spawn(&vm->vcpu[0]);
	for (i = 0; i < 200; i++) {
		while (*turn != i)
			sched_yield();
		vm_spi(vm, SPI, 1);
		vm_spi(vm, SPI, 0);
	}
	vcpu_join(&vm->vcpu[0]);
}

/* Pending state is moved by KVM_RUN's caller, whichever thread that is. */
static void wfi_masked(void)
{
	struct vm *vm = vm_new(1, VM_GIC);

	vcpu_start(&vm->vcpu[0], "g_wfi_masked", SPI, 0);
	vcpu_reports(&vm->vcpu[0], 1);
	vm_spi(vm, SPI, 1);
	vcpu_done(&vm->vcpu[0]);
}

/* Two VMs with the same interrupts do not disturb each other. */
static void two_vms(void)
{
	struct vm *a = vm_new(1, VM_GIC), *b = vm_new(1, VM_GIC);

	vcpu_start(&b->vcpu[0], "g_not_pending", SPI, 0);
	vcpu_reports(&b->vcpu[0], 1);
	vcpu_start(&a->vcpu[0], "g_priority_order", SPI, 0);
	vcpu_run_obeying(&a->vcpu[0]);
	vm_spi(a, SPI, 1);
	vcpu_done(&b->vcpu[0]);
}

static const struct test tests[] = {
	TEST(registers),     TEST(registers_of_three), TEST(level),	    TEST(edge),
	TEST(highest_irq),   TEST(level_ppi),	       TEST(disabled),	    TEST(priority_order),
	TEST(priority_late), TEST(priority_mask),      TEST(preempt),	    TEST(many_active),
	TEST(eoi_mode),	     TEST(set_by_hand),	       TEST(irq_storm),	    TEST(sgi_self),
	TEST(sgi_pingpong),  TEST(sgi_sources),	       TEST(sgi_broadcast), TEST(route),
	TEST(ppi),	     TEST(line_from_thread),   TEST(wfi_masked),    TEST(two_vms),
};

TEST_MAIN("gic", tests)
