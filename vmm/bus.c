// SPDX-License-Identifier: GPL-2.0
/* MMIO dispatch; see bus.h. */
#include <errno.h>
#include <string.h>

#include "bus.h"
#include "dev/device.h"
#include "err.h"

/* How many devices start at or below @gpa. */
static unsigned int upper_bound(const struct bus *bus, uint64_t gpa)
{
	unsigned int lo = 0, hi = bus->nr;

	while (lo < hi) {
		unsigned int mid = (lo + hi) / 2;

		if (bus->dev[mid]->base <= gpa)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

int bus_add(struct bus *bus, struct device *dev)
{
	unsigned int at = upper_bound(bus, dev->base);

	if (!dev->size || dev->base + dev->size < dev->base)
		return -EINVAL;
	if (at && bus->dev[at - 1]->base + bus->dev[at - 1]->size > dev->base)
		return -EINVAL;
	if (at < bus->nr && dev->base + dev->size > bus->dev[at]->base)
		return -EINVAL;
	if (bus->nr == BUS_MAX_DEVICES)
		return -ENOSPC;
	memmove(&bus->dev[at + 1], &bus->dev[at], (bus->nr - at) * sizeof(bus->dev[0]));
	bus->dev[at] = dev;
	bus->nr++;
	return 0;
}

void bus_remove(struct bus *bus, const struct device *dev)
{
	unsigned int at = 0;

	while (at < bus->nr && bus->dev[at] != dev)
		at++;
	if (at == bus->nr)
		return;
	bus->nr--;
	memmove(&bus->dev[at], &bus->dev[at + 1], (bus->nr - at) * sizeof(bus->dev[0]));
}

int bus_move(struct bus *bus, struct device *dev, uint64_t base, bool mapped)
{
	bus_remove(bus, dev);
	dev->base = base;
	return mapped ? bus_add(bus, dev) : 0;
}

struct device *bus_find(const struct bus *bus, uint64_t gpa, unsigned int len)
{
	unsigned int at = upper_bound(bus, gpa);
	struct device *dev;

	if (!at)
		return NULL;
	dev = bus->dev[at - 1];
	return gpa - dev->base < dev->size && len <= dev->size - (gpa - dev->base) ? dev : NULL;
}

/* What a read there gets. */
static uint64_t nobody(struct bus *bus, const char *what, uint64_t gpa, unsigned int len)
{
	bool port = gpa - bus->ports_base < bus->ports_size;

	bus->probes += port;
	bus->unclaimed += !port;
	if (bus->trace)
		warn("mmio: %s of %u bytes at 0x%llx: no device there", what, len,
		     (unsigned long long)gpa);
	return port ? ~0ull : 0;
}

static void unknown(struct bus *bus, struct device *dev, uint64_t before, const char *what,
		    uint64_t gpa)
{
	if (bus->trace && dev->unknown != before)
		warn("mmio: %s at 0x%llx: %s has no register 0x%llx", what, (unsigned long long)gpa,
		     dev->ops->name, (unsigned long long)(gpa - dev->base));
}

uint64_t bus_read(struct bus *bus, uint64_t gpa, unsigned int len)
{
	struct device *dev = bus_find(bus, gpa, len);
	uint64_t before, val;

	bus->accesses++;
	if (!dev)
		return nobody(bus, "read", gpa, len);
	before = dev->unknown;
	val = dev->ops->mmio_read(dev, gpa - dev->base, len);
	unknown(bus, dev, before, "read", gpa);
	return val;
}

void bus_write(struct bus *bus, uint64_t gpa, uint64_t val, unsigned int len)
{
	struct device *dev = bus_find(bus, gpa, len);
	uint64_t before;

	bus->accesses++;
	if (!dev) {
		nobody(bus, "write", gpa, len);
		return;
	}
	before = dev->unknown;
	dev->ops->mmio_write(dev, gpa - dev->base, val, len);
	unknown(bus, dev, before, "write", gpa);
}
