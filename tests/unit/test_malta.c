// SPDX-License-Identifier: GPL-2.0
/*
 * The machine "malta" as a guest finds it: how interrupts are wired, where devices
 * answer, how a guest ends it; and what a command line for it may ask.
 */
#include "tmpfile.h"

#include "bus.h"
#include "cli/cli.h"
#include "dev/device.h"
#include "dev/mips_gic.h"
#include "err.h"
#include "loop.h"
#include "machine/malta.h"
#include "machine/malta_board.h"
#include "machine/type.h"
#include "virtio/virtio.h"

#define PORT(n) (MALTA_ISA + (n))
#define GT UINT64_C(0x1be00000)
#define GIC UINT64_C(0x1bdc0000)
#define CORES 2

enum { MASTER = 0x20, SLAVE = 0xa0, OCW3_POLL = 0x0c, POLL_REQUEST = 0x80 };

struct pin {
	struct irqline irq;
	bool level;
};

struct fixture {
	struct bus bus;
	struct loop *loop;
	struct malta_board board;
	struct pin pic_out, uart3;
	struct pin core[CORES]; /* the first of those that the interrupt controller drives */
	struct irqline *gic_out[CORES * MIPS_GIC_PINS];
	unsigned int resets, offs;
	unsigned int powers, power_core;
	uint32_t power_at;
};

static void pin_set(struct irqline *irq, bool level)
{
	((struct pin *)irq)->level = level;
}

static void reset(void *opaque)
{
	((struct fixture *)opaque)->resets++;
}

static void off(void *opaque)
{
	((struct fixture *)opaque)->offs++;
}

static void power(void *opaque, unsigned int core, bool on, uint32_t at)
{
	struct fixture *f = opaque;

	f->powers += on;
	f->power_core = core;
	f->power_at = at;
}

static int setup_board(void **state, unsigned int cores)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct malta_board_config cfg = {
		.bus = &f->bus,
		.pic_out = &f->pic_out.irq,
		.uart3 = &f->uart3.irq,
		.reset = reset,
		.off = off,
		.opaque = f,
		.cores = cores,
		.core = &f->bus.cpu,
		.gic_out = f->gic_out,
		.power = power,
	};
	struct err e;
	unsigned int i;

	for (i = 0; i < CORES; i++) {
		f->core[i].irq = (struct irqline){ .set = pin_set, .edge_fd = -1 };
		f->gic_out[i * MIPS_GIC_PINS] = &f->core[i].irq;
	}

	f->pic_out.irq = f->uart3.irq = (struct irqline){ .set = pin_set, .edge_fd = -1 };
	f->loop = cfg.loop = loop_create();
	*state = f;
	if (!malta_board_init(&f->board, &cfg, &e))
		return 0;
	fprintf(stderr, "%s\n", e.msg);
	return -1;
}

static int setup(void **state)
{
	return setup_board(state, 1);
}

static int setup_cores(void **state)
{
	return setup_board(state, CORES);
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	unsigned int i;

	malta_board_unplug(&f->board);
	for (i = 0; i < f->bus.nr; i++)
		f->bus.dev[i]->ops->destroy(f->bus.dev[i]);
	/* A device's last word on its interrupt comes as late as that. */
	for (i = 0; i < MALTA_VIRTIO_SLOTS; i++)
		f->board.virtio_irq[i]->set(f->board.virtio_irq[i], false);
	malta_board_finish(&f->board);
	loop_destroy(f->loop);
	free(f);
	return 0;
}

static void out8(struct fixture *f, unsigned int port, uint8_t val)
{
	bus_write(&f->bus, PORT(port), val, 1);
}

static uint8_t in8(struct fixture *f, unsigned int port)
{
	return bus_read(&f->bus, PORT(port), 1);
}

/* As Linux does it (arch/mips/pci/ops-gt64xxx_pci0.c): no swapping of bytes. */
static void config_address(struct fixture *f, uint32_t address)
{
	bus_write(&f->bus, GT + 0xc00, 0x10001, 4);
	bus_write(&f->bus, GT + 0xcf8, 0x80000000 | address, 4);
}

static void config_write(struct fixture *f, uint32_t address, uint32_t val)
{
	config_address(f, address);
	bus_write(&f->bus, GT + 0xcfc, val, 4);
}

static uint32_t config_read(struct fixture *f, uint32_t address)
{
	config_address(f, address);
	return bus_read(&f->bus, GT + 0xcfc, 4);
}

