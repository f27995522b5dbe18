// SPDX-License-Identifier: GPL-2.0
/*
 * The guest whose exits are measured; exits.c says what and how.
 *
 * Each function runs batches of rounds in kernel mode, with interrupts off but where it
 * says, and leaves the time base's ticks of each batch at SCRATCH.  Beside every loop there
 * is one that lacks only what is measured.
 */
#include "../../tests/board/ppc440/guest/lib.h"
#include "bench.h"

#define UIC_ER 0xc2
#define UIC_PR 0xc4
#define UIC_TR 0xc5
#define UIC_BIT (0x80000000u >> WAKE_LINE)

/* Run @body BATCHES times, timed. */
#define MEASURE(body)                                       \
	do {                                                \
		volatile u32 *out = (u32 *)SCRATCH;         \
		u32 batch, start;                           \
		for (batch = 0; batch < BATCHES; batch++) { \
			start = mftb();                     \
			body;                               \
			out[batch] = mftb() - start;        \
		}                                           \
	} while (0)

/* @insns in a loop of ROUNDS; r9, r10 and ctr are theirs, %1 is @arg0, %2 is @arg1. */
#define LOOP(insns, arg0, arg1)                                                    \
	do {                                                                       \
		u32 n = ROUNDS;                                                    \
		asm volatile("1:\n" insns "\n"                                     \
			     "addic. %0, %0, -1\n"                                 \
			     "bne 1b"                                              \
			     : "+b"(n)                                             \
			     : "b"(arg0), "b"(arg1)                                \
			     : "r9", "r10", "r11", "ctr", "cr0", "xer", "memory"); \
	} while (0)

#define KIND(name, insns, arg)                \
	u32 g_##name(void)                    \
	{                                     \
		MEASURE(LOOP(insns, arg, 0)); \
		return 0;                     \
	}

KIND(empty, "", 0)
KIND(mfmsr, "mfmsr 9", 0)
KIND(spr_read, "mfspr 9, 336", 0) /* TSR */
KIND(irqchip_read, "mfdcr 9, 0xc2", 0) /* UIC0_ER */
KIND(user_read, "lwz 9, 0(%1)", OTHER_IO)

/* ---- system calls ---------------------------------------------------------------- */

/*
 * Vectors of the fewest instructions: one goes where CTR says, so that sc is the loop's only
 * exit; the next one back; the last one back without sleep or interrupts.
 */
asm("	.text\n"
    "	.balign 16\n"
    "vector_ctr: bctr\n"
    "	.balign 16\n"
    "vector_rfi: rfi\n"
    "	.balign 16\n"
    "vector_wake: mfspr 11, 27\n" /* SRR1 */
    "	andi. 11, 11, 0x7fff\n"
    "	mtspr 27, 11\n"
    "	rfi\n");
extern char vector_ctr[], vector_rfi[], vector_wake[];

#define TO_CTR "lis 9, 2f@ha\n\taddi 9, 9, 2f@l\n\tmtctr 9\n"

KIND(syscall_empty, TO_CTR "2:", 0)

u32 g_syscall(void)
{
	mtspr(SPR_IVOR0 + 8, vector_ctr);
	MEASURE(LOOP(TO_CTR "sc\n2:", 0, 0));
	return 0;
}

/* In user mode, which a trap ends: sc would only come back. */
static u32 user_calls(u32 arg)
{
	MEASURE(LOOP("sc", 0, 0));
	do_trap(0);
	return 0;
}

static u32 leave_user(struct exc *e, u32 *regs)
{
	mtspr(SPR_SRR1, e->srr1 & ~MSR_PR);
	return (u32)user_returned;
}

u32 g_syscall_user(void)
{
	mtspr(SPR_IVOR0 + 8, vector_rfi);
	tlb_set(0, 0, TLB_VALID | TLB_SIZE(9), 0, TLB_U | TLB_S);
	exc_hook = leave_user;
	call_user(user_calls, 0);
	return 0;
}

/* ---- interrupts, the TLB ---------------------------------------------------------- */

/* Where Linux is, and stubs of translated instructions are in reach. */
#define LINUX 0xc0000000u

/* Linux's local_irq_save() and local_irq_restore(), with interrupts on before. */
static __attribute__((noinline)) void irq_save_restore(void)
{
	mtmsr(mfmsr() | MSR_EE);
	MEASURE(LOOP("mfmsr 9\n\twrteei 0\n\twrtee 9", 0, 0));
	mtmsr(mfmsr() & ~MSR_EE);
}

u32 g_irq_save_restore(void)
{
	void (*volatile there)(void) = (void *)(LINUX + (u32)irq_save_restore);

	tlb_set(1, 0, LINUX | TLB_VALID | TLB_SIZE(9), 0, TLB_S);
	there();
	return 0;
}

/* Each page in turn: none is in the TLB when it is asked for, all are known. */
static void touch(u32 batch, u32 stride)
{
	u32 i, at = PAGES_AT + batch * ROUNDS % PAGES * stride;

	for (i = 0; i < ROUNDS; i++, at += stride)
		(void)IO32(at);
}

u32 g_tlb_refill(void)
{
	u32 i;

	for (i = 0; i < PAGES; i++)
		IO32(PAGES_AT + i * STRIDE) = 0;
	MEASURE({ touch(batch, STRIDE); });
	return 0;
}

u32 g_tlb_refill_empty(void)
{
	MEASURE({ touch(batch, 0); });
	return 0;
}

/* Sleeps until the line is up, says so, so that it goes down, and clears the UIC. */
u32 g_wait_wake(void)
{
	mtspr(SPR_IVOR0 + 4, vector_wake);
	mtdcr(UIC_PR, UIC_BIT);
	mtdcr(UIC_TR, 0);
	mtdcr(UIC_ER, UIC_BIT);
	report(0);
	/* SPRG4, which user mode may read: no exit */
	mtspr(SPR_SPRG4W, UIC_BIT);
	MEASURE(LOOP("mtmsr %1\n\tstw %1, 0(%2)\n\tmfspr 9, 260\n\tmtdcr 0xc0, 9",
		     mfmsr() | MSR_WE | MSR_EE, OTHER_IO));
	return 0;
}
