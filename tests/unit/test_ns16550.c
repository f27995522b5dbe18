// SPDX-License-Identifier: GPL-2.0
/* The serial port as Linux' 8250 driver and a hostile guest use it. */
#include "chr_rig.h"
#include "dev_rig.h"

#include <signal.h>

#include "dev/ns16550.h"

enum { RBR, IER, IIR, LCR, MCR, LSR, MSR, SCR, THR = 0, FCR = 2 };
enum { DR = 0x01, OE = 0x02, THRE = 0x20, TEMT = 0x40 };
enum { IER_RX = 1, IER_TX = 2, IER_LINE = 4, IER_MODEM = 8 };
enum { NONE = 0xc1, TX = 0xc2, RX = 0xc4, LINE = 0xc6, TIMEOUT = 0xcc, MODEM = 0xc0 };

struct fixture {
	struct chr_rig rig;
	struct device *dev;
	struct probe_irq irq;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	chr_rig_open(&f->rig);
	f->dev = ns16550_create(0x180003f8, 1, probe_irq_init(&f->irq, 4), f->rig.chr);
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

static uint32_t rd(struct fixture *f, unsigned int reg)
{
	return dev_read(f->dev, reg, 1);
}

static void wr(struct fixture *f, unsigned int reg, uint32_t val)
{
	dev_write(f->dev, reg, val, 1);
}

/* FIFOs with a trigger level of 8, RTS and DTR up. */
static void open_port(struct fixture *f)
{
	wr(f, FCR, 0x81);
	wr(f, MCR, 0x0b);
}

static void reset_values(void **state)
{
	static const uint8_t value[8] = { 0, 0, 1, 0, 0, THRE | TEMT, 0xb0, 0 };
	struct fixture *f = *state;
	unsigned int i;

	for (i = 0; i < 8; i++)
		assert_int_equal(rd(f, i), value[i]);
	assert_int_equal(f->dev->size, 8);
	assert_int_equal(f->dev->unknown, 0);
}

static void writable_bits(void **state)
{
	static const struct {
		unsigned int reg;
		uint32_t mask;
	} rows[] = { { IER, 0x0f }, { MCR, 0x1f }, { SCR, 0xff }, { LCR, 0xff } };
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		wr(f, rows[i].reg, 0x1ff);
		if (rd(f, rows[i].reg) != rows[i].mask)
			fail_msg("register %u is 0x%x", rows[i].reg, rd(f, rows[i].reg));
	}
}

static void divisor(void **state)
{
	struct fixture *f = *state;
	char c;

	wr(f, LCR, 0x83);
	wr(f, 0, 12);
	wr(f, 1, 0x34);
	assert_int_equal(rd(f, 0), 12);
	assert_int_equal(rd(f, 1), 0x34);
	wr(f, LCR, 0x03);
	assert_int_equal(rd(f, IER), 0);
	assert_int_equal(rd(f, RBR), 0);
	assert_int_equal(read(f->rig.out, &c, 1), -1);
}

/* How the kernel tells a 16550A from its elders and its successors. */
static void is_a_16550a(void **state)
{
	struct fixture *f = *state;

	wr(f, FCR, 0x01);
	assert_int_equal(rd(f, IIR) >> 6, 3);
	wr(f, LCR, 0x80);
	wr(f, FCR, 0x21);
	assert_int_equal(rd(f, IIR) >> 5, 6);
	wr(f, LCR, 0xbf);
	assert_int_not_equal(rd(f, 2), 0);
	wr(f, FCR, 0);
	assert_int_equal(rd(f, IIR), 1);
	wr(f, LCR, 0);
	wr(f, IER, 0xff);
	assert_int_equal(rd(f, IER), 0x0f);
}

static void loopback_modem(void **state)
{
	struct fixture *f = *state;

	wr(f, MCR, 0x1a);
	assert_int_equal(rd(f, MSR) & 0xf0, 0x90); /* OUT2 and RTS come back */
	wr(f, IER, IER_MODEM);
	assert_int_equal(rd(f, MSR) & 0x0f, 0);
	wr(f, MCR, 0x1d);
	assert_true(f->irq.level);
	assert_int_equal(rd(f, IIR), 0);
	assert_int_equal(rd(f, MSR), 0xe0 | 0x03);
	assert_false(f->irq.level);
	assert_int_equal(rd(f, MSR), 0xe0);
	wr(f, MCR, 0x19);
	assert_int_equal(rd(f, MSR), 0xa0 | 0x04); /* the ring has ended */
}