/* As Linux does it (drivers/irqchip/irq-i8259.c): vectors 0-15, all unmasked. */
static void start_pic(struct fixture *f)
{
	static const uint8_t master[] = { 0, 0x04, 0x01 }, slave[] = { 8, 0x02, 0x01 };
	size_t i;

	out8(f, MASTER, 0x11);
	out8(f, SLAVE, 0x11);
	for (i = 0; i < 3; i++) {
		out8(f, MASTER + 1, master[i]);
		out8(f, SLAVE + 1, slave[i]);
	}
	out8(f, MASTER + 1, 0);
	out8(f, SLAVE + 1, 0);
}

/* The interrupt that is pending, acknowledged and ended; -1: there is none. */
static int interrupt(struct fixture *f)
{
	uint8_t nr;

	out8(f, MASTER, OCW3_POLL);
	nr = in8(f, MASTER);
	if (!(nr & POLL_REQUEST))
		return -1;
	nr &= 7;
	if (nr == 2) {
		out8(f, SLAVE, OCW3_POLL);
		nr = 8 + (in8(f, SLAVE) & 7);
		out8(f, SLAVE, 0x20);
	}
	out8(f, MASTER, 0x20);
	return nr;
}

static void virtio_interrupts(void **state)
{
	static const int expect[] = { 10, 11, 5, 9, 10, 11, 5, 9 };
	struct fixture *f = *state;
	size_t i;

	start_pic(f);
	for (i = 0; i < ARRAY_SIZE(expect); i++) {
		struct irqline *irq = f->board.virtio_irq[i];

		assert_false(irq->edge);
		irq->set(irq, true);
		assert_true(f->pic_out.level);
		assert_int_equal(interrupt(f), expect[i]);
		/* A level: it comes again until the device has enough. */
		assert_true(f->pic_out.level);
		assert_int_equal(interrupt(f), expect[i]);
		irq->set(irq, false);
		assert_false(f->pic_out.level);
		assert_int_equal(interrupt(f), -1);
	}
}

/* Two devices on one line: one that is done does not silence the other. */
static void shared_interrupt(void **state)
{
	struct fixture *f = *state;
	struct irqline *a = f->board.virtio_irq[0], *b = f->board.virtio_irq[4];

	start_pic(f);
	a->set(a, true);
	b->set(b, true);
	assert_int_equal(interrupt(f), 10);
	a->set(a, false);
	assert_true(f->pic_out.level);
	assert_int_equal(interrupt(f), 10);
	b->set(b, false);
	assert_false(f->pic_out.level);
}

/* A transmitter that is empty interrupts once it may (THRE, IER bit 1; OUT2). */
static void uart_interrupts(void **state)
{
	static const struct {
		uint64_t base;
		unsigned int stride;
		int irq; /* -1: the processor's pin 4 */
	} rows[] = {
		{ PORT(0x3f8), 1, 4 },
		{ PORT(0x2f8), 1, 3 },
		{ MALTA_FPGA + 0x900, 8, -1 },
	};
	struct fixture *f = *state;
	size_t i;

	start_pic(f);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t ier = rows[i].base + rows[i].stride;

		bus_write(&f->bus, rows[i].base + 4 * rows[i].stride, 0x08, 1);
		bus_write(&f->bus, ier, 0x02, 1);
		assert_int_equal(interrupt(f), rows[i].irq);
		assert_int_equal(f->uart3.level, rows[i].irq < 0);
		bus_write(&f->bus, ier, 0, 1);
		assert_false(f->uart3.level);
	}
}

static void where_things_are(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(bus_read(&f->bus, UINT64_C(0x1fc00010), 4), 0x420);
	/* The PCI bridge is where firmware has put it: vendor and device of 0:0.0, 0:10.3. */
	assert_int_equal(config_read(f, 0), 0x462011ab);
	assert_int_equal(config_read(f, 10 << 11 | 3 << 8), 0x71138086);
	/* Interrupt 10, 11, 5 and 9 are level triggered from the start. */
	assert_int_equal(in8(f, 0x4d0), 1 << 5);
	assert_int_equal(in8(f, 0x4d1), 1 << 1 | 1 << 2 | 1 << 3);
	assert_int_equal(in8(f, 0x64), 0xff); /* there is no keyboard controller */
	assert_int_equal(f->bus.probes, 1);
	assert_int_equal(f->bus.unclaimed, 0);
}

