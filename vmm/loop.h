/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The event loop: one thread, file descriptors and timers.
 *
 * Locking: there is one device lock.  Callbacks of the loop run with it held;
 * a vcpu thread takes it around the MMIO access it carries to a device.  So
 * device code is never entered twice at the same time, and must not block:
 * what may take long (disk I/O) goes to a worker thread that reports back
 * through an eventfd watched here.
 */
#ifndef EMBER_LOOP_H
#define EMBER_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct loop;
struct loop_watch;
struct loop_timer;

/* @events: EPOLLIN and the like, as they came from epoll. */
typedef void (*loop_fd_fn)(void *opaque, int fd, uint32_t events);
typedef void (*loop_timer_fn)(void *opaque);

struct loop *loop_create(void); /* NULL: errno set */
void loop_destroy(struct loop *loop);

/*
 * Serve events until loop_quit(); returns what loop_quit() was given.  The loop
 * can be run again after that (a guest reset does).
 */
int loop_run(struct loop *loop);
/* From any thread, lock held or not; of several before loop_run() ends the first wins. */
void loop_quit(struct loop *loop, int status);

void loop_lock(struct loop *loop);
void loop_unlock(struct loop *loop);

/*
 * Watch @fd.  The lock is held by the caller or the loop is not running yet.
 * Returns NULL with errno set on failure.  loop_unwatch() does not close @fd;
 * after it returns the callback is not called again.
 */
struct loop_watch *loop_watch(struct loop *loop, int fd, uint32_t events, loop_fd_fn fn,
			      void *opaque);
int loop_watch_events(struct loop_watch *watch, uint32_t events);
void loop_unwatch(struct loop_watch *watch);

/*
 * One-shot timers on CLOCK_MONOTONIC, in nanoseconds; arming again moves it.
 * The same rule as for watches: the lock is held or the loop is not running.
 */
struct loop_timer *loop_timer_create(struct loop *loop, loop_timer_fn fn, void *opaque);
void loop_timer_arm(struct loop_timer *timer, int64_t deadline_ns);
void loop_timer_cancel(struct loop_timer *timer);
void loop_timer_destroy(struct loop_timer *timer);
int64_t loop_now_ns(void);

#endif
