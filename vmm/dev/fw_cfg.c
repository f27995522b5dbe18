// SPDX-License-Identifier: GPL-2.0
/*
 * QEMU's fw_cfg; see fw_cfg.h.
 *
 * Registers and what is in a request are big-endian, the data is a string of
 * bytes.  What lies beyond an item's end reads as zeroes, and so does an item that
 * there isn't.  A guest's request is copied before anything in it is believed.
 */
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../guestmem.h"
#include "../machine/fdt.h"
#include "device.h"
#include "fw_cfg.h"

#define ITEMS 16

enum { REG_DATA = 0, REG_SELECT = 8, REG_DMA_HIGH = 16, REG_DMA_LOW = 20 };

#define DMA_SIGNATURE 0x51454d5520434647ull /* "QEMU CFG" */
#define ID_FEATURES 3u /* the window and DMA */

/* What is asked for in a request, and 0 or an error as its answer. */
enum { DMA_ERROR = 1, DMA_READ = 2, DMA_SKIP = 4, DMA_SELECT = 8, DMA_WRITE = 16 };

struct dma_request {
	uint32_t control, length;
	uint64_t address;
} __attribute__((packed));

struct item {
	uint16_t key;
	uint32_t size;
	int fd; /* or -1, and then it is here: */
	void *data;
};

struct fw_cfg {
	struct device dev;
	const struct guestmem *mem;
	unsigned int nr;
	struct item item[ITEMS];
	uint16_t key; /* the selected item's, */
	uint64_t at; /* and what is read next of it */
	uint32_t dma_high;
};

static struct fw_cfg *to_fw_cfg(struct device *dev)
{
	return (struct fw_cfg *)dev;
}

/* ---- items ----------------------------------------------------------------------- */

static int add(struct device *dev, const struct item *item)
{
	struct fw_cfg *fw = to_fw_cfg(dev);

	if (fw->nr == ITEMS)
		return -ENOSPC;
	fw->item[fw->nr++] = *item;
	return 0;
}

int fw_cfg_add_file(struct device *dev, enum fw_cfg_key key, int fd, uint32_t size)
{
	return add(dev, &(struct item){ key, size, fd, NULL });
}

int fw_cfg_add_bytes(struct device *dev, enum fw_cfg_key key, const void *data, size_t len)
{
	struct item item = { key, len, -1, malloc(len) };
	int r;

	if (!item.data)
		return -ENOMEM;
	memcpy(item.data, data, len);
	r = add(dev, &item);
	if (r)
		free(item.data);
	return r;
}

int fw_cfg_add_u16(struct device *dev, enum fw_cfg_key key, uint16_t val)
{
	val = htole16(val);
	return fw_cfg_add_bytes(dev, key, &val, sizeof(val));
}

int fw_cfg_add_u32(struct device *dev, enum fw_cfg_key key, uint32_t val)
{
	val = htole32(val);
	return fw_cfg_add_bytes(dev, key, &val, sizeof(val));
}

static const struct item *selected(const struct fw_cfg *fw)
{
	unsigned int i;

	for (i = 0; i < fw->nr; i++)
		if (fw->item[i].key == fw->key)
			return &fw->item[i];
	return NULL;
}

