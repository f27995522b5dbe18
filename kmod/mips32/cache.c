// SPDX-License-Identifier: GPL-2.0
/*
 * Caches: what the guest sees of a page that the host wrote, and its own cache
 * instructions.
 *
 * Read after mmu.c.  Lines are found by virtual address.  Where a way is no larger
 * than a page, any address of a page will do, and the kernel's own is used.  Where
 * it is larger (74K), a line is found by the guest's address only, which has the
 * colour of the owner's (backend.c sees to that): the index is taken from it,
 * for all ways, and what is written back too much is still right.
 *
 * A guest's addresses have any colour, its user's too, and Linux takes care of the owner's
 * only (flush_cache_page(): by address, and of instructions only where the owner may run
 * them).  So when the host wants pages back, all lines go, by index: mips32_cache_leave().
 *
 * Nothing here is ever thrown away unwritten, whatever the guest asks for: the
 * line may be another's.  QEMU has no caches; this is by the book only: vol. II-A,
 * CACHE, and MD00343 (24K software manual) chapter 5.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <asm/cpu-features.h>
#include <asm/cpu-info.h>
#include <asm/pgtable.h>
#include "mips32.h"

/* Operations (vol. II-A, CACHE): bits 1-0 say which cache, 4-2 what to do. */
#define OP_INDEX_INVALIDATE_I		0x00
#define OP_INDEX_WRITEBACK_INV_D	0x01
#define OP_HIT_INVALIDATE_I		0x10
#define OP_HIT_WRITEBACK_INV_D		0x15

/* The operation is part of the instruction. */
#define cache_line(op, addr) \
	asm volatile(".set push\n\t.set mips32r2\n\tcache %0, 0(%1)\n\t.set pop" \
		     : : "i" (op), "r" (addr) : "memory")

static void sync_all(void)
{
	asm volatile("sync" : : : "memory");
}

/* The same on each of eight lines; @line is a constant. */
#define cache_8_lines(op, addr, line) \
	asm volatile(".set push\n\t.set mips32r2\n\t" \
		     "cache %0, 0*%2(%1)\n\tcache %0, 1*%2(%1)\n\t" \
		     "cache %0, 2*%2(%1)\n\tcache %0, 3*%2(%1)\n\t" \
		     "cache %0, 4*%2(%1)\n\tcache %0, 5*%2(%1)\n\t" \
		     "cache %0, 6*%2(%1)\n\tcache %0, 7*%2(%1)\n\t" \
		     ".set pop" \
		     : : "i" (op), "r" (addr), "i" (line) : "memory")

static __always_inline void cache_page(unsigned int op, unsigned long addr,
				       unsigned int line)
{
	unsigned long end = addr + PAGE_SIZE;

	if (line == 16)
		for (; addr < end; addr += 8 * 16)
			cache_8_lines(op, addr, 16);
	else if (line == 32)
		for (; addr < end; addr += 8 * 32)
			cache_8_lines(op, addr, 32);
	else
		for (; line && addr < end; addr += line)
			cache_line(op, addr);
}

/* synci (vol. II-A): data written back and instructions invalidated, eight lines. */
#define synci_8_lines(addr, line) \
	asm volatile(".set push\n\t.set mips32r2\n\t" \
		     "synci 0*%1(%0)\n\tsynci 1*%1(%0)\n\t" \
		     "synci 2*%1(%0)\n\tsynci 3*%1(%0)\n\t" \
		     "synci 4*%1(%0)\n\tsynci 5*%1(%0)\n\t" \
		     "synci 6*%1(%0)\n\tsynci 7*%1(%0)\n\t" \
		     ".set pop" \
		     : : "r" (addr), "i" (line) : "memory")

/* Where the index is that @va has, in the first way. */
static unsigned long index_of(const struct cache_desc *c, u32 va)
{
	return CKSEG0 + (va & (c->waysize - 1) & ~(c->linesz - 1));
}

static void dcache_writeback_index(const struct cache_desc *c, u32 va)
{
	unsigned long at = index_of(c, va);
	unsigned int way;

	for (way = 0; way < c->ways; way++)
		cache_line(OP_INDEX_WRITEBACK_INV_D, at + way * c->waysize);
}

static void icache_invalidate_index(const struct cache_desc *c, u32 va)
{
	unsigned long at = index_of(c, va);
	unsigned int way;

	for (way = 0; way < c->ways; way++)
		cache_line(OP_INDEX_INVALIDATE_I, at + way * c->waysize);
}

static void dcache_writeback(const void *kva, u32 va)
{
	if (cpu_has_dc_aliases)
		dcache_writeback_index(&current_cpu_data.dcache, va);
	else
		cache_line(OP_HIT_WRITEBACK_INV_D, kva);
}

/* Instruction caches with ways of more than a page have no hardware help either. */
static void icache_invalidate(const void *kva, u32 va)
{
	const struct cache_desc *c = &current_cpu_data.icache;

	if (c->waysize > PAGE_SIZE)
		icache_invalidate_index(c, va);
	else
		cache_line(OP_HIT_INVALIDATE_I, kva);
}

/* ---- a page ------------------------------------------------------------------------------- */

/* The kernel may have written it, too: a new page is cleared. */
static void dcache_writeback_page(const void *kva, u32 va)
{
	const struct cache_desc *c = &current_cpu_data.dcache;
	unsigned int way;

	cache_page(OP_HIT_WRITEBACK_INV_D, (unsigned long)kva, c->linesz);
	for (way = 0; cpu_has_dc_aliases && way < c->ways; way++)
		cache_page(OP_INDEX_WRITEBACK_INV_D,
			   index_of(c, va) + way * c->waysize, c->linesz);
}

