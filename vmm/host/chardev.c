// SPDX-License-Identifier: GPL-2.0
/*
 * Character devices: moving bytes between the host and the guest's device; see
 * chardev.h.  How the kinds are opened is in chardev_kinds.c.
 *
 * Input goes through a buffer, because the escape key has to be seen even when
 * the guest takes no input any more.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "../err.h"
#include "chardev.h"
#include "chardev_kinds.h"

#define IN_BUFFER 4096
#define MSEC 1000000LL
#define PTY_POLL (200 * MSEC) /* how often to look whether somebody opened the pty */
#define FILE_POLL MSEC /* how soon to read on from what epoll can't watch */
#define CLOSE_TIMEOUT (1000 * MSEC)

struct chardev {
	struct loop *loop;
	struct chardev_ends ends;
	struct loop_watch *watch_in; /* while input is wanted */
	struct loop_watch *watch_out; /* while output waits */
	struct loop_timer *timer; /* pty: is somebody there; file: read on */
	const struct chardev_client *client;
	void *client_opaque;
	void (*escape)(void *opaque);
	void *escape_opaque;
	bool away; /* a pty that nobody has open */
	bool refused; /* chardev_write() took less than it was given */
	bool pumping;
	size_t in_len;
	uint8_t in[IN_BUFFER];
	size_t out_head, out_len; /* a ring */
	uint8_t out[CHARDEV_BUFFER];
};

static void on_fd(void *opaque, int fd, uint32_t events);

static void set_watch(struct chardev *cd, struct loop_watch **watch, int fd, uint32_t events,
		      bool want)
{
	want = want && fd >= 0 && !cd->away;
	if (want && !*watch)
		*watch = loop_watch(cd->loop, fd, events, on_fd, cd);
	if (!want && *watch) {
		loop_unwatch(*watch);
		*watch = NULL;
	}
}

/*
 * What the host is to wake us for.  A watch that is not wanted goes away: an
 * end that was hung up would report that without pause.  Regular files are
 * always ready, and epoll refuses them: they are read by timer.
 */
static void watch_update(struct chardev *cd)
{
	bool in = cd->ends.in >= 0 && (cd->ends.terminal || cd->in_len < IN_BUFFER);

	set_watch(cd, &cd->watch_in, cd->ends.in, EPOLLIN, in);
	set_watch(cd, &cd->watch_out, cd->ends.out, EPOLLOUT, cd->out_len);
	if (in && !cd->watch_in && !cd->ends.pty)
		loop_timer_arm(cd->timer, loop_now_ns() + FILE_POLL);
}

static void end_input(struct chardev *cd)
{
	set_watch(cd, &cd->watch_in, -1, 0, false);
	close(cd->ends.in);
	cd->ends.in = -1;
}

/* Nobody reads it any more: swallow from now on, never make the guest wait. */
static void end_output(struct chardev *cd)
{
	set_watch(cd, &cd->watch_out, -1, 0, false);
	close(cd->ends.out);
	cd->ends.out = -1;
	cd->out_len = 0;
}

/* Write what the host takes now; false if it takes nothing more. */
static bool out_some(struct chardev *cd)
{
	size_t run = CHARDEV_BUFFER - cd->out_head;
	ssize_t n;

	if (run > cd->out_len)
		run = cd->out_len;
	n = write(cd->ends.out, cd->out + cd->out_head, run);
	if (n < 0 && errno == EINTR)
		return true;
	if (n < 0) {
		if (errno != EAGAIN && !cd->ends.pty)
			end_output(cd);
		return false;
	}
	cd->out_head = (cd->out_head + n) % CHARDEV_BUFFER;
	cd->out_len -= n;
	return true;
}

static void out_flush(struct chardev *cd)
{
	while (cd->out_len && cd->ends.out >= 0 && !cd->away && out_some(cd))
		;
}

static void out_queue(struct chardev *cd, const uint8_t *buf, size_t len)
{
	size_t at = (cd->out_head + cd->out_len) % CHARDEV_BUFFER;
	size_t run = CHARDEV_BUFFER - at;

	if (run > len)
		run = len;
	memcpy(cd->out + at, buf, run);
	memcpy(cd->out, buf + run, len - run);
	cd->out_len += len;
}

/* With nobody there the oldest output makes room for the newest. */
static void forget_oldest(struct chardev *cd, size_t len)
{
	size_t room = CHARDEV_BUFFER - cd->out_len;

	if (len > room) {
		cd->out_head = (cd->out_head + len - room) % CHARDEV_BUFFER;
		cd->out_len -= len - room;
	}
}

size_t chardev_write(struct chardev *cd, const void *buf, size_t len)
{
	size_t room;

	if (cd->ends.out < 0)
		return len;
	if (len > CHARDEV_BUFFER)
		len = CHARDEV_BUFFER;
	if (cd->away)
		forget_oldest(cd, len);
	room = CHARDEV_BUFFER - cd->out_len;
	if (room < len)
		cd->refused = true;
	else
		room = len;
	out_queue(cd, buf, room);
	if (cd->out_len == room)
		out_flush(cd);
	watch_update(cd);
	return room;
}

