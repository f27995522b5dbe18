// SPDX-License-Identifier: GPL-2.0
/*
 * A guest that means harm and survives it: short runs of random code, in any mode and
 * both instruction sets, with registers that point where it hurts.  Exceptions are
 * stepped over, up to a number; a timer interrupt, an SVC or a jump into nowhere
 * ends a run, and the next one starts from a sound stack.  Only memory and devices
 * are mapped, so that a random address is the guest's own affair: where nothing is,
 * most instructions would end the VM.  Now and then it does not survive; the test
 * then takes another seed.
 */
#include "guest.h"

#define WORDS 16
#define EXCEPTIONS_MAX 40 /* in one run */
#define WATCHDOG 27

static struct chaos {
	u32 rnd;
	u32 exceptions;
	u32 code[WORDS + 2] __attribute__((aligned(64)));
} chaos[MAX_VCPUS];

u32 chaos_stacks[MAX_VCPUS];
void chaos_run(const u32 *code, u32 cpsr, const u32 *regs, u32 *stack);
void chaos_end(void);

/* The code in its mode, with regs[] in r0-r12; chaos_end() comes back from there. */
asm(".globl chaos_run\nchaos_run:\n"
    "	push	{r4-r12, lr}\n"
    "	str	sp, [r3]\n"
    "	msr	spsr_fsxc, r1\n"
    "	mov	lr, r0\n"
    "	ldm	r2, {r0-r12}\n"
    "	movs	pc, lr\n"
    ".globl chaos_end\nchaos_end:\n"
    "	mrc	p15, 0, r0, c0, c0, 5\n"
    "	ubfx	r1, r0, #8, #1\n"
    "	and	r0, r0, #3\n"
    "	orr	r0, r0, r1, lsl #2\n"
    "	ldr	r1, =chaos_stacks\n"
    "	ldr	sp, [r1, r0, lsl #2]\n"
    "	pop	{r4-r12, pc}\n"
    "	.ltorg\n");

static u32 rnd(struct chaos *c)
{
	c->rnd ^= c->rnd << 13;
	c->rnd ^= c->rnd >> 17;
	c->rnd ^= c->rnd << 5;
	return c->rnd;
}

static bool one_in(struct chaos *c, u32 n)
{
	return rnd(c) % n == 0;
}

static void escape(struct guest_exception *e)
{
	e->pc = (u32)chaos_end;
	e->spsr = 0x1d3; /* SVC, everything masked */
}

static void on_exception(struct guest_exception *e)
{
	struct chaos *c = &chaos[cpu_id()];

	if (e->kind == EXC_SVC || e->kind == EXC_PABT || ++c->exceptions > EXCEPTIONS_MAX)
		escape(e);
	else if (e->kind == EXC_DABT)
		e->pc += e->spsr & 0x20 ? 2 : 4;
}

static void on_irq(struct guest_exception *e)
{
	u32 iar = gicc_read(GICC_IAR);

	cp15_write(0, 0, c14, c3, 1); /* CNTV_CTL */
	if ((iar & 0x3ff) != SPURIOUS)
		gicc_write(GICC_EOIR, iar);
	escape(e);
}

/* A device's, its end's, the end of memory. */
static u32 device_address(struct chaos *c)
{
	static const u32 places[] = {
		GICD_BASE,	    GICD_BASE + 0x400,	GICD_BASE + 0x800,
		GICD_BASE + 0xf00,  GICD_BASE + 0x1000, GICC_BASE,
		GICC_BASE + 0x1000, GICC_BASE + 0x2000, DEV_IO,
		DEV_IO + DEV_SIZE,  OTHER_IO,		RAM_BASE + RAM_SIZE,
	};
	u32 at = places[rnd(c) % (sizeof(places) / sizeof(places[0]))];

	switch (rnd(c) % 8) {
	case 0:
		return at - (rnd(c) & 31); /* across the edge */
	case 1:
		return at + (rnd(c) & 0xff);
	default:
		return at + (rnd(c) & 0xfc);
	}
}

