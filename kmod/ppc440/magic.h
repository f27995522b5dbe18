/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The magic page: a page of each vcpu at the end of the address space, which one
 * instruction reaches from everywhere: `lwz rt, -4096+offset(0)`.  Only the guest's
 * kernel has it, not its user mode.  Shared by the translator (pure C), the backend and
 * its assembly.
 *
 * It begins with Linux's struct kvm_vcpu_arch_shared (asm/kvm_para.h), so that a
 * guest that asks for KVM's magic page gets this one.  Offsets here are those of words: of
 * a 64-bit member, of its low half.  From PPC440_MAGIC_OWN on are words of our own.
 *
 * Words are of two kinds.  Where translated code also writes, the word IS the
 * guest's register, for everybody.  The others are copies for translated code to read:
 * the backend keeps the register where no store of the guest reaches it, and writes
 * the copy when the register changes.  MSR is both: MSR[EE] is the word's, the other
 * bits are copies.  The guest's kernel may store anything anywhere in the page, so
 * whoever uses a word takes it as the guest's.
 */
#ifndef EMBER_PPC440_MAGIC_H
#define EMBER_PPC440_MAGIC_H

#define PPC440_MAGIC		0xfffff000
/* Where no page is. */
#define PPC440_NO_EA		1

/* In struct kvm_vcpu_arch_shared.  The guest's own, which is between two instructions: */
#define PPC440_MAGIC_SCRATCH	0x000	/* eight words: three scratch registers, ... */
#define PPC440_MAGIC_CRITICAL	0x01c	/* no interrupts while it is r1 */
/* ... the registers themselves... */
#define PPC440_MAGIC_SPRG0	0x024
#define PPC440_MAGIC_SPRG1	0x02c
#define PPC440_MAGIC_SPRG2	0x034
#define PPC440_MAGIC_SPRG3	0x03c
#define PPC440_MAGIC_SRR0	0x044
#define PPC440_MAGIC_SRR1	0x04c
#define PPC440_MAGIC_DEAR	0x054
#define PPC440_MAGIC_MSR	0x05c
#define PPC440_MAGIC_ESR	0x0c8
/* ... SPRG4 to 7, at every other word, once the guest has asked for the page (spr.c)... */
#define PPC440_MAGIC_SPRG4	0x0d4
/* ... and what is the backend's to write: */
#define PPC440_MAGIC_PIR	0x0cc
/*
 * MSR[EE] if an interrupt waits for that bit, else 0 (the structure's int_pending,
 * which only has to be 0 or not).
 */
#define PPC440_MAGIC_PENDING	0x064

/* Our own.  The registers themselves... */
#define PPC440_MAGIC_OWN	0x100
#define PPC440_MAGIC_CSRR0	0x100
#define PPC440_MAGIC_CSRR1	0x104
#define PPC440_MAGIC_MCSRR0	0x108
#define PPC440_MAGIC_MCSRR1	0x10c
#define PPC440_MAGIC_MMUCR	0x110
/* ... copies ... */
#define PPC440_MAGIC_PID	0x120
#define PPC440_MAGIC_PVR	0x124
/* ... and where a stub keeps the register that it uses (translate.h). */
#define PPC440_MAGIC_SAVED	0x130

#endif
