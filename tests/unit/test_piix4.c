// SPDX-License-Identifier: GPL-2.0
/* The PIIX4 on the PCI bus, as the kernel's malta fixups and piix4-poweroff go about it. */
#include "dev_rig.h"

#include "bus.h"
#include "dev/pci.h"
#include "dev/piix4.h"

enum { PMSTS = 0, PMEN = 2, PMCNTRL = 4 };
enum { PMBA = 0x40, PMREGMISC = 0x80 };
enum { SUS_EN = 1 << 13 };

#define ISA 0x18000000
#define ADDRESS(fn, reg) (10 << 11 | (fn) << 8 | (reg))

struct fixture {
	struct bus bus;
	struct pci_bus pci;
	unsigned int off;
	struct device *dev;
};

static int move(void *opaque, struct device *dev, uint64_t base, bool mapped)
{
	return bus_move(opaque, dev, base, mapped);
}

static void off(void *opaque)
{
	((struct fixture *)opaque)->off++;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct piix4_config cfg = { .pci = &f->pci,
				    .slot = PIIX4_SLOT_MALTA,
				    .isa = ISA,
				    .remap = { move, &f->bus },
				    .off = off,
				    .opaque = f };

	f->dev = piix4_create(&cfg);
	*state = f;
	return f->dev ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	f->dev->ops->destroy(f->dev);
	assert_null(f->pci.fn[10][0]);
	assert_null(f->pci.fn[10][3]);
	free(f);
	return 0;
}

static uint32_t rd(struct fixture *f, uint32_t fn, uint32_t reg)
{
	uint32_t val;

	assert_true(pci_config_read(&f->pci, ADDRESS(fn, reg), &val));
	return val;
}

static void wr(struct fixture *f, uint32_t fn, uint32_t reg, uint32_t val)
{
	assert_true(pci_config_write(&f->pci, ADDRESS(fn, reg), val));
}

/* malta_piix_func3_base_fixup(), and func0_fixup() for special cycles. */
static void fixups(struct fixture *f)
{
	wr(f, 3, PMBA, 0x1000);
	wr(f, 3, PMREGMISC, 1);
	wr(f, 0, PCI_COMMAND, rd(f, 0, PCI_COMMAND) | PCI_COMMAND_SPECIAL);
}

static void identity(void **state)
{
	struct fixture *f = *state;
	uint32_t val;

	assert_int_equal(rd(f, 0, 0), 0x71108086);
	assert_int_equal(rd(f, 0, 8) >> 16, 0x0601);
	assert_int_equal(rd(f, 0, 0x0c), 0x00800000);
	assert_int_equal(rd(f, 3, 0), 0x71138086);
	assert_int_equal(rd(f, 3, 8) >> 16, 0x0680);
	assert_int_equal(rd(f, 0, 0x60), 0x0b0b0a0a);
	assert_false(pci_config_read(&f->pci, ADDRESS(1, 0), &val));
	assert_false(pci_config_read(&f->pci, ADDRESS(2, 0), &val));
	assert_int_equal(f->bus.nr, 0);
}

static void what_the_kernel_sets(void **state)
{
	struct fixture *f = *state;

	fixups(f);
	wr(f, 0, 0x68, 0xf200); /* top of memory */
	assert_int_equal(rd(f, 0, 0x68), 0xf200);
	wr(f, 0, 0xb0, 1 << 16); /* serial interrupts on their pin */
	assert_int_equal(rd(f, 0, 0xb0), 1 << 16);
	wr(f, 0, 0x64, 0xd0);
	assert_int_equal(rd(f, 0, 0x64), 0xd0);
	wr(f, 0, 0x80, 0x00070000);
	assert_int_equal(rd(f, 0, 0x80), 0x00070000);
	assert_int_equal(rd(f, 0, PCI_COMMAND), 0x0280000f);
	assert_int_equal(rd(f, 3, PMBA), 0x1001);
}

static void window(void **state)
{
	struct fixture *f = *state;

	wr(f, 3, PMBA, 0x1000);
	assert_int_equal(f->bus.nr, 0);
	wr(f, 3, PMREGMISC, 1);
	assert_ptr_equal(bus_find(&f->bus, ISA + 0x1000, 2), f->dev);
	assert_ptr_equal(bus_find(&f->bus, ISA + 0x103f, 1), f->dev);
	wr(f, 3, PMBA, 0x2040);
	assert_null(bus_find(&f->bus, ISA + 0x1000, 2));
	assert_ptr_equal(bus_find(&f->bus, ISA + 0x2040, 2), f->dev);
	wr(f, 3, PMREGMISC, 0);
	assert_int_equal(f->bus.nr, 0);
}

static void pm_registers(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(dev_read(f->dev, PMSTS, 2), 0);
	dev_write(f->dev, PMEN, 0xffff, 2);
	assert_int_equal(dev_read(f->dev, PMEN, 2), 0x0521);
	dev_write(f->dev, PMCNTRL, 0xffff, 2);
	assert_int_equal(dev_read(f->dev, PMCNTRL, 2), 0x3c03);
	assert_int_equal(dev_read(f->dev, PMCNTRL + 1, 1), 0x3c);
	dev_write(f->dev, PMCNTRL + 1, 0, 1);
	assert_int_equal(dev_read(f->dev, PMCNTRL, 2), 0x03);
	assert_int_equal(dev_read(f->dev, PMSTS, 4), 0x05210000);
	assert_int_equal(f->dev->unknown, 0);
	assert_int_equal(dev_read(f->dev, 0x0c, 2), 0);
	dev_write(f->dev, 0x0e, 0, 2);
	assert_int_equal(f->dev->unknown, 2);
}

static void power_off(void **state)
{
	struct fixture *f = *state;

	fixups(f);
	dev_write(f->dev, PMCNTRL, SUS_EN, 2);
	assert_int_equal(f->off, 1);
}

/* Without the enable bit, with another kind of suspend, or elsewhere nothing happens. */
static void no_power_off(void **state)
{
	struct fixture *f = *state;

	fixups(f);
	dev_write(f->dev, PMCNTRL, 0, 2);
	dev_write(f->dev, PMCNTRL, SUS_EN | 1 << 10, 2);
	dev_write(f->dev, PMEN, SUS_EN, 2);
	assert_int_equal(f->off, 0);
	dev_write(f->dev, PMCNTRL + 1, SUS_EN >> 8, 1);
	assert_int_equal(f->off, 1);
}

static void save_restore(void **state)
{
	struct fixture *f = *state;

	fixups(f);
	dev_write(f->dev, PMCNTRL, 1 << 10, 2);
	assert_save_restore_save(f->dev);
	assert_ptr_equal(bus_find(&f->bus, ISA + 0x1000, 2), f->dev);
	assert_int_equal(dev_read(f->dev, PMCNTRL, 2), 1 << 10);
	assert_int_equal(f->off, 0);
}

static void hostile(void **state)
{
	struct fixture *f = *state;

	assert_hostile_restore(f->dev, 500, 64);
	assert_int_equal(rd(f, 0, 0), 0x71108086);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(identity),	 TEST(what_the_kernel_sets), TEST(window),	 TEST(pm_registers),
		TEST(power_off), TEST(no_power_off),	     TEST(save_restore), TEST(hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
