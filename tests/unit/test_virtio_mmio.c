// SPDX-License-Identifier: GPL-2.0
/*
 * The virtio-mmio registers (vmm/virtio/mmio.c, vdev.c): what each reads, the
 * start-up handshake, notifications, interrupts on both kinds of line, reset,
 * saved state, the device-tree node.
 */
#include "virtio_rig.h"

#include <errno.h>
#include <libfdt.h>

#include "../../vmm/machine/fdt.h"

#define FEATURE_OURS VIRTIO_BIT(5)
#define OFFERED (FEATURE_OURS | VIRTIO_FEATURES_COMMON)

/* A device with two queues and eight bytes of configuration, that takes notes. */
static struct {
	unsigned int notified[2];
	unsigned int quiesced;
	unsigned int reset;
	unsigned int destroyed;
	unsigned int off, val, len; /* last configuration write */
} notes;

static uint8_t config[8];

static void probe_notify(struct virtio_dev *vdev, unsigned int q)
{
	(void)vdev;
	notes.notified[q]++;
}

static void probe_config_write(struct virtio_dev *vdev, unsigned int off, uint32_t val,
			       unsigned int len)
{
	(void)vdev;
	notes.off = off;
	notes.val = val;
	notes.len = len;
}

static void probe_quiesce(struct virtio_dev *vdev)
{
	(void)vdev;
	notes.quiesced++;
}

static void probe_reset(struct virtio_dev *vdev)
{
	(void)vdev;
	notes.reset++;
}

static void probe_destroy(struct virtio_dev *vdev)
{
	notes.destroyed++;
	free(vdev);
}

static const struct state_field probe_state[] = {
	VIRTIO_STATE, VIRTIO_STATE_QUEUE(0), VIRTIO_STATE_QUEUE(1), { 0 }
};

static const struct virtio_ops probe_ops = {
	.name = "virtio-probe",
	.device_id = 63,
	.nr_queues = 2,
	.queue_max = 64,
	.notify = probe_notify,
	.config_write = probe_config_write,
	.quiesce = probe_quiesce,
	.reset = probe_reset,
	.destroy = probe_destroy,
	.state = probe_state,
};

static struct virtio_dev *probe_create(void)
{
	struct virtio_dev *vdev = calloc(1, sizeof(*vdev));

	memcpy(config, "\x11\x22\x33\x44\x55\x66\x77\x88", 8);
	memset(&notes, 0, sizeof(notes));
	virtio_init(vdev, &probe_ops, FEATURE_OURS, config, sizeof(config));
	return vdev;
}

static int setup(void **state)
{
	struct rig *rig = rig_new();

	rig_plug(rig, probe_create());
	*state = rig;
	return 0;
}

static int teardown(void **state)
{
	rig_free(*state);
	return 0;
}

static void test_identity(void **state)
{
	static const struct {
		unsigned int off;
		uint32_t val;
	} at_start[] = {
		{ VIRTIO_MMIO_MAGIC_VALUE, 0x74726976 },
		{ VIRTIO_MMIO_VERSION, 2 },
		{ VIRTIO_MMIO_DEVICE_ID, 63 },
		{ VIRTIO_MMIO_QUEUE_NUM_MAX, 64 },
		{ VIRTIO_MMIO_QUEUE_READY, 0 },
		{ VIRTIO_MMIO_INTERRUPT_STATUS, 0 },
		{ VIRTIO_MMIO_STATUS, 0 },
		{ VIRTIO_MMIO_CONFIG_GENERATION, 0 },
		{ VIRTIO_MMIO_SHM_LEN_LOW, 0xffffffff },
		{ VIRTIO_MMIO_SHM_LEN_HIGH, 0xffffffff },
	};
	struct rig *rig = *state;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(at_start); i++)
		assert_int_equal(rig_read(rig, at_start[i].off), at_start[i].val);
	assert_int_equal(rig->dev->unknown, 0);
	assert_int_equal(rig->dev->size, 0x200);
}

