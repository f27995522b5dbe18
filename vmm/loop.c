// SPDX-License-Identifier: GPL-2.0
/*
 * The event loop over epoll; see loop.h for the contract.
 *
 * A watch can be removed by a vcpu thread after epoll_wait() has already
 * picked up its event.  So loop_unwatch() only marks it, and the loop's thread
 * frees it once the batch of events in its hands is done.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/queue.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "loop.h"

#define BATCH 16

struct loop_watch {
	struct loop *loop;
	int fd;
	bool dead;
	loop_fd_fn fn;
	void *opaque;
	LIST_ENTRY(loop_watch) link; /* in loop->watches or loop->graves */
};

struct loop_timer {
	struct loop *loop;
	bool armed;
	int64_t deadline;
	loop_timer_fn fn;
	void *opaque;
	LIST_ENTRY(loop_timer) link; /* in loop->timers while armed, by deadline */
};

struct loop {
	pthread_mutex_t lock; /* the device lock */
	int epoll;
	int timerfd;
	int wakefd;
	pthread_mutex_t quit_lock; /* guards the two below; innermost */
	bool quit;
	int status;
	LIST_HEAD(, loop_watch) watches;
	LIST_HEAD(, loop_watch) graves;
	LIST_HEAD(, loop_timer) timers;
};

int64_t loop_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

void loop_lock(struct loop *loop)
{
	pthread_mutex_lock(&loop->lock);
}

void loop_unlock(struct loop *loop)
{
	pthread_mutex_unlock(&loop->lock);
}

static void run_timers(void *opaque, int fd, uint32_t events);

static void woken(void *opaque, int fd, uint32_t events)
{
	uint64_t n;

	(void)opaque;
	(void)events;
	if (read(fd, &n, sizeof(n)) < 0)
		return;
}

struct loop *loop_create(void)
{
	struct loop *loop = calloc(1, sizeof(*loop));

	if (!loop)
		return NULL;
	pthread_mutex_init(&loop->lock, NULL);
	pthread_mutex_init(&loop->quit_lock, NULL);
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	loop->timerfd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	loop->wakefd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (loop->epoll < 0 || loop->timerfd < 0 || loop->wakefd < 0 ||
	    !loop_watch(loop, loop->timerfd, EPOLLIN, run_timers, loop) ||
	    !loop_watch(loop, loop->wakefd, EPOLLIN, woken, loop)) {
		loop_destroy(loop);
		return NULL;
	}
	return loop;
}

static void bury(struct loop *loop)
{
	struct loop_watch *w;

	while ((w = LIST_FIRST(&loop->graves))) {
		LIST_REMOVE(w, link);
		free(w);
	}
}

void loop_destroy(struct loop *loop)
{
	struct loop_watch *w;
	int saved = errno;

	if (!loop)
		return;
	while ((w = LIST_FIRST(&loop->watches)))
		loop_unwatch(w);
	bury(loop);
	close(loop->epoll);
	close(loop->timerfd);
	close(loop->wakefd);
	pthread_mutex_destroy(&loop->lock);
	pthread_mutex_destroy(&loop->quit_lock);
	free(loop);
	errno = saved;
}

static bool quitting(struct loop *loop)
{
	bool quit;

	pthread_mutex_lock(&loop->quit_lock);
	quit = loop->quit;
	pthread_mutex_unlock(&loop->quit_lock);
	return quit;
}

