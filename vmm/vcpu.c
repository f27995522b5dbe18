// SPDX-License-Identifier: GPL-2.0
/*
 * A vcpu's thread; see vcpu.h.  run_loop() is the heart of the monitor, the
 * table of exits below it says what happens on each.
 */
#include <endian.h>
#include <errno.h>
#include <linux/kvm.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "arch.h"
#include "bus.h"
#include "err.h"
#include "kvm.h"
#include "loop.h"
#include "vcpu.h"

#define KICK SIGUSR1

static bool crash(struct vcpu *vcpu, const char *why)
{
	char where[160];

	arch_vcpu_describe(vcpu->fd, where, sizeof(where));
	warn("vcpu %u: the guest can't go on: %s", vcpu->index, why);
	warn("vcpu %u: %s", vcpu->index, where);
	vcpu->event(vcpu->opaque, VM_CRASH);
	return false;
}

/*
 * The data are bytes as they lie in memory, and all devices have their registers
 * little-endian: so does a big-endian guest's driver.
 */
static bool exit_mmio(struct vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;
	uint64_t val = 0, gpa = run->mmio.phys_addr;
	unsigned int len = run->mmio.len;

	if (len > sizeof(val))
		return crash(vcpu, "MMIO of an impossible size");
	loop_lock(vcpu->loop);
	vcpu->bus->cpu = vcpu->index;
	if (run->mmio.is_write) {
		memcpy(&val, run->mmio.data, len);
		bus_write(vcpu->bus, gpa, le64toh(val), len);
	} else {
		val = htole64(bus_read(vcpu->bus, gpa, len));
		memcpy(run->mmio.data, &val, len);
	}
	loop_unlock(vcpu->loop);
	return true;
}

static bool exit_dcr(struct vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;
	uint32_t val = run->dcr.data;

	loop_lock(vcpu->loop);
	vcpu->dcr(vcpu->opaque, run->dcr.dcrn, &val, run->dcr.is_write);
	loop_unlock(vcpu->loop);
	run->dcr.data = val;
	return true;
}

static bool exit_system_event(struct vcpu *vcpu)
{
	switch (vcpu->run->system_event.type) {
	case KVM_SYSTEM_EVENT_SHUTDOWN:
		vcpu->event(vcpu->opaque, VM_OFF);
		return false;
	case KVM_SYSTEM_EVENT_RESET:
		vcpu->event(vcpu->opaque, VM_RESET);
		return false;
	case KVM_SYSTEM_EVENT_CRASH:
		return crash(vcpu, "it reported a crash of its own");
	}
	return crash(vcpu, "a system event that this monitor doesn't know");
}

static bool exit_internal_error(struct vcpu *vcpu)
{
	const struct kvm_run *run = vcpu->run;
	char why[240];
	size_t len;
	unsigned int i, n = run->internal.ndata;

	snprintf(why, sizeof(why), "KVM internal error, suberror %u%s", run->internal.suberror,
		 run->internal.suberror == KVM_INTERNAL_ERROR_EMULATION ? " (emulation)" : "");
	for (i = 0; i < n && i < 6; i++) {
		len = strlen(why);
		snprintf(why + len, sizeof(why) - len, "%s 0x%llx", i ? "" : ", data",
			 (unsigned long long)run->internal.data[i]);
	}
	len = strlen(why);
	snprintf(why + len, sizeof(why) - len, "; dmesg may say more");
	return crash(vcpu, why);
}

static bool exit_fail_entry(struct vcpu *vcpu)
{
	char why[80];

	snprintf(why, sizeof(why), "it can't be entered, hardware reason 0x%llx",
		 (unsigned long long)vcpu->run->fail_entry.hardware_entry_failure_reason);
	return crash(vcpu, why);
}

static bool exit_again(struct vcpu *vcpu)
{
	(void)vcpu;
	return true;
}

