// SPDX-License-Identifier: GPL-2.0
/*
 * A vcpu moved to a fresh VM while its guest is at work, by all that KVM_GET_REG_LIST
 * lists: what has been saved is what is saved again, and the work's result is that of
 * a guest that stayed.  guest/abi.c has the guest.
 */
#define _GNU_SOURCE
#include "vm.h"
#include <linux/ember.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>

#define ROUNDS 1500
#define EVERY 100
#define MOVES 25
#define REG_CAUSE CP0_REG(U32, 13, 0)
#define CAUSE_IP3 0x800

struct saved {
	struct kvm_reg_list *list;
	uint64_t *val;
};

static uint64_t reg(struct vcpu *cpu, uint64_t id)
{
	uint64_t val = 0;

	if (vcpu_get(cpu, id, &val))
		fail("get %#llx: %s", (unsigned long long)id, strerror(errno));
	return val;
}

static void set_reg(struct vcpu *cpu, uint64_t id, uint64_t val)
{
	if (vcpu_set(cpu, id, &val))
		fail("set %#llx: %s", (unsigned long long)id, strerror(errno));
}

static void enable_fpu(struct vcpu *cpu)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_MIPS_FPU };

	expect_ok(ioctl(cpu->fd, KVM_ENABLE_CAP, &cap));
}

/* The clock stands still from here on: the list then has its state, too. */
static struct saved save(struct vcpu *cpu)
{
	struct saved s;
	uint64_t i;

	vcpu_settle(cpu);
	set_reg(cpu, KVM_REG_MIPS_COUNT_CTL, KVM_REG_MIPS_COUNT_CTL_DC);
	s.list = vcpu_reg_list(cpu);
	s.val = calloc(s.list->n, sizeof(*s.val));
	expect(s.val);
	for (i = 0; i < s.list->n; i++)
		s.val[i] = reg(cpu, s.list->reg[i]);
	return s;
}

static uint64_t saved_reg(const struct saved *s, uint64_t id)
{
	uint64_t i;

	for (i = 0; i < s->list->n; i++)
		if (s->list->reg[i] == id)
			return s->val[i];
	fail("%#llx is not listed", (unsigned long long)id);
}

/* A clock that stands still first, then the rest. */
static void restore(struct vcpu *cpu, const struct saved *s)
{
	uint64_t i;

	enable_fpu(cpu);
	set_reg(cpu, KVM_REG_MIPS_COUNT_CTL, KVM_REG_MIPS_COUNT_CTL_DC);
	set_reg(cpu, KVM_REG_MIPS_COUNT_HZ, saved_reg(s, KVM_REG_MIPS_COUNT_HZ));
	set_reg(cpu, KVM_REG_MIPS_COUNT_RESUME, saved_reg(s, KVM_REG_MIPS_COUNT_RESUME));
	for (i = 0; i < s->list->n; i++)
		set_reg(cpu, s->list->reg[i], s->val[i]);
}

static void check_same(const struct saved *a, const struct saved *b)
{
	uint64_t i;

	expect_eq(a->list->n, b->list->n);
	for (i = 0; i < a->list->n; i++)
		if (a->list->reg[i] != b->list->reg[i] || a->val[i] != b->val[i])
			fail("%#llx was %#llx and is %#llx (of %#llx)",
			     (unsigned long long)a->list->reg[i], (unsigned long long)a->val[i],
			     (unsigned long long)b->val[i], (unsigned long long)b->list->reg[i]);
}

static void copy_memory(struct vm *to, struct vm *from)
{
	memcpy(to->ram, from->ram, RAM_SIZE);
	memcpy(to->dev, from->dev, DEV_SIZE);
}

/* The VM's flags again, but that what its memory has of translated code is told. */
static struct vm *fresh(unsigned int flags)
{
	struct kvm_enable_cap cap = { .cap = EMBER_CAP_MIPS_TRANSLATE, .args = { 1 } };
	struct vm *vm = vm_new(0, flags);

