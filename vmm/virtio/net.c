// SPDX-License-Identifier: GPL-2.0
/*
 * virtio network device (virtio 1.1 section 5.1): one pair of queues, no
 * offloads, on a backend of host/net.h.
 *
 * Each frame has a header of 12 bytes in front, in both directions.  A frame to
 * the guest may be spread over several of its buffers when MRG_RXBUF was
 * agreed; the header in the first one says over how many.
 */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include <linux/virtio_ids.h>
#include <linux/virtio_net.h>

#include "../host/iov.h"
#include "../host/net.h"
#include "vdev.h"

enum { RX, TX };

#define HDR_LEN sizeof(struct virtio_net_hdr_v1)
#define QUEUE_MAX 256u

struct net {
	struct virtio_dev vdev;
	struct net_backend *host;
	struct {
		uint8_t mac[6];
		uint16_t status;
	} config;
	uint64_t rx_dropped; /* larger than the driver's buffer */
	uint64_t tx_dropped; /* not a frame, or wants what was not agreed */
};

static struct net *to_net(struct virtio_dev *vdev)
{
	return (struct net *)vdev;
}

/* A frame on its way into the driver's buffers. */
struct rx {
	struct iov frame; /* what is left of it */
	size_t left; /* bytes of that */
	struct iovec hdr_v[HDR_LEN]; /* where the header goes */
	unsigned int hdr_n;
	unsigned int n; /* buffers popped */
	uint16_t head[QUEUE_MAX];
	uint32_t len[QUEUE_MAX];
};

enum rx_result { RX_DONE, RX_NO_ROOM, RX_MORE, RX_DROP };

/* Keep the place of the header, which is written last, and step over it. */
static void rx_keep_header(struct rx *rx, struct iov *in)
{
	size_t part, left = HDR_LEN;

	while (left) {
		part = in->v->iov_len < left ? in->v->iov_len : left;
		rx->hdr_v[rx->hdr_n++] = (struct iovec){ in->v->iov_base, part };
		iov_trim_front(in, part);
		left -= part;
	}
}

/* Put what fits of the frame into one more buffer. */
static void rx_add(struct rx *rx, struct virtq_chain *c)
{
	struct iov in = { c->iov + c->out_n, c->in_n };
	size_t used = 0, part;

	if (!rx->n) {
		rx_keep_header(rx, &in);
		used = HDR_LEN;
	}
	while (in.n && rx->left) {
		part = iov_copy_out(in.v->iov_base, in.v->iov_len, rx->frame.v, rx->frame.n);
		iov_trim_front(&rx->frame, part);
		iov_trim_front(&in, part);
		rx->left -= part;
		used += part;
	}
	rx->head[rx->n] = c->head;
	rx->len[rx->n++] = used;
}

static enum rx_result rx_gather(struct virtqueue *q, struct rx *rx)
{
	bool merge = virtio_has(q->vdev, VIRTIO_NET_F_MRG_RXBUF);
	struct virtq_chain c;

	do {
		if (rx->n == (merge ? QUEUE_MAX : 1))
			return RX_DROP;
		if (!virtq_pop(q, &c))
			return virtio_live(q->vdev) ? RX_NO_ROOM : RX_DROP;
		if (c.in_len < (rx->n ? 1 : HDR_LEN)) {
			virtio_fail(q->vdev, RX, "receive buffer without room for a header");
			return RX_DROP;
		}
		rx_add(rx, &c);
	} while (rx->left);
	return RX_DONE;
}

static void rx_finish(struct virtqueue *q, struct rx *rx)
{
	struct virtio_net_hdr_v1 hdr = { .num_buffers = htole16(rx->n) };
	unsigned int i;

	iov_copy_in(rx->hdr_v, rx->hdr_n, &hdr, HDR_LEN);
	for (i = 0; i < rx->n; i++)
		virtq_fill(q, rx->head[i], rx->len[i], i);
	virtq_flush(q, rx->n);
	virtq_interrupt(q);
}

/*
 * Too few buffers.  The driver is asked to tell of those after the ones seen
 * here, so this comes before they are put back; it may have added some already.
 */
