// SPDX-License-Identifier: GPL-2.0
/*
 * The state of a VM is all in what the ABI shows: guests go on in a fresh VM as
 * if nothing had been, wherever they were when they were taken.
 */
#define _GNU_SOURCE
#include "snapshot.h"
#include <asm/hwcap.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/time.h>

static struct vm *vm;
static struct vcpu *cpu;
static unsigned int seed = 1;

/* Not the C library's, so that it is the same everywhere. */
static unsigned int any(unsigned int n)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 8) % n;
}

static void move(unsigned int order)
{
	vm = snapshot_move(vm, order);
	cpu = &vm->vcpu[0];
}

static void start(unsigned int flags, const char *name, uint32_t arg0, uint32_t arg1)
{
	vm = vm_new(1, flags);
	cpu = &vm->vcpu[0];
	vcpu_start(cpu, name, arg0, arg1);
}

/* ---- at every exit, and wherever a signal finds it ------------------------------ */

static void on_alarm(int sig)
{
	(void)sig;
}

/* A signal some time from now, if the guest is to be stopped any more. */
static void arm(unsigned int kicks)
{
	struct itimerval when = { .it_value.tv_usec = 200 + any(6000) };

	if (kicks)
		setitimer(ITIMER_REAL, &when, NULL);
}

/*
 * Run a guest that checks itself to its end; it moves to another VM after each
 * report, and where signals stop it, so many times.
 */
static void moves(const char *name, uint32_t arg0, uint32_t arg1, unsigned int kicks)
{
	struct sigaction act = { .sa_handler = on_alarm };
	unsigned int reports = 40;
	struct event ev;

	sigaction(SIGALRM, &act, NULL);
	start(VM_GIC, name, arg0, arg1);
	for (;;) {
		arm(kicks);
		ev = vcpu_next(cpu);
		if (ev.kind == EV_DONE)
			return;
		expect(ev.kind == EV_REPORT || ev.kind == EV_INTR);
		if (ev.kind == EV_REPORT && IS_CMD_LINE(ev.value))
			vm_obey(vm, ev.value);
		vcpu_settle(cpu);
		if (ev.kind == EV_REPORT ? reports : kicks)
			move(any(SNAP_ORDERS));
		if (ev.kind == EV_INTR && kicks)
			kicks--;
		else if (reports)
			reports--;
	}
}

#define MOVES(test, guest, arg0, arg1, kicks)    \
	static void test(void)                   \
	{                                        \
		moves(guest, arg0, arg1, kicks); \
	}

MOVES(vfp, "g_vfp_kept", 0x21, 30, 10)
MOVES(cp15, "g_cp15_hold", 0, 0, 0)
MOVES(level, "g_level", 40, 0, 10)
MOVES(level_ppi, "g_level", 20, 0, 10)
MOVES(edge, "g_edge", 41, 0, 10)
MOVES(disabled, "g_disabled", 42, 0, 10)
MOVES(priorities, "g_priority_order", 40, 0, 10)
MOVES(priority_late, "g_priority_late", 40, 0, 10)
MOVES(priority_mask, "g_priority_mask", 40, 0, 5)
MOVES(preempt, "g_preempt", 40, 0, 10)
MOVES(many_active, "g_many_active", 40, 0, 10)
MOVES(eoi_mode, "g_eoi_mode", 43, 0, 10)
MOVES(set_by_hand, "g_set_by_hand", 44, 0, 10)
MOVES(irq_storm, "g_irq_storm", 45, 60, 10)
MOVES(virtual_timer, "g_timer", 27, 0, 15)
MOVES(physical_timer, "g_timer", 30, 0, 15)
MOVES(virtual_wfi, "g_timer_wfi", 27, 100, 20)
MOVES(physical_wfi, "g_timer_wfi", 30, 100, 20)
MOVES(virtual_tick, "g_tick", 27, 100, 20)
MOVES(physical_pending, "g_snap_ptimer", 30, 0, 5)

/* ---- in the middle of an instruction ----------------------------------------------- */

static void reads(uint32_t addr)
{
	struct event ev = vcpu_event(cpu, EV_READ);

	expect_eq(ev.addr, addr);
}

static void reads_and_gets(uint32_t addr, uint32_t val)
{
	reads(addr);
	vcpu_answer(cpu, val);
}

/*
 * What user space does not complete begins again, from the registers that the
 * instruction began with.
 */
