// SPDX-License-Identifier: GPL-2.0
/*
 * Memory slots that come, go and move under a running guest, and the dirty log.
 */
#define _GNU_SOURCE
#include "mem.h"
#include <endian.h>
#include <sys/mman.h>

static void slot_moves(void)
{
	uint32_t *mem = map(PAGE);

	mem[0] = 0x77;
	start("g_read_word", mem, PAGE, 3);
	vcpu_reports(cpu, 0x77);
	expect_ok(vm_slot(vm, 1, 0, GPA + 0x100000, PAGE, mem));
	expect_eq(vcpu_event(cpu, EV_READ).addr, GPA);
	vcpu_answer(cpu, 0x55);
	vcpu_reports(cpu, 0x55);
	vcpu_start(cpu, "g_read_word", VIRT(GPA + 0x100000), 1);
	vcpu_reports(cpu, 0x77);
}

static void slot_replaced(void)
{
	uint32_t *one = map(PAGE), *two = map(PAGE);

	one[0] = 1;
	two[0] = 2;
	start("g_read_word", one, PAGE, 3);
	vcpu_reports(cpu, 1);
	expect_ok(vm_slot(vm, 1, 0, GPA, 0, one));
	expect_ok(vm_slot(vm, 1, 0, GPA, PAGE, two));
	vcpu_reports(cpu, 2);
	expect_ok(vm_slot(vm, 1, 0, GPA, 0, two));
	expect_eq(vcpu_event(cpu, EV_READ).addr, GPA);
}

static void *flicker_thread(void *arg)
{
	struct event ev;

	(void)arg;
	while ((ev = vcpu_next(cpu)).kind == EV_READ)
		vcpu_answer(cpu, 0xdead);
	expect_eq(ev.kind, EV_REPORT);
	vcpu_done(cpu);
	return NULL;
}

static void slot_flickers(void)
{
	uint32_t *mem = map(PAGE);
	pthread_t thread;
	int i;

	mem[0] = 0x600d;
	start("g_read_flicker", mem, PAGE, SCRATCH);
	expect_eq(pthread_create(&thread, NULL, flicker_thread, NULL), 0);
	for (i = 0; i < 200; i++) {
		expect_ok(vm_slot(vm, 1, 0, GPA, 0, mem));
		expect_ok(vm_slot(vm, 1, 0, GPA, PAGE, mem));
	}
	*(volatile uint32_t *)vm_mem(vm, SCRATCH) = 1;
	pthread_join(thread, NULL);
}

/* While another slot comes and goes, the guest's counter never falters. */
static void other_slots_flicker(void)
{
	uint32_t *mem = map(PAGE), *other = map(PAGE);
	int i;

	start("g_count_in", mem, PAGE, SCRATCH);
	vcpu_spawn(cpu);
	wait_for_count(mem);
	for (i = 0; i < 300; i++) {
		expect_ok(vm_slot(vm, 2, 0, GPA + HUGE, PAGE, other));
		expect_ok(vm_slot(vm, 2, 0, GPA + HUGE, 0, other));
	}
	*(volatile uint32_t *)vm_mem(vm, SCRATCH) = 1;
	vcpu_join(cpu);
}

/* ---- the dirty log ------------------------------------------------------------- */

/* The log is one of bytes, whatever the byte order of words. */
static uint32_t dirty(unsigned int slot)
{
	uint32_t bitmap[4] = { 0 };
	struct kvm_dirty_log log = { .slot = slot, .dirty_bitmap = bitmap };

	expect_ok(ioctl(vm->fd, KVM_GET_DIRTY_LOG, &log));
	return le32toh(bitmap[0]);
}

static void list_pages(const int *pages, unsigned int nr)
{
	int *list = vm_mem(vm, SCRATCH);
	unsigned int i;

	for (i = 0; i < nr; i++)
		list[i] = pages[i];
	list[nr] = -1;
}

static void dirty_log(void)
{
	static const int first[] = { 0, 5, 31 }, second[] = { 5, 7 };
	uint32_t *mem = map(32 * PAGE);

	start("g_touch_listed", mem, 32 * PAGE, 0);
	list_pages(first, 3);
	vcpu_reports(cpu, 3); /* before logging: nothing is said about it */
	expect_ok(vm_slot(vm, 1, KVM_MEM_LOG_DIRTY_PAGES, GPA, 32 * PAGE, mem));
	vcpu_reports(cpu, 3);
	expect_eq(dirty(1), 1u << 31 | 1 << 5 | 1);
	expect_eq(dirty(1), 0);
	list_pages(second, 2);
	vcpu_reports(cpu, 2);
	vcpu_reports(cpu, 2);
	expect_eq(dirty(1), 1 << 5 | 1 << 7);
	list_pages(second, 0);
	vcpu_reports(cpu, 0);
	expect_eq(dirty(1), 0);
	/* off and on again: it starts empty */
	list_pages(first, 3);
	expect_ok(vm_slot(vm, 1, 0, GPA, 32 * PAGE, mem));
	vcpu_reports(cpu, 3);
	expect_ok(vm_slot(vm, 1, KVM_MEM_LOG_DIRTY_PAGES, GPA, 32 * PAGE, mem));
	expect_eq(dirty(1), 0);
	vcpu_reports(cpu, 3);
	expect_eq(dirty(1), 1u << 31 | 1 << 5 | 1);
}

/* Reads are not writes, also where the host gave a writable page at once. */
static void dirty_log_reads(void)
{
	uint32_t *mem = map(4 * PAGE);

	memset(mem, 1, 4 * PAGE);
	start("g_read_word", mem, 4 * PAGE, 2);
	expect_ok(vm_slot(vm, 1, KVM_MEM_LOG_DIRTY_PAGES, GPA, 4 * PAGE, mem));
	vcpu_reports(cpu, 0x01010101);
	expect_eq(dirty(1), 0);
}

