// SPDX-License-Identifier: GPL-2.0
/*
 * The control socket; see control.h.
 *
 * Whoever may open the socket may say anything at any speed, so all is bounded:
 * connections, the length of a line, and answers that nobody reads: a connection
 * with many of those is not listened to until it has read them, and one that lets
 * events pile up is closed.
 */
#include "control.h"
#include "../err.h"

#ifdef HAVE_JANSSON
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "../loop.h"
#include "qmp.h"

#define CLIENTS_MAX 16u
#define LINE_MAX_LEN 16384u
#define OUT_HIGH 65536u /* unread answers: then no more commands are read */
#define OUT_MAX 262144u /* unread events: then it is closed */

struct client {
	struct control *ctl;
	int fd;
	struct loop_watch *watch;
	struct qmp qmp;
	bool ending; /* closed once its answers are out */
	char *out;
	size_t out_len;
	size_t in_len;
	LIST_ENTRY(client) link;
	char in[LINE_MAX_LEN];
};

struct control {
	struct loop *loop;
	struct control_vm vm;
	int fd;
	struct loop_watch *watch;
	struct sockaddr_un at;
	unsigned int nr;
	LIST_HEAD(, client) clients;
};

static void client_close(struct client *c)
{
	struct control *ctl = c->ctl;

	LIST_REMOVE(c, link);
	ctl->nr--;
	loop_unwatch(c->watch);
	close(c->fd);
	free(c->out);
	free(c);
	loop_watch_events(ctl->watch, EPOLLIN);
}

static void client_await(struct client *c)
{
	uint32_t events = c->out_len ? EPOLLOUT : 0;

	if (!c->ending && c->out_len < OUT_HIGH)
		events |= EPOLLIN;
	loop_watch_events(c->watch, events);
}

/* What the client takes now.  False: the connection is gone. */
static bool client_flush(struct client *c)
{
	ssize_t n = c->out_len ? send(c->fd, c->out, c->out_len, MSG_DONTWAIT | MSG_NOSIGNAL) : 0;

	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		client_close(c);
		return false;
	}
	if (n > 0) {
		c->out_len -= n;
		memmove(c->out, c->out + n, c->out_len);
	}
	if (c->ending && !c->out_len) {
		client_close(c);
		return false;
	}
	client_await(c);
	return true;
}

/* Takes @line over.  False: no room or memory for it. */
static bool client_queue(struct client *c, char *line)
{
	size_t len = line ? strlen(line) : 0;
	char *out = line && c->out_len + len <= OUT_MAX ? realloc(c->out, c->out_len + len) : NULL;

	if (out) {
		memcpy(out + c->out_len, line, len);
		c->out = out;
		c->out_len += len;
	}
	free(line);
	return out;
}

/* The same, and send it.  False: the connection is gone. */
static bool client_say(struct client *c, char *line)
{
	if (client_queue(c, line))
		return client_flush(c);
	client_close(c);
	return false;
}

static bool blank(const char *line, size_t len)
{
	while (len && strchr(" \t\r", line[len - 1]))
		len--;
	return !len;
}

/* Lines that have come in whole, as many as may be answered.  False: it is gone. */
static bool client_lines(struct client *c)
{
	size_t len;
	char *end;

	while (c->out_len < OUT_HIGH && (end = memchr(c->in, '\n', c->in_len))) {
		len = end - c->in;
		if (!blank(c->in, len) && !client_say(c, qmp_answer(&c->qmp, c->in, len)))
			return false;
		c->in_len -= len + 1;
		memmove(c->in, end + 1, c->in_len);
	}
	return true;
}

static bool client_end(struct client *c, char *last_words)
{
	c->ending = true;
	return last_words ? client_say(c, last_words) : client_flush(c);
}

static bool client_read(struct client *c)
{
	ssize_t n = recv(c->fd, c->in + c->in_len, sizeof(c->in) - c->in_len, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n < 0) {
		client_close(c);
		return false;
	}
	c->in_len += n;
	if (!client_lines(c))
		return false;
	/* The last line may come without its end. */
	if (!n)
		return client_end(
			c, blank(c->in, c->in_len) ? NULL : qmp_answer(&c->qmp, c->in, c->in_len));
	if (c->in_len == sizeof(c->in) && !memchr(c->in, '\n', c->in_len))
		return client_end(c, qmp_error("the line is too long"));
	return true;
}

static void on_client(void *opaque, int fd, uint32_t events)
{
	struct client *c = opaque;

	(void)fd;
	if ((events & EPOLLOUT) && !client_flush(c))
		return;
	/* Answers that were read make room for lines that waited. */
	if (!c->ending && !client_lines(c))
		return;
	if ((events & EPOLLIN) && c->out_len < OUT_HIGH)
		client_read(c);
	else if (events & (EPOLLHUP | EPOLLERR))
		client_close(c);
}

