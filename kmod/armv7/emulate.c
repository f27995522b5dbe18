// SPDX-License-Identifier: GPL-2.0
/*
 * MMIO: a guest's load or store on memory that isn't there.
 *
 * exit.c comes here with the address.  The access, or the several accesses of
 * an LDM, are written down in v->mmio and carried out one by one: by a device
 * in the kernel, or by user space through KVM_EXIT_MMIO, after which
 * armv7_mmio_complete() goes on where it stopped.
 *
 * Which register and how wide is said by the syndrome (B3.13.6) or, where that
 * is not valid, by the instruction itself (fetch.c finds it, decode.c reads it).
 *
 * Exclusives and swaps on a device end in an external abort, as on most
 * hardware.  What can't be decoded ends the VM and prints the opcode, unless
 * user space wants to try.
 */
#include <linux/bitops.h>
#include <linux/string.h>
#include <linux/swab.h>
#include <asm/ptrace.h>
#include "armv7.h"
#include "decode.h"
#include "syndrome.h"
#include "../core/trace.h"

/* ---- data in a register, data in memory --------------------------------- */

static bool big_endian(struct armv7_vcpu *v)
{
	return v->ctxt->cpsr & PSR_E_BIT;
}

/* run->mmio.data holds bytes in the order of their addresses. */
static void value_to_bytes(u32 value, u8 *data, unsigned int width, bool be)
{
	unsigned int i;

	for (i = 0; i < width; i++)
		data[be ? width - 1 - i : i] = value >> (8 * i);
}

static u32 bytes_to_value(const u8 *data, unsigned int width, bool be)
{
	u16 half;
	u32 word;

	switch (width) {
	case 1:
		return data[0];
	case 2:
		memcpy(&half, data, sizeof(half));
		return be ? swab16(half) : half;
	default:
		memcpy(&word, data, sizeof(word));
		return be ? swab32(word) : word;
	}
}

/*
 * Registers change when the whole instruction is done: one that user space
 * doesn't complete, but saves, can begin again.
 */
static __always_inline void load_value(struct armv7_vcpu *v)
{
	struct armv7_mmio *m = &v->mmio;
	u32 value = bytes_to_value(m->data, m->width, big_endian(v));

	if (m->sign_extend)
		value = sign_extend32(value, 8 * m->width - 1);
	v->mmio_val[m->next] = value;
}

static void load_regs(struct armv7_vcpu *v)
{
	struct armv7_mmio *m = &v->mmio;
	unsigned int i;

	*armv7_reg(v, m->reg[0]) = v->mmio_val[0];
	for (i = 1; i < m->count; i++)
		*armv7_reg(v, m->reg[i]) = v->mmio_val[i];
}

/* An access whose data is known: written, or read and served. */
static void note_access(struct armv7_vcpu *v, bool in_kernel)
{
	struct armv7_mmio *m = &v->mmio;

	if (trace_ember_mmio_enabled())
		trace_ember_mmio(&v->vcpu, m->write, m->ipa, m->width,
				 bytes_to_value(m->data, m->width, false), in_kernel);
}

/* End the VM with what a person needs to add the missing row. */
static int refuse(struct armv7_vcpu *v, u32 opcode, const char *why)
{
	struct armv7_ctxt *ctxt = v->ctxt;
	const char *set = ctxt->cpsr & PSR_T_BIT ? "T32" : "A32";
	const u64 data[] = {
		opcode, ctxt->pc, ctxt->cpsr, ctxt->hsr, ctxt->hdfar
	};

	return ember_vcpu_kill(&v->vcpu, KVM_INTERNAL_ERROR_EMULATION, data,
			       ARRAY_SIZE(data),
			       "%s instruction %08x at %08x on a device at va %08x: %s",
			       set, opcode, ctxt->pc, ctxt->hdfar, why);
}

/*
 * An instruction that says too little about itself, as hardware reports it and
 * user space has asked to see (KVM_CAP_ARM_NISV_TO_USER).  Nothing is done of it.
 */
