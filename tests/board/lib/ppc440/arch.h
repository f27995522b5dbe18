/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What tests of PowerPC use besides vm.h, which includes this.
 */
#ifndef PPC440_ARCH_H
#define PPC440_ARCH_H

#include <linux/ember.h>

/* VM_GIC: with the UIC in the kernel. */
#define GPA_BITS 32
/* What an ioctl that there is not fails with. */
#define NO_IOCTL ENOTTY

#define RAM_MAP MAP_SHARED

#define REG_ARCH KVM_REG_PPC
#define REG_SPR(n) EMBER_REG_PPC440_SPR(n)

/* One register of 32 bits that ONE_REG has: SRR0.  pc is in KVM_GET_REGS only. */
#define REG_PC REG_SPR(26)

/* One that goes on by itself. */
static inline bool reg_is_clock(uint64_t id)
{
	return id == REG_SPR(0x16); /* DEC */
}

/*
 * For timing.c: a guest with two arguments, the second one how many exits it is to have that
 * are served between two entries, how often it reports, and their row in the statistics.
 */
#define QUICK_VM VM_PLAIN
#define QUICK_GUEST "g_mfmsr"
#define QUICK_ARG(n) (n)
#define QUICK_REPORTS(n) 1
#define QUICK_ROW "mfmsr"

/*
 * For large.c: how many large pages an entry of the host's TLB maps, how many pages the
 * fault for one brings at the most, and the rows of what is counted for each TLB miss.
 */
#define LARGE_PER_ENTRY 1u
#define LARGE_AROUND 1
#define LARGE_MISSES "dtlb_miss", "dtlb_refill"

/* KVM_INTERRUPT, as a call. */
int vcpu_interrupt(struct vcpu *cpu, uint32_t what);
/* KVM_IRQ_LINE of UIC input @input, as a call. */
int vm_irq_line(struct vm *vm, uint32_t input, uint32_t level);

#endif
