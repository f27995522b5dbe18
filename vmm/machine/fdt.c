// SPDX-License-Identifier: GPL-2.0
/*
 * Helpers for device tree nodes; see fdt.h.  What a machine itself writes is
 * in virt_fdt.c and bamboo_fdt.c.
 */
#include <stdio.h>
#include <sys/random.h>

#include "../bus.h"
#include "../dev/device.h"
#include "../err.h"
#include "boot.h"
#include "fdt.h"

int fdt_property_cells(void *fdt, const char *name, const uint32_t *cells, unsigned int n)
{
	fdt32_t *to;
	void *prop;
	unsigned int i;

	FDT_TRY(fdt_property_placeholder(fdt, name, n * sizeof(*to), &prop));
	for (to = prop, i = 0; i < n; i++)
		to[i] = cpu_to_fdt32(cells[i]);
	return 0;
}

int fdt_property_reg(void *fdt, uint64_t base, uint64_t size)
{
	return FDT_CELLS(fdt, "reg", base >> 32, base, size >> 32, size);
}

int fdt_property_irq(void *fdt, const struct irqline *irq)
{
	uint32_t flags = irq->edge ? FDT_IRQ_EDGE_RISING : FDT_IRQ_LEVEL_HIGH;

	if (irq->cells == FDT_UIC_CELLS)
		return FDT_CELLS(fdt, "interrupts", irq->spi, flags);
	return FDT_CELLS(fdt, "interrupts", FDT_IRQ_SPI, irq->spi, flags);
}

int fdt_begin_device(void *fdt, const struct device *dev, const char *name)
{
	char node[64];

	snprintf(node, sizeof(node), "%s@%llx", name, (unsigned long long)dev->base);
	FDT_TRY(fdt_begin_node(fdt, node));
	FDT_TRY(fdt_property_reg(fdt, dev->base, dev->size));
	return dev->irq ? fdt_property_irq(fdt, dev->irq) : 0;
}

int fdt_write_chosen(void *fdt, const struct fdt_guest *guest, const char *stdout_path)
{
	const struct boot *boot = guest->boot;
	uint8_t seed[32];

	FDT_TRY(fdt_begin_node(fdt, "chosen"));
	if (guest->append)
		FDT_TRY(fdt_property_string(fdt, "bootargs", guest->append));
	FDT_TRY(fdt_property_string(fdt, "stdout-path", stdout_path));
	if (boot->initrd_size) {
		FDT_TRY(fdt_property_u64(fdt, "linux,initrd-start", boot->initrd));
		FDT_TRY(fdt_property_u64(fdt, "linux,initrd-end",
					 boot->initrd + boot->initrd_size));
	}
	if (guest->seed && getrandom(seed, sizeof(seed), GRND_NONBLOCK) == sizeof(seed))
		FDT_TRY(fdt_property(fdt, "rng-seed", seed, sizeof(seed)));
	return fdt_end_node(fdt);
}

int fdt_write_memory(void *fdt, const struct fdt_guest *guest)
{
	char node[40];

	snprintf(node, sizeof(node), "memory@%llx", (unsigned long long)guest->ram);
	FDT_TRY(fdt_begin_node(fdt, node));
	FDT_TRY(fdt_property_string(fdt, "device_type", "memory"));
	FDT_TRY(fdt_property_reg(fdt, guest->ram, guest->ram_size));
	return fdt_end_node(fdt);
}

int fdt_write_devices(void *fdt, const struct bus *bus)
{
	unsigned int i;

	for (i = 0; i < bus->nr; i++) {
		struct device *dev = bus->dev[i];

		if (dev->ops->fdt)
			FDT_TRY(dev->ops->fdt(dev, fdt));
	}
	return 0;
}

int fdt_written(int r, struct err *e)
{
	if (!r)
		return 0;
	return err_set(e, r == -FDT_ERR_NOSPACE ? EXIT_USAGE : EXIT_INTERNAL,
		       "cannot write the device tree: %s%s", fdt_strerror(r),
		       r == -FDT_ERR_NOSPACE ? " (is --append that long?)" : "");
}
