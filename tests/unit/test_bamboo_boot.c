// SPDX-License-Identifier: GPL-2.0
/*
 * The machine "bamboo" before it runs: which kernels it takes, as ELF file and as uImage,
 * and where they go with initrd and device tree.
 */
#include "tmpfile.h"

#include <elf.h>
#include <endian.h>
#ifdef HAVE_ZLIB
#include <zlib.h>
#endif

#include "err.h"
#include "guestmem.h"
#include "machine/bamboo.h"
#include "machine/boot.h"
#include "machine/image.h"

#define MIB UINT64_C(0x100000)

struct fixture {
	struct guestmem mem;
	struct boot_files files;
	struct boot boot;
	struct err e;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->files = (struct boot_files){ .kernel = -1, .initrd = -1, .dtb = -1 };
	*state = f;
	return tmp_setup(state);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	boot_files_close(&f->files);
	guestmem_destroy(&f->mem);
	free(f);
	return tmp_clean(state);
}

static int load(struct fixture *f, uint64_t ram, const void *kernel, size_t size, size_t initrd)
{
	const char *k, *i;

	while (tmp_nr)
		unlink(tmp_names[--tmp_nr]);
	k = tmp_file("kernel", kernel, size, size);
	i = initrd ? tmp_file("initrd", "RD", 2, initrd) : NULL;
	guestmem_destroy(&f->mem);
	boot_files_close(&f->files);
	assert_int_equal(guestmem_add(&f->mem, BAMBOO_RAM, ram), 0);
	assert_int_equal(boot_files_open(&f->files, k, i, NULL, &f->e), 0);
	return boot_load(&f->boot, &boot_bamboo, &f->files, &f->mem, &f->e);
}

static void refused(struct fixture *f, int r, const char *says)
{
	assert_int_equal(r, -1);
	assert_int_equal(f->e.code, EXIT_USAGE);
	if (!strstr(f->e.msg, says))
		fail_msg("'%s' should say '%s'", f->e.msg, says);
}

/* --- ELF ---------------------------------------------------------------------- */

struct vmlinux {
	Elf32_Ehdr eh;
	Elf32_Phdr ph[2];
	uint8_t text[32];
};

/* As Linux is linked: text at 0xc0000000, at 0 in memory, and @bss bytes of zeros at 1 MiB. */
static struct vmlinux vmlinux(uint32_t bss)
{
	struct vmlinux v = {
		.eh = { .e_ident = ELFMAG,
			.e_type = htobe16(ET_EXEC),
			.e_machine = htobe16(EM_PPC),
			.e_entry = htobe32(0xc0000010),
			.e_phoff = htobe32(offsetof(struct vmlinux, ph)),
			.e_phentsize = htobe16(sizeof(Elf32_Phdr)),
			.e_phnum = htobe16(2) },
		.text = "kernel text",
	};
	Elf32_Phdr ph = {
		.p_type = htobe32(PT_LOAD),
		.p_offset = htobe32(offsetof(struct vmlinux, text)),
		.p_vaddr = htobe32(0xc0000000),
		.p_filesz = htobe32(sizeof(v.text)),
		.p_memsz = htobe32(sizeof(v.text)),
	};

	v.eh.e_ident[EI_CLASS] = ELFCLASS32;
	v.eh.e_ident[EI_DATA] = ELFDATA2MSB;
	v.ph[0] = ph;
	ph.p_vaddr = htobe32(0xc0000000 + MIB);
	ph.p_paddr = htobe32(MIB);
	ph.p_filesz = 0;
	ph.p_memsz = htobe32(bss);
	v.ph[1] = ph;
	return v;
}

static int load_vmlinux(struct fixture *f, uint64_t ram, uint32_t bss, size_t initrd)
{
	const struct vmlinux v = vmlinux(bss);

	return load(f, ram, &v, sizeof(v), initrd);
}

static void elf(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(load_vmlinux(f, 64 * MIB, 0x8000, 0), 0);
	assert_string_equal(f->boot.kind, "ELF");
	assert_int_equal(f->boot.entry, 0x10);
	assert_string_equal(guestmem_at(&f->mem, 0, 16), "kernel text");
	assert_int_equal(f->boot.initrd_size, 0);
	assert_int_equal(f->boot.dtb, 0x1800000);
}

