/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For tests that go on with one seed after the other, until there has been enough of it.
 *
 * EMBER_SEED is the first one of a test, EMBER_SEEDS how many there are at least;
 * EMBER_EXITS asks for more of them until guests have made so many exits.
 */
#ifndef BOARD_SEEDS_H
#define BOARD_SEEDS_H

#include <stdint.h>

/* How often the clock below has ticked; whoever counts sets it to 0. */
extern volatile unsigned int ticked;
/* Every KVM_RUN of a guest that loops is interrupted now and then. */
void tick_every(long usec);

/* The next seed of this test, of which there are @least, printed; 0: enough. */
uint32_t next_seed(const char *test, unsigned int least);

/*
 * @rounds ioctls with random numbers and arguments on one of @n descriptors, but for
 * KVM_RUN and KVM_CREATE_VM; from time to time @meanwhile.
 */
void random_ioctls_on(const int *fds, unsigned int n, unsigned int rounds, void (*meanwhile)(void));

#endif
