/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kinds of network backend, as net.c opens them: one row of its table each.
 */
#ifndef EMBER_NET_KINDS_H
#define EMBER_NET_KINDS_H

#include <stdbool.h>

struct err;
struct loop;
struct net_backend;

struct net_kind {
	const char *name;
	/* What "name=..." means, for messages; NULL if it takes no argument. */
	const char *argument;
	/* NULL, and @e says why. */
	struct net_backend *(*open)(struct loop *loop, const char *arg, struct err *e);
	/* An option "key=value" of this kind's own: 0 or -1 with @e; NULL: it has none. */
	const char *key;
	bool flag; /* @key alone will do, and is "key=on" */
	int (*option)(struct net_backend *net, const char *value, struct err *e);
	/* All options are in.  0 or -1 with @e; may be NULL. */
	int (*start)(struct net_backend *net, struct err *e);
};

extern const struct net_kind net_kind_user;
extern const struct net_kind net_kind_tap;

#endif
