// SPDX-License-Identifier: GPL-2.0
/* --help and --version; the options come from the table that parses them. */
#include <libfdt.h>
#include <string.h>
#include <sys/utsname.h>

#ifdef HAVE_SLIRP
#include <libslirp.h>
#endif
#ifdef HAVE_JANSSON
#include <jansson.h>
#endif
#ifdef HAVE_ZLIB
#include <zlib.h>
#endif

#include "../arch.h"
#include "../exitcode.h"
#include "../machine/type.h"
#include "cli.h"
#include "client.h"

#define COLUMN 24 /* where the explanations start */

static const struct {
	int code;
	const char *text;
} exit_codes[] = {
	{ EXIT_GUEST_OFF, "the guest shut down, or ember stop ended it" },
	{ EXIT_INTERNAL, "the monitor failed unexpectedly" },
	{ EXIT_USAGE, "bad command line, kernel, firmware, disk, memory size or device tree" },
	{ EXIT_GUEST_RESET, "the guest reset itself (with --no-reboot)" },
	{ EXIT_GUEST_CRASH, "the guest crashed, or KVM can't go on with it" },
	{ EXIT_HOST, "this host can't: no /dev/kvm, no permission, not able" },
	{ EXIT_ESCAPE, "left with the escape key" },
};

static void print_exit_codes(FILE *to)
{
	unsigned int i;

	fprintf(to, "\nExit codes of ember run:\n");
	for (i = 0; i < sizeof(exit_codes) / sizeof(exit_codes[0]); i++)
		fprintf(to, "  %-5d %s\n", exit_codes[i].code, exit_codes[i].text);
	fprintf(to, "  128+N ended by signal N\n");
}

static void print_option(FILE *to, const struct cli_option *o)
{
	const char *line = o->help;
	int at = fprintf(to, "  %s%s%s", o->name, o->arg ? " " : "", o->arg ? o->arg : "");

	if (at > COLUMN - 2) {
		fputc('\n', to);
		at = 0;
	}
	for (;;) {
		int len = strcspn(line, "\n");

		fprintf(to, "%*s%.*s\n", COLUMN - at, "", len, line);
		if (!line[len])
			return;
		line += len + 1;
		at = 0;
	}
}

void cli_help(FILE *to)
{
	fputs("usage: ember run [OPTION]... [KERNEL]\n"
	      "       ember ps | balloon | pause | resume | reset | stop | kill | stat ...\n"
	      "       ember --help | --version\n"
	      "\n"
	      "Ember runs virtual machines with /dev/kvm.\n"
	      "\n"
	      "  ember run KERNEL      start a virtual machine and stay with it until it ends\n"
	      "  ember run --help      its options\n",
	      to);
	client_help(to);
	print_exit_codes(to);
}

void cli_help_run(const struct machine_type *machine, FILE *to)
{
	const struct cli_option *o;

	fprintf(to,
		"usage: ember run [OPTION]... KERNEL\n"
		"%s\n"
		"Start a virtual machine with KERNEL%s.\n"
		"%s\n",
		machine->firmware ? "       ember run [OPTION]... --bios FILE [KERNEL]\n" : "",
		machine->firmware ? ", or with firmware" : "", machine->about);
	for (o = cli_run_options; o->name; o++)
		print_option(to, o);
	print_exit_codes(to);
}

void cli_version(FILE *to)
{
	struct utsname host = { 0 };

	uname(&host);
	fprintf(to, "ember %s\n", EMBER_VERSION);
	fprintf(to, "machine: %s (%s), on %s\n", arch_machine->name, arch_machine->cpu,
		host.machine);
	fprintf(to, "devices: %s, virtio-mmio blk, net, console, rng, balloon; vhost net, vsock\n",
		arch_machine->devices);
	fprintf(to, "libfdt: yes\n");
#ifdef HAVE_ZLIB
	fprintf(to, "zlib: %s\n", zlibVersion());
#endif
#ifdef HAVE_SLIRP
	fprintf(to, "libslirp: %s\n", slirp_version_string());
#else
	fprintf(to, "libslirp: no (--net user is not in this build)\n");
#endif
#ifdef HAVE_JANSSON
	fprintf(to, "libjansson: %s\n", JANSSON_VERSION);
#else
	fprintf(to, "libjansson: no (control sockets are not in this build)\n");
#endif
}