/* How much of the file there is at @off, up to @len; one that became shorter has less. */
static size_t read_file(int fd, uint8_t *to, size_t len, uint64_t off)
{
	size_t got = 0;
	ssize_t n;

	while (got < len) {
		n = pread(fd, to + got, len - got, off + got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		got += n;
	}
	return got;
}

/* The next @len bytes of the selected item. */
static void item_read(struct fw_cfg *fw, uint8_t *to, size_t len)
{
	const struct item *item = selected(fw);
	size_t n = item && fw->at < item->size ? item->size - fw->at : 0;

	if (n > len)
		n = len;
	if (n && item->fd >= 0)
		n = read_file(item->fd, to, n, fw->at);
	else if (n)
		memcpy(to, (uint8_t *)item->data + fw->at, n);
	memset(to + n, 0, len - n);
	fw->at += len;
}

static void item_select(struct fw_cfg *fw, uint16_t key)
{
	fw->key = key;
	fw->at = 0;
}

/* ---- DMA --------------------------------------------------------------------------- */

/* What to answer: 0 or DMA_ERROR.  Where several things are asked for, the first counts. */
static uint32_t dma_do(struct fw_cfg *fw, const struct dma_request *r)
{
	uint8_t *to;

	if (r->control & DMA_SELECT)
		item_select(fw, r->control >> 16);
	if (r->control & DMA_READ) {
		to = r->length ? guestmem_at(fw->mem, r->address, r->length) : NULL;
		if (r->length && !to)
			return DMA_ERROR;
		if (to)
			item_read(fw, to, r->length);
	} else if (r->control & DMA_WRITE) {
		return DMA_ERROR;
	} else if (r->control & DMA_SKIP) {
		fw->at += r->length;
	}
	return 0;
}

/* Where the request itself is not in memory there is nobody to tell. */
static void dma_start(struct fw_cfg *fw, uint64_t gpa)
{
	struct dma_request r;
	uint32_t answer;

	if (guestmem_read(fw->mem, gpa, &r, sizeof(r))) {
		fw->dev.unknown++;
		return;
	}
	r.control = be32toh(r.control);
	r.length = be32toh(r.length);
	r.address = be64toh(r.address);
	answer = htobe32(dma_do(fw, &r));
	/* The guest looks for the answer without a lock: the data is there before. */
	__atomic_thread_fence(__ATOMIC_RELEASE);
	guestmem_write(fw->mem, gpa, &answer, sizeof(answer));
}

/* ---- registers ----------------------------------------------------------------------- */

/* @len bytes that are @bytes in memory, as the value of an access. */
static uint64_t bytes_to_val(const uint8_t *bytes, unsigned int len)
{
	uint64_t val = 0;
	unsigned int i;

	for (i = 0; i < len; i++)
		val |= (uint64_t)bytes[i] << 8 * i;
	return val;
}

static uint64_t fw_cfg_read(struct device *dev, uint64_t off, unsigned int len)
{
	struct fw_cfg *fw = to_fw_cfg(dev);
	uint64_t signature = htobe64(DMA_SIGNATURE);
	uint8_t bytes[8] = { 0 };

	if (off + len <= REG_SELECT)
		item_read(fw, bytes, len);
	else if (off >= REG_DMA_HIGH && off + len <= FW_CFG_SIZE)
		memcpy(bytes, (uint8_t *)&signature + off - REG_DMA_HIGH, len);
	else
		dev->unknown++;
	return bytes_to_val(bytes, len);
}

static void fw_cfg_write(struct device *dev, uint64_t off, uint64_t val, unsigned int len)
{
	struct fw_cfg *fw = to_fw_cfg(dev);

	if (off == REG_SELECT && len == 2) {
		item_select(fw, __builtin_bswap16(val));
	} else if (off == REG_DMA_HIGH && len == 8) {
		dma_start(fw, __builtin_bswap64(val));
	} else if (off == REG_DMA_HIGH && len == 4) {
		fw->dma_high = __builtin_bswap32(val);
	} else if (off == REG_DMA_LOW && len == 4) {
		dma_start(fw, (uint64_t)fw->dma_high << 32 | __builtin_bswap32(val));
		fw->dma_high = 0;
	} else {
		dev->unknown++;
	}
}

static void fw_cfg_reset(struct device *dev)
{
	item_select(to_fw_cfg(dev), FW_CFG_SIGNATURE);
	to_fw_cfg(dev)->dma_high = 0;
}

static void fw_cfg_destroy(struct device *dev)
{
	struct fw_cfg *fw = to_fw_cfg(dev);

	while (fw->nr)
		free(fw->item[--fw->nr].data);
	free(fw);
}

static int fw_cfg_fdt(struct device *dev, void *fdt)
{
	FDT_TRY(fdt_begin_device(fdt, dev, "fw-cfg"));
	FDT_TRY(fdt_property_string(fdt, "compatible", "qemu,fw-cfg-mmio"));
	FDT_TRY(fdt_property(fdt, "dma-coherent", NULL, 0));
	return fdt_end_node(fdt);
}

/* clang-format off */
static const struct state_field fw_cfg_state[] = {
	STATE_FIELD(struct fw_cfg, key),
	STATE_FIELD(struct fw_cfg, at),
	STATE_FIELD(struct fw_cfg, dma_high),
	{ NULL, 0, 0 },
};
/* clang-format on */

static const struct device_ops fw_cfg_ops = {
	.name = "fw_cfg",
	.mmio_read = fw_cfg_read,
	.mmio_write = fw_cfg_write,
	.fdt = fw_cfg_fdt,
	.reset = fw_cfg_reset,
	.destroy = fw_cfg_destroy,
	.state = fw_cfg_state,
};

struct device *fw_cfg_create(uint64_t base, const struct guestmem *mem)
{
	struct fw_cfg *fw = calloc(1, sizeof(*fw));

	if (!fw)
		return NULL;
	fw->dev = (struct device){ .ops = &fw_cfg_ops, .base = base, .size = FW_CFG_SIZE };
	fw->mem = mem;
	fw_cfg_reset(&fw->dev);
	if (fw_cfg_add_bytes(&fw->dev, FW_CFG_SIGNATURE, "QEMU", 4) ||
	    fw_cfg_add_u32(&fw->dev, FW_CFG_ID, ID_FEATURES) ||
	    fw_cfg_add_u32(&fw->dev, FW_CFG_FILE_DIR, 0)) {
		fw_cfg_destroy(&fw->dev);
		errno = ENOMEM;
		return NULL;
	}
	return &fw->dev;
}
