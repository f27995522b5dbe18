// SPDX-License-Identifier: GPL-2.0
/*
 * Exit timing: off unless asked for, and then as many exits measured as there were, with
 * figures that fit each other.  Times are only ever asked to be long enough: a thread that
 * sleeps does so for as long as it was told, and how fast a machine is nobody knows.
 */
#define _GNU_SOURCE
#include "vm.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define SWITCH "/sys/module/ember/parameters/exit_timing"
#define MS 1000000ull /* in nanoseconds */
#define EXITS 10

static void turn(const char *how)
{
	int fd = expect_ok(open(SWITCH, O_WRONLY));

	expect_eq(write(fd, how, 1), 1);
	close(fd);
}

static char is_on(void)
{
	int fd = expect_ok(open(SWITCH, O_RDONLY));
	char c = 0;

	expect_eq(read(fd, &c, 1), 1);
	close(fd);
	return c;
}

/* @name's value in the statistics of @fd, a VM's or a vcpu's; -1: it is not there. */
static int64_t stat_of(int fd, const char *prefix, const char *name)
{
	int file = expect_ok(ioctl(fd, KVM_GET_STATS_FD, 0));
	struct kvm_stats_header head;
	struct kvm_stats_desc *desc;
	char wanted[64];
	int64_t val = -1;
	unsigned int i;
	size_t size;

	snprintf(wanted, sizeof(wanted), "%s%s", prefix, name);
	expect_eq(pread(file, &head, sizeof(head), 0), (long)sizeof(head));
	size = sizeof(*desc) + head.name_size;
	desc = malloc(size);
	expect(desc);
	for (i = 0; i < head.num_desc && val < 0; i++) {
		expect_eq(pread(file, desc, size, head.desc_offset + i * size), (long)size);
		if (!strcmp(desc->name, wanted))
			expect_eq(pread(file, &val, sizeof(val), head.data_offset + desc->offset),
				  8);
	}
	free(desc);
	close(file);
	return val;
}

struct cost {
	int64_t count, total, min, max;
};

static struct cost cost_of(int fd, const char *name)
{
	struct cost c = {
		.count = stat_of(fd, "timed_", name),
		.total = stat_of(fd, "time_total_", name),
		.min = stat_of(fd, "time_min_", name),
		.max = stat_of(fd, "time_max_", name),
	};

	expect(c.count >= 0);
	expect(c.min <= c.max && c.min * c.count <= c.total && c.total <= c.max * c.count);
	expect(!c.count == !c.total);
	return c;
}

/* As many exits to here, each of which takes that long.  The last one stays. */
static void make_exits(struct vcpu *cpu, unsigned int nr, unsigned int ms)
{
	vcpu_start(cpu, "g_write_words", OTHER_IO, nr);
	while (nr--) {
		vcpu_event(cpu, EV_WRITE);
		usleep(ms * 1000);
	}
	vcpu_done(cpu);
}

static void off_at_first(void)
{
	struct vm *vm;

	turn("0");
	expect_eq(is_on(), 'N');
	vm = vm_new(1, 0);
	make_exits(&vm->vcpu[0], EXITS, 0);
	expect_eq(stat_of(vm->fd, "exits_", "mmio_user"), EXITS + 1);
	expect_eq(stat_of(vm->fd, "timed_", "mmio_user"), -1);
	expect_eq(stat_of(vm->vcpu[0].fd, "timed_", "guest"), -1);
	/* What went before is not measured afterwards. */
	turn("1");
	expect_eq(is_on(), 'Y');
	expect_eq(cost_of(vm->fd, "mmio_user").count, 0);
	turn("0");
}

static void user_exits(void)
{
	struct vm *vm = vm_new(2, 0);
	struct cost c;

	turn("1");
	make_exits(&vm->vcpu[0], EXITS, 20);
	c = cost_of(vm->vcpu[0].fd, "mmio_user");
	expect_eq(c.count, EXITS);
	expect(c.min >= 20 * (int64_t)MS);
	expect_eq(cost_of(vm->vcpu[1].fd, "mmio_user").count, 0);
	make_exits(&vm->vcpu[1], 2, 50);
	expect(cost_of(vm->vcpu[1].fd, "mmio_user").min >= 50 * (int64_t)MS);
	/* Of the VM: the sum of both, the least and the most of either. */
	c = cost_of(vm->fd, "mmio_user");
	expect_eq(c.count, EXITS + 2);
	expect_eq(c.min, cost_of(vm->vcpu[0].fd, "mmio_user").min);
	expect(c.max >= cost_of(vm->vcpu[1].fd, "mmio_user").max);
	/* Each time that the guest was left it had been entered. */
	expect(cost_of(vm->fd, "guest").count >= EXITS + 2);
	turn("0");
}

