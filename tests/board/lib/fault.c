// SPDX-License-Identifier: GPL-2.0
/*
 * One call and all its faults; fault.h has the contract.
 */
#define _GNU_SOURCE
#include "fault.h"
#include "test.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <unistd.h>

/* No call has as many places that can fail. */
#define TOO_MANY 5000

/* ---- faults ------------------------------------------------------------------ */

static int fail_nth = -1;

static void write_file(const char *path, const char *text)
{
	int fd = expect_ok(open(path, O_WRONLY));

	expect_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

/*
 * On the way back to a thread that was preempted the kernel writes to this area, and
 * kills the thread when that fails.
 */
static void rseq_off(void)
{
	syscall(SYS_rseq, (char *)__builtin_thread_pointer() + __rseq_offset, sizeof(struct rseq),
		RSEQ_FLAG_UNREGISTER, RSEQ_SIG);
}

/* The kernel spares allocations that may wait, single pages and user pages unless told. */
static void faults_prepare(void)
{
	if (fail_nth >= 0)
		return;
	write_file("/sys/kernel/debug/failslab/ignore-gfp-wait", "N");
	write_file("/sys/kernel/debug/failslab/verbose", "0");
	write_file("/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait", "N");
	write_file("/sys/kernel/debug/fail_page_alloc/ignore-gfp-highmem", "N");
	write_file("/sys/kernel/debug/fail_page_alloc/min-order", "0");
	write_file("/sys/kernel/debug/fail_page_alloc/verbose", "0");
	write_file("/sys/kernel/debug/fail_usercopy/verbose", "0");
	rseq_off();
	fail_nth = expect_ok(open("/proc/thread-self/fail-nth", O_RDWR));
}

/* From here on the @nth chance of this thread to fail is taken. */
static void faults_on(unsigned int nth)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", nth);

	expect_eq(pwrite(fail_nth, text, len, 0), len);
}

/* No more faults.  Whether there was one. */
static bool faults_off(void)
{
	char text[16] = "";

	/* A fault that hits this very call was still to come. */
	if (pread(fail_nth, text, sizeof(text) - 1, 0) < 0)
		return false;
	if (atoi(text) == 0)
		return true;
	while (pwrite(fail_nth, "0", 1, 0) != 1)
		;
	return false;
}

/* ---- one call, and all its faults ---------------------------------------------- */

static int lowest_fd(void)
{
	int fd = expect_ok(open("/dev/null", O_RDONLY));

	close(fd);
	return fd;
}

static void maybe(void (*fn)(void))
{
	if (fn)
		fn();
}

/* One round with the @nth fault.  False: the call has not so many. */
static bool fault_at(const struct call *c, unsigned int nth, unsigned int *errors)
{
	int fd = lowest_fd(), err;
	bool injected;
	long ret;

	maybe(c->before);
	faults_on(nth);
	errno = 0;
	ret = c->call();
	err = errno;
	injected = faults_off();
	if (ret < 0) {
		if (!injected || (err != ENOMEM && err != EFAULT))
			fail("fault %u: %s%s", nth, strerror(err),
			     injected ? "" : ", and there was no fault");
		++*errors;
		maybe(c->failed);
		ret = c->call();
		if (ret < 0)
			fail("again after fault %u: %s", nth, strerror(errno));
	}
	maybe(c->check);
	c->after();
	expect_eq(lowest_fd(), fd);
	return injected;
}

void some_faults(const struct call *c, unsigned int least, unsigned int step)
{
	unsigned int nth = 1, errors = 0;

	faults_prepare();
	while (fault_at(c, nth, &errors)) {
		nth += step;
		if (nth > TOO_MANY)
			fail("no end of faults");
	}
	printf("%u faults, %u errors\n", nth - 1, errors);
	fflush(stdout);
	if (errors < least)
		fail("only %u of %u faults were errors", errors, nth - 1);
}

void every_fault(const struct call *c, unsigned int least)
{
	some_faults(c, least, 1);
}
