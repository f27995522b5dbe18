// SPDX-License-Identifier: GPL-2.0
/*
 * The interval timer: its counters against the data sheet's figures with a clock
 * of the test's own, and the device with the host's.
 */
#include "dev_rig.h"

#include "dev/i8254.h"
#include "dev/i8254_counter.h"
#include "loop.h"

enum { CONTROL = 3, PORT61 = I8254_PORT61 };
enum { LSB = 0x10, MSB = 0x20, BOTH = 0x30, BCD = 1, STATUS_OUT = 0x80, STATUS_NULL = 0x40 };

/* --- one counter --------------------------------------------------------------- */

/* The first nanosecond of tick @n; the clock begins at some odd moment. */
static int64_t tick(int64_t n)
{
	return 12345678901 + (n * 1000000000 + I8254_HZ - 1) / I8254_HZ;
}

static void start(struct counter *c, unsigned int mode, uint8_t how, uint32_t count)
{
	counter_init(c, true);
	counter_mode(c, how | mode << 1);
	if (how & LSB)
		counter_write(c, count, tick(0));
	if (how & MSB)
		counter_write(c, count >> 8, tick(0));
}

static uint16_t count_at(struct counter *c, int64_t t)
{
	uint8_t lsb = counter_read(c, tick(t));

	return lsb | counter_read(c, tick(t)) << 8;
}

/* @want: the output at each tick from 0 on, 'h' or 'l'. */
static void assert_output(const struct counter *c, const char *want)
{
	int64_t t;

	for (t = 0; want[t]; t++)
		if (counter_output(c, tick(t)) != (want[t] == 'h'))
			fail_msg("mode %u, count %u: output at %d", c->mode, c->count, (int)t);
}

static void outputs(void **state)
{
	static const struct {
		unsigned int mode;
		uint32_t count;
		const char *want;
	} rows[] = {
		{ 0, 4, "llllhhhhhh" }, { 2, 3, "hhlhhlhhlh" }, { 3, 4, "hhllhhllhh" },
		{ 3, 5, "hhhllhhhll" }, { 4, 3, "hhhlhhhhhh" },
	};
	struct counter c;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		counter_init(&c, true);
		counter_mode(&c, LSB | rows[i].mode << 1);
		assert_int_equal(counter_output(&c, tick(0)), rows[i].mode != 0);
		start(&c, rows[i].mode, LSB, rows[i].count);
		assert_output(&c, rows[i].want);
	}
}

/* Each rising edge of the figures above is found, and no other. */
static void edges(void **state)
{
	unsigned int mode, count;
	struct counter c;
	int64_t t, edge;

	(void)state;
	for (mode = 0; mode < 6; mode++) {
		for (count = 2; count < 9; count++) {
			start(&c, mode, LSB, count);
			if (mode == 1 || mode == 5) {
				counter_gate(&c, false, tick(0));
				counter_gate(&c, true, tick(0));
			}
			edge = 0;
			for (t = 1; t < 30; t++) {
				if (!counter_output(&c, tick(t)) || counter_output(&c, tick(t - 1)))
					continue;
				edge = counter_next_edge(&c, edge);
				assert_int_equal(edge, tick(t) - tick(0));
			}
			if (mode != 2 && mode != 3)
				assert_true(counter_next_edge(&c, edge) == COUNTER_NEVER);
		}
	}
}

static void counts(void **state)
{
	static const struct {
		unsigned int mode;
		uint8_t how;
		uint32_t count;
		int64_t t;
		uint16_t want;
	} rows[] = {
		{ 0, BOTH, 1000, 0, 1000 },
		{ 0, BOTH, 1000, 1, 999 },
		{ 0, BOTH, 1000, 1000, 0 },
		{ 0, BOTH, 1000, 1001, 0xffff },
		{ 0, BOTH, 0, 1, 0xffff },
		{ 0, BOTH | BCD, 0x1000, 1, 0x0999 },
		{ 0, BOTH | BCD, 0x1000, 1001, 0x9999 },
		{ 0, BOTH | BCD, 0, 1, 0x9999 },
		{ 2, BOTH, 1000, 999, 1 },
		{ 2, BOTH, 1000, 1000, 1000 },
		{ 2, BOTH, 1000, 123456, 544 },
		{ 2, BOTH, 0, 0, 0 },
		{ 2, BOTH, 0, 65536 * 100000LL + 6, 0xfffa },
		{ 3, BOTH, 1000, 1, 998 },
		{ 3, BOTH, 1000, 499, 2 },
		{ 3, BOTH, 1000, 500, 1000 },
		{ 3, BOTH, 1001, 0, 1000 },
		{ 3, BOTH, 1001, 500, 0 },
		{ 3, BOTH, 1001, 501, 1000 },
		{ 4, BOTH, 10, 11, 0xffff },
	};
	struct counter c;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		start(&c, rows[i].mode, rows[i].how, rows[i].count);
		if (count_at(&c, rows[i].t) != rows[i].want)
			fail_msg("row %zu: 0x%x", i, count_at(&c, rows[i].t));
	}
}

