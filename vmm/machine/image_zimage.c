// SPDX-License-Identifier: GPL-2.0
/*
 * zImage: the kernel behind its own decompressor.
 *
 * The header (Linux, arch/arm/boot/compressed/head.S) gives magic number, start
 * and end; since 4.15 a table of tags says how large the kernel is once it is
 * decompressed.  With that the image is put right above where the kernel will
 * unpack itself, and the decompressor need not move out of its own way first.
 */
#include <stdbool.h>

#include "image.h"

#define MIB (1u << 20)

enum { ZIMAGE_MAGIC_AT = 0x24, ZIMAGE_START = 0x28, ZIMAGE_END = 0x2c, ZIMAGE_ENDIAN = 0x30 };
enum { ZIMAGE_MAGIC2_AT = 0x34, ZIMAGE_TABLE = 0x38, ZIMAGE_HEADER = 0x3c };

#define ZIMAGE_MAGIC 0x016f2818u
#define ZIMAGE_MAGIC_SWAPPED 0x18286f01u
#define ZIMAGE_LITTLE 0x04030201u
#define ZIMAGE_MAGIC2 0x45454545u
#define ZIMAGE_TAG_KRNL_SIZE 0x5a534c4bu

#define TEXT_OFFSET 0x8000u
/* Decompressor's bss, stack and heap behind the image: 64 KiB heap and change. */
#define HEAP 0x40000u
/* Without the table: Documentation/arm/booting.rst advises 32 MiB. */
#define UNPACKED_GUESS (32 * MIB - TEXT_OFFSET)
/* The decompressor finds the start of RAM by rounding its pc down to 128 MiB. */
#define REACH (128 * MIB)

int image_match_zimage(const uint8_t *buf, size_t size)
{
	uint32_t magic;

	if (size < ZIMAGE_ENDIAN)
		return false;
	magic = image_le32(buf + ZIMAGE_MAGIC_AT);
	return magic == ZIMAGE_MAGIC || magic == ZIMAGE_MAGIC_SWAPPED;
}

/* Bytes of kernel and bss at one tag: size_ptr is where in the file the size is. */
static uint64_t unpacked_by_tag(const uint8_t *buf, uint32_t size, const uint8_t *tag)
{
	uint32_t at = image_le32(tag + 8);

	if (at > size - 4)
		return UNPACKED_GUESS;
	return (uint64_t)image_le32(buf + at) + image_le32(tag + 12);
}

static uint64_t unpacked_size(const uint8_t *buf, uint32_t size)
{
	uint64_t at;

	if (size < ZIMAGE_HEADER || image_le32(buf + ZIMAGE_MAGIC2_AT) != ZIMAGE_MAGIC2)
		return UNPACKED_GUESS;
	at = image_le32(buf + ZIMAGE_TABLE);
	while (at + 16 <= size && image_le32(buf + at)) {
		if (image_le32(buf + at + 4) == ZIMAGE_TAG_KRNL_SIZE)
			return unpacked_by_tag(buf, size, buf + at);
		at += 4ull * image_le32(buf + at);
	}
	return UNPACKED_GUESS;
}

static int check(const uint8_t *buf, size_t size, struct err *e)
{
	uint32_t len = image_le32(buf + ZIMAGE_END) - image_le32(buf + ZIMAGE_START);

	if (image_le32(buf + ZIMAGE_MAGIC_AT) == ZIMAGE_MAGIC_SWAPPED)
		return err_set(e, EXIT_USAGE, "big-endian zImage; give a little-endian kernel");
	if (len < ZIMAGE_ENDIAN + 4)
		return err_set(e, EXIT_USAGE, "damaged zImage: its header says %u bytes", len);
	if (len > size)
		return err_set(e, EXIT_USAGE,
			       "truncated zImage: it should have %u bytes and has %zu", len, size);
	if (image_le32(buf + ZIMAGE_ENDIAN) != ZIMAGE_LITTLE)
		return err_set(e, EXIT_USAGE, "zImage of another byte order or damaged");
	return 0;
}

int image_parse_zimage(struct image *img, const uint8_t *buf, size_t size, uint64_t ram,
		       struct err *e)
{
	uint64_t unpacked, at;
	uint32_t len;

	if (check(buf, size, e))
		return -1;
	len = image_le32(buf + ZIMAGE_END) - image_le32(buf + ZIMAGE_START);
	unpacked = unpacked_size(buf, len);
	if (unpacked > REACH)
		return err_set(e, EXIT_USAGE, "damaged zImage: %llu MiB once unpacked",
			       (unsigned long long)unpacked / MIB);
	at = (ram + TEXT_OFFSET + unpacked + MIB - 1) & ~(uint64_t)(MIB - 1);
	/* All of the file: a device tree may be appended to the image. */
	image_one_segment(img, at, 0, size);
	img->end += HEAP;
	return 0;
}
