/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The PowerPC 440 backend: trap and emulate.
 *
 * The guest's kernel and its users both run in user mode, in address space 1 (MSR[IS]
 * and [DS], TLB entries with TS set), which Linux leaves alone.  IVPR leads to vectors
 * of the module's while they do (enter.S).  Guests need no change.
 *
 * "Manual" is the PPC440x5 CPU Core User's Manual (IBM, SA14-2613), of which chapter 5 is
 * the MMU, 6 interrupts, 7 timers; the 440EP's has the UIC.
 *
 * Reading order: host.c (vectors, reserved TLB entries), enter.S, backend.c (into a guest
 * and out), exit.c (why it came back), emulate.c, spr.c and spr_table.c (privileged
 * instructions), inject.c (interrupts of the guest's), tlb.c (the guest's TLB), shadow.c
 * and mmu.c (what is mapped), hypercall.c, mmio.c, timer.c, uic.c, fpu.c, regs.c and vcpu_ioctl.c,
 * patch.c (translation).
 */
#ifndef EMBER_PPC440_H
#define EMBER_PPC440_H

#include <linux/hrtimer.h>
#include <linux/mutex.h>
#include <linux/xarray.h>
#include <linux/spinlock.h>
#include <asm/processor.h>
#include <asm/reg.h>
#include <asm/reg_booke.h>
#include "../core/ember.h"
#include "context.h"
#include "decode.h"
#include "magic.h"

#define PPC440_TLB_SIZE		64
/* Pages of memory: slots and RAM of the host end here, devices may lie higher. */
#define PPC440_GFNS		(1ULL << (32 - PAGE_SHIFT))

/* Rows of the exit table; statistics and trace points use the same. */
#define PPC440_EXITS(X) \
	X(IRQ, "irq") X(DTLB, "dtlb_miss") X(ITLB, "itlb_miss") X(DSI, "dsi") \
	X(ISI, "isi") X(SC, "syscall") X(HCALL, "hypercall") X(FPU, "fpu") \
	X(APU, "apu") X(ALIGNMENT, "alignment") X(PROGRAM, "program_guest") \
	X(MFMSR, "mfmsr") X(MTMSR, "mtmsr") X(WRTEE, "wrtee") X(RFI, "rfi") \
	X(RFCI, "rfci") X(MFSPR, "mfspr") X(MTSPR, "mtspr") X(TLBWE, "tlbwe") \
	X(TLBRE, "tlbre") X(TLBSX, "tlbsx") X(DCR_KERNEL, "dcr_kernel") \
	X(DCR_USER, "dcr_user") X(CACHE, "cache") X(MAP, "map") \
	X(MMIO_KERNEL, "mmio_kernel") X(MMIO_USER, "mmio_user") \
	X(INJECT_DTLB, "guest_dtlb_miss") X(INJECT_ITLB, "guest_itlb_miss") \
	X(INJECT_STORAGE, "guest_storage") X(INJECT_IRQ, "guest_irq") \
	X(DTLB_QUICK, "dtlb_refill") X(ITLB_QUICK, "itlb_refill") \
	X(PATCH, "translated") X(UNPATCH, "translated_back") \
	X(WAIT, "wait") X(MCHECK, "machine_check") X(UNKNOWN, "unknown") \
	X(SIGNAL, "signal")

enum ppc440_exit {
#define X(sym, name) PPC440_EXIT_ ## sym,
	PPC440_EXITS(X)
#undef X
	PPC440_NR_EXITS
};

/* One entry of the guest's TLB, by the words of tlbwe (manual, 5.3). */
struct ppc440_tlbe {
	u32 pageid;		/* EPN, V, TS, SIZE */
	u32 xlat;		/* RPN, ERPN */
	u32 attrib;
	u8 tid;
	u8 next;		/* in its chain, see tlb.c */
};

/*
 * An address space of the guest's, and the PID of the host's that stands for it in
 * address space 1.
 */
struct ppc440_space {
	bool user;		/* MSR[PR] */
	bool as;		/* MSR[IS] and [DS] */
	u8 pid;			/* of users only: see shadow.c */
	bool used;
};

