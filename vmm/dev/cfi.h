/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A bank of parallel flash memory with the Common Flash Interface (JESD68.01) and
 * Intel's extended command set (vendor set 0001): two chips of 16 bits side by
 * side on a bus of 32, both always given the same command.  The part that QEMU's
 * machine "virt" has, with its geometry: 256 blocks of 256 KiB.
 *
 * Only the state machine: where the bank is and who maps it is pflash.c's.
 */
#ifndef EMBER_CFI_H
#define EMBER_CFI_H

#include <stdbool.h>
#include <stdint.h>

#define CFI_BLOCK 0x40000u /* bytes that are erased together */
#define CFI_BUFFER 0x1000u /* bytes that are programmed together at most */

/* What a read gives. */
enum cfi_mode { CFI_ARRAY, CFI_STATUS, CFI_ID, CFI_QUERY, CFI_BUFFER_STATUS };

/* What the next write is. */
enum cfi_step {
	CFI_COMMAND,
	CFI_PROGRAM, /* data */
	CFI_ERASE, /* the confirmation */
	CFI_LOCK, /* what to do with a block's lock */
	CFI_COUNT, /* how many writes of data follow, less one */
	CFI_FILL, /* data */
	CFI_CONFIRM, /* of the buffer */
};

/* Bits of the status register. */
#define CFI_READY 0x80u
#define CFI_ERASE_ERROR 0x20u
#define CFI_PROGRAM_ERROR 0x10u
#define CFI_SEQUENCE_ERROR (CFI_ERASE_ERROR | CFI_PROGRAM_ERROR)
#define CFI_LOCKED 0x02u

struct cfi {
	uint8_t *data;
	uint32_t size; /* bytes, whole blocks */
	bool readonly; /* every block is locked */
	/* Keep [@off, @off + @len) of the data, which has changed; 0 or -errno. */
	int (*save)(void *opaque, uint32_t off, uint32_t len);
	void *opaque;
	/* The state. */
	uint8_t mode, step, status;
	uint8_t overrun; /* data was written that the buffer can't take */
	uint32_t left; /* writes of data that are still to come */
	uint32_t window; /* where in the bank the buffer is; meaningless while it is empty */
	uint32_t low, high; /* bytes of the buffer in use, [low, high); empty if low == high */
	uint8_t buffer[CFI_BUFFER];
};

void cfi_reset(struct cfi *cfi);

/* What was restored is hostile: 0, or -EINVAL. */
int cfi_check(const struct cfi *cfi);

/* @off within the bank; @len 1, 2, 4 or 8.  What lies beyond the bank is 0 or lost. */
uint64_t cfi_read(const struct cfi *cfi, uint32_t off, unsigned int len);
void cfi_write(struct cfi *cfi, uint32_t off, uint64_t val, unsigned int len);

/* Reads give the data: the bank may be mapped. */
static inline bool cfi_is_array(const struct cfi *cfi)
{
	return cfi->mode == CFI_ARRAY;
}

#endif
