// SPDX-License-Identifier: GPL-2.0
/*
 * virtio socket device (virtio 1.1 section 5.10) served by the host's vhost-vsock:
 * streams between AF_VSOCK sockets of guest and host.  The kernel has the queues
 * that carry them; the third, on which a guest is told that its context ID has
 * changed, is for a guest that was moved, and this one stays.
 */
#include <endian.h>
#include <errno.h>
#include <linux/vhost.h>
#include <linux/virtio_ids.h>
#include <linux/virtio_vsock.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "vdev.h"
#include "vhost.h"

#define NR_QUEUES 3u
#define NR_SERVED 2u
#define QUEUE_MAX 128u

struct vsock {
	struct virtio_dev vdev;
	struct vhost vhost;
	uint64_t guest_cid; /* little-endian: the config space */
};

static struct vsock *to_vsock(struct virtio_dev *vdev)
{
	return (struct vsock *)vdev;
}

static int serve(struct vhost *v, bool on)
{
	int running = on;

	return ioctl(v->fd, VHOST_VSOCK_SET_RUNNING, &running) < 0 ? -errno : 0;
}

static void vsock_notify(struct virtio_dev *vdev, unsigned int q)
{
	vhost_notify(&to_vsock(vdev)->vhost, q);
}

static void vsock_progress(struct virtio_dev *vdev)
{
	vhost_progress(&to_vsock(vdev)->vhost);
}

static void vsock_quiesce(struct virtio_dev *vdev)
{
	vhost_stop(&to_vsock(vdev)->vhost);
}

/* With the descriptor go the connections: the host's ends are reset. */
static void vsock_destroy(struct virtio_dev *vdev)
{
	vhost_finish(&to_vsock(vdev)->vhost);
	close(to_vsock(vdev)->vhost.fd);
	free(vdev);
}

static const struct state_field vsock_state[] = {
	VIRTIO_STATE,
	VIRTIO_STATE_QUEUE(0),
	VIRTIO_STATE_QUEUE(1),
	VIRTIO_STATE_QUEUE(2),
	STATE_FIELD(struct vsock, guest_cid),
	{ 0 },
};

static const struct virtio_ops vsock_ops = {
	.name = "virtio-vsock (vhost)",
	.device_id = VIRTIO_ID_VSOCK,
	.nr_queues = NR_QUEUES,
	.queue_max = QUEUE_MAX,
	.notify = vsock_notify,
	.progress = vsock_progress,
	.quiesce = vsock_quiesce,
	.destroy = vsock_destroy,
	.state = vsock_state,
};

struct virtio_dev *virtio_vhost_vsock_create(int fd, uint64_t cid)
{
	struct vsock *vsock = calloc(1, sizeof(*vsock));

	if (!vsock || vhost_init(&vsock->vhost, &vsock->vdev, fd, NR_SERVED, serve) < 0) {
		free(vsock);
		close(fd);
		return NULL;
	}
	vsock->guest_cid = htole64(cid);
	virtio_init(&vsock->vdev, &vsock_ops,
		    vsock->vhost.features & VIRTIO_BIT(VIRTIO_VSOCK_F_SEQPACKET), &vsock->guest_cid,
		    sizeof(vsock->guest_cid));
	vhost_offer(&vsock->vhost);
	return &vsock->vdev;
}
