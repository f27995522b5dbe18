// SPDX-License-Identifier: GPL-2.0
/* Configuration and special cycles of PCI bus 0; see pci.h. */
#include <stddef.h>

#include "pci.h"

uint16_t pci_get16(const uint8_t *p)
{
	return p[0] | p[1] << 8;
}

uint32_t pci_get32(const uint8_t *p)
{
	return pci_get16(p) | (uint32_t)pci_get16(p + 2) << 16;
}

void pci_put16(uint8_t *p, uint16_t val)
{
	p[0] = val;
	p[1] = val >> 8;
}

void pci_put32(uint8_t *p, uint32_t val)
{
	pci_put16(p, val);
	pci_put16(p + 2, val >> 16);
}

static struct pci_function *find(struct pci_bus *bus, uint32_t address)
{
	if (PCI_CONFIG_BUS(address))
		return NULL;
	return bus->fn[PCI_CONFIG_SLOT(address)][PCI_CONFIG_FUNCTION(address)];
}

bool pci_config_read(struct pci_bus *bus, uint32_t address, uint32_t *val)
{
	const struct pci_function *fn = find(bus, address);

	*val = fn ? pci_get32(fn->config + (address & 0xfc)) : ~0u;
	return fn;
}

bool pci_config_write(struct pci_bus *bus, uint32_t address, uint32_t val)
{
	struct pci_function *fn = find(bus, address);
	unsigned int i, reg = address & 0xfc;

	if (!fn)
		return false;
	for (i = reg; i < reg + 4; i++, val >>= 8) {
		fn->config[i] = (fn->config[i] & ~fn->mask[i]) | (val & fn->mask[i]);
		fn->config[i] &= ~(val & fn->clear[i]);
	}
	if (fn->wrote)
		fn->wrote(fn, reg);
	return true;
}

void pci_special_cycle(struct pci_bus *bus, uint32_t message)
{
	unsigned int i;

	for (i = 0; i < PCI_SLOTS * PCI_FUNCTIONS; i++) {
		struct pci_function *fn = bus->fn[i / PCI_FUNCTIONS][i % PCI_FUNCTIONS];

		if (fn && fn->special && fn->config[PCI_COMMAND] & PCI_COMMAND_SPECIAL)
			fn->special(fn, message);
	}
}
