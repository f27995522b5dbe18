// SPDX-License-Identifier: GPL-2.0
/*
 * Guests of the tests that hold on any architecture: its own <guest.h> says how they
 * talk.
 */
#include <guest.h>

void g_report_args(u32 a, u32 b)
{
	report(a);
	report(b);
}

void g_count_reports(u32 n)
{
	u32 i;

	for (i = 0; i < n; i++)
		report(i);
}

void g_write_words(u32 addr, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++)
		write32(addr, i);
}

void g_wfi_forever(void)
{
	for (;;)
		wfi();
}

#define at(type, addr) (*(volatile type *)(addr))

void g_access_widths(u32 addr)
{
	at(uint8_t, addr) = 0x78;
	at(uint16_t, addr) = 0x5678;
	at(uint32_t, addr) = 0x12345678;
	(void)at(uint8_t, addr);
	(void)at(uint16_t, addr);
	(void)at(uint32_t, addr);
}

/* What five kinds of loads make of what the test answers. */
void g_load_kinds(u32 addr)
{
	report(load(LOAD_U8, addr));
	report(load(LOAD_U16, addr));
	report(load(LOAD_S8, addr));
	report(load(LOAD_S16, addr));
	report(load(LOAD_U32, addr));
}

void g_ring_until(u32 doorbell, u32 stop)
{
	while (!*(volatile u32 *)stop)
		write32(doorbell, 0);
}

/* ---- memory that the test changes under them ------------------------------------- */

/* Read a word whenever the test answers the last report. */
void g_read_word(u32 addr, u32 n)
{
	while (n--)
		report(read32(addr));
}

u32 g_write_word(u32 addr, u32 value)
{
	write32(addr, value);
	return read32(addr);
}

/* Store @value to the first word of each of @n pages, n = r3 by the test. */
void g_touch_pages(u32 addr, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++)
		write32(addr + i * 4096, addr + i);
	report(n);
	for (i = 0; i < n; i++)
		check_eq(read32(addr + i * 4096), addr + i);
}

/* Write the pages whose numbers are listed at SCRATCH, ended by ~0; again and again. */
void g_touch_listed(u32 addr)
{
	volatile u32 *list = (u32 *)SCRATCH;
	u32 i;

	for (;;) {
		for (i = 0; list[i] != ~0u; i++)
			write32(addr + list[i] * 4096, i);
		report(i);
	}
}

/*
 * Count in a word for ever; another word is the test's request to stop.  Reads
 * what it wrote, so that lost or doubled pages show.
 */
u32 g_count_in(u32 addr, u32 stop)
{
	volatile u32 *word = (u32 *)addr;
	u32 n = *word;

	while (!read32(stop)) {
		check_eq(*word, n);
		*word = ++n;
	}
	return n;
}

/* Read a slot that comes and goes: memory says 0x600d, the test's side 0xdead. */
void g_read_flicker(u32 addr, u32 stop)
{
	u32 v, memory = 0;

	while (!read32(stop)) {
		v = read32(addr);
		if (v == 0x600d)
			memory++;
		else
			check_eq(v, 0xdead);
	}
	report(memory);
}
