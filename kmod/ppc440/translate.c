// SPDX-License-Identifier: GPL-2.0
/*
 * The rules of run-time translation: a table by instruction, and one by SPR.
 * Contracts in translate.h.
 */
#include "decode.h"
#include "magic.h"
#include "translate.h"

#define MSR_EE		0x8000
#define MSR_EE_BIT	16	/* as rlwinm counts */

/* What the stub of an instruction is made for. */
struct request {
	const struct ppc440_insn *insn;
	u32 pc;
	u32 stub;
};

typedef enum ppc440_rule (*rule_fn)(const struct request *req,
				    struct ppc440_patch *patch);

/* ---- new instructions (manual, chapter 9) -------------------------------------- */

/* Both with ra of 0, which is no register. */
static u32 make_lwz(unsigned int rt, u32 offset)
{
	return 0x80000000 | rt << 21 | ((PPC440_MAGIC + offset) & 0xffff);
}

static u32 make_stw(unsigned int rs, u32 offset)
{
	return 0x90000000 | rs << 21 | ((PPC440_MAGIC + offset) & 0xffff);
}

/* rlwinm reg,reg,0,mb,me: keep these bits. */
static u32 make_keep(unsigned int reg, unsigned int mb, unsigned int me)
{
	return 0x54000000 | reg << 21 | reg << 16 | mb << 6 | me << 1;
}

/* rlwimi ra,rs,0,bit,bit: take this bit of rs. */
static u32 make_insert(unsigned int ra, unsigned int rs, unsigned int bit)
{
	return 0x50000000 | rs << 21 | ra << 16 | bit << 6 | bit << 1;
}

static u32 make_ori(unsigned int reg, u32 value)
{
	return 0x60000000 | reg << 21 | reg << 16 | value;
}

static u32 make_and(unsigned int ra, unsigned int rb)
{
	return 0x7c000038 | ra << 21 | ra << 16 | rb << 11;
}

static u32 make_xor(unsigned int ra, unsigned int rb)
{
	return 0x7c000278 | ra << 21 | ra << 16 | rb << 11;
}

/* twi 24,ra,0: trap if it is not 0. */
static u32 make_trap_unless_0(unsigned int ra)
{
	return 0x0f000000 | ra << 16;
}

/* False: 26 bits with a sign do not reach so far. */
static bool make_b(u32 from, u32 to, u32 *word)
{
	*word = 0x48000000 | ((to - from) & 0x03fffffc);
	return to - from + 0x02000000 < 0x04000000;
}

/* ---- stubs ------------------------------------------------------------------------ */

static void add(struct ppc440_patch *patch, u32 word)
{
	patch->stub[patch->nr++] = word;
}

/* Any register but the one that the instruction names. */
static void begin(struct ppc440_patch *patch, const struct request *req)
{
	patch->reg = req->insn->rt == 31 ? 30 : 31;
	add(patch, make_stw(patch->reg, PPC440_MAGIC_SAVED));
}

static void add_commit(struct ppc440_patch *patch, unsigned int reg)
{
	patch->commit = patch->nr;
	add(patch, make_stw(reg, PPC440_MAGIC_MSR));
}

/* The register is as it was, and the guest goes on behind the instruction. */
static bool finish(struct ppc440_patch *patch, const struct request *req)
{
	u32 back;

	add(patch, make_lwz(patch->reg, PPC440_MAGIC_SAVED));
	if (!make_b(req->stub + 4 * patch->nr, req->pc + 4, &back))
		return false;
	add(patch, back);
	return req->stub && make_b(req->pc, req->stub, &patch->word);
}

/* Does an interrupt wait for a bit which is set in rt, too? */
static void add_pending_check(struct ppc440_patch *patch,
			      const struct request *req)
{
	add(patch, make_lwz(patch->reg, PPC440_MAGIC_PENDING));
	add(patch, make_and(patch->reg, req->insn->rt));
	add(patch, make_trap_unless_0(patch->reg));
}

static enum ppc440_rule rule_wrtee(const struct request *req,
				   struct ppc440_patch *patch)
{
	begin(patch, req);
	add_pending_check(patch, req);
	add(patch, make_lwz(patch->reg, PPC440_MAGIC_MSR));
	add(patch, make_insert(patch->reg, req->insn->rt, MSR_EE_BIT));
	add_commit(patch, patch->reg);
	return finish(patch, req) ? PPC440_RULE_WRTEE : PPC440_RULE_STAYS_FAR;
}

