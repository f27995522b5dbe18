// SPDX-License-Identifier: GPL-2.0
/*
 * Guests and monitors that mean harm, of PowerPC.  Whatever a guest does it gets away with,
 * or its VM is stopped with a reason; the host, a process on it, and a well-behaved VM
 * beside it go on.  ../one/harm.c is what they do it with, guest/hostile.c has the other half.
 */
#include <stdlib.h>
#include "harm.h"
#include "hostile.h"

#define FIRST_ENTRY 0x290 /* V, 256 MiB */

/* ---- guests ------------------------------------------------------------------------- */

/* mfmsr r3; mtsprg0 r3: it has translated code, or may not have it. */
static void check_live(struct vm *vm, bool translates)
{
	const uint32_t *words = vm_mem(vm, guest_sym("warm_words"));
	struct event ev;

	do {
		ev = vm_next(vm);
	} while (ev.kind == EV_INTR);
	expect_eq(ev.kind, EV_REPORT);
	expect_eq(words[0], translates ? 0x8060f05c : 0x7c6000a6);
	expect_eq(words[1], translates ? 0x9060f024 : 0x7c7043a6);
}

static void make(struct vm *vm, uint32_t seed, uint32_t kinds)
{
	if (seed % 4)
		vm_new(vm);
	else
		vm_new_plain(vm);
	vm_start(vm, "g_hostile", seed, kinds);
	check_live(vm, seed % 4);
}

/* The entry that the guest begins with, all of memory, and no other. */
static void reset_tlb(struct vm *vm)
{
	uint32_t words[] = { FIRST_ENTRY, 0, 7, 0 }, zero = 0;
	unsigned int i;

	for (i = 0; i < 64; i++)
		vm_set(vm, EMBER_REG_PPC440_TLB(i, 0), &zero);
	for (i = 0; i < 4; i++)
		vm_set(vm, EMBER_REG_PPC440_TLB(0, 3 - i), &words[3 - i]);
}

/* It may have lost its vectors, its TLB, and its code; and goes on with others. */
static void again(struct vm *vm, uint32_t seed, uint32_t kinds, unsigned int left)
{
	guest_load(vm->ram);
	reset_tlb(vm);
	vm_start(vm, "g_hostile_again", seed * 16 + left, kinds);
}

static bool serve(struct vm *vm)
{
	switch (vm->run->exit_reason) {
	case KVM_EXIT_DCR:
		vm->run->dcr.data = 0x5a5a5a5a;
		return true;
	case KVM_EXIT_SYSTEM_EVENT: /* a reset: it goes on nevertheless */
		return true;
	}
	return false;
}

static void set_regs(struct vm *vm, uint32_t seed)
{
	struct kvm_regs regs = { .pc = guest_sym("_start") };

	reset_tlb(vm);
	regs.gpr[1] = STACK - 16;
	regs.gpr[3] = seed;
	regs.gpr[4] = ~0u;
	regs.ctr = guest_sym("g_hostile_again");
	ioctl(vm->cpu, KVM_SET_REGS, &regs);
}

static uint32_t any(void)
{
	return random() ^ random() << 16;
}

static void set_sregs(struct vm *vm)
{
	struct kvm_sregs sregs;
	uint32_t *word = (uint32_t *)&sregs.u.e, i;

	if (ioctl(vm->cpu, KVM_GET_SREGS, &sregs))
		return;
	for (i = 0; i < sizeof(sregs.u.e) / 4; i++)
		if (!harm_some(4))
			word[i] = any();
	ioctl(vm->cpu, KVM_SET_SREGS, &sregs);
}

static void set_irqchip(struct vm *vm)
{
	struct kvm_irqchip chip = { .chip_id = 0 };
	uint32_t *word = (uint32_t *)&chip.chip, i;

	for (i = 0; i < sizeof(struct ember_ppc_uic) / 4; i++)
		word[i] = any();
	ioctl(vm->fd, KVM_SET_IRQCHIP, &chip);
}

static void call(struct vm *vm)
{
	uint64_t val = (uint64_t)any() << 32 | any();

	switch (harm_some(6)) {
	case 0:
		vm_irq(vm, harm_some(40), harm_some(2));
		break;
	case 1:
		vcpu_interrupt(one_vcpu(vm), any());
		break;
	case 2:
		vm_set(vm, EMBER_REG_PPC440_SPR(harm_some(1024)), &val);
		break;
	case 3:
		vm_set(vm, EMBER_REG_PPC440_TLB(0, harm_some(260)), &val);
		break;
	case 4:
		set_sregs(vm);
		break;
	default:
		set_irqchip(vm);
	}
}

const struct harm_arch harm_arch = {
	.make = make,
	.again = again,
	.serve = serve,
	.set_regs = set_regs,
	.call = call,
};

static void code(void)
{
	harm_guests(__func__, HOSTILE_CODE, 5);
}

static void privileged(void)
{
	harm_guests(__func__, HOSTILE_PRIVILEGED, 5);
}

static void reach(void)
{
	harm_guests(__func__, HOSTILE_REACH, 5);
}

static void tlb_entries(void)
{
	harm_guests(__func__, HOSTILE_TLB, 5);
}

static void magic_page(void)
{
	harm_guests(__func__, HOSTILE_MAGIC, 7);
}

static void fpu(void)
{
	harm_guests(__func__, HOSTILE_FPU, 5);
}

static void self_modifying(void)
{
	harm_guests(__func__, HOSTILE_SELF, 7);
}

static void all_at_once(void)
{
	harm_guests(__func__, ~0u, 5);
}

/* ---- monitors ------------------------------------------------------------------------ */

static void monitors(void)
{
	harm_monitors(__func__, 5);
}

static void random_ioctls(void)
{
	harm_random_ioctls();
}

static const struct test tests[] = {
	TEST(code), TEST(privileged),	  TEST(reach),	     TEST(tlb_entries), TEST(magic_page),
	TEST(fpu),  TEST(self_modifying), TEST(all_at_once), TEST(monitors),	TEST(random_ioctls),
};

TEST_MAIN("hostile", tests)
