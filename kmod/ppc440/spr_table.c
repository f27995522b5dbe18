// SPDX-License-Identifier: GPL-2.0
/*
 * The guest's special purpose registers, one row each: those of a 440x5 core (manual,
 * table 2-6) which trap in user mode.  What does not trap is in the world switch: XER, LR,
 * CTR, USPRG0, SPRG4-7 as users read them, and the time base, which is the host's own.
 *
 * Read after spr.c.  What has no row is an illegal instruction, and the log names it
 * once.  Debug registers hold what is written and do nothing, but for DBCR0[RST].
 */
#include <linux/kernel.h>
#include <linux/kvm.h>
#include "ppc440.h"

/* ---- what is not plain ---------------------------------------------------------------- */

static u32 read_pvr(struct ppc440_vcpu *v)
{
	return mfspr(SPRN_PVR);
}

static u32 read_pir(struct ppc440_vcpu *v)
{
	return v->vcpu.id;
}

static int write_pid(struct ppc440_vcpu *v, u32 val)
{
	v->pid = val & 0xff;
	ppc440_shadow_pid_changed(v);
	return 1;
}

static u32 read_sprg(struct ppc440_vcpu *v, unsigned int n)
{
	ppc440_sprgs_from_magic(v);
	return v->ctxt.sprg[n];
}

static int write_sprg(struct ppc440_vcpu *v, unsigned int n, u32 val)
{
	ppc440_sprgs_from_magic(v);
	v->ctxt.sprg[n] = val;
	ppc440_sprgs_to_magic(v);
	return 1;
}

#define SPRG_ACCESS(n)								\
static u32 read_sprg ## n(struct ppc440_vcpu *v)				\
{										\
	return read_sprg(v, (n) - 4);						\
}										\
static int write_sprg ## n(struct ppc440_vcpu *v, u32 val)			\
{										\
	return write_sprg(v, (n) - 4, val);					\
}

SPRG_ACCESS(4)
SPRG_ACCESS(5)
SPRG_ACCESS(6)
SPRG_ACCESS(7)

/* Timers are armed anew: with interrupts on. */
static u32 read_dec(struct ppc440_vcpu *v)
{
	return ppc440_dec_get(v);
}

static int write_dec(struct ppc440_vcpu *v, u32 val)
{
	if (v->quick)
		return PPC440_LATER;
	ppc440_dec_set(v, val);
	return 1;
}

static u32 read_tsr(struct ppc440_vcpu *v)
{
	return ppc440_tsr_get(v);
}

static int write_tsr(struct ppc440_vcpu *v, u32 val)
{
	if (v->quick)
		return PPC440_LATER;
	ppc440_tsr_clear(v, val);
	return 1;
}

static void set_tsr(struct ppc440_vcpu *v, u32 val)
{
	ppc440_tsr_set(v, val);
}

static u32 read_tcr(struct ppc440_vcpu *v)
{
	return v->timer.tcr;
}

/* Once set, the watchdog's kind of reset stays (7.4). */
static int write_tcr(struct ppc440_vcpu *v, u32 val)
{
	if (v->quick)
		return PPC440_LATER;
	if (v->timer.tcr & TCR_WRC_MASK)
		val = (val & ~TCR_WRC_MASK) | (v->timer.tcr & TCR_WRC_MASK);
	ppc440_tcr_set(v, val);
	return 1;
}

static void set_tcr(struct ppc440_vcpu *v, u32 val)
{
	ppc440_tcr_set(v, val);
}

/* NOT DONE: a time base of the guest's own, since mftb does not trap. */
static int write_tb(struct ppc440_vcpu *v, u32 val)
{
	return 1;
}

static int clear_dbsr(struct ppc440_vcpu *v, u32 val)
{
	v->dbsr &= ~val;
	return 1;
}

static void set_dbsr(struct ppc440_vcpu *v, u32 val)
{
	v->dbsr = val;
}

static int clear_mcsr(struct ppc440_vcpu *v, u32 val)
{
	v->mcsr &= ~val;
	return 1;
}

static void set_mcsr(struct ppc440_vcpu *v, u32 val)
{
	v->mcsr = val;
}

static int write_dbcr0(struct ppc440_vcpu *v, u32 val)
{
	if (!(val & DBCR0_RST_SYSTEM)) {
		v->dbcr[0] = val;
		return 1;
	}
	if (v->quick)
		return PPC440_LATER;
	return ppc440_exit_reset(v);
}

