// SPDX-License-Identifier: GPL-2.0
/*
 * Guests of several vcpus: power, shared memory, and registers that must not
 * change when the thread of a vcpu is moved or preempted.
 */
#include "guest.h"

static volatile u32 online, counter, lock, finished;

static void off_at_once(void)
{
	mmu_on();
	atomic_add(&online, 1);
	hvc(PSCI_CPU_OFF, 0, 0, 0);
	guest_fail("smp.c: CPU_OFF returned", 1, 0);
}

static u32 affinity_info(u32 cpu)
{
	return hvc(PSCI_AFFINITY_INFO, cpu_mpidr(cpu), 0, 0);
}

/* Each vcpu on, each off again, twice over. */
void g_psci_on_off(u32 nr_vcpus)
{
	u32 i, round;

	mmu_on();
	for (round = 0; round < 2; round++) {
		online = 0;
		for (i = 1; i < nr_vcpus; i++)
			check_eq(affinity_info(i), 1); /* off */
		for (i = 1; i < nr_vcpus; i++)
			check_eq(cpu_on(i, off_at_once), PSCI_SUCCESS);
		wait_for(&online, nr_vcpus - 1);
		for (i = 1; i < nr_vcpus; i++)
			while (affinity_info(i) != 1)
				;
	}
	check_eq(affinity_info(0), 0);
	check_eq(cpu_on(0, off_at_once), PSCI_ALREADY_ON);
	check_eq(hvc(PSCI_CPU_ON, 0x00ffff00, 0, 0), PSCI_INVALID_PARAMETERS);
	check_eq(hvc(PSCI_AFFINITY_INFO, 0x00ffff00, 0, 0), PSCI_INVALID_PARAMETERS);
	check_eq(hvc(PSCI_AFFINITY_INFO, 0, 4, 0), PSCI_INVALID_PARAMETERS);
}

void start_thumb(void);
extern volatile u32 start_context[2];

asm(".thumb\n.thumb_func\n.type start_thumb, %function\nstart_thumb:\n"
    "	ldr r1, =start_context\n"
    "	str r0, [r1]\n"
    "	mrs r2, cpsr\n"
    "	str r2, [r1, #4]\n"
    "	dsb\n"
    "	ldr r0, =0x84000002\n"
    "	.arch_extension virt\n"
    "	hvc #0\n"
    "1:	b 1b\n"
    "	.ltorg\n"
    ".bss\n.balign 8\n.globl start_context\nstart_context: .space 8\n.text\n.arm\n");

/* A Thumb entry point, and the context that CPU_ON hands over. */
void g_psci_context(void)
{
	check_eq(hvc(PSCI_CPU_ON, 1, (u32)start_thumb, 0x12345678), PSCI_SUCCESS);
	while (affinity_info(1) == 0 && !start_context[1])
		;
	while (affinity_info(1) != 1)
		;
	check_eq(start_context[0], 0x12345678);
	check_eq(start_context[1] & 0x1ff, 0x1d3); /* SVC, A, I and F masked */
}

/* ---- shared memory --------------------------------------------------------------- */

static u32 rounds;

static void contend(void)
{
	u32 i, seen;

	mmu_on();
	for (i = 0; i < rounds; i++) {
		spin_lock(&lock);
		seen = counter;
		asm volatile("nop\n nop\n nop" ::: "memory");
		counter = seen + 1;
		spin_unlock(&lock);
	}
	atomic_add(&finished, 1);
	if (cpu_id())
		for (;;)
			wfi();
}

void g_contend(u32 nr_vcpus, u32 n)
{
	u32 i;

	mmu_on();
	rounds = n;
	for (i = 1; i < nr_vcpus; i++)
		check_eq(cpu_on(i, contend), PSCI_SUCCESS);
	contend();
	wait_for(&finished, nr_vcpus);
	check_eq(counter, nr_vcpus * n);
}

/* Round robin: each vcpu waits for its turn in WFE, woken by SEV. */
static u32 participants;

static void round_robin(void)
{
	u32 me = cpu_id();

	mmu_on();
	while (counter < rounds) {
		while (counter % participants != me && counter < rounds)
			asm volatile("wfe");
		if (counter >= rounds)
			break;
		counter++;
		dsb();
		asm volatile("sev");
	}
	atomic_add(&finished, 1);
	if (me)
		for (;;)
			wfi();
}

void g_round_robin(u32 nr_vcpus, u32 n)
{
	u32 i;

	mmu_on();
	rounds = n;
	participants = nr_vcpus;
	for (i = 1; i < nr_vcpus; i++)
		check_eq(cpu_on(i, round_robin), PSCI_SUCCESS);
	round_robin();
	wait_for(&finished, nr_vcpus);
}

/* ---- registers ------------------------------------------------------------------------ */

/*
 * Fill what there is with values of this vcpu's own and compare, for ever or
 * @n times: general registers, flags, another mode's, CP15.
 */
