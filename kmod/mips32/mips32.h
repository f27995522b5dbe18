/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The MIPS32 backend: trap and emulate on processors without virtualization.
 *
 * The guest's kernel and its users both run in user mode, each in an ASID of
 * their own, under exception vectors of the module's (enter.S).  A guest kernel
 * is built for other segments, all below 0x80000000, as the KVM of Linux up to
 * 5.12 had them: kseg0 and kseg1 at 0x40000000, mapped memory from 0x60000000.
 * The manual is the MIPS32 PRA, MD00090 vol. III, cited as "PRA 4.6" and the like.
 *
 * Reading order: backend.c and enter.S (into a guest and out), exit.c (why it
 * came back), emulate.c, cp0.c and cp0_table.c (privileged instructions),
 * inject.c and irq.c (exceptions and interrupts), mmu.c, fault.c, shadow.c, tlb.c
 * and large.c (memory), mmio.c, cache.c, timer.c, fpu.c, regs.c (ONE_REG), vcpu_ioctl.c.
 */
#ifndef EMBER_MIPS32_H
#define EMBER_MIPS32_H

#include <linux/hrtimer.h>
#include <linux/mutex.h>
#include <linux/xarray.h>
#include <asm/mipsregs.h>
#include "../core/ember.h"
#include "comm.h"
#include "context.h"
#include "decode.h"
#include "large.h"

/* Guest segments (see the opening comment). */
#define MIPS32_KSEG0		0x40000000u
#define MIPS32_KSEG23		0x60000000u
#define MIPS32_USER_END		0x40000000u	/* what a guest's user may reach */
#define MIPS32_GUEST_END	0x80000000u
/* Pages of physical memory, which has 32 bits. */
#define MIPS32_GFNS		(1ULL << (32 - PAGE_SHIFT))
#define MIPS32_KSEG0_PAGES	((MIPS32_KSEG23 - MIPS32_KSEG0) >> PAGE_SHIFT)

#define MIPS32_TLB_SIZE		64
#define ENTRYLO_BITS		0x03ffffffu	/* physical addresses of 32 bits */
#define PAGEMASK_BITS		0x1fffe000u

/* Rows of the exit table; statistics, trace points and exit.c use the same. */
#define MIPS32_EXITS(X) \
	X(IRQ, "irq") X(REFILL, "tlb_refill") X(INVALID, "tlb_invalid") \
	X(MODIFIED, "tlb_modified") X(ADDRESS, "address_error") \
	X(SYSCALL, "syscall") X(BREAK, "break") X(TRAP, "trap") \
	X(RESERVED, "reserved") X(RDHWR, "rdhwr") X(FPU, "fpu") \
	X(OVERFLOW, "overflow") X(MFC0, "mfc0") X(MTC0, "mtc0") \
	X(TLBW, "tlbw") X(DI_EI, "di_ei") X(ERET, "eret") X(WAIT, "wait") \
	X(CACHE, "cache") X(COP0, "cop0_other") X(COP_OTHER, "cop_other") \
	X(MAP, "map") X(MMIO_KERNEL, "mmio_kernel") X(MMIO_USER, "mmio_user") \
	X(INJECT_REFILL, "guest_refill") X(INJECT_IRQ, "guest_irq") \
	X(COMM, "comm") X(PATCH, "translated") X(UNPATCH, "translated_back") \
	X(ASID, "new_asid") X(UNKNOWN, "unknown") X(SIGNAL, "signal")

enum mips32_exit {
#define X(sym, name) MIPS32_EXIT_ ## sym,
	MIPS32_EXITS(X)
#undef X
	MIPS32_NR_EXITS
};

