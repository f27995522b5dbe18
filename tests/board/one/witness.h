/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host as a process sees it: its registers, those of the FPU, and its memory are what
 * it left there, whatever guests do.
 */
#ifndef ONE_WITNESS_H
#define ONE_WITNESS_H

/* A process that looks after its own, for as long as this one lives. */
struct witness;
struct witness *witness_start(void);
/* It has looked again since the last call, and all was well; fail() otherwise. */
void witness_check(struct witness *w);

/* KVM_RUN of a vcpu's descriptor, which must leave this thread's registers alone. */
int witness_run(int fd);

#endif