static void icache_invalidate_page(const void *kva, u32 va)
{
	const struct cache_desc *c = &current_cpu_data.icache;
	unsigned int way;

	if (c->waysize <= PAGE_SIZE)
		cache_page(OP_HIT_INVALIDATE_I, (unsigned long)kva, c->linesz);
	for (way = 0; c->waysize > PAGE_SIZE && way < c->ways; way++)
		cache_page(OP_INDEX_INVALIDATE_I,
			   index_of(c, va) + way * c->waysize, c->linesz);
}

/*
 * One instruction a line does for both caches where their lines are alike, and where
 * any address finds the line.  False: not so.
 */
static bool synci_page(const void *kva)
{
	unsigned int line = current_cpu_data.dcache.linesz;
	unsigned long addr = (unsigned long)kva, end = addr + PAGE_SIZE;

	if (cpu_has_dc_aliases || current_cpu_data.icache.waysize > PAGE_SIZE ||
	    current_cpu_data.icache.linesz != line || (line != 16 && line != 32))
		return false;
	if (line == 16)
		for (; addr < end; addr += 8 * 16)
			synci_8_lines(addr, 16);
	else
		for (; addr < end; addr += 8 * 32)
			synci_8_lines(addr, 32);
	sync_all();
	return true;
}

void mips32_cache_sync_page(void *kva, u32 va)
{
	va &= PAGE_MASK;
	preempt_disable();
	if (!synci_page(kva)) {
		dcache_writeback_page(kva, va);
		sync_all();
		icache_invalidate_page(kva, va);
	}
	preempt_enable();
}

static __always_inline void cache_all(unsigned int op, const struct cache_desc *c)
{
	unsigned long size = c->ways * c->waysize, off;

	for (off = 0; off < size; off += PAGE_SIZE)
		cache_page(op, CKSEG0 + off, c->linesz);
}

void mips32_cache_write_back(void)
{
	if (!cpu_has_dc_aliases)
		return;
	cache_all(OP_INDEX_WRITEBACK_INV_D, &current_cpu_data.dcache);
	sync_all();
}

/*
 * NOT DONE: instruction caches of other cores, which operations by index don't reach and
 * waiting for which is not possible with vm->mmu_lock held.
 */
void mips32_cache_leave(void)
{
	mips32_cache_write_back();
	cache_all(OP_INDEX_INVALIDATE_I, &current_cpu_data.icache);
}

/*
 * What runs has been written back, or the instruction cache would not have it.  The
 * kernel's own line of it, from when it last looked, may be of another colour.
 */
u32 mips32_cache_read_code(const u32 *kva, u32 va)
{
	if (cpu_has_dc_aliases && ((u32)kva ^ va) & shm_align_mask) {
		cache_line(OP_HIT_WRITEBACK_INV_D, kva);
		sync_all();
	}
	return READ_ONCE(*kva);
}

void mips32_cache_drop_insn(u32 va)
{
	preempt_disable();
	icache_invalidate_index(&current_cpu_data.icache, va);
	preempt_enable();
}

/* ---- the guest's cache instruction ---------------------------------------------------- */

#define CACHE_WHICH(op)		((op) & 3)	/* 0: I, 1: D, else second level */
#define CACHE_WHAT(op)		((op) >> 2)

enum cache_what {
	CACHE_INDEX_INVALIDATE = 0,	/* with write-back, for the D-cache */
	CACHE_HIT_INVALIDATE = 4,
	CACHE_HIT_WRITEBACK_INV = 5,	/* for the I-cache: fill */
	CACHE_HIT_WRITEBACK = 6,
};

static void do_index(unsigned int op, u32 va)
{
	if (CACHE_WHICH(op) == 0)
		icache_invalidate_index(&current_cpu_data.icache, va);
	else
		dcache_writeback_index(&current_cpu_data.dcache, va);
}

static void do_hit(unsigned int op, const void *kva, u32 va)
{
	if (CACHE_WHICH(op) == 0)
		icache_invalidate(kva, va);
	else
		dcache_writeback(kva, va);
}

/*
 * What the guest has not touched since the page came is in no cache for it; nor, beyond
 * kseg0's reach, what it has not touched by an address of this mapping.
 */
static void hit(struct mips32_vcpu *v, unsigned int op, u32 va, gpa_t gpa)
{
	u32 *pte;

	spin_lock(&v->vcpu.vm->mmu_lock);
	pte = mips32_kseg0_pte(to_mips32_vm(v->vcpu.vm), gpa >> PAGE_SHIFT);
	if (gpa >> PAGE_SHIFT >= MIPS32_KSEG0_PAGES)
		pte = mips32_shadow_pte(v->cur, va);
	if (pte && *pte & SPTE_V) {
		phys_addr_t page = mips32_pte_pfn(*pte) << PAGE_SHIFT;

		do_hit(op, phys_to_virt(page + (va & ~PAGE_MASK)), va);
	}
	spin_unlock(&v->vcpu.vm->mmu_lock);
}

/* Locking, tags and a second level are not the guest's: nothing happens. */
int mips32_cache_op(struct mips32_vcpu *v, unsigned int op, u32 va)
{
	gpa_t gpa;

	if (CACHE_WHICH(op) > 1)
		return 1;
	switch (CACHE_WHAT(op)) {
	case CACHE_INDEX_INVALIDATE:
		preempt_disable();
		do_index(op, va);
		preempt_enable();
		return 1;
	case CACHE_HIT_INVALIDATE:
	case CACHE_HIT_WRITEBACK_INV:
	case CACHE_HIT_WRITEBACK:
		if (mips32_translate(v, va, false, &gpa))
			return MIPS32_DONE;
		hit(v, op, va, gpa);
		return 1;
	default:
		return 1;
	}
}