/* Registers are 32 bits wide and aligned; what isn't there is counted, and harmless. */
static void test_widths(void **state)
{
	static const struct {
		unsigned int off, len;
	} bad[] = { { 0, 1 },	 { 0, 2 },    { 0, 8 },	    { 2, 4 },	  { 0x70, 1 },
		    { 0x28, 4 }, { 0x5c, 4 }, { 0x108, 1 }, { 0x105, 4 }, { 0x1ff, 1 } };
	struct rig *rig = *state;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(rig->dev->ops->mmio_read(rig->dev, bad[i].off, bad[i].len), 0);
		assert_int_equal(rig->dev->unknown, 2 * i + 1);
		rig->dev->ops->mmio_write(rig->dev, bad[i].off, ~0ull, bad[i].len);
		assert_int_equal(rig->dev->unknown, 2 * i + 2);
	}
	assert_int_equal(rig_read(rig, VIRTIO_MMIO_STATUS), 0);
	assert_int_equal(notes.len, 0);
}

static void test_features(void **state)
{
	struct rig *rig = *state;

	rig_write(rig, VIRTIO_MMIO_DEVICE_FEATURES_SEL, 0);
	assert_int_equal(rig_read(rig, VIRTIO_MMIO_DEVICE_FEATURES), (uint32_t)OFFERED);
	rig_write(rig, VIRTIO_MMIO_DEVICE_FEATURES_SEL, 1);
	assert_int_equal(rig_read(rig, VIRTIO_MMIO_DEVICE_FEATURES), OFFERED >> 32);
	rig_write(rig, VIRTIO_MMIO_DEVICE_FEATURES_SEL, 2);
	assert_int_equal(rig_read(rig, VIRTIO_MMIO_DEVICE_FEATURES), 0);
	rig_write(rig, VIRTIO_MMIO_DEVICE_FEATURES_SEL, 0xffffffff);
	assert_int_equal(rig_read(rig, VIRTIO_MMIO_DEVICE_FEATURES), 0);
	rig_write(rig, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 40);
	rig_write(rig, VIRTIO_MMIO_DRIVER_FEATURES, 1);
	assert_int_equal(rig_vdev(rig)->features, 0);
}

static bool agreed(struct rig *rig)
{
	return rig_read(rig, VIRTIO_MMIO_STATUS) & VIRTIO_CONFIG_S_FEATURES_OK;
}

static void test_negotiation(void **state)
{
	const uint64_t v1 = VIRTIO_BIT(VIRTIO_F_VERSION_1);
	struct rig *rig = *state;

	rig_negotiate(rig, 0); /* a legacy driver */
	assert_false(agreed(rig));
	rig_negotiate(rig, v1 | VIRTIO_BIT(6)); /* not offered */
	assert_false(agreed(rig));
	rig_negotiate(rig, v1 | VIRTIO_BIT(63));
	assert_false(agreed(rig));
	rig_driver_ok(rig);
	assert_false(virtio_live(rig_vdev(rig)));

	rig_negotiate(rig, v1 | FEATURE_OURS);
	assert_true(agreed(rig));
	/* Too late to change one's mind. */
	rig_write(rig, VIRTIO_MMIO_DRIVER_FEATURES_SEL, 0);
	rig_write(rig, VIRTIO_MMIO_DRIVER_FEATURES, 0);
	assert_int_equal(rig_vdev(rig)->features, v1 | FEATURE_OURS);
	assert_false(virtio_live(rig_vdev(rig)));
	rig_driver_ok(rig);
	assert_true(virtio_live(rig_vdev(rig)));
}

