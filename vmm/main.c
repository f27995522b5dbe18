// SPDX-License-Identifier: GPL-2.0
/*
 * ember: runs virtual machines with /dev/kvm.
 *
 * Reading order of the monitor: cli/run.c (what happens, in order), kvm.h, arch.h,
 * vcpu.c (the run loop), machine/machine.c, machine/type.h and a machine behind it
 * (virt.c, malta.c, bamboo.c), machine/boot.c, bus.c, loop.h, dev/device.h, dev/pl011.c,
 * virtio/virtio.h, host/.
 */
#include <stdio.h>
#include <string.h>

#include "arch.h"
#include "cli/cli.h"
#include "cli/client.h"
#include "err.h"

static int report(const struct err *e)
{
	warn("%s", e->msg);
	return e->code;
}

static int run(int argc, char **argv)
{
	struct config cfg;
	struct err e;
	int code;

	if (cli_parse_run(&cfg, arch_machine, argc, argv, &e))
		return report(&e);
	if (cfg.help) {
		cli_help_run(arch_machine, stdout);
		return 0;
	}
	code = cli_run(&cfg, &e);
	return code < 0 ? report(&e) : code;
}

static int client(int argc, char **argv)
{
	struct err e;
	int code = client_run(argc, argv, &e);

	return code < 0 ? report(&e) : code;
}

int main(int argc, char **argv)
{
	const char *command = argc > 1 ? argv[1] : "";
	struct err e;

	if (!strcmp(command, "run"))
		return run(argc - 2, argv + 2);
	if (client_has(command))
		return client(argc - 1, argv + 1);
	if (!strcmp(command, "--version")) {
		cli_version(stdout);
		return 0;
	}
	if (!strcmp(command, "--help") || !strcmp(command, "-h") || !strcmp(command, "help")) {
		cli_help(stdout);
		return 0;
	}
	if (!*command)
		err_set(&e, EXIT_USAGE, "no command given (see ember --help)");
	else
		err_set(&e, EXIT_USAGE, "unknown command %s (see ember --help)", command);
	return report(&e);
}
