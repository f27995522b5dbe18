// SPDX-License-Identifier: GPL-2.0
/*
 * What ../measure.c measures on MIPS; the guest's clock is Count.
 *
 *	cp0_read	  mfc0 of EBase, which C emulates
 *	cp0_read_fast	  mfc0 of Status, for which the vector page or a translation is enough
 *	cp0_write	  mtc0 of EPC
 *	rdhwr		  rdhwr $29
 *	irq_save_restore  Linux's local_irq_save() and local_irq_restore()
 *	tlb_refill	  a load from a page that is known and not in the TLB
 *	user_read	  a device register, answered by a minimal loop around KVM_RUN
 *	wait_wake	  wait puts the thread to sleep; another thread of this process, which
 *			  runs only then, raises a line; the guest goes on and writes a
 *			  device register, at which the line goes down.  Two switches of
 *			  threads, two KVM_INTERRUPT and an exit to user space are in it.
 */
#include "../measure.h"
#include "bench.h"

double tick_ns(struct vcpu *cpu)
{
	uint64_t hz;

	expect_ok(vcpu_get(cpu, KVM_REG_MIPS_COUNT_HZ, &hz));
	return 1e9 / hz;
}

int wake_line(struct vcpu *cpu, bool up)
{
	return vcpu_irq(cpu, up ? WAKE_LINE : -WAKE_LINE);
}

const struct row rows[] = {
	{ "cp0_read", "cp0_read", "empty", 0, run_plain },
	{ "cp0_read_fast", "cp0_read_fast", "empty", 0, run_plain },
	{ "cp0_write", "cp0_write", "empty", 0, run_plain },
	{ "rdhwr", "rdhwr", "empty", 0, run_plain },
	{ "irq_save_restore", "irq_save_restore", "empty", 0, run_plain },
	{ "tlb_refill", "tlb_refill", "tlb_refill_empty", 0, run_plain },
	{ "user_read", "user_read", "empty", 0, run_device },
	{ "wait_wake", "wait_wake", "empty", 0, run_waker },
};

const size_t nr_rows = sizeof(rows) / sizeof(rows[0]);
