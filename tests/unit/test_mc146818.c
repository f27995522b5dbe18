// SPDX-License-Identifier: GPL-2.0
/* The real-time clock as rtc-mc146818-lib and malta's clock calibration use it. */
#include "dev_rig.h"

#include <time.h>

#include "dev/calendar.h"
#include "dev/mc146818.h"
#include "loop.h"

enum { SEC, SEC_ALARM, MIN, MIN_ALARM, HOUR, HOUR_ALARM, WDAY, DAY, MON, YEAR, A, B, C, D };
enum { CENTURY = 0x32, UIP = 0x80, SET = 0x80, PIE = 0x40, AIE = 0x20, UIE = 0x10 };
enum { BINARY = 4, H24 = 2, IRQF = 0x80, RESET = 0x70 };

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
	f->dev = mc146818_create(0x18000070, probe_irq_init(&f->irq, 8), f->loop);
	f->irq.on_rise = stop_loop;
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
	dev_write(f->dev, 0, reg, 1);
	return dev_read(f->dev, 1, 1);
}

static void wr(struct fixture *f, unsigned int reg, uint8_t val)
{
	dev_write(f->dev, 0, reg, 1);
	dev_write(f->dev, 1, val, 1);
}

/* As the kernel does: hold the clock, set all, let it go; the next second is half a one. */
static void set_clock(struct fixture *f, uint8_t b, const uint8_t time[6])
{
	static const uint8_t regs[6] = { YEAR, MON, DAY, HOUR, MIN, SEC };
	unsigned int i;

	wr(f, B, b | SET);
	wr(f, A, 0x26 | RESET);
	for (i = 0; i < 6; i++)
		wr(f, regs[i], time[i]);
	wr(f, B, b);
	wr(f, A, 0x26);
}

static void reset_values(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(rd(f, A) & ~UIP, 0x26);
	assert_int_equal(rd(f, B), H24);
	assert_int_equal(rd(f, C) & IRQF, 0);
	assert_int_equal(rd(f, D), 0x80);
	assert_int_equal(dev_read(f->dev, 0, 1), 0xff);
	assert_false(f->irq.level);
	dev_read(f->dev, 4, 1);
	dev_write(f->dev, 5, 0, 1);
	assert_int_equal(f->dev->unknown, 2);
}

static unsigned int bcd(uint8_t byte)
{
	return (byte >> 4) * 10 + (byte & 15);
}

/* time(2) may be a tick behind. */
static time_t host_seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec;
}

/* The host's time in UTC, read as the kernel reads it. */
static void tells_the_time(void **state)
{
	struct fixture *f = *state;
	time_t before = host_seconds(), now;
	struct tm tm = { 0 };

	do {
		tm.tm_sec = bcd(rd(f, SEC));
		tm.tm_min = bcd(rd(f, MIN));
		tm.tm_hour = bcd(rd(f, HOUR));
		tm.tm_mday = bcd(rd(f, DAY));
		tm.tm_mon = bcd(rd(f, MON)) - 1;
		tm.tm_year = bcd(rd(f, CENTURY)) * 100 + bcd(rd(f, YEAR)) - 1900;
	} while (bcd(rd(f, SEC)) != (unsigned int)tm.tm_sec);
	now = timegm(&tm);
	assert_in_range(now, before, host_seconds());
	assert_int_equal(bcd(rd(f, WDAY)), tm.tm_wday + 1);
}

static void can_be_set(void **state)
{
	static const uint8_t time[6] = { 0x99, 0x12, 0x31, 0x23, 0x59, 0x58 };
	struct fixture *f = *state;

	wr(f, CENTURY, 0x19);
	wr(f, B, H24 | SET);
	wr(f, CENTURY, 0x19);
	set_clock(f, H24, time);
	assert_in_range(rd(f, SEC), 0x58, 0x59);
	assert_int_equal(rd(f, MIN), 0x59);
	assert_int_equal(rd(f, HOUR), 0x23);
	assert_int_equal(rd(f, DAY), 0x31);
	assert_int_equal(rd(f, MON), 0x12);
	assert_int_equal(rd(f, YEAR), 0x99);
	assert_int_equal(rd(f, WDAY), 6); /* a Friday */
	while (rd(f, YEAR) == 0x99)
		;
	assert_int_equal(rd(f, CENTURY), 0x20);
	assert_int_equal(rd(f, MON), 1);
	assert_int_equal(rd(f, DAY), 1);
	assert_int_equal(rd(f, HOUR), 0);
}

