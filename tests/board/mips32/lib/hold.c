// SPDX-License-Identifier: GPL-2.0
/*
 * See ../../one/hold.h: registers of the FPU, s0 to s5, hi and lo.
 */
#include "hold.h"
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#define SPIN 100000
#define KEPT (32 + 6) /* words that a call keeps */

/* $22 and $23 are left to the compiler. */
#define EACH_FPR(insn, base)                                                       \
	".irp n, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30\n" insn \
	" $f\\n, 4 * \\n(" base ")\n.endr\n"
#define EACH_SAVED(insn, base) \
	".irp n, 16, 17, 18, 19, 20, 21\n" insn " $\\n, 4 * \\n + 64(" base ")\n.endr\n"

#define CLOBBERED                                                                                  \
	"memory", "$8", "$16", "$17", "$18", "$19", "$20", "$21", "hi", "lo", "$f0", "$f2", "$f4", \
		"$f6", "$f8", "$f10", "$f12", "$f14", "$f16", "$f18", "$f20", "$f22", "$f24",      \
		"$f26", "$f28", "$f30"

unsigned int hold_spin(const uint32_t *in, uint32_t *out)
{
	asm volatile(
		".set push\n.set noreorder\n" EACH_FPR("ldc1", "%0") EACH_SAVED(
			"lw",
			"%0") "lw $8, 152(%0)\nmthi $8\nlw $8, 156(%0)\nmtlo $8\nli $8, %2\n"
			      "1: bnez $8, 1b\n addiu $8, -1\n" EACH_FPR("sdc1", "%1") EACH_SAVED(
				      "sw",
				      "%1") "mfhi $8\nsw $8, 152(%1)\nmflo $8\nsw $8, 156(%1)\n"
					    ".set pop"
		:
		: "r"(in), "r"(out), "i"(SPIN)
		: CLOBBERED);
	return KEPT + 2;
}

unsigned int hold_run(int fd, int *ret, const uint32_t *in, uint32_t *out)
{
	register long nr asm("$2") = SYS_ioctl;
	register long a0 asm("$4") = fd;
	register long a1 asm("$5") = KVM_RUN;
	register long a2 asm("$6") = 0;
	register long error asm("$7");

	asm volatile(EACH_FPR("ldc1", "%4")
			     EACH_SAVED("lw", "%4") "syscall\n" EACH_FPR("sdc1", "%5")
				     EACH_SAVED("sw", "%5")
		     : "+r"(nr), "=&r"(error), "+r"(a1), "+r"(a2)
		     : "r"(in), "r"(out), "r"(a0)
		     : CLOBBERED, "$1", "$3", "$9", "$10", "$11", "$12", "$13", "$14", "$15", "$24",
		       "$25");
	*ret = error ? -nr : nr;
	return KEPT;
}
