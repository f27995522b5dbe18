// SPDX-License-Identifier: GPL-2.0
/*
 * Where boot files go on the machine "virt"; see boot.h.  Placement follows Linux'
 * Documentation/arm/booting.rst: the kernel low in RAM, initrd and device tree at
 * the top of what Linux maps first.
 */
#include <string.h>

#include "../err.h"
#include "../guestmem.h"
#include "boot.h"
#include "image.h"

#define MIB (1024 * 1024ull)
#define PAGE 4096ull

/*
 * Linux maps the device tree and the initrd in lowmem, which ends at 760 MiB
 * at the latest; below 256 MiB they are there whatever the guest's split is.
 */
#define TOP_USUAL (256 * MIB)
#define TOP_MOST (640 * MIB)

static uint64_t min64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/*
 * Device tree at the top, initrd below it, both above @end.  More than the
 * usual 256 MiB are used only where less won't do.
 */
static int place(struct boot *boot, const struct guestmem_region *ram, uint64_t end, struct err *e)
{
	uint64_t need = BOOT_DTB_MAX + ((boot->initrd_size + PAGE - 1) & ~(PAGE - 1));
	uint64_t used = end > ram->gpa ? end - ram->gpa : 0, top = min64(ram->size, TOP_USUAL);

	if (top < used + need)
		top = min64(ram->size, TOP_MOST);
	if (top < used + need && top == TOP_MOST)
		return err_set(e, EXIT_USAGE,
			       "kernel and initrd are too large: %llu MiB, at most %llu",
			       (unsigned long long)((used + need) / MIB), TOP_MOST / MIB);
	if (top < used + need)
		return err_set(e, EXIT_USAGE,
			       "too little memory: %llu MiB, kernel and initrd need %llu (--mem)",
			       (unsigned long long)(ram->size / MIB),
			       (unsigned long long)((used + need + MIB - 1) / MIB));
	boot->dtb = ram->gpa + top - BOOT_DTB_MAX;
	boot->initrd = ram->gpa + top - need;
	return 0;
}

const struct boot_rules boot_virt = { image_formats_arm, place };

int boot_firmware(struct boot *boot, uint32_t entry, const struct boot_files *f,
		  const struct guestmem *mem, struct err *e)
{
	const struct guestmem_region *ram = &mem->region[0];
	uint64_t size;

	*boot = (struct boot){ .kind = "firmware", .entry = entry, .dtb = ram->gpa };
	if (f->kernel >= 0 &&
	    boot_file_size(f->kernel, "kernel", f->kernel_path, ram->size, &size, e))
		return -1;
	if (f->initrd < 0)
		return 0;
	return boot_file_size(f->initrd, "initrd", f->initrd_path, ram->size, &size, e);
}
