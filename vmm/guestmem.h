/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Guest memory: the only way from a guest physical address to a host pointer.
 *
 * Everything that a guest hands us (ring addresses, buffer addresses, lengths)
 * goes through guestmem_at(), which checks the whole range.  A pointer it
 * returned stays valid until guestmem_destroy(); the contents behind it may
 * change at any time, so a value that is checked is first copied.
 */
#ifndef EMBER_GUESTMEM_H
#define EMBER_GUESTMEM_H

#include <stddef.h>
#include <stdint.h>

#define GUESTMEM_MAX_REGIONS 4

struct guestmem_region {
	uint64_t gpa; /* first byte, page aligned */
	uint64_t size; /* bytes, page multiple */
	uint8_t *hva; /* where it is mapped in this process */
};

struct guestmem {
	unsigned int nr;
	struct guestmem_region region[GUESTMEM_MAX_REGIONS];
};

/*
 * Map @size bytes of zeroed anonymous memory as guest RAM at @gpa.
 * Returns 0 or -errno (-EINVAL unaligned or overlapping, -ENOSPC no free
 * region, -ENOMEM).
 */
int guestmem_add(struct guestmem *mem, uint64_t gpa, uint64_t size);
void guestmem_destroy(struct guestmem *mem);

/*
 * Host pointer to guest physical [@gpa, @gpa + @len), or NULL unless all of it
 * is RAM in one region.  @len may be 0 (then @gpa itself must be in RAM).
 */
void *guestmem_at(const struct guestmem *mem, uint64_t gpa, uint64_t len);

/* Copy in or out; 0, or -EFAULT with nothing copied. */
int guestmem_read(const struct guestmem *mem, uint64_t gpa, void *dst, size_t len);
int guestmem_write(const struct guestmem *mem, uint64_t gpa, const void *src, size_t len);

#endif
