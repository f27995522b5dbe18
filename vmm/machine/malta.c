// SPDX-License-Identifier: GPL-2.0
/*
 * The machine "malta"; see malta.h, and type.h for when each operation is called.
 *
 * The kernel has no interrupt controller for it: what the board's controller says
 * goes to a pin of the vcpu, and every interrupt of a device through this process.
 */
#include <errno.h>
#include <string.h>

#include "../arch.h"
#include "../dev/mips_gic.h"
#include "../err.h"
#include "../virtio/virtio.h"
#include "malta.h"
#include "malta_board.h"
#include "malta_boot.h"
#include "type.h"

/* An interrupt pin of a vcpu.  What drives it does so under a lock of its own. */
struct pin {
	struct irqline irq;
	int vcpu; /* -1: a machine without KVM */
	bool level;
};

struct malta {
	struct machine m;
	struct malta_board board;
	struct pin pin[MALTA_CPUS_MAX][MALTA_PINS];
	struct irqline *gic_out[MALTA_CPUS_MAX * MIPS_GIC_PINS];
};

static struct malta *to_malta(struct machine *m)
{
	return (struct malta *)m;
}

static int malta_load(struct machine *m, struct err *e)
{
	return boot_load(&m->boot, &boot_malta, m->cfg.files, &m->mem, e);
}

static void pin_set(struct irqline *irq, bool level)
{
	struct pin *pin = irq->opaque;

	if (level == pin->level)
		return;
	pin->level = level;
	if (pin->vcpu >= 0)
		arch_vcpu_interrupt(pin->vcpu, irq->spi, level);
}

static struct irqline *pin_init(struct machine *m, unsigned int cpu, unsigned int nr)
{
	struct pin *pin = &to_malta(m)->pin[cpu][nr];

	*pin = (struct pin){
		.irq = { .set = pin_set, .edge_fd = -1, .spi = nr, .opaque = pin },
		.vcpu = cpu < m->vcpus ? m->vcpu[cpu].fd : -1,
	};
	return &pin->irq;
}

/* KVM has three pins for devices (KVM_INTERRUPT): as many outputs lead somewhere. */
static struct irqline *const *gic_outputs(struct machine *m)
{
	struct irqline **out = to_malta(m)->gic_out;
	unsigned int cpu, pin;

	for (cpu = 0; cpu < m->cfg.cpus; cpu++)
		for (pin = 0; pin < 3; pin++)
			out[cpu * MIPS_GIC_PINS + pin] = pin_init(m, cpu, MALTA_PIN_GIC + pin);
	return out;
}

/* The address is one of a kernel's unmapped segments: what counts is where it leads. */
static void power(void *opaque, unsigned int core, bool on, uint32_t at)
{
	struct machine *m = opaque;
	int r;

	if (core >= m->vcpus)
		return;
	vcpu_power(&m->vcpu[core], false);
	if (!on)
		return;
	r = arch_vcpu_reset_at(m->vcpu[core].fd, MALTA_KSEG0 | (at & (MALTA_KSEG_SIZE - 1)));
	if (r)
		warn("vcpu %u: cannot be reset: %s", core, strerror(-r));
	else
		vcpu_power(&m->vcpu[core], true);
}

static int malta_after_vcpus(struct machine *m, struct err *e)
{
	unsigned int i;
	int r;

	for (i = 0; m->vcpus > 1 && i < m->vcpus; i++) {
		r = arch_vcpu_coherent(m->vcpu[i].fd, MALTA_CM);
		if (r)
			return err_sys(e, EXIT_HOST, -r,
				       "--cpus %u: this host's KVM has one processor a guest",
				       m->vcpus);
	}
	return 0;
}

static void reset(void *opaque)
{
	machine_end(opaque, VM_RESET);
}

static void off(void *opaque)
{
	machine_end(opaque, VM_OFF);
}

static int malta_add_board(struct machine *m, struct chardev *chr, struct err *e)
{
	const struct malta_board_config cfg = {
		.bus = &m->bus,
		.loop = m->cfg.loop,
		.chr = chr,
		.pic_out = pin_init(m, 0, MALTA_PIN_I8259),
		.uart3 = pin_init(m, 0, MALTA_PIN_UART3),
		.cores = m->cfg.cpus,
		.core = &m->bus.cpu,
		.gic_out = gic_outputs(m),
		.power = power,
		.reset = reset,
		.off = off,
		.opaque = m,
		.trace = m->cfg.trace_mmio,
	};

	return malta_board_init(&to_malta(m)->board, &cfg, e);
}

static void malta_place(struct machine *m, unsigned int i, struct virtio_slot *slot)
{
	slot->base = MALTA_VIRTIO + i * MALTA_VIRTIO_STRIDE;
	slot->irq = to_malta(m)->board.virtio_irq[i];
}

static int malta_start(struct machine *m, struct err *e)
{
	const struct malta_boot cfg = {
		.kernel = m->cfg.files->kernel_path,
		.append = m->cfg.append,
		.boot = &m->boot,
		.slots = m->slots,
		.seed = m->cfg.seed,
	};
	uint32_t args[4];
	unsigned int i;
	int r;

	for (i = 1; i < m->vcpus; i++)
		vcpu_power(&m->vcpu[i], false);
	if (malta_boot_write(&cfg, &m->mem, args, e))
		return -1;
	r = arch_vcpu_start_at(m->vcpu[0].fd, MALTA_KSEG0 + m->boot.entry, args);
	return r ? err_sys(e, EXIT_HOST, -r, "cannot set the first vcpu's registers") : 0;
}

static void malta_unplug(struct machine *m)
{
	malta_board_unplug(&to_malta(m)->board);
}

static void malta_finish(struct machine *m)
{
	malta_board_finish(&to_malta(m)->board);
}

const struct machine_type machine_malta = {
	.name = "malta",
	.cpu = "MIPS32",
	.devices = "gt64120, piix4, i8259, i8254, mc146818, ns16550, malta-fpga, mips-cps",
	.about =
		"The machine is QEMU's malta, MIPS32: 1 to 8 processors (several are cores of a coherent\n"
		"system, as QEMU has it with P5600), at most 256M of memory, the serial\n"
		"port is ttyS0.  KERNEL is an ELF file (vmlinux) that was built with the patches in\n"
		"guest/mips32.  There is no device tree and no firmware: not for this machine are\n"
		"--dtb, --dumpdtb, --bios and --pflash.\n",
	.cpus_max = MALTA_CPUS_MAX,
	.slots = MALTA_VIRTIO_SLOTS,
	.ram = MALTA_RAM,
	.ram_max = MALTA_RAM_MAX,
	.size = sizeof(struct malta),
	.load = malta_load,
	.after_vcpus = malta_after_vcpus,
	.add_board = malta_add_board,
	.place = malta_place,
	.start = malta_start,
	.unplug = malta_unplug,
	.finish = malta_finish,
};