static void test_status_bits(void **state)
{
	struct rig *rig = *state;

	rig_write(rig, VIRTIO_MMIO_STATUS, 0xffffff00 | VIRTIO_CONFIG_S_NEEDS_RESET);
	assert_int_equal(rig_read(rig, VIRTIO_MMIO_STATUS), 0);
	rig_write(rig, VIRTIO_MMIO_STATUS, VIRTIO_CONFIG_S_DRIVER_OK);
	assert_false(virtio_live(rig_vdev(rig)));
	rig_negotiate(rig, VIRTIO_BIT(VIRTIO_F_VERSION_1));
	rig_write(rig, VIRTIO_MMIO_STATUS, VIRTIO_CONFIG_S_ACKNOWLEDGE);
	assert_true(agreed(rig)); /* bits do not go away */
	rig_write(rig, VIRTIO_MMIO_STATUS, VIRTIO_CONFIG_S_FAILED);
	assert_true(rig_read(rig, VIRTIO_MMIO_STATUS) & VIRTIO_CONFIG_S_FAILED);
}

static void test_queue_registers(void **state)
{
	struct rig *rig = *state;

	rig_start(rig, 0, 16);
	assert_int_equal(rig_read(rig, VIRTIO_MMIO_QUEUE_READY), 1);
	/* Nothing of a running queue can be changed. */
	rig_write(rig, VIRTIO_MMIO_QUEUE_NUM, 8);
	rig_write(rig, VIRTIO_MMIO_QUEUE_DESC_LOW, 0);
	rig_write(rig, VIRTIO_MMIO_QUEUE_AVAIL_HIGH, 1);
	rig_write(rig, VIRTIO_MMIO_QUEUE_USED_LOW, 0);
	assert_int_equal(rig_vdev(rig)->queue[1].num, 16);
	assert_int_equal(rig_vdev(rig)->queue[1].desc_gpa, RIG_DESC(1));
	assert_int_equal(rig_vdev(rig)->queue[1].avail_gpa, RIG_AVAIL(1));
	assert_int_equal(rig_vdev(rig)->queue[1].used_gpa, RIG_USED(1));
	/* Stopped: in rest, and ready to be set up anew. */
	notes.quiesced = 0;
	rig_write(rig, VIRTIO_MMIO_QUEUE_READY, 0);
	assert_int_equal(rig_read(rig, VIRTIO_MMIO_QUEUE_READY), 0);
	assert_int_equal(notes.quiesced, 1);
	rig_queue(rig, 1, 8);
	assert_int_equal(rig_vdev(rig)->queue[1].num, 8);
	assert_false(rig_needs_reset(rig));
}

static void test_queue_that_is_not_there(void **state)
{
	struct rig *rig = *state;

	rig_start(rig, 0, 16);
	rig_ring_regs(rig, 2, 16, RIG_DESC(0), RIG_AVAIL(0), RIG_USED(0));
	assert_int_equal(rig_read(rig, VIRTIO_MMIO_QUEUE_NUM_MAX), 0);
	assert_int_equal(rig_read(rig, VIRTIO_MMIO_QUEUE_READY), 0);
	rig_ring_regs(rig, 0xffffffff, 16, RIG_DESC(0), RIG_AVAIL(0), RIG_USED(0));
	assert_int_equal(rig_read(rig, VIRTIO_MMIO_QUEUE_NUM_MAX), 0);
	rig_kick(rig, 2);
	rig_kick(rig, 0xffffffff);
	assert_false(rig_needs_reset(rig));
}

static bool second_notified(struct rig *rig)
{
	(void)rig;
	return notes.notified[1] > 1;
}

static void test_notify(void **state)
{
	struct rig *rig = *state;

	assert_int_equal(rig->bells, 2);
	rig_start(rig, 0, 16);
	/* DRIVER_OK looks into every queue once. */
	assert_int_equal(notes.notified[0], 1);
	assert_int_equal(notes.notified[1], 1);
	rig_kick(rig, 0);
	assert_int_equal(notes.notified[0], 2);
	/* As KVM would. */
	eventfd_write(rig->bell_fd[1], 1);
	rig_until(rig, second_notified);
	assert_int_equal(notes.notified[0], 2);
}

