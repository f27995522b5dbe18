// SPDX-License-Identifier: GPL-2.0
/*
 * Split virtqueues, device side: the contracts are in queue.h.
 *
 * Ordering.  The driver runs on another CPU, and ARM reorders loads and stores
 * unless told otherwise.  Three pairs matter, each marked where it is used:
 *
 *   avail   the driver writes descriptors and ring[], then idx; we read idx
 *           (acquire), then ring[] and descriptors
 *   used    we write the data and ring[], then idx (release); the driver reads
 *           idx, then ring[]
 *   events  each side first publishes its index and then asks whether the other
 *           wants to hear of it, while the other first says what it wants and
 *           then looks at the index again.  A store followed by a load of
 *           something else: only a full fence on both sides keeps it in order.
 *
 * The fences are the inner shareable ones (dmb ish): a vcpu is a thread on a
 * CPU of the same domain.
 */
#include <endian.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>

#include <linux/virtio_mmio.h>

#include "../guestmem.h"
#include "vdev.h"

static const char *const fault_text[VIRTQ_NR_FAULTS] = {
	[VIRTQ_OK] = "no fault",
	[VIRTQ_BAD_SIZE] = "queue size is not a power of two within the maximum",
	[VIRTQ_BAD_RING] = "a ring is misaligned or not in RAM",
	[VIRTQ_AVAIL_JUMP] = "avail index is more than a queue ahead",
	[VIRTQ_BAD_HEAD] = "avail ring names a descriptor out of range",
	[VIRTQ_BAD_NEXT] = "descriptor chained to one out of range",
	[VIRTQ_LOOP] = "descriptor chain is a loop",
	[VIRTQ_TOO_LONG] = "descriptor chain is too long",
	[VIRTQ_BAD_BUFFER] = "buffer is not in RAM",
	[VIRTQ_BAD_ORDER] = "device-readable buffer after a writable one",
	[VIRTQ_NO_INDIRECT] = "indirect descriptor, but the feature was not negotiated",
	[VIRTQ_NESTED] = "indirect descriptor in an indirect table",
	[VIRTQ_INDIRECT_NEXT] = "indirect descriptor with a next one",
	[VIRTQ_INDIRECT_SIZE] = "size of an indirect table is 0, odd or too large",
};

const char *virtq_fault_text(enum virtq_fault fault)
{
	return fault_text[fault];
}

/* Ring fields are little-endian, naturally aligned, and change under our feet. */
static uint16_t load16(const uint16_t *p)
{
	return le16toh(__atomic_load_n(p, __ATOMIC_RELAXED));
}

static void store16(uint16_t *p, uint16_t v)
{
	__atomic_store_n(p, htole16(v), __ATOMIC_RELAXED);
}

static uint16_t avail_idx_acquire(const struct virtqueue *q)
{
	/* Pairs with the driver's barrier between its ring[] and idx. */
	return le16toh(__atomic_load_n(&q->avail->idx, __ATOMIC_ACQUIRE));
}

/* The two event words sit behind the rings (sections 2.6.6, 2.6.8). */
static uint16_t *used_event(const struct virtqueue *q)
{
	return &q->avail->ring[q->num];
}

static uint16_t *avail_event(const struct virtqueue *q)
{
	return (uint16_t *)&q->used->ring[q->num];
}

static bool running(const struct virtqueue *q)
{
	return q->ready && virtio_live(q->vdev);
}

void virtq_reset(struct virtqueue *q)
{
	q->num = q->num_max;
	q->ready = 0;
	q->desc_gpa = q->avail_gpa = q->used_gpa = 0;
	q->last_avail = q->used_idx = q->signalled = 0;
	q->desc = NULL;
	q->avail = NULL;
	q->used = NULL;
}

/* @align and @len as in the table of section 2.6. */
static void *ring_at(const struct virtqueue *q, uint64_t gpa, unsigned int align, uint64_t len)
{
	return gpa % align ? NULL : guestmem_at(q->vdev->mem, gpa, len);
}

enum virtq_fault virtq_enable(struct virtqueue *q)
{
	uint32_t num = q->num;