static void board_reset(void **state)
{
	struct fixture *f = *state;

	bus_write(&f->bus, MALTA_FPGA + 0x500, 0x41, 4);
	assert_int_equal(f->resets, 0);
	bus_write(&f->bus, MALTA_FPGA + 0x500, 0x42, 4);
	assert_int_equal(f->resets, 1);
	assert_int_equal(f->offs, 0);
}

/*
 * Linux' way, drivers/power/reset/piix4-poweroff.c, through function 0:10.3.  The special
 * cycle that it sends next does not get through the bridge.
 */
static void power_off(void **state)
{
	const uint32_t pm = 10 << 11 | 3 << 8;
	struct fixture *f = *state;

	config_write(f, pm | 0x40, 0x1001);
	config_write(f, pm | 0x80, 1);
	bus_write(&f->bus, PORT(0x1004), 0x1c00, 2);
	assert_int_equal(f->offs, 0);
	bus_write(&f->bus, PORT(0x1004), 0x2000, 2);
	assert_int_equal(f->offs, 1);
	assert_int_equal(f->resets, 0);
	assert_int_equal(f->bus.unclaimed, 0);
}

/* --- a whole one, without KVM ----------------------------------------------------- */

static const char *kernel_file(void)
{
	const uint32_t ph[] = { 1, 0x100, 0x40100000, 0x40100000, 16, 16, 7, 4 };
	uint8_t elf[0x200] = "\177ELF\1\1\1";

	memcpy(elf + 16, (uint16_t[]){ 2, 8, 1, 0 }, 8);
	memcpy(elf + 24, (uint32_t[]){ 0x40100000, 52 }, 8);
	memcpy(elf + 42, (uint16_t[]){ 32, 1 }, 4);
	memcpy(elf + 52, ph, sizeof(ph));
	return tmp_file("vmlinux", elf, sizeof(elf), sizeof(elf));
}

/* As Linux sets them up: the board's interrupts come through the other controller. */
static void several_cores(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(bus_read(&f->bus, MALTA_CM, 4), CORES - 1);
	bus_write(&f->bus, MALTA_CM + 0x80, GIC | 1, 4);
	bus_write(&f->bus, GIC + 0x100, ~0u, 4);
	bus_write(&f->bus, GIC + 0x500 + 4 * 3, 0x80000000, 4);
	bus_write(&f->bus, GIC + 0x2000 + 32 * 3, 2, 4);
	bus_write(&f->bus, GIC + 0x380, 1 << 3, 4);
	start_pic(f);
	f->board.virtio_irq[0]->set(f->board.virtio_irq[0], true);
	assert_true(f->core[1].level);
	assert_false(f->core[0].level || f->pic_out.level);
	assert_int_equal(interrupt(f), 10);
	f->board.virtio_irq[0]->set(f->board.virtio_irq[0], false);
	assert_false(f->core[1].level);
	/* and the third serial port's */
	bus_write(&f->bus, GIC + 0x500 + 4 * 4, 0x80000000, 4);
	bus_write(&f->bus, GIC + 0x2000 + 32 * 4, 1, 4);
	bus_write(&f->bus, GIC + 0x380, 1 << 4, 4);
	bus_write(&f->bus, MALTA_FPGA + 0x900 + 4 * 8, 0x08, 1);
	bus_write(&f->bus, MALTA_FPGA + 0x900 + 8, 0x02, 1);
	assert_true(f->core[0].level);
	assert_false(f->core[1].level || f->uart3.level);
}

static void a_core_begins(void **state)
{
	const uint64_t cpc = 0x1bde0000;
	struct fixture *f = *state;

	bus_write(&f->bus, MALTA_CM + 0x88, cpc | 1, 4);
	bus_write(&f->bus, MALTA_CM + 0x2018, 1 << 16, 4);
	bus_write(&f->bus, MALTA_CM + 0x4020, 0x40123000, 4);
	bus_write(&f->bus, cpc + 0x2010, 1 << 16, 4);
	assert_int_equal(f->powers, 0);
	bus_write(&f->bus, cpc + 0x4000, 4, 4);
	assert_int_equal(f->powers, 1);
	assert_int_equal(f->power_core, 1);
	assert_int_equal(f->power_at, 0x40123000);
}

