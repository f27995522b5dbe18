/* SPDX-License-Identifier: GPL-2.0 */
/* What bench/mips32/exits.c and its guest agree on; used by both. */
#ifndef BENCH_H
#define BENCH_H

#include "../measure.h"

/* The line that ends a `wait`, and what the guest writes to when it has seen it. */
#define WAKE_LINE 2

/* More pairs of pages than any TLB has, and than QEMU remembers of those that were in it. */
#define PAIRS 512
#define PAGES (SCRATCH + 0x100000)

#endif
