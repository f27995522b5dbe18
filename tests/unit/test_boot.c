// SPDX-License-Identifier: GPL-2.0
/* Boot files: where kernel, initrd and device tree go, and when they don't fit. */
#include "tmpfile.h"

#include "err.h"
#include "guestmem.h"
#include "machine/boot.h"

#define RAM UINT64_C(0x40000000)
#define MIB UINT64_C(0x100000)

/* Raw code: ARM's "always" condition, recognizable. */
static const uint8_t code[8] = { 1, 2, 3, 0xea, 5, 6, 7, 8 };

struct fixture {
	struct guestmem mem;
	struct boot_files files;
	struct boot boot;
	struct err e;
};

static int setup(void **state)
{
	*state = calloc(1, sizeof(struct fixture));
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

/* Sizes in bytes; @initrd 0: none.  What boot_load() returns. */
static int load(struct fixture *f, uint64_t ram, size_t kernel, size_t initrd)
{
	const char *k = tmp_file("kernel", code, sizeof(code), kernel);
	const char *i = initrd ? tmp_file("initrd", "RD", 2, initrd) : NULL;

	assert_int_equal(guestmem_add(&f->mem, RAM, ram), 0);
	assert_int_equal(boot_files_open(&f->files, k, i, NULL, &f->e), 0);
	return boot_load(&f->boot, &boot_virt, &f->files, &f->mem, &f->e);
}

static void small(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(load(f, 64 * MIB, 4096, 5000), 0);
	assert_int_equal(f->boot.entry, RAM + 0x10000);
	assert_memory_equal(guestmem_at(&f->mem, RAM + 0x10000, 8), code, 8);
	/* At the top: device tree, then initrd in whole pages. */
	assert_int_equal(f->boot.dtb, RAM + 64 * MIB - BOOT_DTB_MAX);
	assert_int_equal(f->boot.initrd, f->boot.dtb - 8192);
	assert_int_equal(f->boot.initrd_size, 5000);
	assert_memory_equal(guestmem_at(&f->mem, f->boot.initrd, 2), "RD", 2);
}

/* Linux maps only lowmem early: not at the top of large memory. */
static void large(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(load(f, 1024 * MIB, 4096, 5000), 0);
	assert_int_equal(f->boot.dtb, RAM + 256 * MIB - BOOT_DTB_MAX);
}

/* One segment of 16 bytes at @gpa, @memsz in memory. */
static const char *elf_file(uint32_t gpa, uint32_t memsz)
{
	const uint32_t ph[] = { 1, 0x100, gpa, gpa, 16, memsz, 7, 4 };
	uint8_t elf[0x200] = "\177ELF\1\1\1";

	memcpy(elf + 16, (uint16_t[]){ 2, 40, 1, 0 }, 8);
	memcpy(elf + 24, (uint32_t[]){ gpa, 52 }, 8);
	memcpy(elf + 42, (uint16_t[]){ 32, 1 }, 4);
	memcpy(elf + 52, ph, sizeof(ph));
	return tmp_file("elf", elf, 0x200, 0x200);
}

static void large_kernel(void **state)
{
	struct fixture *f = *state;
	const char *k = elf_file(RAM + 0x10000, 300 * MIB);

	assert_int_equal(guestmem_add(&f->mem, RAM, 1024 * MIB), 0);
	assert_int_equal(boot_files_open(&f->files, k, NULL, NULL, &f->e), 0);
	assert_int_equal(boot_load(&f->boot, &boot_virt, &f->files, &f->mem, &f->e), 0);
	assert_int_equal(f->boot.dtb, RAM + 640 * MIB - BOOT_DTB_MAX);
}

static void just_fits(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(load(f, 8 * MIB, 4096, 7 * MIB - 0x11000), 0);
	assert_int_equal(f->boot.initrd, RAM + 0x11000);
}

static void refused(struct fixture *f, int r, const char *says)
{
	assert_int_equal(r, -1);
	assert_int_equal(f->e.code, EXIT_USAGE);
	if (!strstr(f->e.msg, says))
		fail_msg("'%s' should say '%s'", f->e.msg, says);
}

static void just_too_little(void **state)
{
	struct fixture *f = *state;

	refused(f, load(f, 8 * MIB, 4096, 7 * MIB - 0x10fff),
		"too little memory: 8 MiB, kernel and initrd need 9");
}

static void kernel_too_large(void **state)
{
	struct fixture *f = *state;

	refused(f, load(f, 2 * MIB, 3 * MIB, 0), "too large");
}

static void initrd_too_large(void **state)
{
	struct fixture *f = *state;

	refused(f, load(f, 1024 * MIB, 4096, 700 * MIB), "too large: ");
}

static void empty_initrd(void **state)
{
	struct fixture *f = *state;
	const char *k = tmp_file("kernel", code, sizeof(code), 100);
	const char *i = tmp_file("initrd", "", 0, 0);

	assert_int_equal(guestmem_add(&f->mem, RAM, 8 * MIB), 0);
	assert_int_equal(boot_files_open(&f->files, k, i, NULL, &f->e), 0);
	refused(f, boot_load(&f->boot, &boot_virt, &f->files, &f->mem, &f->e), "is empty");
}

static void elf_outside_memory(void **state)
{
	struct fixture *f = *state;
	const char *k = elf_file(0x10000000, 16);

	assert_int_equal(guestmem_add(&f->mem, RAM, 8 * MIB), 0);
	assert_int_equal(boot_files_open(&f->files, k, NULL, NULL, &f->e), 0);
	refused(f, boot_load(&f->boot, &boot_virt, &f->files, &f->mem, &f->e),
		"at 0x10000000, where there is no memory");
}

static void loaded_again(void **state)
{
	struct fixture *f = *state;
	uint8_t *at;

	assert_int_equal(load(f, 8 * MIB, 4096, 4096), 0);
	/* The file is replaced, as by an upgrade; the VM keeps what it opened. */
	unlink(f->files.kernel_path);
	at = guestmem_at(&f->mem, RAM + 0x10000, 8);
	memset(at, 0, 8);
	assert_int_equal(boot_load(&f->boot, &boot_virt, &f->files, &f->mem, &f->e), 0);
	assert_memory_equal(at, code, 8);
	tmp_file("kernel", "", 0, 0);
}

static void bad_files(void **state)
{
	struct fixture *f = *state;
	const char *good = tmp_file("kernel", code, sizeof(code), 100);
	const struct {
		const char *kernel, *initrd, *dtb, *says;
	} rows[] = {
		{ "/nonexistent", NULL, NULL, "kernel /nonexistent: No such file" },
		{ tmp_dir, NULL, NULL, "is a directory, not a file" },
		{ "/dev/null", NULL, NULL, "is a device or pipe" },
		{ good, "/nonexistent", NULL, "initrd /nonexistent: No such file" },
		{ good, NULL, "/nonexistent", "device tree /nonexistent: No such file" },
		{ good, tmp_dir, NULL, "initrd" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		refused(f,
			boot_files_open(&f->files, rows[i].kernel, rows[i].initrd, rows[i].dtb,
					&f->e),
			rows[i].says);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(small),
		TEST(large),
		TEST(large_kernel),
		TEST(just_fits),
		TEST(just_too_little),
		TEST(kernel_too_large),
		TEST(initrd_too_large),
		TEST(empty_initrd),
		TEST(elf_outside_memory),
		TEST(loaded_again),
		TEST(bad_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
