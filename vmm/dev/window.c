// SPDX-License-Identifier: GPL-2.0
/* A further window of a device; see window.h. */
#include <stdlib.h>

#include "device.h"
#include "window.h"

struct window {
	struct device dev;
	struct device *owner;
	uint64_t off;
};

/* What the owner doesn't know counts in both, so that the bus can say where it was. */
static uint64_t window_read(struct device *dev, uint64_t off, unsigned int len)
{
	const struct window *w = (struct window *)dev;
	uint64_t before = w->owner->unknown;
	uint64_t val = w->owner->ops->mmio_read(w->owner, w->off + off, len);

	dev->unknown += w->owner->unknown - before;
	return val;
}

static void window_write(struct device *dev, uint64_t off, uint64_t val, unsigned int len)
{
	const struct window *w = (struct window *)dev;
	uint64_t before = w->owner->unknown;

	w->owner->ops->mmio_write(w->owner, w->off + off, val, len);
	dev->unknown += w->owner->unknown - before;
}

static void window_reset(struct device *dev)
{
	(void)dev;
}

static void window_destroy(struct device *dev)
{
	free(dev);
}

static const struct device_ops window_ops = {
	.name = "window",
	.mmio_read = window_read,
	.mmio_write = window_write,
	.reset = window_reset,
	.destroy = window_destroy,
};

struct device *window_create(struct device *owner, uint64_t base, uint64_t size, uint64_t off)
{
	struct window *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->dev = (struct device){ .ops = &window_ops, .base = base, .size = size };
	w->owner = owner;
	w->off = off;
	return &w->dev;
}
