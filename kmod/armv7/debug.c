// SPDX-License-Identifier: GPL-2.0
/*
 * A guest under a debugger: KVM_SET_GUEST_DEBUG.
 *
 * With HDCR.TDE every debug exception of a guest comes to Hyp mode (B1.14.9).
 * Software breakpoints are BKPT instructions that the debugger has put into the
 * guest's memory; they come back as KVM_EXIT_DEBUG, and so do the guest's own.
 *
 * ARMv7 has no single step of its own, and its address-mismatch breakpoints do not
 * exist everywhere (QEMU has none).  So a step is six address breakpoints: at
 * where the instruction leads (step.c) and at the vectors that it, or an
 * interrupt, may lead to instead.  Whatever happens in between (the
 * instruction traps and is emulated, or is a load from a device that user
 * space serves) the step is complete as soon as the guest is outside of its
 * CPU with another pc.
 *
 * The registers themselves are switched in Hyp mode: there the guest's
 * addresses can't match the host's.
 */
#include <linux/irqflags.h>
#include <asm/barrier.h>
#include <asm/ptrace.h>
#include "armv7.h"
#include "hyp.h"
#include "step.h"
#include "syndrome.h"

/* DBGDIDR, DBGOSLSR, DBGDSCR (C11.11) */
#define DIDR_BRPS(didr)		(((didr) >> 24 & 15) + 1)
#define DIDR_WRPS(didr)		(((didr) >> 28) + 1)
#define OSLSR_LOCKED		BIT(1)
#define DSCR_MDBGEN		BIT(15)

/* DBGBCR: enabled, in every mode but Hyp; which bytes of the word count. */
#define BCR_ENABLE		(BIT(0) | 3 << 1)
#define BCR_ANY_BYTE		(0xf << 5)
#define BCR_LOW_HALF		(0x3 << 5)
#define BCR_HIGH_HALF		(0xc << 5)

#define KNOWN_FLAGS	(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP | \
			 KVM_GUESTDBG_USE_SW_BP)

/* Undefined, prefetch abort, data abort, IRQ, FIQ; SVC is what step.c says. */
static const u8 step_vectors[] = { 0x04, 0x0c, 0x10, 0x18, 0x1c };

/*
 * Breakpoints need the registers that switch.S knows, an OS lock that is open
 * (C6.4), and an external signal that permits debugging: without it MDBGen
 * stays zero.
 */
bool armv7_debug_usable(void)
{
	unsigned long flags;
	u32 didr, oslsr, dscr, on;

	asm volatile("mrc p14, 0, %0, c0, c0, 0" : "=r" (didr));
	asm volatile("mrc p14, 0, %0, c1, c1, 4" : "=r" (oslsr));
	if (DIDR_BRPS(didr) != ARMV7_BREAKPOINTS ||
	    DIDR_WRPS(didr) != ARMV7_WATCHPOINTS || oslsr & OSLSR_LOCKED)
		return false;

	local_irq_save(flags);
	asm volatile("mrc p14, 0, %0, c0, c2, 2" : "=r" (dscr));
	asm volatile("mcr p14, 0, %0, c0, c2, 2" : : "r" (dscr | DSCR_MDBGEN));
	isb();
	asm volatile("mrc p14, 0, %0, c0, c2, 2" : "=r" (on));
	asm volatile("mcr p14, 0, %0, c0, c2, 2" : : "r" (dscr));
	isb();
	local_irq_restore(flags);
	return on & DSCR_MDBGEN;
}

int armv7_debug_set(struct armv7_vcpu *v, const struct kvm_guest_debug *dbg)
{
	u32 control = dbg->control;

	if (control & ~KNOWN_FLAGS || !armv7_debug_usable())
		return -EINVAL;
	if (!(control & KVM_GUESTDBG_ENABLE))
		control = 0;
	v->debug.control = control;
	v->debug.stepping = false;
	memset(v->ctxt->dbg_bcr, 0, sizeof(v->ctxt->dbg_bcr));
	v->ctxt->hdcr = HDCR_GUEST | (control ? HDCR_TDE : 0);
	return 0;
}

