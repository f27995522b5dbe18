// SPDX-License-Identifier: GPL-2.0
/*
 * The network device (vmm/virtio/net.c) and the backlog behind it
 * (vmm/host/net.c), with a host side that is made of notes.
 */
#include "virtio_rig.h"

#include <linux/virtio_net.h>

#include "../../vmm/host/iov.h"
#include "../../vmm/host/net.h"

enum { RX, TX };

#define HDR 12u
#define MRG VIRTIO_BIT(VIRTIO_NET_F_MRG_RXBUF)

struct net_test {
	struct rig *rig;
	struct net_backend host;
	unsigned int sent, resumed;
	uint8_t frame[NET_FRAME_MAX]; /* the last one from the guest */
	size_t len;
};

static struct net_test *to_test(struct net_backend *host)
{
	return (struct net_test *)((char *)host - offsetof(struct net_test, host));
}

static void fake_send(struct net_backend *host, const struct iovec *iov, unsigned int n)
{
	struct net_test *t = to_test(host);

	t->sent++;
	t->len = iov_copy_out(t->frame, sizeof(t->frame), iov, n);
	assert_int_equal(t->len, iov_len(iov, n));
}

static void fake_resume(struct net_backend *host)
{
	to_test(host)->resumed++;
}

static void fake_close(struct net_backend *host)
{
	(void)host;
}

static const struct net_ops fake_ops = { "fake", fake_send, fake_resume, fake_close };

static int setup(void **state)
{
	struct net_test *t = calloc(1, sizeof(*t));

	t->rig = rig_new();
	net_init(&t->host, &fake_ops, t->rig->loop);
	memcpy(t->host.mac, "\x52\x54\x00\x01\x02\x03", 6);
	rig_plug(t->rig, virtio_net_create(&t->host));
	rig_start(t->rig, MRG, 16);
	*state = t;
	return 0;
}

static int teardown(void **state)
{
	struct net_test *t = *state;

	rig_free(t->rig);
	assert_null(t->host.recv);
	net_close(&t->host);
	free(t);
	return 0;
}

/* A frame whose bytes tell where they belong. */
static const uint8_t *pattern(size_t len)
{
	static uint8_t buf[NET_FRAME_MAX + 1];
	size_t i;

	for (i = 0; i < len; i++)
		buf[i] = i * 7 + (i >> 8);
	return buf;
}

static void test_config(void **state)
{
	struct net_test *t = *state;
	struct device *dev = t->rig->dev;

	assert_int_equal(rig_read(t->rig, VIRTIO_MMIO_DEVICE_ID), 1);
	assert_true(dev->ops->mmio_read(dev, 0x100, 4) == 0x01005452);
	assert_true(dev->ops->mmio_read(dev, 0x104, 2) == 0x0302);
	assert_int_equal(dev->ops->mmio_read(dev, 0x106, 2), VIRTIO_NET_S_LINK_UP);
}

static void put_tx(struct net_test *t, size_t len)
{
	memset(rig_at(t->rig, RIG_DATA), 0, HDR);
	assert_int_equal(guestmem_write(&t->rig->mem, RIG_DATA + HDR, pattern(len), len), 0);
}

static void test_tx(void **state)
{
	struct net_test *t = *state;
	int head;

	put_tx(t, 100);
	head = RIG_ADD(t->rig, TX, { RIG_DATA, HDR + 100, false });
	rig_kick(t->rig, TX);
	assert_int_equal(t->sent, 1);
	assert_int_equal(t->len, 100);
	assert_memory_equal(t->frame, pattern(100), 100);
	assert_int_equal(rig_take(t->rig, TX, NULL), head);
	assert_int_equal(t->rig->edges, 1);

	RIG_ADD(t->rig, TX, { RIG_DATA, 5, false }, { RIG_DATA + 5, 20, false },
		{ RIG_DATA + 25, HDR + 75, false });
	rig_kick(t->rig, TX);
	assert_int_equal(t->sent, 2);
	assert_int_equal(t->len, 100);
	assert_memory_equal(t->frame, pattern(100), 100);
}

