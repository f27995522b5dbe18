/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of system registers: what cp15.c (traps), cp15_table.c (rows) and
 * cp15_regs.c (ONE_REG) share.
 */
#ifndef EMBER_ARMV7_CP15_H
#define EMBER_ARMV7_CP15_H

#include "armv7.h"

/* A trapped MCR, MRC, MCRR or MRRC. */
struct cp15_access {
	u64 id;			/* as in struct cp15_row */
	u64 value;		/* written by the guest, or to be read by it */
	bool write;
	u8 rt, rt2;
};

#define CP15_NO_REG	C15_NR

/*
 * One register.  A row with a slot in ctxt->c15 is reset and known to ONE_REG;
 * so is one with host(), which user space may "set" to the value it has.
 */
struct cp15_row {
	const char *name;
	u64 id;			/* ARM_CP15_REG32 or ARM_CP15_REG64 */
	u8 reg;			/* enum armv7_c15 or CP15_NO_REG */
	u32 reset;
	u32 (*initial)(struct armv7_vcpu *v);	/* instead of reset */
	u32 (*host)(void);	/* the same for guest and host */
	/*
	 * Serve a trap; false: undefined.  NULL where nothing traps, or where
	 * reading host() is all there is.
	 */
	bool (*access)(struct armv7_vcpu *v, struct cp15_access *a,
		       const struct cp15_row *row);
	u8 timer;		/* enum timer_reg, for cp15_phys_timer() */
	bool user;		/* may trap from user mode (PL0) */
};

extern const struct cp15_row cp15_rows[];
extern const unsigned int cp15_nr_rows;

/* NULL: no row has @id. */
const struct cp15_row *cp15_find(u64 id);

/* Handlers, cp15.c: rows name them. */
bool cp15_raz_wi(struct armv7_vcpu *v, struct cp15_access *a,
		 const struct cp15_row *row);
bool cp15_read_only(struct armv7_vcpu *v, struct cp15_access *a,
		    const struct cp15_row *row);
bool cp15_ignore_write(struct armv7_vcpu *v, struct cp15_access *a,
		       const struct cp15_row *row);
bool cp15_set_way(struct armv7_vcpu *v, struct cp15_access *a,
		  const struct cp15_row *row);
bool cp15_vm_reg(struct armv7_vcpu *v, struct cp15_access *a,
		 const struct cp15_row *row);
bool cp15_phys_timer(struct armv7_vcpu *v, struct cp15_access *a,
		     const struct cp15_row *row);

/*
 * SCTLR is user space's: a guest that was saved with its caches off may have
 * been about to turn them on, and HCR.TVM is not saved.
 */
void cp15_watch_caches(struct armv7_vcpu *v);

/* Write @id to place @n of a list that may be NULL or short; 0 or -EFAULT. */
int armv7_put_index(u64 __user *list, unsigned int max, unsigned int n, u64 id);

/* VFP and Advanced SIMD (vfp_regs.c); as armv7_cp15_list() and so on. */
int armv7_vfp_list(struct armv7_vcpu *v, u64 __user *list, unsigned int max);
int armv7_vfp_get(struct armv7_vcpu *v, u64 id, void __user *val);
int armv7_vfp_set(struct armv7_vcpu *v, u64 id, const void __user *val);

#endif
