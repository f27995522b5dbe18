// SPDX-License-Identifier: GPL-2.0
/*
 * The ARMv7 decoder against binutils: random loads and stores go through both,
 * and objdump's text is read back to say which registers, how wide, at what
 * address, and what becomes of the base.
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

#include "../../kmod/armv7/decode.h"

#define OBJDUMP "arm-linux-gnueabihf-objdump"
#define NR 20000u
#define R(n) ((u32)(n)*0x11000000u + 0x80u)
#define CARRY true

/* ---- random opcodes ------------------------------------------------------- */

static u64 seed;

static u32 random_word(void)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return seed >> 32;
}

/* Always executed, and mostly a load or store. */
static u32 random_a32(void)
{
	static const u32 class[] = { 0x00000090, 0x04000000, 0x06000000, 0x08000000 };
	u32 pick = class[random_word() % ARRAY_SIZE(class)];
	u32 op = (random_word() & 0x01ffffff) | 0xe0000000 | pick;

	if (pick == 0x06000000)
		op &= ~0x10u;
	return op;
}

/* The first halfword is in the upper half. */
static u32 random_t16(void)
{
	static const u32 first[] = { 0x4800, 0x5000, 0x6000, 0x7000, 0x8000,
				     0x9000, 0xb400, 0xbc00, 0xc000 };
	u32 pick = first[random_word() % ARRAY_SIZE(first)];
	u32 mask = pick == 0xb400 || pick == 0xbc00 ? 0x1ff : pick == 0x4800 ? 0x7ff : 0xfff;

	return (pick | (random_word() & mask)) << 16 | 0xbf00;
}

static u32 random_t32(void)
{
	u32 op = random_word(), pick = random_word() % 8;

	if (pick < 3)
		return (op & 0x01ffffff) | 0xe8000000;
	op = (op & 0x01ffffff) | 0xf8000000;
	/* Register offsets are undefined but for bits that objdump ignores. */
	if (pick == 3)
		return op & ~0x00800fc0u;
	return op & 0x00800000 ? op : op | 0x800;
}

/* ---- objdump's text ----------------------------------------------------------- */

struct mnemonic {
	const char *name;
	bool load;
	u8 width;
	bool sign_extend;
	enum { ONE, TWO, LIST } regs;
	int up, before; /* lists: direction; -1: no meaning */
};

static const struct mnemonic mnemonics[] = {
	{ "ldr", true, 4, false, ONE, 0, 0 },	 { "str", false, 4, false, ONE, 0, 0 },
	{ "ldrb", true, 1, false, ONE, 0, 0 },	 { "strb", false, 1, false, ONE, 0, 0 },
	{ "ldrh", true, 2, false, ONE, 0, 0 },	 { "strh", false, 2, false, ONE, 0, 0 },
	{ "ldrsb", true, 1, true, ONE, 0, 0 },	 { "ldrsh", true, 2, true, ONE, 0, 0 },
	{ "ldrt", true, 4, false, ONE, 0, 0 },	 { "strt", false, 4, false, ONE, 0, 0 },
	{ "ldrbt", true, 1, false, ONE, 0, 0 },	 { "strbt", false, 1, false, ONE, 0, 0 },
	{ "ldrht", true, 2, false, ONE, 0, 0 },	 { "strht", false, 2, false, ONE, 0, 0 },
	{ "ldrsbt", true, 1, true, ONE, 0, 0 },	 { "ldrsht", true, 2, true, ONE, 0, 0 },
	{ "ldrd", true, 4, false, TWO, 0, 0 },	 { "strd", false, 4, false, TWO, 0, 0 },
	{ "ldm", true, 4, false, LIST, 1, 0 },	 { "stm", false, 4, false, LIST, 1, 0 },
	{ "ldmia", true, 4, false, LIST, 1, 0 }, { "stmia", false, 4, false, LIST, 1, 0 },
	{ "ldmib", true, 4, false, LIST, 1, 1 }, { "stmib", false, 4, false, LIST, 1, 1 },
	{ "ldmda", true, 4, false, LIST, 0, 0 }, { "stmda", false, 4, false, LIST, 0, 0 },
	{ "ldmdb", true, 4, false, LIST, 0, 1 }, { "stmdb", false, 4, false, LIST, 0, 1 },
	{ "ldmfd", true, 4, false, LIST, 1, 0 }, { "stmfd", false, 4, false, LIST, 0, 1 },
	{ "pop", true, 4, false, LIST, 1, 0 },	 { "push", false, 4, false, LIST, 0, 1 },
};

