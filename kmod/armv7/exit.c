// SPDX-License-Identifier: GPL-2.0
/*
 * Why a guest came back, and who deals with it.
 *
 * Read after switch.S.  One row for each class of the Hyp syndrome (HSR.EC,
 * B3.13.6): its handler, its line in the statistics, and whether the trapped
 * instruction may have failed its condition.
 */
#include <linux/kvm.h>
#include <linux/sched.h>
#include "armv7.h"
#include "hyp.h"
#include "syndrome.h"
#include "../core/trace.h"

static __always_inline void exit_seen(struct armv7_vcpu *v, enum armv7_exit row)
{
	ember_count_exit(&v->vcpu, row);
	trace_ember_exit(&v->vcpu, v->ctxt->pc, row);
}

static int exit_wfx(struct armv7_vcpu *v)
{
	bool wfe = v->ctxt->hsr & HSR_WFE;

	exit_seen(v, wfe ? ARMV7_EXIT_WFE : ARMV7_EXIT_WFI);
	armv7_skip_insn(v);
	if (wfe) {
		ember_vcpu_on_spin(&v->vcpu);
		return 1;
	}
	armv7_wfi(v);
	return 1;
}

static int exit_hvc(struct armv7_vcpu *v)
{
	return armv7_smccc(v);
}

/*
 * There is no secure firmware behind a guest, and KVM never took SMC for a call
 * of its own: the answer is "unknown function".  SMC traps with pc at the
 * instruction (B1.14.7), unlike HVC.
 */
static int exit_smc(struct armv7_vcpu *v)
{
	v->ctxt->r[0] = ~0u;
	armv7_skip_insn(v);
	return 1;
}

/* A coprocessor that a guest does not have: undefined, as on hardware. */
static int exit_undef(struct armv7_vcpu *v)
{
	armv7_inject_undef(v);
	return 1;
}

static gpa_t fault_ipa(const struct armv7_ctxt *ctxt, u32 va)
{
	return (gpa_t)(ctxt->hpfar >> 4) << 12 | (va & 0xfff);
}

/* A fault in the guest's own table walk: only memory can serve that. */
static bool fault_is_memory_only(u32 hsr)
{
	return hsr & HSR_DABT_S1PTW;
}

static int stage2_bad_status(struct armv7_vcpu *v, gpa_t ipa)
{
	u64 data[] = { v->ctxt->hsr, ipa, v->ctxt->pc };

	return ember_vcpu_kill(&v->vcpu, KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON,
			       data, ARRAY_SIZE(data),
			       "stage 2 abort with status %#x at ipa %#llx, pc %#x",
			       HSR_ABT_FSC(v->ctxt->hsr), ipa, v->ctxt->pc);
}

/* May a stage 2 fault of this status be cured by mapping a page? */
static bool fault_is_curable(u32 hsr)
{
	u32 type = HSR_ABT_FSC_TYPE(hsr);

	return type == FSC_TRANSLATION || type == FSC_ACCESS ||
	       type == FSC_PERMISSION;
}

static int exit_iabt(struct armv7_vcpu *v)
{
	struct armv7_ctxt *ctxt = v->ctxt;
	gpa_t ipa = fault_ipa(ctxt, ctxt->hifar);
	struct ember_memslot *slot;

	if (HSR_ABT_FSC_TYPE(ctxt->hsr) == FSC_DEBUG)
		return armv7_exit_debug(v);
	if (!fault_is_curable(ctxt->hsr))
		return stage2_bad_status(v, ipa);
	slot = ember_gfn_to_slot(v->vcpu.vm, ipa >> PAGE_SHIFT);
	if (slot)
		return armv7_stage2_fault(v, slot, ipa, false);
	/* Nothing there to fetch or walk: an external abort, as on a bus. */
	armv7_inject_pabt(v, ctxt->hifar);
	return 1;
}

static int exit_dabt(struct armv7_vcpu *v)
{
	struct armv7_ctxt *ctxt = v->ctxt;
	gpa_t ipa = fault_ipa(ctxt, ctxt->hdfar);
	bool write = ctxt->hsr & HSR_DABT_WNR && !fault_is_memory_only(ctxt->hsr);
	struct ember_memslot *slot;

	if (!fault_is_curable(ctxt->hsr))
		return stage2_bad_status(v, ipa);
	/*
	 * Cache maintenance by address reports as a write, and needs none; but
	 * where the CPU wants permission to write for it (DCIMVAC), a page that
	 * is there read-only would never do.
	 */
	if (ctxt->hsr & HSR_DABT_CM &&
	    HSR_ABT_FSC_TYPE(ctxt->hsr) != FSC_PERMISSION)
		write = false;
	slot = ember_gfn_to_slot(v->vcpu.vm, ipa >> PAGE_SHIFT);
	if (slot && !(write && slot->flags & KVM_MEM_READONLY))
		return armv7_stage2_fault(v, slot, ipa, write);
	if (fault_is_memory_only(ctxt->hsr)) {
		armv7_inject_dabt(v, ctxt->hdfar);
		return 1;
	}
	if (ctxt->hsr & HSR_DABT_CM) {
		armv7_skip_insn(v);
		return 1;
	}
	return armv7_mmio(v, ipa);
}

