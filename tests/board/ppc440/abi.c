// SPDX-License-Identifier: GPL-2.0
/*
 * What the ABI of PowerPC 440 has of its own, call by call: the UIC and its lines, registers
 * one by one, interrupts by KVM_INTERRUPT, what is refused.
 */
#define _GNU_SOURCE
#include "eventfd.h"
#include "one_vm.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static struct vm vm;

static int enable(int fd, uint32_t cap, uint32_t flags, uint64_t arg)
{
	struct kvm_enable_cap args = { .cap = cap, .flags = flags, .args = { arg } };

	return ioctl(fd, KVM_ENABLE_CAP, &args);
}

static void vm_enable_cap(void)
{
	int kvm = kvm_open(), fd = ioctl(kvm, KVM_CREATE_VM, 0);

	expect_errno(ioctl(kvm, KVM_CREATE_VM, 1), EINVAL);
	expect_ok(enable(fd, EMBER_CAP_PPC_TRANSLATE, 0, 0));
	expect_ok(enable(fd, EMBER_CAP_PPC_TRANSLATE, 0, 1));
	expect_errno(enable(fd, EMBER_CAP_PPC_TRANSLATE, 0, 2), EINVAL);
	expect_errno(enable(fd, EMBER_CAP_PPC_TRANSLATE, 1, 1), EINVAL);
	expect_errno(enable(fd, KVM_CAP_PPC_BOOKE_WATCHDOG, 0, 0), EINVAL);
	expect(ioctl(fd, KVM_CREATE_VCPU, 0) >= 0);
	expect_errno(enable(fd, EMBER_CAP_PPC_TRANSLATE, 0, 0), EBUSY);
	vm_new(&vm);
	expect_ok(enable(vm.cpu, EMBER_CAP_PPC_TRANSLATE, 0, 0));
	expect_ok(enable(vm.cpu, EMBER_CAP_PPC_TRANSLATE, 0, 1));
	expect_errno(enable(vm.cpu, EMBER_CAP_PPC_TRANSLATE, 0, 2), EINVAL);
	expect_errno(enable(vm.cpu, EMBER_CAP_PPC_TRANSLATE, 1, 0), EINVAL);
	expect_errno(enable(vm.cpu, KVM_CAP_PPC_BOOKE_WATCHDOG, 0, 0), EINVAL);
	expect_errno(ioctl(vm.cpu, KVM_ENABLE_CAP, NULL), EFAULT);
}

/* ---- the UIC ------------------------------------------------------------------- */

static void irqchip(void)
{
	int kvm = kvm_open(), fd = ioctl(kvm, KVM_CREATE_VM, 0);
	struct kvm_irqchip chip = { 0 };

	expect_errno(ioctl(fd, KVM_GET_IRQCHIP, &chip), ENXIO);
	expect_ok(ioctl(fd, KVM_CREATE_IRQCHIP, 0));
	expect_errno(ioctl(fd, KVM_CREATE_IRQCHIP, 0), EEXIST);
	expect_ok(ioctl(fd, KVM_GET_IRQCHIP, &chip));
	expect_errno(ioctl(fd, KVM_GET_IRQCHIP, NULL), EFAULT);
	chip.chip_id = 1;
	expect_errno(ioctl(fd, KVM_GET_IRQCHIP, &chip), EINVAL);
	expect_errno(ioctl(fd, KVM_SET_IRQCHIP, &chip), EINVAL);
	vm_new_bare(&vm);
	expect_errno(ioctl(vm.fd, KVM_CREATE_IRQCHIP, 0), EBUSY);
}

static const struct ember_ppc_uic input_7 = {
	.sr = 0x01000000,
	.er = ~0u,
	.cr = ~0u,
	.pr = ~0u,
	.tr = ~0u,
};

static void set_uic(int fd, const struct ember_ppc_uic *uic)
{
	struct kvm_irqchip chip = { 0 };

	memcpy(&chip.chip, uic, sizeof(*uic));
	expect_ok(ioctl(fd, KVM_SET_IRQCHIP, &chip));
}

static void *set_later(void *unused)
{
	(void)unused;
	usleep(50000);
	set_uic(vm.fd, &input_7);
	return NULL;
}