static void bytes(void **state)
{
	struct counter c;

	(void)state;
	start(&c, 2, LSB, 0x34);
	assert_int_equal(c.count, 0x34);
	assert_int_equal(counter_read(&c, tick(0)), 0x34);
	assert_int_equal(counter_read(&c, tick(0x34)), 0x34);
	start(&c, 2, MSB, 0x1200);
	assert_int_equal(c.count, 0x1200);
	assert_int_equal(counter_read(&c, tick(0)), 0x12);
	assert_int_equal(counter_read(&c, tick(1)), 0x11);
}

static void latches(void **state)
{
	struct counter c;

	(void)state;
	start(&c, 2, BOTH, 0x1234);
	counter_latch(&c, tick(4));
	counter_latch(&c, tick(8)); /* the first one stays */
	counter_latch_status(&c, tick(8));
	assert_int_equal(counter_read(&c, tick(9)), STATUS_OUT | BOTH | 2 << 1);
	assert_int_equal(counter_read(&c, tick(9)), 0x30);
	assert_int_equal(counter_read(&c, tick(9)), 0x12);
	assert_int_equal(count_at(&c, 0x10), 0x1224);
	counter_mode(&c, BOTH | 0 << 1);
	counter_latch_status(&c, tick(9));
	assert_int_equal(counter_read(&c, tick(9)), STATUS_NULL | BOTH);
}

/* A new count: at once in mode 0, after this period in mode 2. */
static void new_count(void **state)
{
	struct counter c;

	(void)state;
	start(&c, 0, BOTH, 10);
	assert_true(counter_output(&c, tick(20)));
	assert_true(counter_write(&c, 30, tick(20)));
	assert_false(counter_output(&c, tick(20)));
	assert_true(counter_next_edge(&c, 0) == COUNTER_NEVER);
	assert_true(counter_write(&c, 0, tick(21)));
	assert_false(counter_output(&c, tick(50)));
	assert_true(counter_output(&c, tick(51)));

	start(&c, 2, LSB, 10);
	assert_false(counter_write(&c, 20, tick(5)));
	counter_advance(&c, tick(9));
	assert_false(counter_output(&c, tick(9)));
	counter_latch_status(&c, tick(9));
	assert_int_equal(counter_read(&c, tick(9)) & STATUS_NULL, STATUS_NULL);
	counter_advance(&c, tick(10));
	assert_true(counter_output(&c, tick(19)));
	assert_false(counter_output(&c, tick(29) + 1));
}

static void gates(void **state)
{
	struct counter c;

	(void)state;
	start(&c, 0, LSB, 10);
	counter_gate(&c, false, tick(4));
	assert_false(counter_output(&c, tick(100)));
	assert_int_equal(counter_read(&c, tick(100)), 6);
	counter_gate(&c, true, tick(100));
	assert_false(counter_output(&c, tick(105)));
	assert_true(counter_output(&c, tick(106) + 1));

	start(&c, 2, LSB, 10);
	counter_gate(&c, false, tick(9));
	assert_true(counter_output(&c, tick(9)));
	assert_true(counter_next_edge(&c, 0) == COUNTER_NEVER);
	counter_gate(&c, true, tick(25));
	assert_false(counter_output(&c, tick(34) + 1));

	start(&c, 1, LSB, 10);
	assert_true(counter_output(&c, tick(5)));
	counter_gate(&c, false, tick(6));
	counter_gate(&c, true, tick(7));
	assert_false(counter_output(&c, tick(16)));
	counter_gate(&c, false, tick(12));
	counter_gate(&c, true, tick(13)); /* again */
	assert_false(counter_output(&c, tick(22)));
	assert_true(counter_output(&c, tick(23) + 1));
}

/* --- the device ------------------------------------------------------------------ */

struct fixture {
	struct loop *loop;
	struct device *dev;
	struct probe_irq irq;
};

