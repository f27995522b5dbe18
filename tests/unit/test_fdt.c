// SPDX-License-Identifier: GPL-2.0
/*
 * Device trees: the machine's own as dtc sees it, and what is made of a user's,
 * good, damaged or hostile.
 */
#include "tmpfile.h"

#include <libfdt.h>

#include "bus.h"
#include "err.h"
#include "loop.h"
#include "host/flash.h"
#include "machine/boot.h"
#include "machine/machine.h"
#include "machine/virt.h"
#include "machine/user_fdt.h"
#include "machine/virt_fdt.h"
#include "virtio/virtio.h"

#define MIB UINT64_C(0x100000)
#define SIZE 65536

static const uint8_t code[8] = { 0, 0, 0, 0xea };

struct fixture {
	struct loop *loop;
	struct boot_files files;
	struct flash *flash[PFLASH_BANKS];
	struct machine *m;
	void *fdt;
};

/* A whole machine without KVM: four CPUs, two random devices, an initrd. */
static int make(void **state, bool firmware)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct machine_config cfg = { .type = &machine_virt,
				      .cpus = 5,
				      .mem = 64 * MIB,
				      .append = "root=/dev/vda \"q\"",
				      .seed = true,
				      .dry = true,
				      .files = &f->files };
	struct err e = { 0 };
	int r;

	tmp_setup(state);
	f->loop = cfg.loop = loop_create();
	r = boot_files_open(&f->files, tmp_file("k", code, 8, 4096), tmp_file("i", "", 0, 5000),
			    NULL, &e);
	if (firmware) {
		f->flash[0] = cfg.flash[0] = flash_open_firmware(tmp_file("b", code, 8, 8), &e);
		f->flash[1] = cfg.flash[1] = flash_open_blank(&e);
	}
	f->m = r ? NULL : machine_create(&cfg, &e);
	r = !f->m || machine_add_board(f->m, NULL, &e) ||
	    machine_add_virtio(f->m, virtio_rng_create(), &e) ||
	    machine_add_virtio(f->m, virtio_rng_create(), &e);
	f->fdt = r ? NULL : machine_fdt(f->m, &e);
	if (!f->fdt)
		fprintf(stderr, "%s\n", e.msg);
	*state = f;
	return f->fdt ? 0 : -1;
}

static int setup(void **state)
{
	return make(state, false);
}

static int setup_firmware(void **state)
{
	return make(state, true);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	free(f->fdt);
	machine_destroy(f->m);
	loop_destroy(f->loop);
	boot_files_close(&f->files);
	flash_close(f->flash[0]);
	flash_close(f->flash[1]);
	free(f);
	return tmp_clean(state);
}

/* What a shell command prints, both outputs; its status must be 0. */
static void shell(char *out, size_t size, const char *fmt, const char *a, const char *b)
{
	char cmd[512];
	size_t n;
	FILE *p;

	snprintf(cmd, sizeof(cmd), fmt, a, b);
	p = popen(cmd, "r");
	n = fread(out, 1, size - 1, p);
	out[n] = 0;
	if (pclose(p))
		fail_msg("%s: %s", cmd, out);
}

/* dtc has nothing to say against it, and its source compiles to the same tree. */
static void dtc_agrees(void **state)
{
	struct fixture *f = *state;
	const char *dtb = tmp_file("t.dtb", f->fdt, fdt_totalsize(f->fdt), fdt_totalsize(f->fdt));
	const char *dts = tmp_path("t.dts"), *again = tmp_path("u.dts");
	char out[4096];

	assert_int_equal(fdt_check_full(f->fdt, fdt_totalsize(f->fdt)), 0);
	shell(out, sizeof(out), "dtc -I dtb -O dts -o %2$s %1$s 2>&1", dtb, dts);
	/* The GIC's node has no children; Linux wants its #address-cells all the same. */
	assert_string_equal(out, "");
	shell(out, sizeof(out),
	      "dtc -q -I dts -O dtb %1$s | dtc -q -I dtb -O dts -o %2$s - && cmp %1$s %2$s", dts,
	      again);
}

