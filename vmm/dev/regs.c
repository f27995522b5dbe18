// SPDX-License-Identifier: GPL-2.0
/* Registers by table; see regs.h. */
#include "regs.h"

static const struct reg *find(const struct reg_bank *bank, struct device *dev, uint64_t off)
{
	const struct reg *r;

	for (r = bank->reg; r->name; r++)
		if (r->off == off)
			return r;
	dev->unknown++;
	return NULL;
}

static uint32_t *backing(const struct reg *r, struct device *dev)
{
	return r->member ? (uint32_t *)((uint8_t *)dev + r->member) : NULL;
}

uint32_t regs_read(const struct reg_bank *bank, struct device *dev, uint64_t off)
{
	const struct reg *r;

	if (bank->primecell_id && off >= PRIMECELL_ID && off < PRIMECELL_SIZE && !(off & 3))
		return bank->primecell_id[(off - PRIMECELL_ID) / 4];
	r = find(bank, dev, off);
	if (!r)
		return 0;
	if (r->read)
		return r->read(dev);
	return r->member ? *backing(r, dev) : 0;
}

void regs_write(const struct reg_bank *bank, struct device *dev, uint64_t off, uint32_t val)
{
	const struct reg *r = find(bank, dev, off);

	if (!r)
		return;
	if (r->member && r->mask) {
		uint32_t *p = backing(r, dev);

		*p = (*p & ~r->mask) | (val & r->mask);
	}
	if (r->wrote)
		r->wrote(dev, val);
}
