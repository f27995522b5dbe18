// SPDX-License-Identifier: GPL-2.0
/*
 * Running vcpus: registers, what their exits mean to a test, threads.
 */
#define _GNU_SOURCE
#include "vm.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int vcpu_get(struct vcpu *cpu, uint64_t id, void *val)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)val };

	return ioctl(cpu->fd, KVM_GET_ONE_REG, &reg);
}

int vcpu_set(struct vcpu *cpu, uint64_t id, const void *val)
{
	struct kvm_one_reg reg = { .id = id, .addr = (uintptr_t)val };

	return ioctl(cpu->fd, KVM_SET_ONE_REG, &reg);
}

uint32_t vcpu_reg(struct vcpu *cpu, uint64_t id)
{
	uint32_t val;

	expect_ok(vcpu_get(cpu, id, &val));
	return val;
}

void vcpu_set_reg(struct vcpu *cpu, uint64_t id, uint32_t val)
{
	expect_ok(vcpu_set(cpu, id, &val));
}

struct kvm_reg_list *vcpu_reg_list(struct vcpu *cpu)
{
	struct kvm_reg_list count = { .n = 0 }, *list;

	expect_errno(ioctl(cpu->fd, KVM_GET_REG_LIST, &count), E2BIG);
	list = malloc(sizeof(*list) + count.n * sizeof(list->reg[0]));
	expect(list);
	list->n = count.n;
	expect_ok(ioctl(cpu->fd, KVM_GET_REG_LIST, list));
	return list;
}

/* ---- what an exit means ---------------------------------------------------- */

static _Noreturn void guest_failed(struct vcpu *cpu, uint32_t addr)
{
	struct guest_failure *f = vm_mem(cpu->vm, addr);
	const char *what = vm_mem(cpu->vm, f->what), *base = strrchr(what, '/');

	fail("vcpu %u: %s is %u (%#x), expected %u (%#x)", cpu->id, base ? base + 1 : what, f->got,
	     f->got, f->want, f->want);
}

static struct event test_io(struct vcpu *cpu, uint32_t reg, uint32_t value)
{
	struct event ev = { .kind = EV_REPORT, .value = value };

	switch (reg) {
	case TEST_REPORT:
		return ev;
	case TEST_DONE:
		ev.kind = EV_DONE;
		return ev;
	case TEST_FAIL:
		guest_failed(cpu, value);
	case TEST_EXC:
		arch_guest_trapped(cpu, value);
	case TEST_LINE:
		fail("vcpu %u: what the guest checks at its line %u is not so", cpu->id, value);
	}
	fail("the guest wrote %#x to TEST_IO + %#x", value, reg);
}

/* DEV_IO is memory that we keep; true if the access was that. */
static bool dev_io(struct vcpu *cpu)
{
	struct kvm_run *run = cpu->run;
	uint64_t offset = run->mmio.phys_addr - PHYS(DEV_IO);

	if (run->mmio.phys_addr < PHYS(DEV_IO) || offset + run->mmio.len > DEV_SIZE)
		return false;
	if (run->mmio.is_write)
		memcpy(cpu->vm->dev + offset, run->mmio.data, run->mmio.len);
	else
		memcpy(run->mmio.data, cpu->vm->dev + offset, run->mmio.len);
	return true;
}

void vcpu_settle(struct vcpu *cpu)
{
	if (cpu->run->exit_reason != KVM_EXIT_MMIO)
		return;
	cpu->run->immediate_exit = 1;
	while (!ioctl(cpu->fd, KVM_RUN, 0))
		if (cpu->run->exit_reason != KVM_EXIT_MMIO || !dev_io(cpu))
			fail("vcpu %u: exit %u while an access is completed", cpu->id,
			     cpu->run->exit_reason);
	expect_eq(errno, EINTR);
	cpu->run->immediate_exit = 0;
}

/* Data of an access is a number of its width in the guest's byte order, which is ours. */
static uint64_t mmio_value(const void *data, unsigned int len)
{
	uint64_t d;
	uint32_t w;
	uint16_t h;

	switch (len) {
	case 1:
		return *(const uint8_t *)data;
	case 2:
		memcpy(&h, data, sizeof(h));
		return h;
	case 4:
		memcpy(&w, data, sizeof(w));
		return w;
	case 8:
		memcpy(&d, data, sizeof(d));
		return d;
	}
	fail("an MMIO exit of %u bytes", len);
}

static struct event mmio_event(struct vcpu *cpu)
{
	struct kvm_run *run = cpu->run;
	struct event ev = {
		.kind = run->mmio.is_write ? EV_WRITE : EV_READ,
		.addr = run->mmio.phys_addr,
		.len = run->mmio.len,
	};

	if (run->mmio.is_write)
		ev.value = mmio_value(run->mmio.data, run->mmio.len);
	if (run->mmio.is_write && ev.addr >= PHYS(TEST_IO) && ev.addr < PHYS(TEST_IO) + 0x100)
		return test_io(cpu, ev.addr - PHYS(TEST_IO), ev.value);
	return ev;
}

