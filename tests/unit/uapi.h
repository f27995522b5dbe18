/* SPDX-License-Identifier: GPL-2.0 */
/* What test_uapi.c compares; see uapi_table.h. */
#ifndef EMBER_UNIT_UAPI_H
#define EMBER_UNIT_UAPI_H

#include <stddef.h>

struct uapi_value {
	const char *name;
	unsigned long long val;
};

extern const struct uapi_value uapi_system[], uapi_own[]; /* end with @name NULL */

#endif
