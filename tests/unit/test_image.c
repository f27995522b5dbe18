// SPDX-License-Identifier: GPL-2.0
/*
 * Kernel images: good ones become the right plan, damaged ones the right
 * message, and no sequence of bytes a plan that leaves the file.
 */
#include "unit.h"

#include <elf.h>
#include <endian.h>

#include "machine/image.h"

#define RAM UINT64_C(0x40000000)
#define MIB (1u << 20)

static uint8_t file[8192];
static size_t file_size;

static void put32(size_t at, uint32_t val)
{
	val = htole32(val);
	memcpy(file + at, &val, sizeof(val));
}

static void put32be(size_t at, uint32_t val)
{
	put32(at, htobe32(htole32(val)));
}

static void put16(size_t at, uint16_t val)
{
	val = htole16(val);
	memcpy(file + at, &val, sizeof(val));
}

static void start(size_t size)
{
	memset(file, 0, sizeof(file));
	file_size = size;
}

/* 4 KiB, unpacks to 5 MiB and 1 MiB of bss. */
static void make_zimage(void)
{
	start(4096);
	put32(0, 0xe1a00000);
	put32(0x24, 0x016f2818);
	put32(0x28, 0);
	put32(0x2c, 4096);
	put32(0x30, 0x04030201);
	put32(0x34, 0x45454545);
	put32(0x38, 0x800);
	put32(0x800, 3); /* a tag that is skipped */
	put32(0x804, 0x11111111);
	put32(0x80c, 4);
	put32(0x810, 0x5a534c4b);
	put32(0x814, 0xff0);
	put32(0x818, MIB);
	put32(0xff0, 5 * MIB);
}

#define PH(n) (sizeof(Elf32_Ehdr) + (n) * sizeof(Elf32_Phdr))
#define EH(field) offsetof(Elf32_Ehdr, field)
#define P(n, field) (PH(n) + offsetof(Elf32_Phdr, field))

static void segment(unsigned int n, uint32_t from, uint32_t size, uint32_t memsz, uint32_t vaddr,
		    uint32_t paddr)
{
	put32(P(n, p_type), PT_LOAD);
	put32(P(n, p_offset), from);
	put32(P(n, p_filesz), size);
	put32(P(n, p_memsz), memsz);
	put32(P(n, p_vaddr), vaddr);
	put32(P(n, p_paddr), paddr);
}

static void make_elf(void)
{
	start(4096);
	memcpy(file, ELFMAG, SELFMAG);
	file[EI_CLASS] = ELFCLASS32;
	file[EI_DATA] = ELFDATA2LSB;
	put16(EH(e_type), ET_EXEC);
	put16(EH(e_machine), EM_ARM);
	put32(EH(e_entry), RAM + 0x10100);
	put32(EH(e_phoff), sizeof(Elf32_Ehdr));
	put16(EH(e_phentsize), sizeof(Elf32_Phdr));
	put16(EH(e_phnum), 3);
	segment(0, 0x400, 0x200, 0x200, RAM + 0x10000, RAM + 0x10000);
	put32(P(1, p_type), PT_NOTE);
	segment(2, 0x600, 0x100, 0x4000, RAM + 0x20000, RAM + 0x20000);
}

static void make_vmlinux(void)
{
	make_elf();
	put32(EH(e_entry), 0xc0008000);
	segment(0, 0x400, 0x200, 0x200, 0xc0008000, 0xc0008000);
	segment(2, 0x600, 0x100, 0x4000, 0xc0100000, 0xc0100000);
}

static void make_uimage(void)
{
	uint8_t payload[4096];

	make_zimage();
	memcpy(payload, file, 4096);
	start(4096 + 64);
	memcpy(file + 64, payload, 4096);
	put32be(0, 0x27051956);
	put32be(12, 4096);
	put32be(16, 0x40008000);
	put32be(20, 0x40008000);
	file[28] = 5;
	file[29] = 2;
	file[30] = 2;
}

