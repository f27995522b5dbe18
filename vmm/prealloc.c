// SPDX-License-Identifier: GPL-2.0
/*
 * Memory in one piece, of a kernel that has only small pages: see prealloc.h.
 *
 * A host without huge pages (MIPS32, PowerPC 440) takes a process's pages from larger
 * blocks that it splits, in ascending order.  A TLB entry for many of them needs them
 * aligned in host memory as they are in the guest's.  So where a MiB would begin at the wrong
 * place, pages that nobody needs are taken until the next one is right.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "prealloc.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14 */
#endif

/* Bytes taken for nothing, at most, beside as many as the memory has. */
#define SPARE_MORE ((size_t)16 << 20)

struct pages {
	size_t size; /* of one */
	int pagemap; /* -1: frame numbers cannot be seen */
	uint8_t *spare; /* those that nobody needs */
	size_t nr_spare, max_spare;
};

/* An older kernel: a process that gets no memory is killed. */
static int touch(uint8_t *hva, size_t size, size_t page)
{
	size_t i;

	for (i = 0; i < size; i += page)
		*(volatile uint8_t *)(hva + i) = *(volatile uint8_t *)(hva + i);
	return 0;
}

static int populate(uint8_t *hva, size_t size, size_t page)
{
	if (madvise(hva, size, MADV_POPULATE_WRITE) == 0)
		return 0;
	return errno == EINVAL ? touch(hva, size, page) : -errno;
}

/* 0: nobody says. */
static uint64_t frame_of(const struct pages *p, const uint8_t *hva)
{
	const uint64_t present = UINT64_C(1) << 63, frame = (UINT64_C(1) << 55) - 1;
	uint64_t entry;

	if (p->pagemap < 0 ||
	    pread(p->pagemap, &entry, sizeof(entry),
		  (off_t)((uintptr_t)hva / p->size * sizeof(entry))) != sizeof(entry) ||
	    !(entry & present))
		return 0;
	return entry & frame;
}

/* @frame: is it the last page of a piece, as seen by the host? */
static bool ends_piece(const struct pages *p, uint64_t frame)
{
	return frame && (frame + 1) % (PREALLOC_PIECE / p->size) == 0;
}

/*
 * Until a whole piece came, one page behind the other: the host splits its smallest blocks
 * first, so all the smaller ones, which others left free in any order, are passed over.
 * What cannot be had in its place is taken as it comes.
 */
static void find_piece(struct pages *p)
{
	uint64_t frame, first = 0, last = 0;
	uint8_t *page;

	while (p->nr_spare < p->max_spare) {
		page = p->spare + p->nr_spare++ * p->size;
		if (populate(page, p->size, p->size))
			return;
		frame = frame_of(p, page);
		if (!frame) /* for root only */
			p->max_spare = 0;
		if (frame != last + 1)
			first = frame;
		last = frame;
		if (ends_piece(p, frame) && frame - first >= PREALLOC_PIECE / p->size - 1)
			return;
	}
}

static int fill(struct pages *p, uint8_t *hva, size_t size)
{
	size_t at, len;
	int r = 0;

	for (at = 0; at < size && !r; at += len) {
		len = size - at < PREALLOC_PIECE ? size - at : PREALLOC_PIECE;
		if (!at || !ends_piece(p, frame_of(p, hva + at - p->size)))
			find_piece(p);
		r = populate(hva + at, len, p->size);
	}
	return r;
}

/* Then the kernel sees to it by itself. */
static bool has_huge_pages(void)
{
	return access("/sys/kernel/mm/transparent_hugepage", F_OK) == 0;
}

/* Bytes: not what the host will need for @size, nor more than half of what is left. */
static size_t may_spare(size_t size)
{
	struct sysinfo si;
	uint64_t left;

	if (sysinfo(&si))
		return 0;
	left = (uint64_t)si.freeram * si.mem_unit;
	left = left > size ? (left - size) / 2 : 0;
	return left < size + SPARE_MORE ? (size_t)left : size + SPARE_MORE;
}

int prealloc(uint8_t *hva, size_t size)
{
	struct pages p = {
		.size = (size_t)sysconf(_SC_PAGESIZE),
		.pagemap = has_huge_pages() ? -1 : open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC),
	};
	size_t spare = p.pagemap < 0 ? 0 : may_spare(size);
	int r;

	p.spare = mmap(NULL, spare, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p.spare != MAP_FAILED)
		p.max_spare = spare / p.size;
	r = fill(&p, hva, size);
	if (p.spare != MAP_FAILED)
		munmap(p.spare, spare);
	if (p.pagemap >= 0)
		close(p.pagemap);
	return r;
}
