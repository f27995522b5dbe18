/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hyp mode: how it is taken from the kernel's stub and what it is asked to do.
 *
 * Shared by C and assembly.  The code in Hyp mode (hyp_init.S, switch.S) is
 * position independent; hyp.c copies it to pages of the linear map, since a
 * module's own text cannot be reached with the MMU off.
 */
#ifndef EMBER_ARMV7_HYP_H
#define EMBER_ARMV7_HYP_H

/*
 * r0 of an HVC that the host issues.  0 to 2 are the kernel stub's, and 1,
 * HVC_SOFT_RESTART, is honoured as the stub does.  What is larger than
 * HYP_CALL_LAST is the address of a struct armv7_ctxt: enter that guest.
 */
#define HYP_SOFT_RESTART	1	/* r1: physical address to go to, MMU off */
#define HYP_CALL_TEARDOWN	16	/* give Hyp mode back to the stub */
#define HYP_CALL_FLUSH_VM	17	/* r2:r3 VTTBR; all CPUs */
#define HYP_CALL_FLUSH_VM_LOCAL	18	/* r2:r3 VTTBR; this CPU */
#define HYP_CALL_FLUSH_HYP	19	/* Hyp's own translations, all CPUs */
#define HYP_CALL_LAST		19

/* What the kernel's stub answers to a call that it does not know. */
#define HYP_STUB_ERR		0x0badca11
/* What armv7_hyp_probe() makes of an undefined HVC. */
#define HYP_PROBE_UNDEF		0xdeadde1f

/* Where the code runs in Hyp mode; the linear map ends below. */
#define HYP_TEXT_VA		0xfffe0000
#define HYP_TEXT_PAGES		2

/*
 * HTCR and VTCR (B4.1.76, B4.1.159): tables inner shareable, write-back
 * write-allocate.  Hyp: 32-bit input.  Stage 2: 40-bit input (T0SZ -8),
 * start at level 1 with 1024 entries.
 */
#define HYP_HTCR		0x80803500
#define HYP_VTCR		0x80003558
/* HMAIR0: attribute 0 normal write-back, 1 device. */
#define HYP_HMAIR0		0x000004ff
/*
 * HSCTLR (B4.1.75): the bits that should be one, M, C, I and WXN: what is
 * writable is not executable.
 */
#define HYP_HSCTLR		0x30cd1835

/*
 * HCPTR (B4.1.64): trap coprocessors 0-13, Advanced SIMD and the trace registers
 * of CP14 (TTA); VFP's share.  TASE is always one where there is VFP without
 * Advanced SIMD, so only TCP11 and TCP10 tell whose VFP registers are loaded.
 */
#define HCPTR_TRAP_ALL		0x0010bfff
#define HCPTR_VFP		0x00008c00	/* TASE, TCP11, TCP10 */
#define HCPTR_VFP_TRAPS		0x00000c00	/* TCP11, TCP10 */
/* HDCR (B4.1.68): debug exceptions come to Hyp mode. */
#define HDCR_TDE		0x00000100
/* HSTR.TTEE (B4.1.80): TEECR and TEEHBR trap. */
#define HSTR_TTEE		0x00010000
/* HSR (B3.13.6) of HVC #0, and the call that Hyp mode answers itself. */
#define HSR_HVC_0		0x4a000000
#define PSCI_VERSION_FN		0x84000000
/* The kernel's stub leaves the physical timer and counter to PL1. */
#define CNTHCTL_HOST		3

#define ARMV7_CODE_TRAP		0	/* the vectors a guest comes back by */
#define ARMV7_CODE_IRQ		1
#define ARMV7_CODE_FIQ		2
#define ARMV7_CODE_HYP_FAULT	3	/* Hyp mode itself faulted: end that VM */

#ifndef __ASSEMBLY__

#include <linux/types.h>
#include <asm/page.h>
#include "context.h"

/*
 * Hyp mode's memory on one CPU: sp points here while the host runs, HTPIDR
 * always.  It holds the host while a guest runs.
 */
struct armv7_hyp_cpu {
	/* By the world switch. */
	u32 elr;			/* the host's pc behind its HVC */
	u32 spsr;
	u32 sp_svc;
	u32 fiq_r8_r12[5];
	struct armv7_bank fiq;
	/* By armv7_hyp_save_host() and, from vfp_regs on, when it is set up. */
	u32 c15[C15_HOST];
	u32 sp_abt, sp_und, sp_irq;
	u32 fpexc;
	u32 vfp_regs;			/* double registers: 0, 16 or 32 */
	u32 hdcr;
	u32 midr, mpidr;
	u32 vectors;
	u32 vfp_out;			/* vfp holds the host's registers */
	struct armv7_vfp vfp;
	u32 teecr, teehbr;		/* while a guest uses ThumbEE */
	/* The host's own debugging, put away while hdcr of a guest has TDE. */
	u32 dscr;
	u32 dbg_bvr[ARMV7_BREAKPOINTS];
	u32 dbg_bcr[ARMV7_BREAKPOINTS];
	u32 dbg_wcr[ARMV7_WATCHPOINTS];
	/* How to leave. */
	u32 stub_hvbar;
	u32 stub_hsctlr;
	u32 boot_pgd;			/* physical */
	u32 teardown_pa;		/* hyp_teardown_low, physical */
};

/* Arguments of armv7_hyp_install(), in the order of r2 to r6. */
struct armv7_hyp_init {
	u32 boot_pgd;		/* physical: identity of the text, and the text */
	u32 pgd;		/* physical: what Hyp mode uses */
	u32 sp;			/* &struct armv7_hyp_cpu */
	u32 vectors;		/* HYP_TEXT_VA + offset */
	u32 high;		/* where to go once the MMU is on */
};

/* In the module's text, for their distance; the code runs in copies. */
extern char armv7_hyp_text_start[], armv7_hyp_text_end[];
extern char armv7_hyp_entry[], armv7_hyp_entry_high[];
extern char armv7_hyp_teardown_low[], armv7_host_vectors[];
extern char armv7_hyp_invalidate_bp[];

/* Assembly, hyp_init.S.  Interrupts off. */
u32 armv7_hyp_probe(void);
int armv7_hyp_install(u32 init_pa, const struct armv7_hyp_init *init);
/* HVC with r0-r3; sleeps never. */
u32 armv7_hyp_call(u32 fn, u32 arg1, u32 arg2, u32 arg3);

/* Assembly, switch.S.  Interrupts off from the first to the last. */
void armv7_hyp_save_host(struct armv7_hyp_cpu *hc);
/* Run the guest; the vector it came back by, ARMV7_CODE_*. */
u32 armv7_hyp_enter(struct armv7_ctxt *ctxt);

/* hyp.c; see there. */
int armv7_hyp_init(void);
void armv7_hyp_exit(void);
int armv7_hyp_cpu_enable(void);
void armv7_hyp_cpu_disable(void);
void armv7_hyp_prepare(struct armv7_ctxt *ctxt);
int armv7_hyp_map_page(void *page);
void armv7_hyp_unmap_page(void *page);
unsigned int armv7_hyp_vfp_regs(void);
void armv7_hyp_flush(u32 fn, u64 vttbr);

#endif /* __ASSEMBLY__ */
#endif