static const char *string(const void *fdt, const char *path, const char *prop)
{
	int node = fdt_path_offset(fdt, path), len;
	const char *val = node < 0 ? NULL : fdt_getprop(fdt, node, prop, &len);

	if (!val)
		fail_msg("no %s %s", path, prop);
	return val;
}

static uint32_t cell(const void *fdt, const char *path, const char *prop, unsigned int i)
{
	int node = fdt_path_offset(fdt, path), len;
	const fdt32_t *val = node < 0 ? NULL : fdt_getprop(fdt, node, prop, &len);

	if (!val || (i + 1) * sizeof(*val) > (unsigned int)len)
		fail_msg("no %s %s [%u]", path, prop, i);
	return fdt32_to_cpu(val[i]);
}

/* Firmware is handed kernel and initrd by fw_cfg, and finds its flash memory. */
static void for_firmware(void **state)
{
	const void *fdt = ((struct fixture *)*state)->fdt;
	static const uint32_t banks[] = { 0, 0, 0, 0x4000000, 0, 0x4000000, 0, 0x4000000 };
	unsigned int i;

	dtc_agrees(state);
	assert_string_equal(string(fdt, "/flash@0", "compatible"), "cfi-flash");
	for (i = 0; i < ARRAY_SIZE(banks); i++)
		assert_int_equal(cell(fdt, "/flash@0", "reg", i), banks[i]);
	assert_int_equal(cell(fdt, "/flash@0", "bank-width", 0), 4);
	assert_string_equal(string(fdt, "/fw-cfg@9020000", "compatible"), "qemu,fw-cfg-mmio");
	assert_int_equal(cell(fdt, "/fw-cfg@9020000", "reg", 3), 0x18);
	assert_string_equal(string(fdt, "/chosen", "bootargs"), "root=/dev/vda \"q\"");
	assert_null(fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"), "linux,initrd-start", NULL));
}

static void contents(void **state)
{
	const void *fdt = ((struct fixture *)*state)->fdt;

	assert_string_equal(string(fdt, "/", "compatible"), "linux,dummy-virt");
	assert_string_equal(string(fdt, "/chosen", "bootargs"), "root=/dev/vda \"q\"");
	assert_string_equal(string(fdt, "/chosen", "stdout-path"), "/pl011@9000000");
	assert_int_equal(cell(fdt, "/chosen", "linux,initrd-end", 1) -
				 cell(fdt, "/chosen", "linux,initrd-start", 1),
			 5000);
	cell(fdt, "/chosen", "rng-seed", 7);
	assert_int_equal(cell(fdt, "/memory", "reg", 1), 0x40000000);
	assert_int_equal(cell(fdt, "/memory", "reg", 3), 64 * MIB);
	/* For firmware only. */
	assert_true(fdt_path_offset(fdt, "/flash@0") < 0);
	assert_true(fdt_path_offset(fdt, "/fw-cfg@9020000") < 0);
	/* Clusters of four CPUs, as KVM numbers them. */
	assert_int_equal(cell(fdt, "/cpus/cpu@3", "reg", 0), 3);
	assert_int_equal(cell(fdt, "/cpus/cpu@100", "reg", 0), 0x100);
	assert_string_equal(string(fdt, "/cpus/cpu@0", "enable-method"), "psci");
	assert_string_equal(string(fdt, "/psci", "method"), "hvc");
	assert_int_equal(cell(fdt, "/psci", "cpu_on", 0), 0x84000003);
	/* Virtual timer: PPI 11, level high, for five CPUs. */
	assert_int_equal(cell(fdt, "/timer", "interrupts", 6), 1);
	assert_int_equal(cell(fdt, "/timer", "interrupts", 7), 11);
	assert_int_equal(cell(fdt, "/timer", "interrupts", 8), 0x1f04);
	assert_int_equal(cell(fdt, "/intc@8000000", "reg", 5), 0x08010000);
	assert_int_equal(cell(fdt, "/pl011@9000000", "interrupts", 1), 1);
	assert_int_equal(cell(fdt, "/pl031@9010000", "interrupts", 1), 2);
}

/* The first device is in the first slot and first in the tree: Linux' order. */
static void virtio_in_order(void **state)
{
	const void *fdt = ((struct fixture *)*state)->fdt;
	int first = fdt_node_offset_by_compatible(fdt, -1, "virtio,mmio");
	int second = fdt_node_offset_by_compatible(fdt, first, "virtio,mmio");

	assert_string_equal(fdt_get_name(fdt, first, NULL), "virtio_mmio@a000000");
	assert_string_equal(fdt_get_name(fdt, second, NULL), "virtio_mmio@a000200");
	assert_int_equal(cell(fdt, "/virtio_mmio@a000200", "interrupts", 1), 17);
	assert_int_equal(cell(fdt, "/virtio_mmio@a000200", "interrupts", 2), 1);
}

/* --- a tree of the user's ---------------------------------------------------- */

static const struct boot boot = { .initrd = 0x44000000, .initrd_size = 0x1000 };

static struct fdt_guest config(void)
{
	return (struct fdt_guest){
		.ram = 0x40000000, .ram_size = 64 * MIB, .append = "quiet", .boot = &boot
	};
}

/* 32-bit cells, two memory nodes, an old command line. */
static void make_user(void *fdt)
{
	int r = fdt_create(fdt, SIZE);

	r |= fdt_finish_reservemap(fdt);
	r |= fdt_begin_node(fdt, "");
	r |= fdt_property_u32(fdt, "#address-cells", 1);
	r |= fdt_property_u32(fdt, "#size-cells", 1);
	r |= fdt_begin_node(fdt, "memory@0");
	r |= fdt_property_string(fdt, "device_type", "memory");
	r |= fdt_property_u64(fdt, "reg", 0x1000);
	r |= fdt_end_node(fdt);
	r |= fdt_begin_node(fdt, "memory@8000");
	r |= fdt_property_string(fdt, "device_type", "memory");
	r |= fdt_end_node(fdt);
	r |= fdt_begin_node(fdt, "chosen");
	r |= fdt_property_string(fdt, "bootargs", "old");
	r |= fdt_property_string(fdt, "other", "kept");
	r |= fdt_end_node(fdt);
	r |= fdt_end_node(fdt);
	r |= fdt_finish(fdt);
	assert_int_equal(r, 0);
}

static uint8_t user[SIZE], result[SIZE];

static void patched(void **state)
{
	struct fdt_guest cfg = config();
	struct err e = { 0 };

	(void)state;
	make_user(user);
	if (user_fdt_write(result, SIZE, user, fdt_totalsize(user), &cfg, &e))
		fail_msg("%s", e.msg);
	assert_int_equal(fdt_check_full(result, fdt_totalsize(result)), 0);
	assert_string_equal(string(result, "/chosen", "bootargs"), "quiet");
	assert_string_equal(string(result, "/chosen", "other"), "kept");
	assert_int_equal(cell(result, "/chosen", "linux,initrd-end", 1), 0x44001000);
	assert_int_equal(cell(result, "/memory", "reg", 0), 0x40000000);
	assert_int_equal(cell(result, "/memory", "reg", 1), 64 * MIB);
	assert_int_equal(fdt_path_offset(result, "/memory@8000"), -FDT_ERR_NOTFOUND);
}

static void append_is_optional(void **state)
{
	struct fdt_guest cfg = config();
	struct err e = { 0 };

	(void)state;
	cfg.append = NULL;
	make_user(user);
	assert_int_equal(user_fdt_write(result, SIZE, user, fdt_totalsize(user), &cfg, &e), 0);
	assert_string_equal(string(result, "/chosen", "bootargs"), "old");
}

/* An initrd that the tree tells of, and that isn't given, is not there. */
static void stale_initrd(void **state)
{
	static const struct boot none;
	struct fdt_guest cfg = config();
	struct err e = { 0 };
	int chosen;

	(void)state;
	make_user(user);
	assert_int_equal(fdt_open_into(user, user, SIZE), 0);
	chosen = fdt_path_offset(user, "/chosen");
	assert_int_equal(fdt_setprop_u64(user, chosen, "linux,initrd-start", 0x48000000), 0);
	assert_int_equal(fdt_setprop_u64(user, chosen, "linux,initrd-end", 0x48001000), 0);
	assert_int_equal(fdt_pack(user), 0);
	cfg.boot = &none;
	assert_int_equal(user_fdt_write(result, SIZE, user, fdt_totalsize(user), &cfg, &e), 0);
	chosen = fdt_path_offset(result, "/chosen");
	assert_null(fdt_getprop(result, chosen, "linux,initrd-start", NULL));
	assert_null(fdt_getprop(result, chosen, "linux,initrd-end", NULL));
}

static void not_device_trees(void **state)
{
	struct fdt_guest cfg = config();
	struct err e = { 0 };
	size_t len;

	(void)state;
	assert_int_equal(user_fdt_write(result, SIZE, "/dts-v1/;", 9, &cfg, &e), -1);
	assert_int_equal(e.code, EXIT_USAGE);
	assert_non_null(strstr(e.msg, "not a device tree"));
	assert_int_equal(user_fdt_write(result, SIZE, "", 0, &cfg, &e), -1);
	make_user(user);
	for (len = 0; len < fdt_totalsize(user); len++) {
		void *exact = malloc(len ? len : 1);

		memcpy(exact, user, len);
		if (!user_fdt_write(result, SIZE, exact, len, &cfg, &e))
			fail_msg("cut off at %zu and taken", len);
		free(exact);
	}
	assert_non_null(strstr(e.msg, "damaged or truncated"));
}

static void hostile(void **state)
{
	struct fdt_guest cfg = config();
	uint32_t seed = 1, round, i;
	struct err e;
	size_t len;

	(void)state;
	make_user(user);
	len = fdt_totalsize(user);
	for (round = 0; round < 20000; round++) {
		uint8_t *bytes = malloc(len);

		memcpy(bytes, user, len);
		for (i = 0; i < 1 + round % 3; i++) {
			seed = seed * 1664525 + 1013904223;
			bytes[4 + (seed >> 8) % (len - 4)] = seed >> 24;
		}
		user_fdt_write(result, SIZE, bytes, len, &cfg, &e);
		free(bytes);
	}
}

static void no_room(void **state)
{
	static const uint32_t mpidr[1];
	static const struct bus no_devices;
	const struct fdt_guest cfg = config();
	const struct virt_fdt virt = {
		.cpus = 1, .mpidr = mpidr, .cpu = "arm,cortex-a7", .bus = &no_devices, .guest = cfg
	};
	struct err e = { 0 };

	(void)state;
	make_user(user);
	assert_int_equal(user_fdt_write(result, fdt_totalsize(user) + 8, user, fdt_totalsize(user),
					&cfg, &e),
			 -1);
	assert_int_equal(e.code, EXIT_USAGE);
	assert_int_equal(virt_fdt_write(result, 600, &virt, &e), -1);
	assert_non_null(strstr(e.msg, "--append"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(dtc_agrees),
		TEST(contents),
		cmocka_unit_test_setup_teardown(for_firmware, setup_firmware, teardown),
		TEST(virtio_in_order),
		cmocka_unit_test(patched),
		cmocka_unit_test(append_is_optional),
		cmocka_unit_test(stale_initrd),
		cmocka_unit_test(not_device_trees),
		cmocka_unit_test(hostile),
		cmocka_unit_test(no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
