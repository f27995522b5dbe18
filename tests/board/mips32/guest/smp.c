// SPDX-License-Identifier: GPL-2.0
/*
 * Guests of ../smp.c: two vcpus of one VM, in the same code and memory. Only the first
 * may get exceptions.
 */
#include "lib.h"

/* Shared words, each in a line of its own. */
#define COUNTER SCRATCH
#define GATE (SCRATCH + 0x100)
#define SEEN (SCRATCH + 0x200) /* of each vcpu, 0x40 apart */
#define CODE (SCRATCH + 0x10000)

/* t_save() and t_restore() as Linux has them: see translate.c */
u32 t_save(void);
void t_restore(u32 flags);

static void add_one(u32 at)
{
	u32 tmp;

	asm volatile(".set push\n.set noreorder\n"
		     "1:	ll	%0, 0(%1)\n"
		     "	addiu	%0, %0, 1\n"
		     "	sc	%0, 0(%1)\n"
		     "	beqz	%0, 1b\n"
		     "	 nop\n"
		     ".set pop"
		     : "=&r"(tmp)
		     : "r"(at)
		     : "memory");
}

static u32 cpu(void)
{
	return mfc0(15, 1) & 0x3ff;
}

/* Both are here. */
static void meet(void)
{
	add_one(GATE);
	while (IO32(GATE) % 2)
		;
}

u32 g_counter(u32 rounds)
{
	u32 i, self = SEEN + 0x40 * cpu(), other = SEEN + 0x40 * !cpu(), moves = 0, seen = 0;

	meet();
	for (i = 0; i < rounds; i++) {
		add_one(COUNTER);
		IO32(self) = i;
		moves += IO32(other) != seen;
		seen = IO32(other);
	}
	meet();
	check(IO32(COUNTER) == 2 * rounds);
	return moves;
}

/* What a vcpu keeps in its comm page is its own. */
u32 g_own_words(u32 rounds)
{
	u32 i, self = cpu(), mine = self << 31 | 0x1000, wrong = 0;

	meet();
	for (i = 0; i < rounds; i++) {
		mtc0(14, 0, mine + 4 * i);
		mtc0(4, 2, mine + i);
		wrong += mfc0(14, 0) != mine + 4 * i;
		wrong += mfc0(4, 2) != mine + i;
		t_restore(self);
		wrong += (mfc0(12, 0) & 1) != self;
		wrong += t_save() != self;
		wrong += t_save() != 0;
		t_restore(0);
	}
	meet();
	report(((volatile u32 *)t_save)[1]); /* behind a nop */
	return wrong;
}

/* Many places that nobody has run before, which both run at the same time. */
#define PLACES 512
#define WORDS 12

u32 g_places(u32 rounds)
{
	static const u32 code[WORDS] = {
		0x40847000, /* mtc0 a0, EPC */
		0x41636000, 0x30630001, 0x000000c0, /* di v1; andi v1, v1, 1; ehb */
		0x40027000, /* mfc0 v0, EPC */
		0x41606020, /* ei */
		0x00431021, /* addu v0, v0, v1 */
		0x41636000, 0x30630001, 0x000000c0, /* di v1; andi v1, v1, 1; ehb */
		0x03e00008, /* jr ra */
		0x00431021, /* addu v0, v0, v1 */
	};
	u32 i, n, wrong = 0, at;

	if (!cpu()) {
		for (i = 0; i < PLACES * WORDS; i++)
			IO32(CODE + 4 * i) = code[i % WORDS];
		for (i = 0; i < PLACES * WORDS; i += 4)
			asm volatile("synci 0(%0)" : : "r"(CODE + 4 * i) : "memory");
		asm volatile("sync" : : : "memory");
	}
	meet();
	asm volatile("synci 0(%0); sync" : : "r"(CODE) : "memory");
	for (n = 0; n < rounds; n++) {
		for (i = 0; i < PLACES; i++) {
			at = CODE + 4 * WORDS * i;
			wrong += ((u32(*)(u32))at)(at + n) != at + n + 1;
		}
		/* somebody writes to a page of them */
		if (n % 16 == 15)
			IO32(CODE + 4 * WORDS * (n % PLACES) + 4 * (WORDS - 1)) = code[WORDS - 1];
	}
	meet();
	for (n = 0, i = 0; i < PLACES * WORDS; i++)
		n += IO32(CODE + 4 * i) != code[i % WORDS];
	report(n);
	return wrong;
}

/* An interrupt wakes the vcpu that it is for. */
u32 g_wait(u32 arg)
{
	mtc0(12, 0, 0x10000400);
	report(mfc0(13, 0) & 0xfc00);
	while (!(mfc0(13, 0) & 0x0400))
		asm volatile("wait" : : : "memory");
	return mfc0(13, 0) & 0x7c00;
}

u32 g_identity(u32 arg)
{
	u32 nr;

	asm volatile(".set push; .set mips32r2; rdhwr %0, $0; .set pop" : "=r"(nr));
	report(cpu());
	report(nr);
	report(mfc0(16, 3));
	report(mfc0(15, 3));
	mtc0(15, 3, 0x12345000);
	return mfc0(15, 3);
}

u32 g_set_count(u32 ahead)
{
	mtc0(9, 0, mfc0(9, 0) + ahead);
	return 0;
}