static u32 address(struct chaos *c)
{
	static const u32 places[] = { SCRATCH, SCRATCH + 0x100000, 0xffff0000, 0, 0x80000000 };

	if (one_in(c, 256))
		return device_address(c);
	return places[rnd(c) % (sizeof(places) / sizeof(places[0]))] + (rnd(c) & 0xffff);
}

/* Writing these mostly stops ourselves: control, tables, vectors. */
static bool suicidal(u32 crn)
{
	return crn == 1 || crn == 2 || crn == 3 || crn == 10 || crn == 12;
}

static u32 coprocessor(struct chaos *c)
{
	u32 crn = rnd(c) & 15, word = 0xee100010 | crn << 16 | (rnd(c) & 0x00e010ef);

	word |= (one_in(c, 6) ? 14 : 15) << 8;
	if (one_in(c, 2) && (!suicidal(crn) || one_in(c, 64)))
		word &= ~(1u << 20); /* MCR */
	switch (rnd(c) % 12) {
	case 0: /* MRRC */
		return 0xec501f00 | (rnd(c) & 0xff) | (one_in(c, 8) ? 0 : 0x20000);
	case 1: /* LDC, STC of any coprocessor */
		return 0xec000000 | (rnd(c) & 0x01f3ffff);
	case 2: /* any coprocessor at all */
		return 0xee000000 | (rnd(c) & 0x00ffffff);
	}
	return word;
}

/* Loads and stores of every form, their base in r0-r3. */
static u32 load_store(struct chaos *c)
{
	u32 word = rnd(c) & 0x01f3f0ff;

	switch (rnd(c) % 6) {
	case 0:
		return 0xe4000000 | word | (rnd(c) & 0xfff);
	case 1:
		return 0xe6000000 | (word & ~0xff0u) | (rnd(c) & 0xf80); /* shifted register */
	case 2:
		return 0xe0000090 | word; /* halfwords, doublewords, swaps */
	case 3:
		return 0xe8000000 | (word & ~0x400000u) | (rnd(c) & 0x7fff); /* LDM, STM */
	case 4:
		return 0xe1800f90 | (rnd(c) & 0x0073f00f); /* exclusives */
	}
	return 0xf4000000 | (rnd(c) & 0x01f3ffff); /* VLD, VST, PLD */
}

/* Those that devices are for: base r0-r3, data in r4-r9. */
static u32 device_access(struct chaos *c)
{
	u32 base = (rnd(c) & 3) << 16, data = (4 + rnd(c) % 6) << 12, up_down = rnd(c) & 0x00800000;

	switch (rnd(c) % 8) {
	case 0:
		return 0xe8800000 | base | (rnd(c) & 0x01b003f0); /* LDM, STM */
	case 1:
		return 0xe14000d0 | up_down | base | (data & 0xe000) |
		       (rnd(c) & 0x2f); /* LDRD... */
	case 2:
		return 0xe15000b0 | up_down | base | data | (rnd(c) & 0x4f); /* LDRH, LDRSH */
	case 3:
		return 0xe14000b0 | up_down | base | data | (rnd(c) & 0x0f); /* STRH */
	case 4:
		return 0xe4000000 | up_down | base | data |
		       (rnd(c) & 0x0050001f); /* post-indexed */
	case 5:
		return 0xe5200000 | up_down | base | data | (rnd(c) & 0x0050001f); /* pre-indexed */
	}
	return one_in(c, 256) ? load_store(c)
			      : 0xe5000000 | up_down | base | data | (rnd(c) & 0x0050003f);
}

