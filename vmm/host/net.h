/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Host side of a network device: where a guest's Ethernet frames go to and come
 * from.  net.c opens one by name and holds what all kinds share (the queue of
 * frames the guest had no room for); net_slirp.c and net_tap.c are the kinds.
 *
 * A frame is an Ethernet frame without FCS, at most NET_FRAME_MAX bytes.  All
 * calls are made with the device lock of loop.h held and never block; a frame
 * that can't be carried is dropped and counted, as on a wire.
 */
#ifndef EMBER_NET_H
#define EMBER_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/uio.h>

#define NET_FRAME_MIN 14u
#define NET_FRAME_MAX 65550u
#define NET_BACKLOG_MAX 256u /* frames held for a guest that is slow */

struct err;
struct loop;
struct net_backend;

/* The guest's end: true if the frame was taken, false if there is no room now. */
typedef bool (*net_recv_fn)(void *opaque, const void *frame, size_t len);

struct net_ops {
	const char *name;
	/* Guest to host; @iov holds one frame, length checked. */
	void (*send)(struct net_backend *net, const struct iovec *iov, unsigned int n);
	/* The backlog was emptied: read from the host again.  May be NULL. */
	void (*resume)(struct net_backend *net);
	void (*close)(struct net_backend *net);
};

struct net_frame {
	STAILQ_ENTRY(net_frame) next;
	size_t len;
	uint8_t data[];
};

/* Embedded as the first member of every kind. */
struct net_backend {
	const struct net_ops *ops;
	struct loop *loop;
	uint8_t mac[6]; /* the guest's */
	net_recv_fn recv; /* NULL: no device attached */
	void *opaque;
	STAILQ_HEAD(, net_frame) backlog;
	unsigned int backlog_len;
	int tap_fd,
		vhost_fd; /* the kernel's vhost-net carries frames between tap and rings; or -1 */
	uint64_t dropped; /* frames to the guest that were lost */
	uint64_t tx_dropped; /* frames from it */
};

/*
 * Open "user[,hostfwd=...]..." or "tap=IF[,vhost]", each with an optional ",mac=ADDR".
 *
 *   hostfwd=tcp|udp:[hostaddr]:hostport-[guestaddr]:guestport   (may repeat)
 *
 * @index is the number of the device among the VM's, for a default MAC address
 * (52:54:00:12:34:56 and up, as QEMU's).  On failure: NULL, and @e says why
 * (EXIT_USAGE the string, EXIT_HOST what the host has not or does not allow).
 */
struct net_backend *net_open(struct loop *loop, const char *spec, unsigned int index,
			     struct err *e);
void net_close(struct net_backend *net); /* NULL is fine */

/* Device side.  Detaching (@recv NULL) drops the backlog. */
void net_attach(struct net_backend *net, net_recv_fn recv, void *opaque);
void net_send(struct net_backend *net, const struct iovec *iov, unsigned int n);
/* The guest has new receive buffers: hand over what waited. */
void net_rx_ready(struct net_backend *net);

/* For a kind (or a test) that makes a backend of its own: empty, detached. */
void net_init(struct net_backend *net, const struct net_ops *ops, struct loop *loop);

/*
 * Backend side: host to guest; what the guest has no room for waits or is dropped.
 * @frame is the host's memory, not the guest's.
 */
void net_deliver(struct net_backend *net, const void *frame, size_t len);
static inline bool net_backlogged(const struct net_backend *net)
{
	return net->backlog_len != 0;
}

#endif
