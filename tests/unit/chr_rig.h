/* SPDX-License-Identifier: GPL-2.0 */
/* A character device whose host end is a pair of pipes, for tests of serial ports. */
#ifndef EMBER_UNIT_CHR_RIG_H
#define EMBER_UNIT_CHR_RIG_H

#include "unit.h"

#include <fcntl.h>
#include <unistd.h>

#include "err.h"
#include "host/chardev.h"
#include "loop.h"

struct chr_rig {
	struct loop *loop;
	struct chardev *chr;
	int in, out; /* the host's ends: what the guest receives and has sent */
};

/* "stdio" on pipes: 0 and 1 are replaced for as long as the chardev is opened. */
static inline void chr_rig_open(struct chr_rig *r)
{
	int in[2], out[2], saved[2];
	struct err e;

	assert_int_equal(pipe(in) | pipe(out), 0);
	saved[0] = dup(0);
	saved[1] = dup(1);
	dup2(in[0], 0);
	dup2(out[1], 1);
	r->loop = loop_create();
	r->chr = chardev_open(r->loop, "test", "stdio", NULL, NULL, &e);
	dup2(saved[0], 0);
	dup2(saved[1], 1);
	close(saved[0]);
	close(saved[1]);
	close(in[0]);
	close(out[1]);
	r->in = in[1];
	r->out = out[0];
	fcntl(r->out, F_SETFL, O_NONBLOCK);
	assert_non_null(r->chr);
}

/* An end that the test has closed itself is -1. */
static inline void chr_rig_close(struct chr_rig *r)
{
	if (r->in >= 0)
		close(r->in);
	if (r->out >= 0)
		close(r->out);
	chardev_close(r->chr);
	loop_destroy(r->loop);
}

static inline void chr_rig_quit(void *opaque)
{
	loop_quit(opaque, 0);
}

/* Let the loop do what there is to do. */
static inline void chr_rig_turn(struct chr_rig *r)
{
	struct loop_timer *t = loop_timer_create(r->loop, chr_rig_quit, r->loop);

	loop_timer_arm(t, loop_now_ns() + 5000000);
	loop_run(r->loop);
	loop_timer_destroy(t);
}

static inline void chr_rig_type(struct chr_rig *r, const char *text)
{
	assert_int_equal(write(r->in, text, strlen(text)), strlen(text));
	chr_rig_turn(r);
}

#endif