static enum ppc440_rule rule_disable(const struct request *req,
				     struct ppc440_patch *patch)
{
	begin(patch, req);
	add(patch, make_lwz(patch->reg, PPC440_MAGIC_MSR));
	add(patch, make_keep(patch->reg, MSR_EE_BIT + 1, MSR_EE_BIT - 1));
	add_commit(patch, patch->reg);
	return finish(patch, req) ? PPC440_RULE_DISABLE : PPC440_RULE_STAYS_FAR;
}

static enum ppc440_rule rule_enable(const struct request *req,
				    struct ppc440_patch *patch)
{
	begin(patch, req);
	add(patch, make_lwz(patch->reg, PPC440_MAGIC_PENDING));
	add(patch, make_trap_unless_0(patch->reg));
	add(patch, make_lwz(patch->reg, PPC440_MAGIC_MSR));
	add(patch, make_ori(patch->reg, MSR_EE));
	add_commit(patch, patch->reg);
	return finish(patch, req) ? PPC440_RULE_ENABLE : PPC440_RULE_STAYS_FAR;
}

static enum ppc440_rule rule_wrteei(const struct request *req,
				    struct ppc440_patch *patch)
{
	return req->insn->disp ? rule_enable(req, patch) :
				 rule_disable(req, patch);
}

static enum ppc440_rule rule_mtmsr(const struct request *req,
				   struct ppc440_patch *patch)
{
	begin(patch, req);
	add(patch, make_lwz(patch->reg, PPC440_MAGIC_MSR));
	add(patch, make_xor(patch->reg, req->insn->rt));
	add(patch, make_keep(patch->reg, MSR_EE_BIT + 1, MSR_EE_BIT - 1));
	add(patch, make_trap_unless_0(patch->reg));
	add_pending_check(patch, req);
	add_commit(patch, req->insn->rt);
	return finish(patch, req) ? PPC440_RULE_MTMSR : PPC440_RULE_STAYS_FAR;
}

/* ---- one word -------------------------------------------------------------------------- */

static enum ppc440_rule rule_mfmsr(const struct request *req,
				   struct ppc440_patch *patch)
{
	patch->word = make_lwz(req->insn->rt, PPC440_MAGIC_MSR);
	return PPC440_RULE_MFMSR;
}

/*
 * An SPR without a row here traps.  SPRG4 to 7 can have none: what user mode reads by
 * other numbers, without a trap, is the hardware's.
 */
static const struct spr_word {
	u16 spr;
	u16 offset;
	bool write;
} spr_words[] = {
	{ 26, PPC440_MAGIC_SRR0, true },
	{ 27, PPC440_MAGIC_SRR1, true },
	{ 272, PPC440_MAGIC_SPRG0, true },
	{ 273, PPC440_MAGIC_SPRG1, true },
	{ 274, PPC440_MAGIC_SPRG2, true },
	{ 275, PPC440_MAGIC_SPRG3, true },
	{ 61, PPC440_MAGIC_DEAR, true },
	{ 62, PPC440_MAGIC_ESR, true },
	{ 946, PPC440_MAGIC_MMUCR, true },
	{ 48, PPC440_MAGIC_PID, false },
	{ 58, PPC440_MAGIC_CSRR0, true },
	{ 59, PPC440_MAGIC_CSRR1, true },
	{ 570, PPC440_MAGIC_MCSRR0, true },
	{ 571, PPC440_MAGIC_MCSRR1, true },
	{ 286, PPC440_MAGIC_PIR, false },
	{ 287, PPC440_MAGIC_PVR, false },
};

static const struct spr_word *find_word(unsigned int spr)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(spr_words); i++)
		if (spr_words[i].spr == spr)
			return &spr_words[i];
	return NULL;
}

static enum ppc440_rule rule_mfspr(const struct request *req,
				   struct ppc440_patch *patch)
{
	const struct spr_word *word = find_word(req->insn->spr);

	if (!word)
		return PPC440_RULE_STAYS_READ;
	patch->word = make_lwz(req->insn->rt, word->offset);
	return PPC440_RULE_READ;
}

