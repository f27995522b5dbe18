// SPDX-License-Identifier: GPL-2.0
/*
 * The calendar; see calendar.h.  A year that begins in March has its leap day at
 * its end, and its months follow a line: month n begins on day (153n + 2) / 5.
 */
#include "calendar.h"

#define ERA 146097 /* days in 400 years */
#define EPOCH 719468 /* days from the first of March of year 0 to 1970 */

static uint32_t year_start(uint32_t year)
{
	return 365 * year + year / 4 - year / 100 + year / 400;
}

struct date calendar_date(uint32_t days)
{
	uint32_t n = days + EPOCH, year = (uint64_t)n * 400 / ERA, month;

	if (year_start(year + 1) <= n)
		year++;
	if (year_start(year) > n)
		year--;
	n -= year_start(year);
	month = (5 * n + 2) / 153;
	return (struct date){
		.year = year + (month >= 10),
		.month = month < 10 ? month + 3 : month - 9,
		.day = n - (153 * month + 2) / 5 + 1,
		.weekday = (days + 4) % 7,
	};
}

uint32_t calendar_days(const struct date *d)
{
	uint32_t month = (d->month + 9) % 12, year = d->year - (month >= 10);

	return year_start(year) + (153 * month + 2) / 5 + d->day - 1 - EPOCH;
}
