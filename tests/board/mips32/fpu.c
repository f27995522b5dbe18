// SPDX-License-Identifier: GPL-2.0
/*
 * The FPU: a guest keeps its registers, in both set-ups of them (Status.FR), whoever else
 * uses the FPU; so does the owner. guest/fpu.c has the other half.
 */
#define _GNU_SOURCE
#include "one_vm.h"
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define CU1 0x20000000u
#define FR 0x04000000u
#define FIR_F64 (1u << 22)

static void new_fpu_vm(struct vm *vm)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_MIPS_FPU };

	vm_new(vm);
	if (!ioctl(vm->kvm, KVM_CHECK_EXTENSION, KVM_CAP_MIPS_FPU))
		skip("the host has no FPU");
	expect_ok(ioctl(vm->cpu, KVM_ENABLE_CAP, &cap));
}

static uint64_t pattern(uint32_t seed, uint32_t n)
{
	return ((uint64_t)(0x1000000 + 0x10000 * seed + n) << 32) |
	       (0x2000000 + 0x10000 * seed + n);
}

/* ---- the owner's own registers: those that calls preserve ---------------------------- */

#define OWN(n, value) asm volatile("mtc1 %0, $f" #n : : "r"(value))
#define OWN_IS(n, value)                                     \
	({                                                   \
		uint32_t val_;                               \
		asm volatile("mfc1 %0, $f" #n : "=r"(val_)); \
		expect_eq(val_, value);                      \
	})

static void own_fill(uint32_t seed)
{
	OWN(20, seed);
	OWN(22, seed + 1);
	OWN(24, seed + 2);
	OWN(26, seed + 3);
	OWN(28, seed + 4);
	OWN(30, seed + 5);
}

static void own_verify(uint32_t seed)
{
	OWN_IS(20, seed);
	OWN_IS(22, seed + 1);
	OWN_IS(24, seed + 2);
	OWN_IS(26, seed + 3);
	OWN_IS(28, seed + 4);
	OWN_IS(30, seed + 5);
}

/* ---- tests ------------------------------------------------------------------------------ */

static void status(void)
{
	struct vm vm;
	uint32_t bits, fir;

	vm_new(&vm);
	vm_start(&vm, "g_fpu_status", 0, 0);
	vm_reports(&vm, 0);
	expect_eq(vm_done(&vm), 0);
	new_fpu_vm(&vm);
	vm_start(&vm, "g_fpu_status", 0, 0);
	bits = vm_report(&vm);
	fir = vm_done(&vm);
	expect_eq(bits, fir & FIR_F64 ? CU1 | FR : CU1);
}

/* By turns: one guest, the owner, another guest. */
static void keep(uint32_t fr)
{
	struct vm a, b;
	uint32_t i;

	new_fpu_vm(&a);
	new_fpu_vm(&b);
	vm_start(&a, "g_fpu_keep", 0x10, fr);
	vm_start(&b, "g_fpu_keep", 0x20, fr);
	for (i = 0; i < 4; i++) {
		own_fill(0x5000 + i);
		vm_reports(&a, i);
		own_verify(0x5000 + i);
		own_fill(0x6000 + i);
		vm_reports(&b, i);
		own_verify(0x6000 + i);
	}
	vm_done(&a);
	vm_done(&b);
}

static void keep_fr0(void)
{
	keep(0);
}

static void keep_fr1(void)
{
	keep(1);
}

/* One guest has FR clear, the other one set. */
static void keep_both(void)
{
	struct vm a, b;
	uint32_t i;

	new_fpu_vm(&a);
	new_fpu_vm(&b);
	vm_start(&a, "g_fpu_keep", 0x10, 0);
	vm_start(&b, "g_fpu_keep", 0x20, 1);
	for (i = 0; i < 4; i++) {
		vm_reports(&a, i);
		vm_reports(&b, i);
	}
	vm_done(&a);
	vm_done(&b);
}

/* A process that never sleeps, and looks after its own registers. */
static pid_t start_rival(void)
{
	uint32_t i, n;
	pid_t pid = expect_ok(fork());

	if (pid)
		return pid;
	for (i = 0;; i++) {
		own_fill(i);
		for (n = 0; n < 1000; n++)
			asm volatile("" : : : "memory");
		own_verify(i);
	}
}

static void spin(uint32_t fr)
{
	pid_t rival = start_rival();
	struct vm vm;
	int how;

	new_fpu_vm(&vm);
	vm_start(&vm, "g_fpu_spin", 3000, fr);
	own_fill(0x7000);
	expect_eq(vm_done(&vm), 3000);
	own_verify(0x7000);
	expect_eq(waitpid(rival, &how, WNOHANG), 0);
	kill(rival, SIGKILL);
}

static void spin_fr0(void)
{
	spin(0);
}

static void spin_fr1(void)
{
	spin(1);
}

static void set_double(struct vm *vm, uint32_t n, uint64_t val)
{
	expect_ok(vm_set(vm, KVM_REG_MIPS_FPR_64(n), &val));
}

static void expect_double(struct vm *vm, uint32_t n, uint64_t want)
{
	uint64_t val;

	expect_ok(vm_get(vm, KVM_REG_MIPS_FPR_64(n), &val));
	expect(val == want);
}

static void expect_single(struct vm *vm, uint32_t n, uint32_t want)
{
	uint32_t val;

	expect_ok(vm_get(vm, KVM_REG_MIPS_FPR_32(n), &val));
	expect_eq(val, want);
}

/* An odd register is the upper half of the even one, or one of its own. */
static void registers(uint32_t fr)
{
	struct vm vm;
	uint64_t val;
	uint32_t n;

	new_fpu_vm(&vm);
	vm_start(&vm, "g_fpu_regs", fr, 0);
	vm_reports(&vm, 0);
	for (n = 0; n < 32; n += fr ? 1 : 2)
		set_double(&vm, n, pattern(7, n));
	expect_single(&vm, 4, pattern(7, 4));
	expect_single(&vm, 5, fr ? pattern(7, 5) : pattern(7, 4) >> 32);
	if (!fr)
		expect_errno(vm_get(&vm, KVM_REG_MIPS_FPR_64(5), &val), EINVAL);
	vm_reports(&vm, 1);
	for (n = 0; n < 32; n += fr ? 1 : 2)
		expect_double(&vm, n, pattern(8, n));
	vm_done(&vm);
}

static void registers_fr0(void)
{
	registers(0);
}

static void registers_fr1(void)
{
	registers(1);
}

static void delay_slots(void)
{
	struct vm vm;

	new_fpu_vm(&vm);
	vm_start(&vm, "g_fpu_slots", 0, 0);
	vm_reports(&vm, 0);
	vm_reports(&vm, 1);
	vm_done(&vm);
}

/* FCSR.Cause is there for the guest to see, whenever it looks. */
static void exceptions(void)
{
	uint32_t fcsr = 1u << 15 | 1u << 10;
	struct vm vm;

	new_fpu_vm(&vm);
	vm_start(&vm, "g_fpu_exceptions", 0, 0);
	vm_reports(&vm, 0xf);
	vm_reports(&vm, 0xf);
	vm_reports(&vm, 1);
	expect_ok(vm_set(&vm, KVM_REG_MIPS_FCR_CSR, &fcsr));
	vm_reports(&vm, 0xf);
	vm_done(&vm);
}

static const struct test tests[] = {
	TEST(status),	   TEST(keep_fr0),   TEST(keep_fr1),	  TEST(keep_both),
	TEST(spin_fr0),	   TEST(spin_fr1),   TEST(registers_fr0), TEST(registers_fr1),
	TEST(delay_slots), TEST(exceptions),
};

TEST_MAIN("fpu", tests)
