// SPDX-License-Identifier: GPL-2.0
/*
 * Device control registers; see ppc4xx_dcr.h.
 *
 * What there is to be read is what tells a kernel or a boot wrapper how much memory there
 * is; what a guest writes into them would program memory that is there already.
 */
#include <string.h>

#include "ppc4xx_dcr.h"

#define MIB UINT64_C(0x100000)

/* The address registers; each one's data register follows. */
static const uint32_t pair_at[PPC4XX_DCR_PAIRS] = {
	0x00c, /* CPR0 */
	0x00e, /* SDR0 */
	0x010, /* SDRAM0 */
	0x012, /* EBC0 */
};

enum { SDRAM = 2 };

/* SDRAM0's registers by their address. */
enum { SDRAM_CFG = 0x20, SDRAM_STATUS = 0x24, SDRAM_B0CR = 0x40 };

#define SDRAM_CFG_ENABLE 0x80000000u
#define BCR_ENABLE 1u
#define BCR_SIZE_SHIFT 17 /* 0: 4 MiB, 1: 8 MiB, ... 6: 256 MiB */
#define BCR_SIZE_MAX 6u

/* Largest banks first, as sizes are powers of two; what is left over has no bank. */
void ppc4xx_dcr_init(struct ppc4xx_dcr *d, uint64_t ram)
{
	uint64_t base = 0, size;
	unsigned int i, code = BCR_SIZE_MAX;

	memset(d, 0, sizeof(*d));
	for (i = 0; i < PPC4XX_SDRAM_BANKS; i++) {
		while (code && (4 * MIB << code) > ram - base)
			code--;
		size = 4 * MIB << code;
		if (size > ram - base)
			return;
		d->bank[i] = base | code << BCR_SIZE_SHIFT | BCR_ENABLE;
		base += size;
	}
}

static bool sdram_read(const struct ppc4xx_dcr *d, uint32_t address, uint32_t *val)
{
	if (address == SDRAM_CFG)
		*val = SDRAM_CFG_ENABLE;
	else if (address - SDRAM_B0CR < 4 * PPC4XX_SDRAM_BANKS && address % 4 == 0)
		*val = d->bank[(address - SDRAM_B0CR) / 4];
	else
		return address == SDRAM_STATUS;
	return true;
}

bool ppc4xx_dcr_read(const struct ppc4xx_dcr *d, uint32_t nr, uint32_t *val)
{
	unsigned int i;

	*val = 0;
	for (i = 0; i < PPC4XX_DCR_PAIRS; i++) {
		if (nr == pair_at[i]) {
			*val = d->address[i];
			return true;
		}
		if (nr == pair_at[i] + 1)
			return i == SDRAM && sdram_read(d, d->address[i], val);
	}
	return false;
}

bool ppc4xx_dcr_write(struct ppc4xx_dcr *d, uint32_t nr, uint32_t val)
{
	unsigned int i;

	for (i = 0; i < PPC4XX_DCR_PAIRS; i++)
		if (nr == pair_at[i]) {
			d->address[i] = val;
			return true;
		}
	return false;
}
