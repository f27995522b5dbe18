// SPDX-License-Identifier: GPL-2.0
/*
 * `ember run`: open everything that can be wrong, start the machine, stay until
 * it ends; on a guest reset, make a new machine on the same host's ends.
 *
 * The consoles come last of what is opened, so that an error before is one line
 * on an undisturbed terminal.
 */
#include <errno.h>
#include <fcntl.h>
#include <libfdt.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "../control/control.h"
#include "../err.h"
#include "../host/chardev.h"
#include "../host/disk.h"
#include "../host/flash.h"
#include "../host/net.h"
#include "../host/term.h"
#include "../host/vhost.h"
#include "../loop.h"
#include "../machine/boot.h"
#include "../machine/machine.h"
#include "../virtio/balloon.h"
#include "../virtio/virtio.h"
#include "cli.h"

struct run {
	const struct config *cfg;
	struct loop *loop;
	struct loop_watch *signals;
	int signal_fd;
	int vsock; /* of the machine to come; -1 when it has it */
	int ended; /* exit code of a signal or the escape key; 0: neither */
	bool quit, reset; /* asked for over the control socket */
	bool consoles_open;
	struct boot_files files;
	struct chardev *console, *virtio_console;
	struct flash *flash[PFLASH_BANKS];
	struct disk *disk[CONFIG_DISKS];
	struct net_backend *net[CONFIG_NETS];
	struct machine *machine;
	struct control *control;
	struct virtio_dev *balloon; /* of this machine */
};

static void end_with(struct run *run, int code)
{
	if (!run->ended)
		run->ended = code;
	loop_quit(run->loop, 0);
}

static void escaped(void *opaque)
{
	end_with(opaque, EXIT_ESCAPE);
}

static void on_signal(void *opaque, int fd, uint32_t events)
{
	struct signalfd_siginfo si;

	(void)events;
	if (read(fd, &si, sizeof(si)) != sizeof(si))
		return;
	if (si.ssi_signo == SIGCONT)
		term_raw_again();
	else
		end_with(opaque, EXIT_SIGNAL + si.ssi_signo);
}

/* Blocked before any thread is made, so that only the loop sees them. */
static int take_signals(struct run *run, struct err *e)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCONT);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	run->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (run->signal_fd >= 0)
		run->signals = loop_watch(run->loop, run->signal_fd, EPOLLIN, on_signal, run);
	return run->signals ? 0 : err_sys(e, EXIT_INTERNAL, errno, "cannot wait for signals");
}

static int open_disks(struct run *run, struct err *e)
{
	unsigned int i;

	for (i = 0; i < run->cfg->disks.nr; i++) {
		run->disk[i] = disk_open(run->cfg->disks.item[i], e);
		if (!run->disk[i])
			return -1;
	}
	return 0;
}

/* Variables that no file keeps outlive a reset all the same. */
static int open_flash(struct run *run, struct err *e)
{
	const struct config *cfg = run->cfg;

	if (!cfg->bios)
		return 0;
	run->flash[0] = flash_open_firmware(cfg->bios, e);
	if (run->flash[0])
		run->flash[1] = cfg->pflash ? flash_open_variables(cfg->pflash, e)
					    : flash_open_blank(e);
	return run->flash[1] ? 0 : -1;
}

static int open_nets(struct run *run, struct err *e)
{
	unsigned int i;

	for (i = 0; i < run->cfg->nets.nr; i++) {
		run->net[i] = net_open(run->loop, run->cfg->nets.item[i], i, e);
		if (!run->net[i])
			return -1;
	}
	return 0;
}

/* What the control socket can do. */

static bool vm_paused(void *opaque)
{
	return machine_paused(((struct run *)opaque)->machine);
}

static void vm_pause(void *opaque, bool on)
{
	struct run *run = opaque;

	if (machine_paused(run->machine) == on)
		return;
	machine_pause(run->machine, on);
	control_event(run->control, on ? "STOP" : "RESUME", NULL);
}

static void vm_reset(void *opaque)
{
	struct run *run = opaque;

	run->reset = true;
	machine_end(run->machine, VM_RESET);
}

static void vm_quit(void *opaque)
{
	struct run *run = opaque;

	run->quit = true;
	loop_quit(run->loop, 0);
}

static struct virtio_dev *vm_balloon(void *opaque)
{
	return ((struct run *)opaque)->balloon;
}

static int vm_stats(void *opaque, int vcpu, const struct stats_sink *sink)
{
	return machine_stats(((struct run *)opaque)->machine, vcpu, sink);
}

static void balloon_changed(void *opaque)
{
	struct run *run = opaque;

	control_event(run->control, "BALLOON_CHANGE", "{s:I}", "actual",
		      (long long)balloon_actual(run->balloon));
}

