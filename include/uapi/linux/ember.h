/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * What Ember adds to the KVM ABI.
 */
#ifndef EMBER_UAPI_LINUX_EMBER_H
#define EMBER_UAPI_LINUX_EMBER_H

/*
 * MIPS32, of a VM without vcpus: args[0] is 1 where the guest kernel's privileged
 * instructions may be translated while it runs, as at first, 0 where each of them
 * is to trap.  -EBUSY once there is a vcpu.
 */
#define EMBER_CAP_MIPS_TRANSLATE	0x656d0001

#endif
