// SPDX-License-Identifier: GPL-2.0
/*
 * The rules of run-time translation: a table by instruction, one by CP0 register
 * and one by cache operation.  Contracts in translate.h.
 */
#include "translate.h"
#include "comm.h"
#include "decode.h"

#define REG_ZERO	0
#define REG_SP		29
#define C0_STATUS_NR	12

#define EHB		0x000000c0
#define INSN_ERET	0x42000018

/* mfc0 and mtc0 of Status, without the register */
#define MFC0_STATUS	0x40006000
#define MTC0_STATUS	0x40806000

typedef enum mips32_rule (*rule_fn)(const struct mips32_code *code,
				    const struct mips32_insn *insn,
				    struct mips32_patch *patch);

/* ---- new instructions (MD00086 vol. II-A) -------------------------------- */

/* The base register is $0 in all of them. */
static u32 make_lw(unsigned int rt, unsigned int address)
{
	return 0x8c000000 | rt << 16 | address;
}

static u32 make_sw(unsigned int rt, unsigned int address)
{
	return 0xac000000 | rt << 16 | address;
}

/* Those that trap: the address is an odd one, too, which is the same exception. */
static u32 make_trap_load(unsigned int rt)
{
	return make_lw(rt, (MIPS32_TRAP_LOADS + rt) & 0xffff);
}

static u32 make_trap_store(unsigned int rt, unsigned int n)
{
	return make_sw(rt, (MIPS32_TRAP_STORES + n) & 0xffff);
}

static u32 make_sltu(unsigned int rd, unsigned int rs, unsigned int rt)
{
	return 0x0000002b | rs << 21 | rt << 16 | rd << 11;
}

static u32 make_andi(unsigned int rt, unsigned int rs, unsigned int imm)
{
	return 0x30000000 | rs << 21 | rt << 16 | imm;
}

static u32 make_synci(unsigned int rs, u16 offset)
{
	return 0x041f0000 | rs << 21 | offset;
}

static void add(struct mips32_patch *patch, const struct mips32_code *code,
		u32 word)
{
	patch->old[patch->nr] = code->words[code->at + patch->nr];
	patch->new[patch->nr++] = word;
}

/* ---- interrupts ----------------------------------------------------------- */

/* Major opcodes of branches and jumps: regimm to bgtz, cop1, and the likely ones. */
#define MAJOR(word)	((word) >> 26)
#define BRANCHES_LOW	0x00f200fe	/* 1 to 7, 0x11, 0x14 to 0x17 */

/* May @word be one?  Nearly all are not: there is no need to take it apart. */
static bool may_branch(u32 word)
{
	return MAJOR(word) < 32 && BRANCHES_LOW >> MAJOR(word) & 1;
}

#define IS_JUMP(word)		(MAJOR(word) >> 1 == 1)	/* j, jal */

/* Where @word at @pc leads, if it is a branch or a jump to somewhere fixed. */
static u32 would_lead(u32 word, u32 pc)
{
	if (IS_JUMP(word))
		return ((pc + 4) & 0xf0000000) | (word & 0x03ffffff) << 2;
	return pc + 4 + (u32)((s32)(word << 16) >> 14);
}

static bool is_branch(u32 word)
{
	struct mips32_insn insn;

	return mips32_decode(word, &insn) && insn.flags & MIPS32_F_BRANCH &&
	       insn.op != MIPS32_JR;
}

/* Does a branch or jump of the page lead to one of the @n words behind code->at? */
static bool is_entered(const struct mips32_code *code, unsigned int n)
{
	u32 pc = code->pc - 4 * code->at;
	unsigned int i;

	for (i = 0; i < code->nr; i++, pc += 4) {
		u32 word = code->words[i];

		/* Most that may lead somewhere lead elsewhere. */
		if (may_branch(word) &&
		    would_lead(word, pc) - code->pc - 1 < 4 * n && is_branch(word))
			return true;
	}
	return false;
}

/* Is the instruction in a delay slot?  The word of the page before is not known. */
static bool may_be_slot(const struct mips32_code *code)
{
	struct mips32_insn before;

	if (code->at < 1)
		return true;
	mips32_decode(code->words[code->at - 1], &before);
	return before.flags & MIPS32_F_BRANCH;
}

/*
 * Is it di rt; andi rt,rt,1; ehb, which nothing enters in the middle?  A delay
 * slot is not followed by the next word.
 */
static bool is_irq_save(const struct mips32_code *code, unsigned int rt)
{
	const u32 *words = code->words + code->at;

	if (may_be_slot(code) || code->at + 3 > code->nr)
		return false;
	if (words[1] != make_andi(rt, rt, 1) || words[2] != EHB)
		return false;
	return !is_entered(code, 2);
}

