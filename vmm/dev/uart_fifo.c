// SPDX-License-Identifier: GPL-2.0
/* A serial port's FIFOs; see uart_fifo.h. */
#include <string.h>

#include "../host/chardev.h"
#include "uart_fifo.h"

static void drop(struct uart_fifo *fifo, size_t n)
{
	fifo->count -= n;
	memmove(fifo->byte, fifo->byte + n, fifo->count);
}

void uart_fifo_put(struct uart_fifo *fifo, const uint8_t *buf, size_t len)
{
	memcpy(fifo->byte + fifo->count, buf, len);
	fifo->count += len;
}

uint8_t uart_fifo_get(struct uart_fifo *fifo)
{
	uint8_t c = fifo->byte[0];

	drop(fifo, 1);
	return c;
}

void uart_fifo_send(struct uart_fifo *fifo, struct chardev *chr)
{
	if (!fifo->count)
		return;
	drop(fifo, chr ? chardev_write(chr, fifo->byte, fifo->count) : fifo->count);
}