	q->ready = 0;
	if (!num || num > q->num_max || (num & (num - 1)))
		return VIRTQ_BAD_SIZE;
	/* The event words are counted in whether negotiated or not, as the spec does. */
	q->desc = ring_at(q, q->desc_gpa, VRING_DESC_ALIGN_SIZE, 16 * (uint64_t)num);
	q->avail = ring_at(q, q->avail_gpa, VRING_AVAIL_ALIGN_SIZE, 6 + 2 * (uint64_t)num);
	q->used = ring_at(q, q->used_gpa, VRING_USED_ALIGN_SIZE, 6 + 8 * (uint64_t)num);
	if (!q->desc || !q->avail || !q->used)
		return VIRTQ_BAD_RING;
	q->ready = 1;
	return VIRTQ_OK;
}

/* Copy descriptor @i of @table, so that what is checked is what is used. */
static struct vring_desc desc_copy(const struct vring_desc *table, uint32_t i)
{
	struct vring_desc d;

	/* An indirect table may sit at any address: no aligned loads. */
	memcpy(&d, (const uint8_t *)table + 16 * (size_t)i, sizeof(d));
	/* The compiler may not go back to guest memory for a second look. */
	atomic_signal_fence(memory_order_acquire);
	d.addr = le64toh(d.addr);
	d.len = le32toh(d.len);
	d.flags = le16toh(d.flags);
	d.next = le16toh(d.next);
	return d;
}

static enum virtq_fault chain_add(struct virtqueue *q, struct virtq_chain *c,
				  const struct vring_desc *d)
{
	bool in = d->flags & VRING_DESC_F_WRITE;
	uint32_t *total = in ? &c->in_len : &c->out_len;
	unsigned int n = c->out_n + c->in_n;
	void *p;

	if (!in && c->in_n)
		return VIRTQ_BAD_ORDER;
	p = guestmem_at(q->vdev->mem, d->addr, d->len);
	if (!p)
		return VIRTQ_BAD_BUFFER;
	if (!d->len)
		return VIRTQ_OK;
	if (n == VIRTQ_SEGS_MAX || d->len > UINT32_MAX - c->in_len - c->out_len)
		return VIRTQ_TOO_LONG;
	c->iov[n] = (struct iovec){ .iov_base = p, .iov_len = d->len };
	*(in ? &c->in_n : &c->out_n) += 1;
	*total += d->len;
	return VIRTQ_OK;
}

/* Where a walk is: in the queue's own table or, at its end, in an indirect one. */
struct walk {
	const struct vring_desc *table;
	uint32_t size; /* descriptors in @table */
	uint32_t left; /* steps before this must be a loop */
	uint32_t i;
	bool indirect;
};

static enum virtq_fault walk_indirect(struct virtqueue *q, struct walk *w,
				      const struct vring_desc *d)
{
	if (w->indirect)
		return VIRTQ_NESTED;
	if (!virtio_has(q->vdev, VIRTIO_RING_F_INDIRECT_DESC))
		return VIRTQ_NO_INDIRECT;
	if (d->flags & VRING_DESC_F_NEXT)
		return VIRTQ_INDIRECT_NEXT;
	if (!d->len || d->len % 16 || d->len / 16 > VIRTQ_SEGS_MAX)
		return VIRTQ_INDIRECT_SIZE;
	w->table = guestmem_at(q->vdev->mem, d->addr, d->len);
	if (!w->table)
		return VIRTQ_BAD_BUFFER;
	w->size = w->left = d->len / 16;
	w->i = 0;
	w->indirect = true;
	return VIRTQ_OK;
}

static enum virtq_fault chain_walk(struct virtqueue *q, struct virtq_chain *c)
{
	struct walk w = { .table = q->desc, .size = q->num, .left = q->num, .i = c->head };
	enum virtq_fault fault;
	struct vring_desc d;

	for (;;) {
		if (!w.left--)
			return VIRTQ_LOOP;
		d = desc_copy(w.table, w.i);
		if (d.flags & VRING_DESC_F_INDIRECT) {
			fault = walk_indirect(q, &w, &d);
			if (fault)
				return fault;
			continue;
		}
		fault = chain_add(q, c, &d);
		if (fault || !(d.flags & VRING_DESC_F_NEXT))
			return fault;
		if (d.next >= w.size)
			return VIRTQ_BAD_NEXT;
		w.i = d.next;
	}
}

