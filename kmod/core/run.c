// SPDX-License-Identifier: GPL-2.0
/*
 * KVM_RUN: the loop that runs a guest, and how others get a word in.
 *
 * Read after vcpu.c.  A vcpu's thread is in one of three places: in the guest
 * (mode EMBER_IN_GUEST, interrupts off), asleep in ember_vcpu_block(), or
 * anywhere else in the kernel.  Whoever wants it to notice something first
 * sets a bit of vcpu->requests, then wakes it and interrupts its CPU.  The
 * vcpu publishes where it is going first and looks at the bits then.  Each
 * side has a full barrier in between, so one of them always sees the other.
 */
#define pr_fmt(fmt) "ember: " fmt

#include <linux/context_tracking.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched/cputime.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/vtime.h>
#include "core.h"
#include "trace.h"

/* ---- requests ---------------------------------------------------------------- */

static void vcpu_wake(struct ember_vcpu *vcpu)
{
	struct task_struct *task;

	/* Begins with a full barrier: the request comes before the mode. */
	rcuwait_wake_up(&vcpu->wait);
	if (READ_ONCE(vcpu->mode) != EMBER_IN_GUEST)
		return;
	/* A task_struct outlives the read-side section that has seen it. */
	rcu_read_lock();
	task = READ_ONCE(vcpu->task);
	if (task)
		kick_process(task);
	rcu_read_unlock();
}

__ember_hot void ember_vcpu_kick(struct ember_vcpu *vcpu)
{
	/* Its own thread looks around anyway before it enters the guest. */
	if (in_task() && READ_ONCE(vcpu->task) == current)
		return;
	ember_request(vcpu, EMBER_REQ_KICK);
	vcpu_wake(vcpu);
}

void ember_request_all(struct ember_vm *vm, unsigned int req)
{
	struct ember_vcpu *vcpu;
	unsigned int i;

	ember_for_each_vcpu(i, vcpu, vm) {
		ember_request(vcpu, req);
		vcpu_wake(vcpu);
	}
}

/*
 * A vcpu that only dropped vm->srcu for a moment could be back before SRCU has
 * begun to wait, and then stay for as long as its guest runs.  So they stand
 * aside, at slots_lock, until all of this is over.
 */
void ember_vm_synchronize(struct ember_vm *vm)
{
	lockdep_assert_held(&vm->slots_lock);
	WRITE_ONCE(vm->synchronizing, true);
	ember_request_all(vm, EMBER_REQ_KICK);
	synchronize_srcu_expedited(&vm->srcu);
	WRITE_ONCE(vm->synchronizing, false);
}

static void stand_aside(struct ember_vcpu *vcpu)
{
	struct ember_vm *vm = vcpu->vm;

	srcu_read_unlock(&vm->srcu, vcpu->srcu_idx);
	if (!mutex_lock_interruptible(&vm->slots_lock))
		mutex_unlock(&vm->slots_lock);
	vcpu->srcu_idx = srcu_read_lock(&vm->srcu);
}

/* ---- between guest and host ---------------------------------------------------- */

static bool vcpu_wanted(struct ember_vcpu *vcpu)
{
	/* signal_pending() and need_resched(), at one look. */
	const unsigned long wanted = _TIF_SIGPENDING | _TIF_NOTIFY_SIGNAL |
				     _TIF_NEED_RESCHED;

	return READ_ONCE(vcpu->requests) ||
	       READ_ONCE(current_thread_info()->flags) & wanted;
}

/*
 * A guest may keep its CPU for a whole time slice.  For RCU that is like user
 * space; one report a tick is as often as it looks.  The RCU of kernels for one CPU asks
 * for a reschedule instead, and look_around() sees that.
 */
static void guest_note_rcu(struct ember_vcpu *vcpu)
{
	unsigned long now = jiffies;

	if (IS_ENABLED(CONFIG_TINY_RCU) || vcpu->rcu_noted == now)
		return;
	vcpu->rcu_noted = now;
	rcu_note_context_switch(false);
}

