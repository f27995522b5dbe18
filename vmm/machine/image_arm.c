// SPDX-License-Identifier: GPL-2.0
/*
 * Kernels for 32-bit ARM: the table of formats, and the simple ones among them; zImage is
 * image_zimage.c's.
 *
 * An ELF's segments go to their physical addresses.  A vmlinux has kernel virtual
 * addresses there (it finds out where it is when it runs): if the lowest segment
 * is in the upper half and its two addresses are the same, all are moved so that
 * the 256 MiB around them begin where RAM does.
 */
#include <elf.h>

#include "image.h"

#define MIB (1u << 20)

/* Where most plain Images of Linux belong, and where QEMU puts any other binary. */
#define LINUX_TEXT_OFFSET 0x8000u
#define LINUX_TEXT_OFFSET_MAX (16 * MIB)
#define RAW_OFFSET 0x10000u
/* An Image does not say how large its bss is. */
#define IMAGE_BSS_GUESS (4 * MIB)

#define RUNS "32-bit ARM kernels"

#define KERNEL_VIRTUAL 0x80000000u /* the lowest of Linux' choices of PAGE_OFFSET */
#define KERNEL_MAP_MASK 0x0fffffffu

/*
 * 32-bit Image has no magic number, but all that Linux does first is read the
 * processor's ID: mrc p15, 0, r9, c0, c0, as ARM or as Thumb code.
 */
static int match_linux(const uint8_t *buf, size_t size)
{
	size_t i;

	for (i = 0; i + 4 <= size && i < 256; i += 2) {
		uint32_t insn = image_le32(buf + i);

		if (insn == 0xee109f10 || insn == 0x9f10ee10)
			return true;
	}
	return false;
}

/* What an ARM instruction has as its immediate operand (A5.2.4). */
static uint32_t immediate(uint32_t insn)
{
	uint32_t val = insn & 0xff, rotate = insn >> 7 & 0x1e;

	return rotate ? val >> rotate | val << (32 - rotate) : val;
}

/*
 * A kernel for several machines may belong further up (0x208000 is what Debian's
 * has), and nothing says so but its code: soon after the start it makes page
 * tables, which lie below itself:  add r4, r8, #TEXT_OFFSET;  sub r4, r4, #size
 */
static uint32_t text_offset(const uint8_t *buf, size_t size)
{
	size_t i;

	for (i = 0; i + 8 <= size && i < 1024; i += 4) {
		uint32_t add = image_le32(buf + i), sub = image_le32(buf + i + 4), at;

		if ((add & 0xfffff000) != 0xe2884000 || (sub & 0xfffff000) != 0xe2444000)
			continue;
		at = immediate(add);
		if (at && at <= LINUX_TEXT_OFFSET_MAX && at % 0x8000 == 0)
			return at;
	}
	return LINUX_TEXT_OFFSET;
}

static int parse_linux(struct image *img, const uint8_t *buf, size_t size, uint64_t ram,
		       struct err *e)
{
	(void)e;
	image_one_segment(img, ram + text_offset(buf, size), 0, size);
	img->end += IMAGE_BSS_GUESS;
	return 0;
}

/* Any other binary: believed if it starts with an unconditional ARM instruction. */
static int match_raw(const uint8_t *buf, size_t size)
{
	return size >= 4 && buf[3] >> 4 == 0xe;
}

static int parse_raw(struct image *img, const uint8_t *buf, size_t size, uint64_t ram,
		     struct err *e)
{
	(void)buf;
	(void)e;
	image_one_segment(img, ram + RAW_OFFSET, 0, size);
	return 0;
}

static int uimage_payload(struct image *img, const struct uimage *u, const uint8_t *payload,
			  uint64_t ram, struct err *e)
{
	if (image_match_zimage(payload, u->size))
		return image_parse_zimage(img, payload, u->size, ram, e);
	image_one_segment(img, u->load, 0, u->size);
	img->entry = u->entry;
	if (img->entry < img->seg[0].gpa || img->entry >= img->end)
		return err_set(e, EXIT_USAGE, "uImage with its entry point outside the image");
	return 0;
}

static int parse_uimage(struct image *img, const uint8_t *buf, size_t size, uint64_t ram,
			struct err *e)
{
	struct uimage u;
	unsigned int i;

	if (image_read_uimage(&u, buf, size, UIMAGE_ARCH_ARM, "32-bit ARM", e))
		return -1;
	if (u.compression != UIMAGE_PLAIN)
		return err_set(e, EXIT_USAGE, "compressed uImage; give the zImage instead");
	if (uimage_payload(img, &u, buf + UIMAGE_HEADER, ram, e))
		return -1;
	for (i = 0; i < img->nr; i++)
		img->seg[i].from += UIMAGE_HEADER;
	return 0;
}

static const struct image_seg *lowest(const struct image_elf *p)
{
	const struct image_seg *low = &p->img->seg[0];
	unsigned int i;

	for (i = 1; i < p->img->nr; i++)
		if (p->img->seg[i].gpa < low->gpa)
			low = &p->img->seg[i];
	return low;
}

/* How far down to move all segments: see the top of this file. */
static uint32_t distance(const struct image_elf *p, uint64_t ram)
{
	const struct image_seg *low = lowest(p);

	if (low->gpa < KERNEL_VIRTUAL || low->gpa != p->vaddr[low - p->img->seg])
		return 0;
	return (low->gpa & ~(uint64_t)KERNEL_MAP_MASK) - ram;
}

static void place(struct image_elf *p, uint64_t ram)
{
	struct image *img = p->img;
	uint32_t move = distance(p, ram);
	unsigned int i;

	img->entry = image_elf_entry(p) - move;
	for (i = 0; i < img->nr; i++) {
		struct image_seg *s = &img->seg[i];

		s->gpa = (uint32_t)(s->gpa - move);
		if (s->gpa + s->memsz > img->end)
			img->end = s->gpa + s->memsz;
	}
}

static const struct image_elf_kind arm_elf = { EM_ARM, false, RUNS };

static int parse_elf(struct image *img, const uint8_t *buf, size_t size, uint64_t ram,
		     struct err *e)
{
	struct image_elf elf;

	if (image_read_elf(&elf, img, buf, size, &arm_elf, e))
		return -1;
	place(&elf, ram);
	return 0;
}

/* First match wins; ARM's zImage can carry an EFI header, so it precedes that. */
const struct image_format image_formats_arm[] = {
	{ "zImage", image_match_zimage, image_parse_zimage, NULL },
	{ "ELF", image_match_elf, parse_elf, NULL },
	{ "uImage", image_match_uimage, parse_uimage, NULL },
	{ "arm64", image_match_arm64, NULL, "an arm64 kernel; this machine runs " RUNS },
	{ "x86", image_match_x86, NULL, "an x86 kernel; this machine runs " RUNS },
	{ "fdt", image_match_fdt, NULL,
	  "a device tree or FIT image; give the kernel in it (zImage)" },
	{ "packed", image_match_compressed, NULL,
	  "compressed; unpack it, or give the zImage (vmlinuz) instead" },
	{ "EFI", image_match_efi, NULL, "an EFI program that is no ARM zImage" },
	{ "Image", match_linux, parse_linux, NULL },
	{ "raw", match_raw, parse_raw, NULL },
	{ NULL, NULL, NULL,
	  "not a kernel for 32-bit ARM (zImage, Image, ELF, uImage or raw code)" },
};
