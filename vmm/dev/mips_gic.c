// SPDX-License-Identifier: GPL-2.0
/*
 * Global interrupt controller; see mips_gic.h.
 *
 * Everything that can raise an output is a bit: shared interrupts in words, a core's
 * own in its local ones.  After each change all outputs are found anew.
 *
 * NOT DONE: external interrupt controller mode, NMIs, the watchdogs; a core's timer,
 * performance counters and software interrupts go by its own pins (VL_CTL says so).
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "../loop.h"
#include "device.h"
#include "mips_cm.h"
#include "mips_gic.h"

/* The window's parts. */
#define LOCAL 0x8000u
#define OTHER 0xc000u
#define USER 0x10000u /* the counter once more, for programs */
#define SECTION 0x4000u

enum {
	SH_CONFIG = 0x000,
	SH_COUNTER = 0x010,
	SH_COUNTER_HIGH = 0x014,
	SH_POL = 0x100,
	SH_TRIG = 0x180,
	SH_DUAL = 0x200,
	SH_WEDGE = 0x280,
	SH_RMASK = 0x300,
	SH_SMASK = 0x380,
	SH_MASK = 0x400,
	SH_PEND = 0x480,
	SH_MAP_PIN = 0x500,
	SH_MAP_CORE = 0x2000
};
#define MAP_CORE_STRIDE 0x20u

enum {
	VL_CTL = 0x00,
	VL_PEND = 0x04,
	VL_MASK = 0x08,
	VL_RMASK = 0x0c,
	VL_SMASK = 0x10,
	VL_MAP = 0x40,
	VL_OTHER = 0x80,
	VL_IDENT = 0x88,
	VL_COMPARE = 0xa0,
	VL_COMPARE_HIGH = 0xa4
};

#define CONFIG_COUNTSTOP (1u << 28)
#define CONFIG_COUNTBITS (8u << 24) /* 32 + 4 * 8 */
#define CONFIG_INTERRUPTS ((MIPS_GIC_SHARED / 8 - 1) << 16)
#define MAP_TO_PIN 0x80000000u
#define MAP_MASK (MAP_TO_PIN | 0x4000003fu)
#define WEDGE_SET 0x80000000u

#define LOCALS 7
#define LOCAL_MASK ((1u << LOCALS) - 1)
#define LOCAL_COMPARE (1u << 1)
#define RECENT_TICKS (1000000000 / MIPS_GIC_TICK_NS) /* a second */
#define COMPARE_MAP 1 /* where it is routed: map[] is in the order of the registers */

/* Without gaps: it is saved as it is. */
struct gic_core {
	uint64_t compare;
	uint64_t armed; /* the counter has still to reach it */
	uint32_t mask, pend;
	uint32_t other;
	uint32_t map[LOCALS];
};

struct source {
	struct irqline irq;
	struct mips_gic *gic;
};

struct mips_gic {
	struct device dev;
	struct mips_gic_config cfg;
	pthread_mutex_t lock; /* guards all below but the timers */
	struct loop_timer *timer; /* of the compare register that is next; device lock */
	struct source source[MIPS_GIC_SHARED];
	uint32_t high; /* inputs */
	uint32_t edges; /* seen, or written, and not cleared */
	uint32_t polarity, edge, dual, mask;
	uint32_t map_pin[MIPS_GIC_SHARED], map_core[MIPS_GIC_SHARED];
	uint32_t stopped;
	uint64_t count; /* of one that is stopped; else what to add to the time */
	uint64_t held; /* what it was when the machine was to be saved */
	struct gic_core core[MIPS_CORES_MAX];
	uint8_t level[MIPS_CORES_MAX]; /* a bit for each output that is up */
};

static struct mips_gic *to_gic(struct device *dev)
{
	return (struct mips_gic *)dev;
}

/* ---- outputs -------------------------------------------------------------- */

static uint32_t pending(const struct mips_gic *gic)
{
	return (gic->edge & gic->edges) | (~gic->edge & ~(gic->high ^ gic->polarity));
}

/* The output that @map leads to, as a bit; 0: to none. */
static unsigned int pin_of(uint32_t map)
{
	unsigned int pin = map & 0x3f;

	return map & MAP_TO_PIN && pin < MIPS_GIC_PINS ? 1u << pin : 0;
}

