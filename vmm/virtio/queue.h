/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Split virtqueues, device side (virtio 1.1 section 2.6).
 *
 * The rings lie in guest memory, where another CPU runs the driver at the same
 * time, and that driver may be hostile.  So: each value is read once and then
 * checked, each address goes through guestmem_at(), each walk is bounded.  What
 * is wrong with a ring stops the device (virtio_fail() in vdev.h) with one of
 * the faults below; no call here fails in any other way.
 *
 * Locking: the device lock of loop.h.  Chains popped may be worked on by other
 * threads, pushing them back may not.
 */
#ifndef EMBER_VIRTIO_QUEUE_H
#define EMBER_VIRTIO_QUEUE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

struct guestmem;
struct virtio_dev;
struct vring_avail;
struct vring_desc;
struct vring_used;

/* Descriptors in one chain, indirect tables included.  A power of two. */
#define VIRTQ_SEGS_MAX 256u

enum virtq_fault {
	VIRTQ_OK,
	VIRTQ_BAD_SIZE, /* queue size 0, no power of two, or over the maximum */
	VIRTQ_BAD_RING, /* a ring is misaligned or not all in RAM */
	VIRTQ_AVAIL_JUMP, /* avail->idx is more than a queue ahead */
	VIRTQ_BAD_HEAD, /* avail->ring[] names a descriptor that is not there */
	VIRTQ_BAD_NEXT, /* desc->next does */
	VIRTQ_LOOP, /* a chain longer than its table */
	VIRTQ_TOO_LONG, /* more than VIRTQ_SEGS_MAX segments or 4 GiB - 1 bytes */
	VIRTQ_BAD_BUFFER, /* a buffer that is not all in RAM */
	VIRTQ_BAD_ORDER, /* a device-readable buffer behind a writable one */
	VIRTQ_NO_INDIRECT, /* indirect descriptor, feature not negotiated */
	VIRTQ_NESTED, /* indirect descriptor in an indirect table */
	VIRTQ_INDIRECT_NEXT, /* indirect descriptor with a next one */
	VIRTQ_INDIRECT_SIZE, /* table empty, not a multiple of 16, or too long */
	VIRTQ_NR_FAULTS
};

const char *virtq_fault_text(enum virtq_fault fault);

/*
 * One buffer of the driver's: iov[0 .. out_n) is for the device to read,
 * iov[out_n .. out_n + in_n) for it to write.  Segments of no bytes are left out.
 */
struct virtq_chain {
	uint16_t head;
	unsigned int out_n;
	unsigned int in_n;
	uint32_t out_len; /* bytes */
	uint32_t in_len;
	struct iovec iov[VIRTQ_SEGS_MAX];
};

struct virtqueue {
	struct virtio_dev *vdev;
	unsigned int index;
	uint16_t num_max;

	/* Programmed by the driver; saved. */
	uint32_t num; /* may be anything until virtq_enable() said yes */
	uint32_t ready;
	uint64_t desc_gpa;
	uint64_t avail_gpa;
	uint64_t used_gpa;

	/* Progress, free-running; saved. */
	uint16_t last_avail; /* next avail entry to pop */
	uint16_t used_idx; /* as published in used->idx */
	uint16_t signalled; /* used_idx when the driver was last considered for an interrupt */

	/* Derived when the queue is enabled. */
	const struct vring_desc *desc;
	struct vring_avail *avail;
	struct vring_used *used;

	int kick_fd; /* eventfd: a notification; -1 if there is none */
};

/* Back to the state after power-on; @num_max, @vdev, @index and the eventfd stay. */
void virtq_reset(struct virtqueue *q);

/*
 * The driver, or a restored state, set ready: check what was programmed and
 * find the rings.  The caller deals with the fault; the queue is ready only on
 * VIRTQ_OK.
 */
enum virtq_fault virtq_enable(struct virtqueue *q);

/*
 * Next chain: 1 and *@c filled; 0 if there is none, or the queue or the device
 * is not running, or the ring is faulty (the device has then been stopped).
 */
int virtq_pop(struct virtqueue *q, struct virtq_chain *c);
/* Take back the last @n virtq_pop(); they will be popped again. */
void virtq_unpop(struct virtqueue *q, unsigned int n);

/* Give a chain back with @written bytes in its writable part. */
void virtq_push(struct virtqueue *q, uint16_t head, uint32_t written);
/*
 * The same for several that the driver must see at once: fill with @ahead = 0,
 * 1, ... n - 1, then flush(n).
 */
void virtq_fill(struct virtqueue *q, uint16_t head, uint32_t written, unsigned int ahead);
void virtq_flush(struct virtqueue *q, unsigned int n);

/* used->idx as it stands in a ready queue's ring: for one that the host's kernel serves. */
uint16_t virtq_used_idx(const struct virtqueue *q);

/* Interrupt the driver for what was pushed since the last time, if it asked for that. */
void virtq_interrupt(struct virtqueue *q);

/*
 * Ask the driver for notifications, or (off) spare both sides while the queue
 * is being served anyway.  Turning on returns true if chains arrived meanwhile:
 * the caller then pops again, or they would wait for a kick that never comes.
 */
void virtq_kick_off(struct virtqueue *q);
bool virtq_kick_on(struct virtqueue *q);

/* Serve this queue again from the loop: fairness for whoever else waits there. */
void virtq_again(struct virtqueue *q);

/*
 * What a device does on a notification: pop, @one() each, interrupt.  @one()
 * pushes the chain now or keeps it to be pushed later, and returns true; or it
 * returns false for "not now": the chain goes back and the driver is not asked
 * for notifications, so the device must come back by itself.
 *
 * Ends after a queue's length of chains and goes on from the loop: a driver
 * that never stops adding must not starve what else the loop serves.
 */
typedef bool (*virtq_serve_fn)(struct virtqueue *q, struct virtq_chain *c);
void virtq_serve(struct virtqueue *q, virtq_serve_fn one);

#endif