static u32 hold_general(u32 seed)
{
	u32 ok;

	asm volatile("mov r0, %1\n add r1, r0, #1\n add r2, r0, #2\n add r3, r0, #3\n"
		     "add r8, r0, #8\n add r9, r0, #9\n add r10, r0, #10\n add r12, r0, #12\n"
		     "add lr, r0, #14\n"
		     "mov r7, #200\n"
		     "1: subs r7, r7, #1\n bne 1b\n"
		     "teq r0, %1\n"
		     "sub r1, r1, r0\n teqeq r1, #1\n"
		     "sub r2, r2, r0\n teqeq r2, #2\n"
		     "sub r3, r3, r0\n teqeq r3, #3\n"
		     "sub r8, r8, r0\n teqeq r8, #8\n"
		     "sub r9, r9, r0\n teqeq r9, #9\n"
		     "sub r10, r10, r0\n teqeq r10, #10\n"
		     "sub r12, r12, r0\n teqeq r12, #12\n"
		     "sub lr, lr, r0\n teqeq lr, #14\n"
		     "moveq %0, #1\n movne %0, #0"
		     : "=&r"(ok)
		     : "r"(seed)
		     : "r0", "r1", "r2", "r3", "r7", "r8", "r9", "r10", "r12", "lr", "cc");
	return ok;
}

u32 g_hold_registers(u32 seed, u32 n)
{
	u32 sp;

	cp15_write(seed, 0, c13, c0, 2);
	cp15_write(seed ^ 1, 0, c13, c0, 3);
	cp15_write(seed ^ 2, 0, c13, c0, 4);
	cp15_write(seed ^ 3, 0, c6, c0, 0);
	asm volatile("cps #0x12\n mov sp, %0\n cps #0x13" ::"r"(seed));
	while (n--) {
		check(hold_general(seed));
		check_eq(cp15_read(0, c13, c0, 2), seed);
		check_eq(cp15_read(0, c13, c0, 3), seed ^ 1);
		check_eq(cp15_read(0, c13, c0, 4), seed ^ 2);
		check_eq(cp15_read(0, c6, c0, 0), seed ^ 3);
		asm volatile("cps #0x12\n mov %0, sp\n cps #0x13" : "=r"(sp));
		check_eq(sp, seed);
		if (n % 8 == 0)
			hvc(PSCI_VERSION, 0, 0, 0);
	}
	return 0;
}

/* ---- PSCI ------------------------------------------------------------------------------ */

void g_psci_1_0(void)
{
	check_eq(hvc(PSCI_VERSION, 0, 0, 0), 0x10000);
	check_eq(hvc(PSCI_FEATURES, PSCI_CPU_ON, 0, 0), 0);
	check_eq(hvc(PSCI_FEATURES, PSCI_CPU_OFF, 0, 0), 0);
	check_eq(hvc(PSCI_FEATURES, PSCI_CPU_SUSPEND, 0, 0), 0);
	check_eq(hvc(PSCI_FEATURES, PSCI_AFFINITY_INFO, 0, 0), 0);
	check_eq(hvc(PSCI_FEATURES, PSCI_SYSTEM_OFF, 0, 0), 0);
	check_eq(hvc(PSCI_FEATURES, PSCI_SYSTEM_RESET, 0, 0), 0);
	check_eq(hvc(PSCI_FEATURES, PSCI_FEATURES, 0, 0), 0);
	check_eq(hvc(PSCI_FEATURES, SMCCC_VERSION, 0, 0), 0);
	check_eq(hvc(PSCI_FEATURES, 0x84000013, 0, 0), PSCI_NOT_SUPPORTED);
	check_eq(hvc(PSCI_FEATURES, 0x12345678, 0, 0), PSCI_NOT_SUPPORTED);
	check_eq(hvc(PSCI_MIGRATE_INFO_TYPE, 0, 0, 0), 2); /* no trusted OS */
	check_eq(hvc(SMCCC_VERSION, 0, 0, 0), 0x10001);
}

void g_psci_0_2(void)
{
	check_eq(hvc(PSCI_VERSION, 0, 0, 0), 2);
	check_eq(hvc(PSCI_FEATURES, PSCI_CPU_ON, 0, 0), PSCI_NOT_SUPPORTED);
	check_eq(hvc(PSCI_AFFINITY_INFO, 0, 0, 0), 0);
}

/* Before PSCI had numbers: 0x95c1ba5e and up. */
static void old_on(void)
{
	mmu_on();
	atomic_add(&online, 1);
	hvc(0x95c1ba5f, 0, 0, 0); /* CPU_OFF */
	guest_fail("smp.c: the old CPU_OFF returned", 1, 0);
}

extern void _start(void);

void g_psci_0_1(void)
{
	mmu_on();
	check_eq(hvc(PSCI_VERSION, 0, 0, 0), PSCI_NOT_SUPPORTED);
	check_eq(hvc(0x95c1ba60, 1, (u32)_start, (u32)old_on), PSCI_SUCCESS);
	wait_for(&online, 1);
}

/* A standby: it ends by the pending timer interrupt. */
void g_psci_suspend(void)
{
	gic_init();
	gic_enable(27);
	cp15_write(5000, 0, c14, c3, 0);
	cp15_write(1, 0, c14, c3, 1);
	isb();
	check_eq(hvc(PSCI_CPU_SUSPEND, 0, 0, 0), PSCI_SUCCESS);
	check_eq(gic_wait_ack(), 27);
}

/* serve.c, on both vcpus. */
void serve(void);

void g_serve(void)
{
	mmu_on();
	check_eq(cpu_on(1, serve), PSCI_SUCCESS);
	serve();
}
