// SPDX-License-Identifier: GPL-2.0
/* The power register; see syscon.h. */
#include <stdlib.h>

#include "../machine/fdt.h"
#include "regs.h"
#include "syscon.h"

struct syscon {
	struct device dev;
	struct syscon_config cfg;
};

static void power_wrote(struct device *dev, uint32_t val)
{
	const struct syscon_config *cfg = &((const struct syscon *)dev)->cfg;

	if (val == SYSCON_OFF)
		cfg->off(cfg->opaque);
	else if (val == SYSCON_RESET)
		cfg->reset(cfg->opaque);
}

static const struct reg regs[] = {
	{ "POWER", .off = 0, .wrote = power_wrote },
	{ NULL, 0, 0, 0, NULL, NULL },
};

static const struct reg_bank bank = { regs, NULL };

static uint64_t syscon_read(struct device *dev, uint64_t off, unsigned int len)
{
	(void)len;
	return regs_read(&bank, dev, off);
}

static void syscon_write(struct device *dev, uint64_t off, uint64_t val, unsigned int len)
{
	(void)len;
	regs_write(&bank, dev, off, val);
}

static int syscon_fdt(struct device *dev, void *fdt)
{
	FDT_TRY(fdt_begin_device(fdt, dev, "syscon"));
	FDT_TRY(fdt_property_string(fdt, "compatible", "syscon"));
	FDT_TRY(fdt_property(fdt, "little-endian", NULL, 0));
	FDT_TRY(fdt_property_u32(fdt, "phandle", FDT_PHANDLE_POWER));
	FDT_TRY(fdt_end_node(fdt));
	FDT_TRY(fdt_begin_node(fdt, "poweroff"));
	FDT_TRY(fdt_property_string(fdt, "compatible", "syscon-poweroff"));
	FDT_TRY(fdt_property_u32(fdt, "regmap", FDT_PHANDLE_POWER));
	FDT_TRY(fdt_property_u32(fdt, "offset", 0));
	FDT_TRY(fdt_property_u32(fdt, "value", SYSCON_OFF));
	return fdt_end_node(fdt);
}

static void syscon_reset(struct device *dev)
{
	(void)dev;
}

static void syscon_destroy(struct device *dev)
{
	free(dev);
}

static const struct device_ops syscon_ops = {
	.name = "syscon",
	.mmio_read = syscon_read,
	.mmio_write = syscon_write,
	.fdt = syscon_fdt,
	.reset = syscon_reset,
	.destroy = syscon_destroy,
};

struct device *syscon_create(uint64_t base, const struct syscon_config *cfg)
{
	struct syscon *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->dev = (struct device){ .ops = &syscon_ops, .base = base, .size = SYSCON_SIZE };
	s->cfg = *cfg;
	return &s->dev;
}
