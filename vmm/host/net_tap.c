// SPDX-License-Identifier: GPL-2.0
/*
 * "tap=IF": frames go to and come from a tap interface of the host.
 *
 * The interface is made beforehand by its owner (`ip tuntap add dev IF mode tap
 * user NAME`), or by this program if it has the right to.  While the guest has
 * no room the interface is not read: its queue in the kernel is the better
 * place to wait, and to overflow.
 *
 * With ",vhost" nothing is read or written here: the kernel's vhost-net is given
 * the interface and the guest's rings (virtio/vhost_net.c).  Each frame then has a
 * virtio header in front, by which the two sides leave checksums and segmentation
 * to each other.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../err.h"
#include "../loop.h"
#include "net.h"
#include "net_kinds.h"
#include "vhost.h"

/* Frames read before others in the loop have their turn. */
#define TAP_BATCH 64u

struct tap {
	struct net_backend net;
	int fd;
	bool vhost;
	struct loop_watch *watch;
	char name[IFNAMSIZ];
	uint8_t frame[NET_FRAME_MAX];
};

static struct tap *to_tap(struct net_backend *net)
{
	return (struct tap *)net;
}

static void tap_send(struct net_backend *net, const struct iovec *iov, unsigned int n)
{
	/* Its queue is full, or the interface is down: lost, as on a wire. */
	if (writev(to_tap(net)->fd, iov, n) < 0)
		net->tx_dropped++;
}

/* It was deleted, say.  epoll tells of errors whether or not it was asked to. */
static void tap_give_up(struct tap *tap, int error)
{
	warn("net tap=%s: %s; it carries nothing from now on", tap->name, strerror(error));
	loop_unwatch(tap->watch);
	tap->watch = NULL;
}

static void on_readable(void *opaque, int fd, uint32_t events)
{
	struct tap *tap = opaque;
	unsigned int i;
	ssize_t len;

	for (i = 0; i < TAP_BATCH && !net_backlogged(&tap->net); i++) {
		len = read(fd, tap->frame, sizeof(tap->frame));
		if (len > 0) {
			net_deliver(&tap->net, tap->frame, len);
			continue;
		}
		if (len < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		tap_give_up(tap, len ? errno : ENODEV);
		return;
	}
	if (events & (EPOLLERR | EPOLLHUP))
		tap_give_up(tap, ENODEV);
	else if (net_backlogged(&tap->net))
		loop_watch_events(tap->watch, 0);
}

static void tap_resume(struct net_backend *net)
{
	if (to_tap(net)->watch)
		loop_watch_events(to_tap(net)->watch, EPOLLIN);
}

static void tap_close(struct net_backend *net)
{
	struct tap *tap = to_tap(net);

	if (tap->watch)
		loop_unwatch(tap->watch);
	if (net->vhost_fd >= 0)
		close(net->vhost_fd);
	if (tap->fd >= 0)
		close(tap->fd);
	free(tap);
}

static const struct net_ops tap_ops = {
	.name = "tap",
	.send = tap_send,
	.resume = tap_resume,
	.close = tap_close,
};

static int open_tun(struct tap *tap, struct err *e)
{
	tap->fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (tap->fd >= 0)
		return 0;
	if (errno == ENOENT || errno == ENODEV || errno == ENXIO)
		return err_set(e, EXIT_HOST,
			       "net tap=%s: the host has no /dev/net/tun; 'modprobe tun' may help",
			       tap->name);
	return err_sys(e, EXIT_HOST, errno, "net tap=%s: opening /dev/net/tun", tap->name);
}

static int take_interface(struct tap *tap, struct err *e)
{
	struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI };

	if (tap->vhost)
		ifr.ifr_flags |= IFF_VNET_HDR;
	memcpy(ifr.ifr_name, tap->name, sizeof(ifr.ifr_name));
	if (!ioctl(tap->fd, TUNSETIFF, &ifr))
		return 0;
	if (errno == EPERM)
		return err_set(
			e, EXIT_HOST,
			"net tap=%s: no permission; as root: ip tuntap add dev %s mode tap user NAME",
			tap->name, tap->name);
	if (errno == EBUSY)
		return err_set(e, EXIT_HOST, "net tap=%s: in use by another program", tap->name);
	if (errno == EINVAL)
		return err_set(e, EXIT_HOST, "net tap=%s: exists, but is not a tap interface",
			       tap->name);
	return err_sys(e, EXIT_HOST, errno, "net tap=%s", tap->name);
}

static int start_vhost(struct tap *tap, struct err *e)
{
	int header = sizeof(struct virtio_net_hdr_v1);
	char what[sizeof("net tap=,vhost") + IFNAMSIZ];

	if (ioctl(tap->fd, TUNSETVNETHDRSZ, &header) < 0)
		return err_sys(e, EXIT_HOST, errno, "net tap=%s: virtio headers", tap->name);
	snprintf(what, sizeof(what), "net tap=%s,vhost", tap->name);
	tap->net.vhost_fd = vhost_open("/dev/vhost-net", "vhost_net", what, e);
	tap->net.tap_fd = tap->fd;
	return tap->net.vhost_fd < 0 ? -1 : 0;
}

static int tap_start(struct net_backend *net, struct err *e)
{
	struct tap *tap = to_tap(net);

	if (open_tun(tap, e) || take_interface(tap, e))
		return -1;
	if (tap->vhost)
		return start_vhost(tap, e);
	tap->watch = loop_watch(net->loop, tap->fd, EPOLLIN, on_readable, tap);
	if (!tap->watch)
		return err_sys(e, EXIT_INTERNAL, errno, "net tap=%s", tap->name);
	return 0;
}

static int tap_vhost(struct net_backend *net, const char *value, struct err *e)
{
	if (strcmp(value, "on") && strcmp(value, "off"))
		return err_set(e, EXIT_USAGE, "net: vhost=%s is neither on nor off", value);
	to_tap(net)->vhost = !strcmp(value, "on");
	return 0;
}

static struct net_backend *tap_open(struct loop *loop, const char *name, struct err *e)
{
	struct tap *tap;

	if (!*name || strlen(name) >= IFNAMSIZ) {
		err_set(e, EXIT_USAGE, "net: '%s' is not an interface name (1 to %d characters)",
			name, IFNAMSIZ - 1);
		return NULL;
	}
	tap = calloc(1, sizeof(*tap));
	if (!tap) {
		err_sys(e, EXIT_INTERNAL, errno, "net tap=%s", name);
		return NULL;
	}
	net_init(&tap->net, &tap_ops, loop);
	tap->fd = -1;
	strcpy(tap->name, name);
	return &tap->net;
}

const struct net_kind net_kind_tap = {
	.name = "tap",
	.argument = "the name of a tap interface",
	.open = tap_open,
	.key = "vhost",
	.flag = true,
	.option = tap_vhost,
	.start = tap_start,
};