#define PPC440_NR_SPACES	10
#define PPC440_NR_CODE		4	/* as enter.S has it */

struct ppc440_uic {
	u32 sr, er, cr, pr, tr, vcr;	/* vm's uic_lock */
	u32 lines;			/* as they are driven */
	u32 active;			/* level-sensitive, and asserted */
};

/*
 * Where the guest's kernel has its stubs (translate.h): a branch from the first 12 MiB of
 * a Linux kernel reaches it, and what Linux has below its kernel, the users' stacks, ends
 * above.
 */
#define PPC440_STUBS		0xbec00000u
#define PPC440_STUBS_ORDER	4
#define PPC440_STUBS_BYTES	0x10000u
#define PPC440_NR_STUBS		1024

/* What a stub stands for; patch_lock. */
struct ppc440_stub_site {
	u32 pc;
	u32 old;		/* 0: the slot is free */
};

struct ppc440_vm {
	struct ember_vm vm;
	/* By gfn, tables of PPC440_MAP_SIZE words of PPC440_MAP_*; vm->mmu_lock. */
	u32 *map[1024];
	bool has_uic;			/* fixed with the first vcpu */
	spinlock_t uic_lock;		/* interrupts off */
	struct ppc440_uic uic;

	/* Translation of the guest's code, see patch.c. */
	bool translates;		/* patch_lock, once there are vcpus */
	bool live;			/* there is translated code; patch_lock */
	struct mutex patch_lock;
	struct xarray patched;		/* by gfn; patch_lock to change it */
	void *stubs;			/* NULL: none yet; patch_lock */
	struct ppc440_stub_site *stub_site;
	unsigned int next_stub;		/* patch_lock */
	u8 undone[256];			/* by gfn; patch_lock */
};

#define PPC440_MAP_SIZE		1024

/* A load or store on a device that user space serves. */
struct ppc440_mmio {
	struct ppc440_insn insn;
	gpa_t gpa;
	u32 va;
	u32 done;		/* bytes of lmw, stmw and strings that are through */
	u8 len;			/* of the piece under way */
	bool swap;		/* by the page's E bit */
	bool pending;
};

/* A DCR that user space serves. */
struct ppc440_dcr {
	u8 reg;
	bool pending;
};

struct ppc440_timer {
	struct hrtimer dec, fit, wd;
	spinlock_t lock;	/* interrupts off; guards all of this */
	u32 tsr, tcr;
	u32 dec_value;		/* at the time base dec_tb */
	u64 dec_tb;
	bool dec_stopped;	/* it has come to 0 and stays there */
	u32 decar;
	u64 fit_tb, wd_tb;	/* events are accounted for until here */
	bool reset;		/* the watchdog's second time-out wants one */
};

/*
 * While the guest runs the vectors change msr, cur_space, hw_pid, word and ctxt.sprg, and
 * read more (enter.S).
 */
struct ppc440_vcpu {
	struct ember_vcpu vcpu;
	struct ppc440_ctxt ctxt;
	void *magic;			/* the page of magic.h, with registers in it */
	u32 magic_ea;			/* where the guest wants it; PPC440_NO_EA */
	bool idle;			/* it asked to sleep until something waits */

	u32 msr;			/* the guest's; EE: see backend.c */
	u32 pid;
	u32 mcsr;
	u32 ivpr, ivor[PPC440_NR_IVORS];
	u32 usprg0;			/* in the register while the turn lasts */
	u32 ccr0, ccr1, rstcfg;
	u32 dbcr[3], dbsr, dbdr, iac[4], dac[2], dvc[2];
	u32 inv[4], itv[4], dnv[4], dtv[4], ivlim, dvlim;

	struct ppc440_tlbe tlb[PPC440_TLB_SIZE];
	u8 tlb_hash[PPC440_TLB_SIZE];	/* heads of chains; see tlb.c */
	u8 tlb_big[PPC440_TLB_SIZE];	/* entries of more than 4 KiB */
	unsigned int nr_big;
	bool tlb_overlaps;		/* two entries have matched one address */
	struct ppc440_space space[PPC440_NR_SPACES];
	u8 next_space;
	u8 cur_space;			/* index of the one it runs in */
	bool space_changed;		/* MSR or PID say another one */
	u32 user_pid;			/* the host's PID for its user; 0: not known */
	struct ppc440_soft *soft;	/* see shadow.c */
	u32 soft_round;			/* of its entries */

