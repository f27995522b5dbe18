// SPDX-License-Identifier: GPL-2.0
/* File names with options behind them; see spec.h. */
#include <stddef.h>

#include "spec.h"

const char *spec_split(char *path, const char *spec)
{
	for (; *spec; *path++ = *spec++) {
		if (*spec != ',')
			continue;
		if (spec[1] != ',')
			break;
		spec++;
	}
	*path = '\0';
	return *spec ? spec + 1 : NULL;
}
