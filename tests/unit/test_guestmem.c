// SPDX-License-Identifier: GPL-2.0
/* Guest memory: what is inside is reached, whatever is not is refused. */
#include "unit.h"

#include <errno.h>

#include "guestmem.h"

#define RAM UINT64_C(0x40000000)
#define SIZE UINT64_C(0x200000)

static int setup(void **state)
{
	struct guestmem *mem = calloc(1, sizeof(*mem));

	assert_int_equal(guestmem_add(mem, RAM, SIZE), 0);
	*state = mem;
	return 0;
}

static int teardown(void **state)
{
	guestmem_destroy(*state);
	free(*state);
	return 0;
}

static void bounds(void **state)
{
	static const struct {
		uint64_t gpa, len;
		bool inside;
	} rows[] = {
		{ RAM, 1, true },
		{ RAM, SIZE, true },
		{ RAM, SIZE + 1, false },
		{ RAM, 0, true },
		{ RAM + SIZE - 1, 1, true },
		{ RAM + SIZE - 1, 2, false },
		{ RAM + SIZE, 0, false },
		{ RAM + SIZE, 1, false },
		{ RAM - 1, 1, false },
		{ RAM - 1, 2, false },
		{ 0, 1, false },
		{ RAM + 1, UINT64_MAX, false },
		{ UINT64_MAX, 1, false },
		{ UINT64_MAX, UINT64_MAX, false },
		{ RAM + 8, UINT64_MAX - RAM, false },
	};
	struct guestmem *mem = *state;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const uint8_t *p = guestmem_at(mem, rows[i].gpa, rows[i].len);

		if (!p != !rows[i].inside)
			fail_msg("row %zu", i);
		if (p)
			assert_ptr_equal(p, mem->region[0].hva + (rows[i].gpa - RAM));
	}
}

static void copies(void **state)
{
	struct guestmem *mem = *state;
	char got[8] = "unset";

	assert_int_equal(guestmem_write(mem, RAM + SIZE - 6, "ember", 6), 0);
	assert_int_equal(guestmem_read(mem, RAM + SIZE - 6, got, 6), 0);
	assert_string_equal(got, "ember");
	assert_int_equal(guestmem_write(mem, RAM + SIZE - 5, "longer", 6), -EFAULT);
	assert_int_equal(guestmem_read(mem, RAM + SIZE - 6, got, 6), 0);
	assert_string_equal(got, "ember");
	assert_int_equal(guestmem_read(mem, RAM + SIZE - 5, got, 6), -EFAULT);
	assert_string_equal(got, "ember");
}

static void two_regions_are_not_one(void **state)
{
	struct guestmem *mem = *state;

	assert_int_equal(guestmem_add(mem, RAM + SIZE, SIZE), 0);
	assert_non_null(guestmem_at(mem, RAM + SIZE, 1));
	assert_null(guestmem_at(mem, RAM + SIZE - 1, 2));
}

static void refused(void **state)
{
	struct guestmem *mem = *state;

	assert_int_equal(guestmem_add(mem, RAM, SIZE), -EINVAL);
	assert_int_equal(guestmem_add(mem, RAM + SIZE - 4096, 8192), -EINVAL);
	assert_int_equal(guestmem_add(mem, RAM - 4096, 8192), -EINVAL);
	assert_int_equal(guestmem_add(mem, 1, 4096), -EINVAL);
	assert_int_equal(guestmem_add(mem, 0, 100), -EINVAL);
	assert_int_equal(guestmem_add(mem, 0, 0), -EINVAL);
	assert_int_equal(guestmem_add(mem, UINT64_MAX - 4095, 8192), -EINVAL);
	assert_int_equal(guestmem_add(mem, 2 * RAM, UINT64_C(1) << 62), -ENOMEM);
	assert_int_equal(mem->nr, 1);
}

static void full(void **state)
{
	struct guestmem *mem = *state;
	unsigned int i;

	for (i = 1; i < GUESTMEM_MAX_REGIONS; i++)
		assert_int_equal(guestmem_add(mem, i * 0x10000, 4096), 0);
	assert_int_equal(guestmem_add(mem, 0x90000, 4096), -ENOSPC);
}

static void starts_zeroed_and_aligned(void **state)
{
	struct guestmem *mem = *state;
	const uint8_t *p = mem->region[0].hva;
	size_t i;

	assert_int_equal((uintptr_t)p % (2 << 20), 0);
	for (i = 0; i < SIZE; i += 512)
		assert_int_equal(p[i], 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(bounds),  TEST(copies), TEST(two_regions_are_not_one),
		TEST(refused), TEST(full),   TEST(starts_zeroed_and_aligned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
