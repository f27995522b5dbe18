// SPDX-License-Identifier: GPL-2.0
/*
 * What Linux answers on PowerPC Book E, where it is not 0; and where Ember does otherwise.
 */
#include "vm.h"

const struct arch_cap arch_caps[] = {
	{ KVM_CAP_IRQCHIP, 1 }, /* 0 there: a UIC has never been in it */
	{ KVM_CAP_USER_MEMORY, 1 },
	{ KVM_CAP_NR_MEMSLOTS, 64 },
	{ KVM_CAP_COALESCED_MMIO, KVM_COALESCED_MMIO_PAGE_OFFSET },
	{ KVM_CAP_SYNC_MMU, 1 },
	{ KVM_CAP_DESTROY_MEMORY_REGION_WORKS, 1 },
	{ KVM_CAP_JOIN_MEMORY_REGIONS_WORKS, 1 },
	{ KVM_CAP_IRQFD, 1 },
	{ KVM_CAP_IRQFD_RESAMPLE, 1 },
	{ KVM_CAP_IRQ_ROUTING, 4096 },
	{ KVM_CAP_SIGNAL_MSI, 1 },
	{ KVM_CAP_IOEVENTFD, 1 },
	{ KVM_CAP_INTERNAL_ERROR_DATA, 1 },
	{ KVM_CAP_MAX_VCPUS, MAX_VCPUS },
	{ KVM_CAP_PPC_UNSET_IRQ, 1 },
	{ KVM_CAP_PPC_GET_PVINFO, 1 },
	{ KVM_CAP_PPC_IRQ_LEVEL, 1 },
	{ KVM_CAP_PPC_BOOKE_SREGS, 1 },
	{ KVM_CAP_PPC_BOOKE_WATCHDOG, 1 },
	{ KVM_CAP_ONE_REG, 1 },
	{ KVM_CAP_READONLY_MEM, 1 },
	{ KVM_CAP_DEVICE_CTRL, 1 },
	{ KVM_CAP_ENABLE_CAP_VM, 1 },
	{ KVM_CAP_ENABLE_CAP, 1 },
	{ KVM_CAP_CHECK_EXTENSION_VM, 1 },
	{ KVM_CAP_IOEVENTFD_ANY_LENGTH, 1 },
	{ KVM_CAP_MAX_VCPU_ID, MAX_VCPUS },
	{ KVM_CAP_IMMEDIATE_EXIT, 1 },
	{ KVM_CAP_COALESCED_PIO, 1 },
	{ KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, 1 },
	{ KVM_CAP_BINARY_STATS_FD, 1 },
};

const size_t arch_nr_caps = sizeof(arch_caps) / sizeof(arch_caps[0]);