/* Who sets its state so that an interrupt is there wakes the vcpu. */
static void irqchip_wakes(void)
{
	pthread_t thread;

	vm_new(&vm);
	vm_start(&vm, "g_wait_critical", 0, 0);
	vm_reports(&vm, 1);
	expect(!pthread_create(&thread, NULL, set_later, NULL));
	alarm(60); /* or it sleeps for ever */
	expect_eq(vm_done(&vm), input_7.sr);
	pthread_join(thread, NULL);
}

/* An interrupt from before there was a vcpu: its handler, at 0, stores to what is no memory. */
static void irqchip_first(void)
{
	const uint32_t stw_r0_r1 = 0x90010000;
	int kvm = kvm_open(), fd = ioctl(kvm, KVM_CREATE_VM, 0), cpu;
	struct kvm_userspace_memory_region mem = { .memory_size = 4096 };
	struct kvm_regs regs = { .pc = 0x100, .msr = 0x00060000, .gpr = { [1] = 0x08000000 } };
	struct kvm_run *run;
	uint32_t *page;

	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect(page != MAP_FAILED);
	*page = stw_r0_r1;
	mem.userspace_addr = (uintptr_t)page;
	expect_ok(ioctl(fd, KVM_CREATE_IRQCHIP, 0));
	expect_ok(ioctl(fd, KVM_SET_USER_MEMORY_REGION, &mem));
	set_uic(fd, &input_7);
	cpu = expect_ok(ioctl(fd, KVM_CREATE_VCPU, 0));
	run = mmap(NULL, expect_ok(ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0)), PROT_READ | PROT_WRITE,
		   MAP_SHARED, cpu, 0);
	expect(run != MAP_FAILED);
	expect_ok(ioctl(cpu, KVM_SET_REGS, &regs));
	alarm(60); /* or it sleeps for ever: MSR[WE] */
	expect_ok(ioctl(cpu, KVM_RUN, 0));
	expect_eq(run->exit_reason, KVM_EXIT_MMIO);
	expect_eq(run->mmio.phys_addr, 0x08000000);
}

/* What is written is read, and drives the processor: g_spin_irq's own set-up is here. */
static void irqchip_state(void)
{
	struct kvm_irqchip chip = { 0 };
	struct ember_ppc_uic uic = {
		.sr = 0x00f00000,
		.er = ~0u,
		.cr = 0x0000ffff,
		.pr = ~0u,
		.tr = 0x00ff0000,
		.vcr = 0x12345678u,
		.lines = 0x80000000,
	};
	struct ember_ppc_uic got;

	vm_new(&vm);
	memcpy(&chip.chip, &uic, sizeof(uic));
	expect_ok(ioctl(vm.fd, KVM_SET_IRQCHIP, &chip));
	memset(&chip.chip, 0xff, sizeof(chip.chip));
	expect_ok(ioctl(vm.fd, KVM_GET_IRQCHIP, &chip));
	memcpy(&got, &chip.chip, sizeof(got));
	expect_eq(got.er, uic.er);
	expect_eq(got.cr, uic.cr);
	expect_eq(got.pr, uic.pr);
	expect_eq(got.tr, uic.tr);
	expect_eq(got.vcr, uic.vcr);
	expect_eq(got.lines, uic.lines);
	/* an edge that was latched, and a level that is there */
	expect_eq(got.sr, 0x80f00000);
	expect_eq(got.pad, 0);
}

static void irq_line_status(void)
{
	struct kvm_irq_level line = { .irq = 9, .level = 1 };

	vm_new(&vm);
	vm_start(&vm, "g_spin_irq", 0, 0);
	expect_ok(ioctl(vm.fd, KVM_IRQ_LINE_STATUS, &line));
	expect_eq(vm_done(&vm), 0x80000000u >> 9);
	line.irq = 32;
	expect_errno(ioctl(vm.fd, KVM_IRQ_LINE_STATUS, &line), EINVAL);
}

/* A signal is an edge of the input. */
static void irqfd(void)
{
	int fd = eventfd_new();
	unsigned int i;

	vm_new(&vm);
	expect_ok(vm_irqfd(vm.full, fd, 4, 0, 0));
	vm_start(&vm, "g_edges", 3, 0);
	for (i = 0; i < 3; i++) {
		vm_reports(&vm, i ? 0x80000000u >> 4 : 0);
		eventfd_signal(fd);
	}
	vm_reports(&vm, 0x80000000u >> 4);
	vm_done(&vm);
	vm_new_bare(&vm);
	expect_errno(vm_irqfd(vm.full, eventfd_new(), 4, 0, 0), EAGAIN);
}

