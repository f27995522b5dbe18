/* SPDX-License-Identifier: GPL-2.0 */
/* A device tree of the user's, with /chosen and /memory made to fit the VM. */
#ifndef EMBER_USER_FDT_H
#define EMBER_USER_FDT_H

#include <stddef.h>

struct boot_files;
struct err;
struct fdt_guest;

/*
 * Check the user's tree (@len bytes, hostile) and copy it to @buf with RAM,
 * initrd and, if given, command line set.  0, or -1 with @e (EXIT_USAGE).
 */
int user_fdt_write(void *buf, size_t size, const void *user, size_t len,
		   const struct fdt_guest *guest, struct err *e);

/* The same with the file that @files has; the file's name is in @e. */
int user_fdt_load(void *buf, size_t size, const struct boot_files *files,
		  const struct fdt_guest *guest, struct err *e);

#endif
