// SPDX-License-Identifier: GPL-2.0
/* The table of uapi_table.h from Ember's own <linux/kvm.h>. */
#define EMBER_UAPI_KVM_OWN
#define UAPI_TABLE uapi_own
#include "uapi_table.h"
