// SPDX-License-Identifier: GPL-2.0
/*
 * Exits that are answered in Hyp mode or between two turns of the guest: they give
 * what the long way gives, they are counted, and a vcpu that does nothing else
 * still hears the host.
 */
#define _GNU_SOURCE
#include "vm.h"
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static uint64_t stat_of(int vcpu, const char *name)
{
	int fd = expect_ok(ioctl(vcpu, KVM_GET_STATS_FD, 0));
	struct kvm_stats_header head;
	struct kvm_stats_desc *desc;
	uint64_t val;
	size_t size;
	unsigned int i;

	expect_eq(pread(fd, &head, sizeof(head), 0), sizeof(head));
	size = sizeof(*desc) + head.name_size;
	desc = malloc(size);
	expect(desc);
	for (i = 0; i < head.num_desc; i++) {
		expect_eq(pread(fd, desc, size, head.desc_offset + i * size), (long)size);
		if (strcmp(desc->name, name))
			continue;
		expect_eq(pread(fd, &val, sizeof(val), head.data_offset + desc->offset),
			  sizeof(val));
		close(fd);
		free(desc);
		return val;
	}
	fail("no counter %s", name);
}

static void hyp_calls_counted(void)
{
	struct vm *vm = vm_new(1, VM_GIC);
	struct vcpu *cpu = &vm->vcpu[0];
	uint64_t hvc = stat_of(cpu->fd, "exits_hvc"), psci = stat_of(cpu->fd, "exits_psci");

	vcpu_start(cpu, "g_many_versions", 1000, 0);
	vcpu_done(cpu);
	expect_eq(stat_of(cpu->fd, "exits_hvc") - hvc, 1000);
	expect_eq(stat_of(cpu->fd, "exits_psci") - psci, 1000);
}

static void interrupted(const char *guest)
{
	const struct timespec while_it_runs = { .tv_nsec = 20000000 };
	struct vm *vm = vm_new(1, VM_GIC);
	int i;

	vcpu_start(&vm->vcpu[0], guest, 0, 0);
	for (i = 0; i < 5; i++) {
		vm->stop = false;
		vcpu_spawn(&vm->vcpu[0]);
		nanosleep(&while_it_runs, NULL);
		vm->stop = true;
		vcpu_kick(&vm->vcpu[0]);
		vcpu_join(&vm->vcpu[0]);
	}
}

static void version_interrupted(void)
{
	interrupted("g_poll_version");
}

static void affinity_interrupted(void)
{
	interrupted("g_poll_affinity");
}

static void distributor_interrupted(void)
{
	interrupted("g_poll_gicd");
}

/* Nothing is quick for a vcpu with a debugger. */
static uint32_t *dump(bool slow)
{
	struct kvm_guest_debug dbg = { .control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_SW_BP };
	struct vm *vm = vm_new(2, VM_GIC);

	if (slow)
		expect_ok(ioctl(vm->vcpu[0].fd, KVM_SET_GUEST_DEBUG, &dbg));
	vcpu_start(&vm->vcpu[0], "g_dump_gicd", SCRATCH, 0);
	vcpu_done(&vm->vcpu[0]);
	return vm_mem(vm, SCRATCH);
}

static void distributor_same(void)
{
	uint32_t *quick = dump(false), *slow = dump(true), i;

	for (i = 0; i < 0x400; i++)
		if (quick[i] != slow[i])
			fail("GICD + %#x reads %#x on the quick way, %#x on the long one", 4 * i,
			     quick[i], slow[i]);
	expect(quick[1]);
}

static const struct test tests[] = {
	TEST(hyp_calls_counted),       TEST(version_interrupted), TEST(affinity_interrupted),
	TEST(distributor_interrupted), TEST(distributor_same),
};

TEST_MAIN("quick", tests)
