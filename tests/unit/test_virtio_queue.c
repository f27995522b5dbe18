// SPDX-License-Identifier: GPL-2.0
/*
 * Virtqueues (vmm/virtio/queue.c) against drivers that behave and drivers that
 * don't: each fault by name, then rings of random bytes.
 */
#include "virtio_rig.h"

#define NUM 16u
#define ALL (VIRTIO_BIT(VIRTIO_RING_F_INDIRECT_DESC) | VIRTIO_BIT(VIRTIO_RING_F_EVENT_IDX))
#define INDIRECT_TABLE (RIG_DATA + 0x8000)

/* A device that does nothing by itself: the tests pop. */
static unsigned int notified;

static void probe_notify(struct virtio_dev *vdev, unsigned int q)
{
	(void)vdev;
	(void)q;
	notified++;
}

static void probe_destroy(struct virtio_dev *vdev)
{
	free(vdev);
}

static const struct state_field probe_state[] = { VIRTIO_STATE, VIRTIO_STATE_QUEUE(0), { 0 } };

static const struct virtio_ops probe_ops = {
	.name = "virtio-probe",
	.device_id = 63,
	.nr_queues = 1,
	.queue_max = 256,
	.notify = probe_notify,
	.destroy = probe_destroy,
	.state = probe_state,
};

static int setup(void **state)
{
	struct virtio_dev *vdev = calloc(1, sizeof(*vdev));
	struct rig *rig = rig_new();

	virtio_init(vdev, &probe_ops, 0, NULL, 0);
	rig_plug(rig, vdev);
	rig_start(rig, ALL, NUM);
	notified = 0;
	*state = rig;
	return 0;
}

static int teardown(void **state)
{
	rig_free(*state);
	return 0;
}

static struct virtqueue *queue(struct rig *rig)
{
	return &rig_vdev(rig)->queue[0];
}

static void test_chain(void **state)
{
	struct rig *rig = *state;
	struct virtq_chain c;
	uint32_t written;
	int head;

	assert_int_equal(virtq_pop(queue(rig), &c), 0);
	head = RIG_ADD(rig, 0, { RIG_DATA, 16, false }, { RIG_DATA + 64, 32, false },
		       { RIG_DATA + 128, 0, false }, { RIG_DATA + 256, 8, true });
	assert_int_equal(virtq_pop(queue(rig), &c), 1);
	assert_int_equal(c.head, head);
	assert_int_equal(c.out_n, 2);
	assert_int_equal(c.out_len, 48);
	assert_int_equal(c.in_n, 1);
	assert_int_equal(c.in_len, 8);
	assert_ptr_equal(c.iov[1].iov_base, rig_at(rig, RIG_DATA + 64));
	assert_ptr_equal(c.iov[2].iov_base, rig_at(rig, RIG_DATA + 256));
	assert_int_equal(virtq_pop(queue(rig), &c), 0);

	virtq_push(queue(rig), head, 5);
	assert_int_equal(rig_take(rig, 0, &written), head);
	assert_int_equal(written, 5);
}

static void test_unpop(void **state)
{
	struct rig *rig = *state;
	struct virtq_chain c;
	int first = RIG_ADD(rig, 0, { RIG_DATA, 1, false });
	int second = RIG_ADD(rig, 0, { RIG_DATA, 2, false });

	assert_int_equal(virtq_pop(queue(rig), &c), 1);
	assert_int_equal(virtq_pop(queue(rig), &c), 1);
	assert_int_equal(c.head, second);
	virtq_unpop(queue(rig), 2);
	assert_int_equal(virtq_pop(queue(rig), &c), 1);
	assert_int_equal(c.head, first);
}

/* Several buffers given back at once become visible at once. */
static void test_fill_flush(void **state)
{
	struct rig *rig = *state;

	virtq_fill(queue(rig), 3, 30, 0);
	virtq_fill(queue(rig), 4, 40, 1);
	assert_int_equal(rig_used_idx(rig, 0), 0);
	virtq_flush(queue(rig), 2);
	assert_int_equal(rig_take(rig, 0, NULL), 3);
	assert_int_equal(rig_take(rig, 0, NULL), 4);
}