static u32 system(struct chaos *c)
{
	static const u32 words[] = {
		0xe320f000, 0xe320f001, 0xe320f002, 0xe320f004, /* NOP, YIELD, WFE, SEV */
		0xe320f003, 0xf57ff01f, 0xf57ff04f, 0xf57ff06f, /* WFI, CLREX, DSB, ISB */
		0xf1010000, 0xf1010200, 0xe1200070, 0xe7f000f0, /* SETEND, BKPT, UDF */
		0xe160006e, 0xe121f000, 0xe161f000, 0xe1a0f00e, /* ERET, MSR, MOV pc, lr */
	};

	switch (rnd(c) % 8) {
	case 0:
		return 0xe1400070 | (rnd(c) & 0x000fff0f); /* HVC */
	case 1:
		return 0xe1600070 | (rnd(c) & 15); /* SMC */
	case 2:
		return 0xf1080000 | (rnd(c) & 0x000601df); /* CPS */
	case 3:
		return 0xe1000000 | (rnd(c) & 0x006ff3ff); /* MRS, MSR, banked ones */
	case 4:
		return 0xf8000000 | (rnd(c) & 0x01f3ffff); /* SRS, RFE */
	}
	return words[rnd(c) % (sizeof(words) / sizeof(words[0]))];
}

static u32 thumb(struct chaos *c)
{
	switch (rnd(c) % 4) {
	case 0:
		return 0x50005000 | (rnd(c) & 0x0fff0fff); /* loads and stores by register */
	case 1:
		return 0x0000f800 | rnd(c); /* wide loads and stores, first halfword below */
	case 2:
		return 0x0000ee10 | (rnd(c) & 0xffff00ef) | 0x0f100000; /* MRC, MCR */
	}
	return rnd(c);
}

static u32 instruction(struct chaos *c, u32 kind)
{
	switch (kind) {
	case 0:
		return rnd(c);
	case 1:
		return coprocessor(c);
	case 2:
		return device_access(c);
	case 3:
		return system(c);
	}
	return one_in(c, 2) ? load_store(c) : coprocessor(c);
}

/* A call of the firmware: PSCI's numbers, those around, SMCCC's other owners. */
static void firmware_call(struct chaos *c, u32 *regs)
{
	switch (rnd(c) % 4) {
	case 0:
		regs[0] = rnd(c);
		break;
	case 1:
		regs[0] = 0x95c1ba5e + (rnd(c) & 3);
		break;
	default:
		regs[0] = (rnd(c) & 0xff000000) | 0x80000000 | (rnd(c) & 0x1f);
	}
	if (one_in(c, 2))
		regs[0] = 0x84000000 | (rnd(c) & 0x1f);
	regs[1] = one_in(c, 2) ? rnd(c) % 9 : rnd(c);
	regs[2] = one_in(c, 2) ? (u32)c->code : address(c);
}

static u32 mode(struct chaos *c)
{
	static const u8 modes[] = { 0x10, 0x10, 0x10, 0x1f, 0x1f, 0x11, 0x12, 0x13, 0x17, 0x1b };
	u32 cpsr = modes[rnd(c) % sizeof(modes)] | (rnd(c) & 0xf8000000);

	if (one_in(c, 8))
		cpsr |= 0x200; /* E: big-endian data */
	if (one_in(c, 16))
		cpsr |= rnd(c) & 0x1c0; /* A, I, F */
	if (one_in(c, 64))
		cpsr = (cpsr & ~0x1fu) | (rnd(c) & 0x1f); /* modes that don't exist */
	return cpsr;
}

static void prepare_interrupts(struct chaos *c)
{
	if (one_in(c, 8)) {
		gic_init();
		gic_enable(WATCHDOG);
		/* others too, from this or another vcpu */
		gicd_write(GICD_ISENABLER + 4 * (rnd(c) & 1), rnd(c));
		gicd_write(GICD_SGIR, rnd(c) & 0x03ff000f);
	}
	cp15_write(2000 + (rnd(c) & 0xffff), 0, c14, c3, 0); /* CNTV_TVAL */
	cp15_write(1, 0, c14, c3, 1);
}

