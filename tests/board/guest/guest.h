/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the guests have instead of a C library: talking to the test, exceptions,
 * system registers, the GIC's registers, PSCI calls.
 */
#ifndef BOARD_GUEST_H
#define BOARD_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../lib/layout.h"

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

static inline u32 read32(u32 addr)
{
	u32 v;

	asm volatile("ldr %0, [%1]" : "=r"(v) : "r"(addr) : "memory");
	return v;
}

static inline void write32(u32 addr, u32 v)
{
	asm volatile("str %0, [%1]" ::"r"(v), "r"(addr) : "memory");
}

/* By just that instruction: a compiler may load and extend by two. */
#define LOAD_U8 "ldrb"
#define LOAD_U16 "ldrh"
#define LOAD_S8 "ldrsb"
#define LOAD_S16 "ldrsh"
#define LOAD_U32 "ldr"
#define load(insn, addr)                                                          \
	({                                                                        \
		u32 v_;                                                           \
		asm volatile(insn " %0, [%1]" : "=r"(v_) : "r"(addr) : "memory"); \
		v_;                                                               \
	})

static inline u8 read8(u32 addr)
{
	u32 v;

	asm volatile("ldrb %0, [%1]" : "=r"(v) : "r"(addr) : "memory");
	return v;
}

static inline void write8(u32 addr, u32 v)
{
	asm volatile("strb %0, [%1]" ::"r"(v), "r"(addr) : "memory");
}

/* ---- to the test ------------------------------------------------------- */

static inline void report(u32 value)
{
	write32(TEST_IO + TEST_REPORT, value);
}

/* Both end the test. */
void guest_fail(const char *what, u32 got, u32 want) __attribute__((noreturn));