static int exit_nisv(struct armv7_vcpu *v, gpa_t ipa)
{
	struct kvm_run *run = v->vcpu.run;
	u32 hsr = v->ctxt->hsr;

	run->exit_reason = KVM_EXIT_ARM_NISV;
	run->arm_nisv.esr_iss = (hsr & (HSR_DABT_CM | HSR_DABT_WNR)) |
				HSR_ABT_FSC(hsr);
	run->arm_nisv.fault_ipa = ipa;
	return 0;
}

static bool nisv_wanted(struct armv7_vcpu *v)
{
	return READ_ONCE(to_armv7_vm(v->vcpu.vm)->nisv_to_user);
}

static int cannot_decode(struct armv7_vcpu *v, gpa_t ipa, u32 opcode,
			 const char *why)
{
	return nisv_wanted(v) ? exit_nisv(v, ipa) : refuse(v, opcode, why);
}

/* ---- carrying it out -------------------------------------------------------- */

static int exit_to_user(struct armv7_vcpu *v)
{
	struct armv7_mmio *m = &v->mmio;
	struct kvm_run *run = v->vcpu.run;

	run->mmio.phys_addr = m->ipa;
	memset(run->mmio.data, 0, sizeof(run->mmio.data));
	run->mmio.len = m->width;
	run->mmio.is_write = m->write;
	if (m->write) {
		memcpy(run->mmio.data, m->data, m->width);
		note_access(v, false);
	}
	run->exit_reason = KVM_EXIT_MMIO;

	m->pending = true;
	v->vcpu.complete_exit = armv7_mmio_complete;
	ember_count_exit(&v->vcpu, ARMV7_EXIT_MMIO_USER);
	return 0;
}

/*
 * What backs the access: of two pages the one that has not faulted may well be
 * memory.
 */
static bool is_memory(struct armv7_vcpu *v)
{
	struct armv7_mmio *m = &v->mmio;
	struct ember_memslot *slot;

	if (!m->pages)
		return false;
	slot = ember_gfn_to_slot(v->vcpu.vm, m->ipa >> PAGE_SHIFT);
	return slot && !(m->write && slot->flags & KVM_MEM_READONLY);
}

static int access_memory(struct armv7_vcpu *v)
{
	struct armv7_mmio *m = &v->mmio;

	if (m->write)
		return ember_write_guest(v->vcpu.vm, m->ipa, m->data, m->width);
	return ember_read_guest(v->vcpu.vm, m->ipa, m->data, m->width);
}

/* -EOPNOTSUPP: no device in the kernel answers. */
static int access_device(struct armv7_vcpu *v)
{
	struct armv7_mmio *m = &v->mmio;
	int ret;

	if (m->write)
		ret = ember_io_write(&v->vcpu, m->ipa, m->width, m->data);
	else
		ret = ember_io_read(&v->vcpu, m->ipa, m->width, m->data);
	if (ret)
		return ret;
	note_access(v, true);
	ember_count_exit(&v->vcpu, ARMV7_EXIT_MMIO_KERNEL);
	return 0;
}

static int access_kernel(struct armv7_vcpu *v)
{
	struct armv7_mmio *m = &v->mmio;
	int ret;

	if (m->write)
		value_to_bytes(*armv7_reg(v, m->reg[m->next]), m->data,
			       m->width, big_endian(v));
	ret = is_memory(v) ? access_memory(v) : access_device(v);
	if (!ret && !m->write)
		load_value(v);
	return ret;
}

/* -EFAULT: the next page is not there; the hardware would have faulted on it. */
static int next_access(struct armv7_vcpu *v)
{
	struct armv7_mmio *m = &v->mmio;
	u32 old = m->va;

	if (++m->next == m->count)
		return 0;
	m->va += m->width;
	m->ipa += m->width;
	if (!((m->va ^ old) & PAGE_MASK))
		return 0;
	return armv7_translate(v, m->va, &m->ipa);
}

