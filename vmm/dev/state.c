// SPDX-License-Identifier: GPL-2.0
/* Save and restore by table; see state.h. */
#include <errno.h>
#include <string.h>

#include "device.h"
#include "state.h"

size_t device_state_size(const struct device *dev)
{
	const struct state_field *f;
	size_t size = 0;

	for (f = dev->ops->state; f && f->name; f++)
		size += f->size;
	return size;
}

void device_state_save(const struct device *dev, void *buf)
{
	const struct state_field *f;
	char *to = buf;

	for (f = dev->ops->state; f && f->name; f++) {
		memcpy(to, (const char *)dev + f->offset, f->size);
		to += f->size;
	}
}

int device_state_restore(struct device *dev, const void *buf, size_t len)
{
	const struct state_field *f;
	const char *from = buf;
	int r;

	dev->ops->reset(dev);
	if (len != device_state_size(dev))
		return -EINVAL;
	for (f = dev->ops->state; f && f->name; f++) {
		memcpy((char *)dev + f->offset, from, f->size);
		from += f->size;
	}
	r = dev->ops->restored ? dev->ops->restored(dev) : 0;
	if (r)
		dev->ops->reset(dev);
	return r;
}
