// SPDX-License-Identifier: GPL-2.0
/*
 * Which format a kernel image has; see image.h.  The machine's table decides: it is in
 * image_arm.c, image_mips.c or image_ppc.c.  Here is what several need, and what none can run.
 */
#include <string.h>

#include "image.h"

void image_one_segment(struct image *img, uint64_t gpa, uint64_t from, uint64_t size)
{
	img->nr = 1;
	img->seg[0] = (struct image_seg){ from, size, size, gpa };
	img->entry = gpa;
	img->end = gpa + size;
}

int image_match_bytes(const uint8_t *buf, size_t size, size_t at, const char *bytes, size_t n)
{
	return size >= at + n && memcmp(buf + at, bytes, n) == 0;
}

int image_match_arm64(const uint8_t *buf, size_t size)
{
	return image_match_bytes(buf, size, 0x38, "ARM\x64", 4);
}

int image_match_x86(const uint8_t *buf, size_t size)
{
	return image_match_bytes(buf, size, 0x202, "HdrS", 4);
}

int image_match_fdt(const uint8_t *buf, size_t size)
{
	return image_match_bytes(buf, size, 0, "\xd0\x0d\xfe\xed", 4);
}

int image_match_efi(const uint8_t *buf, size_t size)
{
	return image_match_bytes(buf, size, 0, "MZ", 2);
}

int image_match_compressed(const uint8_t *buf, size_t size)
{
	static const struct {
		uint8_t n;
		const char *magic;
	} packed[] = {
		{ 2, "\x1f\x8b" }, /* gzip */
		{ 6, "\xfd"
		     "7zXZ\0" }, /* xz */
		{ 4, "\x28\xb5\x2f\xfd" }, /* zstd */
		{ 3, "BZh" }, /* bzip2 */
		{ 4, "\x02\x21\x4c\x18" }, /* lz4, as the kernel uses it */
		{ 4, "\x04\x22\x4d\x18" }, /* lz4 */
		{ 4, "\x89LZO" }, /* lzop */
		{ 3, "\x5d\0\0" }, /* lzma */
	};
	unsigned int i;

	for (i = 0; i < sizeof(packed) / sizeof(packed[0]); i++)
		if (image_match_bytes(buf, size, 0, packed[i].magic, packed[i].n))
			return true;
	return false;
}

enum { UIMAGE_SIZE = 12, UIMAGE_LOAD = 16, UIMAGE_ENTRY = 20, UIMAGE_ARCH = 29, UIMAGE_COMP = 31 };

int image_match_uimage(const uint8_t *buf, size_t size)
{
	return image_match_bytes(buf, size, 0, "\x27\x05\x19\x56", 4);
}

int image_read_uimage(struct uimage *u, const uint8_t *buf, size_t size, uint8_t arch,
		      const char *name, struct err *e)
{
	if (size < UIMAGE_HEADER)
		return err_set(e, EXIT_USAGE, "uImage cut off in its header");
	*u = (struct uimage){
		.size = image_be32(buf + UIMAGE_SIZE),
		.load = image_be32(buf + UIMAGE_LOAD),
		.entry = image_be32(buf + UIMAGE_ENTRY),
		.compression = buf[UIMAGE_COMP],
	};
	if (u->size > size - UIMAGE_HEADER)
		return err_set(e, EXIT_USAGE,
			       "truncated uImage: it should have %u bytes and has %zu",
			       u->size + UIMAGE_HEADER, size);
	if (buf[UIMAGE_ARCH] != arch)
		return err_set(e, EXIT_USAGE, "uImage for another architecture (not %s)", name);
	return 0;
}

int image_parse(struct image *img, const struct image_format *formats, const uint8_t *buf,
		size_t size, uint64_t ram, struct err *e)
{
	const struct image_format *f = formats;

	memset(img, 0, sizeof(*img));
	if (!size)
		return err_set(e, EXIT_USAGE, "empty file");
	while (f->kind && !f->match(buf, size))
		f++;
	if (!f->parse)
		return err_set(e, EXIT_USAGE, "%s", f->why);
	img->kind = f->kind;
	return f->parse(img, buf, size, ram, e);
}
