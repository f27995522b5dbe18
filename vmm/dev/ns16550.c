// SPDX-License-Identifier: GPL-2.0
/*
 * 16550A serial port; see ns16550.h.  Section numbers are those of the PC16550D
 * data sheet.
 *
 * There is no baud rate: a character sent is gone at once unless the host's end
 * has no room, and then the transmit FIFO fills up and THRE makes the guest
 * wait, as on a slow line.  The far end sends only while RTS says that the guest
 * is ready, and what it sends stays in the host until the FIFO has room: nothing
 * typed is lost to the guest's own start, and there is no overrun.  Modem lines
 * are always on.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../host/chardev.h"
#include "../machine/fdt.h"
#include "ns16550.h"
#include "regs.h"
#include "uart_fifo.h"

enum { IER_RX = 1 << 0, IER_TX = 1 << 1, IER_LINE = 1 << 2, IER_MODEM = 1 << 3 };
enum { IIR_NONE = 1, IIR_FIFOS = 0xc0 };
enum { FCR_ENABLE = 1 << 0, FCR_CLEAR_RX = 1 << 1, FCR_CLEAR_TX = 1 << 2 };
enum { LCR_DLAB = 1 << 7 };
enum { MCR_DTR = 1 << 0, MCR_RTS = 1 << 1, MCR_OUT1 = 1 << 2, MCR_OUT2 = 1 << 3 };
enum { MCR_LOOP = 1 << 4 };
enum { LSR_DR = 1 << 0, LSR_OE = 1 << 1, LSR_THRE = 1 << 5, LSR_TEMT = 1 << 6 };
enum { MSR_TERI = 1 << 2, MSR_CTS = 1 << 4, MSR_DSR = 1 << 5, MSR_RI = 1 << 6, MSR_DCD = 1 << 7 };

struct ns16550 {
	struct device dev;
	struct chardev *chr;
	unsigned int stride;
	uint32_t ier;
	uint32_t fcr; /* enable and trigger level */
	uint32_t lcr;
	uint32_t mcr;
	uint32_t lsr; /* the error bits; the others follow from the FIFOs */
	uint32_t msr; /* the delta bits; the others follow from mcr */
	uint32_t scr;
	uint32_t dll;
	uint32_t dlm;
	uint32_t thre; /* the transmitter's interrupt, which reading IIR takes back */
	struct uart_fifo rx;
	struct uart_fifo tx;
};

static struct ns16550 *to_ns16550(struct device *dev)
{
	return (struct ns16550 *)dev;
}

static uint32_t depth(const struct ns16550 *u)
{
	return u->fcr & FCR_ENABLE ? UART_FIFO : 1;
}

static uint32_t trigger(const struct ns16550 *u)
{
	static const uint8_t level[4] = { 1, 4, 8, 14 };

	return u->fcr & FCR_ENABLE ? level[u->fcr >> 6] : 1;
}

static bool line_error(const struct ns16550 *u)
{
	return u->lsr;
}

static bool rx_due(const struct ns16550 *u)
{
	return u->rx.count >= trigger(u);
}

/*
 * "There is something, but less than the trigger level" (8.6.2); with no baud
 * rate it is due at once.
 */
static bool rx_timeout(const struct ns16550 *u)
{
	return u->rx.count;
}

static bool tx_due(const struct ns16550 *u)
{
	return u->thre;
}

static bool modem_changed(const struct ns16550 *u)
{
	return u->msr;
}

/* Table IV, by priority. */
static const struct cause {
	uint32_t enable;
	uint32_t iir;
	bool (*due)(const struct ns16550 *u);
} causes[] = {
	{ IER_LINE, 0x06, line_error },	    { IER_RX, 0x04, rx_due },
	{ IER_RX, 0x0c, rx_timeout },	    { IER_TX, 0x02, tx_due },
	{ IER_MODEM, 0x00, modem_changed },
};

