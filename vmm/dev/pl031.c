// SPDX-License-Identifier: GPL-2.0
/*
 * PL031 real-time clock.
 *
 * The counter is the host's CLOCK_REALTIME in seconds plus what the guest has
 * added by setting it.  The alarm fires when the counter reaches the match
 * register (3.3.2), through a timer of the event loop.
 */
#include <stdlib.h>
#include <time.h>

#include "../loop.h"
#include "../machine/fdt.h"
#include "pl031.h"
#include "regs.h"

#define NSEC 1000000000LL

struct pl031 {
	struct device dev;
	struct loop *loop;
	struct loop_timer *alarm;
	uint32_t offset; /* guest's counter - host's seconds, modulo 2^32 */
	uint32_t mr;
	uint32_t lr;
	uint32_t imsc;
	uint32_t ris;
};

static struct pl031 *to_pl031(struct device *dev)
{
	return (struct pl031 *)dev;
}

static void update_irq(struct pl031 *rtc)
{
	if (rtc->dev.irq)
		rtc->dev.irq->set(rtc->dev.irq, rtc->ris & rtc->imsc);
}

static struct timespec wall_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts;
}

static uint32_t dr_read(struct device *dev)
{
	return (uint32_t)wall_clock().tv_sec + to_pl031(dev)->offset;
}

static void fired(void *opaque)
{
	struct pl031 *rtc = opaque;

	rtc->ris = 1;
	update_irq(rtc);
}

/*
 * A match in the past is the far future of a 32-bit counter; the timer is then
 * set for up to 136 years, which the loop's 64-bit nanoseconds hold.
 */
static void set_alarm(struct pl031 *rtc)
{
	struct timespec ts = wall_clock();
	uint32_t ahead = rtc->mr - ((uint32_t)ts.tv_sec + rtc->offset);

	if (!ahead)
		fired(rtc);
	else
		loop_timer_arm(rtc->alarm, loop_now_ns() + ahead * NSEC - ts.tv_nsec);
}

static void mr_wrote(struct device *dev, uint32_t val)
{
	(void)val;
	set_alarm(to_pl031(dev));
}

static void lr_wrote(struct device *dev, uint32_t val)
{
	to_pl031(dev)->offset = val - (uint32_t)wall_clock().tv_sec;
	set_alarm(to_pl031(dev));
}

/* The counter starts with reset and cannot be stopped (3.3.4). */
static uint32_t cr_read(struct device *dev)
{
	(void)dev;
	return 1;
}

static void imsc_wrote(struct device *dev, uint32_t val)
{
	(void)val;
	update_irq(to_pl031(dev));
}

static uint32_t mis_read(struct device *dev)
{
	return to_pl031(dev)->ris & to_pl031(dev)->imsc;
}

static void icr_write(struct device *dev, uint32_t val)
{
	to_pl031(dev)->ris &= ~val;
	update_irq(to_pl031(dev));
}

#define M(m) offsetof(struct pl031, m)

static const struct reg pl031_regs[] = {
	{ "DR", 0x00, 0, 0, dr_read, NULL },
	{ "MR", 0x04, M(mr), ~0u, NULL, mr_wrote },
	{ "LR", 0x08, M(lr), ~0u, NULL, lr_wrote },
	{ "CR", 0x0c, 0, 0, cr_read, NULL },
	{ "IMSC", 0x10, M(imsc), 1, NULL, imsc_wrote },
	{ "RIS", 0x14, M(ris), 0, NULL, NULL },
	{ "MIS", 0x18, 0, 0, mis_read, NULL },
	{ "ICR", 0x1c, 0, 0, NULL, icr_write },
	{ NULL, 0, 0, 0, NULL, NULL },
};

static const uint8_t pl031_id[8] = { 0x31, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

static const struct reg_bank pl031_bank = { pl031_regs, pl031_id };

static uint64_t pl031_read(struct device *dev, uint64_t off, unsigned int len)
{
	(void)len;
	return regs_read(&pl031_bank, dev, off);
}

static void pl031_write(struct device *dev, uint64_t off, uint64_t val, unsigned int len)
{
	(void)len;
	regs_write(&pl031_bank, dev, off, val);
}

static void pl031_reset(struct device *dev)
{
	struct pl031 *rtc = to_pl031(dev);

	loop_timer_cancel(rtc->alarm);
	rtc->offset = 0;
	rtc->mr = 0;
	rtc->lr = 0;
	rtc->imsc = 0;
	rtc->ris = 0;
	update_irq(rtc);
}

static void pl031_destroy(struct device *dev)
{
	loop_timer_destroy(to_pl031(dev)->alarm);
	free(dev);
}

static int pl031_fdt(struct device *dev, void *fdt)
{
	static const char compatible[] = "arm,pl031\0arm,primecell";

	FDT_TRY(fdt_begin_device(fdt, dev, "pl031"));
	FDT_TRY(fdt_property(fdt, "compatible", compatible, sizeof(compatible)));
	FDT_TRY(FDT_CELLS(fdt, "clocks", FDT_PHANDLE_CLK));
	FDT_TRY(fdt_property_string(fdt, "clock-names", "apb_pclk"));
	return fdt_end_node(fdt);
}

static int pl031_restored(struct device *dev)
{
	struct pl031 *rtc = to_pl031(dev);

	rtc->imsc &= 1;
	rtc->ris &= 1;
	update_irq(rtc);
	if (rtc->mr)
		set_alarm(rtc);
	return 0;
}

/* clang-format off */
static const struct state_field pl031_state[] = {
	STATE_FIELD(struct pl031, offset),
	STATE_FIELD(struct pl031, mr),
	STATE_FIELD(struct pl031, lr),
	STATE_FIELD(struct pl031, imsc),
	STATE_FIELD(struct pl031, ris),
	{ NULL, 0, 0 },
};
/* clang-format on */

static const struct device_ops pl031_ops = {
	.name = "pl031",
	.mmio_read = pl031_read,
	.mmio_write = pl031_write,
	.fdt = pl031_fdt,
	.reset = pl031_reset,
	.destroy = pl031_destroy,
	.state = pl031_state,
	.restored = pl031_restored,
};

struct device *pl031_create(uint64_t base, struct irqline *irq, struct loop *loop)
{
	struct pl031 *rtc = calloc(1, sizeof(*rtc));

	if (!rtc)
		return NULL;
	rtc->dev =
		(struct device){ .ops = &pl031_ops, .base = base, .size = PL031_SIZE, .irq = irq };
	rtc->loop = loop;
	rtc->alarm = loop_timer_create(loop, fired, rtc);
	if (!rtc->alarm) {
		free(rtc);
		return NULL;
	}
	return &rtc->dev;
}
