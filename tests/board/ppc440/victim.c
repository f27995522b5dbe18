// SPDX-License-Identifier: GPL-2.0
/*
 * A process that uses all of /dev/kvm at once, to be killed at any moment.
 *
 * As a test it does one round of that.  `victim forever` does rounds until it is
 * killed; lifecycle.sh looks at what it leaves behind.
 */
#define _GNU_SOURCE
#include "../lib/vm.h"
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096
#define PAGES 64
#define INPUT 5 /* of the UIC */

static void add_eventfds(struct vm *vm)
{
	struct kvm_irqfd irq = { .fd = eventfd(1, 0), .gsi = INPUT };
	struct kvm_ioeventfd io = { .fd = eventfd(0, 0), .addr = PHYS(OTHER_IO), .len = 4 };

	expect_ok(ioctl(vm->fd, KVM_IRQFD, &irq));
	expect_ok(ioctl(vm->fd, KVM_IOEVENTFD, &io));
}

/* At a doorbell all the time. */
static struct vm *ringing(void)
{
	struct vm *vm = vm_new(1, VM_GIC);

	add_eventfds(vm);
	vcpu_start(&vm->vcpu[0], "g_ring_until", OTHER_IO, SCRATCH);
	return vm;
}

/* Memory that comes, goes, is logged and thrown away while it is used. */
static struct vm *counting(void *mem)
{
	struct vm *vm = vm_new(1, 0);

	expect_ok(vm_slot(vm, 1, KVM_MEM_LOG_DIRTY_PAGES, GPA, PAGES * PAGE, mem));
	vcpu_start(&vm->vcpu[0], "g_count_in", VIRT(GPA), SCRATCH);
	return vm;
}

static void disturb(struct vm *ringing, struct vm *counting, uint8_t *mem)
{
	uint32_t bitmap[PAGES / 32];
	struct kvm_dirty_log log = { .slot = 1, .dirty_bitmap = bitmap };
	int i;

	for (i = 0; i < 20; i++) {
		expect_ok(vm_slot(counting, 2, 0, GPA + 0x200000, PAGE, mem + 32 * PAGE));
		expect_ok(madvise(mem + PAGE, (PAGES - 1) * PAGE, MADV_DONTNEED));
		expect_ok(ioctl(counting->fd, KVM_GET_DIRTY_LOG, &log));
		expect_ok(vm_irq_line(ringing, INPUT + 1, i & 1));
		expect_ok(vm_slot(counting, 2, 0, 0, 0, NULL));
		usleep(1000);
	}
}

static void end(struct vm *vm)
{
	*(volatile uint32_t *)vm_mem(vm, SCRATCH) = 1;
	vcpu_join(&vm->vcpu[0]);
	vm_free(vm);
}

static void one_round(void)
{
	uint8_t *mem = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			    -1, 0);
	struct vm *a, *b;

	expect(mem != MAP_FAILED);
	a = ringing();
	b = counting(mem);
	vcpu_spawn(&a->vcpu[0]);
	vcpu_spawn(&b->vcpu[0]);
	disturb(a, b, mem);
	end(a);
	end(b);
	munmap(mem, PAGES * PAGE);
}

/* One VM is there at every moment, or the module could go between two rounds. */
static void forever(void)
{
	int fd;

	expect_ok(fcntl(vm_create_fd(), F_DUPFD, 64));
	for (;;) {
		one_round();
		for (fd = 4; fd < 64; fd++) /* the eventfds */
			close(fd);
	}
}

static const struct test tests[] = { TEST(one_round) };
static const struct test endless[] = { TEST(forever) };

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "forever"))
		return test_main("victim", endless, 1, argc, argv);
	return test_main("victim", tests, 1, argc, argv);
}
