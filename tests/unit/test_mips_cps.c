// SPDX-License-Identifier: GPL-2.0
/*
 * Several MIPS cores: coherence manager, power controller and interrupt controller, in
 * the steps in which Linux uses them (arch/mips/kernel/smp-cps.c,
 * drivers/irqchip/irq-mips-gic.c, drivers/clocksource/mips-gic-timer.c).
 */
#include "dev_rig.h"

#include "bus.h"
#include "dev/mips_cm.h"
#include "dev/mips_cpc.h"
#include "dev/mips_gic.h"
#include "loop.h"

#define CORES 4
#define CM UINT64_C(0x1fbf8000)
#define GIC UINT64_C(0x1bdc0000)
#define CPC UINT64_C(0x1bde0000)

enum { LOCAL = 0x2000, OTHER = 0x4000 };
enum { COHERENCE = 0x08, REDIRECT = 0x18, RESET_BASE = 0x20, ID = 0x28 };
enum { CMD = 0x00, STAT = 0x08, CPC_REDIRECT = 0x10 };
enum {
	POL = 0x100,
	TRIG = 0x180,
	DUAL = 0x200,
	WEDGE = 0x280,
	RMASK = 0x300,
	SMASK = 0x380,
	MASK = 0x400,
	PEND = 0x480,
	PIN = 0x500,
	CORE = 0x2000
};
enum {
	VL = 0x8000,
	VO = 0xc000,
	VL_PEND = 0x04,
	VL_RMASK = 0x0c,
	VL_SMASK = 0x10,
	VL_MAP = 0x40,
	VL_OTHER = 0x80,
	VL_IDENT = 0x88,
	VL_COMPARE = 0xa0
};
enum { COMPARE_BIT = 2, TO_PIN = 1u << 31, SET = 1u << 31, COUNTSTOP = 1 << 28 };

struct fixture {
	struct bus bus;
	struct loop *loop;
	struct device *cm, *cpc, *gic;
	struct probe_irq out[CORES * MIPS_GIC_PINS];
	struct irqline *line[CORES * MIPS_GIC_PINS];
	int power[CORES]; /* times on, less times off */
	unsigned int calls;
};

static int move(void *opaque, struct device *dev, uint64_t base, bool mapped)
{
	return bus_move(opaque, dev, base, mapped);
}

static void power(void *opaque, unsigned int core, bool on)
{
	struct fixture *f = opaque;

	f->power[core] += on ? 1 : -1;
	f->calls++;
}

static void wr(struct fixture *f, unsigned int core, uint64_t at, uint32_t val)
{
	f->bus.cpu = core;
	bus_write(&f->bus, at, val, 4);
}

static uint32_t rd(struct fixture *f, unsigned int core, uint64_t at)
{
	f->bus.cpu = core;
	return bus_read(&f->bus, at, 4);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const struct mips_cpc_config cpc = { CORES, &f->bus.cpu, power, f };
	struct mips_gic_config gic = { CORES, &f->bus.cpu, f->line, loop_create() };
	struct mips_cm_config cm = { .base = CM, .cores = CORES, .core = &f->bus.cpu };
	unsigned int i;

	/* The last output of each core is not connected. */
	for (i = 0; i < ARRAY_SIZE(f->out); i++)
		f->line[i] = i % MIPS_GIC_PINS == 5 ? NULL : probe_irq_init(&f->out[i], i);
	f->loop = gic.loop;
	f->gic = cm.gic = mips_gic_create(&gic);
	f->cpc = cm.cpc = mips_cpc_create(&cpc);
	cm.remap = (struct remap){ move, &f->bus };
	f->cm = mips_cm_create(&cm);
	bus_add(&f->bus, f->cm);
	*state = f;
	return 0;
}

/* The same, as a kernel has it: all parts are on the bus. */
static int setup_on(void **state)
{
	struct fixture *f;

	setup(state);
	f = *state;
	wr(f, 0, CM + 0x80, GIC | 1);
	wr(f, 0, CM + 0x88, CPC | 1);
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	f->cm->ops->destroy(f->cm);
	f->cpc->ops->destroy(f->cpc);
	f->gic->ops->destroy(f->gic);
	loop_destroy(f->loop);
	free(f);
	return 0;
}

static void nothing_unknown(const struct fixture *f)
{
	assert_int_equal(f->cm->unknown, 0);
	assert_int_equal(f->cpc->unknown, 0);
	assert_int_equal(f->gic->unknown, 0);
	assert_int_equal(f->bus.unclaimed, 0);
}

/* ---- coherence manager ---------------------------------------------------- */

