/* SPDX-License-Identifier: GPL-2.0 */
/* What guest functions use. */
#ifndef MIPS32_GUEST_LIB_H
#define MIPS32_GUEST_LIB_H

#include "layout.h"

typedef uint32_t u32;

#define mfc0(rd, sel)                                                               \
	({                                                                          \
		u32 val_;                                                           \
		asm volatile("mfc0 %0, $" #rd ", " #sel : "=r"(val_) : : "memory"); \
		val_;                                                               \
	})
#define mtc0(rd, sel, val) \
	asm volatile("mtc0 %z0, $" #rd ", " #sel "\n\tehb" : : "Jr"((u32)(val)) : "memory")

/* By just that instruction: a compiler may load and extend by two. */
#define LOAD_U8 "lbu"
#define LOAD_U16 "lhu"
#define LOAD_S8 "lb"
#define LOAD_S16 "lh"
#define LOAD_U32 "lw"
#define load(insn, addr)                                                           \
	({                                                                         \
		u32 v_;                                                            \
		asm volatile(insn " %0, 0(%1)" : "=r"(v_) : "r"(addr) : "memory"); \
		v_;                                                                \
	})

#define IO32(addr) (*(volatile u32 *)(addr))

static inline void report(u32 value)
{
	IO32(TEST_IO + TEST_REPORT) = value;
}

#define check(cond)                                           \
	do {                                                  \
		if (!(cond))                                  \
			IO32(TEST_IO + TEST_LINE) = __LINE__; \
	} while (0)

/* The same, with the exception that came. */
#define check_exc(cond)                                       \
	do {                                                  \
		if (!(cond))                                  \
			IO32(TEST_IO + TEST_EXC) = (u32)&exc; \
	} while (0)

extern volatile struct exc exc;
/*
 * What becomes of an exception: a function that says where to go on; without one it is
 * not expected.
 */
extern u32 (*volatile exc_hook)(struct exc *exc, u32 *regs);
extern volatile u32 exc_count;

/* A hook: the instruction is skipped; in a delay slot: back to the caller (ra). */
u32 exc_skip(struct exc *exc, u32 *regs);
u32 on_exception(struct exc *exc, u32 *regs);
/*
 * Set Compare.  Count may have passed it before it was written, on a slow host, and would
 * come by again 43 s later only.
 */
void tick_in(u32 n);

/* start.S: cases, each at the address of its name. */
u32 do_syscall(u32), do_syscall_plain(u32), do_break(u32), do_trap(u32), do_overflow(u32);
u32 do_reserved(u32), do_msa(u32), do_load(u32), do_load_in_slot(u32), do_jump(u32), do_mfc0(u32);
u32 do_mfc0_in_slot(u32), do_cop1(u32), do_rdhwr(u32), do_rdhwr_slot(u32);
u32 do_store(u32, u32), do_store_in_slot(u32, u32), do_store_in_taken(u32, u32);
u32 do_store_in_untaken(u32, u32);
u32 call_user(u32 (*fn)(u32), u32 arg);
extern char user_returned[];

#define EXCCODE(e) ((e)->cause >> 2 & 31)
#define EXC_BD 0x80000000u

/* One page pair in the TLB at @index; @lo0 and @lo1 as EntryLo. */
static inline void tlb_set(u32 index, u32 hi, u32 mask, u32 lo0, u32 lo1)
{
	mtc0(10, 0, hi);
	mtc0(5, 0, mask);
	mtc0(2, 0, lo0);
	mtc0(3, 0, lo1);
	mtc0(0, 0, index);
	asm volatile("tlbwi\n\tehb" : : : "memory");
}

#define LO(pa, bits) ((pa) >> 12 << 6 | 3 << 3 | (bits))
#define LO_G 1
#define LO_V 2
#define LO_D 4

#endif
