/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ARMv7 backend: split mode on the virtualization extensions.
 *
 * Most of the hypervisor is ordinary kernel code in SVC mode; only the world
 * switch (switch.S) runs in Hyp mode.  The manual is the ARM ARM, DDI 0406C.d;
 * sections are cited as "B1.14" and the like.
 *
 * Reading order: backend.c, hyp.c and switch.S (how Hyp mode is taken and the
 * worlds switch), exit.c (why a guest came back), mmu.c and stage2.c (memory),
 * emulate.c and decode.c (MMIO), cp15.c, psci.c, regs.c (ONE_REG),
 * vcpu_ioctl.c, vgic*.c, timer.c, user_lines.c.
 */
#ifndef EMBER_ARMV7_H
#define EMBER_ARMV7_H

#include <linux/atomic.h>
#include "../core/ember.h"
#include "context.h"
#include "timer.h"
#include "vgic.h"

/* Request to a vcpu thread. */
#define ARMV7_REQ_RESET		(EMBER_REQ_BACKEND + 0)	/* apply vcpu->reset */

/* Rows of the exit table; statistics, trace points and exit.c use the same. */
#define ARMV7_EXITS(X) \
	X(IRQ, "irq") X(HVC, "hvc") X(SMC, "smc") X(WFI, "wfi") X(WFE, "wfe") \
	X(CP15_32, "cp15_32") X(CP15_64, "cp15_64") X(CP14, "cp14") \
	X(VFP, "vfp") X(CP_OTHER, "cp_other") \
	X(IABT, "insn_abort") X(DABT, "data_abort") X(MMIO_KERNEL, "mmio_kernel") \
	X(MMIO_USER, "mmio_user") X(MMIO_DECODED, "mmio_decoded") \
	X(PSCI, "psci") X(DEBUG, "debug") X(UNKNOWN, "unknown") X(SIGNAL, "signal")

enum armv7_exit {
#define X(sym, name) ARMV7_EXIT_ ## sym,
	ARMV7_EXITS(X)
#undef X
	ARMV7_NR_EXITS
};

struct armv7_vm {
	struct ember_vm vm;
	/* Stage 2 (mmu.c) */
	u64 *pgd;			/* level 1, vm.mmu_lock */
	u64 vttbr;			/* table address and VMID */
	int __percpu *last_vcpu;	/* idx of who ran here last, -1: none */
	/* Interrupts and time */
	struct vgic_dist vgic;
	atomic64_t cntvoff;		/* subtracted from the counter, all vcpus */
	u32 target;			/* KVM_ARM_TARGET_*, ~0: none yet */
	u32 psci_version;
	bool nisv_to_user;		/* KVM_CAP_ARM_NISV_TO_USER */
};

/* What PSCI CPU_ON asks of another vcpu, applied by its own thread. */
struct armv7_reset {
	u32 pc;				/* bit 0: Thumb */
	u32 r0;
	bool be;
};

/*
 * A load or store on a device: count accesses, of which next is under way or
 * to come.  Only the vcpu's own thread uses it.
 */
struct armv7_mmio {
	gpa_t ipa;			/* of the access at next */
	u32 va;				/* the same, as the guest knows it */
	u8 data[4];			/* of the access, as in memory */
	u8 reg[16];			/* what each access loads or stores */
	u8 count, next;
	u8 width;			/* bytes an access: 1, 2 or 4 */
	bool write;
	bool sign_extend;
	bool pending;			/* user space is serving it */
	u8 insn_len;
	bool pages;			/* accesses lie in two pages */
	bool writeback;			/* base goes to rn in the end */
	u8 rn;
	u32 base;
};

/* KVM_SET_GUEST_DEBUG; the vcpu's own thread (vcpu->mutex). */
struct armv7_debug {
	u32 control;			/* KVM_GUESTDBG_*, 0: off */
	bool stepping;			/* the instruction at pc has been begun */
	u32 pc;
};

struct armv7_vcpu {
	struct ember_vcpu vcpu;
	struct armv7_ctxt *ctxt;	/* guest registers, a page that Hyp maps too */
	struct vgic_cpu vgic;
	struct armv7_timer timer;

	bool initialized;		/* KVM_ARM_VCPU_INIT was called */
	bool power_off;			/* PSCI; read by others, WRITE_ONCE */
	bool psci_0_2;
	u32 features;			/* as given to KVM_ARM_VCPU_INIT */
	struct armv7_reset reset;	/* psci_lock */