/* QMP's words for why a machine ends or starts anew. */
static const char *reason(const struct run *run, enum vm_event event)
{
	static const char *const guest[] = {
		[VM_OFF] = "guest-shutdown",
		[VM_RESET] = "guest-reset",
		[VM_CRASH] = "guest-panic",
	};

	if (run->quit)
		return "host-qmp-quit";
	if (run->reset)
		return "host-qmp-system-reset";
	return run->ended || event == VM_RUNNING ? "host-signal" : guest[event];
}

static void tell_end(struct run *run, enum vm_event event)
{
	const bool again = event == VM_RESET && !run->cfg->no_reboot;
	const char *why = reason(run, event);

	control_event(run->control, again ? "RESET" : "SHUTDOWN", "{s:b,s:s}", "guest",
		      !strncmp(why, "guest", 5), "reason", why);
	run->reset = false;
}

/*
 * Asked for by name or by path.  By name it is a service that a host may be unable to
 * give: no directory for it, no libjansson.
 */
static int open_control(struct run *run, struct err *e)
{
	const struct config *cfg = run->cfg;
	const struct control_vm vm = {
		.name = cfg->name,
		.paused = vm_paused,
		.pause = vm_pause,
		.reset = vm_reset,
		.quit = vm_quit,
		.balloon = vm_balloon,
		.stats = vm_stats,
		.opaque = run,
	};
	char path[CONTROL_PATH_MAX];
	struct err why;

	if (cfg->dumpdtb || !(cfg->control || cfg->named))
		return 0;
	if (cfg->control) {
		run->control = control_open(run->loop, cfg->control, &vm, e);
		return run->control ? 0 : -1;
	}
	if (!control_path(path, cfg->name, &why) && !control_make_dir(&why))
		run->control = control_open(run->loop, path, &vm, &why);
	if (run->control)
		return 0;
	if (why.code == EXIT_USAGE)
		return err_set(e, EXIT_USAGE, "--name %s: %s", cfg->name, why.msg);
	warn("%s; going on without", why.msg);
	return 0;
}

static int open_host(struct run *run, struct err *e)
{
	const struct config *cfg = run->cfg;

	if (boot_files_open(&run->files, cfg->kernel, cfg->initrd, cfg->dtb, e))
		return -1;
	run->loop = loop_create();
	if (!run->loop)
		return err_sys(e, EXIT_INTERNAL, errno, "cannot create the event loop");
	if (take_signals(run, e) || open_control(run, e) || open_flash(run, e) ||
	    open_disks(run, e))
		return -1;
	return open_nets(run, e);
}

static void close_host(struct run *run)
{
	unsigned int i;

	control_close(run->control);
	if (run->vsock >= 0)
		close(run->vsock);
	chardev_close(run->virtio_console);
	chardev_close(run->console);
	for (i = 0; i < CONFIG_NETS; i++)
		net_close(run->net[i]);
	for (i = 0; i < CONFIG_DISKS; i++)
		disk_close(run->disk[i]);
	for (i = 0; i < PFLASH_BANKS; i++)
		flash_close(run->flash[i]);
	loop_unwatch(run->signals);
	if (run->signal_fd >= 0)
		close(run->signal_fd);
	loop_destroy(run->loop);
	boot_files_close(&run->files);
}

static int open_consoles(struct run *run, struct err *e)
{
	const struct config *cfg = run->cfg;

	if (run->consoles_open || cfg->dumpdtb)
		return 0;
	run->consoles_open = true;
	run->console = chardev_open(run->loop, "console", cfg->console, escaped, run, e);
	if (!run->console)
		return -1;
	if (!cfg->virtio_console)
		return 0;
	run->virtio_console =
		chardev_open(run->loop, "virtio console", cfg->virtio_console, escaped, run, e);
	return run->virtio_console ? 0 : -1;
}

static struct virtio_dev *create_net(struct net_backend *net)
{
	return net->vhost_fd >= 0 ? virtio_vhost_net_create(net) : virtio_net_create(net);
}

/* The device closes it: the next life of the machine has another, without its connections. */
static int open_vsock(struct run *run, struct err *e)
{
	if (run->cfg->vsock_cid && run->vsock < 0)
		run->vsock = vhost_open_vsock(run->cfg->vsock_cid, e);
	return run->cfg->vsock_cid && run->vsock < 0 ? -1 : 0;
}

static int add_vsock(struct run *run, struct err *e)
{
	int fd = run->vsock;

	run->vsock = -1;
	if (fd < 0)
		return 0;
	return machine_add_virtio(run->machine, virtio_vhost_vsock_create(fd, run->cfg->vsock_cid),
				  e);
}

