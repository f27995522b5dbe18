// SPDX-License-Identifier: GPL-2.0
/*
 * The MIPS32 backend by its guests' own eyes: guest/basic.c has the other half.
 */
#define _GNU_SOURCE
#include "one_vm.h"
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <asm/hwcap.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

static struct vm vm;
static bool untranslated; /* the guest's instructions stay what they are */

static void start(const char *name, uint32_t arg0, uint32_t arg1)
{
	if (untranslated)
		vm_new_plain(&vm);
	else
		vm_new(&vm);
	vm_start(&vm, name, arg0, arg1);
}

static void args(void)
{
	start("g_args", 3, 4);
	vm_reports(&vm, 3);
	vm_reports(&vm, 4);
	expect_eq(vm_done(&vm), 7);
}

static void mmio(void)
{
	static const uint32_t results[] = { 0x82, 0x8182, 0xffffff82, 0xffff8182, 0xf0f08182 };
	static const uint32_t lens[] = { 1, 2, 1, 2, 4 };
	struct event ev;
	int i;

	start("g_mmio", OTHER_IO, 0);
	for (i = 0; i < 3; i++) {
		ev = vm_next(&vm);
		expect_eq(ev.kind, EV_WRITE);
		expect_eq(ev.addr, OTHER_IO & 0x1fffffff);
		expect_eq(ev.len, 1 << i);
		expect_eq(ev.value, 0x12345678 & (0xffffffff >> (32 - (8 << i))));
	}
	for (i = 0; i < 5; i++) {
		ev = vm_next(&vm);
		expect_eq(ev.kind, EV_READ);
		expect_eq(ev.len, lens[i]);
		vm_answer(&vm, 0xf0f08182);
		vm_reports(&vm, results[i]);
	}
	vm_done(&vm);
}

static void mmio_in_delay_slots(void)
{
	start("g_mmio_slots", OTHER_IO, 0);
	expect_eq(vm_event(&vm, EV_WRITE), 1);
	expect_eq(vm_event(&vm, EV_WRITE), 2);
	vm_reports(&vm, 1);
	expect_eq(vm_event(&vm, EV_WRITE), 3);
	vm_reports(&vm, 2);
	vm_event(&vm, EV_READ);
	vm_answer(&vm, 99);
	expect_eq(vm_done(&vm), 99);
}

static void simple(const char *name, uint32_t arg)
{
	start(name, arg, 0);
	vm_done(&vm);
}

static void exceptions(void)
{
	/* QEMU takes these for no operations where there is no MSA. */
	simple("g_exceptions", !!(getauxval(AT_HWCAP) & HWCAP_MIPS_MSA));
}

static void unmapped_segments(void)
{
	static const uint32_t at[] = { 0x80000000, 0x80200000, 0x9ffffffc, 0xa0200000, 0xbbe00068 };
	unsigned int i;

	for (i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		struct event ev;

		start("g_unmapped", at[i], 0);
		ev = vm_next(&vm);
		expect_eq(ev.kind, EV_READ);
		expect_eq(ev.addr, at[i] & 0x1fffffff);
		vm_answer(&vm, 0xabcd0000 + i);
		vm_reports(&vm, 0xabcd0000 + i);
		ev = vm_next(&vm);
		expect_eq(ev.kind, EV_WRITE);
		expect_eq(ev.addr, at[i] & 0x1fffffff);
		expect_eq(ev.value, 5);
		vm_done(&vm);
	}
}

static void host_segments(void)
{
	simple("g_host_segments", 0);
}

static void tlb(void)
{
	simple("g_tlb", 0);
}

static void tlb_many(void)
{
	start("g_tlb_many", 200, 0);
	expect(vm_done(&vm) >= 200);
}

/* In memory that kseg0 reaches, and beyond. */
static void tlb_twice(void)
{
	void *more = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	start("g_tlb_twice", SCRATCH & 0x1fffffff, 0);
	vm_done(&vm);
	start("g_tlb_twice", 0x20000000, 0);
	expect(more != MAP_FAILED);
	expect_ok(vm_slot(&vm, 1, 0, 0x20000000, 1 << 20, more));
	vm_done(&vm);
}