/* Not a frame, or one that wants what was not agreed: gone, and the queue goes on. */
static void test_tx_dropped(void **state)
{
	struct net_test *t = *state;

	put_tx(t, 60);
	RIG_ADD(t->rig, TX, { RIG_DATA, HDR, false });
	RIG_ADD(t->rig, TX, { RIG_DATA, HDR + 13, false });
	RIG_ADD(t->rig, TX, { RIG_DATA, HDR + NET_FRAME_MAX + 1, false });
	rig_kick(t->rig, TX);
	*(uint8_t *)rig_at(t->rig, RIG_DATA) = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	RIG_ADD(t->rig, TX, { RIG_DATA, HDR + 60, false });
	rig_kick(t->rig, TX);
	*(uint16_t *)rig_at(t->rig, RIG_DATA) = VIRTIO_NET_HDR_GSO_TCPV4 << 8;
	RIG_ADD(t->rig, TX, { RIG_DATA, HDR + 60, false });
	rig_kick(t->rig, TX);
	assert_int_equal(t->sent, 0);
	assert_int_equal(rig_used_idx(t->rig, TX), 5);
	put_tx(t, NET_FRAME_MAX);
	RIG_ADD(t->rig, TX, { RIG_DATA, HDR + NET_FRAME_MAX, false });
	rig_kick(t->rig, TX);
	assert_int_equal(t->sent, 1);
}

static void test_tx_no_header(void **state)
{
	struct net_test *t = *state;

	RIG_ADD(t->rig, TX, { RIG_DATA, HDR - 1, false });
	rig_kick(t->rig, TX);
	assert_true(rig_needs_reset(t->rig));
	assert_int_equal(t->sent, 0);
}

static void check_rx(struct net_test *t, uint64_t gpa, size_t off, size_t len)
{
	assert_memory_equal(rig_at(t->rig, gpa), pattern(off + len) + off, len);
}

static unsigned int num_buffers(struct net_test *t, uint64_t gpa)
{
	struct virtio_net_hdr_v1 hdr;

	assert_int_equal(guestmem_read(&t->rig->mem, gpa, &hdr, sizeof(hdr)), 0);
	assert_int_equal(hdr.flags | hdr.gso_type | hdr.hdr_len | hdr.gso_size, 0);
	return le16toh(hdr.num_buffers);
}

static void test_rx(void **state)
{
	struct net_test *t = *state;
	uint32_t written;
	int head;

	memset(rig_at(t->rig, RIG_DATA), 0xff, HDR);
	head = RIG_ADD(t->rig, RX, { RIG_DATA, 1526, true });
	net_deliver(&t->host, pattern(100), 100);
	assert_int_equal(rig_take(t->rig, RX, &written), head);
	assert_int_equal(written, HDR + 100);
	assert_int_equal(num_buffers(t, RIG_DATA), 1);
	check_rx(t, RIG_DATA + HDR, 0, 100);
	assert_int_equal(t->rig->edges, 1);
}

/* The header may be in pieces, the frame over buffers of odd sizes. */
static void test_rx_merged(void **state)
{
	struct net_test *t = *state;
	uint32_t written;

	RIG_ADD(t->rig, RX, { RIG_DATA, 5, true }, { RIG_DATA + 5, 1, true },
		{ RIG_DATA + 6, 10, true });
	RIG_ADD(t->rig, RX, { RIG_DATA + 0x1000, 33, true });
	RIG_ADD(t->rig, RX, { RIG_DATA + 0x2000, 1, true }, { RIG_DATA + 0x2001, 200, true });
	RIG_ADD(t->rig, RX, { RIG_DATA + 0x3000, 64, true });
	net_deliver(&t->host, pattern(100), 100);
	assert_int_equal(rig_take(t->rig, RX, &written), 0);
	assert_int_equal(written, 16);
	assert_int_equal(rig_take(t->rig, RX, &written), 3);
	assert_int_equal(written, 33);
	assert_int_equal(rig_take(t->rig, RX, &written), 4);
	assert_int_equal(written, 63);
	assert_int_equal(rig_take(t->rig, RX, &written), -1);
	assert_int_equal(num_buffers(t, RIG_DATA), 3);
	check_rx(t, RIG_DATA + HDR, 0, 4);
	check_rx(t, RIG_DATA + 0x1000, 4, 33);
	check_rx(t, RIG_DATA + 0x2000, 37, 63);
	assert_int_equal(t->rig->edges, 1);
}

