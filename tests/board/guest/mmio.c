// SPDX-License-Identifier: GPL-2.0
/*
 * Every form of load and store, on memory and on a device: both must leave the
 * same bytes and the same registers.  The forms are in mmio-cases.S.
 */
#include "guest.h"

#define WINDOW 128 /* bytes that may change */
#define MIDDLE 64 /* where the base register points */
#define NR_REGS 9 /* r2-r10 */

struct mmio_case {
	void (*run)(u32 base, u32 *regs);
	const char *text;
};

extern const struct mmio_case mmio_arm[], mmio_arm_end[];
extern const struct mmio_case mmio_thumb[], mmio_thumb_end[];

static u8 model[WINDOW] __attribute__((aligned(64)));

static u8 pattern(u32 i)
{
	return i * 37 + 0x81;
}

static void fill(u32 addr)
{
	u32 i;

	for (i = 0; i < WINDOW; i++)
		write8(addr + i, pattern(i));
}

static void run_case(const struct mmio_case *c)
{
	u32 want[NR_REGS + 1], got[NR_REGS + 1];
	u32 i;

	fill((u32)model);
	fill(DEV_IO);
	c->run((u32)model + MIDDLE, want);
	c->run(DEV_IO + MIDDLE, got);
	for (i = 0; i < NR_REGS; i++) {
		/* addresses differ by where the two are */
		if (want[i] - (u32)model < WINDOW)
			want[i] += DEV_IO - (u32)model;
		if (got[i] != want[i])
			guest_fail(c->text, got[i], want[i]);
	}
	for (i = 0; i < WINDOW; i++)
		if (read8(DEV_IO + i) != model[i])
			guest_fail(c->text, read8(DEV_IO + i), model[i]);
}

void g_mmio_arm(void)
{
	const struct mmio_case *c;

	for (c = mmio_arm; c < mmio_arm_end; c++)
		run_case(c);
}

void g_mmio_thumb(void)
{
	const struct mmio_case *c;

	for (c = mmio_thumb; c < mmio_thumb_end; c++)
		run_case(c);
}

/* The same with the MMU on, so that the instruction is fetched through it. */
void g_mmio_translated(void)
{
	mmu_on();
	g_mmio_arm();
	g_mmio_thumb();
}

/* Code at an address that is not its physical one. */
void g_mmio_moved(void)
{
	const struct mmio_case *c;
	u32 offset = 0x30000000; /* 0x70000000 shows RAM */

	mmu_on();
	page_table[(RAM_BASE + offset) >> 20] = page_table[RAM_BASE >> 20];
	tlb_flush_all();
	for (c = mmio_arm; c < mmio_arm_end; c++) {
		struct mmio_case moved = *c;

		moved.run = (void *)((u32)c->run + offset);
		run_case(&moved);
	}
}

/* A store that crosses from memory's last word into nothing, word by word. */
void g_store_across(u32 end)
{
	asm volatile("mov r2, #0x22\n mov r3, #0x33\n mov r4, #0x44\n mov r5, #0x55\n"
		     "stm %0, {r2-r5}" ::"r"(end - 8)
		     : "r2", "r3", "r4", "r5", "memory");
}

void g_load_across(u32 end)
{
	u32 a, b;

	asm volatile("ldm %2, {r2-r5}\n mov %0, r2\n mov %1, r5"
		     : "=r"(a), "=r"(b)
		     : "r"(end - 8)
		     : "r2", "r3", "r4", "r5", "memory");
	report(a);
	report(b);
}

/* From user mode, which has its own stack pointer. */
static void back_to_svc(struct guest_exception *e)
{
	e->spsr = (e->spsr & ~0x1fu) | 0x13;
}

void g_mmio_user_sp(void)
{
	exc_handlers[EXC_SVC] = back_to_svc;
	asm volatile("cps #0x1f\n"
		     "ldr sp, =%c0\n"
		     "cps #0x10\n"
		     "mov r2, #0x77\n"
		     "push {r2}\n"
		     "str r2, [sp], #4\n"
		     "svc #0\n"
		     "b 1f\n .ltorg\n 1:" ::"i"(DEV_IO + 0x100)
		     : "r2", "lr", "memory");
	check_eq(read32(DEV_IO + 0xfc), 0x77);
	asm volatile("cps #0x1f\n mov r2, sp\n cps #0x13\n str r2, [%0]" ::"r"(TEST_IO)
		     : "r2", "memory");
}

/* NEON and VFP stores to a device: no architecture promises them. */
void g_mmio_vfp(u32 addr)
{
	cp15_write(0xf00000, 0, c1, c0, 2);
	isb();
	asm volatile(".fpu neon-vfpv4\n vmsr fpexc, %0" ::"r"(0x40000000));
	exc_handlers[EXC_DABT] = exc_skip;
	exc_handlers[EXC_UNDEF] = exc_skip;
	asm volatile(".fpu neon-vfpv4\n vstr d0, [%0]" ::"r"(addr) : "memory");
}

/* Exclusives on a device: unpredictable, but not the host's death. */
void g_mmio_exclusive(u32 addr)
{
	u32 v, r;

	exc_handlers[EXC_DABT] = exc_skip;
	asm volatile("ldrex %0, [%2]\n strex %1, %0, [%2]"
		     : "=&r"(v), "=&r"(r)
		     : "r"(addr)
		     : "memory");
}

/* To read-only memory: reads go on, writes are the test's. */
void g_rom(u32 addr)
{
	u32 v = read32(addr);

	report(v);
	write32(addr, 0x5a5a);
	check_eq(read32(addr), v);
	asm volatile("mov r2, #1\n mov r3, #2\n stm %0!, {r2, r3}"
		     : "+r"(addr)::"r2", "r3", "memory");
	write8(addr, 0x7e);
}