struct event vcpu_next(struct vcpu *cpu)
{
	struct event ev = { .kind = EV_EXIT };

	for (;;) {
		if (ioctl(cpu->fd, KVM_RUN, 0) < 0) {
			ev.value = errno;
			ev.kind = EV_ERROR;
			if (errno != EINTR && errno != EAGAIN && cpu->catch_errors)
				return ev;
			if (errno != EINTR && errno != EAGAIN)
				fail("vcpu %u: KVM_RUN: %s at pc %#x", cpu->id, strerror(errno),
				     vcpu_pc(cpu));
			cpu->run->immediate_exit = 0;
			ev.kind = EV_INTR;
			return ev;
		}
		if (cpu->run->exit_reason != KVM_EXIT_MMIO)
			break;
		if (!dev_io(cpu))
			return mmio_event(cpu);
	}
	ev.value = cpu->run->exit_reason;
	return ev;
}

void vcpu_answer(struct vcpu *cpu, uint64_t value)
{
	unsigned int len = cpu->run->mmio.len;
	uint32_t w = value;
	uint16_t h = value;
	uint8_t b = value;

	memcpy(cpu->run->mmio.data,
	       len == 1	  ? (void *)&b
	       : len == 2 ? (void *)&h
	       : len == 4 ? (void *)&w
			  : (void *)&value,
	       len);
}

/* ---- expectations ------------------------------------------------------------ */

struct event vcpu_event(struct vcpu *cpu, enum event_kind kind)
{
	static const char *const names[] = { "a report", "its end",	 "a read",
					     "a write",	 "another exit", "an interruption",
					     "an error" };
	struct event ev = vcpu_next(cpu);

	if (ev.kind != kind)
		fail("vcpu %u: %s (addr %#llx, value %#x) where %s was expected", cpu->id,
		     names[ev.kind], (unsigned long long)ev.addr, ev.value, names[kind]);
	return ev;
}

uint32_t vcpu_report(struct vcpu *cpu)
{
	return vcpu_event(cpu, EV_REPORT).value;
}

void vcpu_reports(struct vcpu *cpu, uint32_t value)
{
	uint32_t got = vcpu_report(cpu);

	if (got != value)
		fail("vcpu %u reports %#x, expected %#x", cpu->id, got, value);
}

uint32_t vcpu_done(struct vcpu *cpu)
{
	return vcpu_event(cpu, EV_DONE).value;
}

void vcpu_exits(struct vcpu *cpu, uint32_t reason)
{
	uint32_t got = vcpu_event(cpu, EV_EXIT).value;

	if (got != reason)
		fail("vcpu %u: exit reason %u, expected %u", cpu->id, got, reason);
}

void vcpu_run_obeying(struct vcpu *cpu)
{
	struct event ev;

	while ((ev = vcpu_next(cpu)).kind == EV_REPORT)
		if (IS_CMD_LINE(ev.value))
			vm_obey(cpu->vm, ev.value);
	if (ev.kind != EV_DONE)
		fail("vcpu %u: event %d, address %#llx, value %#x where its end was expected",
		     cpu->id, ev.kind, (unsigned long long)ev.addr, ev.value);
}

/* ---- threads ------------------------------------------------------------------- */

static void on_kick(int sig)
{
	(void)sig;
}

static void *vcpu_thread(void *arg)
{
	struct vcpu *cpu = arg;
	struct event ev;

	do {
		ev = vcpu_next(cpu);
		if (ev.kind == EV_REPORT && IS_CMD_LINE(ev.value))
			vm_obey(cpu->vm, ev.value);
	} while (ev.kind == EV_REPORT || (ev.kind == EV_INTR && !cpu->vm->stop));
	if (ev.kind != EV_DONE && ev.kind != EV_INTR)
		fail("vcpu %u: event %d, address %#llx, value %#x in a thread", cpu->id, ev.kind,
		     (unsigned long long)ev.addr, ev.value);
	return NULL;
}

void vcpu_spawn(struct vcpu *cpu)
{
	struct sigaction act = { .sa_handler = on_kick };

	sigaction(SIGUSR1, &act, NULL);
	if (pthread_create(&cpu->thread, NULL, vcpu_thread, cpu))
		fail("no thread for vcpu %u", cpu->id);
}

void vcpu_join(struct vcpu *cpu)
{
	pthread_join(cpu->thread, NULL);
}

void vcpu_kick(struct vcpu *cpu)
{
	cpu->run->immediate_exit = 1;
	pthread_kill(cpu->thread, SIGUSR1);
}

void vm_stop(struct vm *vm)
{
	unsigned int i;

	vm->stop = true;
	for (i = 1; i < vm->nr_vcpus; i++)
		vcpu_kick(&vm->vcpu[i]);
	for (i = 1; i < vm->nr_vcpus; i++)
		vcpu_join(&vm->vcpu[i]);
}

void vm_run(struct vm *vm)
{
	unsigned int i;

	for (i = 0; i < vm->nr_vcpus; i++)
		vcpu_spawn(&vm->vcpu[i]);
	vcpu_join(&vm->vcpu[0]);
	vm_stop(vm);
}
