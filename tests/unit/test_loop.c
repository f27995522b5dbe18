// SPDX-License-Identifier: GPL-2.0
/* The event loop: watches that go while their event is in hand, timers, quitting. */
#include "unit.h"

#include <errno.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "loop.h"

struct fixture {
	struct loop *loop;
	struct loop_watch *watch[2];
	struct loop_timer *timer[3];
	int fd[2];
	unsigned int calls;
	char order[8];
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->loop = loop_create();
	f->fd[0] = eventfd(1, EFD_CLOEXEC);
	f->fd[1] = eventfd(1, EFD_CLOEXEC);
	*state = f;
	return f->loop ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	loop_destroy(f->loop);
	close(f->fd[0]);
	close(f->fd[1]);
	free(f);
	return 0;
}

static void quit_on_event(void *opaque, int fd, uint32_t events)
{
	struct fixture *f = opaque;

	assert_int_equal(fd, f->fd[0]);
	assert_true(events & EPOLLIN);
	loop_quit(f->loop, 42);
}

static void event(void **state)
{
	struct fixture *f = *state;

	assert_non_null(loop_watch(f->loop, f->fd[0], EPOLLIN, quit_on_event, f));
	assert_int_equal(loop_run(f->loop), 42);
}

static void first_status_wins_then_again(void **state)
{
	struct fixture *f = *state;

	loop_quit(f->loop, 1);
	loop_quit(f->loop, 2);
	assert_int_equal(loop_run(f->loop), 1);
	loop_quit(f->loop, 3);
	assert_int_equal(loop_run(f->loop), 3);
}

static void *quit_thread(void *opaque)
{
	loop_quit(opaque, 7);
	return NULL;
}

static void quit_from_thread(void **state)
{
	struct fixture *f = *state;
	pthread_t t;

	assert_int_equal(pthread_create(&t, NULL, quit_thread, f->loop), 0);
	assert_int_equal(loop_run(f->loop), 7);
	pthread_join(t, NULL);
}

/* Both are ready in one batch; whichever runs first takes the other away. */
static void remove_the_other(void *opaque, int fd, uint32_t events)
{
	struct fixture *f = opaque;

	(void)events;
	f->calls++;
	loop_unwatch(f->watch[fd == f->fd[0] ? 1 : 0]);
	loop_unwatch(f->watch[fd == f->fd[0] ? 0 : 1]);
	loop_timer_arm(f->timer[0], loop_now_ns() + 1000000);
}

static void quit_by_timer(void *opaque)
{
	loop_quit(((struct fixture *)opaque)->loop, 0);
}

static void removed_in_the_batch(void **state)
{
	struct fixture *f = *state;

	f->timer[0] = loop_timer_create(f->loop, quit_by_timer, f);
	f->watch[0] = loop_watch(f->loop, f->fd[0], EPOLLIN, remove_the_other, f);
	f->watch[1] = loop_watch(f->loop, f->fd[1], EPOLLIN, remove_the_other, f);
	loop_run(f->loop);
	assert_int_equal(f->calls, 1);
	loop_timer_destroy(f->timer[0]);
}

static void remove_itself(void *opaque, int fd, uint32_t events)
{
	struct fixture *f = opaque;

	(void)fd;
	(void)events;
	f->calls++;
	loop_unwatch(f->watch[0]);
	loop_timer_arm(f->timer[0], loop_now_ns() + 1000000);
}

static void removed_by_itself(void **state)
{
	struct fixture *f = *state;

	f->timer[0] = loop_timer_create(f->loop, quit_by_timer, f);
	f->watch[0] = loop_watch(f->loop, f->fd[0], EPOLLIN, remove_itself, f);
	loop_run(f->loop);
	assert_int_equal(f->calls, 1);
	loop_timer_destroy(f->timer[0]);
}

static void note_a(void *opaque)
{
	strcat(((struct fixture *)opaque)->order, "a");
}

static void note_b(void *opaque)
{
	strcat(((struct fixture *)opaque)->order, "b");
}

static void timers_in_order(void **state)
{
	struct fixture *f = *state;
	int64_t now = loop_now_ns();

	f->timer[0] = loop_timer_create(f->loop, note_a, f);
	f->timer[1] = loop_timer_create(f->loop, note_b, f);
	f->timer[2] = loop_timer_create(f->loop, quit_by_timer, f);
	loop_timer_arm(f->timer[0], now + 1);
	loop_timer_arm(f->timer[2], now + 2000000);
	loop_timer_arm(f->timer[1], now);
	loop_timer_arm(f->timer[0], now + 1000000); /* moved */
	loop_run(f->loop);
	assert_string_equal(f->order, "ba");
	loop_timer_destroy(f->timer[0]);
	loop_timer_destroy(f->timer[1]);
	loop_timer_destroy(f->timer[2]);
}

static void cancelled(void **state)
{
	struct fixture *f = *state;
	int64_t now = loop_now_ns();

	f->timer[0] = loop_timer_create(f->loop, note_a, f);
	f->timer[1] = loop_timer_create(f->loop, quit_by_timer, f);
	loop_timer_arm(f->timer[0], now);
	loop_timer_arm(f->timer[1], now + 1000000);
	loop_timer_cancel(f->timer[0]);
	loop_timer_cancel(f->timer[0]);
	loop_run(f->loop);
	assert_string_equal(f->order, "");
	loop_timer_destroy(f->timer[0]);
	loop_timer_destroy(f->timer[1]);
}

static void bad_fd(void **state)
{
	struct fixture *f = *state;

	assert_null(loop_watch(f->loop, -1, EPOLLIN, quit_on_event, f));
	assert_int_equal(errno, EBADF);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(event),
		TEST(first_status_wins_then_again),
		TEST(quit_from_thread),
		TEST(removed_in_the_batch),
		TEST(removed_by_itself),
		TEST(timers_in_order),
		TEST(cancelled),
		TEST(bad_fd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