static unsigned int shared_pins(const struct mips_gic *gic, unsigned int core)
{
	uint32_t bits = pending(gic) & gic->mask;
	unsigned int pins = 0, n;

	for (n = 0; bits; n++, bits >>= 1)
		if (bits & 1 && gic->map_core[n] & 1u << core)
			pins |= pin_of(gic->map_pin[n]);
	return pins;
}

static unsigned int local_pins(const struct gic_core *core)
{
	return core->pend & core->mask & LOCAL_COMPARE ? pin_of(core->map[COMPARE_MAP]) : 0;
}

static void drive(struct mips_gic *gic, unsigned int core, unsigned int pins)
{
	unsigned int changed = pins ^ gic->level[core], pin;
	struct irqline *out;

	gic->level[core] = pins;
	for (pin = 0; changed; pin++, changed >>= 1) {
		out = gic->cfg.out[core * MIPS_GIC_PINS + pin];
		if (changed & 1 && out)
			out->set(out, pins & 1u << pin);
	}
}

static void update(struct mips_gic *gic)
{
	unsigned int i;

	for (i = 0; i < gic->cfg.cores; i++)
		drive(gic, i, shared_pins(gic, i) | local_pins(&gic->core[i]));
}

/* ---- inputs --------------------------------------------------------------- */

static void source_set(struct irqline *irq, bool level)
{
	struct source *s = irq->opaque;
	struct mips_gic *gic = s->gic;
	uint32_t bit = 1u << irq->spi;

	pthread_mutex_lock(&gic->lock);
	if (!(gic->high & bit) == level) {
		gic->high ^= bit;
		if (gic->dual & bit || level == !!(gic->polarity & bit))
			gic->edges |= bit;
		update(gic);
	}
	pthread_mutex_unlock(&gic->lock);
}

struct irqline *mips_gic_source(struct device *dev, unsigned int nr)
{
	return nr < MIPS_GIC_SHARED ? &to_gic(dev)->source[nr].irq : NULL;
}

/* ---- counter and timers --------------------------------------------------- */

static uint64_t ticks(int64_t ns)
{
	return (uint64_t)ns / MIPS_GIC_TICK_NS;
}

static uint64_t count_at(const struct mips_gic *gic, int64_t now)
{
	return gic->stopped ? gic->count : gic->count + ticks(now);
}

static void count_set(struct mips_gic *gic, uint64_t count, int64_t now)
{
	gic->count = gic->stopped ? count : count - ticks(now);
}

static void count_stop(struct mips_gic *gic, bool stop, int64_t now)
{
	uint64_t count = count_at(gic, now);

	gic->stopped = stop;
	count_set(gic, count, now);
}

/* What the counter has reached is pending; the timer is for what comes next. */
static void compare(struct mips_gic *gic, int64_t now)
{
	uint64_t count = count_at(gic, now), left, least = UINT64_MAX;
	unsigned int i;

	for (i = 0; i < gic->cfg.cores; i++) {
		struct gic_core *core = &gic->core[i];

		left = core->compare - count;
		if (!core->armed)
			continue;
		if ((int64_t)left <= 0) {
			core->armed = false;
			core->pend |= LOCAL_COMPARE;
		} else if (left < least) {
			least = left;
		}
	}
	if (gic->stopped || least > INT64_MAX / MIPS_GIC_TICK_NS / 2)
		loop_timer_cancel(gic->timer);
	else
		loop_timer_arm(gic->timer, now + (int64_t)least * MIPS_GIC_TICK_NS);
	update(gic);
}

static void timer_fired(void *opaque)
{
	struct mips_gic *gic = opaque;

	pthread_mutex_lock(&gic->lock);
	compare(gic, loop_now_ns());
	pthread_mutex_unlock(&gic->lock);
}

/*
 * The same value again is how the interrupt is acknowledged.  A new one that has just gone by
 * is reached, though it would be after 2^64 ticks only: between a guest's look at
 * the counter and its write there are exits, which take longer than the least time that
 * Linux thinks a timer can be set to, and it gives up after some tries.
 */
