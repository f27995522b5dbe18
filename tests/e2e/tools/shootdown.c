// SPDX-License-Identifier: GPL-2.0
/*
 * One CPU changes what an address leads to, another one looks at it:
 *
 *	shootdown ROUNDS
 *
 * Both pages exist all the time, so that a TLB entry that is left over shows the wrong
 * one. Status 0 if the CPUs 0 and 1 agreed in all rounds.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static pthread_barrier_t mapped, looked;
static volatile char *page;
static int rounds, wrong;

static int stay_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return sched_setaffinity(0, sizeof(set), &set);
}

static void *look(void *opaque)
{
	int i;

	(void)opaque;
	if (stay_on(1))
		wrong = rounds;
	for (i = 0; i < rounds; i++) {
		pthread_barrier_wait(&mapped);
		wrong += *page != 'a' + i % 2;
		pthread_barrier_wait(&looked);
	}
	return NULL;
}

/* A file of one page of `a` and one of `b`. */
static int two_pages(long size)
{
	int fd = memfd_create("pages", 0);

	if (fd < 0 || ftruncate(fd, 2 * size) || pwrite(fd, "a", 1, 0) != 1 ||
	    pwrite(fd, "b", 1, size) != 1)
		return -1;
	return fd;
}

static void map(int fd, off_t offset, long size)
{
	void *at = mmap((void *)page, size, PROT_READ, MAP_SHARED | (page ? MAP_FIXED : 0), fd,
			offset);

	if (at == MAP_FAILED) {
		perror("shootdown: mmap");
		exit(1);
	}
	page = at;
}

int main(int argc, char **argv)
{
	long size = sysconf(_SC_PAGESIZE);
	int fd = two_pages(size), i;
	pthread_t looker;

	rounds = argc > 1 ? atoi(argv[1]) : 1;
	pthread_barrier_init(&mapped, NULL, 2);
	pthread_barrier_init(&looked, NULL, 2);
	if (fd < 0 || stay_on(0) || pthread_create(&looker, NULL, look, NULL)) {
		perror("shootdown");
		return 1;
	}
	for (i = 0; i < rounds; i++) {
		map(fd, i % 2 * size, size);
		pthread_barrier_wait(&mapped);
		pthread_barrier_wait(&looked);
	}
	pthread_join(looker, NULL);
	printf("%d of %d wrong\n", wrong, rounds);
	return wrong != 0;
}
