/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The MMIO bus: which device answers at a guest physical address.
 *
 * Filled before the vcpus run; while they do, only a device whose window the
 * guest moves changes it.  All but bus_add() are called with the device lock of
 * loop.h held then.
 */
#ifndef EMBER_BUS_H
#define EMBER_BUS_H

#include <stdbool.h>
#include <stdint.h>

struct device;

#define BUS_MAX_DEVICES 48

struct bus {
	unsigned int nr;
	struct device *dev[BUS_MAX_DEVICES]; /* by ascending base */
	bool trace; /* say each access that no device answers */
	unsigned int cpu; /* which makes the access; set before each, under the lock */
	uint64_t accesses;
	uint64_t unclaimed; /* accesses where there is no device: reads as 0 */
	/*
	 * A PC's I/O ports, where guests look for devices by trying: what nobody answers
	 * reads as all ones, is traced, and counts as a probe instead.
	 */
	uint64_t ports_base, ports_size;
	uint64_t probes;
};

/* 0, -EINVAL (empty or overlapping window) or -ENOSPC.  Does not take @dev over. */
int bus_add(struct bus *bus, struct device *dev);

/* Take @dev off; nothing happens if it isn't there. */
void bus_remove(struct bus *bus, const struct device *dev);

/*
 * Have @dev at @base, or with @mapped false nowhere.  As bus_add(), and on failure
 * it is nowhere: what was there first stays.
 */
int bus_move(struct bus *bus, struct device *dev, uint64_t base, bool mapped);

/* The device whose window holds all of [@gpa, @gpa + @len), or NULL. */
struct device *bus_find(const struct bus *bus, uint64_t gpa, unsigned int len);

/* @len 1, 2, 4 or 8 */
uint64_t bus_read(struct bus *bus, uint64_t gpa, unsigned int len);
void bus_write(struct bus *bus, uint64_t gpa, uint64_t val, unsigned int len);

#endif
