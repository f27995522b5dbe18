// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: a virtio device, whole, as a hostile guest can reach it.
 *
 * The input is a program for the driver: register accesses, bytes written to
 * guest memory, half-way sensible rings, frames from the network, saved states
 * that were tampered with.  Nothing is checked but that the sanitizers are
 * silent, that the device ends, and that it works again after a reset.
 *
 * tests/unit/test_virtio_fuzz.c runs it on fixed random inputs; tests/fuzz/Makefile
 * builds it for libFuzzer.
 */
#include "../unit/virtio_rig.h"

#include <sys/mman.h>

#include "../../vmm/err.h"
#include "../../vmm/host/chardev.h"
#include "../../vmm/host/disk.h"
#include "../../vmm/host/iov.h"
#include "../../vmm/host/net.h"
#include "../../vmm/virtio/balloon.h"

/* The program; reading past its end gives zeroes, and done() says so. */
struct input {
	const uint8_t *p;
	size_t left;
};

static uint32_t take(struct input *in, unsigned int bytes)
{
	uint32_t v = 0;

	while (bytes--) {
		v = v << 8 | (in->left ? *in->p : 0);
		if (in->left) {
			in->p++;
			in->left--;
		}
	}
	return v;
}

struct fuzz {
	struct rig *rig;
	struct net_backend net;
	struct chardev *chr;
	struct disk *disk;
	int memfd;
};

/* What the guest sends comes back while it is still sending, as libslirp may do. */
static void mirror(struct net_backend *net, const struct iovec *iov, unsigned int n)
{
	static uint8_t frame[NET_FRAME_MAX];

	net_deliver(net, frame, iov_copy_out(frame, sizeof(frame), iov, n));
}

static void no_close(struct net_backend *net)
{
	(void)net;
}

static const struct net_ops mirror_ops = { "mirror", mirror, NULL, no_close };

static struct virtio_dev *make_blk(struct fuzz *f)
{
	char path[40];
	struct err e;

	f->memfd = memfd_create("fuzz", MFD_CLOEXEC);
	if (f->memfd < 0 || ftruncate(f->memfd, 1 << 16) < 0)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", f->memfd);
	f->disk = disk_open(path, &e);
	return virtio_blk_create(f->rig->loop, f->disk);
}

static struct virtio_dev *make_net(struct fuzz *f)
{
	net_init(&f->net, &mirror_ops, f->rig->loop);
	return virtio_net_create(&f->net);
}

static struct virtio_dev *make_console(struct fuzz *f)
{
	struct err e;

	f->chr = chardev_open(f->rig->loop, "console", "none", NULL, NULL, &e);
	return virtio_console_create(f->chr);
}

static struct virtio_dev *make_rng(struct fuzz *f)
{
	(void)f;
	return virtio_rng_create();
}

static struct virtio_dev *make_balloon(struct fuzz *f)
{
	(void)f;
	return virtio_balloon_create(RIG_RAM_SIZE, RIG_RAM_SIZE / 2, NULL, NULL);
}

static struct virtio_dev *(*const makers[])(struct fuzz *f) = { make_blk, make_net, make_console,
								make_rng, make_balloon };

/* Addresses that matter: rings, buffers, edges, nowhere. */
static uint64_t pick_addr(struct input *in)
{
	uint32_t v = take(in, 3);

	switch (v >> 21) {
	case 0:
	case 1:
		return RIG_RINGS + v % 0x8000;
	case 6:
		return RIG_RAM + RIG_RAM_SIZE - v % 64;
	case 7:
		return (uint64_t)v << (v % 41);
	default:
		return RIG_DATA + v % 0x10000;
	}
}

static void op_write(struct fuzz *f, struct input *in)
{
	static const uint8_t lens[] = { 4, 4, 4, 4, 1, 2, 8, 4 };
	unsigned int off = take(in, 1) * 4 % VIRTIO_MMIO_SIZE, len = lens[take(in, 1) % 8];

	f->rig->dev->ops->mmio_write(f->rig->dev, off, take(in, 4), len);
}

static void op_read(struct fuzz *f, struct input *in)
{
	f->rig->dev->ops->mmio_read(f->rig->dev, take(in, 2) % VIRTIO_MMIO_SIZE,
				    1 << take(in, 1) % 4);
}

