// SPDX-License-Identifier: GPL-2.0
/*
 * The MIPS32 decoder against binutils: what it makes of random words is written
 * as objdump writes it, and must be objdump's text letter by letter; and what
 * objdump gives one of the decoder's names must not be unknown to it.
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

#include "../../kmod/mips32/decode.h"

#define OBJDUMP "mipsel-linux-gnu-objdump"
#define OPTIONS                                                                \
	"-D -z -EL -b binary -m mips:isa32r2 -M no-aliases,cp0-names=numeric," \
	"gpr-names=numeric,fpr-names=numeric,hwr-names=numeric"
#define NR 60000u

/* ---- random opcodes ------------------------------------------------------- */

static u64 seed;

static u32 random_word(void)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return seed >> 32;
}

/*
 * A third are any words; the others have an opcode of the decoder, with most of
 * the bits that must be zero, since random ones hit few of these.
 */
static u32 random_opcode(void)
{
	static const struct {
		u32 value, random;
	} pick[] = {
		{ 0x00000000, 0x03ffffff }, { 0x00000008, 0x03e00400 }, { 0x00000009, 0x03e0fc00 },
		{ 0x0000000c, 0x03ffffc3 }, { 0x0000000f, 0x000007c0 }, { 0x00000030, 0x03ffffc7 },
		{ 0x04000000, 0x03ffffff }, { 0x40000000, 0x009ff807 }, { 0x41606000, 0x001f0020 },
		{ 0x41400000, 0x009ff800 }, { 0x42000000, 0x0000003f }, { 0x42000020, 0x01ffffc0 },
		{ 0x45000000, 0x001fffff }, { 0x4c000000, 0x03ffffcf }, { 0x4c000008, 0x03fff807 },
		{ 0x4c000000, 0x03ff07c7 }, { 0x7000003f, 0x03ffffc0 }, { 0x7c00003b, 0x001ff800 },
		{ 0x18000000, 0x47e0ffff }, { 0x08000000, 0x07ffffff }, { 0x10000000, 0x47ffffff },
		{ 0x14000000, 0x43ffffff }, { 0x1c000000, 0x43e0ffff }, { 0x80000000, 0x7fffffff },
	};
	unsigned int i = random_word() % (ARRAY_SIZE(pick) * 3 / 2);

	if (i >= ARRAY_SIZE(pick))
		return random_word();
	return pick[i].value | (random_word() & pick[i].random);
}

/* ---- objdump's text ----------------------------------------------------------- */

typedef int (*format_fn)(char *out, size_t size, const struct mips32_insn *insn, u32 word, u32 pc);

static int format_name(char *out, size_t size, const struct mips32_insn *insn, u32 word, u32 pc)
{
	(void)word;
	(void)pc;
	return snprintf(out, size, "%s", insn->name);
}

static int format_cp0(char *out, size_t size, const struct mips32_insn *insn, u32 word, u32 pc)
{
	int n = snprintf(out, size, "%s $%u,$%u", insn->name, insn->rt, insn->rd);

	(void)word;
	(void)pc;
	return insn->sel ? snprintf(out + n, size - n, ",%u", insn->sel) : n;
}

/* rdpgpr and wrpgpr name rd first. */
static int format_pgpr(char *out, size_t size, const struct mips32_insn *insn, u32 word, u32 pc)
{
	(void)word;
	(void)pc;
	return snprintf(out, size, "%s $%u,$%u", insn->name, insn->rd, insn->rt);
}

static int format_di(char *out, size_t size, const struct mips32_insn *insn, u32 word, u32 pc)
{
	if (!insn->rt)
		return format_name(out, size, insn, word, pc);
	return snprintf(out, size, "%s $%u", insn->name, insn->rt);
}

static int format_memory(char *out, size_t size, const struct mips32_insn *insn, u32 word, u32 pc)
{
	const char *f = insn->flags & MIPS32_F_FPU ? "f" : "";

	(void)word;
	(void)pc;
	if (insn->flags & MIPS32_F_INDEXED)
		return snprintf(out, size, "%s $%s%u,$%u($%u)", insn->name, f, insn->reg, insn->rt,
				insn->rs);
	return snprintf(out, size, "%s $%s%u,%d($%u)", insn->name, f, insn->reg, insn->offset,
			insn->rs);
}

