/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the host's processor architecture is to the monitor: how KVM makes a vcpu
 * there, and which machine it is put into.
 *
 * One directory below arch/ implements this header; the makefile chooses it by the
 * compiler's target, so that no other file asks what it is compiled for.  The
 * build machine's unit tests, which have no such KVM, get arch/arm.
 */
#ifndef EMBER_ARCH_H
#define EMBER_ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct kvm;
struct machine_type;

/* What `ember run` makes on this host. */
extern const struct machine_type *const arch_machine;

/* Argument of KVM_CREATE_VM. */
extern const unsigned long arch_vm_type;

/* What KVM must have beside what kvm.c asks of every host; ends with @name NULL. */
struct arch_need {
	int cap; /* KVM_CAP_* */
	const char *name;
};

extern const struct arch_need arch_needs[];

/*
 * Make a new vcpu the processor that guests expect, as after a reset.  @off: it
 * waits until another starts it.  0, or -1 with @e.
 */
int arch_vcpu_init(struct kvm *kvm, int vcpu, unsigned int index, bool off, struct err *e);

/* Let it begin at @pc with these in its first four argument registers; 0 or -errno. */
int arch_vcpu_start_at(int vcpu, uint32_t pc, const uint32_t args[4]);

/*
 * MIPS: the machine has a coherence manager, whose registers are at @gcr.  And: begin at
 * @pc, as after a reset; the vcpu does not run.  0 or -errno; -ENOTSUP elsewhere.
 */
int arch_vcpu_coherent(int vcpu, uint64_t gcr);
int arch_vcpu_reset_at(int vcpu, uint32_t pc);

/*
 * Drive an interrupt pin of the processor itself; from any thread, also while the
 * vcpu runs.  0 or -errno; -ENOTSUP where the interrupt controller is in the kernel.
 */
int arch_vcpu_interrupt(int vcpu, unsigned int pin, bool level);

/*
 * PowerPC: the instructions of a hypercall, for the guest's device tree; how many of them
 * there are, 0 where guests have no hypercalls that way.
 */
#define ARCH_HCALL_MAX 4

unsigned int arch_hypercall(struct kvm *kvm, uint32_t insn[ARCH_HCALL_MAX]);

/*
 * Drive input @nr of the interrupt controller that is in the kernel (a GIC's are the shared
 * peripheral interrupts), from any thread.  0 or -errno.  Not on MIPS.
 */
int arch_line_set(struct kvm *kvm, unsigned int nr, bool level);

/*
 * A device has put @len bytes at @at into guest memory which the guest may run: it takes them
 * for the work of a device, and so for something that no cache has.  From any thread.
 */
void arch_memory_filled(void *at, size_t len);

/* One line about where the guest is, for someone who debugs it. */
void arch_vcpu_describe(int vcpu, char *text, size_t size);

#endif
