// SPDX-License-Identifier: GPL-2.0
/*
 * What is the host's: its exception vectors, and its TLB, of which guests get a part.
 *
 * Read after ppc440.h.  Linux keeps one number, the highest TLB entry that its misses
 * may replace: a variable, tlb_44x_hwater, and the same number in one instruction of each
 * of the two miss handlers.  Whoever lowers all three has the entries above it for
 * himself.  No module may ask for the address of any of them, so they are found in the
 * kernel's own code, and if one is not as it should be no guest can run.
 */
#define pr_fmt(fmt) "ember: " fmt

#include <linux/context_tracking_state.h>
#include <linux/cpumask.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <asm/cacheflush.h>
#include <asm/mmu.h>
#include "ppc440.h"

unsigned int ppc440_first_slot __read_mostly;
void (*ppc440_enter)(struct ppc440_ctxt *ctxt) __read_mostly;
struct ppc440_block *ppc440_block __read_mostly;

/* What the host keeps at least of its 64 entries that it may replace. */
#define HOST_SLOTS		16

static struct {
	struct page *page;		/* of the block of vectors, see context.h */
	void *block;
	struct ppc440_block *data;
	u32 ivpr;			/* the host's */
	u32 ivor[PPC440_NR_IVORS];
	u32 *compare[2];		/* `cmpwi r13, hwater` of the miss handlers */
	unsigned int *variable;		/* tlb_44x_hwater */
	unsigned int hwater;		/* as the host had it */
	bool lowered;
} host __read_mostly;

/* ---- the host's vectors -------------------------------------------------------- */

static void read_vectors(void)
{
	host.ivpr = mfspr(SPRN_IVPR);
#define IVOR(n)	(host.ivor[n] = mfspr(SPRN_IVOR ## n))
	IVOR(0);
	IVOR(1);
	IVOR(2);
	IVOR(3);
	IVOR(4);
	IVOR(5);
	IVOR(6);
	IVOR(7);
	IVOR(8);
	IVOR(9);
	IVOR(10);
	IVOR(11);
	IVOR(12);
	IVOR(13);
	IVOR(14);
	IVOR(15);
#undef IVOR
}

static u32 *host_vector(unsigned int ivor)
{
	return (u32 *)(host.ivpr | host.ivor[ivor]);
}

/* ---- finding the watermark ------------------------------------------------------- */

#define INSN_CMPWI_R13		0x2c0d0000u	/* cmpwi r13, 0 */
/* A miss handler is shorter. */
#define MISS_WORDS		96
/* The kernel's text is longer, or it ends sooner: see find_variable(). */
#define TEXT_BYTES		0x1000000u

/* The watermark is the only thing but 0 that r13 is compared with. */
static u32 *find_compare(unsigned int ivor)
{
	u32 *insn = host_vector(ivor), *end = insn + MISS_WORDS;

	for (; insn < end; insn++)
		if ((*insn & 0xffff0000) == INSN_CMPWI_R13 && *insn != INSN_CMPWI_R13)
			return insn;
	return NULL;
}

#define INSN_D(insn)		((insn) & 0xffff0000u)
#define INSN_LIS_R4		0x3c800000u
#define INSN_LWZ_R5_R4		0x80a40000u

/* How Linux throws out all entries that are not pinned (_tlbil_all). */
static bool is_sweep(const u32 *insn)
{
	return insn[0] == 0x38600000 &&			/* li r3, 0 */
	       insn[1] == 0x7c0004ac &&			/* sync */
	       INSN_D(insn[2]) == INSN_LIS_R4 &&
	       INSN_D(insn[3]) == INSN_LWZ_R5_R4 &&
	       insn[4] == 0x7c6307a4 &&			/* tlbwe r3, r3, 0 */
	       insn[5] == 0x38630001 &&			/* addi r3, r3, 1 */
	       insn[6] == 0x7c032800;			/* cmpw r3, r5 */
}

