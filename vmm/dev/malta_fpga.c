// SPDX-License-Identifier: GPL-2.0
/*
 * Malta's board registers and revision word; see malta_fpga.h.
 *
 * NOT DONE: the serial EEPROM behind the I2C lines, where firmware looks for the
 * memory module's parameters: the lines show what the guest drives itself.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../err.h"
#include "malta_fpga.h"
#include "regs.h"

#define SOFTRES_MAGIC 0x42
#define CHARS 8
#define REVISION_MALTA_CORELV 0x420 /* product 2, core board 1 */

struct malta_fpga {
	struct device dev;
	struct malta_fpga_config cfg;
	uint32_t status;
	uint32_t ledbar;
	uint32_t brkres;
	uint32_t gpout;
	uint32_t i2coe;
	uint32_t i2cout;
	uint32_t i2csel;
	char text[CHARS + 1];
};

static struct malta_fpga *to_fpga(struct device *dev)
{
	return (struct malta_fpga *)dev;
}

static void trace_display(const struct malta_fpga *f)
{
	if (f->cfg.trace)
		warn("malta: display [%s], LEDs 0x%02x", f->text, f->ledbar);
}

static void ledbar_wrote(struct device *dev, uint32_t val)
{
	(void)val;
	trace_display(to_fpga(dev));
}

static void word_wrote(struct device *dev, uint32_t val)
{
	struct malta_fpga *f = to_fpga(dev);

	snprintf(f->text, sizeof(f->text), "%08X", val);
	trace_display(f);
}

/* What has no glyph in ASCII is a question mark to whoever reads it here. */
static void show(struct device *dev, unsigned int pos, uint32_t val)
{
	struct malta_fpga *f = to_fpga(dev);
	uint8_t c = val;

	f->text[pos] = c >= ' ' && c <= '~' ? c : '?';
	trace_display(f);
}

/* clang-format off */
#define POSITION(n) \
	static void pos##n##_wrote(struct device *dev, uint32_t val) { show(dev, n, val); }
POSITION(0) POSITION(1) POSITION(2) POSITION(3)
POSITION(4) POSITION(5) POSITION(6) POSITION(7)
	/* clang-format on */

	static void softres_wrote(struct device *dev, uint32_t val)
{
	const struct malta_fpga *f = to_fpga(dev);

	if (val == SOFTRES_MAGIC && f->cfg.reset)
		f->cfg.reset(f->cfg.opaque);
}

static uint32_t gpinp_read(struct device *dev)
{
	return to_fpga(dev)->i2csel ? to_fpga(dev)->i2cout : 0;
}

/* Open drain with pull-ups: low is what is driven low. */
static uint32_t i2cinp_read(struct device *dev)
{
	return (~to_fpga(dev)->i2coe | to_fpga(dev)->i2cout) & 3;
}

#define M(m) offsetof(struct malta_fpga, m)

/* "Board registers", each in the low byte of 8; switches and jumpers are all off. */
static const struct reg fpga_regs[] = {
	{ "SWITCH", 0x200, 0, 0, NULL, NULL },
	{ "STATUS", 0x208, M(status), 0, NULL, NULL },
	{ "JMPRS", 0x210, 0, 0, NULL, NULL },
	{ "LEDBAR", 0x408, M(ledbar), 0xff, NULL, ledbar_wrote },
	{ "ASCIIWORD", 0x410, 0, 0, NULL, word_wrote },
	{ "ASCIIPOS0", 0x418, 0, 0, NULL, pos0_wrote },
	{ "ASCIIPOS1", 0x420, 0, 0, NULL, pos1_wrote },
	{ "ASCIIPOS2", 0x428, 0, 0, NULL, pos2_wrote },
	{ "ASCIIPOS3", 0x430, 0, 0, NULL, pos3_wrote },
	{ "ASCIIPOS4", 0x438, 0, 0, NULL, pos4_wrote },
	{ "ASCIIPOS5", 0x440, 0, 0, NULL, pos5_wrote },
	{ "ASCIIPOS6", 0x448, 0, 0, NULL, pos6_wrote },
	{ "ASCIIPOS7", 0x450, 0, 0, NULL, pos7_wrote },
	{ "SOFTRES", 0x500, 0, 0, NULL, softres_wrote },
	{ "BRKRES", 0x508, M(brkres), 0xff, NULL, NULL },
	{ "GPOUT", 0xa00, M(gpout), 0xff, NULL, NULL },
	{ "GPINP", 0xa08, 0, 0, gpinp_read, NULL },
	{ "I2CINP", 0xb00, 0, 0, i2cinp_read, NULL },
	{ "I2COE", 0xb08, M(i2coe), 3, NULL, NULL },
	{ "I2COUT", 0xb10, M(i2cout), 3, NULL, NULL },
	{ "I2CSEL", 0xb18, M(i2csel), 1, NULL, NULL },
	{ NULL, 0, 0, 0, NULL, NULL },
};

