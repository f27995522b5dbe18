// SPDX-License-Identifier: GPL-2.0
/*
 * fw_cfg: items through the window and by DMA, and guests that ask for memory that
 * there isn't.
 */
#include "tmpfile.h"

#include <endian.h>
#include <errno.h>

#include "dev/device.h"
#include "dev/fw_cfg.h"
#include "dev/state.h"
#include "guestmem.h"

#define RAM UINT64_C(0x40000000)
#define RAM_SIZE UINT64_C(0x200000)
#define REQUEST (RAM + 0x1000)
#define DATA (RAM + 0x2000)

enum { READ = 2, SKIP = 4, SELECT = 8, WRITE = 16 };

struct fixture {
	struct guestmem mem;
	struct device *dev;
	int fd;
};

static const char text[] = "console=ttyAMA0";

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (tmp_setup(state) || guestmem_add(&f->mem, RAM, RAM_SIZE))
		return -1;
	f->dev = fw_cfg_create(0x09020000, &f->mem);
	f->fd = open(tmp_file("kernel", "0123456789", 10, 10), O_RDWR);
	*state = f;
	return fw_cfg_add_u16(f->dev, FW_CFG_CPUS, 0x102) ||
	       fw_cfg_add_bytes(f->dev, FW_CFG_CMDLINE_DATA, text, sizeof(text)) ||
	       fw_cfg_add_file(f->dev, FW_CFG_KERNEL_DATA, f->fd, 10);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	f->dev->ops->destroy(f->dev);
	close(f->fd);
	guestmem_destroy(&f->mem);
	free(f);
	return tmp_clean(state);
}

static uint64_t rd(struct fixture *f, uint64_t off, unsigned int len)
{
	return f->dev->ops->mmio_read(f->dev, off, len);
}

/* The registers are big-endian, an access has its bytes little-endian on every host. */
static void wr(struct fixture *f, uint64_t off, uint64_t val, unsigned int len)
{
	f->dev->ops->mmio_write(f->dev, off, val, len);
}

static void choose(struct fixture *f, uint16_t key)
{
	wr(f, 8, __builtin_bswap16(key), 2);
}

static uint8_t *ram(struct fixture *f, uint64_t gpa)
{
	return guestmem_at(&f->mem, gpa, 1);
}

static void put_request(struct fixture *f, uint64_t at, uint32_t control, uint32_t len,
			uint64_t address)
{
	const uint32_t request[] = { htobe32(control), htobe32(len), htobe32(address >> 32),
				     htobe32(address) };

	memcpy(ram(f, at), request, sizeof(request));
}

/* The answer to a request: 0, or 1 for an error. */
static uint32_t dma(struct fixture *f, uint32_t control, uint32_t len, uint64_t address)
{
	uint32_t answer;

	put_request(f, REQUEST, control, len, address);
	wr(f, 16, 0, 4);
	wr(f, 20, __builtin_bswap32(REQUEST), 4);
	memcpy(&answer, ram(f, REQUEST), 4);
	return be32toh(answer);
}

static void signature(void **state)
{
	struct fixture *f = *state;

	choose(f, FW_CFG_SIGNATURE);
	assert_int_equal(rd(f, 0, 4), 0x554d4551); /* "QEMU" in memory */
	assert_int_equal(rd(f, 0, 1), 0);
	assert_int_equal(rd(f, 16, 4), 0x554d4551);
	assert_int_equal(rd(f, 20, 4), 0x47464320); /* " CFG" */
	assert_int_equal(rd(f, 16, 8), 0x47464320554d4551);
	choose(f, FW_CFG_ID);
	assert_int_equal(rd(f, 0, 4), 3);
	assert_int_equal(f->dev->unknown, 0);
}

static void window(void **state)
{
	struct fixture *f = *state;

	choose(f, FW_CFG_CPUS);
	assert_int_equal(rd(f, 0, 2), 0x102);
	choose(f, FW_CFG_KERNEL_DATA);
	assert_int_equal(rd(f, 0, 1), '0');
	assert_int_equal(rd(f, 0, 2), 0x3231);
	assert_int_equal(rd(f, 0, 8), 0x0039383736353433); /* one byte beyond the end */
	assert_int_equal(rd(f, 0, 8), 0);
	choose(f, 0x7777); /* no such item */
	assert_int_equal(rd(f, 0, 8), 0);
	choose(f, FW_CFG_FILE_DIR);
	assert_int_equal(rd(f, 0, 4), 0);
	assert_int_equal(f->dev->unknown, 0);
}

/* A file that becomes shorter while the guest runs. */
static void shortened(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ftruncate(f->fd, 3), 0);
	memset(ram(f, DATA), 'x', 16);
	assert_int_equal(dma(f, FW_CFG_KERNEL_DATA << 16 | SELECT | READ, 10, DATA), 0);
	assert_memory_equal(ram(f, DATA), "012\0\0\0\0\0\0\0xxxxxx", 16);
}

static void by_dma(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(dma(f, FW_CFG_CMDLINE_DATA << 16 | SELECT, 99, DATA), 0);
	assert_int_equal(dma(f, SKIP, 8, 0), 0);
	assert_int_equal(dma(f, READ, 7, DATA), 0);
	assert_string_equal((char *)ram(f, DATA), "ttyAMA0");
	memset(ram(f, DATA), 'x', 16);
	assert_int_equal(dma(f, READ, 12, DATA), 0); /* the final 0, and more that there isn't */
	assert_memory_equal(ram(f, DATA), "\0\0\0\0\0\0\0\0\0\0\0\0xxxx", 16);
	assert_int_equal(dma(f, 0, 0, 0), 0); /* asks for nothing */
	assert_int_equal(dma(f, READ, 0, 0), 0);
}

