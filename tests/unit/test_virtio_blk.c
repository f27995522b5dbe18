// SPDX-License-Identifier: GPL-2.0
/*
 * Block requests (vmm/virtio/blk.c) against a temporary file: what a driver
 * asks for is in the file, what it must not ask for is refused.
 */
#include "virtio_rig.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <linux/virtio_blk.h>

#include "../../vmm/err.h"
#include "../../vmm/host/disk.h"

#define SECTORS 64u
#define HDR RIG_DATA
#define STATUS (RIG_DATA + 0x100)
#define DATA (RIG_DATA + 0x1000)
#define UNTOUCHED 0xee

struct blk_test {
	struct rig *rig;
	struct disk *disk;
	char path[32];
	int fd;
};

static void open_disk(struct blk_test *t, const char *options)
{
	struct err e;
	char spec[64];

	snprintf(spec, sizeof(spec), "%s%s", t->path, options);
	t->disk = disk_open(spec, &e);
	assert_non_null(t->disk);
	rig_plug(t->rig, virtio_blk_create(t->rig->loop, t->disk));
}

static struct blk_test *make(const char *options)
{
	struct blk_test *t = calloc(1, sizeof(*t));
	uint8_t sector[DISK_SECTOR];
	unsigned int i;

	strcpy(t->path, "/tmp/ember-test-XXXXXX");
	t->fd = mkstemp(t->path);
	assert_true(t->fd >= 0);
	for (i = 0; i < SECTORS; i++) {
		memset(sector, i + 1, sizeof(sector));
		assert_int_equal(write(t->fd, sector, sizeof(sector)), sizeof(sector));
	}
	t->rig = rig_new();
	open_disk(t, options);
	rig_start(t->rig, VIRTIO_BIT(VIRTIO_BLK_F_FLUSH), 16);
	return t;
}

static int setup(void **state)
{
	*state = make("");
	return 0;
}

static int setup_ro(void **state)
{
	*state = make(",ro");
	return 0;
}

static int teardown(void **state)
{
	struct blk_test *t = *state;

	rig_free(t->rig);
	disk_close(t->disk);
	close(t->fd);
	unlink(t->path);
	free(t);
	return 0;
}

static void put_header(struct blk_test *t, uint32_t type, uint64_t sector)
{
	struct virtio_blk_outhdr hdr = { .type = htole32(type), .sector = htole64(sector) };

	assert_int_equal(guestmem_write(&t->rig->mem, HDR, &hdr, sizeof(hdr)), 0);
	*(uint8_t *)rig_at(t->rig, STATUS) = UNTOUCHED;
}

static bool one_used(struct rig *rig)
{
	return rig_used_idx(rig, 0) != rig->q[0].seen;
}

/* Kick, wait for the answer: the status byte. */
static int finish(struct blk_test *t, uint32_t *written)
{
	rig_kick(t->rig, 0);
	rig_until(t->rig, one_used);
	assert_true(rig_take(t->rig, 0, written) >= 0);
	return *(uint8_t *)rig_at(t->rig, STATUS);
}

static int request(struct blk_test *t, uint32_t type, uint64_t sector, bool in, uint32_t len,
		   uint32_t *written)
{
	put_header(t, type, sector);
	RIG_ADD(t->rig, 0, { HDR, 16, false }, { DATA, len, in }, { STATUS, 1, true });
	return finish(t, written);
}

static int request_of(struct blk_test *t, uint32_t type, uint64_t sector, uint32_t len)
{
	bool in = type == VIRTIO_BLK_T_IN || type == VIRTIO_BLK_T_GET_ID;

	return request(t, type, sector, in, len, NULL);
}

static void check_file(struct blk_test *t, uint64_t sector, unsigned int n, int byte)
{
	uint8_t buf[DISK_SECTOR];
	unsigned int i;

	for (; n--; sector++) {
		assert_int_equal(pread(t->fd, buf, sizeof(buf), sector * DISK_SECTOR), sizeof(buf));
		for (i = 0; i < sizeof(buf); i++)
			if (buf[i] != (uint8_t)(byte < 0 ? (int)sector + 1 : byte))
				fail_msg("sector %u byte %u is %u", (unsigned int)sector, i,
					 buf[i]);
	}
}

static void test_config(void **state)
{
	struct blk_test *t = *state;
	struct device *dev = t->rig->dev;

	assert_int_equal(rig_read(t->rig, VIRTIO_MMIO_DEVICE_ID), 2);
	assert_int_equal(dev->ops->mmio_read(dev, 0x100, 8), SECTORS);
	assert_int_equal(dev->ops->mmio_read(dev, 0x114, 4), DISK_SECTOR);
	assert_false(rig_vdev(t->rig)->offered & VIRTIO_BIT(VIRTIO_BLK_F_RO));
}

