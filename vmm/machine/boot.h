/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Boot files: kernel, initrd and device tree, and where they go.
 *
 * The files are opened once and read again for every machine (a guest reset
 * makes a new one), so that replacing a file on disk does not change a VM that
 * runs.  Where they are put is the machine's: virt_boot.c, malta_boot.c,
 * bamboo_boot.c.
 */
#ifndef EMBER_BOOT_H
#define EMBER_BOOT_H

#include <stdint.h>

struct err;
struct guestmem;

#define BOOT_DTB_MAX (1u << 20) /* room for the device tree, bytes */

struct boot_files {
	const char *kernel_path, *initrd_path, *dtb_path;
	int kernel, initrd, dtb; /* -1: none */
};

/* NULL paths for what there is not.  0 or -1 with @e. */
int boot_files_open(struct boot_files *f, const char *kernel, const char *initrd, const char *dtb,
		    struct err *e);
void boot_files_close(struct boot_files *f);

/* Where everything is; guest physical. */
struct boot {
	const char *kind; /* of the kernel */
	uint32_t entry;
	uint64_t dtb; /* virt, bamboo: BOOT_DTB_MAX bytes are kept free here */
	uint64_t initrd, initrd_size; /* size 0: none */
};

struct guestmem_region;
struct image_format;

/* What kernels a machine takes, and where what goes with them belongs. */
struct boot_rules {
	const struct image_format *formats;
	/* Fill in initrd and dtb, above @end, for initrd_size bytes.  0, or -1 with @e. */
	int (*place)(struct boot *boot, const struct guestmem_region *ram, uint64_t end,
		     struct err *e);
};

extern const struct boot_rules boot_virt, boot_malta, boot_bamboo;

/*
 * Load kernel and initrd into @mem, whose first region is the RAM Linux starts
 * in.  0, or -1 with @e (EXIT_USAGE: bad file, or too little memory).
 */
int boot_load(struct boot *boot, const struct boot_rules *rules, const struct boot_files *f,
	      const struct guestmem *mem, struct err *e);

/*
 * On virt: the same with firmware at @entry, which finds the device tree where the first
 * region begins.  Kernel and initrd, if any, are only checked: it fetches them.
 */
int boot_firmware(struct boot *boot, uint32_t entry, const struct boot_files *f,
		  const struct guestmem *mem, struct err *e);

/* Size of a file that boot_files_open() opened, at least 1 and at most @max; or -1 with @e. */
int boot_file_size(int fd, const char *what, const char *path, uint64_t max, uint64_t *size,
		   struct err *e);

/* The whole file in memory from malloc(), at most @max bytes; NULL with @e. */
void *boot_read_file(int fd, const char *what, const char *path, uint64_t max, uint64_t *size,
		     struct err *e);

#endif
