// SPDX-License-Identifier: GPL-2.0
/* The table of uapi_table.h from the system's <linux/kvm.h>. */
#define UAPI_TABLE uapi_system
#include "uapi_table.h"
