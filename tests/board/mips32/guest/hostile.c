// SPDX-License-Identifier: GPL-2.0
/*
 * The guest of ../hostile.c, which means harm: short pieces of code, made from a seed, run
 * in kernel or user mode with registers that point where it should not reach.  Whatever
 * becomes of a piece, the exception that ends it leads to the next one.
 */
#include "lib.h"
#include "../lib/hostile.h"

#define CODE SCRATCH /* two pages, which are mapped as well: */
#define USER_CODE 0x00400000
#define KERNEL_CODE 0x60400000
#define WORDS 12

#define STATUS_CU 0x30000000u
#define STATUS_BEV 0x00400000u
#define STATUS_USER 0x10u
#define STATUS_EXL 0x2u

#define INSN_SYSCALL 0x0000000cu
#define INSN16_RESERVED 0xf800u
#define INSN16_SDBBP 0xe801u

static u32 seed, kinds, tries;
u32 wild_regs[32];

/* a0: pc, a1: Status with EXL. All other registers are those of wild_regs. */
asm(".text\n"
    ".set push\n.set noreorder\n.set noat\n"
    ".globl wild_run\nwild_run:\n"
    "	mtc0 $4, $14\n"
    "	mtc0 $5, $12\n"
    "	lui $26, %hi(wild_regs)\n"
    "	addiu $26, %lo(wild_regs)\n"
    "	ehb\n"
    "	.irp n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, \
		22, 23, 24, 25, 28, 29, 30, 31\n"
    "	lw $\\n, 4 * \\n($26)\n"
    "	.endr\n"
    "	eret\n"
    ".set pop\n");

void wild_run(u32 pc, u32 status);

/* What is translated, in a page that nobody writes to on purpose. */
asm(".text\n"
    ".balign 4096\n"
    ".set push\n.set noreorder\n.set noat\n"
    "	nop\n"
    ".globl warm_words\nwarm_words:\n"
    "	mfc0 $2, $12\n"
    "	mtc0 $2, $12\n"
    "	di\n"
    "	ei\n"
    "	di\n"
    "	jr $31\n"
    "	 nop\n"
    ".balign 4096\n"
    ".set pop\n");

u32 warm_words(void);

static u32 any(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed;
}

static u32 one_in(u32 n)
{
	return any() % n == 0;
}

/*
 * SDBBP takes any program to the boot ROM's debug vector, which on QEMU's board starts
 * the host anew; JALX may lead there by way of MIPS16.
 */
static u32 upsets_board(u32 word)
{
	return (word & 0xfc00003f) == 0x7000003f || word >> 26 == 0x1d;
}

static u32 insn_any(void)
{
	u32 word;

	do {
		word = any();
	} while (upsets_board(word));
	return word;
}

/* ---- addresses and registers ----------------------------------------------------------- */

/* The host's segments, the comm page's addresses, its own memory, devices, borders. */
static u32 any_address(void)
{
	static const u32 at[] = { 0x80000000, 0x80000000, 0xa0000000, 0xc0000000,
				  0xe0000000, 0xffff8000, 0x00003000, 0x00007000,
				  0x00002000, 0x00006000, 0x00000000, USER_CODE,
				  SCRATCH,    0x60000000, 0x7fffe000, OTHER_IO };
	u32 base = at[any() % 16];

	if (base == 0x80000000)
		return base + (any() & 0x0ffffffc); /* all of the host's memory */
	if (base == SCRATCH && one_in(64))
		return KSEG0 + (any() & (RAM_SIZE - 1)); /* itself, too */
	return base + (any() & (one_in(2) ? 0x1ffc : 0x1fff));
}

/* Mostly without BEV, after which nothing works any more. */
static u32 any_value(void)
{
	switch (any() % 4) {
	case 0:
		return any();
	case 1:
		return any() & ~STATUS_BEV;
	default:
		return any_address();
	}
}

/* ---- instructions ------------------------------------------------------------------------ */

struct form {
	u32 word, random;
};

static u32 of_form(const struct form *forms, u32 n)
{
	const struct form *form = &forms[any() % n];

	return form->word | (any() & form->random);
}

#define OF_FORM(forms) of_form(forms, sizeof(forms) / sizeof(forms[0]))

