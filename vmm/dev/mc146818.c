// SPDX-License-Identifier: GPL-2.0
/*
 * MC146818 real-time clock; see mc146818.h.
 *
 * Nothing ticks: the time is computed when it is looked at, and what became due
 * since the last look (a period, a second, the alarm) is found out then.  A timer
 * of the event loop looks when an interrupt is due.  A second changes at the end
 * of its update cycle, and until then update-in-progress is set for as long as
 * on the chip: a guest that waits for its edges measures a second by them.
 *
 * NOT DONE: daylight saving (DSE), the square wave, a day of the week that
 * differs from the date's.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../loop.h"
#include "calendar.h"
#include "device.h"
#include "mc146818.h"

#define NSEC 1000000000LL
#define HZ 32768
#define UPDATE 2228000 /* t_BUC + t_UC: UIP before the second changes */
#define NEVER INT64_MAX
#define LAST_SECOND 5869583999LL /* the end of 2155: in nanoseconds within 63 bits */
#define BANK 128

enum { SECONDS, SECONDS_ALARM, MINUTES, MINUTES_ALARM, HOURS, HOURS_ALARM };
enum { WEEKDAY = 6, DAY, MONTH, YEAR, REG_A, REG_B, REG_C, REG_D, CENTURY = 0x32 };
enum { A_RS = 0x0f, A_RESET = 0x60, A_UIP = 0x80 };
enum { B_24H = 1 << 1, B_BINARY = 1 << 2, B_SET = 1 << 7 };
/* The flags of register C, and at the same place their enables in B. */
enum { UF = 1 << 4, AF = 1 << 5, PF = 1 << 6, IRQF = 1 << 7 };
enum { D_VRT = 1 << 7, HOURS_PM = 1 << 7, DONT_CARE = 0xc0 };

struct mc146818 {
	struct device dev;
	struct loop *loop;
	struct loop_timer *timer;
	int64_t offset; /* guest's nanoseconds - host's */
	int64_t seen; /* guest's time at the last look */
	uint8_t index[2]; /* of each bank */
	uint8_t cmos[2 * BANK]; /* time and date are right while the clock stands still */
};

static struct mc146818 *to_mc146818(struct device *dev)
{
	return (struct mc146818 *)dev;
}

/* --- time ----------------------------------------------------------------- */

static int64_t host_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * NSEC + ts.tv_nsec;
}

static int64_t guest_now(const struct mc146818 *rtc)
{
	int64_t now = host_now() + rtc->offset;

	return now > 0 ? now : 0;
}

/* The divider chain is held: there are no seconds and no periods. */
static bool held(const struct mc146818 *rtc)
{
	return (rtc->cmos[REG_A] & A_RESET) == A_RESET;
}

static bool running(const struct mc146818 *rtc)
{
	return !held(rtc) && !(rtc->cmos[REG_B] & B_SET);
}

static uint8_t encode(const struct mc146818 *rtc, unsigned int val)
{
	return rtc->cmos[REG_B] & B_BINARY ? val : val / 10 << 4 | val % 10;
}

static unsigned int decode(const struct mc146818 *rtc, uint8_t byte)
{
	return rtc->cmos[REG_B] & B_BINARY ? byte : (byte >> 4) * 10 + (byte & 15);
}

static uint8_t encode_hour(const struct mc146818 *rtc, unsigned int hour)
{
	if (rtc->cmos[REG_B] & B_24H)
		return encode(rtc, hour);
	return encode(rtc, (hour + 11) % 12 + 1) | (hour >= 12 ? HOURS_PM : 0);
}

static unsigned int decode_hour(const struct mc146818 *rtc, uint8_t byte)
{
	if (rtc->cmos[REG_B] & B_24H)
		return decode(rtc, byte);
	return decode(rtc, byte & ~HOURS_PM) % 12 + (byte & HOURS_PM ? 12 : 0);
}

