/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a machine that starts with firmware has more: flash memory mapped into the
 * guest, and what fw_cfg tells of the kernel to boot.
 */
#ifndef EMBER_FIRMWARE_H
#define EMBER_FIRMWARE_H

#include <stdint.h>

#include "../dev/pflash.h"
#include "../kvm.h"

struct boot_files;
struct err;
struct guestmem;

/* Flash memory that KVM maps: outlives the pflash device, which is given @map. */
struct firmware {
	struct kvm *kvm;
	struct kvm_rom rom[PFLASH_BANKS];
	struct pflash_map map;
};

/* 0, or -1 with @e (EXIT_HOST). */
int firmware_init(struct firmware *fw, struct kvm *kvm, struct flash *const bank[PFLASH_BANKS],
		  struct err *e);

/* The fw_cfg device, or NULL with @e (EXIT_USAGE: a file that doesn't fit in @mem). */
struct device *firmware_config(const struct boot_files *files, const char *append,
			       unsigned int cpus, const struct guestmem *mem, struct err *e);

#endif
