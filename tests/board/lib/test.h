/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tests' frame: a table of tests, a process and a time limit for each, a
 * verdict line for each.
 *
 * A test is a function that returns when all is well and otherwise calls one of
 * the expect macros or fail().  It runs in a process of its own, so that it need
 * not clean up, and a hang or a crash is its own verdict.  EMBER_TIME_LIMIT is how many
 * seconds a test may take, where tests are made longer than they usually are.
 */
#ifndef BOARD_TEST_H
#define BOARD_TEST_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct test {
	const char *name;
	void (*run)(void);
	bool asked; /* runs when it is named, only */
};

#define TEST(fn)                       \
	{                              \
		.name = #fn, .run = fn \
	}

#define TEST_ASKED(fn)                                \
	{                                             \
		.name = #fn, .run = fn, .asked = true \
	}

/*
 * A test program's main(): with --list prints the names of its tests, with
 * names runs those, else all.  Verdicts go to file descriptor 3 if it is open,
 * else to stdout: "PASS suite.name".  Returns 0 unless a test failed.
 */
int test_main(const char *suite, const struct test *tests, size_t nr, int argc, char **argv);

#define TEST_MAIN(suite, tests)                                                               \
	int main(int argc, char **argv)                                                       \
	{                                                                                     \
		return test_main(suite, tests, sizeof(tests) / sizeof(tests[0]), argc, argv); \
	}

/* The environment variable EMBER_@name as a number, or @otherwise. */
unsigned long test_param(const char *name, unsigned long otherwise);

/* End this test; from any thread of its process. */
void fail(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));
void skip(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

#define expect(cond)                                                          \
	do {                                                                  \
		if (!(cond))                                                  \
			fail("%s:%d: not so: %s", __FILE__, __LINE__, #cond); \
	} while (0)

#define expect_eq(got, want)                                                               \
	do {                                                                               \
		long long got_ = (got), want_ = (want);                                    \
		if (got_ != want_)                                                         \
			fail("%s:%d: %s is %lld (%#llx), expected %lld (%#llx)", __FILE__, \
			     __LINE__, #got, got_, got_, want_, want_);                    \
	} while (0)

/* The call succeeds; its value. */
#define expect_ok(call)                                                                    \
	({                                                                                 \
		long ret_ = (call);                                                        \
		if (ret_ < 0)                                                              \
			fail("%s:%d: %s: %s", __FILE__, __LINE__, #call, strerror(errno)); \
		ret_;                                                                      \
	})

/* The call fails with this errno, or with one of two. */
#define expect_errno(call, want) expect_errno_(call, want, want, #call)
#define expect_errno2(call, want1, want2) expect_errno_(call, want1, want2, #call)
#define expect_errno_(call, want1, want2, text)                                      \
	do {                                                                         \
		long ret_ = (call);                                                  \
		int err_ = ret_ < 0 ? errno : 0;                                     \
		if (err_ != (want1) && err_ != (want2))                              \
			fail("%s:%d: %s: %s, expected %s", __FILE__, __LINE__, text, \
			     err_ ? strerror(err_) : "success", strerror(want1));    \
	} while (0)

#endif
