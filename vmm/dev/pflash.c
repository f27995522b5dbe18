// SPDX-License-Identifier: GPL-2.0
/* Flash memory on the bus; see pflash.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../err.h"
#include "../host/flash.h"
#include "../machine/fdt.h"
#include "device.h"
#include "cfi.h"
#include "pflash.h"

struct pflash {
	struct device dev;
	const struct pflash_map *map;
	bool mapped[PFLASH_BANKS];
	bool warned;
	struct cfi bank[PFLASH_BANKS];
};

static struct pflash *to_pflash(struct device *dev)
{
	return (struct pflash *)dev;
}

/* A bank that can't be changed over is tried again with the guest's next access. */
static void update_map(struct pflash *p, unsigned int i)
{
	bool want = cfi_is_array(&p->bank[i]);
	int r = 0;

	if (want == p->mapped[i])
		return;
	if (p->map)
		r = p->map->set(p->map->opaque, i, want);
	if (!r)
		p->mapped[i] = want;
	else if (!p->warned)
		warn("flash: cannot %s bank %u: %s", want ? "map" : "unmap", i, strerror(-r));
	p->warned = p->warned || r;
}

static uint64_t pflash_read(struct device *dev, uint64_t off, unsigned int len)
{
	unsigned int i = off / FLASH_BANK_SIZE;

	update_map(to_pflash(dev), i);
	return cfi_read(&to_pflash(dev)->bank[i], off % FLASH_BANK_SIZE, len);
}

static void pflash_write(struct device *dev, uint64_t off, uint64_t val, unsigned int len)
{
	unsigned int i = off / FLASH_BANK_SIZE;

	cfi_write(&to_pflash(dev)->bank[i], off % FLASH_BANK_SIZE, val, len);
	update_map(to_pflash(dev), i);
}

static void pflash_reset(struct device *dev)
{
	struct pflash *p = to_pflash(dev);
	unsigned int i;

	for (i = 0; i < PFLASH_BANKS; i++) {
		cfi_reset(&p->bank[i]);
		update_map(p, i);
	}
}

static void pflash_destroy(struct device *dev)
{
	free(dev);
}

/* One node for both banks, as QEMU has it; the widths are those of the bus. */
static int pflash_fdt(struct device *dev, void *fdt)
{
	const uint64_t one = dev->base, two = dev->base + FLASH_BANK_SIZE;

	FDT_TRY(fdt_begin_node(fdt, "flash@0"));
	FDT_TRY(fdt_property_string(fdt, "compatible", "cfi-flash"));
	FDT_TRY(FDT_CELLS(fdt, "reg", one >> 32, one, 0, FLASH_BANK_SIZE, two >> 32, two, 0,
			  FLASH_BANK_SIZE));
	FDT_TRY(fdt_property_u32(fdt, "bank-width", 4));
	return fdt_end_node(fdt);
}

static int pflash_restored(struct device *dev)
{
	struct pflash *p = to_pflash(dev);
	unsigned int i;

	for (i = 0; i < PFLASH_BANKS; i++) {
		if (cfi_check(&p->bank[i]))
			return -EINVAL;
		update_map(p, i);
	}
	return 0;
}

/* clang-format off */
#define BANK_STATE(n) \
	STATE_FIELD(struct pflash, bank[n].mode), \
	STATE_FIELD(struct pflash, bank[n].step), \
	STATE_FIELD(struct pflash, bank[n].status), \
	STATE_FIELD(struct pflash, bank[n].overrun), \
	STATE_FIELD(struct pflash, bank[n].left), \
	STATE_FIELD(struct pflash, bank[n].window), \
	STATE_FIELD(struct pflash, bank[n].low), \
	STATE_FIELD(struct pflash, bank[n].high), \
	STATE_FIELD(struct pflash, bank[n].buffer)

/* What the banks hold is not part of it, as a disk's contents are not. */
static const struct state_field pflash_state[] = {
	BANK_STATE(0),
	BANK_STATE(1),
	{ NULL, 0, 0 },
};
/* clang-format on */

static const struct device_ops pflash_ops = {
	.name = "pflash",
	.mmio_read = pflash_read,
	.mmio_write = pflash_write,
	.fdt = pflash_fdt,
	.reset = pflash_reset,
	.destroy = pflash_destroy,
	.state = pflash_state,
	.restored = pflash_restored,
};

static int save(void *opaque, uint32_t off, uint32_t len)
{
	return flash_save(opaque, off, len);
}

struct device *pflash_create(uint64_t base, struct flash *const bank[PFLASH_BANKS],
			     const struct pflash_map *map)
{
	struct pflash *p = calloc(1, sizeof(*p));
	unsigned int i;

	if (!p)
		return NULL;
	p->dev = (struct device){ .ops = &pflash_ops,
				  .base = base,
				  .size = PFLASH_BANKS * FLASH_BANK_SIZE };
	p->map = map;
	for (i = 0; i < PFLASH_BANKS; i++) {
		p->bank[i].data = flash_data(bank[i]);
		p->bank[i].size = FLASH_BANK_SIZE;
		p->bank[i].readonly = flash_readonly(bank[i]);
		p->bank[i].save = save;
		p->bank[i].opaque = bank[i];
	}
	pflash_reset(&p->dev);
	for (i = 0; i < PFLASH_BANKS; i++) {
		if (!p->map || p->mapped[i])
			continue;
		free(p);
		errno = EIO;
		return NULL;
	}
	return &p->dev;
}
