/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the virtio tests stand on: a device behind its registers, RAM, an
 * interrupt line that counts, and the driver's half of the rings.
 *
 * The driver here does what it is told, also what no driver should do.
 */
#ifndef EMBER_VIRTIO_RIG_H
#define EMBER_VIRTIO_RIG_H

#include "unit.h"

#include <endian.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <linux/virtio_mmio.h>

#include "../../vmm/dev/state.h"
#include "../../vmm/guestmem.h"
#include "../../vmm/loop.h"
#include "../../vmm/virtio/vdev.h"

#define RIG_BASE UINT64_C(0x0a000000)
#define RIG_RAM UINT64_C(0x40000000)
#define RIG_RAM_SIZE UINT64_C(0x100000)
#define RIG_RINGS RIG_RAM /* 16 KiB a queue */
#define RIG_DATA (RIG_RAM + 0x20000)
#define RIG_PATIENCE_NS 20000000000LL /* then it is a hang, not a slow machine */

struct rig_queue {
	unsigned int num;
	struct vring_desc *desc;
	struct vring_avail *avail;
	struct vring_used *used;
	unsigned int free; /* next descriptor to take */
	uint16_t seen; /* of used->idx */
};

struct rig {
	struct loop *loop;
	struct guestmem mem;
	struct irqline irq;
	unsigned int edges; /* interrupts: rising edges of the line */
	bool level;
	struct doorbell bell;
	int bell_fd[VIRTIO_QUEUES_MAX];
	unsigned int bells;
	int bell_result; /* what assign() answers */
	struct virtio_slot slot;
	struct device *dev;
	struct rig_queue q[VIRTIO_QUEUES_MAX];
};

static inline void rig_irq_set(struct irqline *irq, bool level)
{
	struct rig *rig = irq->opaque;

	rig->edges += level && !rig->level;
	rig->level = level;
}

static inline int rig_bell_assign(void *opaque, uint64_t gpa, uint32_t value, int fd)
{
	struct rig *rig = opaque;

	assert_int_equal(gpa, RIG_BASE + VIRTIO_MMIO_QUEUE_NOTIFY);
	if (rig->bell_result)
		return rig->bell_result;
	rig->bell_fd[value] = fd;
	rig->bells++;
	return 0;
}

static inline int rig_bell_deassign(void *opaque, uint64_t gpa, uint32_t value, int fd)
{
	struct rig *rig = opaque;

	assert_int_equal(gpa, RIG_BASE + VIRTIO_MMIO_QUEUE_NOTIFY);
	assert_int_equal(fd, rig->bell_fd[value]);
	rig->bells--;
	return 0;
}

static const struct doorbell_ops rig_bell_ops = { rig_bell_assign, rig_bell_deassign };

/* RAM, loop and line; the device comes with rig_plug(), whose backend may need the loop. */
static inline struct rig *rig_new(void)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	rig->loop = loop_create();
	assert_non_null(rig->loop);
	assert_int_equal(guestmem_add(&rig->mem, RIG_RAM, RIG_RAM_SIZE), 0);
	rig->irq = (struct irqline){
		.set = rig_irq_set, .edge_fd = -1, .spi = 16, .edge = true, .opaque = rig
	};
	rig->bell = (struct doorbell){ &rig_bell_ops, rig };
	rig->slot = (struct virtio_slot){ RIG_BASE, &rig->irq, &rig->bell, &rig->mem, rig->loop };
	return rig;
}

static inline void rig_plug(struct rig *rig, struct virtio_dev *vdev)
{
	rig->dev = virtio_mmio_create(&rig->slot, vdev);
	assert_non_null(rig->dev);
}

static inline void rig_unplug(struct rig *rig)
{
	if (rig->dev)
		rig->dev->ops->destroy(rig->dev);
	rig->dev = NULL;
	assert_int_equal(rig->bells, 0);
}

static inline void rig_free(struct rig *rig)
{
	rig_unplug(rig);
	loop_destroy(rig->loop);
	guestmem_destroy(&rig->mem);
	free(rig);
}

static inline struct virtio_dev *rig_vdev(struct rig *rig)
{
	return (struct virtio_dev *)rig->dev;
}