	/* Instructions taken apart before, see emulate.c. */
	struct ppc440_known {
		u32 word;
		struct ppc440_insn insn;
		bool has_rule;		/* of translation */
	} known[64];
	u32 word;			/* that is emulated; 0: not known yet, see enter.S */
	/* Pages of its kernel that were fetched from last, by their number; see ppc440_fetch(). */
	struct ppc440_code {
		u32 ea;			/* ppc440_code_ea() */
		const u32 *words;
	} code[PPC440_NR_CODE];
	u32 *spare;			/* a table of the map at hand, or NULL */

	unsigned long irqs;		/* by IVOR: what waits; atomic bits */
	bool irq_once;			/* KVM_INTERRUPT_SET: gone when delivered */
	struct ppc440_timer timer;
	struct ppc440_mmio mmio;
	struct ppc440_dcr dcr;

	struct thread_fp_state fp;
	u32 fpu_msr;			/* bits of MSR; 0: it is not in the FPU */

	bool quick;			/* interrupts are off: see exit.c */
	bool patch_due;			/* what traps now is to be translated */
	u32 stub_word;			/* of whose stub it has come out; 0: none */
	u32 exit_pc;			/* where it was, even in a stub */
	u8 hits[256];			/* traps, by address of the instruction */
	bool want_iccci;		/* the instruction cache has what is no more */
	u8 told[1024 / 8];		/* SPRs without a row that were named once */
	u32 host_pid, host_usprg0, host_dbcr0;
	u32 hw_pid;			/* in the register now */
};

/* A register that is in the magic page: v is a struct ppc440_vcpu *. */
#define MAGIC(v, name)	(*(u32 *)((v)->magic + PPC440_MAGIC_ ## name))

static inline struct ppc440_vm *to_ppc440_vm(struct ember_vm *vm)
{
	return container_of(vm, struct ppc440_vm, vm);
}

static inline struct ppc440_vcpu *to_ppc440(struct ember_vcpu *vcpu)
{
	return container_of(vcpu, struct ppc440_vcpu, vcpu);
}

/*
 * What a handler returns besides the core's > 0 (enter again), 0 (to user space)
 * and < 0 (error): it must be called again with interrupts on.
 */
#define PPC440_LATER		0x100
/* ... or the turn is over, and all is well. */
#define PPC440_LEAVE		0x101

/* ---- host.c --------------------------------------------------------------- */

/* 0, or -ENODEV with a line logged that says what is missing. */
int ppc440_host_probe(void);
void ppc440_host_remove(void);
/* Take the TLB entries for guests from the host, and give them back. */
int ppc440_host_enable(void);
void ppc440_host_disable(void);

/* The next guest to be entered is that of @ctxt... */
void ppc440_enter_next(struct ppc440_ctxt *ctxt);
/* ... which this does, and comes back when it has left.  Interrupts off. */
extern void (*ppc440_enter)(struct ppc440_ctxt *ctxt);
/* Write an entry of the host's TLB (manual, 5.9.1).  Interrupts off. */
void ppc440_tlb_write(unsigned int index, u32 pageid, u32 xlat, u32 attrib,
		      u32 tid);
/* The host gets the machine check that a guest was left for.  Interrupts off. */
void ppc440_host_take_mcheck(void);
/* No stwcx. succeeds by a lwarx that came before. */
void ppc440_drop_reservation(void);

/* What the vectors work with. */
extern struct ppc440_block *ppc440_block;
/* The entries of the host's TLB that are ours: first and how many. */
extern unsigned int ppc440_first_slot;
#define PPC440_NR_SLOTS		40

/* enter.S */
extern const char ppc440_block_start[], ppc440_block_end[];
extern const char ppc440_block_enter[], ppc440_block_leave[];
extern const char ppc440_block_mcheck[], ppc440_block_tlb_set[];
extern const char ppc440_block_dtlb[], ppc440_block_itlb[];
extern const char ppc440_block_sc[], ppc440_block_program[];
void ppc440_host_mcheck(u32 handler);