static void big(uint32_t at, uint32_t asid)
{
	start("g_tlb_big", at, asid);
	vm_reports(&vm, 1);
	expect_eq(*(uint32_t *)vm_mem(&vm, 0x400000), 101);
	expect_ok(madvise(vm_mem(&vm, 0x400000), RAM_SIZE - 0x400000, MADV_REMOVE));
	vm_done(&vm);
}

/* In the kernel's segment, which all ASIDs share, and in the users'. */
static void tlb_big(void)
{
	big(0x60000000, 0);
	big(0x00000000, 3);
}

static void tlb_shrinks(void)
{
	start("g_tlb_shrinks", 0x70000000, 7);
	vm_done(&vm);
	start("g_tlb_shrinks", 0x20000000, 6);
	vm_done(&vm);
}

static void user(void)
{
	simple("g_user", 0);
}

static void timer(void)
{
	start("g_timer", 20, 0);
	expect(vm_done(&vm) >= 20);
}

static void soft_irq(void)
{
	start("g_soft_irq", 0, 0);
	expect_eq(vm_done(&vm), 2);
}

static void llsc(void)
{
	simple("g_llsc", 0);
}

static void cp0(void)
{
	simple("g_cp0", 0);
}

static void new_code(void)
{
	simple("g_new_code", 1000);
}

static void mips16(void)
{
	simple("g_mips16", OTHER_IO);
}

/* Lines from the vcpu's own thread, between two runs. */
static void lines(void)
{
	int i;

	start("g_lines", 3, 0);
	vm_reports(&vm, 0);
	for (i = 2; i <= 4; i++) {
		expect_ok(vm_irq(&vm, i));
		vm_reports(&vm, 0x100 << i);
		expect_ok(vm_irq(&vm, -i));
	}
	expect_eq(vm_done(&vm), 0x1c00);
	expect_errno(vm_irq(&vm, 7), EINVAL);
	expect_errno(vm_irq(&vm, 0), EINVAL);
}

static void *raise_later(void *unused)
{
	(void)unused;
	usleep(50000);
	expect_ok(vm_irq(&vm, 3));
	return NULL;
}

/* The same from another thread while the guest runs. */
static void line_from_thread(void)
{
	pthread_t thread;

	start("g_spin", 0, 0);
	expect(!pthread_create(&thread, NULL, raise_later, NULL));
	vm_reports(&vm, 0x800);
	expect_ok(vm_irq(&vm, -3));
	expect_eq(vm_done(&vm), 0x800);
	pthread_join(thread, NULL);
}

static void nothing(int sig)
{
	(void)sig;
}

/* A signal ends KVM_RUN. */
static void signals(void)
{
	/* again, if the first one came too soon */
	struct itimerval in = { .it_value.tv_usec = 50000, .it_interval.tv_usec = 50000 };

	signal(SIGALRM, nothing);
	start("g_spin", 0, 0);
	setitimer(ITIMER_REAL, &in, NULL);
	expect_eq(vm_next(&vm).kind, EV_INTR);
	expect_eq(vm.run->exit_reason, KVM_EXIT_INTR);
}

/* What the owner takes away is gone for the guest, too. */
static void owner_takes_pages(void)
{
	const uint32_t n = 256;

	vm_new(&vm);
	expect_ok(vm_slot(&vm, 0, KVM_MEM_LOG_DIRTY_PAGES, 0, RAM_SIZE, vm.ram));
	vm_start(&vm, "g_pages", SCRATCH, n);
	vm_reports(&vm, 1);
	vm_reports(&vm, 2);
	expect_ok(madvise(vm_mem(&vm, SCRATCH), n * 4096, MADV_REMOVE));
	vm_done(&vm);
	expect_eq(*(uint32_t *)vm_mem(&vm, SCRATCH + 0x3000), 1);
}

static bool dirty(const uint32_t *log, uint32_t va)
{
	uint32_t page = (va & 0x1fffffff) >> 12;

	return log[page / 32] >> page % 32 & 1;
}

