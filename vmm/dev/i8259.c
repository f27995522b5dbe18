// SPDX-License-Identifier: GPL-2.0
/*
 * A cascaded pair of 8259A interrupt controllers; see i8259.h.  Words in capitals
 * are the data sheet's.
 *
 * Two things are wires here and not what the chips were told: the slave is at
 * the master's IR2, whatever ICW3 says, and IR2 follows the slave's INT as a
 * level, so that no order of EOIs can lose a request.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "i8259.h"
#include "device.h"

#define CASCADE 2
#define SPURIOUS 7

enum { MASTER, SLAVE };
enum { ICW1 = 1 << 4, ICW1_IC4 = 1 << 0, ICW1_SNGL = 1 << 1 };
enum { ICW4_AEOI = 1 << 1, ICW4_SFNM = 1 << 4 };
enum { OCW2_EOI = 1 << 5, OCW2_SL = 1 << 6, OCW2_R = 1 << 7 };
enum { OCW3 = 1 << 3, OCW3_RIS = 1 << 0, OCW3_RR = 1 << 1, OCW3_P = 1 << 2 };
enum { OCW3_SMM = 1 << 5, OCW3_ESMM = 1 << 6 };

/* Lines that the PIIX4 keeps edge triggered: timer, keyboard, cascade; clock, FPU. */
static const uint8_t elcr_mask[2] = { 0xf8, 0xde };

struct chip {
	uint8_t latch; /* edges seen and not yet acknowledged */
	uint8_t isr;
	uint8_t imr;
	uint8_t elcr;
	uint8_t icw2;
	uint8_t icw3;
	uint8_t icw4;
	uint8_t icw1;
	uint8_t expect; /* which ICW the next write at A0 = 1 is, 0: OCW1 */
	uint8_t lowest; /* the input of lowest priority; the next one has the highest */
	uint8_t special_mask;
	uint8_t rotate; /* in automatic EOI mode */
	uint8_t read_isr;
	uint8_t poll;
};

struct source {
	struct irqline irq; /* what the device sees */
	struct i8259 *pic;
};

struct i8259 {
	struct device dev;
	pthread_mutex_t lock; /* guards all below */
	struct irqline *out;
	bool out_level;
	uint16_t elcr; /* after reset */
	uint16_t pins; /* as last seen by the edge detectors */
	unsigned int sources;
	struct source source[I8259_SOURCES];
	uint32_t high; /* a bit for each source that is high */
	struct chip chip[2];
};

static struct i8259 *to_i8259(struct device *dev)
{
	return (struct i8259 *)dev;
}

static uint16_t pins(const struct i8259 *pic)
{
	uint16_t level = 0;
	unsigned int i;

	for (i = 0; i < pic->sources; i++)
		if (pic->high & (1u << i))
			level |= 1u << pic->source[i].irq.spi;
	return level;
}

static int highest(const struct i8259 *pic, unsigned int which);

/*
 * The interrupt request register.  An input that goes low before it was
 * acknowledged takes its request back, in both triggering modes ("edge and
 * level triggered modes").
 */
static uint8_t irr(const struct i8259 *pic, unsigned int which)
{
	const struct chip *c = &pic->chip[which];
	uint8_t pin = pic->pins >> (8 * which);
	uint8_t req = pin & (c->latch | c->elcr);

	if (which == MASTER && highest(pic, SLAVE) >= 0)
		req |= 1 << CASCADE;
	return req;
}

/* In special mask mode a masked level in service stands in nobody's way. */
static uint8_t in_service(const struct chip *c)
{
	return c->special_mask ? c->isr & ~c->imr : c->isr;
}

/*
 * The input that asks for an interrupt, or -1.  In special fully nested mode a
 * slave in service may ask for something more urgent of its own.
 */
static int highest(const struct i8259 *pic, unsigned int which)
{
	const struct chip *c = &pic->chip[which];
	uint8_t req = irr(pic, which) & ~c->imr, busy = in_service(c);
	unsigned int i, n;

	for (i = 0; i < 8; i++) {
		n = (c->lowest + 1 + i) & 7;
		if (busy & (1 << n) && !(which == MASTER && n == CASCADE && c->icw4 & ICW4_SFNM))
			return -1;
		if (req & (1 << n))
			return n;
		if (busy & (1 << n))
			return -1;
	}
	return -1;
}

static void drive(struct i8259 *pic)
{
	bool level = highest(pic, MASTER) >= 0;

	if (level != pic->out_level && pic->out)
		pic->out->set(pic->out, level);
	pic->out_level = level;
}

/* The inputs have changed: let the edge detectors see them. */
static void sense(struct i8259 *pic)
{
	uint16_t now = pins(pic), rising = now & ~pic->pins;
	unsigned int i;

	pic->pins = now;
	for (i = 0; i < 2; i++)
		pic->chip[i].latch |= rising >> (8 * i);
	drive(pic);
}

