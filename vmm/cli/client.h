/* SPDX-License-Identifier: GPL-2.0 */
/*
 * `ember ps`, `ember pause NAME` and so on: short programs that talk to a running
 * machine's control socket.
 */
#ifndef EMBER_CLIENT_H
#define EMBER_CLIENT_H

#include <stdbool.h>
#include <stdio.h>

struct err;

/* Is @command one of them? */
bool client_has(const char *command);
/* argv[0] is the command.  The exit code, or -1 with @e. */
int client_run(int argc, char **argv, struct err *e);
void client_help(FILE *to);

#endif
