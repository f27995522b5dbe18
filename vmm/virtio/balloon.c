// SPDX-License-Identifier: GPL-2.0
/*
 * virtio memory balloon (virtio 1.1 section 5.5), with statistics and, as of 1.2,
 * reports of free pages (5.5.6.7).
 *
 * A page that the guest gives up is given to the host by MADV_DONTNEED: it reads as
 * zeroes when it is next touched, and costs nothing until then.  So taking a page
 * back needs nothing of us, and a guest that takes one without a word (when it is
 * out of memory, or by mischief) harms nobody.
 *
 * Page numbers are in units of 4 KiB whatever the guest's pages are.
 */
#include <endian.h>
#include <linux/virtio_ids.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../guestmem.h"
#include "../host/iov.h"
#include "balloon.h"
#include "vdev.h"

/* Linux leaves no gap for the queue of a feature that is not offered. */
enum { INFLATE, DEFLATE, STATS, REPORTING, NR_QUEUES };

#define QUEUE_MAX 128u
#define PAGE_BYTES (1u << VIRTIO_BALLOON_PFN_SHIFT)
/* Pages in one request: Linux sends 256 at a time.  It bounds how long the lock is held. */
#define PAGES_MAX 65536u
#define BATCH 256u
#define NONE (-1)

struct balloon {
	struct virtio_dev vdev;
	struct virtio_balloon_config config;
	uint64_t ram;
	void (*changed)(void *opaque);
	void *opaque;
	int32_t stats_head; /* the driver's buffer, which we keep until we want news; NONE */
	struct balloon_stats stats;
};

static struct balloon *to_balloon(const struct virtio_dev *vdev)
{
	return (struct balloon *)vdev;
}

/* Memory that is given up, in one piece. */
struct run {
	uint8_t *at;
	size_t len;
};

/* Whole pages of the host's, which may be larger than the balloon's. */
static void give_up(struct run *run)
{
	const uintptr_t mask = (uintptr_t)sysconf(_SC_PAGESIZE) - 1;
	uintptr_t from = ((uintptr_t)run->at + mask) & ~mask;
	uintptr_t to = ((uintptr_t)run->at + run->len) & ~mask;

	if (run->len && to > from)
		madvise((void *)from, to - from, MADV_DONTNEED);
	run->len = 0;
}

/* Pages come one by one, mostly neighbours, in either order. */
static void add_page(struct run *run, uint8_t *page)
{
	if (run->len && page == run->at + run->len) {
		run->len += PAGE_BYTES;
	} else if (run->len && page + PAGE_BYTES == run->at) {
		run->at = page;
		run->len += PAGE_BYTES;
	} else {
		give_up(run);
		*run = (struct run){ page, PAGE_BYTES };
	}
}

static bool add_pages(struct virtio_dev *vdev, struct run *run, const uint32_t *pfn, size_t n)
{
	uint8_t *page;
	size_t i;

	for (i = 0; i < n; i++) {
		page = guestmem_at(vdev->mem, (uint64_t)le32toh(pfn[i]) << VIRTIO_BALLOON_PFN_SHIFT,
				   PAGE_BYTES);
		if (!page)
			return false;
		add_page(run, page);
	}
	return true;
}

static bool inflate_one(struct virtqueue *q, struct virtq_chain *c)
{
	struct iov out = { c->iov, c->out_n };
	struct run run = { .len = 0 };
	uint32_t pfn[BATCH];
	bool ok = true;
	size_t len;

	if (c->out_len > PAGES_MAX * sizeof(pfn[0])) {
		virtio_fail(q->vdev, INFLATE, "too many pages at once");
		return true;
	}
	while (ok && out.n) {
		len = iov_copy_out(pfn, sizeof(pfn), out.v, out.n);
		iov_trim_front(&out, len);
		ok = add_pages(q->vdev, &run, pfn, len / sizeof(pfn[0]));
	}
	give_up(&run);
	if (ok)
		virtq_push(q, c->head, 0);
	else
		virtio_fail(q->vdev, INFLATE, "a page that is not in RAM");
	return true;
}

/* The guest's pages come back as it touches them. */
static bool deflate_one(struct virtqueue *q, struct virtq_chain *c)
{
	virtq_push(q, c->head, 0);
	return true;
}

/* Not in the balloon: free now, and the guest touches none before we say that we know. */
static bool report_one(struct virtqueue *q, struct virtq_chain *c)
{
	unsigned int i;

	for (i = c->out_n; i < c->out_n + c->in_n; i++) {
		struct run run = { c->iov[i].iov_base, c->iov[i].iov_len };

		give_up(&run);
	}
	virtq_push(q, c->head, 0);
	return true;
}

static void note_stats(struct balloon *b, const struct virtq_chain *c)
{
	struct iov out = { (struct iovec *)c->iov, c->out_n };
	struct virtio_balloon_stat s;
	unsigned int i, tag;

	/* A tag more than once, or one we don't know, is no harm; endless ones would be. */
	for (i = 0; i < 4 * VIRTIO_BALLOON_S_NR; i++) {
		if (iov_copy_out(&s, sizeof(s), out.v, out.n) < sizeof(s))
			return;
		iov_trim_front(&out, sizeof(s));
		tag = le16toh(s.tag);
		if (tag >= VIRTIO_BALLOON_S_NR)
			continue;
		b->stats.known[tag] = true;
		b->stats.val[tag] = le64toh(s.val);
	}
}

