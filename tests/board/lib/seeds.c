// SPDX-License-Identifier: GPL-2.0
/*
 * See seeds.h.
 */
#define _GNU_SOURCE
#include "seeds.h"
#include <linux/kvm.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include "test.h"

volatile unsigned int ticked;

static void on_alarm(int sig)
{
	if (sig == SIGALRM)
		ticked++;
}

void tick_every(long usec)
{
	struct itimerval it = { .it_value.tv_usec = usec, .it_interval.tv_usec = usec };
	struct sigaction act = { .sa_handler = on_alarm };

	sigaction(SIGALRM, &act, NULL);
	sigaction(SIGUSR1, &act, NULL);
	expect_ok(setitimer(ITIMER_REAL, &it, NULL));
}

/* How often guests have come out, all in all. */
static unsigned long exits_so_far(void)
{
	FILE *f = fopen("/sys/kernel/debug/ember/exits", "r");
	unsigned long sum = 0, n;

	while (f && fscanf(f, "%*s %lu", &n) == 1)
		sum += n;
	if (f)
		fclose(f);
	return sum;
}

uint32_t next_seed(const char *test, unsigned int least)
{
	static unsigned long first_exit, n;
	uint32_t seed = test_param("SEED", 1) + n;

	if (!n)
		first_exit = exits_so_far();
	if (n >= test_param("SEEDS", least) &&
	    exits_so_far() - first_exit >= test_param("EXITS", 0)) {
		printf("%s: %lu seeds, %lu exits\n", test, n, exits_so_far() - first_exit);
		return 0;
	}
	n++;
	printf("%s: seed %u\n", test, seed);
	fflush(stdout);
	return seed ?: next_seed(test, least);
}

void random_ioctls_on(const int *fds, unsigned int n, unsigned int rounds, void (*meanwhile)(void))
{
	static unsigned char junk[4096];
	unsigned int i, j, nr, size;

	for (i = 0; i < rounds; i++) {
		for (j = 0; j < 64; j++)
			junk[j] = random();
		nr = random() & 0xff;
		size = random() % 128;
		if (nr == (KVM_RUN & 0xff) || nr == (KVM_CREATE_VM & 0xff))
			continue;
		/* never a descriptor that we didn't mean, like our verdicts' */
		ioctl(fds[random() % n], _IOC(random() & 3, KVMIO, nr, size),
		      random() % 4 ? (unsigned long)junk : (unsigned long)random());
		if (i % 1000 == 0)
			meanwhile();
	}
}
