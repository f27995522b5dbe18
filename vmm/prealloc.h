/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All of a guest's memory at once, before it runs: `ember run --mem-prealloc`.
 */
#ifndef EMBER_PREALLOC_H
#define EMBER_PREALLOC_H

#include <stddef.h>
#include <stdint.h>

#define PREALLOC_PIECE ((uint64_t)1 << 20)

/*
 * Have the host back [@hva, @hva + @size), page aligned, with memory of its own, in
 * ascending order, and, where the host has small pages only, gives them out one behind
 * the other and lets this process see where (CAP_SYS_ADMIN), so that each PREALLOC_PIECE
 * bytes are in one aligned piece, as far as it has such.  To find them as much memory again
 * and 16 MiB may be taken for a moment, never over half of what is left.  What is there
 * already stays.  @size: bytes.  Returns 0 or -errno (-ENOMEM: not enough).
 */
int prealloc(uint8_t *hva, size_t size);

#endif
