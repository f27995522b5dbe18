/* SPDX-License-Identifier: GPL-2.0 */
/*
 * virtio devices, as the machine sees them (virtio 1.1, transport: section 4.2).
 *
 * Reading order: this file, vdev.h (what a device type supplies), queue.h
 * (rings), mmio.c (registers), then one file a device type: rng.c is the
 * shortest, console.c, net.c, blk.c.
 *
 * Two steps make a device: virtio_<type>_create() binds a device type to its
 * host backend, virtio_mmio_create() puts it behind a register window.  The
 * result is an ordinary struct device, destroyed through its ops.
 *
 * Host backends (disk, net, chardev) are opened before and closed after by
 * whoever holds them: a device that goes away lets go of its backend and leaves
 * it open, so that the next machine (guest reset) finds it as it was.  At most
 * one device is bound to a backend at a time.
 *
 * Locking: everything is called with the device lock of loop.h held, or before
 * the loop and the vcpus run.
 */
#ifndef EMBER_VIRTIO_H
#define EMBER_VIRTIO_H

#include <stdint.h>

struct chardev;
struct device;
struct disk;
struct doorbell;
struct guestmem;
struct irqline;
struct loop;
struct net_backend;
struct virtio_dev;

#define VIRTIO_MMIO_SIZE 0x200 /* bytes of register window, as QEMU's virt has them */

/* Where a device sits; copied.  What it points to outlives the device. */
struct virtio_slot {
	uint64_t base; /* guest physical, first register */
	struct irqline *irq; /* driven as its @edge says */
	const struct doorbell *doorbell; /* NULL: notifications come by mmio_write */
	const struct guestmem *mem;
	struct loop *loop;
};

/*
 * Put @vdev behind registers at @slot.  Takes @vdev over in every case: on
 * failure it is destroyed.  @vdev may be NULL (its constructor failed), so that
 * calls nest.  Returns NULL with errno set on failure (ENOMEM, EMFILE).
 */
struct device *virtio_mmio_create(const struct virtio_slot *slot, struct virtio_dev *vdev);

/*
 * Device types.  All return NULL with errno set when the host is out of memory,
 * threads or file descriptors; whatever else may be wrong with a backend was
 * reported when it was opened.
 */
struct virtio_dev *virtio_blk_create(struct loop *loop, struct disk *disk);
struct virtio_dev *virtio_net_create(struct net_backend *net);
/* On a backend with vhost: the host's kernel carries the frames. */
struct virtio_dev *virtio_vhost_net_create(struct net_backend *net);
/* @fd from vhost_open_vsock(), taken over in every case. */
struct virtio_dev *virtio_vhost_vsock_create(int fd, uint64_t cid);
struct virtio_dev *virtio_console_create(struct chardev *chr);
struct virtio_dev *virtio_rng_create(void);

#endif