static enum ppc440_rule rule_mtspr(const struct request *req,
				   struct ppc440_patch *patch)
{
	const struct spr_word *word = find_word(req->insn->spr);

	if (!word || !word->write)
		return PPC440_RULE_STAYS_WRITE;
	patch->word = make_stw(req->insn->rt, word->offset);
	return PPC440_RULE_WRITE;
}

/* ---- all ------------------------------------------------------------------------------- */

static const struct rule_row {
	rule_fn fn;
	enum ppc440_rule rule;	/* without fn */
} rules[PPC440_NR_OPS] = {
	[PPC440_MFSPR] = { rule_mfspr },
	[PPC440_MTSPR] = { rule_mtspr },
	[PPC440_MFMSR] = { rule_mfmsr },
	[PPC440_MTMSR] = { rule_mtmsr },
	[PPC440_WRTEE] = { rule_wrtee },
	[PPC440_WRTEEI] = { rule_wrteei },
	[PPC440_RFI] = { NULL, PPC440_RULE_STAYS_RETURN },
	[PPC440_RFCI] = { NULL, PPC440_RULE_STAYS_RETURN },
	[PPC440_RFMCI] = { NULL, PPC440_RULE_STAYS_RETURN },
	[PPC440_TLBRE] = { NULL, PPC440_RULE_STAYS_TLB },
	[PPC440_TLBWE] = { NULL, PPC440_RULE_STAYS_TLB },
	[PPC440_TLBSX] = { NULL, PPC440_RULE_STAYS_TLB },
	[PPC440_TLBSYNC] = { NULL, PPC440_RULE_STAYS_TLB },
	[PPC440_MFDCR] = { NULL, PPC440_RULE_STAYS_DCR },
	[PPC440_MTDCR] = { NULL, PPC440_RULE_STAYS_DCR },
	[PPC440_DCBI] = { NULL, PPC440_RULE_STAYS_CACHE },
	[PPC440_DCCCI] = { NULL, PPC440_RULE_STAYS_CACHE },
	[PPC440_DCREAD] = { NULL, PPC440_RULE_STAYS_CACHE },
	[PPC440_ICCCI] = { NULL, PPC440_RULE_STAYS_CACHE },
	[PPC440_ICREAD] = { NULL, PPC440_RULE_STAYS_CACHE },
};

enum ppc440_rule ppc440_rewrite(u32 word, u32 pc, u32 stub,
				struct ppc440_patch *patch)
{
	struct ppc440_insn insn;
	struct request req = { .insn = &insn, .pc = pc, .stub = stub };

	patch->nr = 0;
	if (!ppc440_decode(word, &insn) || !(insn.flags & PPC440_F_PRIVILEGED))
		return PPC440_RULE_NONE;
	if (insn.flags & PPC440_F_INVALID)
		return PPC440_RULE_STAYS_INVALID;
	return rules[insn.op].fn ? rules[insn.op].fn(&req, patch) :
				   rules[insn.op].rule;
}

const char *ppc440_rule_name(enum ppc440_rule rule)
{
	static const char *const names[PPC440_NR_RULES] = {
		[PPC440_RULE_NONE] = "none",
		[PPC440_RULE_MFMSR] = "mfmsr",
		[PPC440_RULE_READ] = "mfspr",
		[PPC440_RULE_WRITE] = "mtspr",
		[PPC440_RULE_WRTEE] = "wrtee",
		[PPC440_RULE_DISABLE] = "wrteei 0",
		[PPC440_RULE_ENABLE] = "wrteei 1",
		[PPC440_RULE_MTMSR] = "mtmsr",
		[PPC440_RULE_STAYS_FAR] = "stays: no stub",
		[PPC440_RULE_STAYS_INVALID] = "stays: invalid form",
		[PPC440_RULE_STAYS_READ] = "stays: mfspr",
		[PPC440_RULE_STAYS_WRITE] = "stays: mtspr",
		[PPC440_RULE_STAYS_RETURN] = "stays: rfi",
		[PPC440_RULE_STAYS_TLB] = "stays: tlb",
		[PPC440_RULE_STAYS_DCR] = "stays: dcr",
		[PPC440_RULE_STAYS_CACHE] = "stays: cache",
	};

	return rule < PPC440_NR_RULES ? names[rule] : "?";
}
