/* SPDX-License-Identifier: GPL-2.0 */
/*
 * <linux/kvm.h> of 6.12 wants this from every architecture that has KVM; arm has
 * none any more.  Nothing in it is needed here.
 */
#ifndef CONFIG_ARM
#include_next <asm/kvm_types.h>
#endif