/* The free-running indices pass 65535, and the ring its end, many times. */
static void test_wrap(void **state)
{
	struct rig *rig = *state;
	struct virtq_chain c;
	unsigned int i;

	for (i = 0; i < 3 * 65536 + 5; i++) {
		int head = RIG_ADD(rig, 0, { RIG_DATA, 1 + i % 7, false });

		assert_int_equal(virtq_pop(queue(rig), &c), 1);
		assert_int_equal(c.out_len, 1 + i % 7);
		virtq_push(queue(rig), c.head, 0);
		assert_int_equal(rig_take(rig, 0, NULL), head);
	}
	assert_false(rig_needs_reset(rig));
}

static void indirect(struct rig *rig, uint64_t table, uint32_t len, uint16_t flags)
{
	rig_desc(&rig->q[0].desc[0], table, len, flags | VRING_DESC_F_INDIRECT, 1);
	rig_publish(rig, 0, 0);
}

static void test_indirect(void **state)
{
	struct rig *rig = *state;
	struct vring_desc *t = rig_at(rig, INDIRECT_TABLE);
	struct virtq_chain c;

	rig_desc(&t[0], RIG_DATA, 10, VRING_DESC_F_NEXT, 2);
	rig_desc(&t[2], RIG_DATA + 16, 20, VRING_DESC_F_WRITE, 0);
	indirect(rig, INDIRECT_TABLE, 48, 0);
	assert_int_equal(virtq_pop(queue(rig), &c), 1);
	assert_int_equal(c.out_len, 10);
	assert_int_equal(c.in_len, 20);

	/* At an odd address, and behind a direct descriptor (section 2.6.5.3). */
	memmove(rig_at(rig, INDIRECT_TABLE + 3), t, 48);
	rig_desc(&rig->q[0].desc[1], RIG_DATA, 4, VRING_DESC_F_NEXT, 0);
	indirect(rig, INDIRECT_TABLE + 3, 48, VRING_DESC_F_WRITE);
	rig->q[0].avail->ring[1] = htole16(1);
	assert_int_equal(virtq_pop(queue(rig), &c), 1);
	assert_int_equal(c.out_len, 14);
	assert_int_equal(c.in_len, 20);
}

/* Suppression, both ways of telling (sections 2.6.7 and 2.6.10). */
static unsigned int interrupts_for(struct rig *rig, unsigned int pushes)
{
	unsigned int before = rig->edges;

	while (pushes--)
		virtq_push(queue(rig), 0, 0);
	virtq_interrupt(queue(rig));
	return rig->edges - before;
}

static void test_interrupt_event_idx(void **state)
{
	struct rig *rig = *state;
	uint16_t *used_event = &rig->q[0].avail->ring[NUM];

	assert_int_equal(interrupts_for(rig, 0), 0);
	assert_int_equal(interrupts_for(rig, 1), 1);
	assert_int_equal(interrupts_for(rig, 1), 0);
	*used_event = htole16(4);
	assert_int_equal(interrupts_for(rig, 2), 0);
	assert_int_equal(interrupts_for(rig, 1), 1);
	*used_event = htole16(6);
	assert_int_equal(interrupts_for(rig, 5), 1);
	assert_int_equal(interrupts_for(rig, 0), 0);
	/* The flag is not looked at. */
	rig->q[0].avail->flags = htole16(VRING_AVAIL_F_NO_INTERRUPT);
	*used_event = htole16(10);
	assert_int_equal(interrupts_for(rig, 1), 1);
}

