// SPDX-License-Identifier: GPL-2.0
/*
 * ELF: vmlinux, and small kernels linked for the machine.
 *
 * Segments go to their physical addresses.  A vmlinux has kernel virtual
 * addresses there (it finds out where it is when it runs): if the lowest segment
 * is in the upper half and its two addresses are the same, all are moved so that
 * the 256 MiB around them begin where RAM does.
 */
#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "image.h"

#define EHDR(buf, field) ((buf) + offsetof(Elf32_Ehdr, field))
#define PHDR(buf, field) ((buf) + offsetof(Elf32_Phdr, field))

#define KERNEL_VIRTUAL 0x80000000u /* the lowest of Linux' choices of PAGE_OFFSET */
#define KERNEL_MAP_MASK 0x0fffffffu

/* The image so far, with the virtual address of each of its segments. */
struct plan {
	struct image *img;
	uint32_t vaddr[IMAGE_MAX_SEGS];
};

int image_match_elf(const uint8_t *buf, size_t size)
{
	return size >= SELFMAG && memcmp(buf, ELFMAG, SELFMAG) == 0;
}

static const char *machine_name(uint16_t machine)
{
	static const struct {
		uint16_t machine;
		const char *name;
	} names[] = {
		{ EM_AARCH64, "arm64" }, { EM_X86_64, "x86-64" }, { EM_386, "x86" },
		{ EM_MIPS, "MIPS" },	 { EM_PPC, "PowerPC" },	  { EM_PPC64, "PowerPC64" },
		{ EM_RISCV, "RISC-V" },
	};
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].machine == machine)
			return names[i].name;
	return "another processor";
}

static int check_ident(const uint8_t *buf, size_t size, struct err *e)
{
	uint16_t machine;

	if (size < sizeof(Elf32_Ehdr))
		return err_set(e, EXIT_USAGE, "ELF file cut off in its header");
	if (buf[EI_DATA] != ELFDATA2LSB)
		return err_set(e, EXIT_USAGE, "big-endian ELF; give a little-endian kernel");
	machine = image_le16(EHDR(buf, e_machine));
	if (buf[EI_CLASS] != ELFCLASS32 || machine != EM_ARM)
		return err_set(e, EXIT_USAGE,
			       "an ELF file for %s; this machine runs 32-bit ARM kernels",
			       machine_name(machine));
	if (image_le16(EHDR(buf, e_type)) != ET_EXEC && image_le16(EHDR(buf, e_type)) != ET_DYN)
		return err_set(e, EXIT_USAGE, "an ELF file that is no executable");
	return 0;
}

static int check_table(const uint8_t *buf, size_t size, struct err *e)
{
	uint64_t off = image_le32(EHDR(buf, e_phoff)), n = image_le16(EHDR(buf, e_phnum));

	if (!n)
		return err_set(e, EXIT_USAGE, "an ELF file without program headers");
	if (image_le16(EHDR(buf, e_phentsize)) != sizeof(Elf32_Phdr))
		return err_set(e, EXIT_USAGE, "damaged ELF file: size of a program header");
	if (off > size || n * sizeof(Elf32_Phdr) > size - off)
		return err_set(e, EXIT_USAGE, "truncated ELF file: program headers are missing");
	return 0;
}

static int add_segment(struct plan *p, const uint8_t *ph, size_t size, struct err *e)
{
	struct image *img = p->img;
	struct image_seg s = {
		.from = image_le32(PHDR(ph, p_offset)),
		.filesz = image_le32(PHDR(ph, p_filesz)),
		.memsz = image_le32(PHDR(ph, p_memsz)),
		.gpa = image_le32(PHDR(ph, p_paddr)),
	};

	if (image_le32(PHDR(ph, p_type)) != PT_LOAD || !s.memsz)
		return 0;
	if (s.from > size || s.filesz > size - s.from)
		return err_set(e, EXIT_USAGE, "truncated ELF file: a segment ends at byte %llu",
			       (unsigned long long)(s.from + s.filesz));
	if (s.filesz > s.memsz)
		return err_set(e, EXIT_USAGE, "damaged ELF file: a segment larger than its memory");
	if (img->nr == IMAGE_MAX_SEGS)
		return err_set(e, EXIT_USAGE, "an ELF file with more than %d segments",
			       IMAGE_MAX_SEGS);
	p->vaddr[img->nr] = image_le32(PHDR(ph, p_vaddr));
	img->seg[img->nr++] = s;
	return 0;
}

static const struct image_seg *lowest(const struct plan *p)
{
	const struct image_seg *low = &p->img->seg[0];
	unsigned int i;

	for (i = 1; i < p->img->nr; i++)
		if (p->img->seg[i].gpa < low->gpa)
			low = &p->img->seg[i];
	return low;
}

/* How far down to move all segments: see the top of this file. */
static uint32_t distance(const struct plan *p, uint64_t ram)
{
	const struct image_seg *low = lowest(p);

	if (low->gpa < KERNEL_VIRTUAL || low->gpa != p->vaddr[low - p->img->seg])
		return 0;
	return (low->gpa & ~(uint64_t)KERNEL_MAP_MASK) - ram;
}

/* The entry point is a virtual address; bit 0 says Thumb. */
static uint32_t physical_entry(const struct plan *p, uint32_t entry)
{
	unsigned int i;

	for (i = 0; i < p->img->nr; i++)
		if (entry - p->vaddr[i] < p->img->seg[i].memsz)
			return entry - p->vaddr[i] + p->img->seg[i].gpa;
	return entry;
}

static void place(struct plan *p, uint32_t entry, uint64_t ram)
{
	struct image *img = p->img;
	uint32_t move = distance(p, ram);
	unsigned int i;

	img->entry = physical_entry(p, entry) - move;
	for (i = 0; i < img->nr; i++) {
		struct image_seg *s = &img->seg[i];

		s->gpa = (uint32_t)(s->gpa - move);
		if (s->gpa + s->memsz > img->end)
			img->end = s->gpa + s->memsz;
	}
}

int image_parse_elf(struct image *img, const uint8_t *buf, size_t size, uint64_t ram, struct err *e)
{
	struct plan p = { .img = img };
	const uint8_t *ph;
	unsigned int i, n;

	if (check_ident(buf, size, e) || check_table(buf, size, e))
		return -1;
	ph = buf + image_le32(EHDR(buf, e_phoff));
	n = image_le16(EHDR(buf, e_phnum));
	for (i = 0; i < n; i++)
		if (add_segment(&p, ph + i * sizeof(Elf32_Phdr), size, e))
			return -1;
	if (!img->nr)
		return err_set(e, EXIT_USAGE, "an ELF file with nothing to load");
	place(&p, image_le32(EHDR(buf, e_entry)), ram);
	return 0;
}
