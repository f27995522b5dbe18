/* SPDX-License-Identifier: GPL-2.0 */
/* What ../../guest/any.c uses. */
#ifndef MIPS32_GUEST_H
#define MIPS32_GUEST_H

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

static inline void wfi(void)
{
	asm volatile("wait" : : : "memory");
}

#endif
