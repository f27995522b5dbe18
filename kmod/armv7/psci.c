// SPDX-License-Identifier: GPL-2.0
/*
 * The firmware that a guest calls with HVC (or SMC): power of its CPUs and of
 * the machine (PSCI, ARM DEN 0022), and what this firmware is (SMCCC, ARM DEN
 * 0028).
 *
 * A call is a row: its number, the versions that have it, and its handler; the
 * same rows answer PSCI_FEATURES.
 *
 * A vcpu's registers are touched under its mutex only.  CPU_ON leaves a struct
 * armv7_reset for the target, which armv7_owed_reset() applies.
 * psci_lock guards those and every change of power_off by a guest.
 */
#include <linux/arm-smccc.h>
#include <uapi/linux/psci.h>
#include <linux/spinlock.h>
#include <asm/cputype.h>
#include <asm/ptrace.h>
#include "armv7.h"
#include "../core/trace.h"

static DEFINE_SPINLOCK(psci_lock);

/* ---- powers ------------------------------------------------------------------ */

static u32 arg(struct armv7_vcpu *v, unsigned int n)
{
	return v->ctxt->r[n];	/* r0-r7 are never banked */
}

/* The value of r0, with r1-r3 cleared as KVM always did; a psci_fn's result. */
static int answer(struct armv7_vcpu *v, u32 value)
{
	u32 *r = v->ctxt->r;

	r[0] = value;
	r[1] = 0;
	r[2] = 0;
	r[3] = 0;
	return 1;
}

static bool is_off(struct armv7_vcpu *v)
{
	return READ_ONCE(v->power_off);
}

/* Switched on, but its thread has not come round to it yet. */
static bool is_pending(struct armv7_vcpu *v)
{
	return test_bit(ARMV7_REQ_RESET, &v->vcpu.requests);
}

static u32 vcpu_mpidr(struct armv7_vcpu *v)
{
	return READ_ONCE(v->ctxt->c15[C15_MPIDR]) & MPIDR_HWID_BITMASK;
}

static struct armv7_vcpu *find_vcpu(struct ember_vm *vm, u32 mpidr)
{
	struct ember_vcpu *vcpu;
	unsigned int i;

	ember_for_each_vcpu(i, vcpu, vm) {
		struct armv7_vcpu *v = to_armv7(vcpu);

		if (READ_ONCE(v->initialized) && vcpu_mpidr(v) == mpidr)
			return v;
	}
	return NULL;
}

/* ---- calls -------------------------------------------------------------------- */

static int psci_version(struct armv7_vcpu *v)
{
	return answer(v, armv7_psci_version(v));
}

/* Every power state is WFI here: all registers are kept (DEN 0022, 5.4). */
static int psci_cpu_suspend(struct armv7_vcpu *v)
{
	armv7_wfi(v);
	return answer(v, PSCI_RET_SUCCESS);
}

static int psci_cpu_off(struct armv7_vcpu *v)
{
	answer(v, PSCI_RET_SUCCESS);
	spin_lock(&psci_lock);
	WRITE_ONCE(v->power_off, true);
	spin_unlock(&psci_lock);
	return 1;
}

/* Before 0.2 there was no number for "already on". */
static u32 why_not_off(struct armv7_vcpu *v, struct armv7_vcpu *target)
{
	if (armv7_psci_version(v) == PSCI_VERSION(0, 1))
		return PSCI_RET_INVALID_PARAMS;
	return is_pending(target) ? PSCI_RET_ON_PENDING : PSCI_RET_ALREADY_ON;
}

/* psci_lock held. */
static u32 switch_on(struct armv7_vcpu *v, struct armv7_vcpu *target)
{
	if (!is_off(target))
		return why_not_off(v, target);
	target->reset = (struct armv7_reset){
		.pc = arg(v, 2),
		.r0 = arg(v, 3),
		.be = v->ctxt->cpsr & PSR_E_BIT,
	};
	/* Whoever sees it on must see the request: it has a barrier. */
	ember_request(&target->vcpu, ARMV7_REQ_RESET);
	WRITE_ONCE(target->power_off, false);
	return PSCI_RET_SUCCESS;
}

static int psci_cpu_on(struct armv7_vcpu *v)
{
	struct armv7_vcpu *target = find_vcpu(v->vcpu.vm,
					      arg(v, 1) & MPIDR_HWID_BITMASK);
	u32 ret;

	if (!target)
		return answer(v, PSCI_RET_INVALID_PARAMS);
	spin_lock(&psci_lock);
	ret = switch_on(v, target);
	spin_unlock(&psci_lock);
	if (ret == PSCI_RET_SUCCESS)
		ember_vcpu_kick(&target->vcpu);
	return answer(v, ret);
}