static void test_interrupt_flag(void **state)
{
	struct rig *rig = *state;

	rig_start(rig, 0, NUM);
	assert_int_equal(interrupts_for(rig, 1), 1);
	rig->q[0].avail->flags = htole16(VRING_AVAIL_F_NO_INTERRUPT);
	assert_int_equal(interrupts_for(rig, 1), 0);
	rig->q[0].avail->flags = 0;
	assert_int_equal(interrupts_for(rig, 1), 1);
	assert_int_equal(interrupts_for(rig, 0), 0);
}

static void test_kick_event_idx(void **state)
{
	struct rig *rig = *state;
	uint16_t *avail_event = (uint16_t *)&rig->q[0].used->ring[NUM];
	struct virtq_chain c;

	RIG_ADD(rig, 0, { RIG_DATA, 1, false });
	assert_true(virtq_kick_on(queue(rig)));
	assert_int_equal(virtq_pop(queue(rig), &c), 1);
	assert_int_equal(le16toh(*avail_event), 0);
	assert_false(virtq_kick_on(queue(rig)));
	assert_int_equal(le16toh(*avail_event), 1);
}

static void test_kick_flag(void **state)
{
	struct rig *rig = *state;

	rig_start(rig, 0, NUM);
	virtq_kick_off(queue(rig));
	assert_int_equal(le16toh(rig->q[0].used->flags), VRING_USED_F_NO_NOTIFY);
	assert_false(virtq_kick_on(queue(rig)));
	assert_int_equal(le16toh(rig->q[0].used->flags), 0);
	RIG_ADD(rig, 0, { RIG_DATA, 1, false });
	assert_true(virtq_kick_on(queue(rig)));
}

/* A driver that never stops adding gets a queue's length, then others have their turn. */
static struct rig *endless_rig;
static unsigned int endless_served;

static bool endless(struct virtqueue *q, struct virtq_chain *c)
{
	virtq_push(q, c->head, 0);
	endless_served++;
	rig_publish(endless_rig, 0, c->head);
	return true;
}

static bool was_notified(struct rig *rig)
{
	(void)rig;
	return notified != 0;
}

static void test_serve_is_fair(void **state)
{
	endless_rig = *state;
	endless_served = 0;
	RIG_ADD(endless_rig, 0, { RIG_DATA, 1, false });
	virtq_serve(queue(endless_rig), endless);
	assert_int_equal(endless_served, NUM);
	assert_int_equal(notified, 0);
	rig_until(endless_rig, was_notified);
}

static bool not_now(struct virtqueue *q, struct virtq_chain *c)
{
	(void)q;
	(void)c;
	return false;
}

static void test_serve_not_now(void **state)
{
	struct rig *rig = *state;
	struct virtq_chain c;
	int head = RIG_ADD(rig, 0, { RIG_DATA, 1, false });

	virtq_serve(queue(rig), not_now);
	assert_int_equal(virtq_pop(queue(rig), &c), 1);
	assert_int_equal(c.head, head);
}

/* What a driver must not do, one row a way to do it. */
static void bad_avail_jump(struct rig *rig)
{
	rig->q[0].avail->idx = htole16(NUM + 1);
}

static void bad_avail_back(struct rig *rig)
{
	rig->q[0].avail->idx = htole16(0xffff);
}

static void bad_head(struct rig *rig)
{
	rig_publish(rig, 0, NUM);
}

static void bad_head_max(struct rig *rig)
{
	rig_publish(rig, 0, 0xffff);
}

static void one_desc(struct rig *rig, uint64_t addr, uint32_t len, uint16_t flags, uint16_t next)
{
	rig_desc(&rig->q[0].desc[0], addr, len, flags, next);
	rig_publish(rig, 0, 0);
}

static void bad_next(struct rig *rig)
{
	one_desc(rig, RIG_DATA, 1, VRING_DESC_F_NEXT, NUM);
}

static void bad_loop_self(struct rig *rig)
{
	one_desc(rig, RIG_DATA, 1, VRING_DESC_F_NEXT, 0);
}

