/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The monitor's side of /dev/kvm: one VM's file descriptors and what they can
 * do (Linux, Documentation/virt/kvm/api.rst; the arm ABI as of 5.6).
 *
 * Reading order: this file, vcpu.h (a thread that runs one), machine/machine.h.
 */
#ifndef EMBER_KVM_H
#define EMBER_KVM_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct err;
struct guestmem;

struct kvm {
	int sys; /* /dev/kvm */
	int vm;
	int gic; /* KVM_CREATE_DEVICE's, or -1 with the older KVM_CREATE_IRQCHIP */
	long run_size; /* bytes of struct kvm_run, per vcpu */
	unsigned int max_cpus;
	uint32_t target; /* KVM_ARM_PREFERRED_TARGET: KVM_ARM_TARGET_* */
	bool irqfd, ioeventfd;
	unsigned int memslots;
};

struct kvm_gic_config {
	uint64_t dist, cpu; /* guest physical addresses of the two windows */
	unsigned int nr_irqs; /* interrupt IDs, SGIs and PPIs included */
};

/*
 * Open /dev/kvm, check what it offers, create a VM.  0, or -1 with @e: EXIT_HOST
 * and what to do about it.  kvm_destroy() undoes it, and a half-made one too.
 */
int kvm_create(struct kvm *kvm, struct err *e);
void kvm_destroy(struct kvm *kvm);

/* Make every region of @mem the guest's RAM. */
int kvm_add_memory(struct kvm *kvm, const struct guestmem *mem, struct err *e);

/*
 * A slot for memory that the guest can't write, at @gpa: its writes there are MMIO.
 * With @mapped false its reads are too.  0 or -errno.
 */
struct kvm_rom {
	unsigned int slot; /* from kvm_rom_create() */
	uint64_t gpa, size;
	void *hva;
};

int kvm_rom_create(struct kvm *kvm, struct kvm_rom *rom, struct err *e);
int kvm_rom_map(struct kvm *kvm, const struct kvm_rom *rom, bool mapped);

/* A GICv2: made before the vcpus are, started once all of them are there. */
int kvm_gic_create(struct kvm *kvm, const struct kvm_gic_config *cfg, struct err *e);
int kvm_gic_start(struct kvm *kvm, const struct kvm_gic_config *cfg, struct err *e);

/*
 * A new vcpu, reset as the processor the host has.  @off: it waits for
 * PSCI CPU_ON.  Returns its file descriptor or -1 with @e.
 */
int kvm_vcpu_create(struct kvm *kvm, unsigned int index, bool off, struct err *e);

/* Affinity fields of its MPIDR, as the guest's device tree names a CPU. */
uint32_t kvm_vcpu_mpidr(int vcpu, unsigned int index);

/* Drive shared peripheral interrupt @spi; 0 or -errno. */
int kvm_irq_set(struct kvm *kvm, unsigned int spi, bool level);
/* Signals on eventfd @fd become edges of @spi; 0 or -errno. */
int kvm_irqfd(struct kvm *kvm, unsigned int spi, int fd);
/* A 4-byte write of @value at @gpa becomes a signal on @fd; 0 or -errno. */
int kvm_ioeventfd(struct kvm *kvm, uint64_t gpa, uint32_t value, int fd, bool assign);

/*
 * Core registers of a vcpu, by their word in struct kvm_regs of <asm/kvm.h>:
 * r0-r15 are 0-15.  0 or -errno.
 */
#define KVM_CORE_PC 15u
#define KVM_CORE_CPSR 16u

int kvm_core_get(int vcpu, unsigned int word, uint32_t *val);
int kvm_core_set(int vcpu, unsigned int word, uint32_t val);

#endif
