/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What crowd.c and its guests agree on.
 */
#ifndef BOARD_CROWD_H
#define BOARD_CROWD_H

#include "layout.h"

#define CROWD_SPI 40
#define CROWD_COUNTS SCRATCH /* a struct crowd_counts for each vcpu */
#define CROWD_MEM (SCRATCH + 0x100000)
#define CROWD_MEM_SIZE 0x100000

#ifndef __ASSEMBLER__
struct crowd_counts {
	volatile unsigned int turns, ticks, sgis, spis;
};
#endif

#endif
