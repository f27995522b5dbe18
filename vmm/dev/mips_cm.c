// SPDX-License-Identifier: GPL-2.0
/*
 * Coherence manager; see mips_cm.h.
 *
 * The window has a block of registers for all, one for the core that makes the
 * access, and one for another core, which the former chooses.  Registers are 64 bits
 * apart; the upper halves of those that hold an address are 0 here.
 *
 * NOT DONE: address regions and the second-level cache: registers without effect.
 */
#include <errno.h>
#include <stdlib.h>

#include "mips_cm.h"
#include "regs.h"

#define REVISION 0x0700 /* 2.5 */
#define LOCAL 0x2000
#define OTHER 0x4000
#define BLOCK 0x2000

/* Of a core's block. */
enum {
	COHERENCE = 0x08,
	CONFIG = 0x10,
	CORE_OTHER = 0x18,
	RESET_BASE = 0x20,
	ID = 0x28,
	RESET_EXT_BASE = 0x30
};

#define ENABLED 1u
#define GIC_BASE_MASK 0xfffe0000u
#define CPC_BASE_MASK 0xffff8000u
#define RESET_BASE_MASK 0xfffff000u
#define RESET_BASE_RESET 0xbfc00000u
#define EXT_BASE_MASK 0xcff000feu
#define EXT_BASE_PRESENT 1u

struct cm_core {
	uint32_t coherence;
	uint32_t other;
	uint32_t reset_base;
	uint32_t ext_base;
};

struct mips_cm {
	struct device dev;
	struct mips_cm_config cfg;
	uint32_t target; /* of addresses in no region */
	uint32_t access;
	uint32_t error[4];
	uint32_t sync_base;
	uint32_t gic_base, cpc_base;
	uint32_t region[8]; /* base and mask of each */
	struct cm_core core[MIPS_CORES_MAX];
};

static struct mips_cm *to_cm(struct device *dev)
{
	return (struct mips_cm *)dev;
}

/* ---- for all cores -------------------------------------------------------- */

static uint32_t config_read(struct device *dev)
{
	return to_cm(dev)->cfg.cores - 1;
}

static uint32_t base_read(struct device *dev)
{
	return (uint32_t)dev->base | to_cm(dev)->target;
}

static uint32_t revision_read(struct device *dev)
{
	(void)dev;
	return REVISION;
}

static uint32_t exists_read(struct device *dev)
{
	(void)dev;
	return 1;
}

/* Where there is something else already it is nowhere. */
static void move(struct mips_cm *cm, struct device *what, uint32_t reg)
{
	cm->cfg.remap.move(cm->cfg.remap.opaque, what, reg & ~ENABLED, reg & ENABLED);
}

static void gic_base_wrote(struct device *dev, uint32_t val)
{
	struct mips_cm *cm = to_cm(dev);

	(void)val;
	move(cm, cm->cfg.gic, cm->gic_base);
}

static void cpc_base_wrote(struct device *dev, uint32_t val)
{
	struct mips_cm *cm = to_cm(dev);

	(void)val;
	move(cm, cm->cfg.cpc, cm->cpc_base);
}

#define M(m) offsetof(struct mips_cm, m)

