// SPDX-License-Identifier: GPL-2.0
/* Malta's devices and their wires; see malta_board.h. */
#include <errno.h>

#include "../bus.h"
#include "../dev/device.h"
#include "../dev/gt64120.h"
#include "../dev/i8254.h"
#include "../dev/i8259.h"
#include "../dev/malta_fpga.h"
#include "../dev/mc146818.h"
#include "../dev/mips_cm.h"
#include "../dev/mips_cpc.h"
#include "../dev/mips_gic.h"
#include "../dev/ns16550.h"
#include "../dev/piix4.h"
#include "../dev/window.h"
#include "../err.h"
#include "malta_board.h"

#define PORT(n) (MALTA_ISA + (n))

static int move(void *opaque, struct device *dev, uint64_t base, bool mapped)
{
	return bus_move(opaque, dev, base, mapped);
}

/* Puts @dev on the bus, which is to destroy it from then on. */
static int add(struct malta_board *b, struct device *dev, const char *what, struct err *e)
{
	int r = dev ? bus_add(b->bus, dev) : -errno;

	if (!r)
		return 0;
	if (dev)
		dev->ops->destroy(dev);
	return err_sys(e, EXIT_INTERNAL, -r, "cannot make the %s", what);
}

/* The same for a device that the board keeps: @keep is set whatever happens. */
static int add_own(struct malta_board *b, struct device *dev, struct device **keep,
		   const char *what, struct err *e)
{
	int r = dev ? bus_add(b->bus, dev) : -errno;

	*keep = dev;
	return r ? err_sys(e, EXIT_INTERNAL, -r, "cannot make the %s", what) : 0;
}

static void power(void *opaque, unsigned int core, bool on)
{
	struct malta_board *b = opaque;

	b->power(b->opaque, core, on, mips_cm_reset_base(b->cm, core));
}

/* Its interrupt controller and its power controller are off the bus until a guest wants them. */
static int add_cps(struct malta_board *b, const struct malta_board_config *cfg, struct err *e)
{
	const struct mips_gic_config gic = {
		.cores = cfg->cores,
		.core = cfg->core,
		.out = cfg->gic_out,
		.loop = cfg->loop,
	};
	const struct mips_cpc_config cpc = { cfg->cores, cfg->core, power, b };
	struct mips_cm_config cm = {
		.base = MALTA_CM,
		.cores = cfg->cores,
		.core = cfg->core,
		.remap = { move, b->bus },
	};

	b->power = cfg->power;
	b->opaque = cfg->opaque;
	cm.gic = b->gic = mips_gic_create(&gic);
	cm.cpc = b->cpc = b->gic ? mips_cpc_create(&cpc) : NULL;
	if (!b->cpc)
		return err_sys(e, EXIT_INTERNAL, errno, "cannot make the interrupt controller");
	b->cm = mips_cm_create(&cm);
	return add(b, b->cm, "coherence manager", e);
}

/* To the only processor, or to an interrupt controller of several. */
static struct irqline *wire(const struct malta_board *b, struct irqline *pin, unsigned int gic)
{
	return b->gic ? mips_gic_source(b->gic, gic) : pin;
}

static int add_pic(struct malta_board *b, const struct malta_board_config *cfg, struct err *e)
{
	struct irqline *out = wire(b, cfg->pic_out, MALTA_GIC_I8259);
	struct device *pic = i8259_create(PORT(0x20), out, MALTA_VIRTIO_IRQ_MASK);

	if (add_own(b, pic, &b->pic, "interrupt controller", e))
		return -1;
	if (add(b, window_create(pic, PORT(0xa0), 2, I8259_SLAVE), "second interrupt controller",
		e))
		return -1;
	return add(b, window_create(pic, PORT(0x4d0), 2, I8259_ELCR), "ELCR", e);
}

static int add_clocks(struct malta_board *b, const struct malta_board_config *cfg, struct err *e)
{
	struct irqline *timer = i8259_source(b->pic, MALTA_IRQ_TIMER);
	struct irqline *rtc = i8259_source(b->pic, MALTA_IRQ_RTC);
	struct device *pit = i8254_create(PORT(0x40), timer, cfg->loop);

	if (add(b, pit, "timer", e))
		return -1;
	if (add(b, window_create(pit, PORT(0x61), 1, I8254_PORT61), "timer's gate", e))
		return -1;
	return add(b, mc146818_create(PORT(0x70), rtc, cfg->loop), "clock", e);
}

