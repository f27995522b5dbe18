/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Guests and monitors that mean harm: what hostile.c of each architecture is made of.
 * Beside them are a process and a VM that look after their own; whatever the others do
 * they get away with, or their VM is stopped with a reason.
 */
#ifndef ONE_HARM_H
#define ONE_HARM_H

#include "one_vm.h"

/* What an architecture has for it, in its hostile.c. */
extern const struct harm_arch {
	/*
	 * A VM whose guest is about to do harm of these kinds, by this seed, and how it goes
	 * on where that has led to nothing but a loop: its next try, of which @again counts
	 * down.
	 */
	void (*make)(struct vm *vm, uint32_t seed, uint32_t kinds);
	void (*again)(struct vm *vm, uint32_t seed, uint32_t kinds, unsigned int again);
	/* An exit that is no MMIO: it is served, or else the VM is over. */
	bool (*serve)(struct vm *vm);
	/* A monitor sets registers for the guest to begin at once, after whatever it did. */
	void (*set_regs)(struct vm *vm, uint32_t seed);
	/* A call of its own with random arguments. */
	void (*call)(struct vm *vm);
} harm_arch;

/* A process and a VM beside; the test's process is interrupted now and then. */
void harm_set_up(void);
/* At least so many guests, which do harm of these kinds. */
void harm_guests(const char *test, uint32_t kinds, unsigned int seeds);
/* At least so many monitors with threads, which are killed. */
void harm_monitors(const char *test, unsigned int seeds);
/* One that asks for anything. */
void harm_random_ioctls(void);

/* A number below @n. */
uint32_t harm_some(uint32_t n);

#endif