static void ldm_begins_again(void)
{
	int i;

	start(0, "g_snap_ldm", OTHER_IO, 0);
	reads_and_gets(OTHER_IO, 0x11110000);
	reads_and_gets(OTHER_IO + 4, 0x22220000);
	reads(OTHER_IO + 8);
	expect_eq(vcpu_reg(cpu, CORE_REG(usr_regs.ARM_r4)), OTHER_IO);
	expect_eq(vcpu_reg(cpu, CORE_REG(usr_regs.ARM_r5)), 5);
	move(0);
	for (i = 0; i < 4; i++)
		reads_and_gets(OTHER_IO + 4 * i, 0x1000 + i);
	for (i = 0; i < 4; i++)
		vcpu_reports(cpu, 0x1000 + i);
	vcpu_done(cpu);
}

/* Re-entered with immediate_exit the kernel asks for the rest and then stops. */
static void ldm_completed(void)
{
	int i;

	start(0, "g_snap_ldm", OTHER_IO, 0);
	reads_and_gets(OTHER_IO, 0x1000);
	cpu->run->immediate_exit = 1;
	for (i = 1; i < 4; i++)
		reads_and_gets(OTHER_IO + 4 * i, 0x1000 + i);
	vcpu_event(cpu, EV_INTR);
	move(0);
	for (i = 0; i < 4; i++)
		vcpu_reports(cpu, 0x1000 + i);
	vcpu_done(cpu);
}

#define IT_BITS 0x0600fc00u

static void it_block(void)
{
	int i;

	start(0, "g_snap_it", OTHER_IO, 0);
	for (i = 0; i < 2; i++) {
		reads(OTHER_IO + 4 * i);
		expect(vcpu_reg(cpu, CORE_REG(usr_regs.ARM_cpsr)) & IT_BITS);
		move(0);
		reads_and_gets(OTHER_IO + 4 * i, 20 + i);
		vcpu_settle(cpu);
		expect_eq(!!(vcpu_reg(cpu, CORE_REG(usr_regs.ARM_cpsr)) & IT_BITS), !i);
		move(0);
	}
	vcpu_reports(cpu, 41);
	vcpu_done(cpu);
}

/* ---- interrupts ----------------------------------------------------------------------- */

/* What shows of it: GICC_APR1 to 3 hold what GICC_IAR had said (docs/snapshot.md). */
#define APR1 0xd4

static uint32_t cpuif(unsigned int id, uint32_t offset)
{
	struct snapshot *s = snapshot_take(vm);
	uint32_t val = snapshot_val(s, SNAP_CPUIF, id, offset);

	snapshot_free(s);
	return val;
}

/* Active where it was taken, whatever its target says by now. */
static void spi_retargeted(void)
{
	unsigned int order;

	for (order = 0; order < SNAP_ORDERS; order++) {
		vm = vm_new(2, VM_GIC);
		cpu = &vm->vcpu[0];
		vcpu_start(cpu, "g_snap_retarget", 40, 0);
		vm_obey(vm, vcpu_report(cpu));
		vcpu_reports(cpu, 1);
		vcpu_settle(cpu);
		expect_eq(cpuif(0, APR1), 40);
		move(order);
		expect_eq(cpuif(1, APR1), 0);
		vcpu_reports(cpu, 2);
		expect_eq(cpuif(0, APR1), 0);
		vm_obey(vm, vcpu_report(cpu));
		vcpu_done(cpu);
		vcpu_start(&vm->vcpu[1], "g_snap_taker", 40, 0);
		vcpu_done(&vm->vcpu[1]);
		vm_free(vm);
	}
}

/* Pending from two vcpus, active from one: each is told apart. */
static void sgi_sources(void)
{
	uint32_t iar;
	int i;

	vm = vm_new(2, VM_GIC);
	vcpu_start(&vm->vcpu[1], "g_snap_send_sgi", 1, 5);
	vcpu_done(&vm->vcpu[1]);
	move(0);
	vcpu_start(cpu, "g_snap_take_sgis", 5, 0);
	vcpu_reports(cpu, 1);
	vcpu_settle(cpu);
	move(SNAP_REGS_FIRST);
	for (i = 0; i < 2; i++) {
		iar = vcpu_report(cpu);
		vcpu_settle(cpu);
		/* source 0 is what is assumed where nothing is said */
		expect_eq(cpuif(0, APR1), iar >> 10 ? iar : 0);
		move(i);
	}
	vcpu_done(cpu);
}