static void bad_loop_long(struct rig *rig)
{
	unsigned int i;

	for (i = 0; i < NUM; i++)
		rig_desc(&rig->q[0].desc[i], RIG_DATA, 1, VRING_DESC_F_NEXT, (i + 1) % NUM);
	rig_publish(rig, 0, 5);
}

static void bad_below_ram(struct rig *rig)
{
	one_desc(rig, RIG_RAM - 1, 2, 0, 0);
}

static void bad_past_ram(struct rig *rig)
{
	one_desc(rig, RIG_RAM + RIG_RAM_SIZE - 4, 5, VRING_DESC_F_WRITE, 0);
}

static void bad_wrapping(struct rig *rig)
{
	one_desc(rig, UINT64_MAX - 3, 16, 0, 0);
}

static void bad_device_memory(struct rig *rig)
{
	one_desc(rig, RIG_BASE, 4, VRING_DESC_F_WRITE, 0);
}

static void bad_huge(struct rig *rig)
{
	one_desc(rig, RIG_DATA, UINT32_MAX, 0, 0);
}

static void bad_empty_outside(struct rig *rig)
{
	one_desc(rig, 0, 0, 0, 0);
}

static void bad_order(struct rig *rig)
{
	RIG_ADD(rig, 0, { RIG_DATA, 1, true }, { RIG_DATA, 1, false });
}

static void bad_not_negotiated(struct rig *rig)
{
	rig_start(rig, 0, NUM);
	indirect(rig, INDIRECT_TABLE, 16, 0);
}

static void bad_nested(struct rig *rig)
{
	rig_desc(rig_at(rig, INDIRECT_TABLE), INDIRECT_TABLE, 16, VRING_DESC_F_INDIRECT, 0);
	indirect(rig, INDIRECT_TABLE, 16, 0);
}

static void bad_indirect_next(struct rig *rig)
{
	indirect(rig, INDIRECT_TABLE, 16, VRING_DESC_F_NEXT);
}

static void bad_indirect_empty(struct rig *rig)
{
	indirect(rig, INDIRECT_TABLE, 0, 0);
}

static void bad_indirect_odd(struct rig *rig)
{
	indirect(rig, INDIRECT_TABLE, 24, 0);
}

static void bad_indirect_long(struct rig *rig)
{
	indirect(rig, INDIRECT_TABLE, 16 * (VIRTQ_SEGS_MAX + 1), 0);
}

static void bad_indirect_huge(struct rig *rig)
{
	indirect(rig, INDIRECT_TABLE, 0xfffffff0, 0);
}

static void bad_indirect_where(struct rig *rig)
{
	indirect(rig, RIG_RAM + RIG_RAM_SIZE - 16, 32, 0);
}

static void bad_indirect_range(struct rig *rig)
{
	rig_desc(rig_at(rig, INDIRECT_TABLE), RIG_DATA, 1, VRING_DESC_F_NEXT, 1);
	indirect(rig, INDIRECT_TABLE, 16, 0);
}

static void bad_indirect_loop(struct rig *rig)
{
	rig_desc(rig_at(rig, INDIRECT_TABLE), RIG_DATA, 1, VRING_DESC_F_NEXT, 0);
	indirect(rig, INDIRECT_TABLE, 16, 0);
}

static void full_table(struct rig *rig, uint32_t len)
{
	struct vring_desc *t = rig_at(rig, INDIRECT_TABLE);
	unsigned int i;

	for (i = 0; i < VIRTQ_SEGS_MAX; i++)
		rig_desc(&t[i], RIG_DATA, len, i + 1 < VIRTQ_SEGS_MAX ? VRING_DESC_F_NEXT : 0,
			 i + 1);
}

/* A full indirect table behind one more segment. */
static void bad_segments(struct rig *rig)
{
	full_table(rig, 1);
	rig_desc(&rig->q[0].desc[1], RIG_DATA, 4, VRING_DESC_F_NEXT, 0);
	indirect(rig, INDIRECT_TABLE, 16 * VIRTQ_SEGS_MAX, 0);
	rig->q[0].avail->ring[0] = htole16(1);
}