static enum mips32_rule rule_di(const struct mips32_code *code,
				const struct mips32_insn *insn,
				struct mips32_patch *patch)
{
	if (insn->rt == REG_ZERO) {
		add(patch, code, make_sw(REG_ZERO, MIPS32_COMM + MIPS32_COMM_VIE));
		return MIPS32_RULE_DI;
	}
	if (!is_irq_save(code, insn->rt))
		return MIPS32_RULE_STAYS_DI;
	add(patch, code, make_lw(insn->rt, MIPS32_COMM + MIPS32_COMM_VIE));
	add(patch, code, make_sltu(insn->rt, REG_ZERO, insn->rt));
	add(patch, code, make_sw(REG_ZERO, MIPS32_COMM + MIPS32_COMM_VIE));
	return MIPS32_RULE_IRQ_SAVE;
}

static enum mips32_rule rule_ei(const struct mips32_code *code,
				const struct mips32_insn *insn,
				struct mips32_patch *patch)
{
	if (insn->rt != REG_ZERO)
		return MIPS32_RULE_STAYS_EI;
	add(patch, code, make_sw(REG_SP, MIPS32_COMM_ALIAS + MIPS32_COMM_VIE));
	return MIPS32_RULE_EI;
}

/* ---- CP0 registers -------------------------------------------------------- */

/* A register without a row here traps.  Which bits a guest may write: comm.h. */
static const struct cp0_word {
	u8 rd, sel;
	u8 offset;
	bool read, write;
} cp0_words[] = {
	{ 0, 0, MIPS32_COMM_INDEX, true, false },
	{ 2, 0, MIPS32_COMM_ENTRYLO0, false, true },
	{ 3, 0, MIPS32_COMM_ENTRYLO1, false, true },
	{ 4, 0, MIPS32_COMM_CONTEXT, true, false },
	{ 4, 2, MIPS32_COMM_USERLOCAL, true, true },
	{ 5, 0, MIPS32_COMM_PAGEMASK, false, true },
	{ 8, 0, MIPS32_COMM_BADVADDR, true, false },
	{ 10, 0, MIPS32_COMM_ENTRYHI, true, false },
	{ 13, 0, MIPS32_COMM_CAUSE, true, false },
	{ 14, 0, MIPS32_COMM_EPC, true, true },
	{ 30, 0, MIPS32_COMM_ERROREPC, true, true },
};

static const struct cp0_word *find_word(const struct mips32_insn *insn)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cp0_words); i++)
		if (cp0_words[i].rd == insn->rd && cp0_words[i].sel == insn->sel)
			return &cp0_words[i];
	return NULL;
}

static bool is_status(const struct mips32_insn *insn)
{
	return insn->rd == C0_STATUS_NR && !insn->sel;
}

/* The vector page goes on behind the instruction: not so in a delay slot. */
static enum mips32_rule rule_status(const struct mips32_code *code, u32 trap,
				    struct mips32_patch *patch)
{
	if (may_be_slot(code))
		return MIPS32_RULE_STAYS_STATUS;
	add(patch, code, trap);
	return MIPS32_RULE_STATUS;
}

static enum mips32_rule rule_eret(const struct mips32_code *code,
				  const struct mips32_insn *insn,
				  struct mips32_patch *patch)
{
	if (may_be_slot(code))
		return MIPS32_RULE_STAYS_RETURN;
	add(patch, code, make_trap_store(REG_ZERO, MIPS32_TRAP_ERET));
	return MIPS32_RULE_ERET;
}

u32 mips32_trap_original(u32 word)
{
	unsigned int rt = word >> 16 & 31;

	if (word == make_trap_store(REG_ZERO, MIPS32_TRAP_ERET))
		return INSN_ERET;
	if (word == make_trap_load(rt))
		return MFC0_STATUS | rt << 16;
	return word == make_trap_store(rt, rt) ? MTC0_STATUS | rt << 16 : 0;
}

static enum mips32_rule rule_mfc0(const struct mips32_code *code,
				  const struct mips32_insn *insn,
				  struct mips32_patch *patch)
{
	const struct cp0_word *word = find_word(insn);

	if (is_status(insn))
		return rule_status(code, make_trap_load(insn->rt), patch);
	if (!word || !word->read)
		return MIPS32_RULE_STAYS_READ;
	add(patch, code, make_lw(insn->rt, MIPS32_COMM + word->offset));
	return MIPS32_RULE_READ;
}

static enum mips32_rule rule_mtc0(const struct mips32_code *code,
				  const struct mips32_insn *insn,
				  struct mips32_patch *patch)
{
	const struct cp0_word *word = find_word(insn);

