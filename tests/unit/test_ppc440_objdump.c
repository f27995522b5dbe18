// SPDX-License-Identifier: GPL-2.0
/*
 * The PowerPC 440 decoder against binutils, over all opcodes: what it makes of a word
 * is written as objdump writes it, and must be objdump's text letter by letter; what
 * objdump gives one of the decoder's names must not be unknown to it; and what objdump
 * refuses must be unknown or an invalid form.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../kmod/ppc440/decode.h"
#include "../fuzz/ppc440_branch.h"

#define OBJDUMP "powerpc-linux-gnu-objdump"
#define OPTIONS "-D -z -EB -b binary -m powerpc:common -M 440,raw"

/* ---- all opcodes ---------------------------------------------------------------- */

#define FILLINGS 8u
#define NR (64u * 64u + 2u * 2048u * FILLINGS + 1u)

static u64 seed;

static u32 random_word(void)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return seed >> 32;
}

/* Fields of which an instruction has some: those that it has not should be 0. */
static u32 random_fields(unsigned int n)
{
	static const u32 masks[FILLINGS] = { 0,		 0x03e00000, 0x001f0000, 0x03ff0000,
					     0x001ff800, 0x03fff800, 0x03fff800, 0x00008000 };

	return random_word() & masks[n % FILLINGS];
}

/* Primary opcodes with anything behind; 19 and 31 with every extended one. */
static void make_words(u32 *words)
{
	unsigned int n = 0;

	for (u32 i = 0; i < 64 * 64; i++)
		words[n++] = i << 26 | (random_word() & 0x03ffffff);
	for (u32 i = 0; i < 2048 * FILLINGS; i++) {
		words[n++] = 19u << 26 | i / FILLINGS | random_fields(i);
		words[n++] = 31u << 26 | i / FILLINGS | random_fields(i);
	}
	words[n++] = 0x44000002; /* sc, nearly all of which is reserved */
	assert_int_equal(n, NR);
}

/* ---- objdump's text ----------------------------------------------------------------- */

struct text {
	char s[100];
};

struct part {
	char s[24];
};

typedef void (*format_fn)(struct text *out, const struct ppc440_insn *insn, u32 pc);

#define PRINT(out, ...) snprintf((out)->s, sizeof((out)->s), __VA_ARGS__)

/* Where 0 means that there is no register. */
static struct part base(unsigned int ra)
{
	struct part t = { "0" };

	if (ra)
		PRINT(&t, "r%u", ra);
	return t;
}

static void format_name(struct text *out, const struct ppc440_insn *insn, u32 pc)
{
	(void)pc;
	PRINT(out, "%s", insn->name);
}

static void format_rt(struct text *out, const struct ppc440_insn *insn, u32 pc)
{
	(void)pc;
	PRINT(out, "%s r%u", insn->name, insn->rt);
}

static void format_number(struct text *out, const struct ppc440_insn *insn, u32 pc)
{
	(void)pc;
	PRINT(out, "%s %u", insn->name, insn->op == PPC440_MBAR ? insn->rt : (u32)insn->disp);
}

static void format_from(struct text *out, const struct ppc440_insn *insn, u32 pc)
{
	(void)pc;
	PRINT(out, "%s r%u,%u", insn->name, insn->rt, insn->spr);
}

static void format_to(struct text *out, const struct ppc440_insn *insn, u32 pc)
{
	(void)pc;
	PRINT(out, "%s %u,r%u", insn->name, insn->spr, insn->rt);
}

static void format_tlb(struct text *out, const struct ppc440_insn *insn, u32 pc)
{
	(void)pc;
	PRINT(out, "%s r%u,r%u,%u", insn->name, insn->rt, insn->ra, insn->rb);
}

static void format_indexed(struct text *out, const struct ppc440_insn *insn, u32 pc)
{
	bool dot = insn->flags & PPC440_F_RECORD;

	(void)pc;
	PRINT(out, "%s%s %c%u,%s,r%u", insn->name, dot ? "." : "",
	      insn->flags & PPC440_F_FPU ? 'f' : 'r', insn->rt, base(insn->ra).s, insn->rb);
}

static void format_memory(struct text *out, const struct ppc440_insn *insn, u32 pc)
{
	if (insn->flags & PPC440_F_INDEXED)
		format_indexed(out, insn, pc);
	else
		PRINT(out, "%s %c%u,%d(%s)", insn->name, insn->flags & PPC440_F_FPU ? 'f' : 'r',
		      insn->rt, insn->disp, base(insn->ra).s);
}