static void test_read(void **state)
{
	struct blk_test *t = *state;
	uint8_t *data = rig_at(t->rig, DATA);
	uint32_t written;
	unsigned int i;

	data[1024] = UNTOUCHED;
	assert_int_equal(request(t, VIRTIO_BLK_T_IN, 7, true, 1024, &written), VIRTIO_BLK_S_OK);
	assert_int_equal(written, 1025);
	for (i = 0; i < 1024; i++)
		assert_int_equal(data[i], 8 + i / 512);
	assert_int_equal(data[1024], UNTOUCHED);
	assert_int_equal(t->rig->edges, 1);
}

static void test_write(void **state)
{
	struct blk_test *t = *state;
	uint32_t written;

	memset(rig_at(t->rig, DATA), 0xa5, 1024);
	assert_int_equal(request(t, VIRTIO_BLK_T_OUT, 62, false, 1024, &written), VIRTIO_BLK_S_OK);
	assert_int_equal(written, 1);
	check_file(t, 62, 2, 0xa5);
	check_file(t, 0, 62, -1);
}

/* The driver may cut a request wherever it likes (section 2.6.4.1). */
static void test_any_layout(void **state)
{
	struct blk_test *t = *state;
	uint8_t *data = rig_at(t->rig, DATA);

	put_header(t, VIRTIO_BLK_T_IN, 3);
	RIG_ADD(t->rig, 0, { HDR, 5, false }, { HDR + 5, 11, false }, { DATA, 1, true },
		{ DATA + 1, 511, true }, { STATUS, 1, true });
	assert_int_equal(finish(t, NULL), VIRTIO_BLK_S_OK);
	assert_int_equal(data[0], 4);
	assert_int_equal(data[511], 4);

	/* Header and data in one buffer, data and status in one. */
	put_header(t, VIRTIO_BLK_T_OUT, 5);
	memset((uint8_t *)rig_at(t->rig, HDR) + 16, 0x77, 512);
	RIG_ADD(t->rig, 0, { HDR, 16 + 512, false }, { DATA, 1, true });
	rig_kick(t->rig, 0);
	rig_until(t->rig, one_used);
	rig_take(t->rig, 0, NULL);
	assert_int_equal(data[0], VIRTIO_BLK_S_OK);
	check_file(t, 5, 1, 0x77);
}

static void test_bad_ranges(void **state)
{
	static const struct {
		uint32_t type;
		uint64_t sector;
		uint32_t len;
	} bad[] = {
		{ VIRTIO_BLK_T_IN, SECTORS, 512 },
		{ VIRTIO_BLK_T_IN, SECTORS - 1, 1024 },
		{ VIRTIO_BLK_T_IN, 0, (SECTORS + 1) * 512 },
		{ VIRTIO_BLK_T_IN, UINT64_MAX, 512 },
		{ VIRTIO_BLK_T_IN, UINT64_MAX / 512 + 1, 512 },
		{ VIRTIO_BLK_T_IN, 0, 511 },
		{ VIRTIO_BLK_T_IN, 0, 513 },
		{ VIRTIO_BLK_T_OUT, SECTORS, 512 },
		{ VIRTIO_BLK_T_OUT, SECTORS - 1, 1024 },
		{ VIRTIO_BLK_T_OUT, 1ull << 55, 512 },
		{ VIRTIO_BLK_T_OUT, 0, 1 },
		{ VIRTIO_BLK_T_DISCARD, 0, 0 },
		{ VIRTIO_BLK_T_DISCARD, 0, 15 },
		{ VIRTIO_BLK_T_WRITE_ZEROES, 0, 16 * 33 },
	};
	struct blk_test *t = *state;
	struct stat st;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		if (request_of(t, bad[i].type, bad[i].sector, bad[i].len) != VIRTIO_BLK_S_IOERR)
			fail_msg("row %u was not refused", i);
	check_file(t, 0, SECTORS, -1);
	fstat(t->fd, &st);
	assert_int_equal(st.st_size, SECTORS * 512);
	assert_false(rig_needs_reset(t->rig));
}

/* Nothing to do is not an error, at the end of the disk either. */
static void test_empty_transfer(void **state)
{
	assert_int_equal(request_of(*state, VIRTIO_BLK_T_IN, SECTORS, 0), VIRTIO_BLK_S_OK);
}

static void test_unknown_type(void **state)
{
	static const uint32_t types[] = { 2, 3, 5, 14, 0x80000000, 0xffffffff };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		assert_int_equal(request_of(*state, types[i], 0, 512), VIRTIO_BLK_S_UNSUPP);
}

static void test_flush(void **state)
{
	assert_int_equal(request_of(*state, VIRTIO_BLK_T_FLUSH, 0, 0), VIRTIO_BLK_S_OK);
}

