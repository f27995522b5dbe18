// SPDX-License-Identifier: GPL-2.0
/*
 * The device tree of "bamboo": what is not a device on the bus.  Bindings are those of
 * Linux, Documentation/devicetree/bindings/powerpc/4xx; the tree is what a kernel needs of
 * QEMU's.
 */
#include <stdio.h>

#include "../err.h"
#include "bamboo.h"
#include "bamboo_fdt.h"

#define CPU "/cpus/cpu@0"

/* The root and the buses have the same cells, so that a device's address is the bus's. */
static int write_cells(void *fdt)
{
	FDT_TRY(fdt_property_u32(fdt, "#address-cells", 2));
	return fdt_property_u32(fdt, "#size-cells", 2);
}

static int write_chosen(void *fdt, const struct bamboo_fdt *cfg)
{
	char path[48];

	snprintf(path, sizeof(path), "/plb/opb/serial@%llx", BAMBOO_UART0);
	return fdt_write_chosen(fdt, &cfg->guest, path);
}

static int write_memory(void *fdt, const struct bamboo_fdt *cfg)
{
	return fdt_write_memory(fdt, &cfg->guest);
}

static int write_cpus(void *fdt, const struct bamboo_fdt *cfg)
{
	FDT_TRY(fdt_begin_node(fdt, "cpus"));
	FDT_TRY(fdt_property_u32(fdt, "#address-cells", 1));
	FDT_TRY(fdt_property_u32(fdt, "#size-cells", 0));
	FDT_TRY(fdt_begin_node(fdt, "cpu@0"));
	FDT_TRY(fdt_property_string(fdt, "device_type", "cpu"));
	FDT_TRY(fdt_property_string(fdt, "model", "PowerPC,440EP"));
	FDT_TRY(fdt_property_u32(fdt, "reg", 0));
	FDT_TRY(fdt_property_u32(fdt, "clock-frequency", cfg->clock));
	FDT_TRY(fdt_property_u32(fdt, "timebase-frequency", cfg->timebase));
	FDT_TRY(fdt_property_u32(fdt, "i-cache-line-size", 32));
	FDT_TRY(fdt_property_u32(fdt, "d-cache-line-size", 32));
	FDT_TRY(fdt_property_u32(fdt, "i-cache-size", 0x8000));
	FDT_TRY(fdt_property_u32(fdt, "d-cache-size", 0x8000));
	FDT_TRY(fdt_property(fdt, "dcr-controller", NULL, 0));
	FDT_TRY(fdt_property_string(fdt, "dcr-access-method", "native"));
	FDT_TRY(fdt_property_u32(fdt, "phandle", FDT_PHANDLE_CPU));
	FDT_TRY(fdt_end_node(fdt));
	return fdt_end_node(fdt);
}

static int write_uic(void *fdt, const struct bamboo_fdt *cfg)
{
	static const char compatible[] = "ibm,uic-440ep\0ibm,uic";

	(void)cfg;
	FDT_TRY(fdt_begin_node(fdt, "interrupt-controller0"));
	FDT_TRY(fdt_property(fdt, "compatible", compatible, sizeof(compatible)));
	FDT_TRY(fdt_property(fdt, "interrupt-controller", NULL, 0));
	FDT_TRY(fdt_property_u32(fdt, "cell-index", 0));
	FDT_TRY(FDT_CELLS(fdt, "dcr-reg", BAMBOO_UIC_DCR, BAMBOO_UIC_DCRS));
	FDT_TRY(fdt_property_u32(fdt, "#address-cells", 0));
	FDT_TRY(fdt_property_u32(fdt, "#size-cells", 0));
	FDT_TRY(fdt_property_u32(fdt, "#interrupt-cells", FDT_UIC_CELLS));
	FDT_TRY(fdt_property_u32(fdt, "phandle", FDT_PHANDLE_UIC));
	return fdt_end_node(fdt);
}

/*
 * ePAPR 1.1, 7.5; what Linux calls KVM.  Of EV_IDLE the guest is not told (has-idle): Linux
 * on a 440 has not got what lets an interrupt end that call, and would call for ever.
 */
