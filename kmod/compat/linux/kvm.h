/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EMBER_COMPAT_LINUX_KVM_H
#define EMBER_COMPAT_LINUX_KVM_H

#include_next <linux/kvm.h>
#include <probed.h>

#ifndef EMBER_KERNEL_HAS_immediate_exit_unsafe
#define immediate_exit__unsafe immediate_exit
#endif

#endif