/* The most urgent of the interrupts that are due and enabled, or NULL. */
static const struct cause *pending(const struct ns16550 *u)
{
	size_t i;

	for (i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
		if (u->ier & causes[i].enable && causes[i].due(u))
			return &causes[i];
	return NULL;
}

/* NOT DONE: OUT2 as the switch of the interrupt line, which is the PC's wiring. */
static void update_irq(struct ns16550 *u)
{
	if (u->dev.irq)
		u->dev.irq->set(u->dev.irq, pending(u));
}

static size_t room(void *opaque)
{
	const struct ns16550 *u = opaque;

	if (!(u->mcr & MCR_RTS) || u->mcr & MCR_LOOP || u->rx.count >= depth(u))
		return 0;
	return depth(u) - u->rx.count;
}

static void ready_again(struct ns16550 *u)
{
	if (u->chr && room(u))
		chardev_input_ready(u->chr);
}

static void input(void *opaque, const uint8_t *buf, size_t len)
{
	struct ns16550 *u = opaque;

	uart_fifo_put(&u->rx, buf, len);
	update_irq(u);
}

/* Without FIFOs a character too many replaces the one before, else it is lost (8.6.1). */
static void loop_back(struct ns16550 *u, uint8_t c)
{
	if (u->rx.count >= depth(u)) {
		u->lsr |= LSR_OE;
		if (depth(u) > 1)
			return;
		u->rx.count = 0;
	}
	uart_fifo_put(&u->rx, &c, 1);
}

static void tx_drain(struct ns16550 *u)
{
	uart_fifo_send(&u->tx, u->chr);
	if (!u->tx.count)
		u->thre = 1;
	update_irq(u);
}

static void thr_wrote(struct device *dev, uint32_t val)
{
	struct ns16550 *u = to_ns16550(dev);
	uint8_t c = val;

	u->thre = 0;
	if (u->mcr & MCR_LOOP)
		loop_back(u, c);
	else if (u->tx.count < UART_FIFO)
		uart_fifo_put(&u->tx, &c, 1);
	tx_drain(u);
}

static uint32_t rbr_read(struct device *dev)
{
	struct ns16550 *u = to_ns16550(dev);
	uint8_t c;

	if (!u->rx.count)
		return 0;
	c = uart_fifo_get(&u->rx);
	update_irq(u);
	if (!u->rx.count)
		ready_again(u);
	return c;
}

/* Enabling the transmitter's interrupt with nothing to send raises it. */
static void ier_wrote(struct device *dev, uint32_t val)
{
	struct ns16550 *u = to_ns16550(dev);
	bool was = u->ier & IER_TX;

	u->ier = val & 0x0f;
	if (!was && val & IER_TX && !u->tx.count)
		u->thre = 1;
	update_irq(u);
}

static uint32_t iir_read(struct device *dev)
{
	struct ns16550 *u = to_ns16550(dev);
	const struct cause *c = pending(u);

	if (c && c->enable == IER_TX)
		u->thre = 0;
	update_irq(u);
	return (c ? c->iir : IIR_NONE) | (u->fcr & FCR_ENABLE ? IIR_FIFOS : 0);
}

/* Turning the FIFOs off or on empties them (8.4). */
static void fcr_wrote(struct device *dev, uint32_t val)
{
	struct ns16550 *u = to_ns16550(dev);
	bool toggled = (u->fcr ^ val) & FCR_ENABLE;

	if (toggled || val & FCR_CLEAR_RX)
		u->rx.count = 0;
	if ((toggled || val & FCR_CLEAR_TX) && u->tx.count) {
		u->tx.count = 0;
		u->thre = 1;
	}
	u->fcr = val & FCR_ENABLE ? val & (FCR_ENABLE | 0xc0) : 0;
	update_irq(u);
	ready_again(u);
}

/* The modem lines, inputs and loop (8.7 and 8.8). */
static uint32_t modem_lines(const struct ns16550 *u)
{
	if (!(u->mcr & MCR_LOOP))
		return MSR_CTS | MSR_DSR | MSR_DCD;
	return (u->mcr & MCR_RTS ? MSR_CTS : 0) | (u->mcr & MCR_DTR ? MSR_DSR : 0) |
	       (u->mcr & MCR_OUT1 ? MSR_RI : 0) | (u->mcr & MCR_OUT2 ? MSR_DCD : 0);
}

/* Each line's change is remembered, but of the ring indicator only its end. */
static void mcr_wrote(struct device *dev, uint32_t val)
{
	struct ns16550 *u = to_ns16550(dev);
	uint32_t before = modem_lines(u), after;

	u->mcr = val & 0x1f;
	after = modem_lines(u);
	u->msr |= ((before ^ after) >> 4) & ~MSR_TERI;
	if (before & ~after & MSR_RI)
		u->msr |= MSR_TERI;
	update_irq(u);
	ready_again(u);
}

static uint32_t lsr_read(struct device *dev)
{
	struct ns16550 *u = to_ns16550(dev);
	uint32_t lsr = u->lsr | (u->rx.count ? LSR_DR : 0);

	if (!u->tx.count)
		lsr |= LSR_THRE | LSR_TEMT;
	u->lsr = 0;
	update_irq(u);
	return lsr;
}

static uint32_t msr_read(struct device *dev)
{
	struct ns16550 *u = to_ns16550(dev);
	uint32_t msr = u->msr | modem_lines(u);

	u->msr = 0;
	update_irq(u);
	return msr;
}

#define M(m) offsetof(struct ns16550, m)

/* Writes to the two status registers are for the factory (8.5): they do nothing. */
#define COMMON_REGS                                                                           \
	{ "IIR/FCR", 2, 0, 0, iir_read, fcr_wrote }, { "LCR", 3, M(lcr), 0xff, NULL, NULL },  \
		{ "MCR", 4, M(mcr), 0, NULL, mcr_wrote }, { "LSR", 5, 0, 0, lsr_read, NULL }, \
		{ "MSR", 6, 0, 0, msr_read, NULL }, { "SCR", 7, M(scr), 0xff, NULL, NULL },   \
	{                                                                                     \
		NULL, 0, 0, 0, NULL, NULL                                                     \
	}

static const struct reg ns16550_regs[] = {
	{ "RBR/THR", 0, 0, 0, rbr_read, thr_wrote },
	{ "IER", 1, M(ier), 0, NULL, ier_wrote },
	COMMON_REGS,
};

static const struct reg ns16550_divisor_regs[] = {
	{ "DLL", 0, M(dll), 0xff, NULL, NULL },
	{ "DLM", 1, M(dlm), 0xff, NULL, NULL },
	COMMON_REGS,
};

static const struct reg_bank ns16550_bank = { ns16550_regs, NULL };
static const struct reg_bank ns16550_divisor_bank = { ns16550_divisor_regs, NULL };

static const struct reg_bank *bank(const struct ns16550 *u)
{
	return u->lcr & LCR_DLAB ? &ns16550_divisor_bank : &ns16550_bank;
}

/* Between the registers there is nothing: an offset that the bank doesn't have. */
static uint64_t index_of(const struct ns16550 *u, uint64_t off)
{
	return off % u->stride ? NS16550_REGS : off / u->stride;
}

static uint64_t ns16550_read(struct device *dev, uint64_t off, unsigned int len)
{
	const struct ns16550 *u = to_ns16550(dev);

	(void)len;
	return regs_read(bank(u), dev, index_of(u, off));
}

static void ns16550_write(struct device *dev, uint64_t off, uint64_t val, unsigned int len)
{
	const struct ns16550 *u = to_ns16550(dev);

	(void)len;
	regs_write(bank(u), dev, index_of(u, off), val & 0xff);
}

static void writable(void *opaque)
{
	tx_drain(opaque);
}

static const struct chardev_client ns16550_client = { room, input, writable };

/* Table III: the divisor and the scratch register keep what they had; here they don't. */
static void ns16550_reset(struct device *dev)
{
	struct ns16550 *u = to_ns16550(dev);

	memset((uint8_t *)u + M(ier), 0, sizeof(*u) - M(ier));
	update_irq(u);
}

static void ns16550_destroy(struct device *dev)
{
	struct ns16550 *u = to_ns16550(dev);

	if (u->chr)
		chardev_attach(u->chr, NULL, NULL);
	free(u);
}

/* From a snapshot, so as hostile as a guest. */
static int ns16550_restored(struct device *dev)
{
	struct ns16550 *u = to_ns16550(dev);

	if (u->rx.count > UART_FIFO || u->tx.count > UART_FIFO || u->fcr & ~(FCR_ENABLE | 0xc0))
		return -EINVAL;
	if (u->ier & ~0x0f || u->mcr & ~0x1f || u->lsr & ~LSR_OE || u->msr & ~0x0f)
		return -EINVAL;
	if (u->tx.count)
		tx_drain(u);
	update_irq(u);
	ready_again(u);
	return 0;
}

/* clang-format off */
static const struct state_field ns16550_state[] = {
	STATE_FIELD(struct ns16550, ier),
	STATE_FIELD(struct ns16550, fcr),
	STATE_FIELD(struct ns16550, lcr),
	STATE_FIELD(struct ns16550, mcr),
	STATE_FIELD(struct ns16550, lsr),
	STATE_FIELD(struct ns16550, msr),
	STATE_FIELD(struct ns16550, scr),
	STATE_FIELD(struct ns16550, dll),
	STATE_FIELD(struct ns16550, dlm),
	STATE_FIELD(struct ns16550, thre),
	STATE_FIELD(struct ns16550, rx.count),
	STATE_FIELD(struct ns16550, tx.count),
	STATE_FIELD(struct ns16550, rx.byte),
	STATE_FIELD(struct ns16550, tx.byte),
	{ NULL, 0, 0 },
};
/* clang-format on */

/* There is no baud rate; the clock is the usual one, so that all speeds can be set. */
static int ns16550_fdt(struct device *dev, void *fdt)
{
	FDT_TRY(fdt_begin_device(fdt, dev, "serial"));
	FDT_TRY(fdt_property_string(fdt, "device_type", "serial"));
	FDT_TRY(fdt_property_string(fdt, "compatible", "ns16550"));
	FDT_TRY(fdt_property_u32(fdt, "clock-frequency", 11059200));
	FDT_TRY(fdt_property_u32(fdt, "current-speed", 115200));
	return fdt_end_node(fdt);
}

static const struct device_ops ns16550_ops = {
	.name = "ns16550",
	.mmio_read = ns16550_read,
	.mmio_write = ns16550_write,
	.fdt = ns16550_fdt,
	.reset = ns16550_reset,
	.destroy = ns16550_destroy,
	.state = ns16550_state,
	.restored = ns16550_restored,
};

struct device *ns16550_create(uint64_t base, unsigned int stride, struct irqline *irq,
			      struct chardev *chr)
{
	struct ns16550 *u = calloc(1, sizeof(*u));

	if (!u)
		return NULL;
	u->dev = (struct device){
		.ops = &ns16550_ops,
		.base = base,
		.size = NS16550_REGS * stride,
		.irq = irq,
	};
	u->chr = chr;
	u->stride = stride;
	ns16550_reset(&u->dev);
	if (chr)
		chardev_attach(chr, &ns16550_client, u);
	return &u->dev;
}