/* Without MRG_RXBUF a frame that does not fit is lost, its buffer is not. */
static void test_rx_too_large(void **state)
{
	struct net_test *t = *state;
	uint32_t written;

	rig_start(t->rig, 0, 16);
	RIG_ADD(t->rig, RX, { RIG_DATA, 64, true });
	RIG_ADD(t->rig, RX, { RIG_DATA + 0x100, 64, true });
	net_deliver(&t->host, pattern(53), 53);
	assert_int_equal(rig_take(t->rig, RX, NULL), -1);
	assert_false(net_backlogged(&t->host));
	net_deliver(&t->host, pattern(52), 52);
	assert_int_equal(rig_take(t->rig, RX, &written), 0);
	assert_int_equal(written, 64);
	assert_int_equal(num_buffers(t, RIG_DATA), 1);
}

/* A guest that is slow gets its frames later, in order, and the host is told to go on. */
static void test_rx_backlog(void **state)
{
	struct net_test *t = *state;
	unsigned int i, resumed;

	for (i = 0; i < 3; i++)
		net_deliver(&t->host, pattern(100 + i), 100 + i);
	assert_int_equal(t->host.backlog_len, 3);
	resumed = t->resumed;
	for (i = 0; i < 2; i++)
		RIG_ADD(t->rig, RX, { RIG_DATA + 0x1000 * i, 1526, true });
	/* There is room now, but others were first. */
	net_deliver(&t->host, pattern(103), 103);
	assert_int_equal(t->host.backlog_len, 4);
	rig_kick(t->rig, RX);
	assert_int_equal(t->host.backlog_len, 2);
	assert_int_equal(t->resumed, resumed);
	RIG_ADD(t->rig, RX, { RIG_DATA + 0x2000, 1526, true });
	RIG_ADD(t->rig, RX, { RIG_DATA + 0x3000, 1526, true });
	rig_kick(t->rig, RX);
	assert_int_equal(t->resumed, resumed + 1);
	for (i = 0; i < 4; i++) {
		uint32_t written;

		assert_true(rig_take(t->rig, RX, &written) >= 0);
		assert_int_equal(written, HDR + 100 + i);
	}
}

/* Half of a frame's buffers are there: none is used until all are. */
static void test_rx_partial(void **state)
{
	struct net_test *t = *state;

	RIG_ADD(t->rig, RX, { RIG_DATA, 64, true });
	net_deliver(&t->host, pattern(100), 100);
	assert_int_equal(rig_take(t->rig, RX, NULL), -1);
	RIG_ADD(t->rig, RX, { RIG_DATA + 0x1000, 64, true });
	rig_kick(t->rig, RX);
	assert_int_equal(rig_take(t->rig, RX, NULL), 0);
	assert_int_equal(rig_take(t->rig, RX, NULL), 1);
	check_rx(t, RIG_DATA + HDR, 0, 52);
	check_rx(t, RIG_DATA + 0x1000, 52, 48);
}

/*
 * The same with EVENT_IDX: the driver kicks for what comes after the buffers
 * that were seen to be too few.  An older wish would never be granted.
 */
static void test_rx_partial_event_idx(void **state)
{
	struct net_test *t = *state;
	uint16_t *avail_event;

	rig_start(t->rig, MRG | VIRTIO_BIT(VIRTIO_RING_F_EVENT_IDX), 16);
	avail_event = (uint16_t *)&t->rig->q[RX].used->ring[16];
	RIG_ADD(t->rig, RX, { RIG_DATA, 64, true });
	net_deliver(&t->host, pattern(100), 100);
	assert_int_equal(le16toh(*avail_event), 1);
	assert_true(vring_need_event(le16toh(*avail_event), 2, 1));
	RIG_ADD(t->rig, RX, { RIG_DATA + 0x1000, 64, true });
	rig_kick(t->rig, RX);
	assert_int_equal(rig_used_idx(t->rig, RX), 2);
}

/* Out of buffers, the driver is asked to say when there are more (EVENT_IDX). */
static void test_rx_asks_for_kick(void **state)
{
	struct net_test *t = *state;
	uint16_t *avail_event;

	rig_start(t->rig, MRG | VIRTIO_BIT(VIRTIO_RING_F_EVENT_IDX), 16);
	avail_event = (uint16_t *)&t->rig->q[RX].used->ring[16];
	RIG_ADD(t->rig, RX, { RIG_DATA, 1526, true });
	net_deliver(&t->host, pattern(100), 100);
	assert_int_equal(le16toh(*avail_event), 0);
	net_deliver(&t->host, pattern(100), 100);
	assert_int_equal(le16toh(*avail_event), 1);
}

