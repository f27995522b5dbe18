// SPDX-License-Identifier: GPL-2.0
/* A machine of whatever kind, from power-on to its end; see machine.h and type.h. */
#include <errno.h>
#include <stdlib.h>
#include <sys/sysinfo.h>

#include "../err.h"
#include "../loop.h"
#include "../prealloc.h"
#include "../stats.h"
#include "fdt.h"
#include "type.h"

static int check_size(const struct machine *m, struct err *e)
{
	const unsigned long long mib = 1 << 20;
	const uint64_t mem = m->cfg.mem, max = m->type->ram_max;
	struct sysinfo si;
	uint64_t host;

	if (mem > max)
		return err_set(e, EXIT_USAGE, "--mem %llu MiB: this machine takes at most %llu",
			       mem / mib, max / mib);
	if (sysinfo(&si) < 0)
		return 0;
	host = ((uint64_t)si.totalram + si.totalswap) * si.mem_unit;
	if (mem > host)
		return err_set(e, EXIT_USAGE, "--mem %llu MiB: this host has %llu, swap included",
			       mem / mib, host / mib);
	return 0;
}

static int create_memory(struct machine *m, struct err *e)
{
	int r;

	if (check_size(m, e))
		return -1;
	r = guestmem_add(&m->mem, m->type->ram, m->cfg.mem);
	if (r)
		return err_sys(e, EXIT_USAGE, -r,
			       "--mem %llu MiB: cannot get that much address space here",
			       (unsigned long long)m->cfg.mem >> 20);
	if (m->cfg.mem_prealloc && !m->cfg.dry) {
		r = prealloc(guestmem_at(&m->mem, m->type->ram, m->cfg.mem), m->cfg.mem);
		if (r)
			return err_sys(e, EXIT_USAGE, -r,
				       "--mem-prealloc: %llu MiB are not to be had from this host",
				       (unsigned long long)m->cfg.mem >> 20);
	}
	return m->type->load(m, e);
}

/* From any thread. */
static void ended(void *opaque, enum vm_event event)
{
	struct machine *m = opaque;
	int running = VM_RUNNING;

	if (__atomic_compare_exchange_n(&m->event, &running, event, false, __ATOMIC_ACQ_REL,
					__ATOMIC_ACQUIRE))
		loop_quit(m->cfg.loop, 0);
}

/* Device lock held. */
static void dcr(void *opaque, uint32_t nr, uint32_t *val, bool write)
{
	struct machine *m = opaque;

	if (m->type->dcr && m->type->dcr(m, nr, val, write))
		return;
	m->bus.unclaimed++;
	if (m->cfg.trace_mmio)
		warn("dcr: %s of 0x%x: no such register", write ? "write" : "read", nr);
	*val = 0;
}

static int create_vcpu(struct machine *m, unsigned int i, struct err *e)
{
	struct vcpu *vcpu = &m->vcpu[i];

	*vcpu = (struct vcpu){
		.fd = -1,
		.loop = m->cfg.loop,
		.bus = &m->bus,
		.event = ended,
		.dcr = dcr,
		.opaque = m,
	};
	m->vcpus++;
	return vcpu_create(vcpu, &m->kvm, i, i > 0, e);
}

static int create_vm(struct machine *m, struct err *e)
{
	const struct machine_type *type = m->type;
	unsigned int i;

	if (kvm_create(&m->kvm, e))
		return -1;
	if (m->cfg.cpus > m->kvm.max_cpus)
		return err_set(e, EXIT_HOST, "--cpus %u: this host's KVM has at most %u a VM",
			       m->cfg.cpus, m->kvm.max_cpus);
	if (kvm_add_memory(&m->kvm, &m->mem, e))
		return -1;
	if (type->before_vcpus && type->before_vcpus(m, e))
		return -1;
	for (i = 0; i < m->cfg.cpus; i++)
		if (create_vcpu(m, i, e))
			return -1;
	return type->after_vcpus ? type->after_vcpus(m, e) : 0;
}

static int doorbell_assign(void *opaque, uint64_t gpa, uint32_t value, int fd)
{
	return kvm_ioeventfd(opaque, gpa, value, fd, true);
}

static int doorbell_deassign(void *opaque, uint64_t gpa, uint32_t value, int fd)
{
	return kvm_ioeventfd(opaque, gpa, value, fd, false);
}

static const struct doorbell_ops doorbell_ops = { doorbell_assign, doorbell_deassign };

struct machine *machine_create(const struct machine_config *cfg, struct err *e)
{
	struct machine *m = calloc(1, cfg->type->size);

