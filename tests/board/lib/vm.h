/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A virtual machine for tests: memory with the guests' image, vcpus that start in a
 * guest function given by name; on ARM a GIC if wanted. arch.h has what is of one
 * architecture only.
 *
 * Everything here ends the test with fail() when the kernel says no; a test
 * that wants to see an error calls the ioctl itself.
 */
#ifndef BOARD_VM_H
#define BOARD_VM_H

#include <linux/kvm.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include "layout.h"
#include "test.h"

/* What KVM_SET_SIGNAL_MASK takes. */
#define SIGSET_SIZE (NSIG / 8)

struct vm;

struct vcpu {
	struct vm *vm;
	int fd;
	unsigned int id;
	struct kvm_run *run;
	size_t run_size;
	pthread_t thread;
	struct guest_failure failure;
	bool catch_errors; /* errors of KVM_RUN are events, not the end */
	volatile bool stubborn; /* of a guest that serves, see mem.h */
	volatile int error;
};

struct vm {
	int fd;
	int gic; /* device, or -1 */
	uint8_t *ram; /* at RAM_BASE; goes with the VM */
	size_t ram_size;
	unsigned int flags;
	unsigned int nr_vcpus;
	struct vcpu vcpu[MAX_VCPUS];
	uint8_t dev[DEV_SIZE]; /* what DEV_IO holds */
	volatile bool stop; /* vcpu threads shall end */
	/* Inputs of the GIC as the test holds them; SPIs under vcpu 0 */
	bool line[MAX_VCPUS][1024];
	/* snapshot.c: the counter as it was set last, and when, by the host's */
	uint64_t count_set, count_before, count_after;
};

#define VM_GIC 0x1 /* with a VGIC v2 */
#define VM_POWER_OFF 0x2 /* vcpus but the first wait for PSCI CPU_ON */
#define VM_PSCI_0_1 0x4 /* without the PSCI 0.2 feature */
#define VM_NO_INIT 0x8 /* vcpus exist, KVM_ARM_VCPU_INIT is the test's */
#define VM_NO_RAM 0x10 /* no memory slot */
#define VM_PLAIN 0x20 /* nothing of the guest's code is translated */

int kvm_open(void); /* /dev/kvm */
int vm_create_fd(void);
struct vm *vm_new(unsigned int nr_vcpus, unsigned int flags);
void vm_free(struct vm *vm);
struct vcpu *vm_add_vcpu(struct vm *vm);
/* The same as KVM_CREATE_VCPU leaves it. */
struct vcpu *vm_create_vcpu(struct vm *vm);
/* KVM_SET_USER_MEMORY_REGION as a call */
int vm_slot(struct vm *vm, unsigned int id, unsigned int flags, uint64_t gpa, uint64_t size,
	    const void *mem);
int device_attr(int fd, unsigned int request, unsigned int group, uint64_t attr, void *val);
/* Obey a guest's CMD_LINE. */
void vm_obey(struct vm *vm, uint32_t cmd);
/* Run until the vcpu's function is done, obeying it; other reports are ignored. */
void vcpu_run_obeying(struct vcpu *cpu);
int check_cap(int fd, long cap);
/* The host's own address of guest memory in RAM. */
void *vm_mem(struct vm *vm, uint32_t gpa);

/* ---- registers --------------------------------------------------------- */

int vcpu_get(struct vcpu *cpu, uint64_t id, void *val);
int vcpu_set(struct vcpu *cpu, uint64_t id, const void *val);
uint32_t vcpu_reg(struct vcpu *cpu, uint64_t id);
void vcpu_set_reg(struct vcpu *cpu, uint64_t id, uint32_t val);
/* The vcpu's KVM_GET_REG_LIST, to be freed. */
struct kvm_reg_list *vcpu_reg_list(struct vcpu *cpu);

/* ---- running ------------------------------------------------------------ */

/* Where a symbol of the guests' image lies; Thumb functions have bit 0 set. */
uint32_t guest_sym(const char *name);
void guest_load(uint8_t *ram);
/* Make the vcpu start in guest function @name(@arg0, @arg1). */
void vcpu_start(struct vcpu *cpu, const char *name, uint32_t arg0, uint32_t arg1);
uint32_t vcpu_pc(struct vcpu *cpu);

enum event_kind {
	EV_REPORT, /* the guest reports .value */
	EV_DONE, /* its function returned .value */
	EV_READ, /* of device memory at .addr; see vcpu_answer() */
	EV_WRITE, /* to it */
	EV_EXIT, /* another exit: .value is the reason */
	EV_INTR, /* KVM_RUN was interrupted */
	EV_ERROR, /* KVM_RUN failed with errno .value, if vcpu.catch_errors */
};

struct event {
	enum event_kind kind;
	uint64_t addr;
	uint32_t len;
	uint32_t value;
};

/*
 * Let an MMIO access that was served come to its end, and further ones of the
 * same instruction: what user space must do before it saves a vcpu.
 */
void vcpu_settle(struct vcpu *cpu);
/* Run until something happens that concerns the test. */
struct event vcpu_next(struct vcpu *cpu);
/* The value that an EV_READ is to give. */
void vcpu_answer(struct vcpu *cpu, uint64_t value);
/* Run; fail unless this is what happens next. */
uint32_t vcpu_report(struct vcpu *cpu);
void vcpu_reports(struct vcpu *cpu, uint32_t value);
uint32_t vcpu_done(struct vcpu *cpu);
struct event vcpu_event(struct vcpu *cpu, enum event_kind kind);
void vcpu_exits(struct vcpu *cpu, uint32_t reason);

/* Run in a thread of its own until its function is done or the VM stops. */
void vcpu_spawn(struct vcpu *cpu);
void vcpu_join(struct vcpu *cpu);
void vcpu_kick(struct vcpu *cpu); /* interrupt its thread's KVM_RUN */
/* All vcpus in threads; returns when the first one is done. */
void vm_run(struct vm *vm);
void vm_stop(struct vm *vm); /* ends the threads of all but the first */

#include "arch.h"

/* ---- what an architecture has for the above (arch.c) ------------------------ */

/* Capabilities and their answers; others are 0, KVM_CAP_NR_VCPUS is the host's. */
extern const struct arch_cap {
	long cap;
	int value;
} arch_caps[];
extern const size_t arch_nr_caps;
/* A VM that was just made. */
void arch_vm_new(struct vm *vm);
/* It has its memory and its vcpus. */
void arch_vm_ready(struct vm *vm);
/* Both vcpus are to serve when they run, see mem.h. */
void arch_serve(struct vm *vm);
/* What a guest says of an exception, which it left at @addr, ends the test. */
_Noreturn void arch_guest_trapped(struct vcpu *cpu, uint32_t addr);

#endif
