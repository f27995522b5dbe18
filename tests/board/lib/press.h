/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A host short of memory.
 */
#ifndef BOARD_PRESS_H
#define BOARD_PRESS_H

#include <stdbool.h>

/* Take all memory that the board has but @rest bytes, again and again, until @calm. */
void press_memory(unsigned long rest, volatile bool *calm);

#endif