static void one_run(struct chaos *c, u32 cpu, u32 wild)
{
	u32 regs[13], i, kind = wild ? rnd(c) % 6 : 1 + rnd(c) % 4, cpsr = mode(c);

	for (i = 0; i < 13; i++)
		regs[i] = one_in(c, 8) ? rnd(c) : kind == 2 ? device_address(c) : address(c);
	for (i = 0; i < WORDS; i++)
		c->code[i] = kind == 5 ? thumb(c) : instruction(c, kind);
	if (kind == 3)
		firmware_call(c, regs);
	if (kind == 5) {
		cpsr |= 0x20;
		c->code[WORDS] = 0xdf00df00; /* SVC, SVC */
	} else {
		c->code[WORDS] = 0xef000000;
	}
	dsb();
	cp15_write(0, 0, c7, c5, 0); /* ICIALLU */
	dsb();
	isb();
	c->exceptions = 0;
	prepare_interrupts(c);
	chaos_run(c->code, cpsr, regs, &chaos_stacks[cpu]);
}

/* All but memory and devices out of the map. */
static void map_little(void)
{
	u32 i;

	for (i = 0; i < 4096; i++)
		if (i != GICD_BASE >> 20 && i != TEST_IO >> 20 && i != DEV_IO >> 20 &&
		    i != OTHER_IO >> 20 && (i < RAM_BASE >> 20 || i > (RAM_BASE + RAM_SIZE) >> 20))
			page_table[i] = 0;
	dsb();
	tlb_flush_all();
}

/* On each of the VM's vcpus, forever. */
void g_chaos(u32 seed, u32 wild)
{
	u32 cpu = cpu_id(), i;
	struct chaos *c = &chaos[cpu];

	c->rnd = (seed * 2654435761u + cpu * 40503u) | 1;
	for (i = 0; i < EXC_NR; i++)
		exc_handlers[i] = on_exception;
	exc_handlers[EXC_IRQ] = on_irq;
	mmu_on_all(map_little);
	gic_init();
	gic_enable(WATCHDOG);
	for (;;)
		one_run(c, cpu, wild);
}

/* The MMU on with random tables of the long format, which TTBCR.EAE chooses (B3.6). */
void g_random_long_tables(u32 seed)
{
	struct chaos *c = &chaos[0];
	u32 i;

	c->rnd = (seed * 2654435761u) | 1;
	for (i = 0; i < 4096; i += 2) {
		/* a table or a block somewhere in or near RAM */
		page_table[i] = (one_in(c, 4) ? rnd(c) : (u32)page_table + (rnd(c) & 0x3000)) |
				(rnd(c) & 0xfff);
		page_table[i + 1] = rnd(c) & (one_in(c, 4) ? ~0u : 0x00600000);
	}
	/* where we are is left mapped, half of the times */
	if (one_in(c, 2)) {
		page_table[2] = RAM_BASE | 0x701;
		page_table[3] = 0;
	}
	cp15_write(0xff440400 | (rnd(c) & 0xff), 0, c10, c2, 0); /* MAIR0 */
	cp15_write(0x80000000 | (rnd(c) & (one_in(c, 2) ? 0x07ff07ff : 0)), 0, c2, c0, 2);
	cp15_write64(((u64)(rnd(c) & 0xff0000) << 32) | ((u32)page_table + (rnd(c) & 0x3fe0)), 0,
		     c2);
	cp15_write64((u32)page_table, 1, c2);
	if (one_in(c, 2))
		cp15_write64((u32)page_table, 0, c2);
	cp15_write(0, 0, c8, c7, 0);
	isb();
	cp15_write(cp15_read(0, c1, c0, 0) | 1 | (rnd(c) & 0x30001806), 0, c1, c0, 0);
	isb();
	for (;;)
		read32(one_in(c, 2) ? rnd(c) & ~3u : address(c));
}
