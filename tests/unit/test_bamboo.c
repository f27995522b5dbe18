// SPDX-License-Identifier: GPL-2.0
/*
 * The machine "bamboo": its devices at QEMU's addresses, what its device control registers
 * say, its device tree and a user's, its command line.
 */
#include "dev_rig.h"
#include "tmpfile.h"

#include <libfdt.h>

#include "bus.h"
#include "cli/cli.h"
#include "cli/config.h"
#include "dev/ppc4xx_dcr.h"
#include "dev/ppc4xx_pci.h"
#include "dev/syscon.h"
#include "err.h"
#include "host/devtree.h"
#include "loop.h"
#include "machine/bamboo.h"
#include "machine/bamboo_fdt.h"
#include "machine/boot.h"
#include "machine/machine.h"
#include "machine/type.h"

#define MIB UINT64_C(0x100000)

/* --- PCI bridge ------------------------------------------------------------------ */

#define ADDRESS(slot, reg) (0x80000000u | (slot) << 11 | (reg))

static void pci_bus(void **state)
{
	struct device *dev = ppc4xx_pci_create(BAMBOO_PCI);

	(void)state;
	dev_write(dev, 0, ADDRESS(0, 0) | 3, 4);
	assert_int_equal(dev_read(dev, 0, 4), ADDRESS(0, 0));
	assert_int_equal(dev_read(dev, 4, 4), 0x027f1014);
	assert_int_equal(dev_read(dev, 4, 2), 0x1014);
	assert_int_equal(dev_read(dev, 6, 2), 0x027f);
	assert_int_equal(dev_read(dev, 7, 1), 0x02);
	/* Nobody else is there. */
	dev_write(dev, 0, ADDRESS(1, 0), 4);
	assert_int_equal(dev_read(dev, 4, 4), 0xffffffff);
	assert_int_equal(dev_read(dev, 6, 2), 0xffff);
	dev_write(dev, 4, 0, 4);
	dev_write(dev, 0, 0x80010000, 4);
	assert_int_equal(dev_read(dev, 4, 4), 0xffffffff);
	/* Not enabled: no cycle. */
	dev_write(dev, 0, 0, 4);
	assert_int_equal(dev_read(dev, 4, 4), 0xffffffff);
	assert_int_equal(dev->unknown, 0);
	dev->ops->destroy(dev);
}

/* The command register is the second pair of bytes of a word: bytes go where they belong. */
static void pci_bytes(void **state)
{
	struct device *dev = ppc4xx_pci_create(BAMBOO_PCI);

	(void)state;
	dev_write(dev, 0, ADDRESS(0, 4), 4);
	dev_write(dev, 4, 0x0106, 2);
	assert_int_equal(dev_read(dev, 4, 4), 0x0106);
	dev_write(dev, 5, 0, 1);
	assert_int_equal(dev_read(dev, 4, 4), 0x0006);
	dev_write(dev, 5, 1, 1);
	assert_int_equal(dev_read(dev, 4, 4), 0x0106);
	dev_write(dev, 6, 0xffff, 2); /* status: nothing in it can be written */
	assert_int_equal(dev_read(dev, 4, 4), 0x0106);
	/* A word that reaches out of the register is no access to it. */
	dev_read(dev, 6, 4);
	assert_int_equal(dev->unknown, 1);
	assert_save_restore_save(dev);
	assert_hostile_restore(dev, 2000, 8);
	dev->ops->destroy(dev);
}

static void pci_maps(void **state)
{
	struct device *dev = ppc4xx_pci_create(BAMBOO_PCI);

	(void)state;
	dev_write(dev, PPC4XX_PCI_REGS + 0x3c, 0x12345678, 4);
	assert_int_equal(dev_read(dev, PPC4XX_PCI_REGS + 0x3c, 4), 0x12345678);
	assert_int_equal(dev_read(dev, PPC4XX_PCI_REGS, 4), 0);
	assert_int_equal(dev->unknown, 0);
	dev_read(dev, PPC4XX_PCI_REGS + 0x3c, 2);
	dev_write(dev, PPC4XX_PCI_REGS + 0x3e, 1, 4);
	assert_int_equal(dev->unknown, 2);
	dev->ops->destroy(dev);
}

/* --- device control registers ------------------------------------------------------ */

static uint32_t dcr(struct ppc4xx_dcr *d, uint32_t pair, uint32_t address)
{
	uint32_t val;

	assert_true(ppc4xx_dcr_write(d, pair, address));
	assert_true(ppc4xx_dcr_read(d, pair, &val));
	assert_int_equal(val, address);
	return ppc4xx_dcr_read(d, pair + 1, &val) ? val : 0xdeadbeef;
}

