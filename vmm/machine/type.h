/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A kind of machine ("virt", "malta", "bamboo") and what machine.c keeps of one: for the files
 * that implement a kind, and for what checks a command line against it.
 *
 * Reading order: machine.h, this file, machine.c, then one kind: virt.h and virt.c,
 * malta.h and malta.c, or bamboo.h and bamboo.c.
 */
#ifndef EMBER_MACHINE_TYPE_H
#define EMBER_MACHINE_TYPE_H

#include <stddef.h>

#include "../bus.h"
#include "../dev/device.h"
#include "../guestmem.h"
#include "../kvm.h"
#include "boot.h"
#include "machine.h"

struct fdt_guest;
struct virtio_slot;

#define MACHINE_CPUS_MAX 8u

/*
 * The operations are called in the order in which they stand here, those of one life
 * of a machine; all but @load, @add_board, @place and @start may be NULL.  With
 * cfg.dry there is no VM, and between @load and @add_board none is called.
 */
struct machine_type {
	const char *name; /* as QEMU calls it */
	const char *cpu; /* of its guests: "ARMv7" */
	const char *devices; /* of the board, for --version */
	const char *about; /* for --help; lines end with '\n' */
	unsigned int cpus_max; /* at most MACHINE_CPUS_MAX */
	unsigned int slots; /* for virtio devices */
	uint64_t ram, ram_max; /* guest physical address, bytes */
	bool firmware; /* --bios, --pflash */
	bool hypervisor; /* --no-hypervisor */
	size_t size; /* of the struct that begins with struct machine */

	/* Memory is there: kernel or firmware into it; fills in m->boot. */
	int (*load)(struct machine *m, struct err *e);
	/* The VM is there, its vcpus are not; and once they are. */
	int (*before_vcpus)(struct machine *m, struct err *e);
	int (*after_vcpus)(struct machine *m, struct err *e);
	/* Everything on the bus that is not virtio; @chr may be NULL. */
	int (*add_board)(struct machine *m, struct chardev *chr, struct err *e);
	/* Where virtio device @i goes: fill in base and irq. */
	void (*place)(struct machine *m, unsigned int i, struct virtio_slot *slot);
	/* machine_fdt(); NULL: such a machine has no device tree. */
	void *(*fdt)(struct machine *m, struct err *e);
	/* What the guest is told goes into memory, where it begins into the first vcpu. */
	int (*start)(struct machine *m, struct err *e);
	/* PowerPC: a device control register; false if there is none, and then 0 is read. */
	bool (*dcr)(struct machine *m, uint32_t nr, uint32_t *val, bool write);
	/* The vcpus have ended: before the devices go, and after. */
	void (*unplug)(struct machine *m);
	void (*finish)(struct machine *m);
};

/* The first member of a kind's own struct. */
struct machine {
	const struct machine_type *type;
	struct machine_config cfg;
	struct guestmem mem;
	struct boot boot;
	struct kvm kvm;
	struct bus bus;
	struct doorbell doorbell;
	unsigned int slots; /* how many are in use */
	unsigned int vcpus; /* how many were created */
	struct vcpu vcpu[MACHINE_CPUS_MAX];
	int event; /* enum vm_event, atomic; the first one wins */
	bool paused;
};

/* For machines with a device tree: what it says of this one; put it into memory. */
struct fdt_guest machine_fdt_guest(const struct machine *m);
int machine_load_fdt(struct machine *m, struct err *e);

/* Put @dev on the bus, taking it over; NULL is its constructor's error.  0 or -1 with @e. */
int machine_add_device(struct machine *m, struct device *dev, const char *what, struct err *e);

#endif
