// SPDX-License-Identifier: GPL-2.0
/*
 * MMIO: a guest's load or store on memory that isn't there.
 *
 * Read after mmu.c, which comes here with the address.  A device in the kernel serves it,
 * or user space through KVM_EXIT_MMIO; a load then goes on in mmio_complete().  lmw, stmw
 * and strings go in pieces of a word.  Bytes stand in run->mmio.data as they do in memory,
 * whatever the order in which the instruction or the page takes them.
 */
#include <linux/bitops.h>
#include <linux/kvm.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <asm/unaligned.h>
#include "ppc440.h"
#include "../core/trace.h"

static int refuse(struct ppc440_vcpu *v, gpa_t gpa)
{
	const u64 data[] = { v->word, v->ctxt.pc, gpa, v->ctxt.esr };

	return ember_vcpu_kill(&v->vcpu, KVM_INTERNAL_ERROR_EMULATION, data,
			       ARRAY_SIZE(data),
			       "instruction %08x (%s) at %08x on a device at %#llx: only loads and stores of general registers within a page can be served",
			       v->word, v->mmio.insn.name, v->ctxt.pc, gpa);
}

/* ---- pieces of an access ------------------------------------------------------------ */

static bool is_store(const struct ppc440_mmio *m)
{
	return m->insn.flags & PPC440_F_STORE;
}

static bool is_string(const struct ppc440_mmio *m)
{
	return m->insn.op == PPC440_LSW || m->insn.op == PPC440_STSW;
}

/* Bytes of the whole instruction. */
static u32 total(const struct ppc440_mmio *m)
{
	return m->insn.bytes ?: m->insn.width;
}

static bool in_le(const struct ppc440_mmio *m)
{
	return !!(m->insn.flags & PPC440_F_REVERSE) != m->swap;
}

/* The register of the piece under way. */
static u32 *piece_reg(struct ppc440_vcpu *v)
{
	return &v->ctxt.gpr[(v->mmio.insn.rt + v->mmio.done / 4) % 32];
}

static u32 bytes_to_value(const struct ppc440_mmio *m, const u8 *data)
{
	switch (m->len) {
	case 1:
		return data[0];
	case 2:
		return in_le(m) ? get_unaligned_le16(data) : get_unaligned_be16(data);
	default:
		return in_le(m) ? get_unaligned_le32(data) : get_unaligned_be32(data);
	}
}

static void value_to_bytes(const struct ppc440_mmio *m, u32 val, u8 *data)
{
	switch (m->len) {
	case 1:
		data[0] = val;
		break;
	case 2:
		if (in_le(m))
			put_unaligned_le16(val, data);
		else
			put_unaligned_be16(val, data);
		break;
	default:
		if (in_le(m))
			put_unaligned_le32(val, data);
		else
			put_unaligned_be32(val, data);
	}
}

/* A string's bytes fill registers from the left, and what is left of the last with 0. */
static __ember_hot void load_piece(struct ppc440_vcpu *v, const u8 *data)
{
	struct ppc440_mmio *m = &v->mmio;
	u8 word[4] = { 0 };
	u32 val;

	if (is_string(m)) {
		memcpy(word, data, m->len);
		*piece_reg(v) = get_unaligned_be32(word);
		return;
	}
	val = bytes_to_value(m, data);
	if (m->insn.flags & PPC440_F_SIGNED)
		val = sign_extend32(val, 8 * m->len - 1);
	*piece_reg(v) = val;
}

static void store_piece(struct ppc440_vcpu *v, u8 *data)
{
	struct ppc440_mmio *m = &v->mmio;
	u8 word[4];

	if (!is_string(m)) {
		value_to_bytes(m, *piece_reg(v), data);
		return;
	}
	put_unaligned_be32(*piece_reg(v), word);
	memcpy(data, word, m->len);
}

/* ---- one piece after the other ---------------------------------------------------------- */

static int finish(struct ppc440_vcpu *v)
{
	if (v->mmio.insn.flags & PPC440_F_UPDATE)
		v->ctxt.gpr[v->mmio.insn.ra] = v->mmio.va;
	return ppc440_done(v);
}

/* Is there another piece?  Then it is the one under way. */
static bool next_piece(struct ppc440_mmio *m)
{
	u32 left = total(m) - m->done;

	m->len = min_t(u32, left, 4);
	return left;
}

static int mmio_complete(struct ember_vcpu *vcpu);