/* As QEMU's machine of that size has them. */
static void sdram_banks(void **state)
{
	static const struct {
		uint64_t ram;
		uint32_t bank[4];
	} rows[] = {
		{ 512 * MIB, { 0x000c0001, 0x100c0001 } },
		{ 1024 * MIB, { 0x000c0001, 0x100c0001, 0x200c0001, 0x300c0001 } },
		{ 256 * MIB, { 0x000c0001 } },
		{ 128 * MIB, { 0x000a0001 } },
		{ 96 * MIB, { 0x00080001, 0x04060001 } },
		{ 8 * MIB, { 0x00020001 } },
		{ 2 * MIB, { 0 } },
	};
	struct ppc4xx_dcr d;
	unsigned int i, bank;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		ppc4xx_dcr_init(&d, rows[i].ram);
		for (bank = 0; bank < 4; bank++)
			assert_int_equal(dcr(&d, 0x10, 0x40 + 4 * bank), rows[i].bank[bank]);
	}
	assert_int_equal(dcr(&d, 0x10, 0x20), 0x80000000);
	assert_int_equal(dcr(&d, 0x10, 0x24), 0);
}

/* What there is not says so, whatever address stands in the other register of the pair. */
static void no_such_dcr(void **state)
{
	struct ppc4xx_dcr d;
	uint32_t val = 1;

	(void)state;
	ppc4xx_dcr_init(&d, 64 * MIB);
	assert_false(ppc4xx_dcr_read(&d, 0xd0, &val));
	assert_int_equal(val, 0);
	assert_false(ppc4xx_dcr_write(&d, 0xd0, 1));
	assert_false(ppc4xx_dcr_write(&d, 0x11, 1));
	assert_int_equal(dcr(&d, 0x10, 0x50), 0xdeadbeef);
	assert_int_equal(dcr(&d, 0x10, 0x41), 0xdeadbeef);
	assert_int_equal(dcr(&d, 0x0e, 0x40), 0xdeadbeef);
	assert_int_equal(dcr(&d, 0x0c, 0x20), 0xdeadbeef);
	assert_int_equal(dcr(&d, 0x12, 0), 0xdeadbeef);
}

/* --- the machine ------------------------------------------------------------------- */

/* A uImage is the shortest kernel: one branch to itself. */
static const uint8_t kernel[68] = {
	0x27, 0x05, 0x19, 0x56, [15] = 4, [29] = 7, [64] = 0x48,
};

struct fixture {
	struct loop *loop;
	struct boot_files files;
	struct machine *m;
	void *fdt;
	struct err e;
};

static void make(struct fixture *f, const char *dtb, unsigned int slots)
{
	struct machine_config cfg = { .type = &machine_bamboo,
				      .cpus = 1,
				      .mem = 64 * MIB,
				      .append = "console=ttyS0 \"q\"",
				      .seed = true,
				      .dry = true,
				      .files = &f->files };

	f->loop = cfg.loop = loop_create();
	if (boot_files_open(&f->files, tmp_file("k", kernel, 68, 68), tmp_file("i", "", 0, 5000),
			    dtb, &f->e))
		fail_msg("%s", f->e.msg);
	f->m = machine_create(&cfg, &f->e);
	if (!f->m || machine_add_board(f->m, NULL, &f->e))
		fail_msg("%s", f->e.msg);
	while (slots--)
		assert_int_equal(machine_add_virtio(f->m, virtio_rng_create(), &f->e), 0);
	f->fdt = machine_fdt(f->m, &f->e);
}

static int setup(void **state)
{
	*state = calloc(1, sizeof(struct fixture));
	return tmp_setup(state);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	free(f->fdt);
	machine_destroy(f->m);
	loop_destroy(f->loop);
	boot_files_close(&f->files);
	free(f);
	return tmp_clean(state);
}

static void where_things_are(void **state)
{
	struct fixture *f = *state;
	struct bus *bus;

	make(f, NULL, BAMBOO_VIRTIO_SLOTS);
	bus = &f->m->bus;
	assert_int_equal(bus_read(bus, 0xef600305, 1), 0x60);
	assert_int_equal(bus_read(bus, 0xef600405, 1), 0x60);
	bus_write(bus, 0xeec00000, 0x80000000, 4);
	assert_int_equal(bus_read(bus, 0xeec00004, 4), 0x027f1014);
	bus_write(bus, 0xef400010, 0xa0000000, 4);
	assert_int_equal(bus_read(bus, 0xef400010, 4), 0xa0000000);
	assert_int_equal(bus_read(bus, 0xef700000, 4), 0x74726976);
	assert_int_equal(bus_read(bus, 0xef700000 + 23 * 0x200 + 8, 4), 4);
	assert_int_equal(bus->unclaimed, 0);
	bus_read(bus, 0xef700000 + 24 * 0x200, 4);
	assert_int_equal(bus->unclaimed, 1);
}

