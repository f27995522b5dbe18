// SPDX-License-Identifier: GPL-2.0
/*
 * The calls of KVM on MIPS that are MIPS's own, trap and emulate as of Linux 5.12: what
 * they do, and what they refuse.
 */
#define _GNU_SOURCE
#include "vm.h"
#include <fcntl.h>
#include <linux/ember.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define BAD_POINTER ((void *)0x1000)
#define NS_PER_SEC 1000000000ull

#define REG_COMPARE CP0_REG(U32, 11, 0)
#define REG_STATUS CP0_REG(U32, 12, 0)
#define REG_CAUSE CP0_REG(U32, 13, 0)
#define CAUSE_TI 0x40000000
#define CAUSE_IP(line) (0x100u << (line))

static struct vm *vm;
static struct vcpu *cpu;

static void set_up(void)
{
	vm = vm_new(1, 0);
	cpu = &vm->vcpu[0];
}

static uint64_t reg(uint64_t id)
{
	uint64_t val = 0;

	if (vcpu_get(cpu, id, &val))
		fail("get %#llx: %s", (unsigned long long)id, strerror(errno));
	return val;
}

static void set_reg(uint64_t id, uint64_t val)
{
	if (vcpu_set(cpu, id, &val))
		fail("set %#llx: %s", (unsigned long long)id, strerror(errno));
}

static int try_reg(uint64_t id, uint64_t val)
{
	return vcpu_set(cpu, id, &val);
}

/* ---- a VM ------------------------------------------------------------------------- */

static void vm_types(void)
{
	int kvm = kvm_open();

	expect_ok(ioctl(kvm, KVM_CREATE_VM, 0)); /* whatever there is */
	expect_ok(ioctl(kvm, KVM_CREATE_VM, KVM_VM_MIPS_TE));
	expect_errno(ioctl(kvm, KVM_CREATE_VM, KVM_VM_MIPS_VZ), EINVAL);
	expect_errno(ioctl(kvm, KVM_CREATE_VM, 3), EINVAL);
}

static void no_irqchip(void)
{
	struct kvm_irq_level line = { .irq = 2, .level = 1 };
	struct kvm_irqfd irqfd = { .fd = 0, .gsi = 2 };
	struct kvm_create_device dev = { .type = KVM_DEV_TYPE_ARM_VGIC_V2 };
	struct kvm_irq_routing routing = {};
	struct kvm_msi msi = {};

	set_up();
	expect_errno(ioctl(vm->fd, KVM_CREATE_IRQCHIP, 0), ENOTTY);
	expect_errno(ioctl(vm->fd, KVM_IRQ_LINE, &line), ENOTTY);
	expect_errno(ioctl(vm->fd, KVM_IRQ_LINE_STATUS, &line), ENOTTY);
	expect_errno(ioctl(vm->fd, KVM_IRQFD, &irqfd), EINVAL);
	expect_errno(ioctl(vm->fd, KVM_SET_GSI_ROUTING, &routing), ENOTTY);
	expect_errno(ioctl(vm->fd, KVM_SIGNAL_MSI, &msi), ENOTTY);
	expect_errno(ioctl(vm->fd, KVM_CREATE_DEVICE, &dev), ENODEV);
}

static void vm_enable_cap(void)
{
	struct kvm_enable_cap cap = { .cap = EMBER_CAP_MIPS_TRANSLATE, .flags = 1 };

	vm = vm_new(0, 0);
	expect_eq(check_cap(vm->fd, cap.cap), 1);
	expect_errno(ioctl(vm->fd, KVM_ENABLE_CAP, &cap), EINVAL);
	cap.flags = 0;
	cap.args[0] = 2;
	expect_errno(ioctl(vm->fd, KVM_ENABLE_CAP, &cap), EINVAL);
	cap.cap = KVM_CAP_MIPS_FPU; /* a vcpu's */
	cap.args[0] = 0;
	expect_errno(ioctl(vm->fd, KVM_ENABLE_CAP, &cap), EINVAL);
	expect_errno(ioctl(vm->fd, KVM_ENABLE_CAP, BAD_POINTER), EFAULT);
	cap.cap = EMBER_CAP_MIPS_TRANSLATE;
	expect_ok(ioctl(vm->fd, KVM_ENABLE_CAP, &cap));
	cap.args[0] = 1;
	expect_ok(ioctl(vm->fd, KVM_ENABLE_CAP, &cap));
	vm_create_vcpu(vm);
	expect_errno(ioctl(vm->fd, KVM_ENABLE_CAP, &cap), EBUSY);
}