static void test_no_doorbell(void **state)
{
	struct rig *rig = *state;

	rig_unplug(rig);
	rig->bell_result = -ENOSPC;
	rig_plug(rig, probe_create());
	assert_int_equal(rig->bells, 0);
	rig_start(rig, 0, 16);
	rig_kick(rig, 1);
	assert_int_equal(notes.notified[1], 2);

	rig_unplug(rig);
	rig->slot.doorbell = NULL;
	rig_plug(rig, probe_create());
	rig_start(rig, 0, 16);
	rig_kick(rig, 1);
	assert_int_equal(notes.notified[1], 2);
}

/* An event that is not acknowledged yet does not swallow the next one. */
static void test_edge_interrupt(void **state)
{
	struct rig *rig = *state;

	rig_start(rig, 0, 16);
	virtio_raise(rig_vdev(rig), VIRTIO_MMIO_INT_VRING);
	assert_int_equal(rig->edges, 1);
	virtio_raise(rig_vdev(rig), VIRTIO_MMIO_INT_VRING);
	assert_int_equal(rig->edges, 2);
	assert_int_equal(rig_read(rig, VIRTIO_MMIO_INTERRUPT_STATUS), VIRTIO_MMIO_INT_VRING);
	rig_write(rig, VIRTIO_MMIO_INTERRUPT_ACK, VIRTIO_MMIO_INT_VRING);
	assert_int_equal(rig_read(rig, VIRTIO_MMIO_INTERRUPT_STATUS), 0);
	assert_false(rig->level);
	assert_int_equal(rig->edges, 2);
}

