// SPDX-License-Identifier: GPL-2.0
/*
 * Stage 1 translation of a guest's virtual address; emulate.c fetches trapped
 * instructions with it.  Pure C.
 */
#include "walk.h"

#define SCTLR_MMU		BIT(0)
#define SCTLR_BE_TABLES		BIT(25)	/* EE */

#define TTBCR_LPAE		BIT(31)	/* EAE */
#define TTBCR_NO_TTBR0		BIT(4)	/* PD0, short descriptors */
#define TTBCR_NO_TTBR1		BIT(5)	/* PD1 */
#define TTBCR_LPAE_NO_TTBR0	BIT(7)	/* EPD0 */
#define TTBCR_LPAE_NO_TTBR1	BIT(23)	/* EPD1 */

/* Bits @high to @low of @value, where they are. */
static u64 field(u64 value, unsigned int high, unsigned int low)
{
	return value & ((2ull << high) - (1ull << low));
}

static int read_descriptor(const struct armv7_walk *walk, u64 ipa,
			   unsigned int size, u64 *desc)
{
	bool be = walk->sctlr & SCTLR_BE_TABLES;
	u8 data[8];
	unsigned int i;
	int ret = walk->read(walk->arg, ipa, data, size);

	*desc = 0;
	for (i = 0; !ret && i < size; i++)
		*desc |= (u64)data[be ? size - 1 - i : i] << (8 * i);
	return ret;
}

/* ---- short descriptors (B3.5.1) ------------------------------------------ */

static int short_page(const struct armv7_walk *walk, u32 va, u64 table,
		      u64 *ipa)
{
	u64 desc;
	int ret = read_descriptor(walk, table | field(va, 19, 12) >> 10, 4,
				  &desc);

	if (ret)
		return ret;
	switch (desc & 3) {
	case 0:
		return -EFAULT;
	case 1:
		*ipa = field(desc, 31, 16) | field(va, 15, 0);
		return 0;
	default:
		*ipa = field(desc, 31, 12) | field(va, 11, 0);
		return 0;
	}
}

/* A supersection has address bits 35-32 in 23-20 and 39-36 in 8-5. */
static u64 short_section(u64 desc, u32 va)
{
	if (!(desc & BIT(18)))
		return field(desc, 31, 20) | field(va, 19, 0);
	return field(desc, 31, 24) | field(desc, 23, 20) << 12 |
	       field(desc, 8, 5) << 31 | field(va, 23, 0);
}

static int short_walk(const struct armv7_walk *walk, u32 va, u64 *ipa)
{
	unsigned int n = walk->ttbcr & 7;
	bool second = n && va >> (32 - n);
	u64 table, desc;
	int ret;

	if (walk->ttbcr & (second ? TTBCR_NO_TTBR1 : TTBCR_NO_TTBR0))
		return -EFAULT;
	if (second)
		n = 0;
	table = field(second ? walk->ttbr1 : walk->ttbr0, 31, 14 - n);
	ret = read_descriptor(walk, table | field(va, 31 - n, 20) >> 18, 4,
			      &desc);
	if (ret)
		return ret;
	switch (desc & 3) {
	case 0:
		return -EFAULT;
	case 1:
		return short_page(walk, va, field(desc, 31, 10), ipa);
	default:
		*ipa = short_section(desc, va);
		return 0;
	}
}

/* ---- long descriptors (B3.6) ----------------------------------------------- */

/*
 * Which table holds @va: T0SZ and T1SZ say how many upper bits are all 0 for
 * TTBR0 and all 1 for TTBR1 (B3.6.4).  Returns that number, or -EFAULT.
 */
static int long_select(const struct armv7_walk *walk, u32 va, u64 *ttbr)
{
	unsigned int t0 = walk->ttbcr & 7, t1 = (walk->ttbcr >> 16) & 7;
	bool first = !t0 || !(va >> (32 - t0));
	bool second = t1 ? !(~va >> (32 - t1)) : !first;

	if (second) {
		*ttbr = walk->ttbr1;
		return walk->ttbcr & TTBCR_LPAE_NO_TTBR1 ? -EFAULT : (int)t1;
	}
	*ttbr = walk->ttbr0;
	return !first || walk->ttbcr & TTBCR_LPAE_NO_TTBR0 ? -EFAULT : (int)t0;
}

static int long_walk(const struct armv7_walk *walk, u32 va, u64 *ipa)
{
	u64 table, desc;
	unsigned int shift, top, low;
	int ret, size = long_select(walk, va, &table);

	if (size < 0)
		return size;
	/* One table of level 1 spans 4 GiB: small spaces start at level 2. */
	shift = size < 2 ? 30 : 21;
	top = 31 - size;
	low = top - shift + 4;
	table = field(table, 39, low);
	for (;;) {
		ret = read_descriptor(walk, table |
				      field(va, top, shift) >> (shift - 3), 8,
				      &desc);
		if (ret)
			return ret;
		if (!(desc & 1) || (shift == 12 && !(desc & 2)))
			return -EFAULT;
		if (shift == 12 || !(desc & 2))
			break;
		table = field(desc, 39, 12);
		top = shift - 1;
		shift -= 9;
	}
	*ipa = field(desc, 39, shift) | field(va, shift - 1, 0);
	return 0;
}

int armv7_walk(const struct armv7_walk *walk, u32 va, u64 *ipa)
{
	if (!(walk->sctlr & SCTLR_MMU)) {
		*ipa = va;
		return 0;
	}
	return walk->ttbcr & TTBCR_LPAE ? long_walk(walk, va, ipa) :
		short_walk(walk, va, ipa);
}
