// SPDX-License-Identifier: GPL-2.0
/*
 * The PowerPC 440 backend by its guests' own eyes: guest/basic.c has the other half.
 */
#define _GNU_SOURCE
#include "one_vm.h"
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

static struct vm vm;

/* Where a guest has no TLB entry. */
#define NOWHERE 0x40001000

static void start(const char *name, uint32_t arg0, uint32_t arg1)
{
	vm_new(&vm);
	vm_start(&vm, name, arg0, arg1);
}

static void simple(const char *name, uint32_t arg)
{
	start(name, arg, 0);
	vm_done(&vm);
}

static void args(void)
{
	start("g_args", 3, 4);
	vm_reports(&vm, 3);
	vm_reports(&vm, 4);
	expect_eq(vm_done(&vm), 7);
}

static void writes(uint64_t addr, uint32_t len, uint32_t value)
{
	struct event ev = vm_next(&vm);

	expect_eq(ev.kind, EV_WRITE);
	expect_eq(ev.addr, addr);
	expect_eq(ev.len, len);
	expect_eq(ev.value, value);
}

static void reads(uint64_t addr, uint32_t len, uint64_t answer)
{
	struct event ev = vm_next(&vm);

	expect_eq(ev.kind, EV_READ);
	expect_eq(ev.addr, addr);
	expect_eq(ev.len, len);
	vm_answer(&vm, answer);
}

static void mmio(void)
{
	static const struct {
		uint32_t len, answer, result;
	} loads[] = {
		{ 1, 0x82, 0x82 },	   { 2, 0x8283, 0x8283 },
		{ 2, 0x8283, 0xffff8283 }, { 4, 0x81828384, 0x81828384 },
		{ 2, 0x8283, 0x8382 },	   { 4, 0x81828384, 0x84838281 },
	};
	unsigned int i;

	start("g_mmio", OTHER_IO, 0);
	writes(OTHER_IO, 1, 0x78);
	writes(OTHER_IO, 2, 0x5678);
	writes(OTHER_IO, 4, 0x12345678);
	writes(OTHER_IO, 2, 0x7856);
	writes(OTHER_IO, 4, 0x78563412);
	for (i = 0; i < sizeof(loads) / sizeof(loads[0]); i++) {
		reads(OTHER_IO, loads[i].len, loads[i].answer);
		vm_reports(&vm, loads[i].result);
	}
	vm_done(&vm);
}

static void mmio_many(void)
{
	start("g_mmio_many", OTHER_IO, 0);
	writes(OTHER_IO, 4, 1);
	writes(OTHER_IO + 4, 4, 2);
	reads(OTHER_IO + 8, 4, 0x1001);
	reads(OTHER_IO + 12, 4, 0x1002);
	vm_reports(&vm, 0x1001);
	vm_reports(&vm, 0x1002);
	reads(OTHER_IO, 4, 0x77);
	vm_reports(&vm, 0x77);
	writes(OTHER_IO, 4, 0x41424344);
	writes(OTHER_IO + 4, 2, 0x4546);
	reads(OTHER_IO, 4, 0x61626364);
	reads(OTHER_IO + 4, 2, 0x6566);
	vm_reports(&vm, 0x61626364);
	vm_reports(&vm, 0x65660000);
	vm_done(&vm);
}

static void exceptions(void)
{
	simple("g_exceptions", NOWHERE);
	simple("g_jump", NOWHERE);
}

static void user(void)
{
	simple("g_user", 0);
}

static void tlb(void)
{
	simple("g_tlb_sizes", 0);
	simple("g_tlb_pids", 0);
	simple("g_tlb_rights", 0);
	simple("g_tlb_reads", 0);
}

static void tlb_overlap(void)
{
	simple("g_tlb_overlap", 20);
}

static void tlb_many(void)
{
	start("g_tlb_many", 400, 0);
	expect_eq(vm_done(&vm), 400);
}

