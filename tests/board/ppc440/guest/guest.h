/* SPDX-License-Identifier: GPL-2.0 */
/* What ../../guest/any.c uses. */
#ifndef PPC440_GUEST_H
#define PPC440_GUEST_H

#include "lib.h"

static inline u32 read32(u32 addr)
{
	return IO32(addr);
}

static inline void write32(u32 addr, u32 v)
{
	IO32(addr) = v;
}

#define check_eq(got, want) check((got) == (want))

static inline void dmb(void)
{
	asm volatile("msync" : : : "memory");
}

/* The first TLB entry is there from the beginning. */
static inline void mmu_on(void)
{
}

/* Without an exit: each vcpu has a stack of its own. */
static inline u32 cpu_id(void)
{
	return (STACK - (u32)__builtin_frame_address(0)) / STACK_SIZE;
}

static inline void wfi(void)
{
	mtmsr(mfmsr() | MSR_WE | MSR_EE);
}

#endif
