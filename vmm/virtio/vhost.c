// SPDX-License-Identifier: GPL-2.0
/* Virtqueues served by the host's kernel; see vhost.h. */
#include <errno.h>
#include <linux/vhost.h>
#include <linux/virtio_mmio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../err.h"
#include "../guestmem.h"
#include "../loop.h"
#include "vdev.h"
#include "vhost.h"

static int vhost_ioctl(struct vhost *v, unsigned long request, void *arg)
{
	return ioctl(v->fd, request, arg) < 0 ? -errno : 0;
}

int vhost_init(struct vhost *v, struct virtio_dev *vdev, int fd, unsigned int nr,
	       int (*serve)(struct vhost *v, bool on))
{
	*v = (struct vhost){
		.vdev = vdev, .fd = fd, .nr = nr, .serve = serve, .err_fd = -1, .call_fd = -1
	};
	return ioctl(fd, VHOST_GET_FEATURES, &v->features);
}

void vhost_offer(struct vhost *v)
{
	v->vdev->offered &= v->features | ~VIRTIO_FEATURES_COMMON;
}

static void unwatch(int fd, struct loop_watch *watch)
{
	if (watch)
		loop_unwatch(watch);
	if (fd >= 0)
		close(fd);
}

void vhost_finish(struct vhost *v)
{
	unwatch(v->err_fd, v->err_watch);
	unwatch(v->call_fd, v->call_watch);
}

/* What it finds wrong is in the guest's rings: our own tables were checked. */
static void on_error(void *opaque, int fd, uint32_t events)
{
	struct vhost *v = opaque;
	eventfd_t n;

	(void)events;
	eventfd_read(fd, &n);
	virtio_fail(v->vdev, -1, "the host's vhost found a ring faulty");
	vhost_stop(v);
}

/* What the driver has seen already, reading InterruptStatus, is no interrupt any more. */
static void on_call(void *opaque, int fd, uint32_t events)
{
	struct vhost *v = opaque;
	eventfd_t n;

	(void)events;
	eventfd_read(fd, &n);
	vhost_progress(v);
	if (v->vdev->isr & VIRTIO_MMIO_INT_VRING)
		virtio_raise(v->vdev, VIRTIO_MMIO_INT_VRING);
}

static int watch(struct vhost *v, int *fd, struct loop_watch **watch, loop_fd_fn fn)
{
	if (*fd < 0)
		*fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (*fd >= 0 && !*watch)
		*watch = loop_watch(v->vdev->loop, *fd, EPOLLIN, fn, v);
	return *watch ? 0 : -errno;
}

/* Where the kernel signals an interrupt: a descriptor, or -errno. */
static int call_fd(struct vhost *v)
{
	const struct irqline *irq = v->vdev->dev.irq;
	int r;

	if (irq->edge)
		return irq->edge_fd < 0 ? -ENOTSUP : irq->edge_fd;
	r = watch(v, &v->call_fd, &v->call_watch, on_call);
	return r ? r : v->call_fd;
}

/* Where buffers are: guest physical to our addresses, for its own checks of both. */
static int set_memory(struct vhost *v)
{
	const struct guestmem *mem = v->vdev->mem;
	struct {
		struct vhost_memory head;
		struct vhost_memory_region region[GUESTMEM_MAX_REGIONS];
	} table = { .head.nregions = mem->nr };
	unsigned int i;

	for (i = 0; i < mem->nr; i++) {
		table.region[i].guest_phys_addr = mem->region[i].gpa;
		table.region[i].memory_size = mem->region[i].size;
		table.region[i].userspace_addr = (uintptr_t)mem->region[i].hva;
	}
	return vhost_ioctl(v, VHOST_SET_MEM_TABLE, &table);
}

static int set_ring(struct vhost *v, struct virtqueue *q)
{
	struct vhost_vring_state num = { q->index, q->num };
	struct vhost_vring_state base = { q->index, q->last_avail };
	struct vhost_vring_addr addr = {
		.index = q->index,
		.desc_user_addr = (uintptr_t)q->desc,
		.used_user_addr = (uintptr_t)q->used,
		.avail_user_addr = (uintptr_t)q->avail,
	};
	int r = vhost_ioctl(v, VHOST_SET_VRING_NUM, &num);

	if (!r)
		r = vhost_ioctl(v, VHOST_SET_VRING_BASE, &base);
	return r ? r : vhost_ioctl(v, VHOST_SET_VRING_ADDR, &addr);
}