/* A level: it stays until the guest clears its status, and then the owner is told. */
static void irqfd_resample(void)
{
	int fd = eventfd_new(), resample = eventfd_new();
	unsigned int i;

	vm_new(&vm);
	expect_ok(vm_irqfd(vm.full, fd, 5, KVM_IRQFD_FLAG_RESAMPLE, resample));
	vm_start(&vm, "g_lines", 3, 0);
	vm_reports(&vm, 0);
	for (i = 0; i < 3; i++) {
		expect_eq(eventfd_count(resample), 0);
		eventfd_signal(fd);
		vm_reports(&vm, 0x80000000u >> 5);
		expect_eq(eventfd_count(resample), 1);
	}
	expect_eq(vm_done(&vm), 0);
}

/* A GSI leads to the input that the table says. */
static void routing(void)
{
	const struct {
		struct kvm_irq_routing head;
		struct kvm_irq_routing_entry e;
	} table = { { .nr = 1 },
		    { .gsi = 77, .type = KVM_IRQ_ROUTING_IRQCHIP, .u.irqchip.pin = 6 } },
	  far = { { .nr = 1 },
		  { .gsi = 77, .type = KVM_IRQ_ROUTING_IRQCHIP, .u.irqchip.pin = 32 } };
	struct kvm_msi msi = { 0 };
	int fd = eventfd_new();

	vm_new(&vm);
	expect_errno(ioctl(vm.fd, KVM_SET_GSI_ROUTING, &far), EINVAL);
	expect_ok(ioctl(vm.fd, KVM_SET_GSI_ROUTING, &table));
	expect_ok(vm_irqfd(vm.full, fd, 77, 0, 0));
	vm_start(&vm, "g_edges", 1, 0);
	vm_reports(&vm, 0);
	eventfd_signal(fd);
	vm_reports(&vm, 0x80000000u >> 6);
	vm_done(&vm);
	expect_errno(ioctl(vm.fd, KVM_SIGNAL_MSI, &msi), EINVAL);
}

static void no_devices(void)
{
	struct kvm_create_device dev = { .type = 99 };

	vm_new(&vm);
	expect_errno(ioctl(vm.fd, KVM_CREATE_DEVICE, &dev), ENODEV);
	expect_errno(ioctl(vm.cpu, KVM_TRANSLATE, NULL), ENOTTY);
	expect_errno(ioctl(vm.cpu, KVM_GET_FPU, NULL), ENOTTY);
}

/* ---- KVM_INTERRUPT ---------------------------------------------------------------- */

/* It is gone when it has been delivered; a level is not. */
static void interrupt_once(void)
{
	vm_new_bare(&vm);
	vm_start(&vm, "g_external", 3, 0);
	vm_reports(&vm, 0);
	expect_ok(vcpu_interrupt(one_vcpu(&vm), KVM_INTERRUPT_SET));
	vm_reports(&vm, 1);
	expect_ok(vcpu_interrupt(one_vcpu(&vm), KVM_INTERRUPT_SET));
	expect_ok(vcpu_interrupt(one_vcpu(&vm), KVM_INTERRUPT_UNSET));
	vm_reports(&vm, 0);
	expect_ok(vcpu_interrupt(one_vcpu(&vm), KVM_INTERRUPT_SET_LEVEL));
	expect(vm_done(&vm) > 1);
	vm_new(&vm);
	expect_errno(vcpu_interrupt(one_vcpu(&vm), KVM_INTERRUPT_SET), EINVAL);
}

/* ---- registers ----------------------------------------------------------------------- */

static uint32_t reg(uint64_t id)
{
	uint32_t val = 0;

	expect_ok(vm_get(&vm, id, &val));
	return val;
}

static void set(uint64_t id, uint32_t val)
{
	expect_ok(vm_set(&vm, id, &val));
}

#define TSR_FIS 0x04000000u
#define TSR_DIS 0x08000000u