static void finds_the_parts(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(rd(f, 0, CM + 0x00), CORES - 1);
	assert_int_equal(rd(f, 0, CM + 0x08), CM);
	assert_int_equal(rd(f, 0, CM + 0x0c), 0);
	assert_int_equal(rd(f, 0, CM + 0x30), 0x700);
	assert_int_equal(rd(f, 0, CM + 0xd0) & 1, 1);
	assert_int_equal(rd(f, 0, CM + 0xf0) & 1, 1);
	assert_null(bus_find(&f->bus, GIC, 4));
	wr(f, 0, CM + 0x80, GIC | 1);
	wr(f, 0, CM + 0x84, 0);
	assert_ptr_equal(bus_find(&f->bus, GIC, 4), f->gic);
	assert_int_equal(rd(f, 0, CM + 0x80), GIC | 1);
	wr(f, 0, CM + 0x80, 0x1a000000 | 1);
	assert_null(bus_find(&f->bus, GIC, 4));
	assert_ptr_equal(bus_find(&f->bus, 0x1a000000, 4), f->gic);
	wr(f, 0, CM + 0x88, CPC | 1);
	assert_ptr_equal(bus_find(&f->bus, CPC, 4), f->cpc);
	wr(f, 0, CM + 0x88, CPC);
	assert_null(bus_find(&f->bus, CPC, 4));
	nothing_unknown(f);
	rd(f, 0, CM + 0x7000);
	assert_int_equal(f->cm->unknown, 1);
}

static void blocks_of_cores(void **state)
{
	struct fixture *f = *state;
	unsigned int i;

	for (i = 0; i < CORES; i++) {
		assert_int_equal(rd(f, i, CM + LOCAL + ID), i);
		assert_int_equal(rd(f, i, CM + LOCAL + COHERENCE), 0);
		wr(f, i, CM + LOCAL + COHERENCE, 0xf0 + i);
		wr(f, i, CM + LOCAL + REDIRECT, ((i + 1) % CORES) << 16);
	}
	for (i = 0; i < CORES; i++) {
		assert_int_equal(rd(f, i, CM + LOCAL + COHERENCE), 0xf0 + i);
		assert_int_equal(rd(f, i, CM + OTHER + ID), (i + 1) % CORES);
		wr(f, i, CM + OTHER + RESET_BASE, 0x40001fff + (i << 12));
	}
	for (i = 0; i < CORES; i++)
		assert_int_equal(mips_cm_reset_base(f->cm, (i + 1) % CORES),
				 0x40001000 + (i << 12));
	nothing_unknown(f);
	/* a core that there is not, and an access by nobody */
	wr(f, 0, CM + LOCAL + REDIRECT, CORES << 16);
	wr(f, 0, CM + OTHER + RESET_BASE, 0);
	assert_int_equal(rd(f, 0, CM + OTHER + ID), 0);
	rd(f, 77, CM + OTHER + ID);
	assert_int_equal(f->cm->unknown, 3);
}

/* ---- power controller ----------------------------------------------------- */

static uint32_t state_of(struct fixture *f, unsigned int core)
{
	wr(f, 0, CPC + LOCAL + CPC_REDIRECT, core << 16);
	return rd(f, 0, CPC + OTHER + STAT) >> 19 & 15;
}

static void cores_begin_and_end(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(state_of(f, 0), 7);
	assert_int_equal(state_of(f, 2), 0);
	wr(f, 0, CPC + OTHER + CMD, 4);
	assert_int_equal(f->power[2], 1);
	assert_int_equal(state_of(f, 2), 7);
	/* power for one that has it changes nothing; a reset does */
	wr(f, 0, CPC + OTHER + CMD, 3);
	assert_int_equal(f->calls, 1);
	wr(f, 0, CPC + OTHER + CMD, 4);
	assert_int_equal(f->calls, 2);
	/* it turns itself off */
	wr(f, 2, CPC + LOCAL + CMD, 2);
	assert_int_equal(f->calls, 3);
	assert_int_equal(f->power[2], 1);
	assert_int_equal(state_of(f, 2), 0);
	wr(f, 0, CPC + OTHER + CMD, 3);
	assert_int_equal(f->power[2], 2);
	wr(f, 0, CPC + OTHER + CMD, 1);
	assert_int_equal(state_of(f, 2), 10);
	assert_int_equal(f->power[0] | f->power[1] | f->power[3], 0);
	nothing_unknown(f);
	wr(f, 0, CPC + LOCAL + CPC_REDIRECT, 9 << 16);
	wr(f, 0, CPC + OTHER + CMD, 4);
	assert_int_equal(f->calls, 5);
	assert_int_equal(f->cpc->unknown, 1);
}

