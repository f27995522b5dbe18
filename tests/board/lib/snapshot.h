/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The whole state of a VM, as the ABI shows it: taken, put into a fresh VM over
 * the same memory, compared.
 *
 * What is compared is compared exactly, but for what time does by itself:
 *  - the virtual counter runs on from the value that was set: what it shows is
 *    held against the host's own counter, read before and after;
 *  - a timer's ISTATUS has to fit the counters read before and after it;
 *  - a timer's interrupt may become pending when its time has come in between.
 */
#ifndef BOARD_SNAPSHOT_H
#define BOARD_SNAPSHOT_H

#include "vm.h"

enum snap_kind {
	SNAP_REG, /* KVM_GET_REG_LIST */
	SNAP_MP, /* KVM_GET_MP_STATE */
	SNAP_EVENTS, /* KVM_GET_VCPU_EVENTS */
	SNAP_PPI, /* KVM_ARM_VCPU_TIMER_CTRL */
	SNAP_ADDR, /* KVM_DEV_ARM_VGIC_GRP_ADDR */
	SNAP_DIST, /* ..._DIST_REGS */
	SNAP_CPUIF, /* ..._CPU_REGS */
};

struct snap_rec {
	enum snap_kind kind;
	unsigned int cpu;
	uint64_t id; /* register, attribute */
	uint64_t val;
};

/* A timer's counter before and after all that depends on it was read. */
struct snap_timer {
	uint64_t first, last, cval;
	uint32_t ctl;
};

struct snap_cpu {
	struct snap_timer virt, phys;
	/* KVM_REG_ARM_TIMER_CNT, and the host's counter around its reading */
	uint64_t count, before, after;
};

struct snapshot {
	struct vm *vm; /* whose; memory stays with it */
	uint32_t nr_irqs; /* 0: no GIC */
	struct snap_cpu cpu[MAX_VCPUS];
	size_t nr, room;
	struct snap_rec *rec;
};

/*
 * The documented order makes the vcpus, initializes them and then the GIC, sets
 * the GIC's registers and then the vcpus'.  These are others that work.
 */
#define SNAP_REGS_FIRST 0x1 /* the vcpus' registers before the GIC's */
#define SNAP_GIC_LATE 0x2 /* ... and before there is a GIC at all */
#define SNAP_INIT_LATE 0x4 /* KVM_ARM_VCPU_INIT after the GIC's registers */
#define SNAP_ORDERS 0x8

/* No vcpu of @vm is in KVM_RUN. */
struct snapshot *snapshot_take(struct vm *vm);
void snapshot_free(struct snapshot *s);
/* A new VM with that state; shares the old one's memory, which it now owns. */
struct vm *snapshot_restore(const struct snapshot *s, unsigned int order);
/* Fail unless @vm, which came out of snapshot_restore(), has the state of @s. */
void snapshot_check(const struct snapshot *s, struct vm *vm);
/* All of that: the VM that takes the place of @vm, which is gone. */
struct vm *snapshot_move(struct vm *vm, unsigned int order);
/* What was saved of one register; fails if that is not in there. */
uint64_t snapshot_val(const struct snapshot *s, enum snap_kind kind, unsigned int cpu, uint64_t id);

#endif
