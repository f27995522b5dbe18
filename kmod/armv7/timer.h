/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guest's generic timers (ARM ARM DDI 0406C, B8).
 *
 * Virtual timer: the guest programs the hardware's, which the host doesn't use;
 * its counter lags the physical one by armv7_vm.cntvoff.  Its interrupt ends the
 * run of the guest, and comes back to it through a list register linked to the
 * physical interrupt.  While the vcpu sleeps an hrtimer stands in.
 *
 * Physical timer: the host's own; the guest's accesses trap and an hrtimer
 * plays it.  The guest reads the physical counter without a trap.
 */
#ifndef EMBER_ARMV7_TIMER_H
#define EMBER_ARMV7_TIMER_H

#include <linux/hrtimer.h>
#include <linux/kvm.h>
#include <linux/types.h>
#include "../core/ember.h"

struct armv7_vcpu;
struct armv7_vm;

#define TIMER_VIRT_PPI		27
#define TIMER_PHYS_PPI		30

/* CNTHCTL for guests (B4.1.23): PL1PCTEN set, PL1PCEN clear. */
#define TIMER_CNTHCTL_GUEST	0x1

/* CNT{P,V}_CTL (B8.1.5) */
#define TIMER_CTL_ENABLE	BIT(0)
#define TIMER_CTL_IMASK		BIT(1)
#define TIMER_CTL_ISTATUS	BIT(2)

enum timer_reg {
	TIMER_REG_CTL,
	TIMER_REG_TVAL,
	TIMER_REG_CVAL,
	TIMER_REG_CNT,		/* read-only for guests */
};

/* All of it is the vcpu thread's (or vcpu->mutex), but where noted. */
struct timer_state {
	u64 cval;
	u32 ctl;		/* without ISTATUS */
	u8 ppi;
	bool line;		/* as last told to the GIC; also the hrtimer's */
	struct hrtimer hrtimer;	/* armed only while the rest stands still */
};

struct armv7_timer {
	struct timer_state virt;	/* valid while not in the guest */
	struct timer_state phys;
	bool started;			/* PPI numbers are fixed */
};

/* ---- host side ----------------------------------------------------------- */

/*
 * Claim the virtual timer's interrupt.  -ENODEV with one line logged: there is
 * none, or the host uses it itself.  After vgic_probe().
 */
int timer_probe(void);
void timer_remove(void);
/* On each CPU, interrupts off; idempotent. */
void timer_cpu_enable(void);
void timer_cpu_disable(void);

/*
 * Interrupts off.  timer_load() comes after ember_guest_enter() and before
 * vgic_load(); it sets ctxt->cntvoff.  timer_put() comes on the same CPU, before
 * or after vgic_put().  In between the CPU's CNTV_CTL and CNTV_CVAL are the
 * guest's; outside, CNTV_CTL is 0.
 */
void timer_load(struct armv7_vcpu *v);
void timer_put(struct armv7_vcpu *v);
/*
 * The guest has deactivated the physical interrupt of the virtual timer on this
 * CPU; from vgic_put().
 */
void timer_phys_deactivated(void);

/* ---- life ---------------------------------------------------------------- */

/* The guest's counters start at 0. */
void timer_vm_init(struct ember_vm *vm);
/* Sets ctxt->cnthctl: ctxt must be there. */
void timer_vcpu_init(struct armv7_vcpu *v);
/* Both timers off, lines low; at KVM_ARM_VCPU_INIT and PSCI CPU_ON. */
void timer_vcpu_reset(struct armv7_vcpu *v);
void timer_vcpu_destroy(struct armv7_vcpu *v);

/*
 * Around ember_vcpu_block(): the virtual timer ends the sleep.  May find that
 * it has expired already; vgic_pending() then says so.
 */
void timer_block_enter(struct armv7_vcpu *v);
void timer_block_leave(struct armv7_vcpu *v);

/* ---- registers ------------------------------------------------------------ */

/* The trapped CNTP_*: 32-bit ones in the low word.  Own thread, interrupts on. */
u64 timer_reg_read(struct armv7_vcpu *v, enum timer_reg reg);
void timer_reg_write(struct armv7_vcpu *v, enum timer_reg reg, u64 val);

/*
 * KVM_REG_ARM_TIMER_{CTL,CNT,CVAL} and KVM_REG_ARM_PTIMER_{CTL,CNT,CVAL} by
 * ONE_REG; -ENOENT: @id is none of them.  PTIMER_CNT can't be set: -EINVAL.
 * vcpu->mutex held.  timer_reg_list() is like backend->reg_list().
 */
int timer_one_reg_get(struct armv7_vcpu *v, u64 id, void __user *val);
int timer_one_reg_set(struct armv7_vcpu *v, u64 id, const void __user *val);
int timer_reg_list(u64 __user *list, unsigned int max);

/* Does @ppi belong to one of the timers?  Once the vcpu has run. */
bool timer_owns_ppi(const struct armv7_vcpu *v, unsigned int ppi);
/* -EINVAL: vcpus disagree on their timers' PPIs, or both have the same. */
int timer_check_ppis(struct ember_vm *vm);

/* Bring both lines up to date; own thread, or no vcpu runs.  Any context. */
void timer_update_lines(struct armv7_vcpu *v);

/* ---- between timer*.c -------------------------------------------------------- */

/* The counter that @t, one of @v's, compares with. */
u64 timer_now(struct armv7_vcpu *v, const struct timer_state *t);
/* Set the line of @t as it is now, and the hrtimer for when it will rise. */
void timer_arm(struct armv7_vcpu *v, struct timer_state *t);

/* ---- attributes ---------------------------------------------------------------- */

/*
 * KVM_{SET,GET,HAS}_DEVICE_ATTR on a vcpu: KVM_ARM_VCPU_TIMER_CTRL, which PPIs the
 * timers raise.  vcpu->mutex held.  -ENOTTY: another ioctl.
 */
long timer_vcpu_ioctl(struct armv7_vcpu *v, unsigned int ioctl,
		      unsigned long arg);

#endif