/* What to do on each exit; true: run on. */
static const struct {
	uint32_t reason;
	bool (*handle)(struct vcpu *vcpu);
} exits[] = {
	{ KVM_EXIT_MMIO, exit_mmio },
	{ KVM_EXIT_DCR, exit_dcr },
	{ KVM_EXIT_INTR, exit_again },
	{ KVM_EXIT_IRQ_WINDOW_OPEN, exit_again },
	{ KVM_EXIT_SYSTEM_EVENT, exit_system_event },
	{ KVM_EXIT_INTERNAL_ERROR, exit_internal_error },
	{ KVM_EXIT_FAIL_ENTRY, exit_fail_entry },
};

static bool handle_exit(struct vcpu *vcpu)
{
	char why[64];
	unsigned int i;

	for (i = 0; i < sizeof(exits) / sizeof(exits[0]); i++)
		if (exits[i].reason == vcpu->run->exit_reason)
			return exits[i].handle(vcpu);
	snprintf(why, sizeof(why), "KVM exit %u, which this monitor doesn't know",
		 vcpu->run->exit_reason);
	return crash(vcpu, why);
}

static bool run_failed(struct vcpu *vcpu, int errnum)
{
	char why[96];

	if (errnum == EINTR || errnum == EAGAIN)
		return true;
	snprintf(why, sizeof(why), "KVM_RUN: %s", strerror(errnum));
	return crash(vcpu, why);
}

static bool stopping(const struct vcpu *vcpu)
{
	return __atomic_load_n(&vcpu->stop, __ATOMIC_ACQUIRE);
}

/*
 * Pausing: whoever pauses says so and then looks whether the thread is inside; the
 * thread says that it goes inside and then looks whether it may.  In whatever order
 * they come, one sees the other.
 */
static void set_inside(struct vcpu *vcpu, bool inside)
{
	__atomic_store_n(&vcpu->inside, inside, __ATOMIC_SEQ_CST);
}

static bool pausing(const struct vcpu *vcpu)
{
	return __atomic_load_n(&vcpu->pause, __ATOMIC_SEQ_CST) != 0;
}

static void wait_outside(struct vcpu *vcpu)
{
	pthread_mutex_lock(&vcpu->pause_lock);
	set_inside(vcpu, false);
	pthread_cond_broadcast(&vcpu->pause_cond);
	while (pausing(vcpu) && !stopping(vcpu))
		pthread_cond_wait(&vcpu->pause_cond, &vcpu->pause_lock);
	pthread_mutex_unlock(&vcpu->pause_lock);
}

/* KVM_RUN, unless the thread is to stay out: 0, or an errno (EINTR: nothing has happened). */
static int run_guest(struct vcpu *vcpu)
{
	int r = EINTR;

	set_inside(vcpu, true);
	if (!pausing(vcpu))
		r = ioctl(vcpu->fd, KVM_RUN, 0) < 0 ? errno : 0;
	set_inside(vcpu, false);
	if (pausing(vcpu))
		wait_outside(vcpu);
	return r;
}

static void run_loop(struct vcpu *vcpu)
{
	bool go_on = true;
	int r;

	while (go_on && !stopping(vcpu)) {
		r = run_guest(vcpu);
		go_on = r ? run_failed(vcpu, r) : handle_exit(vcpu);
	}
}

static void *thread_main(void *opaque)
{
	struct vcpu *vcpu = opaque;
	char name[16];

	snprintf(name, sizeof(name), "vcpu %u", vcpu->index);
	pthread_setname_np(pthread_self(), name);
	run_loop(vcpu);
	return NULL;
}

static void kicked(int sig)
{
	(void)sig;
}

