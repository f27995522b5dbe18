// SPDX-License-Identifier: GPL-2.0
/*
 * PL011 serial port; section numbers are those of ARM DDI 0183G.
 *
 * There is no baud rate: a character sent is gone at once unless the host's end
 * has no room, and then the transmit FIFO fills up and TXFF makes the guest
 * wait, as on a slow line.  Received characters stay in the host until the
 * FIFO has room, so there is no overrun.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../host/chardev.h"
#include "../machine/fdt.h"
#include "pl011.h"
#include "regs.h"
#include "uart_fifo.h"

enum { FR_CTS = 1 << 0, FR_DSR = 1 << 1, FR_DCD = 1 << 2, FR_BUSY = 1 << 3 };
enum { FR_RXFE = 1 << 4, FR_TXFF = 1 << 5, FR_RXFF = 1 << 6, FR_TXFE = 1 << 7 };
enum { LCR_FEN = 1 << 4 };
enum { CR_UARTEN = 1 << 0, CR_LBE = 1 << 7, CR_TXE = 1 << 8, CR_RXE = 1 << 9 };
enum { INT_RX = 1 << 4, INT_TX = 1 << 5, INT_RT = 1 << 6, INT_OE = 1 << 10 };

struct pl011 {
	struct device dev;
	struct chardev *chr;
	uint32_t rsr;
	uint32_t ilpr;
	uint32_t ibrd;
	uint32_t fbrd;
	uint32_t lcr;
	uint32_t cr;
	uint32_t ifls;
	uint32_t imsc;
	uint32_t ris;
	uint32_t dmacr;
	struct uart_fifo rx;
	struct uart_fifo tx;
};

static struct pl011 *to_pl011(struct device *dev)
{
	return (struct pl011 *)dev;
}

static void update_irq(struct pl011 *u)
{
	if (u->dev.irq)
		u->dev.irq->set(u->dev.irq, u->ris & u->imsc);
}

/* With the FIFOs off (3.3.7) each is one character deep. */
static uint32_t depth(const struct pl011 *u)
{
	return u->lcr & LCR_FEN ? UART_FIFO : 1;
}

/* Interrupt FIFO level select, 3.3.9: eighths of the FIFO. */
static uint32_t trigger(const struct pl011 *u, uint32_t select)
{
	static const uint8_t level[8] = { 2, 4, 8, 12, 14, 14, 14, 14 };

	return u->lcr & LCR_FEN ? level[select & 7] : 1;
}

/*
 * The receive timeout (2.8) stands for "there is something, but less than the
 * trigger level"; with no baud rate it is due at once.
 */
static void rx_update(struct pl011 *u)
{
	u->ris &= ~(INT_RX | (u->rx.count ? 0 : INT_RT));
	if (u->rx.count >= trigger(u, u->ifls >> 3))
		u->ris |= INT_RX;
	else if (u->rx.count)
		u->ris |= INT_RT;
	update_irq(u);
}

static void tx_update(struct pl011 *u)
{
	uint32_t level = u->lcr & LCR_FEN ? trigger(u, u->ifls) : 0;

	if (u->tx.count <= level)
		u->ris |= INT_TX;
	update_irq(u);
}

static void rx_push(struct pl011 *u, const uint8_t *buf, uint32_t len)
{
	uint32_t room = depth(u) > u->rx.count ? depth(u) - u->rx.count : 0;

	if (len > room) {
		u->ris |= INT_OE;
		u->rsr |= 1 << 3;
		len = room;
	}
	uart_fifo_put(&u->rx, buf, len);
	rx_update(u);
}

static void tx_drain(struct pl011 *u)
{
	uart_fifo_send(&u->tx, u->chr);
	tx_update(u);
}

static void dr_write(struct device *dev, uint32_t val)
{
	struct pl011 *u = to_pl011(dev);
	uint8_t c = val;

	if (u->cr & CR_LBE) {
		rx_push(u, &c, 1);
		tx_update(u);
		return;
	}
	if (u->tx.count < UART_FIFO)
		uart_fifo_put(&u->tx, &c, 1);
	tx_drain(u);
}