static u32 insn_cp0(void)
{
	static const struct form forms[] = {
		{ 0x40000000, 0x001ff807 }, /* mfc0 */
		{ 0x40800000, 0x001ff807 }, /* mtc0, more often */
		{ 0x40800000, 0x001ff807 }, { 0x40800000, 0x001ff807 },
		{ 0x41606000, 0x001f0020 }, /* di, ei */
		{ 0x41400000, 0x001ff800 }, /* rdpgpr */
		{ 0x41c00000, 0x001ff800 }, /* wrpgpr */
		{ 0x42000000, 0x0000003f }, /* tlbr, tlbwi, eret... */
		{ 0x42000002, 0x00000004 }, /* tlbwi, tlbwr */
		{ 0xbc000000, 0x03ffffff }, /* cache */
		{ 0x7c00003b, 0x001ff800 }, /* rdhwr */
	};
	u32 word = OF_FORM(forms);

	/* EBase elsewhere, and wait, are the end of it */
	if (((word & 0xffe0f807) == 0x40807801 || word == 0x42000020) && !one_in(16))
		return 0x42000008;
	return word;
}

static u32 insn_reach(void)
{
	static const struct form forms[] = {
		{ 0x80000000, 0x7fff0fff }, /* loads and stores, of all opcodes */
		{ 0x80000000, 0x7fff0003 }, { 0x80000000, 0x7fff0000 },
		{ 0x80000000, 0x7fffffff }, { 0x041f0000, 0x03e00fff }, /* synci */
		{ 0x00000008, 0x03e00000 }, /* jr */
		{ 0x00000009, 0x03e0f800 }, /* jalr */
	};

	return OF_FORM(forms);
}

/* By offset from $0, as translated code does, and what is translated. */
static u32 insn_comm(void)
{
	static const struct form forms[] = {
		{ 0xac007000, 0x001f003c }, /* sw */
		{ 0xac003000, 0x001f003c }, { 0x8c007000, 0x001f003c }, /* lw */
		{ 0x8c003000, 0x001f003c }, { 0x80002000, 0x7c1f5fff }, /* any of them */
		{ 0x80003000, 0x7c1f4fff }, { 0x40006000, 0x001ff800 }, /* mfc0 */
		{ 0x40801000, 0x001f0800 }, /* mtc0 EntryLo */
		{ 0x41606000, 0x00000020 }, /* di, ei */
		{ 0x42000002, 0x00000004 }, /* tlbwi, tlbwr */
	};

	return OF_FORM(forms);
}

#define INSN_LOAD_STATUS(rt) ((rt) << 16 | (0x8c008040 + (rt))) /* of translate.c */
#define INSN_STORE_STATUS(rt) ((rt) << 16 | (0xac008300 + (rt)))
#define INSN_STORE_ERET 0xac008320

/* mfc0 and mtc0 of Status, eret and syscall, as they are and translated, and what is near. */
static u32 insn_short(void)
{
	static const struct form forms[] = {
		{ 0x80008040, 0x7c1f003f },
		{ 0x80008300, 0x7c1f003f }, /* any load or store: with all alignments */
		{ 0x80008000, 0x7c1f03ff },
		{ 0xa0008300, 0x041f003f }, /* sb, sh */
		{ 0x80000000, 0x7fff00ff }, /* by a register */
		{ 0xac007000, 0x001f003c }, /* sw of EPC and others */
		{ 0xac007014, 0x001f0000 },
		{ 0xac003000, 0x001f0000 }, /* ei */
		{ 0x40806800, 0x001f0000 }, /* mtc0 Cause: software interrupts */
		{ 0x40806000, 0x001f0000 },
		{ 0x40006000, 0x001f0000 }, /* Status */
		{ 0x42000018, 0x00000000 }, /* eret */
		{ 0x0000000c, 0x00000001 },
		{ INSN_SYSCALL, 0x03ffffc0 },
		{ 0x00000008, 0x03e00000 }, /* jr */
	};
	u32 rt = any() % 32;

	switch (any() % 6) {
	case 0:
		return INSN_LOAD_STATUS(rt);
	case 1:
	case 2:
		return INSN_STORE_STATUS(rt);
	case 3:
		return INSN_STORE_ERET;
	default:
		return OF_FORM(forms);
	}
}

