/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Trace points: /sys/kernel/tracing/events/ember.
 *
 * None may be called between ember_guest_begin() and ember_guest_exit(), where
 * RCU may not be watching.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM ember

#if !defined(EMBER_CORE_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define EMBER_CORE_TRACE_H

#include <linux/string.h>
#include <linux/tracepoint.h>
#include "ember.h"

/* A guest is about to run from @pc. */
TRACE_EVENT(ember_entry,
	    TP_PROTO(struct ember_vcpu *vcpu, u64 pc),
	    TP_ARGS(vcpu, pc),
	    TP_STRUCT__entry(__field(u32, vcpu)
			     __field(u64, pc)),
	    TP_fast_assign(__entry->vcpu = vcpu->id;
			   __entry->pc = pc;),
	    TP_printk("vcpu %u pc 0x%llx", __entry->vcpu, __entry->pc));

/* It came back at @pc, for the reason of @row in the backend's exit_names. */
TRACE_EVENT(ember_exit,
	    TP_PROTO(struct ember_vcpu *vcpu, u64 pc, unsigned int row),
	    TP_ARGS(vcpu, pc, row),
	    TP_STRUCT__entry(__field(u32, vcpu)
			     __field(u32, row)
			     __field(u64, pc)
			     __array(char, name, 16)),
	    TP_fast_assign(__entry->vcpu = vcpu->id;
			   __entry->row = row;
			   __entry->pc = pc;
			   strscpy(__entry->name, ember_backend->exit_names[row], 16);),
	    TP_printk("vcpu %u pc 0x%llx row %u %s", __entry->vcpu, __entry->pc,
		      __entry->row, __entry->name));

/* An access outside memory; @served: by the kernel. */
TRACE_EVENT(ember_mmio,
	    TP_PROTO(struct ember_vcpu *vcpu, bool write, gpa_t gpa,
		     unsigned int len, u64 val, bool served),
	    TP_ARGS(vcpu, write, gpa, len, val, served),
	    TP_STRUCT__entry(__field(u32, vcpu)
			     __field(u32, len)
			     __field(u64, gpa)
			     __field(u64, val)
			     __field(bool, write)
			     __field(bool, served)),
	    TP_fast_assign(__entry->vcpu = vcpu->id;
			   __entry->len = len;
			   __entry->gpa = gpa;
			   __entry->val = val;
			   __entry->write = write;
			   __entry->served = served;),
	    TP_printk("vcpu %u %s 0x%llx len %u val 0x%llx by %s", __entry->vcpu,
		      __entry->write ? "write" : "read", __entry->gpa,
		      __entry->len, __entry->val,
		      __entry->served ? "kernel" : "user"));

/* A line of the interrupt controller was driven from outside the guest. */
TRACE_EVENT(ember_irq,
	    TP_PROTO(struct ember_vm *vm, u32 irq, bool level),
	    TP_ARGS(vm, irq, level),
	    TP_STRUCT__entry(__field(void *, vm)
			     __field(u32, irq)
			     __field(bool, level)),
	    TP_fast_assign(__entry->vm = vm;
			   __entry->irq = irq;
			   __entry->level = level;),
	    TP_printk("vm %p irq 0x%x level %u", __entry->vm, __entry->irq,
		      __entry->level));

/*
 * A register of the guest's processor by its row's @name: an access that C emulates.  What is
 * served without leaving the guest, or by translated code, is not seen.
 */
TRACE_EVENT(ember_reg,
	    TP_PROTO(struct ember_vcpu *vcpu, const char *name, bool write, u32 val),
	    TP_ARGS(vcpu, name, write, val),
	    TP_STRUCT__entry(__field(u32, vcpu)
			     __field(u32, val)
			     __field(bool, write)
			     __array(char, name, 16)),
	    TP_fast_assign(__entry->vcpu = vcpu->id;
			   __entry->val = val;
			   __entry->write = write;
			   strscpy(__entry->name, name, 16);),
	    TP_printk("vcpu %u %s %s val 0x%x", __entry->vcpu,
		      __entry->write ? "write" : "read", __entry->name,
		      __entry->val));

/* A second-stage fault on memory that a slot backs. */
TRACE_EVENT(ember_fault,
	    TP_PROTO(struct ember_vcpu *vcpu, gpa_t gpa, bool write, bool exec),
	    TP_ARGS(vcpu, gpa, write, exec),
	    TP_STRUCT__entry(__field(u32, vcpu)
			     __field(u64, gpa)
			     __field(bool, write)
			     __field(bool, exec)),
	    TP_fast_assign(__entry->vcpu = vcpu->id;
			   __entry->gpa = gpa;
			   __entry->write = write;
			   __entry->exec = exec;),
	    TP_printk("vcpu %u gpa 0x%llx %s%s", __entry->vcpu, __entry->gpa,
		      __entry->write ? "write" : "read",
		      __entry->exec ? " exec" : ""));

/* The VM was stopped for a misdeed; the log has the words. */
TRACE_EVENT(ember_kill,
	    TP_PROTO(struct ember_vcpu *vcpu, u32 suberror),
	    TP_ARGS(vcpu, suberror),
	    TP_STRUCT__entry(__field(u32, vcpu)
			     __field(u32, suberror)),
	    TP_fast_assign(__entry->vcpu = vcpu->id;
			   __entry->suberror = suberror;),
	    TP_printk("vcpu %u suberror %u", __entry->vcpu, __entry->suberror));

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
