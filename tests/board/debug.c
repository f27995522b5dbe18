// SPDX-License-Identifier: GPL-2.0
/*
 * KVM_SET_GUEST_DEBUG: single step over every kind of instruction that moves the
 * pc, software breakpoints, and a guest that uses BKPT itself.
 */
#define _GNU_SOURCE
#include "vm.h"

#define PC CORE_REG(usr_regs.ARM_pc)
#define CPSR CORE_REG(usr_regs.ARM_cpsr)
#define VBAR ARM_CP15_REG32(0, 12, 0, 0)
#define SCTLR ARM_CP15_REG32(0, 1, 0, 0)

#define BKPT_ARM 0xe1200070
#define IFSR_DEBUG 0x002

static struct vm *vm;
static struct vcpu *cpu;

static int set_debug(uint32_t control)
{
	struct kvm_guest_debug dbg = { .control = control };

	return ioctl(cpu->fd, KVM_SET_GUEST_DEBUG, &dbg);
}

static void start(const char *name, uint32_t arg)
{
	vm = vm_new(1, 0);
	cpu = &vm->vcpu[0];
	if (!check_cap(vm->fd, KVM_CAP_SET_GUEST_DEBUG))
		fail("no KVM_CAP_SET_GUEST_DEBUG on a board with six breakpoints");
	vcpu_start(cpu, name, arg, 0);
}

/* Run until the guest stands at @va. */
static void run_to(uint32_t va)
{
	uint32_t insn, *code = vm_mem(vm, va);

	insn = *code;
	*code = BKPT_ARM;
	expect_ok(set_debug(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_SW_BP));
	vcpu_exits(cpu, KVM_EXIT_DEBUG);
	expect_eq(vcpu_reg(cpu, PC), va);
	*code = insn;
}

static uint32_t step(void)
{
	vcpu_exits(cpu, KVM_EXIT_DEBUG);
	return vcpu_reg(cpu, PC);
}

static void begin_steps(void)
{
	expect_ok(set_debug(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP));
}

static void flags(void)
{
	start("g_report_args", 5);
	expect_errno(set_debug(1u << 17), EINVAL);
	expect_errno(set_debug(KVM_GUESTDBG_ENABLE | 1u << 31), EINVAL);
	/* not enabled: nothing of the rest counts */
	expect_ok(set_debug(KVM_GUESTDBG_SINGLESTEP));
	vcpu_reports(cpu, 5);
	expect_errno(ioctl(cpu->fd, KVM_SET_GUEST_DEBUG, NULL), EFAULT);
}

static void step_path(void)
{
	uint32_t *path, end, i, pc;

	start("g_step_path", 0);
	path = vm_mem(vm, guest_sym("step_path"));
	end = (guest_sym("step_path_end") - guest_sym("step_path")) / 4;
	expect(end > 140);
	run_to(path[0]);
	begin_steps();
	for (i = 1; i < end; i++) {
		pc = step();
		if (pc != (path[i] & ~1u))
			fail("step %u: from %#x (code %08x) to %#x, expected %#x", i,
			     path[i - 1] & ~1u, *(uint32_t *)vm_mem(vm, path[i - 1] & ~3u), pc,
			     path[i] & ~1u);
	}
}

/* A step that is over leaves nothing behind: the guest runs on to its end. */
static void step_and_go(void)
{
	uint32_t first, second;

	start("g_report_args", 0x11);
	run_to(guest_sym("_start"));
	begin_steps();
	first = step();
	second = step();
	expect(first != second);
	expect_ok(set_debug(0));
	vcpu_reports(cpu, 0x11);
}