static uint32_t dr_read(struct device *dev)
{
	struct pl011 *u = to_pl011(dev);
	uint32_t c;

	if (!u->rx.count)
		return 0;
	c = uart_fifo_get(&u->rx);
	rx_update(u);
	if (!u->rx.count && u->chr)
		chardev_input_ready(u->chr);
	return c;
}

static uint32_t fr_read(struct device *dev)
{
	struct pl011 *u = to_pl011(dev);
	uint32_t fr = FR_CTS | FR_DSR | FR_DCD;

	fr |= u->rx.count ? 0 : FR_RXFE;
	fr |= u->rx.count >= depth(u) ? FR_RXFF : 0;
	fr |= u->tx.count ? FR_BUSY : FR_TXFE;
	fr |= u->tx.count >= depth(u) ? FR_TXFF : 0;
	return fr;
}

static void ecr_write(struct device *dev, uint32_t val)
{
	(void)val;
	to_pl011(dev)->rsr = 0;
}

static size_t room(void *opaque)
{
	const struct pl011 *u = opaque;
	const uint32_t on = CR_UARTEN | CR_RXE;

	if ((u->cr & on) != on || (u->cr & CR_LBE) || u->rx.count >= depth(u))
		return 0;
	return depth(u) - u->rx.count;
}

static void ready_again(struct pl011 *u)
{
	if (u->chr && room(u))
		chardev_input_ready(u->chr);
}

/* Turning the FIFOs off or on empties them (3.3.7). */
static void lcr_wrote(struct device *dev, uint32_t val)
{
	struct pl011 *u = to_pl011(dev);

	if (!(val & LCR_FEN) && u->rx.count > 1)
		u->rx.count = 0;
	rx_update(u);
	ready_again(u);
}

static void cr_wrote(struct device *dev, uint32_t val)
{
	(void)val;
	ready_again(to_pl011(dev));
}

static void ifls_wrote(struct device *dev, uint32_t val)
{
	(void)val;
	rx_update(to_pl011(dev));
}

static void imsc_wrote(struct device *dev, uint32_t val)
{
	(void)val;
	update_irq(to_pl011(dev));
}

static uint32_t mis_read(struct device *dev)
{
	return to_pl011(dev)->ris & to_pl011(dev)->imsc;
}

static void icr_write(struct device *dev, uint32_t val)
{
	struct pl011 *u = to_pl011(dev);

	u->ris &= ~val;
	update_irq(u);
}

#define M(m) offsetof(struct pl011, m)

static const struct reg pl011_regs[] = {
	{ "DR", 0x00, 0, 0, dr_read, dr_write },
	{ "RSR/ECR", 0x04, M(rsr), 0, NULL, ecr_write },
	{ "FR", 0x18, 0, 0, fr_read, NULL },
	{ "ILPR", 0x20, M(ilpr), 0xff, NULL, NULL },
	{ "IBRD", 0x24, M(ibrd), 0xffff, NULL, NULL },
	{ "FBRD", 0x28, M(fbrd), 0x3f, NULL, NULL },
	{ "LCR_H", 0x2c, M(lcr), 0xff, NULL, lcr_wrote },
	{ "CR", 0x30, M(cr), 0xff87, NULL, cr_wrote },
	{ "IFLS", 0x34, M(ifls), 0x3f, NULL, ifls_wrote },
	{ "IMSC", 0x38, M(imsc), 0x7ff, NULL, imsc_wrote },
	{ "RIS", 0x3c, M(ris), 0, NULL, NULL },
	{ "MIS", 0x40, 0, 0, mis_read, NULL },
	{ "ICR", 0x44, 0, 0, NULL, icr_write },
	{ "DMACR", 0x48, M(dmacr), 0x7, NULL, NULL },
	{ NULL, 0, 0, 0, NULL, NULL },
};

