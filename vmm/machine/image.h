/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kernel images: from the bytes of a file to what goes where in guest memory.
 *
 * Parsing is pure: a buffer in, a plan or an error out, nothing is loaded.  A
 * file is as hostile as a guest: every number in it is checked against the
 * buffer's size before it is used.
 */
#ifndef EMBER_IMAGE_H
#define EMBER_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "../err.h"

#define IMAGE_MAX_SEGS 16

struct image_seg {
	uint64_t from; /* offset in the file; [from, from + filesz) is inside it */
	uint64_t filesz;
	uint64_t memsz; /* >= filesz; the rest is zero */
	uint64_t gpa;
};

struct image {
	const char *kind; /* "zImage", "ELF", ... */
	unsigned int nr;
	struct image_seg seg[IMAGE_MAX_SEGS];
	uint32_t entry; /* guest physical; bit 0 set: Thumb */
	/*
	 * First address above all that the kernel touches before it knows its
	 * memory (bss, the decompressed kernel, the decompressor's heap).
	 * Initrd and device tree belong above.
	 */
	uint64_t end;
};

/*
 * Parse @size bytes at @buf for RAM that starts at @ram.  0, or -1 with @e
 * saying what the file is or what is wrong with it (without its name).
 */
int image_parse(struct image *img, const uint8_t *buf, size_t size, uint64_t ram, struct err *e);

/* The formats' own parsers and the table of them are in image.c and image_*.c. */
struct image_format {
	const char *kind;
	/* Is it this format?  Looks at the first bytes only. */
	int (*match)(const uint8_t *buf, size_t size);
	/* May be NULL: the format is known, but nothing that can be run: @why. */
	int (*parse)(struct image *img, const uint8_t *buf, size_t size, uint64_t ram,
		     struct err *e);
	const char *why;
};

int image_match_zimage(const uint8_t *buf, size_t size);
int image_parse_zimage(struct image *img, const uint8_t *buf, size_t size, uint64_t ram,
		       struct err *e);
int image_match_elf(const uint8_t *buf, size_t size);
int image_parse_elf(struct image *img, const uint8_t *buf, size_t size, uint64_t ram,
		    struct err *e);

/* One segment of @size bytes at file offset @from. */
void image_one_segment(struct image *img, uint64_t gpa, uint64_t from, uint64_t size);

static inline uint32_t image_le32(const uint8_t *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint16_t image_le16(const uint8_t *p)
{
	return p[0] | p[1] << 8;
}

static inline uint32_t image_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
}

#endif
