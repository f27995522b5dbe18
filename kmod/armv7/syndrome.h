/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bits of the registers by which Hyp mode asks for traps and is told of them:
 * HCR (B4.1.65) and HSR (B3.13.6), and of CPSR and SCTLR as exceptions use them.
 */
#ifndef EMBER_ARMV7_SYNDROME_H
#define EMBER_ARMV7_SYNDROME_H

#define HCR_VM		(1u << 0)
#define HCR_SWIO	(1u << 1)	/* DCISW cleans too */
#define HCR_PTW		(1u << 2)
#define HCR_FMO		(1u << 3)
#define HCR_IMO		(1u << 4)
#define HCR_AMO		(1u << 5)
#define HCR_VF		(1u << 6)
#define HCR_VI		(1u << 7)
#define HCR_VA		(1u << 8)
#define HCR_FB		(1u << 9)	/* broadcast maintenance */
#define HCR_BSU_IS	(1u << 10)	/* barriers reach inner shareable */
#define HCR_DC		(1u << 12)
#define HCR_TWI		(1u << 13)
#define HCR_TWE		(1u << 14)
#define HCR_TID0	(1u << 15)
#define HCR_TID1	(1u << 16)
#define HCR_TID2	(1u << 17)
#define HCR_TID3	(1u << 18)
#define HCR_TSC		(1u << 19)
#define HCR_TIDCP	(1u << 20)
#define HCR_TAC		(1u << 21)
#define HCR_TSW		(1u << 22)	/* cache maintenance by set/way */
#define HCR_TPC		(1u << 23)
#define HCR_TPU		(1u << 24)
#define HCR_TTLB	(1u << 25)
#define HCR_TVM		(1u << 26)	/* writes of the MMU's registers */
#define HCR_TGE		(1u << 27)

/* What every guest starts with; cp15.c drops TVM once its caches are on. */
#define HCR_GUEST	(HCR_VM | HCR_SWIO | HCR_FMO | HCR_IMO | HCR_AMO | \
			 HCR_FB | HCR_BSU_IS | HCR_TWI | HCR_TWE | HCR_TSC | \
			 HCR_TIDCP | HCR_TAC | HCR_TSW | HCR_TVM)

/* HSTR (B4.1.80): CRn 15 is implementation defined */
#define HSTR_T15	(1u << 15)

/* HDCR (B4.1.68): debug and performance monitors trap */
#define HDCR_TPMCR	(1u << 5)
#define HDCR_TPM	(1u << 6)
#define HDCR_TDA	(1u << 9)
#define HDCR_TDOSA	(1u << 10)
#define HDCR_TDRA	(1u << 11)
#define HDCR_GUEST	(HDCR_TPMCR | HDCR_TPM | HDCR_TDA | HDCR_TDOSA | HDCR_TDRA)

/* HSR: the class, the length of the instruction, and what the class adds. */
#define HSR_EC(hsr)	((hsr) >> 26)
#define HSR_IL		(1u << 25)	/* 32-bit instruction */
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

/* Classes below 0x10: the condition of the instruction */
#define HSR_CV		(1u << 24)
#define HSR_COND(hsr)	(((hsr) >> 20) & 15)

/* Data aborts */
#define HSR_DABT_ISV	(1u << 24)	/* the next four are valid */
#define HSR_DABT_SAS(hsr) (((hsr) >> 22) & 3)
#define HSR_DABT_SSE	(1u << 21)
#define HSR_DABT_SRT(hsr) (((hsr) >> 16) & 15)
#define HSR_DABT_EA	(1u << 9)
#define HSR_DABT_CM	(1u << 8)	/* cache maintenance */
#define HSR_DABT_S1PTW	(1u << 7)	/* stage 2 fault in a stage 1 walk */
#define HSR_DABT_WNR	(1u << 6)
#define HSR_ABT_FSC(hsr) ((hsr) & 0x3f)

#define HSR_ABT_FSC_TYPE(hsr) ((hsr) & 0x3c)	/* any level */
#define FSC_TRANSLATION	0x04
#define FSC_ACCESS	0x08
#define FSC_PERMISSION	0x0c

/* WFI and WFE */
#define HSR_WFE		(1u << 0)

/* Coprocessor accesses: bit 0 of the ISS */
#define HSR_CP_READ	(1u << 0)

/* SCTLR (B4.1.130) */
#define SCTLR_MMU	(1u << 0)
#define SCTLR_CACHE	(1u << 2)
#define SCTLR_HIVECS	(1u << 13)
#define SCTLR_EE	(1u << 25)
#define SCTLR_TE	(1u << 30)

#define TTBCR_EAE	(1u << 31)	/* long descriptors */

#endif