/* ---- a vcpu ----------------------------------------------------------------------- */

/* Words are sign-extended; of what is set the lower halves count. */
static void regs(void)
{
	struct kvm_regs set, got;
	unsigned int i;

	set_up();
	for (i = 0; i < 32; i++)
		set.gpr[i] = 0x1234567880000000ull + i;
	set.hi = 0xffffffff;
	set.lo = 0x7fffffff;
	set.pc = 0x180000000ull;
	expect_ok(ioctl(cpu->fd, KVM_SET_REGS, &set));
	memset(&got, 0x55, sizeof(got));
	expect_ok(ioctl(cpu->fd, KVM_GET_REGS, &got));
	expect_eq(got.gpr[0], 0);
	for (i = 1; i < 32; i++)
		expect_eq(got.gpr[i], 0xffffffff80000000ll + i);
	expect_eq(got.hi, -1);
	expect_eq(got.lo, 0x7fffffff);
	expect_eq(got.pc, 0xffffffff80000000ll);
	for (i = 0; i < 32; i++)
		expect_eq(reg(KVM_REG_MIPS_R0 + i), got.gpr[i]);
	expect_eq(reg(KVM_REG_MIPS_HI), got.hi);
	expect_eq(reg(KVM_REG_MIPS_LO), got.lo);
	expect_eq(reg(KVM_REG_MIPS_PC), got.pc);
	set_reg(KVM_REG_MIPS_R0, 5);
	expect_eq(reg(KVM_REG_MIPS_R0), 0);
	expect_errno(ioctl(cpu->fd, KVM_GET_REGS, BAD_POINTER), EFAULT);
	expect_errno(ioctl(cpu->fd, KVM_SET_REGS, BAD_POINTER), EFAULT);
}

/* Written back as they were, they leave a load to be answered; a new pc takes it away. */
static void regs_of_a_load(void)
{
	struct kvm_regs regs;

	set_up();
	vcpu_start(cpu, "g_load_kinds", OTHER_IO, 0);
	vcpu_event(cpu, EV_READ);
	expect_ok(ioctl(cpu->fd, KVM_GET_REGS, &regs));
	expect_ok(ioctl(cpu->fd, KVM_SET_REGS, &regs));
	set_reg(KVM_REG_MIPS_PC, reg(KVM_REG_MIPS_PC));
	vcpu_answer(cpu, 0x42);
	vcpu_reports(cpu, 0x42);
	vcpu_event(cpu, EV_READ);
	set_reg(KVM_REG_MIPS_PC, guest_sym("_start"));
	set_reg(KVM_REG_MIPS_R0 + 2, guest_sym("g_report_args"));
	set_reg(KVM_REG_MIPS_R0 + 4, 7);
	vcpu_answer(cpu, 0x99);
	vcpu_reports(cpu, 7);
}

static void other_state(void)
{
	uint64_t room[128] = {};

	set_up();
	expect_errno(ioctl(cpu->fd, KVM_GET_FPU, room), ENOTTY);
	expect_errno(ioctl(cpu->fd, KVM_SET_FPU, room), ENOTTY);
	expect_errno(ioctl(cpu->fd, KVM_GET_SREGS, room), ENOTTY);
	expect_errno(ioctl(cpu->fd, KVM_SET_SREGS, room), ENOTTY);
	expect_errno(ioctl(cpu->fd, KVM_TRANSLATE, room), ENOTTY);
	expect_errno(ioctl(cpu->fd, KVM_SET_GUEST_DEBUG, room), ENOTTY);
}