/* ---- backend.c ------------------------------------------------------------ */

extern const struct ember_backend ppc440_backend;

/* The guest's MSR is @msr; where its bits lead is seen at the next entry. */
void ppc440_set_msr(struct ppc440_vcpu *v, u32 msr);
/* As KVM_CREATE_VCPU leaves it. */
void ppc440_reset(struct ppc440_vcpu *v);

/* ---- exit.c --------------------------------------------------------------- */

struct ppc440_exit_row {
	int (*fn)(struct ppc440_vcpu *v);
	u8 count;
};

extern const struct ppc440_exit_row ppc440_exit_table[PPC440_NR_IVORS];

/*
 * Deal with the exit of ctxt->code.  With v->quick interrupts are off and the host's PID
 * is the guest's; nothing may sleep, trace, wake or touch user memory; PPC440_LATER if
 * that will not do.  Without it interrupts are on.  vm->srcu held.
 */
static __always_inline int ppc440_handle_quick(struct ppc440_vcpu *v)
{
	const struct ppc440_exit_row *row = &ppc440_exit_table[v->ctxt.code];
	int ret = row->fn(v);

	if (ret != PPC440_LATER && row->count < PPC440_NR_EXITS)
		ember_count_exit(&v->vcpu, row->count);
	return ret;
}

int ppc440_handle_exit(struct ppc440_vcpu *v);

/* ---- hypercall.c ---------------------------------------------------------- */

/* What the guest's kernel wants of its hypervisor; pc is behind the sc.  As a handler. */
int ppc440_hypercall(struct ppc440_vcpu *v);
/* The guest has its magic page at @ea, or PPC440_NO_EA.  Interrupts on. */
void ppc440_magic_move(struct ppc440_vcpu *v, u32 ea);
long ppc440_get_pvinfo(void __user *arg);

/* ---- emulate.c ------------------------------------------------------------ */

/* v->word becomes the instruction at pc; 0, or what to return instead. */
int ppc440_fetch(struct ppc440_vcpu *v);
/* A program exception: is it an instruction of the guest's kernel? */
int ppc440_emulate(struct ppc440_vcpu *v);
/* Behind the instruction. */
static inline int ppc440_done(struct ppc440_vcpu *v)
{
	v->ctxt.pc += 4;
	return 1;
}

/* Read and write a DCR; as handlers. */
int ppc440_dcr_read(struct ppc440_vcpu *v, unsigned int dcrn, unsigned int rt);
int ppc440_dcr_write(struct ppc440_vcpu *v, unsigned int dcrn, u32 val);
/* The guest asks for a reset, by DBCR0 or its watchdog: to user space. */
int ppc440_exit_reset(struct ppc440_vcpu *v);

/* ---- spr.c, spr_table.c --------------------------------------------------- */

struct ppc440_spr_row {
	const char *name;
	u16 rd, wr;		/* numbers to read and write it by; 0: there is none */
	u16 offset;		/* in struct ppc440_vcpu; PPC440_SPR_MAGIC: in the page */
	u32 writable;		/* bits that mtspr changes */
	u32 (*read)(struct ppc440_vcpu *v);
	/* As a handler, but pc is the caller's. */
	int (*write)(struct ppc440_vcpu *v, u32 val);
	u64 one_reg;		/* KVM_REG_PPC_*, 0: by number, see regs.c */
	/* Instead of read and write, for ONE_REG. */
	u32 (*get)(struct ppc440_vcpu *v);
	void (*set)(struct ppc440_vcpu *v, u32 val);
};

#define PPC440_SPR_MAGIC	0x8000
#define PPC440_SPR_NOWHERE	0xffff

extern const struct ppc440_spr_row ppc440_spr_rows[];
extern const unsigned int ppc440_nr_sprs;
void ppc440_spr_init(void);
const struct ppc440_spr_row *ppc440_spr_find(unsigned int spr, bool write);
u32 ppc440_spr_read(struct ppc440_vcpu *v, const struct ppc440_spr_row *row);
u32 ppc440_spr_get(struct ppc440_vcpu *v, const struct ppc440_spr_row *row);
int ppc440_spr_write(struct ppc440_vcpu *v, const struct ppc440_spr_row *row,
		     u32 val);
