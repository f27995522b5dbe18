/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two banks of flash memory side by side: firmware in the first, its variables in
 * the second (cfi.h has what a bank does).
 *
 * A bank whose reads give its data is memory to the guest, mapped so that reading
 * and running code cost nothing and only writing comes here.  In any other state
 * the map is taken away, and reads come here too.
 */
#ifndef EMBER_PFLASH_H
#define EMBER_PFLASH_H

#include <stdbool.h>
#include <stdint.h>

#define PFLASH_BANKS 2u

struct device;
struct flash;

/* What the device may ask of the machine: bank @bank is mapped for reading, or is not. */
struct pflash_map {
	int (*set)(void *opaque, unsigned int bank, bool mapped); /* 0 or -errno */
	void *opaque;
};

/*
 * The banks follow each other from @base on; @bank outlives the device.  @map NULL:
 * nothing is ever mapped.  NULL with errno set on failure.
 */
struct device *pflash_create(uint64_t base, struct flash *const bank[PFLASH_BANKS],
			     const struct pflash_map *map);

#endif