static void test_edge_by_irqfd(void **state)
{
	struct rig *rig = *state;
	eventfd_t n = 0;

	rig->irq.edge_fd = eventfd(0, EFD_NONBLOCK);
	rig_start(rig, 0, 16);
	virtio_raise(rig_vdev(rig), VIRTIO_MMIO_INT_VRING);
	assert_int_equal(eventfd_read(rig->irq.edge_fd, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(rig->edges, 0);
	close(rig->irq.edge_fd);
	rig->irq.edge_fd = -1;
}

static void test_level_interrupt(void **state)
{
	struct rig *rig = *state;

	rig->irq.edge = false;
	rig_start(rig, 0, 16);
	virtio_raise(rig_vdev(rig), VIRTIO_MMIO_INT_VRING);
	virtio_raise(rig_vdev(rig), VIRTIO_MMIO_INT_CONFIG);
	assert_true(rig->level);
	rig_write(rig, VIRTIO_MMIO_INTERRUPT_ACK, VIRTIO_MMIO_INT_VRING);
	assert_true(rig->level);
	rig_write(rig, VIRTIO_MMIO_INTERRUPT_ACK, VIRTIO_MMIO_INT_CONFIG);
	assert_false(rig->level);
	virtio_raise(rig_vdev(rig), VIRTIO_MMIO_INT_VRING);
	rig_write(rig, VIRTIO_MMIO_STATUS, 0);
	assert_false(rig->level);
}

static void test_config(void **state)
{
	struct rig *rig = *state;
	const struct device_ops *ops = rig->dev->ops;

	assert_int_equal(ops->mmio_read(rig->dev, 0x100, 1), 0x11);
	assert_int_equal(ops->mmio_read(rig->dev, 0x107, 1), 0x88);
	assert_int_equal(ops->mmio_read(rig->dev, 0x102, 2), 0x4433);
	assert_int_equal(ops->mmio_read(rig->dev, 0x104, 4), 0x88776655);
	assert_true(ops->mmio_read(rig->dev, 0x100, 8) == 0x8877665544332211);
	ops->mmio_write(rig->dev, 0x106, 0xabcd, 2);
	assert_int_equal(notes.off, 6);
	assert_int_equal(notes.val, 0xabcd);
	assert_int_equal(notes.len, 2);

	/* Before DRIVER_OK a change makes a new generation, but no interrupt. */
	virtio_config_changed(rig_vdev(rig));
	assert_int_equal(rig_read(rig, VIRTIO_MMIO_CONFIG_GENERATION), 1);
	assert_int_equal(rig->edges, 0);
	rig_start(rig, 0, 16);
	virtio_config_changed(rig_vdev(rig));
	assert_int_equal(rig_read(rig, VIRTIO_MMIO_CONFIG_GENERATION), 2);
	assert_int_equal(rig_read(rig, VIRTIO_MMIO_INTERRUPT_STATUS), VIRTIO_MMIO_INT_CONFIG);
	assert_int_equal(rig->edges, 1);
}

static void check_fresh(struct rig *rig)
{
	assert_int_equal(rig_read(rig, VIRTIO_MMIO_STATUS), 0);
	assert_int_equal(rig_read(rig, VIRTIO_MMIO_INTERRUPT_STATUS), 0);
	assert_int_equal(rig_vdev(rig)->features, 0);
	assert_int_equal(rig_vdev(rig)->queue[1].ready, 0);
	assert_int_equal(rig_vdev(rig)->queue[1].num, 64);
	assert_int_equal(rig_vdev(rig)->queue_sel, 0);
}

static void test_reset(void **state)
{
	struct rig *rig = *state;
	unsigned int resets;

	rig_start(rig, FEATURE_OURS, 16);
	virtio_raise(rig_vdev(rig), VIRTIO_MMIO_INT_VRING);
	notes.quiesced = 0;
	resets = notes.reset;
	rig_write(rig, VIRTIO_MMIO_STATUS, 0);
	assert_int_equal(notes.quiesced, 1);
	assert_int_equal(notes.reset, resets + 1);
	check_fresh(rig);

	rig_start(rig, FEATURE_OURS, 16);
	virtio_fail(rig_vdev(rig), -1, "the test says so");
	rig->dev->ops->reset(rig->dev); /* the machine's */
	check_fresh(rig);
}

static void test_destroy(void **state)
{
	struct rig *rig = *state;

	rig_start(rig, 0, 16);
	notes.quiesced = 0;
	rig_unplug(rig);
	assert_int_equal(notes.destroyed, 1);
	assert_true(notes.quiesced > 0);
	assert_null(virtio_mmio_create(&rig->slot, NULL));
}

static void test_state(void **state)
{
	struct rig *rig = *state;

	rig_check_state(rig);
	rig_negotiate(rig, VIRTIO_BIT(VIRTIO_F_VERSION_1) | FEATURE_OURS);
	rig_write(rig, VIRTIO_MMIO_QUEUE_SEL, 77);
	rig_check_state(rig);
	rig_start(rig, FEATURE_OURS, 16);
	virtq_push(&rig_vdev(rig)->queue[1], 3, 0);
	virtio_raise(rig_vdev(rig), VIRTIO_MMIO_INT_VRING);
	virtio_config_changed(rig_vdev(rig));
	rig_check_state(rig);
	assert_int_equal(rig_vdev(rig)->queue[1].used_idx, 1);
	assert_ptr_equal(rig_vdev(rig)->queue[1].used, rig_at(rig, RIG_USED(1)));
}

/* A kick on its way when the state was saved: the restored device looks by itself. */
static void test_state_kick(void **state)
{
	struct rig *rig = *state;

	rig_start(rig, 0, 16);
	rig_check_state(rig);
	notes.notified[1] = 1;
	rig_until(rig, second_notified);
}

/* A saved state is as hostile as a guest: changed where it hurts, it is refused. */
static void test_state_hostile(void **state)
{
	struct rig *rig = *state;
	struct virtio_dev *vdev = rig_vdev(rig);
	size_t len = device_state_size(rig->dev);
	uint8_t *good = malloc(len), *bad = malloc(len);
	const struct {
		void *field;
		uint64_t val;
		size_t size;
	} pokes[] = {
		{ &vdev->status, 0x100, 4 },
		{ &vdev->features, VIRTIO_BIT(6) | VIRTIO_BIT(VIRTIO_F_VERSION_1), 8 },
		{ &vdev->features, 0, 8 },
		{ &vdev->queue[1].ready, 2, 4 },
		{ &vdev->queue[1].num, 24, 4 },
		{ &vdev->queue[1].num, 128, 4 },
		{ &vdev->queue[1].desc_gpa, RIG_BASE, 8 },
		{ &vdev->queue[1].avail_gpa, RIG_RAM + 1, 8 },
		{ &vdev->queue[1].used_gpa, RIG_RAM + RIG_RAM_SIZE - 4, 8 },
	};
	unsigned int i;

	rig_start(rig, FEATURE_OURS, 16);
	device_state_save(rig->dev, good);
	for (i = 0; i < ARRAY_SIZE(pokes); i++) {
		assert_int_equal(device_state_restore(rig->dev, good, len), 0);
		if (pokes[i].size == 4)
			*(uint32_t *)pokes[i].field = pokes[i].val;
		else
			*(uint64_t *)pokes[i].field = pokes[i].val;
		device_state_save(rig->dev, bad);
		assert_int_equal(device_state_restore(rig->dev, bad, len), -EINVAL);
		check_fresh(rig);
	}
	assert_int_equal(device_state_restore(rig->dev, good, len - 1), -EINVAL);
	free(good);
	free(bad);
}

static void *finished_tree(struct rig *rig, uint8_t *buf, int size)
{
	assert_int_equal(fdt_create(buf, size), 0);
	assert_int_equal(fdt_finish_reservemap(buf), 0);
	assert_int_equal(fdt_begin_node(buf, ""), 0);
	assert_int_equal(rig->dev->ops->fdt(rig->dev, buf), 0);
	assert_int_equal(fdt_end_node(buf), 0);
	assert_int_equal(fdt_finish(buf), 0);
	return buf;
}

static void check_cells(void *fdt, int node, const char *name, const uint32_t *want, int n)
{
	int i, len;
	const fdt32_t *cell = fdt_getprop(fdt, node, name, &len);

	assert_non_null(cell);
	assert_int_equal(len, 4 * n);
	for (i = 0; i < n; i++)
		assert_int_equal(fdt32_to_cpu(cell[i]), want[i]);
}

static void test_fdt(void **state)
{
	static const uint32_t reg[] = { 0, RIG_BASE, 0, 0x200 }, irq[] = { 0, 16, 1 };
	uint8_t buf[4096] __attribute__((aligned(8)));
	void *fdt = finished_tree(*state, buf, sizeof(buf));
	int node = fdt_path_offset(fdt, "/virtio_mmio@a000000");

	assert_true(node >= 0);
	assert_int_equal(fdt_node_check_compatible(fdt, node, "virtio,mmio"), 0);
	assert_non_null(fdt_getprop(fdt, node, "dma-coherent", NULL));
	check_cells(fdt, node, "reg", reg, 4);
	check_cells(fdt, node, "interrupts", irq, 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(identity),
		TEST(widths),
		TEST(features),
		TEST(negotiation),
		TEST(status_bits),
		TEST(queue_registers),
		TEST(queue_that_is_not_there),
		TEST(notify),
		TEST(no_doorbell),
		TEST(edge_interrupt),
		TEST(edge_by_irqfd),
		TEST(level_interrupt),
		TEST(config),
		TEST(reset),
		TEST(destroy),
		TEST(state),
		TEST(state_kick),
		TEST(state_hostile),
		TEST(fdt),
	};

	return cmocka_run_group_tests_name("virtio-mmio", tests, NULL, NULL);
}
