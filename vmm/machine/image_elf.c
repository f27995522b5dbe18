// SPDX-License-Identifier: GPL-2.0
/*
 * ELF: vmlinux, and small kernels linked for the machine.  Where its segments go is
 * for the machine's kind of kernel to say: image_arm.c, image_mips.c, image_ppc.c.
 */
#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "image.h"

#define EHDR(buf, field) ((buf) + offsetof(Elf32_Ehdr, field))
#define PHDR(buf, field) ((buf) + offsetof(Elf32_Phdr, field))

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
		{ EM_RISCV, "RISC-V" },	 { EM_ARM, "ARM" },
	};
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].machine == machine)
			return names[i].name;
	return "another processor";
}

/* The file's own byte order, which is the processor's. */
static uint16_t get16(const struct image_elf *p, const uint8_t *at)
{
	return p->big ? at[0] << 8 | at[1] : image_le16(at);
}

static uint32_t get32(const struct image_elf *p, const uint8_t *at)
{
	return p->big ? image_be32(at) : image_le32(at);
}

static int check_ident(const struct image_elf *p, const uint8_t *buf, size_t size,
		       const struct image_elf_kind *kind, struct err *e)
{
	uint16_t machine;

	if (size < sizeof(Elf32_Ehdr))
		return err_set(e, EXIT_USAGE, "ELF file cut off in its header");
	if ((buf[EI_DATA] == ELFDATA2MSB) != kind->big)
		return err_set(e, EXIT_USAGE, "%s-endian ELF; give a %s-endian kernel",
			       kind->big ? "little" : "big", kind->big ? "big" : "little");
	machine = get16(p, EHDR(buf, e_machine));
	if (buf[EI_CLASS] != ELFCLASS32 || machine != kind->machine)
		return err_set(e, EXIT_USAGE, "an ELF file for %s%s; this machine runs %s",
			       machine == kind->machine ? "64-bit " : "", machine_name(machine),
			       kind->runs);
	if (get16(p, EHDR(buf, e_type)) != ET_EXEC && get16(p, EHDR(buf, e_type)) != ET_DYN)
		return err_set(e, EXIT_USAGE, "an ELF file that is no executable");
	return 0;
}

static int check_table(const struct image_elf *p, const uint8_t *buf, size_t size, struct err *e)
{
	uint64_t off = get32(p, EHDR(buf, e_phoff)), n = get16(p, EHDR(buf, e_phnum));

	if (!n)
		return err_set(e, EXIT_USAGE, "an ELF file without program headers");
	if (get16(p, EHDR(buf, e_phentsize)) != sizeof(Elf32_Phdr))
		return err_set(e, EXIT_USAGE, "damaged ELF file: size of a program header");
	if (off > size || n * sizeof(Elf32_Phdr) > size - off)
		return err_set(e, EXIT_USAGE, "truncated ELF file: program headers are missing");
	return 0;
}

static int add_segment(struct image_elf *p, const uint8_t *ph, size_t size, struct err *e)
{
	struct image *img = p->img;
	struct image_seg s = {
		.from = get32(p, PHDR(ph, p_offset)),
		.filesz = get32(p, PHDR(ph, p_filesz)),
		.memsz = get32(p, PHDR(ph, p_memsz)),
		.gpa = get32(p, PHDR(ph, p_paddr)),
	};

	if (get32(p, PHDR(ph, p_type)) != PT_LOAD || !s.memsz)
		return 0;
	if (s.from > size || s.filesz > size - s.from)
		return err_set(e, EXIT_USAGE, "truncated ELF file: a segment ends at byte %llu",
			       (unsigned long long)(s.from + s.filesz));
	if (s.filesz > s.memsz)
		return err_set(e, EXIT_USAGE, "damaged ELF file: a segment larger than its memory");
	if (img->nr == IMAGE_MAX_SEGS)
		return err_set(e, EXIT_USAGE, "an ELF file with more than %d segments",
			       IMAGE_MAX_SEGS);
	p->vaddr[img->nr] = get32(p, PHDR(ph, p_vaddr));
	img->seg[img->nr++] = s;
	return 0;
}

uint32_t image_elf_entry(const struct image_elf *p)
{
	unsigned int i;

	for (i = 0; i < p->img->nr; i++)
		if (p->entry - p->vaddr[i] < p->img->seg[i].memsz)
			return p->entry - p->vaddr[i] + p->img->seg[i].gpa;
	return p->entry;
}

int image_read_elf(struct image_elf *p, struct image *img, const uint8_t *buf, size_t size,
		   const struct image_elf_kind *kind, struct err *e)
{
	const uint8_t *ph;
	unsigned int i, n;

	*p = (struct image_elf){ .img = img, .big = kind->big };
	if (check_ident(p, buf, size, kind, e) || check_table(p, buf, size, e))
		return -1;
	ph = buf + get32(p, EHDR(buf, e_phoff));
	n = get16(p, EHDR(buf, e_phnum));
	for (i = 0; i < n; i++)
		if (add_segment(p, ph + i * sizeof(Elf32_Phdr), size, e))
			return -1;
	if (!img->nr)
		return err_set(e, EXIT_USAGE, "an ELF file with nothing to load");
	p->entry = get32(p, EHDR(buf, e_entry));
	return 0;
}