static void format_string(struct text *out, const struct ppc440_insn *insn, u32 pc)
{
	if (insn->flags & PPC440_F_INDEXED)
		format_indexed(out, insn, pc);
	else
		PRINT(out, "%s r%u,%s,%u", insn->name, insn->rt, base(insn->ra).s, insn->bytes);
}

static void format_cache(struct text *out, const struct ppc440_insn *insn, u32 pc)
{
	(void)pc;
	PRINT(out, "%s %s,r%u", insn->name, base(insn->ra).s, insn->rb);
}

/* Of these two, binutils has it that 0 is a register. */
static void format_ccci(struct text *out, const struct ppc440_insn *insn, u32 pc)
{
	(void)pc;
	PRINT(out, "%s r%u,r%u", insn->name, insn->ra, insn->rb);
}

static void format_touch(struct text *out, const struct ppc440_insn *insn, u32 pc)
{
	if (strcmp(insn->name, "icbt"))
		format_cache(out, insn, pc);
	else
		PRINT(out, "%s %u,%s,r%u", insn->name, insn->rt, base(insn->ra).s, insn->rb);
}

static void format_tw(struct text *out, const struct ppc440_insn *insn, u32 pc)
{
	(void)pc;
	if (insn->op == PPC440_TW)
		PRINT(out, "%s %u,r%u,r%u", insn->name, insn->rt, insn->ra, insn->rb);
	else
		PRINT(out, "%s %u,r%u,%d", insn->name, insn->rt, insn->ra, insn->disp);
}

/* BO and BI, which is a bit of CR. */
static struct part condition(const struct ppc440_insn *insn)
{
	static const char *const bits[] = { "lt", "gt", "eq", "so" };
	struct part t;

	if (insn->ra / 4)
		PRINT(&t, "%u,4*cr%u+%s", insn->rt, insn->ra / 4, bits[insn->ra % 4]);
	else
		PRINT(&t, "%u,%s", insn->rt, bits[insn->ra]);
	return t;
}

static void format_branch(struct text *out, const struct ppc440_insn *insn, u32 pc)
{
	const char *link = insn->flags & PPC440_F_LINK ? "l" : "";
	const char *absolute = insn->flags & PPC440_F_ABSOLUTE ? "a" : "";
	u32 target;

	if (!ppc440_branch_target(insn, pc, &target))
		PRINT(out, "%s%s %s", insn->name, link, condition(insn).s);
	else if (insn->op == PPC440_B)
		PRINT(out, "%s%s%s 0x%x", insn->name, link, absolute, target);
	else
		PRINT(out, "%s%s%s %s,0x%x", insn->name, link, absolute, condition(insn).s, target);
}

static const format_fn formats[PPC440_NR_OPS] = {
	[PPC440_MFSPR] = format_from,	    [PPC440_MTSPR] = format_to,
	[PPC440_MFMSR] = format_rt,	    [PPC440_MTMSR] = format_rt,
	[PPC440_WRTEE] = format_rt,	    [PPC440_WRTEEI] = format_number,
	[PPC440_RFI] = format_name,	    [PPC440_RFCI] = format_name,
	[PPC440_RFMCI] = format_name,	    [PPC440_TLBRE] = format_tlb,
	[PPC440_TLBWE] = format_tlb,	    [PPC440_TLBSX] = format_indexed,
	[PPC440_TLBSYNC] = format_name,	    [PPC440_MFDCR] = format_from,
	[PPC440_MTDCR] = format_to,	    [PPC440_DCBI] = format_cache,
	[PPC440_DCCCI] = format_ccci,	    [PPC440_DCREAD] = format_indexed,
	[PPC440_ICCCI] = format_ccci,	    [PPC440_ICREAD] = format_cache,
	[PPC440_SC] = format_name,	    [PPC440_TW] = format_tw,
	[PPC440_TWI] = format_tw,	    [PPC440_LOAD] = format_memory,
	[PPC440_STORE] = format_memory,	    [PPC440_LMW] = format_memory,
	[PPC440_STMW] = format_memory,	    [PPC440_LSW] = format_string,
	[PPC440_STSW] = format_string,	    [PPC440_LWARX] = format_indexed,
	[PPC440_STWCX] = format_indexed,    [PPC440_FPU_LOAD] = format_memory,
	[PPC440_FPU_STORE] = format_memory, [PPC440_STFIWX] = format_memory,
	[PPC440_DCBZ] = format_cache,	    [PPC440_DCBA] = format_cache,
	[PPC440_CACHE] = format_cache,	    [PPC440_TOUCH] = format_touch,
	[PPC440_MSYNC] = format_name,	    [PPC440_MBAR] = format_number,
	[PPC440_ISYNC] = format_name,	    [PPC440_B] = format_branch,
	[PPC440_BC] = format_branch,	    [PPC440_BCLR] = format_branch,
	[PPC440_BCCTR] = format_branch,
};

