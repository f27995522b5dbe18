// SPDX-License-Identifier: GPL-2.0
/* The fuzz target of the PowerPC 440 decoder and translator, on the same random inputs everywhere. */
#include "../fuzz/fuzz_ppc440.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define INPUTS 3000u
#define WORDS 300u

static void test_words(void **state)
{
	u32 data[WORDS];
	u64 seed = 1;

	(void)state;
	for (unsigned int i = 0; i < INPUTS; i++) {
		for (unsigned int k = 0; k < WORDS; k++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			data[k] = seed >> 32;
		}
		LLVMFuzzerTestOneInput((const uint8_t *)data, sizeof(data));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
