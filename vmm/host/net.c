// SPDX-License-Identifier: GPL-2.0
/* Network backends, what all kinds share: the contracts are in net.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../err.h"
#include "iov.h"
#include "net.h"
#include "net_kinds.h"

static const struct net_kind *const kinds[] = { &net_kind_user, &net_kind_tap };
#define NR_KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* If @word is "key=value": the value, else NULL. */
static const char *value_of(const char *word, const char *key)
{
	size_t len = strlen(key);

	return !strncmp(word, key, len) && word[len] == '=' ? word + len + 1 : NULL;
}

static int set_mac(struct net_backend *net, const char *text, struct err *e)
{
	unsigned int b[6], i;
	char rest;

	if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%c", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5],
		   &rest) != 6 ||
	    (b[0] & 1))
		return err_set(
			e, EXIT_USAGE,
			"net: '%s' is not the MAC address of one card, like 52:54:00:12:34:56",
			text);
	for (i = 0; i < 6; i++)
		net->mac[i] = b[i];
	return 0;
}

static void default_mac(struct net_backend *net, unsigned int index)
{
	static const uint8_t first[6] = { 0x52, 0x54, 0x00, 0x12, 0x34, 0x56 };

	memcpy(net->mac, first, sizeof(first));
	net->mac[5] += index;
}

static int set_option(struct net_backend *net, const struct net_kind *kind, const char *word,
		      struct err *e)
{
	const char *value = value_of(word, "mac");

	if (value)
		return set_mac(net, value, e);
	value = kind->key ? value_of(word, kind->key) : NULL;
	if (kind->flag && !strcmp(word, kind->key))
		value = "on";
	if (value)
		return kind->option(net, value, e);
	return err_set(e, EXIT_USAGE, "net: '%s' has no option '%s'; there is 'mac'%s%s%s",
		       kind->name, word, kind->key ? " and '" : "", kind->key ? kind->key : "",
		       kind->key ? "'" : "");
}

static const struct net_kind *find_kind(const char *word, const char **arg, struct err *e)
{
	unsigned int i;

	for (i = 0; i < NR_KINDS; i++) {
		*arg = value_of(word, kinds[i]->name);
		if (kinds[i]->argument ? !!*arg : !strcmp(word, kinds[i]->name))
			return kinds[i];
		if (kinds[i]->argument && !strcmp(word, kinds[i]->name)) {
			err_set(e, EXIT_USAGE, "net: '%s' needs %s, as in '%s=...'", word,
				kinds[i]->argument, word);
			return NULL;
		}
	}
	err_set(e, EXIT_USAGE, "net: unknown kind '%s'; there are 'user' and 'tap=INTERFACE'",
		word);
	return NULL;
}

static struct net_backend *open_words(struct loop *loop, char *words, unsigned int index,
				      struct err *e)
{
	const char *arg, *word = strsep(&words, ",");
	const struct net_kind *kind = find_kind(word, &arg, e);
	struct net_backend *net = kind ? kind->open(loop, arg, e) : NULL;

	if (!net)
		return NULL;
	net->loop = loop;
	default_mac(net, index);
	while ((word = strsep(&words, ","))) {
		if (set_option(net, kind, word, e)) {
			net_close(net);
			return NULL;
		}
	}
	if (kind->start && kind->start(net, e)) {
		net_close(net);
		return NULL;
	}
	return net;
}

struct net_backend *net_open(struct loop *loop, const char *spec, unsigned int index, struct err *e)
{
	char *words = strdup(spec);
	struct net_backend *net;

	if (!words) {
		err_sys(e, EXIT_INTERNAL, errno, "net: '%s'", spec);
		return NULL;
	}
	net = open_words(loop, words, index, e);
	free(words);
	return net;
}

static void drop_backlog(struct net_backend *net)
{
	struct net_frame *f;

	while ((f = STAILQ_FIRST(&net->backlog))) {
		STAILQ_REMOVE_HEAD(&net->backlog, next);
		free(f);
	}
	net->backlog_len = 0;
}

void net_init(struct net_backend *net, const struct net_ops *ops, struct loop *loop)
{
	*net = (struct net_backend){ .ops = ops, .loop = loop, .tap_fd = -1, .vhost_fd = -1 };
	STAILQ_INIT(&net->backlog);
}

void net_close(struct net_backend *net)
{
	if (!net)
		return;
	drop_backlog(net);
	net->ops->close(net);
}

static void resume(struct net_backend *net)
{
	if (net->ops->resume)
		net->ops->resume(net);
}

void net_attach(struct net_backend *net, net_recv_fn recv, void *opaque)
{
	drop_backlog(net);
	net->recv = recv;
	net->opaque = opaque;
	resume(net);
}

void net_send(struct net_backend *net, const struct iovec *iov, unsigned int n)
{
	net->ops->send(net, iov, n);
}

static void enqueue(struct net_backend *net, const void *frame, size_t len)
{
	struct net_frame *f;

	if (net->backlog_len == NET_BACKLOG_MAX || !(f = malloc(sizeof(*f) + len))) {
		net->dropped++;
		return;
	}
	f->len = len;
	memcpy(f->data, frame, len);
	STAILQ_INSERT_TAIL(&net->backlog, f, next);
	net->backlog_len++;
}

void net_deliver(struct net_backend *net, const void *frame, size_t len)
{
	if (!net->recv || len < NET_FRAME_MIN || len > NET_FRAME_MAX) {
		net->dropped++;
		return;
	}
	/* Behind what waits already: frames keep their order. */
	if (net_backlogged(net) || !net->recv(net->opaque, frame, len))
		enqueue(net, frame, len);
}

void net_rx_ready(struct net_backend *net)
{
	struct net_frame *f;

	while ((f = STAILQ_FIRST(&net->backlog))) {
		if (!net->recv || !net->recv(net->opaque, f->data, f->len))
			return;
		STAILQ_REMOVE_HEAD(&net->backlog, next);
		net->backlog_len--;
		free(f);
	}
	resume(net);
}