static void compare_set(struct mips_gic *gic, struct gic_core *core, uint64_t val)
{
	int64_t now = loop_now_ns(), left = val - count_at(gic, now);

	core->armed = left > 0 || (val != core->compare && left > -RECENT_TICKS);
	core->compare = val;
	core->pend &= ~LOCAL_COMPARE;
	compare(gic, now);
}

/* ---- registers of all cores ----------------------------------------------- */

static uint32_t high_half(uint64_t val)
{
	return val >> 32;
}

static uint64_t with_low(uint64_t val, uint32_t low)
{
	return (val & ~0xffffffffull) | low;
}

static uint64_t with_high(uint64_t val, uint32_t high)
{
	return (val & 0xffffffffull) | (uint64_t)high << 32;
}

static uint32_t config(const struct mips_gic *gic)
{
	return (gic->stopped ? CONFIG_COUNTSTOP : 0) | CONFIG_COUNTBITS | CONFIG_INTERRUPTS |
	       (gic->cfg.cores - 1);
}

static uint32_t *map_at(struct mips_gic *gic, uint32_t off)
{
	if (off >= SH_MAP_PIN && off < SH_MAP_PIN + 4 * MIPS_GIC_SHARED)
		return &gic->map_pin[(off - SH_MAP_PIN) / 4];
	if (off >= SH_MAP_CORE && off < SH_MAP_CORE + MAP_CORE_STRIDE * MIPS_GIC_SHARED &&
	    off % MAP_CORE_STRIDE == 0)
		return &gic->map_core[(off - SH_MAP_CORE) / MAP_CORE_STRIDE];
	return NULL;
}

static uint32_t shared_read(struct mips_gic *gic, uint32_t off)
{
	const uint32_t *map = map_at(gic, off);

	switch (off) {
	case SH_CONFIG:
		return config(gic);
	case SH_COUNTER:
		return count_at(gic, loop_now_ns());
	case SH_COUNTER_HIGH:
		return high_half(count_at(gic, loop_now_ns()));
	case SH_POL:
		return gic->polarity;
	case SH_TRIG:
		return gic->edge;
	case SH_DUAL:
		return gic->dual;
	case SH_MASK:
		return gic->mask;
	case SH_PEND:
		return pending(gic);
	case SH_WEDGE:
	case SH_RMASK:
	case SH_SMASK:
		return 0;
	}
	gic->dev.unknown += !map;
	return map ? *map : 0;
}

static void wedge(struct mips_gic *gic, uint32_t val)
{
	uint32_t nr = val & 0xff;

	if (nr >= MIPS_GIC_SHARED)
		return;
	if (val & WEDGE_SET)
		gic->edges |= 1u << nr;
	else
		gic->edges &= ~(1u << nr);
}

static void counter_write(struct mips_gic *gic, uint32_t off, uint32_t val)
{
	int64_t now = loop_now_ns();
	uint64_t count = count_at(gic, now);

	if (off == SH_CONFIG)
		count_stop(gic, val & CONFIG_COUNTSTOP, now);
	else
		count_set(gic, off == SH_COUNTER ? with_low(count, val) : with_high(count, val),
			  now);
	compare(gic, now);
}

static void map_write(struct mips_gic *gic, uint32_t off, uint32_t val)
{
	uint32_t *map = map_at(gic, off);

	if (map)
		*map = val & (off < SH_MAP_CORE ? MAP_MASK : (1u << gic->cfg.cores) - 1);
	else
		gic->dev.unknown++;
}

static void shared_write(struct mips_gic *gic, uint32_t off, uint32_t val)
{
	switch (off) {
	case SH_CONFIG:
	case SH_COUNTER:
	case SH_COUNTER_HIGH:
		counter_write(gic, off, val);
		break;
	case SH_POL:
		gic->polarity = val;
		break;
	case SH_TRIG:
		gic->edge = val;
		break;
	case SH_DUAL:
		gic->dual = val;
		break;
	case SH_WEDGE:
		wedge(gic, val);
		break;
	case SH_RMASK:
		gic->mask &= ~val;
		break;
	case SH_SMASK:
		gic->mask |= val;
		break;
	default:
		map_write(gic, off, val);
	}
}