static void turn_away(int fd)
{
	char *line = qmp_error("too many connections");

	if (line && send(fd, line, strlen(line), MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		errno = 0;
	free(line);
	close(fd);
}

static void client_open(struct control *ctl, int fd)
{
	struct client *c = ctl->nr < CLIENTS_MAX ? calloc(1, sizeof(*c)) : NULL;

	if (c)
		c->watch = loop_watch(ctl->loop, fd, EPOLLIN, on_client, c);
	if (!c || !c->watch) {
		free(c);
		turn_away(fd);
		return;
	}
	c->ctl = ctl;
	c->fd = fd;
	c->qmp = (struct qmp){ .vm = &ctl->vm };
	LIST_INSERT_HEAD(&ctl->clients, c, link);
	ctl->nr++;
	client_say(c, qmp_greeting());
}

static void on_connection(void *opaque, int fd, uint32_t events)
{
	struct control *ctl = opaque;
	int new = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
	if (new >= 0) {
		client_open(ctl, new);
	} else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
		/* It would be tried again at once, and forever: wait for a client that goes. */
		warn("control socket: %s", strerror(errno));
		loop_watch_events(ctl->watch, 0);
	}
}

void control_event(struct control *ctl, const char *name, const char *fmt, ...)
{
	struct client *c;
	va_list args;

	if (!ctl)
		return;
	LIST_FOREACH(c, &ctl->clients, link)
	{
		if (!c->qmp.ready || c->ending)
			continue;
		va_start(args, fmt);
		/* It may be a command of this very client that we are in: nothing is closed here. */
		if (client_queue(c, qmp_event(name, fmt, args)))
			client_await(c);
		else
			shutdown(c->fd, SHUT_RDWR);
		va_end(args);
	}
}

/* Opening. */

static int path_error(struct err *e, const char *path, int errnum)
{
	return err_sys(e, EXIT_HOST, errnum, "control socket %s", path);
}

/* Somebody's: 1 if a machine answers, 0 if it was left behind, or -1 with @e. */
static int probe(const struct sockaddr_un *at, struct err *e)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int r = fd < 0 ? -1 : connect(fd, (const void *)at, sizeof(*at));
	int errnum = errno;

	if (fd >= 0)
		close(fd);
	/* EAGAIN: it is there, and many others are asking. */
	if (!r || errnum == EAGAIN)
		return 1;
	return errnum == ECONNREFUSED ? 0 : path_error(e, at->sun_path, errnum);
}

static bool is_socket(const char *path)
{
	struct stat st;

	return !lstat(path, &st) && S_ISSOCK(st.st_mode);
}

static int bind_private(int fd, const struct sockaddr_un *at)
{
	mode_t old = umask(0177);
	int r = bind(fd, (const void *)at, sizeof(*at)) < 0 ? -errno : 0;

	umask(old);
	return r;
}

static int bind_or_replace(int fd, const struct sockaddr_un *at, struct err *e)
{
	int live, r = bind_private(fd, at);

	if (r != -EADDRINUSE)
		return r ? path_error(e, at->sun_path, -r) : 0;
	if (!is_socket(at->sun_path))
		return err_set(e, EXIT_USAGE, "control socket %s: there is a file of that name",
			       at->sun_path);
	live = probe(at, e);
	if (live < 0)
		return -1;
	if (live)
		return err_set(e, EXIT_USAGE,
			       "control socket %s: a virtual machine of that name is running",
			       at->sun_path);
	unlink(at->sun_path);
	r = bind_private(fd, at);
	return r ? path_error(e, at->sun_path, -r) : 0;
}

/* Two that start at once must not take each other's fresh socket for one left behind. */
static int bind_locked(int fd, const struct sockaddr_un *at, struct err *e)
{
	char copy[sizeof(at->sun_path)];
	int dir, r;

	strcpy(copy, at->sun_path);
	dir = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return path_error(e, at->sun_path, errno);
	if (flock(dir, LOCK_EX) < 0)
		r = path_error(e, at->sun_path, errno);
	else
		r = bind_or_replace(fd, at, e);
	if (!r && listen(fd, CLIENTS_MAX) < 0) {
		r = path_error(e, at->sun_path, errno);
		unlink(at->sun_path);
	}
	close(dir);
	return r;
}

static int control_listen(struct control *ctl, struct err *e)
{
	ctl->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (ctl->fd < 0)
		return path_error(e, ctl->at.sun_path, errno);
	if (bind_locked(ctl->fd, &ctl->at, e)) {
		close(ctl->fd);
		return -1;
	}
	ctl->watch = loop_watch(ctl->loop, ctl->fd, EPOLLIN, on_connection, ctl);
	return ctl->watch ? 0 : path_error(e, ctl->at.sun_path, errno);
}

struct control *control_open(struct loop *loop, const char *path, const struct control_vm *vm,
			     struct err *e)
{
	struct control *ctl = calloc(1, sizeof(*ctl));

	if (!ctl || strlen(path) >= sizeof(ctl->at.sun_path)) {
		path_error(e, path, ctl ? ENAMETOOLONG : ENOMEM);
		free(ctl);
		return NULL;
	}
	ctl->loop = loop;
	ctl->vm = *vm;
	ctl->at.sun_family = AF_UNIX;
	strcpy(ctl->at.sun_path, path);
	LIST_INIT(&ctl->clients);
	if (control_listen(ctl, e)) {
		free(ctl);
		return NULL;
	}
	return ctl;
}

void control_close(struct control *ctl)
{
	struct client *c;

	if (!ctl)
		return;
	while ((c = LIST_FIRST(&ctl->clients)))
		if (client_end(c, NULL))
			client_close(c);
	unlink(ctl->at.sun_path);
	loop_unwatch(ctl->watch);
	close(ctl->fd);
	free(ctl);
}

#else /* !HAVE_JANSSON */

struct control *control_open(struct loop *loop, const char *path, const struct control_vm *vm,
			     struct err *e)
{
	(void)loop;
	(void)path;
	(void)vm;
	err_set(e, EXIT_HOST,
		"control socket: not in this build, libjansson was missing; install it and build again");
	return NULL;
}

void control_close(struct control *ctl)
{
	(void)ctl;
}

void control_event(struct control *ctl, const char *name, const char *fmt, ...)
{
	(void)ctl;
	(void)name;
	(void)fmt;
}

#endif