static inline uint32_t rig_read(struct rig *rig, unsigned int off)
{
	return rig->dev->ops->mmio_read(rig->dev, off, 4);
}

static inline void rig_write(struct rig *rig, unsigned int off, uint32_t val)
{
	rig->dev->ops->mmio_write(rig->dev, off, val, 4);
}

static inline void *rig_at(struct rig *rig, uint64_t gpa)
{
	void *p = guestmem_at(&rig->mem, gpa, 1);

	assert_non_null(p);
	return p;
}

/* The loop runs until @done says so; a device that never gets there is a hang. */
struct rig_wait {
	struct loop *loop;
	struct loop_timer *tick;
	int64_t deadline;
	bool (*done)(struct rig *rig);
	struct rig *rig;
};

static inline void rig_tick(void *opaque)
{
	struct rig_wait *w = opaque;

	if (w->done(w->rig))
		loop_quit(w->loop, 0);
	else if (loop_now_ns() > w->deadline)
		loop_quit(w->loop, 1);
	else
		loop_timer_arm(w->tick, loop_now_ns() + 1000000);
}

static inline void rig_until(struct rig *rig, bool (*done)(struct rig *rig))
{
	struct rig_wait w = { .loop = rig->loop, .done = done, .rig = rig };
	int hang;

	w.deadline = loop_now_ns() + RIG_PATIENCE_NS;
	w.tick = loop_timer_create(rig->loop, rig_tick, &w);
	loop_timer_arm(w.tick, loop_now_ns());
	hang = loop_run(rig->loop);
	loop_timer_destroy(w.tick);
	assert_int_equal(hang, 0);
}