static void make_linux_image(void)
{
	start(1024);
	put32(0, 0xe10f9000); /* mrs r9, cpsr */
	put32(16, 0xee109f10); /* mrc p15, 0, r9, c0, c0 */
}

static void make_raw(void)
{
	start(100);
	put32(0, 0xea000006);
}

static void parse(struct image *img)
{
	struct err e = { 0 };

	if (image_parse(img, image_formats_arm, file, file_size, RAM, &e))
		fail_msg("refused: %s", e.msg);
}

static void zimage(void **state)
{
	struct image img;

	(void)state;
	make_zimage();
	parse(&img);
	assert_string_equal(img.kind, "zImage");
	assert_int_equal(img.nr, 1);
	/* Right above 0x8000 + 5 MiB + 1 MiB, in whole MiB. */
	assert_int_equal(img.seg[0].gpa, RAM + 7 * MIB);
	assert_int_equal(img.entry, RAM + 7 * MIB);
	assert_int_equal(img.seg[0].filesz, 4096);
	assert_true(img.end >= RAM + 7 * MIB + 4096 + 0x10000);
}

static void zimage_without_table(void **state)
{
	struct image img;

	(void)state;
	make_zimage();
	put32(0x34, 0);
	parse(&img);
	assert_int_equal(img.entry, RAM + 32 * MIB);
}

static void zimage_with_dtb_appended(void **state)
{
	struct image img;

	(void)state;
	make_zimage();
	file_size += 1000;
	parse(&img);
	assert_int_equal(img.seg[0].filesz, 5096);
}

static void elf(void **state)
{
	struct image img;

	(void)state;
	make_elf();
	parse(&img);
	assert_string_equal(img.kind, "ELF");
	assert_int_equal(img.nr, 2);
	assert_int_equal(img.entry, RAM + 0x10100);
	assert_int_equal(img.seg[1].from, 0x600);
	assert_int_equal(img.seg[1].filesz, 0x100);
	assert_int_equal(img.seg[1].memsz, 0x4000);
	assert_int_equal(img.seg[1].gpa, RAM + 0x20000);
	assert_int_equal(img.end, RAM + 0x24000);
}

/* The entry point is virtual, the segments go to physical addresses. */
static void elf_two_addresses(void **state)
{
	struct image img;

	(void)state;
	make_elf();
	put32(P(0, p_vaddr), 0x80010000);
	put32(EH(e_entry), 0x80010101);
	parse(&img);
	assert_int_equal(img.entry, RAM + 0x10101);
	assert_int_equal(img.seg[0].gpa, RAM + 0x10000);
}

static void elf_vmlinux(void **state)
{
	struct image img;

	(void)state;
	make_vmlinux();
	parse(&img);
	assert_int_equal(img.entry, RAM + 0x8000);
	assert_int_equal(img.seg[0].gpa, RAM + 0x8000);
	assert_int_equal(img.seg[1].gpa, RAM + 0x100000);
	assert_int_equal(img.end, RAM + 0x104000);
}

static void uimage_of_zimage(void **state)
{
	struct image img;

	(void)state;
	make_uimage();
	parse(&img);
	assert_string_equal(img.kind, "uImage");
	assert_int_equal(img.seg[0].from, 64);
	assert_int_equal(img.seg[0].filesz, 4096);
	assert_int_equal(img.entry, RAM + 7 * MIB);
}

static void uimage_of_anything(void **state)
{
	struct image img;

	(void)state;
	make_uimage();
	put32(64 + 0x24, 0);
	parse(&img);
	assert_int_equal(img.entry, 0x40008000);
	assert_int_equal(img.seg[0].gpa, 0x40008000);
	assert_int_equal(img.seg[0].from, 64);
}

static void linux_image(void **state)
{
	struct image img;

	(void)state;
	make_linux_image();
	parse(&img);
	assert_string_equal(img.kind, "Image");
	assert_int_equal(img.entry, RAM + 0x8000);
}

