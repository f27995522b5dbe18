// SPDX-License-Identifier: GPL-2.0
/*
 * virtio over MMIO, register layout version 2 (virtio 1.1 section 4.2): the
 * window through which the driver sees a virtio device.
 *
 * The registers are the rows of a table.  What they do to the device is
 * vdev.c's; here is only how they are reached, by which way notifications come
 * in, and the node that tells the guest.
 */
#include <endian.h>
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <linux/virtio_mmio.h>

#include "../loop.h"
#include "../machine/fdt.h"
#include "vdev.h"

#define MAGIC 0x74726976 /* "virt" */
#define VENDOR 0x52424d45 /* "EMBR" */

/* The queue under QueueSel, or NULL where there is none. */
static struct virtqueue *selected(struct virtio_dev *vdev)
{
	return vdev->queue_sel < vdev->ops->nr_queues ? &vdev->queue[vdev->queue_sel] : NULL;
}

/* A row without @read reads as 0, one without @write ignores writes: both count as unknown. */
struct mmio_reg {
	uint32_t (*read)(struct virtio_dev *vdev);
	void (*write)(struct virtio_dev *vdev, uint32_t val);
	uint32_t val; /* what reads as a constant */
	bool constant;
};

static uint32_t read_device_id(struct virtio_dev *vdev)
{
	return vdev->ops->device_id;
}

static uint32_t read_offered(struct virtio_dev *vdev)
{
	return vdev->offered_sel < 2 ? vdev->offered >> (32 * vdev->offered_sel) : 0;
}

static void write_offered_sel(struct virtio_dev *vdev, uint32_t val)
{
	vdev->offered_sel = val;
}

/* Once FEATURES_OK is set, what was agreed on stands (section 3.1.1). */
static void write_features(struct virtio_dev *vdev, uint32_t val)
{
	unsigned int shift = 32 * vdev->features_sel;

	if (vdev->features_sel > 1 || (vdev->status & VIRTIO_CONFIG_S_FEATURES_OK))
		return;
	vdev->features &= ~((uint64_t)UINT32_MAX << shift);
	vdev->features |= (uint64_t)val << shift;
}

static void write_features_sel(struct virtio_dev *vdev, uint32_t val)
{
	vdev->features_sel = val;
}

static void write_queue_sel(struct virtio_dev *vdev, uint32_t val)
{
	vdev->queue_sel = val;
}

static uint32_t read_queue_num_max(struct virtio_dev *vdev)
{
	struct virtqueue *q = selected(vdev);

	return q ? q->num_max : 0;
}

/* What a running queue was set up with can't be changed under it. */
static struct virtqueue *settable(struct virtio_dev *vdev)
{
	struct virtqueue *q = selected(vdev);

	return q && !q->ready ? q : NULL;
}

static void write_queue_num(struct virtio_dev *vdev, uint32_t val)
{
	struct virtqueue *q = settable(vdev);

	if (q)
		q->num = val;
}

static void set_low(uint64_t *gpa, uint32_t val)
{
	*gpa = (*gpa & ~(uint64_t)UINT32_MAX) | val;
}

static void set_high(uint64_t *gpa, uint32_t val)
{
	*gpa = (uint32_t)*gpa | (uint64_t)val << 32;
}

#define RING_WRITE(name, field, part)                                            \
	static void write_##name##_##part(struct virtio_dev *vdev, uint32_t val) \
	{                                                                        \
		struct virtqueue *q = settable(vdev);                            \
                                                                                 \
		if (q)                                                           \
			set_##part(&q->field, val);                              \
	}

RING_WRITE(desc, desc_gpa, low)
RING_WRITE(desc, desc_gpa, high)
RING_WRITE(avail, avail_gpa, low)
RING_WRITE(avail, avail_gpa, high)
RING_WRITE(used, used_gpa, low)
RING_WRITE(used, used_gpa, high)

static uint32_t read_queue_ready(struct virtio_dev *vdev)
{
	struct virtqueue *q = selected(vdev);

	return q ? q->ready : 0;
}

static void write_queue_ready(struct virtio_dev *vdev, uint32_t val)
{
	struct virtqueue *q = selected(vdev);

	if (q)
		virtio_set_ready(vdev, q, val & 1);
}

static void write_queue_notify(struct virtio_dev *vdev, uint32_t val)
{
	if (val < vdev->ops->nr_queues)
		vdev->ops->notify(vdev, val);
}

