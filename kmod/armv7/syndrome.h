/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bits of the registers by which Hyp mode asks for traps and is told of them:
 * HCR (B4.1.65) and HSR (B3.13.6), and of CPSR and SCTLR as exceptions use them.
 */
#ifndef EMBER_ARMV7_SYNDROME_H
#define EMBER_ARMV7_SYNDROME_H

#include <linux/bits.h>

#define HCR_VM		BIT(0)
#define HCR_SWIO	BIT(1)	/* DCISW cleans too */
#define HCR_PTW		BIT(2)
#define HCR_FMO		BIT(3)
#define HCR_IMO		BIT(4)
#define HCR_AMO		BIT(5)
#define HCR_VF		BIT(6)
#define HCR_VI		BIT(7)
#define HCR_VA		BIT(8)
#define HCR_FB		BIT(9)	/* broadcast maintenance */
#define HCR_BSU_IS	BIT(10)	/* barriers reach inner shareable */
#define HCR_DC		BIT(12)
#define HCR_TWI		BIT(13)
#define HCR_TWE		BIT(14)
#define HCR_TID0	BIT(15)
#define HCR_TID1	BIT(16)
#define HCR_TID2	BIT(17)
#define HCR_TID3	BIT(18)
#define HCR_TSC		BIT(19)
#define HCR_TIDCP	BIT(20)
#define HCR_TAC		BIT(21)
#define HCR_TSW		BIT(22)	/* cache maintenance by set/way */
#define HCR_TPC		BIT(23)
#define HCR_TPU		BIT(24)
#define HCR_TTLB	BIT(25)
#define HCR_TVM		BIT(26)	/* writes of the MMU's registers */
#define HCR_TGE		BIT(27)

/* What every guest starts with; cp15.c drops TVM once its caches are on. */
#define HCR_GUEST	(HCR_VM | HCR_SWIO | HCR_FMO | HCR_IMO | HCR_AMO | \
			 HCR_FB | HCR_BSU_IS | HCR_TWI | HCR_TWE | HCR_TSC | \
			 HCR_TIDCP | HCR_TAC | HCR_TSW | HCR_TVM)

/*
 * HSTR (B4.1.80): CRn 15 is implementation defined; so is what CRn 9 has beside
 * the performance monitors, and not every machine traps that by HCR.TIDCP.
 */
#define HSTR_T9		BIT(9)
#define HSTR_T15	BIT(15)
#define HSTR_GUEST	(HSTR_T9 | HSTR_T15)	/* and HSTR_TTEE at first, hyp.h */

/* HDCR (B4.1.68): debug and performance monitors trap */
#define HDCR_HPMN	0x1f
#define HDCR_TPMCR	BIT(5)
#define HDCR_TPM	BIT(6)
#define HDCR_TDA	BIT(9)
#define HDCR_TDOSA	BIT(10)
#define HDCR_TDRA	BIT(11)
#define HDCR_GUEST	(HDCR_TPMCR | HDCR_TPM | HDCR_TDA | HDCR_TDOSA | HDCR_TDRA)

/* HSR: the class, the length of the instruction, and what the class adds. */
#define HSR_EC(hsr)	((hsr) >> 26)
#define HSR_IL		BIT(25)	/* 32-bit instruction */
#define HSR_ISS(hsr)	((hsr) & 0x1ffffff)

#define HSR_EC_UNKNOWN	0x00
#define HSR_EC_WFX	0x01
#define HSR_EC_CP15_32	0x03
#define HSR_EC_CP15_64	0x04
#define HSR_EC_CP14_32	0x05
#define HSR_EC_CP14_LS	0x06
#define HSR_EC_CP_0_13	0x07
#define HSR_EC_CP10_ID	0x08
#define HSR_EC_JAZELLE	0x09
#define HSR_EC_BXJ	0x0a
#define HSR_EC_CP14_64	0x0c
#define HSR_EC_SVC	0x11
#define HSR_EC_HVC	0x12
#define HSR_EC_SMC	0x13
#define HSR_EC_IABT	0x20
#define HSR_EC_IABT_HYP	0x21
#define HSR_EC_DABT	0x24
#define HSR_EC_DABT_HYP	0x25
/* ARMv8's names for what is 0x20 on ARMv7; QEMU's ARMv7 cores report them. */
#define HSR_EC_BREAKPOINT 0x30
#define HSR_EC_BKPT	0x38

/* Classes below 0x10: the condition of the instruction */
#define HSR_CV		BIT(24)
#define HSR_COND(hsr)	(((hsr) >> 20) & 15)

/* Data aborts */
#define HSR_DABT_ISV	BIT(24)	/* the next four are valid */
#define HSR_DABT_SAS(hsr) (((hsr) >> 22) & 3)
#define HSR_DABT_SSE	BIT(21)
#define HSR_DABT_SRT(hsr) (((hsr) >> 16) & 15)
#define HSR_DABT_EA	BIT(9)
#define HSR_DABT_CM	BIT(8)	/* cache maintenance */
#define HSR_DABT_S1PTW	BIT(7)	/* stage 2 fault in a stage 1 walk */
#define HSR_DABT_WNR	BIT(6)
#define HSR_ABT_FSC(hsr) ((hsr) & 0x3f)

#define HSR_ABT_FSC_TYPE(hsr) ((hsr) & 0x3c)	/* any level */
#define FSC_TRANSLATION	0x04
#define FSC_ACCESS	0x08
#define FSC_PERMISSION	0x0c
#define FSC_DEBUG	0x20	/* a prefetch abort that is a debug event: 0x22 */

/* WFI and WFE */
#define HSR_WFE		BIT(0)

/* Coprocessor accesses: bit 0 of the ISS */
#define HSR_CP_READ	BIT(0)

/* SCTLR (B4.1.130) */
#define SCTLR_MMU	BIT(0)
#define SCTLR_CACHE	BIT(2)
#define SCTLR_HIVECS	BIT(13)
#define SCTLR_EE	BIT(25)
#define SCTLR_TE	BIT(30)

#define TTBCR_EAE_	BIT(31)	/* long descriptors */

#endif