/* VHOST_FILE_UNBIND for @kick makes it let go of all three. */
static int set_eventfds(struct vhost *v, struct virtqueue *q, int kick, int call, int err)
{
	struct vhost_vring_file file = { q->index, call };
	int r = vhost_ioctl(v, VHOST_SET_VRING_CALL, &file);

	file.fd = err;
	if (!r)
		r = vhost_ioctl(v, VHOST_SET_VRING_ERR, &file);
	file.fd = kick;
	return r ? r : vhost_ioctl(v, VHOST_SET_VRING_KICK, &file);
}

/* A notification wakes the kernel's thread; ours sleeps on. */
static void hear_kicks(struct vhost *v, struct virtqueue *q, bool us)
{
	loop_watch_events(v->vdev->watch[q->index], us ? EPOLLIN : 0);
}

/* Every queue's interrupts are the device's one line's. */
static int set_queue(struct vhost *v, struct virtqueue *q)
{
	int call = call_fd(v), r = call < 0 ? call : set_ring(v, q);

	return r ? r : set_eventfds(v, q, q->kick_fd, call, v->err_fd);
}

static int set_all(struct vhost *v)
{
	uint64_t agreed = v->vdev->features & v->features;
	unsigned int i;
	int r = watch(v, &v->err_fd, &v->err_watch, on_error);

	if (!r)
		r = vhost_ioctl(v, VHOST_SET_FEATURES, &agreed);
	if (!r)
		r = set_memory(v);
	for (i = 0; i < v->nr && !r; i++)
		r = set_queue(v, &v->vdev->queue[i]);
	return r ? r : v->serve(v, true);
}

static void let_go(struct vhost *v)
{
	unsigned int i;

	v->serve(v, false);
	for (i = 0; i < v->nr; i++)
		set_eventfds(v, &v->vdev->queue[i], VHOST_FILE_UNBIND, VHOST_FILE_UNBIND,
			     VHOST_FILE_UNBIND);
}

/* A driver that left a queue out is not up as far as vhost is concerned. */
static bool startable(const struct vhost *v)
{
	unsigned int i;

	for (i = 0; i < v->nr; i++)
		if (!v->vdev->queue[i].ready)
			return false;
	return virtio_live(v->vdev);
}

static void fail(struct vhost *v, int r)
{
	let_go(v);
	if (!v->vdev->faults)
		warn("vhost: %s", r == -ENOTSUP ? "this host's KVM has no irqfds, which it needs"
						: strerror(-r));
	virtio_fail(v->vdev, -1, "the host's vhost does not start");
}

static void start(struct vhost *v)
{
	unsigned int i;
	int r = set_all(v);

	if (r) {
		fail(v, r);
		return;
	}
	v->running = true;
	for (i = 0; i < v->nr; i++) {
		struct virtqueue *q = &v->vdev->queue[i];

		q->used_idx = virtq_used_idx(q);
		hear_kicks(v, q, false);
		/* For what the driver put there before. */
		virtq_again(q);
	}
}

void vhost_notify(struct vhost *v, unsigned int q)
{
	if (q >= v->nr)
		return;
	if (v->running)
		virtq_again(&v->vdev->queue[q]);
	else if (startable(v))
		start(v);
}

static void stop_queue(struct vhost *v, struct virtqueue *q)
{
	struct vhost_vring_state base = { .index = q->index };

	if (!vhost_ioctl(v, VHOST_GET_VRING_BASE, &base))
		q->last_avail = base.num;
	q->signalled = q->used_idx;
	hear_kicks(v, q, true);
	virtq_again(q);
}

void vhost_stop(struct vhost *v)
{
	unsigned int i;

	if (!v->running)
		return;
	let_go(v);
	vhost_progress(v);
	v->running = false;
	for (i = 0; i < v->nr; i++)
		stop_queue(v, &v->vdev->queue[i]);
}

void vhost_progress(struct vhost *v)
{
	unsigned int i;

	for (i = 0; i < v->nr && v->running; i++) {
		struct virtqueue *q = &v->vdev->queue[i];
		uint16_t idx = virtq_used_idx(q);

		if (idx == q->used_idx)
			continue;
		q->used_idx = idx;
		v->vdev->isr |= VIRTIO_MMIO_INT_VRING;
	}
}
