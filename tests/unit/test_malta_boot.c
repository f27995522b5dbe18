// SPDX-License-Identifier: GPL-2.0
/*
 * The machine "malta" before it runs: which kernels it takes and where they go, and
 * what they are told in memory and on their command line.
 */
#include "tmpfile.h"

#include <elf.h>
#include <endian.h>

#include "err.h"
#include "guestmem.h"
#include "machine/boot.h"
#include "machine/malta.h"
#include "machine/malta_boot.h"

#define MIB UINT64_C(0x100000)
#define LINKED 0x40100000u

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

/* --- kernels ------------------------------------------------------------------ */

struct vmlinux {
	Elf32_Ehdr eh;
	Elf32_Phdr ph[2];
	uint8_t text[32];
};

/* Text of 32 bytes at @vaddr, and a segment of zeros 64 KiB above it. */
static struct vmlinux vmlinux(uint32_t vaddr)
{
	struct vmlinux v = {
		.eh = { .e_ident = ELFMAG,
			.e_type = htole16(ET_EXEC),
			.e_machine = htole16(EM_MIPS),
			.e_entry = htole32(vaddr + 16),
			.e_phoff = htole32(offsetof(struct vmlinux, ph)),
			.e_phentsize = htole16(sizeof(Elf32_Phdr)),
			.e_phnum = htole16(2) },
		.text = "kernel text",
	};
	Elf32_Phdr ph = {
		.p_type = htole32(PT_LOAD),
		.p_offset = htole32(offsetof(struct vmlinux, text)),
		.p_vaddr = htole32(vaddr),
		.p_paddr = htole32(vaddr),
		.p_filesz = htole32(sizeof(v.text)),
		.p_memsz = htole32(sizeof(v.text)),
	};

	v.eh.e_ident[EI_CLASS] = ELFCLASS32;
	v.eh.e_ident[EI_DATA] = ELFDATA2LSB;
	v.ph[0] = ph;
	ph.p_vaddr = ph.p_paddr = htole32(vaddr + 0x10000);
	ph.p_filesz = 0;
	ph.p_memsz = htole32(0x8000);
	v.ph[1] = ph;
	return v;
}

static int load(struct fixture *f, uint64_t ram, const void *kernel, size_t size, size_t initrd)
{
	const char *k = tmp_file("kernel", kernel, size, size);
	const char *i = initrd ? tmp_file("initrd", "RD", 2, initrd) : NULL;

	guestmem_destroy(&f->mem);
	boot_files_close(&f->files);
	assert_int_equal(guestmem_add(&f->mem, MALTA_RAM, ram), 0);
	assert_int_equal(boot_files_open(&f->files, k, i, NULL, &f->e), 0);
	return boot_load(&f->boot, &boot_malta, &f->files, &f->mem, &f->e);
}

static int load_vmlinux(struct fixture *f, uint64_t ram, size_t initrd)
{
	const struct vmlinux v = vmlinux(LINKED);

	return load(f, ram, &v, sizeof(v), initrd);
}

static void refused(struct fixture *f, int r, const char *says)
{
	assert_int_equal(r, -1);
	assert_int_equal(f->e.code, EXIT_USAGE);
	if (!strstr(f->e.msg, says))
		fail_msg("'%s' should say '%s'", f->e.msg, says);
}

static void kernel(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(load_vmlinux(f, 64 * MIB, 0), 0);
	assert_string_equal(f->boot.kind, "ELF");
	assert_int_equal(f->boot.entry, 0x100010);
	assert_string_equal(guestmem_at(&f->mem, 0x100000, 16), "kernel text");
	assert_int_equal(f->boot.initrd_size, 0);
}

/* All of its memory must be there, not only what is in the file. */
static void kernel_larger_than_memory(void **state)
{
	struct fixture *f = *state;
	struct vmlinux v = vmlinux(LINKED);

	v.ph[1].p_memsz = htole32(8 * MIB - 0x110000);
	assert_int_equal(load(f, 8 * MIB, &v, sizeof(v), 0), 0);
	v.ph[1].p_memsz = htole32(8 * MIB - 0x110000 + 1);
	refused(f, load(f, 8 * MIB, &v, sizeof(v), 0), "too little memory: 8 MiB");
}

