// SPDX-License-Identifier: GPL-2.0
/*
 * Flash memory's state machine; see cfi.h.
 *
 * A write is a command, or what the command before it asks for: data, a count, a
 * confirmation.  Erasing sets all bits of a block, programming clears bits and
 * sets none.  An operation is done when the write that starts it is, so the chip
 * is always ready, and errors stay in the status register until it is cleared.
 */
#include <errno.h>
#include <string.h>

#include "cfi.h"

#define CONFIRM 0xd0u
#define LOCK_BLOCK 0x01u
#define LOCK_DOWN 0x2fu

#define MANUFACTURER 0x89u /* Intel */
#define DEVICE 0x18u

static const struct command {
	uint8_t code, mode, step;
} commands[] = {
	{ 0xff, CFI_ARRAY, CFI_COMMAND },
	{ 0xf0, CFI_ARRAY, CFI_COMMAND }, /* AMD's reset, which probing starts with */
	{ 0x70, CFI_STATUS, CFI_COMMAND },
	{ 0x90, CFI_ID, CFI_COMMAND },
	{ 0x98, CFI_QUERY, CFI_COMMAND },
	{ 0x10, CFI_STATUS, CFI_PROGRAM },
	{ 0x40, CFI_STATUS, CFI_PROGRAM },
	{ 0x20, CFI_STATUS, CFI_ERASE },
	{ 0x60, CFI_STATUS, CFI_LOCK },
	{ 0xe8, CFI_BUFFER_STATUS, CFI_COUNT },
};

/* Leaves the mode alone. */
#define CLEAR_STATUS 0x50u

/* The answer to 0x98, from its word 0x10 on (JESD68.01, and the part's own table). */
#define QUERY_FIRST 0x10u
static const uint8_t query[] = {
	'Q',  'R',  'Y',  0x01, 0x00, /* Intel's extended command set */
	0x31, 0x00, 0x00, 0x00, 0x00, 0x00, /* its table at 0x31; no other set */
	0x45, 0x55, 0x00, 0x00, /* 4.5 V to 5.5 V */
	0x07, 0x07, 0x0a, 0x00, /* usual times: word, buffer 2^7 us, block 2^10 ms */
	0x04, 0x04, 0x04, 0x00, /* 2^4 times that at most */
	0x19, /* 2^25 bytes a chip */
	0x02, 0x00, 0x0b, 0x00, /* x16; a buffer of 2^11 bytes a chip */
	0x01, 0xff, 0x00, 0x00, 0x02, /* one region: 256 blocks of 0x200 * 256 bytes a chip */
	'P',  'R',  'I',  '1',	'0', /* and none of its optional features */
};

void cfi_reset(struct cfi *cfi)
{
	cfi->mode = CFI_ARRAY;
	cfi->step = CFI_COMMAND;
	cfi->status = CFI_READY;
	cfi->overrun = 0;
	cfi->left = 0;
	cfi->window = 0;
	cfi->low = 0;
	cfi->high = 0;
	memset(cfi->buffer, 0xff, sizeof(cfi->buffer));
}

int cfi_check(const struct cfi *cfi)
{
	if (cfi->mode > CFI_BUFFER_STATUS || cfi->step > CFI_CONFIRM || cfi->overrun > 1)
		return -EINVAL;
	if (cfi->window >= cfi->size || cfi->window % CFI_BUFFER || cfi->left > CFI_BUFFER)
		return -EINVAL;
	if (cfi->step == CFI_FILL && !cfi->left)
		return -EINVAL;
	return cfi->low > cfi->high || cfi->high > CFI_BUFFER ? -EINVAL : 0;
}

/* ---- reading --------------------------------------------------------------------- */

static uint64_t array_read(const struct cfi *cfi, uint32_t off, unsigned int len)
{
	uint64_t val = 0;
	unsigned int i;

	for (i = 0; i < len && i < cfi->size - off; i++)
		val |= (uint64_t)cfi->data[off + i] << 8 * i;
	return val;
}

/* The word at @index of what both chips say of themselves. */
static uint8_t id_word(uint32_t index)
{
	/* Repeated in each block: maker, part; the third, a block's lock, is open. */
	switch (index % (CFI_BLOCK / 4)) {
	case 0:
		return MANUFACTURER;
	case 1:
		return DEVICE;
	}
	return 0;
}

static uint8_t query_word(uint32_t index)
{
	return index - QUERY_FIRST < sizeof(query) ? query[index - QUERY_FIRST] : 0;
}

static uint8_t chip_word(const struct cfi *cfi, uint32_t index)
{
	switch (cfi->mode) {
	case CFI_ID:
		return id_word(index);
	case CFI_QUERY:
		return query_word(index);
	case CFI_BUFFER_STATUS:
		return CFI_READY;
	}
	return cfi->status;
}

/* Each chip drives its half of the bus: 16 bits, of which the low 8 are used. */
uint64_t cfi_read(const struct cfi *cfi, uint32_t off, unsigned int len)
{
	uint64_t val = 0;
	unsigned int i;

	if (cfi->mode == CFI_ARRAY)
		return array_read(cfi, off, len);
	for (i = 0; i < len; i++)
		if ((off + i) % 2 == 0)
			val |= (uint64_t)chip_word(cfi, (off + i) / 4) << 8 * i;
	return val;
}

/* ---- writing --------------------------------------------------------------------- */

