// SPDX-License-Identifier: GPL-2.0
/*
 * What ../measure.c measures on PowerPC 440; the guest's clock is the time base.
 *
 *	syscall		  sc of the guest's kernel, to the guest's vector
 *	syscall_user	  sc of its user mode, to the vector, and rfi back
 *	mfmsr		  mfmsr, which C emulates
 *	mfmsr_rewritten	  the same where translation is on
 *	spr_read	  mfspr of TSR, which is never translated
 *	irq_save_restore  Linux's local_irq_save() and local_irq_restore(), translated
 *	tlb_refill	  a load from a page that is known and not in the TLB
 *	irqchip_read	  mfdcr of UIC0_ER, which the kernel emulates
 *	user_read	  a device register, answered by a minimal loop around KVM_RUN
 *	wait_wake	  MSR[WE] puts the thread to sleep; another thread of this process,
 *			  which runs only then, raises an input of the UIC; the guest
 *			  takes the interrupt, writes a device register, at which the
 *			  line goes down, and UIC0_SR.  Two switches of threads, two
 *			  KVM_IRQ_LINE and an exit to user space are in it.
 */
#include "../measure.h"
#include "bench.h"
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define TIMEBASE "/proc/device-tree/cpus/cpu@0/timebase-frequency"

double tick_ns(struct vcpu *cpu)
{
	FILE *f = fopen(TIMEBASE, "r");
	uint32_t hz;

	(void)cpu;
	if (!f || fread(&hz, sizeof(hz), 1, f) != 1)
		fail("%s: %s", TIMEBASE, strerror(errno));
	fclose(f);
	return 1e9 / be32toh(hz);
}

int wake_line(struct vcpu *cpu, bool up)
{
	return vm_irq_line(cpu->vm, WAKE_LINE, up);
}

#define PLAIN (VM_GIC | VM_PLAIN)

const struct row rows[] = {
	{ "syscall", "syscall", "syscall_empty", VM_GIC, run_plain },
	{ "syscall_user", "syscall_user", "empty", VM_GIC, run_plain },
	{ "mfmsr", "mfmsr", "empty", PLAIN, run_plain },
	{ "mfmsr_rewritten", "mfmsr", "empty", VM_GIC, run_plain },
	{ "spr_read", "spr_read", "empty", VM_GIC, run_plain },
	{ "irq_save_restore", "irq_save_restore", "empty", VM_GIC, run_plain },
	{ "tlb_refill", "tlb_refill", "tlb_refill_empty", VM_GIC, run_plain },
	{ "irqchip_read", "irqchip_read", "empty", VM_GIC, run_plain },
	{ "user_read", "user_read", "empty", VM_GIC, run_device },
	{ "wait_wake", "wait_wake", "empty", VM_GIC, run_waker },
};

const size_t nr_rows = sizeof(rows) / sizeof(rows[0]);