static enum virtq_fault pop(struct virtqueue *q, struct virtq_chain *c, uint16_t waiting)
{
	c->out_n = c->in_n = 0;
	c->out_len = c->in_len = 0;
	if (waiting > q->num)
		return VIRTQ_AVAIL_JUMP;
	c->head = load16(&q->avail->ring[q->last_avail % q->num]);
	if (c->head >= q->num)
		return VIRTQ_BAD_HEAD;
	return chain_walk(q, c);
}

int virtq_pop(struct virtqueue *q, struct virtq_chain *c)
{
	enum virtq_fault fault;
	uint16_t waiting;

	if (!running(q))
		return 0;
	waiting = avail_idx_acquire(q) - q->last_avail;
	if (!waiting)
		return 0;
	fault = pop(q, c, waiting);
	if (fault) {
		virtio_fail(q->vdev, q->index, virtq_fault_text(fault));
		return 0;
	}
	q->last_avail++;
	return 1;
}

void virtq_unpop(struct virtqueue *q, unsigned int n)
{
	q->last_avail -= n;
}

void virtq_fill(struct virtqueue *q, uint16_t head, uint32_t written, unsigned int ahead)
{
	struct vring_used_elem *e;

	if (!running(q))
		return;
	e = &q->used->ring[(uint16_t)(q->used_idx + ahead) % q->num];
	__atomic_store_n(&e->id, htole32(head), __ATOMIC_RELAXED);
	__atomic_store_n(&e->len, htole32(written), __ATOMIC_RELAXED);
}

void virtq_flush(struct virtqueue *q, unsigned int n)
{
	if (!running(q))
		return;
	q->used_idx += n;
	/* Data and ring[] are seen by the driver before idx is. */
	__atomic_store_n(&q->used->idx, htole16(q->used_idx), __ATOMIC_RELEASE);
}

void virtq_push(struct virtqueue *q, uint16_t head, uint32_t written)
{
	virtq_fill(q, head, written, 0);
	virtq_flush(q, 1);
}

uint16_t virtq_used_idx(const struct virtqueue *q)
{
	return le16toh(__atomic_load_n(&q->used->idx, __ATOMIC_ACQUIRE));
}

static bool interrupt_wanted(struct virtqueue *q)
{
	uint16_t old = q->signalled;

	q->signalled = q->used_idx;
	if (old == q->used_idx)
		return false;
	/* Our used->idx must be out before we look at what the driver wants (events). */
	atomic_thread_fence(memory_order_seq_cst);
	if (!virtio_has(q->vdev, VIRTIO_RING_F_EVENT_IDX))
		return !(load16(&q->avail->flags) & VRING_AVAIL_F_NO_INTERRUPT);
	return vring_need_event(load16(used_event(q)), q->used_idx, old);
}

void virtq_interrupt(struct virtqueue *q)
{
	if (running(q) && interrupt_wanted(q))
		virtio_raise(q->vdev, VIRTIO_MMIO_INT_VRING);
}

void virtq_kick_off(struct virtqueue *q)
{
	/* With EVENT_IDX, not moving avail_event is enough. */
	if (running(q) && !virtio_has(q->vdev, VIRTIO_RING_F_EVENT_IDX))
		store16(&q->used->flags, VRING_USED_F_NO_NOTIFY);
}

bool virtq_kick_on(struct virtqueue *q)
{
	if (!running(q))
		return false;
	if (virtio_has(q->vdev, VIRTIO_RING_F_EVENT_IDX))
		store16(avail_event(q), q->last_avail);
	else
		store16(&q->used->flags, 0);
	/* Our wish must be out before we look at avail->idx again (events). */
	atomic_thread_fence(memory_order_seq_cst);
	return load16(&q->avail->idx) != q->last_avail;
}

void virtq_again(struct virtqueue *q)
{
	if (q->kick_fd >= 0)
		eventfd_write(q->kick_fd, 1);
}

void virtq_serve(struct virtqueue *q, virtq_serve_fn one)
{
	unsigned int budget = q->num;
	struct virtq_chain c;

	do {
		virtq_kick_off(q);
		while (virtq_pop(q, &c)) {
			if (!one(q, &c)) {
				virtq_unpop(q, 1);
				virtq_interrupt(q);
				return;
			}
			if (!--budget) {
				virtq_interrupt(q);
				virtq_again(q);
				return;
			}
		}
		virtq_interrupt(q);
	} while (virtq_kick_on(q));
}
