// SPDX-License-Identifier: GPL-2.0
/*
 * A VM moved to a fresh one while its guest is at work: the guest checks its registers, those of
 * its FPU, its TLB, memory and timer itself (guest/witness.c, guest/moves.c), and all that can
 * be saved is the same again.
 */
#define _GNU_SOURCE
#include "one_vm.h"
#include "mem.h"
#include "state.h"
#include <stdlib.h>
#include <sys/time.h>

#define ROUNDS 400
#define MOVES 20

static struct one_vm one, next;

static void make(struct one_vm *at, bool translates)
{
	if (translates)
		vm_new(at);
	else
		vm_new_plain(at);
}

/* With its own words in memory the guest can go anywhere. */
static void move(bool translates)
{
	vcpu_settle(one_vcpu(&one));
	if (translates)
		expect_ok(vcpu_translate(&one, false));
	make(&next, translates);
	copy_state(&next, &one);
	memcpy(next.full->dev, one.full->dev, DEV_SIZE);
	same_state(&one, &next);
	vm_free(&one);
	one = next;
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

/* @moves at most, by signals and at its reports; what the guest says at its end. */
static uint32_t result(const char *guest, bool translates, unsigned int moves)
{
	const unsigned int most = moves;
	struct event ev;

	make(&one, translates);
	vm_start(&one, guest, ROUNDS, 0);
	signal(SIGALRM, nothing);
	for (;;) {
		if (moves && random() % 2)
			interrupt_in(500 + random() % 5000);
		ev = vm_next(&one);
		interrupt_in(0);
		if (ev.kind == EV_DONE)
			break;
		if (ev.kind != EV_INTR)
			expect_eq(ev.kind, EV_REPORT);
		if (moves && random() % 8 == 0) {
			moves--;
			move(translates);
		}
	}
	expect(moves <= most / 2);
	vm_free(&one);
	return ev.value;
}

static void plain(void)
{
	expect(result("g_witness", false, MOVES) > 0);
}

static long long translations(void)
{
	return counter("/sys/kernel/debug/ember/exits", "translated");
}

/* It goes on to be translated wherever it is, and in the end knows as much. */
static void translated(void)
{
	long long before;
	uint32_t stayed = result("g_moves_work", true, 0);

	before = translations();
	expect_eq(result("g_moves_work", true, MOVES), stayed);
	expect(translations() - before > MOVES / 2);
}

/*
 * @end leaves nothing of it in the guest's memory, @begin has it come again, and the guest sees
 * neither.
 */
static void ended_by(void (*end)(void), void (*begin)(void))
{
	long long before = translations();
	uint8_t copy[PAGE], *code;
	unsigned int n = 0;
	struct event ev;

	vm_new(&one);
	code = vm_mem(&one, guest_sym("moves_work"));
	memcpy(copy, code, PAGE);
	vm_start(&one, "g_moves_work", ROUNDS, 0);
	while ((ev = vm_next(&one)).kind == EV_REPORT) {
		if (++n % 50)
			continue;
		expect(memcmp(copy, code, PAGE));
		end();
		expect(!memcmp(copy, code, PAGE));
		begin();
	}
	expect_eq(ev.kind, EV_DONE);
	expect(translations() > before);
}

static void translate_off(void)
{
	expect_ok(vcpu_translate(&one, false));
}

static void translate_on(void)
{
	expect_ok(vcpu_translate(&one, true));
}

static void put_back(void)
{
	ended_by(translate_off, translate_on);
}

static void delete_slot(void)
{
	expect_ok(vm_slot(&one, 0, 0, 0, 0, one.ram));
}

static void create_slot(void)
{
	expect_ok(vm_slot(&one, 0, 0, 0, RAM_SIZE, one.ram));
}

/* Memory that is not the guest's any more has its words. */
static void slot_goes(void)
{
	ended_by(delete_slot, create_slot);
}

/* What has trapped for long is translated once it may be. */
static void begins_late(void)
{
	long long before = translations();
	unsigned int n = 0;
	struct event ev;

	vm_new_plain(&one);
	vm_start(&one, "g_moves_work", ROUNDS, 0);
	while ((ev = vm_next(&one)).kind == EV_REPORT) {
		if (++n < ROUNDS / 2)
			expect_eq(translations(), before);
		if (n == ROUNDS / 2)
			expect_ok(vcpu_translate(&one, true));
	}
	expect_eq(ev.kind, EV_DONE);
	expect(translations() > before);
}

/* Words that cannot be put back are not passed over: the owner has taken the page away. */
static void not_put_back(void)
{
	unsigned int n = 0;
	uint8_t *code;

	vm_new(&one);
	code = vm_mem(&one, guest_sym("moves_work"));
	vm_start(&one, "g_moves_work", ROUNDS, 0);
	while (n++ < 50)
		expect_eq(vm_next(&one).kind, EV_REPORT);
	expect_ok(mprotect(code, PAGE, PROT_NONE));
	expect_errno(vcpu_translate(&one, false), EFAULT);
}

static const struct test tests[] = {
	TEST(plain),	   TEST(translated),   TEST(put_back),
	TEST(begins_late), TEST(not_put_back), TEST(slot_goes),
};

TEST_MAIN("moves", tests)