/* Have the time @sec in the registers. */
static void show(struct mc146818 *rtc, int64_t sec)
{
	struct date d = calendar_date(sec / DAY_SECONDS);
	unsigned int time = sec % DAY_SECONDS;

	rtc->cmos[SECONDS] = encode(rtc, time % 60);
	rtc->cmos[MINUTES] = encode(rtc, time / 60 % 60);
	rtc->cmos[HOURS] = encode_hour(rtc, time / 3600);
	rtc->cmos[WEEKDAY] = encode(rtc, d.weekday + 1);
	rtc->cmos[DAY] = encode(rtc, d.day);
	rtc->cmos[MONTH] = encode(rtc, d.month);
	rtc->cmos[YEAR] = encode(rtc, d.year % 100);
	rtc->cmos[CENTURY] = encode(rtc, d.year / 100);
}

static unsigned int within(unsigned int val, unsigned int least, unsigned int most)
{
	return val < least ? least : val > most ? most : val;
}

/* The time that the registers say; what is no time at all becomes the nearest. */
static int64_t shown(const struct mc146818 *rtc)
{
	const uint8_t *c = rtc->cmos;
	struct date d = {
		.year = within(decode(rtc, c[CENTURY]) * 100 + decode(rtc, c[YEAR]), 1970, 2155),
		.month = within(decode(rtc, c[MONTH]), 1, 12),
		.day = within(decode(rtc, c[DAY]), 1, 31),
	};
	int64_t sec = (int64_t)calendar_days(&d) * DAY_SECONDS;

	sec += within(decode_hour(rtc, c[HOURS]), 0, 23) * 3600;
	sec += within(decode(rtc, c[MINUTES]), 0, 59) * 60;
	sec += within(decode(rtc, c[SECONDS]), 0, 59);
	return sec;
}

/* Go on from what the registers say, @frac nanoseconds into the second. */
static void set_time(struct mc146818 *rtc, int64_t frac)
{
	int64_t now = shown(rtc) * NSEC + frac;

	rtc->offset = now - host_now();
	rtc->seen = now;
}

/* --- what becomes due ------------------------------------------------------ */

/* The first one after @t, or NEVER; table 5 for the rates. */
static int64_t next_period(const struct mc146818 *rtc, int64_t t)
{
	unsigned int rs = rtc->cmos[REG_A] & A_RS, shift = rs < 3 ? rs + 6 : rs - 1;
	int64_t ticks = t / NSEC * HZ + t % NSEC * HZ / NSEC;

	if (!rs || held(rtc))
		return NEVER;
	ticks = ((ticks >> shift) + 1) << shift;
	return ticks / HZ * NSEC + (ticks % HZ * NSEC + HZ - 1) / HZ;
}

static int64_t next_second(const struct mc146818 *rtc, int64_t t)
{
	return running(rtc) ? (t / NSEC + 1) * NSEC : NEVER;
}

static bool matches(uint8_t alarm, unsigned int want, unsigned int have)
{
	return alarm >= DONT_CARE || want == have;
}

/* Every field that is not a "don't care" is equal; a day later they repeat. */
static int64_t next_alarm(const struct mc146818 *rtc, int64_t t)
{
	const uint8_t *c = rtc->cmos;
	unsigned int hour = decode_hour(rtc, c[HOURS_ALARM]);
	unsigned int minute = decode(rtc, c[MINUTES_ALARM]);
	unsigned int second = decode(rtc, c[SECONDS_ALARM]);
	int64_t s = t / NSEC + 1, end = s + DAY_SECONDS;

	while (running(rtc) && s < end) {
		if (!matches(c[HOURS_ALARM], hour, s / 3600 % 24))
			s += 3600 - s % 3600;
		else if (!matches(c[MINUTES_ALARM], minute, s / 60 % 60))
			s += 60 - s % 60;
		else if (!matches(c[SECONDS_ALARM], second, s % 60))
			s++;
		else
			return s * NSEC;
	}
	return NEVER;
}

static const struct {
	uint8_t flag;
	int64_t (*next)(const struct mc146818 *rtc, int64_t t);
} events[] = { { PF, next_period }, { UF, next_second }, { AF, next_alarm } };

#define EVENTS (sizeof(events) / sizeof(events[0]))

