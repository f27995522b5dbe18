// SPDX-License-Identifier: GPL-2.0
/*
 * The guest's CP0, one row for each register: a 24Kf without optional extensions
 * but the FPU and UserLocal, with 64 TLB entries and the host's caches.  Whether it
 * is a core of a coherent system, with a coherence manager, is for user space to say.
 *
 * Read after cp0.c.  What has no row reads as zero, and the log names it once.
 */
#include <linux/kernel.h>
#include <linux/kvm.h>
#include <asm/cpu-features.h>
#include "mips32.h"

/* ---- what is not plain ---------------------------------------------------------------- */

static u32 read_random(struct mips32_vcpu *v)
{
	return mips32_tlb_random(v);
}

static int write_wired(struct mips32_vcpu *v, u32 val)
{
	C0(v, WIRED) = min_t(u32, val, MIPS32_TLB_SIZE - 1);
	v->random = 0;
	return 1;
}

static int write_hwrena(struct mips32_vcpu *v, u32 val)
{
	C0(v, HWRENA) = val;
	mips32_hwrena_changed(v);
	return 1;
}

static u32 read_count(struct mips32_vcpu *v)
{
	return mips32_count(v);
}

/* The timer is armed anew: with interrupts on. */
static int write_count(struct mips32_vcpu *v, u32 val)
{
	if (v->quick)
		return MIPS32_LATER;
	mips32_count_write(v, val);
	return 1;
}

/* As a client wants it, whatever the other vcpus have. */
static int set_count(struct mips32_vcpu *v, u32 val)
{
	mips32_count_set(v, val);
	return 0;
}

static int write_compare(struct mips32_vcpu *v, u32 val)
{
	if (v->quick)
		return MIPS32_LATER;
	mips32_compare_set(v, val);
	return 1;
}

static int write_entryhi(struct mips32_vcpu *v, u32 val)
{
	C0(v, ENTRYHI) = val;
	mips32_shadow_switch(v);
	return 1;
}

/* The comm page's IE has come to it when C asks; see cp0_quick_read(). */
static u32 read_status(struct mips32_vcpu *v)
{
	return C0(v, STATUS);
}

/* The FPU's bits that the guest has: without FIR.F64 there is no FR (PRA 9.31). */
static u32 status_of_fpu(struct mips32_vcpu *v)
{
	if (!v->fpu_enabled)
		return 0;
	return boot_cpu_data.fpu_id & MIPS_FPIR_F64 ? ST0_CU1 | ST0_FR : ST0_CU1;
}

/* They decide about registers that are in the FPU now. */
static int write_status(struct mips32_vcpu *v, u32 val)
{
	u32 changed;

	val &= ~(ST0_CU1 | ST0_FR) | status_of_fpu(v);
	changed = C0(v, STATUS) ^ val;
	if (changed & (ST0_CU1 | ST0_FR))
		mips32_fpu_put(v);
	WRITE_ONCE(C0(v, STATUS), val);
	if (changed & ST0_BEV)
		mips32_vectors_changed(v);
	return 1;
}

static int write_ebase(struct mips32_vcpu *v, u32 val)
{
	C0(v, EBASE) = val;
	mips32_vectors_changed(v);
	return 1;
}

static u32 read_cause(struct mips32_vcpu *v)
{
	return mips32_cause(v);
}

#define CAUSE_DC	BIT(27)
#define CAUSE_SOFT	(CAUSEF_IV | CAUSEF_IP1 | CAUSEF_IP0 | CAUSE_DC)

static int write_cause(struct mips32_vcpu *v, u32 val)
{
	bool stop = val & CAUSE_DC;

	if (!!(C0(v, CAUSE) & CAUSE_DC) != stop) {
		if (v->quick)
			return MIPS32_LATER;
		mips32_timer_cause_dc(v, stop);
	}
	C0(v, CAUSE) = val;
	return 1;
}

/* ONE_REG has the lines, too. */
static int set_cause(struct mips32_vcpu *v, u32 val)
{
	unsigned int ip;

	for (ip = 2; ip < 8; ip++)
		mips32_irq_line(v, ip, val & CAUSEF_IP0 << ip);
	write_cause(v, val & ~(CAUSEF_TI | (CAUSEF_IP & ~(CAUSEF_IP0 | CAUSEF_IP1))));
	return 0;
}

static u32 initial_ebase(struct mips32_vcpu *v)
{
	return MIPS32_KSEG0 | v->vcpu.id;
}

/* The caches' geometry is the host's; an FPU comes with KVM_CAP_MIPS_FPU. */
static u32 initial_config1(struct mips32_vcpu *v)
{
	const u32 caches = MIPS_CONF1_IS | MIPS_CONF1_IL | MIPS_CONF1_IA |
			   MIPS_CONF1_DS | MIPS_CONF1_DL | MIPS_CONF1_DA;

	return MIPS_CONF_M | (MIPS32_TLB_SIZE - 1) << 25 |
	       (read_c0_config1() & caches) | (v->fpu_enabled ? MIPS_CONF1_FP : 0);
}

