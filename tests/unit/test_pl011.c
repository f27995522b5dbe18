// SPDX-License-Identifier: GPL-2.0
/*
 * The serial port as Linux' amba-pl011 and a hostile guest use it, with a
 * character device behind it that is a pair of pipes.
 */
#include "chr_rig.h"

#include <libfdt.h>
#include <signal.h>

#include "dev/device.h"
#include "dev/pl011.h"
#include "dev/state.h"

#define BASE 0x09000000
enum { DR = 0, RSR = 4, FR = 0x18, IBRD = 0x24, FBRD = 0x28, LCR = 0x2c, CR = 0x30 };
enum { IFLS = 0x34, IMSC = 0x38, RIS = 0x3c, MIS = 0x40, ICR = 0x44 };
enum { RXFE = 0x10, TXFF = 0x20, RXFF = 0x40, TXFE = 0x80 };
enum { RXI = 0x10, TXI = 0x20, RTI = 0x40 };

struct fixture {
	struct chr_rig rig;
	struct device *dev;
	struct irqline irq;
	bool level;
};

static void set_level(struct irqline *irq, bool level)
{
	((struct fixture *)irq->opaque)->level = level;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	chr_rig_open(&f->rig);
	f->irq = (struct irqline){ .set = set_level, .edge_fd = -1, .spi = 1, .opaque = f };
	f->dev = pl011_create(BASE, &f->irq, f->rig.chr);
	*state = f;
	return f->dev ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	f->dev->ops->destroy(f->dev);
	chr_rig_close(&f->rig);
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

static void enable(struct fixture *f, bool fifos)
{
	wr(f, LCR, fifos ? 0x70 : 0x60);
	wr(f, CR, 0x301);
}

/* What Linux reads to find its driver: the AMBA periphid 0x00041011. */
static void identity(void **state)
{
	static const uint8_t id[] = { 0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };
	struct fixture *f = *state;
	unsigned int i;

	for (i = 0; i < 8; i++)
		assert_int_equal(rd(f, 0xfe0 + 4 * i), id[i]);
}

static void reset_values(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(rd(f, CR), 0x300);
	assert_int_equal(rd(f, IFLS), 0x12);
	assert_int_equal(rd(f, FR) & (RXFE | TXFE | TXFF | RXFF), RXFE | TXFE);
	assert_int_equal(rd(f, IMSC) | rd(f, RIS) | rd(f, LCR), 0);
}

static void writable_bits(void **state)
{
	static const struct {
		uint32_t off, mask;
	} rows[] = {
		{ IBRD, 0xffff }, { FBRD, 0x3f }, { LCR, 0xff }, { IFLS, 0x3f },
		{ IMSC, 0x7ff },  { FR, 0 },	  { RIS, 0 },	 { MIS, 0 },
	};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		uint32_t before = rd(f, rows[i].off);

		wr(f, rows[i].off, 0xffffffff);
		if (rd(f, rows[i].off) != (rows[i].mask ? rows[i].mask : before))
			fail_msg("register 0x%x is 0x%x", rows[i].off, rd(f, rows[i].off));
		wr(f, rows[i].off, 0);
	}
}

static void unknown_registers_count(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(rd(f, 0x100), 0);
	wr(f, 0x104, 1);
	assert_int_equal(rd(f, 2), 0);
	assert_int_equal(f->dev->unknown, 3);
}

static void sends(void **state)
{
	struct fixture *f = *state;
	char got[8] = "";

	enable(f, true);
	wr(f, IMSC, TXI);
	assert_false(f->level);
	wr(f, DR, 'h');
	wr(f, DR, 'i');
	assert_int_equal(read(f->rig.out, got, sizeof(got)), 2);
	assert_string_equal(got, "hi");
	assert_true(f->level);
	assert_int_equal(rd(f, MIS), TXI);
	wr(f, ICR, TXI);
	assert_false(f->level);
}

/* The host takes nothing: first its buffers fill, then TXFF stops the guest. */
static void waits_for_a_slow_host(void **state)
{
	struct fixture *f = *state;
	unsigned long sent = 0, got = 0;
	char buf[4096];
	ssize_t n, i;

	enable(f, true);
	while (!(rd(f, FR) & TXFF) && sent < 1000000) {
		wr(f, DR, 'a' + sent % 26);
		sent++;
	}
	assert_in_range(sent, CHARDEV_BUFFER, 999999);
	wr(f, ICR, TXI);
	wr(f, IMSC, TXI);
	assert_false(f->level);
	while (got < sent) {
		n = read(f->rig.out, buf, sizeof(buf));
		for (i = 0; i < n; i++, got++)
			assert_int_equal(buf[i], 'a' + got % 26);
		chr_rig_turn(&f->rig);
	}
	assert_true(f->level);
	assert_int_equal(rd(f, FR) & (TXFF | TXFE), TXFE);
}

static void receives(void **state)
{
	struct fixture *f = *state;

	enable(f, true);
	wr(f, IMSC, RXI | RTI);
	chr_rig_type(&f->rig, "abc");
	assert_true(f->level);
	assert_int_equal(rd(f, MIS), RTI); /* below the trigger level of 8 */
	assert_int_equal(rd(f, DR), 'a');
	assert_int_equal(rd(f, DR), 'b');
	assert_true(f->level);
	assert_int_equal(rd(f, DR), 'c');
	assert_false(f->level);
	assert_int_equal(rd(f, FR) & RXFE, RXFE);
	assert_int_equal(rd(f, DR), 0);
}