static void update_irq(struct mc146818 *rtc)
{
	uint8_t *c = &rtc->cmos[REG_C];
	bool due = *c & rtc->cmos[REG_B] & (PF | UF | AF);

	*c = due ? *c | IRQF : *c & ~IRQF;
	if (rtc->dev.irq)
		rtc->dev.irq->set(rtc->dev.irq, due);
}

/* Wake up for the first enabled interrupt whose flag is not up already. */
static void arm(struct mc146818 *rtc, int64_t now)
{
	int64_t first = NEVER, next;
	size_t i;

	for (i = 0; i < EVENTS; i++) {
		if (!(rtc->cmos[REG_B] & ~rtc->cmos[REG_C] & events[i].flag))
			continue;
		next = events[i].next(rtc, now);
		first = next < first ? next : first;
	}
	if (first == NEVER)
		loop_timer_cancel(rtc->timer);
	else
		loop_timer_arm(rtc->timer, loop_now_ns() + first - now);
}

/* Raise the flags of what became due.  The host's clock may have been set back. */
static void look(struct mc146818 *rtc)
{
	int64_t now = guest_now(rtc);
	size_t i;

	for (i = 0; i < EVENTS; i++)
		if (events[i].next(rtc, rtc->seen) <= now)
			rtc->cmos[REG_C] |= events[i].flag;
	rtc->seen = now;
	update_irq(rtc);
	arm(rtc, now);
}

static void timer_fired(void *opaque)
{
	look(opaque);
}

/* --- registers -------------------------------------------------------------- */

static bool is_time(unsigned int reg)
{
	return reg == SECONDS || reg == MINUTES || reg == HOURS ||
	       (reg >= WEEKDAY && reg <= YEAR) || reg == CENTURY;
}

static uint8_t a_read(struct mc146818 *rtc)
{
	bool update = running(rtc) && guest_now(rtc) % NSEC >= NSEC - UPDATE;

	return rtc->cmos[REG_A] | (update ? A_UIP : 0);
}

static uint8_t c_read(struct mc146818 *rtc)
{
	uint8_t val;

	look(rtc);
	val = rtc->cmos[REG_C];
	rtc->cmos[REG_C] = 0;
	update_irq(rtc);
	arm(rtc, rtc->seen);
	return val;
}

static uint8_t cmos_read(struct mc146818 *rtc, unsigned int reg)
{
	if (is_time(reg) && running(rtc))
		show(rtc, guest_now(rtc) / NSEC);
	if (reg == REG_A)
		return a_read(rtc);
	return reg == REG_C ? c_read(rtc) : rtc->cmos[reg];
}

/*
 * A register that may stop the clock or let it go, or change how the time is
 * written, but not the time.  Where it was held at the divider, the first second
 * is half a one (data sheet, "DV2, DV1, DV0").
 */
static void control_write(struct mc146818 *rtc, unsigned int reg, uint8_t val)
{
	bool ran = running(rtc), was_held = held(rtc);
	int64_t now = guest_now(rtc);

	look(rtc);
	rtc->cmos[reg] = val;
	if (ran)
		show(rtc, now / NSEC);
	if (!ran && running(rtc))
		set_time(rtc, was_held ? NSEC / 2 : now % NSEC);
	look(rtc);
}

/* Setting the time takes the update interrupt away (data sheet, "SET"). */
static void b_write(struct mc146818 *rtc, uint8_t val)
{
	control_write(rtc, REG_B, val & B_SET ? val & ~UF : val);
}

static void cmos_write(struct mc146818 *rtc, unsigned int reg, uint8_t val)
{
	if (reg == REG_A) {
		control_write(rtc, reg, val & ~A_UIP);
	} else if (reg == REG_B) {
		b_write(rtc, val);
	} else if (is_time(reg) && running(rtc)) {
		show(rtc, guest_now(rtc) / NSEC);
		rtc->cmos[reg] = val;
		set_time(rtc, guest_now(rtc) % NSEC);
		look(rtc);
	} else if (reg != REG_C && reg != REG_D) {
		look(rtc);
		rtc->cmos[reg] = val;
		arm(rtc, rtc->seen);
	}
}

