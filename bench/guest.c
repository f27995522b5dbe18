// SPDX-License-Identifier: GPL-2.0
/*
 * The guest whose exits are measured; bench/README and exits.c say how.
 *
 * Each function runs batches of rounds, with IRQs masked and the MMU off, and
 * leaves the counter's ticks of each batch at SCRATCH.  Beside every loop there
 * is one that lacks only the instruction which exits.
 */
#include "../tests/board/guest/guest.h"
#include "bench.h"

/* How many ticks a second has. */
void g_count_freq(void)
{
	report(cp15_read(0, c14, c0, 0));
}

static u32 ticks(void)
{
	isb();
	return cp15_read64(1, c14); /* CNTVCT */
}

/* Run @body BATCHES times, timed. */
#define MEASURE(body)                                       \
	do {                                                \
		volatile u32 *out = (u32 *)SCRATCH;         \
		u32 batch, t;                               \
		for (batch = 0; batch < BATCHES; batch++) { \
			t = ticks();                        \
			body;                               \
			out[batch] = ticks() - t;           \
		}                                           \
	} while (0)

/* @insn in a loop of ROUNDS, after the same preparation each time. */
#define LOOP(prepare, insn)                       \
	asm volatile(".arch_extension virt\n"     \
		     "mov r5, %0\n"               \
		     "1: " prepare "\n" insn "\n" \
		     "subs r5, r5, #1\n"          \
		     "bne 1b\n" ::"i"(ROUNDS)     \
		     : "r0", "r1", "r2", "r3", "r5", "cc", "memory")

#define CALL_VERSION "movw r0, #0\n movt r0, #0x8400"
/* AFFINITY_INFO of ourselves */
#define CALL_AFFINITY "movw r0, #4\n movt r0, #0x8400\n mov r1, #0\n mov r2, #0"
#define ADDR_TYPER "movw r1, #4\n movt r1, #0x0800"
#define ADDR_UART "movw r1, #0x18\n movt r1, #0x0900"

void g_hypercall_fast(void)
{
	MEASURE(LOOP(CALL_VERSION, "hvc #0"));
}

void g_hypercall_fast_empty(void)
{
	MEASURE(LOOP(CALL_VERSION, ""));
}

void g_hypercall_host(void)
{
	MEASURE(LOOP(CALL_AFFINITY, "hvc #0"));
}

void g_hypercall_host_empty(void)
{
	MEASURE(LOOP(CALL_AFFINITY, ""));
}

void g_irqchip_read(void)
{
	MEASURE(LOOP(ADDR_TYPER, "ldr r0, [r1]"));
}

void g_irqchip_read_empty(void)
{
	MEASURE(LOOP(ADDR_TYPER, ""));
}

void g_user_read(void)
{
	MEASURE(LOOP(ADDR_UART, "ldr r0, [r1]"));
}

void g_user_read_empty(void)
{
	MEASURE(LOOP(ADDR_UART, ""));
}

/* ---- waiting ------------------------------------------------------------------ */

static void wait_and_end(u32 irq)
{
	u32 iar;

	do {
		wfi();
		iar = gicc_read(GICC_IAR);
	} while ((iar & 0x3ff) != irq);
	gic_eoi(iar);
}

/* What wait_and_end() is without the wait. */
static void end_only(u32 irq)
{
	u32 iar;

	do {
		dsb();
		iar = gicc_read(GICC_IAR);
	} while ((iar & 0x3ff) == irq);
	gic_eoi(iar);
}

void g_wfi_wake(u32 irq)
{
	u32 i;

	gic_init();
	gic_edge(irq, true);
	gic_enable(irq);
	report(0);
	MEASURE(for (i = 0; i < ROUNDS; i++) wait_and_end(irq));
}

void g_wfi_wake_empty(u32 irq)
{
	u32 i;

	gic_init();
	MEASURE(for (i = 0; i < ROUNDS; i++) end_only(irq));
}

/* ---- two vcpus ---------------------------------------------------------------- */

static void echo(void)
{
	gic_init();
	for (;;) {
		wait_and_end(PING);
		gicd_write(GICD_SGIR, 1 << 16 | PONG);
	}
}

void g_ipi(void)
{
	u32 i;

	gic_init();
	check_eq(cpu_on(1, echo), PSCI_SUCCESS);
	MEASURE(for (i = 0; i < ROUNDS; i++) {
		gicd_write(GICD_SGIR, 2 << 16 | PING);
		wait_and_end(PONG);
	});
}

void g_ipi_empty(void)
{
	u32 i;

	gic_init();
	MEASURE(for (i = 0; i < ROUNDS; i++) {
		end_only(PONG);
		end_only(PING);
	});
}
