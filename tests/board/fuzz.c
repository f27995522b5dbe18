// SPDX-License-Identifier: GPL-2.0
/*
 * Monitors that mean harm: every ioctl with contents between right and random, from
 * several threads, on every kind of descriptor, while vcpus run, slots change, descriptors
 * close and mappings of the shared page come and go.  Each is a process of its own, started
 * afresh with a seed and killed at some moment.  A VM beside them goes on, and
 * what they leave behind is nothing.
 *
 * EMBER_SEED is the first seed, EMBER_SEEDS how many.
 */
#define _GNU_SOURCE
#include "vm.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define VCPUS 3
#define FDS 24
#define JUNK 16384

/* What an ioctl's argument points to, or is. */
enum what { NUMBER, SLOT, LOG, LINE, IRQFD, IOEVENTFD, DEVICE, ATTR, REG, ROUTES, INIT, ZONE, ANY };

static const struct call {
	unsigned long nr;
	enum what what;
} calls[] = {
	{ KVM_CHECK_EXTENSION, NUMBER },
	{ KVM_CREATE_VCPU, NUMBER },
	{ KVM_CREATE_IRQCHIP, NUMBER },
	{ KVM_GET_STATS_FD, NUMBER },
	{ KVM_RUN, NUMBER },
	{ KVM_GET_DIRTY_LOG, LOG },
	{ KVM_CLEAR_DIRTY_LOG, LOG },
	{ KVM_SET_USER_MEMORY_REGION, SLOT },
	{ KVM_IRQ_LINE, LINE },
	{ KVM_IRQ_LINE_STATUS, LINE },
	{ KVM_REGISTER_COALESCED_MMIO, ZONE },
	{ KVM_UNREGISTER_COALESCED_MMIO, ZONE },
	{ KVM_SET_GSI_ROUTING, ROUTES },
	{ KVM_IRQFD, IRQFD },
	{ KVM_IOEVENTFD, IOEVENTFD },
	{ KVM_ENABLE_CAP, ANY },
	{ KVM_SIGNAL_MSI, ANY },
	{ KVM_ARM_SET_DEVICE_ADDR, ATTR },
	{ KVM_ARM_PREFERRED_TARGET, INIT },
	{ KVM_CREATE_DEVICE, DEVICE },
	{ KVM_SET_DEVICE_ATTR, ATTR },
	{ KVM_GET_DEVICE_ATTR, ATTR },
	{ KVM_HAS_DEVICE_ATTR, ATTR },
	{ KVM_SET_SIGNAL_MASK, ANY },
	{ KVM_GET_MP_STATE, ANY },
	{ KVM_SET_MP_STATE, ANY },
	{ KVM_SET_GUEST_DEBUG, ANY },
	{ KVM_GET_VCPU_EVENTS, ANY },
	{ KVM_SET_VCPU_EVENTS, ANY },
	{ KVM_GET_ONE_REG, REG },
	{ KVM_SET_ONE_REG, REG },
	{ KVM_ARM_VCPU_INIT, INIT },
	{ KVM_GET_REG_LIST, ANY },
};

#define NR_CALLS (sizeof(calls) / sizeof(calls[0]))

/* ---- the monitor: all of it may be overwritten by its guests at any time ---------- */

static volatile int fds[FDS]; /* whatever was last opened; threads close them, too */
static volatile unsigned int next_fd;
static uint8_t *memory; /* what slots lie in */
static struct kvm_reg_list *regs;

struct thread {
	pthread_t thread;
	unsigned int seed;
	union {
		uint8_t bytes[JUNK];
		uint32_t words[JUNK / 4];
		uint64_t longs[JUNK / 8];
	} arg;
};

static unsigned int rnd(struct thread *t)
{
	return rand_r(&t->seed) ^ (unsigned int)rand_r(&t->seed) << 16;
}

static unsigned int one_in(struct thread *t, unsigned int n)
{
	return rnd(t) % n == 0;
}

static void add_fd(int fd)
{
	if (fd < 0)
		return;
	close(fds[next_fd % FDS]);
	fds[next_fd++ % FDS] = fd;
}

static int any_fd(struct thread *t)
{
	return fds[rnd(t) % FDS];
}

/* An address of the guest, a size, a pointer: mostly of use. */
static uint64_t address(struct thread *t)
{
	static const uint64_t at[] = { RAM_BASE, GICD_BASE,	GICC_BASE,
				       OTHER_IO, TEST_IO,	RAM_BASE + RAM_SIZE,
				       0,	 0xfffff000ull, 1ull << 40,
				       ~0ull };

	return one_in(t, 8) ? rnd(t)
			    : at[rnd(t) % (sizeof(at) / sizeof(at[0]))] + (rnd(t) % 4) * 0x1000;
}