static int format_hint(char *out, size_t size, const struct mips32_insn *insn, u32 word, u32 pc)
{
	(void)word;
	(void)pc;
	if (insn->flags & MIPS32_F_INDEXED)
		return snprintf(out, size, "%s 0x%x,$%u($%u)", insn->name, insn->rd, insn->rt,
				insn->rs);
	if (insn->op == MIPS32_SYNCI)
		return snprintf(out, size, "%s %d($%u)", insn->name, insn->offset, insn->rs);
	return snprintf(out, size, "%s 0x%x,%d($%u)", insn->name, insn->rt, insn->offset, insn->rs);
}

/* A branch is taken when its registers are as they should be; see where to. */
static u32 target(const struct mips32_insn *insn, u32 pc)
{
	u32 gpr[32] = { 0 }, fcr31 = insn->op == MIPS32_BC1T ? 0xfe800000 : 0;

	if (insn->op == MIPS32_BGTZ || insn->op == MIPS32_BNE)
		gpr[insn->rs] = 1;
	if (insn->op == MIPS32_BLTZ)
		gpr[insn->rs] = 0x80000000;
	return mips32_next_pc(insn, pc, gpr, fcr31);
}

static int format_branch(char *out, size_t size, const struct mips32_insn *insn, u32 word, u32 pc)
{
	int n = snprintf(out, size, "%s ", insn->name);

	(void)word;
	/* bne of a register with itself is never taken. */
	if (insn->op == MIPS32_BNE && insn->rs == insn->rt)
		return 0;
	if (insn->op >= MIPS32_BC1F && insn->sel)
		n += snprintf(out + n, size - n, "$fcc%u,", insn->sel);
	else if (insn->op == MIPS32_BEQ || insn->op == MIPS32_BNE)
		n += snprintf(out + n, size - n, "$%u,$%u,", insn->rs, insn->rt);
	else if (insn->op != MIPS32_J && insn->op < MIPS32_BC1F)
		n += snprintf(out + n, size - n, "$%u,", insn->rs);
	/* Nothing is greater than 0, or less, in register 0. */
	if (!insn->rs && (insn->op == MIPS32_BGTZ || insn->op == MIPS32_BLTZ))
		return 0;
	return n + snprintf(out + n, size - n, "0x%x", target(insn, pc));
}

static int format_jr(char *out, size_t size, const struct mips32_insn *insn, u32 word, u32 pc)
{
	unsigned int hint = word >> 6 & 31;
	int n = snprintf(out, size, "%s%s ", insn->name, hint & 16 ? ".hb" : "");

	(void)pc;
	/* Other hints have no names. */
	if (hint & 15)
		return 0;
	if (insn->flags & MIPS32_F_LINK && insn->reg != 31)
		n += snprintf(out + n, size - n, "$%u,", insn->reg);
	return n + snprintf(out + n, size - n, "$%u", insn->rs);
}

static const format_fn formats[MIPS32_NR_OPS] = {
	[MIPS32_MFC0] = format_cp0,
	[MIPS32_MTC0] = format_cp0,
	[MIPS32_RDPGPR] = format_pgpr,
	[MIPS32_WRPGPR] = format_pgpr,
	[MIPS32_DI] = format_di,
	[MIPS32_EI] = format_di,
	[MIPS32_TLBR] = format_name,
	[MIPS32_TLBWI] = format_name,
	[MIPS32_TLBWR] = format_name,
	[MIPS32_TLBP] = format_name,
	[MIPS32_ERET] = format_name,
	[MIPS32_DERET] = format_name,
	[MIPS32_WAIT] = format_name,
	[MIPS32_CACHE] = format_hint,
	[MIPS32_RDHWR] = format_cp0,
	[MIPS32_SYSCALL] = format_name,
	[MIPS32_BREAK] = format_name,
	[MIPS32_SDBBP] = format_name,
	[MIPS32_TRAP] = format_name,
	[MIPS32_LOAD] = format_memory,
	[MIPS32_STORE] = format_memory,
	[MIPS32_LWL] = format_memory,
	[MIPS32_LWR] = format_memory,
	[MIPS32_SWL] = format_memory,
	[MIPS32_SWR] = format_memory,
	[MIPS32_LL] = format_memory,
	[MIPS32_SC] = format_memory,
	[MIPS32_FPU_LOAD] = format_memory,
	[MIPS32_FPU_STORE] = format_memory,
	[MIPS32_SYNCI] = format_hint,
	[MIPS32_PREF] = format_hint,
	[MIPS32_SYNC] = format_name,
	[MIPS32_J] = format_branch,
	[MIPS32_JR] = format_jr,
	[MIPS32_BEQ] = format_branch,
	[MIPS32_BNE] = format_branch,
	[MIPS32_BLEZ] = format_branch,
	[MIPS32_BGTZ] = format_branch,
	[MIPS32_BLTZ] = format_branch,
	[MIPS32_BGEZ] = format_branch,
	[MIPS32_BC1F] = format_branch,
	[MIPS32_BC1T] = format_branch,
};