static void loopback_data(void **state)
{
	struct fixture *f = *state;
	unsigned int i;
	char c;

	open_port(f);
	wr(f, MCR, 0x1b);
	for (i = 0; i < 20; i++)
		wr(f, THR, i + 1);
	assert_int_equal(rd(f, LSR), DR | OE | THRE | TEMT);
	assert_int_equal(rd(f, LSR), DR | THRE | TEMT);
	for (i = 0; i < 16; i++)
		assert_int_equal(rd(f, RBR), i + 1);
	assert_int_equal(rd(f, LSR), THRE | TEMT);
	wr(f, FCR, 0);
	wr(f, THR, 'a');
	wr(f, THR, 'b');
	assert_int_equal(rd(f, LSR) & (DR | OE), DR | OE);
	assert_int_equal(rd(f, RBR), 'b');
	assert_int_equal(read(f->rig.out, &c, 1), -1);
}

static void sends(void **state)
{
	struct fixture *f = *state;
	char got[8] = "";

	open_port(f);
	wr(f, THR, 'h');
	wr(f, THR, 'i');
	assert_int_equal(read(f->rig.out, got, sizeof(got)), 2);
	assert_string_equal(got, "hi");
	assert_false(f->irq.level);
}

/* As the kernel tests it: enabling raises it again and again, IIR takes it back. */
static void transmitter_interrupt(void **state)
{
	struct fixture *f = *state;

	open_port(f);
	wr(f, IER, IER_TX);
	assert_true(f->irq.level);
	assert_int_equal(rd(f, IIR), TX);
	assert_false(f->irq.level);
	assert_int_equal(rd(f, IIR), NONE);
	wr(f, IER, IER_TX);
	assert_false(f->irq.level);
	wr(f, IER, 0);
	wr(f, IER, IER_TX);
	assert_true(f->irq.level);
	assert_int_equal(rd(f, IIR), TX);
	wr(f, THR, 'x');
	assert_true(f->irq.level);
	assert_int_equal(rd(f, IIR), TX);
	wr(f, FCR, 0x81);
	assert_false(f->irq.level);
}

/* The host takes nothing: first its buffers fill, then THRE stops the guest. */
static void waits_for_a_slow_host(void **state)
{
	struct fixture *f = *state;
	unsigned long sent = 0, got = 0;
	char buf[4096];
	ssize_t n, i;

	open_port(f);
	while (rd(f, LSR) & THRE && sent < 1000000) {
		wr(f, THR, 'a' + sent % 26);
		sent++;
	}
	assert_in_range(sent, CHARDEV_BUFFER, 999999);
	wr(f, IER, IER_TX);
	rd(f, IIR);
	assert_false(f->irq.level);
	while (got < sent) {
		n = read(f->rig.out, buf, sizeof(buf));
		for (i = 0; i < n; i++, got++)
			assert_int_equal(buf[i], 'a' + got % 26);
		chr_rig_turn(&f->rig);
	}
	assert_true(f->irq.level);
	assert_int_equal(rd(f, LSR), THRE | TEMT);
}

static void receives(void **state)
{
	struct fixture *f = *state;

	open_port(f);
	wr(f, IER, IER_RX);
	chr_rig_type(&f->rig, "abc");
	assert_true(f->irq.level);
	assert_int_equal(rd(f, IIR), TIMEOUT);
	assert_int_equal(rd(f, LSR) & DR, DR);
	assert_int_equal(rd(f, RBR), 'a');
	assert_int_equal(rd(f, RBR), 'b');
	assert_true(f->irq.level);
	assert_int_equal(rd(f, RBR), 'c');
	assert_false(f->irq.level);
	assert_int_equal(rd(f, LSR) & DR, 0);
	assert_int_equal(rd(f, RBR), 0);
	chr_rig_type(&f->rig, "12345678");
	assert_int_equal(rd(f, IIR), RX);
	rd(f, RBR);
	assert_int_equal(rd(f, IIR), TIMEOUT);
	wr(f, FCR, 0x83);
	assert_int_equal(rd(f, IIR), NONE);
	assert_false(f->irq.level);
}

