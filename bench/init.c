// SPDX-License-Identifier: GPL-2.0
/*
 * The init of the measured system: says when it began and what a loop took.
 *
 * Both are ticks of a clock that user space reads.  On ARM that is the virtual counter,
 * and firmware.S has said what it showed at the kernel's entry; the same holds for PowerPC's
 * time base.  On MIPS it is the
 * kernel's monotonic clock in ns: it starts when the kernel has found out, from the
 * real-time clock and in its own time, how fast the CPU is.  Then it switches off.
 */
#include <stdint.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define STEPS 40000000u
#define WORDS 16384

#ifdef __powerpc__
#define OFF RB_AUTOBOOT /* all that ends the board bamboo */
#else
#define OFF RB_POWER_OFF
#endif

static uint64_t ticks(void)
{
#ifdef __arm__
	uint64_t now;

	asm volatile("isb\n\tmrrc p15, 1, %Q0, %R0, c14" : "=r"(now)::"memory");
	return now;
#elif defined(__powerpc__)
	return __builtin_ppc_get_timebase();
#else
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
#endif
}

/* Arithmetic, branches, loads and stores over 64 KiB. */
static uint32_t compute(void)
{
	static uint32_t words[WORDS];
	uint32_t x = 1, i;

	for (i = 0; i < STEPS; i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		if (words[x % WORDS] & 1)
			x += i;
		words[x % WORDS] += x;
	}
	return x;
}

/* Seconds that the CPU has had nothing to do, as the kernel counts them. */
static double idle(void)
{
	double up, idle = -1;
	FILE *f;

	mkdir("/proc", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	f = fopen("/proc/uptime", "r");
	if (f && fscanf(f, "%lf %lf", &up, &idle) != 2)
		idle = -1;
	if (f)
		fclose(f);
	return idle;
}

int main(void)
{
	uint64_t began = ticks(), before, after;
	double waited = idle();
	uint32_t result;

	before = ticks();
	result = compute();
	after = ticks();
	printf("\nbench-init %llx\nbench-cpu %llx\nbench-idle %.2f\nbench-result %x\n",
	       (unsigned long long)began, (unsigned long long)(after - before), waited, result);
	fflush(stdout);
	sync();
	sleep(1); /* the serial port's turn */
	reboot(OFF);
	return 1;
}
