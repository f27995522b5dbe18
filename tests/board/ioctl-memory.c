// SPDX-License-Identifier: GPL-2.0
/*
 * KVM_SET_USER_MEMORY_REGION and KVM_GET_DIRTY_LOG: what they accept.
 */
#define _GNU_SOURCE
#include "vm.h"
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096
#define MEM_PAGES 16

static struct vm *vm;
static uint8_t *mem;

static void set_up(void)
{
	vm = vm_new(0, VM_NO_RAM);
	mem = mmap(NULL, MEM_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		   0);
	expect(mem != MAP_FAILED);
}

static void misaligned(void)
{
	set_up();
	expect_errno(vm_slot(vm, 0, 0, GPA + 1, PAGE, mem), EINVAL);
	expect_errno(vm_slot(vm, 0, 0, GPA, PAGE + 1, mem), EINVAL);
	expect_errno(vm_slot(vm, 0, 0, GPA, PAGE, mem + 8), EINVAL);
	expect_ok(vm_slot(vm, 0, 0, GPA, PAGE, mem));
}

static void kernel_address(void)
{
	set_up();
	expect_errno(vm_slot(vm, 0, 0, GPA, PAGE, (void *)0xc0000000), EINVAL);
	expect_errno(vm_slot(vm, 0, 0, GPA, PAGE, (void *)0xfffff000), EINVAL);
}

/* A 64-bit address that would be a good one when cut to 32 bits. */
static void high_address(void)
{
	struct kvm_userspace_memory_region region = {
		.guest_phys_addr = GPA,
		.memory_size = PAGE,
	};

	set_up();
	region.userspace_addr = 1ull << 32 | (uintptr_t)mem;
	expect_errno(ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &region), EINVAL);
}

static void bad_flags(void)
{
	set_up();
	expect_errno(vm_slot(vm, 0, 4, GPA, PAGE, mem), EINVAL);
	expect_errno(vm_slot(vm, 0, 0x80000000, GPA, PAGE, mem), EINVAL);
	expect_ok(vm_slot(vm, 0, KVM_MEM_LOG_DIRTY_PAGES | KVM_MEM_READONLY, GPA, PAGE, mem));
}

static void bad_pointer(void)
{
	set_up();
	expect_errno(ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, (void *)0x1000), EFAULT);
}

static void id_out_of_range(void)
{
	unsigned int nr;

	set_up();
	nr = check_cap(vm->fd, KVM_CAP_NR_MEMSLOTS);
	expect_errno(vm_slot(vm, nr, 0, GPA, PAGE, mem), EINVAL);
	expect_errno(vm_slot(vm, 0xffff, 0, GPA, PAGE, mem), EINVAL);
	expect_errno(vm_slot(vm, 1 << 16, 0, GPA, PAGE, mem), EINVAL);
	expect_ok(vm_slot(vm, nr - 1, 0, GPA, PAGE, mem));
}

static void all_slots(void)
{
	unsigned int i, nr;

	set_up();
	nr = check_cap(vm->fd, KVM_CAP_NR_MEMSLOTS);
	for (i = 0; i < nr; i++)
		expect_ok(vm_slot(vm, i, 0, GPA + (nr - i) * 2 * PAGE, PAGE, mem));
	expect_errno(vm_slot(vm, nr, 0, GPA, PAGE, mem), EINVAL);
	for (i = 0; i < nr; i++)
		expect_ok(vm_slot(vm, i, 0, 0, 0, 0));
}

static void address_wraps(void)
{
	set_up();
	expect_errno(vm_slot(vm, 0, 0, 0xfffffffffffff000ull, 2 * PAGE, mem), EINVAL);
	expect_errno(vm_slot(vm, 0, 0, GPA, 0xfffffffffffff000ull, mem), EINVAL);
}

static void address_too_high(void)
{
	const uint64_t end = 1ull << GPA_BITS;

	set_up();
	expect_errno2(vm_slot(vm, 0, 0, end, PAGE, mem), EFAULT, EINVAL);
	expect_errno2(vm_slot(vm, 0, 0, end - PAGE, 2 * PAGE, mem), EFAULT, EINVAL);
	expect_ok(vm_slot(vm, 0, 0, end - PAGE, PAGE, mem));
}

static void overlap(void)
{
	set_up();
	expect_ok(vm_slot(vm, 0, 0, GPA, 4 * PAGE, mem));
	expect_errno(vm_slot(vm, 1, 0, GPA, PAGE, mem), EEXIST);
	expect_errno(vm_slot(vm, 1, 0, GPA + 3 * PAGE, PAGE, mem), EEXIST);
	expect_errno(vm_slot(vm, 1, 0, GPA - PAGE, 2 * PAGE, mem), EEXIST);
	expect_errno(vm_slot(vm, 1, 0, GPA - PAGE, 8 * PAGE, mem), EEXIST);
	expect_ok(vm_slot(vm, 1, 0, GPA + 4 * PAGE, PAGE, mem));
	expect_ok(vm_slot(vm, 2, 0, GPA - PAGE, PAGE, mem));
}

