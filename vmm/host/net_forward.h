/* SPDX-License-Identifier: GPL-2.0 */
/* A forwarded port, in words: "tcp|udp:[hostaddr]:hostport-[guestaddr]:guestport". */
#ifndef EMBER_NET_FORWARD_H
#define EMBER_NET_FORWARD_H

#include <netinet/in.h>
#include <stdbool.h>

struct net_forward {
	bool udp;
	struct in_addr host; /* 0.0.0.0: all addresses of the host */
	unsigned int host_port;
	struct in_addr guest; /* 0.0.0.0: the first address of DHCP */
	unsigned int guest_port;
};

/* False if @text is not one. */
bool net_forward_parse(const char *text, struct net_forward *f);

#endif
