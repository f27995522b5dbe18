/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Scatter-gather lists: copying in and out of them, cutting pieces off.  The
 * memory behind them is the guest's as a rule and may change at any time.
 */
#ifndef EMBER_IOV_H
#define EMBER_IOV_H

#include <stddef.h>
#include <sys/uio.h>

struct iov {
	struct iovec *v;
	unsigned int n;
};

size_t iov_len(const struct iovec *v, unsigned int n);

/* Copy up to @len bytes from / to the start of the list; returns how many. */
size_t iov_copy_out(void *dst, size_t len, const struct iovec *v, unsigned int n);
size_t iov_copy_in(const struct iovec *v, unsigned int n, const void *src, size_t len);

/* Cut @len bytes off the front / the back, or all where there are fewer; returns how many. */
size_t iov_trim_front(struct iov *iov, size_t len);
size_t iov_trim_back(struct iov *iov, size_t len);

#endif
