/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A machine: guest memory with a kernel in it, a VM, vcpus, a bus of devices.
 *
 * It lives from power-on to reset or power-off: a guest reset destroys it and
 * makes a new one, while the loop, the boot files and the host's ends of the
 * devices stay.  The life of one is
 *
 *	machine_create(), machine_add_*() in a fixed order, machine_start(),
 *	loop_run(), machine_event(), machine_destroy()
 *
 * all from the main thread, without the device lock.
 */
#ifndef EMBER_MACHINE_H
#define EMBER_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "../dev/pflash.h"
#include "../vcpu.h"
#include "../virtio/virtio.h"

struct boot_files;
struct chardev;
struct err;
struct flash;
struct loop;
struct machine;
struct machine_type;
struct stats_sink;

struct machine_config {
	const struct machine_type *type;
	unsigned int cpus;
	uint64_t mem; /* bytes */
	bool mem_prealloc; /* see prealloc.h */
	const char *append; /* kernel command line, or NULL */
	bool seed; /* give the guest random bytes for its generator */
	bool hypervisor; /* tell the guest what it may ask KVM for, if anything */
	bool trace_mmio;
	bool dry; /* no KVM: only the device tree can be had */
	const struct boot_files *files;
	/* Firmware and its variables; both NULL: the kernel is started directly. */
	struct flash *flash[PFLASH_BANKS];
	struct loop *loop;
};

/*
 * Memory with kernel and initrd, then the VM with its vcpus.  NULL with @e:
 * EXIT_USAGE for what was asked, EXIT_HOST for what this host can't.
 */
struct machine *machine_create(const struct machine_config *cfg, struct err *e);
/* Stops the vcpus first; NULL is fine. */
void machine_destroy(struct machine *m);

/* Serial port (@chr may be NULL), clock and whatever else is soldered to such a board. */
int machine_add_board(struct machine *m, struct chardev *chr, struct err *e);

/* Put @vdev in the next virtio-mmio slot; takes it over, and NULL is its constructor's error. */
int machine_add_virtio(struct machine *m, struct virtio_dev *vdev, struct err *e);

/*
 * The finished device tree, from malloc(); its size is in its header.  NULL with @e,
 * EXIT_USAGE for a machine that has none.
 */
void *machine_fdt(struct machine *m, struct err *e);

/* Tell the guest what there is, set the first vcpu's registers, let all run. */
int machine_start(struct machine *m, struct err *e);

/*
 * From the loop, with the device lock: stop the vcpus and let them run again.  Devices
 * and time go on, as they do for a process that was stopped.
 */
void machine_pause(struct machine *m, bool on);
bool machine_paused(const struct machine *m);
/* End it with @event, as if the guest had asked for that. */
void machine_end(struct machine *m, enum vm_event event);

/*
 * What KVM counts of it, or with @vcpu not negative of one of its processors: 0 or -errno,
 * -ENOENT for one that there is not.
 */
int machine_stats(const struct machine *m, int vcpu, const struct stats_sink *sink);

/* Say it if the guest reached for devices or registers that there aren't. */
void machine_report(const struct machine *m);

/* How it ended; VM_RUNNING while it hasn't, and then the loop was quit for another reason. */
enum vm_event machine_event(const struct machine *m);

#endif