static int interrupt(int to, int line)
{
	struct kvm_mips_interrupt irq = { .cpu = to, .irq = line };

	return ioctl(cpu->fd, KVM_INTERRUPT, &irq);
}

/* The lines show in Cause; each of them is let go by its negative. */
static void lines(void)
{
	static const int good[] = { 2, 3, 4, 6 };
	unsigned int i;

	set_up();
	for (i = 0; i < 4; i++) {
		expect_ok(interrupt(-1, good[i]));
		expect_eq(reg(REG_CAUSE) & 0xff00, CAUSE_IP(good[i]));
		expect_ok(interrupt(-1, good[i]));
		expect_ok(interrupt(0, -good[i]));
		expect_eq(reg(REG_CAUSE) & 0xff00, 0);
	}
}

static void lines_refused(void)
{
	static const int bad[] = { 0, 1, -1, 5, -5, 7, -7, 8, 34, 0x7fffffff, -0x7fffffff - 1 };
	unsigned int i;

	set_up();
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		expect_errno(interrupt(-1, bad[i]), EINVAL);
	expect_errno(interrupt(1, 2), EINVAL);
	expect_errno(interrupt(0x7fffffff, 2), EINVAL);
	expect_errno(ioctl(cpu->fd, KVM_INTERRUPT, BAD_POINTER), EFAULT);
	expect_eq(reg(REG_CAUSE) & 0xff00, 0);
}

/* By another vcpu's number; and of one that is in the guest. */
static void line_of_another(void)
{
	vm = vm_new(2, 0);
	cpu = &vm->vcpu[0];
	expect_ok(interrupt(1, 3));
	expect_eq(reg(REG_CAUSE) & 0xff00, 0);
	cpu = &vm->vcpu[1];
	expect_eq(reg(REG_CAUSE) & 0xff00, CAUSE_IP(3));
}

static void line_while_running(void)
{
	set_up();
	vcpu_start(cpu, "g_wait_word", SCRATCH, 1);
	vcpu_spawn(cpu);
	expect_ok(vcpu_irq(cpu, 6));
	*(volatile uint32_t *)vm_mem(vm, SCRATCH) = 1;
	vcpu_join(cpu);
	expect_eq(reg(REG_CAUSE) & 0xff00, CAUSE_IP(6));
}

/* One that sleeps is woken. */
static void line_wakes(void)
{
	volatile uint32_t *turn;
	uint32_t i;

	set_up();
	turn = vm_mem(vm, SCRATCH);
	*turn = ~0u;
	vcpu_start(cpu, "g_wait_lines", 50, 0);
	vcpu_spawn(cpu);
	for (i = 0; i < 50; i++) {
		while (*turn != i)
			usleep(100);
		usleep(1000);
		expect_ok(vcpu_irq(cpu, 3));
	}
	vcpu_join(cpu);
}

static void enable_fpu(void)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_MIPS_FPU };

	expect_ok(ioctl(cpu->fd, KVM_ENABLE_CAP, &cap));
}

static void enable_cap(void)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_MIPS_FPU, .flags = 1 };

	set_up();
	expect_errno(ioctl(cpu->fd, KVM_ENABLE_CAP, &cap), EINVAL);
	cap.flags = 0;
	cap.args[0] = 1;
	expect_errno(ioctl(cpu->fd, KVM_ENABLE_CAP, &cap), EINVAL);
	cap.args[0] = 0;
	cap.cap = KVM_CAP_MIPS_MSA;
	expect_errno(ioctl(cpu->fd, KVM_ENABLE_CAP, &cap), EINVAL);
	cap.cap = KVM_CAP_ONE_REG;
	expect_errno(ioctl(cpu->fd, KVM_ENABLE_CAP, &cap), EINVAL);
	expect_errno(ioctl(cpu->fd, KVM_ENABLE_CAP, BAD_POINTER), EFAULT);
	expect_eq(reg(CP0_REG(U32, 16, 1)) & 1, 0); /* Config1.FP */
	enable_fpu();
	expect_eq(reg(CP0_REG(U32, 16, 1)) & 1, 1);
}

