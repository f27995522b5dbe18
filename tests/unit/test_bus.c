// SPDX-License-Identifier: GPL-2.0
/* The MMIO bus: who answers, and that what nobody answers is counted. */
#include "unit.h"

#include <errno.h>

#include "bus.h"
#include "dev/device.h"
#include "dev/window.h"

struct probe {
	struct device dev;
	uint64_t off, val;
	unsigned int len, reads, writes;
};

static uint64_t probe_read(struct device *dev, uint64_t off, unsigned int len)
{
	struct probe *p = (struct probe *)dev;

	p->off = off;
	p->len = len;
	p->reads++;
	return 0x1122334455667788;
}

static void probe_write(struct device *dev, uint64_t off, uint64_t val, unsigned int len)
{
	struct probe *p = (struct probe *)dev;

	p->off = off;
	p->val = val;
	p->len = len;
	p->writes++;
}

static const struct device_ops probe_ops = {
	.name = "probe",
	.mmio_read = probe_read,
	.mmio_write = probe_write,
};

static struct probe probe(uint64_t base, uint64_t size)
{
	return (struct probe){ .dev = { .ops = &probe_ops, .base = base, .size = size } };
}

static void dispatch(void **state)
{
	struct probe a = probe(0x1000, 0x100), b = probe(0x1100, 0x1000), c = probe(0, 0x10);
	struct bus bus = { 0 };

	(void)state;
	assert_int_equal(bus_add(&bus, &b.dev), 0);
	assert_int_equal(bus_add(&bus, &c.dev), 0);
	assert_int_equal(bus_add(&bus, &a.dev), 0);
	assert_ptr_equal(bus.dev[0], &c.dev);
	assert_ptr_equal(bus.dev[1], &a.dev);
	assert_ptr_equal(bus.dev[2], &b.dev);

	assert_true(bus_read(&bus, 0x10f8, 8) == 0x1122334455667788);
	assert_int_equal(a.off, 0xf8);
	bus_write(&bus, 0x1100, 7, 4);
	assert_int_equal(b.writes, 1);
	assert_int_equal(b.off, 0);
	assert_int_equal(b.val, 7);
	bus_write(&bus, 0xf, 9, 1);
	assert_int_equal(c.off, 0xf);
	assert_int_equal(bus.accesses, 3);
	assert_int_equal(bus.unclaimed, 0);
}

static void nobody(void **state)
{
	static const struct {
		uint64_t gpa;
		unsigned int len;
	} rows[] = {
		{ 0xfff, 1 }, { 0x1100, 1 },	 { 0x10fe, 4 },	    { 0xffe, 4 },
		{ 0, 8 },     { UINT64_MAX, 1 }, { UINT64_MAX, 8 },
	};
	struct probe a = probe(0x1000, 0x100);
	struct bus bus = { 0 };
	size_t i;

	(void)state;
	assert_int_equal(bus_add(&bus, &a.dev), 0);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(bus_read(&bus, rows[i].gpa, rows[i].len), 0);
		bus_write(&bus, rows[i].gpa, 1, rows[i].len);
		assert_int_equal(bus.unclaimed, 2 * i + 2);
	}
	assert_int_equal(a.reads + a.writes, 0);
}

/* Guests look for a PC's devices by trying: all ones, and not for the final report. */
static void ports(void **state)
{
	struct probe a = probe(0x1060, 4);
	struct bus bus = { .ports_base = 0x1000, .ports_size = 0x100 };

	(void)state;
	assert_int_equal(bus_add(&bus, &a.dev), 0);
	assert_int_equal(bus_read(&bus, 0x1064, 1) & 0xff, 0xff);
	bus_write(&bus, 0x10ff, 1, 1);
	bus_read(&bus, 0x1060, 1);
	assert_int_equal(bus.probes, 2);
	assert_int_equal(bus.unclaimed, 0);
	assert_int_equal(bus_read(&bus, 0x1100, 1) | bus_read(&bus, 0xfff, 1), 0);
	assert_int_equal(bus.unclaimed, 2);
}