static int write_hypervisor(void *fdt, const struct bamboo_fdt *cfg)
{
	fdt32_t insn[ARCH_HCALL_MAX];
	unsigned int i;

	if (!cfg->hcalls)
		return 0;
	for (i = 0; i < cfg->hcalls; i++)
		insn[i] = cpu_to_fdt32(cfg->hcall[i]);
	FDT_TRY(fdt_begin_node(fdt, "hypervisor"));
	FDT_TRY(fdt_property_string(fdt, "compatible", "linux,kvm"));
	FDT_TRY(fdt_property(fdt, "hcall-instructions", insn, cfg->hcalls * sizeof(insn[0])));
	return fdt_end_node(fdt);
}

/* Linux makes devices of what is below a bus that it knows, and of nothing else. */
static int write_buses(void *fdt, const struct bamboo_fdt *cfg)
{
	static const char plb[] = "ibm,plb-440ep\0ibm,plb4", opb[] = "ibm,opb-440ep\0ibm,opb";

	FDT_TRY(fdt_begin_node(fdt, "plb"));
	FDT_TRY(fdt_property(fdt, "compatible", plb, sizeof(plb)));
	FDT_TRY(write_cells(fdt));
	FDT_TRY(fdt_property(fdt, "ranges", NULL, 0));
	FDT_TRY(fdt_begin_node(fdt, "opb"));
	FDT_TRY(fdt_property(fdt, "compatible", opb, sizeof(opb)));
	FDT_TRY(write_cells(fdt));
	FDT_TRY(fdt_property(fdt, "ranges", NULL, 0));
	FDT_TRY(fdt_write_devices(fdt, cfg->bus));
	FDT_TRY(fdt_end_node(fdt));
	return fdt_end_node(fdt);
}

static int (*const parts[])(void *fdt, const struct bamboo_fdt *cfg) = {
	write_chosen, write_memory, write_cpus, write_hypervisor, write_uic, write_buses,
};

static int write_tree(void *fdt, size_t size, const struct bamboo_fdt *cfg)
{
	unsigned int i;

	FDT_TRY(fdt_create(fdt, size));
	FDT_TRY(fdt_finish_reservemap(fdt));
	FDT_TRY(fdt_begin_node(fdt, ""));
	FDT_TRY(fdt_property_string(fdt, "compatible", "amcc,bamboo"));
	FDT_TRY(fdt_property_string(fdt, "model", "amcc,bamboo"));
	FDT_TRY(write_cells(fdt));
	FDT_TRY(fdt_property_u32(fdt, "dcr-parent", FDT_PHANDLE_CPU));
	FDT_TRY(fdt_property_u32(fdt, "interrupt-parent", FDT_PHANDLE_UIC));
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		FDT_TRY(parts[i](fdt, cfg));
	FDT_TRY(fdt_end_node(fdt));
	return fdt_finish(fdt);
}

int bamboo_fdt_write(void *buf, size_t size, const struct bamboo_fdt *cfg, struct err *e)
{
	return fdt_written(write_tree(buf, size, cfg), e);
}

static int set_clocks(void *fdt, size_t size, const struct bamboo_fdt *cfg)
{
	int node = fdt_path_offset(fdt, CPU);

	if (node < 0)
		return node;
	FDT_TRY(fdt_open_into(fdt, fdt, size));
	FDT_TRY(fdt_setprop_u32(fdt, node, "clock-frequency", cfg->clock));
	FDT_TRY(fdt_setprop_u32(fdt, node, "timebase-frequency", cfg->timebase));
	return fdt_pack(fdt);
}

int bamboo_fdt_clocks(void *buf, size_t size, const struct bamboo_fdt *cfg, struct err *e)
{
	int r = set_clocks(buf, size, cfg);

	if (!r)
		return 0;
	return err_set(e, EXIT_USAGE,
		       "cannot set the frequencies of " CPU " in the device tree: %s",
		       fdt_strerror(r));
}