	if (!(flags & VM_PLAIN))
		expect_ok(ioctl(vm->fd, KVM_ENABLE_CAP, &cap));
	vm_create_vcpu(vm);
	return vm;
}

/* The old one is there while the new one is made, and goes without having run on. */
static struct vm *move(struct vm *old)
{
	struct saved s = save(&old->vcpu[0]), again;
	struct vm *new = fresh(old->flags);

	copy_memory(new, old);
	restore(&new->vcpu[0], &s);
	again = save(&new->vcpu[0]);
	check_same(&s, &again);
	set_reg(&new->vcpu[0], KVM_REG_MIPS_COUNT_CTL, 0);
	vm_free(old);
	free(s.list);
	free(s.val);
	free(again.list);
	free(again.val);
	return new;
}

static struct vm *start(unsigned int flags)
{
	struct vm *vm = vm_new(1, flags);
	struct vcpu *cpu = &vm->vcpu[0];
	unsigned int i;

	for (i = 0; i < DEV_SIZE; i++)
		vm->dev[i] = i * 37;
	enable_fpu(cpu);
	for (i = 0; i < 32; i += 2)
		set_reg(cpu, KVM_REG_MIPS_FPR_64(i), 0x0123456789abcdefull * (i + 1));
	expect_ok(vcpu_irq(cpu, 3));
	vcpu_start(cpu, "g_work", ROUNDS, EVERY);
	return vm;
}

static void nothing(int sig)
{
	(void)sig;
}

/* Again, if the first one came before KVM_RUN; 0: not at all. */
static void interrupt_in(unsigned int usec)
{
	struct itimerval it = { .it_value.tv_usec = usec, .it_interval.tv_usec = usec };

	expect_ok(setitimer(ITIMER_REAL, &it, NULL));
}

/* The work's result; @moves at most, by signals and at its reports. */
static uint32_t result(unsigned int flags, unsigned int moves)
{
	const unsigned int most = moves;
	struct vm *vm = start(flags);
	struct event ev;
	unsigned int i;

	signal(SIGALRM, nothing);
	for (;;) {
		if (moves)
			interrupt_in(1000 + random() % 20000);
		ev = vcpu_next(&vm->vcpu[0]);
		interrupt_in(0);
		if (ev.kind == EV_DONE)
			break;
		if (ev.kind != EV_INTR)
			expect_eq(ev.kind, EV_REPORT);
		if (moves) {
			moves--;
			vm = move(vm);
		}
	}
	/* The work may be over before the last of them. */
	expect(moves <= most / 2);
	expect(reg(&vm->vcpu[0], REG_CAUSE) & CAUSE_IP3);
	for (i = 0; i < 32; i += 2)
		expect_eq(reg(&vm->vcpu[0], KVM_REG_MIPS_FPR_64(i)),
			  (long long)(0x0123456789abcdefull * (i + 1)));
	vm_free(vm);
	return ev.value;
}

static void moved(unsigned int flags)
{
	uint32_t stayed = result(flags, 0);

	expect_eq(result(flags, MOVES), stayed);
}

static void translated(void)
{
	moved(0);
}

static void plain(void)
{
	moved(VM_PLAIN);
}

static void both_agree(void)
{
	expect_eq(result(0, 0), result(VM_PLAIN, 0));
}

/* A store that user space has been told of is not told again by the one that is moved. */
static void stores_once(void)
{
	struct vm *vm = vm_new(1, 0);
	unsigned int i;

	enable_fpu(&vm->vcpu[0]);
	vcpu_start(&vm->vcpu[0], "g_count_reports", 5, 0);
	for (i = 0; i < 5; i++) {
		vcpu_reports(&vm->vcpu[0], i);
		/* not settled: as it is */
		vm->vcpu[0].run->exit_reason = 0;
		vm = move(vm);
	}
	vcpu_done(&vm->vcpu[0]);
}

static const struct test tests[] = {
	TEST(translated),
	TEST(plain),
	TEST(both_agree),
	TEST(stores_once),
};

TEST_MAIN("moves", tests)
