// SPDX-License-Identifier: GPL-2.0
/*
 * One counter of an 8254; see i8254_counter.h.  Nothing counts: count and output
 * are computed from the time since the count was loaded.
 */
#include "i8254.h"
#include "i8254_counter.h"

#define NSEC 1000000000LL

enum { RW_LSB = 1, RW_MSB, RW_BOTH };
enum { STATUS_NULL = 1 << 6, STATUS_OUT = 1 << 7 };

static int64_t to_ticks(int64_t ns)
{
	return ns / NSEC * I8254_HZ + ns % NSEC * I8254_HZ / NSEC;
}

/* The first nanosecond of a tick. */
static int64_t to_ns(int64_t ticks)
{
	return ticks / I8254_HZ * NSEC + (ticks % I8254_HZ * NSEC + I8254_HZ - 1) / I8254_HZ;
}

static bool periodic(const struct counter *c)
{
	return c->mode == 2 || c->mode == 3;
}

/* Modes in which a rising gate starts the count, and its level doesn't matter. */
static bool triggered(const struct counter *c)
{
	return c->mode == 1 || c->mode == 5;
}

int64_t counter_elapsed(const struct counter *c, int64_t now)
{
	if (!c->loaded)
		return 0;
	return c->stopped ? c->held : now - c->start;
}

static void begin(struct counter *c, int64_t now)
{
	if (c->next)
		c->count = c->next;
	c->next = 0;
	c->loaded = 1;
	c->start = now;
	c->held = 0;
	c->stopped = !triggered(c) && !c->gate;
}

/* A new count in a periodic mode begins with the next period. */
void counter_advance(struct counter *c, int64_t now)
{
	int64_t period = to_ns(c->count);

	if (c->next && counter_elapsed(c, now) >= period)
		begin(c, c->start + period);
}

bool counter_output(const struct counter *c, int64_t now)
{
	int64_t t = to_ticks(counter_elapsed(c, now)), n = c->count;

	if (!c->loaded)
		return c->mode != 0;
	switch (c->mode) {
	case 0:
	case 1:
		return t >= n;
	case 2:
		return t % n != n - 1;
	case 3:
		return t % n < (n + 1) / 2;
	}
	return t != n;
}

/* Modes 4 and 5 are low for the tick in which the count is 0. */
int64_t counter_next_edge(const struct counter *c, int64_t elapsed)
{
	int64_t t = to_ticks(elapsed), n = c->count;

	if (!c->loaded || c->stopped)
		return COUNTER_NEVER;
	if (periodic(c))
		return to_ns((t / n + 1) * n);
	n += c->mode >= 4;
	return t < n ? to_ns(n) : COUNTER_NEVER;
}

static uint32_t modulus(const struct counter *c)
{
	return c->bcd ? 10000 : 65536;
}

/* In mode 3 it counts by two, twice a period; an odd count begins one lower. */
static uint32_t current(const struct counter *c, int64_t t)
{
	int64_t half = ((int64_t)c->count + 1) / 2, m = modulus(c);

	if (!c->loaded)
		return 0;
	if (c->mode == 2)
		return (c->count - t % c->count) % m;
	if (c->mode == 3)
		return ((c->count & ~1u) - 2 * (t % c->count % half)) % m;
	return ((c->count - t) % m + m) % m;
}

static uint16_t to_bcd(uint32_t val)
{
	return val / 1000 << 12 | val / 100 % 10 << 8 | val / 10 % 10 << 4 | val % 10;
}

static uint32_t from_bcd(uint16_t val)
{
	return (val >> 12) * 1000 + (val >> 8 & 15) * 100 + (val >> 4 & 15) * 10 + (val & 15);
}

static uint16_t readable(const struct counter *c, int64_t now)
{
	uint32_t val = current(c, to_ticks(counter_elapsed(c, now)));

	return c->bcd ? to_bcd(val) : val;
}

