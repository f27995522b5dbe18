// SPDX-License-Identifier: GPL-2.0
/*
 * Guests of ../fpu.c: they fill the FPU's registers, let the test do something else, and
 * look whether all is as it was.
 */
#include "lib.h"

#define CU1 0x20000000u
#define FR 0x04000000u
/* FCSR: cause, enable and flag of a division by zero; the first condition. */
#define CAUSE_Z (1u << 15)
#define ENABLE_Z (1u << 10)
#define CONDITION (1u << 23)

/* f_load(doubles), f_save(doubles): the even registers, or all of them. */
asm(".text\n"
    ".set push\n.set noreorder\n.set hardfloat\n.set mips32r2\n"
    ".macro even insn\n"
    ".irp n, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30\n"
    "	\\insn $f\\n, 8 * \\n($4)\n"
    ".endr\n"
    ".endm\n"
    ".macro odd insn\n"
    ".irp n, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31\n"
    "	\\insn $f\\n, 8 * \\n($4)\n"
    ".endr\n"
    ".endm\n"
    ".globl f_load_even\nf_load_even:\n"
    "	even ldc1\n"
    "	jr $31\n"
    "	 nop\n"
    ".globl f_save_even\nf_save_even:\n"
    "	even sdc1\n"
    "	jr $31\n"
    "	 nop\n"
    ".set push\n.set fp=64\n"
    ".globl f_load\nf_load:\n"
    "	odd ldc1\n"
    "	even ldc1\n"
    "	jr $31\n"
    "	 nop\n"
    ".globl f_save\nf_save:\n"
    "	odd sdc1\n"
    "	even sdc1\n"
    "	jr $31\n"
    "	 nop\n"
    ".set pop\n"
    /* the first use of the FPU is in a delay slot */
    ".globl f_set_in_slot\nf_set_in_slot:\n"
    "	jr $31\n"
    "	 mtc1 $4, $f2\n"
    /* a branch by the FPU's condition, with an instruction that traps in its slot */
    ".globl f_branch\nf_branch:\n"
    "	li $3, 1\n"
    "	bc1t 1f\n"
    "	 mfc0 $2, $15\n"
    "	li $3, 0\n"
    "1:	jr $31\n"
    "	 move $2, $3\n"
    ".globl f_divide\nf_divide:\n"
    "	lui $8, 0x3f80\n"
    "	mtc1 $8, $f4\n"
    "	mtc1 $0, $f6\n"
    ".globl f_division\nf_division:\n"
    "	div.s $f8, $f4, $f6\n"
    "	jr $31\n"
    "	 nop\n"
    ".globl f_get_fcsr\nf_get_fcsr:\n"
    "	cfc1 $2, $31\n"
    "	jr $31\n"
    "	 nop\n"
    ".globl f_get_fcsr_in_slot\nf_get_fcsr_in_slot:\n"
    "	jr $31\n"
    "	 cfc1 $2, $31\n"
    ".globl f_set_fcsr\nf_set_fcsr:\n"
    "	ctc1 $4, $31\n"
    "	jr $31\n"
    "	 nop\n"
    ".globl f_get_fir\nf_get_fir:\n"
    "	cfc1 $2, $0\n"
    "	jr $31\n"
    "	 nop\n"
    ".globl f_get_low\nf_get_low:\n"
    "	mfc1 $2, $f2\n"
    "	jr $31\n"
    "	 nop\n"
    ".set pop\n");

/* FCSR without what is fixed: the newer encoding of NaN, and abs and neg with it. */
#define FCSR(val) ((val) & ~0xc0000u)

typedef unsigned long long u64;

void f_load_even(u64 *), f_save_even(u64 *), f_load(u64 *), f_save(u64 *);
void f_set_in_slot(u32), f_divide(void), f_set_fcsr(u32);
u32 f_branch(void), f_get_fcsr(void), f_get_fcsr_in_slot(void), f_get_fir(void), f_get_low(void);
extern char f_division[];

static void fpu_on(u32 fr)
{
	mtc0(12, 0, (mfc0(12, 0) & ~FR) | CU1 | (fr ? FR : 0));
}