/* All of the controller's inputs, no two devices on one, none on the PCI bus's four. */
static void interrupts(void **state)
{
	struct fixture *f = *state;
	uint32_t seen = 0xfu << 25;
	unsigned int i, devices = 0;

	make(f, NULL, BAMBOO_VIRTIO_SLOTS);
	for (i = 0; i < f->m->bus.nr; i++) {
		const struct irqline *irq = f->m->bus.dev[i]->irq;

		if (!irq)
			continue;
		devices++;
		assert_in_range(irq->spi, 0, 31);
		assert_false(seen & 1u << irq->spi);
		seen |= 1u << irq->spi;
	}
	assert_int_equal(devices, 2 + BAMBOO_VIRTIO_SLOTS);
}

static void power(void **state)
{
	struct fixture *f = *state;

	make(f, NULL, 0);
	bus_write(&f->m->bus, BAMBOO_SYSCON, 0x1234, 4);
	assert_int_equal(machine_event(f->m), VM_RUNNING);
	bus_write(&f->m->bus, BAMBOO_SYSCON, 0x5555, 4);
	assert_int_equal(machine_event(f->m), VM_OFF);
}

static void power_reset(void **state)
{
	struct fixture *f = *state;

	make(f, NULL, 0);
	bus_write(&f->m->bus, BAMBOO_SYSCON, 0x7777, 4);
	assert_int_equal(machine_event(f->m), VM_RESET);
}

/* --- device tree -------------------------------------------------------------------- */

static const void *prop(const void *fdt, const char *path, const char *name, int len)
{
	int node = fdt_path_offset(fdt, path), has;
	const void *val = node < 0 ? NULL : fdt_getprop(fdt, node, name, &has);

	if (!val)
		fail_msg("no %s %s", path, name);
	if (len)
		assert_int_equal(has, len);
	return val;
}

static uint32_t cell(const void *fdt, const char *path, const char *name, unsigned int i)
{
	const fdt32_t *val = prop(fdt, path, name, 0);

	return fdt32_ld(val + i);
}

static void shell(char *out, size_t size, const char *cmd)
{
	FILE *p = popen(cmd, "r");
	size_t n = fread(out, 1, size - 1, p);

	out[n] = 0;
	if (pclose(p))
		fail_msg("%s: %s", cmd, out);
}

/* dtc has nothing to say against it but that the serial port's address is in the way. */
static void dtc_agrees(void **state)
{
	struct fixture *f = *state;
	char out[4096], cmd[200];

	make(f, NULL, 2);
	snprintf(cmd, sizeof(cmd), "dtc -I dtb -O dts -o /dev/null %s 2>&1",
		 tmp_file("t.dtb", f->fdt, fdt_totalsize(f->fdt), fdt_totalsize(f->fdt)));
	shell(out, sizeof(out), cmd);
	assert_string_equal(out, "");
}

static void tree(void **state)
{
	struct fixture *f = *state;

	make(f, NULL, 2);
	assert_string_equal(prop(f->fdt, "/", "compatible", 0), "amcc,bamboo");
	assert_string_equal(prop(f->fdt, "/chosen", "bootargs", 0), "console=ttyS0 \"q\"");
	assert_string_equal(prop(f->fdt, "/chosen", "stdout-path", 0), "/plb/opb/serial@ef600300");
	assert_int_equal(cell(f->fdt, "/chosen", "linux,initrd-start", 1), 0x1900000);
	assert_int_equal(cell(f->fdt, "/chosen", "linux,initrd-end", 1), 0x1900000 + 5000);
	prop(f->fdt, "/chosen", "rng-seed", 32);
	assert_int_equal(cell(f->fdt, "/memory@0", "reg", 3), 64 * MIB);
	assert_int_equal(cell(f->fdt, "/cpus/cpu@0", "d-cache-line-size", 0), 32);
	assert_true(cell(f->fdt, "/cpus/cpu@0", "timebase-frequency", 0) > 0);
	assert_int_equal(cell(f->fdt, "/interrupt-controller0", "dcr-reg", 0), 0xc0);
	assert_int_equal(cell(f->fdt, "/interrupt-controller0", "#interrupt-cells", 0), 2);
	assert_string_equal(prop(f->fdt, "/plb/opb/serial@ef600300", "compatible", 0), "ns16550");
	prop(f->fdt, "/plb/opb/serial@ef600300", "interrupts", 8);
	assert_int_equal(cell(f->fdt, "/plb/opb/serial@ef600300", "interrupts", 0), 0);
	assert_int_equal(cell(f->fdt, "/plb/opb/serial@ef600300", "interrupts", 1), 4);
	assert_int_equal(cell(f->fdt, "/plb/opb/serial@ef600400", "interrupts", 0), 1);
	assert_int_equal(cell(f->fdt, "/plb/opb/virtio_mmio@ef700200", "interrupts", 0), 3);
	assert_int_equal(cell(f->fdt, "/plb/opb/virtio_mmio@ef700200", "interrupts", 1), 1);
	assert_int_equal(cell(f->fdt, "/plb/opb/poweroff", "regmap", 0),
			 cell(f->fdt, "/plb/opb/syscon@ef780000", "phandle", 0));
	assert_int_equal(cell(f->fdt, "/plb/opb/poweroff", "value", 0), 0x5555);
}

