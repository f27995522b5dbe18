// SPDX-License-Identifier: GPL-2.0
/*
 * The interrupt controllers as Linux' irq-i8259 uses them, and the modes of the
 * data sheet that other systems use.
 */
#include "dev_rig.h"

#include <pthread.h>

#include "dev/i8259.h"

enum { CMD = 0, DATA = 1, SLAVE = I8259_SLAVE, ELCR = I8259_ELCR };
enum { EOI = 0x20, SPECIFIC = 0x60, ROTATE_EOI = 0xa0, SET_PRIORITY = 0xc0 };

struct fixture {
	struct device *pic;
	struct probe_irq out;
	struct irqline *in[16];
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	unsigned int i;

	/* Lines 5, 9, 10 and 11 are level triggered, and all that may not be are asked for. */
	f->pic = i8259_create(0x18000020, probe_irq_init(&f->out, 2), 0x2f27);
	for (i = 0; i < 16; i++)
		f->in[i] = i8259_source(f->pic, i);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	f->pic->ops->destroy(f->pic);
	free(f);
	return 0;
}

static uint8_t rd(struct fixture *f, unsigned int reg)
{
	return dev_read(f->pic, reg, 1);
}

static void wr(struct fixture *f, unsigned int reg, uint8_t val)
{
	dev_write(f->pic, reg, val, 1);
}

static void set(struct fixture *f, unsigned int line, bool level)
{
	f->in[line]->set(f->in[line], level);
}

/* As Linux does it: vectors 0 to 15, normal EOI; then all lines unmasked. */
static void init_words(struct fixture *f, uint8_t icw4)
{
	static const uint8_t icw3[2] = { 1 << 2, 2 };
	unsigned int i;

	for (i = 0; i < 2; i++) {
		wr(f, 2 * i + CMD, 0x11);
		wr(f, 2 * i + DATA, 8 * i);
		wr(f, 2 * i + DATA, icw3[i]);
		wr(f, 2 * i + DATA, icw4);
	}
}

static void init(struct fixture *f)
{
	init_words(f, 1);
	assert_int_equal(rd(f, DATA) | rd(f, SLAVE + DATA), 0);
}

static uint8_t isr(struct fixture *f, unsigned int chip)
{
	uint8_t val;

	wr(f, chip + CMD, 0x0b);
	val = rd(f, chip + CMD);
	wr(f, chip + CMD, 0x0a);
	return val;
}

static void quiet_after_reset(void **state)
{
	struct fixture *f = *state;

	set(f, 4, true);
	set(f, 10, true);
	assert_false(f->out.level);
	assert_int_equal(rd(f, DATA), 0xff);
	assert_int_equal(rd(f, SLAVE + DATA), 0xff);
	assert_int_equal(rd(f, ELCR), 0x20); /* what may not be level isn't */
	assert_int_equal(rd(f, ELCR + 1), 0x0e);
}

static void sources(void **state)
{
	struct fixture *f = *state;
	unsigned int i;

	assert_null(f->in[2]);
	assert_null(i8259_source(f->pic, 16));
	assert_int_equal(f->in[11]->spi, 11);
	assert_int_equal(f->in[11]->edge_fd, -1);
	for (i = 15; i < I8259_SOURCES; i++)
		assert_non_null(i8259_source(f->pic, 3));
	assert_null(i8259_source(f->pic, 3));
}

static void edge(void **state)
{
	struct fixture *f = *state;

	init(f);
	set(f, 4, true);
	assert_true(f->out.level);
	assert_int_equal(rd(f, CMD), 0x10);
	assert_int_equal(i8259_acknowledge(f->pic), 4);
	assert_false(f->out.level);
	assert_int_equal(isr(f, 0), 0x10);
	assert_int_equal(rd(f, CMD), 0);
	wr(f, CMD, SPECIFIC + 4);
	assert_false(f->out.level); /* still high, but that is no edge */
	assert_int_equal(isr(f, 0), 0);
	set(f, 4, false);
	assert_false(f->out.level);
	set(f, 4, true);
	assert_true(f->out.level);
}

static void level(void **state)
{
	struct fixture *f = *state;

	init(f);
	set(f, 5, true);
	assert_int_equal(i8259_acknowledge(f->pic), 5);
	assert_false(f->out.level);
	wr(f, CMD, SPECIFIC + 5);
	assert_true(f->out.level);
	assert_int_equal(i8259_acknowledge(f->pic), 5);
	set(f, 5, false);
	wr(f, CMD, SPECIFIC + 5);
	assert_false(f->out.level);
}

/* An edge on a masked line waits for the mask to go. */
static void masked(void **state)
{
	struct fixture *f = *state;

	init(f);
	wr(f, DATA, 0x10);
	set(f, 4, true);
	assert_false(f->out.level);
	assert_int_equal(rd(f, CMD), 0x10);
	set(f, 5, true);
	assert_int_equal(i8259_acknowledge(f->pic), 5);
	wr(f, DATA, 0);
	assert_int_equal(i8259_acknowledge(f->pic), 4);
}

