// SPDX-License-Identifier: GPL-2.0
/* The options of `ember run`: one row drives parser and help. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../err.h"
#include "../machine/type.h"
#include "cli.h"

#define MEM_STEP (1u << 20)
#define MEM_MIN (2u << 20)
#define NAME_MAX_LEN 63

/* A setter that only stores the text. */
#define STRING_SETTER(member)                                                       \
	static int set_##member(struct config *cfg, const char *val, struct err *e) \
	{                                                                           \
		cfg->member = val;                                                  \
		return *val ? 0 : err_set(e, EXIT_USAGE, "an empty argument");      \
	}

#define FLAG_SETTER(member, value)                                                            \
	static int set_##member##_##value(struct config *cfg, const char *val, struct err *e) \
	{                                                                                     \
		(void)val;                                                                    \
		(void)e;                                                                      \
		cfg->member = value;                                                          \
		return 0;                                                                     \
	}

STRING_SETTER(initrd)
STRING_SETTER(dtb)
STRING_SETTER(dumpdtb)
STRING_SETTER(bios)
STRING_SETTER(pflash)
STRING_SETTER(control)
FLAG_SETTER(balloon, true)
FLAG_SETTER(mem_prealloc, true)
STRING_SETTER(console)
STRING_SETTER(virtio_console)
FLAG_SETTER(no_reboot, true)
FLAG_SETTER(no_rng, true)
FLAG_SETTER(no_rng, false)
FLAG_SETTER(no_hypervisor, true)
FLAG_SETTER(trace_mmio, true)
FLAG_SETTER(help, true)

static int set_append(struct config *cfg, const char *val, struct err *e)
{
	(void)e;
	cfg->append = val;
	return 0;
}

static int set_name(struct config *cfg, const char *val, struct err *e)
{
	const char *c;

	for (c = val; isalnum((unsigned char)*c) || (*c && strchr("._-", *c)); c++)
		;
	if (*c || c == val || c - val > NAME_MAX_LEN)
		return err_set(
			e, EXIT_USAGE,
			"'%s' is no name: 1 to %d letters, digits, dots, dashes, underscores", val,
			NAME_MAX_LEN);
	cfg->name = val;
	cfg->named = true;
	return 0;
}

static int set_cpus(struct config *cfg, const char *val, struct err *e)
{
	char *end;
	unsigned long n = strtoul(val, &end, 10), max = cfg->machine->cpus_max;

	if (!isdigit((unsigned char)*val) || *end || n < 1 || n > max)
		return err_set(e, EXIT_USAGE, "'%s' is no number from 1 to %lu", val, max);
	cfg->cpus = n;
	return 0;
}

static int set_mem(struct config *cfg, const char *val, struct err *e)
{
	if (cli_parse_size(val, &cfg->mem, e))
		return -1;
	if (cfg->mem % MEM_STEP || cfg->mem < MEM_MIN)
		return err_set(e, EXIT_USAGE, "'%s': whole MiB are needed, 2M at the least", val);
	if (cfg->mem > cfg->machine->ram_max)
		return err_set(e, EXIT_USAGE, "'%s': this machine takes at most %lluM", val,
			       (unsigned long long)cfg->machine->ram_max / MEM_STEP);
	return 0;
}

static int list_add(struct config_list *list, const char *val, struct err *e)
{
	if (!*val)
		return err_set(e, EXIT_USAGE, "an empty argument");
	if (list->nr == list->max)
		return err_set(e, EXIT_USAGE, "more than %u", list->max);
	list->item[list->nr++] = val;
	return 0;
}

static int set_disk(struct config *cfg, const char *val, struct err *e)
{
	return list_add(&cfg->disks, val, e);
}

static int set_net(struct config *cfg, const char *val, struct err *e)
{
	bool none = strcmp(val, "none") == 0;

	if (none ? cfg->nets.nr > 0 : cfg->no_net)
		return err_set(e, EXIT_USAGE, "'none' and a network at the same time");
	cfg->no_net = none;
	return none ? 0 : list_add(&cfg->nets, val, e);
}

