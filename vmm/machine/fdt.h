/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writing the guest's device tree: what every device's node has in common.
 *
 * The tree is written front to back with libfdt's sequential calls
 * (fdt_begin_node(), fdt_property_string(), ...).  The root has two address
 * and two size cells and the interrupt controller as interrupt-parent, so a
 * device's node is
 *
 *	FDT_TRY(fdt_begin_device(fdt, dev, "pl011"));
 *	FDT_TRY(fdt_property_string(fdt, "compatible", "arm,pl011"));
 *	return fdt_end_node(fdt);
 *
 * All functions return 0 or a libfdt error (fdt_strerror() names it).
 */
#ifndef EMBER_FDT_H
#define EMBER_FDT_H

#include <libfdt.h>
#include <stdbool.h>
#include <stdint.h>

struct boot;
struct bus;
struct device;
struct err;
struct irqline;

/* Nodes that others refer to. */
#define FDT_PHANDLE_GIC 1u
#define FDT_PHANDLE_CLK 2u /* apb-pclk, 24 MHz */
#define FDT_PHANDLE_UIC 3u
#define FDT_PHANDLE_CPU 4u
#define FDT_PHANDLE_POWER 5u

/* Interrupt specifiers of arm,cortex-a15-gic: <type number flags>; of ibm,uic: <number flags> */
#define FDT_GIC_CELLS 3u
#define FDT_UIC_CELLS 2u
#define FDT_IRQ_SPI 0u
#define FDT_IRQ_PPI 1u
#define FDT_IRQ_EDGE_RISING 1u
#define FDT_IRQ_LEVEL_HIGH 4u
#define FDT_IRQ_PPI_CPUS(n) (((1u << (n)) - 1) << 8)

/* Of a user's tree, too: what there is of this VM in every tree. */
struct fdt_guest {
	uint64_t ram, ram_size;
	const char *append; /* NULL: no bootargs */
	const struct boot *boot;
	bool seed; /* random bytes for the guest's generator */
};

#define FDT_TRY(call)                     \
	do {                              \
		int fdt_try_r = (call);   \
		if (fdt_try_r)            \
			return fdt_try_r; \
	} while (0)

/* A property of @n 32-bit cells, given in host byte order. */
int fdt_property_cells(void *fdt, const char *name, const uint32_t *cells, unsigned int n);

#define FDT_CELLS(fdt, name, ...)                                        \
	fdt_property_cells(fdt, name, (const uint32_t[]){ __VA_ARGS__ }, \
			   sizeof((const uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t))

/* "reg" with one window; "interrupts" with one line. */
int fdt_property_reg(void *fdt, uint64_t base, uint64_t size);
int fdt_property_irq(void *fdt, const struct irqline *irq);

/* The nodes /chosen, with @stdout_path, and /memory. */
int fdt_write_chosen(void *fdt, const struct fdt_guest *guest, const char *stdout_path);
int fdt_write_memory(void *fdt, const struct fdt_guest *guest);

/* The nodes of all devices on @bus. */
int fdt_write_devices(void *fdt, const struct bus *bus);

/* What to make of a libfdt error from writing a whole tree: 0, or -1 with @e. */
int fdt_written(int r, struct err *e);

/* Open the node "@name@<base>" and write its reg and, if it has one, its irq. */
int fdt_begin_device(void *fdt, const struct device *dev, const char *name);

#endif