static void source_set(struct irqline *irq, bool level)
{
	struct source *s = irq->opaque;
	struct i8259 *pic = s->pic;
	uint32_t bit = 1u << (s - pic->source);

	pthread_mutex_lock(&pic->lock);
	pic->high = level ? pic->high | bit : pic->high & ~bit;
	sense(pic);
	pthread_mutex_unlock(&pic->lock);
}

struct irqline *i8259_source(struct device *dev, unsigned int irq)
{
	struct i8259 *pic = to_i8259(dev);
	struct source *s;

	if (irq >= I8259_LINES || irq == CASCADE || pic->sources == I8259_SOURCES)
		return NULL;
	pthread_mutex_lock(&pic->lock);
	s = &pic->source[pic->sources++];
	s->pic = pic;
	s->irq = (struct irqline){ .set = source_set, .edge_fd = -1, .spi = irq, .opaque = s };
	pthread_mutex_unlock(&pic->lock);
	return &s->irq;
}

/* Put @n in service, or end it at once in automatic EOI mode. */
static void take(struct chip *c, unsigned int n)
{
	c->latch &= ~(1 << n);
	if (!(c->icw4 & ICW4_AEOI))
		c->isr |= 1 << n;
	else if (c->rotate)
		c->lowest = n;
}

static uint8_t acknowledge(struct i8259 *pic, unsigned int which)
{
	struct chip *c = &pic->chip[which];
	int n = highest(pic, which);
	uint8_t vector = (c->icw2 & 0xf8) | (n < 0 ? SPURIOUS : n);

	if (which == MASTER && n == CASCADE)
		vector = acknowledge(pic, SLAVE);
	if (n >= 0)
		take(c, n);
	return vector;
}

uint8_t i8259_acknowledge(struct device *dev)
{
	struct i8259 *pic = to_i8259(dev);
	uint8_t vector;

	pthread_mutex_lock(&pic->lock);
	vector = acknowledge(pic, MASTER);
	drive(pic);
	pthread_mutex_unlock(&pic->lock);
	return vector;
}

/* The read after a poll command is an acknowledge that tells the level. */
static uint8_t poll(struct i8259 *pic, unsigned int which)
{
	int n = highest(pic, which);

	pic->chip[which].poll = 0;
	if (n < 0)
		return 0;
	take(&pic->chip[which], n);
	drive(pic);
	return 0x80 | n;
}

/* "Initialization command word 1": what it resets by itself, and what follows. */
static void icw1(struct chip *c, uint8_t val)
{
	*c = (struct chip){ .elcr = c->elcr, .icw1 = val, .lowest = 7, .expect = 2 };
}

static void icw_next(struct chip *c, uint8_t val)
{
	uint8_t *const word[] = { [2] = &c->icw2, [3] = &c->icw3, [4] = &c->icw4 };
	bool icw3 = c->expect == 2 && !(c->icw1 & ICW1_SNGL);
	bool icw4 = c->expect < 4 && c->icw1 & ICW1_IC4;

	*word[c->expect] = val;
	c->expect = icw3 ? 3 : icw4 ? 4 : 0;
}

static int most_urgent(const struct chip *c, uint8_t set)
{
	unsigned int i, n;

	for (i = 0; i < 8; i++) {
		n = (c->lowest + 1 + i) & 7;
		if (set & (1 << n))
			return n;
	}
	return -1;
}

/* R, SL and EOI: end of interrupt, rotation, or both, at one level or the highest. */
static void ocw2(struct chip *c, uint8_t val)
{
	int n = val & OCW2_SL ? val & 7 : most_urgent(c, in_service(c));

	if (!(val & (OCW2_SL | OCW2_EOI)))
		c->rotate = !!(val & OCW2_R);
	else if (n >= 0 && val & OCW2_R)
		c->lowest = n;
	if (n >= 0 && val & OCW2_EOI)
		c->isr &= ~(1 << n);
}

static void ocw3(struct chip *c, uint8_t val)
{
	if (val & OCW3_ESMM)
		c->special_mask = !!(val & OCW3_SMM);
	if (val & OCW3_P)
		c->poll = 1;
	else if (val & OCW3_RR)
		c->read_isr = !!(val & OCW3_RIS);
}

static void command(struct chip *c, uint8_t val)
{
	if (val & ICW1)
		icw1(c, val);
	else if (val & OCW3)
		ocw3(c, val);
	else
		ocw2(c, val);
}

static void data(struct chip *c, uint8_t val)
{
	if (c->expect)
		icw_next(c, val);
	else
		c->imr = val;
}

static uint8_t chip_read(struct i8259 *pic, unsigned int which, unsigned int a0)
{
	const struct chip *c = &pic->chip[which];

	if (c->poll)
		return poll(pic, which);
	if (a0)
		return c->imr;
	return c->read_isr ? c->isr : irr(pic, which);
}