static void little_endian(void)
{
	start("g_little_endian", OTHER_IO, 0);
	writes(OTHER_IO, 4, 0x78563412);
	reads(OTHER_IO, 4, 0x21436587);
	vm_reports(&vm, 0x87654321);
	vm_done(&vm);
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

/* ---- interrupts ---------------------------------------------------------------------- */

static void lines(void)
{
	static const int inputs[] = { 0, 5, 31 };
	unsigned int i;

	start("g_lines", 3, 0);
	vm_reports(&vm, 0);
	for (i = 0; i < 3; i++) {
		expect_ok(vm_irq(&vm, inputs[i], 1));
		vm_reports(&vm, 0x80000000u >> inputs[i]);
		expect_ok(vm_irq(&vm, inputs[i], 0));
	}
	expect_eq(vm_done(&vm), 0);
	expect_errno(vm_irq(&vm, 32, 1), EINVAL);
}

static int raise_input;

static void *raise_later(void *unused)
{
	(void)unused;
	usleep(50000);
	expect_ok(vm_irq(&vm, raise_input, 1));
	return NULL;
}

/* From another thread, while the guest runs and while it sleeps. */
static void line_from_thread(void)
{
	pthread_t thread;

	start("g_spin_irq", 0, 0);
	raise_input = 3;
	expect(!pthread_create(&thread, NULL, raise_later, NULL));
	expect_eq(vm_done(&vm), 0x10000000);
	pthread_join(thread, NULL);
	start("g_wait_critical", 0, 0);
	vm_reports(&vm, 1);
	raise_input = 7;
	expect(!pthread_create(&thread, NULL, raise_later, NULL));
	expect_eq(vm_done(&vm), 0x01000000);
	pthread_join(thread, NULL);
}

static void dcr(uint32_t number, bool write)
{
	expect_eq(vm_event(&vm, EV_EXIT), KVM_EXIT_DCR);
	expect_eq(vm.run->dcr.dcrn, number);
	expect_eq(vm.run->dcr.is_write, write);
}

/* Those that are not the UIC's are the monitor's. */
static void dcrs(void)
{
	static const uint32_t numbers[] = { 0, 0xbf, 0xc9, 0x3ff };
	uint32_t i, answer = 0xfedc0000;

	start("g_dcrs", 20, 0);
	for (i = 0; i < 80; i++, answer++) {
		dcr(numbers[i % 4], true);
		expect_eq(vm.run->dcr.data, 0x12340000 + numbers[i % 4]);
		dcr(numbers[i % 4], false);
		vm.run->dcr.data = answer;
		vm_reports(&vm, answer);
	}
	vm_done(&vm);
}

/* The external input by KVM_INTERRUPT; DCRs are the monitor's then. */
static void bare(void)
{
	unsigned int dcrs = 0;
	struct event ev;

	vm_new_bare(&vm);
	vm_start(&vm, "g_spin_irq", 0, 0);
	expect_ok(vcpu_interrupt(one_vcpu(&vm), KVM_INTERRUPT_SET_LEVEL));
	while ((ev = vm_next(&vm)).kind == EV_EXIT) {
		expect_eq(ev.value, KVM_EXIT_DCR);
		expect(vm.run->dcr.dcrn >= 0xc0 && vm.run->dcr.dcrn <= 0xc8);
		if (!vm.run->dcr.is_write)
			vm.run->dcr.data = 0x40;
		/* the handler's: it is served */
		if (dcrs++ == 5)
			expect_ok(vcpu_interrupt(one_vcpu(&vm), KVM_INTERRUPT_UNSET));
	}
	expect_eq(ev.kind, EV_DONE);
	expect_eq(ev.value, 0x40);
	expect_errno(vm_irq(&vm, 0, 1), ENXIO);
	expect_errno(vcpu_interrupt(one_vcpu(&vm), 5), EINVAL);
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

static void timer(void)
{
	start("g_timer", 10, 0);
	expect(vm_done(&vm) >= 20);
}

static void fit_watchdog(void)
{
	simple("g_fit_wd", 20);
}

static void resets(const char *name)
{
	start(name, 0, 0);
	expect_eq(vm_event(&vm, EV_EXIT), KVM_EXIT_SYSTEM_EVENT);
	expect_eq(vm.run->system_event.type, KVM_SYSTEM_EVENT_RESET);
}

static void reset(void)
{
	resets("g_reset");
	resets("g_watchdog_bites");
}

/* ---- registers ---------------------------------------------------------------------------- */

static void sprs(void)
{
	struct kvm_sregs sregs;

	vm_new(&vm);
	expect_ok(ioctl(vm.cpu, KVM_GET_SREGS, &sregs));
	vm_start(&vm, "g_sprs", sregs.pvr, 0);
	vm_reports(&vm, 5);
	vm_done(&vm);
}

static void fpu(void)
{
	unsigned int i;

	start("g_fpu", 64, 0);
	for (i = 0; i < 64; i += 8)
		vm_reports(&vm, i);
	vm_done(&vm);
}

/* Every register of the list can be read, and written with what it is. */
static void registers(void)
{
	struct kvm_reg_list *list = calloc(1, sizeof(*list) + 1000 * sizeof(uint64_t));
	uint64_t val, i;

	start("g_args", 1, 2);
	list->n = 1000;
	expect_ok(ioctl(vm.cpu, KVM_GET_REG_LIST, list));
	expect(list->n > 300);
	for (i = 0; i < list->n; i++) {
		if (vm_get(&vm, list->reg[i], &val) || vm_set(&vm, list->reg[i], &val))
			fail("register %#llx: %s", (unsigned long long)list->reg[i],
			     strerror(errno));
	}
	vm_reports(&vm, 1);
}

static void sregs(void)
{
	struct kvm_sregs a, b;

	start("g_args", 1, 2);
	expect_ok(ioctl(vm.cpu, KVM_GET_SREGS, &a));
	expect_eq(a.u.e.features, KVM_SREGS_E_BASE | KVM_SREGS_E_ARCH206 | KVM_SREGS_E_IVOR);
	a.u.e.csrr0 = 0x1234;
	a.u.e.mcsrr1 = 0x5678;
	a.u.e.ivpr = 0xabcd0000;
	a.u.e.ivor_low[9] = 0x770;
	a.u.e.dear = 0x99;
	a.u.e.dec = 0xf0000000;
	a.u.e.tsr = 0x04000000;
	expect_ok(ioctl(vm.cpu, KVM_SET_SREGS, &a));
	expect_ok(ioctl(vm.cpu, KVM_GET_SREGS, &b));
	expect_eq(b.u.e.csrr0, 0x1234);
	expect_eq(b.u.e.mcsrr1, 0x5678);
	expect_eq(b.u.e.ivpr, 0xabcd0000);
	expect_eq(b.u.e.ivor_low[9], 0x770);
	expect_eq(b.u.e.dear, 0x99);
	/* what may change by itself only when asked for */
	expect_eq(b.u.e.dec, 0);
	a.u.e.update_special = ~0u;
	a.u.e.tcr = 0x04000000;
	expect_ok(ioctl(vm.cpu, KVM_SET_SREGS, &a));
	expect_ok(ioctl(vm.cpu, KVM_GET_SREGS, &b));
	expect(b.u.e.tsr & 0x04000000);
	expect_eq(b.u.e.tcr, 0x04000000);
	a.pvr ^= 1;
	expect_errno(ioctl(vm.cpu, KVM_SET_SREGS, &a), EINVAL);
}

/* ---- translation, and the same without ------------------------------------------------------ */

static void both(const char *name, uint32_t arg)
{
	simple(name, arg);
	vm_new_plain(&vm);
	vm_start(&vm, name, arg, 0);
	vm_done(&vm);
}

static void translated(void)
{
	both("g_translated", 100);
}

static void pending(void)
{
	both("g_pending", 50);
}

static void own_memory(void)
{
	both("g_own_memory", 1);
	both("g_own_memory", 0);
}

static const struct test tests[] = {
	TEST(args),	     TEST(mmio),
	TEST(mmio_many),     TEST(exceptions),
	TEST(user),	     TEST(tlb),
	TEST(tlb_overlap),   TEST(tlb_many),
	TEST(little_endian), TEST(owner_takes_pages),
	TEST(lines),	     TEST(line_from_thread),
	TEST(bare),	     TEST(signals),
	TEST(timer),	     TEST(fit_watchdog),
	TEST(reset),	     TEST(sprs),
	TEST(fpu),	     TEST(registers),
	TEST(sregs),	     TEST(translated),
	TEST(pending),	     TEST(own_memory),
	TEST(dcrs),
};

TEST_MAIN("basic", tests)
