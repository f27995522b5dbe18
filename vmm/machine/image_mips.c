// SPDX-License-Identifier: GPL-2.0
/*
 * Kernels for MIPS32: an ELF that was linked for malta.h's guest segments, where the
 * kernel's own unmapped one begins at MALTA_KSEG0.  Its physical addresses are the
 * virtual ones again, so a segment's place is what is left of them without the segment.
 */
#include <elf.h>

#include "image.h"
#include "malta.h"

#define RUNS "32-bit MIPS kernels"

static int place(const struct image_elf *elf, struct image_seg *s, uint32_t vaddr, struct err *e)
{
	if (vaddr >= MALTA_KSEG2 + MALTA_KSEG_SIZE)
		return err_set(
			e, EXIT_USAGE,
			"linked at 0x%08x, where this machine's guests have no memory; build "
			"the kernel with the patches in guest/mips32, which link it at 0x%08x",
			vaddr, MALTA_KSEG0 + 0x100000);
	if (vaddr - MALTA_KSEG0 >= MALTA_KSEG_SIZE)
		return err_set(e, EXIT_USAGE,
			       "linked at 0x%08x, which is not in the kernel's "
			       "unmapped segment at 0x%08x",
			       vaddr, MALTA_KSEG0);
	s->gpa = vaddr - MALTA_KSEG0;
	if (s->gpa + s->memsz > elf->img->end)
		elf->img->end = s->gpa + s->memsz;
	return 0;
}

static const struct image_elf_kind mips_elf = { EM_MIPS, false, RUNS };

static int parse_elf(struct image *img, const uint8_t *buf, size_t size, uint64_t ram,
		     struct err *e)
{
	struct image_elf elf;
	unsigned int i;

	(void)ram; /* begins at 0 */
	if (image_read_elf(&elf, img, buf, size, &mips_elf, e))
		return -1;
	for (i = 0; i < img->nr; i++)
		if (place(&elf, &img->seg[i], elf.vaddr[i], e))
			return -1;
	img->entry = image_elf_entry(&elf);
	return 0;
}

const struct image_format image_formats_mips[] = {
	{ "ELF", image_match_elf, parse_elf, NULL },
	{ "zImage", image_match_zimage, NULL, "a 32-bit ARM kernel; this machine runs " RUNS },
	{ "uImage", image_match_uimage, NULL, "a uImage; give the ELF file instead (vmlinux)" },
	{ "arm64", image_match_arm64, NULL, "an arm64 kernel; this machine runs " RUNS },
	{ "x86", image_match_x86, NULL, "an x86 kernel; this machine runs " RUNS },
	{ "fdt", image_match_fdt, NULL, "a device tree or FIT image; give the kernel's ELF file" },
	{ "packed", image_match_compressed, NULL,
	  "compressed; unpack it, or give the ELF file (vmlinux) instead" },
	{ "EFI", image_match_efi, NULL, "an EFI program; this machine runs ELF files" },
	{ NULL, NULL, NULL, "not a kernel for 32-bit MIPS (an ELF file: vmlinux)" },
};
