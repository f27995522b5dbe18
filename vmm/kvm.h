/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The monitor's side of /dev/kvm: one VM's file descriptors and what they can
 * do (Linux, Documentation/virt/kvm/api.rst).  What differs from one host's
 * architecture to the next is in arch.h.
 *
 * Reading order: this file, arch.h, vcpu.h (a thread that runs one),
 * machine/machine.h.
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
	long run_size; /* bytes of struct kvm_run, per vcpu */
	unsigned int max_cpus;
	bool irqfd, ioeventfd;
	unsigned int memslots;
};

/*
 * Open /dev/kvm, check what it offers, create a VM.  0, or -1 with @e: EXIT_HOST
 * and what to do about it.  kvm_destroy() undoes it, and a half-made one too.
 */
int kvm_create(struct kvm *kvm, struct err *e);
void kvm_destroy(struct kvm *kvm);

/* Make every region of @mem the guest's RAM. */
int kvm_add_memory(struct kvm *kvm, const struct guestmem *mem, struct err *e);

/* The architecture's interrupt controller, in the kernel: KVM_CREATE_IRQCHIP; 0, or -1 with @e. */
int kvm_create_irqchip(struct kvm *kvm, const char *name, struct err *e);

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

/*
 * A new vcpu, reset as guests expect their processor.  @off: it waits until another
 * starts it.  Returns its file descriptor or -1 with @e.
 */
int kvm_vcpu_create(struct kvm *kvm, unsigned int index, bool off, struct err *e);

/* A 4-byte write of @value, little-endian, at @gpa becomes a signal on @fd; 0 or -errno. */
int kvm_ioeventfd(struct kvm *kvm, uint64_t gpa, uint32_t value, int fd, bool assign);

/* A signal on @fd becomes an edge of @gsi; 0 or -errno. */
int kvm_irqfd(struct kvm *kvm, unsigned int gsi, int fd);

/* A 32-bit register of a vcpu by its KVM_REG_*; 0 or -errno. */
int kvm_reg_get(int vcpu, uint64_t id, uint32_t *val);
int kvm_reg_set(int vcpu, uint64_t id, uint32_t val);

#endif