void counter_init(struct counter *c, bool gate)
{
	*c = (struct counter){ .rw = RW_BOTH, .count = 65536, .gate = gate };
}

/* A mode forgets the count: the output is the mode's first until there is a new one. */
void counter_mode(struct counter *c, uint8_t control)
{
	uint8_t mode = control >> 1 & 7;
	uint8_t gate = c->gate;

	counter_init(c, gate);
	c->mode = mode > 5 ? mode - 4 : mode;
	c->bcd = control & 1;
	c->rw = control >> 4 & 3;
	if (c->bcd)
		c->count = modulus(c);
}

static bool load(struct counter *c, uint16_t val, int64_t now)
{
	uint32_t count = c->bcd ? from_bcd(val) % 10000 : val;

	if (!count)
		count = modulus(c);
	c->written = 1;
	if (periodic(c) && c->loaded) {
		c->next = count;
		return false;
	}
	c->count = count;
	if (!triggered(c))
		begin(c, now);
	return !triggered(c);
}

/* In mode 0 the first of two bytes stops the count already ("mode 0"). */
bool counter_write(struct counter *c, uint8_t val, int64_t now)
{
	if (c->rw != RW_BOTH)
		return load(c, c->rw == RW_MSB ? val << 8 : val, now);
	c->msb_next_write ^= 1;
	if (!c->msb_next_write)
		return load(c, val << 8 | c->lsb, now);
	c->lsb = val;
	if (c->mode == 0)
		c->loaded = 0;
	return c->mode == 0;
}

void counter_latch(struct counter *c, int64_t now)
{
	if (c->latched)
		return;
	c->latch = readable(c, now);
	c->latched = c->rw == RW_BOTH ? 2 : 1;
	if (c->rw == RW_MSB)
		c->latch >>= 8;
}

void counter_latch_status(struct counter *c, int64_t now)
{
	bool null = !c->loaded || c->next;

	if (c->status_latched)
		return;
	c->status = (counter_output(c, now) ? STATUS_OUT : 0) | (null ? STATUS_NULL : 0) |
		    c->rw << 4 | c->mode << 1 | c->bcd;
	c->status_latched = 1;
}

static uint8_t latch_read(struct counter *c)
{
	uint8_t val = c->latch;

	c->latch >>= 8;
	c->latched--;
	return val;
}

uint8_t counter_read(struct counter *c, int64_t now)
{
	bool msb = c->rw == RW_MSB || c->msb_next_read;

	if (c->status_latched) {
		c->status_latched = 0;
		return c->status;
	}
	if (c->latched)
		return latch_read(c);
	if (c->rw == RW_BOTH)
		c->msb_next_read ^= 1;
	return msb ? readable(c, now) >> 8 : readable(c, now);
}

/*
 * "Gate pin operations summary": a low gate holds the count of modes 0 and 4, and
 * ends that of 2 and 3, which a high one begins again.
 */
void counter_gate(struct counter *c, bool level, int64_t now)
{
	bool rise = level && !c->gate, fall = !level && c->gate;

	c->gate = level;
	if (triggered(c)) {
		if (rise && c->written)
			begin(c, now);
	} else if (rise && periodic(c) && c->loaded) {
		begin(c, now);
	} else if (rise) {
		c->start = now - c->held;
		c->stopped = 0;
	} else if (fall) {
		c->held = periodic(c) ? 0 : counter_elapsed(c, now);
		c->stopped = 1;
	}
}

bool counter_plausible(const struct counter *c)
{
	uint8_t flags = c->status_latched | c->bcd | c->msb_next_write | c->msb_next_read |
			c->written | c->loaded | c->stopped | c->gate;

	return c->count >= 1 && c->count <= modulus(c) && c->next <= modulus(c) && flags <= 1 &&
	       c->mode <= 5 && c->rw && c->rw <= RW_BOTH && c->latched <= 2 && c->held >= 0 &&
	       c->held < INT64_MAX / 4;
}