/* A load that no device is made for ends the VM, and says where. */
static void internal_error(void)
{
	set_up();
	vcpu_start(cpu, "g_unaligned", OTHER_IO, 0);
	vcpu_exits(cpu, KVM_EXIT_INTERNAL_ERROR);
	expect_eq(cpu->run->internal.suberror, KVM_INTERNAL_ERROR_EMULATION);
	expect_eq(cpu->run->internal.ndata, 4);
	expect_eq(cpu->run->internal.data[0] >> 26, 0x22); /* lwl */
	expect_eq(cpu->run->internal.data[1], vcpu_pc(cpu));
	expect_eq(cpu->run->internal.data[2], PHYS(OTHER_IO) + 2);
	/* it stays so, for each vcpu that it has or gets */
	vcpu_exits(cpu, KVM_EXIT_INTERNAL_ERROR);
	vcpu_exits(vm_create_vcpu(vm), KVM_EXIT_INTERNAL_ERROR);
	vcpu_exits(cpu, KVM_EXIT_INTERNAL_ERROR);
}

/* ---- ONE_REG ---------------------------------------------------------------------- */

/*
 * Every register of CP0 that is listed, and what of it user space can set: bits that
 * stay 0 and bits that stay 1 are in neither.
 */
static const struct {
	const char *name;
	uint64_t id;
	uint32_t settable;
} cp0[] = {
	{ "Index", CP0_REG(U32, 0, 0), 0x8000003f },
	{ "EntryLo0", CP0_REG(U64, 2, 0), 0x03ffffff },
	{ "EntryLo1", CP0_REG(U64, 3, 0), 0x03ffffff },
	{ "Context", CP0_REG(U64, 4, 0), 0xfffffff0 },
	{ "UserLocal", CP0_REG(U64, 4, 2), 0xffffffff },
	{ "PageMask", CP0_REG(U32, 5, 0), 0x1fffe000 },
	{ "PageGrain", CP0_REG(U32, 5, 1), 0 },
	{ "Wired", CP0_REG(U32, 6, 0), 0x3f },
	{ "HWREna", CP0_REG(U32, 7, 0), 0x2000000f },
	{ "BadVAddr", CP0_REG(U64, 8, 0), 0xffffffff },
	{ "Count", REG_COUNT, 0xffffffff },
	{ "EntryHi", CP0_REG(U64, 10, 0), 0xffffe0ff },
	{ "Compare", REG_COMPARE, 0xffffffff },
	{ "Status", REG_STATUS, 0x1040ff17 }, /* without FPU: neither CU1 nor FR */
	{ "IntCtl", CP0_REG(U32, 12, 1), 0 },
	{ "Cause", REG_CAUSE, 0xffffffff },
	{ "EPC", CP0_REG(U64, 14, 0), 0xffffffff },
	{ "PRId", CP0_REG(U32, 15, 0), 0 },
	{ "EBase", CP0_REG(U64, 15, 1), 0x1ffff000 },
	{ "CMGCRBase", CP0_REG(U64, 15, 3), 0xfffff800 },
	{ "Config", CP0_REG(U32, 16, 0), 7 },
	{ "Config1", CP0_REG(U32, 16, 1), 0 },
	{ "Config2", CP0_REG(U32, 16, 2), 0 },
	{ "Config3", CP0_REG(U32, 16, 3), 1 << 29 },
	{ "Config4", CP0_REG(U32, 16, 4), 0 },
	{ "Config5", CP0_REG(U32, 16, 5), 0 },
	{ "Config7", CP0_REG(U32, 16, 7), 0 },
	{ "ErrorEPC", CP0_REG(U64, 30, 0), 0xffffffff },
};

#define NR_CP0 (sizeof(cp0) / sizeof(cp0[0]))

static bool listed(const struct kvm_reg_list *list, uint64_t id)
{
	uint64_t i;

	for (i = 0; i < list->n; i++)
		if (list->reg[i] == id)
			return true;
	return false;
}

static void expect_listed(const struct kvm_reg_list *list, uint64_t id)
{
	if (!listed(list, id))
		fail("%#llx is not listed", (unsigned long long)id);
}