int vcpu_create(struct vcpu *vcpu, struct kvm *kvm, unsigned int index, bool off, struct err *e)
{
	pthread_mutex_init(&vcpu->pause_lock, NULL);
	pthread_cond_init(&vcpu->pause_cond, NULL);
	vcpu->index = index;
	vcpu->run_size = kvm->run_size;
	vcpu->fd = kvm_vcpu_create(kvm, index, off, e);
	if (vcpu->fd < 0)
		return -1;
	vcpu->run = mmap(NULL, vcpu->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
	if (vcpu->run != MAP_FAILED)
		return 0;
	vcpu->run = NULL;
	return err_sys(e, EXIT_HOST, errno, "cannot map the run area of vcpu %u", index);
}

int vcpu_start(struct vcpu *vcpu, struct err *e)
{
	struct sigaction sa = { .sa_handler = kicked };
	int r;

	sigaction(KICK, &sa, NULL);
	r = pthread_create(&vcpu->thread, NULL, thread_main, vcpu);
	if (r)
		return err_sys(e, EXIT_INTERNAL, r, "cannot start the thread of vcpu %u",
			       vcpu->index);
	vcpu->started = true;
	return 0;
}

/*
 * immediate_exit catches the thread before it enters KVM_RUN, the signal when
 * it is inside: in either order it comes out and sees stop or pause.
 */
static void kick_out(struct vcpu *vcpu)
{
	__atomic_store_n(&vcpu->run->immediate_exit, 1, __ATOMIC_RELEASE);
	pthread_kill(vcpu->thread, KICK);
}

void vcpu_stop(struct vcpu *vcpu)
{
	if (!vcpu->started)
		return;
	pthread_mutex_lock(&vcpu->pause_lock);
	__atomic_store_n(&vcpu->stop, true, __ATOMIC_RELEASE);
	pthread_cond_broadcast(&vcpu->pause_cond);
	pthread_mutex_unlock(&vcpu->pause_lock);
	kick_out(vcpu);
	pthread_join(vcpu->thread, NULL);
	vcpu->started = false;
}

/* Its own thread may call this too: between two exits it is outside. */
static void keep_out(struct vcpu *vcpu, unsigned int why)
{
	pthread_mutex_lock(&vcpu->pause_lock);
	__atomic_fetch_or(&vcpu->pause, why, __ATOMIC_SEQ_CST);
	if (vcpu->started)
		kick_out(vcpu);
	while (__atomic_load_n(&vcpu->inside, __ATOMIC_SEQ_CST))
		pthread_cond_wait(&vcpu->pause_cond, &vcpu->pause_lock);
	pthread_mutex_unlock(&vcpu->pause_lock);
}

static void let_in(struct vcpu *vcpu, unsigned int why)
{
	pthread_mutex_lock(&vcpu->pause_lock);
	if (!(vcpu->pause & ~why))
		__atomic_store_n(&vcpu->run->immediate_exit, 0, __ATOMIC_RELEASE);
	__atomic_fetch_and(&vcpu->pause, ~why, __ATOMIC_SEQ_CST);
	pthread_cond_broadcast(&vcpu->pause_cond);
	pthread_mutex_unlock(&vcpu->pause_lock);
}

void vcpu_pause(struct vcpu *vcpu)
{
	if (vcpu->started)
		keep_out(vcpu, VCPU_PAUSED);
}

void vcpu_resume(struct vcpu *vcpu)
{
	if (vcpu->started)
		let_in(vcpu, VCPU_PAUSED);
}

void vcpu_power(struct vcpu *vcpu, bool on)
{
	if (on)
		let_in(vcpu, VCPU_OFF);
	else
		keep_out(vcpu, VCPU_OFF);
}

void vcpu_destroy(struct vcpu *vcpu)
{
	pthread_cond_destroy(&vcpu->pause_cond);
	pthread_mutex_destroy(&vcpu->pause_lock);
	if (vcpu->run)
		munmap(vcpu->run, vcpu->run_size);
	if (vcpu->fd >= 0)
		close(vcpu->fd);
	vcpu->run = NULL;
	vcpu->fd = -1;
}