/* As Debian's kernel begins: it makes its page tables right below itself. */
static void linux_image_says_where(void **state)
{
	static const struct {
		uint32_t add, sub;
		uint64_t offset;
	} rows[] = {
		{ 0xe2884982, 0xe2444a05, 0x208000 },
		{ 0xe2884902, 0xe2444901, 0x8000 },
		{ 0xe2884723, 0xe2444901, 0x8c0000 },
		{ 0xe2884000, 0xe2444901, 0x8000 }, /* nothing that can be: */
		{ 0xe2884001, 0xe2444901, 0x8000 },
		{ 0xe2884102, 0xe2444901, 0x8000 },
		{ 0xe2884982, 0xe2454a05, 0x8000 }, /* something else */
	};
	struct image img;
	unsigned int i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		make_linux_image();
		put32(0x98, rows[i].add);
		put32(0x9c, rows[i].sub);
		parse(&img);
		assert_int_equal(img.entry, RAM + rows[i].offset);
		assert_int_equal(img.seg[0].gpa, img.entry);
	}
}

static void raw(void **state)
{
	struct image img;

	(void)state;
	make_raw();
	parse(&img);
	assert_string_equal(img.kind, "raw");
	assert_int_equal(img.entry, RAM + 0x10000);
	assert_int_equal(img.seg[0].filesz, 100);
}

/* Damage one thing in a good file; the message names it. */
struct damage {
	void (*make)(void);
	enum { SIZE, BYTE, HALF, WORD } what;
	uint32_t at, val;
	const char *says;
};

static const struct damage damages[] = {
	{ make_raw, SIZE, 0, 0, "empty" },
	{ make_raw, BYTE, 3, 'x', "not a kernel" },
	{ make_zimage, SIZE, 0, 4095, "truncated zImage: it should have 4096 bytes and has 4095" },
	{ make_zimage, SIZE, 0, 0x30, "truncated zImage" },
	{ make_zimage, WORD, 0x24, 0x18286f01, "big-endian" },
	{ make_zimage, WORD, 0x2c, 0x20, "damaged zImage" },
	{ make_zimage, WORD, 0x28, 0x2000, "truncated zImage" },
	{ make_zimage, WORD, 0x30, 0x01020304, "byte order" },
	{ make_zimage, WORD, 0x818, 0xf0000000, "once unpacked" },
	{ make_elf, SIZE, 0, 20, "cut off" },
	{ make_elf, SIZE, 0, sizeof(Elf32_Ehdr), "program headers are missing" },
	{ make_elf, SIZE, 0, 0x6ff, "truncated ELF" },
	{ make_elf, BYTE, EI_DATA, ELFDATA2MSB, "big-endian" },
	{ make_elf, BYTE, EI_CLASS, ELFCLASS64, "32-bit ARM" },
	{ make_elf, HALF, EH(e_machine), EM_X86_64, "x86-64" },
	{ make_elf, HALF, EH(e_machine), EM_AARCH64, "arm64" },
	{ make_elf, HALF, EH(e_machine), 9999, "another processor" },
	{ make_elf, HALF, EH(e_type), ET_REL, "no executable" },
	{ make_elf, HALF, EH(e_phnum), 0, "without program headers" },
	{ make_elf, HALF, EH(e_phnum), 0xffff, "program headers are missing" },
	{ make_elf, HALF, EH(e_phentsize), 16, "size of a program header" },
	{ make_elf, WORD, EH(e_phoff), 0xfffffff0, "program headers are missing" },
	{ make_elf, WORD, P(0, p_offset), 0xffffff00, "truncated ELF" },
	{ make_elf, WORD, P(0, p_filesz), 0xffffffff, "truncated ELF" },
	{ make_elf, WORD, P(0, p_memsz), 0x100, "larger than its memory" },
	{ make_uimage, SIZE, 0, 63, "cut off" },
	{ make_uimage, SIZE, 0, 4159, "truncated uImage: it should have 4160 bytes and has 4159" },
	{ make_uimage, BYTE, 29, 5, "another architecture" },
	{ make_uimage, BYTE, 31, 1, "compressed uImage" },
	{ make_raw, WORD, 0x38, 0x644d5241, "arm64 kernel" },
	{ make_linux_image, WORD, 0x202, 0x53726448, "x86 kernel" },
	{ make_raw, WORD, 0, 0xedfe0dd0, "device tree" },
	{ make_raw, WORD, 0, 0x00088b1f, "compressed" },
	{ make_raw, WORD, 0, 0xfd2fb528, "compressed" },
	{ make_raw, WORD, 0, 0x184c2102, "compressed" },
};