/* Registers of the guest's CP0, in ctxt->cp0. */
#define C0_INDEX	0, 0
#define C0_RANDOM	1, 0
#define C0_ENTRYLO0	2, 0
#define C0_ENTRYLO1	3, 0
#define C0_CONTEXT	4, 0
#define C0_USERLOCAL	4, 2
#define C0_PAGEMASK	5, 0
#define C0_PAGEGRAIN	5, 1
#define C0_WIRED	6, 0
#define C0_HWRENA	7, 0
#define C0_BADVADDR	8, 0
#define C0_COUNT	9, 0
#define C0_ENTRYHI	10, 0
#define C0_COMPARE	11, 0
#define C0_STATUS	12, 0
#define C0_INTCTL	12, 1
#define C0_SRSCTL	12, 2
#define C0_CAUSE	13, 0
#define C0_EPC		14, 0
#define C0_PRID		15, 0
#define C0_EBASE	15, 1
#define C0_CMGCRBASE	15, 3
#define C0_CONFIG	16, 0
#define C0_CONFIG1	16, 1
#define C0_CONFIG2	16, 2
#define C0_CONFIG3	16, 3
#define C0_CONFIG4	16, 4
#define C0_CONFIG5	16, 5
#define C0_CONFIG7	16, 7
#define C0_ERRCTL	26, 0
#define C0_ERROREPC	30, 0

/*
 * Where a register is, from struct mips32_ctxt on: those that translated code
 * writes are words of the comm page.
 */
static __always_inline unsigned int mips32_cp0_offset(unsigned int rd,
						      unsigned int sel)
{
	const unsigned int comm = MIPS32_BLOCK_COMM - MIPS32_BLOCK_CODE;

	switch (rd << 3 | sel) {
	case 2 << 3:
		return comm + MIPS32_COMM_ENTRYLO0;
	case 3 << 3:
		return comm + MIPS32_COMM_ENTRYLO1;
	case 4 << 3 | 2:
		return comm + MIPS32_COMM_USERLOCAL;
	case 5 << 3:
		return comm + MIPS32_COMM_PAGEMASK;
	case 14 << 3:
		return comm + MIPS32_COMM_EPC;
	case 30 << 3:
		return comm + MIPS32_COMM_ERROREPC;
	default:
		return offsetof(struct mips32_ctxt, cp0) + 4 * (8 * rd + sel);
	}
}

#define C0_REG_(ctxt, rd, sel) \
	(*(u32 *)((void *)(ctxt) + mips32_cp0_offset(rd, sel)))
#define C0_REG(ctxt, ...)	C0_REG_(ctxt, __VA_ARGS__)
/* The same by the name alone: v is a struct mips32_vcpu *. */
#define C0(v, name)		C0_REG((v)->ctxt, C0_ ## name)

/* One entry of the guest's TLB; vm->mmu_lock, since the MMU notifier looks. */
struct mips32_tlbe {
	u32 hi;			/* VPN2 and ASID */
	u32 mask;		/* PageMask */
	u32 lo[2];
};

/*
 * The shadow table of one guest ASID.  Half a directory for the guest's kernel,
 * half for its users, each with an ASID of the host's; see shadow.c.
 */
struct mips32_space {
	u32 **pgd;		/* a page: MIPS32_PGD_SIZE of each */
	struct mm_struct *mm[2];	/* dummies: only their ASIDs matter */
	u32 asid;		/* the guest's, or MIPS32_NO_ASID */
	bool lossy;		/* not all plain entries are marked */
	bool alias_protected;	/* as TLBs may have it, see comm.c */
};

#define MIPS32_PGD_SIZE		512
#define MIPS32_PGD_SHIFT	22
#define MIPS32_TABLE_PTES	1024
#define MIPS32_NO_ASID		0x100
#define MIPS32_NR_SPACES	8

struct mips32_vm {
	struct ember_vm vm;
	/* The guest's kseg0, shared by all directories; vm->mmu_lock. */
	u32 *kseg0[MIPS32_KSEG0_PAGES / MIPS32_TABLE_PTES];
	/* Caches may have lines of pages that aren't mapped any more; vm->mmu_lock. */
	bool lines_left;

	/* Translation of the guest's code, see patch.c. */
	bool translates;		/* fixed with the first vcpu */
	bool live;			/* there is translated code; patch_lock */
	struct mutex patch_lock;
	struct xarray patched;		/* by gfn; patch_lock to change it */
	unsigned int nr_patched;	/* patch_lock */
	u8 undone[256];			/* by gfn; patch_lock */
};

/* A load or store on a device that user space serves. */
struct mips32_mmio {
	u32 next_pc;
	u8 reg, width;
	bool write, sign_extend, pending;
};

