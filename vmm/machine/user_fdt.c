// SPDX-License-Identifier: GPL-2.0
/*
 * A device tree of the user's: checked from end to end before anything in it
 * is believed, then given this VM's memory, initrd and command line.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../err.h"
#include "boot.h"
#include "fdt.h"
#include "user_fdt.h"

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

static int set_chosen(void *fdt, const struct fdt_guest *guest)
{
	int node = need_node(fdt, "chosen");

	if (node < 0)
		return node;
	if (guest->append)
		FDT_TRY(fdt_setprop_string(fdt, node, "bootargs", guest->append));
	return set_initrd(fdt, node, guest->boot);
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

static int set_memory(void *fdt, const struct fdt_guest *guest)
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
	FDT_TRY(append_cells(fdt, node, guest->ram, addr));
	return append_cells(fdt, node, guest->ram_size, size);
}

static int patch(void *fdt, const struct fdt_guest *guest)
{
	FDT_TRY(set_memory(fdt, guest));
	FDT_TRY(set_chosen(fdt, guest));
	return fdt_pack(fdt);
}

/* One step through the structure block: 1, 0 at the tree's end, or an error. */
static int check_tag(const void *fdt, int at, int *next, int *depth)
{
	const char *name;
	int r = 0;

	switch (fdt_next_tag(fdt, at, next)) {
	case FDT_BEGIN_NODE:
		++*depth;
		break;
	case FDT_END_NODE:
		if (!*depth)
			return -FDT_ERR_BADSTRUCTURE;
		--*depth;
		break;
	case FDT_PROP:
		if (!fdt_getprop_by_offset(fdt, at, &name, &r))
			return r;
		break;
	case FDT_END:
		return *depth || *next < 0 ? -FDT_ERR_BADSTRUCTURE : 0;
	}
	return *next < 0 ? *next : 1;
}

/*
 * From end to end, so that nothing later meets what is not there.  Newer versions of libfdt
 * have fdt_check_full() for that, the one in the kernel's source has not.
 */
static int check(const void *fdt, size_t len)
{
	int r = len < sizeof(struct fdt_header) ? -FDT_ERR_TRUNCATED : fdt_check_header(fdt);
	int at = 0, next = 0, depth = 0;

	if (!r && len < fdt_totalsize(fdt))
		r = -FDT_ERR_TRUNCATED;
	if (!r && fdt_num_mem_rsv(fdt) < 0)
		r = -FDT_ERR_TRUNCATED;
	if (r)
		return r;
	do {
		r = check_tag(fdt, at, &next, &depth);
		at = next;
	} while (r > 0);
	return r;
}

static int not_one(int r, struct err *e)
{
	if (r == -FDT_ERR_BADMAGIC)
		return err_set(e, EXIT_USAGE,
			       "not a device tree blob (compile .dts files with dtc)");
	return err_set(e, EXIT_USAGE, "damaged or truncated device tree: %s", fdt_strerror(r));
}

int user_fdt_write(void *buf, size_t size, const void *user, size_t len,
		   const struct fdt_guest *guest, struct err *e)
{
	int r;

	if (len < sizeof(fdt32_t) || fdt_magic(user) != FDT_MAGIC)
		return not_one(-FDT_ERR_BADMAGIC, e);
	r = check(user, len);
	if (r)
		return not_one(r, e);
	r = fdt_open_into(user, buf, size);
	if (!r)
		r = patch(buf, guest);
	if (!r)
		return 0;
	return err_set(e, EXIT_USAGE, "cannot set memory and command line in the device tree: %s",
		       fdt_strerror(r));
}

int user_fdt_load(void *buf, size_t size, const struct boot_files *files,
		  const struct fdt_guest *guest, struct err *e)
{
	struct err why;
	uint64_t len;
	void *user =
		boot_read_file(files->dtb, "device tree", files->dtb_path, BOOT_DTB_MAX, &len, e);
	int r;

	if (!user)
		return -1;
	r = user_fdt_write(buf, size, user, len, guest, &why);
	free(user);
	return r ? err_set(e, why.code, "device tree %s: %s", files->dtb_path, why.msg) : 0;
}