/* ---- registers of one core ------------------------------------------------ */

static struct gic_core *core_at(struct mips_gic *gic, uint32_t off)
{
	unsigned int nr = *gic->cfg.core;

	if (off >= OTHER && nr < gic->cfg.cores)
		nr = gic->core[nr].other;
	return nr < gic->cfg.cores ? &gic->core[nr] : NULL;
}

static uint32_t *local_map_at(struct gic_core *core, uint32_t reg)
{
	return reg >= VL_MAP && reg < VL_MAP + 4 * LOCALS ? &core->map[(reg - VL_MAP) / 4] : NULL;
}

static uint32_t local_read(struct mips_gic *gic, struct gic_core *core, uint32_t reg)
{
	const uint32_t *map = local_map_at(core, reg);

	switch (reg) {
	case VL_CTL:
	case VL_RMASK:
	case VL_SMASK:
		return 0;
	case VL_PEND:
		return core->pend;
	case VL_MASK:
		return core->mask;
	case VL_OTHER:
		return core->other;
	case VL_IDENT:
		return core - gic->core;
	case VL_COMPARE:
		return core->compare;
	case VL_COMPARE_HIGH:
		return high_half(core->compare);
	}
	gic->dev.unknown += !map;
	return map ? *map : 0;
}

static void local_write(struct mips_gic *gic, struct gic_core *core, uint32_t reg, uint32_t val)
{
	uint32_t *map = local_map_at(core, reg);

	switch (reg) {
	case VL_CTL:
		break;
	case VL_RMASK:
		core->mask &= ~val;
		break;
	case VL_SMASK:
		core->mask |= val & LOCAL_MASK;
		break;
	case VL_OTHER:
		core->other = val & 0x3f;
		break;
	case VL_COMPARE:
		compare_set(gic, core, with_low(core->compare, val));
		break;
	case VL_COMPARE_HIGH:
		compare_set(gic, core, with_high(core->compare, val));
		break;
	default:
		gic->dev.unknown += !map;
		if (map)
			*map = val & MAP_MASK;
	}
}

/* ---- the window ----------------------------------------------------------- */

static uint32_t read_locked(struct mips_gic *gic, uint32_t off)
{
	struct gic_core *core;

	if (off < LOCAL)
		return shared_read(gic, off);
	if (off - USER < 8)
		return shared_read(gic, off - USER + SH_COUNTER);
	core = off < USER ? core_at(gic, off) : NULL;
	if (core)
		return local_read(gic, core, off % SECTION);
	gic->dev.unknown++;
	return 0;
}

static void write_locked(struct mips_gic *gic, uint32_t off, uint32_t val)
{
	struct gic_core *core = off >= LOCAL && off < USER ? core_at(gic, off) : NULL;

	if (off < LOCAL)
		shared_write(gic, off, val);
	else if (core)
		local_write(gic, core, off % SECTION, val);
	else
		gic->dev.unknown++;
	update(gic);
}

static uint64_t gic_read(struct device *dev, uint64_t off, unsigned int len)
{
	struct mips_gic *gic = to_gic(dev);
	uint32_t val;

	(void)len;
	pthread_mutex_lock(&gic->lock);
	val = read_locked(gic, off);
	pthread_mutex_unlock(&gic->lock);
	return val;
}

static void gic_write(struct device *dev, uint64_t off, uint64_t val, unsigned int len)
{
	struct mips_gic *gic = to_gic(dev);

	(void)len;
	pthread_mutex_lock(&gic->lock);
	write_locked(gic, off, val);
	pthread_mutex_unlock(&gic->lock);
}

/* ---- life ----------------------------------------------------------------- */

/* Inputs stay as they are: they are others'. */
static void reset_locked(struct mips_gic *gic)
{
	unsigned int i;

	gic->edges = gic->polarity = gic->edge = gic->dual = gic->mask = 0;
	gic->stopped = false;
	gic->count = -ticks(loop_now_ns());
	for (i = 0; i < MIPS_GIC_SHARED; i++)
		gic->map_pin[i] = gic->map_core[i] = 0;
	for (i = 0; i < MIPS_CORES_MAX; i++)
		gic->core[i] = (struct gic_core){ .compare = UINT64_MAX };
	compare(gic, loop_now_ns());
}

