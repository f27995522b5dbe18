// SPDX-License-Identifier: GPL-2.0
/*
 * Trapped accesses to system registers.
 *
 * exit.c comes here with a syndrome; it names a row of cp15_table.c, whose
 * handler does the rest.  Debug registers (CP14) have no rows: they read as
 * zero and ignore writes, DBGDIDR says that way that there are no breakpoints.
 */
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <asm/ptrace.h>
#include "cp15.h"
#include "hyp.h"
#include "syndrome.h"

/* ---- handlers ------------------------------------------------------------- */

bool cp15_raz_wi(struct armv7_vcpu *v, struct cp15_access *a,
		 const struct cp15_row *row)
{
	a->value = 0;
	return true;
}

bool cp15_read_only(struct armv7_vcpu *v, struct cp15_access *a,
		    const struct cp15_row *row)
{
	a->value = 0;
	return !a->write;
}

bool cp15_ignore_write(struct armv7_vcpu *v, struct cp15_access *a,
		       const struct cp15_row *row)
{
	if (!a->write)
		a->value = v->ctxt->c15[row->reg];
	return true;
}

static bool caches_on(const struct armv7_ctxt *ctxt)
{
	const u32 both = SCTLR_MMU | SCTLR_CACHE;

	return (ctxt->c15[C15_SCTLR] & both) == both;
}

/*
 * Cache maintenance by set and way reaches one CPU's caches and is meant for
 * turning caches on or off (B2.2.7).  All of guest memory is cleaned instead,
 * once; HCR.TVM then tells when the caches really change (cp15_vm_reg()).
 */
bool cp15_set_way(struct armv7_vcpu *v, struct cp15_access *a,
		  const struct cp15_row *row)
{
	if (!a->write)
		return false;
	if (!(v->ctxt->hcr & HCR_TVM)) {
		armv7_stage2_flush(v->vcpu.vm);
		v->ctxt->hcr |= HCR_TVM;
	}
	return true;
}

/* With the caches on or off memory looks different: make both views agree. */
bool cp15_vm_reg(struct armv7_vcpu *v, struct cp15_access *a,
		 const struct cp15_row *row)
{
	struct armv7_ctxt *ctxt = v->ctxt;
	bool were_on = caches_on(ctxt);

	if (!a->write) {
		a->value = ctxt->c15[row->reg];
		return true;
	}
	ctxt->c15[row->reg] = a->value;
	if (KVM_REG_SIZE(row->id) == 8)
		ctxt->c15[row->reg + 1] = a->value >> 32;

	if (caches_on(ctxt) != were_on)
		armv7_stage2_flush(v->vcpu.vm);
	if (caches_on(ctxt))
		ctxt->hcr &= ~HCR_TVM;
	return true;
}

void cp15_watch_caches(struct armv7_vcpu *v)
{
	if (caches_on(v->ctxt))
		v->ctxt->hcr &= ~HCR_TVM;
	else
		v->ctxt->hcr |= HCR_TVM;
}

bool cp15_phys_timer(struct armv7_vcpu *v, struct cp15_access *a,
		     const struct cp15_row *row)
{
	if (a->write)
		timer_reg_write(v, row->timer, a->value);
	else
		a->value = timer_reg_read(v, row->timer);
	return true;
}

/* ---- dispatch ---------------------------------------------------------------- */

const struct cp15_row *cp15_find(u64 id)
{
	unsigned int i;

	for (i = 0; i < cp15_nr_rows; i++)
		if (cp15_rows[i].id == id)
			return &cp15_rows[i];
	return NULL;
}

/* A line that can go into cp15_table.c once a name is found for it. */
static void print_missing(struct armv7_vcpu *v, const struct cp15_access *a)
{
	u64 id = a->id;
	unsigned int opc1 = (id & KVM_REG_ARM_OPC1_MASK) >> KVM_REG_ARM_OPC1_SHIFT;
	unsigned int crm = (id & KVM_REG_ARM_CRM_MASK) >> KVM_REG_ARM_CRM_SHIFT;
	unsigned int crn = (id & KVM_REG_ARM_32_CRN_MASK) >> KVM_REG_ARM_32_CRN_SHIFT;
	unsigned int opc2 = id & KVM_REG_ARM_32_OPC2_MASK;
	const char *what = a->write ? "write" : "read";

	if (KVM_REG_SIZE(id) == 8)
		pr_info_ratelimited("ember: unknown register, %s at %08x: RAZ_WI(?, REG64(%u, %u)),\n",
				    what, v->ctxt->pc, opc1, crm);
	else
		pr_info_ratelimited("ember: unknown register, %s at %08x: RAZ_WI(?, REG32(%u, %u, %u, %u)),\n",
				    what, v->ctxt->pc, crn, opc1, crm, opc2);
}