	if (!m) {
		err_sys(e, EXIT_INTERNAL, errno, "cannot create a machine");
		return NULL;
	}
	m->type = cfg->type;
	m->cfg = *cfg;
	m->kvm = (struct kvm){ .sys = -1, .vm = -1 };
	m->doorbell = (struct doorbell){ &doorbell_ops, &m->kvm };
	m->bus.trace = cfg->trace_mmio;
	if (create_memory(m, e) || (!cfg->dry && create_vm(m, e))) {
		machine_destroy(m);
		return NULL;
	}
	return m;
}

void machine_destroy(struct machine *m)
{
	unsigned int i;

	if (!m)
		return;
	for (i = 0; i < m->vcpus; i++)
		vcpu_stop(&m->vcpu[i]);
	if (m->type->unplug)
		m->type->unplug(m);
	for (i = 0; i < m->bus.nr; i++)
		m->bus.dev[i]->ops->destroy(m->bus.dev[i]);
	if (m->type->finish)
		m->type->finish(m);
	for (i = 0; i < m->vcpus; i++)
		vcpu_destroy(&m->vcpu[i]);
	kvm_destroy(&m->kvm);
	guestmem_destroy(&m->mem);
	free(m);
}

int machine_add_device(struct machine *m, struct device *dev, const char *what, struct err *e)
{
	int r = dev ? bus_add(&m->bus, dev) : -errno;

	if (!r)
		return 0;
	if (dev)
		dev->ops->destroy(dev);
	return err_sys(e, EXIT_INTERNAL, -r, "cannot make the %s", what);
}

int machine_add_board(struct machine *m, struct chardev *chr, struct err *e)
{
	return m->type->add_board(m, chr, e);
}

int machine_add_virtio(struct machine *m, struct virtio_dev *vdev, struct err *e)
{
	unsigned int i = m->slots;
	struct virtio_slot slot = {
		.doorbell = m->cfg.dry ? NULL : &m->doorbell,
		.mem = &m->mem,
		.loop = m->cfg.loop,
	};

	/* The command line's limits are below the number of slots. */
	if (!vdev || i == m->type->slots)
		return err_sys(e, EXIT_INTERNAL, vdev ? ENOSPC : errno,
			       "cannot make virtio device %u", i);
	m->type->place(m, i, &slot);
	m->slots++;
	return machine_add_device(m, virtio_mmio_create(&slot, vdev), "virtio device", e);
}

void *machine_fdt(struct machine *m, struct err *e)
{
	if (m->type->fdt)
		return m->type->fdt(m, e);
	err_set(e, EXIT_USAGE, "the machine %s has no device tree", m->type->name);
	return NULL;
}

struct fdt_guest machine_fdt_guest(const struct machine *m)
{
	return (struct fdt_guest){
		.ram = m->type->ram,
		.ram_size = m->cfg.mem,
		.append = m->cfg.append,
		.boot = &m->boot,
		.seed = m->cfg.seed,
	};
}

int machine_load_fdt(struct machine *m, struct err *e)
{
	void *fdt = machine_fdt(m, e);
	int r;

	if (!fdt)
		return -1;
	r = guestmem_write(&m->mem, m->boot.dtb, fdt, fdt_totalsize(fdt));
	free(fdt);
	return r ? err_sys(e, EXIT_INTERNAL, -r, "device tree placed outside memory") : 0;
}

int machine_start(struct machine *m, struct err *e)
{
	unsigned int i;

	if (m->type->start(m, e))
		return -1;
	for (i = 0; i < m->vcpus; i++)
		if (vcpu_start(&m->vcpu[i], e))
			return -1;
	return 0;
}

void machine_pause(struct machine *m, bool on)
{
	unsigned int i;

	for (i = 0; i < m->vcpus; i++) {
		if (on)
			vcpu_pause(&m->vcpu[i]);
		else
			vcpu_resume(&m->vcpu[i]);
	}
	m->paused = on;
}

bool machine_paused(const struct machine *m)
{
	return m->paused;
}

void machine_end(struct machine *m, enum vm_event event)
{
	ended(m, event);
}

int machine_stats(const struct machine *m, int vcpu, const struct stats_sink *sink)
{
	if (vcpu >= (int)m->vcpus)
		return -ENOENT;
	return stats_read(vcpu < 0 ? m->kvm.vm : m->vcpu[vcpu].fd, sink);
}

void machine_report(const struct machine *m)
{
	uint64_t unknown = 0;
	unsigned int i;

	for (i = 0; i < m->bus.nr; i++)
		unknown += m->bus.dev[i]->unknown;
	if (m->bus.unclaimed || unknown)
		warn("the guest made %llu accesses where there is no device and %llu where a device "
		     "has no register; --trace-mmio shows them",
		     (unsigned long long)m->bus.unclaimed, (unsigned long long)unknown);
}

enum vm_event machine_event(const struct machine *m)
{
	return __atomic_load_n(&m->event, __ATOMIC_ACQUIRE);
}
