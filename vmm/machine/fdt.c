// SPDX-License-Identifier: GPL-2.0
/*
 * Helpers for device tree nodes; see fdt.h.  What the machine itself writes is
 * in virt_fdt.c.
 */
#include <stdio.h>

#include "../dev/device.h"
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
	return FDT_CELLS(fdt, "interrupts", FDT_IRQ_SPI, irq->spi,
			 irq->edge ? FDT_IRQ_EDGE_RISING : FDT_IRQ_LEVEL_HIGH);
}

int fdt_begin_device(void *fdt, const struct device *dev, const char *name)
{
	char node[64];

	snprintf(node, sizeof(node), "%s@%llx", name, (unsigned long long)dev->base);
	FDT_TRY(fdt_begin_node(fdt, node));
	FDT_TRY(fdt_property_reg(fdt, dev->base, dev->size));
	return dev->irq ? fdt_property_irq(fdt, dev->irq) : 0;
}