void armv7_psci_apply_reset(struct armv7_vcpu *v)
{
	struct armv7_ctxt *ctxt = v->ctxt;
	struct armv7_reset reset;

	spin_lock(&psci_lock);
	reset = v->reset;
	spin_unlock(&psci_lock);

	armv7_vcpu_reset(v);
	ctxt->pc = reset.pc & ~1u;
	ctxt->r[0] = reset.r0;
	if (reset.pc & 1)
		ctxt->cpsr |= PSR_T_BIT;
	if (reset.be)
		ctxt->cpsr |= PSR_E_BIT;
}

/*
 * The state of a CPU, or of all CPUs of a cluster: on if any of them is
 * (DEN 0022, 5.7).
 */
static int psci_affinity_info(struct armv7_vcpu *v)
{
	u32 level = arg(v, 2), mask, wanted;
	u32 state = PSCI_RET_INVALID_PARAMS;
	struct ember_vcpu *vcpu;
	unsigned int i;

	if (level > 2)
		return answer(v, PSCI_RET_INVALID_PARAMS);
	mask = MPIDR_HWID_BITMASK & ~((1u << (level * MPIDR_LEVEL_BITS)) - 1);
	wanted = arg(v, 1) & mask;
	ember_for_each_vcpu(i, vcpu, v->vcpu.vm) {
		struct armv7_vcpu *other = to_armv7(vcpu);

		if (!READ_ONCE(other->initialized) ||
		    (vcpu_mpidr(other) & mask) != wanted)
			continue;
		if (!is_off(other) && !is_pending(other))
			return answer(v, PSCI_0_2_AFFINITY_LEVEL_ON);
		if (is_pending(other))
			state = PSCI_0_2_AFFINITY_LEVEL_ON_PENDING;
		else if (state != PSCI_0_2_AFFINITY_LEVEL_ON_PENDING)
			state = PSCI_0_2_AFFINITY_LEVEL_OFF;
	}
	return answer(v, state);
}

/* No trusted OS, so nothing to migrate. */
static int psci_migrate_info_type(struct armv7_vcpu *v)
{
	return answer(v, PSCI_0_2_TOS_MP);
}

/*
 * The machine goes off or starts again, which user space has to do.  No vcpu
 * may run on meanwhile; one that is run nevertheless sees a failure.
 */
static int system_event(struct armv7_vcpu *v, u32 type)
{
	struct kvm_run *run = v->vcpu.run;
	struct ember_vm *vm = v->vcpu.vm;
	struct ember_vcpu *vcpu;
	unsigned int i;

	spin_lock(&psci_lock);
	ember_for_each_vcpu(i, vcpu, vm) {
		clear_bit(ARMV7_REQ_RESET, &vcpu->requests);
		WRITE_ONCE(to_armv7(vcpu)->power_off, true);
	}
	spin_unlock(&psci_lock);
	ember_request_all(vm, EMBER_REQ_KICK);

	answer(v, PSCI_RET_INTERNAL_FAILURE);
	memset(&run->system_event, 0, sizeof(run->system_event));
	run->system_event.type = type;
	run->exit_reason = KVM_EXIT_SYSTEM_EVENT;
	return 0;
}

static int psci_system_off(struct armv7_vcpu *v)
{
	return system_event(v, KVM_SYSTEM_EVENT_SHUTDOWN);
}

static int psci_system_reset(struct armv7_vcpu *v)
{
	return system_event(v, KVM_SYSTEM_EVENT_RESET);
}

static int psci_features(struct armv7_vcpu *v);

static int smccc_version(struct armv7_vcpu *v)
{
	return answer(v, ARM_SMCCC_VERSION_1_1);
}

bool armv7_spectre_v2_unaffected(void)
{
	return read_cpuid_part() == ARM_CPU_PART_CORTEX_A7;
}

/*
 * A Cortex-A7 doesn't need a work-around for Spectre variant 2.  On others the
 * guest has to flush the branch predictor itself: a trap does not.
 */
static int smccc_arch_features(struct armv7_vcpu *v)
{
	if (arg(v, 1) == ARM_SMCCC_ARCH_WORKAROUND_1 &&
	    armv7_spectre_v2_unaffected())
		return answer(v, SMCCC_ARCH_WORKAROUND_RET_UNAFFECTED);
	return answer(v, SMCCC_RET_NOT_SUPPORTED);
}