struct mips32_timer {
	struct hrtimer hrtimer;
	u32 hz;			/* of Count */
	u32 factor;		/* ticks a nanosecond, times 2^31 */
	u32 bias;		/* Count = bias + time in ticks */
	u32 ctl;		/* KVM_REG_MIPS_COUNT_CTL */
	u64 resume;		/* ns: time stands still here while ctl says so */
	bool frozen;		/* by Cause.DC, at frozen_count */
	u32 frozen_count;
};

struct mips32_vcpu {
	struct ember_vcpu vcpu;
	struct mips32_ctxt *ctxt;	/* in the block of the vector page */
	void *block;
	void (*enter)(struct mips32_ctxt *ctxt);
	/* See enter.S. */
	void (*tlb_set)(u32 entryhi, u32 lo0, u32 lo1, bool add);
	void (*tlb_kill)(u32 entryhi, u32 unique);
	u32 code;			/* MIPS32_CODE_* of the last exit */

	struct mips32_tlbe tlb[MIPS32_TLB_SIZE];
	unsigned int nr_odd;		/* of these not plain, see tlb.c */
	u32 random;			/* state of Random */
	struct mips32_space space[MIPS32_NR_SPACES];
	struct mips32_space *cur;	/* of the guest's ASID */
	unsigned int next_space;	/* the one to be given up next */
	u32 *spare;			/* a table page for the next fault, or NULL */
	/* Tables to be freed, linked by their first words, physically; vm->mmu_lock. */
	u32 *dropped;

	struct mips32_comm *comm;	/* in the block, too */
	/* The guest kernel's table of the lowest 4 MiB; NULL: no translation. */
	u32 *low;
	bool alias_protected;		/* in that table */
	bool own_pages;			/* the guest maps the comm page's addresses */
	bool in_step;			/* the comm page's VIE counts */
	bool patch_hot;			/* what traps now has done so often enough... */
	bool patch_due;			/* ... and is to be translated */
	u8 hits[256];			/* traps, by address of the instruction */

	unsigned long lines;		/* Cause.IP that is up: atomic bits 2-7 */
	struct mips32_timer timer;
	struct mips32_mmio mmio;

	bool fpu_enabled;		/* KVM_CAP_MIPS_FPU */
	bool fpu_loaded;		/* the guest's registers are in the FPU */
	bool fpu_wanted;		/* load them at the next entry */
	bool quick;			/* interrupts are off: see exit.c */
	u8 told[32];			/* CP0 registers without a row, by select */
	bool entered;			/* in the guest's code now; WRITE_ONCE */
	u32 host_hwrena;
};

static inline struct mips32_vm *to_mips32_vm(struct ember_vm *vm)
{
	return container_of(vm, struct mips32_vm, vm);
}

static inline struct mips32_vcpu *to_mips32(struct ember_vcpu *vcpu)
{
	return container_of(vcpu, struct mips32_vcpu, vcpu);
}

/* Does the guest run its kernel (PRA 3.2, 3.3)? */
static inline bool mips32_kernel_mode(struct mips32_vcpu *v)
{
	u32 status = C0(v, STATUS);

	return (status & ST0_KSU) != KSU_USER || status & (ST0_EXL | ST0_ERL);
}

/*
 * What a handler returns besides the core's > 0 (enter again), 0 (to user space)
 * and < 0 (error): it must be called again with interrupts on.
 */
#define MIPS32_LATER	0x100

/* ---- backend.c ---------------------------------------------------------- */

extern const struct ember_backend mips32_backend;

/* enter.S: what is copied for each vcpu, and places in it. */
extern const char mips32_block_start[], mips32_block_end[];
extern const char mips32_block_general[], mips32_block_rdhwr[];
extern const char mips32_block_unusable[], mips32_block_enter[];
extern const char mips32_block_load[], mips32_block_store[];
extern const char mips32_block_syscall[];
extern const char mips32_block_tlb_set[], mips32_block_tlb_kill[];

/* ctxt->served: see context.h. */
bool mips32_served(struct mips32_vcpu *v, u32 code);
/* HWREna is another. */
void mips32_hwrena_changed(struct mips32_vcpu *v);

/* ---- exit.c --------------------------------------------------------------- */

/*
 * Deal with the exit of v->code.  With v->quick interrupts are off and the guest's
 * ASIDs in place; nothing may sleep, trace or wake; MIPS32_LATER if that will not
 * do.  Without it interrupts are on.  vm->srcu held.
 */
int mips32_handle_exit(struct mips32_vcpu *v);

