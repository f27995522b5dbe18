// SPDX-License-Identifier: GPL-2.0
/*
 * See witness.h.
 */
#define _GNU_SOURCE
#include "witness.h"
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "hold.h"
#include "test.h"

#define WORDS (0x40000 / 4) /* of either memory */

/* Shared with it. */
struct witness {
	pid_t pid;
	volatile unsigned int rounds;
	unsigned int seen;
	char why[100];
};

struct state {
	uint32_t word[HOLD_MAX] __attribute__((aligned(8)));
};

static void fill(struct state *s, uint32_t n)
{
	uint32_t i;

	for (i = 0; i < HOLD_MAX; i++)
		s->word[i] = n = n * 1664525 + 1013904223;
}

/* ---- a process ---------------------------------------------------------------------- */

static _Noreturn void hurt(struct witness *w, const char *what, uint32_t i, uint32_t got,
			   uint32_t want)
{
	snprintf(w->why, sizeof(w->why), "%s: word %u is %#x, not %#x", what, i, got, want);
	_exit(1);
}

static void look_at_registers(struct witness *w)
{
	static struct state in, out;
	unsigned int n, i;

	fill(&in, w->rounds);
	n = hold_spin(in.word, out.word);
	for (i = 0; i < n; i++)
		if (in.word[i] != out.word[i])
			hurt(w, "registers", i, out.word[i], in.word[i]);
}

static void look(struct witness *w, const char *what, uint32_t *mem, uint32_t round)
{
	uint32_t i;

	for (i = 0; i < WORDS; i++) {
		if (mem[i] != i * 2654435761u + round)
			hurt(w, what, i, mem[i], i * 2654435761u + round);
		mem[i]++;
	}
}

static uint32_t *new_memory(int fd)
{
	uint32_t *mem = mmap(NULL, WORDS * 4, PROT_READ | PROT_WRITE,
			     fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED, fd, 0);
	uint32_t i;

	if (mem == MAP_FAILED)
		_exit(2);
	for (i = 0; i < WORDS; i++)
		mem[i] = i * 2654435761u;
	return mem;
}

static _Noreturn void watch(struct witness *w)
{
	int fd = memfd_create("witness", 0);
	uint32_t *mine, *file;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (ftruncate(fd, WORDS * 4))
		_exit(2);
	mine = new_memory(-1);
	file = new_memory(fd);
	for (;; w->rounds++) {
		look_at_registers(w);
		look(w, "memory", mine, w->rounds);
		look(w, "a file", file, w->rounds);
	}
}

struct witness *witness_start(void)
{
	struct witness *w =
		mmap(NULL, sizeof(*w), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	expect(w != MAP_FAILED);
	pid = expect_ok(fork());
	if (!pid)
		watch(w);
	w->pid = pid;
	return w;
}

void witness_check(struct witness *w)
{
	int status;

	while (w->rounds == w->seen) {
		if (waitpid(w->pid, &status, WNOHANG) == w->pid)
			fail("a process beside the guests: %s (status %#x)", w->why, status);
		sched_yield();
	}
	w->seen = w->rounds;
}

/* ---- this thread ---------------------------------------------------------------------- */

int witness_run(int fd)
{
	static __thread struct state in, out;
	static __thread uint32_t round;
	unsigned int n, i;
	int ret;

	fill(&in, ++round);
	n = hold_run(fd, &ret, in.word, out.word);
	for (i = 0; i < n; i++)
		if (in.word[i] != out.word[i])
			fail("KVM_RUN has changed this thread's registers: word %u is %#x, not %#x",
			     i, out.word[i], in.word[i]);
	if (ret >= 0)
		return ret;
	errno = -ret;
	return -1;
}
