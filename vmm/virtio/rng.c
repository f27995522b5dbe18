// SPDX-License-Identifier: GPL-2.0
/*
 * virtio entropy source (virtio 1.1 section 5.4): the shortest device, and so
 * the example of what a device type consists of.
 */
#include <stdlib.h>
#include <sys/random.h>

#include <linux/virtio_ids.h>

#include "../host/iov.h"
#include "vdev.h"

/* Most bytes a request gets; the driver asks again if it wants more. */
#define RNG_MAX 1024u

static bool serve_one(struct virtqueue *q, struct virtq_chain *c)
{
	uint8_t buf[RNG_MAX];
	size_t want = c->in_len < RNG_MAX ? c->in_len : RNG_MAX;
	ssize_t got;

	/* Never waits: a host short of entropy gives none. */
	got = getrandom(buf, want, GRND_NONBLOCK);
	if (got < 0)
		got = 0;
	iov_copy_in(c->iov + c->out_n, c->in_n, buf, got);
	virtq_push(q, c->head, got);
	return true;
}

static void rng_notify(struct virtio_dev *vdev, unsigned int q)
{
	virtq_serve(&vdev->queue[q], serve_one);
}

static void rng_destroy(struct virtio_dev *vdev)
{
	free(vdev);
}

static const struct state_field rng_state[] = {
	VIRTIO_STATE,
	VIRTIO_STATE_QUEUE(0),
	{ 0 },
};

static const struct virtio_ops rng_ops = {
	.name = "virtio-rng",
	.device_id = VIRTIO_ID_RNG,
	.nr_queues = 1,
	.queue_max = 16,
	.notify = rng_notify,
	.destroy = rng_destroy,
	.state = rng_state,
};

struct virtio_dev *virtio_rng_create(void)
{
	struct virtio_dev *vdev = calloc(1, sizeof(*vdev));

	if (vdev)
		virtio_init(vdev, &rng_ops, 0, NULL, 0);
	return vdev;
}