	struct armv7_mmio mmio;
	u32 mmio_val[16];		/* loaded so far, by mmio.next */
	struct armv7_debug debug;
};

static inline struct armv7_vm *to_armv7_vm(struct ember_vm *vm)
{
	return container_of(vm, struct armv7_vm, vm);
}

static inline struct armv7_vcpu *to_armv7(struct ember_vcpu *vcpu)
{
	return container_of(vcpu, struct armv7_vcpu, vcpu);
}

/* ---- backend.c ---------------------------------------------------------- */

extern const struct ember_backend armv7_backend;
/* Sleep until an interrupt, a request or a signal; interrupts on. */
void armv7_wfi(struct armv7_vcpu *v);

/* ---- exit.c: one handler for each row of the Hyp syndrome (HSR.EC) ----- */

/* > 0: enter again; 0: to user space; < 0: error.  HSR is in ctxt->hsr. */
typedef int (*armv7_exit_fn)(struct armv7_vcpu *v);
int armv7_handle_exit(struct armv7_vcpu *v, u32 code);
/* The same for the few that take the quick way; false: nothing was done. */
bool armv7_exit_quick(struct armv7_vcpu *v);

/* ---- stage2.c, mmu.c ------------------------------------------------------------- */

int armv7_stage2_init(struct armv7_vm *avm);
void armv7_stage2_destroy(struct armv7_vm *avm);
/* On the way into the guest, interrupts off: this vcpu's view of the TLB. */
void armv7_stage2_load(struct armv7_vcpu *v);
/* Serve a stage 2 abort whose IPA lies in a memslot; > 0 or < 0. */
int armv7_stage2_fault(struct armv7_vcpu *v, struct ember_memslot *slot,
		       gpa_t ipa, bool write);
/* The backend's mem_* operations, see struct ember_backend. */
void armv7_mem_unmap(struct ember_vm *vm, gfn_t gfn, unsigned long npages);
void armv7_mem_write_protect(struct ember_vm *vm, gfn_t gfn,
			     unsigned long npages);
bool armv7_mem_age(struct ember_vm *vm, gfn_t gfn, unsigned long npages,
		   bool clear);
/* Map device memory; 0, -ENOMEM, -EINVAL unaligned. */
int armv7_stage2_map_device(struct ember_vm *vm, gpa_t ipa, phys_addr_t pa,
			    size_t size);
/* Clean and invalidate every mapped page to the PoC (B2.2.6). */
void armv7_stage2_flush(struct ember_vm *vm);
/* Drop what the slots map, for a VM that starts again; vm->srcu held. */
void armv7_stage2_restart(struct ember_vm *vm);

/* ---- emulate.c --------------------------------------------------------- */

/* A data abort outside memslots, or a write to read-only memory. */
int armv7_mmio(struct armv7_vcpu *v, gpa_t ipa);
bool armv7_mmio_quick(struct armv7_vcpu *v);
/*
 * complete_exit after KVM_EXIT_MMIO.  0 when the instruction has a further
 * access for user space: run holds that exit.
 */
int armv7_mmio_complete(struct ember_vcpu *vcpu);

/* ---- inject.c: exceptions delivered as B1.9 says ------------------------ */

void armv7_inject_undef(struct armv7_vcpu *v);
void armv7_inject_dabt(struct armv7_vcpu *v, u32 addr);
void armv7_inject_pabt(struct armv7_vcpu *v, u32 addr);
/* A BKPT that is the guest's own affair. */
void armv7_inject_bkpt(struct armv7_vcpu *v);
/* Where exceptions go: the vectors' base. */
u32 armv7_vectors(struct armv7_vcpu *v);

/*
 * An asynchronous abort, taken once the guest's CPSR.A is clear: hardware does
 * it, by HCR.VA (B1.8.11), which says so as long as it is still to come.
 */
void armv7_inject_async_abort(struct armv7_vcpu *v);
bool armv7_async_abort_pending(struct armv7_vcpu *v);

/* Step over an instruction of @len bytes: pc and ITSTATE (A2.5.2). */
void armv7_skip_bytes(struct armv7_vcpu *v, unsigned int len);
/* The same for the trapped one, whose length HSR.IL tells. */
void armv7_skip_insn(struct armv7_vcpu *v);
/* Did the trapped conditional instruction pass its condition (B3.13.3)? */
bool armv7_condition_passed(struct armv7_vcpu *v);

/* Register @n (0-15) in the mode that CPSR names; pc is not handled. */
u32 *armv7_reg(struct armv7_vcpu *v, unsigned int n);
/* SPSR of the mode that CPSR names, or NULL in USR and SYS. */
u32 *armv7_spsr(struct armv7_vcpu *v);

