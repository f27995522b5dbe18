// SPDX-License-Identifier: GPL-2.0
/*
 * Flash memory: Intel's commands as firmware gives them, what is kept of them, when
 * a bank is mapped, and what nonsense leaves behind.
 */
#include "tmpfile.h"

#include <errno.h>
#include <sys/file.h>

#include "dev/cfi.h"
#include "dev/device.h"
#include "dev/pflash.h"
#include "dev/state.h"
#include "err.h"
#include "host/flash.h"

#define BANK FLASH_BANK_SIZE

struct fixture {
	struct flash *bank[PFLASH_BANKS];
	struct device *dev;
	struct pflash_map map;
	bool mapped[PFLASH_BANKS];
	int changes, fail;
	char variables[64];
};

static int set_map(void *opaque, unsigned int bank, bool mapped)
{
	struct fixture *f = opaque;

	f->changes++;
	if (f->fail)
		return f->fail;
	assert_true(mapped != f->mapped[bank]);
	f->mapped[bank] = mapped;
	return 0;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct err e;

	if (tmp_setup(state))
		return -1;
	snprintf(f->variables, sizeof(f->variables), "%s", tmp_file("vars", "", 0, BANK));
	f->bank[0] = flash_open_firmware(tmp_file("bios", "code", 4, 5000), &e);
	f->bank[1] = flash_open_variables(f->variables, &e);
	f->map = (struct pflash_map){ set_map, f };
	f->dev = pflash_create(0, f->bank, &f->map);
	*state = f;
	return f->dev ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	f->dev->ops->destroy(f->dev);
	flash_close(f->bank[0]);
	flash_close(f->bank[1]);
	free(f);
	return tmp_clean(state);
}

static uint64_t rd(struct fixture *f, uint64_t off, unsigned int len)
{
	return f->dev->ops->mmio_read(f->dev, off, len);
}

static void wr(struct fixture *f, uint64_t off, uint64_t val, unsigned int len)
{
	f->dev->ops->mmio_write(f->dev, off, val, len);
}

/* To both chips of the second bank, as UEFI writes. */
static void cmd(struct fixture *f, uint32_t off, uint32_t val)
{
	wr(f, BANK + off, val << 16 | val, 4);
}

/* The second bank's data, from the file or, where nothing was written, as it was. */
static void on_file(struct fixture *f, uint32_t off, const void *data, size_t len)
{
	uint8_t *buf = malloc(len);
	int fd = open(f->variables, O_RDONLY);

	assert_int_equal(pread(fd, buf, len, off), len);
	assert_memory_equal(buf, data, len);
	assert_memory_equal(flash_data(f->bank[1]) + off, data, len);
	close(fd);
	free(buf);
}

static void erase(struct fixture *f, uint32_t off)
{
	cmd(f, off, 0x20);
	cmd(f, off, 0xd0);
	assert_int_equal(rd(f, BANK + off, 4), 0x800080);
	cmd(f, off, 0xff);
}

static void mapped_while_it_is_memory(void **state)
{
	struct fixture *f = *state;

	assert_true(f->mapped[0] && f->mapped[1]);
	assert_memory_equal(flash_data(f->bank[0]), "code\0\0", 6);
	cmd(f, 0, 0x70);
	assert_true(f->mapped[0] && !f->mapped[1]);
	assert_int_equal(rd(f, BANK, 4), 0x800080);
	cmd(f, 0, 0x50); /* clears the status and changes nothing else */
	assert_false(f->mapped[1]);
	cmd(f, 0x1000, 0xff);
	assert_true(f->mapped[1]);
	wr(f, 0x400, 0x90, 1);
	assert_false(f->mapped[0]);
	f->dev->ops->reset(f->dev);
	assert_true(f->mapped[0] && f->mapped[1]);
	assert_int_equal(f->changes, 2 + 2 + 2);
}

