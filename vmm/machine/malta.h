/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The machine "malta": QEMU's of that name, address for address, in the parts that
 * guests use (MIPS Malta User's Manual, MD00048; QEMU, hw/mips/malta.c), with several
 * processors the one that it is with P5600.
 *
 * What QEMU's has not are the virtio-mmio devices; a kernel learns of them from its
 * command line.  What it has not that QEMU's has: devices on the PCI bus beside the
 * PIIX4, the PIIX4's IDE, USB and SMBus, the parallel port, the keyboard controller,
 * flash memory.
 *
 * Guest physical addresses are the board's; guest kernels reach them at other virtual
 * addresses than on a board, since a kernel that is not in kernel mode has the lower
 * half of the address space only (Linux up to 5.12: KVM_GUEST_KSEG0).
 */
#ifndef EMBER_MALTA_H
#define EMBER_MALTA_H

#define MALTA_RAM 0x00000000ull
#define MALTA_RAM_MAX 0x10000000ull /* 256 MiB: devices above, and nothing behind them */

#define MALTA_VIRTIO 0x1d000000ull /* Ember's own */
#define MALTA_VIRTIO_STRIDE 0x200u
#define MALTA_VIRTIO_SLOTS 24u

#define MALTA_ISA 0x18000000ull /* I/O port 0 */
#define MALTA_ISA_SIZE 0x200000ull /* as the firmware has set up the GT-64120 */
#define MALTA_FPGA 0x1f000000ull
#define MALTA_ROM 0x1fc00000ull

/*
 * Several processors are cores of a coherent system: coherence manager, power and
 * interrupt controller at QEMU's addresses, of which a kernel learns from CP0.  It
 * switches the latter two on itself, at the addresses that Linux has for the board.
 */
#define MALTA_CPUS_MAX 8u
#define MALTA_CM 0x1fbf8000ull

/* Pins of the interrupt controller, and which pin of a processor its first output is. */
#define MALTA_GIC_I8259 3u
#define MALTA_GIC_UART3 4u
#define MALTA_PIN_GIC 2u

/* ISA interrupts. */
#define MALTA_IRQ_TIMER 0u
#define MALTA_IRQ_UART2 3u
#define MALTA_IRQ_UART1 4u
#define MALTA_IRQ_RTC 8u

/* Slots take these in turn; several devices on one, so they are level triggered. */
#define MALTA_VIRTIO_IRQS        \
	{                        \
		10u, 11u, 5u, 9u \
	}
#define MALTA_VIRTIO_IRQ_MASK (1u << 10 | 1u << 11 | 1u << 5 | 1u << 9)

/* The processor's own interrupt pins (MIPS32 PRA, volume III, Cause.IP). */
#define MALTA_PIN_I8259 2u
#define MALTA_PIN_UART3 4u
#define MALTA_PINS 8u

/* Virtual: kernel, unmapped (KSEG0, and KSEG1 folds onto it); kernel, mapped. */
#define MALTA_KSEG0 0x40000000u
#define MALTA_KSEG2 0x60000000u
#define MALTA_KSEG_SIZE 0x20000000u

struct machine_type;

extern const struct machine_type machine_malta;

#endif
