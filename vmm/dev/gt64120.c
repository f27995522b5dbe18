// SPDX-License-Identifier: GPL-2.0
/*
 * GT-64120 system controller; see gt64120.h, and gt64120_regs.c for the register
 * map.  Here are the registers that do something.
 *
 * NOT DONE: the interrupt output, which would say that a PCI access was aborted:
 * malta's kernels look at the cause register after each configuration cycle.
 * PCI bus 1, to which malta connects nothing.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gt64120.h"
#include "gt64120_regs.h"
#include "pci.h"

#define DECODE_SHIFT 21 /* address decode registers hold address bits 21 and up */
#define CFGADDR_ENABLE (1u << 31)
#define CFGADDR_WHAT 0x00ffff00 /* bus, device and function */
#define CFGADDR_TARGET 0x00fff800 /* bus and device: 0 is the GT-64120 itself */
#define SPECIAL_CYCLE 0x0000ff00 /* device 31, function 7 of bus 0 */

struct gt64120 {
	struct device dev;
	struct gt64120_config cfg;
	struct pci_function fn; /* 0.0 */
	uint32_t reg[GT64120_SIZE / 4];
	const struct gt_reg *row[GT64120_SIZE / 4]; /* each register's, or NULL */
};

static struct gt64120 *to_gt64120(struct device *dev)
{
	return (struct gt64120 *)dev;
}

static uint32_t *reg(struct gt64120 *gt, uint32_t off)
{
	return &gt->reg[off / 4];
}

/*
 * Byte swapping between CPU and PCI is on unless the bit is set, but never for
 * the chip's own configuration space.
 */
static uint32_t lanes(struct gt64120 *gt, uint32_t val)
{
	bool swap = !(*reg(gt, GT_PCI0_CMD) & GT_PCI0_CMD_MBYTESWAP);

	return swap && *reg(gt, GT_PCI0_CFGADDR) & CFGADDR_TARGET ? __builtin_bswap32(val) : val;
}

static void master_abort(struct gt64120 *gt)
{
	*reg(gt, GT_INTRCAUSE) |= GT_INTRCAUSE_MASABORT0 | GT_INTRCAUSE_SUM;
}

static uint32_t cfgdata_read(struct gt64120 *gt)
{
	uint32_t address = *reg(gt, GT_PCI0_CFGADDR), val = ~0u;

	if (address & CFGADDR_ENABLE && !pci_config_read(gt->cfg.pci, address, &val))
		master_abort(gt);
	return lanes(gt, val);
}

/* A special cycle is no configuration cycle, and nobody's claim is missed. */
static void cfgdata_wrote(struct gt64120 *gt, uint32_t val)
{
	uint32_t address = *reg(gt, GT_PCI0_CFGADDR);

	val = lanes(gt, val);
	if (!(address & CFGADDR_ENABLE))
		return;
	if ((address & CFGADDR_WHAT) == SPECIAL_CYCLE)
		pci_special_cycle(gt->cfg.pci, val);
	else if (!pci_config_write(gt->cfg.pci, address, val))
		master_abort(gt);
}

static uint32_t iack_read(struct gt64120 *gt)
{
	return gt->cfg.acknowledge ? gt->cfg.acknowledge(gt->cfg.pic) : 0;
}

/* Writing 0 clears a cause; bit 0 says whether any is left. */
static void intrcause_wrote(struct gt64120 *gt, uint32_t val)
{
	uint32_t *cause = reg(gt, GT_INTRCAUSE);

	*cause &= val;
	if (!(*cause & ~GT_INTRCAUSE_SUM))
		*cause = 0;
}

static void isd_wrote(struct gt64120 *gt, uint32_t val)
{
	uint64_t base = (uint64_t)*reg(gt, GT_ISD) << DECODE_SHIFT;

	(void)val;
	if (gt->cfg.remap.move)
		gt->cfg.remap.move(gt->cfg.remap.opaque, &gt->dev, base, true);
}

