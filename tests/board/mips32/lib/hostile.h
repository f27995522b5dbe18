/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What hostile.c and its guests agree on: the ways to mean harm that g_hostile may choose
 * from, by its second argument.
 */
#ifndef MIPS32_HOSTILE_H
#define MIPS32_HOSTILE_H

#define HOSTILE_CODE 0x01 /* any instructions at all */
#define HOSTILE_CP0 0x02 /* coprocessor 0, cache, rdhwr */
#define HOSTILE_REACH 0x04 /* loads, stores, jumps in every segment */
#define HOSTILE_TLB 0x08 /* the same through entries of anything */
#define HOSTILE_COMM 0x10 /* the comm page's addresses */
#define HOSTILE_FPU 0x20
#define HOSTILE_ODD 0x40 /* MIPS16, which the guest is not told of */
#define HOSTILE_SHORT 0x80 /* what the vector page deals with by itself */
#define HOSTILE_KINDS 8

#define HOSTILE_TRIES 150 /* and then it is done */

#endif
