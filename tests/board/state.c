// SPDX-License-Identifier: GPL-2.0
/*
 * A vcpu's registers: VFP and NEON over exits and beside the host's own use,
 * identification registers, caches, counters, debug, what is Hyp mode's.
 */
#define _GNU_SOURCE
#include "vm.h"
#include <asm/hwcap.h>
#include <sys/auxv.h>
#include <sched.h>

#define L2CTLR ARM_CP15_REG32(1, 9, 0, 2)

static struct vm *vm;
static struct vcpu *cpu;

static void start(const char *name, uint32_t arg0, uint32_t arg1)
{
	vm = vm_new(1, 0);
	cpu = &vm->vcpu[0];
	vcpu_start(cpu, name, arg0, arg1);
}

/* ---- VFP and NEON --------------------------------------------------------- */

static void neon_fill(uint32_t seed)
{
	uint32_t buf[64], *p = buf;
	int i;

	for (i = 0; i < 64; i++)
		buf[i] = seed + i;
	asm volatile(".fpu neon\n vldmia %0!, {d0-d15}\n vldmia %0, {d16-d31}" : "+r"(p)::"memory");
}

/* Run @fn between; the thread's own registers d8-d31 must not change. */
static bool neon_intact(uint32_t seed)
{
	uint32_t buf[64], *p = buf;
	bool same = true;
	int i;

	asm volatile(".fpu neon\n vstmia %0!, {d0-d15}\n vstmia %0, {d16-d31}" : "+r"(p)::"memory");
	for (i = 0; i < 64; i++)
		same &= buf[i] == seed + i;
	return same;
}

/* KVM_RUN without the C library in between, which may use NEON. */
static int run_raw(void)
{
	register long r0 asm("r0") = cpu->fd;
	register long r1 asm("r1") = KVM_RUN;
	register long r2 asm("r2") = 0;
	register long r7 asm("r7") = 54; /* ioctl */

	asm volatile("svc #0" : "+r"(r0) : "r"(r1), "r"(r2), "r"(r7) : "memory");
	return r0;
}

static void vfp_kept(void)
{
	int i, n = 50;

	start("g_vfp_kept", 0x21, n);
	for (i = 0; i < n; i++) {
		vcpu_reports(cpu, n - 1 - i);
		neon_fill(i);
	}
	vcpu_done(cpu);
}

static void vfp_of_host_kept(void)
{
	int i;

	start("g_vfp_kept", 0x22, 20);
	for (i = 0; i < 20; i++) {
		bool intact;
		int ret;

		neon_fill(i * 1000);
		ret = run_raw();
		intact = neon_intact(i * 1000);
		expect_eq(ret, 0);
		expect(intact);
	}
}

static void *neon_thread(void *arg)
{
	uint32_t seed = (uintptr_t)arg;

	while (!vm->stop) {
		neon_fill(seed);
		sched_yield();
		if (!neon_intact(seed) && !vm->stop)
			fail("a thread's NEON registers changed");
	}
	return NULL;
}

/* Vcpus that use NEON, more than there are CPUs, beside threads that do. */
static void vfp_crowd(void)
{
	pthread_t threads[2];
	uintptr_t i;

	vm = vm_new(4, 0);
	for (i = 0; i < 4; i++)
		vcpu_start(&vm->vcpu[i], "g_vfp_spin", 0x31 + i, 4000);
	for (i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, neon_thread, (void *)(1000 * i));
	for (i = 0; i < 4; i++)
		vcpu_spawn(&vm->vcpu[i]);
	for (i = 0; i < 4; i++)
		vcpu_join(&vm->vcpu[i]);
	vm->stop = true;
	for (i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
}

static uint64_t vfp_id(unsigned int n)
{
	return KVM_REG_ARM | KVM_REG_SIZE_U64 | KVM_REG_ARM_VFP | (KVM_REG_ARM_VFP_BASE_REG + n);
}

static void vfp_one_reg(void)
{
	uint64_t val = 0, set = 0x1122334455667788ull;

	start("g_vfp_say", 0, 0);
	vcpu_reports(cpu, 0);
	expect_ok(vcpu_get(cpu, vfp_id(2), &val));
	expect_eq(val, 0x0101010601010105ull);
	expect_ok(vcpu_get(cpu, vfp_id(31), &val));
	expect_eq(val, 0x010101400101013full);
	expect_ok(vcpu_set(cpu, vfp_id(1), &set));
	set = ~set;
	expect_ok(vcpu_set(cpu, vfp_id(17), &set));
	vcpu_reports(cpu, 0x55667788);
	vcpu_reports(cpu, 0x11223344);
	vcpu_reports(cpu, ~0x55667788u);
	vcpu_reports(cpu, ~0x11223344u);
	vcpu_done(cpu);
}

/* FPEXC.EX and FP2V, for which no CPU here has the registers: no harm to anyone. */
static void vfp_exception_bits(void)
{
	uint32_t fpexc = 0xd0000000;
	bool intact;
	int ret;

	start("g_vfp_kept", 0x23, 2);
	expect_ok(vcpu_set(cpu,
			   KVM_REG_ARM | KVM_REG_SIZE_U32 | KVM_REG_ARM_VFP | KVM_REG_ARM_VFP_FPEXC,
			   &fpexc));
	neon_fill(7);
	ret = run_raw();
	intact = neon_intact(7);
	expect_eq(ret, 0);
	expect(intact);
	vcpu_reports(cpu, 0);
	vcpu_done(cpu);
}

static uint32_t teehbr_read(void)
{
	uint32_t val;

	asm volatile("mrc p14, 6, %0, c1, c0, 0" : "=r"(val));
	return val;
}

/* TEEHBR is reached without a trap: each vcpu's own, and none of the host's. */
static void thumbee(void)
{
	uint32_t mine = 0x12345678;
	int i;

	if (!(getauxval(AT_HWCAP) & HWCAP_THUMBEE))
		skip("no ThumbEE");
	vm = vm_new(2, 0);
	vcpu_start(&vm->vcpu[0], "g_thumbee", 0xaaaa0000, 5);
	vcpu_start(&vm->vcpu[1], "g_thumbee", 0x55550000, 5);
	asm volatile("mcr p14, 6, %0, c1, c0, 0" ::"r"(mine));
	for (i = 0; i < 5; i++) {
		vcpu_reports(&vm->vcpu[0], 4 - i);
		vcpu_reports(&vm->vcpu[1], 4 - i);
		expect_eq(teehbr_read(), mine);
	}
	vcpu_done(&vm->vcpu[0]);
	vcpu_done(&vm->vcpu[1]);
}

static void vfp_off(void)
{
	start("g_vfp_off", 0, 0);
	vcpu_done(cpu);
}

/* ---- CP15 ------------------------------------------------------------------- */

/* The guest reads what ONE_REG says. */
static void id_registers(void)
{
	static const uint64_t ids[] = {
		ARM_CP15_REG32(0, 0, 0, 0), ARM_CP15_REG32(0, 0, 0, 1), ARM_CP15_REG32(0, 0, 0, 5),
		ARM_CP15_REG32(0, 0, 1, 0), ARM_CP15_REG32(0, 0, 1, 4), ARM_CP15_REG32(0, 0, 2, 0),
		ARM_CP15_REG32(1, 0, 0, 1), ARM_CP15_REG32(1, 0, 0, 7),
	};
	uint32_t val, seen;
	size_t i;

	start("g_id_regs", 0, 0);
	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		val = vcpu_report(cpu);
		if (vcpu_get(cpu, ids[i], &seen))
			fail("ID register %zu is not in ONE_REG: %s", i, strerror(errno));
		expect_eq(val, seen);
	}
	vcpu_done(cpu);
}

