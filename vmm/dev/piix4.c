// SPDX-License-Identifier: GPL-2.0
/*
 * The PIIX4's PCI functions and its power management; see piix4.h.  Register
 * names are those of the 82371AB data sheet.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pci.h"
#include "piix4.h"

#define INTEL 0x8086

enum { PMBA = 0x40, PMREGMISC = 0x80 }; /* configuration space of function 3 */
enum { PMBA_IO = 1 << 0, PMBA_MASK = 0xffc0, PMREGMISC_PMIOSE = 1 << 0 };
enum { PMSTS = 0, PMEN = 2, PMCNTRL = 4, PM_KNOWN = 6 };
enum { SUS_TYP = 7 << 10, SUS_TYP_SOFF = 0 << 10, SUS_EN = 1 << 13 };

enum { ISA, PM };
static const unsigned int function[2] = { [ISA] = 0, [PM] = 3 };

struct piix4 {
	struct device dev; /* power management I/O */
	struct piix4_config cfg;
	struct pci_function fn[2];
	uint8_t pm[PM_KNOWN];
};

/*
 * What configuration space holds after reset, and what of it can be written.
 * Interrupt routing is as malta's firmware leaves it: INTA and INTB on line 10,
 * INTC and INTD on 11.
 */
static const struct {
	uint8_t which, reg, reset, mask;
} config[] = {
	{ ISA, PCI_VENDOR, INTEL & 0xff, 0 },
	{ ISA, PCI_VENDOR + 1, INTEL >> 8, 0 },
	{ ISA, PCI_DEVICE, 0x10, 0 },
	{ ISA, PCI_DEVICE + 1, 0x71, 0 },
	{ ISA, PCI_COMMAND, 0x07, PCI_COMMAND_SPECIAL },
	{ ISA, PCI_STATUS, 0x80, 0 },
	{ ISA, PCI_STATUS + 1, 0x02, 0 },
	{ ISA, PCI_CLASS, 0x01, 0 },
	{ ISA, PCI_CLASS + 1, 0x06, 0 },
	{ ISA, PCI_HEADER_TYPE, PCI_MULTIFUNCTION, 0 },
	{ ISA, 0x4c, 0x4d, 0xff }, /* IORT */
	{ ISA, 0x4e, 0x03, 0xff }, /* XBCS */
	{ ISA, 0x4f, 0x00, 0x07 },
	{ ISA, 0x60, 10, 0x8f }, /* PIRQRCA..D */
	{ ISA, 0x61, 10, 0x8f },
	{ ISA, 0x62, 11, 0x8f },
	{ ISA, 0x63, 11, 0x8f },
	{ ISA, 0x64, 0x10, 0xff }, /* SERIRQC */
	{ ISA, 0x69, 0x02, 0xff }, /* TOM */
	{ ISA, 0x76, 0x04, 0x8f }, /* MBDMA0, 1 */
	{ ISA, 0x77, 0x04, 0x8f },
	{ ISA, 0x82, 0x00, 0x0f }, /* DLC */
	{ ISA, 0xb0, 0x00, 0xff }, /* GENCFG */
	{ ISA, 0xb1, 0x00, 0xff },
	{ ISA, 0xb2, 0x00, 0xff },
	{ ISA, 0xb3, 0x00, 0xff },
	{ ISA, 0xcb, 0x21, 0x3d }, /* RTCCFG */
	{ PM, PCI_VENDOR, INTEL & 0xff, 0 },
	{ PM, PCI_VENDOR + 1, INTEL >> 8, 0 },
	{ PM, PCI_DEVICE, 0x13, 0 },
	{ PM, PCI_DEVICE + 1, 0x71, 0 },
	{ PM, PCI_COMMAND, 0x00, 0x01 },
	{ PM, PCI_STATUS, 0x80, 0 },
	{ PM, PCI_STATUS + 1, 0x02, 0 },
	{ PM, PCI_CLASS, 0x80, 0 },
	{ PM, PCI_CLASS + 1, 0x06, 0 },
	{ PM, 0x3c, 0x00, 0xff }, /* interrupt line */
	{ PM, PMBA, PMBA_IO, PMBA_MASK & 0xff },
	{ PM, PMBA + 1, 0x00, PMBA_MASK >> 8 },
	{ PM, PMREGMISC, 0x00, PMREGMISC_PMIOSE },
	{ PM, 0x90, 0x01, 0 }, /* SMBBA */
};

/* PMSTS is cleared by writing ones; PMEN and PMCNTRL keep what they are given. */
static const uint8_t pm_mask[PM_KNOWN] = { 0, 0, 0x21, 0x05, 0x03, 0x3c };
static const uint8_t pm_clear[PM_KNOWN] = { 0x31, 0x85 };

static struct piix4 *to_piix4(struct device *dev)
{
	return (struct piix4 *)dev;
}

static uint64_t piix4_read(struct device *dev, uint64_t off, unsigned int len)
{
	const struct piix4 *p = to_piix4(dev);
	uint64_t val = 0;
	unsigned int i;

	if (off + len > PM_KNOWN)
		dev->unknown++;
	for (i = 0; i < len && off + i < PM_KNOWN; i++)
		val |= (uint64_t)p->pm[off + i] << (8 * i);
	return val;
}

