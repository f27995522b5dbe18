// SPDX-License-Identifier: GPL-2.0
/*
 * The guest whose exits are measured; exits.c says what and how.
 *
 * Each function runs batches of rounds in kernel mode, with interrupts off but where it
 * says, and leaves Count's ticks of each batch at SCRATCH.  Beside every loop there is one
 * that lacks only what is measured.
 */
#include "../../tests/board/mips32/guest/lib.h"
#include "bench.h"

/* Run @body BATCHES times, timed. */
#define MEASURE(body)                                       \
	do {                                                \
		volatile u32 *out = (u32 *)SCRATCH;         \
		u32 batch, start;                           \
		for (batch = 0; batch < BATCHES; batch++) { \
			start = mfc0(9, 0);                 \
			body;                               \
			out[batch] = mfc0(9, 0) - start;    \
		}                                           \
	} while (0)

/* @insns in a loop of ROUNDS; v0, v1, a0 and a1 are theirs, a1 is @arg before each. */
#define LOOP(insns, arg)                                              \
	do {                                                          \
		register u32 a1 asm("$5") = (arg);                    \
		register u32 n asm("$6") = ROUNDS;                    \
		asm volatile(".set push\n.set noreorder\n.set noat\n" \
			     ".set mips32r2\n"                        \
			     "1:\n" insns "\n"                        \
			     "addiu %0, -1\n"                         \
			     "bnez %0, 1b\n"                          \
			     " nop\n.set pop"                         \
			     : "+r"(n), "+r"(a1)                      \
			     :                                        \
			     : "$2", "$3", "$4", "memory");           \
	} while (0)

#define KIND(name, insns, arg)             \
	u32 g_##name(void)                 \
	{                                  \
		MEASURE(LOOP(insns, arg)); \
		return 0;                  \
	}

KIND(empty, "", 0)
KIND(cp0_read, "mfc0 $2, $15, 1", 0) /* EBase */
KIND(cp0_read_fast, "mfc0 $2, $12", 0) /* Status */
KIND(cp0_write, "mtc0 $0, $14", 0) /* EPC */
KIND(user_read, "lw $2, 0($5)", OTHER_IO)

u32 g_rdhwr(void)
{
	mtc0(7, 0, 0x20000000); /* HWREna: register 29 */
	MEASURE(LOOP("rdhwr $3, $29", 0));
	return 0;
}

/* Linux's local_irq_save() and local_irq_restore(), with interrupts off as before. */
#define IRQ_SAVE "di $2\nandi $2, $2, 1\nehb\n"
#define IRQ_RESTORE "beqz $2, 2f\ndi\nei\n2: ehb\n"

u32 g_irq_save_restore(void)
{
	mtc0(12, 0, mfc0(12, 0) | 1);
	MEASURE(LOOP(IRQ_SAVE IRQ_RESTORE, 0));
	mtc0(12, 0, mfc0(12, 0) & ~1);
	return 0;
}

/* Each pair of pages in turn: none is in the TLB when it is asked for, all are known. */
static void touch(u32 batch, u32 stride)
{
	u32 i, at = PAGES + batch * ROUNDS % PAIRS * stride;

	for (i = 0; i < ROUNDS; i++, at += stride)
		(void)IO32(at);
}

u32 g_tlb_refill(void)
{
	u32 i;

	for (i = 0; i < PAIRS; i++)
		IO32(PAGES + i * 0x2000) = 0;
	MEASURE({ touch(batch, 0x2000); });
	return 0;
}

u32 g_tlb_refill_empty(void)
{
	MEASURE({ touch(batch, 0); });
	return 0;
}

/* Sleeps until the line is up, and says so: then it goes down. */
u32 g_wait_wake(void)
{
	mtc0(12, 0, mfc0(12, 0) | 0x100 << WAKE_LINE);
	report(0);
	MEASURE(LOOP("wait\nsw $0, 0($5)", OTHER_IO));
	return 0;
}