/* One change each to a good vmlinux. */
static void refused_elfs(void **state)
{
	static const struct {
		size_t at;
		uint8_t val;
		const char *says;
	} rows[] = {
		{ EI_DATA, ELFDATA2LSB, "little-endian ELF; give a big-endian kernel" },
		{ EI_CLASS, ELFCLASS64,
		  "an ELF file for 64-bit PowerPC; this machine runs 32-bit PowerPC kernels" },
		{ offsetof(Elf32_Ehdr, e_machine) + 1, EM_MIPS,
		  "an ELF file for MIPS; this machine runs 32-bit PowerPC kernels" },
		{ offsetof(Elf32_Ehdr, e_type) + 1, ET_REL, "no executable" },
		{ offsetof(Elf32_Ehdr, e_phnum) + 1, 200, "program headers are missing" },
		{ offsetof(struct vmlinux, ph) + offsetof(Elf32_Phdr, p_paddr), 0x40,
		  "0x40000000, where there is no memory" },
	};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct vmlinux v = vmlinux(0x8000);

		/* Room enough for what is not asked of it. */
		((uint8_t *)&v)[rows[i].at] = rows[i].val;
		assert_int_equal(load(f, 64 * MIB, &v, sizeof(v), 0), -1);
		if (!strstr(f->e.msg, rows[i].says) && !strstr(f->e.msg, "too little memory"))
			fail_msg("'%s' should say '%s'", f->e.msg, rows[i].says);
	}
}

static void refused_files(void **state)
{
	static const struct {
		size_t at;
		const char *magic;
		const char *says;
	} rows[] = {
		{ 0, "\x1f\x8b",
		  "compressed; unpack it, or give the ELF file (vmlinux) or uImage" },
		{ 0, "\xd0\x0d\xfe\xed", "device tree" },
		{ 0x24, "\x18\x28\x6f\x01", "a 32-bit ARM kernel" },
		{ 0x38, "ARM\x64", "an arm64 kernel" },
		{ 0, "#!/bin/sh", "not a kernel for 32-bit PowerPC" },
	};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		char buf[512] = "";

		memcpy(buf + rows[i].at, rows[i].magic, strlen(rows[i].magic));
		refused(f, load(f, 8 * MIB, buf, sizeof(buf), 0), rows[i].says);
	}
}

/* --- uImage ------------------------------------------------------------------- */

struct uimage_file {
	uint8_t header[UIMAGE_HEADER];
	uint8_t payload[8192];
	size_t size; /* of the payload */
};

enum { SIZE = 12, LOAD = 16, ENTRY = 20, ARCH = 29, COMP = 31 };

static void put32(uint8_t *at, uint32_t val)
{
	val = htobe32(val);
	memcpy(at, &val, sizeof(val));
}

static void finish_uimage(struct uimage_file *u, uint8_t comp)
{
	memcpy(u->header, "\x27\x05\x19\x56", 4);
	put32(u->header + SIZE, u->size);
	put32(u->header + LOAD, 0);
	put32(u->header + ENTRY, 4);
	u->header[ARCH] = UIMAGE_ARCH_PPC;
	u->header[COMP] = comp;
}

static struct uimage_file plain_uimage(void)
{
	struct uimage_file u = { .payload = "plain text", .size = 4096 };

	finish_uimage(&u, UIMAGE_PLAIN);
	return u;
}

static int load_uimage(struct fixture *f, uint64_t ram, const struct uimage_file *u)
{
	return load(f, ram, u, UIMAGE_HEADER + u->size, 0);
}

static void uimage(void **state)
{
	struct fixture *f = *state;
	struct uimage_file u = plain_uimage();

	assert_int_equal(load_uimage(f, 32 * MIB, &u), 0);
	assert_string_equal(f->boot.kind, "uImage");
	assert_int_equal(f->boot.entry, 4);
	assert_string_equal(guestmem_at(&f->mem, 0, 16), "plain text");
	put32(u.header + LOAD, 0x400000);
	put32(u.header + ENTRY, 0x400ffc);
	assert_int_equal(load_uimage(f, 32 * MIB, &u), 0);
	assert_int_equal(f->boot.entry, 0x400ffc);
	assert_string_equal(guestmem_at(&f->mem, 0x400000, 16), "plain text");
}