/* Writing the low bound of a PCI window sets where it begins on PCI, too. */
static void ld_wrote(struct gt64120 *gt, uint32_t low, uint32_t remap)
{
	*reg(gt, remap) = *reg(gt, low) & 0x7ff;
}

/* What else happens; the rest of a register is in its row of gt_regs. */
static const struct {
	uint32_t off;
	uint32_t (*read)(struct gt64120 *gt);
	void (*wrote)(struct gt64120 *gt, uint32_t val);
	uint32_t remap; /* the register that follows this one, 0: none */
} action[] = {
	{ GT_PCI0_IACK, iack_read, NULL, 0 },
	{ GT_ISD, NULL, isd_wrote, 0 },
	{ GT_INTRCAUSE, NULL, intrcause_wrote, 0 },
	{ GT_PCI0_CFGDATA, cfgdata_read, cfgdata_wrote, 0 },
	{ GT_PCI0IOLD, NULL, NULL, GT_PCI0IOREMAP },
	{ GT_PCI0M0LD, NULL, NULL, GT_PCI0M0REMAP },
	{ GT_PCI0M1LD, NULL, NULL, GT_PCI0M1REMAP },
	{ GT_PCI1IOLD, NULL, NULL, GT_PCI1IOREMAP },
	{ GT_PCI1M0LD, NULL, NULL, GT_PCI1M0REMAP },
	{ GT_PCI1M1LD, NULL, NULL, GT_PCI1M1REMAP },
};

#define ACTIONS (sizeof(action) / sizeof(action[0]))

static size_t find_action(uint32_t off)
{
	size_t i = 0;

	while (i < ACTIONS && action[i].off != off)
		i++;
	return i;
}

/* Every interrupt comes by here. */
static const struct gt_reg *find(struct device *dev, uint64_t off, unsigned int len)
{
	const struct gt_reg *r = to_gt64120(dev)->row[off / 4];

	if (r && r->off == off && len == 4)
		return r;
	dev->unknown++;
	return NULL;
}

/* With the CPU declared big-endian all registers are seen the other way round. */
static uint32_t cpu_lanes(struct gt64120 *gt, uint32_t val)
{
	return *reg(gt, GT_CPU) & GT_CPU_LITTLE_ENDIAN ? val : __builtin_bswap32(val);
}

static uint64_t gt64120_read(struct device *dev, uint64_t off, unsigned int len)
{
	struct gt64120 *gt = to_gt64120(dev);
	const struct gt_reg *r = find(dev, off, len);
	size_t i = find_action(off);

	if (!r)
		return 0;
	return cpu_lanes(gt, i < ACTIONS && action[i].read ? action[i].read(gt) : *reg(gt, off));
}

static void gt64120_write(struct device *dev, uint64_t off, uint64_t val, unsigned int len)
{
	struct gt64120 *gt = to_gt64120(dev);
	const struct gt_reg *r = find(dev, off, len);
	size_t i = find_action(off);

	if (!r)
		return;
	val = cpu_lanes(gt, val);
	*reg(gt, off) = (*reg(gt, off) & ~r->mask) | (val & r->mask);
	if (i < ACTIONS && action[i].remap)
		ld_wrote(gt, off, action[i].remap);
	if (i < ACTIONS && action[i].wrote)
		action[i].wrote(gt, val);
}

/* Function 0.0. NOT DONE: base address registers that can be written. */
static void function_reset(struct pci_function *fn)
{
	static const uint32_t bar[6] = { 0x00000008, 0x01000008, 0x1c000000,
					 0x1f000000, 0x14000000, 0x14000001 };
	unsigned int i;

	memset(fn, 0, sizeof(*fn));
	pci_put16(fn->config + PCI_VENDOR, 0x11ab);
	pci_put16(fn->config + PCI_DEVICE, 0x4620);
	pci_put16(fn->config + PCI_STATUS, 0x0280);
	fn->config[PCI_REVISION] = 0x10;
	pci_put16(fn->config + PCI_CLASS, 0x0600);
	fn->config[PCI_INTERRUPT_PIN] = 1;
	for (i = 0; i < 6; i++)
		pci_put32(fn->config + PCI_BAR0 + 4 * i, bar[i]);
	pci_put16(fn->mask + PCI_COMMAND, 0x0147);
	fn->mask[0x0c] = 0xff; /* cache line size */
	fn->mask[0x0d] = 0xff; /* latency timer */
	fn->mask[0x3c] = 0xff; /* interrupt line */
	pci_put16(fn->clear + PCI_STATUS, 0xf900);
}

