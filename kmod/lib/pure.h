/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Types for code that is pure C: decoders and translators, which the module
 * and the tests on the build machine compile as they are.
 */
#ifndef EMBER_LIB_PURE_H
#define EMBER_LIB_PURE_H

#ifdef __KERNEL__
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/types.h>
#else
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

typedef __UINT8_TYPE__ u8;
typedef __UINT16_TYPE__ u16;
typedef __UINT32_TYPE__ u32;
typedef __UINT64_TYPE__ u64;
typedef __INT32_TYPE__ s32;

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define BIT(n)		(1UL << (n))
#endif

#endif