/* The same host memory may be seen at two places. */
static void alias(void)
{
	set_up();
	expect_ok(vm_slot(vm, 0, 0, GPA, PAGE, mem));
	expect_ok(vm_slot(vm, 1, 0, GPA + PAGE, PAGE, mem));
}

static void delete_absent(void)
{
	set_up();
	expect_errno(vm_slot(vm, 0, 0, GPA, 0, mem), EINVAL);
	expect_ok(vm_slot(vm, 0, 0, GPA, PAGE, mem));
	expect_ok(vm_slot(vm, 0, 0, GPA, 0, mem));
	expect_errno(vm_slot(vm, 0, 0, GPA, 0, mem), EINVAL);
	expect_ok(vm_slot(vm, 1, 0, GPA, PAGE, mem));
}

static void change(void)
{
	set_up();
	expect_ok(vm_slot(vm, 0, 0, GPA, 2 * PAGE, mem));
	expect_ok(vm_slot(vm, 0, 0, GPA, 2 * PAGE, mem));
	expect_errno(vm_slot(vm, 0, 0, GPA, PAGE, mem), EINVAL);
	expect_errno(vm_slot(vm, 0, 0, GPA, 3 * PAGE, mem), EINVAL);
	expect_errno(vm_slot(vm, 0, 0, GPA, 2 * PAGE, mem + PAGE), EINVAL);
	expect_errno(vm_slot(vm, 0, KVM_MEM_READONLY, GPA, 2 * PAGE, mem), EINVAL);
	expect_ok(vm_slot(vm, 0, KVM_MEM_LOG_DIRTY_PAGES, GPA, 2 * PAGE, mem));
	expect_ok(vm_slot(vm, 0, 0, GPA, 2 * PAGE, mem));
}

static void move(void)
{
	set_up();
	expect_ok(vm_slot(vm, 0, 0, GPA, 2 * PAGE, mem));
	expect_ok(vm_slot(vm, 1, 0, GPA + 8 * PAGE, PAGE, mem));
	expect_ok(vm_slot(vm, 0, 0, GPA + PAGE, 2 * PAGE, mem)); /* over itself */
	expect_errno(vm_slot(vm, 0, 0, GPA + 7 * PAGE, 2 * PAGE, mem), EEXIST);
	expect_ok(vm_slot(vm, 0, 0, GPA + 9 * PAGE, 2 * PAGE, mem));
	expect_ok(vm_slot(vm, 2, 0, GPA, PAGE, mem));
}

static int dirty_log(unsigned int slot, void *bitmap)
{
	struct kvm_dirty_log log = { .slot = slot, .dirty_bitmap = bitmap };

	return ioctl(vm->fd, KVM_GET_DIRTY_LOG, &log);
}

static void dirty_log_errors(void)
{
	unsigned long bitmap[4];

	set_up();
	expect_errno(dirty_log(0, bitmap), ENOENT);
	expect_errno(dirty_log(check_cap(vm->fd, KVM_CAP_NR_MEMSLOTS), bitmap), EINVAL);
	expect_ok(vm_slot(vm, 0, 0, GPA, 2 * PAGE, mem));
	expect_errno(dirty_log(0, bitmap), ENOENT);
	expect_ok(vm_slot(vm, 0, KVM_MEM_LOG_DIRTY_PAGES, GPA, 2 * PAGE, mem));
	memset(bitmap, 0xff, sizeof(bitmap));
	expect_ok(dirty_log(0, bitmap));
	expect_eq(bitmap[0], 0);
	expect_eq(bitmap[1], 0xffffffff); /* two pages are one word */
	expect_errno(dirty_log(0, (void *)0x1000), EFAULT);
	expect_ok(vm_slot(vm, 0, 0, GPA, 2 * PAGE, mem));
	expect_errno(dirty_log(0, bitmap), ENOENT);
}

static const struct test tests[] = {
	TEST(misaligned), TEST(kernel_address), TEST(high_address),
	TEST(bad_flags),  TEST(bad_pointer),	TEST(id_out_of_range),
	TEST(all_slots),  TEST(address_wraps),	TEST(address_too_high),
	TEST(overlap),	  TEST(alias),		TEST(delete_absent),
	TEST(change),	  TEST(move),		TEST(dirty_log_errors),
};

TEST_MAIN("ioctl-memory", tests)
