// SPDX-License-Identifier: GPL-2.0
/*
 * A device tree of the user's: checked from end to end before anything in it
 * is believed, then given this VM's memory, initrd and command line.
 */
#include <stdbool.h>
#include <string.h>

#include "../err.h"
#include "boot.h"
#include "fdt.h"
#include "virt_fdt.h"

/* The node at @path, made if it isn't there. */
static int need_node(void *fdt, const char *name)
{
	int node = fdt_subnode_offset(fdt, 0, name);

	return node == -FDT_ERR_NOTFOUND ? fdt_add_subnode(fdt, 0, name) : node;
}

/* What the tree says of an initrd was true on another machine. */
static int set_initrd(void *fdt, int node, const struct boot *boot)
{
	if (!boot->initrd_size) {
		fdt_delprop(fdt, node, "linux,initrd-start");
		fdt_delprop(fdt, node, "linux,initrd-end");
		return 0;
	}
	FDT_TRY(fdt_setprop_u64(fdt, node, "linux,initrd-start", boot->initrd));
	return fdt_setprop_u64(fdt, node, "linux,initrd-end", boot->initrd + boot->initrd_size);
}

static int set_chosen(void *fdt, const struct virt_fdt *cfg)
{
	int node = need_node(fdt, "chosen");

	if (node < 0)
		return node;
	if (cfg->append)
		FDT_TRY(fdt_setprop_string(fdt, node, "bootargs", cfg->append));
	return set_initrd(fdt, node, cfg->boot);
}

static bool is_memory(const void *fdt, int node)
{
	int len;
	const char *type = fdt_getprop(fdt, node, "device_type", &len);

	return type && len == sizeof("memory") && !memcmp(type, "memory", len);
}

/* Take out every memory node: the VM's memory is what --mem says. */
static int delete_memory(void *fdt)
{
	int node = fdt_first_subnode(fdt, 0);

	while (node >= 0) {
		if (!is_memory(fdt, node)) {
			node = fdt_next_subnode(fdt, node);
			continue;
		}
		FDT_TRY(fdt_del_node(fdt, node));
		node = fdt_first_subnode(fdt, 0);
	}
	return 0;
}

/* One number of "reg", in as many cells as the tree's root has for it. */
static int append_cells(void *fdt, int node, uint64_t val, int cells)
{
	if (cells == 2)
		return fdt_appendprop_u64(fdt, node, "reg", val);
	return val >> 32 ? -FDT_ERR_BADNCELLS : fdt_appendprop_u32(fdt, node, "reg", val);
}

static int set_memory(void *fdt, const struct virt_fdt *cfg)
{
	int addr = fdt_address_cells(fdt, 0), size = fdt_size_cells(fdt, 0), node;

	if (addr < 1 || addr > 2 || size < 1 || size > 2)
		return -FDT_ERR_BADNCELLS;
	FDT_TRY(delete_memory(fdt));
	node = need_node(fdt, "memory");
	if (node < 0)
		return node;
	FDT_TRY(fdt_setprop_string(fdt, node, "device_type", "memory"));
	fdt_delprop(fdt, node, "reg");
	FDT_TRY(append_cells(fdt, node, cfg->ram, addr));
	return append_cells(fdt, node, cfg->ram_size, size);
}

static int patch(void *fdt, const struct virt_fdt *cfg)
{
	FDT_TRY(set_memory(fdt, cfg));
	FDT_TRY(set_chosen(fdt, cfg));
	return fdt_pack(fdt);
}

static int not_one(int r, struct err *e)
{
	if (r == -FDT_ERR_BADMAGIC)
		return err_set(e, EXIT_USAGE,
			       "not a device tree blob (compile .dts files with dtc)");
	return err_set(e, EXIT_USAGE, "damaged or truncated device tree: %s", fdt_strerror(r));
}

int user_fdt_write(void *buf, size_t size, const void *user, size_t len, const struct virt_fdt *cfg,
		   struct err *e)
{
	int r;

	if (len < sizeof(fdt32_t) || fdt_magic(user) != FDT_MAGIC)
		return not_one(-FDT_ERR_BADMAGIC, e);
	r = len < sizeof(struct fdt_header) ? -FDT_ERR_TRUNCATED : fdt_check_full(user, len);
	if (r)
		return not_one(r, e);
	r = fdt_open_into(user, buf, size);
	if (!r)
		r = patch(buf, cfg);
	if (!r)
		return 0;
	return err_set(e, EXIT_USAGE, "cannot set memory and command line in the device tree: %s",
		       fdt_strerror(r));
}
