/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The PCI bridge of AMCC's 4xx processors (PPC440EP Embedded Processor User's Manual,
 * chapter 18) with a bus on which there is nothing but itself.
 */
#ifndef EMBER_PPC4XX_PCI_H
#define EMBER_PPC4XX_PCI_H

#include <stdint.h>

struct device;

#define PPC4XX_PCI_CONFIG_SIZE 8u /* PCIC0_CFGADDR, PCIC0_CFGDATA */
#define PPC4XX_PCI_REGS_SIZE 0x40u /* PCIL0_PMM0LA .. PCIL0_PTM2LA */

/* Offset of the registers in the device, for window_create(). */
#define PPC4XX_PCI_REGS 0x800000u

/* At @base are the two registers of configuration cycles.  NULL with errno set on failure. */
struct device *ppc4xx_pci_create(uint64_t base);

#endif
