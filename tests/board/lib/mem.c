// SPDX-License-Identifier: GPL-2.0
/*
 * Guest memory for tests; mem.h has the contract.
 */
#define _GNU_SOURCE
#include "mem.h"
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct vm *vm;
struct vcpu *cpu;

void *map(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	expect(p != MAP_FAILED);
	return p;
}

uint8_t *map_huge(size_t size)
{
	uintptr_t area = (uintptr_t)map(size + HUGE);
	uint8_t *mem = (uint8_t *)((area + HUGE - 1) & -(uintptr_t)HUGE);

	madvise(mem, size, MADV_HUGEPAGE);
	return mem;
}

void collapse(void *mem, size_t size)
{
	while (madvise(mem, size, MADV_COLLAPSE))
		if (errno != EAGAIN && errno != EBUSY && errno != ENOMEM)
			fail("MADV_COLLAPSE: %s", strerror(errno));
}

void start(const char *name, void *mem, size_t size, uint32_t arg1)
{
	vm = vm_new(1, 0);
	cpu = &vm->vcpu[0];
	expect_ok(vm_slot(vm, 1, 0, GPA, size, mem));
	vcpu_start(cpu, name, VIRT(GPA), arg1);
}

/* ---- guests that serve ---------------------------------------------------------- */

static volatile struct guest_order *mailbox(struct vm *vm, unsigned int n)
{
	return (volatile struct guest_order *)vm_mem(vm, ORDERS) + n;
}

static void *serve_thread(void *arg)
{
	struct vcpu *cpu = arg;

	for (;;) {
		struct event ev = vcpu_next(cpu);

		if (ev.kind == EV_INTR)
			continue;
		if (ev.kind != EV_ERROR)
			fail("vcpu %u: event %d, value %#x of a guest that serves", cpu->id,
			     ev.kind, ev.value);
		cpu->error = cpu->stubborn ? 0 : ev.value;
		while (cpu->error)
			sched_yield();
	}
	return NULL;
}

void serve_begin(struct vm *vm)
{
	unsigned int i;

	arch_serve(vm);
	for (i = 0; i < 2; i++) {
		vm->vcpu[i].catch_errors = true;
		expect_eq(pthread_create(&vm->vcpu[i].thread, NULL, serve_thread, &vm->vcpu[i]), 0);
	}
}

struct vm *serve_vm(void *mem, size_t size)
{
	struct vm *vm = vm_new(2, VM_POWER_OFF);

	expect_ok(vm_slot(vm, 1, 0, GPA, size, mem));
	serve_begin(vm);
	return vm;
}

void serve(void *mem, size_t size)
{
	vm = serve_vm(mem, size);
	cpu = &vm->vcpu[0];
}

void post(struct vm *vm, unsigned int n, uint32_t op, uint32_t addr, uint32_t value, uint32_t count)
{
	volatile struct guest_order *o = mailbox(vm, n);

	o->op = op;
	o->addr = addr;
	o->value = value;
	o->count = count;
	o->stop = 0;
	o->result = 0;
	__sync_synchronize();
	o->posted++;
}

bool finished(struct vm *vm, unsigned int n)
{
	volatile struct guest_order *o = mailbox(vm, n);

	if (vm->vcpu[n].error)
		fail("vcpu %u: KVM_RUN: %s", n, strerror(vm->vcpu[n].error));
	return o->done == o->posted;
}

uint32_t progress(struct vm *vm, unsigned int n)
{
	return mailbox(vm, n)->result;
}

uint32_t await(struct vm *vm, unsigned int n)
{
	while (!finished(vm, n))
		sched_yield();
	__sync_synchronize();
	return mailbox(vm, n)->result;
}

uint32_t order(struct vm *vm, unsigned int n, uint32_t op, uint32_t addr, uint32_t value,
	       uint32_t count)
{
	post(vm, n, op, addr, value, count);
	return await(vm, n);
}

int await_error(struct vm *vm, unsigned int n)
{
	volatile struct guest_order *o = mailbox(vm, n);

	while (!vm->vcpu[n].error) {
		if (o->done == o->posted)
			fail("vcpu %u went on where KVM_RUN should fail", n);
		sched_yield();
	}
	return vm->vcpu[n].error;
}

void go_on(struct vm *vm, unsigned int n)
{
	vm->vcpu[n].error = 0;
}

void serve_stubbornly(struct vm *vm)
{
	unsigned int i;

	for (i = 0; i < vm->nr_vcpus; i++)
		vm->vcpu[i].stubborn = true;
}

void wait_for_count(const uint32_t *word)
{
	while (!*(const volatile uint32_t *)word)
		usleep(1000);
}

void hammer(struct vm *vm, uint32_t period, uint32_t count)
{
	unsigned int i;

	for (i = 0; i < vm->nr_vcpus; i++)
		post(vm, i, ORDER_HAMMER, VIRT(GPA), period, count);
}

void hammer_end(struct vm *vm)
{
	unsigned int i;

	/* Each has gone round at least once since: what is wrong now shows. */
	for (i = 0; i < vm->nr_vcpus; i++) {
		uint32_t rounds = progress(vm, i);

		while (progress(vm, i) - rounds < 2)
			sched_yield();
		mailbox(vm, i)->stop = 1;
	}
	for (i = 0; i < vm->nr_vcpus; i++)
		expect(await(vm, i) >= 2);
}

/* ---- what the host says ------------------------------------------------------------ */

long long counter(const char *path, const char *name)
{
	FILE *f = fopen(path, "r");
	long long value = -1;
	char line[200], *end;
	size_t len = strlen(name);

	if (!f)
		return -1;
	while (value < 0 && fgets(line, sizeof(line), f)) {
		if (strncmp(line, name, len) || !strchr(": \t", line[len]))
			continue;
		end = line + len + strspn(line + len, ": \t");
		value = strtoll(end, NULL, 10);
	}
	fclose(f);
	return value;
}

long mapped(struct vm *vm, const char *name)
{
	char path[80];
	long value;

	snprintf(path, sizeof(path), "/sys/kernel/debug/ember/%d-%d/mapped", getpid(), vm->fd);
	value = counter(path, name);
	if (value < 0)
		fail("no %s in %s", name, path);
	return value;
}

long long number(const char *path)
{
	FILE *f = fopen(path, "r");
	long long value;

	if (!f || fscanf(f, "%lld", &value) != 1)
		fail("no number in %s", path);
	fclose(f);
	return value;
}

void set_number(const char *path, long long value)
{
	char text[24];
	int fd = open(path, O_WRONLY);

	if (fd < 0)
		fail("%s: %s", path, strerror(errno));
	snprintf(text, sizeof(text), "%lld", value);
	if (write(fd, text, strlen(text)) < 0)
		fail("%s to %s: %s", text, path, strerror(errno));
	close(fd);
}
