// SPDX-License-Identifier: GPL-2.0
/*
 * The machine's device tree: what is not a device on the bus.  Bindings are
 * those of Linux, Documentation/devicetree/bindings; the tree is QEMU's.
 */
#include <stdio.h>

#include "fdt.h"
#include "virt.h"
#include "virt_fdt.h"

static int write_chosen(void *fdt, const struct virt_fdt *cfg)
{
	char path[40];

	snprintf(path, sizeof(path), "/pl011@%llx", VIRT_UART);
	return fdt_write_chosen(fdt, &cfg->guest, path);
}

static int write_memory(void *fdt, const struct virt_fdt *cfg)
{
	return fdt_write_memory(fdt, &cfg->guest);
}

static int write_cpu(void *fdt, const struct virt_fdt *cfg, uint32_t mpidr)
{
	char node[40];

	snprintf(node, sizeof(node), "cpu@%x", mpidr);
	FDT_TRY(fdt_begin_node(fdt, node));
	FDT_TRY(fdt_property_string(fdt, "device_type", "cpu"));
	FDT_TRY(fdt_property_string(fdt, "compatible", cfg->cpu));
	if (cfg->cpus > 1)
		FDT_TRY(fdt_property_string(fdt, "enable-method", "psci"));
	FDT_TRY(fdt_property_u32(fdt, "reg", mpidr));
	return fdt_end_node(fdt);
}

static int write_cpus(void *fdt, const struct virt_fdt *cfg)
{
	unsigned int i;

	FDT_TRY(fdt_begin_node(fdt, "cpus"));
	FDT_TRY(fdt_property_u32(fdt, "#address-cells", 1));
	FDT_TRY(fdt_property_u32(fdt, "#size-cells", 0));
	for (i = 0; i < cfg->cpus; i++)
		FDT_TRY(write_cpu(fdt, cfg, cfg->mpidr[i]));
	return fdt_end_node(fdt);
}

/* The function numbers are for guests that only know PSCI 0.1's binding. */
static int write_psci(void *fdt, const struct virt_fdt *cfg)
{
	static const char compatible[] = "arm,psci-1.0\0arm,psci-0.2\0arm,psci";

	(void)cfg;
	FDT_TRY(fdt_begin_node(fdt, "psci"));
	FDT_TRY(fdt_property(fdt, "compatible", compatible, sizeof(compatible)));
	FDT_TRY(fdt_property_string(fdt, "method", "hvc"));
	FDT_TRY(fdt_property_u32(fdt, "cpu_suspend", 0x84000001));
	FDT_TRY(fdt_property_u32(fdt, "cpu_off", 0x84000002));
	FDT_TRY(fdt_property_u32(fdt, "cpu_on", 0x84000003));
	FDT_TRY(fdt_property_u32(fdt, "migrate", 0x84000005));
	return fdt_end_node(fdt);
}

static int write_timer(void *fdt, const struct virt_fdt *cfg)
{
	static const uint32_t ppi[] = VIRT_TIMER_PPIS;
	uint32_t flags = FDT_IRQ_LEVEL_HIGH | FDT_IRQ_PPI_CPUS(cfg->cpus), cells[12];
	unsigned int i;

	for (i = 0; i < 4; i++) {
		cells[3 * i] = FDT_IRQ_PPI;
		cells[3 * i + 1] = ppi[i];
		cells[3 * i + 2] = flags;
	}
	FDT_TRY(fdt_begin_node(fdt, "timer"));
	FDT_TRY(fdt_property_string(fdt, "compatible", "arm,armv7-timer"));
	FDT_TRY(fdt_property(fdt, "always-on", NULL, 0));
	FDT_TRY(fdt_property_cells(fdt, "interrupts", cells, 12));
	return fdt_end_node(fdt);
}

static int write_gic(void *fdt, const struct virt_fdt *cfg)
{
	char node[40];

	(void)cfg;
	snprintf(node, sizeof(node), "intc@%llx", VIRT_GIC_DIST);
	FDT_TRY(fdt_begin_node(fdt, node));
	FDT_TRY(fdt_property_string(fdt, "compatible", "arm,cortex-a15-gic"));
	FDT_TRY(fdt_property(fdt, "interrupt-controller", NULL, 0));
	FDT_TRY(fdt_property_u32(fdt, "#interrupt-cells", 3));
	FDT_TRY(fdt_property_u32(fdt, "#address-cells", 0));
	FDT_TRY(FDT_CELLS(fdt, "reg", 0, VIRT_GIC_DIST, 0, VIRT_GIC_DIST_SIZE, 0, VIRT_GIC_CPU, 0,
			  VIRT_GIC_CPU_SIZE));
	FDT_TRY(fdt_property_u32(fdt, "phandle", FDT_PHANDLE_GIC));
	return fdt_end_node(fdt);
}

static int write_clock(void *fdt, const struct virt_fdt *cfg)
{
	(void)cfg;
	FDT_TRY(fdt_begin_node(fdt, "apb-pclk"));
	FDT_TRY(fdt_property_string(fdt, "compatible", "fixed-clock"));
	FDT_TRY(fdt_property_u32(fdt, "#clock-cells", 0));
	FDT_TRY(fdt_property_u32(fdt, "clock-frequency", 24000000));
	FDT_TRY(fdt_property_string(fdt, "clock-output-names", "clk24mhz"));
	FDT_TRY(fdt_property_u32(fdt, "phandle", FDT_PHANDLE_CLK));
	return fdt_end_node(fdt);
}

static int write_devices(void *fdt, const struct virt_fdt *cfg)
{
	return fdt_write_devices(fdt, cfg->bus);
}

static int (*const parts[])(void *fdt, const struct virt_fdt *cfg) = {
	write_chosen, write_memory, write_cpus,	 write_psci,
	write_timer,  write_gic,    write_clock, write_devices,
};

static int write_tree(void *fdt, size_t size, const struct virt_fdt *cfg)
{
	unsigned int i;

	FDT_TRY(fdt_create(fdt, size));
	FDT_TRY(fdt_finish_reservemap(fdt));
	FDT_TRY(fdt_begin_node(fdt, ""));
	FDT_TRY(fdt_property_string(fdt, "compatible", "linux,dummy-virt"));
	FDT_TRY(fdt_property_string(fdt, "model", "linux,dummy-virt"));
	FDT_TRY(fdt_property_u32(fdt, "#address-cells", 2));
	FDT_TRY(fdt_property_u32(fdt, "#size-cells", 2));
	FDT_TRY(fdt_property_u32(fdt, "interrupt-parent", FDT_PHANDLE_GIC));
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		FDT_TRY(parts[i](fdt, cfg));
	FDT_TRY(fdt_end_node(fdt));
	return fdt_finish(fdt);
}

int virt_fdt_write(void *buf, size_t size, const struct virt_fdt *cfg, struct err *e)
{
	return fdt_written(write_tree(buf, size, cfg), e);
}