static void encodings(void **state)
{
	static const struct {
		uint8_t b, hour, evening;
	} rows[] = {
		{ H24, 0x21, 0x21 },	{ H24 | BINARY, 21, 21 }, { 0, 0x89, 0x89 },
		{ BINARY, 0x89, 0x89 }, { 0, 0x12, 0x12 }, /* midnight */
		{ BINARY, 0x8c, 0x8c }, /* noon */
	};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const uint8_t time[6] = { 0x16, 2, 9, rows[i].hour, 0, 0 };

		set_clock(f, rows[i].b, time);
		assert_int_equal(rd(f, HOUR), rows[i].evening);
		assert_int_equal(rd(f, YEAR), 0x16);
		assert_int_equal(rd(f, DAY), 9);
	}
	wr(f, B, H24 | BINARY); /* the same time in other words */
	assert_int_equal(rd(f, HOUR), 12);
}

static void stands_still(void **state)
{
	static const uint8_t time[6] = { 0x16, 2, 9, 1, 2, 3 };
	struct fixture *f = *state;
	unsigned int i;

	wr(f, B, H24 | SET | UIE);
	assert_int_equal(rd(f, B), H24 | SET); /* which takes the update interrupt away */
	wr(f, SEC, 0x77);
	for (i = 0; i < 1000; i++)
		assert_int_equal(rd(f, A) & UIP, 0);
	assert_int_equal(rd(f, SEC), 0x77);
	set_clock(f, H24, time);
	assert_int_equal(rd(f, SEC), 3);
	wr(f, SEC, 0x45); /* while it runs */
	assert_int_equal(rd(f, SEC), 0x45);
	assert_int_equal(rd(f, MIN), 2);
}

/*
 * estimate_frequencies(): the second changes when the update is over, not before.
 * A busy host may hide a change from the guest, but not always.
 */
static void update_in_progress(void **state)
{
	static const uint8_t time[6] = { 0x16, 2, 9, 1, 2, 3 };
	struct fixture *f = *state;
	unsigned int tries = 0;
	uint8_t during, after;

	do {
		set_clock(f, H24, time);
		while (!(rd(f, A) & UIP))
			;
		during = rd(f, SEC);
		while (rd(f, A) & UIP)
			;
		after = rd(f, SEC);
	} while ((during != 3 || after != 4) && ++tries < 40);
	assert_in_range(tries, 0, 39);
	assert_int_equal(rd(f, C) & (UIE | IRQF), UIE); /* the flag, with no interrupt enabled */
	assert_int_equal(f->irq.rises, 0);
}

static void update_interrupt(void **state)
{
	static const uint8_t time[6] = { 0x16, 2, 9, 1, 2, 3 };
	struct fixture *f = *state;

	set_clock(f, H24 | UIE, time);
	loop_run(f->loop);
	assert_true(f->irq.level);
	assert_int_equal(rd(f, SEC), 4);
	assert_int_equal(rd(f, C) & (IRQF | UIE), IRQF | UIE);
	assert_false(f->irq.level);
}

static void periodic_interrupt(void **state)
{
	struct fixture *f = *state;
	unsigned int rate, i;

	for (rate = 1; rate < 10; rate++) {
		wr(f, A, 0x20 | rate);
		wr(f, B, H24 | PIE);
		for (i = 0; i < 3; i++) {
			loop_run(f->loop);
			assert_int_equal(rd(f, C) & (IRQF | PIE), IRQF | PIE);
			assert_false(f->irq.level);
		}
	}
	wr(f, B, H24);
	assert_int_equal(f->irq.rises, 27);
}

/* Data sheet, table 5: by the clock's own seconds, however seldom somebody looks. */
static void periodic_rates(void **state)
{
	static const unsigned int most[] = { [1] = 256, [2] = 128, [8] = 256, [9] = 128 };
	static const uint8_t time[6] = { 0x16, 2, 9, 1, 2, 3 };
	struct fixture *f = *state;
	unsigned int rate, periods;
	uint8_t c;

	for (rate = 1; rate < ARRAY_SIZE(most); rate++) {
		if (!most[rate])
			continue;
		set_clock(f, H24, time);
		wr(f, A, 0x20 | rate);
		while (!(rd(f, C) & UIE))
			;
		for (periods = 0; !((c = rd(f, C)) & UIE); periods += !!(c & PIE))
			;
		assert_in_range(periods, 1, most[rate] + 1);
	}
}

static void alarm_interrupt(void **state)
{
	static const uint8_t time[6] = { 0x16, 0x02, 0x28, 0x23, 0x59, 0x59 };
	static const uint8_t alarm[][3] = { { 0, 0, 0 }, { 0, 0xc0, 0xff }, { 0xff, 0xff, 0xff } };
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(alarm); i++) {
		wr(f, SEC_ALARM, alarm[i][0]);
		wr(f, MIN_ALARM, alarm[i][1]);
		wr(f, HOUR_ALARM, alarm[i][2]);
		rd(f, C);
		set_clock(f, H24 | AIE, time);
		loop_run(f->loop);
		assert_int_equal(rd(f, C) & (IRQF | AIE), IRQF | AIE);
		assert_int_equal(rd(f, DAY), 0x29);
		assert_false(f->irq.level);
	}
	assert_int_equal(f->irq.rises, 3);
}