static void priorities(void **state)
{
	struct fixture *f = *state;

	open_port(f);
	wr(f, MCR, 0x1b);
	wr(f, THR, 1);
	rd(f, MSR);
	wr(f, MCR, 0x12);
	while (!(rd(f, LSR) & OE))
		wr(f, THR, 1);
	wr(f, THR, 1);
	wr(f, IER, 0x0f);
	assert_int_equal(rd(f, IIR), LINE);
	rd(f, LSR);
	assert_int_equal(rd(f, IIR), RX);
	wr(f, FCR, 0x83);
	assert_int_equal(rd(f, IIR), TX);
	assert_int_equal(rd(f, IIR), MODEM);
	rd(f, MSR);
	assert_int_equal(rd(f, IIR), NONE);
	assert_false(f->irq.level);
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
	open_port(f);
	chr_rig_type(&f->rig, text);
	for (i = 0; i < 500 && turns < 1000; turns++) {
		if (rd(f, LSR) & DR)
			assert_int_equal(rd(f, RBR), text[i++]);
		else
			chr_rig_turn(&f->rig);
	}
	assert_int_equal(i, 500);
	assert_int_equal(rd(f, LSR) & OE, 0);
}

/* What is typed while a guest boots and sets the port up is there when it opens it. */
static void waits_for_rts(void **state)
{
	struct fixture *f = *state;

	chr_rig_type(&f->rig, "xy");
	assert_int_equal(rd(f, LSR) & DR, 0);
	wr(f, FCR, 0x07);
	wr(f, MCR, 0x01);
	chr_rig_turn(&f->rig);
	assert_int_equal(rd(f, LSR) & DR, 0);
	wr(f, MCR, 0x03);
	assert_int_equal(rd(f, RBR), 'x');
	assert_int_equal(rd(f, RBR), 'y');
}

static void one_deep_without_fifos(void **state)
{
	struct fixture *f = *state;

	wr(f, MCR, 3);
	wr(f, IER, IER_RX);
	chr_rig_type(&f->rig, "pq");
	assert_int_equal(rd(f, IIR), 4);
	assert_int_equal(rd(f, RBR), 'p');
	assert_int_equal(rd(f, IIR), 4);
	assert_int_equal(rd(f, RBR), 'q');
	assert_int_equal(rd(f, IIR), 1);
}

/* The CBUS port of malta: a register every 8 bytes, read as words. */
static void stride(void **state)
{
	struct fixture *f = *state;
	struct device *dev = ns16550_create(0x1f000900, 8, NULL, NULL);

	(void)f;
	assert_int_equal(dev->size, 64);
	dev_write(dev, 8 * SCR, 0x1a5, 4);
	assert_int_equal(dev_read(dev, 8 * SCR, 4), 0xa5);
	assert_int_equal(dev_read(dev, 8 * LSR, 4), THRE | TEMT);
	dev_write(dev, THR, 'x', 4);
	assert_int_equal(dev->unknown, 0);
	assert_int_equal(dev_read(dev, SCR, 1), 0);
	assert_int_equal(dev->unknown, 1);
	dev->ops->destroy(dev);
}

static void save_restore(void **state)
{
	struct fixture *f = *state;

	open_port(f);
	wr(f, IER, IER_RX);
	wr(f, SCR, 0x5a);
	chr_rig_type(&f->rig, "state");
	assert_save_restore_save(f->dev);
	assert_true(f->irq.level);
	assert_int_equal(rd(f, RBR), 's');
	assert_int_equal(rd(f, SCR), 0x5a);
}

static void hostile(void **state)
{
	struct fixture *f = *state;

	assert_hostile_restore(f->dev, 2000, 9);
	assert_true(f->dev->unknown > 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reset_values),
		TEST(writable_bits),
		TEST(divisor),
		TEST(is_a_16550a),
		TEST(loopback_modem),
		TEST(loopback_data),
		TEST(sends),
		TEST(transmitter_interrupt),
		TEST(waits_for_a_slow_host),
		TEST(receives),
		TEST(priorities),
		TEST(receives_a_lot),
		TEST(waits_for_rts),
		TEST(one_deep_without_fifos),
		TEST(stride),
		TEST(save_restore),
		TEST(hostile),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
