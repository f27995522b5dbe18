// SPDX-License-Identifier: GPL-2.0
/*
 * The guests' image: loading it and finding functions in it by name.
 */
#include "vm.h"
#include <elf.h>

extern const uint8_t guest_image[];

static const Elf32_Ehdr *image(void)
{
	return (const Elf32_Ehdr *)guest_image;
}

void guest_load(uint8_t *ram)
{
	const Elf32_Phdr *ph = (const Elf32_Phdr *)(guest_image + image()->e_phoff);
	unsigned int i;

	for (i = 0; i < image()->e_phnum; i++) {
		if (ph[i].p_type != PT_LOAD)
			continue;
		if (ph[i].p_paddr + ph[i].p_memsz > SCRATCH)
			fail("the guests' image is too large");
		memcpy(ram + PHYS(ph[i].p_paddr) - RAM_BASE, guest_image + ph[i].p_offset,
		       ph[i].p_filesz);
	}
}

uint32_t guest_sym(const char *name)
{
	const Elf32_Shdr *sh = (const Elf32_Shdr *)(guest_image + image()->e_shoff);
	const Elf32_Sym *sym, *end;
	const char *strings;
	unsigned int i;

	for (i = 0; i < image()->e_shnum; i++) {
		if (sh[i].sh_type != SHT_SYMTAB)
			continue;
		strings = (const char *)guest_image + sh[sh[i].sh_link].sh_offset;
		sym = (const Elf32_Sym *)(guest_image + sh[i].sh_offset);
		end = sym + sh[i].sh_size / sizeof(*sym);
		for (; sym < end; sym++)
			if (!strcmp(strings + sym->st_name, name))
				return sym->st_value;
	}
	fail("no guest function %s", name);
}
