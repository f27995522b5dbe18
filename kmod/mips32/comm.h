/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The comm page: a page of each vcpu that its guest kernel reaches as offset($0),
 * so that a translated instruction needs no register to address it.  Shared by
 * the translator (pure C), the backend and the code of the vector page (.S).
 *
 * It appears twice, and only while the guest is in kernel mode (its user mode has
 * an ASID of its own, with its own pages there):
 *
 *	MIPS32_COMM		writable
 *	MIPS32_COMM_ALIAS	writable but when an interrupt waits for VIE; then
 *				the store that a translated `ei` is raises Mod
 *
 * Its words are of two kinds.  Where translated code also writes, the word IS the
 * guest's register, for everybody; the guest's stores are not masked, so whoever
 * uses such a word masks it (EntryLo, PageMask).  The others are copies for
 * translated code and the vector page to read: the backend keeps the register, where no
 * store of the guest reaches it, and writes the copy whenever the register changes and
 * when it delivers an exception.  In Status, IE is VIE's: see mips32_comm_status().
 *
 * The addresses are below 32 KiB, since offsets have 16 bits and the top 32 KiB
 * (negative offsets) are kseg3.  So they lie among the guest's user addresses, where
 * Linux maps nothing unless root asks for it (vm.mmap_min_addr is 64 KiB).  What
 * follows from that:
 *
 * - A TLB entry of the guest for these pages is entered for its user mode only.
 *   From then on nothing is mapped there for its kernel, and comm.c serves each
 *   access, from the comm page or from the guest's memory, by the instruction.
 * - Before that, a guest kernel that reaches for user memory there (copy_to_user)
 *   finds the comm page instead of nothing, which were -EFAULT.
 * - So a process can make its kernel read and write these words, by a system call
 *   with a pointer to them.  A system call runs with EXL clear, when most words
 *   have no meaning: those of exceptions are written anew before any
 *   handler reads them, those of the TLB are written by whoever is about to use
 *   them.  VIE it can set to what it is, or clear: that stops interrupts until
 *   the kernel enables them next, at the latest on its way back to user mode.
 *   Cause without its interrupts lets the vector page overlook one until C is next
 *   asked for something; UserLocal is the thread pointer of the process itself.
 *   It learns the last EPC and BadVAddr.  Nothing of this leaves the guest.
 */
#ifndef EMBER_MIPS32_COMM_H
#define EMBER_MIPS32_COMM_H

/*
 * Both have the colour of the page in the block of context.h, for data caches that
 * are indexed by virtual address with ways of up to 16 KiB (74K).
 */
#define MIPS32_COMM		0x7000
#define MIPS32_COMM_ALIAS	0x3000
#define MIPS32_COMM_COLOURS	0x3fff

/* Offsets of the words: the registers themselves... */
#define MIPS32_COMM_VIE		0x00	/* not 0: Status.IE is set */
#define MIPS32_COMM_ENTRYLO0	0x04
#define MIPS32_COMM_ENTRYLO1	0x08
#define MIPS32_COMM_PAGEMASK	0x0c
#define MIPS32_COMM_USERLOCAL	0x10
#define MIPS32_COMM_EPC		0x14
#define MIPS32_COMM_ERROREPC	0x18
/* ... and the copies. */
#define MIPS32_COMM_INDEX	0x20
#define MIPS32_COMM_CONTEXT	0x24
#define MIPS32_COMM_BADVADDR	0x28
#define MIPS32_COMM_ENTRYHI	0x2c
#define MIPS32_COMM_CAUSE	0x30

/*
 * Nothing is there for anybody: what translation makes of an instruction that no plain
 * one can replace, loads or stores here by `off($0)`, and the address error tells the
 * vector page by the address alone what it was.  + rt: loads are mfc0 rt, Status, stores
 * mtc0.
 */
#define MIPS32_TRAP_LOADS \
	(-0x8000 + (MIPS32_BLOCK_LOADS >> MIPS32_TRAP_LOAD_SHIFT))
#define MIPS32_TRAP_STORES \
	(-0x8000 + (MIPS32_BLOCK_STORES >> MIPS32_TRAP_STORE_SHIFT))
#define MIPS32_TRAP_ERET	32	/* a store */
/* Where in the block what answers them is (enter.S), one way of 1 << SHIFT bytes each. */
#define MIPS32_BLOCK_LOADS	0x1000
#define MIPS32_BLOCK_STORES	0x1800
#define MIPS32_TRAP_LOAD_SHIFT	6
#define MIPS32_TRAP_STORE_SHIFT	3

#ifndef __ASSEMBLY__
#include "../lib/pure.h"

struct mips32_comm {
	u32 vie;
	u32 entrylo0;
	u32 entrylo1;
	u32 pagemask;
	u32 userlocal;
	u32 epc;
	u32 errorepc;
	u32 reserved;
	u32 index;
	u32 context;
	u32 badvaddr;
	u32 entryhi;
	u32 cause;
};

/* Status as the guest would read it; @rest is it without IE. */
static inline u32 mips32_comm_status(const struct mips32_comm *comm, u32 rest)
{
	return (rest & ~1u) | !!comm->vie;
}
#endif

#endif
