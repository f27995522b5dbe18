// SPDX-License-Identifier: GPL-2.0
/* Forwarded ports in words: the contract is in net_forward.h. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "net_forward.h"

/* Cut @s at @sep; the part before it, *@s behind it; NULL if there is none. */
static char *cut(char **s, char sep)
{
	char *start = *s, *at = strchr(start, sep);

	if (!at)
		return NULL;
	*at = '\0';
	*s = at + 1;
	return start;
}

static bool parse_port(const char *s, unsigned int *port)
{
	unsigned long n;
	char *end;

	if (!s || *s < '0' || *s > '9')
		return false;
	n = strtoul(s, &end, 10);
	*port = n;
	return !*end && n > 0 && n < 65536;
}

static bool parse_address(const char *s, struct in_addr *a)
{
	a->s_addr = INADDR_ANY;
	return s && (!*s || inet_pton(AF_INET, s, a) == 1);
}

static bool parse(char *s, struct net_forward *f)
{
	char *proto = cut(&s, ':');

	if (!proto || (strcmp(proto, "tcp") && strcmp(proto, "udp")))
		return false;
	f->udp = *proto == 'u';
	return parse_address(cut(&s, ':'), &f->host) && parse_port(cut(&s, '-'), &f->host_port) &&
	       parse_address(cut(&s, ':'), &f->guest) && parse_port(s, &f->guest_port);
}

bool net_forward_parse(const char *text, struct net_forward *f)
{
	char copy[128];

	return strlen(text) < sizeof(copy) && parse(strcpy(copy, text), f);
}