/* One change each to a good vmlinux. */
static void refused_elfs(void **state)
{
	static const struct {
		size_t at;
		uint8_t val;
		const char *says;
	} rows[] = {
		{ EI_DATA, ELFDATA2MSB, "big-endian ELF; give a little-endian kernel" },
		{ EI_CLASS, ELFCLASS64,
		  "an ELF file for 64-bit MIPS; this machine runs 32-bit MIPS kernels" },
		{ offsetof(Elf32_Ehdr, e_machine), EM_ARM,
		  "an ELF file for ARM; this machine runs 32-bit MIPS kernels" },
		{ offsetof(Elf32_Ehdr, e_type), ET_REL, "no executable" },
		{ offsetof(Elf32_Ehdr, e_phnum), 200, "program headers are missing" },
	};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct vmlinux v = vmlinux(LINKED);

		((uint8_t *)&v)[rows[i].at] = rows[i].val;
		refused(f, load(f, 8 * MIB, &v, sizeof(v), 0), rows[i].says);
	}
}

static void refused_addresses(void **state)
{
	static const struct {
		uint32_t vaddr;
		const char *says;
	} rows[] = {
		{ 0x80100000, "linked at 0x80100000, where this machine's guests have no memory" },
		{ 0x80100000, "guest/mips32, which link it at 0x40100000" },
		{ 0x60000000, "not in the kernel's unmapped segment at 0x40000000" },
		{ 0x3fff0000, "not in the kernel's unmapped segment at 0x40000000" },
		{ 0x50100000, "too little memory" },
	};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct vmlinux v = vmlinux(rows[i].vaddr);

		refused(f, load(f, 8 * MIB, &v, sizeof(v), 0), rows[i].says);
	}
}

static void refused_files(void **state)
{
	static const struct {
		size_t at;
		const char *magic;
		const char *says;
	} rows[] = {
		{ 0, "\x1f\x8b", "compressed; unpack it" },
		{ 0, "\x27\x05\x19\x56", "a uImage; give the ELF file" },
		{ 0, "\xd0\x0d\xfe\xed", "device tree" },
		{ 0x24, "\x18\x28\x6f\x01", "a 32-bit ARM kernel" },
		{ 0x38, "ARM\x64", "an arm64 kernel" },
		{ 0, "#!/bin/sh", "not a kernel for 32-bit MIPS" },
	};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		char buf[512] = "";

		memcpy(buf + rows[i].at, rows[i].magic, strlen(rows[i].magic));
		refused(f, load(f, 8 * MIB, buf, sizeof(buf), 0), rows[i].says);
	}
}

static void initrd(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(load_vmlinux(f, 64 * MIB, 5000), 0);
	assert_int_equal(f->boot.initrd, 64 * MIB - 0x30000);
	assert_int_equal(f->boot.initrd_size, 5000);
	assert_memory_equal(guestmem_at(&f->mem, f->boot.initrd, 2), "RD", 2);
	assert_int_equal(load_vmlinux(f, 64 * MIB, 0x10001), 0);
	assert_int_equal(f->boot.initrd, 64 * MIB - 0x40000);
	/* Between the kernel's end at 0x118000 and 128 KiB below the end of memory. */
	assert_int_equal(load_vmlinux(f, 8 * MIB, 8 * MIB - 0x118000 - 0x30000), 0);
	assert_int_equal(f->boot.initrd, 0x120000);
	refused(f, load_vmlinux(f, 8 * MIB, 8 * MIB - 0x118000 - 0x2ffff),
		"too little memory: 8 MiB, kernel and initrd need 9");
}

/* --- what it is told ------------------------------------------------------------ */

static struct boot_malta_args {
	uint32_t a[4];
} write_args(struct fixture *f, struct malta_boot cfg)
{
	struct boot_malta_args args;

	cfg.kernel = "/boot/vmlinux";
	cfg.boot = &f->boot;
	if (malta_boot_write(&cfg, &f->mem, args.a, &f->e))
		fail_msg("%s", f->e.msg);
	return args;
}

/* Guest virtual, in the kernel's unmapped segment. */
static const char *at(struct fixture *f, uint32_t vaddr)
{
	assert_in_range(vaddr, MALTA_KSEG0, MALTA_KSEG0 + MALTA_RAM_MAX - 1);
	return guestmem_at(&f->mem, vaddr - MALTA_KSEG0, 1);
}