static void gic_reset(struct device *dev)
{
	struct mips_gic *gic = to_gic(dev);

	pthread_mutex_lock(&gic->lock);
	reset_locked(gic);
	pthread_mutex_unlock(&gic->lock);
}

/* The host's clock means nothing in a snapshot. */
static void gic_quiesce(struct device *dev)
{
	struct mips_gic *gic = to_gic(dev);

	pthread_mutex_lock(&gic->lock);
	gic->held = count_at(gic, loop_now_ns());
	pthread_mutex_unlock(&gic->lock);
}

static bool core_plausible(const struct gic_core *core)
{
	unsigned int i;

	for (i = 0; i < LOCALS; i++)
		if (core->map[i] & ~MAP_MASK)
			return false;
	return !(core->mask & ~LOCAL_MASK) && !(core->pend & ~LOCAL_COMPARE) &&
	       core->other <= 0x3f && core->armed <= 1;
}

static bool plausible(const struct mips_gic *gic)
{
	unsigned int i;

	for (i = 0; i < MIPS_GIC_SHARED; i++)
		if (gic->map_pin[i] & ~MAP_MASK || gic->map_core[i] >> gic->cfg.cores)
			return false;
	for (i = 0; i < MIPS_CORES_MAX; i++)
		if (!core_plausible(&gic->core[i]))
			return false;
	return gic->stopped <= 1;
}

/* From a snapshot, so as hostile as a guest. */
static int gic_restored(struct device *dev)
{
	struct mips_gic *gic = to_gic(dev);
	int64_t now = loop_now_ns();
	bool fine;

	pthread_mutex_lock(&gic->lock);
	fine = plausible(gic);
	if (fine) {
		count_set(gic, gic->held, now);
		compare(gic, now);
	}
	pthread_mutex_unlock(&gic->lock);
	return fine ? 0 : -EINVAL;
}

static void gic_destroy(struct device *dev)
{
	struct mips_gic *gic = to_gic(dev);

	loop_timer_destroy(gic->timer);
	pthread_mutex_destroy(&gic->lock);
	free(gic);
}

/* clang-format off */
static const struct state_field gic_state[] = {
	STATE_FIELD(struct mips_gic, edges),
	STATE_FIELD(struct mips_gic, polarity),
	STATE_FIELD(struct mips_gic, edge),
	STATE_FIELD(struct mips_gic, dual),
	STATE_FIELD(struct mips_gic, mask),
	STATE_FIELD(struct mips_gic, map_pin),
	STATE_FIELD(struct mips_gic, map_core),
	STATE_FIELD(struct mips_gic, stopped),
	STATE_FIELD(struct mips_gic, held),
	STATE_FIELD(struct mips_gic, core),
	{ NULL, 0, 0 },
};
/* clang-format on */

static const struct device_ops gic_ops = {
	.name = "mips_gic",
	.mmio_read = gic_read,
	.mmio_write = gic_write,
	.reset = gic_reset,
	.destroy = gic_destroy,
	.state = gic_state,
	.restored = gic_restored,
	.quiesce = gic_quiesce,
};

static void add_sources(struct mips_gic *gic)
{
	unsigned int i;

	for (i = 0; i < MIPS_GIC_SHARED; i++) {
		struct source *s = &gic->source[i];

		s->gic = gic;
		s->irq =
			(struct irqline){ .set = source_set, .edge_fd = -1, .spi = i, .opaque = s };
	}
}

struct device *mips_gic_create(const struct mips_gic_config *cfg)
{
	struct mips_gic *gic = calloc(1, sizeof(*gic));

	if (!gic)
		return NULL;
	gic->dev = (struct device){ .ops = &gic_ops, .size = MIPS_GIC_SIZE };
	gic->cfg = *cfg;
	gic->timer = loop_timer_create(cfg->loop, timer_fired, gic);
	if (!gic->timer) {
		free(gic);
		return NULL;
	}
	pthread_mutex_init(&gic->lock, NULL);
	add_sources(gic);
	gic_reset(&gic->dev);
	return &gic->dev;
}
