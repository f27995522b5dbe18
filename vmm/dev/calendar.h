/* SPDX-License-Identifier: GPL-2.0 */
/* The Gregorian calendar without time_t, which is 32 bits on a 32-bit host. */
#ifndef EMBER_CALENDAR_H
#define EMBER_CALENDAR_H

#include <stdint.h>

#define DAY_SECONDS 86400

struct date {
	unsigned int year; /* 1970..9999 */
	unsigned int month; /* 1..12 */
	unsigned int day; /* 1..31 */
	unsigned int weekday; /* 0..6, Sunday first */
};

/* @days since the first of January 1970. */
struct date calendar_date(uint32_t days);

/* The opposite; weekday is not looked at, and a day too many is one of the next month. */
uint32_t calendar_days(const struct date *d);

#endif
