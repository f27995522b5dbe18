// SPDX-License-Identifier: GPL-2.0
/* The system controller and its PCI bus, as malta's kernel goes about them. */
#include "dev_rig.h"

#include "bus.h"
#include "dev/gt64120.h"
#include "dev/pci.h"

enum { CPU = 0x000, IOLD = 0x048, IOHD = 0x050, M0LD = 0x058, ISD = 0x068, IOREMAP = 0x0f0 };
enum { CMD = 0xc00, CAUSE = 0xc18, IACK = 0xc34, CFGADDR = 0xcf8, CFGDATA = 0xcfc };
enum { MASTER_ABORT = 1 << 18 };

#define ADDRESS(slot, fn, reg) (0x80000000 | (slot) << 11 | (fn) << 8 | (reg))

struct fixture {
	struct bus bus;
	struct pci_bus pci;
	struct pci_function fn; /* at 3.1 */
	unsigned int wrote, special, acknowledged;
	uint32_t message;
	struct device *dev;
};

static struct fixture *the;

static int move(void *opaque, struct device *dev, uint64_t base, bool mapped)
{
	return bus_move(opaque, dev, base, mapped);
}

static uint8_t acknowledge(struct device *pic)
{
	assert_null(pic);
	the->acknowledged++;
	return 0x2a;
}

static void fn_wrote(struct pci_function *fn, unsigned int reg)
{
	(void)fn;
	assert_int_equal(reg, 4);
	the->wrote++;
}

static void fn_special(struct pci_function *fn, uint32_t message)
{
	(void)fn;
	the->special++;
	the->message = message;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct gt64120_config cfg = { .pci = &f->pci,
				      .acknowledge = acknowledge,
				      .remap = { move, &f->bus } };

	the = f;
	f->fn.wrote = fn_wrote;
	f->fn.special = fn_special;
	pci_put32(f->fn.config, 0x71108086);
	f->fn.mask[PCI_COMMAND] = 0x0f;
	f->fn.config[PCI_STATUS + 1] = 0xf2;
	f->fn.clear[PCI_STATUS + 1] = 0xf0;
	f->pci.fn[3][1] = &f->fn;
	f->dev = gt64120_create(&cfg);
	*state = f;
	return f->dev ? bus_add(&f->bus, f->dev) : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	f->dev->ops->destroy(f->dev);
	assert_null(f->pci.fn[0][0]);
	free(f);
	return 0;
}

static uint32_t rd(struct fixture *f, uint64_t off)
{
	return bus_read(&f->bus, f->dev->base + off, 4);
}

static void wr(struct fixture *f, uint64_t off, uint32_t val)
{
	bus_write(&f->bus, f->dev->base + off, val, 4);
}

static uint32_t config_read(struct fixture *f, uint32_t address)
{
	wr(f, CFGADDR, address);
	return rd(f, CFGDATA);
}

static void config_write(struct fixture *f, uint32_t address, uint32_t val)
{
	wr(f, CFGADDR, address);
	wr(f, CFGDATA, val);
}

static void reset_values(void **state)
{
	static const struct {
		uint32_t off, val;
	} rows[] = {
		{ CPU, 0x1000 },       { IOLD, 0x80 },	    { IOHD, 0x0f },
		{ M0LD, 0x90 },	       { ISD, 0xa0 },	    { 0x120, 3 },
		{ 0x45c, 0x386fffff }, { CMD, 0x00010001 }, { CAUSE, 0 },
	};
	struct fixture *f = *state;
	size_t i;

	assert_int_equal(f->dev->base, 0x14000000);
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (rd(f, rows[i].off) != rows[i].val)
			fail_msg("register 0x%x is 0x%x", rows[i].off, rd(f, rows[i].off));
	assert_int_equal(f->dev->unknown, 0);
}

static void writable_bits(void **state)
{
	static const struct {
		uint32_t off, mask;
	} rows[] = {
		{ IOLD, 0x7fff },    { IOHD, 0x7f },	      { IOREMAP, 0x7ff },
		{ CMD, 0x0401fc0f }, { CFGADDR, 0x80fffffc }, { 0xc1c, 0x3c3ffffe },
		{ 0x120, 3 },
	};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		wr(f, rows[i].off, 0xffffffff);
		if (rd(f, rows[i].off) != rows[i].mask)
			fail_msg("register 0x%x is 0x%x", rows[i].off, rd(f, rows[i].off));
	}
}

static void unknown_registers_count(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(rd(f, 0x004), 0);
	wr(f, 0xffc, 1);
	assert_int_equal(bus_read(&f->bus, f->dev->base + CMD, 1), 0); /* words only */
	assert_int_equal(bus_read(&f->bus, f->dev->base + CMD, 8), 0);
	assert_int_equal(f->dev->unknown, 4);
}

/* What a boot monitor does by hand, and then the kernel in prom_init(). */
static void firmware(void **state)
{
	struct fixture *f = *state;

	gt64120_firmware(f->dev);
	assert_int_equal(f->dev->base, 0x1be00000);
	assert_ptr_equal(bus_find(&f->bus, 0x1be00cf8, 4), f->dev);
	assert_null(bus_find(&f->bus, 0x14000000, 4));
	assert_int_equal(rd(f, ISD), 0xdf);
	assert_int_equal(rd(f, IOLD) << 21, 0x18000000);
	assert_int_equal(rd(f, IOHD), 0x40);
	assert_int_equal(rd(f, IOREMAP), 0xc0);
	wr(f, IOREMAP, 0);
	assert_int_equal(rd(f, IOREMAP), 0);
	assert_int_equal(rd(f, M0LD) << 21, 0x10000000);
	assert_int_equal(rd(f, 0x80) << 21, 0x18200000);
	f->dev->ops->reset(f->dev);
	assert_ptr_equal(bus_find(&f->bus, 0x14000000, 4), f->dev);
}

