/* SPDX-License-Identifier: GPL-2.0 */
/* What bench/ppc440/exits.c and its guest agree on; used by both. */
#ifndef BENCH_H
#define BENCH_H

#include "../measure.h"

/* The UIC's input that ends a sleep. */
#define WAKE_LINE 5

/* More pages than the TLB has entries, no two of which one entry could map. */
#define PAGES 128
#define PAGES_AT (SCRATCH + 0x100000)
#define STRIDE 0x11000

#endif
