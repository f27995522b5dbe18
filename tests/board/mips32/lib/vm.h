/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A virtual machine for tests: memory with the guests' image, one vcpu that starts
 * in a guest function given by name.
 *
 * A guest speaks by writing to TEST_IO, which is no memory: each write is an exit to
 * the test.  Everything here ends the test with fail() when the kernel says no; a
 * test that wants to see an error calls the ioctl itself.
 */
#ifndef MIPS32_VM_H
#define MIPS32_VM_H

#include "guest.h"

#ifndef GUEST
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include "test.h"

#ifndef KVM_VM_MIPS_TE
#define KVM_VM_MIPS_TE 2
#endif

struct vm {
	int kvm, fd, cpu;
	uint8_t *ram;
	struct kvm_run *run;
};

enum event_kind { EV_REPORT, EV_DONE, EV_READ, EV_WRITE, EV_EXIT, EV_INTR };

struct event {
	enum event_kind kind;
	uint32_t addr, len, value;
};

void vm_new(struct vm *vm);
/* The same, whose guest's instructions are never translated. */
void vm_new_plain(struct vm *vm);
int vm_slot(struct vm *vm, unsigned int id, unsigned int flags, uint64_t gpa, uint64_t size,
	    const void *mem);
/* The vcpu is to run guest function @name(@arg0, @arg1). */
void vm_start(struct vm *vm, const char *name, uint32_t arg0, uint32_t arg1);
struct event vm_next(struct vm *vm);
uint32_t vm_event(struct vm *vm, enum event_kind kind);
void vm_reports(struct vm *vm, uint32_t value);
/* A report whose value the test looks at itself. */
uint32_t vm_report(struct vm *vm);
uint32_t vm_done(struct vm *vm);
/* The value that an EV_READ is to give. */
void vm_answer(struct vm *vm, uint32_t value);
uint32_t guest_sym(const char *name);
/* The host's address of a guest's object. */
void *vm_mem(struct vm *vm, uint32_t va);
int vm_irq(struct vm *vm, int line);
int vm_get(struct vm *vm, uint64_t id, void *val);
int vm_set(struct vm *vm, uint64_t id, const void *val);

#endif
#endif