/* ---- interrupt controller ------------------------------------------------- */

/* Is it up there, and nowhere else? */
static void only(const struct fixture *f, unsigned int core, unsigned int pin)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(f->out); i++)
		assert_int_equal(f->out[i].level, i == core * MIPS_GIC_PINS + pin);
}

static void nowhere(const struct fixture *f)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(f->out); i++)
		assert_false(f->out[i].level);
}

static void route(struct fixture *f, unsigned int nr, unsigned int core, unsigned int pin)
{
	wr(f, 0, GIC + PIN + 4 * nr, TO_PIN | pin);
	wr(f, 0, GIC + CORE + 32 * nr, 1u << core);
}

static void levels(void **state)
{
	struct fixture *f = *state;
	struct irqline *in = mips_gic_source(f->gic, 3);

	assert_int_equal(rd(f, 0, GIC) >> 16 & 0xff, MIPS_GIC_SHARED / 8 - 1);
	assert_null(mips_gic_source(f->gic, MIPS_GIC_SHARED));
	wr(f, 0, GIC + POL, ~0u);
	route(f, 3, 1, 2);
	in->set(in, true);
	assert_int_equal(rd(f, 0, GIC + PEND), 1 << 3);
	nowhere(f);
	wr(f, 0, GIC + SMASK, 1 << 3);
	assert_int_equal(rd(f, 0, GIC + MASK), 1 << 3);
	only(f, 1, 2);
	route(f, 3, 3, 0);
	only(f, 3, 0);
	wr(f, 0, GIC + PIN + 4 * 3, 0); /* to no pin */
	nowhere(f);
	route(f, 3, 3, 5); /* to one that leads nowhere */
	nowhere(f);
	route(f, 3, 3, 0);
	in->set(in, false);
	nowhere(f);
	wr(f, 0, GIC + POL, ~(1u << 3)); /* low is active */
	only(f, 3, 0);
	in->set(in, true);
	nowhere(f);
	in->set(in, false);
	wr(f, 0, GIC + RMASK, 1 << 3);
	nowhere(f);
	nothing_unknown(f);
}

static void edges(void **state)
{
	struct fixture *f = *state;
	struct irqline *in = mips_gic_source(f->gic, 31);

	wr(f, 0, GIC + POL, ~0u);
	wr(f, 0, GIC + TRIG, 1u << 31);
	wr(f, 0, GIC + SMASK, 1u << 31);
	route(f, 31, 0, 0);
	in->set(in, true);
	only(f, 0, 0);
	in->set(in, false);
	only(f, 0, 0);
	wr(f, 0, GIC + WEDGE, 31);
	nowhere(f);
	wr(f, 0, GIC + POL, 0);
	in->set(in, true);
	nowhere(f);
	in->set(in, false);
	only(f, 0, 0);
	wr(f, 0, GIC + WEDGE, 31);
	wr(f, 0, GIC + DUAL, 1u << 31);
	in->set(in, true);
	only(f, 0, 0);
	nothing_unknown(f);
}

/* As Linux has it: of 32, the last two of each core. */
static void from_core_to_core(void **state)
{
	struct fixture *f = *state;
	unsigned int i;

	wr(f, 0, GIC + POL, ~0u);
	wr(f, 0, GIC + TRIG, 0xff000000);
	wr(f, 0, GIC + SMASK, 0xff000000);
	for (i = 0; i < CORES; i++)
		route(f, 24 + i, i, 0);
	for (i = 0; i < CORES; i++) {
		wr(f, (i + 1) % CORES, GIC + WEDGE, SET | (24 + i));
		only(f, i, 0);
		assert_int_equal(rd(f, i, GIC + PEND), 1u << (24 + i));
		wr(f, i, GIC + WEDGE, 24 + i);
		nowhere(f);
		assert_int_equal(f->out[i * MIPS_GIC_PINS].rises, 1);
	}
	wr(f, 0, GIC + WEDGE, SET | 0xff);
	nowhere(f);
	nothing_unknown(f);
}

static uint64_t counter(struct fixture *f)
{
	uint64_t high = rd(f, 0, GIC + 0x14);

	return high << 32 | rd(f, 0, GIC + 0x10);
}

static void quit(void *opaque)
{
	struct fixture *f = opaque;

	loop_quit(f->loop, 0);
}

static void compare(struct fixture *f, unsigned int core, uint64_t val)
{
	wr(f, core, GIC + VL + VL_COMPARE + 4, val >> 32);
	wr(f, core, GIC + VL + VL_COMPARE, val);
}

