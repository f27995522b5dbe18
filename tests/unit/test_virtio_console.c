// SPDX-License-Identifier: GPL-2.0
/*
 * The two devices that carry plain bytes: console (vmm/virtio/console.c), on a
 * pseudo-terminal whose other end the test holds, and rng (vmm/virtio/rng.c).
 */
#include "virtio_rig.h"

#include <fcntl.h>
#include <pty.h>
#include <termios.h>

#include "../../vmm/err.h"
#include "../../vmm/host/chardev.h"

enum { RX, TX };

struct console_test {
	struct rig *rig;
	struct chardev *chr;
	int far; /* the other end */
	int near;
};

static int setup(void **state)
{
	struct console_test *t = calloc(1, sizeof(*t));
	struct termios raw;
	struct err e;
	char name[64];

	cfmakeraw(memset(&raw, 0, sizeof(raw)));
	assert_int_equal(openpty(&t->far, &t->near, name, &raw, NULL), 0);
	assert_int_equal(fcntl(t->far, F_SETFL, O_NONBLOCK), 0);
	t->rig = rig_new();
	t->chr = chardev_open(t->rig->loop, "console", name, NULL, NULL, &e);
	assert_non_null(t->chr);
	rig_plug(t->rig, virtio_console_create(t->chr));
	rig_start(t->rig, 0, 16);
	*state = t;
	return 0;
}

static int teardown(void **state)
{
	struct console_test *t = *state;

	rig_free(t->rig);
	free(t);
	return 0;
}

/* The chardev goes before its loop. */
static int teardown_console(void **state)
{
	struct console_test *t = *state;

	rig_unplug(t->rig);
	close(t->far);
	close(t->near);
	chardev_close(t->chr);
	return teardown(state);
}

static struct console_test *waiting;
static char got[300000];
static size_t got_len, want_len;

static bool far_has_it(struct rig *rig)
{
	ssize_t n = read(waiting->far, got + got_len, sizeof(got) - got_len);

	(void)rig;
	if (n > 0)
		got_len += n;
	return got_len >= want_len;
}

static void expect_far(struct console_test *t, const void *text, size_t len)
{
	waiting = t;
	got_len = 0;
	want_len = len;
	rig_until(t->rig, far_has_it);
	assert_int_equal(got_len, len);
	assert_memory_equal(got, text, len);
}

static void test_output(void **state)
{
	struct console_test *t = *state;

	memcpy(rig_at(t->rig, RIG_DATA), "hello, world", 12);
	RIG_ADD(t->rig, TX, { RIG_DATA, 5, false }, { RIG_DATA + 5, 7, false });
	RIG_ADD(t->rig, TX, { RIG_DATA, 5, false });
	rig_kick(t->rig, TX);
	assert_int_equal(rig_used_idx(t->rig, TX), 2);
	assert_int_equal(t->rig->edges, 1);
	expect_far(t, "hello, worldhello", 17);
}

/* More than the host takes at once: nothing is lost, nothing comes twice. */
static void test_output_backpressure(void **state)
{
	struct console_test *t = *state;
	uint8_t *data = rig_at(t->rig, RIG_DATA);
	unsigned int i, big = 200000;

	for (i = 0; i < big; i++)
		data[i] = i ^ (i >> 8);
	RIG_ADD(t->rig, TX, { RIG_DATA, 1000, false }, { RIG_DATA + 1000, big - 1000, false });
	rig_kick(t->rig, TX);
	assert_int_equal(rig_used_idx(t->rig, TX), 0);
	/* Stuck in the middle, as a snapshot may find it. */
	rig_check_state(t->rig);
	expect_far(t, data, big);
	assert_int_equal(rig_used_idx(t->rig, TX), 1);
}

static bool rx_used(struct rig *rig)
{
	return rig_used_idx(rig, RX) != rig->q[RX].seen;
}

static void test_input(void **state)
{
	struct console_test *t = *state;
	uint32_t written;
	int head = RIG_ADD(t->rig, RX, { RIG_DATA, 2, true }, { RIG_DATA + 16, 62, true });

	rig_kick(t->rig, RX);
	assert_int_equal(write(t->far, "abcde", 5), 5);
	rig_until(t->rig, rx_used);
	assert_int_equal(rig_take(t->rig, RX, &written), head);
	assert_int_equal(written, 5);
	assert_memory_equal(rig_at(t->rig, RIG_DATA), "ab", 2);
	assert_memory_equal(rig_at(t->rig, RIG_DATA + 16), "cde", 3);
	assert_int_equal(t->rig->edges, 1);
}