/* An alarm at another time is not due, nor is one at no time at all. */
static void no_alarm(void **state)
{
	static const uint8_t time[6] = { 0x16, 0x02, 0x28, 0x23, 0x59, 0x59 };
	static const uint8_t alarm[][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 }, { 0x7f, 0, 0 } };
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(alarm); i++) {
		wr(f, SEC_ALARM, alarm[i][0]);
		wr(f, MIN_ALARM, alarm[i][1]);
		wr(f, HOUR_ALARM, alarm[i][2]);
		rd(f, C);
		set_clock(f, H24, time);
		while (rd(f, SEC))
			;
		assert_int_equal(rd(f, C) & AIE, 0);
	}
}

static void memory(void **state)
{
	struct fixture *f = *state;
	unsigned int i;

	for (i = 0x0e; i < 0x80; i++)
		wr(f, i, i ^ 0x5a);
	for (i = 0; i < 0x80; i++) {
		dev_write(f->dev, 2, i, 1);
		dev_write(f->dev, 3, ~i, 1);
	}
	for (i = 0x0e; i < 0x80; i++)
		if (i != CENTURY)
			assert_int_equal(rd(f, i | 0x80), i ^ 0x5a); /* with the NMI masked */
	for (i = 0; i < 0x80; i++) {
		dev_write(f->dev, 2, i, 1);
		assert_int_equal(dev_read(f->dev, 3, 1), (uint8_t)~i);
	}
}

static void calendar(void **state)
{
	struct tm tm;
	uint32_t days;

	(void)state;
	for (days = 0; days < 90000; days++) {
		time_t t = (time_t)days * DAY_SECONDS;
		struct date d = calendar_date(days);

		gmtime_r(&t, &tm);
		if (d.year != tm.tm_year + 1900u || d.month != tm.tm_mon + 1u ||
		    d.day != (unsigned int)tm.tm_mday || d.weekday != (unsigned int)tm.tm_wday ||
		    calendar_days(&d) != days)
			fail_msg("day %u is not %u-%u-%u", days, d.year, d.month, d.day);
	}
}

static void save_restore(void **state)
{
	static const uint8_t time[6] = { 0x16, 2, 9, 1, 2, 3 };
	struct fixture *f = *state;

	wr(f, B, H24 | SET);
	wr(f, CENTURY, 0x20);
	set_clock(f, H24 | UIE, time);
	loop_run(f->loop);
	wr(f, 0x40, 0x77);
	assert_save_restore_save(f->dev);
	assert_true(f->irq.level);
	assert_int_equal(rd(f, C) & IRQF, IRQF);
	assert_int_equal(rd(f, 0x40), 0x77);
	assert_int_equal(rd(f, YEAR), 0x16);
	while (!f->irq.level)
		loop_run(f->loop);
}

/* The timer of the event loop is not in the state: it is armed anew. */
static void restored_goes_on(void **state)
{
	static const uint8_t time[6] = { 0x16, 2, 9, 1, 2, 3 };
	struct fixture *f = *state;
	size_t size = device_state_size(f->dev);
	uint8_t *buf = malloc(size);

	set_clock(f, H24 | UIE, time);
	device_state_save(f->dev, buf);
	f->dev->ops->reset(f->dev);
	assert_int_equal(device_state_restore(f->dev, buf, size), 0);
	free(buf);
	while (!f->irq.level)
		loop_run(f->loop);
	assert_int_equal(rd(f, C) & UIE, UIE);
}

static void hostile(void **state)
{
	struct fixture *f = *state;

	assert_hostile_restore(f->dev, 1000, 5);
}

/* Every register with every value: no time is so odd that it hurts. */
static void odd_times(void **state)
{
	struct fixture *f = *state;
	unsigned int b, reg, val;

	for (b = 0; b < 8; b += 2)
		for (reg = 0; reg < 12; reg++)
			for (val = 0; val < 256; val += 3) {
				wr(f, B, b);
				wr(f, reg % 10 + (reg == 11 ? CENTURY : 0), val);
				rd(f, YEAR);
				wr(f, B, b | SET | AIE);
				wr(f, reg % 10 + (reg == 11 ? CENTURY : 0), val);
				rd(f, C);
			}
	wr(f, B, H24);
	assert_in_range(bcd(rd(f, MON)), 1, 12);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reset_values),	TEST(tells_the_time),	  TEST(can_be_set),
		TEST(encodings),	TEST(stands_still),	  TEST(update_in_progress),
		TEST(update_interrupt), TEST(periodic_interrupt), TEST(periodic_rates),
		TEST(restored_goes_on), TEST(alarm_interrupt),	  TEST(no_alarm),
		TEST(memory),		TEST(calendar),		  TEST(save_restore),
		TEST(hostile),		TEST(odd_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