/* From the vectors on, which come first in the kernel's text. */
static unsigned int *find_variable(void)
{
	const u32 *insn = (u32 *)host.ivpr;
	const u32 *end = min_t(void *, high_memory, (void *)host.ivpr + TEXT_BYTES);
	u32 at;

	for (; insn + 7 < end; insn++) {
		if (likely(insn[0] != 0x38600000) || !is_sweep(insn))
			continue;
		at = (insn[2] << 16) + (s16)insn[3];
		return virt_addr_valid((void *)at) ? (unsigned int *)at : NULL;
	}
	return NULL;
}

static const char *find_watermark(void)
{
	host.compare[0] = find_compare(PPC440_IVOR_DTLB);
	host.compare[1] = find_compare(PPC440_IVOR_ITLB);
	if (!host.compare[0] || !host.compare[1])
		return "TLB miss handlers as Linux 6.1 has them (no `cmpwi r13, N` found)";
	host.variable = find_variable();
	if (!host.variable)
		return "a _tlbil_all as Linux 6.1 has it (tlb_44x_hwater was not found)";
	host.hwater = *host.variable;
	if ((*host.compare[0] & 0xffff) != host.hwater ||
	    (*host.compare[1] & 0xffff) != host.hwater)
		return "one watermark of its TLB (tlb_44x_hwater and the miss handlers differ)";
	if (host.hwater >= PPC440_TLB_SIZE ||
	    host.hwater + 1 < HOST_SLOTS + PPC440_NR_SLOTS)
		return "enough TLB entries that are not pinned";
	return NULL;
}

/* ---- the block of vectors ----------------------------------------------------------- */

#define INSN_MTSPR(spr, rs) \
	(0x7c0003a6u | (rs) << 21 | ((spr) & 0x1f) << 16 | ((spr) & 0x3e0) << 6)
#define INSN_LIS_R31		0x3fe00000u
#define INSN_LI_R30		0x3bc00000u
#define INSN_B			0x48000000u

static u32 insn_branch(const u32 *from, const void *to)
{
	return INSN_B | ((u32)(to - (void *)from) & 0x03fffffc);
}

static void *in_block(const char *label)
{
	return host.block + PPC440_BLOCK_CODE + (label - ppc440_block_start);
}

/* What tries to do without an exit. */
static const char *const answers[PPC440_NR_IVORS] = {
	[PPC440_IVOR_PROGRAM] = ppc440_block_program,
	[PPC440_IVOR_SC] = ppc440_block_sc,
	[PPC440_IVOR_DTLB] = ppc440_block_dtlb,
	[PPC440_IVOR_ITLB] = ppc440_block_itlb,
};

/* See enter.S. */
static void make_vector(unsigned int ivor)
{
	u32 *insn = host.block + host.ivor[ivor];
	u32 upper = ((u32)host.block + PPC440_BLOCK_SIZE) >> 16;

	if (ivor == PPC440_IVOR_MCHECK) {
		*insn++ = INSN_MTSPR(SPRN_SPRG2, 31);
		*insn++ = INSN_LIS_R31 | upper;
		*insn = insn_branch(insn, in_block(ppc440_block_mcheck));
		return;
	}
	*insn++ = INSN_MTSPR(SPRN_SPRG0, 31);
	*insn++ = INSN_MTSPR(SPRN_SPRG1, 30);
	*insn++ = INSN_LIS_R31 | upper;
	if (answers[ivor]) {
		*insn = insn_branch(insn, in_block(answers[ivor]));
		return;
	}
	*insn++ = INSN_LI_R30 | ivor;
	*insn = insn_branch(insn, in_block(ppc440_block_leave));
}

static const char *make_block(void)
{
	unsigned int i;

	host.page = alloc_pages(GFP_KERNEL | __GFP_ZERO, PPC440_BLOCK_ORDER);
	if (!host.page)
		return "64 KiB of memory in one piece";
	host.block = page_address(host.page);
	host.data = host.block + PPC440_BLOCK_DATA;
	memcpy(host.block + PPC440_BLOCK_CODE, ppc440_block_start,
	       ppc440_block_end - ppc440_block_start);
	for (i = 0; i < PPC440_NR_IVORS; i++)
		make_vector(i);
	ppc440_enter = in_block(ppc440_block_enter);
	ppc440_block = host.data;
	host.data->host_ivpr = host.ivpr;
	host.data->host_mcheck = (u32)host_vector(PPC440_IVOR_MCHECK);
	flush_icache_range((unsigned long)host.block,
			   (unsigned long)host.block + PPC440_BLOCK_SIZE);
	return NULL;
}

