/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What malta's boot monitor tells a kernel (YAMON User's Manual, MD00008, chapter
 * "Shell commands: go"): argument and environment strings, as QEMU's -kernel has them.
 */
#ifndef EMBER_MALTA_BOOT_H
#define EMBER_MALTA_BOOT_H

#include <stdbool.h>
#include <stdint.h>

struct boot;
struct err;
struct guestmem;

#define MALTA_CMDLINE_MAX 4096u /* Linux' COMMAND_LINE_SIZE on MIPS */

struct malta_boot {
	const char *kernel; /* path: the first argument */
	const char *append; /* NULL: nothing */
	const struct boot *boot;
	unsigned int slots; /* virtio devices there are */
	bool seed; /* random bytes for the guest's generator */
};

/*
 * Put the strings into @mem.  @args becomes what the kernel finds in a0-a3: number
 * of arguments, their vector, the environment's, bytes of RAM.  0, or -1 with @e
 * (EXIT_USAGE: the command line is too long).
 */
int malta_boot_write(const struct malta_boot *cfg, const struct guestmem *mem, uint32_t args[4],
		     struct err *e);

/* The kernel's command line, from malloc(); NULL with @e. */
char *malta_boot_cmdline(const struct malta_boot *cfg, struct err *e);

#endif
