// SPDX-License-Identifier: GPL-2.0
/*
 * virtio network device served by the host's vhost-net: frames go between a tap
 * interface and the guest's rings inside the kernel, with the offloads that a tap
 * interface knows.  The header in front of a frame is the tap's own (IFF_VNET_HDR,
 * 12 bytes as of virtio 1.0); what the guest may leave undone in a frame and what
 * it takes undone is for the two to agree on, vhost only passes it.
 */
#include <endian.h>
#include <errno.h>
#include <linux/if_tun.h>
#include <linux/vhost.h>
#include <linux/virtio_ids.h>
#include <linux/virtio_net.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "../host/net.h"
#include "vdev.h"
#include "vhost.h"

#define NR_QUEUES 2u
#define QUEUE_MAX 256u

struct vhost_net {
	struct virtio_dev vdev;
	struct vhost vhost;
	struct net_backend *host;
	struct {
		uint8_t mac[6];
		uint16_t status;
	} config;
};

/* What the guest takes undone, and what the tap interface calls it. */
static const struct {
	unsigned int feature;
	unsigned int tun;
} offloads[] = {
	{ VIRTIO_NET_F_GUEST_CSUM, TUN_F_CSUM },
	{ VIRTIO_NET_F_GUEST_TSO4, TUN_F_TSO4 },
	{ VIRTIO_NET_F_GUEST_TSO6, TUN_F_TSO6 },
	{ VIRTIO_NET_F_GUEST_ECN, TUN_F_TSO_ECN },
};

/* What the guest may leave undone: every tap interface finishes it. */
#define TX_OFFLOADS                                                           \
	(VIRTIO_BIT(VIRTIO_NET_F_CSUM) | VIRTIO_BIT(VIRTIO_NET_F_HOST_TSO4) | \
	 VIRTIO_BIT(VIRTIO_NET_F_HOST_TSO6) | VIRTIO_BIT(VIRTIO_NET_F_HOST_ECN))

static struct vhost_net *to_net(struct virtio_dev *vdev)
{
	return (struct vhost_net *)vdev;
}

static int set_offloads(struct vhost_net *net)
{
	unsigned int i, tun = 0;

	for (i = 0; i < sizeof(offloads) / sizeof(offloads[0]); i++)
		if (virtio_has(&net->vdev, offloads[i].feature))
			tun |= offloads[i].tun;
	return ioctl(net->host->tap_fd, TUNSETOFFLOAD, tun) < 0 ? -errno : 0;
}

static int serve(struct vhost *v, bool on)
{
	struct vhost_net *net = to_net(v->vdev);
	struct vhost_vring_file file = { .fd = on ? net->host->tap_fd : VHOST_FILE_UNBIND };
	int r = on ? set_offloads(net) : 0;

	for (file.index = 0; file.index < NR_QUEUES && !r; file.index++)
		if (ioctl(v->fd, VHOST_NET_SET_BACKEND, &file) < 0 && on)
			r = -errno;
	return r;
}

static void net_notify(struct virtio_dev *vdev, unsigned int q)
{
	vhost_notify(&to_net(vdev)->vhost, q);
}

static void net_progress(struct virtio_dev *vdev)
{
	vhost_progress(&to_net(vdev)->vhost);
}

static void net_quiesce(struct virtio_dev *vdev)
{
	vhost_stop(&to_net(vdev)->vhost);
}

/* The descriptors are the backend's: the next machine has them too. */
static void net_destroy(struct virtio_dev *vdev)
{
	vhost_finish(&to_net(vdev)->vhost);
	free(vdev);
}

static const struct state_field net_state[] = {
	VIRTIO_STATE,
	VIRTIO_STATE_QUEUE(0),
	VIRTIO_STATE_QUEUE(1),
	STATE_FIELD(struct vhost_net, config.mac),
	{ 0 },
};

static const struct virtio_ops net_ops = {
	.name = "virtio-net (vhost)",
	.device_id = VIRTIO_ID_NET,
	.nr_queues = NR_QUEUES,
	.queue_max = QUEUE_MAX,
	.notify = net_notify,
	.progress = net_progress,
	.quiesce = net_quiesce,
	.destroy = net_destroy,
	.state = net_state,
};

struct virtio_dev *virtio_vhost_net_create(struct net_backend *host)
{
	uint64_t features = VIRTIO_BIT(VIRTIO_NET_F_MAC) | VIRTIO_BIT(VIRTIO_NET_F_STATUS) |
			    TX_OFFLOADS;
	struct vhost_net *net = calloc(1, sizeof(*net));
	unsigned int i;

	if (!net)
		return NULL;
	if (vhost_init(&net->vhost, &net->vdev, host->vhost_fd, NR_QUEUES, serve) < 0) {
		free(net);
		return NULL;
	}
	net->host = host;
	memcpy(net->config.mac, host->mac, sizeof(net->config.mac));
	net->config.status = htole16(VIRTIO_NET_S_LINK_UP);
	for (i = 0; i < sizeof(offloads) / sizeof(offloads[0]); i++)
		features |= VIRTIO_BIT(offloads[i].feature);
	features |= net->vhost.features & VIRTIO_BIT(VIRTIO_NET_F_MRG_RXBUF);
	virtio_init(&net->vdev, &net_ops, features, &net->config, sizeof(net->config));
	vhost_offer(&net->vhost);
	return &net->vdev;
}