static void out_ready(struct chardev *cd)
{
	out_flush(cd);
	watch_update(cd);
	if (cd->refused && (cd->away || cd->out_len < CHARDEV_BUFFER / 2)) {
		cd->refused = false;
		if (cd->client && cd->client->writable)
			cd->client->writable(cd->client_opaque);
	}
}

/* Hand the client what it has room for.  It may call back in from input(). */
static void in_pump(struct chardev *cd)
{
	size_t n;

	if (cd->pumping)
		return;
	cd->pumping = true;
	while (cd->in_len && cd->client) {
		n = cd->client->room(cd->client_opaque);
		if (n > cd->in_len)
			n = cd->in_len;
		if (!n)
			break;
		cd->client->input(cd->client_opaque, cd->in, n);
		memmove(cd->in, cd->in + n, cd->in_len - n);
		cd->in_len -= n;
	}
	cd->pumping = false;
}

/* Keep what was typed up to the escape key; typed ahead beyond the buffer is lost. */
static void in_accept(struct chardev *cd, const uint8_t *buf, size_t len)
{
	const uint8_t *esc = cd->ends.terminal ? memchr(buf, CHARDEV_ESCAPE, len) : NULL;

	if (esc)
		len = esc - buf;
	if (len > IN_BUFFER - cd->in_len)
		len = IN_BUFFER - cd->in_len;
	memcpy(cd->in + cd->in_len, buf, len);
	cd->in_len += len;
	if (esc && cd->escape)
		cd->escape(cd->escape_opaque);
}

static void in_ready(struct chardev *cd)
{
	uint8_t buf[IN_BUFFER];
	size_t want = cd->ends.terminal ? sizeof(buf) : IN_BUFFER - cd->in_len;
	ssize_t n = want ? read(cd->ends.in, buf, want) : -1;

	if (want && !cd->ends.pty && (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)))
		end_input(cd);
	if (n > 0)
		in_accept(cd, buf, n);
	in_pump(cd);
	watch_update(cd);
}

static void pty_left(struct chardev *cd)
{
	cd->away = true;
	loop_timer_arm(cd->timer, loop_now_ns() + PTY_POLL);
	out_ready(cd);
}

static void on_fd(void *opaque, int fd, uint32_t events)
{
	struct chardev *cd = opaque;

	if (fd == cd->ends.in)
		in_ready(cd);
	else
		out_ready(cd);
	if (cd->ends.pty && (events & EPOLLHUP))
		pty_left(cd);
}

static bool somebody_there(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) >= 0 && !(p.revents & POLLHUP);
}

/* What somebody left who came and went between two looks is read all the same. */
static void pty_poll(struct chardev *cd)
{
	in_ready(cd);
	if (!somebody_there(cd->ends.in)) {
		loop_timer_arm(cd->timer, loop_now_ns() + PTY_POLL);
		return;
	}
	cd->away = false;
	out_ready(cd);
}

static void on_timer(void *opaque)
{
	struct chardev *cd = opaque;

	if (cd->ends.pty)
		pty_poll(cd);
	else if (cd->ends.in >= 0)
		in_ready(cd);
}

struct chardev *chardev_open(struct loop *loop, const char *what, const char *spec,
			     void (*escape)(void *opaque), void *opaque, struct err *e)
{
	struct chardev *cd = calloc(1, sizeof(*cd));

	if (cd)
		cd->timer = loop_timer_create(loop, on_timer, cd);
	if (!cd || !cd->timer) {
		err_sys(e, EXIT_INTERNAL, errno, "cannot open the %s", what);
		free(cd);
		return NULL;
	}
	cd->loop = loop;
	cd->escape = escape;
	cd->escape_opaque = opaque;
	if (chardev_ends_open(&cd->ends, what, spec, e)) {
		loop_timer_destroy(cd->timer);
		free(cd);
		return NULL;
	}
	if (cd->ends.pty)
		pty_left(cd);
	watch_update(cd);
	return cd;
}

static void flush_for(struct chardev *cd, int64_t timeout)
{
	int64_t end = loop_now_ns() + timeout, left;

	while (cd->out_len && cd->ends.out >= 0 && !cd->away) {
		struct pollfd p = { .fd = cd->ends.out, .events = POLLOUT };

		left = end - loop_now_ns();
		if (left <= 0 || poll(&p, 1, left / MSEC + 1) <= 0 || !(p.revents & POLLOUT))
			return;
		out_flush(cd);
	}
}

void chardev_close(struct chardev *cd)
{
	if (!cd)
		return;
	flush_for(cd, CLOSE_TIMEOUT);
	set_watch(cd, &cd->watch_in, -1, 0, false);
	set_watch(cd, &cd->watch_out, -1, 0, false);
	loop_timer_destroy(cd->timer);
	chardev_ends_close(&cd->ends);
	free(cd);
}

void chardev_attach(struct chardev *cd, const struct chardev_client *client, void *opaque)
{
	cd->client = client;
	cd->client_opaque = opaque;
	cd->refused = false;
	chardev_input_ready(cd);
}

void chardev_input_ready(struct chardev *cd)
{
	in_pump(cd);
	watch_update(cd);
}