static enum rx_result rx_wait(struct virtqueue *q)
{
	return virtq_kick_on(q) ? RX_MORE : RX_NO_ROOM;
}

static enum rx_result rx_try(struct net *net, const void *frame, size_t len)
{
	struct virtqueue *q = &net->vdev.queue[RX];
	struct iovec v = { (void *)frame, len };
	enum rx_result result;
	struct rx rx;

	rx.frame = (struct iov){ &v, 1 };
	rx.left = len;
	rx.hdr_n = rx.n = 0;
	result = rx_gather(q, &rx);
	if (result == RX_DONE) {
		rx_finish(q, &rx);
		return RX_DONE;
	}
	if (result == RX_NO_ROOM)
		result = rx_wait(q);
	virtq_unpop(q, rx.n);
	return result;
}

/* From the backend.  A driver that is not up listens to no frame: it is taken, and lost. */
static bool net_recv(void *opaque, const void *frame, size_t len)
{
	unsigned int tries = QUEUE_MAX;
	struct net *net = opaque;
	enum rx_result result;

	/* A driver that goes on for longer than its queue is long is playing with us. */
	do
		result = rx_try(net, frame, len);
	while (result == RX_MORE && --tries);
	if (result == RX_DROP)
		net->rx_dropped++;
	return result == RX_DONE || result == RX_DROP;
}

/* No offload was offered, so a header that asks for one is a driver's mistake. */
static bool tx_frame_ok(const struct virtio_net_hdr_v1 *hdr, size_t len)
{
	return !hdr->flags && hdr->gso_type == VIRTIO_NET_HDR_GSO_NONE && len >= NET_FRAME_MIN &&
	       len <= NET_FRAME_MAX;
}

static bool tx_one(struct virtqueue *q, struct virtq_chain *c)
{
	struct net *net = to_net(q->vdev);
	struct iov out = { c->iov, c->out_n };
	struct virtio_net_hdr_v1 hdr;

	if (iov_copy_out(&hdr, HDR_LEN, out.v, out.n) < HDR_LEN) {
		virtio_fail(q->vdev, TX, "packet without header");
		return true;
	}
	iov_trim_front(&out, HDR_LEN);
	if (tx_frame_ok(&hdr, c->out_len - HDR_LEN))
		net_send(net->host, out.v, out.n);
	else
		net->tx_dropped++;
	virtq_push(q, c->head, 0);
	return true;
}

static void net_notify(struct virtio_dev *vdev, unsigned int q)
{
	if (q == TX) {
		virtq_serve(&vdev->queue[TX], tx_one);
		return;
	}
	/* Asked for again when a frame finds no buffer. */
	virtq_kick_off(&vdev->queue[RX]);
	net_rx_ready(to_net(vdev)->host);
}

static void net_destroy(struct virtio_dev *vdev)
{
	net_attach(to_net(vdev)->host, NULL, NULL);
	free(vdev);
}

static const struct state_field net_state[] = {
	VIRTIO_STATE,
	VIRTIO_STATE_QUEUE(0),
	VIRTIO_STATE_QUEUE(1),
	STATE_FIELD(struct net, config.mac),
	{ 0 },
};

static const struct virtio_ops net_ops = {
	.name = "virtio-net",
	.device_id = VIRTIO_ID_NET,
	.nr_queues = 2,
	.queue_max = QUEUE_MAX,
	.notify = net_notify,
	.destroy = net_destroy,
	.state = net_state,
};

struct virtio_dev *virtio_net_create(struct net_backend *host)
{
	uint64_t features = VIRTIO_BIT(VIRTIO_NET_F_MAC) | VIRTIO_BIT(VIRTIO_NET_F_STATUS) |
			    VIRTIO_BIT(VIRTIO_NET_F_MRG_RXBUF);
	struct net *net = calloc(1, sizeof(*net));

	if (!net)
		return NULL;
	net->host = host;
	memcpy(net->config.mac, host->mac, sizeof(net->config.mac));
	net->config.status = htole16(VIRTIO_NET_S_LINK_UP);
	virtio_init(&net->vdev, &net_ops, features, &net->config, sizeof(net->config));
	net_attach(host, net_recv, net);
	return &net->vdev;
}