static void test_get_id(void **state)
{
	struct blk_test *t = *state;
	uint32_t written;

	assert_int_equal(request(t, VIRTIO_BLK_T_GET_ID, 0, true, 20, &written), VIRTIO_BLK_S_OK);
	assert_int_equal(written, 21);
	assert_memory_equal(rig_at(t->rig, DATA), t->path + strlen(t->path) - 20, 20);
	assert_int_equal(request(t, VIRTIO_BLK_T_GET_ID, 0, true, 4, &written), VIRTIO_BLK_S_OK);
	assert_int_equal(written, 5);
}

static void put_range(struct blk_test *t, unsigned int i, uint64_t sector, uint32_t n,
		      uint32_t flags)
{
	struct virtio_blk_discard_write_zeroes r = { htole64(sector), htole32(n), htole32(flags) };

	assert_int_equal(guestmem_write(&t->rig->mem, DATA + i * sizeof(r), &r, sizeof(r)), 0);
}

static void test_write_zeroes(void **state)
{
	struct blk_test *t = *state;

	put_range(t, 0, 4, 2, 0);
	put_range(t, 1, 10, 1, VIRTIO_BLK_WRITE_ZEROES_FLAG_UNMAP);
	assert_int_equal(request_of(t, VIRTIO_BLK_T_WRITE_ZEROES, 0, 32), VIRTIO_BLK_S_OK);
	check_file(t, 4, 2, 0);
	check_file(t, 6, 4, -1);
	check_file(t, 10, 1, 0);
	check_file(t, 11, SECTORS - 11, -1);
}

static void test_discard(void **state)
{
	struct blk_test *t = *state;

	put_range(t, 0, 8, 8, 0);
	assert_int_equal(request_of(t, VIRTIO_BLK_T_DISCARD, 0, 16), VIRTIO_BLK_S_OK);
	check_file(t, 0, 8, -1);
	check_file(t, 16, SECTORS - 16, -1);
}

/* One bad range among good ones: nothing is done. */
static void test_bad_zero_ranges(void **state)
{
	static const struct {
		uint32_t type;
		uint64_t sector;
		uint32_t n, flags;
		int status;
	} bad[] = {
		{ VIRTIO_BLK_T_WRITE_ZEROES, SECTORS, 1, 0, VIRTIO_BLK_S_IOERR },
		{ VIRTIO_BLK_T_WRITE_ZEROES, 1, SECTORS, 0, VIRTIO_BLK_S_IOERR },
		{ VIRTIO_BLK_T_WRITE_ZEROES, UINT64_MAX, 2, 0, VIRTIO_BLK_S_IOERR },
		{ VIRTIO_BLK_T_WRITE_ZEROES, 0, 0xffffffff, 0, VIRTIO_BLK_S_IOERR },
		{ VIRTIO_BLK_T_WRITE_ZEROES, 0, 1, 2, VIRTIO_BLK_S_UNSUPP },
		{ VIRTIO_BLK_T_DISCARD, 0, 1, 1, VIRTIO_BLK_S_UNSUPP },
		{ VIRTIO_BLK_T_DISCARD, SECTORS - 1, 2, 0, VIRTIO_BLK_S_IOERR },
	};
	struct blk_test *t = *state;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		put_range(t, i % 2, 0, 1, 0);
		put_range(t, !(i % 2), bad[i].sector, bad[i].n, bad[i].flags);
		assert_int_equal(request_of(t, bad[i].type, 0, 32), bad[i].status);
	}
	check_file(t, 0, SECTORS, -1);
}

/* Without room for a header or an answer there is nobody to answer to. */
static void test_malformed(void **state)
{
	struct blk_test *t = *state;
	struct rig *rig = t->rig;

	RIG_ADD(rig, 0, { HDR, 15, false }, { STATUS, 1, true });
	rig_kick(rig, 0);
	assert_true(rig_needs_reset(rig));
	rig_start(rig, 0, 16);
	RIG_ADD(rig, 0, { HDR, 16, false });
	rig_kick(rig, 0);
	assert_true(rig_needs_reset(rig));
	rig_start(rig, 0, 16);
	assert_int_equal(request_of(t, VIRTIO_BLK_T_IN, 0, 512), VIRTIO_BLK_S_OK);
}

static void test_readonly(void **state)
{
	struct blk_test *t = *state;

	assert_true(rig_vdev(t->rig)->offered & VIRTIO_BIT(VIRTIO_BLK_F_RO));
	assert_int_equal(request_of(t, VIRTIO_BLK_T_IN, 9, 512), VIRTIO_BLK_S_OK);
	assert_int_equal(*(uint8_t *)rig_at(t->rig, DATA), 10);
	assert_int_equal(request_of(t, VIRTIO_BLK_T_OUT, 0, 512), VIRTIO_BLK_S_IOERR);
	put_range(t, 0, 0, 1, 0);
	assert_int_equal(request_of(t, VIRTIO_BLK_T_WRITE_ZEROES, 0, 16), VIRTIO_BLK_S_IOERR);
	assert_int_equal(request_of(t, VIRTIO_BLK_T_FLUSH, 0, 0), VIRTIO_BLK_S_OK);
	check_file(t, 0, SECTORS, -1);
}