/* The same pattern as the test's. */
static u64 pattern(u32 seed, u32 n)
{
	return ((u64)(0x1000000 + 0x10000 * seed + n) << 32) | (0x2000000 + 0x10000 * seed + n);
}

static void fill(u32 seed, u32 fr)
{
	u64 regs[32] __attribute__((aligned(8)));
	u32 n;

	for (n = 0; n < 32; n++)
		regs[n] = pattern(seed, n);
	if (fr)
		f_load(regs);
	else
		f_load_even(regs);
}

static void verify(u32 seed, u32 fr)
{
	u64 regs[32] __attribute__((aligned(8)));
	u32 n;

	if (fr)
		f_save(regs);
	else
		f_save_even(regs);
	for (n = 0; n < 32; n += fr ? 1 : 2)
		check(regs[n] == pattern(seed, n));
}

/* What sticks of CU1 and FR, and what FIR says about it. */
u32 g_fpu_status(void)
{
	mtc0(12, 0, mfc0(12, 0) | CU1 | FR);
	report(mfc0(12, 0) & (CU1 | FR));
	if (!(mfc0(12, 0) & CU1))
		return 0;
	return f_get_fir();
}

u32 g_fpu_keep(u32 seed, u32 fr)
{
	u32 i;

	fpu_on(fr);
	for (i = 0; i < 4; i++) {
		fill(seed + i, fr);
		f_set_fcsr(i);
		report(i);
		verify(seed + i, fr);
		check((f_get_fcsr() & 3) == i);
	}
	return 0;
}

/* Without an exit of its own, while others want the CPU and its FPU. */
u32 g_fpu_spin(u32 rounds, u32 fr)
{
	volatile u32 n;
	u32 i;

	fpu_on(fr);
	for (i = 0; i < rounds; i++) {
		fill(i & 255, fr);
		for (n = 0; n < 2000; n++)
			;
		verify(i & 255, fr);
	}
	return rounds;
}

/* The test changes the registers, and sees what becomes of them. */
u32 g_fpu_regs(u32 fr)
{
	fpu_on(fr);
	report(0);
	verify(7, fr);
	fill(8, fr);
	report(1);
	return 0;
}

u32 g_fpu_slots(void)
{
	fpu_on(0);
	report(0);
	f_set_in_slot(0x1234);
	check(f_get_low() == 0x1234);
	f_set_fcsr(CONDITION);
	check(f_branch() == 1);
	f_set_fcsr(0);
	check(f_branch() == 0);
	f_set_fcsr(CONDITION);
	report(1);
	check(f_branch() == 1);
	return 0;
}

static volatile u32 seen;

/* Between the exception and the look at its cause, the FPU is given back. */
static u32 fpe_hook(struct exc *e, u32 *regs)
{
	check(EXCCODE(e) == 15 && e->vector == 0x180);
	report(0xf);
	seen = FCSR(f_get_fcsr());
	check(FCSR(f_get_fcsr_in_slot()) == seen);
	f_set_fcsr(seen & ~CAUSE_Z);
	return e->epc + 4;
}

u32 g_fpu_exceptions(void)
{
	exc_hook = fpe_hook;
	fpu_on(0);
	f_set_fcsr(ENABLE_Z);
	f_divide();
	check(exc_count == 1 && exc.epc == (u32)f_division);
	check(seen == (ENABLE_Z | CAUSE_Z));
	check(FCSR(f_get_fcsr()) == ENABLE_Z);
	/* the guest asks for it: once with the FPU at hand, once without */
	f_set_fcsr(ENABLE_Z | CAUSE_Z);
	check(exc_count == 2 && exc.epc == (u32)f_set_fcsr);
	f_set_fcsr(0);
	report(1);
	/* the test has set the cause, and enabled it */
	check(FCSR(f_get_fcsr()) == (ENABLE_Z | CAUSE_Z));
	f_set_fcsr(ENABLE_Z | CAUSE_Z | 1);
	check(exc_count == 3 && seen == (ENABLE_Z | CAUSE_Z | 1));
	check(FCSR(f_get_fcsr()) == (ENABLE_Z | 1));
	return 0;
}
