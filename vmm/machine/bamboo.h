/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The machine "bamboo": QEMU's of that name, address for address, in the parts that guests
 * use (AMCC PPC440EP Evaluation Board; QEMU, hw/ppc/ppc440_bamboo.c).
 *
 * What QEMU's has not are the virtio-mmio devices and the register that turns the machine
 * off; a kernel learns of them from its device tree.  What it has not that QEMU's has:
 * devices on the PCI bus.
 */
#ifndef EMBER_BAMBOO_H
#define EMBER_BAMBOO_H

#define BAMBOO_RAM 0x00000000ull
#define BAMBOO_RAM_MAX 0x40000000ull /* four banks of 256 MiB */

/* Where QEMU puts them, if they fit there; the first vcpu's TLB reaches to TLB_SIZE. */
#define BAMBOO_FDT 0x01800000ull
#define BAMBOO_INITRD 0x01900000ull
#define BAMBOO_TLB_SIZE 0x10000000ull

#define BAMBOO_PCI 0xeec00000ull
#define BAMBOO_PCI_REGS 0xef400000ull
#define BAMBOO_UART0 0xef600300ull
#define BAMBOO_UART1 0xef600400ull

/* Ember's own. */
#define BAMBOO_VIRTIO 0xef700000ull
#define BAMBOO_VIRTIO_STRIDE 0x200u
#define BAMBOO_VIRTIO_SLOTS 24u
#define BAMBOO_SYSCON 0xef780000ull

/*
 * Inputs of the interrupt controller UIC0, which is in the kernel, at DCR 0xc0.  Free for
 * virtio are those that belong to no device of QEMU's machine: 25 to 28 are the PCI bus's.
 */
#define BAMBOO_UIC_DCR 0xc0u
#define BAMBOO_UIC_DCRS 9u
#define BAMBOO_IRQ_UART0 0u
#define BAMBOO_IRQ_UART1 1u
#define BAMBOO_IRQ_VIRTIO(i) ((i) < 23 ? 2 + (i) : 6 + (i))

/* Where there is no host to ask: QEMU's. */
#define BAMBOO_CLOCK 400000000u

struct machine_type;

extern const struct machine_type machine_bamboo;

#endif
