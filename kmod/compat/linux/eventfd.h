/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EMBER_COMPAT_LINUX_EVENTFD_H
#define EMBER_COMPAT_LINUX_EVENTFD_H

#include_next <linux/eventfd.h>
#include <probed.h>

#ifndef EMBER_KERNEL_HAS_eventfd_signal
#define eventfd_signal(ctx) eventfd_signal(ctx, 1)
#endif

#endif