/* Give the buffer back: the driver fills it anew. */
static void ask_stats(struct balloon *b)
{
	struct virtqueue *q = &b->vdev.queue[STATS];

	if (b->stats_head == NONE)
		return;
	virtq_push(q, b->stats_head, 0);
	b->stats_head = NONE;
	virtq_interrupt(q);
}

static bool stats_one(struct virtqueue *q, struct virtq_chain *c)
{
	struct balloon *b = to_balloon(q->vdev);

	note_stats(b, c);
	/* A driver that sends a second one meanwhile has the first back. */
	ask_stats(b);
	b->stats_head = c->head;
	return true;
}

static void balloon_notify(struct virtio_dev *vdev, unsigned int q)
{
	static const virtq_serve_fn one[NR_QUEUES] = {
		[INFLATE] = inflate_one,
		[DEFLATE] = deflate_one,
		[STATS] = stats_one,
		[REPORTING] = report_one,
	};

	virtq_serve(&vdev->queue[q], one[q]);
}

/* The driver says how much it has in the balloon. */
static void balloon_config_write(struct virtio_dev *vdev, unsigned int off, uint32_t val,
				 unsigned int len)
{
	struct balloon *b = to_balloon(vdev);

	if (off != offsetof(struct virtio_balloon_config, actual) || len != sizeof(val)) {
		vdev->dev.unknown++;
		return;
	}
	if (b->config.actual == htole32(val))
		return;
	b->config.actual = htole32(val);
	if (b->changed)
		b->changed(b->opaque);
}

/* What was in the balloon is the guest's again; what it is to keep still holds. */
static void balloon_reset(struct virtio_dev *vdev)
{
	struct balloon *b = to_balloon(vdev);

	b->config.actual = 0;
	b->stats_head = NONE;
	memset(&b->stats, 0, sizeof(b->stats));
}

static void balloon_destroy(struct virtio_dev *vdev)
{
	free(vdev);
}

static const struct state_field balloon_state[] = {
	VIRTIO_STATE,
	VIRTIO_STATE_QUEUE(0),
	VIRTIO_STATE_QUEUE(1),
	VIRTIO_STATE_QUEUE(2),
	VIRTIO_STATE_QUEUE(3),
	STATE_FIELD(struct balloon, config.num_pages),
	STATE_FIELD(struct balloon, config.actual),
	STATE_FIELD(struct balloon, stats_head),
	{ 0 },
};

static const struct virtio_ops balloon_ops = {
	.name = "virtio-balloon",
	.device_id = VIRTIO_ID_BALLOON,
	.nr_queues = NR_QUEUES,
	.queue_max = QUEUE_MAX,
	.notify = balloon_notify,
	.config_write = balloon_config_write,
	.reset = balloon_reset,
	.destroy = balloon_destroy,
	.state = balloon_state,
};

static uint32_t pages_to_give(const struct balloon *b, uint64_t target)
{
	return target < b->ram ? (b->ram - target) / PAGE_BYTES : 0;
}

struct virtio_dev *virtio_balloon_create(uint64_t ram, uint64_t target,
					 void (*changed)(void *opaque), void *opaque)
{
	struct balloon *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	b->ram = ram;
	b->changed = changed;
	b->opaque = opaque;
	b->stats_head = NONE;
	b->config.num_pages = htole32(pages_to_give(b, target));
	virtio_init(&b->vdev, &balloon_ops,
		    VIRTIO_BIT(VIRTIO_BALLOON_F_STATS_VQ) |
			    VIRTIO_BIT(VIRTIO_BALLOON_F_DEFLATE_ON_OOM) |
			    VIRTIO_BIT(VIRTIO_BALLOON_F_REPORTING),
		    &b->config, sizeof(b->config));
	return &b->vdev;
}

void balloon_set_target(struct virtio_dev *vdev, uint64_t bytes)
{
	struct balloon *b = to_balloon(vdev);

	b->config.num_pages = htole32(pages_to_give(b, bytes));
	virtio_config_changed(vdev);
}

uint64_t balloon_actual(const struct virtio_dev *vdev)
{
	const struct balloon *b = to_balloon(vdev);
	uint64_t given = (uint64_t)le32toh(b->config.actual) * PAGE_BYTES;

	return given < b->ram ? b->ram - given : 0;
}

bool balloon_live(const struct virtio_dev *vdev)
{
	return virtio_live(vdev);
}

void balloon_stats(struct virtio_dev *vdev, struct balloon_stats *stats)
{
	struct balloon *b = to_balloon(vdev);

	*stats = b->stats;
	ask_stats(b);
}

const char *balloon_stat_name(unsigned int tag)
{
	static const char *const names[VIRTIO_BALLOON_S_NR] = VIRTIO_BALLOON_S_NAMES;

	return names[tag];
}