static void refused_uimages(void **state)
{
	static const struct {
		size_t at;
		uint8_t val;
		const char *says;
	} rows[] = {
		{ SIZE, 1, "truncated uImage" },
		{ ARCH, UIMAGE_ARCH_ARM, "uImage for another architecture (not PowerPC)" },
		{ COMP, 2, "a compression that is not gzip; give the ELF file" },
		{ ENTRY, 1, "its entry point outside the image" },
		{ COMP, UIMAGE_GZIP, "" /* what it says depends on the build */ },
	};
	struct fixture *f = *state;
	struct uimage_file u;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		u = plain_uimage();
		u.header[rows[i].at] = rows[i].val;
		refused(f, load_uimage(f, 32 * MIB, &u), rows[i].says);
	}
	u = plain_uimage();
	refused(f, load(f, 32 * MIB, &u, UIMAGE_HEADER - 1, 0), "uImage cut off in its header");
}

#ifdef HAVE_ZLIB
#define UNPACKED 100000u

static uint8_t byte_at(uint32_t i)
{
	return i >> 6;
}

static struct uimage_file packed_uimage(void)
{
	static uint8_t plain[UNPACKED];
	struct uimage_file u = { .size = 0 };
	z_stream z = { .next_in = plain,
		       .avail_in = UNPACKED,
		       .next_out = u.payload,
		       .avail_out = sizeof(u.payload) };
	uint32_t i;

	for (i = 0; i < UNPACKED; i++)
		plain[i] = byte_at(i);
	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 16 + 15, 9, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	u.size = z.total_out;
	deflateEnd(&z);
	finish_uimage(&u, UIMAGE_GZIP);
	return u;
}

static void gzip(void **state)
{
	struct fixture *f = *state;
	struct uimage_file u = packed_uimage();
	const uint8_t *text;
	uint32_t i;

	assert_int_equal(load_uimage(f, 32 * MIB, &u), 0);
	assert_int_equal(f->boot.entry, 4);
	text = guestmem_at(&f->mem, 0, UNPACKED);
	for (i = 0; i < UNPACKED; i++)
		assert_int_equal(text[i], byte_at(i));
	assert_int_equal(text[UNPACKED], 0);
}

/* The length behind it is the first thing that is believed, and nothing else is. */
static void damaged_gzip(void **state)
{
	struct fixture *f = *state;
	struct uimage_file u = packed_uimage();
	uint32_t length = UNPACKED;

	length = htole32(UNPACKED - 1);
	memcpy(u.payload + u.size - 4, &length, 4);
	refused(f, load_uimage(f, 32 * MIB, &u), "can't be unpacked");
	length = htole32(UNPACKED + 1);
	memcpy(u.payload + u.size - 4, &length, 4);
	refused(f, load_uimage(f, 32 * MIB, &u), "can't be unpacked");
	memset(u.payload + u.size - 4, 0xff, 4);
	refused(f, load_uimage(f, 32 * MIB, &u), "it says that it unpacks to 4294967295 bytes");
	memset(u.payload + u.size - 4, 0, 4);
	refused(f, load_uimage(f, 32 * MIB, &u), "it says that it unpacks to 0 bytes");
	u = packed_uimage();
	u.payload[u.size / 2] ^= 1;
	refused(f, load_uimage(f, 32 * MIB, &u), "can't be unpacked");
	u = packed_uimage();
	u.size = 17;
	put32(u.header + SIZE, u.size);
	refused(f, load_uimage(f, 32 * MIB, &u), "unpacks to 0 bytes");
}
#endif

/* --- places -------------------------------------------------------------------- */