/* The end of an operation: reads give the status. */
static void done(struct cfi *cfi, uint8_t errors)
{
	cfi->status |= errors;
	cfi->mode = CFI_STATUS;
	cfi->step = CFI_COMMAND;
}

static uint8_t keep(struct cfi *cfi, uint32_t off, uint32_t len, uint8_t error)
{
	return cfi->save && len && cfi->save(cfi->opaque, off, len) ? error : 0;
}

static void write_program(struct cfi *cfi, uint32_t off, uint64_t val, unsigned int len)
{
	unsigned int i;

	if (cfi->readonly) {
		done(cfi, CFI_PROGRAM_ERROR | CFI_LOCKED);
		return;
	}
	for (i = 0; i < len && i < cfi->size - off; i++)
		cfi->data[off + i] &= val >> 8 * i;
	done(cfi, keep(cfi, off, i, CFI_PROGRAM_ERROR));
}

static void write_erase(struct cfi *cfi, uint32_t off, uint64_t val, unsigned int len)
{
	uint32_t block = off & ~(CFI_BLOCK - 1);

	(void)len;
	if ((uint8_t)val != CONFIRM) {
		done(cfi, CFI_SEQUENCE_ERROR);
	} else if (cfi->readonly) {
		done(cfi, CFI_ERASE_ERROR | CFI_LOCKED);
	} else {
		memset(cfi->data + block, 0xff, CFI_BLOCK);
		done(cfi, keep(cfi, block, CFI_BLOCK, CFI_ERASE_ERROR));
	}
}

/* Blocks have no locks of their own, and who sets or clears one is told it worked. */
static void write_lock(struct cfi *cfi, uint32_t off, uint64_t val, unsigned int len)
{
	uint8_t what = val;
	bool known = what == CONFIRM || what == LOCK_BLOCK || what == LOCK_DOWN;

	(void)off;
	(void)len;
	done(cfi, known ? 0 : CFI_SEQUENCE_ERROR);
}

/* Counted are writes, of whatever width they are. */
static void write_count(struct cfi *cfi, uint32_t off, uint64_t val, unsigned int len)
{
	(void)off;
	(void)len;
	cfi->left = (uint16_t)val + 1u;
	if (cfi->left > CFI_BUFFER) {
		cfi->left = 0;
		done(cfi, CFI_SEQUENCE_ERROR);
		return;
	}
	memset(cfi->buffer, 0xff, sizeof(cfi->buffer));
	cfi->overrun = 0;
	cfi->low = 0;
	cfi->high = 0;
	cfi->mode = CFI_STATUS;
	cfi->step = CFI_FILL;
}

static void fill_bytes(struct cfi *cfi, uint32_t at, uint64_t val, unsigned int len)
{
	unsigned int i;

	for (i = 0; i < len; i++)
		cfi->buffer[at + i] = val >> 8 * i;
	if (cfi->low == cfi->high) {
		cfi->low = at;
		cfi->high = at + len;
	}
	if (at < cfi->low)
		cfi->low = at;
	if (at + len > cfi->high)
		cfi->high = at + len;
}

/* The first write says where in the bank the buffer belongs. */
static void write_fill(struct cfi *cfi, uint32_t off, uint64_t val, unsigned int len)
{
	uint32_t at = off % CFI_BUFFER;

	if (cfi->low == cfi->high)
		cfi->window = off - at;
	if (off - at != cfi->window || len > CFI_BUFFER - at)
		cfi->overrun = 1;
	else
		fill_bytes(cfi, at, val, len);
	if (!--cfi->left)
		cfi->step = CFI_CONFIRM;
}

static uint8_t program_buffer(struct cfi *cfi)
{
	uint32_t i;

	if (cfi->readonly)
		return CFI_PROGRAM_ERROR | CFI_LOCKED;
	for (i = cfi->low; i < cfi->high; i++)
		cfi->data[cfi->window + i] &= cfi->buffer[i];
	return keep(cfi, cfi->window + cfi->low, cfi->high - cfi->low, CFI_PROGRAM_ERROR);
}

static void write_confirm(struct cfi *cfi, uint32_t off, uint64_t val, unsigned int len)
{
	(void)off;
	(void)len;
	if ((uint8_t)val != CONFIRM || cfi->overrun)
		done(cfi, CFI_SEQUENCE_ERROR);
	else
		done(cfi, program_buffer(cfi));
}

/* What the chip does not know leaves it where reads give its data. */
static void write_command(struct cfi *cfi, uint32_t off, uint64_t val, unsigned int len)
{
	uint8_t code = val;
	unsigned int i;

	(void)off;
	(void)len;
	if (code == CLEAR_STATUS) {
		cfi->status = CFI_READY;
		return;
	}
	cfi->mode = CFI_ARRAY;
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (commands[i].code != code)
			continue;
		cfi->mode = commands[i].mode;
		cfi->step = commands[i].step;
	}
}

static void (*const steps[])(struct cfi *cfi, uint32_t off, uint64_t val, unsigned int len) = {
	[CFI_COMMAND] = write_command, [CFI_PROGRAM] = write_program, [CFI_ERASE] = write_erase,
	[CFI_LOCK] = write_lock,       [CFI_COUNT] = write_count,     [CFI_FILL] = write_fill,
	[CFI_CONFIRM] = write_confirm,
};

void cfi_write(struct cfi *cfi, uint32_t off, uint64_t val, unsigned int len)
{
	steps[cfi->step](cfi, off, val, len);
}