/* ---- the table ------------------------------------------------------------------ */

struct psci_row {
	u32 fn;
	u16 since, until;	/* major << 8 | minor of PSCI */
	bool feature;		/* PSCI_FEATURES knows it */
	bool quick;		/* it only looks; see ember_guest_enter() */
	armv7_exit_fn call;
};

#define V0_1	0x001
#define V0_2	0x002
#define V1_0	0x100
#define ANY	0xffff

static const struct psci_row psci_rows[] = {
	{ PSCI_0_2_FN_PSCI_VERSION,	V0_2, ANY, true, true, psci_version },
	{ PSCI_0_2_FN_CPU_SUSPEND,	V0_2, ANY, true, false, psci_cpu_suspend },
	{ PSCI_0_2_FN_CPU_OFF,		V0_2, ANY, true, false, psci_cpu_off },
	{ PSCI_0_2_FN_CPU_ON,		V0_2, ANY, true, false, psci_cpu_on },
	{ PSCI_0_2_FN_AFFINITY_INFO,	V0_2, ANY, true, true, psci_affinity_info },
	{ PSCI_0_2_FN_MIGRATE_INFO_TYPE, V0_2, ANY, true, true, psci_migrate_info_type },
	{ PSCI_0_2_FN_SYSTEM_OFF,	V0_2, ANY, true, false, psci_system_off },
	{ PSCI_0_2_FN_SYSTEM_RESET,	V0_2, ANY, true, false, psci_system_reset },
	{ PSCI_1_0_FN_PSCI_FEATURES,	V1_0, ANY, true, true, psci_features },

	/* Before PSCI had numbers of its own */
	{ KVM_PSCI_FN_CPU_OFF,		V0_1, V0_1, false, false, psci_cpu_off },
	{ KVM_PSCI_FN_CPU_ON,		V0_1, V0_1, false, false, psci_cpu_on },

	{ ARM_SMCCC_VERSION_FUNC_ID,	0, ANY, true, true, smccc_version },
	{ ARM_SMCCC_ARCH_FEATURES_FUNC_ID, 0, ANY, false, true, smccc_arch_features },
};

static const struct psci_row *find_row(struct armv7_vcpu *v, u32 fn)
{
	u32 version = armv7_psci_version(v);
	u16 now = PSCI_VERSION_MAJOR(version) << 8 | PSCI_VERSION_MINOR(version);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(psci_rows); i++)
		if (psci_rows[i].fn == fn && psci_rows[i].since <= now &&
		    now <= psci_rows[i].until)
			return &psci_rows[i];
	return NULL;
}

static int psci_features(struct armv7_vcpu *v)
{
	const struct psci_row *row = find_row(v, arg(v, 1));

	return answer(v, row && row->feature ? 0 : PSCI_RET_NOT_SUPPORTED);
}

u32 armv7_psci_version(struct armv7_vcpu *v)
{
	u32 chosen = to_armv7_vm(v->vcpu.vm)->psci_version;

	if (!v->psci_0_2)
		return PSCI_VERSION(0, 1);
	return chosen ? chosen : PSCI_VERSION(1, 0);
}

int armv7_psci_set_version(struct armv7_vcpu *v, u64 version)
{
	bool old = version == PSCI_VERSION(0, 1);

	if (!old && version != PSCI_VERSION(0, 2) &&
	    version != PSCI_VERSION(1, 0))
		return -EINVAL;
	if (old == v->psci_0_2)
		return -EINVAL;
	WRITE_ONCE(to_armv7_vm(v->vcpu.vm)->psci_version, version);
	return 0;
}

int armv7_smccc(struct armv7_vcpu *v)
{
	const struct psci_row *row = find_row(v, arg(v, 0));

	ember_count_exit(&v->vcpu, ARMV7_EXIT_PSCI);
	return row ? row->call(v) : answer(v, PSCI_RET_NOT_SUPPORTED);
}

bool armv7_smccc_quick(struct armv7_vcpu *v)
{
	const struct psci_row *row = find_row(v, arg(v, 0));

	if (!row || !row->quick)
		return false;
	ember_count_exit(&v->vcpu, ARMV7_EXIT_HVC);
	ember_count_exit(&v->vcpu, ARMV7_EXIT_PSCI);
	trace_ember_exit(&v->vcpu, v->ctxt->pc, ARMV7_EXIT_HVC);
	return row->call(v) > 0;
}