static int exit_to_debugger(struct armv7_vcpu *v)
{
	v->debug.stepping = false;
	v->vcpu.run->exit_reason = KVM_EXIT_DEBUG;
	return 0;
}

/* ---- a step ------------------------------------------------------------------- */

static void set_breakpoint(struct armv7_ctxt *ctxt, unsigned int n, u32 va,
			   bool thumb)
{
	u32 bytes = !thumb ? BCR_ANY_BYTE :
		va & 2 ? BCR_HIGH_HALF : BCR_LOW_HALF;

	ctxt->dbg_bvr[n] = va & ~3u;
	ctxt->dbg_bcr[n] = BCR_ENABLE | bytes;
}

static bool has_breakpoint(const struct armv7_ctxt *ctxt, u32 va)
{
	unsigned int n;

	for (n = 0; n < ARMV7_BREAKPOINTS; n++)
		if (ctxt->dbg_bcr[n] && ctxt->dbg_bvr[n] == (va & ~3u))
			return true;
	return false;
}

static int read_va(void *v, u32 va, void *data, unsigned int len)
{
	return armv7_read_va(v, va, data, len);
}

static void step_fill(struct armv7_vcpu *v, struct armv7_step *s)
{
	const u32 *spsr = armv7_spsr(v);
	unsigned int n;

	for (n = 0; n < 15; n++)
		s->r[n] = *armv7_reg(v, n);
	s->r[15] = v->ctxt->pc;
	s->cpsr = v->ctxt->cpsr;
	s->spsr = spsr ? *spsr : s->cpsr;
	s->vectors = armv7_vectors(v);
	s->thumb_vectors = v->ctxt->c15[C15_SCTLR] & SCTLR_TE;
	s->read = read_va;
	s->arg = v;
}

/*
 * An instruction that can't be read, or whose target can't, will fault: in
 * stage 1, which ends the step at a vector, or in stage 2, after which this
 * is done again.  The vector that the guest stands at is left out: it would
 * stop before it has begun.
 */
static void step_arm(struct armv7_vcpu *v)
{
	struct armv7_ctxt *ctxt = v->ctxt;
	struct armv7_target target;
	struct armv7_step s;
	unsigned int n;
	u32 opcode;

	BUILD_BUG_ON(ARRAY_SIZE(step_vectors) + 1 > ARMV7_BREAKPOINTS);
	step_fill(v, &s);
	memset(ctxt->dbg_bcr, 0, sizeof(ctxt->dbg_bcr));
	for (n = 0; n < ARRAY_SIZE(step_vectors); n++)
		if (s.vectors + step_vectors[n] != ctxt->pc)
			set_breakpoint(ctxt, n, s.vectors + step_vectors[n],
				       s.thumb_vectors);
	if (!armv7_fetch(v, &opcode) && !armv7_step_target(&s, opcode, &target))
		set_breakpoint(ctxt, n, target.pc, target.thumb);
}

static bool step_done(struct armv7_vcpu *v)
{
	return v->debug.stepping && v->ctxt->pc != v->debug.pc;
}

int armv7_debug_before(struct armv7_vcpu *v)
{
	if (!(v->debug.control & KVM_GUESTDBG_SINGLESTEP))
		return 1;
	if (step_done(v))
		return exit_to_debugger(v);
	v->debug.stepping = true;
	v->debug.pc = v->ctxt->pc;
	step_arm(v);
	return 1;
}

int armv7_debug_after(struct armv7_vcpu *v, int ret)
{
	return ret > 0 && step_done(v) ? exit_to_debugger(v) : ret;
}

/* ---- exits ----------------------------------------------------------------------- */

int armv7_exit_debug(struct armv7_vcpu *v)
{
	/* A jump to itself ends where it began. */
	if (v->debug.stepping && has_breakpoint(v->ctxt, v->ctxt->pc))
		return exit_to_debugger(v);
	if (v->debug.control & KVM_GUESTDBG_USE_SW_BP)
		return exit_to_debugger(v);
	armv7_inject_bkpt(v);
	return 1;
}
