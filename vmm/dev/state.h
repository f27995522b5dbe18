/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A device's saved state, by the table in its ops: the fields one after the
 * other, host byte order, without padding.  A snapshot of a machine will be made of
 * these; until the monitor writes one only tests save and restore a device.
 */
#ifndef EMBER_STATE_H
#define EMBER_STATE_H

#include <stddef.h>

struct device;

size_t device_state_size(const struct device *dev);

/* @buf has device_state_size() bytes. */
void device_state_save(const struct device *dev, void *buf);

/*
 * Reset @dev and load it from @buf.  0, -EINVAL if @len is not its size, or what
 * the device has against the values; the device is then as after reset.
 */
int device_state_restore(struct device *dev, const void *buf, size_t len);

#endif
