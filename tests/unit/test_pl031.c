// SPDX-License-Identifier: GPL-2.0
/* The real-time clock: it follows the host, can be set, and its alarm fires. */
#include "unit.h"

#include <time.h>

#include "dev/device.h"
#include "dev/pl031.h"
#include "dev/state.h"
#include "loop.h"

enum { DR = 0, MR = 4, LR = 8, CR = 0xc, IMSC = 0x10, RIS = 0x14, MIS = 0x18, ICR = 0x1c };

struct fixture {
	struct loop *loop;
	struct device *dev;
	struct irqline irq;
	bool level;
};

static void set_level(struct irqline *irq, bool level)
{
	struct fixture *f = irq->opaque;

	f->level = level;
	if (level)
		loop_quit(f->loop, 0);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->loop = loop_create();
	f->irq = (struct irqline){ .set = set_level, .edge_fd = -1, .spi = 2, .opaque = f };
	f->dev = pl031_create(0x09010000, &f->irq, f->loop);
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

static uint32_t rd(struct fixture *f, uint64_t off)
{
	return f->dev->ops->mmio_read(f->dev, off, 4);
}

static void wr(struct fixture *f, uint64_t off, uint32_t val)
{
	f->dev->ops->mmio_write(f->dev, off, val, 4);
}

static void identity(void **state)
{
	static const uint8_t id[] = { 0x31, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };
	struct fixture *f = *state;
	unsigned int i;

	for (i = 0; i < 8; i++)
		assert_int_equal(rd(f, 0xfe0 + 4 * i), id[i]);
	assert_int_equal(rd(f, CR), 1);
	assert_int_equal(f->dev->unknown, 0);
}

static void tells_the_time(void **state)
{
	struct fixture *f = *state;
	uint32_t before = time(NULL), now = rd(f, DR), after = time(NULL);

	assert_true(now - before <= after - before);
}

static void can_be_set(void **state)
{
	struct fixture *f = *state;

	wr(f, LR, 1000);
	assert_in_range(rd(f, DR), 1000, 1060);
	assert_int_equal(rd(f, LR), 1000);
	wr(f, LR, 0xffffffff); /* wraps */
	assert_true(rd(f, DR) + 1 <= 60);
}

static void alarm_at_once(void **state)
{
	struct fixture *f = *state;

	wr(f, IMSC, 1);
	wr(f, LR, 5000);
	wr(f, MR, rd(f, DR) + 1);
	loop_run(f->loop);
	assert_true(f->level);
	assert_int_equal(rd(f, MIS), 1);
	wr(f, ICR, 1);
	assert_false(f->level);
	assert_int_equal(rd(f, RIS), 0);
}

static void masked(void **state)
{
	struct fixture *f = *state;

	wr(f, MR, rd(f, DR));
	wr(f, MR, rd(f, DR)); /* even if a second began in between */
	assert_int_equal(rd(f, RIS), 1);
	assert_int_equal(rd(f, MIS), 0);
	assert_false(f->level);
	wr(f, IMSC, 1);
	assert_true(f->level);
}

static void save_restore_save(void **state)
{
	struct fixture *f = *state;
	size_t size = device_state_size(f->dev);
	uint8_t *one = malloc(size), *two = malloc(size);
	uint32_t now;

	wr(f, LR, 123456);
	wr(f, MR, 999999);
	wr(f, IMSC, 1);
	device_state_save(f->dev, one);
	f->dev->ops->reset(f->dev);
	assert_int_equal(device_state_restore(f->dev, one, size), 0);
	device_state_save(f->dev, two);
	assert_memory_equal(one, two, size);
	now = rd(f, DR);
	assert_in_range(now, 123456, 123456 + 60);
	free(one);
	free(two);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(identity),	     TEST(tells_the_time), TEST(can_be_set),
		TEST(alarm_at_once), TEST(masked),	   TEST(save_restore_save),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