static uint32_t word(struct fixture *f, uint32_t vaddr)
{
	uint32_t val;

	memcpy(&val, at(f, vaddr), sizeof(val));
	return le32toh(val);
}

static const char *getenv_of(struct fixture *f, uint32_t envp, const char *name)
{
	for (; word(f, envp); envp += 8)
		if (!strcmp(at(f, word(f, envp)), name))
			return at(f, word(f, envp + 4));
	return NULL;
}

static void arguments(void **state)
{
	struct fixture *f = *state;
	struct boot_malta_args args;

	assert_int_equal(load_vmlinux(f, 64 * MIB, 5000), 0);
	args = write_args(f, (struct malta_boot){ .append = "console=ttyS0", .seed = true });
	assert_int_equal(args.a[0], 2);
	assert_string_equal(at(f, word(f, args.a[1])), "/boot/vmlinux");
	assert_string_equal(at(f, word(f, args.a[1] + 4)),
			    "rd_start=0x43fd0000 rd_size=5000 console=ttyS0");
	assert_string_equal(at(f, word(f, args.a[2])), "memsize");
	assert_string_equal(getenv_of(f, args.a[2], "memsize"), "67108864");
	assert_string_equal(getenv_of(f, args.a[2], "ememsize"), "67108864");
	assert_string_equal(getenv_of(f, args.a[2], "modetty0"), "38400n8r");
	assert_int_equal(strlen(getenv_of(f, args.a[2], "rngseed")), 64);
	assert_null(getenv_of(f, args.a[2], "ethaddr"));
	assert_int_equal(args.a[3], 64 * MIB);
	/* Nothing of it is where exception vectors or the kernel are. */
	assert_in_range(args.a[1], MALTA_KSEG0 + 0x1000, MALTA_KSEG0 + 0xf0000);
	assert_string_equal(guestmem_at(&f->mem, 0x100000, 16), "kernel text");
}

static void no_seed(void **state)
{
	struct fixture *f = *state;
	struct boot_malta_args args;

	assert_int_equal(load_vmlinux(f, 8 * MIB, 0), 0);
	args = write_args(f, (struct malta_boot){ .seed = false });
	assert_null(getenv_of(f, args.a[2], "rngseed"));
	assert_string_equal(at(f, word(f, args.a[1] + 4)), "");
}

static void devices_on_the_command_line(void **state)
{
	const struct boot none = { 0 };
	const struct malta_boot cfg = { .append = "quiet -- single", .boot = &none, .slots = 5 };
	struct fixture *f = *state;
	char *line = malta_boot_cmdline(&cfg, &f->e);

	assert_string_equal(line, "virtio_mmio.device=0x200@0x1d000000:10 "
				  "virtio_mmio.device=0x200@0x1d000200:11 "
				  "virtio_mmio.device=0x200@0x1d000400:5 "
				  "virtio_mmio.device=0x200@0x1d000600:9 "
				  "virtio_mmio.device=0x200@0x1d000800:10 "
				  "quiet -- single");
	free(line);
}

static void long_command_line(void **state)
{
	const struct boot none = { 0 };
	char words[MALTA_CMDLINE_MAX + 1];
	struct malta_boot cfg = { .append = words, .boot = &none };
	struct fixture *f = *state;
	struct boot_malta_args args;

	memset(words, 'x', sizeof(words));
	words[MALTA_CMDLINE_MAX - 1] = 0;
	assert_int_equal(load_vmlinux(f, 8 * MIB, 0), 0);
	args = write_args(f, cfg);
	assert_string_equal(at(f, word(f, args.a[1] + 4)), words);
	assert_string_equal(getenv_of(f, args.a[2], "memsize"), "8388608");
	cfg.slots = 1;
	assert_null(malta_boot_cmdline(&cfg, &f->e));
	refused(f, -1, "--append: the command line has 4134 bytes with what the machine adds");
	assert_int_equal(malta_boot_write(&cfg, &f->mem, args.a, &f->e), -1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(kernel),
		TEST(kernel_larger_than_memory),
		TEST(refused_elfs),
		TEST(refused_addresses),
		TEST(refused_files),
		TEST(initrd),
		TEST(arguments),
		TEST(no_seed),
		TEST(devices_on_the_command_line),
		TEST(long_command_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
