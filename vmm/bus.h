/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The MMIO bus: which device answers at a guest physical address.
 *
 * Filled before the vcpus run and not changed while they do.  bus_read() and
 * bus_write() are called with the device lock of loop.h held.
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
	uint64_t accesses;
	uint64_t unclaimed; /* accesses where there is no device: reads as 0 */
};

/* 0, -EINVAL (empty or overlapping window) or -ENOSPC.  Does not take @dev over. */
int bus_add(struct bus *bus, struct device *dev);

/* The device whose window holds all of [@gpa, @gpa + @len), or NULL. */
struct device *bus_find(const struct bus *bus, uint64_t gpa, unsigned int len);

/* @len 1, 2, 4 or 8 */
uint64_t bus_read(struct bus *bus, uint64_t gpa, unsigned int len);
void bus_write(struct bus *bus, uint64_t gpa, uint64_t val, unsigned int len);

#endif
