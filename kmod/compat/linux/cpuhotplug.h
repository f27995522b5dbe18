/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EMBER_COMPAT_LINUX_CPUHOTPLUG_H
#define EMBER_COMPAT_LINUX_CPUHOTPLUG_H

#include_next <linux/cpuhotplug.h>
#include <probed.h>

#ifndef EMBER_KERNEL_HAS_cpuhp_kvm_online
#define CPUHP_AP_KVM_ONLINE CPUHP_AP_KVM_STARTING
#endif

#endif