void loop_quit(struct loop *loop, int status)
{
	uint64_t one = 1;

	pthread_mutex_lock(&loop->quit_lock);
	if (!loop->quit)
		loop->status = status;
	loop->quit = true;
	pthread_mutex_unlock(&loop->quit_lock);
	while (write(loop->wakefd, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

static void dispatch(struct loop *loop, const struct epoll_event *ev, int n)
{
	int i;

	for (i = 0; i < n && !quitting(loop); i++) {
		struct loop_watch *w = ev[i].data.ptr;

		if (!w->dead)
			w->fn(w->opaque, w->fd, ev[i].events);
	}
	bury(loop);
}

/* The loop has ended: what it ended with, and ready to run again. */
static int take_status(struct loop *loop)
{
	int status;

	pthread_mutex_lock(&loop->quit_lock);
	status = loop->status;
	loop->quit = false;
	pthread_mutex_unlock(&loop->quit_lock);
	return status;
}

int loop_run(struct loop *loop)
{
	struct epoll_event ev[BATCH];
	int n;

	while (!quitting(loop)) {
		n = epoll_wait(loop->epoll, ev, BATCH, -1);
		loop_lock(loop);
		dispatch(loop, ev, n > 0 ? n : 0);
		loop_unlock(loop);
	}
	return take_status(loop);
}

struct loop_watch *loop_watch(struct loop *loop, int fd, uint32_t events, loop_fd_fn fn,
			      void *opaque)
{
	struct loop_watch *w = calloc(1, sizeof(*w));
	struct epoll_event ev = { .events = events, .data.ptr = w };

	if (!w)
		return NULL;
	*w = (struct loop_watch){ .loop = loop, .fd = fd, .fn = fn, .opaque = opaque };
	if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &ev) < 0) {
		free(w);
		return NULL;
	}
	LIST_INSERT_HEAD(&loop->watches, w, link);
	return w;
}

int loop_watch_events(struct loop_watch *w, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = w };

	return epoll_ctl(w->loop->epoll, EPOLL_CTL_MOD, w->fd, &ev) < 0 ? -errno : 0;
}

void loop_unwatch(struct loop_watch *w)
{
	if (!w)
		return;
	epoll_ctl(w->loop->epoll, EPOLL_CTL_DEL, w->fd, NULL);
	w->dead = true;
	LIST_REMOVE(w, link);
	LIST_INSERT_HEAD(&w->loop->graves, w, link);
}

/* Set the timerfd to the earliest deadline, or off. */
static void program_timerfd(struct loop *loop)
{
	struct loop_timer *t = LIST_FIRST(&loop->timers);
	struct itimerspec its = { 0 };

	if (t) {
		int64_t ns = t->deadline > 0 ? t->deadline : 1;

		its.it_value.tv_sec = ns / 1000000000;
		its.it_value.tv_nsec = ns % 1000000000;
	}
	timerfd_settime(loop->timerfd, TFD_TIMER_ABSTIME, &its, NULL);
}

static void run_timers(void *opaque, int fd, uint32_t events)
{
	struct loop *loop = opaque;
	int64_t now = loop_now_ns();
	struct loop_timer *t;
	uint64_t expired;

	(void)events;
	if (read(fd, &expired, sizeof(expired)) < 0)
		return;
	while ((t = LIST_FIRST(&loop->timers)) && t->deadline <= now) {
		LIST_REMOVE(t, link);
		t->armed = false;
		t->fn(t->opaque);
	}
	program_timerfd(loop);
}

struct loop_timer *loop_timer_create(struct loop *loop, loop_timer_fn fn, void *opaque)
{
	struct loop_timer *t = calloc(1, sizeof(*t));

	if (t)
		*t = (struct loop_timer){ .loop = loop, .fn = fn, .opaque = opaque };
	return t;
}

static void insert_by_deadline(struct loop *loop, struct loop_timer *t)
{
	struct loop_timer *at = LIST_FIRST(&loop->timers), *prev = NULL;

	for (; at && at->deadline <= t->deadline; at = LIST_NEXT(at, link))
		prev = at;
	if (prev)
		LIST_INSERT_AFTER(prev, t, link);
	else
		LIST_INSERT_HEAD(&loop->timers, t, link);
}

void loop_timer_arm(struct loop_timer *t, int64_t deadline_ns)
{
	if (t->armed)
		LIST_REMOVE(t, link);
	t->armed = true;
	t->deadline = deadline_ns;
	insert_by_deadline(t->loop, t);
	program_timerfd(t->loop);
}

void loop_timer_cancel(struct loop_timer *t)
{
	if (!t->armed)
		return;
	LIST_REMOVE(t, link);
	t->armed = false;
	program_timerfd(t->loop);
}

void loop_timer_destroy(struct loop_timer *t)
{
	if (!t)
		return;
	loop_timer_cancel(t);
	free(t);
}