static void tsr_bits(void)
{
	vm_new(&vm);
	/* FIS comes again by itself, DIS does not */
	set(KVM_REG_PPC_TSR, TSR_DIS);
	set(KVM_REG_PPC_OR_TSR, TSR_FIS);
	expect_eq(reg(KVM_REG_PPC_TSR) & (TSR_FIS | TSR_DIS), TSR_FIS | TSR_DIS);
	set(KVM_REG_PPC_CLEAR_TSR, TSR_FIS);
	expect_eq(reg(KVM_REG_PPC_TSR) & TSR_DIS, TSR_DIS);
	set(KVM_REG_PPC_CLEAR_TSR, TSR_DIS);
	expect_eq(reg(KVM_REG_PPC_TSR) & TSR_DIS, 0);
	set(KVM_REG_PPC_TCR, 0x04000000);
	expect_eq(reg(KVM_REG_PPC_TCR), 0x04000000);
	set(KVM_REG_PPC_DBSR, 0x1234);
	expect_eq(reg(KVM_REG_PPC_DBSR), 0x1234);
	set(KVM_REG_PPC_VRSAVE, 0x5678);
	expect_eq(reg(KVM_REG_PPC_VRSAVE), 0x5678);
}

static void tlb_words(void)
{
	unsigned int i;

	vm_new(&vm);
	/* as a boot loader leaves it: 256 MiB */
	expect_eq(reg(EMBER_REG_PPC440_TLB(0, 0)), 0x00000290);
	for (i = 0; i < 64; i++) {
		set(EMBER_REG_PPC440_TLB(i, 0), 0x40000210 + 0x1000 * i);
		set(EMBER_REG_PPC440_TLB(i, 1), 0x00200000 + 0x1000 * i);
		set(EMBER_REG_PPC440_TLB(i, 2), 0x3f);
		set(EMBER_REG_PPC440_TLB(i, 3), i);
	}
	for (i = 0; i < 64; i++) {
		expect_eq(reg(EMBER_REG_PPC440_TLB(i, 0)), 0x40000210 + 0x1000 * i);
		expect_eq(reg(EMBER_REG_PPC440_TLB(i, 1)), 0x00200000 + 0x1000 * i);
		expect_eq(reg(EMBER_REG_PPC440_TLB(i, 2)), 0x3f);
		expect_eq(reg(EMBER_REG_PPC440_TLB(i, 3)), i);
	}
	expect_errno(vm_get(&vm, EMBER_REG_PPC440_TLB(64, 0), &i), ENOENT);
}

static void fp_registers(void)
{
	uint64_t val;
	unsigned int i;

	vm_new(&vm);
	for (i = 0; i < 32; i++) {
		val = 0x4000000000000000ull + i;
		expect_ok(vm_set(&vm, KVM_REG_PPC_FPR(i), &val));
	}
	val = 0x55;
	expect_ok(vm_set(&vm, KVM_REG_PPC_FPSCR, &val));
	for (i = 0; i < 32; i++) {
		expect_ok(vm_get(&vm, KVM_REG_PPC_FPR(i), &val));
		expect(val == 0x4000000000000000ull + i);
	}
	expect_ok(vm_get(&vm, KVM_REG_PPC_FPSCR, &val));
	expect(val == 0x55);
}

static void regs(void)
{
	struct kvm_regs a, b;

	vm_new(&vm);
	memset(&a, 0, sizeof(a));
	memset(&b, 0xff, sizeof(b));
	a.pc = 0x1000;
	a.cr = 1;
	a.ctr = 2;
	a.lr = 3;
	a.xer = 4;
	a.msr = 0x8000;
	a.srr0 = 5;
	a.srr1 = 6;
	a.pid = 7;
	a.sprg0 = 8;
	a.sprg7 = 9;
	a.gpr[0] = 10;
	a.gpr[31] = 11;
	expect_ok(ioctl(vm.cpu, KVM_SET_REGS, &a));
	expect_ok(ioctl(vm.cpu, KVM_GET_REGS, &b));
	expect(!memcmp(&a, &b, sizeof(a)));
	/* bits of MSR that a 440 has not */
	a.msr = ~0u;
	expect_ok(ioctl(vm.cpu, KVM_SET_REGS, &a));
	expect_ok(ioctl(vm.cpu, KVM_GET_REGS, &b));
	expect_eq(b.msr, 0x0006ff30);
}

static const struct test tests[] = {
	TEST(vm_enable_cap),  TEST(irqchip),	    TEST(irqchip_state), TEST(irq_line_status),
	TEST(irqfd),	      TEST(irqfd_resample), TEST(routing),	 TEST(no_devices),
	TEST(interrupt_once), TEST(tsr_bits),	    TEST(tlb_words),	 TEST(fp_registers),
	TEST(regs),	      TEST(irqchip_wakes),  TEST(irqchip_first),
};

TEST_MAIN("abi", tests)