/* ---- emulate.c -------------------------------------------------------------- */

/* An instruction under way, and where the guest goes on behind it. */
struct mips32_step {
	struct mips32_insn insn;
	u32 word;
	u32 va;			/* of the instruction */
	u32 next_pc;
};

/* A handler: > 0: done, pc is put to step->next_pc; MIPS32_DONE: pc is set. */
#define MIPS32_DONE	0x101

/* The instruction that trapped, decoded; 0, or what to return instead. */
int mips32_fetch(struct mips32_vcpu *v, struct mips32_step *step);
int mips32_emulate_cop0(struct mips32_vcpu *v);
/*
 * Did the address error at pc come from what translation made of an instruction?
 * Then that is carried out, as a handler; else 0.
 */
int mips32_emulate_trap(struct mips32_vcpu *v, u32 va);
int mips32_emulate_reserved(struct mips32_vcpu *v);

/* ---- mmio.c --------------------------------------------------------------- */

/* The trapped load or store is on a device at @gpa.  Interrupts on. */
int mips32_mmio(struct mips32_vcpu *v, gpa_t gpa);

/* ---- cp0.c, cp0_table.c --------------------------------------------------- */

struct cp0_row {
	const char *name;
	u8 rd, sel;
	u32 writable;		/* bits that mtc0 changes */
	u32 reset;
	u64 one_reg;		/* KVM_REG_MIPS_*, 0: not shown */
	u32 (*read)(struct mips32_vcpu *v);
	/* @val: only writable bits differ.  As a handler of emulate.c. */
	int (*write)(struct mips32_vcpu *v, u32 val);
	u32 (*initial)(struct mips32_vcpu *v);	/* instead of reset */
	u32 settable;		/* bits that ONE_REG changes, beside writable */
	/* Instead of the plain store, for ONE_REG. */
	int (*set)(struct mips32_vcpu *v, u32 val);
};

extern const struct cp0_row cp0_rows[];
extern const unsigned int cp0_nr_rows;
/* NULL: there is no such register. */
const struct cp0_row *cp0_find(unsigned int rd, unsigned int sel);
void cp0_init(void);
void cp0_reset(struct mips32_vcpu *v);
u32 cp0_read(struct mips32_vcpu *v, const struct cp0_row *row);
/*
 * On MIPS32_CODE_COP0: is it mfc0 of a register that reads as it is?  Then it is done.
 * Takes no locks, see mips32_served().
 */
bool cp0_quick_read(struct mips32_vcpu *v);
int cp0_write(struct mips32_vcpu *v, const struct cp0_row *row, u32 val);
int cp0_set(struct mips32_vcpu *v, const struct cp0_row *row, u32 val);

/* ---- inject.c: exceptions as PRA 6.2 says --------------------------------- */

/* EBase or Status.BEV is another. */
void mips32_vectors_changed(struct mips32_vcpu *v);
/* At ctxt->pc, of which ctxt->cause tells whether it is a branch (BD). */
int mips32_inject(struct mips32_vcpu *v, enum mips32_exc exc);
int mips32_inject_cpu(struct mips32_vcpu *v, unsigned int unit);
int mips32_inject_address(struct mips32_vcpu *v, enum mips32_exc exc, u32 va);
/* @refill: no entry matched, else one was invalid or clean. */
int mips32_inject_tlb(struct mips32_vcpu *v, enum mips32_exc exc, u32 va,
		      bool refill);
void mips32_eret(struct mips32_vcpu *v);

/* ---- irq.c ---------------------------------------------------------------- */

/* A line of Cause.IP, 2 to 7.  Any context; the caller kicks. */
void mips32_irq_line(struct mips32_vcpu *v, unsigned int ip, bool level);
/* Is one pending that Status.IM lets through? */
bool mips32_irq_pending(struct mips32_vcpu *v);
/* Own thread, before it enters: take the interrupt if there is one to take. */
void mips32_irq_deliver(struct mips32_vcpu *v);
/* Cause as the guest sees it. */
u32 mips32_cause(struct mips32_vcpu *v);

/* ---- comm.c: see comm.h --------------------------------------------------- */

