/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a device is to the machine, and what the machine is to a device.
 *
 * A device is handed its irq line, guest memory, its host backend and the
 * event loop; it never sees the VM.  All operations are called with the
 * device lock of loop.h held.
 */
#ifndef EMBER_DEVICE_H
#define EMBER_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct device;

/*
 * An interrupt line into the guest's interrupt controller.  The machine fills
 * it in; a device drives it.
 */
struct irqline {
	/* Drive the level; idempotent, safe from any thread. */
	void (*set)(struct irqline *irq, bool level);
	/*
	 * An eventfd whose signal is one edge of the line (KVM_IRQFD), for
	 * backends that live outside the device lock; -1 where there is none.
	 */
	int edge_fd;
	unsigned int spi; /* input of the controller; a GIC's are shared peripheral interrupts */
	unsigned int cells; /* of its specifier in the device tree: FDT_*_CELLS */
	bool edge; /* edge triggered in the device tree */
	void *opaque; /* the machine's */
};

/*
 * One row of a device's saved state: save, restore, show and test all walk
 * the same table.  @size bytes at @offset in the device's struct, host byte
 * order, integers only.  A row with @name NULL ends the table.
 */
struct state_field {
	const char *name;
	uint32_t offset;
	uint32_t size;
};

/* clang-format off */
#define STATE_FIELD(type, member) \
	{ #member, offsetof(type, member), sizeof(((type *)0)->member) }
/* clang-format on */

struct device_ops {
	const char *name; /* as in the device tree: "pl011", "virtio_mmio" */
	/* @off within the window; @len 1, 2, 4 or 8; unknown registers read as 0 */
	uint64_t (*mmio_read)(struct device *dev, uint64_t off, unsigned int len);
	void (*mmio_write)(struct device *dev, uint64_t off, uint64_t val, unsigned int len);
	/*
	 * Add this device's node under the root of @fdt, a tree being written
	 * with libfdt's sequential calls; machine/fdt.h has helpers for what
	 * all nodes have.  Returns 0 or a libfdt error.
	 */
	int (*fdt)(struct device *dev, void *fdt);
	void (*reset)(struct device *dev);
	void (*destroy)(struct device *dev);
	const struct state_field *state;
	/* Called after the fields were restored: rebuild what is derived; 0 or -errno. */
	int (*restored)(struct device *dev);
	/*
	 * Called with the vcpus stopped before the state is saved: return when
	 * nothing is in flight; may block.  NULL: nothing ever is.
	 */
	void (*quiesce)(struct device *dev);
};

/* Embedded as the first member of every device. */
struct device {
	const struct device_ops *ops;
	uint64_t base; /* guest physical address of the register window */
	uint64_t size;
	struct irqline *irq; /* NULL for a device without interrupt */
	uint64_t unknown; /* accesses to registers it does not have */
};

/*
 * What a device with doorbells may ask of the machine: turn a 4-byte write of
 * @value at @gpa into a signal on @fd (KVM_IOEVENTFD with datamatch).  Returns
 * 0 or -errno; on failure the device serves the write through mmio_write.
 */
struct doorbell_ops {
	int (*assign)(void *opaque, uint64_t gpa, uint32_t value, int fd);
	int (*deassign)(void *opaque, uint64_t gpa, uint32_t value, int fd);
};

struct doorbell {
	const struct doorbell_ops *ops;
	void *opaque;
};

/*
 * What a device whose window the guest can move may ask of the machine: have
 * it at @base from now on, or (@mapped false) nowhere.  The machine changes
 * dev->base.  Called from an access to the device or another one, with the
 * device lock held.  0 or -errno, and then it is nowhere.  NULL: it is where the
 * machine has put it, and the guest's wish is only remembered.
 */
struct remap {
	int (*move)(void *opaque, struct device *dev, uint64_t base, bool mapped);
	void *opaque;
};

#endif
