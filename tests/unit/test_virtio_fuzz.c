// SPDX-License-Identifier: GPL-2.0
/* The fuzz target of the virtio devices, on the same random inputs everywhere. */
#include "../fuzz/fuzz_virtio.c"

#include <sanitizer/common_interface_defs.h>

#define INPUTS 2500u
#define LONGEST 600u

static uint32_t seed;

static uint32_t next(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed;
}

static void run_all(unsigned int device)
{
	uint8_t data[LONGEST];
	unsigned int i, k, len;

	seed = 88172645 + device;
	for (i = 0; i < INPUTS; i++) {
		data[0] = device;
		len = 50 + next() % (LONGEST - 50);
		for (k = 1; k < len; k++)
			data[k] = next() >> 24;
		LLVMFuzzerTestOneInput(data, len);
	}
}

static void test_blk(void **state)
{
	(void)state;
	run_all(0);
}

static void test_net(void **state)
{
	(void)state;
	run_all(1);
}

static void test_console(void **state)
{
	(void)state;
	run_all(2);
}

static void test_rng(void **state)
{
	(void)state;
	run_all(3);
}

static void test_balloon(void **state)
{
	(void)state;
	run_all(4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blk),	cmocka_unit_test(test_net),
		cmocka_unit_test(test_console), cmocka_unit_test(test_rng),
		cmocka_unit_test(test_balloon),
	};

	/* A thousand stopped devices would each say so; the sanitizers still may. */
	__sanitizer_set_report_fd((void *)(intptr_t)dup(2));
	if (!freopen("/dev/null", "w", stderr))
		return 1;
	return cmocka_run_group_tests_name("virtio-fuzz", tests, NULL, NULL);
}
