// SPDX-License-Identifier: GPL-2.0
/*
 * The PCI bridge of the PowerPC 4xx; see ppc4xx_pci.h.
 *
 * NOT DONE: the address maps (PMM, PTM) can be set and read back, but map nothing: with no
 * other device on the bus there is nothing that they could lead to.
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "device.h"
#include "pci.h"
#include "ppc4xx_pci.h"

enum { CFGADDR = 0, CFGDATA = 4 };

#define CFGADDR_ENABLE 0x80000000u
#define CFGADDR_MASK 0x80fffffcu
#define MAPS (PPC4XX_PCI_REGS_SIZE / 4)

struct ppc4xx_pci {
	struct device dev;
	struct pci_bus bus;
	struct pci_function fn;
	uint32_t address;
	uint32_t map[MAPS];
};

static struct ppc4xx_pci *to_pci(struct device *dev)
{
	return (struct ppc4xx_pci *)dev;
}

static uint32_t lanes(unsigned int len)
{
	return len >= 4 ? ~0u : (1u << (8 * len)) - 1;
}

/* Bytes of the configuration word as they lie there, for 1, 2 or 4 of them. */
static uint32_t data_read(struct ppc4xx_pci *p, unsigned int byte, unsigned int len)
{
	uint32_t val = ~0u;

	if (p->address & CFGADDR_ENABLE)
		pci_config_read(&p->bus, p->address & ~CFGADDR_ENABLE, &val);
	return val >> (8 * byte) & lanes(len);
}

/* What is not written keeps its value; no register of the bridge's own clears by a 1. */
static void data_write(struct ppc4xx_pci *p, unsigned int byte, uint32_t val, unsigned int len)
{
	uint32_t address = p->address & ~CFGADDR_ENABLE, mask = lanes(len) << (8 * byte), old;

	if (!(p->address & CFGADDR_ENABLE) || !pci_config_read(&p->bus, address, &old))
		return;
	pci_config_write(&p->bus, address, (old & ~mask) | (val << (8 * byte) & mask));
}

static uint32_t *map_at(struct ppc4xx_pci *p, uint64_t off, unsigned int len)
{
	bool reg = off >= PPC4XX_PCI_REGS && off < PPC4XX_PCI_REGS + PPC4XX_PCI_REGS_SIZE;

	if (reg && len == 4 && off % 4 == 0)
		return &p->map[(off - PPC4XX_PCI_REGS) / 4];
	p->dev.unknown++;
	return NULL;
}

static uint64_t ppc4xx_pci_read(struct device *dev, uint64_t off, unsigned int len)
{
	struct ppc4xx_pci *p = to_pci(dev);
	const uint32_t *map;

	if (off == CFGADDR && len == 4)
		return p->address;
	if (off >= CFGDATA && off + len <= CFGDATA + 4)
		return data_read(p, off - CFGDATA, len);
	map = map_at(p, off, len);
	return map ? *map : 0;
}

static void ppc4xx_pci_write(struct device *dev, uint64_t off, uint64_t val, unsigned int len)
{
	struct ppc4xx_pci *p = to_pci(dev);
	uint32_t *map;

	if (off == CFGADDR && len == 4) {
		p->address = val & CFGADDR_MASK;
		return;
	}
	if (off >= CFGDATA && off + len <= CFGDATA + 4) {
		data_write(p, off - CFGDATA, val, len);
		return;
	}
	map = map_at(p, off, len);
	if (map)
		*map = val;
}

/* As QEMU's: IBM's 440GX, another bridge. */
static void function_reset(struct pci_function *fn)
{
	*fn = (struct pci_function){ .wrote = NULL };
	pci_put16(fn->config + PCI_VENDOR, 0x1014);
	pci_put16(fn->config + PCI_DEVICE, 0x027f);
	pci_put16(fn->config + PCI_CLASS, 0x0680);
	pci_put16(fn->mask + PCI_COMMAND, 0x0147);
}

static void ppc4xx_pci_reset(struct device *dev)
{
	struct ppc4xx_pci *p = to_pci(dev);
	unsigned int i;

	function_reset(&p->fn);
	p->bus.fn[0][0] = &p->fn;
	p->address = 0;
	for (i = 0; i < MAPS; i++)
		p->map[i] = 0;
}

static void ppc4xx_pci_destroy(struct device *dev)
{
	free(dev);
}

/* What a guest could not have written is not believed. */
static int ppc4xx_pci_restored(struct device *dev)
{
	struct ppc4xx_pci *p = to_pci(dev);
	struct pci_function fresh;
	unsigned int i;

	function_reset(&fresh);
	for (i = 0; i < PCI_CONFIG_SIZE; i++)
		if ((p->fn.config[i] ^ fresh.config[i]) & ~fresh.mask[i])
			return -EINVAL;
	return p->address & ~CFGADDR_MASK ? -EINVAL : 0;
}

static const struct state_field ppc4xx_pci_state[] = {
	STATE_FIELD(struct ppc4xx_pci, fn.config),
	STATE_FIELD(struct ppc4xx_pci, address),
	STATE_FIELD(struct ppc4xx_pci, map),
	{ 0 },
};

static const struct device_ops ppc4xx_pci_ops = {
	.name = "ppc4xx_pci",
	.mmio_read = ppc4xx_pci_read,
	.mmio_write = ppc4xx_pci_write,
	.reset = ppc4xx_pci_reset,
	.destroy = ppc4xx_pci_destroy,
	.state = ppc4xx_pci_state,
	.restored = ppc4xx_pci_restored,
};

struct device *ppc4xx_pci_create(uint64_t base)
{
	struct ppc4xx_pci *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->dev = (struct device){ .ops = &ppc4xx_pci_ops,
				  .base = base,
				  .size = PPC4XX_PCI_CONFIG_SIZE };
	ppc4xx_pci_reset(&p->dev);
	return &p->dev;
}
