// SPDX-License-Identifier: GPL-2.0
/* Scatter-gather lists: the contracts are in iov.h. */
#include <stdint.h>
#include <string.h>

#include "iov.h"

static size_t min_size(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t iov_len(const struct iovec *v, unsigned int n)
{
	size_t len = 0;

	while (n--)
		len += (v++)->iov_len;
	return len;
}

size_t iov_copy_out(void *dst, size_t len, const struct iovec *v, unsigned int n)
{
	size_t done = 0, part;

	for (; n && done < len; n--, v++) {
		part = min_size(len - done, v->iov_len);
		memcpy((uint8_t *)dst + done, v->iov_base, part);
		done += part;
	}
	return done;
}

size_t iov_copy_in(const struct iovec *v, unsigned int n, const void *src, size_t len)
{
	size_t done = 0, part;

	for (; n && done < len; n--, v++) {
		part = min_size(len - done, v->iov_len);
		memcpy(v->iov_base, (const uint8_t *)src + done, part);
		done += part;
	}
	return done;
}

size_t iov_trim_front(struct iov *iov, size_t len)
{
	size_t done = 0, part;

	while (iov->n && done < len) {
		part = min_size(len - done, iov->v->iov_len);
		iov->v->iov_base = (uint8_t *)iov->v->iov_base + part;
		iov->v->iov_len -= part;
		done += part;
		if (!iov->v->iov_len) {
			iov->v++;
			iov->n--;
		}
	}
	return done;
}

size_t iov_trim_back(struct iov *iov, size_t len)
{
	size_t done = 0, part;
	struct iovec *last;

	while (iov->n && done < len) {
		last = &iov->v[iov->n - 1];
		part = min_size(len - done, last->iov_len);
		last->iov_len -= part;
		done += part;
		if (!last->iov_len)
			iov->n--;
	}
	return done;
}