static void initrd_where_qemu_has_it(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(load_vmlinux(f, 64 * MIB, 0x8000, 5000), 0);
	assert_int_equal(f->boot.dtb, 0x1800000);
	assert_int_equal(f->boot.initrd, 0x1900000);
	assert_int_equal(f->boot.initrd_size, 5000);
	assert_memory_equal(guestmem_at(&f->mem, f->boot.initrd, 2), "RD", 2);
	/* To the last page. */
	assert_int_equal(load_vmlinux(f, 32 * MIB, 0x8000, 7 * MIB), 0);
	assert_int_equal(f->boot.initrd, 0x1900000);
}

static void small_memory(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(load_vmlinux(f, 32 * MIB, 0x8000, 7 * MIB + 1), 0);
	assert_int_equal(f->boot.dtb, 0x108000);
	assert_int_equal(f->boot.initrd, 0x208000);
	assert_int_equal(load_vmlinux(f, 8 * MIB, 0x8001, 0), 0);
	assert_int_equal(f->boot.dtb, 0x109000);
	assert_int_equal(load_vmlinux(f, 8 * MIB, 0x8000, 8 * MIB - 0x208000), 0);
	refused(f, load_vmlinux(f, 8 * MIB, 0x8000, 8 * MIB - 0x207fff),
		"too little memory: 8 MiB, kernel and initrd need 9");
	refused(f, load_vmlinux(f, 8 * MIB, 7 * MIB, 0), "too little memory: 8 MiB");
}

/* It finds its device tree through the one TLB entry that it starts with. */
static void large_kernel(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(load_vmlinux(f, 512 * MIB, 30 * MIB, 4096), 0);
	assert_int_equal(f->boot.dtb, 31 * MIB);
	assert_int_equal(f->boot.initrd, 32 * MIB);
	assert_int_equal(load_vmlinux(f, 512 * MIB, 254 * MIB, 4096), 0);
	assert_int_equal(f->boot.dtb, 255 * MIB);
	refused(f, load_vmlinux(f, 512 * MIB, 254 * MIB + 1, 4096), "it is too large");
}

/* --- hostile ------------------------------------------------------------------- */

/* Whatever a damaged file is taken for, its segments are inside what was read. */
static void inside(const struct image *img, size_t size)
{
	unsigned int i;

	for (i = 0; i < img->nr && !img->unpacked; i++)
		if (img->seg[i].from + img->seg[i].filesz > size ||
		    img->seg[i].filesz > img->seg[i].memsz)
			fail_msg("segment %u leaves the file", i);
}

static void damage(const void *file, size_t size, unsigned int rounds)
{
	uint32_t seed = 1, round, i;
	struct image img;
	struct err e;

	for (round = 0; round < rounds; round++) {
		uint8_t *bytes = malloc(size);

		memcpy(bytes, file, size);
		for (i = 0; i < 1 + round % 3; i++) {
			seed = seed * 1664525 + 1013904223;
			bytes[4 + (seed >> 8) % (size - 4)] = seed >> 24;
		}
		if (!image_parse(&img, image_formats_ppc, bytes, size, 0, &e))
			inside(&img, size);
		free(img.unpacked);
		free(bytes);
	}
}

static void hostile(void **state)
{
	const struct vmlinux v = vmlinux(0x8000);
	struct uimage_file u = plain_uimage();

	(void)state;
	damage(&v, sizeof(v), 20000);
	damage(&u, UIMAGE_HEADER + 64, 20000);
#ifdef HAVE_ZLIB
	u = packed_uimage();
	damage(&u, UIMAGE_HEADER + u.size, 500);
	/* Its header, and the length at its end: what is in between changes nothing then. */
	memmove(u.payload + 64, u.payload + u.size - 8, 8);
	u.size = 72;
	put32(u.header + SIZE, u.size);
	damage(&u, UIMAGE_HEADER + u.size, 5000);
#endif
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(elf),
		TEST(refused_elfs),
		TEST(refused_files),
		TEST(uimage),
		TEST(refused_uimages),
#ifdef HAVE_ZLIB
		TEST(gzip),
		TEST(damaged_gzip),
#endif
		TEST(initrd_where_qemu_has_it),
		TEST(small_memory),
		TEST(large_kernel),
		TEST(hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