/* Where the map can't be changed, the guest's next access tries again. */
static void map_fails(void **state)
{
	struct fixture *f = *state;

	assert_non_null(freopen("/dev/null", "w", stderr));
	f->fail = -ENOMEM;
	cmd(f, 0, 0x70);
	assert_true(f->mapped[1]);
	f->fail = 0;
	assert_int_equal(rd(f, BANK, 2), 0x80);
	assert_false(f->mapped[1]);
}

/* As U-Boot probes: narrow accesses, at addresses for another width first. */
static void query(void **state)
{
	struct fixture *f = *state;

	wr(f, 0x55, 0x98, 1);
	assert_int_equal(rd(f, 0x10, 1), 0);
	wr(f, 0, 0xf0, 1);
	wr(f, 0, 0xff, 1);
	wr(f, 0x154, 0x98, 2);
	assert_int_equal(rd(f, 0x40, 2), 'Q');
	assert_int_equal(rd(f, 0x44, 1), 'R');
	assert_int_equal(rd(f, 0x48, 4), 0x590059);
	assert_int_equal(rd(f, 0x4c, 8), 0x0000000000010001ull);
	assert_int_equal(rd(f, 0x27 * 4, 1), 25); /* 2^25 bytes a chip */
	assert_int_equal(rd(f, 0x2a * 4, 1), 11);
	assert_int_equal(rd(f, 0x2d * 4, 1), 255);
	assert_int_equal(rd(f, 0x30 * 4, 1), 2);
	assert_int_equal(rd(f, 0x31 * 4, 1), 'P');
	assert_int_equal(rd(f, 0x41, 1), 0); /* the upper half of a chip's bus */
	assert_int_equal(rd(f, 0, 4), 0);
	assert_int_equal(rd(f, BANK - 4, 4), 0);
	wr(f, 0, 0xff, 2);
	assert_int_equal(rd(f, 0, 4), 0x65646f63);
}

static void identity(void **state)
{
	struct fixture *f = *state;

	cmd(f, 3 * CFI_BLOCK + 8, 0x90);
	assert_int_equal(rd(f, BANK, 4), 0x890089);
	assert_int_equal(rd(f, BANK + 3 * CFI_BLOCK + 4, 4), 0x180018);
	assert_int_equal(rd(f, BANK + 3 * CFI_BLOCK + 8, 4), 0); /* not locked */
}

/* Programming clears bits, erasing sets them, a block at a time. */
static void bits(void **state)
{
	struct fixture *f = *state;
	const uint32_t at = 2 * CFI_BLOCK + 0x120;

	erase(f, at);
	on_file(f, at, "\xff\xff\xff\xff\xff", 5);
	on_file(f, 3 * CFI_BLOCK - 1, "\xff", 2);
	on_file(f, 2 * CFI_BLOCK - 1, "\0\xff", 2);
	cmd(f, at, 0x40);
	wr(f, BANK + at, 0x12345678, 4);
	assert_int_equal(rd(f, BANK + at, 4), 0x800080);
	cmd(f, at, 0x10);
	wr(f, BANK + at + 1, 0x0f, 1);
	cmd(f, at, 0xff);
	assert_int_equal(rd(f, BANK + at, 8), 0xffffffff12340678ull);
	on_file(f, at, "\x78\x06\x34\x12\xff", 5);
}

static void fill(struct fixture *f, uint32_t off, unsigned int n, unsigned int width)
{
	unsigned int i;

	cmd(f, off, 0xe8);
	assert_int_equal(rd(f, BANK, 4), 0x800080);
	wr(f, BANK + off, (n - 1) << 16 | (n - 1), 4);
	for (i = 0; i < n; i++)
		wr(f, BANK + off + i * width, 0x01010101u * (i + 1), width);
}