static void empty_bus(void **state)
{
	struct bus bus = { 0 };

	(void)state;
	assert_int_equal(bus_read(&bus, 0x1000, 4), 0);
	assert_int_equal(bus.unclaimed, 1);
}

static void refused(void **state)
{
	static const struct {
		uint64_t base, size;
	} rows[] = {
		{ 0x1000, 0x100 }, { 0xfff, 2 },  { 0x10ff, 1 },     { 0x800, 0x10000 },
		{ 0x1001, 1 },	   { 0x3000, 0 }, { UINT64_MAX, 2 },
	};
	struct probe a = probe(0x1000, 0x100);
	struct bus bus = { 0 };
	size_t i;

	(void)state;
	assert_int_equal(bus_add(&bus, &a.dev), 0);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct probe p = probe(rows[i].base, rows[i].size);

		if (bus_add(&bus, &p.dev) != -EINVAL)
			fail_msg("row %zu", i);
	}
	assert_int_equal(bus.nr, 1);
}

static void full(void **state)
{
	struct probe p[BUS_MAX_DEVICES + 1];
	struct bus bus = { 0 };
	unsigned int i;

	(void)state;
	for (i = 0; i < BUS_MAX_DEVICES; i++) {
		p[i] = probe(i * 16, 16);
		assert_int_equal(bus_add(&bus, &p[i].dev), 0);
	}
	p[i] = probe(i * 16, 16);
	assert_int_equal(bus_add(&bus, &p[i].dev), -ENOSPC);
}

static void moves(void **state)
{
	struct probe a = probe(0x1000, 0x100), b = probe(0x2000, 0x100);
	struct bus bus = { 0 };

	(void)state;
	assert_int_equal(bus_add(&bus, &a.dev) | bus_add(&bus, &b.dev), 0);
	assert_int_equal(bus_move(&bus, &a.dev, 0x3000, true), 0);
	assert_ptr_equal(bus_find(&bus, 0x3000, 4), &a.dev);
	assert_null(bus_find(&bus, 0x1000, 4));
	assert_int_equal(bus_move(&bus, &a.dev, 0x3080, true), 0); /* over where it was */
	assert_int_equal(bus_move(&bus, &a.dev, 0x20ff, true), -EINVAL);
	assert_ptr_equal(bus_find(&bus, 0x20ff, 1), &b.dev);
	assert_null(bus_find(&bus, 0x3080, 4));
	assert_int_equal(bus_move(&bus, &a.dev, 0x1000, true), 0);
	assert_int_equal(bus_move(&bus, &a.dev, 0x1000, false), 0);
	assert_int_equal(bus.nr, 1);
	bus_remove(&bus, &a.dev);
	assert_int_equal(bus.nr, 1);
}

static uint64_t knows_nothing(struct device *dev, uint64_t off, unsigned int len)
{
	dev->unknown++;
	return off << 8 | len;
}

/* A device's second window: the same registers, and the bus hears of unknown ones there. */
static void second_window(void **state)
{
	const struct device_ops ops = { .name = "shy",
					.mmio_read = knows_nothing,
					.mmio_write = probe_write };
	struct probe a = probe(0x1000, 2);
	struct device *w;
	struct bus bus = { 0 };

	(void)state;
	a.dev.ops = &ops;
	w = window_create(&a.dev, 0x4000, 0x10, 2);
	assert_int_equal(bus_add(&bus, &a.dev) | bus_add(&bus, w), 0);
	assert_int_equal(bus_read(&bus, 0x4001, 2), 0x302);
	assert_int_equal(w->unknown, 1);
	bus_write(&bus, 0x400f, 5, 1);
	assert_int_equal(a.off, 0x11);
	assert_int_equal(a.val, 5);
	assert_int_equal(w->unknown, 1);
	w->ops->destroy(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dispatch), cmocka_unit_test(nobody),
		cmocka_unit_test(ports),    cmocka_unit_test(empty_bus),
		cmocka_unit_test(refused),  cmocka_unit_test(full),
		cmocka_unit_test(moves),    cmocka_unit_test(second_window),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
