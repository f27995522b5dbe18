// SPDX-License-Identifier: GPL-2.0
/*
 * Network backends (vmm/host/net*.c): what is refused; forwards in words; and
 * real connections through libslirp, to and from a guest of a hundred lines
 * that knows ARP and just enough TCP.
 */
#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <netpacket/packet.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../vmm/err.h"
#include "../../vmm/host/net.h"
#include "../../vmm/host/net_forward.h"
#include "../../vmm/loop.h"

#define PATIENCE_NS 20000000000LL

static struct loop *loop;
static struct net_backend *net;

static int setup(void **state)
{
	(void)state;
	loop = loop_create();
	net = NULL;
	return loop ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	net_close(net);
	loop_destroy(loop);
	return 0;
}

static struct loop_timer *tick;
static int64_t deadline;
static bool (*condition)(void);

static void on_tick(void *opaque)
{
	(void)opaque;
	if (condition())
		loop_quit(loop, 0);
	else if (loop_now_ns() > deadline)
		loop_quit(loop, 1);
	else
		loop_timer_arm(tick, loop_now_ns() + 1000000);
}

/* Run the loop until @done; never is a failure of its own. */
static void until(bool (*done)(void))
{
	int hang;

	condition = done;
	deadline = loop_now_ns() + PATIENCE_NS;
	tick = loop_timer_create(loop, on_tick, NULL);
	loop_timer_arm(tick, loop_now_ns());
	hang = loop_run(loop);
	loop_timer_destroy(tick);
	assert_int_equal(hang, 0);
}

static void test_refused(void **state)
{
	static const struct {
		const char *spec;
		int code;
		const char *words;
	} bad[] = {
		{ "", EXIT_USAGE, "unknown kind ''" },
		{ "bridge", EXIT_USAGE, "'user' and 'tap=INTERFACE'" },
		{ "user=x", EXIT_USAGE, "unknown kind" },
#ifdef HAVE_SLIRP
		{ "user,frob=1", EXIT_USAGE, "no option 'frob=1'" },
		{ "user,", EXIT_USAGE, "no option ''" },
		{ "user,mac=52:54:00:12:34", EXIT_USAGE, "MAC address" },
		{ "user,mac=52:54:00:12:34:56:78", EXIT_USAGE, "MAC address" },
		{ "user,mac=01:54:00:12:34:56", EXIT_USAGE, "MAC address" },
		{ "user,mac=xx", EXIT_USAGE, "MAC address" },
		{ "user,hostfwd=tcp::80-:80:", EXIT_USAGE, "hostfwd=tcp::80-:80:" },
#else
		{ "user", EXIT_HOST, "libslirp" },
#endif
		{ "tap", EXIT_USAGE, "needs the name of a tap interface" },
		{ "tap=", EXIT_USAGE, "not an interface name" },
		{ "tap=this-name-is-too-long", EXIT_USAGE, "not an interface name" },
		{ "tap=lo", EXIT_HOST, "net tap=lo: " },
		{ "tap=lo,vhost", EXIT_HOST, "net tap=lo: " },
		{ "tap=lo,vhost=maybe", EXIT_USAGE, "vhost=maybe is neither on nor off" },
		{ "tap=lo,frob", EXIT_USAGE, "there is 'mac' and 'vhost'" },
	};
	struct err e;
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_null(net_open(loop, bad[i].spec, 0, &e));
		if (e.code != bad[i].code || !strstr(e.msg, bad[i].words))
			fail_msg("'%s': %d '%s'", bad[i].spec, e.code, e.msg);
	}
}

