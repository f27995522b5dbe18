// SPDX-License-Identifier: GPL-2.0
/*
 * virtio block device (virtio 1.1 section 5.2) on a disk of host/disk.h.
 *
 * A request is taken apart and checked here, under the device lock; a worker
 * thread does the I/O; here it is given back.  The requests of section 5.2.6
 * are the rows of a table.
 */
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/virtio_blk.h>
#include <linux/virtio_ids.h>

#include "../arch.h"
#include "../err.h"
#include "../host/disk.h"
#include "../host/iov.h"
#include "../host/worker.h"
#include "vdev.h"

#define QUEUE_MAX 256u
#define WORKERS 2u
#define RANGES_MAX 32u /* of one discard or write-zeroes request */
#define RANGE_SECTORS_MAX (1u << 22) /* 2 GiB */

struct blk {
	struct virtio_dev vdev;
	struct disk *disk;
	struct workers *workers;
	unsigned int in_flight;
	bool quiescing;
	bool told; /* of the first host error */
	struct virtio_blk_config config;
};

struct request {
	struct worker_job job;
	struct blk *blk;
	const struct request_type *type;
	uint64_t sector;
	uint16_t head;
	uint8_t *status; /* in guest memory, last byte of the chain */
	uint8_t result; /* VIRTIO_BLK_S_* */
	bool sync; /* no FLUSH agreed: writes are stable when done */
	int err; /* the host's, -errno */
	uint32_t written; /* into the writable part */
	struct iov data;
	uint32_t len; /* bytes of data */
	struct iovec v[];
};

struct request_type {
	uint32_t type;
	bool in; /* data goes to the driver */
	bool writes;
	/* Device lock held; VIRTIO_BLK_S_OK to go on. */
	uint8_t (*check)(const struct request *req);
	/* On a worker: 0 or -errno; may set @result instead. */
	int (*run)(struct request *req);
};

static struct blk *to_blk(struct virtio_dev *vdev)
{
	return (struct blk *)vdev;
}

static bool range_ok(const struct blk *blk, uint64_t sector, uint64_t sectors)
{
	uint64_t capacity = disk_sectors(blk->disk);

	return sector <= capacity && sectors <= capacity - sector;
}

static uint8_t check_transfer(const struct request *req)
{
	if (req->len % DISK_SECTOR || !range_ok(req->blk, req->sector, req->len / DISK_SECTOR))
		return VIRTIO_BLK_S_IOERR;
	return VIRTIO_BLK_S_OK;
}

/* Of all devices only a disk puts what is going to be run where it is run. */
static int run_read(struct request *req)
{
	int err = disk_readv(req->blk->disk, req->data.v, req->data.n, req->sector * DISK_SECTOR);
	unsigned int i;

	for (i = 0; !err && i < req->data.n; i++)
		arch_memory_filled(req->data.v[i].iov_base, req->data.v[i].iov_len);
	req->written = err ? 1 : req->len + 1;
	return err;
}

static int run_write(struct request *req)
{
	int err = disk_writev(req->blk->disk, req->data.v, req->data.n, req->sector * DISK_SECTOR);

	return err || !req->sync ? err : disk_flush(req->blk->disk);
}

static int run_flush(struct request *req)
{
	return disk_flush(req->blk->disk);
}

/* The end of the file's name, which tells disks apart better than its start. */
static int run_get_id(struct request *req)
{
	const char *path = disk_path(req->blk->disk);
	size_t len = strlen(path);
	char id[VIRTIO_BLK_ID_BYTES] = "";

	if (len > sizeof(id))
		path += len - sizeof(id);
	memcpy(id, path, len < sizeof(id) ? len : sizeof(id));
	req->written = iov_copy_in(req->data.v, req->data.n, id, sizeof(id)) + 1;
	return 0;
}

static uint8_t check_ranges(const struct request *req)
{
	uint32_t n = req->len / sizeof(struct virtio_blk_discard_write_zeroes);

	if (!n || n > RANGES_MAX || req->len % sizeof(struct virtio_blk_discard_write_zeroes))
		return VIRTIO_BLK_S_IOERR;
	return VIRTIO_BLK_S_OK;
}

struct range {
	uint64_t off; /* bytes */
	uint64_t len;
	bool unmap;
};