void ppc440_spr_set(struct ppc440_vcpu *v, const struct ppc440_spr_row *row,
		    u32 val);

/*
 * SPRG4 to 7 are read by users, without a trap: what they read is in ctxt.  A guest with the
 * magic page has them there, too, as its kernel sees them: its stores count when it comes to
 * its users, and when somebody else looks.
 */
void ppc440_sprgs_from_magic(struct ppc440_vcpu *v);
void ppc440_sprgs_to_magic(struct ppc440_vcpu *v);

/* ---- inject.c: interrupts of the guest, as chapter 6 says ------------------ */

int ppc440_inject(struct ppc440_vcpu *v, unsigned int ivor);
int ppc440_inject_program(struct ppc440_vcpu *v, u32 esr);
/* DSI, ISI or a TLB miss at @va. */
int ppc440_inject_storage(struct ppc440_vcpu *v, unsigned int ivor, u32 va,
			  u32 esr);
int ppc440_inject_mcheck(struct ppc440_vcpu *v, u32 mcsr);
/* The next interrupt that waits and is enabled; false: there is none. */
bool ppc440_irq_pending(struct ppc440_vcpu *v);
/* Those that wait for MSR[EE], bits of v->irqs. */
#define PPC440_EE_IRQS \
	(BIT(PPC440_IVOR_EXTERNAL) | BIT(PPC440_IVOR_FIT) | BIT(PPC440_IVOR_DEC))
/* Own thread, before it enters. */
void ppc440_irq_deliver(struct ppc440_vcpu *v);
/* Input @ivor is up or not.  Any context; the caller kicks. */
void ppc440_irq_line(struct ppc440_vcpu *v, unsigned int ivor, bool level);

/* ---- tlb.c: the guest's TLB ------------------------------------------------ */

void ppc440_tlb_reset(struct ppc440_vcpu *v);
/* The entry for @va in address space @as as the guest's PID is, or -1. */
int ppc440_tlb_find(struct ppc440_vcpu *v, u32 va, bool as, u32 pid);
/* Of the entry: bytes - 1 of its page. */
u32 ppc440_tlbe_mask(const struct ppc440_tlbe *e);
gpa_t ppc440_tlbe_gpa(const struct ppc440_tlbe *e, u32 va);
/* The guest's tlbwe of word @ws, 0 to 2; 0, or -EINVAL: no such word. */
int ppc440_tlb_write_word(struct ppc440_vcpu *v, unsigned int idx,
			  unsigned int ws, u32 val);
u32 ppc440_tlb_read_word(struct ppc440_vcpu *v, unsigned int idx,
			 unsigned int ws);
/* All of one entry, for ONE_REG. */
void ppc440_tlb_set_entry(struct ppc440_vcpu *v, unsigned int idx,
			  const struct ppc440_tlbe *e);

/* ---- shadow.c: the host's TLB entries that are ours ------------------------ */

/* What may be done with a page, as in a TLB entry's UX, UW and UR. */
struct ppc440_mapping {
	u32 ea;			/* that was missed */
	u32 va, mask;		/* bytes - 1 */
	u32 gfn;		/* of the first page */
	u32 pa;
	u32 attrib;		/* PPC44x_TLB_UX, _UW, _UR, _E */
	bool of_user;		/* of an entry that has a TID */
	bool fresh;		/* no other is mapped there: the TLB has just missed */
};

int ppc440_shadow_init(struct ppc440_vcpu *v);
void ppc440_shadow_destroy(struct ppc440_vcpu *v);
/* What the vectors serve for it is as good as gone.  Any context. */
void ppc440_shadow_forget(struct ppc440_vcpu *v);
/* Forget all that is mapped for whomever.  Interrupts off. */
void ppc440_shadow_clear(void);
/* @v is about to run: what is mapped is another's, or its own.  Interrupts off. */
void ppc440_shadow_claim(struct ppc440_vcpu *v);
/* It is gone. */
void ppc440_shadow_release(struct ppc440_vcpu *v);
/* For the space @v runs in.  Interrupts off, claimed. */
void ppc440_shadow_map(struct ppc440_vcpu *v, const struct ppc440_mapping *m);
/* Nothing of the guest's entry @idx is mapped any more. */
void ppc440_shadow_drop_entry(struct ppc440_vcpu *v, unsigned int idx);
/* Nothing of @vm's is mapped any more. */
void ppc440_shadow_drop_all(struct ember_vm *vm);
/* The guest's PID is another. */
void ppc440_shadow_pid_changed(struct ppc440_vcpu *v);
/* The space that MSR and PID say, and the PID to enter it with.  Interrupts off. */
u32 ppc440_shadow_space(struct ppc440_vcpu *v);

