/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A PCI bus as its host bridge sees it (PCI Local Bus Specification 2.1):
 * configuration space and special cycles of the functions on bus 0.
 *
 * NOT DONE: bridges to other buses, base address registers that map anything.
 * All calls are made with the device lock held.
 */
#ifndef EMBER_PCI_H
#define EMBER_PCI_H

#include <stdbool.h>
#include <stdint.h>

#define PCI_CONFIG_SIZE 256
#define PCI_SLOTS 32
#define PCI_FUNCTIONS 8

enum {
	PCI_VENDOR = 0x00,
	PCI_DEVICE = 0x02,
	PCI_COMMAND = 0x04,
	PCI_STATUS = 0x06,
	PCI_REVISION = 0x08,
	PCI_CLASS = 0x0a,
	PCI_HEADER_TYPE = 0x0e,
	PCI_BAR0 = 0x10,
	PCI_INTERRUPT_PIN = 0x3d,
};

#define PCI_COMMAND_SPECIAL 0x08 /* look at special cycles */
#define PCI_MULTIFUNCTION 0x80

/* A function, embedded in the device that has it. */
struct pci_function {
	uint8_t config[PCI_CONFIG_SIZE]; /* little-endian, as on the bus */
	uint8_t mask[PCI_CONFIG_SIZE]; /* bits of it that a write changes */
	uint8_t clear[PCI_CONFIG_SIZE]; /* bits that a 1 written clears */
	/* After a write to the 4 bytes at @reg; may be NULL. */
	void (*wrote)(struct pci_function *fn, unsigned int reg);
	/* A special cycle, if the command register lets it be seen; may be NULL. */
	void (*special)(struct pci_function *fn, uint32_t message);
};

struct pci_bus {
	struct pci_function *fn[PCI_SLOTS][PCI_FUNCTIONS];
};

/* The address of a configuration cycle: mechanism 1 without its enable bit (3.7.4.1). */
#define PCI_CONFIG_SLOT(address) (((address) >> 11) & 31)
#define PCI_CONFIG_FUNCTION(address) (((address) >> 8) & 7)
#define PCI_CONFIG_BUS(address) (((address) >> 16) & 255)

/* False: no function claims it, a master abort; @val is then all ones. */
bool pci_config_read(struct pci_bus *bus, uint32_t address, uint32_t *val);
bool pci_config_write(struct pci_bus *bus, uint32_t address, uint32_t val);

void pci_special_cycle(struct pci_bus *bus, uint32_t message);

/* Little-endian access to a function's own space. */
uint16_t pci_get16(const uint8_t *p);
uint32_t pci_get32(const uint8_t *p);
void pci_put16(uint8_t *p, uint16_t val);
void pci_put32(uint8_t *p, uint32_t val);

#endif
