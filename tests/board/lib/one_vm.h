/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vm.h for a VM of one vcpu, which is what most tests of MIPS and PowerPC have: its calls
 * name the VM where those name a vcpu.  Each board's own one_vm.h has the rest.
 */
#ifndef EMBER_TEST_ONE_VM_H
#define EMBER_TEST_ONE_VM_H

#include <unistd.h>
#include "vm.h"

struct one_vm {
	int kvm, fd, cpu;
	uint8_t *ram;
	struct kvm_run *run;
	struct vm *full;
};

static inline struct vcpu *one_vcpu(struct one_vm *one)
{
	return &one->full->vcpu[0];
}

static inline void one_make(struct one_vm *one, unsigned int flags)
{
	one->full = vm_new(1, flags);
	one->kvm = kvm_open();
	one->fd = one->full->fd;
	one->cpu = one_vcpu(one)->fd;
	one->ram = one->full->ram;
	one->run = one_vcpu(one)->run;
}

static inline uint32_t one_event(struct one_vm *one, enum event_kind kind)
{
	return vcpu_event(one_vcpu(one), kind).value;
}

static inline void one_free(struct one_vm *one)
{
	vm_free(one->full);
	close(one->kvm);
}

#define vm one_vm
#define vm_free(one) one_free(one)
#define vm_slot(one, ...) vm_slot((one)->full, __VA_ARGS__)
#define vm_mem(one, at) vm_mem((one)->full, at)
/* The vcpu is to run guest function @name(@arg0, @arg1). */
#define vm_start(one, ...) vcpu_start(one_vcpu(one), __VA_ARGS__)
#define vm_next(one) vcpu_next(one_vcpu(one))
#define vm_event(one, kind) one_event(one, kind)
#define vm_reports(one, value) vcpu_reports(one_vcpu(one), value)
#define vm_report(one) vcpu_report(one_vcpu(one))
#define vm_done(one) vcpu_done(one_vcpu(one))
#define vm_answer(one, value) vcpu_answer(one_vcpu(one), value)
#define vm_get(one, id, val) vcpu_get(one_vcpu(one), id, val)
#define vm_set(one, id, val) vcpu_set(one_vcpu(one), id, val)

#endif