/* Who shares a line keeps it high until the last one lets go. */
static void shared_line(void **state)
{
	struct fixture *f = *state;
	struct irqline *other = i8259_source(f->pic, 10);

	init(f);
	set(f, 10, true);
	other->set(other, true);
	set(f, 10, false);
	assert_int_equal(i8259_acknowledge(f->pic), 10);
	wr(f, SLAVE + CMD, SPECIFIC + 2);
	wr(f, CMD, SPECIFIC + 2);
	assert_true(f->out.level);
	other->set(other, false);
	assert_false(f->out.level);
}

static void slave(void **state)
{
	struct fixture *f = *state;

	init(f);
	set(f, 12, true);
	set(f, 8, true);
	assert_int_equal(rd(f, CMD), 4);
	assert_int_equal(i8259_acknowledge(f->pic), 8);
	assert_int_equal(isr(f, 0), 4);
	assert_int_equal(isr(f, SLAVE), 1);
	assert_false(f->out.level);
	wr(f, SLAVE + CMD, SPECIFIC + 0);
	assert_false(f->out.level); /* the master has IR2 in service still */
	wr(f, CMD, SPECIFIC + 2);
	assert_true(f->out.level);
	assert_int_equal(i8259_acknowledge(f->pic), 12);
	wr(f, CMD, SPECIFIC + 2); /* the other order */
	assert_false(f->out.level);
	set(f, 13, true);
	assert_false(f->out.level);
	wr(f, SLAVE + CMD, EOI);
	assert_int_equal(i8259_acknowledge(f->pic), 13);
}

static void priorities(void **state)
{
	struct fixture *f = *state;

	init(f);
	set(f, 4, true);
	assert_int_equal(i8259_acknowledge(f->pic), 4);
	set(f, 6, true);
	assert_false(f->out.level);
	set(f, 0, true);
	assert_true(f->out.level);
	assert_int_equal(i8259_acknowledge(f->pic), 0);
	assert_int_equal(isr(f, 0), 0x11);
	wr(f, CMD, EOI); /* ends the highest */
	assert_int_equal(isr(f, 0), 0x10);
	assert_false(f->out.level);
	wr(f, CMD, EOI);
	assert_int_equal(i8259_acknowledge(f->pic), 6);
}

static void spurious(void **state)
{
	struct fixture *f = *state;

	init(f);
	wr(f, CMD, 0x11);
	wr(f, DATA, 0x40);
	wr(f, DATA, 4);
	wr(f, DATA, 1);
	set(f, 4, true);
	assert_true(f->out.level);
	set(f, 4, false);
	assert_false(f->out.level);
	assert_int_equal(i8259_acknowledge(f->pic), 0x47);
	assert_int_equal(isr(f, 0), 0);
	set(f, 4, true);
	assert_int_equal(i8259_acknowledge(f->pic), 0x44);
}

static void polled(void **state)
{
	struct fixture *f = *state;

	init(f);
	wr(f, CMD, 0x0c);
	assert_int_equal(rd(f, CMD), 0);
	set(f, 14, true);
	wr(f, CMD, 0x0c);
	assert_int_equal(rd(f, CMD), 0x82);
	assert_int_equal(rd(f, CMD), 4); /* once only; the slave still asks */
	wr(f, SLAVE + CMD, 0x0c);
	assert_int_equal(rd(f, SLAVE + CMD), 0x86);
	assert_int_equal(isr(f, SLAVE), 0x40);
	assert_false(f->out.level);
}

static void rotation(void **state)
{
	struct fixture *f = *state;

	init(f);
	set(f, 3, true);
	assert_int_equal(i8259_acknowledge(f->pic), 3);
	wr(f, CMD, ROTATE_EOI); /* 3 is the last now */
	set(f, 1, true);
	set(f, 4, true);
	assert_int_equal(i8259_acknowledge(f->pic), 4);
	wr(f, CMD, ROTATE_EOI + 0x40 + 4);
	assert_int_equal(isr(f, 0), 0);
	wr(f, CMD, SET_PRIORITY + 0);
	set(f, 0, true);
	assert_int_equal(i8259_acknowledge(f->pic), 1);
	wr(f, CMD, EOI);
	assert_int_equal(i8259_acknowledge(f->pic), 0);
}

static void automatic_eoi(void **state)
{
	struct fixture *f = *state;

	init_words(f, 3);
	wr(f, CMD, 0x80);
	set(f, 1, true);
	assert_int_equal(i8259_acknowledge(f->pic), 1);
	assert_int_equal(isr(f, 0), 0);
	set(f, 1, false);
	set(f, 1, true);
	set(f, 7, true);
	assert_int_equal(i8259_acknowledge(f->pic), 7); /* 1 is the last now */
	wr(f, CMD, 0x00);
	assert_int_equal(i8259_acknowledge(f->pic), 1);
}

