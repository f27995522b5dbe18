// SPDX-License-Identifier: GPL-2.0
/*
 * The balloon from its driver's side: which pages it gives to the host and which not,
 * what it says of itself, and page numbers that no guest should send.
 */
#include "virtio_rig.h"

#include <linux/virtio_balloon.h>

#include "../../vmm/virtio/balloon.h"

enum { INFLATE, DEFLATE, STATS, REPORTING };

#define PAGE 4096u
#define NUM 16u
#define PFN(gpa) ((gpa) >> VIRTIO_BALLOON_PFN_SHIFT)
#define LIST RIG_DATA /* where the driver has its page numbers */
#define POOL (RIG_RAM + 0x40000) /* pages to play with */
#define POOL_PAGES 64u

static unsigned int changes;

static void changed(void *opaque)
{
	(void)opaque;
	changes++;
}

static int start(void **state)
{
	struct rig *rig = rig_new();

	changes = 0;
	rig_plug(rig, virtio_balloon_create(RIG_RAM_SIZE, RIG_RAM_SIZE, changed, NULL));
	rig_start(rig,
		  VIRTIO_BIT(VIRTIO_BALLOON_F_STATS_VQ) | VIRTIO_BIT(VIRTIO_BALLOON_F_REPORTING) |
			  VIRTIO_BIT(VIRTIO_BALLOON_F_DEFLATE_ON_OOM),
		  NUM);
	memset(rig_at(rig, POOL), 0xee, POOL_PAGES * PAGE);
	*state = rig;
	return 0;
}

static int stop(void **state)
{
	rig_free(*state);
	return 0;
}

/* Given to the host: it reads as zeroes. */
static bool given(struct rig *rig, uint64_t gpa)
{
	static const uint8_t zeroes[PAGE];

	return !memcmp(rig_at(rig, gpa), zeroes, PAGE);
}

static bool kept(struct rig *rig, uint64_t gpa)
{
	const uint8_t *p = rig_at(rig, gpa);
	unsigned int i;

	for (i = 0; i < PAGE; i++)
		if (p[i] != 0xee)
			return false;
	return true;
}

static void list(struct rig *rig, const uint32_t *pfn, unsigned int n)
{
	uint32_t *le = rig_at(rig, LIST);
	unsigned int i;

	for (i = 0; i < n; i++)
		le[i] = htole32(pfn[i]);
}

static void test_inflate(void **state)
{
	/* Upwards, downwards, alone, twice. */
	static const unsigned int page[] = { 3, 4, 5, 20, 19, 18, 40, 10, 10, 63 };
	uint32_t pfn[ARRAY_SIZE(page)], written;
	struct rig *rig = *state;
	bool want[POOL_PAGES] = { false };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(page); i++) {
		pfn[i] = PFN(POOL) + page[i];
		want[page[i]] = true;
	}
	list(rig, pfn, ARRAY_SIZE(page));
	/* In two pieces, the first of which ends within a number. */
	RIG_ADD(rig, INFLATE, { LIST, 6, false }, { LIST + 6, sizeof(pfn) - 6, false });
	rig_kick(rig, INFLATE);
	assert_int_equal(rig_take(rig, INFLATE, &written), 0);
	assert_int_equal(written, 0);
	assert_int_equal(rig->edges, 1);
	for (i = 0; i < POOL_PAGES; i++)
		assert_true(want[i] ? given(rig, POOL + i * PAGE) : kept(rig, POOL + i * PAGE));
}

/* More than are read at once. */
static void test_many(void **state)
{
	struct rig *rig = *state;
	uint32_t pfn[1000];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(pfn); i++)
		pfn[i] = PFN(POOL) + i % POOL_PAGES;
	pfn[ARRAY_SIZE(pfn) - 1] = PFN(POOL);
	list(rig, pfn, ARRAY_SIZE(pfn));
	RIG_ADD(rig, INFLATE, { LIST, sizeof(pfn), false });
	rig_kick(rig, INFLATE);
	assert_int_equal(rig_take(rig, INFLATE, NULL), 0);
	for (i = 0; i < POOL_PAGES; i++)
		assert_true(given(rig, POOL + i * PAGE));
}

