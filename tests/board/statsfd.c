// SPDX-License-Identifier: GPL-2.0
/*
 * KVM_GET_STATS_FD: a file that says what it holds, and holds what is so.
 */
#define _GNU_SOURCE
#include "vm.h"
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct stats {
	int fd;
	struct kvm_stats_header head;
	char id[64];
	uint8_t *desc; /* num_desc of desc_size */
	size_t desc_size;
};

static void read_at(const struct stats *s, void *to, size_t size, off_t offset)
{
	expect_eq(pread(s->fd, to, size, offset), (long)size);
}

static struct stats stats_open(int fd)
{
	struct stats s = { .fd = expect_ok(ioctl(fd, KVM_GET_STATS_FD, 0)) };

	read_at(&s, &s.head, sizeof(s.head), 0);
	expect_eq(s.head.flags, 0);
	expect(s.head.name_size && s.head.name_size <= sizeof(s.id));
	expect(s.head.num_desc > 3 && s.head.num_desc < 100);
	read_at(&s, s.id, s.head.name_size, s.head.id_offset);
	s.desc_size = sizeof(struct kvm_stats_desc) + s.head.name_size;
	s.desc = calloc(s.head.num_desc, s.desc_size);
	expect(s.desc);
	read_at(&s, s.desc, s.head.num_desc * s.desc_size, s.head.desc_offset);
	return s;
}

static const struct kvm_stats_desc *stats_desc(const struct stats *s, unsigned int i)
{
	return (void *)(s->desc + i * s->desc_size);
}

static uint64_t stats_get(const struct stats *s, const char *name)
{
	unsigned int i;
	uint64_t val;

	for (i = 0; i < s->head.num_desc; i++)
		if (!strcmp(stats_desc(s, i)->name, name)) {
			read_at(s, &val, sizeof(val),
				s->head.data_offset + stats_desc(s, i)->offset);
			return val;
		}
	fail("no counter %s", name);
}

static void well_formed(int fd, const char *tail)
{
	struct stats s = stats_open(fd);
	const struct kvm_stats_desc *desc;
	unsigned int i;
	char byte;

	expect_eq(strncmp(s.id, "kvm-", 4), 0);
	expect_eq(atoi(s.id + 4), getpid());
	expect(!strcmp(s.id + strcspn(s.id, "/"), tail));
	for (i = 0; i < s.head.num_desc; i++) {
		desc = stats_desc(&s, i);
		expect_eq(desc->flags & KVM_STATS_TYPE_MASK, KVM_STATS_TYPE_CUMULATIVE);
		expect_eq(desc->flags & KVM_STATS_UNIT_MASK, KVM_STATS_UNIT_NONE);
		expect_eq(desc->size, 1);
		expect(strnlen(desc->name, s.head.name_size) < s.head.name_size);
		stats_get(&s, desc->name);
	}
	/* the end, and nobody writes */
	expect_eq(pread(s.fd, &byte, 1, s.head.data_offset + 8 * s.head.num_desc), 0);
	expect_errno(write(s.fd, &byte, 1), EBADF);
	expect_errno(read(s.fd, (void *)0x1000, 8), EFAULT);
	expect_eq(read(s.fd, &s.head, sizeof(s.head)), (long)sizeof(s.head));
	expect_eq(read(s.fd, s.id, 4), 4);
	expect_eq(strncmp(s.id, "kvm-", 4), 0);
}

static void format(void)
{
	struct vm *vm = vm_new(3, 0);

	expect_eq(check_cap(vm->fd, KVM_CAP_BINARY_STATS_FD), 1);
	well_formed(vm->fd, "");
	well_formed(vm->vcpu[0].fd, "/vcpu-0");
	well_formed(vm->vcpu[2].fd, "/vcpu-2");
}

/* @nr exits by writes that nobody in the kernel takes, and one more. */
static void make_exits(struct vcpu *cpu, unsigned int nr)
{
	vcpu_start(cpu, "g_write_words", OTHER_IO, nr);
	while (nr--)
		vcpu_event(cpu, EV_WRITE);
	vcpu_done(cpu);
}

/* By reason, of the vcpu and of all. */
static void counts(void)
{
	struct vm *vm = vm_new(2, 0);
	struct stats all = stats_open(vm->fd), one = stats_open(vm->vcpu[0].fd),
		     other = stats_open(vm->vcpu[1].fd);
	uint64_t before;

	expect_eq(stats_get(&all, "exits"), 0);
	make_exits(&vm->vcpu[0], 10);
	expect_eq(stats_get(&one, "exits_mmio_user"), 11);
	expect_eq(stats_get(&one, "exits_mmio_kernel"), 0);
	before = stats_get(&one, "exits");
	expect(before >= 22); /* each is a data abort too */
	expect_eq(stats_get(&other, "exits"), 0);
	expect_eq(stats_get(&all, "exits"), before);
	expect(stats_get(&all, "stage2_faults") > 0);
	make_exits(&vm->vcpu[1], 5);
	expect_eq(stats_get(&other, "exits_mmio_user"), 6);
	expect_eq(stats_get(&one, "exits"), before);
	expect_eq(stats_get(&all, "exits_mmio_user"), 17);
}

/* Read while the vcpu runs: both the call and the reads wait for nobody. */
static void running(void)
{
	struct vm *vm = vm_new(1, 0);
	struct kvm_ioeventfd doorbell = { .addr = PHYS(OTHER_IO), .fd = eventfd(0, 0) };
	uint64_t last = 0, now;
	struct stats s;
	int i;

	expect_ok(ioctl(vm->fd, KVM_IOEVENTFD, &doorbell));
	vcpu_start(&vm->vcpu[0], "g_ring_until", OTHER_IO, SCRATCH);
	vcpu_spawn(&vm->vcpu[0]);
	s = stats_open(vm->vcpu[0].fd);
	for (i = 0; i < 20; i++) {
		while ((now = stats_get(&s, "exits_mmio_kernel")) == last)
			;
		expect(now > last);
		last = now;
	}
	*(volatile uint32_t *)vm_mem(vm, SCRATCH) = 1;
	vcpu_join(&vm->vcpu[0]);
}

/* The file outlives every other descriptor of the VM. */
static void outlives(void)
{
	struct vm *vm = vm_new(1, VM_GIC);
	struct stats all, one;

	make_exits(&vm->vcpu[0], 3);
	all = stats_open(vm->fd);
	one = stats_open(vm->vcpu[0].fd);
	vm_free(vm);
	expect_eq(stats_get(&all, "exits_mmio_user"), 4);
	expect_eq(stats_get(&one, "exits_mmio_user"), 4);
	close(all.fd);
	expect_eq(stats_get(&one, "exits_mmio_user"), 4);
}

static const struct test tests[] = {
	TEST(format),
	TEST(counts),
	TEST(running),
	TEST(outlives),
};

TEST_MAIN("statsfd", tests)