/* In a huge page too the log is exact to 4 KiB. */
static void dirty_log_huge(void)
{
	static const int pages[] = { 3 };
	uint8_t *mem = map_huge(HUGE);

	memset(mem, 0, HUGE);
	start("g_touch_listed", mem, 32 * PAGE, 0);
	expect_ok(vm_slot(vm, 1, 0, GPA, 0, mem));
	expect_ok(vm_slot(vm, 1, 0, GPA, HUGE, mem));
	list_pages(pages, 1);
	vcpu_reports(cpu, 1);
	expect_ok(vm_slot(vm, 1, 0, GPA, 0, mem));
	expect_ok(vm_slot(vm, 1, KVM_MEM_LOG_DIRTY_PAGES, GPA, 32 * PAGE, mem));
	vcpu_reports(cpu, 1);
	expect_eq(dirty(1), 1 << 3);
}

static void manual_log(void)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, .args = { 1 } };

	expect_eq(check_cap(vm->fd, cap.cap), 1);
	expect_ok(ioctl(vm->fd, KVM_ENABLE_CAP, &cap));
}

static int clear(unsigned int slot, uint64_t first, uint32_t nr, const void *bitmap)
{
	struct kvm_clear_dirty_log log = {
		.slot = slot, .first_page = first, .num_pages = nr, .dirty_bitmap = (void *)bitmap
	};

	return ioctl(vm->fd, KVM_CLEAR_DIRTY_LOG, &log);
}

/* Asking clears nothing, clearing only what is named. */
static void dirty_log_manual(void)
{
	static const int first[] = { 0, 5, 31 }, second[] = { 5, 7 };
	static const uint8_t some[16] = { 1 << 5, 1 << 0 };
	static const uint32_t all[4] = { ~0u, ~0u };
	uint32_t *mem = map(100 * PAGE);

	start("g_touch_listed", mem, 100 * PAGE, 0);
	manual_log();
	expect_ok(vm_slot(vm, 1, KVM_MEM_LOG_DIRTY_PAGES, GPA, 100 * PAGE, mem));
	list_pages(first, 3);
	vcpu_reports(cpu, 3);
	expect_eq(dirty(1), 1u << 31 | 1 << 5 | 1);
	vcpu_reports(cpu, 3);
	expect_eq(dirty(1), 1u << 31 | 1 << 5 | 1);
	expect_ok(clear(1, 0, 64, some));
	expect_eq(dirty(1), 1u << 31 | 1);
	/* those that were cleared are seen again, those between still are */
	list_pages(second, 2);
	vcpu_reports(cpu, 2);
	expect_eq(dirty(1), 1u << 31 | 1 << 7 | 1 << 5 | 1);
	expect_ok(clear(1, 0, 100, all));
	expect_eq(dirty(1), 0);
	vcpu_reports(cpu, 2);
	expect_eq(dirty(1), 1 << 7 | 1 << 5);
}

/* The part from page 64 on, alone; and what is not whole groups of 64. */
static void dirty_log_clear_part(void)
{
	static const int pages[] = { 3, 70, 99 };
	static const uint32_t all[4] = { ~0u, ~0u, ~0u, ~0u };
	uint32_t *mem = map(100 * PAGE), bitmap[4];
	struct kvm_dirty_log log = { .slot = 1, .dirty_bitmap = bitmap };

	start("g_touch_listed", mem, 100 * PAGE, 0);
	expect_errno(clear(1, 0, 64, all), ENOENT);
	manual_log();
	expect_ok(vm_slot(vm, 1, KVM_MEM_LOG_DIRTY_PAGES, GPA, 100 * PAGE, mem));
	list_pages(pages, 3);
	vcpu_reports(cpu, 3);
	expect_errno(clear(1, 32, 64, all), EINVAL);
	expect_errno(clear(1, 0, 63, all), EINVAL);
	expect_errno(clear(1, 0, 128, all), EINVAL);
	expect_errno(clear(1, 64, 37, all), EINVAL);
	expect_errno(clear(1, 128, 0, all), EINVAL);
	expect_errno(clear(1, 1ull << 40, 64, all), EINVAL);
	expect_errno(clear(9, 0, 64, all), ENOENT);
	expect_errno(clear(check_cap(vm->fd, KVM_CAP_NR_MEMSLOTS), 0, 64, all), EINVAL);
	expect_errno(clear(1, 0, 64, (void *)0x1000), EFAULT);
	expect_ok(clear(1, 64, 0, NULL));
	expect_ok(clear(1, 64, 36, all));
	expect_ok(ioctl(vm->fd, KVM_GET_DIRTY_LOG, &log));
	expect_eq(le32toh(bitmap[0]), 1 << 3);
	expect_eq(bitmap[2] | bitmap[3], 0);
}

static void dirty_log_cap_errors(void)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, .args = { 2 } };

	vm = vm_new(1, 0);
	expect_errno(ioctl(vm->fd, KVM_ENABLE_CAP, &cap), EINVAL);
	cap.args[0] = 1;
	cap.flags = 1;
	expect_errno(ioctl(vm->fd, KVM_ENABLE_CAP, &cap), EINVAL);
}

static const struct test tests[] = {
	TEST(slot_moves),	    TEST(slot_replaced),    TEST(slot_flickers),
	TEST(other_slots_flicker),  TEST(dirty_log),	    TEST(dirty_log_reads),
	TEST(dirty_log_huge),	    TEST(dirty_log_manual), TEST(dirty_log_clear_part),
	TEST(dirty_log_cap_errors),
};

TEST_MAIN("slots", tests)