__ember_hot bool ember_guest_enter(struct ember_vcpu *vcpu)
{
	/* Pairs with the barriers of ember_request() and vcpu_wake(). */
	smp_store_mb(vcpu->mode, EMBER_IN_GUEST);
	if (unlikely(!ember_cpu_usable()))
		ember_request(vcpu, EMBER_REQ_NO_CPU);
	if (vcpu_wanted(vcpu)) {
		WRITE_ONCE(vcpu->mode, EMBER_OUTSIDE_GUEST);
		return false;
	}
	return true;
}

__ember_hot void ember_guest_begin(struct ember_vcpu *vcpu)
{
	vtime_account_guest_enter();
	vcpu->rcu_watches = !context_tracking_guest_enter();
	if (vcpu->rcu_watches)
		guest_note_rcu(vcpu);
}

__ember_hot void ember_guest_exit(struct ember_vcpu *vcpu)
{
	context_tracking_guest_exit();
	WRITE_ONCE(vcpu->mode, EMBER_OUTSIDE_GUEST);
}

static __always_inline void guest_time_end(void)
{
	if (!(current->flags & PF_VCPU))
		return;
	local_irq_disable();
	vtime_account_guest_exit();
	local_irq_enable();
}

void ember_guest_time_end(void)
{
	guest_time_end();
}

__ember_hot void ember_vcpu_block(struct ember_vcpu *vcpu)
{
	struct ember_vm *vm = vcpu->vm;

	ember_guest_time_end();
	srcu_read_unlock(&vm->srcu, vcpu->srcu_idx);
	rcuwait_wait_event(&vcpu->wait,
			   READ_ONCE(vcpu->requests) ||
			   ember_backend->vcpu_runnable(vcpu),
			   TASK_INTERRUPTIBLE);
	vcpu->srcu_idx = srcu_read_lock(&vm->srcu);
}

/* Hand this CPU to @vcpu's thread.  Returns whether that was possible. */
static bool vcpu_yield_to(struct ember_vcpu *vcpu)
{
	struct task_struct *task;
	bool done;

	/* In the guest it has a CPU, and asleep it needs none. */
	if (READ_ONCE(vcpu->mode) == EMBER_IN_GUEST ||
	    rcuwait_active(&vcpu->wait))
		return false;
	rcu_read_lock();
	task = READ_ONCE(vcpu->task);
	if (task)
		get_task_struct(task);
	rcu_read_unlock();
	if (!task)
		return false;
	done = yield_to(task, true) > 0;
	put_task_struct(task);
	return done;
}

void ember_vcpu_on_spin(struct ember_vcpu *me)
{
	struct ember_vcpu *vcpu;
	unsigned int i;

	ember_for_each_vcpu(i, vcpu, me->vm)
		if (vcpu != me && vcpu_yield_to(vcpu))
			return;
	cond_resched();
}

/* ---- the end of a VM ------------------------------------------------------------- */

static int exit_killed(struct ember_vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;

	run->exit_reason = KVM_EXIT_INTERNAL_ERROR;
	run->internal.suberror = READ_ONCE(vcpu->vm->kill_suberror);
	run->internal.ndata = 0;
	return 0;
}

int ember_vcpu_kill(struct ember_vcpu *vcpu, u32 suberror, const u64 *data,
		    unsigned int ndata, const char *fmt, ...)
{
	struct kvm_run *run = vcpu->run;
	struct ember_vm *vm = vcpu->vm;
	struct va_format vaf;
	va_list args;

	ndata = min_t(unsigned int, ndata, ARRAY_SIZE(run->internal.data));
	run->exit_reason = KVM_EXIT_INTERNAL_ERROR;
	run->internal.suberror = suberror;
	run->internal.ndata = ndata;
	memcpy(run->internal.data, data, ndata * sizeof(*data));

	/* The first reason is the one that matters. */
	if (cmpxchg(&vm->kill_suberror, 0, suberror))
		return 0;
	WRITE_ONCE(vm->killed, true);
	/* Pairs with the barrier in vcpu_publish(): one of us sees the other. */
	smp_mb();
	trace_ember_kill(vcpu, suberror);
	va_start(args, fmt);
	vaf.fmt = fmt;
	vaf.va = &args;
	pr_warn_ratelimited("VM of process %d stopped: vcpu %u: %pV\n",
			    task_tgid_nr(current), vcpu->id, &vaf);
	va_end(args);
	ember_request_all(vm, EMBER_REQ_KILLED);
	return 0;
}

