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

#include <stdbool.h>
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
	/* What @seg is in, in place of the file, if it was compressed: free() it.  NULL otherwise. */
	uint8_t *unpacked;
	unsigned int nr;
	struct image_seg seg[IMAGE_MAX_SEGS];
	uint32_t entry; /* guest physical; ARM: bit 0 set means Thumb */
	/*
	 * First address above all that the kernel touches before it knows its
	 * memory (bss, the decompressed kernel, the decompressor's heap).
	 * Initrd and device tree belong above.
	 */
	uint64_t end;
};

struct image_format {
	const char *kind;
	/* Is it this format?  Looks at the first bytes only. */
	int (*match)(const uint8_t *buf, size_t size);
	/* May be NULL: the format is known, but nothing that can be run: @why. */
	int (*parse)(struct image *img, const uint8_t *buf, size_t size, uint64_t ram,
		     struct err *e);
	const char *why;
};

/* What a machine runs: the first match wins; a row without @kind ends it, and is an error. */
extern const struct image_format image_formats_arm[], image_formats_mips[], image_formats_ppc[];

/*
 * Parse @size bytes at @buf for RAM that starts at @ram.  0, or -1 with @e
 * saying what the file is or what is wrong with it (without its name); @img->unpacked is to
 * be freed in either case.
 */
int image_parse(struct image *img, const struct image_format *formats, const uint8_t *buf,
		size_t size, uint64_t ram, struct err *e);

/* For the tables of formats. */

int image_match_bytes(const uint8_t *buf, size_t size, size_t at, const char *bytes, size_t n);
int image_match_arm64(const uint8_t *buf, size_t size);
int image_match_x86(const uint8_t *buf, size_t size);
int image_match_fdt(const uint8_t *buf, size_t size);
int image_match_efi(const uint8_t *buf, size_t size);
int image_match_compressed(const uint8_t *buf, size_t size);
int image_match_zimage(const uint8_t *buf, size_t size);
int image_parse_zimage(struct image *img, const uint8_t *buf, size_t size, uint64_t ram,
		       struct err *e);
int image_match_elf(const uint8_t *buf, size_t size);

/* An ELF file, its segments in @img with the physical addresses that it gives them. */
struct image_elf {
	struct image *img;
	bool big; /* byte order */
	uint32_t entry; /* virtual */
	uint32_t vaddr[IMAGE_MAX_SEGS]; /* of each segment */
};

struct image_elf_kind {
	uint16_t machine; /* EM_* */
	bool big; /* byte order */
	const char *runs; /* what to say of others: "32-bit ARM kernels" */
};

/* @img->end is not set. */
int image_read_elf(struct image_elf *elf, struct image *img, const uint8_t *buf, size_t size,
		   const struct image_elf_kind *kind, struct err *e);

/* Where the entry point is once segments are where @img says. */
uint32_t image_elf_entry(const struct image_elf *elf);

/*
 * U-Boot's wrapper (include/image.h there): 64 bytes, big-endian, in front of @size bytes.
 * image_read_uimage() checks that they are there and for processor @arch, whose @name
 * goes into the message.
 */
#define UIMAGE_HEADER 64

enum { UIMAGE_ARCH_ARM = 2, UIMAGE_ARCH_PPC = 7 };
enum { UIMAGE_PLAIN = 0, UIMAGE_GZIP = 1 };

struct uimage {
	uint32_t size, load, entry;
	uint8_t compression;
};

int image_match_uimage(const uint8_t *buf, size_t size);
int image_read_uimage(struct uimage *u, const uint8_t *buf, size_t size, uint8_t arch,
		      const char *name, struct err *e);

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
