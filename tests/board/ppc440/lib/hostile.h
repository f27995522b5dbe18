/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What hostile.c and its guests agree on: the ways to mean harm that g_hostile may choose
 * from, by its second argument.
 */
#ifndef PPC440_HOSTILE_H
#define PPC440_HOSTILE_H

#define HOSTILE_CODE 0x01 /* any instructions at all */
#define HOSTILE_PRIVILEGED 0x02 /* with any fields and values */
#define HOSTILE_REACH 0x04 /* loads, stores, cache instructions, jumps to everywhere */
#define HOSTILE_TLB 0x08 /* the same through entries of anything */
#define HOSTILE_MAGIC 0x10 /* the magic page's and the stubs' addresses */
#define HOSTILE_FPU 0x20
#define HOSTILE_SELF 0x40 /* code that is translated while it changes itself */
#define HOSTILE_KINDS 7

#define HOSTILE_TRIES 150 /* and then it is done */

#endif