static const uint8_t pl011_id[8] = { 0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

static const struct reg_bank pl011_bank = { pl011_regs, pl011_id };

static uint64_t pl011_read(struct device *dev, uint64_t off, unsigned int len)
{
	(void)len;
	return regs_read(&pl011_bank, dev, off);
}

static void pl011_write(struct device *dev, uint64_t off, uint64_t val, unsigned int len)
{
	(void)len;
	regs_write(&pl011_bank, dev, off, val);
}

static void input(void *opaque, const uint8_t *buf, size_t len)
{
	rx_push(opaque, buf, len);
}

static void writable(void *opaque)
{
	tx_drain(opaque);
}

static const struct chardev_client pl011_client = { room, input, writable };

static void pl011_reset(struct device *dev)
{
	struct pl011 *u = to_pl011(dev);

	memset((uint8_t *)u + M(rsr), 0, sizeof(*u) - M(rsr));
	u->cr = CR_TXE | CR_RXE;
	u->ifls = 0x12;
	update_irq(u);
}

static void pl011_destroy(struct device *dev)
{
	struct pl011 *u = to_pl011(dev);

	if (u->chr)
		chardev_attach(u->chr, NULL, NULL);
	free(u);
}

static int pl011_fdt(struct device *dev, void *fdt)
{
	static const char compatible[] = "arm,pl011\0arm,primecell";
	static const char clocks[] = "uartclk\0apb_pclk";

	FDT_TRY(fdt_begin_device(fdt, dev, "pl011"));
	FDT_TRY(fdt_property(fdt, "compatible", compatible, sizeof(compatible)));
	FDT_TRY(FDT_CELLS(fdt, "clocks", FDT_PHANDLE_CLK, FDT_PHANDLE_CLK));
	FDT_TRY(fdt_property(fdt, "clock-names", clocks, sizeof(clocks)));
	return fdt_end_node(fdt);
}

/* From a snapshot, so as hostile as a guest. */
static int pl011_restored(struct device *dev)
{
	struct pl011 *u = to_pl011(dev);

	if (u->rx.count > UART_FIFO || u->tx.count > UART_FIFO)
		return -EINVAL;
	if (u->tx.count)
		tx_drain(u);
	update_irq(u);
	ready_again(u);
	return 0;
}

/* clang-format off */
static const struct state_field pl011_state[] = {
	STATE_FIELD(struct pl011, rsr),
	STATE_FIELD(struct pl011, ilpr),
	STATE_FIELD(struct pl011, ibrd),
	STATE_FIELD(struct pl011, fbrd),
	STATE_FIELD(struct pl011, lcr),
	STATE_FIELD(struct pl011, cr),
	STATE_FIELD(struct pl011, ifls),
	STATE_FIELD(struct pl011, imsc),
	STATE_FIELD(struct pl011, ris),
	STATE_FIELD(struct pl011, dmacr),
	STATE_FIELD(struct pl011, rx.count),
	STATE_FIELD(struct pl011, tx.count),
	STATE_FIELD(struct pl011, rx.byte),
	STATE_FIELD(struct pl011, tx.byte),
	{ NULL, 0, 0 },
};
/* clang-format on */

static const struct device_ops pl011_ops = {
	.name = "pl011",
	.mmio_read = pl011_read,
	.mmio_write = pl011_write,
	.fdt = pl011_fdt,
	.reset = pl011_reset,
	.destroy = pl011_destroy,
	.state = pl011_state,
	.restored = pl011_restored,
};

struct device *pl011_create(uint64_t base, struct irqline *irq, struct chardev *chr)
{
	struct pl011 *u = calloc(1, sizeof(*u));

	if (!u)
		return NULL;
	u->dev = (struct device){ .ops = &pl011_ops, .base = base, .size = PL011_SIZE, .irq = irq };
	u->chr = chr;
	pl011_reset(&u->dev);
	if (chr)
		chardev_attach(chr, &pl011_client, u);
	return &u->dev;
}
