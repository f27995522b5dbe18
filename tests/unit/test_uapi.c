// SPDX-License-Identifier: GPL-2.0
/* include/uapi/linux/kvm.h against the header of a system that has one. */
#include "unit.h"

#include "uapi.h"

static void same_numbers(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; uapi_own[i].name; i++)
		if (uapi_own[i].val != uapi_system[i].val)
			fail_msg("%s is 0x%llx, should be 0x%llx", uapi_own[i].name,
				 uapi_own[i].val, uapi_system[i].val);
	assert_true(i > 150);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(same_numbers) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
