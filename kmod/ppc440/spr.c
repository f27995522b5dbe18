// SPDX-License-Identifier: GPL-2.0
/*
 * Reads and writes of the guest's special purpose registers, by the rows of
 * spr_table.c.
 *
 * Read after emulate.c.
 */
#include <linux/kernel.h>
#include "ppc440.h"

/* Row number + 1, by the number it is read and written by. */
static u8 by_number[2][1024];

void ppc440_spr_init(void)
{
	unsigned int i;

	for (i = 0; i < ppc440_nr_sprs; i++) {
		const struct ppc440_spr_row *row = &ppc440_spr_rows[i];

		if (row->rd)
			by_number[0][row->rd] = i + 1;
		if (row->wr)
			by_number[1][row->wr] = i + 1;
	}
}

const struct ppc440_spr_row *ppc440_spr_find(unsigned int spr, bool write)
{
	unsigned int n = by_number[write][spr];

	return n ? &ppc440_spr_rows[n - 1] : NULL;
}

static u32 *place_of(struct ppc440_vcpu *v, const struct ppc440_spr_row *row)
{
	if (row->offset & PPC440_SPR_MAGIC)
		return v->magic + (row->offset & ~PPC440_SPR_MAGIC);
	return (void *)v + row->offset;
}

u32 ppc440_spr_read(struct ppc440_vcpu *v, const struct ppc440_spr_row *row)
{
	return row->read ? row->read(v) : *place_of(v, row);
}

u32 ppc440_spr_get(struct ppc440_vcpu *v, const struct ppc440_spr_row *row)
{
	return row->get ? row->get(v) : ppc440_spr_read(v, row);
}

int ppc440_spr_write(struct ppc440_vcpu *v, const struct ppc440_spr_row *row, u32 val)
{
	u32 *at;

	if (row->write)
		return row->write(v, val);
	at = place_of(v, row);
	*at = (*at & ~row->writable) | (val & row->writable);
	return 1;
}

static u32 *magic_sprg(struct ppc440_vcpu *v, unsigned int n)
{
	return v->magic + PPC440_MAGIC_SPRG4 + 8 * n;
}

void ppc440_sprgs_from_magic(struct ppc440_vcpu *v)
{
	unsigned int i;

	if (likely(v->magic_ea == PPC440_NO_EA))
		return;
	for (i = 0; i < ARRAY_SIZE(v->ctxt.sprg); i++)
		v->ctxt.sprg[i] = *magic_sprg(v, i);
}

void ppc440_sprgs_to_magic(struct ppc440_vcpu *v)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(v->ctxt.sprg); i++)
		*magic_sprg(v, i) = v->ctxt.sprg[i];
}

void ppc440_spr_set(struct ppc440_vcpu *v, const struct ppc440_spr_row *row, u32 val)
{
	if (row->set)
		row->set(v, val);
	else
		ppc440_spr_write(v, row, val);
}