static void test_deflate(void **state)
{
	uint32_t pfn[] = { PFN(POOL) };
	struct rig *rig = *state;

	list(rig, pfn, 1);
	RIG_ADD(rig, DEFLATE, { LIST, sizeof(pfn), false });
	rig_kick(rig, DEFLATE);
	assert_int_equal(rig_take(rig, DEFLATE, NULL), 0);
	assert_true(kept(rig, POOL));
}

/* The first and the last page of RAM are fine, those around it are not. */
static void test_not_ram(void **state)
{
	static const struct {
		uint32_t pfn;
		bool ok;
	} rows[] = {
		{ PFN(RIG_RAM) - 1, false },
		{ PFN(RIG_RAM + RIG_RAM_SIZE), false },
		{ 0, false },
		{ UINT32_MAX, false },
		{ PFN(RIG_RAM + RIG_RAM_SIZE) - 1, true },
	};
	struct rig *rig = *state;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		rig_start(rig, 0, NUM);
		list(rig, &rows[i].pfn, 1);
		RIG_ADD(rig, INFLATE, { LIST, 4, false });
		rig_kick(rig, INFLATE);
		assert_int_equal(rig_needs_reset(rig), !rows[i].ok);
		assert_int_equal(rig_take(rig, INFLATE, NULL), rows[i].ok ? 0 : -1);
	}
}

/* A request that would keep the monitor busy for minutes: one page more than 256 MiB. */
static void test_too_many(void **state)
{
	const uint64_t at = RIG_RAM + 0x80000;
	struct rig *rig = *state;
	uint32_t *le = rig_at(rig, at);
	unsigned int i;

	for (i = 0; i < 65536; i++)
		le[i] = htole32(PFN(POOL));
	RIG_ADD(rig, INFLATE, { at, 65536 * 4, false });
	rig_kick(rig, INFLATE);
	assert_int_equal(rig_take(rig, INFLATE, NULL), 0);
	RIG_ADD(rig, INFLATE, { at, 65536 * 4, false }, { at, 4, false });
	rig_kick(rig, INFLATE);
	assert_true(rig_needs_reset(rig));
}

static uint32_t num_pages(struct rig *rig)
{
	return rig_read(rig, VIRTIO_MMIO_CONFIG);
}

static void test_target(void **state)
{
	struct rig *rig = *state;
	struct virtio_dev *vdev = rig_vdev(rig);
	uint32_t gen = rig_read(rig, VIRTIO_MMIO_CONFIG_GENERATION);

	assert_int_equal(num_pages(rig), 0);
	assert_true(balloon_actual(vdev) == RIG_RAM_SIZE);
	balloon_set_target(vdev, RIG_RAM_SIZE - 8 * PAGE);
	assert_int_equal(num_pages(rig), 8);
	assert_int_equal(rig_read(rig, VIRTIO_MMIO_INTERRUPT_STATUS), VIRTIO_MMIO_INT_CONFIG);
	assert_int_not_equal(rig_read(rig, VIRTIO_MMIO_CONFIG_GENERATION), gen);
	/* The driver's word is what counts, and it may be nonsense. */
	assert_true(balloon_actual(vdev) == RIG_RAM_SIZE);
	rig_write(rig, VIRTIO_MMIO_CONFIG + 4, 5);
	rig_write(rig, VIRTIO_MMIO_CONFIG + 4, 5);
	assert_int_equal(changes, 1);
	assert_true(balloon_actual(vdev) == RIG_RAM_SIZE - 5 * PAGE);
	rig_write(rig, VIRTIO_MMIO_CONFIG + 4, UINT32_MAX);
	assert_true(balloon_actual(vdev) == 0);
	/* The other fields are ours. */
	rig_write(rig, VIRTIO_MMIO_CONFIG, 1);
	assert_int_equal(num_pages(rig), 8);
	balloon_set_target(vdev, 2 * RIG_RAM_SIZE);
	assert_int_equal(num_pages(rig), 0);
}

/* A guest that starts anew has no balloon yet, and the target still stands. */
static void test_reset(void **state)
{
	struct rig *rig = *state;

	balloon_set_target(rig_vdev(rig), RIG_RAM_SIZE / 2);
	rig_write(rig, VIRTIO_MMIO_CONFIG + 4, 5);
	rig_write(rig, VIRTIO_MMIO_STATUS, 0);
	assert_int_equal(num_pages(rig), RIG_RAM_SIZE / 2 / PAGE);
	assert_true(balloon_actual(rig_vdev(rig)) == RIG_RAM_SIZE);
	assert_false(balloon_live(rig_vdev(rig)));
}