static void buffered(void **state)
{
	struct fixture *f = *state;

	erase(f, CFI_BLOCK);
	fill(f, CFI_BLOCK + 0x80, 3, 4);
	on_file(f, CFI_BLOCK + 0x80, "\xff\xff\xff\xff", 4);
	cmd(f, CFI_BLOCK, 0xd0);
	assert_int_equal(rd(f, BANK, 4), 0x800080);
	on_file(f, CFI_BLOCK + 0x7f, "\xff\1\1\1\1\2\2\2\2\3\3\3\3\xff", 14);
	fill(f, CFI_BLOCK + 0x1001, 2, 1);
	cmd(f, CFI_BLOCK, 0xd0);
	on_file(f, CFI_BLOCK + 0x1000, "\xff\1\2\xff", 4);
	fill(f, CFI_BLOCK + CFI_BUFFER, CFI_BUFFER / 2, 2); /* as much as there can be */
	cmd(f, CFI_BLOCK, 0xd0);
	assert_int_equal(rd(f, BANK, 4), 0x800080);
	on_file(f, CFI_BLOCK + 2 * CFI_BUFFER - 2, "\0\x08\xff", 3);
}

static void refuses(struct fixture *f, uint32_t status)
{
	assert_int_equal(rd(f, BANK + 0x400, 4), status << 16 | status);
	cmd(f, 0, 0x50);
	assert_int_equal(rd(f, BANK, 4), 0x800080);
	cmd(f, 0, 0xff);
	on_file(f, 0, "\0\0\0\0", 4);
}

static void wrong_sequences(void **state)
{
	struct fixture *f = *state;

	cmd(f, 0, 0x20); /* not confirmed */
	cmd(f, 0, 0xff);
	refuses(f, 0xb0);
	cmd(f, 0, 0x60);
	cmd(f, 0, 0x60);
	refuses(f, 0xb0);
	cmd(f, 0, 0xe8); /* more than the buffer holds */
	cmd(f, 0, CFI_BUFFER);
	refuses(f, 0xb0);
	erase(f, CFI_BUFFER);
	memset(flash_data(f->bank[1]), 0, 4);
	assert_int_equal(flash_save(f->bank[1], 0, 4), 0);
	fill(f, CFI_BUFFER - 4, 2, 4); /* beyond its end */
	cmd(f, 0, 0xd0);
	refuses(f, 0xb0);
	fill(f, 0x2000, 2, 4);
	cmd(f, 0, 0xff); /* not confirmed */
	refuses(f, 0xb0);
	on_file(f, 0x2000, "\xff\xff\xff\xff", 4);
	cmd(f, 0, 0x60); /* no lock, so none to take off either */
	cmd(f, 0, 0xd0);
	refuses(f, 0x80);
	cmd(f, 0, 0x42); /* no such command */
	assert_true(f->mapped[1]);
}

static void readonly(void **state)
{
	struct fixture *f = *state;

	wr(f, 0, 0x40, 1);
	wr(f, 0, 0, 4);
	assert_int_equal(rd(f, 0, 1), 0x92);
	wr(f, 0, 0x50, 1);
	wr(f, 0, 0x20, 1);
	wr(f, 0, 0xd0, 1);
	assert_int_equal(rd(f, 0, 1), 0xa2);
	wr(f, 0, 0x50, 1);
	wr(f, 0, 0xe8, 1);
	wr(f, 0, 0, 1);
	wr(f, 0, 0, 1);
	wr(f, 0, 0xd0, 1);
	assert_int_equal(rd(f, 0, 1), 0x92);
	wr(f, 0, 0xff, 1);
	assert_memory_equal(flash_data(f->bank[0]), "code", 4);
}

static int no_save(void *opaque, uint32_t off, uint32_t len)
{
	(void)opaque;
	(void)off;
	(void)len;
	return -ENOSPC;
}

