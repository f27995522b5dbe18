// SPDX-License-Identifier: GPL-2.0
/*
 * MMIO: a guest's load or store on memory that isn't there.
 *
 * mmu.c comes here with the address.  A device in the kernel serves it, or user
 * space through KVM_EXIT_MMIO; a load then goes on in mmio_complete().  A load or
 * store of up to 32 bits that is aligned; what is not ends the VM with the
 * opcode, since no device is made for it, or is the address error that it was
 * (mips32_address_error()).
 */
#include <linux/bitops.h>
#include <linux/kvm.h>
#include <linux/string.h>
#include "mips32.h"
#include "../core/trace.h"

static int refuse(struct mips32_vcpu *v, const struct mips32_step *step, gpa_t gpa)
{
	const u64 data[] = { step->word, step->va, gpa, v->ctxt->cause };

	return ember_vcpu_kill(&v->vcpu, KVM_INTERNAL_ERROR_EMULATION, data,
			       ARRAY_SIZE(data),
			       "instruction %08x (%s) at %08x on a device at %#llx: only lb, lbu, lh, lhu, lw, sb, sh and sw can be served",
			       step->word, step->insn.name ?: "?", step->va, gpa);
}

/* @val as far as the access goes. */
static u32 narrow(const struct mips32_mmio *m, u32 val)
{
	return val & (~0u >> (32 - 8 * m->width));
}

static void load_reg(struct mips32_vcpu *v, u32 val)
{
	struct mips32_mmio *m = &v->mmio;

	val = narrow(m, val);
	if (m->sign_extend)
		val = sign_extend32(val, 8 * m->width - 1);
	if (m->reg)
		v->ctxt->gpr[m->reg] = val;
}

static int finish(struct mips32_vcpu *v)
{
	v->ctxt->pc = v->mmio.next_pc;
	v->ctxt->cause = 0;
	return 1;
}

static int mmio_complete(struct ember_vcpu *vcpu)
{
	struct mips32_vcpu *v = to_mips32(vcpu);
	u32 val;

	/* Registers were set meanwhile: the access has no one to go to. */
	if (!v->mmio.pending)
		return 1;
	v->mmio.pending = false;
	memcpy(&val, vcpu->run->mmio.data, sizeof(val));
	load_reg(v, val);
	return finish(v);
}

/*
 * A store is done when user space is told, as in Linux 5.12: who saves the vcpu then
 * must not save one that stores again.
 */
static void expect_answer(struct mips32_vcpu *v)
{
	if (v->mmio.write) {
		finish(v);
		return;
	}
	v->mmio.pending = true;
	v->vcpu.complete_exit = mmio_complete;
}

/* run->mmio.data and registers have the same byte order: both are the host's. */
static int to_user(struct mips32_vcpu *v, gpa_t gpa)
{
	struct mips32_mmio *m = &v->mmio;
	struct kvm_run *run = v->vcpu.run;
	u64 data = m->write ? narrow(m, v->ctxt->gpr[m->reg]) : 0;

	run->exit_reason = KVM_EXIT_MMIO;
	run->mmio.phys_addr = gpa;
	run->mmio.len = m->width;
	run->mmio.is_write = m->write;
	memcpy(run->mmio.data, &data, sizeof(data));
	trace_ember_mmio(&v->vcpu, m->write, gpa, m->width, data, false);
	expect_answer(v);
	ember_count_exit(&v->vcpu, MIPS32_EXIT_MMIO_USER);
	return 0;
}

/* A little-endian register begins with what a narrow store takes of it. */
static bool in_kernel(struct mips32_vcpu *v, gpa_t gpa)
{
	struct mips32_mmio *m = &v->mmio;
	u32 val = v->ctxt->gpr[m->reg];

	if (m->write ? ember_io_write(&v->vcpu, gpa, m->width, &val) :
		       ember_io_read(&v->vcpu, gpa, m->width, &val))
		return false;
	trace_ember_mmio(&v->vcpu, m->write, gpa, m->width, val, true);
	ember_count_exit(&v->vcpu, MIPS32_EXIT_MMIO_KERNEL);
	if (!m->write)
		load_reg(v, val);
	return true;
}

static bool can_serve(const struct mips32_insn *insn, gpa_t gpa)
{
	return (insn->op == MIPS32_LOAD || insn->op == MIPS32_STORE) &&
	       !(gpa & (insn->width - 1));
}

static enum mips32_exc exc_code(struct mips32_vcpu *v)
{
	return (v->ctxt->cause & CAUSEF_EXCCODE) >> CAUSEB_EXCCODE;
}

static bool is_address_error(struct mips32_vcpu *v)
{
	return exc_code(v) == MIPS32_EXC_ADEL || exc_code(v) == MIPS32_EXC_ADES;
}

/* Field by field: a compound literal is cleared first, by a call. */
static void begin(struct mips32_vcpu *v, const struct mips32_step *step)
{
	struct mips32_mmio *m = &v->mmio;

	m->next_pc = step->next_pc;
	m->reg = step->insn.reg;
	m->width = step->insn.width;
	m->write = step->insn.op == MIPS32_STORE;
	m->sign_extend = step->insn.flags & MIPS32_F_SIGNED;
	m->pending = false;
}

int mips32_mmio(struct mips32_vcpu *v, gpa_t gpa)
{
	struct mips32_step step;
	int ret;

	BUILD_BUG_ON(!IS_ENABLED(CONFIG_CPU_LITTLE_ENDIAN));
	ret = mips32_fetch(v, &step);
	if (ret)
		return ret;
	/* A cache instruction that misses has nothing to write back there. */
	if (step.insn.op == MIPS32_PREF || step.insn.op == MIPS32_SYNCI) {
		v->mmio.next_pc = step.next_pc;
		return finish(v);
	}
	if (!can_serve(&step.insn, gpa))
		return is_address_error(v) ?
		       mips32_inject_address(v, exc_code(v), v->ctxt->badvaddr) :
		       refuse(v, &step, gpa);
	begin(v, &step);
	return in_kernel(v, gpa) ? finish(v) : to_user(v, gpa);
}