static int set_config1(struct mips32_vcpu *v, u32 val)
{
	if (!v->fpu_enabled)
		val &= ~MIPS_CONF1_FP;
	C0(v, CONFIG1) = val;
	return 0;
}

/*
 * What the guest may have stored itself (comm.h), without the bits that there are
 * not.
 */
static u32 read_entrylo0(struct mips32_vcpu *v)
{
	return C0(v, ENTRYLO0) & ENTRYLO_BITS;
}

static u32 read_entrylo1(struct mips32_vcpu *v)
{
	return C0(v, ENTRYLO1) & ENTRYLO_BITS;
}

static u32 read_pagemask(struct mips32_vcpu *v)
{
	return C0(v, PAGEMASK) & PAGEMASK_BITS;
}

/* ---- rows -------------------------------------------------------------------------------- */

#define ID_(size, rd, sel)	(KVM_REG_MIPS_CP0 | (size) | (8 * (rd) + (sel)))
#define ID32(...)		ID_(KVM_REG_SIZE_U32, __VA_ARGS__)
#define ID64(...)		ID_(KVM_REG_SIZE_U64, __VA_ARGS__)

#define AT_(r, s)	.rd = (r), .sel = (s)
#define AT(...)		AT_(__VA_ARGS__)

/* A register that ONE_REG knows, of 32 bits or as wide as an address. */
#define ROW32(sym, bits, ...) \
	{ .name = #sym, AT(C0_ ## sym), .one_reg = ID32(C0_ ## sym), \
	  .writable = (bits), ## __VA_ARGS__ }
#define ROW64(sym, bits, ...) \
	{ .name = #sym, AT(C0_ ## sym), .one_reg = ID64(C0_ ## sym), \
	  .writable = (bits), ## __VA_ARGS__ }
/* One that it does not. */
#define ROW(sym, bits, ...) \
	{ .name = #sym, AT(C0_ ## sym), .writable = (bits), ## __VA_ARGS__ }

#define ALL		0xffffffffu
#define STATUS_BITS	(ST0_CU1 | ST0_CU0 | ST0_FR | ST0_BEV | ST0_IM | \
			 KSU_USER | ST0_ERL | ST0_EXL | ST0_IE)
#define HWRENA_BITS	0x2000000fu
#define PRID_24KF	0x00019300
#define CONFIG_RESET	(MIPS_CONF_M | MIPS_CONF_MT_TLB | 1 << 10 | 3)
#define CONFIG7_WII	BIT(31)
/* The timer's interrupt is 7; so is the performance counters', which are not. */
#define INTCTL_RESET	0xfc000000u

const struct cp0_row cp0_rows[] = {
	ROW32(INDEX,	0x3f, .settable = BIT(31)),
	ROW(RANDOM,	0, .read = read_random),
	ROW64(ENTRYLO0,	ENTRYLO_BITS, .read = read_entrylo0),
	ROW64(ENTRYLO1,	ENTRYLO_BITS, .read = read_entrylo1),
	ROW64(CONTEXT,	0xff800000u, .settable = 0x007ffff0),
	ROW64(USERLOCAL, ALL),
	ROW32(PAGEMASK,	PAGEMASK_BITS, .read = read_pagemask),
	ROW32(PAGEGRAIN, 0),
	ROW32(WIRED,	0x3f, .write = write_wired),
	ROW32(HWRENA,	HWRENA_BITS, .write = write_hwrena),
	ROW64(BADVADDR,	0, .settable = ALL),
	ROW32(COUNT,	ALL, .read = read_count, .write = write_count,
	      .set = set_count),
	ROW64(ENTRYHI,	0xffffe0ff, .write = write_entryhi),
	ROW32(COMPARE,	ALL, .write = write_compare),
	ROW32(STATUS,	STATUS_BITS, .read = read_status, .write = write_status,
	      .reset = ST0_BEV | ST0_ERL),
	ROW32(INTCTL,	0, .reset = INTCTL_RESET),
	ROW(SRSCTL,	0),
	ROW32(CAUSE,	CAUSE_SOFT, .read = read_cause, .write = write_cause,
	      .settable = ALL, .set = set_cause),
	ROW64(EPC,	ALL),
	ROW32(PRID,	0, .reset = PRID_24KF, .settable = 0),
	ROW64(EBASE,	0x1ffff000, .initial = initial_ebase, .write = write_ebase),
	ROW64(CMGCRBASE, 0, .settable = 0xfffff800),
	ROW32(CONFIG,	CONF_CM_CMASK, .reset = CONFIG_RESET),
	ROW32(CONFIG1,	0, .initial = initial_config1, .settable = MIPS_CONF1_FP,
	      .set = set_config1),
	ROW32(CONFIG2,	0, .reset = MIPS_CONF_M),
	ROW32(CONFIG3,	0, .reset = MIPS_CONF3_ULRI,
	      .settable = MIPS_CONF3_CMGCR),
	ROW32(CONFIG4,	0),
	ROW32(CONFIG5,	0),
	ROW32(CONFIG7,	0, .reset = CONFIG7_WII),
	ROW(ERRCTL,	0),	/* no parity */
	ROW64(ERROREPC,	ALL),
};

const unsigned int cp0_nr_rows = ARRAY_SIZE(cp0_rows);