static uint8_t parse_range(const struct request *req, struct range *to,
			   const struct virtio_blk_discard_write_zeroes *from)
{
	uint64_t sector = le64toh(from->sector);
	uint32_t sectors = le32toh(from->num_sectors);
	uint32_t flags = le32toh(from->flags);
	bool zeroes = req->type->type == VIRTIO_BLK_T_WRITE_ZEROES;

	if (flags & ~(zeroes ? VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP : 0u))
		return VIRTIO_BLK_S_UNSUPP;
	if (sectors > RANGE_SECTORS_MAX || !range_ok(req->blk, sector, sectors))
		return VIRTIO_BLK_S_IOERR;
	to->off = sector * DISK_SECTOR;
	to->len = (uint64_t)sectors * DISK_SECTOR;
	to->unmap = flags & VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP;
	return VIRTIO_BLK_S_OK;
}

/* All ranges are checked before the first is touched; returns how many, 0 if one is bad. */
static unsigned int parse_ranges(struct request *req, struct range *range)
{
	struct virtio_blk_discard_write_zeroes wire[RANGES_MAX];
	unsigned int i,
		n = iov_copy_out(wire, req->len, req->data.v, req->data.n) / sizeof(wire[0]);

	for (i = 0; i < n && req->result == VIRTIO_BLK_S_OK; i++)
		req->result = parse_range(req, &range[i], &wire[i]);
	return req->result == VIRTIO_BLK_S_OK ? n : 0;
}

static int run_discard(struct request *req)
{
	struct range range[RANGES_MAX];
	unsigned int i, n = parse_ranges(req, range);
	int err = 0;

	for (i = 0; i < n && !err; i++)
		err = disk_discard(req->blk->disk, range[i].off, range[i].len);
	return err;
}

static int run_write_zeroes(struct request *req)
{
	struct range range[RANGES_MAX];
	unsigned int i, n = parse_ranges(req, range);
	int err = 0;

	for (i = 0; i < n && !err; i++)
		err = disk_write_zeroes(req->blk->disk, range[i].off, range[i].len, range[i].unmap);
	return err || !req->sync ? err : disk_flush(req->blk->disk);
}

static const struct request_type types[] = {
	{ VIRTIO_BLK_T_IN, true, false, check_transfer, run_read },
	{ VIRTIO_BLK_T_OUT, false, true, check_transfer, run_write },
	{ VIRTIO_BLK_T_FLUSH, false, false, NULL, run_flush },
	{ VIRTIO_BLK_T_GET_ID, true, false, NULL, run_get_id },
	{ VIRTIO_BLK_T_DISCARD, false, true, check_ranges, run_discard },
	{ VIRTIO_BLK_T_WRITE_ZEROES, false, true, check_ranges, run_write_zeroes },
};

static const struct request_type *type_of(uint32_t type)
{
	unsigned int i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].type == type)
			return &types[i];
	return NULL;
}

static void request_run(struct worker_job *job)
{
	struct request *req = (struct request *)job;

	req->err = req->type->run(req);
	if (req->err)
		req->result = VIRTIO_BLK_S_IOERR;
}

static void request_finish(struct request *req)
{
	struct virtqueue *q = &req->blk->vdev.queue[0];

	__atomic_store_n(req->status, req->result, __ATOMIC_RELAXED);
	virtq_push(q, req->head, req->written);
	free(req);
}

static void tell_host_error(const struct request *req)
{
	if (req->blk->told)
		return;
	req->blk->told = true;
	warn("disk %s: request type %u at sector %llu: %s; the guest sees an I/O error",
	     disk_path(req->blk->disk), req->type->type, (unsigned long long)req->sector,
	     strerror(-req->err));
}

static void blk_notify(struct virtio_dev *vdev, unsigned int q);

static void request_done(struct worker_job *job)
{
	struct request *req = (struct request *)job;
	struct blk *blk = req->blk;

	if (req->err)
		tell_host_error(req);
	request_finish(req);
	virtq_interrupt(&blk->vdev.queue[0]);
	/* At the limit, what came in was left in the queue. */
	if (blk->in_flight-- == QUEUE_MAX)
		blk_notify(&blk->vdev, 0);
}

/* Header off the front, status byte off the back; the rest is data. */
static struct request *request_new(struct blk *blk, const struct virtq_chain *c,
				   struct virtio_blk_outhdr *hdr)
{
	unsigned int n = c->out_n + c->in_n;
	struct request *req = malloc(sizeof(*req) + n * sizeof(req->v[0]));
	struct iov out, in;

	if (!req)
		return NULL;
	memset(req, 0, sizeof(*req));
	memcpy(req->v, c->iov, n * sizeof(req->v[0]));
	out = (struct iov){ req->v, c->out_n };
	in = (struct iov){ req->v + c->out_n, c->in_n };
	req->status = (uint8_t *)in.v[in.n - 1].iov_base + in.v[in.n - 1].iov_len - 1;
	iov_copy_out(hdr, sizeof(*hdr), out.v, out.n);
	iov_trim_front(&out, sizeof(*hdr));
	iov_trim_back(&in, 1);

