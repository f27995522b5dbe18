// SPDX-License-Identifier: GPL-2.0
/*
 * 8254 interval timer; see i8254.h, and i8254_counter.c for how it counts.
 *
 * The interrupt line gets the rising edges of counter 0's output and nothing
 * else of its shape: it goes low and high again at each, since the low phase of
 * modes 2 and 4 lasts less than a microsecond.  Edges that come faster than the
 * host can serve become one, as they would in a busy guest's 8259A.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../loop.h"
#include "device.h"
#include "i8254.h"
#include "i8254_counter.h"

#define COUNTERS 3
#define CONTROL 3 /* the register behind the three counters */
#define LEAST_PERIOD 100000 /* ns: no more than this often for a guest's interrupt */
#define REFRESH 15085 /* ns between toggles of port 0x61's refresh bit */

enum { LATCH = 0, READ_BACK = 3 };
enum { READ_BACK_NO_COUNT = 1 << 5, READ_BACK_NO_STATUS = 1 << 4 };
enum { GATE2 = 1 << 0, REFRESH_TOGGLE = 1 << 4, OUT2 = 1 << 5, PORT61_MASK = 0x0f };

struct i8254 {
	struct device dev;
	struct loop_timer *timer;
	int64_t seen; /* what counter 0 had counted at the last look, in ns */
	uint8_t port61;
	struct counter counter[COUNTERS];
};

static struct i8254 *to_i8254(struct device *dev)
{
	return (struct i8254 *)dev;
}

static void drive(struct i8254 *pit, bool level)
{
	if (pit->dev.irq)
		pit->dev.irq->set(pit->dev.irq, level);
}

static void arm(struct i8254 *pit, int64_t now)
{
	const struct counter *c = &pit->counter[0];
	int64_t edge = counter_next_edge(c, pit->seen);

	if (edge == COUNTER_NEVER)
		loop_timer_cancel(pit->timer);
	else if (c->start + edge < now + LEAST_PERIOD)
		loop_timer_arm(pit->timer, now + LEAST_PERIOD);
	else
		loop_timer_arm(pit->timer, c->start + edge);
}

static void timer_fired(void *opaque)
{
	struct i8254 *pit = opaque;
	struct counter *c = &pit->counter[0];
	int64_t now = loop_now_ns();

	if (counter_next_edge(c, pit->seen) <= counter_elapsed(c, now)) {
		drive(pit, false);
		drive(pit, true);
	}
	counter_advance(c, now);
	pit->seen = counter_elapsed(c, now);
	arm(pit, now);
}

/* If it is counter 0 that the guest has set anew, so has its output. */
static void restarted(struct i8254 *pit, const struct counter *c, int64_t now)
{
	if (c != &pit->counter[0])
		return;
	pit->seen = 0;
	drive(pit, counter_output(c, now));
	arm(pit, now);
}

static void read_back(struct i8254 *pit, uint8_t val, int64_t now)
{
	unsigned int i;

	for (i = 0; i < COUNTERS; i++) {
		if (!(val & 2 << i))
			continue;
		if (!(val & READ_BACK_NO_COUNT))
			counter_latch(&pit->counter[i], now);
		if (!(val & READ_BACK_NO_STATUS))
			counter_latch_status(&pit->counter[i], now);
	}
}

static void control_write(struct i8254 *pit, uint8_t val, int64_t now)
{
	struct counter *c;

	if (val >> 6 == READ_BACK) {
		read_back(pit, val, now);
		return;
	}
	c = &pit->counter[val >> 6];
	if ((val >> 4 & 3) == LATCH) {
		counter_latch(c, now);
		return;
	}
	counter_mode(c, val);
	restarted(pit, c, now);
}

static uint8_t port61_read(const struct i8254 *pit, int64_t now)
{
	return pit->port61 | (now / REFRESH & 1 ? REFRESH_TOGGLE : 0) |
	       (counter_output(&pit->counter[2], now) ? OUT2 : 0);
}

/* Counter 0's new period begins in its timer, so that no edge goes by unseen. */
static int64_t advance(struct i8254 *pit)
{
	int64_t now = loop_now_ns();
	unsigned int i;

	for (i = 1; i < COUNTERS; i++)
		counter_advance(&pit->counter[i], now);
	return now;
}

static uint64_t i8254_read(struct device *dev, uint64_t off, unsigned int len)
{
	struct i8254 *pit = to_i8254(dev);
	int64_t now = advance(pit);

	(void)len;
	if (off < COUNTERS)
		return counter_read(&pit->counter[off], now);
	if (off == I8254_PORT61)
		return port61_read(pit, now);
	if (off != CONTROL)
		dev->unknown++;
	return 0;
}