static u32 insn_fpu(void)
{
	static const struct form forms[] = {
		{ 0x44000000, 0x03ffffff }, /* cop1 */
		{ 0x46000000, 0x003fffff }, /* its arithmetic */
		{ 0x44c0f800, 0x001f0000 }, /* ctc1 to FCSR */
		{ 0x44800000, 0x00fff800 }, /* mtc1, ctc1, mthc1 */
		{ 0x44000000, 0x007ff800 }, /* mfc1, cfc1, mfhc1 */
		{ 0x4c000000, 0x03ffffff }, /* cop1x */
		{ 0xc4000000, 0x3fff0fff }, /* lwc1, ldc1, swc1, sdc1 */
		{ 0x40806000, 0x001f0000 }, /* mtc0 Status */
		{ 0x00000001, 0x03fdf800 }, /* movf, movt */
	};

	return OF_FORM(forms);
}

/* A branch, whose slot the next one is in. */
static u32 branch(void)
{
	static const struct form forms[] = {
		{ 0x10000000, 0x0fff0003 }, /* beq ... bgtz */
		{ 0x50000000, 0x0fff0003 }, /* the likely ones */
		{ 0x04000000, 0x03f30003 }, /* bltz ... bgezall */
		{ 0x45000000, 0x001f0003 }, /* bc1 */
		{ 0x0c000000 | (CODE & 0x0fffffff) >> 2, 0x0000000f }, /* jal */
		{ 0x00000008, 0x03e00000 }, /* jr */
	};

	return OF_FORM(forms);
}

static u32 insn_of(u32 kind)
{
	switch (kind) {
	case HOSTILE_CP0:
		return insn_cp0();
	case HOSTILE_REACH:
	case HOSTILE_TLB:
		return insn_reach();
	case HOSTILE_COMM:
		return one_in(4) ? insn_reach() : insn_comm();
	case HOSTILE_FPU:
		return insn_fpu();
	case HOSTILE_SHORT:
		return insn_short();
	default:
		return insn_any();
	}
}

/* ---- a piece of code ------------------------------------------------------------------------ */

static void sync_code(void)
{
	u32 i;

	for (i = 0; i < 0x2000; i += i < 0x80 || i >= 0xf80 ? 16 : 0x80)
		asm volatile("synci 0(%0)" : : "r"(CODE + i) : "memory");
	asm volatile("sync" : : : "memory");
}

/* It begins where the return is: a page's start, or its end and the next page's start. */
static u32 put_words(u32 kind)
{
	u32 at = CODE + (one_in(4) ? 0x1000 - 4 * (1 + any() % 4) : 0), n = 1 + any() % WORDS, i;

	for (i = 0; i < n; i++)
		IO32(at + 4 * i) = one_in(4) ? branch() : insn_of(kind);
	IO32(at + 4 * n) = INSN_SYSCALL;
	IO32(at + 4 * n + 4) = INSN_SYSCALL;
	return at;
}

static u32 any16(void)
{
	u32 word;

	if (one_in(4))
		return INSN16_RESERVED;
	do {
		word = any() & 0xffff;
	} while ((word & 0xf81f) == INSN16_SDBBP);
	return word;
}

/* The page's last instruction is the one that most is made of. */
static u32 put_words16(void)
{
	u32 i;

	for (i = 0xff0; i < 0x1010; i += 2)
		*(volatile uint16_t *)(CODE + i) = any16();
	*(volatile uint16_t *)(CODE + 0xffe) = INSN16_RESERVED;
	return CODE + 0xff0 + (any() & 0xe) + 1;
}

/* ---- the TLB ----------------------------------------------------------------------------------- */

static u32 any_lo(void)
{
	u32 pfn = one_in(2) ? (SCRATCH & 0x1fffffff) >> 12 | (any() & 0xff) : any();

	return pfn << 6 | (any() & 0x3f);
}

static u32 any_mask(void)
{
	return one_in(4) ? any() : ((1u << 2 * (any() % 9)) - 1) << 13;
}

static void wild_entries(void)
{
	u32 n = 1 + any() % 6;

	while (n--)
		tlb_set(2 + any() % 62,
			(any_address() & ~0x1fffu) | (any() & (one_in(2) ? 3 : 0xff)),
			one_in(2) ? 0 : any_mask(), any_lo(), any_lo());
	mtc0(10, 0, any() & 3);
}

