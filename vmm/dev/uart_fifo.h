/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One direction's FIFO of a serial port.  Its users keep count within UART_FIFO: a
 * port whose FIFOs are off has less room than there is.
 */
#ifndef EMBER_UART_FIFO_H
#define EMBER_UART_FIFO_H

#include <stddef.h>
#include <stdint.h>

#define UART_FIFO 16u

struct chardev;

struct uart_fifo {
	uint32_t count; /* the oldest first */
	uint8_t byte[UART_FIFO];
};

void uart_fifo_put(struct uart_fifo *fifo, const uint8_t *buf, size_t len);

/* From one that is not empty. */
uint8_t uart_fifo_get(struct uart_fifo *fifo);

/* Move as much as it takes to the host; without a far end (@chr NULL) all is gone. */
void uart_fifo_send(struct uart_fifo *fifo, struct chardev *chr);

#endif
