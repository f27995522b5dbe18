// SPDX-License-Identifier: GPL-2.0
/*
 * "user": a network of the guest's own inside this process, by libslirp.
 *
 *	10.0.2.0/24, the host 10.0.2.2, DNS 10.0.2.3, the guest by DHCP 10.0.2.15
 *
 * libslirp is made for a program that calls poll() itself: before it sleeps it
 * asks libslirp for file descriptors and a timeout, after it hands over what
 * happened.  Our loop has its descriptors registered instead.  So there is one
 * timer, `turn`, that plays such a program's turn: give libslirp the events
 * that were noted, ask it anew, register the difference.  A turn is due when a
 * descriptor has an event, when the guest has sent something, and when
 * libslirp's timeout is over.
 */
#include "../err.h"
#include "net.h"
#include "net_forward.h"
#include "net_kinds.h"

#ifdef HAVE_SLIRP
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include <libslirp.h>

#include "../loop.h"
#include "iov.h"

#define MSEC 1000000LL

/* What libslirp waits for at one file descriptor; the index is the descriptor. */
struct slirp_fd {
	struct loop_watch *watch; /* NULL: nothing */
	uint32_t events; /* EPOLL* that are watched */
	uint32_t wanted; /* EPOLL* that this turn asked for */
	uint32_t happened; /* EPOLL* noted since the last turn */
};

struct slirp_net {
	struct net_backend net;
	Slirp *slirp;
	struct loop_timer *turn;
	bool turn_due;
	bool guest_told;
	struct slirp_fd *fds;
	int nr_fds;
	uint8_t frame[NET_FRAME_MAX];
};

static struct slirp_net *to_slirp(struct net_backend *net)
{
	return (struct slirp_net *)net;
}

/* The same five conditions on both sides. */
static const struct {
	int slirp;
	uint32_t epoll;
} conditions[] = {
	{ SLIRP_POLL_IN, EPOLLIN },   { SLIRP_POLL_OUT, EPOLLOUT }, { SLIRP_POLL_PRI, EPOLLPRI },
	{ SLIRP_POLL_ERR, EPOLLERR }, { SLIRP_POLL_HUP, EPOLLHUP },
};

#define NR_CONDITIONS (sizeof(conditions) / sizeof(conditions[0]))

static uint32_t to_epoll(int slirp)
{
	uint32_t events = 0;
	unsigned int i;

	for (i = 0; i < NR_CONDITIONS; i++)
		if (slirp & conditions[i].slirp)
			events |= conditions[i].epoll;
	return events;
}

static int from_epoll(uint32_t events)
{
	unsigned int i;
	int slirp = 0;

	for (i = 0; i < NR_CONDITIONS; i++)
		if (events & conditions[i].epoll)
			slirp |= conditions[i].slirp;
	return slirp;
}

static void turn_soon(struct slirp_net *sn)
{
	if (sn->turn_due)
		return;
	sn->turn_due = true;
	loop_timer_arm(sn->turn, loop_now_ns());
}

static void on_event(void *opaque, int fd, uint32_t events)
{
	struct slirp_net *sn = opaque;

	sn->fds[fd].happened |= events;
	turn_soon(sn);
}

static int grow(struct slirp_net *sn, int fd)
{
	int nr = (fd + 64) / 64 * 64;
	struct slirp_fd *fds;

	if (fd < sn->nr_fds)
		return 0;
	fds = realloc(sn->fds, nr * sizeof(*fds));
	if (!fds)
		return -1;
	memset(fds + sn->nr_fds, 0, (nr - sn->nr_fds) * sizeof(*fds));
	sn->fds = fds;
	sn->nr_fds = nr;
	return 0;
}

/* libslirp, filling: wait for @events at @fd.  What we return comes back in happened(). */
static int want(int fd, int events, void *opaque)
{
	struct slirp_net *sn = opaque;

	if (fd < 0 || grow(sn, fd))
		return -1;
	sn->fds[fd].wanted |= to_epoll(events);
	return fd;
}

static int happened(int fd, void *opaque)
{
	struct slirp_net *sn = opaque;

	return fd < 0 || fd >= sn->nr_fds ? 0 : from_epoll(sn->fds[fd].happened);
}

static void forget(struct slirp_fd *s)
{
	if (s->watch)
		loop_unwatch(s->watch);
	*s = (struct slirp_fd){ 0 };
}

/*
 * libslirp leaves the sockets that it listens at blocking.  An event that is one turn
 * old, its connection accepted by that turn, would have it wait in accept() for ever.
 */
static void never_block(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags >= 0 && !(flags & O_NONBLOCK))
		fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

static void watch_first(struct slirp_net *sn, int fd)
{
	struct slirp_fd *s = &sn->fds[fd];

	never_block(fd);
	s->watch = loop_watch(sn->net.loop, fd, s->wanted, on_event, sn);
}

static void watch(struct slirp_net *sn, int fd)
{
	struct slirp_fd *s = &sn->fds[fd];

	if (!s->watch)
		watch_first(sn, fd);
	else if (s->wanted != s->events)
		loop_watch_events(s->watch, s->wanted);
	s->events = s->wanted;
	s->wanted = 0;
}

static void watch_all(struct slirp_net *sn)
{
	int fd;

	for (fd = 0; fd < sn->nr_fds; fd++) {
		if (sn->fds[fd].wanted)
			watch(sn, fd);
		else if (sn->fds[fd].watch)
			forget(&sn->fds[fd]);
	}
}