/* A vector has 5 instructions; two may have the same handler. */
#define VECTOR_BYTES		20

static bool vectors_fit(void)
{
	unsigned int i, j;

	for (i = 0; i < PPC440_NR_IVORS; i++) {
		if (host.ivor[i] + VECTOR_BYTES > PPC440_BLOCK_CODE)
			return false;
		for (j = 0; j < PPC440_NR_IVORS; j++)
			if (i != j && host.ivor[j] - host.ivor[i] < VECTOR_BYTES)
				return false;
	}
	return true;
}

/* ---- probe ---------------------------------------------------------------------------- */

static const char *host_lacks(void)
{
	const char *lacks;

	if (!mmu_has_feature(MMU_FTR_TYPE_44x))
		return "a 44x core's MMU";
	if (num_possible_cpus() > 1)
		return "a kernel for one CPU";
	if (PAGE_SHIFT != 12)
		return "pages of 4 KiB";
	/* Misses are served between two entries only, and that takes RCU (ember.h). */
	if (context_tracking_enabled())
		return "a kernel without context tracking";
	if (totalhigh_pages())
		return "a kernel that has all memory mapped (some is high memory)";
	read_vectors();
	if (!vectors_fit())
		return "room between its exception vectors";
	lacks = find_watermark();
	return lacks ?: make_block();
}

int ppc440_host_probe(void)
{
	const char *lacks = host_lacks();

	BUILD_BUG_ON(sizeof(struct ppc440_block) >
		     PPC440_BLOCK_SIZE - PPC440_BLOCK_DATA);
	if (lacks) {
		pr_err("ppc440: this host lacks %s; no guest can run on it\n", lacks);
		return -ENODEV;
	}
	if (ppc440_block_end - ppc440_block_start >
	    PPC440_BLOCK_DATA - PPC440_BLOCK_CODE) {
		ppc440_host_remove();
		return -EINVAL;
	}
	return 0;
}

void ppc440_host_remove(void)
{
	__free_pages(host.page, PPC440_BLOCK_ORDER);
}

/* ---- the TLB's entries ------------------------------------------------------------------ */

/* Interrupts off: no miss comes between the three but those of this code. */
static void set_watermark(unsigned int hwater)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(host.compare); i++) {
		*host.compare[i] = INSN_CMPWI_R13 | hwater;
		flush_icache_range((unsigned long)host.compare[i],
				   (unsigned long)(host.compare[i] + 1));
	}
	*host.variable = hwater;
}

int ppc440_host_enable(void)
{
	if (host.lowered)
		return 0;
	ppc440_first_slot = host.hwater + 1 - PPC440_NR_SLOTS;
	host.data->first = ppc440_first_slot;
	host.data->next = ppc440_first_slot;
	host.data->last = host.hwater;
	set_watermark(ppc440_first_slot - 1);
	host.lowered = true;
	ppc440_shadow_clear();
	return 0;
}

void ppc440_host_disable(void)
{
	if (!host.lowered)
		return;
	ppc440_shadow_clear();
	set_watermark(host.hwater);
	host.lowered = false;
}

/* ---- what runs in the block ------------------------------------------------------------- */

__ember_hot void ppc440_enter_next(struct ppc440_ctxt *ctxt)
{
	host.data->ctxt = ctxt;
	ctxt->host_ivpr = host.ivpr;
	ctxt->guest_ivpr = (u32)host.block;
}

void ppc440_tlb_write(unsigned int index, u32 pageid, u32 xlat, u32 attrib,
		      u32 tid)
{
	void (*set)(u32 index, u32 pageid, u32 xlat, u32 attrib, u32 tid) =
		in_block(ppc440_block_tlb_set);

	set(index, pageid, xlat, attrib, tid);
}

void ppc440_host_take_mcheck(void)
{
	ppc440_host_mcheck(host.data->host_mcheck);
}

__ember_hot void ppc440_drop_reservation(void)
{
	asm volatile("stwcx. %0,0,%1" : : "r" (0), "r" (&host.data->reservation)
		     : "cr0", "memory");
}