static void test_backlog_is_bounded(void **state)
{
	struct net_test *t = *state;
	unsigned int i;

	for (i = 0; i < NET_BACKLOG_MAX + 5; i++)
		net_deliver(&t->host, pattern(60), 60);
	assert_int_equal(t->host.backlog_len, NET_BACKLOG_MAX);
	assert_int_equal(t->host.dropped, 5);
}

static void test_bad_frames(void **state)
{
	struct net_test *t = *state;

	net_deliver(&t->host, pattern(13), 13);
	net_deliver(&t->host, pattern(NET_FRAME_MAX + 1), NET_FRAME_MAX + 1);
	assert_int_equal(t->host.dropped, 2);
	assert_int_equal(t->host.backlog_len, 0);
}

/* Nobody listens: lost, not kept for a driver that comes up in a minute. */
static void test_not_up(void **state)
{
	struct net_test *t = *state;

	rig_write(t->rig, VIRTIO_MMIO_STATUS, 0);
	net_deliver(&t->host, pattern(60), 60);
	assert_false(net_backlogged(&t->host));
}

static void test_rx_hostile(void **state)
{
	struct net_test *t = *state;
	const struct {
		uint64_t gpa;
		uint32_t len;
		bool in;
	} bad[] = {
		{ RIG_DATA, HDR - 1, true },
		{ RIG_DATA, 1526, false },
		{ RIG_DATA, 0, true },
		{ RIG_BASE, 1526, true },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		rig_start(t->rig, MRG, 16);
		RIG_ADD(t->rig, RX, { bad[i].gpa, bad[i].len, bad[i].in });
		net_deliver(&t->host, pattern(60), 60);
		assert_true(rig_needs_reset(t->rig));
		assert_false(net_backlogged(&t->host));
		/* Also while the frame waits. */
		rig_start(t->rig, MRG, 16);
		net_deliver(&t->host, pattern(60), 60);
		RIG_ADD(t->rig, RX, { bad[i].gpa, bad[i].len, bad[i].in });
		rig_kick(t->rig, RX);
		assert_true(rig_needs_reset(t->rig));
	}
	/* The second of two merged buffers is the bad one. */
	rig_start(t->rig, MRG, 16);
	RIG_ADD(t->rig, RX, { RIG_DATA, 20, true });
	RIG_ADD(t->rig, RX, { RIG_DATA, 20, false });
	net_deliver(&t->host, pattern(60), 60);
	assert_true(rig_needs_reset(t->rig));
	assert_int_equal(rig_used_idx(t->rig, RX), 0);
}

static void test_largest(void **state)
{
	struct net_test *t = *state;
	unsigned int i;

	rig_start(t->rig, MRG, 64);
	for (i = 0; i < 43; i++)
		RIG_ADD(t->rig, RX, { RIG_DATA + 0x800 * i, 1526, true });
	net_deliver(&t->host, pattern(NET_FRAME_MAX), NET_FRAME_MAX);
	assert_int_equal(rig_used_idx(t->rig, RX), 43);
	assert_int_equal(num_buffers(t, RIG_DATA), 43);
	check_rx(t, RIG_DATA + HDR, 0, 1514);
	check_rx(t, RIG_DATA + 0x800, 1514, 1526);
}

static void test_state(void **state)
{
	struct net_test *t = *state;

	RIG_ADD(t->rig, RX, { RIG_DATA, 1526, true });
	net_deliver(&t->host, pattern(60), 60);
	rig_check_state(t->rig);
	RIG_ADD(t->rig, RX, { RIG_DATA, 1526, true });
	net_deliver(&t->host, pattern(60), 60);
	assert_int_equal(rig_used_idx(t->rig, RX), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(config),
		TEST(tx),
		TEST(tx_dropped),
		TEST(tx_no_header),
		TEST(rx),
		TEST(rx_merged),
		TEST(rx_too_large),
		TEST(rx_backlog),
		TEST(rx_partial),
		TEST(rx_partial_event_idx),
		TEST(rx_asks_for_kick),
		TEST(backlog_is_bounded),
		TEST(bad_frames),
		TEST(not_up),
		TEST(rx_hostile),
		TEST(largest),
		TEST(state),
	};

	return cmocka_run_group_tests_name("virtio-net", tests, NULL, NULL);
}