/* All that there is, and no more. */
static void reg_list(void)
{
	struct kvm_reg_list *list;
	unsigned int i;

	set_up();
	list = vcpu_reg_list(cpu);
	for (i = 0; i < 32; i++)
		expect_listed(list, KVM_REG_MIPS_R0 + i);
	expect_listed(list, KVM_REG_MIPS_HI);
	expect_listed(list, KVM_REG_MIPS_LO);
	expect_listed(list, KVM_REG_MIPS_PC);
	expect_listed(list, KVM_REG_MIPS_COUNT_CTL);
	expect_listed(list, KVM_REG_MIPS_COUNT_RESUME);
	expect_listed(list, KVM_REG_MIPS_COUNT_HZ);
	for (i = 0; i < NR_CP0; i++)
		expect_listed(list, cp0[i].id);
	expect_eq(list->n, 32 + 3 + 3 + NR_CP0);
	expect_errno(ioctl(cpu->fd, KVM_GET_REG_LIST, BAD_POINTER), EFAULT);
}

static void reg_list_fpu(void)
{
	struct kvm_reg_list *list;
	unsigned int i;

	set_up();
	enable_fpu();
	list = vcpu_reg_list(cpu);
	for (i = 0; i < 32; i++)
		expect_listed(list, KVM_REG_MIPS_FPR_32(i));
	for (i = 0; i < 32; i += 2)
		expect_listed(list, KVM_REG_MIPS_FPR_64(i));
	expect_listed(list, KVM_REG_MIPS_FCR_IR);
	expect_listed(list, KVM_REG_MIPS_FCR_CSR);
}

static void check_cp0(unsigned int i, uint32_t want, uint64_t id)
{
	uint32_t got = reg(id);

	/* Count goes on, from ones to zeroes too. */
	if (id == REG_COUNT ? got - want > 0x40000000 : got != want)
		fail("%s is %#x, expected %#x", cp0[i].name, got, want);
}

/* Zeroes and ones: what is not settable stays, without an error. */
static void cp0_bits(void)
{
	uint32_t was, set;
	unsigned int i;

	for (i = 0; i < NR_CP0; i++) {
		set_up();
		set = cp0[i].settable;
		was = reg(cp0[i].id);
		set_reg(cp0[i].id, 0);
		check_cp0(i, was & ~set, cp0[i].id);
		set_reg(cp0[i].id, ~0ull);
		/* Cause.TI comes with line 7 */
		check_cp0(i, was | set, cp0[i].id);
		set_reg(cp0[i].id, 0xffffffff5a5a5a5aull);
		if (cp0[i].id != REG_CAUSE)
			check_cp0(i, (was & ~set) | (0x5a5a5a5a & set), cp0[i].id);
		vm_free(vm);
	}
}

/* A register of 64 bits is a word that is sign-extended. */
static void cp0_sign(void)
{
	set_up();
	set_reg(CP0_REG(U64, 14, 0), 0x80001234);
	expect_eq(reg(CP0_REG(U64, 14, 0)), 0xffffffff80001234ll);
	set_reg(CP0_REG(U64, 14, 0), 0xffffffff00001234ull);
	expect_eq(reg(CP0_REG(U64, 14, 0)), 0x1234);
}