static void inflict(const struct damage *d)
{
	d->make();
	switch (d->what) {
	case SIZE:
		file_size = d->val;
		break;
	case BYTE:
		file[d->at] = d->val;
		break;
	case HALF:
		put16(d->at, d->val);
		break;
	case WORD:
		put32(d->at, d->val);
		break;
	}
}

static void damaged(void **state)
{
	struct image img;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(damages); i++) {
		struct err e = { 0 };

		inflict(&damages[i]);
		if (!image_parse(&img, image_formats_arm, file, file_size, RAM, &e))
			fail_msg("row %zu: taken, should say '%s'", i, damages[i].says);
		if (e.code != EXIT_USAGE || !strstr(e.msg, damages[i].says))
			fail_msg("row %zu: code %d, '%s'", i, e.code, e.msg);
	}
}

static void (*const makers[])(void) = {
	make_zimage, make_elf, make_vmlinux, make_uimage, make_linux_image, make_raw,
};

/*
 * Whatever is accepted stays within the file. The buffer is exactly as large as
 * the file, for the sanitizer to see a read beyond.
 */
static void check_invariants(size_t size)
{
	uint8_t *exact = malloc(size ? size : 1);
	struct image img;
	struct err e;
	unsigned int i;

	memcpy(exact, file, size);
	if (image_parse(&img, image_formats_arm, exact, size, RAM, &e) == 0) {
		assert_in_range(img.nr, 1, IMAGE_MAX_SEGS);
		for (i = 0; i < img.nr; i++) {
			assert_true(img.seg[i].from <= size);
			assert_true(img.seg[i].filesz <= size - img.seg[i].from);
			assert_true(img.seg[i].filesz <= img.seg[i].memsz);
		}
	}
	free(exact);
}

static void every_length(void **state)
{
	size_t m, size;

	(void)state;
	for (m = 0; m < ARRAY_SIZE(makers); m++) {
		makers[m]();
		for (size = 0; size <= file_size; size += size < 256 ? 1 : 61)
			check_invariants(size);
	}
}

static void random_damage(void **state)
{
	uint32_t seed = 1, round, flips;

	(void)state;
	for (round = 0; round < 30000; round++) {
		makers[round % ARRAY_SIZE(makers)]();
		for (flips = 0; flips < 4; flips++) {
			seed = seed * 1664525 + 1013904223;
			file[(seed >> 8) % (flips < 3 ? 0x100 : file_size)] = seed >> 24;
		}
		check_invariants(file_size);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zimage),
		cmocka_unit_test(zimage_without_table),
		cmocka_unit_test(zimage_with_dtb_appended),
		cmocka_unit_test(elf),
		cmocka_unit_test(elf_two_addresses),
		cmocka_unit_test(elf_vmlinux),
		cmocka_unit_test(uimage_of_zimage),
		cmocka_unit_test(uimage_of_anything),
		cmocka_unit_test(linux_image),
		cmocka_unit_test(linux_image_says_where),
		cmocka_unit_test(raw),
		cmocka_unit_test(damaged),
		cmocka_unit_test(every_length),
		cmocka_unit_test(random_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