static void test_forward_words(void **state)
{
	static const char *const bad[] = {
		"",
		"tcp",
		"tcp:",
		"tcp::80",
		"tcp::80-",
		"tcp::80-:",
		"tcp::80-80",
		"icmp::80-:80",
		"tcp::0-:80",
		"tcp::65536-:80",
		"tcp::80-:0x50",
		"tcp::+80-:80",
		"tcp::80-:80 ",
		"tcp:localhost:80-:80",
		"tcp:1.2.3:80-:80",
		"tcp::-80-:80",
		"tcp:::80-:80",
		"tcp::99999999999999999999-:80",
	};
	struct net_forward f;
	unsigned int i;

	(void)state;
	assert_true(net_forward_parse("tcp::2222-:22", &f));
	assert_false(f.udp);
	assert_int_equal(f.host.s_addr, INADDR_ANY);
	assert_int_equal(f.host_port, 2222);
	assert_int_equal(f.guest.s_addr, INADDR_ANY);
	assert_int_equal(f.guest_port, 22);
	assert_true(net_forward_parse("udp:127.0.0.1:65535-10.0.2.16:1", &f));
	assert_true(f.udp);
	assert_int_equal(ntohl(f.host.s_addr), INADDR_LOOPBACK);
	assert_int_equal(f.host_port, 65535);
	assert_int_equal(ntohl(f.guest.s_addr), 0x0a000210);
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		if (net_forward_parse(bad[i], &f))
			fail_msg("'%s' was taken", bad[i]);
}

#ifdef HAVE_SLIRP

static void test_mac(void **state)
{
	struct err e;

	(void)state;
	net = net_open(loop, "user", 1, &e);
	assert_non_null(net);
	assert_memory_equal(net->mac, "\x52\x54\x00\x12\x34\x57", 6);
	net_close(net);
	net = net_open(loop, "user,mac=02:aa:BB:00:ff:1", 0, &e);
	assert_non_null(net);
	assert_memory_equal(net->mac, "\x02\xaa\xbb\x00\xff\x01", 6);
}

/* The guest.  One connection, no loss, no reordering. */
#define GUEST_IP 0x0a00020fu
#define HOST_IP 0x0a000202u
#define GUEST_PORT 7777

struct frame {
	struct ether_header eth;
	struct iphdr ip;
	struct tcphdr tcp;
	uint8_t data[1460];
} __attribute__((packed));

static struct {
	bool echo; /* what arrives goes back */
	unsigned int arp_replies; /* got */
	bool established, closed;
	uint16_t peer_port, port;
	uint32_t seq, ack;
	uint8_t data[8192];
	size_t len;
} guest;