static uintptr_t pointer(struct thread *t)
{
	switch (rnd(t) % 8) {
	case 0:
		return rnd(t);
	case 1:
		return (uintptr_t)memory + RAM_SIZE - rnd(t) % 64;
	case 2:
		return 0xc0000000 + rnd(t) % 0x1000;
	default:
		return (uintptr_t)t->arg.bytes + 1024 + rnd(t) % 64 * 4;
	}
}

static void slot(struct thread *t)
{
	struct kvm_userspace_memory_region *s = (void *)t->arg.bytes;

	s->slot = rnd(t) % 4;
	s->flags = rnd(t) % 4;
	s->guest_phys_addr = address(t);
	s->memory_size = rnd(t) % 5 * 0x10000;
	s->userspace_addr = (uintptr_t)memory + rnd(t) % 16 * 0x10000;
	if (s->slot == 0) /* what guests run in */
		s->guest_phys_addr = RAM_BASE, s->memory_size = RAM_SIZE,
		s->userspace_addr = (uintptr_t)memory;
}

static void attr(struct thread *t)
{
	struct kvm_device_attr *a = (void *)t->arg.bytes;

	a->flags = 0;
	a->group = rnd(t) % 10;
	a->attr = one_in(t, 2) ? rnd(t) % 8 : (uint64_t)rnd(t) % 4 << 32 | (rnd(t) & 0xfff);
	a->addr = pointer(t);
}

static void one_reg(struct thread *t)
{
	struct kvm_one_reg *r = (void *)t->arg.bytes;

	r->id = regs->reg[rnd(t) % regs->n];
	if (one_in(t, 4))
		r->id ^= 1ull << rnd(t) % 64;
	r->addr = pointer(t);
}

static void routes(struct thread *t)
{
	struct kvm_irq_routing *r = (void *)t->arg.bytes;
	unsigned int i;

	r->nr = one_in(t, 8) ? rnd(t) % 5000 : rnd(t) % 16;
	r->flags = one_in(t, 8);
	for (i = 0; i < 16; i++) {
		r->entries[i].gsi = rnd(t) % 64;
		r->entries[i].type = one_in(t, 8) ? rnd(t) % 4 : 1;
		r->entries[i].flags = one_in(t, 8);
		r->entries[i].u.irqchip.irqchip = one_in(t, 8);
		r->entries[i].u.irqchip.pin = rnd(t) % 64;
	}
}

static void device(struct thread *t)
{
	struct kvm_create_device *d = (void *)t->arg.bytes;

	d->type = one_in(t, 4) ? rnd(t) % 12 : (unsigned int)KVM_DEV_TYPE_ARM_VGIC_V2;
	d->flags = one_in(t, 4);
}

static void irqfd(struct thread *t)
{
	struct kvm_irqfd *i = (void *)t->arg.bytes;

	i->fd = one_in(t, 4) ? any_fd(t) : eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	i->gsi = rnd(t) % 300;
	i->flags = one_in(t, 4) ? rnd(t) % 4 : 0;
	i->resamplefd = any_fd(t);
	if (i->fd > 3)
		add_fd(i->fd);
}

static void ioevent(struct thread *t)
{
	struct kvm_ioeventfd *i = (void *)t->arg.bytes;

	i->fd = one_in(t, 4) ? any_fd(t) : eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	i->addr = address(t);
	i->len = 1 << rnd(t) % 4;
	i->flags = rnd(t) % 8;
	i->datamatch = rnd(t) % 4;
	if (i->fd > 3)
		add_fd(i->fd);
}

static void init(struct thread *t)
{
	struct kvm_vcpu_init *i = (void *)t->arg.bytes;

	i->target = one_in(t, 8) ? rnd(t) % 4 : 0;
	i->features[0] = one_in(t, 4) ? rnd(t) % 16 : 1 << KVM_ARM_VCPU_PSCI_0_2;
	memset(&i->features[1], 0, sizeof(i->features) - sizeof(i->features[0]));
}