/* The window goes where another device is: that one stays, and nothing crashes. */
static void moved_onto_another(void **state)
{
	struct fixture *f = *state;
	struct device other = { .base = 0x1f000000, .size = 0x1000 };

	assert_int_equal(bus_add(&f->bus, &other), 0);
	wr(f, ISD, 0x1f000000 >> 21);
	assert_ptr_equal(bus_find(&f->bus, 0x1f000000, 4), &other);
	assert_int_equal(f->bus.nr, 1);
	f->dev->ops->reset(f->dev);
	assert_int_equal(f->bus.nr, 2);
}

static void big_endian_cpu(void **state)
{
	struct fixture *f = *state;

	wr(f, CPU, 0);
	assert_int_equal(rd(f, ISD), 0xa0000000);
	wr(f, IOHD, 0x7f000000);
	assert_int_equal(rd(f, IOHD), 0x7f000000);
	wr(f, CPU, 0x00100000);
	assert_int_equal(rd(f, IOHD), 0x7f);
}

static void own_function(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(config_read(f, ADDRESS(0, 0, 0)), 0x462011ab);
	assert_int_equal(config_read(f, ADDRESS(0, 0, 8)), 0x06000010);
	config_write(f, ADDRESS(0, 0, 4), 0xffffffff);
	assert_int_equal(config_read(f, ADDRESS(0, 0, 4)), 0x02800147);
	config_write(f, ADDRESS(0, 0, 0x20), 0x1be00000);
	assert_int_equal(config_read(f, ADDRESS(0, 0, 0x20)), 0x14000000);
	assert_int_equal(rd(f, CAUSE), 0);
}

static void configuration(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(config_read(f, ADDRESS(3, 1, 0)), 0x71108086);
	config_write(f, ADDRESS(3, 1, 4), 0xffff0005);
	assert_int_equal(f->wrote, 1);
	assert_int_equal(config_read(f, ADDRESS(3, 1, 4)), 0x02000005);
	config_write(f, ADDRESS(3, 1, 4) & 0x7fffffff, 0xf); /* not enabled */
	assert_int_equal(f->wrote, 1);
	assert_int_equal(rd(f, CFGDATA), 0xffffffff);
	assert_int_equal(rd(f, CAUSE), 0);
}

/* How the kernel finds that there is nobody: all ones, and the cause that it then clears. */
static void nobody_there(void **state)
{
	static const uint32_t nobody[] = { ADDRESS(0, 1, 0), ADDRESS(3, 0, 0), ADDRESS(31, 0, 0),
					   ADDRESS(3, 1, 0) | 1 << 16 };
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(nobody); i++) {
		assert_int_equal(config_read(f, nobody[i]), 0xffffffff);
		assert_int_equal(rd(f, CAUSE), MASTER_ABORT | 1);
		wr(f, CAUSE, ~(uint32_t)MASTER_ABORT);
		assert_int_equal(rd(f, CAUSE), 0);
		config_write(f, nobody[i], 1);
		assert_int_equal(rd(f, CAUSE), MASTER_ABORT | 1);
		wr(f, CAUSE, 0);
	}
}

static void byte_swapping(void **state)
{
	struct fixture *f = *state;

	wr(f, CMD, 0);
	assert_int_equal(config_read(f, ADDRESS(3, 1, 0)), 0x86801071);
	assert_int_equal(config_read(f, ADDRESS(0, 0, 0)), 0x462011ab);
	config_write(f, ADDRESS(3, 1, 4), 0x05000000);
	assert_int_equal(f->fn.config[PCI_COMMAND], 5);
}

static void special_cycle(void **state)
{
	struct fixture *f = *state;

	config_write(f, ADDRESS(31, 7, 0), 0x00120002);
	assert_int_equal(f->special, 0);
	assert_int_equal(rd(f, CAUSE), 0);
	config_write(f, ADDRESS(3, 1, 4), PCI_COMMAND_SPECIAL);
	config_write(f, ADDRESS(31, 7, 0), 0x00120002);
	assert_int_equal(f->special, 1);
	assert_int_equal(f->message, 0x00120002);
}

static void interrupt_acknowledge(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(rd(f, IACK), 0x2a);
	wr(f, IACK, 0);
	assert_int_equal(f->acknowledged, 1);
}

static void save_restore(void **state)
{
	struct fixture *f = *state;

	gt64120_firmware(f->dev);
	config_read(f, ADDRESS(9, 0, 0));
	config_write(f, ADDRESS(0, 0, 4), 7);
	assert_save_restore_save(f->dev);
	assert_int_equal(f->dev->base, 0x1be00000);
	assert_ptr_equal(bus_find(&f->bus, 0x1be00000, 4), f->dev);
	assert_int_equal(rd(f, CAUSE), MASTER_ABORT | 1);
}

static void hostile(void **state)
{
	struct fixture *f = *state;

	assert_hostile_restore(f->dev, 300, 64);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reset_values),
		TEST(writable_bits),
		TEST(unknown_registers_count),
		TEST(firmware),
		TEST(moved_onto_another),
		TEST(big_endian_cpu),
		TEST(own_function),
		TEST(configuration),
		TEST(nobody_there),
		TEST(byte_swapping),
		TEST(special_cycle),
		TEST(interrupt_acknowledge),
		TEST(save_restore),
		TEST(hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