static uint64_t i8259_read(struct device *dev, uint64_t off, unsigned int len)
{
	struct i8259 *pic = to_i8259(dev);
	uint8_t val = 0;

	(void)len;
	pthread_mutex_lock(&pic->lock);
	if (off < I8259_ELCR)
		val = chip_read(pic, off / 2, off & 1);
	else if (off < I8259_ELCR + 2)
		val = pic->chip[off & 1].elcr;
	else
		dev->unknown++;
	pthread_mutex_unlock(&pic->lock);
	return val;
}

static void i8259_write(struct device *dev, uint64_t off, uint64_t val, unsigned int len)
{
	struct i8259 *pic = to_i8259(dev);

	(void)len;
	pthread_mutex_lock(&pic->lock);
	if (off >= I8259_ELCR + 2)
		dev->unknown++;
	else if (off >= I8259_ELCR)
		pic->chip[off & 1].elcr = val & elcr_mask[off & 1];
	else if (off & 1)
		data(&pic->chip[off / 2], val);
	else
		command(&pic->chip[off / 2], val);
	drive(pic);
	pthread_mutex_unlock(&pic->lock);
}

/*
 * The chips have no reset pin.  Everything is masked until the guest initializes
 * them, so that a board without firmware is quiet.  What the sources drive is
 * not ours to change.
 */
static void i8259_reset(struct device *dev)
{
	struct i8259 *pic = to_i8259(dev);
	unsigned int i;

	pthread_mutex_lock(&pic->lock);
	for (i = 0; i < 2; i++)
		pic->chip[i] = (struct chip){
			.imr = 0xff,
			.lowest = 7,
			.elcr = (pic->elcr >> (8 * i)) & elcr_mask[i],
		};
	drive(pic);
	pthread_mutex_unlock(&pic->lock);
}

static void i8259_destroy(struct device *dev)
{
	pthread_mutex_destroy(&to_i8259(dev)->lock);
	free(dev);
}

/* From a snapshot, so as hostile as a guest. */
static bool plausible(const struct chip *c, uint8_t elcr)
{
	uint8_t flags = c->special_mask | c->rotate | c->read_isr | c->poll;

	return c->lowest < 8 && c->expect != 1 && c->expect <= 4 && flags <= 1 &&
	       !(c->elcr & ~elcr);
}

static int i8259_restored(struct device *dev)
{
	struct i8259 *pic = to_i8259(dev);
	bool ok;

	pthread_mutex_lock(&pic->lock);
	ok = plausible(&pic->chip[MASTER], elcr_mask[MASTER]) &&
	     plausible(&pic->chip[SLAVE], elcr_mask[SLAVE]) &&
	     !((uint64_t)pic->high >> pic->sources);
	if (!ok)
		pic->high = 0;
	pic->pins = pins(pic); /* no edges: those before the save are in the latches */
	sense(pic);
	pthread_mutex_unlock(&pic->lock);
	return ok ? 0 : -EINVAL;
}

/* clang-format off */
#define CHIP_STATE(n) \
	STATE_FIELD(struct i8259, chip[n].latch), \
	STATE_FIELD(struct i8259, chip[n].isr), \
	STATE_FIELD(struct i8259, chip[n].imr), \
	STATE_FIELD(struct i8259, chip[n].elcr), \
	STATE_FIELD(struct i8259, chip[n].icw1), \
	STATE_FIELD(struct i8259, chip[n].icw2), \
	STATE_FIELD(struct i8259, chip[n].icw3), \
	STATE_FIELD(struct i8259, chip[n].icw4), \
	STATE_FIELD(struct i8259, chip[n].expect), \
	STATE_FIELD(struct i8259, chip[n].lowest), \
	STATE_FIELD(struct i8259, chip[n].special_mask), \
	STATE_FIELD(struct i8259, chip[n].rotate), \
	STATE_FIELD(struct i8259, chip[n].read_isr), \
	STATE_FIELD(struct i8259, chip[n].poll)

static const struct state_field i8259_state[] = {
	STATE_FIELD(struct i8259, high),
	CHIP_STATE(MASTER),
	CHIP_STATE(SLAVE),
	{ NULL, 0, 0 },
};
/* clang-format on */

static const struct device_ops i8259_ops = {
	.name = "i8259",
	.mmio_read = i8259_read,
	.mmio_write = i8259_write,
	.reset = i8259_reset,
	.destroy = i8259_destroy,
	.state = i8259_state,
	.restored = i8259_restored,
};

struct device *i8259_create(uint64_t base, struct irqline *out, uint16_t elcr)
{
	struct i8259 *pic = calloc(1, sizeof(*pic));

	if (!pic)
		return NULL;
	pic->dev = (struct device){ .ops = &i8259_ops, .base = base, .size = I8259_SIZE };
	pthread_mutex_init(&pic->lock, NULL);
	pic->out = out;
	pic->elcr = elcr;
	i8259_reset(&pic->dev);
	return &pic->dev;
}