/* What KVM has to say is in the tree; without KVM, and where it is not wanted, nothing. */
static void hypervisor(void **state)
{
	struct fixture *f = *state;
	struct bamboo_fdt cfg = { .hcall = { 0x3c004b56, 0x60004d21, 0x44000002, 0x60000000 },
				  .hcalls = 4 };
	uint8_t *buf = calloc(1, BOOT_DTB_MAX);
	unsigned int i;

	make(f, NULL, 0);
	assert_int_equal(fdt_path_offset(f->fdt, "/hypervisor"), -FDT_ERR_NOTFOUND);
	cfg.bus = &f->m->bus;
	cfg.guest = machine_fdt_guest(f->m);
	assert_int_equal(bamboo_fdt_write(buf, BOOT_DTB_MAX, &cfg, &f->e), 0);
	assert_string_equal(prop(buf, "/hypervisor", "compatible", 0), "linux,kvm");
	prop(buf, "/hypervisor", "hcall-instructions", 16);
	for (i = 0; i < 4; i++)
		assert_int_equal(cell(buf, "/hypervisor", "hcall-instructions", i), cfg.hcall[i]);
	assert_null(fdt_getprop(buf, fdt_path_offset(buf, "/hypervisor"), "has-idle", NULL));
	cfg.hcalls = 0;
	assert_int_equal(bamboo_fdt_write(buf, BOOT_DTB_MAX, &cfg, &f->e), 0);
	assert_int_equal(fdt_path_offset(buf, "/hypervisor"), -FDT_ERR_NOTFOUND);
	free(buf);
}

/* QEMU's own, in the shape that it has: one size cell, the processor's frequencies wrong. */
static const char *user_tree(const char *cpu)
{
	static uint8_t fdt[4096];
	int r = fdt_create(fdt, sizeof(fdt));

	r |= fdt_finish_reservemap(fdt);
	r |= fdt_begin_node(fdt, "");
	r |= fdt_property_u32(fdt, "#address-cells", 2);
	r |= fdt_property_u32(fdt, "#size-cells", 1);
	r |= fdt_begin_node(fdt, "cpus");
	r |= fdt_begin_node(fdt, cpu);
	r |= fdt_property_u32(fdt, "clock-frequency", 1);
	r |= fdt_end_node(fdt);
	r |= fdt_end_node(fdt);
	r |= fdt_begin_node(fdt, "memory");
	r |= fdt_property_string(fdt, "device_type", "memory");
	r |= fdt_property_u64(fdt, "reg", 1);
	r |= fdt_end_node(fdt);
	r |= fdt_begin_node(fdt, "chosen");
	r |= fdt_property_string(fdt, "linux,stdout-path", "/plb");
	r |= fdt_end_node(fdt);
	r |= fdt_end_node(fdt);
	r |= fdt_finish(fdt);
	assert_int_equal(r, 0);
	return tmp_file("dtb", fdt, fdt_totalsize(fdt), fdt_totalsize(fdt));
}