/* ---- order ------------------------------------------------------------------------------- */

/* A timer's line, pending and active, survives whatever is set first. */
static void every_order(void)
{
	unsigned int order;
	int i;

	for (order = 0; order < SNAP_ORDERS; order++) {
		start(VM_GIC, "g_snap_ptimer", 30, 0);
		for (i = 1; i <= 3; i++) {
			vcpu_reports(cpu, i);
			vcpu_settle(cpu);
			move(order);
		}
		vcpu_done(cpu);
		vm_free(vm);
	}
}

/* With fewer interrupts than usual, and the timers' on other PPIs. */
static void other_sizes(void)
{
	struct kvm_create_device dev = { .type = KVM_DEV_TYPE_ARM_VGIC_V2 };
	uint64_t addr[] = { GICD_BASE, GICC_BASE };
	uint32_t nr = 96, virt = 20, phys = 21;
	unsigned int i;

	vm = vm_new(3, VM_POWER_OFF);
	expect_ok(ioctl(vm->fd, KVM_CREATE_DEVICE, &dev));
	vm->gic = dev.fd;
	for (i = 0; i < 2; i++)
		expect_ok(device_attr(vm->gic, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_ADDR, i,
				      &addr[i]));
	expect_ok(device_attr(vm->gic, KVM_SET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, &nr));
	expect_ok(device_attr(vm->vcpu[0].fd, KVM_SET_DEVICE_ATTR, KVM_ARM_VCPU_TIMER_CTRL,
			      KVM_ARM_VCPU_TIMER_IRQ_VTIMER, &virt));
	expect_ok(device_attr(vm->vcpu[0].fd, KVM_SET_DEVICE_ATTR, KVM_ARM_VCPU_TIMER_CTRL,
			      KVM_ARM_VCPU_TIMER_IRQ_PTIMER, &phys));
	vm_init_gic(vm);
	for (i = 0; i < SNAP_ORDERS; i++)
		move(i);
	vcpu_start(cpu, "g_snap_ptimer", phys, 0);
	for (i = 1; i <= 3; i++) {
		vcpu_reports(cpu, i);
		vcpu_settle(cpu);
		move(i);
	}
	vcpu_done(cpu);
}

/* ---- power and time ------------------------------------------------------------------------ */

/* CPU_ON has been called and answered: the vcpu's new state is what is saved. */
static void cpu_on_pending(void)
{
	vm = vm_new(2, VM_GIC | VM_POWER_OFF);
	cpu = &vm->vcpu[0];
	vcpu_start(cpu, "g_snap_cpu_on", 0, 0);
	move(0); /* and one that is off stays off */
	vcpu_reports(cpu, 1);
	vcpu_settle(cpu);
	expect_eq(vcpu_reg(&vm->vcpu[1], CORE_REG(usr_regs.ARM_pc)), guest_sym("_start"));
	move(0);
	vcpu_reports(&vm->vcpu[1], 0x5ec0d + 1);
	vcpu_done(cpu);
}

/* Vcpus that run or sleep see a counter that another one's thread sets. */
static void counter_set_wakes(void)
{
	uint64_t far = 1ull << 49, now;

	vm = vm_new(2, VM_GIC);
	vcpu_start(&vm->vcpu[1], "g_snap_sleep", 27, 0);
	vcpu_spawn(&vm->vcpu[1]);
	while (!*(volatile uint32_t *)vm_mem(vm, SCRATCH))
		sched_yield();
	expect_ok(vcpu_get(&vm->vcpu[0], KVM_REG_ARM_TIMER_CNT, &now));
	expect(now < far / 2);
	expect_ok(vcpu_set(&vm->vcpu[0], KVM_REG_ARM_TIMER_CNT, &far));
	vcpu_join(&vm->vcpu[1]);
}

/* ---- registers ------------------------------------------------------------------------------ */

#define FW_1 KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1
#define FW_2 KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2
#define CP14(opc1, crn) (ARM_CP15_REG32(opc1, crn, 0, 0) - (1ull << KVM_REG_ARM_COPROC_SHIFT))
#define CLIDR ARM_CP15_REG32(1, 0, 0, 1)
#define CCSIDR(n) (KVM_REG_ARM | KVM_REG_SIZE_U32 | KVM_REG_ARM_DEMUX | (n))
#define VFP_ID(size, n) (KVM_REG_ARM | KVM_REG_SIZE_##size | KVM_REG_ARM_VFP | (n))

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
		fail("register %#llx is not listed", (unsigned long long)id);
}