/* clang-format off */
#define REGION(n) \
	{ "REG" #n "_BASE", 0x90 + 0x10 * (n), M(region[2 * (n)]), 0xffff0000, NULL, NULL }, \
	{ "REG" #n "_MASK", 0x98 + 0x10 * (n), M(region[2 * (n) + 1]), 0xffff00f7, NULL, NULL }

static const struct reg cm_regs[] = {
	{ "CONFIG", 0x000, 0, 0, config_read, NULL },
	{ "BASE", 0x008, M(target), 3, base_read, NULL },
	{ "ACCESS", 0x020, M(access), 0xff, NULL, NULL },
	{ "REV", 0x030, 0, 0, revision_read, NULL },
	{ "ERROR_MASK", 0x040, M(error[0]), ~0u, NULL, NULL },
	{ "ERROR_CAUSE", 0x048, 0, 0, NULL, NULL },
	{ "ERROR_ADDR", 0x050, 0, 0, NULL, NULL },
	{ "ERROR_MULT", 0x058, 0, 0, NULL, NULL },
	{ "L2_ONLY_SYNC_BASE", 0x070, M(sync_base), 0xfffff001, NULL, NULL },
	{ "GIC_BASE", 0x080, M(gic_base), GIC_BASE_MASK | ENABLED, NULL, gic_base_wrote },
	{ "CPC_BASE", 0x088, M(cpc_base), CPC_BASE_MASK | ENABLED, NULL, cpc_base_wrote },
	REGION(0), REGION(1), REGION(2), REGION(3),
	{ "GIC_STATUS", 0x0d0, 0, 0, exists_read, NULL },
	{ "CPC_STATUS", 0x0f0, 0, 0, exists_read, NULL },
	{ "L2_PFT_CONTROL", 0x300, 0, 0, NULL, NULL },
	{ "L2_PFT_CONTROL_B", 0x308, 0, 0, NULL, NULL },
	{ NULL, 0, 0, 0, NULL, NULL },
};
/* clang-format on */

static const struct reg_bank cm_bank = { cm_regs, NULL };

/* ---- for each core -------------------------------------------------------- */

/* The core whose block @off is in; NULL: none of them, or one that there is not. */
static struct cm_core *core_at(struct mips_cm *cm, uint64_t off)
{
	unsigned int nr = *cm->cfg.core;

	if (off >= OTHER && nr < cm->cfg.cores)
		nr = cm->core[nr].other >> 16;
	return off < OTHER + BLOCK && nr < cm->cfg.cores ? &cm->core[nr] : NULL;
}

static uint32_t core_read(struct mips_cm *cm, const struct cm_core *core, uint32_t reg)
{
	switch (reg) {
	case COHERENCE:
		return core->coherence;
	case CONFIG:
		return 0;
	case CORE_OTHER:
		return core->other;
	case RESET_BASE:
		return core->reset_base;
	case ID:
		return core - cm->core;
	case RESET_EXT_BASE:
		return core->ext_base | EXT_BASE_PRESENT;
	default:
		cm->dev.unknown++;
		return 0;
	}
}

static void core_write(struct mips_cm *cm, struct cm_core *core, uint32_t reg, uint32_t val)
{
	switch (reg) {
	case COHERENCE:
		core->coherence = val & 0xff;
		break;
	case CORE_OTHER:
		core->other = val & 0xffff0000;
		break;
	case RESET_BASE:
		core->reset_base = val & RESET_BASE_MASK;
		break;
	case RESET_EXT_BASE:
		core->ext_base = val & EXT_BASE_MASK;
		break;
	default:
		cm->dev.unknown++;
	}
}

/* ---- the window ----------------------------------------------------------- */

static uint64_t cm_read(struct device *dev, uint64_t off, unsigned int len)
{
	struct mips_cm *cm = to_cm(dev);
	const struct cm_core *core;

	(void)len;
	if (off & 4)
		return 0;
	if (off < LOCAL)
		return regs_read(&cm_bank, dev, off);
	core = core_at(cm, off);
	if (core)
		return core_read(cm, core, off % BLOCK);
	dev->unknown++;
	return 0;
}

static void cm_write(struct device *dev, uint64_t off, uint64_t val, unsigned int len)
{
	struct mips_cm *cm = to_cm(dev);
	struct cm_core *core;

	(void)len;
	if (off & 4)
		return;
	if (off < LOCAL) {
		regs_write(&cm_bank, dev, off, val);
		return;
	}
	core = core_at(cm, off);
	if (core)
		core_write(cm, core, off % BLOCK, val);
	else
		dev->unknown++;
}

static void cm_reset(struct device *dev)
{
	struct mips_cm *cm = to_cm(dev);
	unsigned int i;

	if (cm->gic_base & ENABLED)
		move(cm, cm->cfg.gic, 0);
	if (cm->cpc_base & ENABLED)
		move(cm, cm->cfg.cpc, 0);
	*cm = (struct mips_cm){ .dev = cm->dev, .cfg = cm->cfg, .access = 1 };
	for (i = 0; i < MIPS_CORES_MAX; i++)
		cm->core[i].reset_base = RESET_BASE_RESET;
}

/* From a snapshot, so as hostile as a guest: what it says is masked, and the rest follows. */
static int cm_restored(struct device *dev)
{
	struct mips_cm *cm = to_cm(dev);
	unsigned int i;

	if (cm->target & ~3u || cm->access & ~0xffu || cm->sync_base & 0xffe ||
	    cm->gic_base & ~(GIC_BASE_MASK | ENABLED) || cm->cpc_base & ~(CPC_BASE_MASK | ENABLED))
		return -EINVAL;
	for (i = 0; i < MIPS_CORES_MAX; i++) {
		const struct cm_core *core = &cm->core[i];

		if (core->coherence & ~0xffu || core->other & 0xffff ||
		    core->reset_base & ~RESET_BASE_MASK || core->ext_base & ~EXT_BASE_MASK)
			return -EINVAL;
	}
	move(cm, cm->cfg.gic, cm->gic_base);
	move(cm, cm->cfg.cpc, cm->cpc_base);
	return 0;
}

static void cm_destroy(struct device *dev)
{
	free(dev);
}

/* clang-format off */
static const struct state_field cm_state[] = {
	STATE_FIELD(struct mips_cm, target),
	STATE_FIELD(struct mips_cm, access),
	STATE_FIELD(struct mips_cm, error),
	STATE_FIELD(struct mips_cm, sync_base),
	STATE_FIELD(struct mips_cm, gic_base),
	STATE_FIELD(struct mips_cm, cpc_base),
	STATE_FIELD(struct mips_cm, region),
	STATE_FIELD(struct mips_cm, core),
	{ NULL, 0, 0 },
};
/* clang-format on */

static const struct device_ops cm_ops = {
	.name = "mips_cm",
	.mmio_read = cm_read,
	.mmio_write = cm_write,
	.reset = cm_reset,
	.destroy = cm_destroy,
	.state = cm_state,
	.restored = cm_restored,
};

uint32_t mips_cm_reset_base(const struct device *dev, unsigned int core)
{
	return ((const struct mips_cm *)dev)->core[core].reset_base;
}

struct device *mips_cm_create(const struct mips_cm_config *cfg)
{
	struct mips_cm *cm = calloc(1, sizeof(*cm));

	if (!cm)
		return NULL;
	cm->dev = (struct device){ .ops = &cm_ops, .base = cfg->base, .size = MIPS_CM_SIZE };
	cm->cfg = *cfg;
	cm_reset(&cm->dev);
	return &cm->dev;
}