/*
 * The chip waits for the CPU's stop grant cycle on the PCI bus (SUS_EN).  A malta has no
 * CPU that sends it, and Linux, which wants to send it itself, does not get it past its
 * own code for the GT-64120: as with QEMU, the enable bit is enough.
 *
 * NOT DONE: the other kinds of suspend, which a guest would have to be woken from.
 */
static void suspend(struct piix4 *p)
{
	uint16_t cntrl = pci_get16(p->pm + PMCNTRL);

	if ((cntrl & (SUS_EN | SUS_TYP)) == (SUS_EN | SUS_TYP_SOFF) && p->cfg.off)
		p->cfg.off(p->cfg.opaque);
}

static void piix4_write(struct device *dev, uint64_t off, uint64_t val, unsigned int len)
{
	struct piix4 *p = to_piix4(dev);
	unsigned int i;

	if (off + len > PM_KNOWN)
		dev->unknown++;
	for (i = off; i < off + len && i < PM_KNOWN; i++, val >>= 8) {
		p->pm[i] = (p->pm[i] & ~pm_mask[i]) | (val & pm_mask[i]);
		p->pm[i] &= ~(val & pm_clear[i]);
	}
	if (off < PM_KNOWN && off + len > PMCNTRL)
		suspend(p);
}

/* Be where the guest wants power management's I/O space, if it wants it at all. */
static void map(struct piix4 *p)
{
	const uint8_t *c = p->fn[PM].config;

	if (p->cfg.remap.move)
		p->cfg.remap.move(p->cfg.remap.opaque, &p->dev,
				  p->cfg.isa + (pci_get16(c + PMBA) & PMBA_MASK),
				  c[PMREGMISC] & PMREGMISC_PMIOSE);
}

static void pm_wrote(struct pci_function *fn, unsigned int reg)
{
	if (reg == PMBA || reg == PMREGMISC)
		map((struct piix4 *)((char *)fn - offsetof(struct piix4, fn[PM])));
}

static void config_reset(struct piix4 *p)
{
	size_t i;

	for (i = 0; i < 2; i++)
		memset(p->fn[i].config, 0, sizeof(p->fn[i].config));
	for (i = 0; i < sizeof(config) / sizeof(config[0]); i++) {
		struct pci_function *fn = &p->fn[config[i].which];

		fn->config[config[i].reg] = config[i].reset;
		fn->mask[config[i].reg] = config[i].mask;
	}
}

static void piix4_reset(struct device *dev)
{
	struct piix4 *p = to_piix4(dev);

	config_reset(p);
	memset(p->pm, 0, sizeof(p->pm));
	map(p);
}

static void piix4_destroy(struct device *dev)
{
	struct piix4 *p = to_piix4(dev);
	unsigned int i;

	for (i = 0; i < 2; i++)
		p->cfg.pci->fn[p->cfg.slot][function[i]] = NULL;
	free(p);
}

/* From a snapshot, so as hostile as a guest: nothing that a guest could not have written. */
static int piix4_restored(struct device *dev)
{
	struct piix4 *p = to_piix4(dev);
	struct piix4 fresh = { 0 };
	size_t i;

	config_reset(&fresh);
	for (i = 0; i < 2 * PCI_CONFIG_SIZE; i++) {
		size_t reg = i % PCI_CONFIG_SIZE;
		const struct pci_function *a = &p->fn[i / PCI_CONFIG_SIZE];
		const struct pci_function *b = &fresh.fn[i / PCI_CONFIG_SIZE];

		if ((a->config[reg] ^ b->config[reg]) & ~b->mask[reg])
			return -EINVAL;
	}
	for (i = 0; i < PM_KNOWN; i++)
		if (p->pm[i] & ~(pm_mask[i] | pm_clear[i]))
			return -EINVAL;
	map(p);
	return 0;
}

/* clang-format off */
static const struct state_field piix4_state[] = {
	STATE_FIELD(struct piix4, fn[ISA].config),
	STATE_FIELD(struct piix4, fn[PM].config),
	STATE_FIELD(struct piix4, pm),
	{ NULL, 0, 0 },
};
/* clang-format on */

static const struct device_ops piix4_ops = {
	.name = "piix4",
	.mmio_read = piix4_read,
	.mmio_write = piix4_write,
	.reset = piix4_reset,
	.destroy = piix4_destroy,
	.state = piix4_state,
	.restored = piix4_restored,
};

struct device *piix4_create(const struct piix4_config *cfg)
{
	struct piix4 *p = calloc(1, sizeof(*p));
	unsigned int i;

	if (!p)
		return NULL;
	p->dev = (struct device){ .ops = &piix4_ops, .base = cfg->isa, .size = PIIX4_PM_SIZE };
	p->cfg = *cfg;
	p->fn[PM].wrote = pm_wrote;
	for (i = 0; i < 2; i++)
		cfg->pci->fn[cfg->slot][function[i]] = &p->fn[i];
	piix4_reset(&p->dev);
	return &p->dev;
}
