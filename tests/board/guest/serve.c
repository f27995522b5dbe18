// SPDX-License-Identifier: GPL-2.0
/*
 * A guest of any architecture that obeys the orders in its mailbox, on two vcpus, without
 * ever leaving the guest for them.
 */
#include <guest.h>

void serve(void);

/* A page's words that are looked at, one in each 256 bytes, of both kinds. */
static u32 content(u32 value, u32 page, u32 word)
{
	return (value + page) * 64 + word;
}

static u32 fill(u32 addr, u32 value, u32 pages)
{
	u32 i, w;

	for (i = 0; i < pages; i++)
		for (w = 0; w < 1024; w += 64)
			write32(addr + i * 4096 + w * 4, content(value, i, w));
	return 0;
}

/* The number of the first page that is not as filled, from 1; 0: none. */
static u32 compare(u32 addr, u32 value, u32 pages)
{
	u32 i, w;

	for (i = 0; i < pages; i++)
		for (w = 0; w < 1024; w += 64)
			if (read32(addr + i * 4096 + w * 4) != content(value, i, w))
				return i + 1;
	return 0;
}

/* Each @period-th page, the last of it, may be thrown away meanwhile. */
static u32 hammer(volatile struct guest_order *o)
{
	u32 round, i, addr;

	for (round = 0; !o->stop; round++) {
		for (i = 0; i < o->count; i++) {
			addr = o->addr + i * 4096 + cpu_id() * 4;
			if (i % o->value != o->value - 1)
				check_eq(read32(addr), round);
			write32(addr, round + 1);
		}
		o->result = round + 1;
	}
	return round;
}

/* Write those pages whose number leaves @value when divided by three. */
static u32 third(volatile struct guest_order *o)
{
	u32 i;

	for (i = o->value; i < o->count; i += 3) {
		write32(o->addr + i * 4096, i);
		o->result = i;
	}
	return i;
}

static u32 obey(volatile struct guest_order *o)
{
	switch (o->op) {
	case ORDER_READ:
		return read32(o->addr);
	case ORDER_WRITE:
		write32(o->addr, o->value);
		return 0;
	case ORDER_FILL:
		return fill(o->addr, o->value, o->count);
	case ORDER_COMPARE:
		return compare(o->addr, o->value, o->count);
	case ORDER_HAMMER:
		return hammer(o);
	case ORDER_THIRD:
		return third(o);
	}
	check_eq(o->op, 0);
	return 0;
}

void serve(void)
{
	volatile struct guest_order *o = (struct guest_order *)ORDERS + cpu_id();
	u32 posted = 0;

	mmu_on();
	for (;;) {
		while (o->posted == posted)
			;
		dmb();
		posted = o->posted;
		o->result = obey(o);
		dmb();
		o->done = posted;
	}
}
