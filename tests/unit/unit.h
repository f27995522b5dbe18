/* SPDX-License-Identifier: GPL-2.0 */
/* What every unit test includes first: cmocka and what it wants before it. */
#ifndef EMBER_UNIT_H
#define EMBER_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