struct exit_row {
	armv7_exit_fn fn;
	u8 count;
	bool conditional;	/* HSR.CV, COND count; WFx counts by itself */
};

#define ROW(ec, handler, sym, cond) \
	[ec] = { .fn = handler, .count = ARMV7_EXIT_ ## sym, .conditional = cond }

static const struct exit_row exit_table[64] = {
	[HSR_EC_WFX] = { .fn = exit_wfx, .count = ARMV7_NR_EXITS, .conditional = true },
	ROW(HSR_EC_CP15_32,	armv7_exit_cp15_32,	CP15_32,	true),
	ROW(HSR_EC_CP15_64,	armv7_exit_cp15_64,	CP15_64,	true),
	ROW(HSR_EC_CP14_32,	armv7_exit_cp14,	CP14,		true),
	ROW(HSR_EC_CP14_LS,	armv7_exit_cp14,	CP14,		true),
	ROW(HSR_EC_CP14_64,	armv7_exit_cp14,	CP14,		true),
	ROW(HSR_EC_CP_0_13,	exit_undef,		CP_OTHER,	true),
	ROW(HSR_EC_CP10_ID,	exit_undef,		VFP,		true),
	ROW(HSR_EC_HVC,	exit_hvc,		HVC,		false),
	ROW(HSR_EC_SMC,	exit_smc,		SMC,		true),
	ROW(HSR_EC_IABT,	exit_iabt,		IABT,		false),
	ROW(HSR_EC_DABT,	exit_dabt,		DABT,		false),
	ROW(HSR_EC_BREAKPOINT,	armv7_exit_debug,	DEBUG,		false),
	ROW(HSR_EC_BKPT,	armv7_exit_debug,	DEBUG,		false),
};

static int exit_unknown(struct armv7_vcpu *v)
{
	u64 data[] = { v->ctxt->hsr, v->ctxt->pc };

	exit_seen(v, ARMV7_EXIT_UNKNOWN);
	return ember_vcpu_kill(&v->vcpu, KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON,
			       data, ARRAY_SIZE(data),
			       "no row for [%#x] in exit_table: hsr %#x, pc %#x",
			       HSR_EC(v->ctxt->hsr), v->ctxt->hsr, v->ctxt->pc);
}

static int handle_trap(struct armv7_vcpu *v)
{
	const struct exit_row *row = &exit_table[HSR_EC(v->ctxt->hsr)];

	if (!row->fn)
		return exit_unknown(v);
	if (row->count < ARMV7_NR_EXITS)
		exit_seen(v, row->count);
	if (row->conditional && !armv7_condition_passed(v)) {
		armv7_skip_insn(v);
		return 1;
	}
	return row->fn(v);
}

/* Hyp mode is not ours any more (a reboot is under way), or it faulted. */
static int exit_no_entry(struct armv7_vcpu *v, u32 code)
{
	u64 data[] = { code, v->ctxt->hsr, v->ctxt->pc };

	if (code != ARMV7_CODE_HYP_FAULT) {
		v->vcpu.run->exit_reason = KVM_EXIT_FAIL_ENTRY;
		v->vcpu.run->fail_entry.hardware_entry_failure_reason = code;
		return 0;
	}
	return ember_vcpu_kill(&v->vcpu, KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON,
			       data, ARRAY_SIZE(data),
			       "fault in Hyp mode: hsr %#x, Hyp pc %#x",
			       v->ctxt->hsr, v->ctxt->pc);
}

/* Behind armv7_hyp_enter(), interrupts off: see ember_guest_enter(). */
bool armv7_exit_quick(struct armv7_vcpu *v)
{
	switch (HSR_EC(v->ctxt->hsr)) {
	case HSR_EC_DABT:
		return armv7_mmio_quick(v);
	case HSR_EC_HVC:
		return armv7_smccc_quick(v);
	default:
		return false;
	}
}

/*
 * Deal with what armv7_hyp_enter() returned.  Interrupts on, vm->srcu held.
 */
int armv7_handle_exit(struct armv7_vcpu *v, u32 code)
{
	switch (code) {
	case ARMV7_CODE_TRAP:
		return handle_trap(v);
	case ARMV7_CODE_IRQ:
	case ARMV7_CODE_FIQ:
		/* The host has taken it when interrupts came back on. */
		exit_seen(v, ARMV7_EXIT_IRQ);
		return 1;
	default:
		return exit_no_entry(v, code);
	}
}
