// SPDX-License-Identifier: GPL-2.0
/*
 * Where boot files go on the machine "bamboo"; see boot.h.  Device tree and initrd are
 * where QEMU has them; what a small memory or a large kernel leaves no room for there goes
 * right above the kernel.
 */
#include "../err.h"
#include "../guestmem.h"
#include "bamboo.h"
#include "boot.h"
#include "image.h"

#define MIB (1024 * 1024ull)
#define PAGE 4096ull

static uint64_t page_up(uint64_t at)
{
	return (at + PAGE - 1) & ~(PAGE - 1);
}

static int place(struct boot *boot, const struct guestmem_region *ram, uint64_t end, struct err *e)
{
	uint64_t initrd = page_up(boot->initrd_size), need = page_up(end) + BOOT_DTB_MAX + initrd;

	if (need > ram->size)
		return err_set(e, EXIT_USAGE,
			       "too little memory: %llu MiB, kernel and initrd need %llu (--mem)",
			       (unsigned long long)(ram->size / MIB),
			       (unsigned long long)((need + MIB - 1) / MIB));
	boot->dtb = BAMBOO_FDT;
	if (end > BAMBOO_FDT || BAMBOO_INITRD + initrd > ram->size)
		boot->dtb = page_up(end);
	if (boot->dtb + BOOT_DTB_MAX > BAMBOO_TLB_SIZE)
		return err_set(e, EXIT_USAGE,
			       "it is too large: it ends at 0x%llx, and it finds its device tree "
			       "below 0x%llx only",
			       (unsigned long long)end, BAMBOO_TLB_SIZE - BOOT_DTB_MAX);
	boot->initrd = boot->dtb + BOOT_DTB_MAX;
	return 0;
}

const struct boot_rules boot_bamboo = { image_formats_ppc, place };