static const struct mnemonic *find_mnemonic(const char *text)
{
	size_t len = strcspn(text, " \t.\n");

	for (size_t i = 0; i < ARRAY_SIZE(mnemonics); i++)
		if (strlen(mnemonics[i].name) == len && !strncmp(mnemonics[i].name, text, len))
			return &mnemonics[i];
	return NULL;
}

/* A register's number; *text moves behind its name. */
static unsigned int take_reg(const char **text)
{
	static const char *const names[] = { "r0", "r1", "r2",	"r3",  "r4", "r5", "r6",
					     "r7", "r8", "r9",	"sl",  "fp", "ip", "sp",
					     "lr", "pc", "r10", "r11", "r12" };
	size_t len = strcspn(*text, " ,-]}!\t\n");

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strlen(names[i]) != len || strncmp(names[i], *text, len))
			continue;
		*text += len;
		return i < 16 ? i : i - 6;
	}
	fail_msg("no register: %s", *text);
	return 0;
}

static void take(const char **text, const char *chars)
{
	*text += strspn(*text, chars);
}

struct effect {
	unsigned int count;
	u8 reg[16];
	u32 address;
	bool writeback;
	u32 base;
};

static void take_list(const char **text, struct effect *e)
{
	take(text, "{");
	while (**text != '}') {
		unsigned int first = take_reg(text), last = first;

		if (**text == '-') {
			take(text, "-");
			last = take_reg(text);
		}
		for (; first <= last; first++)
			e->reg[e->count++] = first;
		take(text, ", ");
	}
	take(text, "}");
}

static u32 take_shift(const char **text, u32 value)
{
	unsigned int amount = 0;
	char kind[4] = "";

	if (sscanf(*text, ", %3[a-z] #%u", kind, &amount) < 1)
		return value;
	if (!strcmp(kind, "rrx"))
		return value >> 1 | (u32)CARRY << 31;
	if (!strcmp(kind, "lsl"))
		return value << amount;
	if (!strcmp(kind, "lsr"))
		return (u64)value >> amount;
	if (!strcmp(kind, "asr"))
		return (int64_t)(int32_t)value >> amount;
	return amount ? value >> amount | value << (32 - amount) : value;
}

/* "#-4", "r1", "-r1, lsl #2" */
static u32 take_offset(const char **text)
{
	bool minus;
	u32 value;

	if (**text == '#')
		return strtol(*text + 1, NULL, 10);
	minus = **text == '-';
	take(text, "-");
	value = R(take_reg(text));
	value = take_shift(text, value);
	return minus ? -value : value;
}

static void take_address(const char *text, struct effect *e)
{
	const char *close = strchr(text, ']');
	u32 base, offset = 0;

	take(&text, "[");
	base = R(take_reg(&text));
	if (*text == ',') {
		take(&text, ", ");
		offset = take_offset(&text);
		e->address = base + offset;
		e->writeback = close[1] == '!';
	} else {
		e->address = base;
		text = close + 1;
		if (*text == ',') {
			take(&text, ", ");
			offset = take_offset(&text);
			e->writeback = true;
		} else {
			e->writeback = *text == '!';
		}
	}
	e->base = base + offset;
}

static void take_multiple(const struct mnemonic *m, const char *text, struct effect *e)
{
	u32 base = R(13), size;

	if (*text != '{') {
		base = R(take_reg(&text));
		e->writeback = *text == '!';
		take(&text, "!, ");
	} else {
		e->writeback = true;
	}
	take_list(&text, e);
	size = 4 * e->count;
	e->base = m->up ? base + size : base - size;
	e->address = (m->up ? base : base - size) + (m->up == m->before ? 4 : 0);
}

static void read_effect(const struct mnemonic *m, const char *text, struct effect *e)
{
	memset(e, 0, sizeof(*e));
	text += strcspn(text, " \t");
	take(&text, " \t");
	if (m->regs == LIST) {
		take_multiple(m, text, e);
		return;
	}
	e->reg[e->count++] = take_reg(&text);
	take(&text, ", ");
	if (*text != '[') { /* T32 names both registers */
		e->reg[e->count++] = take_reg(&text);
		take(&text, ", ");
	} else if (m->regs == TWO) {
		e->reg[1] = e->reg[0] + 1;
		e->count++;
	}
	take_address(text, e);
}

/* ---- both, compared ------------------------------------------------------------- */

static unsigned int agreed;

/*
 * What may be refused although objdump has a name for it. A byte or halfword
 * "loaded into the pc" is a hint to the memory system; Thumb has no store
 * relative to the pc.
 */