/* No buffer, no input; a short one gets what fits and the rest waits. */
static void test_input_waits(void **state)
{
	struct console_test *t = *state;
	uint32_t written;

	assert_int_equal(write(t->far, "abcde", 5), 5);
	RIG_ADD(t->rig, RX, { RIG_DATA, 3, true });
	rig_kick(t->rig, RX);
	rig_until(t->rig, rx_used);
	rig_take(t->rig, RX, &written);
	assert_int_equal(written, 3);
	RIG_ADD(t->rig, RX, { RIG_DATA + 3, 16, true });
	rig_kick(t->rig, RX);
	rig_until(t->rig, rx_used);
	rig_take(t->rig, RX, &written);
	assert_int_equal(written, 2);
	assert_memory_equal(rig_at(t->rig, RIG_DATA), "abcde", 5);
}

static bool stopped(struct rig *rig)
{
	return rig_needs_reset(rig);
}

static void test_input_hostile(void **state)
{
	struct console_test *t = *state;

	assert_int_equal(write(t->far, "a", 1), 1);
	RIG_ADD(t->rig, RX, { RIG_DATA, 16, false });
	rig_kick(t->rig, RX);
	rig_until(t->rig, stopped);
	/* The character was not lost on the bad buffer. */
	rig_start(t->rig, 0, 16);
	RIG_ADD(t->rig, RX, { RIG_DATA, 16, true });
	rig_kick(t->rig, RX);
	rig_until(t->rig, rx_used);
	assert_int_equal(*(char *)rig_at(t->rig, RIG_DATA), 'a');
}

static unsigned int ticks;

static bool some_ticks(struct rig *rig)
{
	(void)rig;
	return ++ticks > 5;
}

/* A machine that is reset leaves the chardev as it was, to the next one. */
static void test_next_machine(void **state)
{
	struct console_test *t = *state;

	rig_unplug(t->rig);
	assert_int_equal(write(t->far, "z", 1), 1);
	ticks = 0;
	rig_until(t->rig, some_ticks); /* nobody is there to take it */
	rig_plug(t->rig, virtio_console_create(t->chr));
	rig_start(t->rig, 0, 16);
	RIG_ADD(t->rig, RX, { RIG_DATA, 16, true });
	rig_kick(t->rig, RX);
	rig_until(t->rig, rx_used);
	assert_int_equal(*(char *)rig_at(t->rig, RIG_DATA), 'z');
}

static int setup_rng(void **state)
{
	struct console_test *t = calloc(1, sizeof(*t));

	t->rig = rig_new();
	rig_plug(t->rig, virtio_rng_create());
	rig_start(t->rig, 0, 16);
	*state = t;
	return 0;
}

static void test_rng(void **state)
{
	struct console_test *t = *state;
	uint8_t *data = rig_at(t->rig, RIG_DATA), zero[64] = { 0 };
	uint32_t written;

	assert_int_equal(rig_read(t->rig, VIRTIO_MMIO_DEVICE_ID), 4);
	RIG_ADD(t->rig, 0, { RIG_DATA, 40, true }, { RIG_DATA + 100, 24, true });
	rig_kick(t->rig, 0);
	assert_int_equal(rig_take(t->rig, 0, &written), 0);
	assert_int_equal(written, 64);
	assert_memory_not_equal(data, zero, 40);
	assert_memory_not_equal(data + 100, zero, 24);
	assert_memory_equal(data + 40, zero, 60);
	assert_int_equal(t->rig->edges, 1);
	rig_check_state(t->rig);
}

/* One request costs the host a bounded amount. */
static void test_rng_greedy(void **state)
{
	struct console_test *t = *state;
	uint32_t written;

	RIG_ADD(t->rig, 0, { RIG_DATA, 0x40000, true });
	RIG_ADD(t->rig, 0, { RIG_DATA, 16, false });
	rig_kick(t->rig, 0);
	assert_int_equal(rig_take(t->rig, 0, &written), 0);
	assert_int_equal(written, 1024);
	assert_int_equal(rig_take(t->rig, 0, &written), 1);
	assert_int_equal(written, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown_console)
#define RNG_TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup_rng, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(output),	     TEST(output_backpressure), TEST(input),   TEST(input_waits),
		TEST(input_hostile), TEST(next_machine),	RNG_TEST(rng), RNG_TEST(rng_greedy),
	};

	return cmocka_run_group_tests_name("virtio-console", tests, NULL, NULL);
}