static void one_reg_refused(void)
{
	static const uint64_t bad[] = {
		KVM_REG_MIPS_GP | KVM_REG_SIZE_U64 | 35,
		KVM_REG_MIPS_GP | KVM_REG_SIZE_U32,
		CP0_REG(U64, 12, 0), /* Status has 32 bits */
		CP0_REG(U32, 14, 0), /* EPC has 64 */
		CP0_REG(U32, 1, 0), /* Random */
		CP0_REG(U32, 16, 6),
		CP0_REG(U32, 31, 7),
		KVM_REG_MIPS_KVM | KVM_REG_SIZE_U64 | 3,
		KVM_REG_MIPS_KVM | KVM_REG_SIZE_U32,
		KVM_REG_MIPS_FCR_IR, /* without KVM_CAP_MIPS_FPU */
		KVM_REG_MIPS_FCR_CSR,
		KVM_REG_MIPS_FPR_32(0),
		KVM_REG_MIPS_FPR_64(0),
		KVM_REG_MIPS_VEC_128(0),
		KVM_REG_MIPS_MSA_IR,
		KVM_REG_MIPS_GP | KVM_REG_SIZE_U2048,
		KVM_REG_MIPS_CP0 | KVM_REG_SIZE_U128 | 8 * 12,
		KVM_REG_ARM | KVM_REG_SIZE_U64,
		~0ull,
	};
	uint64_t val[32] = {};
	unsigned int i;

	set_up();
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (!vcpu_get(cpu, bad[i], val) || errno != EINVAL)
			fail("get %#llx", (unsigned long long)bad[i]);
		if (!vcpu_set(cpu, bad[i], val) || errno != EINVAL)
			fail("set %#llx", (unsigned long long)bad[i]);
	}
	expect_errno(vcpu_get(cpu, REG_STATUS, BAD_POINTER), EFAULT);
	expect_errno(vcpu_set(cpu, REG_STATUS, BAD_POINTER), EFAULT);
}

static void fpu(void)
{
	unsigned int i;

	set_up();
	enable_fpu();
	set_reg(REG_STATUS, 0);
	for (i = 0; i < 32; i++)
		set_reg(KVM_REG_MIPS_FPR_32(i), 0xf0000000 + i);
	/* FR=0: pairs, and no double at an odd number */
	for (i = 0; i < 32; i += 2)
		expect_eq(reg(KVM_REG_MIPS_FPR_64(i)),
			  (long long)((0xf0000000ull + i + 1) << 32 | (0xf0000000ull + i)));
	expect_errno(try_reg(KVM_REG_MIPS_FPR_64(1), 0), EINVAL);
	expect_errno(vcpu_get(cpu, KVM_REG_MIPS_FPR_64(31), &(uint64_t){ 0 }), EINVAL);
	set_reg(KVM_REG_MIPS_FPR_64(30), 0x1122334455667788ull);
	expect_eq(reg(KVM_REG_MIPS_FPR_32(30)), 0x55667788);
	expect_eq(reg(KVM_REG_MIPS_FPR_32(31)), 0x11223344);
	set_reg(KVM_REG_MIPS_FCR_CSR, 0x3);
	expect_eq(reg(KVM_REG_MIPS_FCR_CSR), 0x3);
	/* read only, without an error */
	i = reg(KVM_REG_MIPS_FCR_IR);
	set_reg(KVM_REG_MIPS_FCR_IR, ~i);
	expect_eq(reg(KVM_REG_MIPS_FCR_IR), i);
	expect_errno(try_reg(KVM_REG_MIPS_VEC_128(0), 0), EINVAL);
}

/* ---- time ------------------------------------------------------------------------- */

/* The clock stands still at @ns, where it shows @count. */
static void stop_at(uint64_t ns, uint32_t count)
{
	set_reg(KVM_REG_MIPS_COUNT_CTL, KVM_REG_MIPS_COUNT_CTL_DC);
	set_reg(KVM_REG_MIPS_COUNT_RESUME, ns);
	set_reg(REG_COUNT, count);
	expect_eq(reg(REG_COUNT), count);
}

/* Time as the vcpu has it: a second ago. */
static uint64_t second_ago(void)
{
	set_reg(KVM_REG_MIPS_COUNT_CTL, KVM_REG_MIPS_COUNT_CTL_DC);
	return reg(KVM_REG_MIPS_COUNT_RESUME) - NS_PER_SEC;
}

