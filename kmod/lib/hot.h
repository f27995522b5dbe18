/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What usual exits run lies together.
 *
 * A module is mapped by small pages.  Where the host's TLB is small, and a guest has taken
 * part of it, an exit that touches too many of them misses on each, every time.  The compiler
 * puts these functions into .text.hot, which the linker gathers from all objects; who marks
 * one has seen it run (docs/bench.md, ppc440).
 */
#ifndef EMBER_LIB_HOT_H
#define EMBER_LIB_HOT_H

#define __ember_hot	__attribute__((__hot__))

#endif
