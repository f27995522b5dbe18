/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Calls whose allocations and whose copies from and to user space fail, one by one: the
 * call returns an error and leaves nothing, or does without; and works the next time.
 * That nothing leaks is seen when all is over, by tests/suites/debug.sh.
 *
 * Needs a kernel with fault injection (lab/debug-kernel).
 */
#ifndef BOARD_FAULT_H
#define BOARD_FAULT_H

struct call {
	void (*before)(void); /* makes what the call needs */
	long (*call)(void);
	void (*failed)(void); /* has all that was there stayed? May be NULL, as before, check */
	void (*check)(void); /* did it do what it should? */
	void (*after)(void); /* undoes all of it */
};

/*
 * Call with the first fault, with the second and so on, until it has no more.  At least
 * @least of the faults must have been errors: else nothing was tested.
 */
void every_fault(const struct call *c, unsigned int least);
/* The same with one in @step of the faults, for a call that takes seconds. */
void some_faults(const struct call *c, unsigned int least, unsigned int step);

#endif