static void count_ctl(void)
{
	uint32_t count;
	uint64_t then;

	set_up();
	expect_eq(reg(KVM_REG_MIPS_COUNT_CTL), 0);
	expect_errno(try_reg(KVM_REG_MIPS_COUNT_CTL, 2), EINVAL);
	expect_errno(try_reg(KVM_REG_MIPS_COUNT_CTL, 1ull << 32), EINVAL);
	then = second_ago();
	count = reg(REG_COUNT);
	expect_eq(reg(REG_COUNT), count);
	/* as when time came to RESUME: what is before is earlier */
	stop_at(then, 1000);
	set_reg(KVM_REG_MIPS_COUNT_RESUME, then + NS_PER_SEC / 2);
	/* ticks begin anywhere between two ns, and the rate has 31 bits of fraction */
	count = reg(REG_COUNT) - (1000 + 50000000 - 1);
	expect(count <= 1);
	/* let go it makes up for all since */
	set_reg(KVM_REG_MIPS_COUNT_CTL, 0);
	expect(reg(REG_COUNT) >= 1000 + 100000000);
}

static void count_resume(void)
{
	uint64_t now;

	set_up();
	set_reg(KVM_REG_MIPS_COUNT_CTL, KVM_REG_MIPS_COUNT_CTL_DC);
	now = reg(KVM_REG_MIPS_COUNT_RESUME);
	expect_errno(try_reg(KVM_REG_MIPS_COUNT_RESUME, now + 3600 * NS_PER_SEC), EINVAL);
	expect_errno(try_reg(KVM_REG_MIPS_COUNT_RESUME, ~0ull), EINVAL);
	set_reg(KVM_REG_MIPS_COUNT_RESUME, now - 1);
	expect_eq(reg(KVM_REG_MIPS_COUNT_RESUME), now - 1);
}

/* Another rate goes on from where Count is. */
static void count_hz(void)
{
	uint64_t then;

	set_up();
	expect_eq(reg(KVM_REG_MIPS_COUNT_HZ), 100000000);
	expect_errno(try_reg(KVM_REG_MIPS_COUNT_HZ, 0), EINVAL);
	expect_errno(try_reg(KVM_REG_MIPS_COUNT_HZ, NS_PER_SEC + 1), EINVAL);
	expect_errno(try_reg(KVM_REG_MIPS_COUNT_HZ, ~0ull), EINVAL);
	then = second_ago();
	stop_at(then, 7);
	set_reg(KVM_REG_MIPS_COUNT_HZ, 1000000);
	expect_eq(reg(KVM_REG_MIPS_COUNT_HZ), 1000000);
	expect_eq(reg(REG_COUNT), 7);
	set_reg(KVM_REG_MIPS_COUNT_RESUME, then + NS_PER_SEC / 4);
	/* rounded down */
	expect(reg(REG_COUNT) - (7 + 249999) <= 1);
	set_reg(KVM_REG_MIPS_COUNT_HZ, NS_PER_SEC);
	expect(reg(REG_COUNT) - (7 + 249999) <= 1);
}

static void wait_for_line_7(void)
{
	while (!(reg(REG_CAUSE) & CAUSE_IP(7)))
		;
	expect(reg(REG_CAUSE) & CAUSE_TI);
}

/* What was due while the clock stood still comes when it goes on; writing Compare ends it. */
static void timer_due(void)
{
	set_up();
	stop_at(second_ago(), 0);
	set_reg(REG_COMPARE, 100000);
	expect_eq(reg(REG_CAUSE) & (CAUSE_IP(7) | CAUSE_TI), 0);
	set_reg(KVM_REG_MIPS_COUNT_CTL, 0);
	wait_for_line_7();
	set_reg(REG_COMPARE, reg(REG_COUNT) - 1);
	expect_eq(reg(REG_CAUSE) & (CAUSE_IP(7) | CAUSE_TI), 0);
}

#define TRACING "/sys/kernel/tracing/"

static void trace_set(const char *file, const char *word)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), TRACING "%s", file);
	fd = expect_ok(open(path, O_WRONLY | O_TRUNC));
	expect_ok(write(fd, word, strlen(word)));
	close(fd);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	expect_ok(clock_gettime(CLOCK_MONOTONIC, &ts));
	return ts.tv_sec * NS_PER_SEC + ts.tv_nsec;
}

/* Lines with @words since tracing began. */
static unsigned int traced(const char *words)
{
	FILE *f = fopen(TRACING "trace", "r");
	unsigned int n = 0;
	char line[256];

	expect(f);
	while (fgets(line, sizeof(line), f))
		n += !!strstr(line, words);
	fclose(f);
	return n;
}

