/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A virtio device whose rings the host's kernel serves (vhost): this process
 * has the registers and the negotiation, a kernel thread has the queues.
 *
 * Notifications go from the guest's store through KVM's ioeventfd to the
 * kernel's thread, interrupts from it through the line's irqfd to the guest:
 * this process sees neither.  What it has to do is to keep the InterruptStatus
 * register true, which virtio_ops.progress is for: a ring whose used index has
 * moved since the register was last looked at is what the interrupt was for.
 * A line without irqfd is driven from here: the kernel's thread signals an eventfd
 * of our own instead.
 *
 * A device type embeds a struct vhost, lets its notify(), quiesce() and
 * progress() be the three below, and says how its kind of vhost is switched on.
 *
 * Locking: the device lock of loop.h, throughout.
 */
#ifndef EMBER_VIRTIO_VHOST_H
#define EMBER_VIRTIO_VHOST_H

#include <stdbool.h>
#include <stdint.h>

struct loop_watch;
struct virtio_dev;

struct vhost {
	struct virtio_dev *vdev;
	int fd; /* /dev/vhost-*, owned by whoever called vhost_init() */
	unsigned int nr; /* the first queues are the kernel's, the rest nobody's */
	uint64_t features; /* that it can do */
	/* The rings are known to the kernel: begin or end to serve them.  0 or -errno. */
	int (*serve)(struct vhost *v, bool on);
	bool running;
	/* eventfds, -1 before the first start: the kernel found a ring faulty; it interrupts. */
	int err_fd, call_fd;
	struct loop_watch *err_watch, *call_watch;
};

/* Ask @fd what it can do, into @v->features.  0, or -1 with errno. */
int vhost_init(struct vhost *v, struct virtio_dev *vdev, int fd, unsigned int nr,
	       int (*serve)(struct vhost *v, bool on));
/* Behind virtio_init(): of what all devices offer, leave what the kernel can do. */
void vhost_offer(struct vhost *v);
/* Quiesced. */
void vhost_finish(struct vhost *v);

/* virtio_ops.notify: starts it if the driver is up, else passes the notification on. */
void vhost_notify(struct vhost *v, unsigned int q);
/*
 * virtio_ops.quiesce: the kernel lets go of the rings, and where it stood is in
 * the queues' state.  A device that is still live goes on by itself, from the loop.
 */
void vhost_stop(struct vhost *v);
/* virtio_ops.progress */
void vhost_progress(struct vhost *v);

#endif
