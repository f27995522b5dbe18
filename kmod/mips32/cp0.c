// SPDX-License-Identifier: GPL-2.0
/*
 * Reads and writes of the guest's CP0 registers, by the rows of cp0_table.c.
 *
 * Read after emulate.c.
 */
#include <linux/kernel.h>
#include "mips32.h"
#include "translate.h"
#include "../core/trace.h"

/* Row number + 1 by register and select, and where the register is. */
static u8 cp0_index[32][8];
static u16 cp0_offset[32][8];
/* The same for those that read as they are, else 0; PLAIN_RULE: translation has a rule. */
static u16 cp0_plain[32][8];
#define PLAIN_RULE	1

static u32 *cp0_reg(struct mips32_vcpu *v, const struct cp0_row *row)
{
	return (void *)v->ctxt + cp0_offset[row->rd][row->sel];
}

const struct cp0_row *cp0_find(unsigned int rd, unsigned int sel)
{
	unsigned int n = cp0_index[rd][sel];

	return n ? &cp0_rows[n - 1] : NULL;
}

#define INSN_MFC0_MASK		0xffe007f8u
#define INSN_MFC0		0x40000000u

static bool has_rule(const struct cp0_row *row)
{
	const u32 word = INSN_MFC0 | row->rd << 11 | row->sel;
	const struct mips32_code code = { .words = &word, .nr = 1 };
	struct mips32_patch patch;

	return mips32_rewrite(&code, &patch) < MIPS32_RULE_STAYS;
}

void cp0_init(void)
{
	unsigned int i;

	for (i = 0; i < cp0_nr_rows; i++) {
		const struct cp0_row *row = &cp0_rows[i];

		cp0_index[row->rd][row->sel] = i + 1;
		cp0_offset[row->rd][row->sel] =
			mips32_cp0_offset(row->rd, row->sel);
		if (!row->read)
			cp0_plain[row->rd][row->sel] =
				cp0_offset[row->rd][row->sel] |
				(has_rule(row) ? PLAIN_RULE : 0);
	}
}

void cp0_reset(struct mips32_vcpu *v)
{
	unsigned int i;

	for (i = 0; i < cp0_nr_rows; i++) {
		const struct cp0_row *row = &cp0_rows[i];

		*cp0_reg(v, row) =
			row->initial ? row->initial(v) : row->reset;
	}
	mips32_vectors_changed(v);
	mips32_timer_reset(v);
}

u32 cp0_read(struct mips32_vcpu *v, const struct cp0_row *row)
{
	return row->read ? row->read(v) : *cp0_reg(v, row);
}

bool cp0_quick_read(struct mips32_vcpu *v)
{
	struct mips32_ctxt *ctxt = v->ctxt;
	u32 insn = ctxt->insn, offset;

	if ((insn & INSN_MFC0_MASK) != INSN_MFC0 || trace_ember_reg_enabled() ||
	    ctxt->cause & (CAUSEF_BD | CAUSEF_CE))
		return false;
	offset = cp0_plain[insn >> 11 & 31][insn & 7];
	if (!offset || (offset & PLAIN_RULE && mips32_patch_hot(v, ctxt->pc)))
		return false;
	ctxt->gpr[insn >> 16 & 31] =
		*(u32 *)((void *)ctxt + (offset & ~PLAIN_RULE));
	ctxt->gpr[0] = 0;
	ctxt->pc += 4;
	ctxt->quick_mfc0++;
	return true;
}

int cp0_write(struct mips32_vcpu *v, const struct cp0_row *row, u32 val)
{
	u32 *reg = cp0_reg(v, row);

	val = (*reg & ~row->writable) | (val & row->writable);
	if (row->write)
		return row->write(v, val);
	*reg = val;
	return 1;
}

/* What is fixed stays: a client writes what it has read, or what it would like. */
int cp0_set(struct mips32_vcpu *v, const struct cp0_row *row, u32 val)
{
	u32 *reg = cp0_reg(v, row);
	u32 bits = row->writable | row->settable;
	int ret;

	val = (*reg & ~bits) | (val & bits);
	if (row->set)
		return row->set(v, val);
	if (!row->write) {
		*reg = val;
		return 0;
	}
	ret = row->write(v, val);
	return ret < 0 ? ret : 0;
}
