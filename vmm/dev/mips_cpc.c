// SPDX-License-Identifier: GPL-2.0
/* Cluster power controller; see mips_cpc.h. The blocks of its window: mips_cm.c. */
#include <errno.h>
#include <stdlib.h>

#include "mips_cm.h"
#include "mips_cpc.h"
#include "regs.h"

#define LOCAL 0x2000
#define OTHER 0x4000
#define BLOCK 0x2000

/* Of a core's block. */
enum { CMD = 0x00, STAT_CONF = 0x08, CORE_OTHER = 0x10 };

enum { CMD_CLOCKOFF = 1, CMD_PWRDOWN = 2, CMD_PWRUP = 3, CMD_RESET = 4 };

/* STAT_CONF: the sequencer's state, and that cores can be without power or clock. */
#define STATE(n) ((n) << 19)
#define STATE_D0 0u /* no power */
#define STATE_D2 10u /* no clock */
#define STATE_U6 7u /* runs, coherent */
#define CAN_DO (3u << 16)

struct cpc_core {
	uint32_t cmd;
	uint32_t state;
	uint32_t other;
};

struct mips_cpc {
	struct device dev;
	struct mips_cpc_config cfg;
	uint32_t access;
	uint32_t delay, rail, reset_length; /* of sequences that take no time here */
	struct cpc_core core[MIPS_CORES_MAX];
};

static struct mips_cpc *to_cpc(struct device *dev)
{
	return (struct mips_cpc *)dev;
}

#define M(m) offsetof(struct mips_cpc, m)

static const struct reg cpc_regs[] = {
	{ "ACCESS", 0x000, M(access), 0xff, NULL, NULL },
	{ "SEQDEL", 0x008, M(delay), 0x3ff, NULL, NULL },
	{ "RAIL", 0x010, M(rail), 0x3ff, NULL, NULL },
	{ "RESETLEN", 0x018, M(reset_length), 0x3ff, NULL, NULL },
	{ "REVISION", 0x020, 0, 0, NULL, NULL },
	{ NULL, 0, 0, 0, NULL, NULL },
};

static const struct reg_bank cpc_bank = { cpc_regs, NULL };

static struct cpc_core *core_at(struct mips_cpc *cpc, uint64_t off)
{
	unsigned int nr = *cpc->cfg.core;

	if (off >= OTHER && nr < cpc->cfg.cores)
		nr = cpc->core[nr].other >> 16;
	return off < OTHER + BLOCK && nr < cpc->cfg.cores ? &cpc->core[nr] : NULL;
}

static void command(struct mips_cpc *cpc, struct cpc_core *core, uint32_t cmd)
{
	bool on = cmd == CMD_RESET || (cmd == CMD_PWRUP && core->state != STATE_U6);

	core->cmd = cmd;
	if (cmd == CMD_CLOCKOFF || cmd == CMD_PWRDOWN)
		core->state = cmd == CMD_PWRDOWN ? STATE_D0 : STATE_D2;
	else if (on)
		core->state = STATE_U6;
	else
		return;
	cpc->cfg.power(cpc->cfg.opaque, core - cpc->core, on);
}

static uint32_t core_read(struct mips_cpc *cpc, const struct cpc_core *core, uint32_t reg)
{
	switch (reg) {
	case CMD:
		return core->cmd;
	case STAT_CONF:
		return STATE(core->state) | CAN_DO;
	case CORE_OTHER:
		return core->other;
	default:
		cpc->dev.unknown++;
		return 0;
	}
}

static uint64_t cpc_read(struct device *dev, uint64_t off, unsigned int len)
{
	struct mips_cpc *cpc = to_cpc(dev);
	const struct cpc_core *core;

	(void)len;
	if (off < LOCAL)
		return regs_read(&cpc_bank, dev, off);
	core = core_at(cpc, off);
	if (core)
		return core_read(cpc, core, off % BLOCK);
	dev->unknown++;
	return 0;
}

static void cpc_write(struct device *dev, uint64_t off, uint64_t val, unsigned int len)
{
	struct mips_cpc *cpc = to_cpc(dev);
	struct cpc_core *core;

	(void)len;
	if (off < LOCAL) {
		regs_write(&cpc_bank, dev, off, val);
		return;
	}
	core = core_at(cpc, off);
	if (core && off % BLOCK == CMD)
		command(cpc, core, val & 0xf);
	else if (core && off % BLOCK == CORE_OTHER)
		core->other = val & 0x00ff0000;
	else if (!core || off % BLOCK != STAT_CONF)
		dev->unknown++;
}

static void cpc_reset(struct device *dev)
{
	struct mips_cpc *cpc = to_cpc(dev);

	*cpc = (struct mips_cpc){ .dev = cpc->dev, .cfg = cpc->cfg, .access = 0xff };
	cpc->core[0].state = STATE_U6;
}

/* From a snapshot, so as hostile as a guest.  Who runs is the machine's to restore. */
static int cpc_restored(struct device *dev)
{
	const struct mips_cpc *cpc = to_cpc(dev);
	unsigned int i;

	if (cpc->access & ~0xffu || (cpc->delay | cpc->rail | cpc->reset_length) & ~0x3ffu)
		return -EINVAL;
	for (i = 0; i < MIPS_CORES_MAX; i++) {
		const struct cpc_core *core = &cpc->core[i];

		if (core->cmd > 15 || core->other & ~0x00ff0000u ||
		    (core->state != STATE_D0 && core->state != STATE_D2 && core->state != STATE_U6))
			return -EINVAL;
	}
	return 0;
}

static void cpc_destroy(struct device *dev)
{
	free(dev);
}

/* clang-format off */
static const struct state_field cpc_state[] = {
	STATE_FIELD(struct mips_cpc, access),
	STATE_FIELD(struct mips_cpc, delay),
	STATE_FIELD(struct mips_cpc, rail),
	STATE_FIELD(struct mips_cpc, reset_length),
	STATE_FIELD(struct mips_cpc, core),
	{ NULL, 0, 0 },
};
/* clang-format on */

static const struct device_ops cpc_ops = {
	.name = "mips_cpc",
	.mmio_read = cpc_read,
	.mmio_write = cpc_write,
	.reset = cpc_reset,
	.destroy = cpc_destroy,
	.state = cpc_state,
	.restored = cpc_restored,
};

struct device *mips_cpc_create(const struct mips_cpc_config *cfg)
{
	struct mips_cpc *cpc = calloc(1, sizeof(*cpc));

	if (!cpc)
		return NULL;
	cpc->dev = (struct device){ .ops = &cpc_ops, .size = MIPS_CPC_SIZE };
	cpc->cfg = *cfg;
	cpc_reset(&cpc->dev);
	return &cpc->dev;
}
