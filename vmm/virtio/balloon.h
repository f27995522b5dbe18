/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the monitor can ask of a balloon (virtio 1.1 section 5.5): balloon.c.
 *
 * Locking: the device lock of loop.h.
 */
#ifndef EMBER_VIRTIO_BALLOON_H
#define EMBER_VIRTIO_BALLOON_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/virtio_balloon.h>

struct virtio_dev;

/* What the guest has said of its memory: bytes, pages or counts, as the tag means. */
struct balloon_stats {
	bool known[VIRTIO_BALLOON_S_NR];
	uint64_t val[VIRTIO_BALLOON_S_NR];
};

/*
 * A balloon in a guest with @ram bytes, of which it is to keep @target.  @changed is
 * called when it has more or less than before; may be NULL.
 */
struct virtio_dev *virtio_balloon_create(uint64_t ram, uint64_t target,
					 void (*changed)(void *opaque), void *opaque);

/* The guest is to keep @bytes, and to give up the rest.  When, and whether, is its affair. */
void balloon_set_target(struct virtio_dev *vdev, uint64_t bytes);
/* What it has left, by its own account. */
uint64_t balloon_actual(const struct virtio_dev *vdev);
/* Is there a driver that would listen? */
bool balloon_live(const struct virtio_dev *vdev);

/* What it said last, and ask for news. */
void balloon_stats(struct virtio_dev *vdev, struct balloon_stats *stats);
/* "free-memory" and so on, by tag, below VIRTIO_BALLOON_S_NR. */
const char *balloon_stat_name(unsigned int tag);

#endif