static int end_accesses(struct armv7_vcpu *v)
{
	struct armv7_mmio *m = &v->mmio;

	if (!m->write)
		load_regs(v);
	if (m->writeback)
		*armv7_reg(v, m->rn) = m->base;
	armv7_skip_bytes(v, m->insn_len);
	return 1;
}

/* Do what is left of v->mmio; as armv7_exit_fn. */
static int run_accesses(struct armv7_vcpu *v)
{
	struct armv7_mmio *m = &v->mmio;

	while (m->next < m->count) {
		int ret = access_kernel(v);

		if (ret == -EOPNOTSUPP)
			return exit_to_user(v);
		if (ret)
			return ret;
		if (next_access(v))
			return refuse(v, 0, "reaches an unmapped page");
	}
	return end_accesses(v);
}

int armv7_mmio_complete(struct ember_vcpu *vcpu)
{
	struct armv7_vcpu *v = to_armv7(vcpu);
	struct armv7_mmio *m = &v->mmio;

	if (!m->pending)
		return 1;
	m->pending = false;
	if (!m->write) {
		memcpy(m->data, vcpu->run->mmio.data, sizeof(m->data));
		note_access(v, false);
		load_value(v);
	}
	if (likely(m->next + 1 == m->count))
		return end_accesses(v);
	if (next_access(v))
		return refuse(v, 0, "reaches an unmapped page");
	return run_accesses(v);
}

/* ---- from the syndrome --------------------------------------------------------- */

static int mmio_syndrome(struct armv7_vcpu *v, gpa_t ipa)
{
	u32 hsr = v->ctxt->hsr;
	bool narrow = (v->ctxt->cpsr & PSR_T_BIT) && !(hsr & HSR_IL);
	struct armv7_mmio *m = &v->mmio;

	/* Nearly all accesses come here: no more is written than one needs. */
	m->ipa = ipa;
	m->va = v->ctxt->hdfar;
	m->reg[0] = HSR_DABT_SRT(hsr);
	m->count = 1;
	m->next = 0;
	m->width = 1 << HSR_DABT_SAS(hsr);
	m->write = hsr & HSR_DABT_WNR;
	m->sign_extend = hsr & HSR_DABT_SSE;
	m->pending = false;
	m->insn_len = narrow ? 2 : 4;
	m->pages = false;
	m->writeback = false;
	return run_accesses(v);
}

/* SAS = 3 is reserved, and a valid syndrome never names the pc (B3.13.6). */
static bool syndrome_usable(u32 hsr)
{
	return (hsr & HSR_DABT_ISV) && HSR_DABT_SAS(hsr) != 3 &&
	       HSR_DABT_SRT(hsr) != 15;
}

/*
 * The same for a load from the distributor that takes no lock and waits for no
 * one, interrupts off; see ember_guest_enter().  False: nothing was done.
 */
bool armv7_mmio_quick(struct armv7_vcpu *v)
{
	const struct vgic_dist *d = &to_armv7_vm(v->vcpu.vm)->vgic;
	const u32 mask = HSR_DABT_ISV | HSR_DABT_CM | HSR_DABT_WNR |
			 HSR_DABT_S1PTW | HSR_ABT_FSC_TYPE(~0);
	struct armv7_ctxt *ctxt = v->ctxt;
	u32 hsr = ctxt->hsr, offset = ctxt->hdfar & ~PAGE_MASK, val;
	unsigned int width = 1 << HSR_DABT_SAS(hsr);

	/* HPFAR's low bits are zero, and so are those of the base. */
	if (ctxt->hpfar != d->dist_base >> 8 ||
	    (hsr & mask) != (HSR_DABT_ISV | FSC_TRANSLATION) ||
	    !syndrome_usable(hsr) || !vgic_dist_read_quick(v, offset, width, &val))
		return false;
	ember_count_exit(&v->vcpu, ARMV7_EXIT_DABT);
	ember_count_exit(&v->vcpu, ARMV7_EXIT_MMIO_KERNEL);
	trace_ember_exit(&v->vcpu, ctxt->pc, ARMV7_EXIT_DABT);
	trace_ember_mmio(&v->vcpu, false, d->dist_base + offset, width, val, true);
	if (width == 4 && big_endian(v))
		val = swab32(val);
	if (width == 1 && hsr & HSR_DABT_SSE)
		val = sign_extend32(val, 7);
	*armv7_reg(v, HSR_DABT_SRT(hsr)) = val;
	armv7_skip_insn(v);
	return true;
}