/* What KVM on ARM listed as of Linux 5.6, by number: CRn, opc1, CRm, opc2. */
static void list_has_cp15(const struct kvm_reg_list *list)
{
	static const uint8_t regs[][4] = {
		{ 0, 0, 0, 0 },	 { 0, 0, 0, 1 },  { 0, 0, 0, 2 },  { 0, 0, 0, 3 },  { 0, 0, 0, 5 },
		{ 0, 0, 0, 6 },	 { 0, 0, 1, 0 },  { 0, 0, 1, 1 },  { 0, 0, 1, 2 },  { 0, 0, 1, 3 },
		{ 0, 0, 1, 4 },	 { 0, 0, 1, 5 },  { 0, 0, 1, 6 },  { 0, 0, 1, 7 },  { 0, 0, 2, 0 },
		{ 0, 0, 2, 1 },	 { 0, 0, 2, 2 },  { 0, 0, 2, 3 },  { 0, 0, 2, 4 },  { 0, 0, 2, 5 },
		{ 0, 1, 0, 1 },	 { 0, 1, 0, 7 },  { 0, 2, 0, 0 },  { 1, 0, 0, 0 },  { 1, 0, 0, 1 },
		{ 1, 0, 0, 2 },	 { 2, 0, 0, 0 },  { 2, 0, 0, 1 },  { 2, 0, 0, 2 },  { 3, 0, 0, 0 },
		{ 5, 0, 0, 0 },	 { 5, 0, 0, 1 },  { 5, 0, 1, 0 },  { 5, 0, 1, 1 },  { 6, 0, 0, 0 },
		{ 6, 0, 0, 2 },	 { 9, 1, 0, 2 },  { 10, 0, 2, 0 }, { 10, 0, 2, 1 }, { 10, 0, 3, 0 },
		{ 10, 0, 3, 1 }, { 12, 0, 0, 0 }, { 13, 0, 0, 1 }, { 13, 0, 0, 2 }, { 13, 0, 0, 3 },
		{ 13, 0, 0, 4 }, { 14, 0, 1, 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(regs) / sizeof(regs[0]); i++)
		expect_listed(list, ARM_CP15_REG32(regs[i][1], regs[i][0], regs[i][2], regs[i][3]));
	expect_listed(list, ARM_CP15_REG64(0, 2)); /* TTBR0 */
	expect_listed(list, ARM_CP15_REG64(1, 2)); /* TTBR1 */
	expect_listed(list, ARM_CP15_REG64(0, 7)); /* PAR */
}

/* Is there a cache that CSSELR value @n selects (B4.1.19)? */
static bool cache_there(uint32_t clidr, unsigned int n)
{
	unsigned int level, type = 0;

	for (level = 0; level <= n / 2; level++) {
		type = clidr >> 3 * level & 7;
		if (!type)
			return false;
	}
	return n & 1 ? type == 1 || type == 3 : type >= 2;
}

/* Nothing more and nothing less than what a client may count on. */
static void list_is_complete(void)
{
	static const uint16_t vfp[] = {
		KVM_REG_ARM_VFP_FPSID,	 KVM_REG_ARM_VFP_FPSCR, KVM_REG_ARM_VFP_MVFR0,
		KVM_REG_ARM_VFP_MVFR1,	 KVM_REG_ARM_VFP_FPEXC, KVM_REG_ARM_VFP_FPINST,
		KVM_REG_ARM_VFP_FPINST2,
	};
	struct kvm_reg_list *list;
	uint32_t clidr;
	unsigned int i;

	start(VM_GIC, "g_report_args", 0, 0);
	list = vcpu_reg_list(cpu);
	list_has_cp15(list);
	for (i = 0; i < sizeof(struct kvm_regs) / 4; i++)
		expect_listed(list, KVM_REG_ARM | KVM_REG_SIZE_U32 | KVM_REG_ARM_CORE | i);
	for (i = 0; i < 32; i++)
		expect_listed(list, VFP_ID(U64, i));
	for (i = 0; i < sizeof(vfp) / sizeof(vfp[0]); i++)
		expect_listed(list, VFP_ID(U32, vfp[i]));
	clidr = vcpu_reg(cpu, CLIDR);
	for (i = 0; i < 16; i++)
		expect_eq(listed(list, CCSIDR(i)), i < 12 && cache_there(clidr, i));
	expect_listed(list, KVM_REG_ARM_TIMER_CTL);
	expect_listed(list, KVM_REG_ARM_TIMER_CNT);
	expect_listed(list, KVM_REG_ARM_TIMER_CVAL);
	expect_listed(list, KVM_REG_ARM_PSCI_VERSION);
	expect_listed(list, FW_1);
	expect_listed(list, FW_2);
	/* beyond 5.6: what it forgot */
	expect_listed(list, KVM_REG_ARM_PTIMER_CTL);
	expect_listed(list, KVM_REG_ARM_PTIMER_CVAL);
	expect_eq(listed(list, CP14(6, 0)),
		  (vcpu_reg(cpu, ARM_CP15_REG32(0, 0, 1, 0)) >> 12 & 15) == 1);
	free(list);
}

static void set64(uint64_t id, uint64_t val, int want)
{
	if (want)
		expect_errno(vcpu_set(cpu, id, &val), want);
	else
		expect_ok(vcpu_set(cpu, id, &val));
}

/* What the firmware offers can be claimed to be less, and never more. */
static void firmware(void)
{
	uint64_t one = ~0ull, two = ~0ull;
	bool a7;

	start(0, "g_report_args", 0, 0);
	a7 = (vcpu_reg(cpu, ARM_CP15_REG32(0, 0, 0, 0)) >> 4 & 0xfff) == 0xc07;
	expect_ok(vcpu_get(cpu, FW_1, &one));
	expect_ok(vcpu_get(cpu, FW_2, &two));
	expect_eq(one, a7 ? KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1_NOT_REQUIRED
			  : KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_1_NOT_AVAIL);
	expect_eq(two, KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_UNKNOWN);
	set64(FW_1, one, 0);
	set64(FW_1, 0, 0);
	set64(FW_1, one + 1, EINVAL);
	set64(FW_1, 1ull << 32, EINVAL);
	set64(FW_2, two, 0);
	set64(FW_2, 0, 0);
	set64(FW_2, two + 1, EINVAL);
	set64(FW_2, two | KVM_REG_ARM_SMCCC_ARCH_WORKAROUND_2_ENABLED, EINVAL);
	set64(KVM_REG_ARM_FW_REG(3), 0, ENOENT);
}

/* Whatever the registers hold, they hold it in the next VM too. */
static void random_registers(void)
{
	struct kvm_reg_list *list;
	unsigned int round, id;
	uint64_t i, val;

	vm = vm_new(2, VM_GIC);
	cpu = &vm->vcpu[0];
	list = vcpu_reg_list(cpu);
	for (round = 0; round < 20; round++) {
		for (id = 0; id < 2; id++) {
			for (i = 0; i < list->n; i++) {
				val = (uint64_t)any(1 << 24) << 40 ^ (uint64_t)any(1 << 24) << 20 ^
				      any(1 << 24);
				/* what is another host's, or no mode, is refused */
				if (vcpu_set(&vm->vcpu[id], list->reg[i], &val))
					expect_eq(errno, EINVAL);
			}
		}
		move(any(SNAP_ORDERS));
	}
	free(list);
}

static void thumbee(void)
{
	if (!(getauxval(AT_HWCAP) & HWCAP_THUMBEE))
		skip("no ThumbEE");
	moves("g_thumbee", 0x12345600, 20, 5);
}

static const struct test tests[] = {
	TEST(vfp),
	TEST(cp15),
	TEST(level),
	TEST(level_ppi),
	TEST(edge),
	TEST(disabled),
	TEST(priorities),
	TEST(priority_late),
	TEST(priority_mask),
	TEST(preempt),
	TEST(many_active),
	TEST(eoi_mode),
	TEST(set_by_hand),
	TEST(irq_storm),
	TEST(virtual_timer),
	TEST(physical_timer),
	TEST(virtual_wfi),
	TEST(physical_wfi),
	TEST(virtual_tick),
	TEST(physical_pending),
	TEST(ldm_begins_again),
	TEST(ldm_completed),
	TEST(it_block),
	TEST(spi_retargeted),
	TEST(sgi_sources),
	TEST(every_order),
	TEST(other_sizes),
	TEST(cpu_on_pending),
	TEST(counter_set_wakes),
	TEST(list_is_complete),
	TEST(firmware),
	TEST(random_registers),
	TEST(thumbee),
};

TEST_MAIN("snapshot", tests)
