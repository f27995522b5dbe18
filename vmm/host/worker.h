/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Worker threads, for what would block the event loop.
 *
 * A job's run() is called on a worker, without the device lock and without
 * order among jobs; then its done() is called from the loop with the lock held
 * (or by workers_drain()).  The job's memory is its owner's and may be freed in
 * done().
 */
#ifndef EMBER_WORKER_H
#define EMBER_WORKER_H

#include <sys/queue.h>

struct loop;
struct workers;

struct worker_job {
	STAILQ_ENTRY(worker_job) next;
	void (*run)(struct worker_job *job);
	void (*done)(struct worker_job *job);
};

/* @threads workers that report to @loop.  NULL: errno set. */
struct workers *workers_create(struct loop *loop, unsigned int threads);
/* Drain, then end the threads.  NULL is fine.  The lock is held. */
void workers_destroy(struct workers *w);

/* The lock is held.  Never fails, never blocks for long. */
void workers_submit(struct workers *w, struct worker_job *job);
/* Wait until all that was submitted has run, and call done() for it.  The lock is held. */
void workers_drain(struct workers *w);

#endif