/* ---- both, compared ------------------------------------------------------------- */

static unsigned int agreed;
static const char *names[100]; /* those the decoder was seen to use */
static bool must_know(const char *text)
{
	size_t len = strcspn(text, " ");

	for (size_t i = 0; i < ARRAY_SIZE(names) && names[i]; i++)
		if (strlen(names[i]) == len && !strncmp(names[i], text, len))
			return true;
	return false;
}

static void remember(const char *name)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(names) && names[i] && strcmp(names[i], name))
		i++;
	assert_in_range(i, 0, ARRAY_SIZE(names) - 1);
	names[i] = name;
}

/* Codes and the like that are not compared follow the name. */
static bool same(const struct mips32_insn *insn, const char *mine, const char *theirs)
{
	size_t len = strlen(mine);

	if (formats[insn->op] != format_name)
		return !strcmp(mine, theirs);
	return !strncmp(mine, theirs, len) && strspn(theirs + len, " ") == !!theirs[len];
}

static void compare(u32 word, u32 pc, const char *text)
{
	struct mips32_insn insn;
	char mine[100];

	if (!mips32_decode(word, &insn)) {
		if (must_know(text))
			fail_msg("%08x %s: unknown", word, text);
		return;
	}
	if (!formats[insn.op](mine, sizeof(mine), &insn, word, pc))
		return;
	if (!same(&insn, mine, text))
		fail_msg("%08x %s: decoded as %s", word, text, mine);
	agreed++;
}

static FILE *disassemble(char *path, const u32 *words)
{
	FILE *file = fdopen(mkstemp(path), "w");
	char command[300];

	assert_non_null(file);
	for (unsigned int i = 0; i < NR; i++)
		for (int byte = 0; byte < 4; byte++)
			fputc(words[i] >> (8 * byte) & 0xff, file);
	fclose(file);
	snprintf(command, sizeof(command), OBJDUMP " " OPTIONS " %s", path);
	return popen(command, "r");
}

static void test_random(void **state)
{
	char path[] = "/tmp/ember-opcodes.XXXXXX";
	static u32 words[NR];
	struct mips32_insn insn;
	char line[256];
	FILE *text;

	(void)state;
	if (system("command -v " OBJDUMP " >/dev/null"))
		skip();
	seed = 42;
	for (unsigned int i = 0; i < NR; i++) {
		words[i] = random_opcode();
		if (mips32_decode(words[i], &insn))
			remember(insn.name);
	}
	text = disassemble(path, words);
	while (fgets(line, sizeof(line), text)) {
		unsigned int at;
		char *words_of;

		/* "  10:<tab>8c62fffc <tab>lw<tab>$2,-4($3)" */
		if (sscanf(line, " %x:", &at) != 1 || at % 4)
			continue;
		words_of = strchr(line, '\t');
		words_of = words_of ? strchr(words_of + 1, '\t') : NULL;
		if (!words_of)
			continue;
		line[strcspn(line, "\n")] = 0;
		for (char *tab = words_of + 1; (tab = strchr(tab, '\t'));)
			*tab = ' ';
		compare(words[at / 4], at, words_of + 1);
	}
	pclose(text);
	unlink(path);
	print_message("%u of %u agree\n", agreed, NR);
	if (agreed < NR / 3)
		fail_msg("only %u of %u were compared", agreed, NR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