/* ---- both, compared ------------------------------------------------------------------- */

static unsigned int agreed, invalid;

/* The names that the decoder was seen to use. */
static struct known {
	const char *name;
	unsigned int agreed;
} known[120];

static bool is_named(const char *text, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(text, name, len) && strchr(" .", text[len]);
}

static bool must_know(const char *text)
{
	for (const struct known *k = known; k->name; k++)
		if (is_named(text, k->name))
			return true;
	return false;
}

/* The last one stays empty. */
static struct known *find_known(const char *name)
{
	struct known *k = known;

	while (k->name && strcmp(k->name, name))
		k++;
	assert_true(k < known + ARRAY_SIZE(known) - 1);
	k->name = name;
	return k;
}

/* Later architectures have hints in lwarx, dcbf and bclr, and a level in sc. */
static bool same(const struct ppc440_insn *insn, const char *mine, const char *theirs)
{
	size_t len = strlen(mine);

	if (insn->op == PPC440_SC)
		return is_named(theirs, mine);
	return !strncmp(mine, theirs, len) && (!theirs[len] || !strcmp(theirs + len, ",0"));
}

static void compare(u32 word, u32 pc, const char *text)
{
	bool refused = !strncmp(text, ".long", 5);
	struct ppc440_insn insn;
	struct text mine;

	if (!ppc440_decode(word, &insn)) {
		if (must_know(text))
			fail_msg("%08x %s: unknown", word, text);
		return;
	}
	if (insn.flags & PPC440_F_INVALID) {
		invalid++;
		return;
	}
	formats[insn.op](&mine, &insn, pc);
	if (refused || !same(&insn, mine.s, text))
		fail_msg("%08x %s: decoded as %s", word, text, mine.s);
	find_known(insn.name)->agreed++;
	agreed++;
}

static FILE *disassemble(char *path, const u32 *words)
{
	FILE *file = fdopen(mkstemp(path), "w");
	char command[300];

	assert_non_null(file);
	for (unsigned int i = 0; i < NR; i++)
		for (int shift = 24; shift >= 0; shift -= 8)
			fputc(words[i] >> shift & 0xff, file);
	fclose(file);
	snprintf(command, sizeof(command), OBJDUMP " " OPTIONS " %s", path);
	return popen(command, "r");
}

/* "  10:<tab>80 62 ff fc <tab>lwz     r3,-4(r2)": the text, with single spaces. */
static char *text_of(char *line)
{
	char *text = strchr(line, '\t'), *to;

	text = text ? strchr(text + 1, '\t') : NULL;
	if (!text)
		return NULL;
	text++;
	text[strcspn(text, "\n")] = 0;
	to = text + strcspn(text, " ");
	if (*to)
		memmove(to + 1, to + strspn(to, " "), strlen(to + strspn(to, " ")) + 1);
	if (*to && !to[1])
		*to = 0;
	return text;
}

static void test_opcodes(void **state)
{
	char path[] = "/tmp/ember-opcodes.XXXXXX";
	static u32 words[NR];
	unsigned int lines = 0, at;
	struct ppc440_insn insn;
	char line[256], *theirs;
	FILE *text;

	(void)state;
	if (system("command -v " OBJDUMP " >/dev/null"))
		skip();
	seed = 42;
	make_words(words);
	for (unsigned int i = 0; i < NR; i++)
		if (ppc440_decode(words[i], &insn))
			find_known(insn.name);
	text = disassemble(path, words);
	while (fgets(line, sizeof(line), text)) {
		if (sscanf(line, " %x:", &at) != 1 || at % 4 || at / 4 >= NR)
			continue;
		theirs = text_of(line);
		if (!theirs)
			continue;
		compare(words[at / 4], at, theirs);
		lines++;
	}
	pclose(text);
	unlink(path);
	print_message("%u agree, %u are invalid forms, of %u\n", agreed, invalid, NR);
	assert_int_equal(lines, NR);
	for (const struct known *k = known; k->name; k++)
		if (!k->agreed)
			fail_msg("%s was never compared", k->name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_opcodes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
