// SPDX-License-Identifier: GPL-2.0
/*
 * See ../../one/hold.h: registers of the FPU, r16 to r29; CR, LR and XER, but not over a call.
 */
#include "hold.h"
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#define SPIN 100000
#define KEPT (64 + 14) /* words that a call keeps */
#define XER_BITS 0xe000007f

#define EACH_FPR(insn, base)                                                                     \
	".irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, " \
	"22, 23, 24, 25, 26, 27, 28, 29, 30, 31\n" insn " \\n, 8 * \\n(" base ")\n.endr\n"
#define EACH_SAVED(insn, base)                                                  \
	".irp n, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29\n" insn \
	" \\n, 4 * \\n + 192(" base ")\n.endr\n"

#define CLOBBERED                                                                               \
	"memory", "r16", "r17", "r18", "r19", "r20", "r21", "r22", "r23", "r24", "r25", "r26",  \
		"r27", "r28", "r29", "fr0", "fr1", "fr2", "fr3", "fr4", "fr5", "fr6", "fr7",    \
		"fr8", "fr9", "fr10", "fr11", "fr12", "fr13", "fr14", "fr15", "fr16", "fr17",   \
		"fr18", "fr19", "fr20", "fr21", "fr22", "fr23", "fr24", "fr25", "fr26", "fr27", \
		"fr28", "fr29", "fr30", "fr31"

unsigned int hold_spin(const uint32_t *in, uint32_t *out)
{
	asm volatile(
		EACH_FPR("lfd", "%0") EACH_SAVED(
			"lwz",
			"%0") "lwz 0, 312(%0)\n mtcr 0\n lwz 0, 316(%0)\n mtlr 0\n"
			      "lwz 0, 320(%0)\n mtxer 0\n mtctr %2\n 1: bdnz 1b\n" EACH_FPR("stfd",
											    "%1")
				      EACH_SAVED(
					      "stw",
					      "%1") "mfcr 0\n stw 0, 312(%1)\n mflr 0\n stw 0, 316(%1)\n"
						    "mfxer 0\n stw 0, 320(%1)\n"
		:
		: "b"(in), "b"(out), "r"(SPIN)
		: CLOBBERED, "r0", "ctr", "lr", "cr0", "cr1", "cr2", "cr3", "cr4", "cr5", "cr6",
		  "cr7", "xer");
	/* the other bits of XER are not there */
	out[KEPT + 2] = (out[KEPT + 2] & XER_BITS) | (in[KEPT + 2] & ~XER_BITS);
	return KEPT + 3;
}

unsigned int hold_run(int fd, int *ret, const uint32_t *in, uint32_t *out)
{
	register long nr asm("r0") = SYS_ioctl;
	register long a0 asm("r3") = fd;
	register long a1 asm("r4") = KVM_RUN;
	register long a2 asm("r5") = 0;
	register long cr asm("r6");

	asm volatile(EACH_FPR("lfd", "%5")
			     EACH_SAVED("lwz", "%5") "sc\n mfcr %4\n" EACH_FPR("stfd", "%6")
				     EACH_SAVED("stw", "%6")
		     : "+r"(nr), "+r"(a0), "+r"(a1), "+r"(a2), "=&r"(cr)
		     : "b"(in), "b"(out)
		     : CLOBBERED, "r7", "r8", "r9", "r10", "r11", "r12", "ctr", "lr", "cr0", "cr1",
		       "cr5", "cr6", "cr7", "xer");
	*ret = cr & 0x10000000 ? -a0 : a0; /* CR0[SO] */
	return KEPT;
}
