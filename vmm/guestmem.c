// SPDX-License-Identifier: GPL-2.0
/*
 * Guest memory: ordinary anonymous memory of this process, faulted in as the
 * guest touches it.  See guestmem.h for the contract.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guestmem.h"

static bool overlaps(const struct guestmem_region *r, uint64_t gpa, uint64_t size)
{
	return gpa < r->gpa + r->size && r->gpa < gpa + size;
}

static int check_new(const struct guestmem *mem, uint64_t gpa, uint64_t size)
{
	uint64_t mask = (uint64_t)sysconf(_SC_PAGESIZE) - 1;
	unsigned int i;

	if (!size || (gpa & mask) || (size & mask) || gpa + size < gpa)
		return -EINVAL;
	for (i = 0; i < mem->nr; i++)
		if (overlaps(&mem->region[i], gpa, size))
			return -EINVAL;
	if (mem->nr == GUESTMEM_MAX_REGIONS)
		return -ENOSPC;
	return size > SIZE_MAX / 2 + SIZE_MAX / 4 ? -ENOMEM : 0;
}

/*
 * Aligned to 2 MiB, as RAM's guest address is: stage 2 can then map huge pages
 * of the host with one entry each.
 */
static uint8_t *map_aligned(size_t size)
{
	const size_t align = 2u << 20;
	uint8_t *raw, *hva;
	size_t head;

	raw = mmap(NULL, size + align, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (raw == MAP_FAILED)
		return NULL;
	head = -(uintptr_t)raw & (align - 1);
	hva = raw + head;
	if (head)
		munmap(raw, head);
	if (align - head)
		munmap(hva + size, align - head);
	return hva;
}

int guestmem_add(struct guestmem *mem, uint64_t gpa, uint64_t size)
{
	int r = check_new(mem, gpa, size);
	uint8_t *hva;

	if (r)
		return r;
	hva = map_aligned(size);
	if (!hva)
		return -ENOMEM;
	/* Advice only: a host without huge pages or KSM says EINVAL. */
	madvise(hva, size, MADV_HUGEPAGE);
	madvise(hva, size, MADV_MERGEABLE);
	madvise(hva, size, MADV_DONTDUMP);
	mem->region[mem->nr++] = (struct guestmem_region){ gpa, size, hva };
	return 0;
}

void guestmem_destroy(struct guestmem *mem)
{
	while (mem->nr) {
		struct guestmem_region *r = &mem->region[--mem->nr];

		munmap(r->hva, r->size);
	}
}

void *guestmem_at(const struct guestmem *mem, uint64_t gpa, uint64_t len)
{
	unsigned int i;

	for (i = 0; i < mem->nr; i++) {
		const struct guestmem_region *r = &mem->region[i];
		uint64_t off = gpa - r->gpa;

		if (gpa >= r->gpa && off < r->size && len <= r->size - off)
			return r->hva + off;
	}
	return NULL;
}

int guestmem_read(const struct guestmem *mem, uint64_t gpa, void *dst, size_t len)
{
	const void *src = guestmem_at(mem, gpa, len);

	if (!src)
		return -EFAULT;
	memcpy(dst, src, len);
	return 0;
}

int guestmem_write(const struct guestmem *mem, uint64_t gpa, const void *src, size_t len)
{
	void *dst = guestmem_at(mem, gpa, len);

	if (!dst)
		return -EFAULT;
	memcpy(dst, src, len);
	return 0;
}