static void whole_machine_of(unsigned int cpus)
{
	struct machine_config cfg = { .type = &machine_malta, .cpus = cpus, .mem = 8 << 20 };
	struct boot_files files;
	struct machine *m;
	struct err e;
	unsigned int i;

	assert_int_equal(boot_files_open(&files, kernel_file(), NULL, NULL, &e), 0);
	cfg.dry = true;
	cfg.files = &files;
	cfg.loop = loop_create();
	m = machine_create(&cfg, &e);
	assert_non_null(m);
	assert_int_equal(machine_add_board(m, NULL, &e), 0);
	for (i = 0; i < MALTA_VIRTIO_SLOTS; i++)
		assert_int_equal(machine_add_virtio(m, virtio_rng_create(), &e), 0);
	assert_int_equal(bus_read(&m->bus, MALTA_VIRTIO, 4), 0x74726976);
	assert_int_equal(bus_read(&m->bus, MALTA_VIRTIO + 23 * 0x200 + 8, 4), 4);
	assert_int_equal(bus_read(&m->bus, MALTA_CM, 4), cpus - 1);
	assert_int_equal(m->bus.unclaimed, cpus == 1);
	assert_null(machine_fdt(m, &e));
	assert_int_equal(e.code, EXIT_USAGE);
	assert_int_equal(machine_event(m), VM_RUNNING);
	bus_write(&m->bus, MALTA_FPGA + 0x500, 0x42, 4);
	assert_int_equal(machine_event(m), VM_RESET);
	machine_destroy(m);
	loop_destroy(cfg.loop);
	boot_files_close(&files);
}

static void whole_machine(void **state)
{
	(void)state;
	whole_machine_of(1);
}

static void whole_machine_of_many(void **state)
{
	(void)state;
	whole_machine_of(MALTA_CPUS_MAX);
}

static int parse(struct config *cfg, const char *const *argv, struct err *e)
{
	int n = 0;

	while (argv[n])
		n++;
	return cli_parse_run(cfg, &machine_malta, n, (char **)argv, e);
}

static void command_lines(void **state)
{
	static const struct {
		const char *argv[5];
		const char *says; /* NULL: nothing is wrong */
	} rows[] = {
		{ { "--cpus", "1", "--mem=256M", "k" }, NULL },
		{ { "--cpus", "8", "k" }, NULL },
		{ { "--cpus", "9", "k" }, "--cpus: '9' is no number from 1 to 8" },
		{ { "--mem", "257M", "k" }, "this machine takes at most 256M" },
		{ { "--dtb", "d", "k" }, "--dtb: the machine malta has no device tree" },
		{ { "--dumpdtb", "d", "k" }, "--dumpdtb: the machine malta has no device tree" },
		{ { "--bios", "b" }, "--bios: the machine malta has no firmware" },
		{ { "--pflash", "p", "k" }, "--pflash: the machine malta has no firmware" },
		{ { "--no-hypervisor", "k" },
		  "--no-hypervisor: the machine malta has no word of a hypervisor" },
	};
	struct config cfg;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		int r = parse(&cfg, rows[i].argv, &e);

		if (!r != !rows[i].says)
			fail_msg("row %zu: %d", i, r);
		if (r && (e.code != EXIT_USAGE || !strstr(e.msg, rows[i].says)))
			fail_msg("row %zu: code %d, '%s'", i, e.code, e.msg);
	}
}

static void help(void **state)
{
	static const char *const says[] = { "malta", "ttyS0", "vmlinux", "guest/mips32" };
	char *text = NULL;
	size_t i, size;
	FILE *to = open_memstream(&text, &size);

	(void)state;
	cli_help_run(&machine_malta, to);
	fclose(to);
	for (i = 0; i < ARRAY_SIZE(says); i++)
		if (!strstr(text, says[i]))
			fail_msg("%s", says[i]);
	free(text);
}

#define BOARD_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOARD_TEST(virtio_interrupts),
		BOARD_TEST(shared_interrupt),
		BOARD_TEST(uart_interrupts),
		BOARD_TEST(where_things_are),
		BOARD_TEST(board_reset),
		BOARD_TEST(power_off),
		cmocka_unit_test_setup_teardown(several_cores, setup_cores, teardown),
		cmocka_unit_test_setup_teardown(a_core_begins, setup_cores, teardown),
		cmocka_unit_test_setup_teardown(whole_machine, tmp_setup, tmp_clean),
		cmocka_unit_test_setup_teardown(whole_machine_of_many, tmp_setup, tmp_clean),
		cmocka_unit_test(command_lines),
		cmocka_unit_test(help),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
