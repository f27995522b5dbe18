// SPDX-License-Identifier: GPL-2.0
/* eventfd.h has the contract. */
#include "eventfd.h"
#include <unistd.h>

int eventfd_new(void)
{
	return expect_ok(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
}

uint64_t eventfd_count(int fd)
{
	uint64_t n = 0;

	if (read(fd, &n, sizeof(n)) < 0 && errno != EAGAIN)
		fail("read of an eventfd: %s", strerror(errno));
	return n;
}

void eventfd_signal(int fd)
{
	uint64_t one = 1;

	expect_eq(write(fd, &one, sizeof(one)), sizeof(one));
}

int vm_irqfd(struct vm *vm, int fd, unsigned int gsi, unsigned int flags, int resample)
{
	struct kvm_irqfd arg = { .fd = fd, .gsi = gsi, .flags = flags, .resamplefd = resample };

	return ioctl(vm->fd, KVM_IRQFD, &arg);
}
