/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Errors: a function that can fail for a reason the user must hear of takes a
 * struct err, says there in one line what was tried, on what, and what to do,
 * and returns -1.  Nobody prints on the way up: main() does, once, after the
 * terminal is restored.
 */
#ifndef EMBER_ERR_H
#define EMBER_ERR_H

#include <stdbool.h>

#include "exitcode.h"

struct err {
	int code; /* enum exit_code */
	char msg[400]; /* no newline */
};

/* Fill in @e; always returns -1, so that `return err_set(...)` reads well. */
int err_set(struct err *e, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* The same with ": strerror(@errnum)" appended. */
int err_sys(struct err *e, int code, int errnum, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* One line on stderr, after "ember: ".  Safe from any thread. */
void warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The terminal is in raw mode: warn() ends its lines with CR LF. */
void warn_raw_terminal(bool raw);

#endif
