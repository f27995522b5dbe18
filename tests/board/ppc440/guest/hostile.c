// SPDX-License-Identifier: GPL-2.0
/*
 * The guest of ../hostile.c, which means harm: short pieces of code, made from a seed, run
 * in kernel or user mode with registers that point where it should not reach.  Whatever
 * becomes of a piece, the interrupt that ends it leads to the next one.
 */
#include "lib.h"
#include <stdbool.h>
#include "../lib/hostile.h"

#define USER_CODE 0x20400000 /* a piece's pages, in both address spaces */
#define PIECES SCRATCH /* two pages each */
#define NR_PIECES 256
#define WORDS 12

#define STUBS 0xbec00000u /* of the module's translate.h */
#define MAGIC 0xfffff000u

/* Hypercalls: r0 of each, r11 by what is wanted. */
#define HCALL 0x4b564d21u
#define HCALL_MAP 0x002a0004u

#define SPR_CSRR1 59
#define SPR_MCSRR1 571

#define INSN_SC 0x44000002u
#define INSN_TRAP 0x7fe00008u
#define INSN_BDNZ_BACK 0x42000000u

static u32 seed, kinds, tries, piece;
static bool moved; /* the piece may set vectors */
/* r0 to r31, CR, LR, CTR, XER */
u32 wild_regs[36];

/* r3: pc, r4: MSR.  All other registers are those of wild_regs. */
asm(".text\n"
    ".globl wild_run\nwild_run:\n"
    "	mtspr 26, 3\n"
    "	mtspr 27, 4\n"
    "	lis 1, wild_regs@ha\n"
    "	addi 1, 1, wild_regs@l\n"
    "	lwz 0, 128(1)\n	mtcr 0\n"
    "	lwz 0, 132(1)\n	mtlr 0\n"
    "	lwz 0, 136(1)\n	mtctr 0\n"
    "	lwz 0, 140(1)\n	mtxer 0\n"
    "	lwz 0, 0(1)\n"
    "	lmw 2, 8(1)\n"
    "	lwz 1, 4(1)\n"
    "	rfi\n");

void wild_run(u32 pc, u32 msr);

/* What is translated, in a page that nobody writes to on purpose. */
asm(".text\n"
    ".balign 4096\n"
    "	nop\n"
    ".globl warm_words\nwarm_words:\n"
    "	mfmsr 3\n"
    "	mtsprg0 3\n"
    "	wrteei 0\n"
    "	wrtee 3\n"
    "	mtmsr 3\n"
    "	mfsprg3 3\n"
    "	blr\n"
    ".balign 4096\n");

extern char warm_words[];

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
 * Vector instructions of ISA 3.0 and 3.1: QEMU 7.2 takes them for what a 440 might have, raises
 * an exception that it has no vector for, and ends.  It does so for any process.
 */
