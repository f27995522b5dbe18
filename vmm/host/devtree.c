// SPDX-License-Identifier: GPL-2.0
/* The host's device tree; see devtree.h. */
#include <endian.h>
#include <glob.h>
#include <stdio.h>

#include "devtree.h"

static uint64_t read_cells(const char *path)
{
	FILE *f = fopen(path, "re");
	uint32_t cell[3];
	size_t n;

	if (!f)
		return 0;
	n = fread(cell, 1, sizeof(cell), f);
	fclose(f);
	if (n == sizeof(cell[0]))
		return be32toh(cell[0]);
	return n == 2 * sizeof(cell[0]) ? (uint64_t)be32toh(cell[0]) << 32 | be32toh(cell[1]) : 0;
}

uint32_t devtree_cpu_u32(const char *root, const char *property, uint32_t otherwise)
{
	char pattern[256];
	uint64_t val = 0;
	glob_t g;
	size_t i;

	snprintf(pattern, sizeof(pattern), "%s/cpus/*/%s", root, property);
	if (glob(pattern, 0, NULL, &g))
		return otherwise;
	for (i = 0; i < g.gl_pathc && !val; i++)
		val = read_cells(g.gl_pathv[i]);
	globfree(&g);
	return val && val <= UINT32_MAX ? val : otherwise;
}
