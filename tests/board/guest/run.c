// SPDX-License-Identifier: GPL-2.0
/*
 * Guests for the basics: talking, accesses, exceptions that stay inside,
 * hypercalls, waiting.
 */
#include "guest.h"

void g_spin(void)
{
	for (;;)
		;
}

/* Spin on a word that the test changes. */
u32 g_wait_word(u32 addr, u32 value)
{
	wait_for((volatile u32 *)addr, value);
	return value;
}

/* ---- exceptions that are the guest's own affair -------------------------------- */

void g_undefined(void)
{
	exc_handlers[EXC_UNDEF] = exc_skip;
	asm volatile(".inst 0xe7f000f0"); /* permanently undefined, A8.8.247 */
	check_eq(exc_count, 1);
	asm volatile(".inst 0xe7f000f0");
	check_eq(exc_count, 2);
}

static volatile u32 exc_cpsr;

static void note_spsr(struct guest_exception *e)
{
	exc_cpsr = e->spsr;
	exc_skip(e);
}

void g_svc(void)
{
	u32 cpsr;

	exc_handlers[EXC_SVC] = note_spsr;
	asm volatile("mrs %0, cpsr" : "=r"(cpsr));
	asm volatile("svc #7" ::: "lr", "memory");
	check_eq(exc_count, 1);
	check_eq(exc_cpsr & 0x3f, cpsr & 0x3f);
}

/* From USR mode, which an HVC is not for. */
void g_hvc_from_user(void)
{
	exc_handlers[EXC_UNDEF] = note_spsr;
	asm volatile("mov r2, sp\n"
		     "cps #0x1f\n"
		     "mov sp, r2\n"
		     "cps #0x10\n"
		     ".arch_extension virt\n"
		     "hvc #0\n"
		     "svc #0\n" ::
			     : "r0", "r1", "r2", "r3", "lr", "memory");
	check_eq(exc_count, 1);
}

static void back_to_svc(struct guest_exception *e)
{
	check_eq(e->spsr & 0x1f, 0x10);
	e->spsr = (e->spsr & ~0x1fu) | 0x13;
}

void g_user_mode(void)
{
	exc_handlers[EXC_UNDEF] = note_spsr;
	exc_handlers[EXC_SVC] = back_to_svc;
	g_hvc_from_user();
	check_eq(exc_cpsr & 0x1f, 0x10);
}

/* Each mode's banked registers are its own, across exits. */
void g_banked(void)
{
	register u32 r8_fiq asm("r0"); /* not itself banked */
	u32 sp_irq, lr_abt, spsr_und;

	asm volatile("mov r3, %0\n"
		     "cps #0x12\n ldr sp, =0x11111111\n"
		     "cps #0x17\n ldr lr, =0x22222222\n"
		     "cps #0x1b\n ldr r2, =0x000001d3\n msr spsr_cxsf, r2\n"
		     "cps #0x11\n ldr r8, =0x44444444\n"
		     "cps #0x13\n str r3, [r3]\n"
		     "b 1f\n .ltorg\n 1:" ::"r"(TEST_IO)
		     : "r2", "r3", "memory");
	asm volatile("cps #0x12\n mov %0, sp\n cps #0x13" : "=r"(sp_irq));
	check_eq(sp_irq, 0x11111111);
	asm volatile("cps #0x17\n mov %0, lr\n cps #0x13" : "=r"(lr_abt));
	check_eq(lr_abt, 0x22222222);
	asm volatile("cps #0x1b\n mrs %0, spsr\n cps #0x13" : "=r"(spsr_und));
	check_eq(spsr_und, 0x1d3);
	asm volatile("cps #0x11\n mov %0, r8\n cps #0x13" : "=r"(r8_fiq));
	check_eq(r8_fiq, 0x44444444);
}

/* ---- hypercalls ------------------------------------------------------------------ */

u32 g_hvc(u32 fn, u32 a1)
{
	return hvc(fn, a1, 0, 0);
}

/* An HVC may change r0-r3 only. */
void g_hvc_clobbers(void)
{
	asm volatile("ldr r0, =0x84000000\n"
		     "mov r4, #0x44\n mov r5, #0x55\n mov r6, #0x66\n mov r7, #0x77\n"
		     "mov r8, #0x88\n mov r9, #0x99\n mov r10, #0xaa\n mov r12, #0xcc\n"
		     "mov lr, #0xee\n"
		     "cmn r0, r0\n"
		     "mrs r11, cpsr\n"
		     ".arch_extension virt\n"
		     "hvc #0\n"
		     "mrs r1, cpsr\n"
		     "cmp r1, r11\n cmpeq r4, #0x44\n cmpeq r5, #0x55\n cmpeq r6, #0x66\n"
		     "cmpeq r7, #0x77\n cmpeq r8, #0x88\n cmpeq r9, #0x99\n cmpeq r10, #0xaa\n"
		     "cmpeq r12, #0xcc\n cmpeq lr, #0xee\n"
		     "movne r0, #0\n moveq r0, #1\n"
		     "ldr r1, =0x0a000000\n"
		     "str r0, [r1]\n"
		     "b 1f\n .ltorg\n 1:" ::
			     : "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10",
			       "r12", "lr", "cc", "memory");
}

/* SMC is answered as unknown or is undefined; either way the guest goes on. */
void g_smc(void)
{
	register u32 r0 asm("r0") = 0x84000000;

	exc_handlers[EXC_UNDEF] = exc_skip;
	asm volatile(".arch_extension sec\n\tsmc #0" : "+r"(r0)::"r1", "r2", "r3", "memory");
	report(exc_count ? (u32)-1 : r0);
}

void g_hvc_thumb(void);
asm(".thumb\n.thumb_func\n.type g_hvc_thumb, %function\n.globl g_hvc_thumb\ng_hvc_thumb:\n"
    "	push {r4, lr}\n"
    "	ldr r0, =0x84000000\n"
    "	.arch_extension virt\n"
    "	hvc #0\n"
    "	ldr r1, =0x0a000000\n"
    "	str r0, [r1]\n"
    "	movs r2, #0\n"
    "	cmp r2, #0\n"
    "	ittt eq\n" /* inside an IT block */
    "	ldreq r2, =0x55aa55aa\n"
    "	streq r2, [r1]\n"
    "	moveq r2, #3\n"
    "	str r2, [r1]\n"
    "	pop {r4, pc}\n"
    "	.ltorg\n.arm\n");

/* ---- waiting ----------------------------------------------------------------------- */

void g_wfi_masked(u32 irq)
{
	gic_init();
	gic_enable(irq);
	report(1);
	wfi(); /* IRQs are masked: a pending one still ends the wait */
	check_eq(gic_wait_ack(), irq);
	gicc_write(GICC_EOIR, irq);
}

void g_wfe(u32 n)
{
	while (n--)
		asm volatile("wfe");
	asm volatile("sev");
}

/* Jump where there is nothing; a prefetch abort is a fair answer. */
void g_jump_nowhere(u32 addr)
{
	exc_handlers[EXC_PABT] = exc_skip;
	asm volatile("blx %0" ::"r"(addr) : "lr", "memory");
	check_eq(exc_count, 1);
}