/* The image shrinks behind our back: an error for the guest, a line for the host. */
static void test_host_error(void **state)
{
	struct blk_test *t = *state;

	assert_int_equal(ftruncate(t->fd, 512), 0);
	assert_int_equal(request_of(t, VIRTIO_BLK_T_IN, 10, 512), VIRTIO_BLK_S_IOERR);
	assert_int_equal(request_of(t, VIRTIO_BLK_T_IN, 0, 512), VIRTIO_BLK_S_OK);
}

static bool all_used(struct rig *rig)
{
	return rig_used_idx(rig, 0) == 16;
}

static void many_reads(struct blk_test *t)
{
	unsigned int i;

	rig_start(t->rig, VIRTIO_BIT(VIRTIO_RING_F_INDIRECT_DESC), 64);
	for (i = 0; i < 16; i++) {
		struct virtio_blk_outhdr hdr = { .sector = htole64(i) };

		guestmem_write(&t->rig->mem, HDR + 32 * i, &hdr, sizeof(hdr));
		RIG_ADD(t->rig, 0, { HDR + 32 * i, 16, false }, { DATA + 512 * i, 512, true },
			{ HDR + 32 * i + 16, 1, true });
	}
	rig_kick(t->rig, 0);
}

static void check_many(struct blk_test *t)
{
	uint8_t *data = rig_at(t->rig, DATA);
	unsigned int i;

	for (i = 0; i < 16; i++) {
		assert_int_equal(data[512 * i], i + 1);
		assert_int_equal(data[512 * i + 511], i + 1);
	}
}

static void test_many(void **state)
{
	struct blk_test *t = *state;

	many_reads(t);
	rig_until(t->rig, all_used);
	check_many(t);
	assert_true(t->rig->edges >= 1);
}

/* A reset waits for what the host is still doing to guest memory. */
static void test_reset_drains(void **state)
{
	struct blk_test *t = *state;

	many_reads(t);
	rig_write(t->rig, VIRTIO_MMIO_STATUS, 0);
	check_many(t);
}

static void test_destroy_drains(void **state)
{
	struct blk_test *t = *state;

	many_reads(t);
	rig_unplug(t->rig);
	check_many(t);
	/* The disk is still open: the next machine has it. */
	rig_plug(t->rig, virtio_blk_create(t->rig->loop, t->disk));
	rig_start(t->rig, 0, 16);
	assert_int_equal(request_of(t, VIRTIO_BLK_T_IN, 3, 512), VIRTIO_BLK_S_OK);
}

static void test_quiesce_then_state(void **state)
{
	struct blk_test *t = *state;

	many_reads(t);
	rig_check_state(t->rig);
	assert_true(all_used(t->rig));
	t->rig->q[0].seen = 16;
	assert_int_equal(request_of(t, VIRTIO_BLK_T_IN, 3, 512), VIRTIO_BLK_S_OK);
}

/* The driver offers one and the same chain for ever: bounded, and it stays alive. */
static void test_flood(void **state)
{
	struct blk_test *t = *state;
	struct rig_queue *q = &t->rig->q[0];
	unsigned int i, round;

	put_header(t, VIRTIO_BLK_T_IN, 1);
	rig_add(t->rig, 0,
		(const struct rig_buf[]){
			{ HDR, 16, false }, { DATA, 512, true }, { STATUS, 1, true } },
		3);
	for (i = 0; i < 16; i++)
		q->avail->ring[i] = 0;
	for (round = 0; round < 200; round++) {
		q->avail->idx = htole16(le16toh(q->avail->idx) + (round % 2 ? 16 : 15));
		rig_kick(t->rig, 0);
	}
	t->rig->dev->ops->quiesce(t->rig->dev);
	assert_int_equal(*(uint8_t *)rig_at(t->rig, DATA), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(config),
		TEST(read),
		TEST(write),
		TEST(any_layout),
		TEST(bad_ranges),
		TEST(empty_transfer),
		TEST(unknown_type),
		TEST(flush),
		TEST(get_id),
		TEST(write_zeroes),
		TEST(discard),
		TEST(bad_zero_ranges),
		TEST(malformed),
		cmocka_unit_test_setup_teardown(test_readonly, setup_ro, teardown),
		TEST(host_error),
		TEST(many),
		TEST(reset_drains),
		TEST(destroy_drains),
		TEST(quiesce_then_state),
		TEST(flood),
	};

	return cmocka_run_group_tests_name("virtio-blk", tests, NULL, NULL);
}