/* The access is the test's to serve; the step is complete only then. */
static void step_device(void)
{
	struct event ev;

	start("g_write_words", OTHER_IO);
	vcpu_set_reg(cpu, CORE_REG(usr_regs.ARM_r2), 3);
	run_to(guest_sym("g_write_words"));
	begin_steps();
	do {
		ev = vcpu_next(cpu);
	} while (ev.kind == EV_EXIT && ev.value == KVM_EXIT_DEBUG);
	expect_eq(ev.kind, EV_WRITE);
	expect_eq(ev.addr, OTHER_IO);
	vcpu_exits(cpu, KVM_EXIT_DEBUG);
}

static void step_self(void)
{
	uint32_t pc;

	start("g_spin", 0);
	run_to(guest_sym("g_spin"));
	begin_steps();
	pc = step();
	expect_eq(step(), pc);
}

static void step_interrupt(void)
{
	uint32_t irq_vector, pc, i;

	start("g_irq_loop", 0);
	run_to(guest_sym("g_irq_loop"));
	begin_steps();
	step();
	irq_vector = vcpu_reg(cpu, VBAR) + 0x18;
	vm_irq_line(vm, KVM_ARM_IRQ_TYPE_CPU, 0, KVM_ARM_IRQ_CPU_IRQ, 1);
	for (i = 0; i < 3; i++) {
		pc = step();
		if (pc == irq_vector)
			break;
	}
	expect_eq(pc, irq_vector);
	expect_eq(vcpu_reg(cpu, CPSR) & 0x1f, 0x12);
}

static void own_bkpt(uint32_t thumb, uint32_t control)
{
	start("g_own_bkpt", thumb);
	expect_ok(set_debug(control));
	if (!(control & KVM_GUESTDBG_SINGLESTEP)) {
		expect_eq(vcpu_done(cpu), IFSR_DEBUG);
		return;
	}
	for (;;) {
		struct event ev = vcpu_next(cpu);

		if (ev.kind == EV_EXIT && ev.value == KVM_EXIT_DEBUG)
			continue;
		expect_eq(ev.kind, EV_DONE);
		expect_eq(ev.value, IFSR_DEBUG);
		return;
	}
}

/* A BKPT that nobody set for a debugger is an abort in the guest. */
static void guest_bkpt(void)
{
	own_bkpt(0, 0);
	own_bkpt(1, 0);
}

static void guest_bkpt_stepped(void)
{
	own_bkpt(0, KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP);
	own_bkpt(1, KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP);
}

static void guest_bkpt_taken(void)
{
	start("g_bkpt_arm", 0);
	expect_ok(set_debug(KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_USE_SW_BP));
	vcpu_exits(cpu, KVM_EXIT_DEBUG);
	expect_eq(vcpu_reg(cpu, PC), guest_sym("g_bkpt_arm") + 4);
	/* the debugger steps over it */
	vcpu_set_reg(cpu, PC, guest_sym("g_bkpt_arm") + 8);
	expect_eq(vcpu_done(cpu), 7);
}

/* Of two vcpus one is stepped: the other is not held up. */
static void step_one_of_two(void)
{
	volatile uint32_t *word;
	uint32_t i;

	vm = vm_new(2, 0);
	cpu = &vm->vcpu[0];
	word = vm_mem(vm, SCRATCH);
	*word = 0;
	vcpu_start(&vm->vcpu[1], "g_wait_word", SCRATCH, 1);
	vcpu_spawn(&vm->vcpu[1]);
	vcpu_start(cpu, "g_report_args", 9, 0);
	begin_steps();
	for (i = 0; i < 10; i++)
		step();
	*word = 1;
	vcpu_join(&vm->vcpu[1]);
	expect_ok(set_debug(0));
	vcpu_reports(cpu, 9);
}

static const struct test tests[] = {
	TEST(flags),
	TEST(step_path),
	TEST(step_and_go),
	TEST(step_device),
	TEST(step_self),
	TEST(step_interrupt),
	TEST(step_one_of_two),
	TEST(guest_bkpt),
	TEST(guest_bkpt_stepped),
	TEST(guest_bkpt_taken),
};

TEST_MAIN("debug", tests)