/* Two on the ISA bus, the third beside it; the first has a far end. */
static int add_uarts(struct malta_board *b, const struct malta_board_config *cfg, struct err *e)
{
	struct irqline *irq1 = i8259_source(b->pic, MALTA_IRQ_UART1);
	struct irqline *irq2 = i8259_source(b->pic, MALTA_IRQ_UART2);
	struct irqline *irq3 = wire(b, cfg->uart3, MALTA_GIC_UART3);

	if (add(b, ns16550_create(PORT(0x3f8), 1, irq1, cfg->chr), "serial port", e))
		return -1;
	if (add(b, ns16550_create(PORT(0x2f8), 1, irq2, NULL), "second serial port", e))
		return -1;
	return add(b, ns16550_create(MALTA_FPGA + MALTA_FPGA_UART, 8, irq3, NULL),
		   "third serial port", e);
}

static int add_fpga(struct malta_board *b, const struct malta_board_config *cfg, struct err *e)
{
	const struct malta_fpga_config fpga_cfg = {
		.base = MALTA_FPGA,
		.reset = cfg->reset,
		.opaque = cfg->opaque,
		.trace = cfg->trace,
	};
	struct device *fpga = malta_fpga_create(&fpga_cfg);

	if (add(b, fpga, "board's registers", e))
		return -1;
	if (add(b,
		window_create(fpga, MALTA_FPGA + MALTA_FPGA_HIGH, MALTA_FPGA_HIGH_SIZE,
			      MALTA_FPGA_HIGH),
		"board's other registers", e))
		return -1;
	return add(b, malta_rom_create(MALTA_ROM), "ROM", e);
}

/* The bridge is as the board's firmware leaves it: no firmware runs here. */
static int add_pci(struct malta_board *b, const struct malta_board_config *cfg, struct err *e)
{
	const struct remap remap = { move, b->bus };
	const struct gt64120_config gt = { &b->pci, i8259_acknowledge, b->pic, remap };
	const struct piix4_config piix4 = {
		.pci = &b->pci,
		.slot = PIIX4_SLOT_MALTA,
		.isa = MALTA_ISA,
		.remap = remap,
		.off = cfg->off,
		.opaque = cfg->opaque,
	};

	if (add_own(b, gt64120_create(&gt), &b->gt, "system controller", e))
		return -1;
	gt64120_firmware(b->gt);
	b->piix4 = piix4_create(&piix4);
	return b->piix4 ? 0 : err_sys(e, EXIT_INTERNAL, errno, "cannot make the PIIX4");
}

static int add_virtio_irqs(struct malta_board *b, struct err *e)
{
	static const unsigned int irqs[] = MALTA_VIRTIO_IRQS;
	const unsigned int nr = sizeof(irqs) / sizeof(irqs[0]);
	unsigned int i;

	for (i = 0; i < MALTA_VIRTIO_SLOTS; i++) {
		b->virtio_irq[i] = i8259_source(b->pic, irqs[i % nr]);
		if (!b->virtio_irq[i])
			return err_set(e, EXIT_INTERNAL, "no interrupt for virtio device %u", i);
	}
	return 0;
}

int malta_board_init(struct malta_board *b, const struct malta_board_config *cfg, struct err *e)
{
	*b = (struct malta_board){ .bus = cfg->bus };
	b->bus->ports_base = MALTA_ISA;
	b->bus->ports_size = MALTA_ISA_SIZE;
	if (cfg->cores > 1 && add_cps(b, cfg, e))
		return -1;
	if (add_pic(b, cfg, e) || add_clocks(b, cfg, e) || add_uarts(b, cfg, e))
		return -1;
	return add_fpga(b, cfg, e) || add_pci(b, cfg, e) ? -1 : add_virtio_irqs(b, e);
}

void malta_board_unplug(struct malta_board *b)
{
	if (!b->bus)
		return;
	bus_remove(b->bus, b->pic);
	bus_remove(b->bus, b->gt);
	bus_remove(b->bus, b->piix4);
	bus_remove(b->bus, b->gic);
	bus_remove(b->bus, b->cpc);
}

static void destroy(struct device *dev)
{
	if (dev)
		dev->ops->destroy(dev);
}

void malta_board_finish(struct malta_board *b)
{
	destroy(b->piix4);
	destroy(b->gt);
	destroy(b->pic);
	destroy(b->cpc);
	destroy(b->gic);
}
