// SPDX-License-Identifier: GPL-2.0
/* The machine "virt", from power-on to its end; see machine.h and virt.h. */
#include <errno.h>
#include <libfdt.h>
#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>

#include "../bus.h"
#include "../dev/device.h"
#include "../dev/pl011.h"
#include "../dev/pl031.h"
#include "../err.h"
#include "../guestmem.h"
#include "../kvm.h"
#include "../loop.h"
#include "boot.h"
#include "firmware.h"
#include "lines.h"
#include "machine.h"
#include "virt.h"
#include "virt_fdt.h"

#define CPSR_SVC_MASKED 0x1d3 /* Supervisor mode, A, I and F masked */
#define CPSR_THUMB 0x20

#define LINES (2 + VIRT_VIRTIO_SLOTS)

struct machine {
	struct machine_config cfg;
	struct guestmem mem;
	struct boot boot;
	struct kvm kvm;
	struct bus bus;
	struct doorbell doorbell;
	struct firmware firmware;
	struct line line[LINES];
	unsigned int lines, slots; /* how many are in use */
	unsigned int vcpus; /* how many were created */
	struct vcpu vcpu[VIRT_CPUS_MAX];
	uint32_t mpidr[VIRT_CPUS_MAX];
	int event; /* enum vm_event, atomic; the first one wins */
	bool paused;
};

static const struct kvm_gic_config gic = { VIRT_GIC_DIST, VIRT_GIC_CPU, VIRT_NR_IRQS };

static int check_size(const struct machine_config *cfg, struct err *e)
{
	const unsigned long long mib = 1 << 20;
	struct sysinfo si;
	uint64_t host;

	if (cfg->mem > VIRT_RAM_MAX)
		return err_set(e, EXIT_USAGE, "--mem %llu MiB: this machine takes at most %llu",
			       cfg->mem / mib, VIRT_RAM_MAX / mib);
	if (sysinfo(&si) < 0)
		return 0;
	host = ((uint64_t)si.totalram + si.totalswap) * si.mem_unit;
	if (cfg->mem > host)
		return err_set(e, EXIT_USAGE, "--mem %llu MiB: this host has %llu, swap included",
			       cfg->mem / mib, host / mib);
	return 0;
}

static bool has_firmware(const struct machine *m)
{
	return m->cfg.flash[0];
}

static int create_memory(struct machine *m, struct err *e)
{
	int r;

	if (check_size(&m->cfg, e))
		return -1;
	r = guestmem_add(&m->mem, VIRT_RAM, m->cfg.mem);
	if (r)
		return err_sys(e, EXIT_USAGE, -r,
			       "--mem %llu MiB: cannot get that much address space here",
			       (unsigned long long)m->cfg.mem >> 20);
	if (!has_firmware(m))
		return boot_load(&m->boot, m->cfg.files, &m->mem, e);
	return boot_firmware(&m->boot, VIRT_FLASH, m->cfg.files, &m->mem, e);
}

/* From a vcpu's thread. */
static void ended(void *opaque, enum vm_event event)
{
	struct machine *m = opaque;
	int running = VM_RUNNING;

	if (__atomic_compare_exchange_n(&m->event, &running, event, false, __ATOMIC_ACQ_REL,
					__ATOMIC_ACQUIRE))
		loop_quit(m->cfg.loop, 0);
}

static int create_vcpu(struct machine *m, unsigned int i, struct err *e)
{
	struct vcpu *vcpu = &m->vcpu[i];

	*vcpu = (struct vcpu){
		.fd = -1,
		.loop = m->cfg.loop,
		.bus = &m->bus,
		.event = ended,
		.opaque = m,
	};
	m->vcpus++;
	return vcpu_create(vcpu, &m->kvm, i, i > 0, e);
}