static void stop_loop(void *opaque)
{
	loop_quit(opaque, 0);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->loop = loop_create();
	f->dev = i8254_create(0x18000040, probe_irq_init(&f->irq, 0), f->loop);
	f->irq.opaque = f->loop;
	*state = f;
	return f->dev ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	f->dev->ops->destroy(f->dev);
	loop_destroy(f->loop);
	free(f);
	return 0;
}

static uint8_t rd(struct fixture *f, unsigned int reg)
{
	return dev_read(f->dev, reg, 1);
}

static void wr(struct fixture *f, unsigned int reg, uint8_t val)
{
	dev_write(f->dev, reg, val, 1);
}

static void program(struct fixture *f, unsigned int counter, unsigned int mode, uint16_t count)
{
	wr(f, CONTROL, counter << 6 | BOTH | mode << 1);
	wr(f, counter, count);
	wr(f, counter, count >> 8);
}

static void run_until_edge(struct fixture *f)
{
	unsigned int rises = f->irq.rises;

	f->irq.on_rise = stop_loop;
	while (f->irq.rises == rises)
		loop_run(f->loop);
	f->irq.on_rise = NULL;
}

/* The kernel's periodic tick, and then its shutdown. */
static void ticks(void **state)
{
	struct fixture *f = *state;
	unsigned int i, rises;

	program(f, 0, 2, 4773);
	for (i = 0; i < 5; i++) {
		run_until_edge(f);
		assert_true(f->irq.level);
	}
	rises = f->irq.rises;
	wr(f, CONTROL, 0x30);
	assert_false(f->irq.level);
	f->irq.on_rise = stop_loop;
	assert_int_equal(f->irq.rises, rises);
}

static void one_shot(void **state)
{
	struct fixture *f = *state;

	program(f, 0, 0, 2000);
	assert_false(f->irq.level);
	run_until_edge(f);
	wr(f, 0, 1);
	assert_false(f->irq.level);
	program(f, 0, 4, 2000);
	assert_true(f->irq.level);
	run_until_edge(f);
	program(f, 0, 3, 2000);
	run_until_edge(f);
	run_until_edge(f);
}

/* A guest that asks for a million interrupts a second gets what the host can do. */
static void too_fast(void **state)
{
	struct fixture *f = *state;
	unsigned int i;

	program(f, 0, 2, 2);
	for (i = 0; i < 50; i++)
		run_until_edge(f);
}

static void counts_down(void **state)
{
	struct fixture *f = *state;
	uint16_t one, two;

	program(f, 1, 0, 0xffff);
	wr(f, CONTROL, 0x40);
	one = rd(f, 1);
	one |= rd(f, 1) << 8;
	do {
		wr(f, CONTROL, 0xd4); /* read-back of its count */
		two = rd(f, 1);
		two |= rd(f, 1) << 8;
	} while (two == one);
	wr(f, CONTROL, 0xe8); /* and of counter 2's status */
	assert_int_equal(rd(f, 2) & STATUS_NULL, STATUS_NULL);
}

static void speaker_port(void **state)
{
	struct fixture *f = *state;

	wr(f, PORT61, 0xfe);
	assert_int_equal(rd(f, PORT61) & 0x2f, 0x0e);
	program(f, 2, 0, 100);
	assert_int_equal(rd(f, PORT61) & 0x20, 0);
	wr(f, PORT61, 0x01);
	while (!(rd(f, PORT61) & 0x20))
		;
	while (rd(f, PORT61) & 0x10)
		;
	while (!(rd(f, PORT61) & 0x10))
		;
	rd(f, 5);
	wr(f, 5, 0);
	assert_int_equal(f->dev->unknown, 2);
}

static void save_restore(void **state)
{
	struct fixture *f = *state;

	program(f, 0, 2, 11932);
	program(f, 1, 0, 10);
	wr(f, 2, 5);
	wr(f, PORT61, 3);
	run_until_edge(f);
	f->dev->ops->quiesce(f->dev);
	assert_save_restore_save(f->dev);
	wr(f, CONTROL, 0xe4);
	assert_int_equal(rd(f, 1), STATUS_OUT | BOTH);
	run_until_edge(f);
}

static void hostile(void **state)
{
	struct fixture *f = *state;

	assert_hostile_restore(f->dev, 3000, 6);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outputs),
		cmocka_unit_test(edges),
		cmocka_unit_test(counts),
		cmocka_unit_test(bytes),
		cmocka_unit_test(latches),
		cmocka_unit_test(new_count),
		cmocka_unit_test(gates),
		TEST(ticks),
		TEST(one_shot),
		TEST(too_fast),
		TEST(counts_down),
		TEST(speaker_port),
		TEST(save_restore),
		TEST(hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
