/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The machine "virt": QEMU's of that name, address for address, in the parts
 * that guests use (QEMU, hw/arm/virt.c: base_memmap, a15irqmap).
 *
 * Devices of virtio-mmio take the slots from the lowest up and stand in that
 * order in the device tree, so the first disk is vda.  An empty slot has no
 * node and reads as 0, where QEMU has a transport without a device.  Flash memory
 * and fw_cfg are there for firmware only, where QEMU always has them.
 */
#ifndef EMBER_VIRT_H
#define EMBER_VIRT_H

#define VIRT_FLASH 0x00000000ull /* two banks of 64 MiB; only with firmware in them */

#define VIRT_GIC_DIST 0x08000000ull
#define VIRT_GIC_DIST_SIZE 0x10000u
#define VIRT_GIC_CPU 0x08010000ull
#define VIRT_GIC_CPU_SIZE 0x10000u
#define VIRT_NR_IRQS 288u /* interrupt IDs: 32 private, 256 shared */

#define VIRT_UART 0x09000000ull
#define VIRT_UART_SPI 1u
#define VIRT_RTC 0x09010000ull
#define VIRT_RTC_SPI 2u
#define VIRT_FW_CFG 0x09020000ull /* only with firmware */

#define VIRT_VIRTIO 0x0a000000ull
#define VIRT_VIRTIO_STRIDE 0x200u
#define VIRT_VIRTIO_SPI 16u
#define VIRT_VIRTIO_SLOTS 32u

#define VIRT_RAM 0x40000000ull
#define VIRT_RAM_MAX 0xc0000000ull /* up to 4 GiB: no memory above, as with highmem=off */
#define VIRT_CPUS_MAX 8u /* GICv2 */

/* Private peripheral interrupts of arm,armv7-timer: secure, non-secure, virtual, hyp. */
#define VIRT_TIMER_PPIS            \
	{                          \
		13u, 14u, 11u, 10u \
	}

struct machine_type;

extern const struct machine_type machine_virt;

#endif