/* The host's disk is full: the guest is told. */
static void not_kept(void **state)
{
	struct cfi *cfi = calloc(1, sizeof(*cfi));

	(void)state;
	cfi->size = CFI_BLOCK;
	cfi->data = malloc(CFI_BLOCK);
	cfi->save = no_save;
	cfi_reset(cfi);
	cfi_write(cfi, 0, 0x20, 1);
	cfi_write(cfi, 0, 0xd0, 1);
	assert_int_equal(cfi_read(cfi, 0, 1), CFI_READY | CFI_ERASE_ERROR);
	cfi_write(cfi, 0, 0x50, 1);
	cfi_write(cfi, 0, 0x40, 1);
	cfi_write(cfi, 0, 0, 1);
	assert_int_equal(cfi_read(cfi, 0, 1), CFI_READY | CFI_PROGRAM_ERROR);
	free(cfi->data);
	free(cfi);
}

/* In the middle of a buffer, with an error standing. */
static void save_restore_save(void **state)
{
	struct fixture *f = *state;
	size_t size = device_state_size(f->dev);
	uint8_t *one = malloc(size), *two = malloc(size);

	cmd(f, 0, 0x60);
	cmd(f, 0, 0x60);
	fill(f, 0x10, 2, 4);
	cmd(f, 0x18, 0xe8); /* taken for the confirmation: another error */
	cmd(f, 0x18, 0xe8);
	cmd(f, 0x18, 0x10001);
	wr(f, BANK + 0x18, 0x77777777, 4);
	device_state_save(f->dev, one);
	f->dev->ops->reset(f->dev);
	assert_int_equal(device_state_restore(f->dev, one, size), 0);
	device_state_save(f->dev, two);
	assert_memory_equal(one, two, size);
	assert_false(f->mapped[1]);
	assert_int_equal(rd(f, BANK, 2), 0xb0);
	free(one);
	free(two);
}

static void hostile_state(void **state)
{
	static const struct cfi rows[] = {
		{ .mode = CFI_BUFFER_STATUS + 1 },
		{ .step = CFI_CONFIRM + 1 },
		{ .overrun = 2 },
		{ .window = CFI_BLOCK },
		{ .window = CFI_BUFFER / 2 },
		{ .left = CFI_BUFFER + 1 },
		{ .step = CFI_FILL },
		{ .low = 1 },
		{ .high = CFI_BUFFER + 1 },
	};
	struct cfi good = { .size = CFI_BLOCK, .step = CFI_FILL, .left = CFI_BUFFER }, bad;
	unsigned int i;

	(void)state;
	assert_int_equal(cfi_check(&good), 0);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		bad = rows[i];
		bad.size = CFI_BLOCK;
		if (!cfi_check(&bad))
			fail_msg("row %u was taken", i);
	}
}

/* Whatever state is loaded and whatever is written then: nothing but the bank changes. */
static void nonsense(void **state)
{
	static uint8_t codes[] = { 0xff, 0x70, 0x90, 0x98, 0x10, 0x40, 0x20,
				   0xd0, 0x60, 0xe8, 0x50, 0,	 3 };
	struct cfi *cfi = calloc(1, sizeof(*cfi));
	unsigned int i, taken = 0;

	(void)state;
	srandom(1);
	cfi->size = 2 * CFI_BLOCK;
	cfi->data = calloc(1, cfi->size);
	cfi_reset(cfi);
	for (i = 0; i < 300000; i++) {
		uint32_t off = random() % 3 ? random() % cfi->size : cfi->size - random() % 9 - 1;
		uint64_t val = random() % 2 ? codes[random() % sizeof(codes)] : random();

		if (random() % 50 == 0) {
			struct cfi saved = *cfi;

			cfi->mode = random() % 7;
			cfi->step = random() % 9;
			cfi->overrun = random() % 3;
			cfi->left = random() % (2 * CFI_BUFFER);
			cfi->window = random() % (5 * CFI_BLOCK / 2) & ~(CFI_BUFFER - 1);
			cfi->low = CFI_BUFFER - 20 + random() % 40;
			cfi->high = CFI_BUFFER - 20 + random() % 40;
			if (cfi_check(cfi))
				*cfi = saved;
			else if (taken++ % 2)
				cfi_write(cfi, off, 0xd0, 1);
		}
		if (random() % 4)
			cfi_write(cfi, off, val, 1u << random() % 4);
		else
			cfi_read(cfi, off, 1u << random() % 4);
		assert_true(cfi->mode <= CFI_BUFFER_STATUS && cfi->step <= CFI_CONFIRM);
	}
	assert_true(taken > 100);
	free(cfi->data);
	free(cfi);
}