static void users_tree(void **state)
{
	struct fixture *f = *state;

	make(f, user_tree("cpu@0"), 0);
	if (!f->fdt)
		fail_msg("%s", f->e.msg);
	prop(f->fdt, "/memory", "reg", 12);
	assert_int_equal(cell(f->fdt, "/memory", "reg", 2), 64 * MIB);
	assert_string_equal(prop(f->fdt, "/chosen", "bootargs", 0), "console=ttyS0 \"q\"");
	assert_string_equal(prop(f->fdt, "/chosen", "linux,stdout-path", 0), "/plb");
	assert_int_equal(cell(f->fdt, "/chosen", "linux,initrd-start", 1), 0x1900000);
	assert_true(cell(f->fdt, "/cpus/cpu@0", "clock-frequency", 0) > 1);
	assert_true(cell(f->fdt, "/cpus/cpu@0", "timebase-frequency", 0) > 1);
	assert_int_equal(fdt_path_offset(f->fdt, "/plb"), -FDT_ERR_NOTFOUND);
}

static void users_tree_without_cpu(void **state)
{
	struct fixture *f = *state;

	make(f, user_tree("cpu@1"), 0);
	assert_null(f->fdt);
	assert_int_equal(f->e.code, EXIT_USAGE);
	assert_non_null(strstr(f->e.msg, "frequencies of /cpus/cpu@0"));
}

/* --- the host's tree ------------------------------------------------------------------ */

static const char *host_file(const char *dir, const char *name, const void *data, size_t len)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_int_equal(write(fd, data, len), len);
	close(fd);
	return dir;
}

static void host_frequencies(void **state)
{
	char root[64], dir[128], cmd[160], out[16];

	(void)state;
	snprintf(root, sizeof(root), "%s/tree", tmp_dir);
	snprintf(dir, sizeof(dir), "%s/cpus/PowerPC,440EP@0", root);
	assert_int_equal(devtree_cpu_u32(root, "f", 7), 7);
	snprintf(cmd, sizeof(cmd), "mkdir -p '%s'", dir);
	shell(out, sizeof(out), cmd);
	host_file(dir, "f", "\x17\xd7\x84\x00", 4);
	assert_int_equal(devtree_cpu_u32(root, "f", 7), 400000000);
	host_file(dir, "f", "\0\0\0\0\x17\xd7\x84\x00", 8);
	assert_int_equal(devtree_cpu_u32(root, "f", 7), 400000000);
	host_file(dir, "f", "\0\0\0\1\x17\xd7\x84\x00", 8);
	assert_int_equal(devtree_cpu_u32(root, "f", 7), 7);
	host_file(dir, "f", "\0\0\0\0", 4);
	assert_int_equal(devtree_cpu_u32(root, "f", 7), 7);
	host_file(dir, "f", "\x17\xd7\x84\x00\0", 5);
	assert_int_equal(devtree_cpu_u32(root, "f", 7), 7);
	snprintf(cmd, sizeof(cmd), "rm -r '%s'", root);
	shell(out, sizeof(out), cmd);
}

/* --- command line ---------------------------------------------------------------------- */

static void command_lines(void **state)
{
	static const struct {
		const char *argv[5];
		const char *says; /* NULL: nothing is wrong */
	} rows[] = {
		{ { "--cpus", "1", "--mem=1024M", "k" }, NULL },
		{ { "--dtb", "d", "k" }, NULL },
		{ { "--no-hypervisor", "k" }, NULL },
		{ { "--cpus", "2", "k" }, "--cpus: '2' is no number from 1 to 1" },
		{ { "--mem", "1025M", "k" }, "this machine takes at most 1024M" },
		{ { "--mem", "1M", "k" }, "2M at the least" },
		{ { "--bios", "b" }, "--bios: the machine bamboo has no firmware" },
		{ { "--pflash", "p", "k" }, "--pflash: the machine bamboo has no firmware" },
	};
	struct config cfg;
	struct err e;
	size_t i;
	int n, r;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		for (n = 0; rows[i].argv[n];)
			n++;
		r = cli_parse_run(&cfg, &machine_bamboo, n, (char **)rows[i].argv, &e);
		if (!r != !rows[i].says)
			fail_msg("row %zu: %d", i, r);
		if (r && (e.code != EXIT_USAGE || !strstr(e.msg, rows[i].says)))
			fail_msg("row %zu: code %d, '%s'", i, e.code, e.msg);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pci_bus),
		cmocka_unit_test(pci_bytes),
		cmocka_unit_test(pci_maps),
		cmocka_unit_test(sdram_banks),
		cmocka_unit_test(no_such_dcr),
		TEST(where_things_are),
		TEST(interrupts),
		TEST(power),
		TEST(power_reset),
		TEST(dtc_agrees),
		TEST(tree),
		TEST(hypervisor),
		TEST(users_tree),
		TEST(users_tree_without_cpu),
		cmocka_unit_test_setup_teardown(host_frequencies, tmp_setup, tmp_clean),
		cmocka_unit_test(command_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