static const uint8_t any_mac[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
static uint8_t host_mac[6];

static void send_frame(const void *frame, size_t len)
{
	/* In two pieces, as a guest may. */
	struct iovec v[2] = { { (void *)frame, 20 }, { (uint8_t *)frame + 20, len - 20 } };

	net_send(net, v, 2);
}

static void send_arp(uint16_t op, const uint8_t *to, uint32_t ip)
{
	struct {
		struct ether_header eth;
		struct ether_arp arp;
	} f = { 0 };
	uint32_t mine = htonl(GUEST_IP), theirs = htonl(ip);

	memcpy(f.eth.ether_dhost, to, 6);
	memcpy(f.eth.ether_shost, net->mac, 6);
	f.eth.ether_type = htons(ETHERTYPE_ARP);
	f.arp.arp_hrd = htons(ARPHRD_ETHER);
	f.arp.arp_pro = htons(ETHERTYPE_IP);
	f.arp.arp_hln = 6;
	f.arp.arp_pln = 4;
	f.arp.arp_op = htons(op);
	memcpy(f.arp.arp_sha, net->mac, 6);
	memcpy(f.arp.arp_spa, &mine, 4);
	memcpy(f.arp.arp_tha, op == ARPOP_REPLY ? to : (const uint8_t[6]){ 0 }, 6);
	memcpy(f.arp.arp_tpa, &theirs, 4);
	send_frame(&f, sizeof(f));
}

static uint32_t sum16(uint32_t sum, const void *p, size_t len)
{
	const uint8_t *b = p;
	size_t i;

	for (i = 0; i < len; i++)
		sum += i % 2 ? b[i] : b[i] << 8;
	return sum;
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

static void send_tcp(int flags, const void *data, size_t len)
{
	struct frame f = { 0 };

	memcpy(f.eth.ether_dhost, host_mac, 6);
	memcpy(f.eth.ether_shost, net->mac, 6);
	f.eth.ether_type = htons(ETHERTYPE_IP);
	f.ip = (struct iphdr){ .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_TCP };
	f.ip.tot_len = htons(40 + len);
	f.ip.saddr = htonl(GUEST_IP);
	f.ip.daddr = htonl(HOST_IP);
	f.ip.check = fold(sum16(0, &f.ip, 20));
	f.tcp.source = htons(guest.port);
	f.tcp.dest = htons(guest.peer_port);
	f.tcp.seq = htonl(guest.seq);
	f.tcp.ack_seq = htonl(guest.ack);
	f.tcp.doff = 5;
	f.tcp.th_flags = flags;
	f.tcp.window = htons(8192);
	if (len)
		memcpy(f.data, data, len);
	f.tcp.check =
		fold(sum16(IPPROTO_TCP + 20 + len, &f.ip.saddr, 8) + sum16(0, &f.tcp, 20 + len));
	guest.seq += len + (flags & (TH_SYN | TH_FIN) ? 1 : 0);
	send_frame(&f, 54 + len);
}

static void got_data(const uint8_t *data, size_t len)
{
	assert_true(guest.len + len <= sizeof(guest.data));
	memcpy(guest.data + guest.len, data, len);
	guest.len += len;
	guest.ack += len;
	send_tcp(guest.echo ? TH_ACK | TH_PUSH : TH_ACK, data, guest.echo ? len : 0);
}

static void got_tcp(const struct frame *f)
{
	size_t len = ntohs(f->ip.tot_len) - 4 * f->ip.ihl - 4 * f->tcp.doff;
	const uint8_t *data = (const uint8_t *)&f->tcp + 4 * f->tcp.doff;

	memcpy(host_mac, f->eth.ether_shost, 6);
	if (f->tcp.th_flags & TH_SYN) {
		guest.port = ntohs(f->tcp.dest);
		guest.peer_port = ntohs(f->tcp.source);
		guest.ack = ntohl(f->tcp.seq) + 1;
		guest.established = true;
		send_tcp(f->tcp.th_flags & TH_ACK ? TH_ACK : TH_SYN | TH_ACK, NULL, 0);
		return;
	}
	if (ntohl(f->tcp.seq) != guest.ack)
		return;
	if (len)
		got_data(data, len);
	if (f->tcp.th_flags & TH_FIN) {
		guest.ack++;
		guest.closed = true;
		send_tcp(TH_FIN | TH_ACK, NULL, 0);
	}
}

static void got_arp(const struct ether_header *eth, const struct ether_arp *arp)
{
	uint32_t mine = htonl(GUEST_IP);

	if (ntohs(arp->arp_op) == ARPOP_REPLY) {
		memcpy(host_mac, arp->arp_sha, 6);
		guest.arp_replies++;
	} else if (!memcmp(arp->arp_tpa, &mine, 4)) {
		send_arp(ARPOP_REPLY, eth->ether_shost, HOST_IP);
	}
}

static bool guest_recv(void *opaque, const void *frame, size_t len)
{
	const struct ether_header *eth = frame;
	const struct frame *f = frame;

	(void)opaque;
	if (ntohs(eth->ether_type) == ETHERTYPE_ARP)
		got_arp(eth, (const void *)(eth + 1));
	else if (ntohs(eth->ether_type) == ETHERTYPE_IP && len >= 54 &&
		 f->ip.protocol == IPPROTO_TCP)
		got_tcp(f);
	return true;
}

static void start_guest(const char *spec, bool echo)
{
	struct err e = { 0 };

	memset(&guest, 0, sizeof(guest));
	guest.echo = echo;
	guest.seq = 0xfffffff0; /* wraps */
	net = net_open(loop, spec, 0, &e);
	if (!net)
		fail_msg("%s", e.msg);
	net_attach(net, guest_recv, NULL);
}

/* A socket on a port of the loopback interface that was free. */
static int loopback_socket(struct sockaddr_in *sa)
{
	socklen_t len = sizeof(*sa);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	*sa = (struct sockaddr_in){ .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	assert_int_equal(bind(fd, (void *)sa, sizeof(*sa)), 0);
	assert_int_equal(getsockname(fd, (void *)sa, &len), 0);
	return fd;
}

static bool answered(void)
{
	return guest.arp_replies != 0;
}

static void test_start_stop(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		start_guest("user", false);
		send_arp(ARPOP_REQUEST, any_mac, HOST_IP);
		until(answered);
		assert_memory_equal(host_mac, "\x52\x55\x0a\x00\x02\x02", 6);
		net_close(net);
		net = NULL;
	}
}

/* The guest goes away and comes back, as in a reset: the backend is there all the time. */
static void test_detach(void **state)
{
	(void)state;
	start_guest("user", false);
	net_attach(net, NULL, NULL);
	send_arp(ARPOP_REQUEST, any_mac, HOST_IP);
	net_attach(net, guest_recv, NULL);
	send_arp(ARPOP_REQUEST, any_mac, HOST_IP);
	until(answered);
	assert_int_equal(guest.arp_replies, 1);
}

static int client;
static uint8_t back[sizeof(guest.data)];
static size_t back_len, want_len;

static bool all_back(void)
{
	ssize_t n = recv(client, back + back_len, sizeof(back) - back_len, MSG_DONTWAIT);

	if (n > 0)
		back_len += n;
	return back_len >= want_len;
}

static bool guest_closed(void)
{
	return guest.closed;
}

static void test_hostfwd_echo(void **state)
{
	struct sockaddr_in sa;
	uint8_t data[5000];
	char spec[100];
	size_t i;

	(void)state;
	close(loopback_socket(&sa));
	snprintf(spec, sizeof(spec), "user,hostfwd=tcp:127.0.0.1:%u-:%u", ntohs(sa.sin_port),
		 GUEST_PORT);
	start_guest(spec, true);
	client = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(client, (void *)&sa, sizeof(sa)), 0);
	for (i = 0; i < sizeof(data); i++)
		data[i] = i * 3 + (i >> 8);
	assert_int_equal(send(client, data, sizeof(data), 0), sizeof(data));
	back_len = 0;
	want_len = sizeof(data);
	until(all_back);
	assert_int_equal(guest.port, GUEST_PORT);
	assert_memory_equal(back, data, sizeof(data));
	close(client);
	until(guest_closed);
}

/* The descriptor that listens at @port, somewhere in this process; -1: none. */
static int listener(in_port_t port)
{
	struct sockaddr_in sa;
	int fd, on;

	for (fd = 0; fd < 256; fd++) {
		socklen_t sa_len = sizeof(sa), on_len = sizeof(on);

		if (!getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &on_len) && on &&
		    !getsockname(fd, (void *)&sa, &sa_len) && sa.sin_port == port)
			return fd;
	}
	return -1;
}

