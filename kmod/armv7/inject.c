// SPDX-License-Identifier: GPL-2.0
/*
 * What the hardware would have done to the guest's registers: exceptions that
 * we deliver, instructions that we step over, conditions that we check.
 *
 * Everything here runs in the vcpu's thread on a guest that has left its CPU,
 * and works on struct armv7_ctxt alone.  Part A of the manual calls the same
 * steps TakeDataAbortException() and so on (B1.9).
 */
#include <linux/bits.h>
#include <linux/minmax.h>
#include <asm/ptrace.h>
#include "armv7.h"
#include "step.h"
#include "syndrome.h"

#define VECTOR_UNDEF	0x04
#define VECTOR_PABT	0x0c
#define VECTOR_DABT	0x10

/* Synchronous external abort, not on a walk (tables B3-23 and B3-24). */
#define FSR_EXTERNAL_SHORT	0x008
#define FSR_EXTERNAL_LONG	0x210	/* with the LPAE bit */
/* Debug event (the same tables). */
#define FSR_DEBUG_SHORT		0x002
#define FSR_DEBUG_LONG		0x222
#define DFSR_WNR		BIT(11)

/* ---- registers by mode -------------------------------------------------- */

static struct armv7_bank *mode_bank(struct armv7_ctxt *ctxt)
{
	switch (ctxt->cpsr & MODE_MASK) {
	case FIQ_MODE:
		return &ctxt->fiq;
	case IRQ_MODE:
		return &ctxt->irq;
	case SVC_MODE:
		return &ctxt->svc;
	case ABT_MODE:
		return &ctxt->abt;
	case UND_MODE:
		return &ctxt->und;
	default:
		return NULL;
	}
}

u32 *armv7_reg(struct armv7_vcpu *v, unsigned int n)
{
	struct armv7_ctxt *ctxt = v->ctxt;
	struct armv7_bank *bank;

	if (n < 8)
		return &ctxt->r[n];
	bank = mode_bank(ctxt);
	if (bank && n == 13)
		return &bank->sp;
	if (bank && n == 14)
		return &bank->lr;
	if (n <= 12 && (ctxt->cpsr & MODE_MASK) == FIQ_MODE)
		return &ctxt->fiq_r8_r12[n - 8];
	return &ctxt->r[min(n, 14u)];
}

u32 *armv7_spsr(struct armv7_vcpu *v)
{
	struct armv7_bank *bank = mode_bank(v->ctxt);

	return bank ? &bank->spsr : NULL;
}

/* ---- conditions and steps ------------------------------------------------- */

void armv7_skip_bytes(struct armv7_vcpu *v, unsigned int len)
{
	struct armv7_ctxt *ctxt = v->ctxt;

	ctxt->pc += len;
	if (ctxt->cpsr & PSR_T_BIT)
		ctxt->cpsr = it_advance(ctxt->cpsr);
}

void armv7_skip_insn(struct armv7_vcpu *v)
{
	bool narrow = (v->ctxt->cpsr & PSR_T_BIT) && !(v->ctxt->hsr & HSR_IL);

	armv7_skip_bytes(v, narrow ? 2 : 4);
}

bool armv7_condition_passed(struct armv7_vcpu *v)
{
	u32 hsr = v->ctxt->hsr, psr = v->ctxt->cpsr, it;

	/* Other classes trap only what is executed. */
	if (HSR_EC(hsr) >= 0x10)
		return true;
	if (hsr & HSR_CV)
		return armv7_condition_holds(HSR_COND(hsr), psr);
	it = armv7_it_state(psr);
	return !it || armv7_condition_holds(it >> 4, psr);
}

/* ---- exceptions ------------------------------------------------------------ */

u32 armv7_vectors(struct armv7_vcpu *v)
{
	return v->ctxt->c15[C15_SCTLR] & SCTLR_HIVECS ?
		0xffff0000 : v->ctxt->c15[C15_VBAR];
}

/*
 * Enter @mode at @vector, to return to @lr after the adjustment that the
 * handler makes (table B1-7).
 */
static void take_exception(struct armv7_vcpu *v, u32 mode, u32 vector, u32 lr)
{
	struct armv7_ctxt *ctxt = v->ctxt;
	u32 sctlr = ctxt->c15[C15_SCTLR], old = ctxt->cpsr, psr;

	psr = old & ~(MODE_MASK | PSR_IT_MASK | PSR_J_BIT | PSR_T_BIT | PSR_E_BIT);
	psr |= mode | PSR_I_BIT;
	if (mode == ABT_MODE)
		psr |= PSR_A_BIT;
	if (sctlr & SCTLR_TE)
		psr |= PSR_T_BIT;
	if (sctlr & SCTLR_EE)
		psr |= PSR_E_BIT;

	ctxt->cpsr = psr;
	*armv7_spsr(v) = old;
	*armv7_reg(v, 14) = lr;
	ctxt->pc = armv7_vectors(v) + vector;
}

void armv7_inject_undef(struct armv7_vcpu *v)
{
	u32 size = v->ctxt->cpsr & PSR_T_BIT ? 2 : 4;

	take_exception(v, UND_MODE, VECTOR_UNDEF, v->ctxt->pc + size);
}

static u32 external_abort(struct armv7_vcpu *v)
{
	return v->ctxt->c15[C15_TTBCR] & TTBCR_EAE_ ?
		FSR_EXTERNAL_LONG : FSR_EXTERNAL_SHORT;
}

void armv7_inject_dabt(struct armv7_vcpu *v, u32 addr)
{
	struct armv7_ctxt *ctxt = v->ctxt;
	u32 dfsr = external_abort(v);

	if (HSR_EC(ctxt->hsr) == HSR_EC_DABT && (ctxt->hsr & HSR_DABT_WNR))
		dfsr |= DFSR_WNR;
	ctxt->c15[C15_DFSR] = dfsr;
	ctxt->c15[C15_DFAR] = addr;
	take_exception(v, ABT_MODE, VECTOR_DABT, ctxt->pc + 8);
}

void armv7_inject_async_abort(struct armv7_vcpu *v)
{
	v->ctxt->hcr |= HCR_VA;
}

bool armv7_async_abort_pending(struct armv7_vcpu *v)
{
	return v->ctxt->hcr & HCR_VA;
}

void armv7_inject_pabt(struct armv7_vcpu *v, u32 addr)
{
	struct armv7_ctxt *ctxt = v->ctxt;

	ctxt->c15[C15_IFSR] = external_abort(v);
	ctxt->c15[C15_IFAR] = addr;
	take_exception(v, ABT_MODE, VECTOR_PABT, ctxt->pc + 4);
}

/* IFAR is UNKNOWN after a debug exception (table B3-21): it stays. */
void armv7_inject_bkpt(struct armv7_vcpu *v)
{
	struct armv7_ctxt *ctxt = v->ctxt;

	ctxt->c15[C15_IFSR] = ctxt->c15[C15_TTBCR] & TTBCR_EAE_ ?
		FSR_DEBUG_LONG : FSR_DEBUG_SHORT;
	take_exception(v, ABT_MODE, VECTOR_PABT, ctxt->pc + 4);
}