/* ---- from the instruction -------------------------------------------------------- */

/* @n as an operand: the pc is ahead, and aligned where it is a base (A2.3). */
static u32 operand(struct armv7_vcpu *v, unsigned int n)
{
	if (n != 15)
		return *armv7_reg(v, n);
	return (v->ctxt->pc & ~3u) + (v->ctxt->cpsr & PSR_T_BIT ? 4 : 8);
}

/*
 * Where the accesses start.  That need not be where the fault was: the first
 * ones of an LDM may lie in memory, one page below.
 */
static int first_access(struct armv7_vcpu *v, gpa_t fault)
{
	struct armv7_mmio *m = &v->mmio;
	u32 size = m->count * m->width, hdfar = v->ctxt->hdfar;

	m->pages = (m->va ^ (m->va + size - 1)) & PAGE_MASK;
	if ((m->va ^ hdfar) & PAGE_MASK)
		return armv7_translate(v, m->va, &m->ipa);
	m->ipa = (fault & PAGE_MASK) | (m->va & ~PAGE_MASK);
	return 0;
}

/* Does @insn do what the syndrome says?  Another vcpu may have changed it. */
static bool fits_syndrome(struct armv7_vcpu *v, const struct armv7_insn *insn,
			  u32 address)
{
	bool write = v->ctxt->hsr & HSR_DABT_WNR;

	return insn->load != write &&
	       v->ctxt->hdfar - address < insn->count * insn->width;
}

static int mmio_insn(struct armv7_vcpu *v, gpa_t fault,
		     const struct armv7_insn *insn, u32 opcode)
{
	bool carry = v->ctxt->cpsr & PSR_C_BIT;
	u32 address, base;

	armv7_insn_address(insn, operand(v, insn->rn), operand(v, insn->rm),
			   carry, &address, &base);
	if (!fits_syndrome(v, insn, address))
		return cannot_decode(v, fault, opcode,
				     "does not fit the syndrome");

	v->mmio = (struct armv7_mmio){
		.va = address,
		.count = insn->count,
		.width = insn->width,
		.write = !insn->load,
		.sign_extend = insn->sign_extend,
		.insn_len = insn->len,
		.writeback = insn->writeback,
		.rn = insn->rn,
		.base = base,
	};
	memcpy(v->mmio.reg, insn->reg, sizeof(v->mmio.reg));
	if (first_access(v, fault))
		return cannot_decode(v, fault, opcode,
				     "begins in an unmapped page");
	return run_accesses(v);
}

static int mmio_decode(struct armv7_vcpu *v, gpa_t ipa)
{
	struct armv7_insn insn;
	enum armv7_decode code;
	u32 opcode;

	ember_count_exit(&v->vcpu, ARMV7_EXIT_MMIO_DECODED);
	if (armv7_fetch(v, &opcode))
		return cannot_decode(v, ipa, 0, "can't be read");
	code = armv7_decode(opcode, v->ctxt->cpsr & PSR_T_BIT, &insn);
	if (code == ARMV7_DECODE_EXCLUSIVE && !nisv_wanted(v)) {
		armv7_inject_dabt(v, v->ctxt->hdfar);
		return 1;
	}
	if (code != ARMV7_DECODE_OK)
		return cannot_decode(v, ipa, opcode, armv7_decode_why(code));
	return mmio_insn(v, ipa, &insn, opcode);
}

int armv7_mmio(struct armv7_vcpu *v, gpa_t ipa)
{
	if (syndrome_usable(v->ctxt->hsr))
		return mmio_syndrome(v, ipa);
	return mmio_decode(v, ipa);
}