static u32 upsets_board(u32 word)
{
	u32 low = word & 0x7ff;

	switch (word >> 26) {
	case 4:
		return low == 0x005 || low == 0x045 || low == 0x145;
	case 60:
		return (low & 0x7fc) == 0x290 || (low & 0x7fe) == 0x2d0;
	}
	return 0;
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

/* Where the host's kernel is, the magic page, stubs, its own memory, devices, borders. */
static u32 any_address(void)
{
	static const u32 at[] = { 0xc0000000, 0xc0000000, 0xd1000000, 0xe0000000,
				  0xf0000000, MAGIC,	  MAGIC,      STUBS,
				  STUBS,      0x00000000, USER_CODE,  SCRATCH,
				  0x7fffe000, 0xbffff000, 0x0fffe000, OTHER_IO };
	u32 base = at[any() % 16];

	if (base == 0xc0000000 && one_in(2))
		return base + 0x01000000 + (any() & 0x1ffffffc); /* all of the host's memory */
	if (base == 0xc0000000)
		return base + SCRATCH + (any() & 0x001ffffc); /* the same as */
	if (base == SCRATCH && one_in(64))
		return any() & (RAM_SIZE - 1); /* itself, too */
	return base + (any() & (one_in(2) ? 0x1ffc : 0x1fff));
}

/* Of what becomes an MSR: with IS as DS, else it is over; and rarely asleep. */
static u32 tame(u32 val)
{
	if (one_in(256))
		return val;
	val = val & MSR_IS ? val | MSR_DS : val & ~MSR_DS;
	return val & ~MSR_WE;
}

static u32 any_value(void)
{
	return tame(one_in(2) ? any() : any_address());
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

#define RT 0x03e00000
#define RT_RA 0x03ff0000
#define RT_RA_RB 0x03fff800
#define SPR RT_RA_RB
#define X(xo) (0x7c000000 | (xo) << 1)

static u32 spr_of(u32 word)
{
	return (word >> 16 & 0x1f) | (word >> 6 & 0x3e0);
}

/* Vectors elsewhere are the end of it. */
static u32 moves_vectors(u32 word)
{
	u32 spr = spr_of(word);

	return (word & 0xfc0007fe) == X(467) &&
	       (spr == SPR_IVPR || (spr >= SPR_IVOR0 && spr < SPR_IVOR0 + 16));
}

static u32 insn_privileged(void)
{
	static const struct form forms[] = {
		{ X(339), SPR }, /* mfspr */
		{ X(467), SPR }, /* mtspr */
		{ X(467), SPR },
		{ X(323), SPR }, /* mfdcr */
		{ X(451), SPR }, /* mtdcr */
		{ X(323) | 6 << 11, RT | 0x000f0000 }, /* the UIC's */
		{ X(451) | 6 << 11, RT | 0x000f0000 },
		{ X(259), RT_RA_RB }, /* mfdcrx */
		{ X(387), RT_RA_RB }, /* mtdcrx */
		{ X(978), RT_RA | 0x1800 }, /* tlbwe */
		{ X(978), RT_RA_RB },
		{ X(946), RT_RA_RB }, /* tlbre */
		{ X(914), RT_RA_RB | 1 }, /* tlbsx */
		{ X(566), 0 }, /* tlbsync */
		{ 0x4c000064, 0x2 }, /* rfi, rfci */
		{ 0x4c00004c, 0 }, /* rfmci */
		{ 0x4c000000, RT_RA_RB | 0x7ff }, /* all that begin so */
		{ X(83), RT }, /* mfmsr */
		{ X(146), RT }, /* mtmsr */
		{ X(131), RT }, /* wrtee */
		{ X(163), 0x8000 }, /* wrteei */
		{ X(470), RT_RA_RB }, /* dcbi */
		{ X(454), RT_RA_RB }, /* dccci */
		{ X(966), RT_RA_RB }, /* iccci */
		{ X(486), RT_RA_RB }, /* dcread */
		{ X(998), RT_RA_RB }, /* icread */
		{ INSN_SC, 0x03ffffe0 },
		{ 0x0c000000, 0x03ffffff }, /* twi */
		{ X(4), RT_RA_RB }, /* tw */
	};
	u32 word = OF_FORM(forms);

	if (!moves_vectors(word))
		return word;
	moved = one_in(16);
	return moved ? word : INSN_SC;
}

static u32 insn_reach(void)
{
	static const struct form forms[] = {
		{ 0x80000000, 0x3fffffff }, /* loads and stores, of all opcodes */
		{ 0x80000000, 0x3fff0fff },
		{ 0x80000000, 0x3fff0003 },
		{ 0x80000000, 0x3fff0000 },
		{ 0xc0000000, 0x1fff0fff },
		{ X(20), RT_RA_RB }, /* lwarx */
		{ X(150) | 1, RT_RA_RB }, /* stwcx. */
		{ X(23), RT_RA_RB | 32 << 1 }, /* lwzx, lwzux... */
		{ X(151), RT_RA_RB | 32 << 1 },
		{ X(215), RT_RA_RB | 32 << 1 },
		{ X(343), RT_RA_RB | 32 << 1 },
		{ X(407), RT_RA_RB | 32 << 1 },
		{ X(534), RT_RA_RB }, /* lwbrx */
		{ X(662), RT_RA_RB },
		{ X(790), RT_RA_RB },
		{ X(918), RT_RA_RB },
		{ X(533), RT_RA_RB }, /* lswx */
		{ X(597), RT_RA_RB },
		{ X(661), RT_RA_RB },
		{ X(725), RT_RA_RB },
		{ X(1014), RT_RA_RB }, /* dcbz */
		{ X(758), RT_RA_RB }, /* dcba */
		{ X(86), RT_RA_RB }, /* dcbf */
		{ X(54), RT_RA_RB },
		{ X(278), RT_RA_RB }, /* dcbt */
		{ X(246), RT_RA_RB },
		{ X(982), RT_RA_RB }, /* icbi */
		{ X(262), RT_RA_RB }, /* icbt */
		{ 0x4c000020, RT_RA | 1 }, /* bclr */
		{ 0x4c000420, RT_RA | 1 }, /* bcctr */
		{ X(467) | 8 << 16, RT }, /* mtlr */
		{ X(467) | 9 << 16, RT }, /* mtctr */
	};

	return OF_FORM(forms);
}

/* By offset from 0, as translated code does. */
static u32 insn_magic(void)
{
	static const struct form forms[] = {
		{ 0x8000f000, 0x3fe00fff }, /* any of them */
		{ 0x8000f000, 0x23e001ff }, /* lwz, lwzu... */
		{ 0x9000f05c, RT }, /* stw MSR */
		{ 0x9000f064, RT }, /* PENDING */
		{ 0x9000f130, RT }, /* SAVED */
		{ 0x8000f130, RT },	    { 0x9000f040, RT | 0xc }, /* SRR0, SRR1 */
		{ 0x4c000020, RT_RA | 1 }, /* bclr: registers lead to stubs */
		{ 0x4e800020, 1 },	    { 0x4c000420, RT_RA | 1 },
		{ 0x4e800420, 1 },	    { X(467) | 8 << 16, RT }, /* mtlr */
		{ X(978), RT_RA | 0x1800 }, /* tlbwe */
	};

	return OF_FORM(forms);
}

/* Those that are for MSR, and those that are read into; others have a meaning in put_loop(). */
static u32 from_reg(void)
{
	return one_in(64) ? any() & RT : (any() & 7) << 21;
}

static u32 to_reg(void)
{
	return one_in(64) ? any() & RT : (one_in(2) ? 8 + any() % 6 : 26 + any() % 6) << 21;
}

/* What is translated. */
static u32 insn_hot(void)
{
	static const uint16_t sprs[] = { 26,  27,  58,	59,  61,  62,  48,  272,
					 273, 274, 275, 286, 287, 570, 571, 946 };
	u32 spr = sprs[any() % 16], field = (spr & 0x1f) << 16 | (spr & 0x3e0) << 6;

	switch (any() % 8) {
	case 0:
		return X(83) | to_reg(); /* mfmsr */
	case 1:
		return X(146) | from_reg(); /* mtmsr */
	case 2:
		return X(131) | from_reg(); /* wrtee */
	case 3:
		return X(163) | (any() & 0x8000); /* wrteei */
	case 4:
	case 5:
		return X(339) | to_reg() | field; /* mfspr */
	default:
		return X(467) | from_reg() | field; /* mtspr */
	}
}

static u32 insn_fpu(void)
{
	static const struct form forms[] = {
		{ 0xfc000000, 0x03ffffff }, /* any */
		{ 0xec000000, 0x03ffffff },
		{ 0xfc00058e, 0x03fff800 }, /* mtfsf */
		{ 0xfc00010c, 0x0380f000 }, /* mtfsfi */
		{ 0xfc00004c, RT }, /* mtfsb1 */
		{ 0xfc00002a, RT_RA_RB }, /* fadd */
		{ 0xfc000024, RT_RA_RB }, /* fdiv */
		{ 0xc0000000, 0x1fff0fff }, /* loads and stores */
		{ X(535), RT_RA_RB | 0x1e0 << 1 },
		{ X(146), RT }, /* mtmsr: FP, FE0, FE1 */
	};

	return OF_FORM(forms);
}

static u32 branch(void)
{
	static const struct form forms[] = {
		{ 0x40000000, RT_RA | 0xd }, /* bc */
		{ 0x40000000, RT_RA | 0x3f }, { 0x48000000, 0xd }, /* b */
		{ 0x48000000, 0x03fffffc },   { 0x4c000020, RT_RA | 1 }, { 0x4c000420, RT_RA | 1 },
	};

	return OF_FORM(forms);
}

static u32 insn_of(u32 kind)
{
	switch (kind) {
	case HOSTILE_PRIVILEGED:
		return one_in(4) ? insn_hot() : insn_privileged();
	case HOSTILE_REACH:
	case HOSTILE_TLB:
		return insn_reach();
	case HOSTILE_MAGIC:
		return one_in(4) ? insn_hot() : insn_magic();
	case HOSTILE_FPU:
		return insn_fpu();
	case HOSTILE_SELF:
		return insn_hot();
	default:
		return insn_any();
	}
}

/* ---- a piece of code ------------------------------------------------------------------------ */

static void sync_code(u32 at, u32 bytes)
{
	u32 end = at + bytes;

	for (; at < end; at += 32)
		asm volatile("dcbst 0, %0\n\tmsync\n\ticbi 0, %0" : : "r"(at) : "memory");
	asm volatile("msync\n\tisync" : : : "memory");
}

static u32 piece_at(void)
{
	return PIECES + piece * 0x2000;
}

/* A page's start, or its end and the next page's start. */
static u32 place(void)
{
	return piece_at() + (one_in(4) ? 0x1000 - 4 * (1 + any() % 4) : 0);
}

static u32 put_words(u32 kind)
{
	u32 at = place(), n = 1 + any() % WORDS, i;

	for (i = 0; i < n; i++)
		IO32(at + 4 * i) = one_in(4) ? branch() : insn_of(kind);
	/* of which a hypercall comes back */
	IO32(at + 4 * n) = INSN_SC;
	IO32(at + 4 * n + 4) = INSN_TRAP;
	sync_code(at & ~31u, 128);
	return at;
}

#define R_PAGE 14 /* three registers that lead to the page */
#define R_WORD 18 /* eight with words for it */

/* One of the words of the loop is stored to, or all of them are cleared or read. */
static u32 insn_change(u32 at, u32 n)
{
	u32 ra = (R_PAGE + any() % 3) << 16;
	u32 to = (at + 4 * (any() % n)) & 0xfff;

	switch (any() % 8) {
	case 0:
		return 0x80000000 | (any() & RT) | ra | to; /* lwz */
	case 1:
		return X(1014) | ra; /* dcbz of the page's start */
	case 2:
		return X(982) | ra;
	default:
		return 0x90000000 | (R_WORD + any() % 8) << 21 | ra | to;
	}
}

/* A loop that is translated as it runs, and changes itself. */
static u32 put_loop(void)
{
	u32 at = place(), n = 2 + any() % WORDS, i;

	for (i = 0; i < n; i++)
		IO32(at + 4 * i) = one_in(4) ? insn_change(at, n) : insn_hot();
	IO32(at + 4 * n) = INSN_BDNZ_BACK | ((0u - 4 * n) & 0xfffc);
	IO32(at + 4 * n + 4) = INSN_TRAP;
	sync_code(at & ~31u, 128);
	for (i = 0; i < 8; i++)
		wild_regs[R_WORD + i] = insn_hot();
	wild_regs[R_PAGE] = HIGH + (at & ~0xfffu);
	wild_regs[R_PAGE + 1] = at & ~0xfffu;
	wild_regs[R_PAGE + 2] = USER_CODE + (at & 0x1000);
	wild_regs[34] = 1 + any() % 64;
	return at;
}

/* ---- the TLB ----------------------------------------------------------------------------------- */

static u32 any_xlat(void)
{
	switch (any() % 4) {
	case 0:
		return any();
	case 1:
		return any() & ~0xfu; /* without ERPN */
	default:
		return SCRATCH + (any() & 0x000ffc00);
	}
}

static void wild_entries(void)
{
	u32 n = 1 + any() % 6;

	while (n--)
		tlb_set(3 + any() % 57, one_in(2) ? 0 : any() & 3,
			(any_address() & ~0x3ffu) | (any() & TLB_TS) | TLB_VALID |
				(one_in(2) ? TLB_SIZE(1) : any() & 0xf0),
			any_xlat(), any());
	mtspr(SPR_PID, any() & 3);
}

/* Only where nothing else is, so that the vectors go on refilling the TLB. */
static void map_code(void)
{
	static u32 mapped = ~0u;

	if (mapped == piece)
		return;
	mapped = piece;
	tlb_set(1, 0, USER_CODE | TLB_VALID | TLB_SIZE(2), piece_at(), TLB_U | TLB_S);
	tlb_set(2, 0, USER_CODE | TLB_VALID | TLB_TS | TLB_SIZE(2), piece_at(), TLB_U | TLB_S);
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

/* Mostly among the first stubs, which are those that are in use. */
static u32 any_stub(void)
{
	return STUBS + (any() & (one_in(4) ? 0xffff : 0x3fc));
}

/* That there is, that could be, or any; mostly that the magic page be elsewhere. */
static void fill_hypercall(void)
{
	static const u32 calls[] = { HCALL_MAP, HCALL_MAP, HCALL_MAP, 0x002a0003, 0x00010001 };

	wild_regs[0] = HCALL;
	wild_regs[3] = any_address();
	wild_regs[4] = any_address();
	wild_regs[11] = calls[any() % 5];
	if (one_in(16))
		wild_regs[11] = one_in(4) ? any() : 0x00010000 | (any() & 0x1f);
}

/* Where rfi may go on: in this piece by all its addresses, in all modes. */
static u32 any_return(void)
{
	static const u32 at[] = { 0, HIGH, USER_CODE };
	u32 base = at[any() % 3];

	if (one_in(2))
		return tame(any() & (MSR_CE | MSR_EE | MSR_PR | MSR_FP | MSR_ME | 0x900 |
				     (one_in(4) ? MSR_IS : 0)));
	return (base == USER_CODE ? base : base + piece_at()) +
	       (any() & (one_in(4) ? 0x1fff : 0x3c));
}

static void fill_regs(u32 kind)
{
	u32 i;

	for (i = 0; i < 36; i++)
		wild_regs[i] = one_in(4) ? any_return() : any_value();
	if (kind != HOSTILE_MAGIC)
		return;
	for (i = 32; i < 35; i++)
		wild_regs[i] = any_stub();
	wild_regs[any() % 32] = any_stub();
	if (one_in(2))
		fill_hypercall();
}

static u32 any_msr(void)
{
	u32 msr = any() & (MSR_FP | MSR_ME);

	if (one_in(4))
		msr |= tame(any() & (MSR_CE | MSR_EE | 0x900)); /* FE0, FE1 */
	return msr;
}

static void attempt(void)
{
	u32 kind = any_kind(), msr = any_msr(), pc;

	if (one_in(8))
		piece = any() % NR_PIECES;
	map_code();
	fill_regs(kind);
	pc = kind == HOSTILE_SELF ? put_loop() : put_words(kind);
	if (kind == HOSTILE_TLB || (kind == HOSTILE_MAGIC && one_in(16)))
		wild_entries();
	switch (any() % 8) {
	case 0:
	case 1: /* as a user */
		msr |= MSR_PR;
		pc += USER_CODE - piece_at();
		break;
	case 2: /* in the other address space */
		msr |= MSR_IS | MSR_DS | (any() & MSR_PR);
		pc += USER_CODE - piece_at();
		break;
	case 3:
		break;
	default:
		pc += HIGH;
	}
	wild_run(pc, msr);
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

#define SET_IVOR(n) mtspr(SPR_IVOR0 + (n), 0x100 + 0x40 * (n))

static void restore_vectors(void)
{
	moved = false;
	mtspr(SPR_IVPR, 0);
	SET_IVOR(0);
	SET_IVOR(1);
	SET_IVOR(2);
	SET_IVOR(3);
	SET_IVOR(4);
	SET_IVOR(5);
	SET_IVOR(6);
	SET_IVOR(7);
	SET_IVOR(8);
	SET_IVOR(9);
	SET_IVOR(10);
	SET_IVOR(11);
	SET_IVOR(12);
	SET_IVOR(13);
	SET_IVOR(14);
	SET_IVOR(15);
}

static u32 recover(struct exc *e, u32 *regs)
{
	if (moved || one_in(16))
		restore_vectors();
	if (one_in(8)) {
		mtspr(SPR_TCR, 0);
		mtspr(SPR_TSR, 0xffffffff);
		mtspr(SPR_PID, 0);
	}
	mtspr(SPR_SRR1, 0);
	mtspr(SPR_CSRR1, 0);
	mtspr(SPR_MCSRR1, 0);
	regs[1] = STACK - 64;
	return (u32)go_on;
}

static void map_high(void)
{
	tlb_set(60, 0, HIGH | TLB_VALID | TLB_SIZE(7), 0, TLB_S);
}

static void begin(u32 first, u32 which)
{
	seed = first * 2654435761u | 1;
	kinds = which;
	tries = HOSTILE_TRIES;
	exc_hook = recover;
	go_on();
}

/* With all as it was at first, but for what it has mapped. */
u32 g_hostile_again(u32 first, u32 which)
{
	map_high();
	begin(first, which);
	return 0;
}

/* Its code is translated first: what it does then meets all that there is for that. */
u32 g_hostile(u32 first, u32 which)
{
	u32 i;

	map_high();
	for (i = 0; i < 64; i++)
		((void (*)(void))((u32)warm_words + HIGH))();
	report(1);
	begin(first, which);
	return 0;
}
