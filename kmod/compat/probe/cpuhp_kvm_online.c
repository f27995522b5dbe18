// SPDX-License-Identifier: GPL-2.0
/* Until 6.3 the hotplug state of KVM came before interrupts were on. */
#include <linux/cpuhotplug.h>

int probe = CPUHP_AP_KVM_ONLINE;
