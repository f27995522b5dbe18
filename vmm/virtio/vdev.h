/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A virtio device from within: what a device type (blk.c, net.c, ...) supplies,
 * and what it may call.  The registers in front of it are mmio.c's.
 *
 * A device type embeds struct virtio_dev as its first member, which embeds
 * struct device as its first: one struct, so that one table of state fields
 * reaches everything that is saved.
 *
 * Locking: the device lock of loop.h, throughout.
 */
#ifndef EMBER_VIRTIO_VDEV_H
#define EMBER_VIRTIO_VDEV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/virtio_config.h>
#include <linux/virtio_ring.h>

#include "../dev/device.h"
#include "queue.h"
#include "virtio.h"

#define VIRTIO_QUEUES_MAX 4u
#define VIRTIO_BIT(n) (UINT64_C(1) << (n))

/* Offered by every device; VERSION_1 must be accepted, there is no legacy mode. */
#define VIRTIO_FEATURES_COMMON                                                      \
	(VIRTIO_BIT(VIRTIO_F_VERSION_1) | VIRTIO_BIT(VIRTIO_RING_F_INDIRECT_DESC) | \
	 VIRTIO_BIT(VIRTIO_RING_F_EVENT_IDX))

struct virtio_dev;
struct loop_watch;

struct virtio_ops {
	const char *name; /* for messages: "virtio-blk" */
	uint32_t device_id; /* virtio 1.1 section 5 */
	unsigned int nr_queues;
	uint16_t queue_max; /* power of two, at most VIRTQ_SEGS_MAX */

	/* The driver put something into queue @q, or perhaps did not. */
	void (*notify)(struct virtio_dev *vdev, unsigned int q);
	/* The driver changed @len bytes at @off of the config space.  May be NULL: read-only. */
	void (*config_write)(struct virtio_dev *vdev, unsigned int off, uint32_t val,
			     unsigned int len);
	/* The rings may have moved without us: bring @isr up to date.  NULL: they don't. */
	void (*progress)(struct virtio_dev *vdev);
	/* Return when nothing is in flight; may block.  NULL: nothing ever is. */
	void (*quiesce)(struct virtio_dev *vdev);
	/* Forget what the driver said.  Called quiesced.  May be NULL. */
	void (*reset)(struct virtio_dev *vdev);
	/* Let go of the backend and free @vdev.  Called quiesced. */
	void (*destroy)(struct virtio_dev *vdev);

	/* VIRTIO_STATE, the rows of its queues and its own. */
	const struct state_field *state;
};

struct virtio_dev {
	struct device dev;
	struct device_ops dev_ops; /* mmio.c's, with the device type's state table */
	const struct virtio_ops *ops;
	const struct guestmem *mem;
	struct loop *loop;
	struct doorbell doorbell; /* ops NULL: none */
	struct loop_watch *watch[VIRTIO_QUEUES_MAX];
	uint8_t belled[VIRTIO_QUEUES_MAX]; /* doorbell assigned */

	uint64_t offered; /* feature bits */
	const uint8_t *config; /* config space, little-endian, may be NULL */
	unsigned int config_len;

	/* Saved. */
	uint64_t features; /* as accepted by the driver */
	uint32_t status; /* VIRTIO_CONFIG_S_* */
	uint32_t isr; /* VIRTIO_MMIO_INT_* */
	uint32_t config_gen;
	uint32_t offered_sel; /* which 32 bits of @offered are read */
	uint32_t features_sel;
	uint32_t queue_sel;
	struct virtqueue queue[VIRTIO_QUEUES_MAX];

	/* Statistics. */
	uint64_t faults; /* times the driver had to be stopped */
	const char *fault; /* why, the last time */
};

/* Rows for virtio_ops.state: what every device has, and one queue each. */
#define VIRTIO_STATE_ROW(name, member)                           \
	{                                                        \
		name, offsetof(struct virtio_dev, member),       \
			sizeof(((struct virtio_dev *)0)->member) \
	}

#define VIRTIO_STATE                                                                      \
	VIRTIO_STATE_ROW("features", features), VIRTIO_STATE_ROW("status", status),       \
		VIRTIO_STATE_ROW("isr", isr), VIRTIO_STATE_ROW("config_gen", config_gen), \
		VIRTIO_STATE_ROW("offered_sel", offered_sel),                             \
		VIRTIO_STATE_ROW("features_sel", features_sel),                           \
		VIRTIO_STATE_ROW("queue_sel", queue_sel)

#define VIRTIO_STATE_QUEUE(i)                                                    \
	VIRTIO_STATE_ROW("queue" #i ".num", queue[i].num),                       \
		VIRTIO_STATE_ROW("queue" #i ".ready", queue[i].ready),           \
		VIRTIO_STATE_ROW("queue" #i ".desc", queue[i].desc_gpa),         \
		VIRTIO_STATE_ROW("queue" #i ".avail", queue[i].avail_gpa),       \
		VIRTIO_STATE_ROW("queue" #i ".used", queue[i].used_gpa),         \
		VIRTIO_STATE_ROW("queue" #i ".last_avail", queue[i].last_avail), \
		VIRTIO_STATE_ROW("queue" #i ".used_idx", queue[i].used_idx),     \
		VIRTIO_STATE_ROW("queue" #i ".signalled", queue[i].signalled)

/* First thing in a device type's constructor; @vdev is zeroed memory. */
void virtio_init(struct virtio_dev *vdev, const struct virtio_ops *ops, uint64_t features,
		 const void *config, unsigned int config_len);

static inline bool virtio_has(const struct virtio_dev *vdev, unsigned int feature)
{
	return vdev->features & VIRTIO_BIT(feature);
}

/* The driver is up and has not been stopped: queues may be served. */
bool virtio_live(const struct virtio_dev *vdev);

/*
 * The driver did what it must not (@queue: where, or -1).  The device stops and
 * says so: status NEEDS_RESET and a configuration interrupt (section 2.1.2).
 * The first time in a device's life it is also told on stderr.
 */
void virtio_fail(struct virtio_dev *vdev, int queue, const char *why);

/* Set bits of InterruptStatus and interrupt; the rings' own call is virtq_interrupt(). */
void virtio_raise(struct virtio_dev *vdev, uint32_t isr);
/* The driver has seen @isr. */
void virtio_ack(struct virtio_dev *vdev, uint32_t isr);
/* The config space changed: new generation, configuration interrupt. */
void virtio_config_changed(struct virtio_dev *vdev);

/* The driver's write to the status register, 0 being a reset (section 3.1.1). */
void virtio_set_status(struct virtio_dev *vdev, uint32_t val);
void virtio_reset(struct virtio_dev *vdev);
/* Return when nothing is in flight. */
void virtio_quiesce(struct virtio_dev *vdev);
/* The driver's write to a queue's ready register. */
void virtio_set_ready(struct virtio_dev *vdev, struct virtqueue *q, bool ready);
/* State fields were overwritten: check them, rebuild the rest.  0 or -EINVAL. */
int virtio_restored(struct virtio_dev *vdev);

#endif