static void cache_set_way(void)
{
	start("g_cache_set_way", 0, 0);
	vcpu_done(cpu);
}

static void cp15_holds(void)
{
	start("g_cp15_hold", 0, 0);
	vcpu_reports(cpu, 1);
	expect_eq(vcpu_reg(cpu, ARM_CP15_REG32(0, 13, 0, 2)), 0x11112222);
	expect_eq(vcpu_reg(cpu, ARM_CP15_REG32(0, 6, 0, 2)), 0xcafe);
	expect_eq(vcpu_reg(cpu, ARM_CP15_REG32(0, 3, 0, 0)), 0x55555555);
	vcpu_done(cpu);
}

/* Two vcpus in turn on one CPU do not see each other's. */
static void cp15_of_two(void)
{
	vm = vm_new(2, 0);
	vcpu_start(&vm->vcpu[0], "g_cp15_hold", 0, 0);
	vcpu_reports(&vm->vcpu[0], 1);
	vcpu_start(&vm->vcpu[1], "g_id_regs", 0, 0);
	vcpu_report(&vm->vcpu[1]);
	expect_eq(vcpu_reg(&vm->vcpu[1], ARM_CP15_REG32(0, 13, 0, 2)), 0);
	vcpu_done(&vm->vcpu[0]);
}

static void cpu_control(void)
{
	vm = vm_new(3, 0);
	cpu = &vm->vcpu[0];
	vcpu_start(cpu, "g_cpu_control", 0, 0);
	expect_eq(vcpu_reg(cpu, L2CTLR) >> 24 & 3, 3 - 1);
	vcpu_report(cpu);
	/* QEMU before 8.0 lets the guest read the hardware's, in spite of HCR.TIDCP */
	if (vcpu_report(cpu) != vcpu_reg(cpu, L2CTLR))
		skip("this board does not trap L2CTLR");
	vcpu_done(cpu);
}

static void pmu(void)
{
	start("g_pmu", 0, 0);
	vcpu_report(cpu);
	vcpu_done(cpu);
}

static void debug_registers(void)
{
	start("g_debug_regs", 0, 0);
	vcpu_report(cpu);
	vcpu_done(cpu);
}

static void hyp_registers(void)
{
	start("g_hyp_regs", 0, 0);
	vcpu_done(cpu);
}

/* It would move this very program: then this is a hang. */
static void fcse(void)
{
	start("g_fcse", 0x12000000, 0);
	vcpu_reports(cpu, 0x12000000);
	vcpu_reports(cpu, 0);
	vcpu_done(cpu);
}

static const struct test tests[] = {
	TEST(vfp_kept),	   TEST(vfp_of_host_kept),   TEST(vfp_crowd),
	TEST(vfp_one_reg), TEST(vfp_exception_bits), TEST(thumbee),
	TEST(vfp_off),	   TEST(id_registers),	     TEST(cache_set_way),
	TEST(cp15_holds),  TEST(cp15_of_two),	     TEST(cpu_control),
	TEST(pmu),	   TEST(debug_registers),    TEST(hyp_registers),
	TEST(fcse),
};

TEST_MAIN("state", tests)