static void send_stats(struct rig *rig, unsigned int at, uint64_t free_bytes)
{
	struct virtio_balloon_stat *s = rig_at(rig, LIST + at);

	s[0] = (struct virtio_balloon_stat){ htole16(VIRTIO_BALLOON_S_MEMFREE),
					     htole64(free_bytes) };
	s[1] = (struct virtio_balloon_stat){ htole16(999), htole64(1) };
	/* And a half one. */
	RIG_ADD(rig, STATS, { LIST + at, 2 * sizeof(*s) + 3, false });
	rig_kick(rig, STATS);
}

static void test_stats(void **state)
{
	struct balloon_stats stats;
	struct rig *rig = *state;

	balloon_stats(rig_vdev(rig), &stats);
	assert_false(stats.known[VIRTIO_BALLOON_S_MEMFREE]);
	send_stats(rig, 0, 12345);
	assert_int_equal(rig_take(rig, STATS, NULL), -1);
	assert_int_equal(rig->edges, 0);
	balloon_stats(rig_vdev(rig), &stats);
	assert_true(stats.known[VIRTIO_BALLOON_S_MEMFREE]);
	assert_true(stats.val[VIRTIO_BALLOON_S_MEMFREE] == 12345);
	assert_false(stats.known[VIRTIO_BALLOON_S_MEMTOT]);
	/* The buffer went back to be filled again, once. */
	assert_int_equal(rig_take(rig, STATS, NULL), 0);
	assert_int_equal(rig->edges, 1);
	balloon_stats(rig_vdev(rig), &stats);
	assert_int_equal(rig_take(rig, STATS, NULL), -1);
	/* Two at a time: the first goes back. */
	send_stats(rig, 0, 1);
	send_stats(rig, 64, 2);
	assert_int_equal(rig_take(rig, STATS, NULL), 1);
	assert_int_equal(rig_take(rig, STATS, NULL), -1);
	balloon_stats(rig_vdev(rig), &stats);
	assert_true(stats.val[VIRTIO_BALLOON_S_MEMFREE] == 2);
	assert_string_equal(balloon_stat_name(VIRTIO_BALLOON_S_MEMFREE), "free-memory");
}

/* Only whole pages of what is reported. */
static void test_report(void **state)
{
	struct rig *rig = *state;

	RIG_ADD(rig, REPORTING, { POOL + 2 * PAGE, 4 * PAGE, true },
		{ POOL + 10 * PAGE + 1, 2 * PAGE, true }, { POOL + 20 * PAGE, 100, true });
	rig_kick(rig, REPORTING);
	assert_int_equal(rig_take(rig, REPORTING, NULL), 0);
	assert_true(kept(rig, POOL + 1 * PAGE));
	assert_true(given(rig, POOL + 2 * PAGE));
	assert_true(given(rig, POOL + 5 * PAGE));
	assert_true(kept(rig, POOL + 6 * PAGE));
	assert_true(kept(rig, POOL + 10 * PAGE));
	assert_true(given(rig, POOL + 11 * PAGE));
	assert_true(kept(rig, POOL + 12 * PAGE));
	assert_true(kept(rig, POOL + 20 * PAGE));
}

static void test_state(void **state)
{
	struct rig *rig = *state;

	balloon_set_target(rig_vdev(rig), RIG_RAM_SIZE / 2);
	send_stats(rig, 0, 1);
	rig_check_state(rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_inflate, start, stop),
		cmocka_unit_test_setup_teardown(test_many, start, stop),
		cmocka_unit_test_setup_teardown(test_deflate, start, stop),
		cmocka_unit_test_setup_teardown(test_not_ram, start, stop),
		cmocka_unit_test_setup_teardown(test_too_many, start, stop),
		cmocka_unit_test_setup_teardown(test_target, start, stop),
		cmocka_unit_test_setup_teardown(test_reset, start, stop),
		cmocka_unit_test_setup_teardown(test_stats, start, stop),
		cmocka_unit_test_setup_teardown(test_report, start, stop),
		cmocka_unit_test_setup_teardown(test_state, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
