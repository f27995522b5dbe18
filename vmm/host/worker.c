// SPDX-License-Identifier: GPL-2.0
/* Worker threads: the contracts are in worker.h. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "../loop.h"
#include "worker.h"

/* Jobs make system calls on buffers of others: little stack is enough. */
#define WORKER_STACK (256u * 1024)

STAILQ_HEAD(job_list, worker_job);

struct workers {
	pthread_mutex_t lock;
	pthread_cond_t work; /* something in todo, or stop */
	pthread_cond_t idle; /* nothing in todo, nothing running */
	struct job_list todo; /* lock */
	struct job_list finished; /* lock */
	unsigned int running; /* lock: jobs in run() */
	bool stop; /* lock */

	int fd; /* eventfd: there is something in finished */
	struct loop_watch *watch;
	unsigned int nr;
	pthread_t thread[];
};

/* Called and returns with the lock held, which is let go of around the job. */
static void run_one(struct workers *w)
{
	struct worker_job *job = STAILQ_FIRST(&w->todo);

	STAILQ_REMOVE_HEAD(&w->todo, next);
	w->running++;
	pthread_mutex_unlock(&w->lock);
	job->run(job);
	pthread_mutex_lock(&w->lock);
	w->running--;
	STAILQ_INSERT_TAIL(&w->finished, job, next);
	eventfd_write(w->fd, 1);
	if (!w->running && STAILQ_EMPTY(&w->todo))
		pthread_cond_broadcast(&w->idle);
}

static void *worker_main(void *arg)
{
	struct workers *w = arg;

	pthread_mutex_lock(&w->lock);
	for (;;) {
		if (!STAILQ_EMPTY(&w->todo))
			run_one(w);
		else if (w->stop)
			break;
		else
			pthread_cond_wait(&w->work, &w->lock);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* Take the whole list first: done() may submit more, and nobody waits for the lock. */
static void report(struct workers *w)
{
	struct job_list list = STAILQ_HEAD_INITIALIZER(list);
	struct worker_job *job;

	pthread_mutex_lock(&w->lock);
	STAILQ_CONCAT(&list, &w->finished);
	pthread_mutex_unlock(&w->lock);
	while ((job = STAILQ_FIRST(&list))) {
		STAILQ_REMOVE_HEAD(&list, next);
		job->done(job);
	}
}

static void on_finished(void *opaque, int fd, uint32_t events)
{
	eventfd_t n;

	(void)events;
	eventfd_read(fd, &n);
	report(opaque);
}

void workers_submit(struct workers *w, struct worker_job *job)
{
	pthread_mutex_lock(&w->lock);
	STAILQ_INSERT_TAIL(&w->todo, job, next);
	pthread_cond_signal(&w->work);
	pthread_mutex_unlock(&w->lock);
}

static bool drained(struct workers *w)
{
	bool yes;

	pthread_mutex_lock(&w->lock);
	while (w->running || !STAILQ_EMPTY(&w->todo))
		pthread_cond_wait(&w->idle, &w->lock);
	yes = STAILQ_EMPTY(&w->finished);
	pthread_mutex_unlock(&w->lock);
	return yes;
}

void workers_drain(struct workers *w)
{
	while (!drained(w))
		report(w);
}

static void stop_threads(struct workers *w)
{
	pthread_mutex_lock(&w->lock);
	w->stop = true;
	pthread_cond_broadcast(&w->work);
	pthread_mutex_unlock(&w->lock);
	while (w->nr)
		pthread_join(w->thread[--w->nr], NULL);
}

void workers_destroy(struct workers *w)
{
	if (!w)
		return;
	workers_drain(w);
	stop_threads(w);
	if (w->watch)
		loop_unwatch(w->watch);
	if (w->fd >= 0)
		close(w->fd);
	pthread_cond_destroy(&w->idle);
	pthread_cond_destroy(&w->work);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

/* Signals are the main thread's business: workers start with all of them blocked. */
static int start_threads(struct workers *w, unsigned int threads)
{
	pthread_attr_t attr;
	sigset_t all, old;
	int err = 0;

	sigfillset(&all);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, WORKER_STACK);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	while (w->nr < threads && !err) {
		err = pthread_create(&w->thread[w->nr], &attr, worker_main, w);
		if (!err)
			w->nr++;
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
	return -err;
}

static int workers_start(struct workers *w, struct loop *loop, unsigned int threads)
{
	w->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->fd < 0)
		return -errno;
	w->watch = loop_watch(loop, w->fd, EPOLLIN, on_finished, w);
	if (!w->watch)
		return -errno;
	return start_threads(w, threads);
}

struct workers *workers_create(struct loop *loop, unsigned int threads)
{
	struct workers *w = calloc(1, sizeof(*w) + threads * sizeof(w->thread[0]));
	int err;

	if (!w)
		return NULL;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->work, NULL);
	pthread_cond_init(&w->idle, NULL);
	STAILQ_INIT(&w->todo);
	STAILQ_INIT(&w->finished);
	err = workers_start(w, loop, threads);
	if (err) {
		workers_destroy(w);
		errno = -err;
		return NULL;
	}
	return w;
}