static const struct bad {
	const char *what;
	void (*make)(struct rig *rig);
	enum virtq_fault fault;
} bads[] = {
	{ "avail index jumps", bad_avail_jump, VIRTQ_AVAIL_JUMP },
	{ "avail index goes back", bad_avail_back, VIRTQ_AVAIL_JUMP },
	{ "head is one too many", bad_head, VIRTQ_BAD_HEAD },
	{ "head is 65535", bad_head_max, VIRTQ_BAD_HEAD },
	{ "next is one too many", bad_next, VIRTQ_BAD_NEXT },
	{ "descriptor follows itself", bad_loop_self, VIRTQ_LOOP },
	{ "loop over the whole table", bad_loop_long, VIRTQ_LOOP },
	{ "buffer starts below RAM", bad_below_ram, VIRTQ_BAD_BUFFER },
	{ "buffer ends past RAM", bad_past_ram, VIRTQ_BAD_BUFFER },
	{ "buffer wraps around", bad_wrapping, VIRTQ_BAD_BUFFER },
	{ "buffer is a device", bad_device_memory, VIRTQ_BAD_BUFFER },
	{ "buffer of 4 GiB - 1", bad_huge, VIRTQ_BAD_BUFFER },
	{ "empty buffer outside RAM", bad_empty_outside, VIRTQ_BAD_BUFFER },
	{ "readable after writable", bad_order, VIRTQ_BAD_ORDER },
	{ "indirect not negotiated", bad_not_negotiated, VIRTQ_NO_INDIRECT },
	{ "indirect in indirect", bad_nested, VIRTQ_NESTED },
	{ "indirect with next", bad_indirect_next, VIRTQ_INDIRECT_NEXT },
	{ "indirect of 0 bytes", bad_indirect_empty, VIRTQ_INDIRECT_SIZE },
	{ "indirect of 24 bytes", bad_indirect_odd, VIRTQ_INDIRECT_SIZE },
	{ "indirect of 257 entries", bad_indirect_long, VIRTQ_INDIRECT_SIZE },
	{ "indirect of 4 GiB", bad_indirect_huge, VIRTQ_INDIRECT_SIZE },
	{ "indirect past RAM", bad_indirect_where, VIRTQ_BAD_BUFFER },
	{ "next out of the indirect table", bad_indirect_range, VIRTQ_BAD_NEXT },
	{ "loop in the indirect table", bad_indirect_loop, VIRTQ_LOOP },
	{ "257 segments", bad_segments, VIRTQ_TOO_LONG },
};

/* Stopped, told, once; dead until reset, then as new. */
static void check_stopped(struct rig *rig, const struct bad *bad)
{
	struct virtio_dev *vdev = rig_vdev(rig);
	unsigned int edges = rig->edges;
	uint64_t faults = vdev->faults;
	struct virtq_chain c;

	assert_int_equal(virtq_pop(queue(rig), &c), 0);
	if (!rig_needs_reset(rig))
		fail_msg("%s: not noticed", bad->what);
	if (vdev->fault != virtq_fault_text(bad->fault))
		fail_msg("%s: %s", bad->what, vdev->fault);
	assert_int_equal(vdev->faults, faults + 1);
	assert_int_equal(rig->edges, edges + 1);
	assert_int_equal(rig_read(rig, VIRTIO_MMIO_INTERRUPT_STATUS), VIRTIO_MMIO_INT_CONFIG);

	assert_int_equal(virtq_pop(queue(rig), &c), 0);
	virtq_push(queue(rig), 0, 0);
	virtq_interrupt(queue(rig));
	assert_int_equal(rig_used_idx(rig, 0), 0);
	assert_int_equal(vdev->faults, faults + 1);
	assert_int_equal(rig->edges, edges + 1);
}

