// SPDX-License-Identifier: GPL-2.0
/*
 * See press.h.
 */
#define _GNU_SOURCE
#include "press.h"
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static unsigned long mem_available(void)
{
	FILE *f = fopen("/proc/meminfo", "r");
	unsigned long kb = 0;
	char line[128];

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "MemAvailable: %lu", &kb) == 1)
			break;
	if (f)
		fclose(f);
	return kb * 1024;
}

void press_memory(unsigned long rest, volatile bool *calm)
{
	unsigned long size, i;
	uint8_t *mem;

	while (!*calm) {
		size = mem_available();
		size = size > rest ? size - rest : 4096;
		mem = mmap(NULL, size, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		for (i = 0; mem != MAP_FAILED && i < size && !*calm; i += 4096)
			mem[i] = 1;
		if (mem != MAP_FAILED)
			munmap(mem, size);
		usleep(100000);
	}
}