/* ---- KVM_RUN ---------------------------------------------------------------------- */

/* A CPU that was never taken, or the machine is going down. */
static int exit_no_cpu(struct ember_vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;

	run->exit_reason = KVM_EXIT_FAIL_ENTRY;
	run->fail_entry.hardware_entry_failure_reason = ENODEV;
	run->fail_entry.cpu = raw_smp_processor_id();
	return 0;
}

static int exit_interrupted(struct ember_vcpu *vcpu)
{
	vcpu->run->exit_reason = KVM_EXIT_INTR;
	return -EINTR;
}

/* Before every entry: does anything but the guest want this thread?  > 0: no. */
static int look_around(struct ember_vcpu *vcpu)
{
	struct ember_vm *vm = vcpu->vm;

	if (likely(!vcpu_wanted(vcpu)))
		return 1;
	if (ember_check_request(vcpu, EMBER_REQ_NO_CPU))
		return exit_no_cpu(vcpu);
	if (signal_pending(current))
		return exit_interrupted(vcpu);
	if (ember_check_request(vcpu, EMBER_REQ_KICK) && READ_ONCE(vm->synchronizing))
		stand_aside(vcpu);
	if (test_bit(EMBER_REQ_KILLED, &vcpu->requests))
		return exit_killed(vcpu);
	cond_resched();
	return 1;
}

static int run_guest(struct ember_vcpu *vcpu)
{
	int ret;

	do {
		ret = look_around(vcpu);
		if (ret > 0)
			ret = ember_backend->vcpu_run(vcpu);
		guest_time_end();
	} while (ret > 0);
	return ret;
}

static int complete_exit(struct ember_vcpu *vcpu)
{
	int (*fn)(struct ember_vcpu *vcpu) = vcpu->complete_exit;

	vcpu->complete_exit = NULL;
	return fn ? fn(vcpu) : 1;
}

/*
 * While KVM_RUN lasts, the mask is the one of KVM_SET_SIGNAL_MASK.  The old
 * one goes to real_blocked, as in sigtimedwait(): a signal that only this mask
 * lets through ends KVM_RUN and stays pending, whatever its default action.
 */
static void signals_open(struct ember_vcpu *vcpu)
{
	if (vcpu->sigset_active)
		sigprocmask(SIG_SETMASK, &vcpu->sigset, &current->real_blocked);
}

static void signals_close(struct ember_vcpu *vcpu)
{
	if (!vcpu->sigset_active)
		return;
	sigprocmask(SIG_SETMASK, &current->real_blocked, NULL);
	sigemptyset(&current->real_blocked);
}

__ember_hot int ember_vcpu_run(struct ember_vcpu *vcpu)
{
	struct ember_vm *vm = vcpu->vm;
	int ret;

	WRITE_ONCE(vcpu->task, current);
	signals_open(vcpu);
	vcpu->srcu_idx = srcu_read_lock(&vm->srcu);

	ret = complete_exit(vcpu);
	if (ret <= 0)
		;
	else if (READ_ONCE(vcpu->run->immediate_exit__unsafe))
		ret = exit_interrupted(vcpu);
	else
		ret = run_guest(vcpu);

	srcu_read_unlock(&vm->srcu, vcpu->srcu_idx);
	signals_close(vcpu);
	WRITE_ONCE(vcpu->task, NULL);
	return ret;
}