/* ---- fetch.c: guest memory by the guest's addresses; 0 or -errno -------- */

int armv7_translate(struct armv7_vcpu *v, u32 va, u64 *ipa);
int armv7_read_va(struct armv7_vcpu *v, u32 va, void *data, unsigned int len);
/* The instruction at pc, as armv7_decode() wants it. */
int armv7_fetch(struct armv7_vcpu *v, u32 *opcode);

/* ---- debug.c: single step and breakpoints -------------------------------- */

/* Can this host step a guest? */
bool armv7_debug_usable(void);
int armv7_debug_set(struct armv7_vcpu *v, const struct kvm_guest_debug *dbg);
/*
 * Around every turn while v->debug.control is set.  before: > 0: enter, 0: a
 * step is complete, KVM_EXIT_DEBUG.  after: what comes of the exit handler's ret.
 */
int armv7_debug_before(struct armv7_vcpu *v);
int armv7_debug_after(struct armv7_vcpu *v, int ret);
/* A debug exception of the guest; see armv7_exit_fn. */
int armv7_exit_debug(struct armv7_vcpu *v);

/* ---- cp15.c ------------------------------------------------------------ */

int armv7_exit_cp15_32(struct armv7_vcpu *v);
int armv7_exit_cp15_64(struct armv7_vcpu *v);
int armv7_exit_cp14(struct armv7_vcpu *v);
void armv7_cp15_reset(struct armv7_vcpu *v);
int armv7_cp15_list(struct armv7_vcpu *v, u64 __user *list, unsigned int max);
int armv7_cp15_get(struct armv7_vcpu *v, u64 id, void __user *val);
int armv7_cp15_set(struct armv7_vcpu *v, u64 id, const void __user *val);

/* ---- regs.c ------------------------------------------------------------ */

/* KVM_ARM_VCPU_INIT */
int armv7_vcpu_init_target(struct armv7_vcpu *v, const struct kvm_vcpu_init *init);
/* The CPU this host has as a guest: KVM_ARM_TARGET_*, or -ENODEV. */
int armv7_host_target(void);
void armv7_vcpu_reset(struct armv7_vcpu *v);
int armv7_reg_list(struct ember_vcpu *vcpu, u64 __user *list, unsigned int max);
int armv7_reg_get(struct ember_vcpu *vcpu, u64 id, void __user *val);
int armv7_reg_set(struct ember_vcpu *vcpu, u64 id, const void __user *val);

/* ---- vcpu_ioctl.c -------------------------------------------------------- */

/* backend->vcpu_ioctl */
long armv7_vcpu_ioctl(struct ember_vcpu *vcpu, unsigned int ioctl,
		      unsigned long arg);

/* ---- user_lines.c -------------------------------------------------------- */

/*
 * Without an in-kernel GIC user space learns of the timers' outputs by
 * run->s.regs.device_irq_level (KVM_CAP_ARM_USER_IRQ).  Sets vcpu->leaving.
 */
void armv7_user_lines_start(struct armv7_vcpu *v);
/* Own thread: must user space be told before the guest may go on? */
bool armv7_user_lines_news(struct armv7_vcpu *v);
/* What it was told of the virtual timer. */
bool armv7_user_lines_vtimer(struct armv7_vcpu *v);

/* ---- psci.c ------------------------------------------------------------ */

/* A guest's HVC or SMC under the SMC calling convention; see armv7_exit_fn. */
int armv7_smccc(struct armv7_vcpu *v);
/* The same for calls that only look, interrupts off; false: nothing was done. */
bool armv7_smccc_quick(struct armv7_vcpu *v);
/* PSCI_VERSION(major, minor) that this vcpu sees; -EINVAL: not for it. */
u32 armv7_psci_version(struct armv7_vcpu *v);
int armv7_psci_set_version(struct armv7_vcpu *v, u64 version);
/* Nobody has to flush this CPU's branch predictor for safety. */
bool armv7_spectre_v2_unaffected(void);
void armv7_psci_apply_reset(struct armv7_vcpu *v);

/*
 * Apply what CPU_ON has left, if anything: before the vcpu runs, and before user
 * space looks at it.  vcpu->mutex held.
 */
static inline void armv7_owed_reset(struct armv7_vcpu *v)
{
	if (ember_check_request(&v->vcpu, ARMV7_REQ_RESET))
		armv7_psci_apply_reset(v);
}

#endif
