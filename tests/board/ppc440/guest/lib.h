/* SPDX-License-Identifier: GPL-2.0 */
/* What guest functions use. */
#ifndef PPC440_GUEST_LIB_H
#define PPC440_GUEST_LIB_H

#include "layout.h"

typedef uint32_t u32;
typedef uint64_t u64;

#define mfspr(n)                                                               \
	({                                                                     \
		u32 val_;                                                      \
		asm volatile("mfspr %0, %1" : "=r"(val_) : "i"(n) : "memory"); \
		val_;                                                          \
	})
#define mtspr(n, val) asm volatile("mtspr %1, %0" : : "r"((u32)(val)), "i"(n) : "memory")
#define mfdcr(n)                                                               \
	({                                                                     \
		u32 val_;                                                      \
		asm volatile("mfdcr %0, %1" : "=r"(val_) : "i"(n) : "memory"); \
		val_;                                                          \
	})
#define mtdcr(n, val) asm volatile("mtdcr %1, %0" : : "r"((u32)(val)), "i"(n) : "memory")

#define SPR_DEC 22
#define SPR_SRR0 26
#define SPR_SRR1 27
#define SPR_PID 48
#define SPR_DECAR 54
#define SPR_CSRR0 58
#define SPR_DEAR 61
#define SPR_ESR 62
#define SPR_IVPR 63
#define SPR_USPRG0 256
#define SPR_SPRG4R 260
#define SPR_SPRG3 275
#define SPR_SPRG4W 276
#define SPR_PVR 287
#define SPR_DBCR0 308
#define SPR_TSR 336
#define SPR_TCR 340
#define SPR_IVOR0 400
#define SPR_MMUCR 946

#define MSR_WE 0x40000u
#define MSR_CE 0x20000u
#define MSR_EE 0x8000u
#define MSR_PR 0x4000u
#define MSR_FP 0x2000u
#define MSR_ME 0x1000u
#define MSR_FE0 0x800u
#define MSR_DWE 0x400u
#define MSR_DE 0x200u
#define MSR_FE1 0x100u
#define MSR_IS 0x20u
#define MSR_DS 0x10u

#define ESR_PIL 0x08000000u
#define ESR_PPR 0x04000000u
#define ESR_PTR 0x02000000u
#define ESR_ST 0x00800000u

static inline u32 mfmsr(void)
{
	u32 msr;

	asm volatile("mfmsr %0" : "=r"(msr) : : "memory");
	return msr;
}

static inline void mtmsr(u32 msr)
{
	asm volatile("mtmsr %0\n\tisync" : : "r"(msr) : "memory");
}

static inline u32 mftb(void)
{
	u32 tb;

	asm volatile("mfspr %0, 268" : "=r"(tb) : : "memory");
	return tb;
}

/* By just that instruction. */
#define LOAD_U8 "lbzx"
#define LOAD_U16 "lhzx"
#define LOAD_S8 "lbzx %0, 0, %1\n\textsb %0, %0 #" /* in two: there is no such load */
#define LOAD_S16 "lhax"
#define LOAD_U32 "lwzx"
#define load(insn, addr)                                                           \
	({                                                                         \
		u32 v_;                                                            \
		asm volatile(insn " %0, 0, %1" : "=r"(v_) : "r"(addr) : "memory"); \
		v_;                                                                \
	})
#define store(insn, addr, val) asm volatile(insn " %0, 0, %1" : : "r"(val), "r"(addr) : "memory")

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

/* The same, with the interrupt that came. */
#define check_exc(cond)                                       \
	do {                                                  \
		if (!(cond))                                  \
			IO32(TEST_IO + TEST_EXC) = (u32)&exc; \
	} while (0)

extern volatile struct exc exc;
/*
 * What becomes of an interrupt: a function that says where to go on; without one it is
 * not expected.
 */
extern u32 (*volatile exc_hook)(struct exc *exc, u32 *regs);
extern volatile u32 exc_count;

/* A hook: the instruction is skipped. */
u32 exc_skip(struct exc *exc, u32 *regs);
u32 on_exception(struct exc *exc, u32 *regs);

/* start.S: cases, each at the address of its name. */
u32 do_sc(u32), do_trap(u32), do_illegal(u32), do_load(u32), do_mfmsr(u32), do_fpu(u32);
u32 do_mfdcr(u32), do_rfi(u32), do_tlbwe(u32), do_jump(u32);
u32 do_store(u32, u32), do_store_1(u32);
u32 call_user(u32 (*fn)(u32), u32 arg);
u32 call_user_msr(u32 (*fn)(u32), u32 arg, u32 msr);
extern char user_returned[];

/* Words of a TLB entry. */
#define TLB_VALID 0x200u
#define TLB_TS 0x100u
#define TLB_SIZE(n) ((n) << 4) /* 4^n KiB */
#define TLB_E 0x80u
#define TLB_U 0x38u
#define TLB_UX 0x20u
#define TLB_S 0x07u
#define TLB_SW 0x02u
#define TLB_SR 0x01u

static inline void tlb_set(u32 index, u32 tid, u32 pageid, u32 xlat, u32 attrib)
{
	mtspr(SPR_MMUCR, tid);
	asm volatile("tlbwe %0, %3, 0\n\ttlbwe %1, %3, 1\n\ttlbwe %2, %3, 2\n\tisync"
		     :
		     : "r"(pageid), "r"(xlat), "r"(attrib), "r"(index)
		     : "memory");
}

static inline void tlb_clear(u32 index)
{
	asm volatile("tlbwe %0, %1, 0\n\tisync" : : "r"(0), "r"(index) : "memory");
}

/* The image again, where stubs are in reach: @fn(@arg) there. */
#define HIGH 0xc0000000

u32 run_high(u32 (*fn)(u32), u32 arg);

#endif