static void op_poke(struct fuzz *f, struct input *in)
{
	uint64_t gpa = pick_addr(in);
	uint8_t bytes[16];
	unsigned int i, len = take(in, 1) % 16 + 1;

	for (i = 0; i < len; i++)
		bytes[i] = take(in, 1);
	guestmem_write(&f->rig->mem, gpa, bytes, len);
}

static void op_start(struct fuzz *f, struct input *in)
{
	uint64_t offered = rig_vdev(f->rig)->offered;

	rig_start(f->rig, offered & take(in, 4), 1 << take(in, 1) % 5);
}

static struct rig_queue *pick_queue(struct fuzz *f, struct input *in, unsigned int *i)
{
	*i = take(in, 1) % rig_vdev(f->rig)->ops->nr_queues;
	return &f->rig->q[*i];
}

static void op_chain(struct fuzz *f, struct input *in)
{
	unsigned int i, n, k;
	struct rig_buf buf[8];

	if (!pick_queue(f, in, &i)->num)
		return;
	n = take(in, 1) % 8 + 1;
	for (k = 0; k < n; k++) {
		buf[k].gpa = pick_addr(in);
		buf[k].len = take(in, 1) % 4 ? take(in, 1) : take(in, 2);
		buf[k].in = take(in, 1) % 8 > 8 - n + k;
	}
	rig_add(f->rig, i, buf, n);
}

/* A block request that is right, but for the numbers in it. */
static void op_request(struct fuzz *f, struct input *in)
{
	uint32_t hdr[4] = { take(in, 1) % 16, 0, take(in, 1), 0 };
	bool read = !hdr[0] || hdr[0] == 8;

	if (!f->rig->q[0].num)
		return;
	guestmem_write(&f->rig->mem, RIG_DATA, hdr, sizeof(hdr));
	RIG_ADD(f->rig, 0, { RIG_DATA, 16, false }, { RIG_DATA + 64, take(in, 1) * 16, read },
		{ RIG_DATA + 32, 1, true });
	rig_kick(f->rig, 0);
}

static void op_kick(struct fuzz *f, struct input *in)
{
	rig_kick(f->rig, take(in, 1) % 4);
}

static void op_frame(struct fuzz *f, struct input *in)
{
	static uint8_t frame[4096];

	if (f->net.ops)
		net_deliver(&f->net, frame, take(in, 2) % sizeof(frame));
}

static void op_state(struct fuzz *f, struct input *in)
{
	size_t len = device_state_size(f->rig->dev);
	unsigned int n = take(in, 1) % 4;
	uint8_t *buf = malloc(len);

	f->rig->dev->ops->quiesce(f->rig->dev);
	device_state_save(f->rig->dev, buf);
	while (n--)
		buf[take(in, 2) % len] = take(in, 1);
	device_state_restore(f->rig->dev, buf, len);
	free(buf);
}

static void (*const ops[])(struct fuzz *f, struct input *in) = {
	op_write, op_read,    op_poke, op_poke, op_start, op_chain,
	op_chain, op_request, op_kick, op_kick, op_frame, op_state,
};

/* What waits in the loop, a bounded part of it. */
static unsigned int turns;

static bool a_few_turns(struct rig *rig)
{
	(void)rig;
	return !turns--;
}

static void check_alive(struct rig *rig)
{
	rig_start(rig, 0, 4);
	assert_false(rig_needs_reset(rig));
	assert_true(virtio_live(rig_vdev(rig)));
}

static void run_program(struct fuzz *f, struct input *in)
{
	while (in->left)
		ops[take(in, 1) % ARRAY_SIZE(ops)](f, in);
	if (turns) /* not every time: it takes a millisecond */
		rig_until(f->rig, a_few_turns);
	check_alive(f->rig);
}

static void finish(struct fuzz *f)
{
	rig_unplug(f->rig);
	chardev_close(f->chr);
	disk_close(f->disk);
	if (f->net.ops)
		net_close(&f->net);
	if (f->memfd >= 0)
		close(f->memfd);
	rig_free(f->rig);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz f = { .memfd = -1 };
	struct input in = { data, size };

	turns = size % 8 == 0;
	f.rig = rig_new();
	rig_plug(f.rig, makers[take(&in, 1) % ARRAY_SIZE(makers)](&f));
	run_program(&f, &in);
	finish(&f);
	return 0;
}