static in_port_t forwarded;

static bool listener_is_safe(void)
{
	return fcntl(listener(forwarded), F_GETFL) & O_NONBLOCK;
}

/* A connection that has gone before it is accepted must not hold the loop up. */
static void test_hostfwd_never_blocks(void **state)
{
	struct sockaddr_in sa;
	char spec[100];

	(void)state;
	close(loopback_socket(&sa));
	forwarded = sa.sin_port;
	snprintf(spec, sizeof(spec), "user,hostfwd=tcp:127.0.0.1:%u-:80", ntohs(forwarded));
	start_guest(spec, false);
	assert_true(listener(forwarded) >= 0);
	until(listener_is_safe);
}

static void test_hostfwd_taken(void **state)
{
	struct sockaddr_in sa;
	int fd = loopback_socket(&sa);
	char spec[100];
	struct err e;

	(void)state;
	assert_int_equal(listen(fd, 1), 0);
	snprintf(spec, sizeof(spec), "user,hostfwd=tcp:127.0.0.1:%u-:80", ntohs(sa.sin_port));
	assert_null(net_open(loop, spec, 0, &e));
	assert_int_equal(e.code, EXIT_HOST);
	assert_non_null(strstr(e.msg, "in use"));
	close(fd);
}

static int server;

static bool accepted(void)
{
	client = accept(server, NULL, NULL);
	return client >= 0;
}