/* ---- mmu.c ---------------------------------------------------------------- */

/* A TLB miss, DSI or ISI at @va; see ppc440_handle_exit(). */
int ppc440_mmu_fault(struct ppc440_vcpu *v, u32 va, bool fetch, bool write,
		     bool missed);
/*
 * Where the guest finds @va; false: nowhere.  Nothing is injected.  @e_bit: the page's
 * byte order.
 */
bool ppc440_mmu_translate(struct ppc440_vcpu *v, u32 va, bool as, gpa_t *gpa,
			  bool *e_bit);
/* The page of @gfn in the host's memory if it is known, else NULL.  mmu_lock. */
void *ppc440_mmu_page(struct ember_vm *vm, gfn_t gfn);
/* The backend's mem_* operations, see struct ember_backend. */
int ppc440_mem_prepare(struct ember_vm *vm, const struct ember_memslot *new,
		       enum ember_slot_change change);
void ppc440_mem_unmap(struct ember_vm *vm, gfn_t gfn, unsigned long npages);
void ppc440_mem_write_protect(struct ember_vm *vm, gfn_t gfn,
			      unsigned long npages);
bool ppc440_mem_age(struct ember_vm *vm, gfn_t gfn, unsigned long npages,
		    bool clear);
void ppc440_mmu_destroy(struct ppc440_vm *pvm);

/* The page of @va, and the kernel's address space. */
static inline u32 ppc440_code_ea(const struct ppc440_vcpu *v, u32 va)
{
	return (va & PAGE_MASK) | (v->msr & MSR_IS);
}

static inline struct ppc440_code *ppc440_code_at(struct ppc440_vcpu *v, u32 va)
{
	return &v->code[(va >> PAGE_SHIFT) % PPC440_NR_CODE];
}

/* Instructions are not to be read from where they were before. */
static inline void ppc440_forget_code(struct ppc440_vcpu *v)
{
	unsigned int i;

	for (i = 0; i < PPC440_NR_CODE; i++)
		v->code[i].ea = PPC440_NO_EA;
}

/* The emulator is going to read more where pc, @va, is. */
void ppc440_mmu_note_code(struct ppc440_vcpu *v, u32 va);
/* Is @gfn to be run only, or anything again?  Interrupts on. */
void ppc440_mmu_watch(struct ember_vm *vm, gfn_t gfn, bool watch);

/* ---- patch.c: translation of what traps often -------------------------------- */

/* One instruction is looked at when it, or one that shares its count, has trapped so often. */
#define PPC440_PATCH_AFTER	17

void ppc440_patch_init(struct ppc440_vm *pvm);
void ppc440_patch_destroy(struct ppc440_vm *pvm);
/* Can there be a rule for @word, wherever it stands? */
bool ppc440_patch_has_rule(u32 word);
/* Is there one for @word, which has just trapped? */
bool ppc440_patch_wanted(struct ppc440_vcpu *v, u32 word);
/* Interrupts on.  True: it has been changed, the guest is to run it again. */
bool ppc440_patch(struct ppc440_vcpu *v, u32 word);
/* The guest's own word at pc, if another stands there now.  Interrupts on. */
bool ppc440_patch_original(struct ppc440_vcpu *v, u32 *word);
/* Has @gfn new words (@watched), and may it be run at @va?  Any context. */
bool ppc440_patch_runs(struct ember_vm *vm, gfn_t gfn, u32 va, bool *watched);
/* The old words are back.  Interrupts on. */
void ppc440_patch_undo(struct ppc440_vcpu *v, gfn_t gfn);
/* So are all of the VM's, where they can still be reached.  slots_lock held. */
void ppc440_patch_slot_goes(struct ember_vm *vm);
/* Would this entry lie over the magic page or the stubs? */
bool ppc440_patch_conflicts(struct ppc440_vcpu *v, const struct ppc440_tlbe *e);
/*
 * All old words are back, and that until it is resumed; -EFAULT: where the owner has its
 * memory no more they are not.  Interrupts on.
 */
