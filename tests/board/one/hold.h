/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A thread's registers as words, for witness.c: what each architecture has in its hold.c.
 * Buffers have HOLD_MAX words and are aligned as the FPU wants them.
 */
#ifndef ONE_HOLD_H
#define ONE_HOLD_H

#include <stdint.h>

#define HOLD_MAX 128

/* Load @in, do nothing for a while, store to @out; the value is how many words. */
unsigned int hold_spin(const uint32_t *in, uint32_t *out);
/* The same over KVM_RUN of @fd, which returns *@ret or -errno. */
unsigned int hold_run(int fd, int *ret, const uint32_t *in, uint32_t *out);

#endif