/* Those that never leave the kernel: none is lost, none is counted twice. */
static void kernel_exits(void)
{
	struct vm *vm = vm_new(1, 0);
	struct kvm_ioeventfd doorbell = { .addr = PHYS(OTHER_IO), .fd = eventfd(0, 0) };
	struct vcpu *cpu = &vm->vcpu[0];

	expect_ok(ioctl(vm->fd, KVM_IOEVENTFD, &doorbell));
	turn("1");
	vcpu_start(cpu, "g_write_words", OTHER_IO, 1000);
	vcpu_done(cpu);
	expect_eq(stat_of(cpu->fd, "exits_", "mmio_kernel"), 1000);
	expect_eq(cost_of(cpu->fd, "mmio_kernel").count, 1000);
	expect(cost_of(cpu->fd, "guest").count >= 1000);
	turn("0");
}

/* Those that are served between two entries, with interrupts off: each one, too. */
static void quick_exits(void)
{
	struct vm *vm = vm_new(1, QUICK_VM);
	struct vcpu *cpu = &vm->vcpu[0];
	unsigned int i;

	turn("1");
	vcpu_start(cpu, QUICK_GUEST, QUICK_ARG(EXITS), EXITS);
	for (i = 0; i < QUICK_REPORTS(EXITS); i++)
		vcpu_report(cpu);
	vcpu_done(cpu);
	expect(cost_of(cpu->fd, QUICK_ROW).count >= EXITS);
	turn("0");
}

/* Of an exit that has begun before it was switched on nothing is known. */
static void switched(void)
{
	struct vm *vm = vm_new(1, 0);
	struct vcpu *cpu = &vm->vcpu[0];

	turn("1");
	vcpu_start(cpu, "g_write_words", OTHER_IO, 4);
	vcpu_event(cpu, EV_WRITE);
	vcpu_event(cpu, EV_WRITE);
	turn("0");
	turn("1");
	vcpu_event(cpu, EV_WRITE);
	vcpu_event(cpu, EV_WRITE);
	turn("0");
	vcpu_done(cpu);
	turn("1");
	expect_eq(cost_of(cpu->fd, "mmio_user").count, 2);
	turn("0");
}

/* On and off while a vcpu runs, and read by others meanwhile. */
static void switched_while_running(void)
{
	struct vm *vm = vm_new(1, 0);
	struct kvm_ioeventfd doorbell = { .addr = PHYS(OTHER_IO), .fd = eventfd(0, 0) };
	struct vcpu *cpu = &vm->vcpu[0];
	int64_t before;
	int i;

	expect_ok(ioctl(vm->fd, KVM_IOEVENTFD, &doorbell));
	vcpu_start(cpu, "g_ring_until", OTHER_IO, SCRATCH);
	vcpu_spawn(cpu);
	for (i = 0; i < 20; i++) {
		turn("1");
		before = stat_of(cpu->fd, "timed_", "mmio_kernel");
		while (stat_of(cpu->fd, "timed_", "mmio_kernel") < before + 3)
			;
		turn("0");
	}
	*(volatile uint32_t *)vm_mem(vm, SCRATCH) = 1;
	vcpu_join(cpu);
}

static FILE *debugfs_open(const struct vm *vm, const char *file, const char *mode)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "/sys/kernel/debug/ember/%d-%d/%s", getpid(), vm->fd, file);
	f = fopen(path, mode);
	expect(f);
	return f;
}

/* The line of @name in a file of debugfs; a count of 0 if there is none. */
static struct cost line_of(const struct vm *vm, const char *file, const char *name)
{
	FILE *f = debugfs_open(vm, file, "r");
	struct cost c, found = { 0 };
	long long count, min, mean, max;
	char has[64];

	while (fscanf(f, "%63s count %lld min %lld mean %lld max %lld", has, &count, &min, &mean,
		      &max) == 5) {
		c = (struct cost){ count, mean * count, min, max };
		expect(c.count && c.min <= mean && mean <= c.max);
		if (!strcmp(has, name))
			found = c;
	}
	expect(feof(f));
	fclose(f);
	return found;
}

static void in_debugfs(void)
{
	struct vm *vm = vm_new(1, 0);
	struct cost c;
	FILE *f;

	turn("1");
	make_exits(&vm->vcpu[0], EXITS, 1);
	c = line_of(vm, "timing", "mmio_user");
	expect_eq(c.count, EXITS);
	expect_eq(c.min, cost_of(vm->fd, "mmio_user").min);
	expect_eq(c.max, cost_of(vm->fd, "mmio_user").max);
	expect_eq(line_of(vm, "vcpu0/timing", "mmio_user").count, EXITS);
	expect(line_of(vm, "vcpu0/timing", "guest").count >= EXITS);
	/* Written to, it begins anew. */
	f = debugfs_open(vm, "vcpu0/timing", "w");
	fputs("0", f);
	expect_eq(fclose(f), 0);
	make_exits(&vm->vcpu[0], 3, 1);
	expect_eq(line_of(vm, "timing", "mmio_user").count, 3);
	f = debugfs_open(vm, "timing", "w");
	fputs("0", f);
	expect_eq(fclose(f), 0);
	make_exits(&vm->vcpu[0], 4, 1);
	expect_eq(cost_of(vm->fd, "mmio_user").count, 4);
	turn("0");
}

static const struct test tests[] = {
	TEST(off_at_first), TEST(user_exits), TEST(kernel_exits),
	TEST(quick_exits),  TEST(switched),   TEST(switched_while_running),
	TEST(in_debugfs),
};

TEST_MAIN("timing", tests)