static int add_balloon(struct run *run, struct err *e)
{
	const uint64_t ram = run->cfg->mem;

	if (!run->cfg->balloon)
		return 0;
	run->balloon = virtio_balloon_create(ram, ram, balloon_changed, run);
	return machine_add_virtio(run->machine, run->balloon, e);
}

/* The order is the guest's: first disk vda, first network eth0. */
static int add_devices(struct run *run, struct err *e)
{
	const struct config *cfg = run->cfg;
	struct machine *m = run->machine;
	unsigned int i;

	if (machine_add_board(m, run->console, e))
		return -1;
	for (i = 0; i < cfg->disks.nr; i++)
		if (machine_add_virtio(m, virtio_blk_create(run->loop, run->disk[i]), e))
			return -1;
	for (i = 0; i < cfg->nets.nr; i++)
		if (machine_add_virtio(m, create_net(run->net[i]), e))
			return -1;
	if (run->virtio_console &&
	    machine_add_virtio(m, virtio_console_create(run->virtio_console), e))
		return -1;
	if (!cfg->no_rng && machine_add_virtio(m, virtio_rng_create(), e))
		return -1;
	return add_balloon(run, e) ? -1 : add_vsock(run, e);
}

static int power_on(struct run *run, struct err *e)
{
	const struct config *cfg = run->cfg;
	const struct machine_config mc = {
		.type = cfg->machine,
		.cpus = cfg->cpus,
		.mem = cfg->mem,
		.mem_prealloc = cfg->mem_prealloc,
		.append = cfg->append,
		.seed = !cfg->no_rng,
		.hypervisor = !cfg->no_hypervisor,
		.trace_mmio = cfg->trace_mmio,
		.dry = cfg->dumpdtb,
		.files = &run->files,
		.flash = { run->flash[0], run->flash[1] },
		.loop = run->loop,
	};

	if (open_vsock(run, e))
		return -1;
	run->machine = machine_create(&mc, e);
	if (!run->machine || open_consoles(run, e))
		return -1;
	return add_devices(run, e);
}

static void power_off(struct run *run)
{
	machine_destroy(run->machine);
	run->machine = NULL;
	run->balloon = NULL;
}

/* One life of the machine: its exit code, or -1 with @e. */
static int run_once(struct run *run, enum vm_event *event, struct err *e)
{
	static const int codes[] = {
		[VM_RUNNING] = EXIT_INTERNAL,
		[VM_OFF] = EXIT_GUEST_OFF,
		[VM_RESET] = EXIT_GUEST_RESET,
		[VM_CRASH] = EXIT_GUEST_CRASH,
	};

	if (power_on(run, e) || machine_start(run->machine, e))
		return -1;
	loop_run(run->loop);
	*event = machine_event(run->machine);
	loop_lock(run->loop);
	machine_report(run->machine);
	tell_end(run, *event);
	loop_unlock(run->loop);
	if (run->quit)
		return EXIT_GUEST_OFF;
	return run->ended ? run->ended : codes[*event];
}

static int run_until_off(struct run *run, struct err *e)
{
	enum vm_event event;
	int code;

	do {
		event = VM_RUNNING;
		code = run_once(run, &event, e);
		power_off(run);
	} while (code == EXIT_GUEST_RESET && !run->cfg->no_reboot);
	return code;
}

static int write_file(const char *path, const void *buf, size_t len, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	ssize_t n = fd < 0 ? -1 : write(fd, buf, len);

	if (fd >= 0 && close(fd) < 0)
		n = -1;
	if (n == (ssize_t)len)
		return 0;
	return err_sys(e, EXIT_USAGE, n < 0 ? errno : ENOSPC, "--dumpdtb: cannot write %s", path);
}

static int dump_fdt(struct run *run, struct err *e)
{
	void *fdt = power_on(run, e) ? NULL : machine_fdt(run->machine, e);
	int r = fdt ? write_file(run->cfg->dumpdtb, fdt, fdt_totalsize(fdt), e) : -1;

	free(fdt);
	power_off(run);
	return r;
}

/* For ps and top; the kernel keeps 15 characters of it. */
static void name_process(const char *name)
{
	char comm[16];

	snprintf(comm, sizeof(comm), "ember:%.9s", name);
	prctl(PR_SET_NAME, comm);
}

int cli_run(const struct config *cfg, struct err *e)
{
	struct run run = { .cfg = cfg, .signal_fd = -1, .vsock = -1, .files = { .kernel = -1 } };
	int code;

	run.files.initrd = run.files.dtb = -1;
	name_process(cfg->name);
	code = open_host(&run, e);
	if (!code)
		code = cfg->dumpdtb ? dump_fdt(&run, e) : run_until_off(&run, e);
	close_host(&run);
	return code;
}
