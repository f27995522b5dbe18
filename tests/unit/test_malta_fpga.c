// SPDX-License-Identifier: GPL-2.0
/* Malta's board registers and its revision word. */
#include "dev_rig.h"

#include "dev/malta_fpga.h"

enum { SWITCH = 0x200, STATUS = 0x208, JMPRS = 0x210, LEDBAR = 0x408, WORD = 0x410 };
enum { POS0 = 0x418, SOFTRES = 0x500, BRKRES = 0x508, GPOUT = 0xa00, GPINP = 0xa08 };
enum { I2CINP = 0xb00, I2COE = 0xb08, I2COUT = 0xb10, I2CSEL = 0xb18 };

struct fixture {
	struct device *dev;
	unsigned int resets;
};

#define CHARS 8

/* The display can't be read back; its text comes last in what is saved. */
static const char *shown(const struct device *dev)
{
	static char bytes[256];
	size_t size = device_state_size(dev);

	assert_in_range(size, CHARS + 1, sizeof(bytes));
	device_state_save(dev, bytes);
	return bytes + size - (CHARS + 1);
}

static void reset(void *opaque)
{
	((struct fixture *)opaque)->resets++;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct malta_fpga_config cfg = { .base = 0x1f000000, .reset = reset, .opaque = f };

	f->dev = malta_fpga_create(&cfg);
	*state = f;
	return f->dev ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	f->dev->ops->destroy(f->dev);
	free(f);
	return 0;
}

static void reset_values(void **state)
{
	static const struct {
		uint32_t off, val;
	} rows[] = {
		{ SWITCH, 0 },	{ STATUS, 0x10 }, { JMPRS, 0 },	 { LEDBAR, 0 },
		{ SOFTRES, 0 }, { BRKRES, 0x0a }, { GPOUT, 0 },	 { GPINP, 3 },
		{ I2CINP, 3 },	{ I2COE, 0 },	  { I2COUT, 3 }, { I2CSEL, 1 },
	};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (dev_read(f->dev, rows[i].off, 4) != rows[i].val)
			fail_msg("register 0x%x", rows[i].off);
	assert_int_equal(f->dev->unknown, 0);
	dev_read(f->dev, 0x204, 4);
	dev_write(f->dev, 0xa10, 1, 4);
	assert_int_equal(f->dev->unknown, 2);
}

static void display(void **state)
{
	struct fixture *f = *state;
	unsigned int i;

	assert_string_equal(shown(f->dev), "        ");
	dev_write(f->dev, WORD, 0xc0ffee, 4);
	assert_string_equal(shown(f->dev), "00C0FFEE");
	for (i = 0; i < 8; i++)
		dev_write(f->dev, POS0 + 8 * i, "LINUX \x1b\xff"[i], i & 1 ? 1 : 4);
	assert_string_equal(shown(f->dev), "LINUX ??");
	dev_write(f->dev, LEDBAR, 0x1a5, 4);
	assert_int_equal(dev_read(f->dev, LEDBAR, 4), 0xa5);
}

/* syscon-reboot reads, sets the bits of the magic number and writes. */
static void reboot(void **state)
{
	struct fixture *f = *state;

	dev_write(f->dev, SOFTRES, 0x41, 4);
	assert_int_equal(f->resets, 0);
	dev_write(f->dev, SOFTRES, dev_read(f->dev, SOFTRES, 4) | 0x42, 4);
	assert_int_equal(f->resets, 1);
}

static void i2c_lines(void **state)
{
	struct fixture *f = *state;

	dev_write(f->dev, I2COUT, 0, 4);
	assert_int_equal(dev_read(f->dev, I2CINP, 4), 3);
	dev_write(f->dev, I2COE, 2, 4);
	assert_int_equal(dev_read(f->dev, I2CINP, 4), 1);
	dev_write(f->dev, I2COUT, 3, 4);
	assert_int_equal(dev_read(f->dev, GPINP, 4), 3);
	dev_write(f->dev, I2CSEL, 0, 4);
	assert_int_equal(dev_read(f->dev, GPINP, 4), 0);
}

static void rom(void **state)
{
	struct device *dev = malta_rom_create(0x1fc00000);

	(void)state;
	assert_int_equal(dev_read(dev, MALTA_ROM_REVISION, 4), 0x420);
	assert_int_equal(dev_read(dev, MALTA_ROM_REVISION + 1, 1), 0x04);
	assert_int_equal(dev_read(dev, MALTA_ROM_REVISION + 2, 2), 0);
	assert_int_equal(dev_read(dev, 0, 4), 0);
	assert_int_equal(dev_read(dev, MALTA_ROM_REVISION + 4, 4), 0);
	dev_write(dev, MALTA_ROM_REVISION, 0, 4);
	assert_int_equal(dev_read(dev, MALTA_ROM_REVISION, 4), 0x420);
	assert_int_equal(dev->unknown, 1);
	dev->ops->reset(dev);
	dev->ops->destroy(dev);
}

static void save_restore(void **state)
{
	struct fixture *f = *state;

	dev_write(f->dev, POS0, 'E', 4);
	dev_write(f->dev, LEDBAR, 0x55, 4);
	assert_save_restore_save(f->dev);
	assert_string_equal(shown(f->dev), "E       ");
	f->dev->ops->reset(f->dev);
	assert_string_equal(shown(f->dev), "        ");
	assert_int_equal(dev_read(f->dev, LEDBAR, 4), 0);
}

/* What the display never shows does not come from a snapshot either. */
static void bad_text(void **state)
{
	struct fixture *f = *state;
	size_t size = device_state_size(f->dev);
	uint8_t *buf = malloc(size);

	device_state_save(f->dev, buf);
	assert_int_equal(device_state_restore(f->dev, buf, size), 0);
	buf[size - 9] = 0x1b;
	assert_int_not_equal(device_state_restore(f->dev, buf, size), 0);
	buf[size - 9] = ' ';
	buf[size - 1] = 'x';
	assert_int_not_equal(device_state_restore(f->dev, buf, size), 0);
	free(buf);
}

static void hostile(void **state)
{
	struct fixture *f = *state;

	assert_hostile_restore(f->dev, 300, 0xc00);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reset_values), TEST(display),	TEST(reboot),	TEST(i2c_lines),
		TEST(rom),	    TEST(save_restore), TEST(bad_text), TEST(hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