static bool may_refuse(enum armv7_decode code, const struct mnemonic *m, const char *text)
{
	return code == ARMV7_DECODE_UNPREDICTABLE || code == ARMV7_DECODE_PC ||
	       code == ARMV7_DECODE_USER_BANK ||
	       (code == ARMV7_DECODE_UNKNOWN && m->width < 4 && strstr(text, "pc, [")) ||
	       (code == ARMV7_DECODE_UNKNOWN && !m->load && strstr(text, "[pc"));
}

static void compare(u32 opcode, bool thumb, const char *text)
{
	const struct mnemonic *m = find_mnemonic(text);
	struct armv7_insn insn;
	enum armv7_decode code = armv7_decode(opcode, thumb, &insn);
	struct effect e;
	u32 address, base;

	if (code != ARMV7_DECODE_OK) {
		if (m && !may_refuse(code, m, text) && !strstr(text, "UNPREDICTABLE") &&
		    !strstr(text, "<undefined>"))
			fail_msg("%08x %s: %s", opcode, text, armv7_decode_why(code));
		return;
	}
	if (!m) {
		if (!strstr(text, "UNPREDICTABLE"))
			fail_msg("%08x %s: taken for a load or store", opcode, text);
		return;
	}
	read_effect(m, text, &e);
	armv7_insn_address(&insn, R(insn.rn), R(insn.rm), CARRY, &address, &base);
	if (insn.load != m->load || insn.width != m->width || insn.sign_extend != m->sign_extend)
		fail_msg("%08x %s: another kind", opcode, text);
	if (insn.count != e.count || memcmp(insn.reg, e.reg, e.count))
		fail_msg("%08x %s: other registers", opcode, text);
	if (address != e.address)
		fail_msg("%08x %s: address %08x, not %08x", opcode, text, address, e.address);
	/* objdump keeps silent about a base that is moved by 0. */
	if ((insn.writeback ? base : R(insn.rn)) != (e.writeback ? e.base : R(insn.rn)))
		fail_msg("%08x %s: base %08x, not %08x", opcode, text, base, e.base);
	agreed++;
}

/* Memory order: halfwords one after the other in Thumb, a word in A32. */
static void write_opcode(FILE *file, u32 op, bool thumb)
{
	u32 word = thumb ? op >> 16 | op << 16 : op;

	for (int i = 0; i < 4; i++)
		fputc(word >> (8 * i) & 0xff, file);
}

static FILE *disassemble(char *path, bool thumb, const u32 *ops)
{
	FILE *file = fdopen(mkstemp(path), "w");
	char command[200];

	assert_non_null(file);
	for (unsigned int i = 0; i < NR; i++)
		write_opcode(file, ops[i], thumb);
	fclose(file);
	snprintf(command, sizeof(command), OBJDUMP " -D -z -b binary -m armv7 %s %s",
		 thumb ? "-M force-thumb" : "", path);
	return popen(command, "r");
}

static void cross_check(bool thumb, u32 (*random_op)(void))
{
	char path[] = "/tmp/ember-opcodes.XXXXXX";
	static u32 ops[NR];
	char line[256];
	FILE *text;

	if (system("command -v " OBJDUMP " >/dev/null"))
		skip();
	seed = 42;
	agreed = 0;
	for (unsigned int i = 0; i < NR; i++)
		ops[i] = random_op();
	text = disassemble(path, thumb, ops);
	while (fgets(line, sizeof(line), text)) {
		unsigned int at;
		char *insn;

		/* "  10:<tab>e5910004 <tab>ldr<tab>r0, [r1, #4]" */
		if (sscanf(line, " %x:", &at) != 1 || at % 4)
			continue;
		insn = strchr(line, '\t');
		insn = insn ? strchr(insn + 1, '\t') : NULL;
		if (!insn)
			continue;
		line[strcspn(line, "\n")] = 0;
		compare(ops[at / 4], thumb, insn + 1);
	}
	pclose(text);
	unlink(path);
	print_message("%u of %u agree\n", agreed, NR);
	if (agreed < NR / 10)
		fail_msg("only %u of %u were compared", agreed, NR);
}

static void test_a32(void **state)
{
	(void)state;
	cross_check(false, random_a32);
}

static void test_t16(void **state)
{
	(void)state;
	cross_check(true, random_t16);
}

static void test_t32(void **state)
{
	(void)state;
	cross_check(true, random_t32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a32),
		cmocka_unit_test(test_t16),
		cmocka_unit_test(test_t32),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