/* More than the FIFO holds comes through whole, and in order. */
static void receives_a_lot(void **state)
{
	struct fixture *f = *state;
	unsigned int i, turns = 0;
	char text[501];

	for (i = 0; i < 500; i++)
		text[i] = 'A' + i % 50;
	text[500] = 0;
	enable(f, true);
	chr_rig_type(&f->rig, text);
	assert_int_equal(rd(f, FR) & RXFF, RXFF);
	assert_int_equal(rd(f, RIS) & (RXI | RTI), RXI);
	for (i = 0; i < 500 && turns < 1000; turns++) {
		if (rd(f, FR) & RXFE)
			chr_rig_turn(&f->rig);
		else
			assert_int_equal(rd(f, DR), text[i++]);
	}
	assert_int_equal(i, 500);
}

static void nothing_before_enabled(void **state)
{
	struct fixture *f = *state;

	chr_rig_type(&f->rig, "xy");
	assert_int_equal(rd(f, FR) & RXFE, RXFE);
	enable(f, true);
	assert_int_equal(rd(f, DR), 'x');
	assert_int_equal(rd(f, DR), 'y');
}

static void one_deep_without_fifos(void **state)
{
	struct fixture *f = *state;

	enable(f, false);
	chr_rig_type(&f->rig, "pq");
	assert_int_equal(rd(f, FR) & RXFF, RXFF);
	assert_int_equal(rd(f, DR), 'p');
	assert_int_equal(rd(f, DR), 'q');
	assert_int_equal(rd(f, FR) & RXFE, RXFE);
}

static void loopback(void **state)
{
	struct fixture *f = *state;
	unsigned int i;
	char c;

	enable(f, true);
	wr(f, CR, 0x381);
	for (i = 0; i < 20; i++)
		wr(f, DR, i);
	assert_int_equal(rd(f, RIS) & 0x400, 0x400); /* overrun */
	for (i = 0; i < 16; i++)
		assert_int_equal(rd(f, DR), i);
	assert_int_equal(rd(f, FR) & RXFE, RXFE);
	assert_int_equal(rd(f, RSR), 8);
	wr(f, RSR, 0);
	assert_int_equal(rd(f, RSR), 0);
	assert_int_equal(read(f->rig.out, &c, 1), -1);
}

static void host_gone(void **state)
{
	struct fixture *f = *state;
	unsigned int i;

	enable(f, true);
	close(f->rig.in);
	f->rig.in = -1;
	chr_rig_turn(&f->rig);
	close(f->rig.out);
	f->rig.out = dup(0);
	for (i = 0; i < 2 * CHARDEV_BUFFER; i++)
		wr(f, DR, 'x');
	assert_int_equal(rd(f, FR) & TXFF, 0);
}

static void save_restore_save(void **state)
{
	struct fixture *f = *state;
	size_t size = device_state_size(f->dev);
	uint8_t *one = malloc(size), *two = malloc(size);

	enable(f, true);
	wr(f, IBRD, 13);
	wr(f, FBRD, 2);
	wr(f, IMSC, RXI | RTI | TXI);
	chr_rig_type(&f->rig, "state");
	device_state_save(f->dev, one);
	f->dev->ops->reset(f->dev);
	device_state_save(f->dev, two);
	assert_memory_not_equal(one, two, size);
	assert_false(f->level);
	assert_int_equal(device_state_restore(f->dev, one, size), 0);
	device_state_save(f->dev, two);
	assert_memory_equal(one, two, size);
	assert_true(f->level);
	assert_int_equal(rd(f, DR), 's');
	free(one);
	free(two);
}

/* Any bytes at all are refused or make a device that works. */
static void restore_hostile(void **state)
{
	struct fixture *f = *state;
	size_t size = device_state_size(f->dev), i;
	uint8_t *bytes = malloc(size);
	uint32_t seed = 1, round, off;

	assert_int_not_equal(device_state_restore(f->dev, bytes, size - 1), 0);
	for (round = 0; round < 2000; round++) {
		for (i = 0; i < size; i++) {
			seed = seed * 1664525 + 1013904223;
			bytes[i] = round % 2 ? seed >> 24 : (seed >> 24) & 0x11;
		}
		device_state_restore(f->dev, bytes, size);
		for (off = 0; off < 0x50; off += 4) {
			rd(f, off);
			wr(f, off, seed);
		}
	}
	free(bytes);
}

static void node(void **state)
{
	struct fixture *f = *state;
	char buf[1024];
	const void *reg;
	int off, len;

	assert_int_equal(fdt_create(buf, sizeof(buf)) | fdt_finish_reservemap(buf), 0);
	assert_int_equal(fdt_begin_node(buf, ""), 0);
	assert_int_equal(f->dev->ops->fdt(f->dev, buf), 0);
	assert_int_equal(fdt_end_node(buf) | fdt_finish(buf), 0);
	off = fdt_path_offset(buf, "/pl011@9000000");
	assert_true(off > 0);
	reg = fdt_getprop(buf, off, "reg", &len);
	assert_int_equal(len, 16);
	assert_memory_equal(reg, "\0\0\0\0\x09\0\0\0\0\0\0\0\0\0\x10\0", 16);
	assert_int_equal(fdt_node_check_compatible(buf, off, "arm,primecell"), 0);
	assert_memory_equal(fdt_getprop(buf, off, "interrupts", &len), "\0\0\0\0\0\0\0\1\0\0\0\4",
			    12);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(identity),
		TEST(reset_values),
		TEST(writable_bits),
		TEST(unknown_registers_count),
		TEST(sends),
		TEST(waits_for_a_slow_host),
		TEST(receives),
		TEST(receives_a_lot),
		TEST(nothing_before_enabled),
		TEST(one_deep_without_fifos),
		TEST(loopback),
		TEST(host_gone),
		TEST(save_restore_save),
		TEST(restore_hostile),
		TEST(node),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
