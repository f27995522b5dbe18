/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Device control registers (DCRs) of a PowerPC 440EP that are not in the kernel: SDRAM
 * controller, external bus controller, clocks and chip configuration (PPC440EP Embedded
 * Processor User's Manual).  All four are reached through a pair of an address and a data
 * register.
 */
#ifndef EMBER_PPC4XX_DCR_H
#define EMBER_PPC4XX_DCR_H

#include <stdbool.h>
#include <stdint.h>

#define PPC4XX_SDRAM_BANKS 4u
#define PPC4XX_DCR_PAIRS 4u

struct ppc4xx_dcr {
	uint32_t address[PPC4XX_DCR_PAIRS];
	uint32_t bank[PPC4XX_SDRAM_BANKS]; /* SDRAM0_BnCR */
};

/* As firmware leaves them, with @ram bytes of memory from 0 on. */
void ppc4xx_dcr_init(struct ppc4xx_dcr *d, uint64_t ram);

/* False: there is no such register, or nothing at its pair's address; reads are 0 then. */
bool ppc4xx_dcr_read(const struct ppc4xx_dcr *d, uint32_t nr, uint32_t *val);
bool ppc4xx_dcr_write(struct ppc4xx_dcr *d, uint32_t nr, uint32_t val);

#endif