#define STRING_(x) #x
#define STRING(x) STRING_(x)
#define check_eq(got, want)                                                               \
	do {                                                                              \
		u32 got_ = (got), want_ = (want);                                         \
		if (got_ != want_)                                                        \
			guest_fail(__FILE__ ":" STRING(__LINE__) ": " #got, got_, want_); \
	} while (0)
#define check(cond)                                                                 \
	do {                                                                        \
		if (!(cond))                                                        \
			guest_fail(__FILE__ ":" STRING(__LINE__) ": " #cond, 0, 1); \
	} while (0)

/* ---- exceptions ---------------------------------------------------------- */

/*
 * Called for exceptions of one kind; e->pc is where to go on, already the
 * instruction after an undefined one or an SVC, the faulting one for aborts.
 */
typedef void (*exc_handler)(struct guest_exception *e);
extern exc_handler exc_handlers[EXC_NR];

/* A handler that counts in exc_count and steps over the instruction. */
void exc_skip(struct guest_exception *e);
extern volatile u32 exc_count;

static inline void irq_enable(void)
{
	asm volatile("cpsie i" ::: "memory");
}

static inline void irq_disable(void)
{
	asm volatile("cpsid i" ::: "memory");
}

static inline void wfi(void)
{
	asm volatile("dsb\n\twfi" ::: "memory");
}

static inline void isb(void)
{
	asm volatile("isb" ::: "memory");
}

static inline void dsb(void)
{
	asm volatile("dsb" ::: "memory");
}

static inline void dmb(void)
{
	asm volatile("dmb" ::: "memory");
}

/* ---- system registers ------------------------------------------------------ */

#define cp15_read(op1, crn, crm, op2)                                           \
	({                                                                      \
		u32 v_;                                                         \
		asm volatile("mrc p15, " #op1 ", %0, " #crn ", " #crm ", " #op2 \
			     : "=r"(v_)::"memory");                             \
		v_;                                                             \
	})
#define cp15_write(v, op1, crn, crm, op2) \
	asm volatile("mcr p15, " #op1 ", %0, " #crn ", " #crm ", " #op2 ::"r"(v) : "memory")
#define cp15_read64(op1, crm)                                                             \
	({                                                                                \
		u64 v_;                                                                   \
		asm volatile("mrrc p15, " #op1 ", %Q0, %R0, " #crm : "=r"(v_)::"memory"); \
		v_;                                                                       \
	})
#define cp15_write64(v, op1, crm) \
	asm volatile("mcrr p15, " #op1 ", %Q0, %R0, " #crm ::"r"((u64)(v)) : "memory")

/* Our vcpu's number.  Numbers above 3 may be clusters of four, as in mainline. */
static inline u32 cpu_id(void)
{
	u32 mpidr = cp15_read(0, c0, c0, 5);

	return (mpidr & 7) | (mpidr >> 8 & 1) << 2;
}

/* The identity map with 1 MiB sections: RAM cacheable, the rest device. */
void mmu_on(void);
/*
 * The same for vcpus that start at the same time: vcpu 0 makes the map and calls @more, if
 * any, to change it; the others wait for that.
 */
void mmu_on_all(void (*more)(void));
/* Its table, shared by the vcpus: one entry a MiB. */
extern u32 page_table[4096];
void tlb_flush_all(void);

/* ---- PSCI -------------------------------------------------------------------- */

#define PSCI_VERSION 0x84000000
#define PSCI_CPU_SUSPEND 0x84000001
#define PSCI_CPU_OFF 0x84000002
#define PSCI_CPU_ON 0x84000003
#define PSCI_AFFINITY_INFO 0x84000004
#define PSCI_MIGRATE_INFO_TYPE 0x84000006
#define PSCI_SYSTEM_OFF 0x84000008
#define PSCI_SYSTEM_RESET 0x84000009
#define PSCI_FEATURES 0x8400000a
#define SMCCC_VERSION 0x80000000

#define PSCI_SUCCESS 0
#define PSCI_NOT_SUPPORTED ((u32)-1)
#define PSCI_INVALID_PARAMETERS ((u32)-2)
#define PSCI_ALREADY_ON ((u32)-4)

u32 hvc(u32 fn, u32 a1, u32 a2, u32 a3);
/* The affinity that PSCI calls name vcpu @cpu by. */
u32 cpu_mpidr(u32 cpu);
/* Start vcpu @cpu in @fn, which must not need arguments; PSCI's answer. */
u32 cpu_on(u32 cpu, void (*fn)(void));

/* ---- the GIC --------------------------------------------------------------------- */

#define GICD_CTLR 0x000
#define GICD_TYPER 0x004
#define GICD_IIDR 0x008
#define GICD_ISENABLER 0x100
#define GICD_ICENABLER 0x180
#define GICD_ISPENDR 0x200
#define GICD_ICPENDR 0x280
#define GICD_ISACTIVER 0x300
#define GICD_ICACTIVER 0x380
#define GICD_IPRIORITYR 0x400
#define GICD_ITARGETSR 0x800
#define GICD_ICFGR 0xc00
#define GICD_SGIR 0xf00
#define GICD_CPENDSGIR 0xf10
#define GICD_SPENDSGIR 0xf20
#define GICC_CTLR 0x00
#define GICC_PMR 0x04
#define GICC_BPR 0x08
#define GICC_IAR 0x0c
#define GICC_EOIR 0x10
#define GICC_RPR 0x14
#define GICC_DIR 0x1000
#define SPURIOUS 1023

#define gicd_read(reg) read32(GICD_BASE + (reg))
#define gicd_write(reg, v) write32(GICD_BASE + (reg), (v))
#define gicc_read(reg) read32(GICC_BASE + (reg))
#define gicc_write(reg, v) write32(GICC_BASE + (reg), (v))
#define gic_eoi(iar) gicc_write(GICC_EOIR, (iar))

void gic_init(void); /* on each vcpu */
void gic_enable(u32 irq); /* also targets vcpu 0 and sets priority 0xa0 */
void gic_disable(u32 irq);
void gic_priority(u32 irq, u32 priority);
void gic_target(u32 irq, u32 mask);
void gic_edge(u32 irq, bool edge);
bool gic_pending(u32 irq);
bool gic_active(u32 irq);
void gic_sgi(u32 targets, u32 sgi);
/* Ask the test to move a line of ours: 0 low, 1 high, 2 a pulse. */
void gic_line(u32 irq, u32 level);
/* Nothing is offered, now and a while later; else the test fails. */
void gic_check_quiet(void);
/* Spin until the CPU interface offers an interrupt; it is acknowledged. */
u32 gic_wait_ack(void);

/* ---- shared-memory helpers ---------------------------------------------------------- */

static inline void wait_for(volatile u32 *p, u32 value)
{
	while (*p != value)
		;
	dmb();
}

void spin_lock(volatile u32 *lock);
void spin_unlock(volatile u32 *lock);
u32 atomic_add(volatile u32 *p, u32 n); /* the new value */

#endif
