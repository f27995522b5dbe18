// SPDX-License-Identifier: GPL-2.0
/*
 * Kernels for PowerPC 440: the ELF file, whose segments go to their physical addresses,
 * and what Debian's and U-Boot's builds make of it: a uImage of the plain or gzipped
 * memory image.
 */
#include <elf.h>
#include <stdlib.h>
#ifdef HAVE_ZLIB
#include <zlib.h>
#endif

#include "image.h"

#define MIB (1u << 20)
#define RUNS "32-bit PowerPC kernels"

/* A memory image does not say how large its bss is. */
#define BSS_GUESS (4 * MIB)
/* As much as a processor starts with in its TLB: a kernel is far smaller. */
#define UNPACKED_MAX (256 * MIB)

static const struct image_elf_kind ppc_elf = { EM_PPC, true, RUNS };

static int parse_elf(struct image *img, const uint8_t *buf, size_t size, uint64_t ram,
		     struct err *e)
{
	struct image_elf elf;
	unsigned int i;

	(void)ram; /* begins at 0 */
	if (image_read_elf(&elf, img, buf, size, &ppc_elf, e))
		return -1;
	for (i = 0; i < img->nr; i++)
		if (img->seg[i].gpa + img->seg[i].memsz > img->end)
			img->end = img->seg[i].gpa + img->seg[i].memsz;
	img->entry = image_elf_entry(&elf);
	return 0;
}

#ifdef HAVE_ZLIB
static int inflate_all(uint8_t *to, uint32_t to_size, const uint8_t *from, uint32_t size)
{
	z_stream z = {
		.next_in = (uint8_t *)from,
		.avail_in = size,
		.next_out = to,
		.avail_out = to_size,
	};
	int r = inflateInit2(&z, 16 + MAX_WBITS); /* 16: gzip's header and checksum */

	if (r == Z_OK) {
		r = inflate(&z, Z_FINISH);
		inflateEnd(&z);
	}
	return r == Z_STREAM_END && !z.avail_out ? 0 : -1;
}

/* gzip's last four bytes are the length of what it holds (RFC 1952, 2.3.1). */
static int unpack(struct image *img, const uint8_t *packed, const struct uimage *u, uint32_t *size,
		  struct err *e)
{
	*size = u->size >= 18 ? image_le32(packed + u->size - 4) : 0;
	if (!*size || *size > UNPACKED_MAX)
		return err_set(
			e, EXIT_USAGE,
			"damaged uImage: it says that it unpacks to %u bytes, 1 to %u can be",
			*size, UNPACKED_MAX);
	img->unpacked = malloc(*size);
	if (!img->unpacked)
		return err_set(e, EXIT_INTERNAL, "no memory to unpack it, %u bytes", *size);
	if (inflate_all(img->unpacked, *size, packed, u->size))
		return err_set(e, EXIT_USAGE,
			       "damaged uImage: what gzip has packed in it can't "
			       "be unpacked");
	return 0;
}
#else
static int unpack(struct image *img, const uint8_t *packed, const struct uimage *u, uint32_t *size,
		  struct err *e)
{
	(void)img;
	(void)packed;
	(void)u;
	*size = 0;
	return err_set(e, EXIT_USAGE,
		       "compressed uImage, and this build has no zlib; give the ELF file (vmlinux) "
		       "instead");
}
#endif

static int uimage_payload(struct image *img, const struct uimage *u, const uint8_t *payload,
			  struct err *e)
{
	uint32_t size;

	switch (u->compression) {
	case UIMAGE_PLAIN:
		image_one_segment(img, u->load, UIMAGE_HEADER, u->size);
		return 0;
	case UIMAGE_GZIP:
		if (unpack(img, payload, u, &size, e))
			return -1;
		image_one_segment(img, u->load, 0, size);
		return 0;
	}
	return err_set(e, EXIT_USAGE,
		       "uImage with a compression that is not gzip; give the ELF file (vmlinux) "
		       "instead");
}

static int parse_uimage(struct image *img, const uint8_t *buf, size_t size, uint64_t ram,
			struct err *e)
{
	struct uimage u;

	(void)ram;
	if (image_read_uimage(&u, buf, size, UIMAGE_ARCH_PPC, "PowerPC", e))
		return -1;
	if (uimage_payload(img, &u, buf + UIMAGE_HEADER, e))
		return -1;
	img->entry = u.entry;
	if (img->entry < u.load || img->entry >= img->end)
		return err_set(e, EXIT_USAGE, "uImage with its entry point outside the image");
	img->end += BSS_GUESS;
	return 0;
}

const struct image_format image_formats_ppc[] = {
	{ "ELF", image_match_elf, parse_elf, NULL },
	{ "uImage", image_match_uimage, parse_uimage, NULL },
	{ "zImage", image_match_zimage, NULL, "a 32-bit ARM kernel; this machine runs " RUNS },
	{ "arm64", image_match_arm64, NULL, "an arm64 kernel; this machine runs " RUNS },
	{ "x86", image_match_x86, NULL, "an x86 kernel; this machine runs " RUNS },
	{ "fdt", image_match_fdt, NULL,
	  "a device tree or FIT image; give the kernel in it (vmlinux or uImage)" },
	{ "packed", image_match_compressed, NULL,
	  "compressed; unpack it, or give the ELF file (vmlinux) or uImage instead" },
	{ "EFI", image_match_efi, NULL, "an EFI program; this machine runs ELF files and uImages" },
	{ NULL, NULL, NULL, "not a kernel for 32-bit PowerPC (an ELF file, vmlinux, or a uImage)" },
};