static unsigned long argument(struct thread *t, enum what what)
{
	unsigned int i;

	if (what == NUMBER)
		return one_in(t, 4) ? rnd(t) % 256 : rnd(t) % VCPUS * one_in(t, 2);
	for (i = 0; i < 64; i++)
		t->arg.words[i] = one_in(t, 2) ? rnd(t) % 8 : rnd(t);
	switch (what) {
	case SLOT:
		slot(t);
		break;
	case ATTR:
		attr(t);
		break;
	case REG:
		one_reg(t);
		break;
	case ROUTES:
		routes(t);
		break;
	case DEVICE:
		device(t);
		break;
	case IRQFD:
		irqfd(t);
		break;
	case IOEVENTFD:
		ioevent(t);
		break;
	case INIT:
		init(t);
		break;
	case LINE:
		t->arg.words[0] = rnd(t) & 0x0303003f;
		break;
	case ZONE:
		t->arg.longs[0] = address(t);
		t->arg.words[2] = rnd(t) % 0x2000;
		break;
	case LOG:
		t->arg.words[0] = rnd(t) % 4;
		t->arg.longs[1] = pointer(t);
		break;
	default:
		break;
	}
	return one_in(t, 16) ? pointer(t) : (unsigned long)t->arg.bytes;
}

static void any_ioctl(struct thread *t)
{
	const struct call *call = &calls[rnd(t) % NR_CALLS];
	unsigned long nr = call->nr, arg = argument(t, call->what);
	long ret;

	if (one_in(t, 32)) /* nearly right */
		nr ^= 1ul << rnd(t) % 32;
	ret = ioctl(any_fd(t), nr, arg);
	if (nr == KVM_CREATE_DEVICE && ret == 0)
		add_fd(((struct kvm_create_device *)t->arg.bytes)->fd);
	if (ret > 3 && (nr == KVM_CREATE_VCPU || nr == KVM_GET_STATS_FD))
		add_fd(ret);
}

static void games_with_mappings(struct thread *t)
{
	static const int prots[] = { PROT_NONE, PROT_READ, PROT_WRITE, PROT_READ | PROT_WRITE };
	int shared = one_in(t, 4) ? MAP_PRIVATE : MAP_SHARED;
	size_t size = (1 + rnd(t) % 3) * 4096;
	uint8_t *p = mmap(NULL, size, prots[rnd(t) % 4], shared, any_fd(t), rnd(t) % 3 * 4096);

	if (p == MAP_FAILED)
		return;
	mprotect(p, size, prots[rnd(t) % 4]);
	madvise(p, size, rnd(t) % 16);
	if (one_in(t, 2)) /* read by the kernel: a fault has an errno there, and no signal */
		write(-1, p, size), prctl(PR_SET_NAME, p);
	mremap(p, size, 4096, 0);
	munmap(p, one_in(t, 2) ? size : 4096);
}

static void games_with_memory(struct thread *t)
{
	uint8_t *p = memory + rnd(t) % 16 * 0x10000;
	size_t size = (1 + rnd(t) % 16) * 4096;

	switch (rnd(t) % 5) {
	case 0:
		madvise(p, size, MADV_DONTNEED);
		break;
	case 1:
		mprotect(p, size, rnd(t) % 4);
		break;
	case 2:
		mmap(p, size, PROT_READ | PROT_WRITE, MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1,
		     0);
		break;
	case 3:
		mmap(p, 4096, PROT_READ, MAP_FIXED | MAP_SHARED, any_fd(t), 0);
		break;
	default:
		madvise(p, size, rnd(t) % 24);
	}
}

/* Another process has no business with our VM, and it shares the files. */
static void fork_one(struct thread *t)
{
	pid_t pid = fork();

	if (!pid) {
		any_ioctl(t);
		ioctl(any_fd(t), KVM_RUN, 0);
		_exit(0);
	}
	if (pid > 0)
		waitpid(pid, NULL, one_in(t, 2) ? WNOHANG : 0);
}

static void play(struct thread *t)
{
	int fd;

	switch (rnd(t) % 64) {
	case 0:
		fork_one(t);
		break;
	case 1:
		fd = any_fd(t);
		close(fd > 3 ? fd : -1);
		break;
	case 2:
		add_fd(dup(any_fd(t)));
		break;
	case 3:
		games_with_mappings(t);
		break;
	case 4:
		games_with_memory(t);
		break;
	case 5:
	case 6:
	case 7:
		ioctl(any_fd(t), KVM_RUN, 0);
		break;
	default:
		any_ioctl(t);
	}
}

