/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A vcpu: a thread around KVM_RUN.  MMIO goes to the bus under the device
 * lock; anything that ends the machine goes to its owner as an event.
 */
#ifndef EMBER_VCPU_H
#define EMBER_VCPU_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct bus;
struct err;
struct kvm;
struct kvm_run;
struct loop;

/* How a machine's life ends. */
enum vm_event {
	VM_RUNNING,
	VM_OFF, /* the guest shut down */
	VM_RESET, /* the guest asked for a reset */
	VM_CRASH, /* the guest crashed, or KVM can't go on with it; told on stderr */
};

/* Why a thread stays out of the guest. */
enum vcpu_pause {
	VCPU_PAUSED = 1, /* somebody has paused the machine */
	VCPU_OFF = 2, /* the processor has no power */
};

struct vcpu {
	unsigned int index;
	int fd;
	struct kvm_run *run; /* shared with the kernel */
	long run_size;
	bool started;
	bool stop; /* atomic; set once, by vcpu_stop() */
	unsigned int pause; /* atomic; enum vcpu_pause: the thread does not enter the guest */
	bool inside; /* atomic; in KVM_RUN, or on the way there */
	pthread_mutex_t pause_lock; /* what changes @pause or waits for @inside or @pause */
	pthread_cond_t pause_cond; /* either has changed */
	pthread_t thread;
	/* The owner's: set before vcpu_start() and constant from then on. */
	struct loop *loop;
	struct bus *bus;
	/* From the vcpu's thread, without the device lock; the thread ends then. */
	void (*event)(void *opaque, enum vm_event event);
	/* PowerPC: a device control register that is not in the kernel; device lock held. */
	void (*dcr)(void *opaque, uint32_t nr, uint32_t *val, bool write);
	void *opaque;
};

/* Create vcpu @index, @off waiting for PSCI CPU_ON.  0, or -1 with @e. */
int vcpu_create(struct vcpu *vcpu, struct kvm *kvm, unsigned int index, bool off, struct err *e);
int vcpu_start(struct vcpu *vcpu, struct err *e);
/* Make the thread leave KVM_RUN and wait for its end.  Device lock not held. */
void vcpu_stop(struct vcpu *vcpu);
/*
 * Keep the thread out of the guest until vcpu_resume(); it is out when the call returns.
 * The device lock may be held: what the guest was about to do with a device waits.
 */
void vcpu_pause(struct vcpu *vcpu);
void vcpu_resume(struct vcpu *vcpu);
/*
 * The same for a processor that has no power until another gives it, on machines where
 * that is a device's business; before vcpu_start() and from an access to a device.
 */
void vcpu_power(struct vcpu *vcpu, bool on);
/* Stopped before, or never started. */
void vcpu_destroy(struct vcpu *vcpu);

#endif