static bool guest_has_it(void)
{
	return guest.len >= want_len;
}

static bool guest_established(void)
{
	return guest.established;
}

/* From the guest to a server on the host, 10.0.2.2; twice, as fds are used again. */
static void test_outbound(void **state)
{
	struct sockaddr_in sa;
	int i;

	(void)state;
	server = loopback_socket(&sa);
	assert_int_equal(listen(server, 1), 0);
	start_guest("user", false);
	send_arp(ARPOP_REQUEST, any_mac, HOST_IP);
	until(answered);
	for (i = 0; i < 3; i++) {
		guest.port = 2000 + i;
		guest.peer_port = ntohs(sa.sin_port);
		guest.ack = 0;
		guest.len = 0;
		guest.closed = false;
		send_tcp(TH_SYN, NULL, 0);
		until(accepted);
		assert_int_equal(send(client, "a page", 6, 0), 6);
		want_len = 6;
		until(guest_has_it);
		assert_memory_equal(guest.data, "a page", 6);
		close(client);
		until(guest_closed);
	}
	close(server);
}

/*
 * One connection is torn down and the next one opened before the loop runs: the
 * new socket has the old one's number, and must be watched all the same.
 */
static void test_fd_reuse(void **state)
{
	struct sockaddr_in sa;
	int old;

	(void)state;
	server = loopback_socket(&sa);
	assert_int_equal(listen(server, 2), 0);
	start_guest("user", false);
	send_arp(ARPOP_REQUEST, any_mac, HOST_IP);
	until(answered);
	guest.port = 2000;
	guest.peer_port = ntohs(sa.sin_port);
	send_tcp(TH_SYN, NULL, 0);
	until(accepted);
	until(guest_established);
	old = client;
	send_tcp(TH_RST, NULL, 0);
	guest.port = 2001;
	guest.ack = 0;
	send_tcp(TH_SYN, NULL, 0);
	until(accepted);
	assert_int_equal(send(client, "a page", 6, 0), 6);
	want_len = 6;
	until(guest_has_it);
	close(old);
	close(client);
	close(server);
}

/* Noise in, nothing out that hurts. */
static void test_noise(void **state)
{
	uint8_t junk[1514];
	uint32_t seed = 1;
	int i, k;

	(void)state;
	start_guest("user", false);
	for (i = 0; i < 2000; i++) {
		for (k = 0; k < (int)sizeof(junk); k++) {
			seed = seed * 1103515245 + 12345;
			junk[k] = seed >> 16;
		}
		if (i % 2)
			memcpy(junk + 12, "\x08\x00\x45", 3);
		send_frame(junk, 60 + seed % (sizeof(junk) - 60));
	}
	send_arp(ARPOP_REQUEST, any_mac, HOST_IP);
	until(answered);
}
#endif

static uint8_t tap_frame[64];
static bool tap_seen;

static bool tap_recv(void *opaque, const void *frame, size_t len)
{
	(void)opaque;
	/* The host speaks first (IPv6, multicast): look for ours. */
	if (len >= sizeof(tap_frame) && !memcmp(frame, tap_frame, sizeof(tap_frame)))
		tap_seen = true;
	return true;
}

static bool tap_has_seen(void)
{
	return tap_seen;
}

static bool interface_up(int fd, const char *name)
{
	struct ifreq ifr = { .ifr_flags = IFF_UP };

	strcpy(ifr.ifr_name, name);
	return !ioctl(fd, SIOCSIFFLAGS, &ifr);
}