static void timers(void **state)
{
	struct fixture *f = *state;
	struct probe_irq *out = &f->out[2 * MIPS_GIC_PINS + 1];
	uint64_t before = counter(f);

	assert_int_equal(rd(f, 2, GIC + VL + VL_IDENT), 2);
	assert_true(counter(f) > before);
	assert_int_equal(rd(f, 0, GIC + 0x10000) >> 31, counter(f) >> 31 & 1);
	wr(f, 0, GIC + VL + VL_OTHER, 2);
	wr(f, 0, GIC + VO + VL_MAP + 4, TO_PIN | 1);
	wr(f, 0, GIC + VO + VL_SMASK, COMPARE_BIT);
	out->on_rise = quit;
	out->opaque = f;
	compare(f, 2, counter(f) + 100000);
	nowhere(f);
	loop_run(f->loop);
	only(f, 2, 1);
	assert_true(counter(f) >= before + 100000);
	assert_int_equal(rd(f, 2, GIC + VL + VL_PEND), COMPARE_BIT);
	assert_int_equal(rd(f, 1, GIC + VL + VL_PEND), 0);
	/* the same value again: that was that */
	compare(f, 2,
		rd(f, 2, GIC + VL + VL_COMPARE) | (uint64_t)rd(f, 2, GIC + VL + VL_COMPARE + 4)
							  << 32);
	nowhere(f);
	/* a new one that has just gone by, on the guest's way here */
	before = counter(f) - 1000;
	compare(f, 2, before);
	only(f, 2, 1);
	compare(f, 2, before);
	nowhere(f);
	/* a counter that is set beyond it has reached it */
	compare(f, 2, counter(f) + 1000000000000);
	nowhere(f);
	wr(f, 0, GIC, COUNTSTOP);
	before = counter(f);
	assert_int_equal(counter(f), before);
	wr(f, 0, GIC + 0x14, (before >> 32) + 1000);
	assert_int_equal(counter(f), before + (1000ull << 32));
	only(f, 2, 1);
	wr(f, 2, GIC + VL + VL_RMASK, COMPARE_BIT);
	nowhere(f);
	nothing_unknown(f);
}

/* ---- saved ---------------------------------------------------------------- */

static void saved(void **state)
{
	struct fixture *f = *state;

	wr(f, 0, CM + LOCAL + RESET_BASE, 0x40001000);
	wr(f, 0, CPC + LOCAL + CPC_REDIRECT, 1 << 16);
	wr(f, 0, CPC + OTHER + CMD, 4);
	wr(f, 0, GIC + POL, ~0u);
	wr(f, 0, GIC + TRIG, 1u << 31);
	wr(f, 0, GIC + SMASK, 1u << 31);
	wr(f, 0, GIC + WEDGE, SET | 31);
	route(f, 31, 2, 0);
	compare(f, 1, 12345);
	f->gic->ops->quiesce(f->gic);
	assert_save_restore_save(f->gic);
	only(f, 2, 0);
	assert_save_restore_save(f->cpc);
	assert_save_restore_save(f->cm);
	assert_ptr_equal(bus_find(&f->bus, GIC, 4), f->gic);
	assert_ptr_equal(bus_find(&f->bus, CPC, 4), f->cpc);
	assert_int_equal(mips_cm_reset_base(f->cm, 0), 0x40001000);
}

/* What no register of the last core holds is not restored: its @words are the last ones. */
static void refuses(struct device *dev, unsigned int words)
{
	size_t size = device_state_size(dev);
	uint8_t *bytes = malloc(size);
	unsigned int i;

	for (i = 1; i <= words; i++) {
		device_state_save(dev, bytes);
		assert_int_equal(device_state_restore(dev, bytes, size), 0);
		memset(bytes + size - 4 * i, 0xff, 4);
		assert_int_not_equal(device_state_restore(dev, bytes, size), 0);
		dev->ops->reset(dev);
	}
	free(bytes);
}

static void hostile(void **state)
{
	struct fixture *f = *state;

	refuses(f->gic, 10);
	refuses(f->cpc, 3);
	refuses(f->cm, 4);
	assert_hostile_restore(f->gic, 200, 0x200);
	assert_hostile_restore(f->cpc, 200, 0x40);
	assert_hostile_restore(f->cm, 200, 0x100);
}

#define ON(fn) cmocka_unit_test_setup_teardown(fn, setup_on, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(finds_the_parts, setup, teardown),
		ON(blocks_of_cores),
		ON(cores_begin_and_end),
		ON(levels),
		ON(edges),
		ON(from_core_to_core),
		ON(timers),
		ON(saved),
		ON(hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
