// SPDX-License-Identifier: GPL-2.0
/*
 * Since 6.11 the kernel's name for kvm_run.immediate_exit says that user space may
 * change it at any time.
 */
#include <linux/kvm.h>

unsigned char probe(struct kvm_run *run);

unsigned char probe(struct kvm_run *run)
{
	return run->immediate_exit__unsafe;
}