static void test_faults(void **state)
{
	struct rig *rig = *state;
	struct virtq_chain c;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bads); i++) {
		rig_start(rig, ALL, NUM);
		bads[i].make(rig);
		check_stopped(rig, &bads[i]);
		rig_start(rig, ALL, NUM);
		RIG_ADD(rig, 0, { RIG_DATA, 1, false });
		assert_int_equal(virtq_pop(queue(rig), &c), 1);
	}
}

/* More bytes than used->len can tell of: needs more RAM than the other tests have. */
static void test_too_many_bytes(void **state)
{
	struct rig *rig = *state;
	struct virtq_chain c;

	assert_int_equal(guestmem_add(&rig->mem, UINT64_C(0x80000000), 64u << 20), 0);
	full_table(rig, 0);
	for (unsigned int i = 0; i < VIRTQ_SEGS_MAX; i++) {
		struct vring_desc *d = rig_at(rig, INDIRECT_TABLE + 16 * i);

		d->addr = htole64(UINT64_C(0x80000000));
		d->len = htole32(64u << 20);
	}
	indirect(rig, INDIRECT_TABLE, 16 * VIRTQ_SEGS_MAX, 0);
	assert_int_equal(virtq_pop(queue(rig), &c), 0);
	assert_ptr_equal(rig_vdev(rig)->fault, virtq_fault_text(VIRTQ_TOO_LONG));
}

static const struct bad_setup {
	unsigned int num;
	uint64_t desc, avail, used;
	enum virtq_fault fault;
} bad_setups[] = {
	{ 0, RIG_DESC(0), RIG_AVAIL(0), RIG_USED(0), VIRTQ_BAD_SIZE },
	{ 3, RIG_DESC(0), RIG_AVAIL(0), RIG_USED(0), VIRTQ_BAD_SIZE },
	{ 512, RIG_DESC(0), RIG_AVAIL(0), RIG_USED(0), VIRTQ_BAD_SIZE },
	{ 0x80000000, RIG_DESC(0), RIG_AVAIL(0), RIG_USED(0), VIRTQ_BAD_SIZE },
	{ 16, RIG_DESC(0) + 8, RIG_AVAIL(0), RIG_USED(0), VIRTQ_BAD_RING },
	{ 16, RIG_DESC(0), RIG_AVAIL(0) + 1, RIG_USED(0), VIRTQ_BAD_RING },
	{ 16, RIG_DESC(0), RIG_AVAIL(0), RIG_USED(0) + 2, VIRTQ_BAD_RING },
	{ 16, 0, RIG_AVAIL(0), RIG_USED(0), VIRTQ_BAD_RING },
	{ 16, RIG_DESC(0), RIG_RAM + RIG_RAM_SIZE - 36, RIG_USED(0), VIRTQ_BAD_RING },
	{ 16, RIG_DESC(0), RIG_AVAIL(0), RIG_RAM + RIG_RAM_SIZE - 132, VIRTQ_BAD_RING },
	{ 16, UINT64_MAX - 15, RIG_AVAIL(0), RIG_USED(0), VIRTQ_BAD_RING },
};

static void test_bad_setup(void **state)
{
	struct rig *rig = *state;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad_setups); i++) {
		const struct bad_setup *b = &bad_setups[i];

		rig_negotiate(rig, ALL | VIRTIO_BIT(VIRTIO_F_VERSION_1));
		rig_ring_regs(rig, 0, b->num, b->desc, b->avail, b->used);
		assert_int_equal(rig_read(rig, VIRTIO_MMIO_QUEUE_READY), 0);
		assert_true(rig_needs_reset(rig));
		assert_ptr_equal(rig_vdev(rig)->fault, virtq_fault_text(b->fault));
		rig_driver_ok(rig);
		assert_false(virtio_live(rig_vdev(rig)));
	}
}

/* Random rings: a generator of its own, so that every machine sees the same ones. */
static uint32_t seed;

static uint32_t rnd(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % below;
}

