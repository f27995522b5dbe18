// SPDX-License-Identifier: GPL-2.0
/*
 * Guests that do nothing but what the host answers on the quick way.
 */
#include "guest.h"

void g_many_versions(u32 n)
{
	u32 i;

	for (i = 0; i < n; i++)
		check_eq(hvc(PSCI_VERSION, 0, 0, 0), 0x10000);
}

void g_poll_affinity(void)
{
	for (;;)
		hvc(PSCI_AFFINITY_INFO, 0, 0, 0);
}

void g_poll_version(void)
{
	for (;;)
		hvc(PSCI_VERSION, 0, 0, 0);
}

void g_poll_gicd(void)
{
	for (;;)
		gicd_read(GICD_TYPER);
}

/* All of the distributor, with something in most of its registers. */
void g_dump_gicd(u32 to)
{
	u32 i;

	gic_init();
	for (i = 32; i < 96; i += 3) {
		gic_enable(i);
		gic_priority(i, i * 2);
		gic_edge(i, i & 1);
	}
	gicd_write(GICD_ISPENDR + 8, 0x80000010); /* not enabled: 68, 95 */
	gicd_write(GICD_ICENABLER + 8, 0x80000010);
	for (i = 0; i < 0x1000; i += 4)
		write32(to + i, gicd_read(i));
}
