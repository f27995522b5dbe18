/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is said on a control socket: QEMU's machine protocol, in the part that this
 * monitor has.  A line in, a line out; nothing here knows of sockets.
 *
 * Strings returned come from malloc() and end with CR LF; NULL: out of memory.
 */
#ifndef EMBER_QMP_H
#define EMBER_QMP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct control_vm;

/* One connection. */
struct qmp {
	const struct control_vm *vm;
	bool ready; /* qmp_capabilities was said: commands and events */
};

char *qmp_greeting(void);
/* The answer to a line, whatever it holds. */
char *qmp_answer(struct qmp *qmp, const char *line, size_t len);
char *qmp_error(const char *desc);
/* @fmt as json_pack() has it, or NULL. */
char *qmp_event(const char *name, const char *fmt, va_list args);

#endif