static void set_dbcr0(struct ppc440_vcpu *v, u32 val)
{
	v->dbcr[0] = val & ~DBCR0_RST_SYSTEM;
}

/* ---- rows -------------------------------------------------------------------------------- */

#define ALL			0xffffffffu
#define MMUCR_BITS		0x016d00ffu	/* 5.7.1 */
#define IVPR_BITS		0xffff0000u
#define IVOR_BITS		0x0000fff0u

#define AT(field)		.offset = offsetof(struct ppc440_vcpu, field)
#define IN_PAGE(word)		.offset = PPC440_SPR_MAGIC | PPC440_MAGIC_ ## word
#define NOWHERE			.offset = PPC440_SPR_NOWHERE

/* By one number, or read and written by its own each. */
#define ROW(sym, spr, bits, ...) \
	{ .name = #sym, .rd = (spr), .wr = (spr), .writable = (bits), ## __VA_ARGS__ }
#define ROW_READ(sym, spr, ...) \
	{ .name = #sym, .rd = (spr), ## __VA_ARGS__ }
#define ROW_WRITE(sym, spr, ...) \
	{ .name = #sym, .wr = (spr), .writable = ALL, ## __VA_ARGS__ }
#define ROW_IVOR(n) \
	ROW(IVOR ## n, SPRN_IVOR ## n, IVOR_BITS, AT(ivor[n]))
#define ROW_SPRG(n) \
	ROW_WRITE(SPRG ## n, SPRN_SPRG ## n ## W, NOWHERE, .read = read_sprg ## n, \
		  .write = write_sprg ## n)
#define ROW_CACHE(sym, spr, field) \
	ROW(sym, spr, ALL, AT(field))

const struct ppc440_spr_row ppc440_spr_rows[] = {
	ROW(SRR0, SPRN_SRR0, ALL, IN_PAGE(SRR0)),
	ROW(SRR1, SPRN_SRR1, ALL, IN_PAGE(SRR1)),
	ROW(SPRG0, SPRN_SPRG0, ALL, IN_PAGE(SPRG0)),
	ROW(SPRG1, SPRN_SPRG1, ALL, IN_PAGE(SPRG1)),
	ROW(SPRG2, SPRN_SPRG2, ALL, IN_PAGE(SPRG2)),
	ROW(SPRG3, SPRN_SPRG3, ALL, IN_PAGE(SPRG3)),
	ROW_SPRG(4), ROW_SPRG(5), ROW_SPRG(6), ROW_SPRG(7),
	ROW(DEAR, SPRN_DEAR, ALL, IN_PAGE(DEAR)),
	ROW(ESR, SPRN_ESR, ALL, IN_PAGE(ESR)),
	ROW(PID, SPRN_PID, ALL, AT(pid), .write = write_pid),
	ROW(MMUCR, SPRN_MMUCR, MMUCR_BITS, IN_PAGE(MMUCR)),
	ROW(TSR, SPRN_TSR, ALL, NOWHERE, .read = read_tsr, .write = write_tsr,
	    .set = set_tsr, .one_reg = KVM_REG_PPC_TSR),
	ROW(TCR, SPRN_TCR, ALL, NOWHERE, .read = read_tcr, .write = write_tcr,
	    .set = set_tcr, .one_reg = KVM_REG_PPC_TCR),
	ROW_WRITE(DECAR, SPRN_DECAR, AT(timer.decar)),
	/* After these: it goes on at once, and what it does is not to be undone. */
	ROW(DEC, SPRN_DEC, ALL, NOWHERE, .read = read_dec, .write = write_dec,
	    .get = ppc440_dec_save),
	ROW(CSRR0, SPRN_CSRR0, ALL, IN_PAGE(CSRR0)),
	ROW(CSRR1, SPRN_CSRR1, ALL, IN_PAGE(CSRR1)),
	ROW(MCSRR0, SPRN_MCSRR0, ALL, IN_PAGE(MCSRR0)),
	ROW(MCSRR1, SPRN_MCSRR1, ALL, IN_PAGE(MCSRR1)),
	ROW(MCSR, SPRN_MCSR, ALL, AT(mcsr), .write = clear_mcsr, .set = set_mcsr),
	ROW(IVPR, SPRN_IVPR, IVPR_BITS, AT(ivpr)),
	ROW_IVOR(0), ROW_IVOR(1), ROW_IVOR(2), ROW_IVOR(3),
	ROW_IVOR(4), ROW_IVOR(5), ROW_IVOR(6), ROW_IVOR(7),
	ROW_IVOR(8), ROW_IVOR(9), ROW_IVOR(10), ROW_IVOR(11),
	ROW_IVOR(12), ROW_IVOR(13), ROW_IVOR(14), ROW_IVOR(15),
	ROW_READ(PVR, SPRN_PVR, NOWHERE, .read = read_pvr),
	ROW_READ(PIR, SPRN_PIR, NOWHERE, .read = read_pir),
	{ .name = "TBL", .wr = SPRN_TBWL, NOWHERE, .write = write_tb },
	{ .name = "TBU", .wr = SPRN_TBWU, NOWHERE, .write = write_tb },
	ROW(DBCR0, SPRN_DBCR0, ALL, AT(dbcr[0]), .write = write_dbcr0,
	    .set = set_dbcr0),
	ROW(DBCR1, SPRN_DBCR1, ALL, AT(dbcr[1])),
	ROW(DBCR2, SPRN_DBCR2, ALL, AT(dbcr[2])),
	ROW(DBSR, SPRN_DBSR, ALL, AT(dbsr), .write = clear_dbsr, .set = set_dbsr,
	    .one_reg = KVM_REG_PPC_DBSR),
	ROW(DBDR, 0x3f3, ALL, AT(dbdr)),
	ROW(IAC1, SPRN_IAC1, ALL, AT(iac[0])),
	ROW(IAC2, SPRN_IAC2, ALL, AT(iac[1])),
	ROW(IAC3, SPRN_IAC3, ALL, AT(iac[2])),
	ROW(IAC4, SPRN_IAC4, ALL, AT(iac[3])),
	ROW(DAC1, SPRN_DAC1, ALL, AT(dac[0])),
	ROW(DAC2, SPRN_DAC2, ALL, AT(dac[1])),
	ROW(DVC1, SPRN_DVC1, ALL, AT(dvc[0])),
	ROW(DVC2, SPRN_DVC2, ALL, AT(dvc[1])),
	ROW(CCR0, SPRN_CCR0, ALL, AT(ccr0)),
	ROW(CCR1, SPRN_CCR1, ALL, AT(ccr1)),
	ROW_READ(RSTCFG, 0x39b, AT(rstcfg)),
	ROW_CACHE(INV0, 0x370, inv[0]), ROW_CACHE(INV1, 0x371, inv[1]),
	ROW_CACHE(INV2, 0x372, inv[2]), ROW_CACHE(INV3, 0x373, inv[3]),
	ROW_CACHE(ITV0, 0x374, itv[0]), ROW_CACHE(ITV1, 0x375, itv[1]),
	ROW_CACHE(ITV2, 0x376, itv[2]), ROW_CACHE(ITV3, 0x377, itv[3]),
	ROW_CACHE(DNV0, 0x390, dnv[0]), ROW_CACHE(DNV1, 0x391, dnv[1]),
	ROW_CACHE(DNV2, 0x392, dnv[2]), ROW_CACHE(DNV3, 0x393, dnv[3]),
	ROW_CACHE(DTV0, 0x394, dtv[0]), ROW_CACHE(DTV1, 0x395, dtv[1]),
	ROW_CACHE(DTV2, 0x396, dtv[2]), ROW_CACHE(DTV3, 0x397, dtv[3]),
	ROW_CACHE(DVLIM, 0x398, dvlim), ROW_CACHE(IVLIM, 0x399, ivlim),
	/* As after a cache read of nothing. */
	ROW_READ(DCDBTRL, 0x39c, AT(rstcfg)),
	ROW_READ(DCDBTRH, 0x39d, AT(rstcfg)),
	ROW_READ(ICDBTRL, 0x39e, AT(rstcfg)),
	ROW_READ(ICDBTRH, 0x39f, AT(rstcfg)),
	ROW_READ(ICDBDR, 0x3d3, AT(rstcfg)),
};

const unsigned int ppc440_nr_sprs = ARRAY_SIZE(ppc440_spr_rows);
