/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command line: `ember COMMAND [OPTION]... [ARGUMENT]`.
 *
 * Reading order: options.c (the table of options), parse.c, help.c (made from
 * the same table), run.c (what `ember run` does).
 */
#ifndef EMBER_CLI_H
#define EMBER_CLI_H

#include <stddef.h>
#include <stdio.h>

#include "config.h"

struct err;

struct cli_option {
	const char *name; /* "--cpus" */
	const char *arg; /* what follows it, as help shows it; NULL: nothing does */
	const char *help; /* lines are broken at '\n' */
	/* @val is NULL without @arg.  0, or -1 with @e, which need not name the option. */
	int (*set)(struct config *cfg, const char *val, struct err *e);
};

extern const struct cli_option cli_run_options[]; /* ends with @name NULL */

/*
 * Fill @cfg with the defaults and with argv[0..argc), what stands after `run`, for a
 * machine of this kind.
 */
int cli_parse_run(struct config *cfg, const struct machine_type *machine, int argc, char **argv,
		  struct err *e);

/* "64M", "1G", "1048576K"; a number alone is MiB.  0 or -1 with @e. */
int cli_parse_size(const char *text, uint64_t *bytes, struct err *e);

void cli_help(FILE *to);
void cli_help_run(const struct machine_type *machine, FILE *to);
void cli_version(FILE *to);

/* Do what @cfg says; returns the exit code, or -1 with @e. */
int cli_run(const struct config *cfg, struct err *e);

#endif
