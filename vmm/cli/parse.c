// SPDX-License-Identifier: GPL-2.0
/* The command line against the table of options; see cli.h. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../err.h"
#include "../machine/type.h"
#include "cli.h"

#define DEFAULT_MEM (128u << 20)

#ifdef HAVE_SLIRP
#define DEFAULT_NET "user"
#else
#define DEFAULT_NET NULL
#endif

int cli_parse_size(const char *text, uint64_t *bytes, struct err *e)
{
	static const char units[] = "KMGT";
	unsigned long long n;
	const char *unit;
	unsigned int shift;
	char *end;

	errno = 0;
	n = strtoull(text, &end, 10);
	unit = strchr(units, *end ? toupper((unsigned char)*end) : 'M');
	if (!isdigit((unsigned char)*text) || errno || !unit || (*end && end[1]))
		return err_set(e, EXIT_USAGE, "'%s' is no size; write 64M or 1G", text);
	shift = 10 * (unit - units + 1);
	if (n > UINT64_MAX >> shift)
		return err_set(e, EXIT_USAGE, "'%s' is too large", text);
	*bytes = (uint64_t)n << shift;
	return 0;
}

/* @arg is "--cpus" or "--cpus=2"; *@val is what follows the '=', or NULL. */
static const struct cli_option *find(const char *arg, const char **val)
{
	size_t len = strcspn(arg, "=");
	const struct cli_option *o;

	*val = arg[len] ? arg + len + 1 : NULL;
	for (o = cli_run_options; o->name; o++)
		if (strlen(o->name) == len && !strncmp(o->name, arg, len))
			return o;
	return NULL;
}

/* One option at argv[0], its argument perhaps at argv[1]; how many it took, or -1. */
static int parse_option(struct config *cfg, int argc, char **argv, struct err *e)
{
	const char *val;
	const struct cli_option *o = find(argv[0], &val);
	struct err why;
	int used = 1;

	if (!o)
		return err_set(e, EXIT_USAGE, "run: unknown option %s (see ember run --help)",
			       argv[0]);
	if (!o->arg && val)
		return err_set(e, EXIT_USAGE, "run: %s takes no argument", o->name);
	if (o->arg && !val) {
		if (argc < 2)
			return err_set(e, EXIT_USAGE, "run: %s needs an argument: %s", o->name,
				       o->arg);
		val = argv[used++];
	}
	if (o->set(cfg, val, &why))
		return err_set(e, why.code, "run: %s: %s", o->name, why.msg);
	return used;
}

static int parse_kernel(struct config *cfg, const char *arg, struct err *e)
{
	if (cfg->kernel)
		return err_set(e, EXIT_USAGE, "run: one kernel only, there are two: %s and %s",
			       cfg->kernel, arg);
	cfg->kernel = arg;
	return 1;
}

static bool is_stdio(const char *spec)
{
	return spec && strcmp(spec, "stdio") == 0;
}

/* What is asked for that such a machine has not. */
static int check_machine(const struct config *cfg, struct err *e)
{
	const struct machine_type *machine = cfg->machine;
	const struct {
		const char *given, *name, *what;
		bool has;
	} rows[] = {
		{ cfg->bios, "--bios", "firmware", machine->firmware },
		{ cfg->pflash, "--pflash", "firmware", machine->firmware },
		{ cfg->dtb, "--dtb", "device tree", machine->fdt },
		{ cfg->dumpdtb, "--dumpdtb", "device tree", machine->fdt },
		{ cfg->no_hypervisor ? "" : NULL, "--no-hypervisor", "word of a hypervisor",
		  machine->hypervisor },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].given && !rows[i].has)
			return err_set(e, EXIT_USAGE, "run: %s: the machine %s has no %s",
				       rows[i].name, machine->name, rows[i].what);
	return 0;
}

/* What there is to boot, and that it fits together. */
static int check_boot(const struct config *cfg, struct err *e)
{
	if (!cfg->kernel && !cfg->bios)
		return err_set(e, EXIT_USAGE, "run: no kernel given (see ember run --help)");
	if (cfg->pflash && !cfg->bios)
		return err_set(e, EXIT_USAGE,
			       "run: --pflash is firmware's; give the firmware with --bios");
	if (cfg->bios && cfg->dtb)
		return err_set(
			e, EXIT_USAGE,
			"run: --bios and --dtb: firmware gets the machine's own device tree");
	if (!cfg->kernel && (cfg->initrd || cfg->append))
		return err_set(e, EXIT_USAGE, "run: %s without a kernel that it is for",
			       cfg->initrd ? "--initrd" : "--append");
	return 0;
}

static int finish(struct config *cfg, struct err *e)
{
	const char *trace = getenv("EMBER_TRACE");

	if (cfg->help)
		return 0;
	if (check_machine(cfg, e) || check_boot(cfg, e))
		return -1;
	if (is_stdio(cfg->console) && is_stdio(cfg->virtio_console))
		return err_set(e, EXIT_USAGE,
			       "run: two consoles on stdio; give --console pty, a file or none");
	if (!cfg->nets.nr && !cfg->no_net && DEFAULT_NET)
		cfg->nets.item[cfg->nets.nr++] = DEFAULT_NET;
	if (trace && strstr(trace, "mmio"))
		cfg->trace_mmio = true;
	return 0;
}

int cli_parse_run(struct config *cfg, const struct machine_type *machine, int argc, char **argv,
		  struct err *e)
{
	bool options = true;
	int i = 0, n;

	*cfg = (struct config){
		.machine = machine, .name = "vm", .cpus = 1, .mem = DEFAULT_MEM, .console = "stdio"
	};
	cfg->disks = (struct config_list){ 0, CONFIG_DISKS, cfg->disk_spec };
	cfg->nets = (struct config_list){ 0, CONFIG_NETS, cfg->net_spec };
	while (i < argc && !cfg->help) {
		if (options && !strcmp(argv[i], "--")) {
			options = false;
			i++;
			continue;
		}
		if (options && argv[i][0] == '-')
			n = parse_option(cfg, argc - i, argv + i, e);
		else
			n = parse_kernel(cfg, argv[i], e);
		if (n < 0)
			return -1;
		i += n;
	}
	return finish(cfg, e);
}