static const struct reg_bank fpga_bank = { fpga_regs, NULL };

static uint64_t fpga_read(struct device *dev, uint64_t off, unsigned int len)
{
	(void)len;
	return regs_read(&fpga_bank, dev, off);
}

static void fpga_write(struct device *dev, uint64_t off, uint64_t val, unsigned int len)
{
	(void)len;
	regs_write(&fpga_bank, dev, off, val);
}

static void fpga_reset(struct device *dev)
{
	struct malta_fpga *f = to_fpga(dev);

	f->status = 0x10; /* little-endian */
	f->ledbar = 0;
	f->brkres = 0x0a;
	f->gpout = 0;
	f->i2coe = 0;
	f->i2cout = 3;
	f->i2csel = 1;
	snprintf(f->text, sizeof(f->text), "%*s", CHARS, "");
}

static void fpga_destroy(struct device *dev)
{
	free(dev);
}

/* From a snapshot, so as hostile as a guest. */
static int fpga_restored(struct device *dev)
{
	struct malta_fpga *f = to_fpga(dev);
	size_t i;

	for (i = 0; i < CHARS; i++)
		if (f->text[i] < ' ' || f->text[i] > '~')
			return -EINVAL;
	return f->text[CHARS] || f->status != 0x10 ? -EINVAL : 0;
}

/* clang-format off */
static const struct state_field fpga_state[] = {
	STATE_FIELD(struct malta_fpga, status),
	STATE_FIELD(struct malta_fpga, ledbar),
	STATE_FIELD(struct malta_fpga, brkres),
	STATE_FIELD(struct malta_fpga, gpout),
	STATE_FIELD(struct malta_fpga, i2coe),
	STATE_FIELD(struct malta_fpga, i2cout),
	STATE_FIELD(struct malta_fpga, i2csel),
	STATE_FIELD(struct malta_fpga, text),
	{ NULL, 0, 0 },
};
/* clang-format on */

static const struct device_ops fpga_ops = {
	.name = "malta_fpga",
	.mmio_read = fpga_read,
	.mmio_write = fpga_write,
	.reset = fpga_reset,
	.destroy = fpga_destroy,
	.state = fpga_state,
	.restored = fpga_restored,
};

struct device *malta_fpga_create(const struct malta_fpga_config *cfg)
{
	struct malta_fpga *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->dev = (struct device){ .ops = &fpga_ops, .base = cfg->base, .size = MALTA_FPGA_SIZE };
	f->cfg = *cfg;
	fpga_reset(&f->dev);
	return &f->dev;
}

/* Writes are lost, as in a ROM. */
static uint64_t rom_read(struct device *dev, uint64_t off, unsigned int len)
{
	(void)dev;
	if (off / 4 != MALTA_ROM_REVISION / 4 || off % 4 + len > 4)
		return 0;
	return (uint32_t)REVISION_MALTA_CORELV >> (8 * (off % 4));
}

static void rom_write(struct device *dev, uint64_t off, uint64_t val, unsigned int len)
{
	(void)off;
	(void)val;
	(void)len;
	dev->unknown++;
}

static void rom_reset(struct device *dev)
{
	(void)dev;
}

static const struct device_ops rom_ops = {
	.name = "malta_rom",
	.mmio_read = rom_read,
	.mmio_write = rom_write,
	.reset = rom_reset,
	.destroy = fpga_destroy,
};

struct device *malta_rom_create(uint64_t base)
{
	struct device *dev = calloc(1, sizeof(*dev));

	if (dev)
		*dev = (struct device){ .ops = &rom_ops, .base = base, .size = MALTA_ROM_SIZE };
	return dev;
}
