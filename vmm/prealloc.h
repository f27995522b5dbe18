/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All of a guest's memory at once, before it runs: `ember run --mem-prealloc`.
 */
#ifndef EMBER_PREALLOC_H
#define EMBER_PREALLOC_H

#include <stddef.h>
#include <stdint.h>

/*
 * Have the host back [@hva, @hva + @size), page aligned, with memory of its own, in
 * ascending order, and, where the host gives pages out one behind the other and this
 * process may see where (CAP_SYS_ADMIN), so that each MiB is in one aligned piece.  What
 * is there already stays.  @size: bytes.  Returns 0 or -errno (-ENOMEM: not enough).
 */
int prealloc(uint8_t *hva, size_t size);

#endif
