// SPDX-License-Identifier: GPL-2.0
/*
 * What all virtio devices have in common behind their registers: life cycle
 * (virtio 1.1 sections 2.1 and 3.1), interrupts, being stopped for misbehaviour.
 * The contracts are in vdev.h.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/eventfd.h>

#include <linux/virtio_mmio.h>

#include "../err.h"
#include "vdev.h"

/* What the driver may set; NEEDS_RESET is ours alone. */
#define STATUS_DRIVER                                                                       \
	(VIRTIO_CONFIG_S_ACKNOWLEDGE | VIRTIO_CONFIG_S_DRIVER | VIRTIO_CONFIG_S_DRIVER_OK | \
	 VIRTIO_CONFIG_S_FEATURES_OK | VIRTIO_CONFIG_S_FAILED)
#define STATUS_ALL (STATUS_DRIVER | VIRTIO_CONFIG_S_NEEDS_RESET)

void virtio_init(struct virtio_dev *vdev, const struct virtio_ops *ops, uint64_t features,
		 const void *config, unsigned int config_len)
{
	unsigned int i;

	vdev->ops = ops;
	vdev->offered = features | VIRTIO_FEATURES_COMMON;
	vdev->config = config;
	vdev->config_len = config_len;
	for (i = 0; i < ops->nr_queues; i++) {
		vdev->queue[i].vdev = vdev;
		vdev->queue[i].index = i;
		vdev->queue[i].num_max = ops->queue_max;
		vdev->queue[i].kick_fd = -1;
		virtq_reset(&vdev->queue[i]);
	}
}

bool virtio_live(const struct virtio_dev *vdev)
{
	return (vdev->status & (VIRTIO_CONFIG_S_DRIVER_OK | VIRTIO_CONFIG_S_NEEDS_RESET)) ==
	       VIRTIO_CONFIG_S_DRIVER_OK;
}

/*
 * On an edge triggered line an event is an edge, also when InterruptStatus is
 * set already: the driver acknowledges first and looks into the rings after, so
 * what it has not acknowledged yet it may have looked for too early.  A line
 * that just stayed high would lose that event.
 */
static void pulse(struct irqline *irq)
{
	if (irq->edge_fd >= 0 && !eventfd_write(irq->edge_fd, 1))
		return;
	irq->set(irq, true);
	irq->set(irq, false);
}

void virtio_raise(struct virtio_dev *vdev, uint32_t isr)
{
	struct irqline *irq = vdev->dev.irq;

	vdev->isr |= isr;
	if (irq->edge)
		pulse(irq);
	else
		irq->set(irq, true);
}

void virtio_ack(struct virtio_dev *vdev, uint32_t isr)
{
	struct irqline *irq = vdev->dev.irq;

	vdev->isr &= ~isr;
	if (!irq->edge)
		irq->set(irq, vdev->isr != 0);
}

void virtio_config_changed(struct virtio_dev *vdev)
{
	vdev->config_gen++;
	if (virtio_live(vdev))
		virtio_raise(vdev, VIRTIO_MMIO_INT_CONFIG);
}

static void tell(const struct virtio_dev *vdev, int queue, const char *why)
{
	char where[24] = "";

	if (queue >= 0)
		snprintf(where, sizeof(where), ", queue %d", queue);
	warn("%s at 0x%" PRIx64 "%s: %s; the device waits for a reset", vdev->ops->name,
	     vdev->dev.base, where, why);
}

void virtio_fail(struct virtio_dev *vdev, int queue, const char *why)
{
	bool told = vdev->status & VIRTIO_CONFIG_S_DRIVER_OK;

	vdev->fault = why;
	if (!vdev->faults++)
		tell(vdev, queue, why);
	if (vdev->status & VIRTIO_CONFIG_S_NEEDS_RESET)
		return;
	vdev->status |= VIRTIO_CONFIG_S_NEEDS_RESET;
	/* Before DRIVER_OK no interrupt may be sent; the driver reads the status anyway. */
	if (told)
		virtio_raise(vdev, VIRTIO_MMIO_INT_CONFIG);
}

void virtio_quiesce(struct virtio_dev *vdev)
{
	if (vdev->ops->quiesce)
		vdev->ops->quiesce(vdev);
}

void virtio_reset(struct virtio_dev *vdev)
{
	unsigned int i;

	virtio_quiesce(vdev);
	vdev->status = 0;
	vdev->features = 0;
	vdev->offered_sel = vdev->features_sel = vdev->queue_sel = 0;
	virtio_ack(vdev, ~0u);
	for (i = 0; i < vdev->ops->nr_queues; i++)
		virtq_reset(&vdev->queue[i]);
	if (vdev->ops->reset)
		vdev->ops->reset(vdev);
}

/* A driver may put buffers into queues before it says DRIVER_OK, without a kick. */
static void start(struct virtio_dev *vdev)
{
	unsigned int i;

	for (i = 0; i < vdev->ops->nr_queues; i++)
		vdev->ops->notify(vdev, i);
}

static bool features_acceptable(const struct virtio_dev *vdev)
{
	return virtio_has(vdev, VIRTIO_F_VERSION_1) && !(vdev->features & ~vdev->offered);
}

void virtio_set_status(struct virtio_dev *vdev, uint32_t val)
{
	uint32_t old = vdev->status;
	uint32_t set = val & STATUS_DRIVER & ~old;

	if (!val) {
		virtio_reset(vdev);
		return;
	}
	if ((set & VIRTIO_CONFIG_S_FEATURES_OK) && !features_acceptable(vdev))
		set &= ~VIRTIO_CONFIG_S_FEATURES_OK;
	if (!((old | set) & VIRTIO_CONFIG_S_FEATURES_OK))
		set &= ~VIRTIO_CONFIG_S_DRIVER_OK;
	/* Bits only ever add up until a reset (section 2.1.1). */
	vdev->status |= set;
	if (set & VIRTIO_CONFIG_S_DRIVER_OK)
		start(vdev);
}

void virtio_set_ready(struct virtio_dev *vdev, struct virtqueue *q, bool ready)
{
	enum virtq_fault fault;

	if (!ready) {
		virtio_quiesce(vdev);
		virtq_reset(q);
		return;
	}
	if (q->ready)
		return;
	fault = virtq_enable(q);
	if (fault)
		virtio_fail(vdev, q->index, virtq_fault_text(fault));
}

static int restored_queue(struct virtqueue *q)
{
	if (!q->ready)
		return 0;
	if (q->ready != 1 || virtq_enable(q) != VIRTQ_OK)
		return -EINVAL;
	/* A kick that was under way when the state was saved is not in it. */
	virtq_again(q);
	return 0;
}

int virtio_restored(struct virtio_dev *vdev)
{
	bool agreed = vdev->status & VIRTIO_CONFIG_S_FEATURES_OK;
	unsigned int i;

	if (vdev->status & ~STATUS_ALL)
		return -EINVAL;
	if (agreed ? !features_acceptable(vdev) : vdev->status & VIRTIO_CONFIG_S_DRIVER_OK)
		return -EINVAL;
	for (i = 0; i < vdev->ops->nr_queues; i++)
		if (restored_queue(&vdev->queue[i]))
			return -EINVAL;
	if (!vdev->dev.irq->edge)
		vdev->dev.irq->set(vdev->dev.irq, vdev->isr != 0);
	return 0;
}