int mips32_comm_init(struct mips32_vcpu *v);
void mips32_comm_destroy(struct mips32_vcpu *v);
/* Registers have changed of which the comm page has copies. */
void mips32_comm_refresh(struct mips32_vcpu *v);
/* Shall `ei` raise Mod?  Interrupts off; EntryHi is changed. */
void mips32_comm_protect(struct mips32_vcpu *v, bool protect);
/* Is @va the comm page's, in the guest's mode now? */
bool mips32_comm_hit(struct mips32_vcpu *v, u32 va);
/* As a handler; 0: it is not the comm page's after all. */
int mips32_comm_fault(struct mips32_vcpu *v, u32 va, bool write);
/* Then the access that trapped is one of the guest's memory.  Interrupts on. */
int mips32_comm_other(struct mips32_vcpu *v, gpa_t gpa);
/* The guest has a TLB entry for the comm page's addresses.  mmu_lock. */
void mips32_comm_own_pages(struct mips32_vcpu *v);
/* @va < 4 MiB, not the comm page's, has become known; kernel mode. */
void mips32_comm_map_low(struct mips32_vcpu *v, u32 va);

/* Around each entry, interrupts off. */
static inline void mips32_comm_enter(struct mips32_vcpu *v)
{
	u32 status = C0(v, STATUS), cause = mips32_cause(v);
	bool protect;

	/* The vector page has IE and Cause from there, too. */
	v->comm->vie = status & ST0_IE;
	v->comm->cause = cause;
	v->in_step = v->low && READ_ONCE(to_mips32_vm(v->vcpu.vm)->live);
	if (!v->in_step)
		return;
	protect = !(status & ST0_IE) && cause & status & CAUSEF_IP;
	if (unlikely(v->cur->alias_protected != protect ||
		     v->alias_protected != protect))
		mips32_comm_protect(v, protect);
}

static inline void mips32_comm_leave(struct mips32_vcpu *v)
{
	if (v->in_step)
		C0(v, STATUS) = mips32_comm_status(v->comm, C0(v, STATUS));
}

/* ---- patch.c: translation of what traps often ----------------------------- */

/*
 * One instruction is looked at when it has trapped so many times, or one that shares
 * its count: a prime, so that each of those that trap by turns has its turn.
 */
#define MIPS32_PATCH_AFTER	17

void mips32_patch_init(struct mips32_vm *mvm);
/* EMBER_CAP_MIPS_TRANSLATE, before there are vcpus. */
void mips32_patch_enable(struct mips32_vm *mvm, bool on);
void mips32_patch_destroy(struct mips32_vm *mvm);
/* Once more @va traps: is that often enough to look at it? */
static inline bool mips32_patch_hot(struct mips32_vcpu *v, u32 va)
{
	u8 *hits = &v->hits[va / 4 % ARRAY_SIZE(v->hits)];

	v->patch_hot = v->low && ++*hits == MIPS32_PATCH_AFTER;
	if (unlikely(v->patch_hot))
		*hits = 0;
	return v->patch_hot;
}

/* Is there a rule for what is hot? */
bool mips32_patch_wanted(struct mips32_vcpu *v, const struct mips32_step *step);
/* Interrupts on.  True: it has been changed, the guest is to run it again. */
bool mips32_patch(struct mips32_vcpu *v, const struct mips32_step *step);
/* Is there something in @gfn that must not be written to?  Any context. */
bool mips32_patch_watched(struct ember_vm *vm, gfn_t gfn);
/* The guest is about to write there, by @va.  Interrupts on. */
void mips32_patch_undo(struct mips32_vcpu *v, gfn_t gfn, u32 va);

/* ---- mmu.c ---------------------------------------------------------------- */

/* TLBL, TLBS or Mod at @va; see mips32_handle_exit(). */
int mips32_tlb_fault(struct mips32_vcpu *v, u32 va, bool write);
/*
 * AdEL or AdES at @va.  A kernel's aligned load or store in the host's unmapped
 * segments is MMIO, whatever is there, as in Linux 5.12: QEMU's boot loader reaches
 * devices by kseg1 and its arguments by kseg0.  The host's memory is not reached.
 */
