// SPDX-License-Identifier: GPL-2.0
/*
 * Guest memory by the guest's own addresses: the instruction that trapped, for
 * emulate.c and debug.c, and the words that it loads.
 *
 * Runs in the vcpu's thread on a guest that has left its CPU, with vm->srcu
 * held.  The guest's tables are walked in software (walk.c), so what another of
 * its vcpus changes at the same time may or may not be seen, as with a TLB.
 */
#include <linux/minmax.h>
#include <linux/mm.h>
#include <asm/ptrace.h>
#include "armv7.h"
#include "decode.h"
#include "walk.h"

static int read_ipa(void *vm, u64 ipa, void *data, unsigned int len)
{
	return ember_read_guest(vm, ipa, data, len);
}

static u64 c15_64(struct armv7_ctxt *ctxt, unsigned int low)
{
	return (u64)ctxt->c15[low + 1] << 32 | ctxt->c15[low];
}

int armv7_translate(struct armv7_vcpu *v, u32 va, u64 *ipa)
{
	struct armv7_ctxt *ctxt = v->ctxt;
	const struct armv7_walk walk = {
		.sctlr = ctxt->c15[C15_SCTLR],
		.ttbcr = ctxt->c15[C15_TTBCR],
		.ttbr0 = c15_64(ctxt, C15_TTBR0),
		.ttbr1 = c15_64(ctxt, C15_TTBR1),
		.read = read_ipa,
		.arg = v->vcpu.vm,
	};

	return armv7_walk(&walk, va, ipa);
}

int armv7_read_va(struct armv7_vcpu *v, u32 va, void *data, unsigned int len)
{
	u64 ipa;

	while (len) {
		unsigned int n = min_t(unsigned int, len,
				       PAGE_SIZE - offset_in_page(va));
		int ret = armv7_translate(v, va, &ipa);

		if (!ret)
			ret = ember_read_guest(v->vcpu.vm, ipa, data, n);
		if (ret)
			return ret;
		va += n;
		data += n;
		len -= n;
	}
	return 0;
}

/* Two bytes of code, which are little-endian always (A3.3.1). */
static int fetch_half(struct armv7_vcpu *v, u32 va, u32 *half)
{
	__le16 code;
	int ret = armv7_read_va(v, va, &code, sizeof(code));

	*half = ret ? 0 : le16_to_cpu(code);
	return ret;
}

int armv7_fetch(struct armv7_vcpu *v, u32 *opcode)
{
	bool thumb = v->ctxt->cpsr & PSR_T_BIT;
	u32 pc = v->ctxt->pc, first, second = 0;
	int ret = fetch_half(v, pc, &first);

	if (!ret && (!thumb || armv7_thumb_is_wide(first)))
		ret = fetch_half(v, pc + 2, &second);
	*opcode = thumb ? first << 16 | second : second << 16 | first;
	return ret;
}