static void new_vm(struct thread *t)
{
	static const char *const guests[] = { "g_random_cp", "g_gic_storm", "g_random_access",
					      "g_exit_storm" };
	const char *guest = guests[rnd(t) % 4];
	struct vm *vm = vm_new(VCPUS, one_in(t, 4) ? 0 : VM_GIC);
	unsigned int i;

	memory = vm->ram;
	for (i = 0; i < VCPUS; i++) {
		vcpu_start(&vm->vcpu[i], guest, t->seed, 1000000);
		add_fd(vm->vcpu[i].fd);
	}
	if (!regs)
		regs = vcpu_reg_list(&vm->vcpu[0]);
	add_fd(vm->fd);
	add_fd(vm->gic);
}

static void *run_one(void *arg)
{
	struct thread *t = arg;
	unsigned int i = 0;

	for (;;) {
		ioctl(fds[(t->seed + i++ / 16) % FDS], KVM_RUN, 0);
		if (one_in(t, 256))
			usleep(1000);
	}
	return NULL;
}

static void *play_on(void *arg)
{
	for (;;)
		play(arg);
	return NULL;
}

static void on_signal(int sig)
{
	(void)sig;
}

/* Its end comes from outside, or from what it does to itself. */
static _Noreturn void monitor(unsigned int seed)
{
	static struct thread threads[5];
	struct rlimit cores = { 0, 0 }, files = { 256, 256 };
	struct sigaction act = { .sa_handler = on_signal };
	unsigned int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setrlimit(RLIMIT_CORE, &cores);
	setrlimit(RLIMIT_NOFILE, &files);
	sigaction(SIGALRM, &act, NULL);
	for (i = 0; i < FDS; i++)
		fds[i] = -1;
	for (i = 0; i < 5; i++)
		threads[i].seed = seed * 5 + i;
	new_vm(&threads[0]);
	add_fd(kvm_open());
	for (i = 1; i < 5; i++)
		pthread_create(&threads[i].thread, NULL, i < 3 ? run_one : play_on, &threads[i]);
	for (;;) {
		play(&threads[0]);
		if (one_in(&threads[0], 512))
			new_vm(&threads[0]);
		/* out of KVM_RUN again, should one wait there */
		setitimer(ITIMER_REAL, &(struct itimerval){ .it_value.tv_usec = 3000 }, NULL);
		pthread_kill(threads[1 + rnd(&threads[0]) % 4].thread, SIGALRM);
	}
}

/* ---- who watches them ---------------------------------------------------------------- */

/* From a fresh image: what it tramples on is its own. */
static pid_t start_monitor(unsigned int seed)
{
	char number[16];
	pid_t pid = fork();
	int null;

	if (pid)
		return pid;
	setpgid(0, 0);
	null = open("/dev/null", O_RDWR);
	dup2(null, 0);
	dup2(null, 1);
	dup2(null, 2);
	dup2(null, 3);
	snprintf(number, sizeof(number), "%u", seed);
	execl("/proc/self/exe", "fuzz", "--monitor", number, NULL);
	_exit(1);
}

static void good_goes_on(struct vm *good)
{
	static uint32_t next;

	vcpu_reports(&good->vcpu[0], next++);
}

static unsigned int users(void)
{
	FILE *f = fopen("/sys/module/ember/refcnt", "r");
	unsigned int n = 0;

	if (!f || fscanf(f, "%u", &n) != 1)
		fail("/sys/module/ember/refcnt: %s", strerror(errno));
	fclose(f);
	return n;
}

/* When the last of them is gone, so are their references. */
static void expect_users(unsigned int want)
{
	unsigned int tries;

	for (tries = 0; users() > want; tries++) {
		if (tries > 600)
			fail("%u references to the module, %u before", users(), want);
		usleep(100000);
	}
}

static void monitors(void)
{
	struct vm *good = vm_new(1, VM_GIC);
	unsigned int seed = test_param("SEED", 1), n = test_param("SEEDS", 6), before = users(), i;
	pid_t pid;

	vcpu_start(&good->vcpu[0], "g_count_reports", ~0u, 0);
	for (i = 0; i < n; i++, seed++) {
		printf("monitors: seed %u\n", seed);
		fflush(stdout);
		pid = start_monitor(seed);
		if (pid < 0)
			fail("fork: %s", strerror(errno));
		usleep(200000 + seed * 7919 % 13 * 50000);
		good_goes_on(good);
		kill(-pid, SIGKILL);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		good_goes_on(good);
	}
	expect_users(before);
}

static const struct test tests[] = { TEST(monitors) };

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "--monitor"))
		monitor(strtoul(argv[2], NULL, 0));
	return test_main("fuzz", tests, 1, argc, argv);
}