/*
 * The last store is done when user space is told: who saves the vcpu then must not save
 * one that stores again.
 */
static int to_user(struct ppc440_vcpu *v, u8 *data)
{
	struct ppc440_mmio *m = &v->mmio;
	struct kvm_run *run = v->vcpu.run;

	run->exit_reason = KVM_EXIT_MMIO;
	run->mmio.phys_addr = m->gpa + m->done;
	run->mmio.len = m->len;
	run->mmio.is_write = is_store(m);
	memset(run->mmio.data, 0, sizeof(run->mmio.data));
	if (is_store(m))
		memcpy(run->mmio.data, data, m->len);
	trace_ember_mmio(&v->vcpu, is_store(m), m->gpa + m->done, m->len,
			 get_unaligned_be32(data), false);
	ember_count_exit(&v->vcpu, PPC440_EXIT_MMIO_USER);
	if (is_store(m) && m->done + m->len == total(m)) {
		finish(v);
		return 0;
	}
	m->pending = true;
	v->vcpu.complete_exit = mmio_complete;
	return 0;
}

static bool in_kernel(struct ppc440_vcpu *v, u8 *data)
{
	struct ppc440_mmio *m = &v->mmio;
	gpa_t gpa = m->gpa + m->done;

	if (is_store(m) ? ember_io_write(&v->vcpu, gpa, m->len, data) :
			  ember_io_read(&v->vcpu, gpa, m->len, data))
		return false;
	trace_ember_mmio(&v->vcpu, is_store(m), gpa, m->len,
			 get_unaligned_be32(data), true);
	ember_count_exit(&v->vcpu, PPC440_EXIT_MMIO_KERNEL);
	return true;
}

static __ember_hot int go_on(struct ppc440_vcpu *v)
{
	struct ppc440_mmio *m = &v->mmio;
	u8 data[8] __aligned(8) = { 0 };

	while (next_piece(m)) {
		if (is_store(m))
			store_piece(v, data);
		if (!in_kernel(v, data))
			return to_user(v, data);
		if (!is_store(m))
			load_piece(v, data);
		m->done += m->len;
	}
	return finish(v);
}

static __ember_hot int mmio_complete(struct ember_vcpu *vcpu)
{
	struct ppc440_vcpu *v = to_ppc440(vcpu);
	struct ppc440_mmio *m = &v->mmio;

	/* Registers were set meanwhile: the access has no one to go to. */
	if (!m->pending)
		return 1;
	m->pending = false;
	if (!is_store(m))
		load_piece(v, vcpu->run->mmio.data);
	m->done += m->len;
	return go_on(v);
}

/* ---- the instruction --------------------------------------------------------------------- */

static bool can_serve(struct ppc440_mmio *m)
{
	switch (m->insn.op) {
	case PPC440_LOAD:
	case PPC440_STORE:
	case PPC440_LMW:
	case PPC440_STMW:
	case PPC440_LSW:
	case PPC440_STSW:
		return offset_in_page(m->va) + total(m) <= PAGE_SIZE;
	default:
		return false;
	}
}

#define XER_BYTES	0x7f

/* lswx and stswx: none at all is fine, too. */
static void count_bytes(struct ppc440_vcpu *v)
{
	struct ppc440_insn *insn = &v->mmio.insn;

	if (is_string(&v->mmio) && insn->flags & PPC440_F_INDEXED)
		insn->bytes = v->ctxt.xer & XER_BYTES;
}

__ember_hot int ppc440_mmio(struct ppc440_vcpu *v, u32 va, gpa_t gpa, bool e_bit)
{
	struct ppc440_mmio *m = &v->mmio;
	int ret;

	ret = ppc440_fetch(v);
	if (ret)
		return ret;
	ppc440_decode(v->word, &m->insn);
	/* Nothing of a device is in the cache. */
	if (m->insn.op == PPC440_CACHE || m->insn.op == PPC440_TOUCH ||
	    m->insn.op == PPC440_DCBA)
		return ppc440_done(v);
	/* dear is the byte that failed: of an access that began in memory, not the first. */
	m->va = ppc440_address(&m->insn, v->ctxt.gpr);
	m->gpa = gpa;
	m->swap = e_bit;
	m->done = 0;
	count_bytes(v);
	if (!can_serve(m) || m->va != va)
		return refuse(v, gpa);
	return go_on(v);
}