/* Driver: start-up (virtio 1.1 section 3.1). */
static inline void rig_negotiate(struct rig *rig, uint64_t features)
{
	rig_write(rig, VIRTIO_MMIO_STATUS, 0);
	rig_write(rig, VIRTIO_MMIO_STATUS, VIRTIO_CONFIG_S_ACKNOWLEDGE);
	rig_write(rig, VIRTIO_MMIO_STATUS, VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER);
	rig_write(rig, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 0);
	rig_write(rig, VIRTIO_MMIO_DRIVER_FEATURES, features);
	rig_write(rig, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
	rig_write(rig, VIRTIO_MMIO_DRIVER_FEATURES, features >> 32);
	rig_write(rig, VIRTIO_MMIO_STATUS,
		  VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER |
			  VIRTIO_CONFIG_S_FEATURES_OK);
}

static inline void rig_driver_ok(struct rig *rig)
{
	rig_write(rig, VIRTIO_MMIO_STATUS,
		  VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER |
			  VIRTIO_CONFIG_S_FEATURES_OK | VIRTIO_CONFIG_S_DRIVER_OK);
}

static inline void rig_ring_regs(struct rig *rig, unsigned int i, unsigned int num, uint64_t desc,
				 uint64_t avail, uint64_t used)
{
	rig_write(rig, VIRTIO_MMIO_QUEUE_SEL, i);
	rig_write(rig, VIRTIO_MMIO_QUEUE_NUM, num);
	rig_write(rig, VIRTIO_MMIO_QUEUE_DESC_LOW, desc);
	rig_write(rig, VIRTIO_MMIO_QUEUE_DESC_HIGH, desc >> 32);
	rig_write(rig, VIRTIO_MMIO_QUEUE_AVAIL_LOW, avail);
	rig_write(rig, VIRTIO_MMIO_QUEUE_AVAIL_HIGH, avail >> 32);
	rig_write(rig, VIRTIO_MMIO_QUEUE_USED_LOW, used);
	rig_write(rig, VIRTIO_MMIO_QUEUE_USED_HIGH, used >> 32);
	rig_write(rig, VIRTIO_MMIO_QUEUE_READY, 1);
}

#define RIG_DESC(i) (RIG_RINGS + (i)*0x4000)
#define RIG_AVAIL(i) (RIG_DESC(i) + 0x2000)
#define RIG_USED(i) (RIG_DESC(i) + 0x3000)

static inline void rig_queue(struct rig *rig, unsigned int i, unsigned int num)
{
	struct rig_queue *q = &rig->q[i];

	memset(rig_at(rig, RIG_DESC(i)), 0, 0x4000);
	*q = (struct rig_queue){ .num = num,
				 .desc = rig_at(rig, RIG_DESC(i)),
				 .avail = rig_at(rig, RIG_AVAIL(i)),
				 .used = rig_at(rig, RIG_USED(i)) };
	rig_ring_regs(rig, i, num, RIG_DESC(i), RIG_AVAIL(i), RIG_USED(i));
}

/* All of it, with every queue @num long. */
static inline void rig_start(struct rig *rig, uint64_t features, unsigned int num)
{
	unsigned int i;

	rig_negotiate(rig, features | VIRTIO_BIT(VIRTIO_F_VERSION_1));
	for (i = 0; i < rig_vdev(rig)->ops->nr_queues; i++)
		rig_queue(rig, i, num);
	rig_driver_ok(rig);
}

/* One buffer of a chain. */
struct rig_buf {
	uint64_t gpa;
	uint32_t len;
	bool in; /* device writes */
};

static inline void rig_desc(struct vring_desc *d, uint64_t addr, uint32_t len, uint16_t flags,
			    uint16_t next)
{
	d->addr = htole64(addr);
	d->len = htole32(len);
	d->flags = htole16(flags);
	d->next = htole16(next);
}

static inline void rig_publish(struct rig *rig, unsigned int i, uint16_t head)
{
	struct rig_queue *q = &rig->q[i];
	uint16_t idx = le16toh(q->avail->idx);

	q->avail->ring[idx % q->num] = htole16(head);
	__atomic_store_n(&q->avail->idx, htole16(idx + 1), __ATOMIC_SEQ_CST);
}

/* Put a chain into the ring; returns its head.  Descriptors are reused round and round. */
static inline uint16_t rig_add(struct rig *rig, unsigned int i, const struct rig_buf *buf,
			       unsigned int n)
{
	struct rig_queue *q = &rig->q[i];
	uint16_t head = q->free % q->num, at;
	unsigned int k;

	for (k = 0; k < n; k++) {
		at = q->free++ % q->num;
		rig_desc(&q->desc[at], buf[k].gpa, buf[k].len,
			 (buf[k].in ? VRING_DESC_F_WRITE : 0) | (k + 1 < n ? VRING_DESC_F_NEXT : 0),
			 q->free % q->num);
	}
	rig_publish(rig, i, head);
	return head;
}

#define RIG_ADD(rig, i, ...)                                     \
	rig_add(rig, i, (const struct rig_buf[]){ __VA_ARGS__ }, \
		sizeof((const struct rig_buf[]){ __VA_ARGS__ }) / sizeof(struct rig_buf))

static inline void rig_kick(struct rig *rig, unsigned int i)
{
	rig_write(rig, VIRTIO_MMIO_QUEUE_NOTIFY, i);
}

static inline uint16_t rig_used_idx(struct rig *rig, unsigned int i)
{
	return le16toh(__atomic_load_n(&rig->q[i].used->idx, __ATOMIC_SEQ_CST));
}

/* Take one chain back: its head, and how much was written; -1 if none came back. */
static inline int rig_take(struct rig *rig, unsigned int i, uint32_t *written)
{
	struct rig_queue *q = &rig->q[i];
	const struct vring_used_elem *e = &q->used->ring[q->seen % q->num];

	if (rig_used_idx(rig, i) == q->seen)
		return -1;
	q->seen++;
	if (written)
		*written = le32toh(e->len);
	return le32toh(e->id);
}

static inline bool rig_needs_reset(struct rig *rig)
{
	return rig_read(rig, VIRTIO_MMIO_STATUS) & VIRTIO_CONFIG_S_NEEDS_RESET;
}

/* Save, restore into the same device, save again: the same bytes. */
static inline void rig_check_state(struct rig *rig)
{
	size_t len = device_state_size(rig->dev);
	uint8_t *first = malloc(len), *second = malloc(len);

	if (rig->dev->ops->quiesce)
		rig->dev->ops->quiesce(rig->dev);
	device_state_save(rig->dev, first);
	assert_int_equal(device_state_restore(rig->dev, first, len), 0);
	device_state_save(rig->dev, second);
	assert_memory_equal(first, second, len);
	free(first);
	free(second);
}

#endif
