/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What tests of MIPS use besides vm.h, which includes this.
 */
#ifndef MIPS32_ARCH_H
#define MIPS32_ARCH_H

/* There is no interrupt controller in the kernel: tests that want one do without. */
#undef VM_GIC
#define VM_GIC 0

#define GPA_BITS 32
/* What an ioctl that there is not fails with. */
#define NO_IOCTL ENOTTY

/* Of the guest's RAM: at an address of its colour where caches have aliases. */
#define RAM_MAP MAP_SHARED

#define CP0_REG(size, rd, sel) (KVM_REG_MIPS_CP0 | KVM_REG_SIZE_##size | (8 * (rd) + (sel)))

#define REG_ARCH KVM_REG_MIPS
#define REG_PC KVM_REG_MIPS_PC
#define REG_COUNT CP0_REG(U32, 9, 0)

/* One that goes on by itself. */
static inline bool reg_is_clock(uint64_t id)
{
	return id == REG_COUNT;
}

/*
 * For timing.c: a guest with two arguments, the second one how many exits it is to have that
 * are served between two entries, how often it reports, and their row in the statistics.
 */
#define QUICK_VM VM_PLAIN
#define QUICK_GUEST "g_costs"
#define QUICK_ARG(n) (n)
#define QUICK_REPORTS(n) 12
#define QUICK_ROW "mfc0"

/*
 * For large.c: how many large pages an entry of the host's TLB maps, how many pages the
 * fault for one brings at the most, and the rows of what is counted for each TLB miss that
 * the vector page does not serve.
 */
#define LARGE_PER_ENTRY 2u
#define LARGE_AROUND 32
#define LARGE_MISSES "map"

/* Interrupt @line of the vcpu, negative to lower it, as a call. */
int vcpu_irq(struct vcpu *cpu, int line);

#endif