static void dirty_log(void)
{
	static uint32_t bits[RAM_SIZE / 4096 / 32];
	struct kvm_dirty_log log = { .slot = 0, .dirty_bitmap = bits };

	vm_new(&vm);
	expect_ok(vm_slot(&vm, 0, KVM_MEM_LOG_DIRTY_PAGES, 0, RAM_SIZE, vm.ram));
	vm_start(&vm, "g_pages", SCRATCH, 16);
	vm_reports(&vm, 1);
	expect_ok(ioctl(vm.fd, KVM_GET_DIRTY_LOG, &log));
	expect(dirty(bits, SCRATCH) && dirty(bits, SCRATCH + 0xf000));
	expect(!dirty(bits, SCRATCH + 0x10000));
	vm_reports(&vm, 2);
	expect_ok(ioctl(vm.fd, KVM_GET_DIRTY_LOG, &log));
	expect(!dirty(bits, SCRATCH) && !dirty(bits, SCRATCH + 0xf000));
	expect_ok(madvise(vm_mem(&vm, SCRATCH), 16 * 4096, MADV_REMOVE));
	vm_done(&vm);
	expect_ok(ioctl(vm.fd, KVM_GET_DIRTY_LOG, &log));
	expect(!dirty(bits, SCRATCH) && dirty(bits, SCRATCH + 0x3000));
}

/* Every register of the list can be read, and written with what it is. */
static void registers(void)
{
	struct kvm_reg_list *list = calloc(1, sizeof(*list) + 1000 * sizeof(uint64_t));
	uint64_t val, i;

	start("g_args", 1, 2);
	list->n = 1000;
	expect_ok(ioctl(vm.cpu, KVM_GET_REG_LIST, list));
	expect(list->n > 60);
	for (i = 0; i < list->n; i++) {
		if (vm_get(&vm, list->reg[i], &val) || vm_set(&vm, list->reg[i], &val))
			fail("register %#llx: %s", (unsigned long long)list->reg[i],
			     strerror(errno));
	}
	vm_reports(&vm, 1);
}

/* The same, each privileged instruction by its trap every time. */
#define PLAIN(name)                    \
	static void name##_plain(void) \
	{                              \
		untranslated = true;   \
		name();                \
	}

PLAIN(mmio_in_delay_slots)
PLAIN(exceptions)
PLAIN(host_segments)
PLAIN(tlb)
PLAIN(tlb_many)
PLAIN(tlb_twice)
PLAIN(tlb_big)
PLAIN(user)
PLAIN(timer)
PLAIN(soft_irq)
PLAIN(lines)
PLAIN(llsc)
PLAIN(cp0)
PLAIN(new_code)
PLAIN(mips16)

static const struct test tests[] = {
	TEST(args),
	TEST(mmio),
	TEST(mmio_in_delay_slots),
	TEST(exceptions),
	TEST(host_segments),
	TEST(unmapped_segments),
	TEST(tlb),
	TEST(tlb_many),
	TEST(tlb_twice),
	TEST(tlb_big),
	TEST(user),
	TEST(timer),
	TEST(soft_irq),
	TEST(lines),
	TEST(line_from_thread),
	TEST(signals),
	TEST(llsc),
	TEST(cp0),
	TEST(new_code),
	TEST(mips16),
	TEST(owner_takes_pages),
	TEST(dirty_log),
	TEST(registers),
	TEST(tlb_shrinks),
	TEST(mmio_in_delay_slots_plain),
	TEST(exceptions_plain),
	TEST(host_segments_plain),
	TEST(tlb_plain),
	TEST(tlb_many_plain),
	TEST(tlb_twice_plain),
	TEST(tlb_big_plain),
	TEST(user_plain),
	TEST(timer_plain),
	TEST(soft_irq_plain),
	TEST(lines_plain),
	TEST(llsc_plain),
	TEST(cp0_plain),
	TEST(new_code_plain),
	TEST(mips16_plain),
};

TEST_MAIN("basic", tests)