/* 0 to 2 are the hypervisor, the loopback and the host; all ones is any. */
static int set_vsock(struct config *cfg, const char *val, struct err *e)
{
	unsigned long long cid;
	char *end;

	errno = 0;
	cid = strtoull(val, &end, 10);
	if (!isdigit((unsigned char)*val) || *end || errno || cid < 3 || cid >= UINT32_MAX)
		return err_set(e, EXIT_USAGE, "'%s' is no number from 3 to %u", val,
			       UINT32_MAX - 1);
	cfg->vsock_cid = cid;
	return 0;
}

const struct cli_option cli_run_options[] = {
	{ "--name", "NAME",
	  "what the virtual machine is called (default: vm); with a\n"
	  "name it has a control socket: ember ps, ember pause NAME, ...",
	  set_name },
	{ "--control", "PATH", "the control socket is PATH (QMP, as QEMU has it)", set_control },
	{ "--cpus", "N", "virtual processors (default: 1)", set_cpus },
	{ "--mem", "SIZE", "memory, with M or G; alone it is MiB (default: 128M)", set_mem },
	{ "--mem-prealloc", NULL,
	  "take all of it from the host at the start, not as the guest\n"
	  "touches it; as root in large pieces, which saves TLB misses",
	  set_mem_prealloc_true },
	{ "--balloon", NULL,
	  "a virtio balloon: ember balloon NAME SIZE takes memory back;\n"
	  "pages that the guest does not use are given back at once",
	  set_balloon_true },
	{ "--disk", "FILE[,ro]",
	  "raw image or block device as virtio disk; the first is vda;\n"
	  "may repeat; ro: the guest can't write to it",
	  set_disk },
	{ "--net", "KIND",
	  "network device, may repeat (default: user, if libslirp is in):\n"
	  "user[,hostfwd=tcp|udp:[ADDR]:PORT-[ADDR]:PORT]...\n"
	  "         through this process, no privileges needed\n"
	  "tap=IF[,vhost]\n"
	  "         through the host's tap interface IF; with vhost the host's\n"
	  "         kernel carries the frames (modprobe vhost_net)\n"
	  "none     no network at all",
	  set_net },
	{ "--vsock", "CID",
	  "sockets between host and guest (AF_VSOCK), the guest's address\n"
	  "being CID, 3 or more (modprobe vhost_vsock)",
	  set_vsock },
	{ "--initrd", "FILE", "initial file system of the kernel", set_initrd },
	{ "--append", "STRING", "kernel command line", set_append },
	{ "--bios", "FILE",
	  "start with this firmware (U-Boot, UEFI), in flash memory; KERNEL, if\n"
	  "there is one, its initrd and command line are handed to it (fw_cfg)",
	  set_bios },
	{ "--pflash", "FILE[,ro]",
	  "64 MiB of flash memory for the firmware's variables; without it\n"
	  "they last until the virtual machine ends",
	  set_pflash },
	{ "--dtb", "FILE",
	  "this device tree instead of the machine's own; memory, initrd\n"
	  "and, with --append, the command line are set in it",
	  set_dtb },
	{ "--dumpdtb", "FILE", "write the device tree to FILE and end; needs no /dev/kvm",
	  set_dumpdtb },
	{ "--console", "WHERE",
	  "the guest's serial port (default: stdio):\n"
	  "stdio    this terminal; Ctrl-] leaves the virtual machine\n"
	  "pty      a new pseudo-terminal; its name is told on stderr\n"
	  "none     nowhere\n"
	  "FILE     a file takes the output, a device also gives input",
	  set_console },
	{ "--virtio-console", "WHERE", "a second console, hvc0, in the same places",
	  set_virtio_console },
	{ "--rng", NULL, "a virtio source of entropy, and a seed from the start (default)",
	  set_no_rng_false },
	{ "--no-rng", NULL, "neither of them", set_no_rng_true },
	{ "--no-hypervisor", NULL,
	  "bamboo: do not tell the guest of the hypervisor, so that it asks\n"
	  "nothing of it; what it runs is translated all the same",
	  set_no_hypervisor_true },
	{ "--no-reboot", NULL, "end when the guest resets itself, instead of starting it anew",
	  set_no_reboot_true },
	{ "--trace-mmio", NULL,
	  "say each access to an address or register where there is nothing\n"
	  "(also: EMBER_TRACE=mmio in the environment)",
	  set_trace_mmio_true },
	{ "--help", NULL, "this text", set_help_true },
	{ NULL, NULL, NULL, NULL },
};
