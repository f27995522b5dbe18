/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * What Ember adds to the KVM ABI.
 */
#ifndef EMBER_UAPI_LINUX_EMBER_H
#define EMBER_UAPI_LINUX_EMBER_H

#include <linux/types.h>

/*
 * MIPS32, of a VM without vcpus: args[0] is 1 where the guest kernel's privileged
 * instructions may be translated while it runs, as at first, 0 where each of them
 * is to trap.  -EBUSY once there is a vcpu.
 */
#define EMBER_CAP_MIPS_TRANSLATE	0x656d0001

/*
 * The same for PowerPC 440.  Of a vcpu of a VM, by its thread, at any time: 0 ends
 * translation in the VM and puts the guest's own words back into its memory, so that it
 * can be saved; 1 lets it begin again.
 */
#define EMBER_CAP_PPC_TRANSLATE		0x656d0002

/*
 * PowerPC 440: registers that Linux' <asm/kvm.h> has no number for, all of 32 bits.  SPRs go
 * by the number that they are read by, or written by if they cannot be read.  Of a TLB entry
 * @word is 0 to 2 as of tlbwe, 3 for the TID.
 */
#define EMBER_REG_PPC440_SPR(spr)	(KVM_REG_PPC | KVM_REG_SIZE_U32 | 0x04400000 | (spr))
#define EMBER_REG_PPC440_TLB(entry, word) \
	(KVM_REG_PPC | KVM_REG_SIZE_U32 | 0x04410000 | (entry) << 2 | (word))

/*
 * PowerPC 440: the magic page that a guest has asked for by hypercall.  0 is its effective
 * address | 1, or 0 if it has not; 1 to 8 are the first words of the page, which hold what
 * a guest that is in the middle of a replaced instruction has left there.
 */
#define EMBER_REG_PPC440_MAGIC(n)	(KVM_REG_PPC | KVM_REG_SIZE_U32 | 0x04420000 | (n))

/*
 * PowerPC 440: the UIC, as KVM_GET_IRQCHIP and KVM_SET_IRQCHIP have it in kvm_irqchip.chip;
 * chip_id is 0.  Registers as the manual has them; lines: the inputs as they are driven, 0
 * being the highest bit.
 */
struct ember_ppc_uic {
	__u32 sr, er, cr, pr, tr, vcr;
	__u32 lines;
	__u32 pad;
};

#endif