/* ---- files ------------------------------------------------------------------------- */

static void refused(struct flash *flash, const struct err *e, const char *says)
{
	assert_null(flash);
	assert_int_equal(e->code, EXIT_USAGE);
	if (!strstr(e->msg, says) || strchr(e->msg, '\n'))
		fail_msg("'%s' should say '%s'", e->msg, says);
}

static void bad_firmware(void **state)
{
	struct err e;

	(void)state;
	refused(flash_open_firmware("/nonexistent", &e), &e, "cannot open firmware /nonexistent");
	refused(flash_open_firmware(tmp_dir, &e), &e, "is a directory");
	refused(flash_open_firmware("/dev/null", &e), &e, "is a device or pipe");
	refused(flash_open_firmware(tmp_file("none", "", 0, 0), &e), &e, "is empty");
	refused(flash_open_firmware(tmp_file("large", "", 0, BANK + 1), &e), &e,
		"too large: 67108865 bytes, a flash bank has 67108864");
}

static void bad_variables(void **state)
{
	struct fixture *f = *state;
	char spec[80];
	struct err e;

	refused(flash_open_variables("/nonexistent", &e), &e, "cannot open flash /nonexistent");
	refused(flash_open_variables(tmp_dir, &e), &e, "is a directory");
	refused(flash_open_variables("/dev/null,ro", &e), &e, "is a device or pipe");
	refused(flash_open_variables(tmp_file("s", "", 0, BANK - 1), &e), &e,
		"has 67108863 bytes, a bank has 67108864");
	refused(flash_open_variables(tmp_file("l", "", 0, BANK + 1), &e), &e, "too large");
	refused(flash_open_variables("x,rw", &e), &e, "unknown option 'rw'");
	refused(flash_open_variables(f->variables, &e), &e, "in use");
	snprintf(spec, sizeof(spec), "%s,ro", f->variables);
	refused(flash_open_variables(spec, &e), &e, "in use");
}

/* Written where data is, with holes and zeroes between. */
static void contents(void **state)
{
	const char *path = tmp_file("sparse", "head", 4, BANK);
	char spec[80];
	struct flash *flash;
	struct err e;
	int fd = open(path, O_RDWR);

	(void)state;
	assert_int_equal(pwrite(fd, "middle", 6, 0x1234567), 6);
	assert_int_equal(pwrite(fd, "end", 3, BANK - 3), 3);
	close(fd);
	snprintf(spec, sizeof(spec), "%s,ro", path);
	flash = flash_open_variables(spec, &e);
	assert_non_null(flash);
	assert_true(flash_readonly(flash));
	assert_memory_equal(flash_data(flash), "head\0", 5);
	assert_memory_equal(flash_data(flash) + 0x1234566, "\0middle", 8);
	assert_memory_equal(flash_data(flash) + BANK - 4, "\0end", 4);
	flash_close(flash);
	flash = flash_open_blank(&e);
	assert_non_null(flash);
	assert_false(flash_readonly(flash));
	assert_int_equal(flash_save(flash, 0, 100), 0);
	flash_close(flash);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(mapped_while_it_is_memory),
		TEST(map_fails),
		TEST(query),
		TEST(identity),
		TEST(bits),
		TEST(buffered),
		TEST(wrong_sequences),
		TEST(readonly),
		cmocka_unit_test(not_kept),
		TEST(save_restore_save),
		cmocka_unit_test(hostile_state),
		cmocka_unit_test(nonsense),
		TEST(bad_firmware),
		TEST(bad_variables),
		TEST(contents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