	req->blk = blk;
	req->head = c->head;
	req->written = 1;
	req->type = type_of(le32toh(hdr->type));
	req->sector = le64toh(hdr->sector);
	req->sync = !virtio_has(&blk->vdev, VIRTIO_BLK_F_FLUSH);
	req->data = req->type && req->type->in ? in : out;
	req->len = iov_len(req->data.v, req->data.n);
	return req;
}

static uint8_t request_check(const struct request *req)
{
	if (!req->type)
		return VIRTIO_BLK_S_UNSUPP;
	if (req->type->writes && disk_readonly(req->blk->disk))
		return VIRTIO_BLK_S_IOERR;
	return req->type->check ? req->type->check(req) : VIRTIO_BLK_S_OK;
}

static bool serve_one(struct virtqueue *q, struct virtq_chain *c)
{
	struct blk *blk = to_blk(q->vdev);
	struct virtio_blk_outhdr hdr;
	struct request *req;

	if (blk->in_flight == QUEUE_MAX || blk->quiescing)
		return false;
	if (c->out_len < sizeof(hdr) || !c->in_len) {
		virtio_fail(q->vdev, 0, "request without header or status byte");
		return true;
	}
	req = request_new(blk, c, &hdr);
	if (!req) {
		/* Not one page left on the host: later, when there is. */
		virtq_again(q);
		return false;
	}
	req->result = request_check(req);
	if (req->result != VIRTIO_BLK_S_OK) {
		request_finish(req);
		return true;
	}
	blk->in_flight++;
	req->job.run = request_run;
	req->job.done = request_done;
	workers_submit(blk->workers, &req->job);
	return true;
}

static void blk_notify(struct virtio_dev *vdev, unsigned int q)
{
	virtq_serve(&vdev->queue[q], serve_one);
}

static void blk_quiesce(struct virtio_dev *vdev)
{
	struct blk *blk = to_blk(vdev);

	blk->quiescing = true;
	workers_drain(blk->workers);
	blk->quiescing = false;
	/* What was left in the queue meanwhile, in case the device goes on. */
	virtq_again(&vdev->queue[0]);
}

static void blk_destroy(struct virtio_dev *vdev)
{
	workers_destroy(to_blk(vdev)->workers);
	free(vdev);
}

static const struct state_field blk_state[] = {
	VIRTIO_STATE,
	VIRTIO_STATE_QUEUE(0),
	{ 0 },
};

static const struct virtio_ops blk_ops = {
	.name = "virtio-blk",
	.device_id = VIRTIO_ID_BLOCK,
	.nr_queues = 1,
	.queue_max = QUEUE_MAX,
	.notify = blk_notify,
	.quiesce = blk_quiesce,
	.destroy = blk_destroy,
	.state = blk_state,
};

static void fill_config(struct virtio_blk_config *cfg, const struct disk *disk)
{
	cfg->capacity = htole64(disk_sectors(disk));
	cfg->seg_max = htole32(QUEUE_MAX - 2);
	cfg->blk_size = htole32(DISK_SECTOR);
	cfg->max_discard_sectors = htole32(RANGE_SECTORS_MAX);
	cfg->max_discard_seg = htole32(RANGES_MAX);
	cfg->discard_sector_alignment = htole32(1);
	cfg->max_write_zeroes_sectors = htole32(RANGE_SECTORS_MAX);
	cfg->max_write_zeroes_seg = htole32(RANGES_MAX);
	cfg->write_zeroes_may_unmap = 1;
}

static uint64_t features_of(const struct disk *disk)
{
	uint64_t features = VIRTIO_BIT(VIRTIO_BLK_F_FLUSH) | VIRTIO_BIT(VIRTIO_BLK_F_SEG_MAX) |
			    VIRTIO_BIT(VIRTIO_BLK_F_BLK_SIZE);

	if (disk_readonly(disk))
		return features | VIRTIO_BIT(VIRTIO_BLK_F_RO);
	return features | VIRTIO_BIT(VIRTIO_BLK_F_DISCARD) | VIRTIO_BIT(VIRTIO_BLK_F_WRITE_ZEROES);
}

struct virtio_dev *virtio_blk_create(struct loop *loop, struct disk *disk)
{
	struct blk *blk = calloc(1, sizeof(*blk));

	if (!blk)
		return NULL;
	blk->disk = disk;
	blk->workers = workers_create(loop, WORKERS);
	if (!blk->workers) {
		free(blk);
		return NULL;
	}
	fill_config(&blk->config, disk);
	virtio_init(&blk->vdev, &blk_ops, features_of(disk), &blk->config, sizeof(blk->config));
	return &blk->vdev;
}