/* In one write of 64 bits, at any alignment. */
static void wide(void **state)
{
	struct fixture *f = *state;

	put_request(f, RAM + 0x333, FW_CFG_KERNEL_DATA << 16 | SELECT | READ, 10, DATA + 1);
	wr(f, 16, __builtin_bswap64(RAM + 0x333), 8);
	assert_memory_equal(ram(f, RAM + 0x333), "\0\0\0\0", 4);
	assert_memory_equal(ram(f, DATA),
			    "\0"
			    "0123456789",
			    11);
}

static void hostile_data(void **state)
{
	static const struct {
		uint64_t address;
		uint32_t length;
	} rows[] = {
		{ 0, 1 },
		{ RAM - 1, 2 },
		{ RAM + RAM_SIZE - 1, 2 },
		{ RAM + RAM_SIZE, 1 },
		{ RAM, 0xffffffff },
		{ 0xffffffff, 0xffffffff },
		{ UINT64_MAX, 1 },
		{ UINT64_MAX - 0xff, 0x200 },
		{ UINT64_MAX - RAM + 1, 0xffffffff },
		{ RAM | 1ull << 32, 4 },
		{ RAM | 1ull << 63, 4 },
	};
	struct fixture *f = *state;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (dma(f, SELECT | READ, rows[i].length, rows[i].address) != 1)
			fail_msg("row %u was not refused", i);
	assert_int_equal(dma(f, SELECT | WRITE, 4, DATA), 1);
	assert_int_equal(dma(f, SELECT | READ, RAM_SIZE, RAM), 0); /* all there is, itself too */
	assert_memory_equal(ram(f, RAM), "QEMU\0", 5);
}

/* A request that is no memory, or not all of it. */
static void hostile_request(void **state)
{
	static const uint64_t rows[] = {
		0,	    RAM - 1,	     RAM + RAM_SIZE - 15, RAM + RAM_SIZE,
		UINT64_MAX, UINT64_MAX - 15, RAM | 1ull << 32
	};
	struct fixture *f = *state;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		wr(f, 16, __builtin_bswap64(rows[i]), 8);
		assert_int_equal(f->dev->unknown, i + 1);
	}
	put_request(f, RAM + RAM_SIZE - 16, SELECT | READ, 4, DATA);
	wr(f, 20, __builtin_bswap32(RAM + RAM_SIZE - 16), 4);
	assert_memory_equal(ram(f, DATA), "QEMU", 4);
	/* Its own request as the data's place. */
	assert_int_equal(dma(f, SELECT | READ, 16, REQUEST), 0);
	assert_memory_equal(ram(f, REQUEST + 4), "\0\0\0\0", 4);
}

static void odd_accesses(void **state)
{
	struct fixture *f = *state;

	choose(f, FW_CFG_CPUS);
	wr(f, 0, 0x55, 1); /* nothing can be written */
	wr(f, 8, 0x1100, 4);
	wr(f, 9, 0, 1);
	wr(f, 16, 0, 1);
	wr(f, 20, 0, 2);
	rd(f, 8, 2);
	rd(f, 6, 4);
	rd(f, 12, 8);
	assert_int_equal(f->dev->unknown, 8);
	assert_int_equal(rd(f, 0, 2), 0x102);
}

static void full(void **state)
{
	struct fixture *f = *state;
	unsigned int i = 0;

	while (fw_cfg_add_u32(f->dev, 0x100 + i, i) == 0)
		i++;
	assert_in_range(i, 5, 100);
	assert_int_equal(fw_cfg_add_u32(f->dev, 0x99, 0), -ENOSPC);
}

static void save_restore_save(void **state)
{
	struct fixture *f = *state;
	size_t size = device_state_size(f->dev);
	uint8_t *one = malloc(size), *two = malloc(size);

	choose(f, FW_CFG_KERNEL_DATA);
	rd(f, 0, 4);
	wr(f, 16, 0x12345678, 4);
	device_state_save(f->dev, one);
	assert_int_equal(device_state_restore(f->dev, one, size), 0);
	device_state_save(f->dev, two);
	assert_memory_equal(one, two, size);
	assert_int_equal(rd(f, 0, 1), '4');
	memset(one, 0xff, size); /* hostile */
	assert_int_equal(device_state_restore(f->dev, one, size), 0);
	assert_int_equal(rd(f, 0, 8), 0);
	free(one);
	free(two);
}

/* Random requests and accesses: the sanitizers look on. */
static void nonsense(void **state)
{
	struct fixture *f = *state;
	unsigned int i, k;

	srandom(2);
	for (i = 0; i < 20000; i++) {
		uint64_t at = RAM + random() % RAM_SIZE - 8, to = RAM + random() % RAM_SIZE;

		for (k = 0; k < 8; k++)
			guestmem_write(&f->mem, at + k, &(uint8_t){ random() }, 1);
		if (random() % 2 && guestmem_at(&f->mem, at, 16))
			put_request(f, at, random() % 32 | random() % 32 << 16, random() % 5000,
				    to);
		wr(f, random() % 4 ? 16 : random() % 24, __builtin_bswap64(at),
		   random() % 4 ? 8 : 4);
		rd(f, random() % 16, 1u << random() % 4);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(signature),
		TEST(window),
		TEST(shortened),
		TEST(by_dma),
		TEST(wide),
		TEST(hostile_data),
		TEST(hostile_request),
		TEST(odd_accesses),
		TEST(full),
		TEST(save_restore_save),
		TEST(nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