int mips32_address_error(struct mips32_vcpu *v, enum mips32_exc exc, u32 va);
/* Where the guest finds @va; 0, or an exception has been delivered (> 0). */
int mips32_translate(struct mips32_vcpu *v, u32 va, bool write, gpa_t *gpa);
/* The backend's mem_* operations, see struct ember_backend. */
void mips32_mem_unmap(struct ember_vm *vm, gfn_t gfn, unsigned long npages);
void mips32_mem_write_protect(struct ember_vm *vm, gfn_t gfn,
			      unsigned long npages);
bool mips32_mem_age(struct ember_vm *vm, gfn_t gfn, unsigned long npages,
		    bool clear);
void mips32_mmu_destroy(struct mips32_vm *mvm);
/* mips32_large_join(), where the host can have large entries.  mmu_lock. */
bool mips32_mmu_join(struct ember_vm *vm, u32 *pte, gfn_t gfn, bool write);
/* No TLB has what it had of @vm, and no vcpu runs on with that.  mmu_lock. */
void mips32_mmu_flush(struct ember_vm *vm);

/* ---- fault.c -------------------------------------------------------------- */

/*
 * The guest's access of its page @gfn in @slot at @va, which its own TLB lets be written
 * with @dirty: 1, and if it was not served after all it comes again; or an error.
 * Interrupts on.
 */
int mips32_page_fault(struct mips32_vcpu *v, struct ember_memslot *slot, gfn_t gfn,
		      u32 va, bool dirty, bool write);

/* ---- shadow.c ------------------------------------------------------------- */

int mips32_shadow_init(struct mips32_vcpu *v);
void mips32_shadow_destroy(struct mips32_vcpu *v);
/* The guest's EntryHi.ASID was written: the right space.  Any context. */
void mips32_shadow_switch(struct mips32_vcpu *v);
/*
 * Own thread, not in the guest, interrupts on: a table page at hand for the next
 * fault, and none left of those that were cut off.
 */
int mips32_shadow_top_up(struct mips32_vcpu *v);
/* ASID of the guest's mode now, valid on this CPU.  Interrupts off. */
u32 mips32_shadow_asid(struct mips32_vcpu *v, bool kernel);
/* Those of both modes, of one round.  Interrupts off. */
void mips32_shadow_asids(struct mips32_vcpu *v, u32 *user, u32 *kernel);
/* PTE of @va in @space, NULL when there is no table.  mmu_lock. */
u32 *mips32_shadow_pte(struct mips32_space *space, u32 va);
/*
 * The table of @va, at its start, is the space's no more, nor that of those that
 * share it; false: there was none.  mmu_lock.
 */
bool mips32_shadow_cut(struct mips32_vcpu *v, struct mips32_space *space, u32 va);
/* The same, but v->spare becomes the table; NULL when there is none. */
u32 *mips32_shadow_make(struct mips32_vcpu *v, struct mips32_space *space, u32 va);
/* The same for the guest's kseg0, which @v's directories get to know. */
u32 *mips32_kseg0_pte(struct mips32_vm *mvm, gfn_t gfn);
u32 *mips32_kseg0_make(struct mips32_vcpu *v, gfn_t gfn);
/* All spaces forget their ASIDs, on every CPU.  mmu_lock. */
void mips32_shadow_forget_asids(struct mips32_vcpu *v);
/* This CPU's TLB has @va as the current space's table has it.  Interrupts off. */
void mips32_shadow_refresh(struct mips32_vcpu *v, u32 va);
/* No other CPU's TLB has what it had of the guest's kernel now.  Interrupts off. */
void mips32_shadow_only_here(struct mips32_vcpu *v);
/* @va, of which PTEs are gone, is not in this CPU's TLB for @space. */
void mips32_shadow_drop(struct mips32_vcpu *v, struct mips32_space *space, u32 va);

/* ---- tlb.c: the guest's TLB ----------------------------------------------- */