	if (is_status(insn))
		return rule_status(code, make_trap_store(insn->rt, insn->rt),
				   patch);
	if (!word || !word->write)
		return MIPS32_RULE_STAYS_WRITE;
	add(patch, code, make_sw(insn->rt, MIPS32_COMM + word->offset));
	return MIPS32_RULE_WRITE;
}

/* ---- caches --------------------------------------------------------------- */

#define HIT_INVALIDATE_I	0x10
#define HIT_INVALIDATE_D	0x11
#define HIT_WRITEBACK_INV_D	0x15
#define HIT_WRITEBACK_D		0x19

/*
 * synci writes the data cache's line back and invalidates the instruction
 * cache's, at any address that cache takes, with the same exceptions.  That is
 * more than HIT_INVALIDATE_I asks for.  The data cache's line may stay valid, which
 * no one can tell while every access of the memory, also those of devices, finds
 * this very line: where the cache has no aliases.
 */
static enum mips32_rule rule_cache(const struct mips32_code *code,
				   const struct mips32_insn *insn,
				   struct mips32_patch *patch)
{
	switch (insn->rt) {
	case HIT_INVALIDATE_I:
		break;
	case HIT_INVALIDATE_D:
	case HIT_WRITEBACK_INV_D:
	case HIT_WRITEBACK_D:
		if (code->features & MIPS32_XLAT_NO_ALIASES)
			break;
		return MIPS32_RULE_STAYS_CACHE;
	default:
		return MIPS32_RULE_STAYS_CACHE;
	}
	add(patch, code, make_synci(insn->rs, insn->offset));
	return MIPS32_RULE_SYNCI;
}

/* ---- all ------------------------------------------------------------------ */

static const struct rule_row {
	rule_fn fn;
	enum mips32_rule rule;	/* without fn */
} rules[MIPS32_NR_OPS] = {
	[MIPS32_MFC0] = { rule_mfc0 },
	[MIPS32_MTC0] = { rule_mtc0 },
	[MIPS32_DI] = { rule_di },
	[MIPS32_EI] = { rule_ei },
	[MIPS32_CACHE] = { rule_cache },
	[MIPS32_RDPGPR] = { NULL, MIPS32_RULE_STAYS_SHADOW },
	[MIPS32_WRPGPR] = { NULL, MIPS32_RULE_STAYS_SHADOW },
	[MIPS32_TLBR] = { NULL, MIPS32_RULE_STAYS_TLB },
	[MIPS32_TLBWI] = { NULL, MIPS32_RULE_STAYS_TLB },
	[MIPS32_TLBWR] = { NULL, MIPS32_RULE_STAYS_TLB },
	[MIPS32_TLBP] = { NULL, MIPS32_RULE_STAYS_TLB },
	[MIPS32_ERET] = { rule_eret },
	[MIPS32_DERET] = { NULL, MIPS32_RULE_STAYS_RETURN },
	[MIPS32_WAIT] = { NULL, MIPS32_RULE_STAYS_WAIT },
};

enum mips32_rule mips32_rewrite(const struct mips32_code *code,
				struct mips32_patch *patch)
{
	struct mips32_insn insn;

	patch->nr = 0;
	mips32_decode(code->words[code->at], &insn);
	if (!rules[insn.op].fn)
		return rules[insn.op].rule;
	return rules[insn.op].fn(code, &insn, patch);
}

const char *mips32_rule_name(enum mips32_rule rule)
{
	static const char *const names[MIPS32_NR_RULES] = {
		[MIPS32_RULE_NONE] = "none",
		[MIPS32_RULE_DI] = "di",
		[MIPS32_RULE_IRQ_SAVE] = "irq_save",
		[MIPS32_RULE_EI] = "ei",
		[MIPS32_RULE_READ] = "mfc0",
		[MIPS32_RULE_WRITE] = "mtc0",
		[MIPS32_RULE_SYNCI] = "synci",
		[MIPS32_RULE_STATUS] = "status",
		[MIPS32_RULE_ERET] = "eret",
		[MIPS32_RULE_STAYS_DI] = "stays: di rt",
		[MIPS32_RULE_STAYS_EI] = "stays: ei rt",
		[MIPS32_RULE_STAYS_STATUS] = "stays: Status",
		[MIPS32_RULE_STAYS_READ] = "stays: mfc0",
		[MIPS32_RULE_STAYS_WRITE] = "stays: mtc0",
		[MIPS32_RULE_STAYS_CACHE] = "stays: cache",
		[MIPS32_RULE_STAYS_TLB] = "stays: tlb",
		[MIPS32_RULE_STAYS_RETURN] = "stays: eret",
		[MIPS32_RULE_STAYS_WAIT] = "stays: wait",
		[MIPS32_RULE_STAYS_SHADOW] = "stays: shadow set",
	};

	return rule < MIPS32_NR_RULES ? names[rule] : "?";
}