static bool do_access(struct armv7_vcpu *v, struct cp15_access *a)
{
	const struct cp15_row *row = cp15_find(a->id);
	bool user = (v->ctxt->cpsr & MODE_MASK) == USR_MODE;

	if (!row) {
		print_missing(v, a);
		return false;
	}
	if (user && !row->user)
		return false;
	if (row->access)
		return row->access(v, a, row);
	if (a->write || !row->host)
		return false;
	a->value = row->host();
	return true;
}

static void set_reg(struct armv7_vcpu *v, unsigned int n, u32 value)
{
	if (n < 15)
		*armv7_reg(v, n) = value;
}

static int access_reg(struct armv7_vcpu *v, struct cp15_access *a)
{
	bool wide = KVM_REG_SIZE(a->id) == 8;

	if (a->write) {
		a->value = *armv7_reg(v, a->rt);
		if (wide)
			a->value |= (u64)*armv7_reg(v, a->rt2) << 32;
	}
	if (!do_access(v, a)) {
		armv7_inject_undef(v);
		return 1;
	}
	if (!a->write) {
		set_reg(v, a->rt, a->value);
		if (wide)
			set_reg(v, a->rt2, a->value >> 32);
	}
	armv7_skip_insn(v);
	return 1;
}

/* ISS of MCR, MRC (table B3-47) */
#define ISS_OPC2(hsr)	(((hsr) >> 17) & 7)
#define ISS_OPC1(hsr)	(((hsr) >> 14) & 7)
#define ISS_CRN(hsr)	(((hsr) >> 10) & 15)
#define ISS_RT(hsr)	(((hsr) >> 5) & 15)
#define ISS_CRM(hsr)	(((hsr) >> 1) & 15)
/* and of MCRR, MRRC (table B3-48), where it differs */
#define ISS64_OPC1(hsr)	(((hsr) >> 16) & 15)
#define ISS64_RT2(hsr)	(((hsr) >> 10) & 15)

int armv7_exit_cp15_32(struct armv7_vcpu *v)
{
	u32 hsr = v->ctxt->hsr;
	struct cp15_access a = {
		.id = ARM_CP15_REG32((u64)ISS_OPC1(hsr), ISS_CRN(hsr),
				     ISS_CRM(hsr), ISS_OPC2(hsr)),
		.write = !(hsr & HSR_CP_READ),
		.rt = ISS_RT(hsr),
	};

	return access_reg(v, &a);
}

int armv7_exit_cp15_64(struct armv7_vcpu *v)
{
	u32 hsr = v->ctxt->hsr;
	struct cp15_access a = {
		.id = ARM_CP15_REG64((u64)ISS64_OPC1(hsr), ISS_CRM(hsr)),
		.write = !(hsr & HSR_CP_READ),
		.rt = ISS_RT(hsr),
		.rt2 = ISS64_RT2(hsr),
	};

	return access_reg(v, &a);
}

/* ---- CP14 ---------------------------------------------------------------------- */

/* Debug registers are those with opc1 = 0 (C6.4.2); the rest is not there. */
static bool cp14_is_debug(u32 hsr)
{
	switch (HSR_EC(hsr)) {
	case HSR_EC_CP14_32:
		return ISS_OPC1(hsr) == 0;
	case HSR_EC_CP14_64:
		return ISS64_OPC1(hsr) == 0;
	default:
		return false;	/* LDC, STC */
	}
}

/* TEECR and TEEHBR, MRC or MCR p14, 6 (A2.10): from now on they are switched. */
static bool cp14_is_thumbee(u32 hsr)
{
	return HSR_EC(hsr) == HSR_EC_CP14_32 && ISS_OPC1(hsr) == 6;
}

int armv7_exit_cp14(struct armv7_vcpu *v)
{
	u32 hsr = v->ctxt->hsr;
	bool user = (v->ctxt->cpsr & MODE_MASK) == USR_MODE;

	if (cp14_is_thumbee(hsr) && v->ctxt->hstr & HSTR_TTEE) {
		v->ctxt->hstr &= ~HSTR_TTEE;
		return 1;
	}
	if (user || !cp14_is_debug(hsr)) {
		armv7_inject_undef(v);
		return 1;
	}
	if (hsr & HSR_CP_READ) {
		set_reg(v, ISS_RT(hsr), 0);
		if (HSR_EC(hsr) == HSR_EC_CP14_64)
			set_reg(v, ISS64_RT2(hsr), 0);
	}
	armv7_skip_insn(v);
	return 1;
}