static uint32_t read_isr(struct virtio_dev *vdev)
{
	if (vdev->ops->progress)
		vdev->ops->progress(vdev);
	return vdev->isr;
}

static uint32_t read_status(struct virtio_dev *vdev)
{
	return vdev->status;
}

static uint32_t read_config_gen(struct virtio_dev *vdev)
{
	return vdev->config_gen;
}

#define REG(off) [VIRTIO_MMIO_##off / 4]
#define CONSTANT(v)                          \
	{                                    \
		.val = (v), .constant = true \
	}

/* Table 4.1 of the spec; the shared memory rows are version 1.2's, and say "none". */
static const struct mmio_reg regs[VIRTIO_MMIO_CONFIG / 4] = {
	REG(MAGIC_VALUE) = CONSTANT(MAGIC),
	REG(VERSION) = CONSTANT(2),
	REG(DEVICE_ID) = { .read = read_device_id },
	REG(VENDOR_ID) = CONSTANT(VENDOR),
	REG(DEVICE_FEATURES) = { .read = read_offered },
	REG(DEVICE_FEATURES_SEL) = { .write = write_offered_sel },
	REG(DRIVER_FEATURES) = { .write = write_features },
	REG(DRIVER_FEATURES_SEL) = { .write = write_features_sel },
	REG(QUEUE_SEL) = { .write = write_queue_sel },
	REG(QUEUE_NUM_MAX) = { .read = read_queue_num_max },
	REG(QUEUE_NUM) = { .write = write_queue_num },
	REG(QUEUE_READY) = { .read = read_queue_ready, .write = write_queue_ready },
	REG(QUEUE_NOTIFY) = { .write = write_queue_notify },
	REG(INTERRUPT_STATUS) = { .read = read_isr },
	REG(INTERRUPT_ACK) = { .write = virtio_ack },
	REG(STATUS) = { .read = read_status, .write = virtio_set_status },
	REG(QUEUE_DESC_LOW) = { .write = write_desc_low },
	REG(QUEUE_DESC_HIGH) = { .write = write_desc_high },
	REG(QUEUE_AVAIL_LOW) = { .write = write_avail_low },
	REG(QUEUE_AVAIL_HIGH) = { .write = write_avail_high },
	REG(QUEUE_USED_LOW) = { .write = write_used_low },
	REG(QUEUE_USED_HIGH) = { .write = write_used_high },
	REG(SHM_LEN_LOW) = CONSTANT(UINT32_MAX),
	REG(SHM_LEN_HIGH) = CONSTANT(UINT32_MAX),
	REG(SHM_BASE_LOW) = CONSTANT(UINT32_MAX),
	REG(SHM_BASE_HIGH) = CONSTANT(UINT32_MAX),
	REG(CONFIG_GENERATION) = { .read = read_config_gen },
};

/* The config space takes any width, the registers aligned 32-bit accesses only (4.2.2.2). */
static const struct mmio_reg *reg_at(uint64_t off, unsigned int len)
{
	return len == 4 && off % 4 == 0 && off < VIRTIO_MMIO_CONFIG ? &regs[off / 4] : NULL;
}

static uint64_t read_config(struct virtio_dev *vdev, uint64_t off, unsigned int len)
{
	uint64_t val = 0;

	if (off >= vdev->config_len || len > vdev->config_len - off) {
		vdev->dev.unknown++;
		return 0;
	}
	memcpy(&val, vdev->config + off, len);
	return le64toh(val);
}

static uint64_t mmio_read(struct device *dev, uint64_t off, unsigned int len)
{
	struct virtio_dev *vdev = (struct virtio_dev *)dev;
	const struct mmio_reg *reg;

	if (off >= VIRTIO_MMIO_CONFIG)
		return read_config(vdev, off - VIRTIO_MMIO_CONFIG, len);
	reg = reg_at(off, len);
	if (reg && reg->constant)
		return reg->val;
	if (reg && reg->read)
		return reg->read(vdev);
	dev->unknown++;
	return 0;
}

static void write_config(struct virtio_dev *vdev, uint64_t off, uint32_t val, unsigned int len)
{
	if (vdev->ops->config_write && len <= 4 && off < vdev->config_len &&
	    len <= vdev->config_len - off)
		vdev->ops->config_write(vdev, off, val, len);
	else
		vdev->dev.unknown++;
}