static void i8254_write(struct device *dev, uint64_t off, uint64_t val, unsigned int len)
{
	struct i8254 *pit = to_i8254(dev);
	int64_t now = advance(pit);

	(void)len;
	if (off < COUNTERS) {
		if (counter_write(&pit->counter[off], val, now))
			restarted(pit, &pit->counter[off], now);
	} else if (off == CONTROL) {
		control_write(pit, val, now);
	} else if (off == I8254_PORT61) {
		pit->port61 = val & PORT61_MASK;
		counter_gate(&pit->counter[2], val & GATE2, now);
	} else {
		dev->unknown++;
	}
}

/* Undefined on the chip: here nothing counts until a guest has chosen a mode. */
static void i8254_reset(struct device *dev)
{
	struct i8254 *pit = to_i8254(dev);
	unsigned int i;

	for (i = 0; i < COUNTERS; i++)
		counter_init(&pit->counter[i], i < 2);
	pit->seen = 0;
	pit->port61 = 0;
	drive(pit, false);
	loop_timer_cancel(pit->timer);
}

static void i8254_destroy(struct device *dev)
{
	loop_timer_destroy(to_i8254(dev)->timer);
	free(dev);
}

/* The host's clock means nothing in a snapshot: save how far they have counted. */
static void i8254_quiesce(struct device *dev)
{
	struct i8254 *pit = to_i8254(dev);
	int64_t now = loop_now_ns();
	unsigned int i;

	for (i = 0; i < COUNTERS; i++)
		pit->counter[i].held = counter_elapsed(&pit->counter[i], now);
}

/* From a snapshot, so as hostile as a guest. */
static int i8254_restored(struct device *dev)
{
	struct i8254 *pit = to_i8254(dev);
	int64_t now = loop_now_ns();
	unsigned int i;

	for (i = 0; i < COUNTERS; i++) {
		struct counter *c = &pit->counter[i];

		if (!counter_plausible(c) || (i < 2 && !c->gate))
			return -EINVAL;
		c->start = now - c->held;
	}
	if (pit->seen < 0 || pit->seen > INT64_MAX / 4 || pit->port61 & ~PORT61_MASK)
		return -EINVAL;
	drive(pit, counter_output(&pit->counter[0], now));
	arm(pit, now);
	return 0;
}

/* clang-format off */
#define COUNTER_STATE(n) \
	STATE_FIELD(struct i8254, counter[n].held), \
	STATE_FIELD(struct i8254, counter[n].count), \
	STATE_FIELD(struct i8254, counter[n].next), \
	STATE_FIELD(struct i8254, counter[n].latch), \
	STATE_FIELD(struct i8254, counter[n].latched), \
	STATE_FIELD(struct i8254, counter[n].status), \
	STATE_FIELD(struct i8254, counter[n].status_latched), \
	STATE_FIELD(struct i8254, counter[n].mode), \
	STATE_FIELD(struct i8254, counter[n].bcd), \
	STATE_FIELD(struct i8254, counter[n].rw), \
	STATE_FIELD(struct i8254, counter[n].lsb), \
	STATE_FIELD(struct i8254, counter[n].msb_next_write), \
	STATE_FIELD(struct i8254, counter[n].msb_next_read), \
	STATE_FIELD(struct i8254, counter[n].written), \
	STATE_FIELD(struct i8254, counter[n].loaded), \
	STATE_FIELD(struct i8254, counter[n].stopped), \
	STATE_FIELD(struct i8254, counter[n].gate)

static const struct state_field i8254_state[] = {
	STATE_FIELD(struct i8254, seen),
	STATE_FIELD(struct i8254, port61),
	COUNTER_STATE(0),
	COUNTER_STATE(1),
	COUNTER_STATE(2),
	{ NULL, 0, 0 },
};
/* clang-format on */

static const struct device_ops i8254_ops = {
	.name = "i8254",
	.mmio_read = i8254_read,
	.mmio_write = i8254_write,
	.reset = i8254_reset,
	.destroy = i8254_destroy,
	.state = i8254_state,
	.restored = i8254_restored,
	.quiesce = i8254_quiesce,
};

struct device *i8254_create(uint64_t base, struct irqline *irq, struct loop *loop)
{
	struct i8254 *pit = calloc(1, sizeof(*pit));

	if (!pit)
		return NULL;
	pit->dev = (struct device){
		.ops = &i8254_ops,
		.base = base,
		.size = I8254_SIZE,
		.irq = irq,
	};
	pit->timer = loop_timer_create(loop, timer_fired, pit);
	if (!pit->timer) {
		free(pit);
		return NULL;
	}
	i8254_reset(&pit->dev);
	return &pit->dev;
}