/* Needs the right to make an interface: skipped elsewhere. */
static void test_tap(void **state)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_halen = 6 };
	struct iovec v = { tap_frame, sizeof(tap_frame) };
	struct timeval patience = { .tv_sec = PATIENCE_NS / 1000000000 };
	const char *spec = "tap=embertest0";
	uint8_t buf[2048];
	struct err e;
	int fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));

	(void)state;
	net = fd >= 0 ? net_open(loop, spec, 0, &e) : NULL;
	if (!net || !interface_up(fd, "embertest0")) {
		if (fd >= 0)
			close(fd);
		skip();
	}
	assert_null(net_open(loop, spec, 0, &e));
	assert_non_null(strstr(e.msg, "in use"));

	memset(tap_frame, 0x42, sizeof(tap_frame));
	to.sll_ifindex = if_nametoindex("embertest0");
	assert_int_equal(bind(fd, (void *)&to, sizeof(to)), 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)), 0);
	net_attach(net, tap_recv, NULL);
	assert_int_equal(sendto(fd, tap_frame, sizeof(tap_frame), 0, (void *)&to, sizeof(to)),
			 sizeof(tap_frame));
	until(tap_has_seen);

	tap_frame[20] = 0x99;
	net_send(net, &v, 1);
	assert_int_equal(net->tx_dropped, 0);
	do
		assert_true(recv(fd, buf, sizeof(buf), 0) > 0);
	while (memcmp(buf, tap_frame, sizeof(tap_frame)));
	close(fd);
}

static bool no_room(void *opaque, const void *frame, size_t len)
{
	(void)opaque;
	(void)frame;
	(void)len;
	return false;
}

static bool tap_backlogged(void)
{
	return net_backlogged(net);
}

/* rtnetlink(7), RTM_DELLINK. */
static void delete_interface(unsigned int index)
{
	struct {
		struct nlmsghdr head;
		struct ifinfomsg link;
	} msg = {
		.head = { .nlmsg_len = sizeof(msg),
			  .nlmsg_type = RTM_DELLINK,
			  .nlmsg_flags = NLM_F_REQUEST },
		.link = { .ifi_index = index },
	};
	int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);

	assert_int_equal(send(fd, &msg, sizeof(msg), 0), sizeof(msg));
	close(fd);
}

static int said = -1;

static bool gave_up(void)
{
	char buf[256] = "";

	return pread(said, buf, sizeof(buf) - 1, 0) > 0 && strstr(buf, "carries nothing");
}

/* An interface that is deleted while the guest has no room: said once, not looked at for ever. */
static void test_tap_deleted(void **state)
{
	int err = dup(STDERR_FILENO);
	int fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_halen = 6 };
	struct err e;

	(void)state;
	net = fd >= 0 ? net_open(loop, "tap=embertest1", 0, &e) : NULL;
	if (!net || !interface_up(fd, "embertest1")) {
		close(err);
		if (fd >= 0)
			close(fd);
		skip();
	}
	to.sll_ifindex = if_nametoindex("embertest1");
	net_attach(net, no_room, NULL);
	assert_int_equal(sendto(fd, tap_frame, sizeof(tap_frame), 0, (void *)&to, sizeof(to)),
			 sizeof(tap_frame));
	until(tap_backlogged);

	said = memfd_create("stderr", MFD_CLOEXEC);
	dup2(said, STDERR_FILENO);
	delete_interface(to.sll_ifindex);
	until(gave_up);
	dup2(err, STDERR_FILENO);
	close(err);
	close(said);
	close(fd);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(refused),
		TEST(forward_words),
		TEST(tap),
		TEST(tap_deleted),
#ifdef HAVE_SLIRP
		TEST(mac),
		TEST(start_stop),
		TEST(detach),
		TEST(hostfwd_echo),
		TEST(hostfwd_never_blocks),
		TEST(hostfwd_taken),
		TEST(outbound),
		TEST(fd_reuse),
		TEST(noise),
#endif
	};

	return cmocka_run_group_tests_name("host-net", tests, NULL, NULL);
}