static int create_vm(struct machine *m, struct err *e)
{
	unsigned int i;

	if (kvm_create(&m->kvm, e))
		return -1;
	if (m->cfg.cpus > m->kvm.max_cpus)
		return err_set(e, EXIT_HOST, "--cpus %u: this host's KVM has at most %u a VM",
			       m->cfg.cpus, m->kvm.max_cpus);
	if (kvm_add_memory(&m->kvm, &m->mem, e) || kvm_gic_create(&m->kvm, &gic, e))
		return -1;
	if (has_firmware(m) && firmware_init(&m->firmware, &m->kvm, m->cfg.flash, e))
		return -1;
	for (i = 0; i < m->cfg.cpus; i++)
		if (create_vcpu(m, i, e))
			return -1;
	return kvm_gic_start(&m->kvm, &gic, e);
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
	struct machine *m = calloc(1, sizeof(*m));

	if (!m) {
		err_sys(e, EXIT_INTERNAL, errno, "cannot create a machine");
		return NULL;
	}
	m->cfg = *cfg;
	m->kvm = (struct kvm){ .sys = -1, .vm = -1, .gic = -1 };
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
	for (i = 0; i < m->bus.nr; i++)
		m->bus.dev[i]->ops->destroy(m->bus.dev[i]);
	for (i = 0; i < m->lines; i++)
		line_finish(&m->line[i]);
	for (i = 0; i < m->vcpus; i++)
		vcpu_destroy(&m->vcpu[i]);
	kvm_destroy(&m->kvm);
	guestmem_destroy(&m->mem);
	free(m);
}

static struct irqline *new_line(struct machine *m, unsigned int spi, bool edge)
{
	struct line *line = &m->line[m->lines++];

	line_init(line, m->cfg.dry ? NULL : &m->kvm, spi, edge);
	return &line->irq;
}

/* Takes @dev over; NULL is its constructor's error. */
static int add_device(struct machine *m, struct device *dev, const char *what, struct err *e)
{
	int r = dev ? bus_add(&m->bus, dev) : -errno;

	if (!r)
		return 0;
	if (dev)
		dev->ops->destroy(dev);
	return err_sys(e, EXIT_INTERNAL, -r, "cannot make the %s", what);
}

static int add_firmware(struct machine *m, struct err *e)
{
	const struct machine_config *cfg = &m->cfg;
	const struct pflash_map *map = cfg->dry ? NULL : &m->firmware.map;
	struct device *fw_cfg;

	if (add_device(m, pflash_create(VIRT_FLASH, cfg->flash, map), "flash memory", e))
		return -1;
	fw_cfg = firmware_config(cfg->files, cfg->append, cfg->cpus, &m->mem, e);
	return fw_cfg ? add_device(m, fw_cfg, "fw_cfg", e) : -1;
}

int machine_add_board(struct machine *m, struct chardev *chr, struct err *e)
{
	struct irqline *uart = new_line(m, VIRT_UART_SPI, false);
	struct irqline *rtc = new_line(m, VIRT_RTC_SPI, false);

	if (add_device(m, pl011_create(VIRT_UART, uart, chr), "serial port", e))
		return -1;
	if (add_device(m, pl031_create(VIRT_RTC, rtc, m->cfg.loop), "clock", e))
		return -1;
	return has_firmware(m) ? add_firmware(m, e) : 0;
}

int machine_add_virtio(struct machine *m, struct virtio_dev *vdev, struct err *e)
{
	unsigned int i = m->slots;
	struct virtio_slot slot = {
		.base = VIRT_VIRTIO + (uint64_t)i * VIRT_VIRTIO_STRIDE,
		.doorbell = m->cfg.dry ? NULL : &m->doorbell,
		.mem = &m->mem,
		.loop = m->cfg.loop,
	};

	/* The command line's limits are below the number of slots. */
	if (!vdev || i == VIRT_VIRTIO_SLOTS)
		return err_sys(e, EXIT_INTERNAL, vdev ? ENOSPC : errno,
			       "cannot make virtio device %u", i);
	slot.irq = new_line(m, VIRT_VIRTIO_SPI + i, true);
	m->slots++;
	return add_device(m, virtio_mmio_create(&slot, vdev), "virtio device", e);
}