/* The entry that matches @va, or -1.  mmu_lock. */
int mips32_tlb_find(struct mips32_vcpu *v, u32 va);
/* EntryLo of @va in entry @idx. */
u32 mips32_tlb_lo(struct mips32_vcpu *v, unsigned int idx, u32 va);
gpa_t mips32_tlb_gpa(struct mips32_vcpu *v, unsigned int idx, u32 va);
int mips32_tlb_write(struct mips32_vcpu *v, unsigned int idx);
int mips32_tlb_write_random(struct mips32_vcpu *v);
void mips32_tlb_read(struct mips32_vcpu *v);
void mips32_tlb_probe(struct mips32_vcpu *v);
void mips32_tlb_reset(struct mips32_vcpu *v);
/* Fill @space with marks of what the guest's TLB holds for its ASID.  mmu_lock. */
void mips32_tlb_mark_space(struct mips32_vcpu *v, struct mips32_space *space);
/* Undo that, whatever the marks have become. */
void mips32_tlb_clear_space(struct mips32_vcpu *v, struct mips32_space *space);
/* The guest's ASID is another; mmu_lock. */
void mips32_tlb_asid_changed(struct mips32_vcpu *v);
u32 mips32_tlb_random(struct mips32_vcpu *v);
/* What is mapped from [@gfn, @gfn + @npages) becomes a mark again. */
bool mips32_tlb_unmap(struct mips32_vcpu *v, gfn_t gfn, unsigned long npages,
		      bool only_look);

/* ---- cache.c -------------------------------------------------------------- */

/* The guest sees at @va what the host wrote to the page at @kva, to run it, too. */
void mips32_cache_sync_page(void *kva, u32 va);
/*
 * Of pages that no TLB has for a guest, or for writing; preemption off.
 * mips32_cache_write_back: what it wrote, at whatever addresses, others see at theirs.
 * mips32_cache_leave: that, and nothing of its code is left for who gets the pages.
 */
void mips32_cache_write_back(void);
void mips32_cache_leave(void);
/* The word at @kva as the guest runs it at @va. */
u32 mips32_cache_read_code(const u32 *kva, u32 va);
/* This CPU fetches the instruction at the guest's @va from memory next time. */
void mips32_cache_drop_insn(u32 va);
/* The guest's cache instruction with operation @op on @va. */
int mips32_cache_op(struct mips32_vcpu *v, unsigned int op, u32 va);

/* ---- timer.c -------------------------------------------------------------- */

void mips32_timer_init(struct mips32_vcpu *v);
void mips32_timer_reset(struct mips32_vcpu *v);
void mips32_timer_destroy(struct mips32_vcpu *v);
u32 mips32_count(struct mips32_vcpu *v);
void mips32_count_set(struct mips32_vcpu *v, u32 count);
/* The guest writes Count. */
void mips32_count_write(struct mips32_vcpu *v, u32 count);
void mips32_compare_set(struct mips32_vcpu *v, u32 compare);
/* Cause.DC or COUNT_CTL.DC has changed. */
int mips32_timer_set_ctl(struct mips32_vcpu *v, u64 ctl);
int mips32_timer_set_resume(struct mips32_vcpu *v, u64 ns);
int mips32_timer_set_hz(struct mips32_vcpu *v, u64 hz);
void mips32_timer_cause_dc(struct mips32_vcpu *v, bool stop);

/* ---- fpu.c and enter.S ---------------------------------------------------- */

void mips32_fpu_save(struct mips32_ctxt *ctxt, bool fr);
void mips32_fpu_load(struct mips32_ctxt *ctxt, bool fr);
/* The guest may use the FPU and wants to.  Interrupts off. */
void mips32_fpu_take(struct mips32_vcpu *v);
/*
 * The guest uses it, and it is not loaded; returns as a handler.  An access to an
 * FCSR that cannot be loaded as it is, since it has a cause that is enabled, is
 * carried out.
 */
int mips32_fpu_used(struct mips32_vcpu *v);
/* Its registers go to ctxt.  Interrupts off. */
void mips32_fpu_put(struct mips32_vcpu *v);

/* ---- regs.c --------------------------------------------------------------- */

/* KVM_SET_REGS and ONE_REG. */
void mips32_set_pc(struct mips32_vcpu *v, u32 pc);
int mips32_reg_list(struct ember_vcpu *vcpu, u64 __user *list, unsigned int max);
int mips32_reg_get(struct ember_vcpu *vcpu, u64 id, void __user *val);
int mips32_reg_set(struct ember_vcpu *vcpu, u64 id, const void __user *val);

/* ---- vcpu_ioctl.c --------------------------------------------------------- */

long mips32_vcpu_ioctl(struct ember_vcpu *vcpu, unsigned int ioctl,
		       unsigned long arg);
long mips32_vcpu_async_ioctl(struct ember_vcpu *vcpu, unsigned int ioctl,
			     unsigned long arg);

#endif
