/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Enough of the machine "virt" for a stock kernel: 128 MiB of memory, the boot
 * protocol, a PL011.  One of it in a process.
 */
#ifndef BOARD_MACHINE_H
#define BOARD_MACHINE_H

#include "vm.h"

#define MACHINE_RAM 0x08000000

/*
 * Give @vm its memory and load it: a zImage, an initrd where the device tree's
 * /chosen says it is, the tree itself above; vcpu 0 is at the kernel's entry.
 */
void machine_load(struct vm *vm, const char *kernel, const char *initrd, const char *dtb);
/* Serve the KVM_EXIT_MMIO of @cpu; any vcpu's thread. */
void machine_mmio(struct vcpu *cpu);
/* Has the guest said a line with @text in it? */
bool machine_said(const char *text);
/* Type on the console of @vm. */
void machine_type(struct vm *vm, const char *text);

#endif