static const char *cpu_compatible(const struct machine *m)
{
	static const char *const names[KVM_ARM_NUM_TARGETS] = {
		[KVM_ARM_TARGET_CORTEX_A15] = "arm,cortex-a15",
		[KVM_ARM_TARGET_CORTEX_A7] = "arm,cortex-a7",
		[KVM_ARM_TARGET_CORTEX_A12] = "arm,cortex-a12",
	};

	return m->kvm.target < KVM_ARM_NUM_TARGETS ? names[m->kvm.target] : "arm,armv7";
}

static int write_fdt(struct machine *m, void *buf, struct err *e)
{
	const struct boot_files *files = m->cfg.files;
	struct virt_fdt cfg = {
		.cpus = m->cfg.cpus,
		.mpidr = m->mpidr,
		.cpu = cpu_compatible(m),
		.ram = VIRT_RAM,
		.ram_size = m->cfg.mem,
		.append = m->cfg.append,
		.boot = &m->boot,
		.bus = &m->bus,
		.seed = m->cfg.seed,
	};
	struct err why;
	uint64_t size;
	void *user;
	int r;

	if (files->dtb < 0)
		return virt_fdt_write(buf, BOOT_DTB_MAX, &cfg, e);
	user = boot_read_file(files->dtb, "device tree", files->dtb_path, BOOT_DTB_MAX, &size, e);
	if (!user)
		return -1;
	r = user_fdt_write(buf, BOOT_DTB_MAX, user, size, &cfg, &why);
	free(user);
	return r ? err_set(e, why.code, "device tree %s: %s", files->dtb_path, why.msg) : 0;
}

void *machine_fdt(struct machine *m, struct err *e)
{
	void *buf = calloc(1, BOOT_DTB_MAX);
	unsigned int i;

	for (i = 0; i < m->cfg.cpus; i++)
		m->mpidr[i] = kvm_vcpu_mpidr(m->cfg.dry ? -1 : m->vcpu[i].fd, i);
	if (!buf)
		err_sys(e, EXIT_INTERNAL, errno, "cannot write the device tree");
	else if (!write_fdt(m, buf, e))
		return buf;
	free(buf);
	return NULL;
}

static int load_fdt(struct machine *m, struct err *e)
{
	void *fdt = machine_fdt(m, e);
	int r;

	if (!fdt)
		return -1;
	r = guestmem_write(&m->mem, m->boot.dtb, fdt, fdt_totalsize(fdt));
	free(fdt);
	return r ? err_sys(e, EXIT_INTERNAL, -r, "device tree placed outside memory") : 0;
}

/* Linux, Documentation/arm/booting.rst: what the first CPU finds in its registers. */
static int set_registers(struct machine *m, struct err *e)
{
	const uint32_t thumb = m->boot.entry & 1 ? CPSR_THUMB : 0;
	const struct {
		unsigned int word;
		uint32_t val;
	} regs[] = {
		{ 0, 0 },
		{ 1, ~0u }, /* machine number: none, there is a device tree */
		{ 2, m->boot.dtb },
		{ KVM_CORE_PC, m->boot.entry & ~1u },
		{ KVM_CORE_CPSR, CPSR_SVC_MASKED | thumb },
	};
	unsigned int i;
	int r;

	for (i = 0; i < sizeof(regs) / sizeof(regs[0]); i++) {
		r = kvm_core_set(m->vcpu[0].fd, regs[i].word, regs[i].val);
		if (r)
			return err_sys(e, EXIT_HOST, -r, "cannot set the first vcpu's registers");
	}
	return 0;
}

int machine_start(struct machine *m, struct err *e)
{
	unsigned int i;

	if (load_fdt(m, e) || set_registers(m, e))
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