static uint64_t random_addr(void)
{
	switch (rnd(16)) {
	case 0:
		return (uint64_t)rnd(UINT32_MAX) << 32 | rnd(UINT32_MAX);
	case 1:
		return RIG_RAM + RIG_RAM_SIZE - rnd(64);
	default:
		return RIG_RAM + rnd(RIG_RAM_SIZE - 4096);
	}
}

static void random_desc(struct vring_desc *d)
{
	static const uint16_t flags[] = { 0, 0, 1, 1, 1, 2, 3, 3, 4, 4, 5, 6, 7, 0xffff };
	uint16_t f = flags[rnd(14)];
	bool table = f & VRING_DESC_F_INDIRECT;

	rig_desc(d, table && rnd(8) ? INDIRECT_TABLE : random_addr(),
		 rnd(32) ? 16 * rnd(8) : rnd(UINT32_MAX), f, rnd(24) ? rnd(NUM) : rnd(65536));
}

static void random_ring(struct rig *rig)
{
	struct vring_desc *t = rig_at(rig, INDIRECT_TABLE);
	struct rig_queue *q = &rig->q[0];
	unsigned int i;

	for (i = 0; i < NUM; i++) {
		random_desc(&q->desc[i]);
		random_desc(&t[i]);
		q->avail->ring[i] = htole16(rnd(64) ? rnd(NUM) : rnd(65536));
	}
	q->avail->flags = rnd(2);
	q->avail->ring[NUM] = rnd(65536);
	q->avail->idx = htole16(le16toh(q->avail->idx) + (rnd(64) ? rnd(NUM + 1) : rnd(65536)));
}

static void check_chain(struct rig *rig, const struct virtq_chain *c)
{
	uint8_t *ram = rig_at(rig, RIG_RAM);
	uint64_t len = 0;
	unsigned int i;

	assert_true(c->head < NUM);
	assert_true(c->out_n + c->in_n <= VIRTQ_SEGS_MAX);
	for (i = 0; i < c->out_n + c->in_n; i++) {
		uint8_t *p = c->iov[i].iov_base;

		assert_true(p >= ram && c->iov[i].iov_len &&
			    c->iov[i].iov_len <= (size_t)(ram + RIG_RAM_SIZE - p));
		len += c->iov[i].iov_len;
	}
	assert_true(len == (uint64_t)c->out_len + c->in_len);
}

static void test_random(void **state)
{
	unsigned int i, chains = 0, seen[VIRTQ_NR_FAULTS] = { 0 };
	struct rig *rig = *state;
	struct virtq_chain c;

	seed = 20240917;
	for (i = 0; i < 120000; i++) {
		if (rig_needs_reset(rig) || !rnd(64))
			rig_start(rig, rnd(16) ? ALL : 0, NUM);
		random_ring(rig);
		while (virtq_pop(queue(rig), &c)) {
			check_chain(rig, &c);
			chains++;
			virtq_push(queue(rig), c.head, c.in_len);
		}
		virtq_interrupt(queue(rig));
		virtq_kick_on(queue(rig));
		for (unsigned int f = 0; rig_needs_reset(rig) && f < VIRTQ_NR_FAULTS; f++)
			seen[f] += rig_vdev(rig)->fault == virtq_fault_text(f);
	}
	/* It got everywhere, or it tested little. */
	assert_true(chains > 10000);
	for (i = VIRTQ_AVAIL_JUMP; i < VIRTQ_NR_FAULTS; i++)
		if (!seen[i] && i != VIRTQ_TOO_LONG)
			fail_msg("never seen: %s", virtq_fault_text(i));
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(chain),	      TEST(unpop),	    TEST(fill_flush),
		TEST(wrap),	      TEST(indirect),	    TEST(interrupt_event_idx),
		TEST(interrupt_flag), TEST(kick_event_idx), TEST(kick_flag),
		TEST(serve_is_fair),  TEST(serve_not_now),  TEST(faults),
		TEST(too_many_bytes), TEST(bad_setup),	    TEST(random),
	};

	return cmocka_run_group_tests_name("virtio-queue", tests, NULL, NULL);
}
