/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of device models share: an interrupt line to look at, saved state. */
#ifndef EMBER_UNIT_DEV_RIG_H
#define EMBER_UNIT_DEV_RIG_H

#include "unit.h"

#include "dev/device.h"
#include "dev/state.h"

/* An irqline that remembers what was done to it. */
struct probe_irq {
	struct irqline irq;
	bool level;
	unsigned int rises;
	void (*on_rise)(void *opaque); /* may be NULL */
	void *opaque;
};

static inline void probe_irq_set(struct irqline *irq, bool level)
{
	struct probe_irq *p = irq->opaque;
	bool rise = level && !p->level;

	p->level = level;
	p->rises += rise;
	if (rise && p->on_rise)
		p->on_rise(p->opaque);
}

static inline struct irqline *probe_irq_init(struct probe_irq *p, unsigned int spi)
{
	*p = (struct probe_irq){ 0 };
	p->irq = (struct irqline){ .set = probe_irq_set, .edge_fd = -1, .spi = spi, .opaque = p };
	return &p->irq;
}

static inline uint64_t dev_read(struct device *dev, uint64_t off, unsigned int len)
{
	return dev->ops->mmio_read(dev, off, len);
}

static inline void dev_write(struct device *dev, uint64_t off, uint64_t val, unsigned int len)
{
	dev->ops->mmio_write(dev, off, val, len);
}

/* Save, restore into the reset device, save again: the same bytes, and reset changed some. */
static inline void assert_save_restore_save(struct device *dev)
{
	size_t size = device_state_size(dev);
	uint8_t *one = malloc(size), *two = malloc(size);

	device_state_save(dev, one);
	dev->ops->reset(dev);
	device_state_save(dev, two);
	assert_memory_not_equal(one, two, size);
	assert_int_equal(device_state_restore(dev, one, size), 0);
	device_state_save(dev, two);
	assert_memory_equal(one, two, size);
	free(one);
	free(two);
}

/*
 * Any bytes at all are refused or make a device that works: @rounds of them, each
 * followed by reads and writes of @space registers.
 */
static inline void assert_hostile_restore(struct device *dev, unsigned int rounds,
					  unsigned int space)
{
	size_t size = device_state_size(dev), i;
	uint8_t *bytes = calloc(1, size + 1);
	uint32_t seed = 1, round, off;

	assert_int_not_equal(device_state_restore(dev, bytes, size + 1), 0);
	for (round = 0; round < rounds; round++) {
		for (i = 0; i < size; i++) {
			seed = seed * 1664525 + 1013904223;
			bytes[i] = round % 2 ? seed >> 24 : (seed >> 24) & 0x11;
		}
		device_state_restore(dev, bytes, size);
		for (off = 0; off < space; off++) {
			dev_read(dev, off, 1);
			dev_write(dev, off, seed, 1);
			seed = seed * 1664525 + 1013904223;
		}
	}
	dev->ops->reset(dev);
	free(bytes);
}

#endif
