/* SPDX-License-Identifier: GPL-2.0 */
/* What the host's own device tree says of its processors. */
#ifndef EMBER_HOST_DEVTREE_H
#define EMBER_HOST_DEVTREE_H

#include <stdint.h>

#define DEVTREE "/proc/device-tree"

/*
 * A property of one or two cells of the first processor that has it, in the tree at @root;
 * @otherwise where there is none, or one that is no 32-bit number above 0.
 */
uint32_t devtree_cpu_u32(const char *root, const char *property, uint32_t otherwise);

#endif
