// SPDX-License-Identifier: GPL-2.0
/*
 * A guest without sense, of one processor and of several: random accesses of every
 * width to all of malta's board, whose windows it moves about meanwhile.  Nothing is asked of the answers; the
 * sanitizers look on, and in the end a reset finds the board as it began.
 */
#include "dev_rig.h"

#include "bus.h"
#include "dev/i8259.h"
#include "dev/mips_gic.h"
#include "err.h"
#include "loop.h"
#include "machine/malta.h"
#include "machine/malta_board.h"

#define ACCESSES 300000
#define CORES 4

struct fixture {
	struct bus bus;
	struct loop *loop;
	struct malta_board board;
	struct probe_irq pic_out, uart3;
	unsigned int cores;
	struct probe_irq pin[CORES * MIPS_GIC_PINS];
	struct irqline *gic_out[CORES * MIPS_GIC_PINS];
	unsigned int powers;
	unsigned int ended;
	uint32_t seed;
};

static void ended(void *opaque)
{
	((struct fixture *)opaque)->ended++;
}

static void power(void *opaque, unsigned int core, bool on, uint32_t at)
{
	(void)on;
	(void)at;
	assert_true(core < CORES);
	((struct fixture *)opaque)->powers++;
}

static int setup_board(void **state, unsigned int cores)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct malta_board_config cfg = {
		.bus = &f->bus,
		.loop = loop_create(),
		.pic_out = probe_irq_init(&f->pic_out, 2),
		.uart3 = probe_irq_init(&f->uart3, 4),
		.reset = ended,
		.off = ended,
		.opaque = f,
		.cores = cores,
		.core = &f->bus.cpu,
		.gic_out = f->gic_out,
		.power = power,
	};
	struct err e;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(f->pin); i++)
		f->gic_out[i] = probe_irq_init(&f->pin[i], i);
	f->cores = cores;
	f->loop = cfg.loop;
	f->seed = 1;
	*state = f;
	return malta_board_init(&f->board, &cfg, &e);
}

static int setup(void **state)
{
	return setup_board(state, 1);
}

static int setup_cores(void **state)
{
	return setup_board(state, CORES);
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	unsigned int i;

	malta_board_unplug(&f->board);
	for (i = 0; i < f->bus.nr; i++)
		f->bus.dev[i]->ops->destroy(f->bus.dev[i]);
	malta_board_finish(&f->board);
	loop_destroy(f->loop);
	free(f);
	return 0;
}

static uint32_t any(struct fixture *f, uint32_t below)
{
	f->seed = f->seed * 1664525 + 1013904223;
	return (uint64_t)f->seed * below >> 32;
}

/* In or near the window of some device that is on the bus, mostly near its beginning. */
static uint64_t any_address(struct fixture *f)
{
	const struct device *dev = f->bus.dev[any(f, f->bus.nr)];
	uint64_t off = any(f, any(f, 4) ? 16 : dev->size + 8);

	if (dev == f->board.gt && any(f, 2))
		return dev->base + 4 * any(f, 0x400);
	/* blocks of registers, each 0x2000 from the next */
	if (dev->size >= 0x8000 && f->cores > 1 && any(f, 4))
		return dev->base + 0x2000 * any(f, dev->size / 0x2000) + 4 * any(f, 0x30);
	return dev->base + off;
}

static uint32_t any_value(struct fixture *f)
{
	static const uint32_t likely[] = {
		0,	1,    0x11,	  0x20,	      0x34,	  0x36,	  0x42, 0xff,
		0x2000, 0xdf, 0x80005000, 0x80005340, 0x80005380, 0x1001, ~0u,
	};

	return any(f, 2) ? likely[any(f, ARRAY_SIZE(likely))] : any(f, ~0u);
}

static void stop_loop(void *opaque)
{
	loop_quit(opaque, 0);
}

static void turn(struct fixture *f)
{
	struct loop_timer *t = loop_timer_create(f->loop, stop_loop, f->loop);

	loop_timer_arm(t, loop_now_ns() + 300000);
	loop_run(f->loop);
	loop_timer_destroy(t);
}

static void reset_parts(struct fixture *f)
{
	f->board.gt->ops->reset(f->board.gt);
	if (f->cores == 1)
		return;
	f->board.cm->ops->reset(f->board.cm);
	bus_write(&f->bus, MALTA_CM + 0x80, 0x1bdc0001, 4);
	bus_write(&f->bus, MALTA_CM + 0x88, 0x1bde0001, 4);
}

static void reset_all(struct fixture *f)
{
	unsigned int i;

	if (f->cores > 1) {
		f->board.cm->ops->reset(f->board.cm);
		f->board.gic->ops->reset(f->board.gic);
		f->board.cpc->ops->reset(f->board.cpc);
	}
	for (i = 0; i < f->bus.nr; i++)
		f->bus.dev[i]->ops->reset(f->bus.dev[i]);
	f->board.gt->ops->reset(f->board.gt);
	f->board.piix4->ops->reset(f->board.piix4);
	f->board.pic->ops->reset(f->board.pic);
}

static void senseless_guest(void **state)
{
	struct fixture *f = *state;
	struct irqline *irq;
	unsigned int i, len;

	reset_parts(f);
	for (i = 0; i < ACCESSES; i++) {
		len = 1u << any(f, 4);
		f->bus.cpu = any(f, f->cores);
		if (any(f, 2))
			bus_write(&f->bus, any_address(f), any_value(f), len);
		else
			bus_read(&f->bus, any_address(f), len);
		irq = f->board.virtio_irq[any(f, MALTA_VIRTIO_SLOTS)];
		if (!any(f, 16))
			irq->set(irq, any(f, 2));
		if (!any(f, 3000))
			turn(f);
		/* It may have moved its window to where another device is. */
		if (!any(f, 200))
			reset_parts(f);
	}
	bus_write(&f->bus, MALTA_FPGA + 0x500, 0x42, 4);
	assert_true(f->ended > 0);
	for (i = 0; i < MALTA_VIRTIO_SLOTS; i++)
		f->board.virtio_irq[i]->set(f->board.virtio_irq[i], false);
	reset_all(f);
	assert_int_equal(f->powers > 0, f->cores > 1);
	assert_false(f->pic_out.level);
	assert_false(f->uart3.level);
	for (i = 0; i < ARRAY_SIZE(f->pin); i++)
		assert_false(f->pin[i].level);
	assert_int_equal(bus_read(&f->bus, 0x14000068, 4), 0xa0);
	assert_int_equal(bus_read(&f->bus, MALTA_ISA + 0x3fd, 1), 0x60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(senseless_guest, setup, teardown),
		{ "senseless_cores", senseless_guest, setup_cores, teardown, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
