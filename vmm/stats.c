// SPDX-License-Identifier: GPL-2.0
/* KVM's statistics; see stats.h. */
#include <errno.h>
#include <linux/kvm.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "stats.h"

/* More than any KVM has: what is larger was not written by one. */
#define NAME_MAX_SIZE 256u
#define DESCS_MAX 4096u

static int read_at(int file, void *to, size_t size, uint64_t at)
{
	ssize_t n = pread(file, to, size, at);

	if (n < 0)
		return -errno;
	return (size_t)n == size ? 0 : -EBADMSG;
}

static int read_value(int file, const struct kvm_stats_header *head,
		      const struct kvm_stats_desc *desc, const struct stats_sink *sink)
{
	uint64_t value;
	int r;

	if (desc->size != 1)
		return 0;
	if (!memchr(desc->name, 0, head->name_size))
		return -EBADMSG;
	r = read_at(file, &value, sizeof(value), (uint64_t)head->data_offset + desc->offset);
	if (!r)
		sink->value(sink->opaque, desc->name, value);
	return r;
}

int stats_read_file(int file, const struct stats_sink *sink)
{
	struct kvm_stats_header head;
	struct kvm_stats_desc *desc;
	size_t size;
	uint32_t i;
	int r = read_at(file, &head, sizeof(head), 0);

	if (r)
		return r;
	if (!head.name_size || head.name_size > NAME_MAX_SIZE || head.num_desc > DESCS_MAX)
		return -EBADMSG;
	size = sizeof(*desc) + head.name_size;
	desc = malloc(size);
	if (!desc)
		return -ENOMEM;
	for (i = 0; i < head.num_desc && !r; i++) {
		r = read_at(file, desc, size, head.desc_offset + (uint64_t)i * size);
		if (!r)
			r = read_value(file, &head, desc, sink);
	}
	free(desc);
	return r;
}

int stats_read(int fd, const struct stats_sink *sink)
{
	int file = ioctl(fd, KVM_GET_STATS_FD, NULL), r;

	if (file < 0)
		return -errno;
	r = stats_read_file(file, sink);
	close(file);
	return r;
}