static void special_mask(void **state)
{
	struct fixture *f = *state;

	init(f);
	set(f, 1, true);
	assert_int_equal(i8259_acknowledge(f->pic), 1);
	set(f, 6, true);
	wr(f, DATA, 0x02);
	assert_false(f->out.level);
	wr(f, CMD, 0x68);
	assert_true(f->out.level);
	assert_int_equal(i8259_acknowledge(f->pic), 6);
	wr(f, CMD, EOI); /* does not see the masked one */
	assert_int_equal(isr(f, 0), 0x02);
	wr(f, CMD, 0x48);
	wr(f, CMD, EOI);
	assert_int_equal(isr(f, 0), 0);
}

static void special_fully_nested(void **state)
{
	struct fixture *f = *state;

	init_words(f, 0x11);
	set(f, 12, true);
	assert_int_equal(i8259_acknowledge(f->pic), 12);
	assert_false(f->out.level);
	set(f, 13, true);
	set(f, 4, true);
	assert_false(f->out.level);
	set(f, 9, true);
	assert_true(f->out.level);
	assert_int_equal(i8259_acknowledge(f->pic), 9);
}

/* Without ICW3 and ICW4, and what ICW1 alone resets. */
static void short_init(void **state)
{
	struct fixture *f = *state;

	init(f);
	set(f, 4, true);
	assert_int_equal(i8259_acknowledge(f->pic), 4);
	set(f, 6, true);
	wr(f, CMD, 0x12);
	wr(f, DATA, 0x30);
	assert_int_equal(rd(f, CMD), 0); /* edges forgotten */
	assert_int_equal(isr(f, 0), 0);
	wr(f, DATA, 0xfe);
	assert_int_equal(rd(f, DATA), 0xfe);
	set(f, 0, true);
	assert_int_equal(i8259_acknowledge(f->pic), 0x30);
}

static void elcr(void **state)
{
	struct fixture *f = *state;

	init(f);
	wr(f, ELCR, 0xff);
	wr(f, ELCR + 1, 0xff);
	assert_int_equal(rd(f, ELCR), 0xf8);
	assert_int_equal(rd(f, ELCR + 1), 0xde);
	set(f, 3, true);
	assert_int_equal(i8259_acknowledge(f->pic), 3);
	wr(f, CMD, EOI);
	assert_true(f->out.level);
	wr(f, ELCR, 0);
	assert_false(f->out.level);
}

static void save_restore(void **state)
{
	struct fixture *f = *state;
	unsigned int rises;

	init(f);
	set(f, 9, true);
	set(f, 3, true);
	assert_int_equal(i8259_acknowledge(f->pic), 9);
	wr(f, SLAVE + CMD, 0x11);
	wr(f, SLAVE + DATA, 0x28);
	rises = f->out.rises;
	assert_save_restore_save(f->pic);
	assert_int_equal(f->out.rises, rises);
	set(f, 3, true); /* the device's own restore: no edge of it */
	wr(f, SLAVE + DATA, 2);
	wr(f, SLAVE + DATA, 1);
	wr(f, CMD, EOI);
	assert_int_equal(i8259_acknowledge(f->pic), 0x29);
	set(f, 9, false);
	wr(f, SLAVE + CMD, EOI);
	wr(f, CMD, EOI);
	assert_int_equal(i8259_acknowledge(f->pic), 3);
	wr(f, CMD, EOI);
	assert_false(f->out.level);
}

static void hostile(void **state)
{
	struct fixture *f = *state;

	assert_hostile_restore(f->pic, 3000, 8);
	assert_true(f->pic->unknown > 0);
}

struct hammer {
	struct fixture *f;
	unsigned int line;
};

static void *hammer(void *opaque)
{
	struct hammer *h = opaque;
	unsigned int i;

	for (i = 0; i < 20000; i++)
		set(h->f, h->line, i & 1);
	return NULL;
}

/* Lines driven by threads that hold no lock: the output is right when they are done. */
static void any_thread(void **state)
{
	struct fixture *f = *state;
	struct hammer h[2] = { { f, 10 }, { f, 11 } };
	pthread_t thread[2];
	unsigned int i;

	init(f);
	for (i = 0; i < 2; i++)
		pthread_create(&thread[i], NULL, hammer, &h[i]);
	for (i = 0; i < 20000; i++) {
		i8259_acknowledge(f->pic);
		wr(f, SLAVE + CMD, EOI);
		wr(f, CMD, EOI);
	}
	for (i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	assert_true(f->out.level);
	set(f, 10, false);
	set(f, 11, false);
	assert_false(f->out.level);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(quiet_after_reset),
		TEST(sources),
		TEST(edge),
		TEST(level),
		TEST(masked),
		TEST(shared_line),
		TEST(slave),
		TEST(priorities),
		TEST(spurious),
		TEST(polled),
		TEST(rotation),
		TEST(automatic_eoi),
		TEST(special_mask),
		TEST(special_fully_nested),
		TEST(short_init),
		TEST(elcr),
		TEST(save_restore),
		TEST(hostile),
		TEST(any_thread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