static void take_turn(void *opaque)
{
	struct slirp_net *sn = opaque;
	uint32_t timeout_ms = UINT32_MAX;
	int fd;

	slirp_pollfds_poll(sn->slirp, 0, happened, sn);
	for (fd = 0; fd < sn->nr_fds; fd++)
		sn->fds[fd].happened = 0;
	slirp_pollfds_fill(sn->slirp, &timeout_ms, want, sn);
	watch_all(sn);
	sn->turn_due = false;
	if (timeout_ms != UINT32_MAX)
		loop_timer_arm(sn->turn, loop_now_ns() + timeout_ms * MSEC);
}

/* What libslirp calls. */

static ssize_t cb_send_packet(const void *buf, size_t len, void *opaque)
{
	struct slirp_net *sn = opaque;

	net_deliver(&sn->net, buf, len);
	return len;
}

static void cb_guest_error(const char *msg, void *opaque)
{
	struct slirp_net *sn = opaque;

	if (!sn->guest_told)
		warn("net user: the guest sent something odd: %s", msg);
	sn->guest_told = true;
}

static int64_t cb_clock(void *opaque)
{
	(void)opaque;
	return loop_now_ns();
}

static void *cb_timer_new(SlirpTimerCb fn, void *fn_opaque, void *opaque)
{
	struct slirp_net *sn = opaque;

	return loop_timer_create(sn->net.loop, fn, fn_opaque);
}

static void cb_timer_free(void *timer, void *opaque)
{
	(void)opaque;
	loop_timer_destroy(timer);
}

static void cb_timer_mod(void *timer, int64_t expire_ms, void *opaque)
{
	(void)opaque;
	loop_timer_arm(timer, expire_ms * MSEC);
}

static void cb_register_fd(int fd, void *opaque)
{
	(void)fd;
	turn_soon(opaque);
}

/* About to be closed: the number may come back for another socket at once. */
static void cb_unregister_fd(int fd, void *opaque)
{
	struct slirp_net *sn = opaque;

	if (fd >= 0 && fd < sn->nr_fds)
		forget(&sn->fds[fd]);
}

static void cb_notify(void *opaque)
{
	turn_soon(opaque);
}

static const SlirpCb callbacks = {
	.send_packet = cb_send_packet,
	.guest_error = cb_guest_error,
	.clock_get_ns = cb_clock,
	.timer_new = cb_timer_new,
	.timer_free = cb_timer_free,
	.timer_mod = cb_timer_mod,
	.register_poll_fd = cb_register_fd,
	.unregister_poll_fd = cb_unregister_fd,
	.notify = cb_notify,
};

/* What net.c calls. */

static void user_send(struct net_backend *net, const struct iovec *iov, unsigned int n)
{
	struct slirp_net *sn = to_slirp(net);

	slirp_input(sn->slirp, sn->frame, iov_copy_out(sn->frame, sizeof(sn->frame), iov, n));
	turn_soon(sn);
}

static void user_close(struct net_backend *net)
{
	struct slirp_net *sn = to_slirp(net);
	int fd;

	net->recv = NULL;
	if (sn->slirp)
		slirp_cleanup(sn->slirp);
	for (fd = 0; fd < sn->nr_fds; fd++)
		forget(&sn->fds[fd]);
	loop_timer_destroy(sn->turn);
	free(sn->fds);
	free(sn);
}

static const struct net_ops user_ops = {
	.name = "user",
	.send = user_send,
	.close = user_close,
};

static struct in_addr address(const char *text)
{
	return (struct in_addr){ .s_addr = inet_addr(text) };
}

static Slirp *start_slirp(struct slirp_net *sn)
{
	SlirpConfig cfg = {
		.version = 1,
		.in_enabled = true,
		.vnetwork = address("10.0.2.0"),
		.vnetmask = address("255.255.255.0"),
		.vhost = address("10.0.2.2"),
		.vnameserver = address("10.0.2.3"),
		.vdhcp_start = address("10.0.2.15"),
		.vhostname = "ember",
	};

	return slirp_new(&cfg, &callbacks, sn);
}

static struct net_backend *user_open(struct loop *loop, const char *arg, struct err *e)
{
	struct slirp_net *sn = calloc(1, sizeof(*sn));

	(void)arg;
	if (sn) {
		net_init(&sn->net, &user_ops, loop);
		sn->turn = loop_timer_create(loop, take_turn, sn);
		/* Opening forwards later may call back: the timer is there first. */
		sn->slirp = sn->turn ? start_slirp(sn) : NULL;
		if (sn->slirp) {
			turn_soon(sn);
			return &sn->net;
		}
		user_close(&sn->net);
	}
	err_set(e, EXIT_INTERNAL, "net user: libslirp can't be started");
	return NULL;
}

static int user_hostfwd(struct net_backend *net, const char *value, struct err *e)
{
	struct net_forward f;

	if (!net_forward_parse(value, &f))
		return err_set(e, EXIT_USAGE,
			       "net: hostfwd=%s is not tcp|udp:[ADDR]:PORT-[ADDR]:PORT", value);
	if (slirp_add_hostfwd(to_slirp(net)->slirp, f.udp, f.host, f.host_port, f.guest,
			      f.guest_port) < 0)
		return err_sys(e, EXIT_HOST, errno, "net: hostfwd=%s: listening on the host",
			       value);
	return 0;
}

const struct net_kind net_kind_user = {
	.name = "user",
	.open = user_open,
	.key = "hostfwd",
	.option = user_hostfwd,
};

#else /* !HAVE_SLIRP */

static struct net_backend *user_open(struct loop *loop, const char *arg, struct err *e)
{
	(void)loop;
	(void)arg;
	err_set(e, EXIT_HOST,
		"net user: not in this build, libslirp was missing; install it and build again, or use tap=INTERFACE");
	return NULL;
}

const struct net_kind net_kind_user = {
	.name = "user",
	.open = user_open,
};

#endif
