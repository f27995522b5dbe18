// SPDX-License-Identifier: GPL-2.0
/*
 * Runs a table of tests and prints their verdicts; test.h has the contract.
 */
#define _GNU_SOURCE
#include "test.h"
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Seconds: far more than any test needs on a slow machine. */
#define TIME_LIMIT 400

enum verdict { PASS, FAIL, SKIP };

/* Shared between the test's process and ours. */
struct outcome {
	atomic_int claimed; /* the first to give a reason wins */
	enum verdict verdict;
	char why[600];
};

static struct outcome *outcome;
static FILE *out;

unsigned long test_param(const char *name, unsigned long otherwise)
{
	const char *value;
	char full[64];

	snprintf(full, sizeof(full), "EMBER_%s", name);
	value = getenv(full);
	return value && *value ? strtoul(value, NULL, 0) : otherwise;
}

static _Noreturn void end(enum verdict verdict, const char *fmt, va_list ap)
{
	if (atomic_exchange(&outcome->claimed, 1))
		for (;;)
			pause();
	vsnprintf(outcome->why, sizeof(outcome->why), fmt, ap);
	outcome->verdict = verdict;
	_exit(verdict);
}

void fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	end(FAIL, fmt, ap);
}

void skip(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	end(SKIP, fmt, ap);
}

static _Noreturn void child(const struct test *test)
{
	setpgid(0, 0);
	signal(SIGALRM, SIG_DFL);
	test->run();
	_exit(PASS);
}

static void on_alarm(int sig)
{
	(void)sig;
}

/* Wait for the test's process, at most as long as a test may take. */
static bool wait_for(pid_t pid, int *status)
{
	struct sigaction act = { .sa_handler = on_alarm };
	bool in_time = true;

	sigaction(SIGALRM, &act, NULL);
	alarm(test_param("TIME_LIMIT", TIME_LIMIT));
	while (waitpid(pid, status, 0) < 0 && errno == EINTR) {
		in_time = false;
		kill(-pid, SIGKILL);
		kill(pid, SIGKILL);
	}
	alarm(0);
	kill(-pid, SIGKILL); /* what it may have left running */
	return in_time;
}

/* How the test's process ended, where it didn't say so itself. */
static void judge(int status, bool in_time)
{
	if (!in_time) {
		outcome->verdict = FAIL;
		strcpy(outcome->why, "hung");
	} else if (WIFSIGNALED(status)) {
		outcome->verdict = FAIL;
		snprintf(outcome->why, sizeof(outcome->why), "killed by signal %d: %s",
			 WTERMSIG(status), strsignal(WTERMSIG(status)));
	} else if (WEXITSTATUS(status) != outcome->verdict) {
		outcome->verdict = FAIL;
		snprintf(outcome->why, sizeof(outcome->why), "exited with status %d",
			 WEXITSTATUS(status));
	}
}

static void print(const char *suite, const struct test *test)
{
	static const char *const names[] = { "PASS", "FAIL", "SKIP" };

	fprintf(out, "%s %s.%s", names[outcome->verdict], suite, test->name);
	if (outcome->verdict != PASS)
		fprintf(out, ": %s", outcome->why);
	fputc('\n', out);
	fflush(out);
}

static bool run(const char *suite, const struct test *test)
{
	bool in_time;
	int status;
	pid_t pid;

	memset(outcome, 0, sizeof(*outcome));
	fflush(NULL);
	pid = fork();
	if (pid < 0) {
		perror("fork");
		exit(2);
	}
	if (!pid)
		child(test);
	in_time = wait_for(pid, &status);
	judge(status, in_time);
	print(suite, test);
	return outcome->verdict != FAIL;
}

static bool wanted(const struct test *test, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		if (!strcmp(argv[i], test->name))
			return true;
	return argc < 2 && !test->asked;
}

int test_main(const char *suite, const struct test *tests, size_t nr, int argc, char **argv)
{
	bool list = argc == 2 && !strcmp(argv[1], "--list");
	bool ok = true, any = false;
	size_t i;

	out = fcntl(3, F_GETFD) < 0 ? stdout : fdopen(3, "w");
	outcome = mmap(NULL, sizeof(*outcome), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	if (!out || outcome == MAP_FAILED) {
		perror(suite);
		return 2;
	}
	for (i = 0; i < nr; i++) {
		if (list) {
			puts(tests[i].name);
		} else if (wanted(&tests[i], argc, argv)) {
			any = true;
			ok &= run(suite, &tests[i]);
		}
	}
	if (!any && !list) {
		fprintf(stderr, "%s: no such test; --list names them\n", suite);
		return 2;
	}
	return ok ? 0 : 1;
}
