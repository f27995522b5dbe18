// SPDX-License-Identifier: GPL-2.0
/*
 * virtio console, one port (virtio 1.1 section 5.3), on a chardev.
 *
 * Output that the chardev has no room for stays in the driver's buffer, with a
 * note of how far it was taken; input stays in the host until the driver has
 * given buffers.  So nothing is held here, and nothing is lost in a save.
 */
#include <stdlib.h>

#include <linux/virtio_ids.h>

#include "../host/chardev.h"
#include "../host/iov.h"
#include "vdev.h"

enum { RX, TX };

struct console {
	struct virtio_dev vdev;
	struct chardev *chr;
	uint32_t tx_done; /* saved: bytes taken of the chain that TX is stuck at */
};

static struct console *to_console(struct virtio_dev *vdev)
{
	return (struct console *)vdev;
}

/* Write what is left of the chain; true if all of it was taken. */
static bool tx_one(struct virtqueue *q, struct virtq_chain *c)
{
	struct console *con = to_console(q->vdev);
	struct iov left = { c->iov, c->out_n };
	size_t taken;

	iov_trim_front(&left, con->tx_done);
	while (left.n) {
		taken = chardev_write(con->chr, left.v->iov_base, left.v->iov_len);
		con->tx_done += taken;
		if (taken < left.v->iov_len)
			return false;
		iov_trim_front(&left, taken);
	}
	con->tx_done = 0;
	virtq_push(q, c->head, 0);
	return true;
}

static void on_writable(void *opaque)
{
	struct console *con = opaque;

	virtq_serve(&con->vdev.queue[TX], tx_one);
}

/* The size of the first buffer that waits. */
static size_t on_room(void *opaque)
{
	struct console *con = opaque;
	struct virtqueue *q = &con->vdev.queue[RX];
	struct virtq_chain c;

	virtq_kick_off(q);
	while (!virtq_pop(q, &c)) {
		if (!virtq_kick_on(q))
			return 0;
	}
	virtq_unpop(q, 1);
	if (!c.in_len)
		virtio_fail(&con->vdev, RX, "input buffer without room");
	return c.in_len;
}

static void on_input(void *opaque, const uint8_t *buf, size_t len)
{
	struct console *con = opaque;
	struct virtqueue *q = &con->vdev.queue[RX];
	struct virtq_chain c;
	size_t part;

	/* More than one turn only if the driver changed the buffer after on_room(). */
	while (len && virtq_pop(q, &c)) {
		part = iov_copy_in(c.iov + c.out_n, c.in_n, buf, len);
		virtq_push(q, c.head, part);
		buf += part;
		len -= part;
	}
	virtq_interrupt(q);
}

static const struct chardev_client client = {
	.room = on_room,
	.input = on_input,
	.writable = on_writable,
};

static void console_notify(struct virtio_dev *vdev, unsigned int q)
{
	if (q == TX)
		virtq_serve(&vdev->queue[TX], tx_one);
	else
		chardev_input_ready(to_console(vdev)->chr);
}

static void console_reset(struct virtio_dev *vdev)
{
	to_console(vdev)->tx_done = 0;
}

static void console_destroy(struct virtio_dev *vdev)
{
	chardev_attach(to_console(vdev)->chr, NULL, NULL);
	free(vdev);
}

static const struct state_field console_state[] = {
	VIRTIO_STATE,
	VIRTIO_STATE_QUEUE(0),
	VIRTIO_STATE_QUEUE(1),
	STATE_FIELD(struct console, tx_done),
	{ 0 },
};

static const struct virtio_ops console_ops = {
	.name = "virtio-console",
	.device_id = VIRTIO_ID_CONSOLE,
	.nr_queues = 2,
	.queue_max = 64,
	.notify = console_notify,
	.reset = console_reset,
	.destroy = console_destroy,
	.state = console_state,
};

struct virtio_dev *virtio_console_create(struct chardev *chr)
{
	struct console *con = calloc(1, sizeof(*con));

	if (!con)
		return NULL;
	con->chr = chr;
	virtio_init(&con->vdev, &console_ops, 0, NULL, 0);
	chardev_attach(chr, &client, con);
	return &con->vdev;
}
