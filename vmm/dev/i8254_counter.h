/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One counter of an 8254, as a function of time: nothing here reads a clock.
 * @now is in nanoseconds and never goes back.
 */
#ifndef EMBER_I8254_COUNTER_H
#define EMBER_I8254_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

#define COUNTER_NEVER INT64_MAX

struct counter {
	int64_t start; /* when the count began */
	int64_t held; /* ns it had counted when it was stopped or saved */
	uint32_t count; /* initial count, 1..65536 */
	uint32_t next; /* the one after this period, 0: the same */
	uint16_t latch; /* count that waits to be read */
	uint8_t latched; /* how many bytes of it are left */
	uint8_t status; /* status that waits to be read */
	uint8_t status_latched;
	uint8_t mode; /* 0..5 */
	uint8_t bcd;
	uint8_t rw; /* 1: low byte, 2: high byte, 3: both */
	uint8_t lsb; /* written, waiting for the MSB */
	uint8_t msb_next_write;
	uint8_t msb_next_read;
	uint8_t written; /* there is a count */
	uint8_t loaded; /* and it counts or has counted */
	uint8_t stopped; /* by the gate */
	uint8_t gate;
};

/* No mode chosen yet; does not count. */
void counter_init(struct counter *c, bool gate);

/* A control word for this counter, neither latch nor read-back. */
void counter_mode(struct counter *c, uint8_t control);
/* A byte of the count; true if the output begins anew at @now. */
bool counter_write(struct counter *c, uint8_t val, int64_t now);
uint8_t counter_read(struct counter *c, int64_t now);
void counter_latch(struct counter *c, int64_t now);
void counter_latch_status(struct counter *c, int64_t now);
void counter_gate(struct counter *c, bool level, int64_t now);

/* To be called before anything else that takes @now, and at least once a period. */
void counter_advance(struct counter *c, int64_t now);

bool counter_output(const struct counter *c, int64_t now);
/* Nanoseconds since the count began, without those that the gate took away. */
int64_t counter_elapsed(const struct counter *c, int64_t now);
/* When so counted the output next rises, later than @elapsed; or COUNTER_NEVER. */
int64_t counter_next_edge(const struct counter *c, int64_t elapsed);

/* What could have come from counter_init() and the calls above. */
bool counter_plausible(const struct counter *c);

#endif
