/* SPDX-License-Identifier: GPL-2.0 */
/* What bench/exits.c and its guest agree on; used by both. */
#ifndef BENCH_H
#define BENCH_H

/* 6400 rounds, in batches short against the host's timer tick. */
#define BATCHES 100
#define ROUNDS 64

#define WAKE_SPI 40
#define PING 4
#define PONG 5

#define UART_FR 0x09000018

#endif
