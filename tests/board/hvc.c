// SPDX-License-Identifier: GPL-2.0
/*
 * Hypercalls, exceptions that stay in an ARM guest, and its modes.
 */
#include "vm.h"

static struct vm *vm;
static struct vcpu *cpu;

static void start(const char *name, uint32_t arg0, uint32_t arg1)
{
	vm = vm_new(1, 0);
	cpu = &vm->vcpu[0];
	vcpu_start(cpu, name, arg0, arg1);
}

static void simple(const char *name)
{
	start(name, 0, 0);
	vcpu_done(cpu);
}

static void mode_at_an_exit(void)
{
	start("g_report_args", 0x11, 0x22);
	vcpu_reports(cpu, 0x11);
	expect_eq(vcpu_reg(cpu, CORE_REG(usr_regs.ARM_cpsr)) & 0x1f, 0x13);
}

static void thumb_entry(void)
{
	start("g_hvc_thumb", 0, 0);
	vcpu_reports(cpu, 0x10000);
	vcpu_reports(cpu, 0x55aa55aa);
	vcpu_reports(cpu, 3);
	vcpu_done(cpu);
}

static void hvc_psci_version(void)
{
	start("g_hvc", 0x84000000, 0);
	expect_eq(vcpu_done(cpu), 0x10000);
}

static void hvc_unknown(void)
{
	static const uint32_t fns[] = { 0, 0x12345678, 0x8400ffff, 0xc4000003, 0x82000000, ~0u };
	size_t i;

	for (i = 0; i < sizeof(fns) / sizeof(fns[0]); i++) {
		start("g_hvc", fns[i], 0);
		expect_eq(vcpu_done(cpu), 0xffffffff);
	}
}

static void hvc_clobbers(void)
{
	start("g_hvc_clobbers", 0, 0);
	vcpu_reports(cpu, 1);
}

static void smc(void)
{
	start("g_smc", 0, 0);
	vcpu_reports(cpu, 0xffffffff);
	vcpu_done(cpu);
}

static void undefined_stays(void)
{
	simple("g_undefined");
}

static void svc_stays(void)
{
	simple("g_svc");
}

static void user_mode(void)
{
	simple("g_user_mode");
}

static void banked_registers(void)
{
	start("g_banked", 0, 0);
	vcpu_report(cpu);
	expect_eq(vcpu_reg(cpu, CORE_REG(KVM_ARM_IRQ_sp)), 0x11111111);
	expect_eq(vcpu_reg(cpu, CORE_REG(KVM_ARM_ABT_lr)), 0x22222222);
	expect_eq(vcpu_reg(cpu, CORE_REG(KVM_ARM_UND_spsr)), 0x1d3);
	expect_eq(vcpu_reg(cpu, CORE_REG(KVM_ARM_FIQ_r8)), 0x44444444);
	vcpu_done(cpu);
}

static void wfe(void)
{
	start("g_wfe", 20, 0);
	vcpu_done(cpu);
}

static const struct test tests[] = {
	TEST(mode_at_an_exit),	TEST(thumb_entry),  TEST(hvc_psci_version),
	TEST(hvc_unknown),	TEST(hvc_clobbers), TEST(smc),
	TEST(undefined_stays),	TEST(svc_stays),    TEST(user_mode),
	TEST(banked_registers), TEST(wfe),
};

TEST_MAIN("hvc", tests)
