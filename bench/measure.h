/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What boards whose VM has one vcpu share: measure.c, their exits.c and their guests.
 */
#ifndef MEASURE_H
#define MEASURE_H

/* 6400 rounds, in batches short against the host's timer tick. */
#define BATCHES 100
#define ROUNDS 64

#if __STDC_HOSTED__
#include "../tests/board/lib/vm.h"

/* What a board's exits.c has: */
struct row {
	const char *name;
	const char *function, *empty; /* the guest's, less g_ */
	unsigned int flags; /* of the VM */
	void (*run)(struct vcpu *cpu);
};

extern const struct row rows[];
extern const size_t nr_rows;
/* Instructions in a tick of the clock that the guest reads. */
double tick_ns(struct vcpu *cpu);
/* The line that ends the guest's sleep; -1 and errno if KVM refuses. */
int wake_line(struct vcpu *cpu, bool up);

/* What measure.c has: ways to run a guest until it is done. */
void run_plain(struct vcpu *cpu);
/* Its reads of a device are answered. */
void run_device(struct vcpu *cpu);
/*
 * Another thread, which runs only while the guest sleeps, raises the line; it is lowered
 * when the guest writes to a device.
 */
void run_waker(struct vcpu *cpu);
#endif

#endif