static void registers_reset(struct gt64120 *gt)
{
	const struct gt_reg *r;

	for (r = gt_regs; r->name; r++)
		*reg(gt, r->off) = r->reset;
	function_reset(&gt->fn);
}

static void gt64120_reset(struct device *dev)
{
	registers_reset(to_gt64120(dev));
	isd_wrote(to_gt64120(dev), 0);
}

/* The boot monitor's writes, in its order: the window first. */
void gt64120_firmware(struct device *dev)
{
	static const struct {
		uint32_t off, val;
	} writes[] = {
		{ GT_ISD, GT64120_BASE_MALTA >> DECODE_SHIFT },
		{ GT_PCI0IOLD, 0x18000000 >> DECODE_SHIFT },
		{ GT_PCI0IOHD, 0x08000000 >> DECODE_SHIFT },
		{ GT_PCI0M0LD, 0x10000000 >> DECODE_SHIFT },
		{ GT_PCI0M0HD, 0x07e00000 >> DECODE_SHIFT },
		{ GT_PCI0M1LD, 0x18200000 >> DECODE_SHIFT },
		{ GT_PCI0M1HD, 0x0bc00000 >> DECODE_SHIFT },
	};
	size_t i;

	for (i = 0; i < sizeof(writes) / sizeof(writes[0]); i++)
		gt64120_write(dev, writes[i].off, writes[i].val, 4);
}

static void gt64120_destroy(struct device *dev)
{
	struct gt64120 *gt = to_gt64120(dev);

	gt->cfg.pci->fn[0][0] = NULL;
	free(gt);
}

/* From a snapshot, so as hostile as a guest: nothing that a guest could not have written. */
static int gt64120_restored(struct device *dev)
{
	struct gt64120 *gt = to_gt64120(dev);
	struct pci_function fresh;
	const struct gt_reg *r;
	size_t i;

	function_reset(&fresh);
	for (i = 0; i < PCI_CONFIG_SIZE; i++)
		if ((gt->fn.config[i] ^ fresh.config[i]) & ~fresh.mask[i])
			return -EINVAL;
	for (r = gt_regs; r->name; r++)
		if ((*reg(gt, r->off) ^ r->reset) & ~r->mask && r->off != GT_INTRCAUSE)
			return -EINVAL;
	isd_wrote(gt, 0);
	return 0;
}

/* clang-format off */
static const struct state_field gt64120_state[] = {
	STATE_FIELD(struct gt64120, fn.config),
	STATE_FIELD(struct gt64120, reg),
	{ NULL, 0, 0 },
};
/* clang-format on */

static const struct device_ops gt64120_ops = {
	.name = "gt64120",
	.mmio_read = gt64120_read,
	.mmio_write = gt64120_write,
	.reset = gt64120_reset,
	.destroy = gt64120_destroy,
	.state = gt64120_state,
	.restored = gt64120_restored,
};

struct device *gt64120_create(const struct gt64120_config *cfg)
{
	struct gt64120 *gt = calloc(1, sizeof(*gt));
	const struct gt_reg *r;

	if (!gt)
		return NULL;
	gt->dev = (struct device){
		.ops = &gt64120_ops,
		.base = GT64120_BASE_RESET,
		.size = GT64120_SIZE,
	};
	gt->cfg = *cfg;
	for (r = gt_regs; r->name; r++)
		gt->row[r->off / 4] = r;
	cfg->pci->fn[0][0] = &gt->fn;
	registers_reset(gt);
	return &gt->dev;
}
