// SPDX-License-Identifier: GPL-2.0
/*
 * Two vcpus of one VM, which take turns on the board's CPU wherever its timer says so:
 * ll and sc, the comm page of each, code that is translated while both run it,
 * interrupts, Counts in step. guest/smp.c has the other half.
 */
#include "vm.h"
#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#define CMGCRBASE CP0_REG(U64, 15, 3)
#define CONFIG3 CP0_REG(U32, 16, 3)
#define CONFIG3_CMGCR (1u << 29)

static struct vm *vm;
static struct vcpu *first, *second;

static void make(unsigned int vcpus, unsigned int flags)
{
	vm = vm_new(vcpus, flags);
	first = &vm->vcpu[0];
	second = &vm->vcpu[1];
}

/* ---- at the same time ----------------------------------------------------------- */

struct side {
	struct vcpu *cpu;
	uint32_t reported, done;
};

static void *run(void *opaque)
{
	struct side *side = opaque;
	struct event ev = vcpu_next(side->cpu);

	if (ev.kind == EV_REPORT) {
		side->reported = ev.value;
		ev = vcpu_next(side->cpu);
	}
	if (ev.kind != EV_DONE)
		fail("vcpu %u: event %u (addr %#llx value %#x)", side->cpu->id, ev.kind,
		     (unsigned long long)ev.addr, ev.value);
	side->done = ev.value;
	return NULL;
}

static struct side sides[2];

static void both(const char *name, uint32_t rounds)
{
	pthread_t thread;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		sides[i] = (struct side){ .cpu = &vm->vcpu[i] };
		vcpu_start(&vm->vcpu[i], name, rounds, 0);
	}
	expect_eq(pthread_create(&thread, NULL, run, &sides[1]), 0);
	run(&sides[0]);
	expect_eq(pthread_join(thread, NULL), 0);
}

/* They did run at the same time: each saw the other go on. */
static void do_counter(unsigned int flags)
{
	make(2, flags);
	/* Several time slices of a fast machine. */
	both("g_counter", 2000000);
	expect(sides[0].done > 2 && sides[1].done > 2);
}

static void counter(void)
{
	do_counter(0);
}

static void counter_plain(void)
{
	do_counter(VM_PLAIN);
}

static void do_own_words(unsigned int flags)
{
	make(2, flags);
	both("g_own_words", 20000);
	expect_eq(sides[0].reported, flags ? 0x41626000 : 0x8c027000);
	expect_eq(sides[0].done, 0);
	expect_eq(sides[1].done, 0);
}

static void own_words(void)
{
	do_own_words(0);
}

static void own_words_plain(void)
{
	do_own_words(VM_PLAIN);
}

static void do_places(unsigned int flags)
{
	make(2, flags);
	both("g_places", 40);
	expect_eq(sides[0].done, 0);
	expect_eq(sides[1].done, 0);
	expect_eq(sides[0].reported > 1500, !flags);
}

static void places(void)
{
	do_places(0);
}

static void places_plain(void)
{
	do_places(VM_PLAIN);
}

/* ---- one after the other -------------------------------------------------------------- */

static void *done(void *opaque)
{
	struct side *side = opaque;

	side->done = vcpu_done(side->cpu);
	return NULL;
}

static int interrupt(struct vcpu *by, unsigned int cpu, int line)
{
	struct kvm_mips_interrupt irq = { .cpu = cpu, .irq = line };

	return ioctl(by->fd, KVM_INTERRUPT, &irq);
}

static void interrupts(void)
{
	struct side side;
	pthread_t thread;

	make(2, 0);
	side.cpu = second;
	vcpu_start(second, "g_wait", 0, 0);
	vcpu_reports(second, 0);
	expect_eq(pthread_create(&thread, NULL, done, &side), 0);
	usleep(20000);
	expect_ok(interrupt(first, 1, 2));
	expect_eq(pthread_join(thread, NULL), 0);
	expect_eq(side.done, 0x400);
	/* the other vcpu has none of it, and a third there is not */
	expect_ok(interrupt(second, 1, 3));
	vcpu_start(first, "g_wait", 0, 0);
	vcpu_reports(first, 0);
	expect_ok(interrupt(second, 0, 2));
	expect_eq(vcpu_done(first), 0x400);
	expect_errno(interrupt(first, 2, 2), EINVAL);
}

/* By how much the second is ahead; 0: they are in step. */
static int32_t lead(void)
{
	uint32_t a = vcpu_reg(first, REG_COUNT), b = vcpu_reg(second, REG_COUNT);
	uint32_t c = vcpu_reg(first, REG_COUNT);

	return (int32_t)(b - a) >= 0 && (int32_t)(c - b) >= 0 ? 0 : b - a;
}

static void set_count(struct vcpu *of, uint32_t ahead)
{
	vcpu_start(of, "g_set_count", ahead, 0);
	expect_eq(vcpu_done(of), 0);
}

/*
 * A kernel that brings them in step changes nothing, however late it is; one that wants
 * something else gets it, and so does user space.
 */
static void in_step(void)
{
	make(2, 0);
	expect_eq(lead(), 0);
	set_count(second, 0x10000000);
	expect_eq(lead(), 0);
	set_count(first, -0x10000000);
	expect_eq(lead(), 0);
	set_count(second, 0x60000000);
	expect(lead() > 0x30000000);
	vcpu_set_reg(second, REG_COUNT, vcpu_reg(first, REG_COUNT) + 1000000000);
	expect(lead() > 500000000 && lead() <= 1000000000);
}

static void alone(void)
{
	uint32_t before;

	make(1, 0);
	before = vcpu_reg(first, REG_COUNT);
	set_count(first, 0x10000000);
	expect(vcpu_reg(first, REG_COUNT) - before >= 0x10000000);
}

static void identity(void)
{
	uint64_t base = 0x1fbf800;

	make(2, 0);
	vcpu_start(first, "g_identity", 0, 0);
	vcpu_reports(first, 0);
	vcpu_reports(first, 0);
	expect_eq(vcpu_report(first) & CONFIG3_CMGCR, 0);
	vcpu_reports(first, 0);
	expect_eq(vcpu_done(first), 0);
	vcpu_set_reg(second, CONFIG3, vcpu_reg(second, CONFIG3) | CONFIG3_CMGCR);
	expect_ok(vcpu_set(second, CMGCRBASE, &base));
	vcpu_start(second, "g_identity", 0, 0);
	vcpu_reports(second, 1);
	vcpu_reports(second, 1);
	expect_eq(vcpu_report(second) & CONFIG3_CMGCR, CONFIG3_CMGCR);
	vcpu_reports(second, base);
	expect_eq(vcpu_done(second), base);
}

static const struct test tests[] = {
	TEST(counter), TEST(counter_plain), TEST(own_words),  TEST(own_words_plain),
	TEST(places),  TEST(places_plain),  TEST(interrupts), TEST(in_step),
	TEST(alone),   TEST(identity),
};

TEST_MAIN("smp", tests)
