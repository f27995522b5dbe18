// SPDX-License-Identifier: GPL-2.0
/*
 * See witness.h.
 */
#define _GNU_SOURCE
#include "witness.h"
#include <errno.h>
#include <linux/kvm.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "test.h"

#define WORDS (0x40000 / 4) /* of either memory */
#define SPIN 100000

/* Shared with it. */
struct witness {
	pid_t pid;
	volatile unsigned int rounds;
	unsigned int seen;
	char why[100];
};

/* What both pieces of assembly load and store. */
struct state {
	uint64_t fpr[16];
	uint32_t gpr[8]; /* s0-s5, hi, lo */
};

/* $22 and $23 are left to the compiler. */
#define EACH_FPR(insn, base)                                                       \
	".irp n, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30\n" insn \
	" $f\\n, 4 * \\n(" base ")\n.endr\n"
#define EACH_SAVED(insn, base) \
	".irp n, 16, 17, 18, 19, 20, 21\n" insn " $\\n, 4 * \\n + 64(" base ")\n.endr\n"

#define CLOBBERED                                                                                  \
	"memory", "$8", "$16", "$17", "$18", "$19", "$20", "$21", "hi", "lo", "$f0", "$f2", "$f4", \
		"$f6", "$f8", "$f10", "$f12", "$f14", "$f16", "$f18", "$f20", "$f22", "$f24",      \
		"$f26", "$f28", "$f30"

static void fill(struct state *s, uint32_t n)
{
	uint32_t *word = (uint32_t *)s, i;

	for (i = 0; i < sizeof(*s) / 4; i++)
		word[i] = n = n * 1664525 + 1013904223;
}

/* ---- a process ---------------------------------------------------------------------- */

static void hold(const struct state *in, struct state *out)
{
	asm volatile(
		".set push\n.set noreorder\n" EACH_FPR("ldc1", "%0") EACH_SAVED(
			"lw",
			"%0") "lw $8, 152(%0)\nmthi $8\nlw $8, 156(%0)\nmtlo $8\nli $8, %2\n"
			      "1: bnez $8, 1b\n addiu $8, -1\n" EACH_FPR("sdc1", "%1") EACH_SAVED(
				      "sw",
				      "%1") "mfhi $8\nsw $8, 152(%1)\nmflo $8\nsw $8, 156(%1)\n"
					    ".set pop"
		:
		: "r"(in), "r"(out), "i"(SPIN)
		: CLOBBERED);
}

static _Noreturn void hurt(struct witness *w, const char *what, uint32_t i, uint32_t got,
			   uint32_t want)
{
	snprintf(w->why, sizeof(w->why), "%s: word %u is %#x, not %#x", what, i, got, want);
	_exit(1);
}

static void compare(struct witness *w, const struct state *want, const struct state *got)
{
	const uint32_t *a = (const uint32_t *)want, *b = (const uint32_t *)got;
	uint32_t i;

	for (i = 0; i < sizeof(*want) / 4; i++)
		if (a[i] != b[i])
			hurt(w, "registers", i, b[i], a[i]);
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
	struct state in, out;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (ftruncate(fd, WORDS * 4))
		_exit(2);
	mine = new_memory(-1);
	file = new_memory(fd);
	for (;; w->rounds++) {
		fill(&in, w->rounds);
		hold(&in, &out);
		compare(w, &in, &out);
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
	static __thread uint32_t n;
	register long nr asm("$2") = SYS_ioctl;
	register long a0 asm("$4") = fd;
	register long a1 asm("$5") = KVM_RUN;
	register long a2 asm("$6") = 0;
	register long error asm("$7");
	const uint32_t *want = (const uint32_t *)&in, *got = (const uint32_t *)&out;
	struct state *from = &in, *to = &out;
	uint32_t i;

	fill(&in, ++n);
	asm volatile(EACH_FPR("ldc1", "%4")
			     EACH_SAVED("lw", "%4") "syscall\n" EACH_FPR("sdc1", "%5")
				     EACH_SAVED("sw", "%5")
		     : "+r"(nr), "=r"(error), "+r"(a1), "+r"(a2)
		     : "r"(from), "r"(to), "r"(a0)
		     : CLOBBERED, "$1", "$3", "$9", "$10", "$11", "$12", "$13", "$14", "$15", "$24",
		       "$25");
	for (i = 0; i < sizeof(in) / 4 - 2; i++)
		if (want[i] != got[i])
			fail("KVM_RUN has changed this thread's registers: word %u is %#x, not %#x",
			     i, got[i], want[i]);
	if (!error)
		return nr;
	errno = nr;
	return -1;
}