/* How often the host's timer of a vcpu has expired. */
static unsigned int times_expired(void)
{
	return traced("function=timer_expired");
}

/* Each register by its name, as the guest reads and writes it. */
static void cp0_traced(void)
{
	vm = vm_new(1, VM_PLAIN);
	trace_set("trace", "\n");
	trace_set("events/ember/ember_reg/enable", "1");
	vcpu_start(&vm->vcpu[0], "g_cp0", 0, 0);
	vcpu_done(&vm->vcpu[0]);
	trace_set("events/ember/ember_reg/enable", "0");
	expect(traced("ember_reg: vcpu 0 write EPC val 0x12345678"));
	expect(traced("ember_reg: vcpu 0 read EPC val 0x12345678"));
	expect(traced("ember_reg: vcpu 0 write WIRED val 0xa"));
	expect(traced("ember_reg: vcpu 0 read PRID val"));
}

/* As many rounds as Count may have missed, since the host was started: the host makes one step. */
static void rounds_missed(void)
{
	uint64_t round = NS_PER_SEC << 2, began;

	if (access(TRACING "events/timer/hrtimer_expire_entry/enable", W_OK))
		skip("no trace points of hrtimers");
	while (now_ns() < 4 * (round + round / 8))
		usleep(100000);
	set_up();
	set_reg(KVM_REG_MIPS_COUNT_HZ, NS_PER_SEC);
	stop_at(0, 0);
	set_reg(REG_COMPARE, 100);
	trace_set("trace", "\n");
	trace_set("events/timer/hrtimer_expire_entry/enable", "1");
	began = now_ns();
	set_reg(KVM_REG_MIPS_COUNT_CTL, 0);
	wait_for_line_7();
	trace_set("events/timer/hrtimer_expire_entry/enable", "0");
	expect(times_expired() >= 1);
	/* and it comes by again, if this takes so long */
	expect(times_expired() <= 2 + (now_ns() - began) / round);
}

/* The guest's own switch, Cause.DC: time that it misses is lost to it. */
static void cause_dc(void)
{
	uint32_t count;

	set_up();
	set_reg(REG_CAUSE, 1 << 27);
	set_reg(REG_COUNT, 5);
	expect_eq(reg(REG_COUNT), 5);
	stop_at(second_ago(), 6);
	set_reg(KVM_REG_MIPS_COUNT_CTL, 0);
	expect_eq(reg(REG_COUNT), 6);
	set_reg(REG_CAUSE, 0);
	count = reg(REG_COUNT);
	expect(count - 6 < 0x40000000);
}

/* Saved as pending, the timer's line is pending again. */
static void line_7_restored(void)
{
	set_up();
	set_reg(KVM_REG_MIPS_COUNT_CTL, KVM_REG_MIPS_COUNT_CTL_DC);
	set_reg(REG_CAUSE, CAUSE_IP(7) | CAUSE_TI | CAUSE_IP(2));
	expect_eq(reg(REG_CAUSE), CAUSE_IP(7) | CAUSE_TI | CAUSE_IP(2));
	set_reg(REG_CAUSE, 0);
	expect_eq(reg(REG_CAUSE), 0);
}

static const struct test tests[] = {
	TEST(vm_types),	       TEST(no_irqchip),	 TEST(vm_enable_cap), TEST(regs),
	TEST(regs_of_a_load),  TEST(other_state),	 TEST(lines),	      TEST(lines_refused),
	TEST(line_of_another), TEST(line_while_running), TEST(line_wakes),    TEST(enable_cap),
	TEST(internal_error),  TEST(reg_list),		 TEST(reg_list_fpu),  TEST(cp0_bits),
	TEST(cp0_sign),	       TEST(one_reg_refused),	 TEST(fpu),	      TEST(count_ctl),
	TEST(count_resume),    TEST(count_hz),		 TEST(timer_due),     TEST(cause_dc),
	TEST(line_7_restored), TEST(rounds_missed),	 TEST(cp0_traced),
};

TEST_MAIN("abi", tests)