int ppc440_patch_stop(struct ppc440_vcpu *v);
void ppc440_patch_resume(struct ppc440_vcpu *v);
/*
 * pc is among the stubs: it becomes that of the instruction or the next one, @word is
 * the instruction.  False: there is no such stub.
 */
bool ppc440_patch_leave_stub(struct ppc440_vcpu *v, u32 *word);

/* ---- mmio.c --------------------------------------------------------------- */

/* The load or store at pc is on a device at @gpa, by @va.  Interrupts on. */
int ppc440_mmio(struct ppc440_vcpu *v, u32 va, gpa_t gpa, bool e_bit);

/* ---- timer.c --------------------------------------------------------------- */

void ppc440_timer_init(struct ppc440_vcpu *v);
void ppc440_timer_reset(struct ppc440_vcpu *v);
void ppc440_timer_destroy(struct ppc440_vcpu *v);
u32 ppc440_dec_get(struct ppc440_vcpu *v);
/*
 * To be set again later: 1 where it is 0 and TSR[DIS] says so, which may have come after TSR was
 * read.
 */
u32 ppc440_dec_save(struct ppc440_vcpu *v);
u32 ppc440_tsr_get(struct ppc440_vcpu *v);
/* Interrupts on, since hrtimers are armed; so for all below. */
void ppc440_dec_set(struct ppc440_vcpu *v, u32 dec);
void ppc440_tsr_set(struct ppc440_vcpu *v, u32 tsr);
void ppc440_tsr_or(struct ppc440_vcpu *v, u32 bits);
void ppc440_tsr_clear(struct ppc440_vcpu *v, u32 bits);
void ppc440_tcr_set(struct ppc440_vcpu *v, u32 tcr);
/* What the watchdog's second time-out asks for; once. */
bool ppc440_timer_wants_reset(struct ppc440_vcpu *v);

/* ---- uic.c ----------------------------------------------------------------- */

#define PPC440_UIC_INPUTS	32

bool ppc440_uic_has(struct ppc440_vcpu *v, unsigned int dcrn);
u32 ppc440_uic_read(struct ppc440_vcpu *v, unsigned int dcrn);
/* Wakes the first vcpu, if it is not @v itself. */
void ppc440_uic_write(struct ppc440_vcpu *v, unsigned int dcrn, u32 val);
/* Its first KVM_RUN. */
void ppc440_uic_begin(struct ppc440_vcpu *v);
int ppc440_irq_input(struct ember_vm *vm, u32 irq, bool level);
int ppc440_irqfd_input(struct ember_vm *vm, u32 pin, bool level);
long ppc440_uic_ioctl(struct ember_vm *vm, unsigned int ioctl, unsigned long arg);

/* ---- fpu.c ----------------------------------------------------------------- */

/* The guest may use the FPU and wants to; as a handler. */
int ppc440_fpu_used(struct ppc440_vcpu *v);
/* Its registers go to memory.  Interrupts off. */
void ppc440_fpu_put(struct ppc440_vcpu *v);

/* ---- regs.c, vcpu_ioctl.c ----------------------------------------------------- */

int ppc440_reg_list(struct ember_vcpu *vcpu, u64 __user *list, unsigned int max);
int ppc440_reg_get(struct ember_vcpu *vcpu, u64 id, void __user *val);
int ppc440_reg_set(struct ember_vcpu *vcpu, u64 id, const void __user *val);
long ppc440_vcpu_ioctl(struct ember_vcpu *vcpu, unsigned int ioctl,
		       unsigned long arg);
long ppc440_vcpu_async_ioctl(struct ember_vcpu *vcpu, unsigned int ioctl,
			     unsigned long arg);

#endif