static uint64_t mc146818_read(struct device *dev, uint64_t off, unsigned int len)
{
	struct mc146818 *rtc = to_mc146818(dev);

	(void)len;
	if (off >= MC146818_SIZE)
		dev->unknown++;
	if (off >= MC146818_SIZE || !(off & 1))
		return 0xff; /* the index can only be written */
	return off == 1 ? cmos_read(rtc, rtc->index[0]) : rtc->cmos[BANK + rtc->index[1]];
}

/* Bit 7 of the first index is the PC's NMI mask. */
static void mc146818_write(struct device *dev, uint64_t off, uint64_t val, unsigned int len)
{
	struct mc146818 *rtc = to_mc146818(dev);

	(void)len;
	if (off >= MC146818_SIZE)
		dev->unknown++;
	else if (!(off & 1))
		rtc->index[off / 2] = val & (BANK - 1);
	else if (off == 1)
		cmos_write(rtc, rtc->index[0], val);
	else
		rtc->cmos[BANK + rtc->index[1]] = val;
}

/* --- the device --------------------------------------------------------------- */

/* As a PC's firmware leaves it: BCD, 24 hours, 1024 Hz; there is no battery. */
static void mc146818_reset(struct device *dev)
{
	struct mc146818 *rtc = to_mc146818(dev);

	memset(rtc->cmos, 0, sizeof(rtc->cmos));
	memset(rtc->index, 0, sizeof(rtc->index));
	rtc->cmos[REG_A] = 0x26;
	rtc->cmos[REG_B] = B_24H;
	rtc->cmos[REG_D] = D_VRT;
	rtc->offset = 0;
	rtc->seen = guest_now(rtc);
	update_irq(rtc);
	arm(rtc, rtc->seen);
}

static void mc146818_destroy(struct device *dev)
{
	loop_timer_destroy(to_mc146818(dev)->timer);
	free(dev);
}

/* From a snapshot, so as hostile as a guest. */
static int mc146818_restored(struct device *dev)
{
	struct mc146818 *rtc = to_mc146818(dev);
	const int64_t most = (LAST_SECOND + 1) * NSEC;
	bool flags = rtc->cmos[REG_C] & rtc->cmos[REG_B] & (PF | UF | AF);

	if (rtc->offset < -most || rtc->offset > most || rtc->seen < 0 || rtc->seen > most)
		return -EINVAL;
	if ((rtc->index[0] | rtc->index[1]) >= BANK || rtc->cmos[REG_A] & A_UIP)
		return -EINVAL;
	if (rtc->cmos[REG_D] != D_VRT || rtc->cmos[REG_C] & 0x0f ||
	    flags != !!(rtc->cmos[REG_C] & IRQF))
		return -EINVAL;
	update_irq(rtc);
	loop_timer_arm(rtc->timer, loop_now_ns());
	return 0;
}

/* clang-format off */
static const struct state_field mc146818_state[] = {
	STATE_FIELD(struct mc146818, offset),
	STATE_FIELD(struct mc146818, seen),
	STATE_FIELD(struct mc146818, index),
	STATE_FIELD(struct mc146818, cmos),
	{ NULL, 0, 0 },
};
/* clang-format on */

static const struct device_ops mc146818_ops = {
	.name = "mc146818",
	.mmio_read = mc146818_read,
	.mmio_write = mc146818_write,
	.reset = mc146818_reset,
	.destroy = mc146818_destroy,
	.state = mc146818_state,
	.restored = mc146818_restored,
};

struct device *mc146818_create(uint64_t base, struct irqline *irq, struct loop *loop)
{
	struct mc146818 *rtc = calloc(1, sizeof(*rtc));

	if (!rtc)
		return NULL;
	rtc->dev = (struct device){
		.ops = &mc146818_ops,
		.base = base,
		.size = MC146818_SIZE,
		.irq = irq,
	};
	rtc->loop = loop;
	rtc->timer = loop_timer_create(loop, timer_fired, rtc);
	if (!rtc->timer) {
		free(rtc);
		return NULL;
	}
	mc146818_reset(&rtc->dev);
	return &rtc->dev;
}
