// SPDX-License-Identifier: GPL-2.0
/* Must always compile: says that the probes' flags are right. */
#include <linux/cpuhotplug.h>
#include <linux/eventfd.h>
#include <linux/kvm.h>