static void mmio_write(struct device *dev, uint64_t off, uint64_t val, unsigned int len)
{
	struct virtio_dev *vdev = (struct virtio_dev *)dev;
	const struct mmio_reg *reg;

	if (off >= VIRTIO_MMIO_CONFIG) {
		write_config(vdev, off - VIRTIO_MMIO_CONFIG, val, len);
		return;
	}
	reg = reg_at(off, len);
	if (reg && reg->write)
		reg->write(vdev, val);
	else
		dev->unknown++;
}

static int mmio_fdt(struct device *dev, void *fdt)
{
	FDT_TRY(fdt_begin_device(fdt, dev, dev->ops->name));
	FDT_TRY(fdt_property_string(fdt, "compatible", "virtio,mmio"));
	FDT_TRY(fdt_property(fdt, "dma-coherent", NULL, 0));
	return fdt_end_node(fdt);
}

static void mmio_reset(struct device *dev)
{
	virtio_reset((struct virtio_dev *)dev);
}

static int mmio_restored(struct device *dev)
{
	return virtio_restored((struct virtio_dev *)dev);
}

static void unbell(struct virtio_dev *vdev, struct virtqueue *q)
{
	if (vdev->belled[q->index])
		vdev->doorbell.ops->deassign(vdev->doorbell.opaque,
					     vdev->dev.base + VIRTIO_MMIO_QUEUE_NOTIFY, q->index,
					     q->kick_fd);
	if (vdev->watch[q->index])
		loop_unwatch(vdev->watch[q->index]);
	if (q->kick_fd >= 0)
		close(q->kick_fd);
}

static void mmio_quiesce(struct device *dev)
{
	virtio_quiesce((struct virtio_dev *)dev);
}

static void mmio_destroy(struct device *dev)
{
	struct virtio_dev *vdev = (struct virtio_dev *)dev;
	unsigned int i;

	virtio_quiesce(vdev);
	for (i = 0; i < vdev->ops->nr_queues; i++)
		unbell(vdev, &vdev->queue[i]);
	vdev->ops->destroy(vdev);
}

/* Rung by KVM's ioeventfd, or by virtq_again(). */
static void on_kick(void *opaque, int fd, uint32_t events)
{
	struct virtqueue *q = opaque;
	eventfd_t n;

	(void)events;
	eventfd_read(fd, &n);
	q->vdev->ops->notify(q->vdev, q->index);
}

static int bell(struct virtio_dev *vdev, struct virtqueue *q)
{
	q->kick_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (q->kick_fd < 0)
		return -errno;
	vdev->watch[q->index] = loop_watch(vdev->loop, q->kick_fd, EPOLLIN, on_kick, q);
	if (!vdev->watch[q->index])
		return -errno;
	/* No doorbell is slower, not wrong: the write then exits to mmio_write(). */
	if (vdev->doorbell.ops)
		vdev->belled[q->index] = !vdev->doorbell.ops->assign(
			vdev->doorbell.opaque, vdev->dev.base + VIRTIO_MMIO_QUEUE_NOTIFY, q->index,
			q->kick_fd);
	return 0;
}

static const struct device_ops mmio_ops = {
	.name = "virtio_mmio",
	.mmio_read = mmio_read,
	.mmio_write = mmio_write,
	.fdt = mmio_fdt,
	.reset = mmio_reset,
	.destroy = mmio_destroy,
	.restored = mmio_restored,
	.quiesce = mmio_quiesce,
};

static void mmio_attach(const struct virtio_slot *slot, struct virtio_dev *vdev)
{
	vdev->dev_ops = mmio_ops;
	vdev->dev_ops.state = vdev->ops->state;
	vdev->dev = (struct device){
		.ops = &vdev->dev_ops,
		.base = slot->base,
		.size = VIRTIO_MMIO_SIZE,
		.irq = slot->irq,
	};
	vdev->mem = slot->mem;
	vdev->loop = slot->loop;
	if (slot->doorbell)
		vdev->doorbell = *slot->doorbell;
}

struct device *virtio_mmio_create(const struct virtio_slot *slot, struct virtio_dev *vdev)
{
	unsigned int i;
	int err = 0;

	if (!vdev)
		return NULL;
	mmio_attach(slot, vdev);
	for (i = 0; i < vdev->ops->nr_queues && !err; i++)
		err = bell(vdev, &vdev->queue[i]);
	if (err) {
		mmio_destroy(&vdev->dev);
		errno = -err;
		return NULL;
	}
	return &vdev->dev;
}