static void map_code(void)
{
	const u32 bits = LO_V | LO_D | LO_G;

	tlb_set(0, USER_CODE, 0, LO(CODE & 0x1fffffff, bits),
		LO((CODE & 0x1fffffff) + 0x1000, bits));
	tlb_set(1, KERNEL_CODE, 0, LO(CODE & 0x1fffffff, bits),
		LO((CODE & 0x1fffffff) + 0x1000, bits));
}

/* Its own memory where the comm page is, which is gone from there for good then. */
static void own_comm_pages(void)
{
	const u32 pa = SCRATCH & 0x1fffffff;

	tlb_set(2, 0x6000 | (any() & 3), 0, any_lo(), LO(pa, any() & 7));
	tlb_set(3, 0x2000 | (any() & 3), 0, any_lo(), LO(pa + 0x1000, any() & 7));
	mtc0(10, 0, any() & 3);
}

/* ---- one try --------------------------------------------------------------------------------- */

static u32 any_kind(void)
{
	u32 kind;

	do {
		kind = 1u << any() % HOSTILE_KINDS;
	} while (!(kind & kinds));
	return kind;
}

/* Status as the vector page takes it, as only C does, or not at all; and where to go. */
static u32 any_short_value(void)
{
	const u32 quick = 0x1000ff1b, status = any() & STATUS_CU;

	switch (any() % 8) {
	case 0:
	case 1:
	case 2:
		return status | (any() & quick);
	case 3:
		return status | (any() & quick) | 4; /* ERL */
	case 4:
		return (status | (any() & quick)) ^ 1u << any() % 32;
	case 5:
		return 0xffff8000 + (any() & 0x37f);
	case 6:
		return (one_in(2) ? CODE : USER_CODE) + (any() & 0x3f);
	default:
		return any_value();
	}
}

static void prepare_short(u32 *status)
{
	u32 i;

	for (i = 1; i < 32; i++)
		wild_regs[i] = any_short_value();
	if (one_in(2)) /* software interrupts, which IE alone may hold back */
		mtc0(13, 0, any() & 0x300);
	if (one_in(2))
		*status |= 0x300;
	/* before the translated eret comes, too */
	mtc0(30, 0, any_short_value());
	if (one_in(64))
		own_comm_pages();
}

static void attempt(void)
{
	u32 kind = any_kind(), status = any() & STATUS_CU, pc, i;

	for (i = 1; i < 32; i++)
		wild_regs[i] = any_value();
	if (kind == HOSTILE_SHORT)
		prepare_short(&status);
	pc = kind == HOSTILE_ODD ? put_words16() : put_words(kind);
	sync_code();
	if (kind == HOSTILE_TLB || (kind == HOSTILE_COMM && one_in(8)) ||
	    (kind == HOSTILE_SHORT && one_in(32)))
		wild_entries();
	map_code();
	/* half of them as a user, some at their other address, some with interrupts */
	if (one_in(2))
		status |= STATUS_USER, pc += USER_CODE - CODE;
	else if (one_in(4))
		pc += KERNEL_CODE - CODE;
	if (one_in(4))
		status |= any() & 0xff01;
	wild_run(pc, status | STATUS_EXL);
}

/* On a new stack. */
static void go_on(void)
{
	while (tries) {
		tries--;
		attempt();
	}
	IO32(TEST_IO + TEST_DONE) = seed;
	for (;;)
		;
}

static u32 recover(struct exc *e, u32 *regs)
{
	mtc0(12, 0, STATUS_CU | STATUS_EXL);
	mtc0(13, 0, 0);
	regs[29] = STACK;
	return (u32)go_on;
}

/* Where the last piece has led to nothing but a loop. */
u32 g_hostile_again(void)
{
	go_on();
	return 0;
}

static void warm_up(void)
{
	u32 i;

	for (i = 0; i < 64; i++)
		warm_words();
	report(((volatile u32 *)warm_words)[0]);
	report(((volatile u32 *)warm_words)[1]);
	report(((volatile u32 *)warm_words)[2]);
}

/* Its code is translated first: what it does then meets all that there is for that. */
u32 g_hostile(u32 first, u32 which)
{
	warm_up();
	seed = first * 2654435761u | 1;
	kinds = which;
	tries = HOSTILE_TRIES;
	exc_hook = recover;
	go_on();
	return 0;
}
