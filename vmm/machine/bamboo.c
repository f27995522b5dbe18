// SPDX-License-Identifier: GPL-2.0
/*
 * The machine "bamboo"; see bamboo.h, and type.h for when each operation is called.
 *
 * The interrupt controller is in the kernel; the other device control registers are here.
 */
#include <errno.h>
#include <stdlib.h>

#include "../arch.h"
#include "../dev/ns16550.h"
#include "../dev/ppc4xx_dcr.h"
#include "../dev/ppc4xx_pci.h"
#include "../dev/syscon.h"
#include "../dev/window.h"
#include "../err.h"
#include "../host/devtree.h"
#include "../lines.h"
#include "bamboo.h"
#include "bamboo_fdt.h"
#include "type.h"
#include "user_fdt.h"

#define LINES (2 + BAMBOO_VIRTIO_SLOTS)

struct bamboo {
	struct machine m;
	struct ppc4xx_dcr dcr;
	struct line line[LINES];
	unsigned int lines; /* how many are in use */
};

static struct bamboo *to_bamboo(struct machine *m)
{
	return (struct bamboo *)m;
}

static int bamboo_load(struct machine *m, struct err *e)
{
	ppc4xx_dcr_init(&to_bamboo(m)->dcr, m->cfg.mem);
	return boot_load(&m->boot, &boot_bamboo, m->cfg.files, &m->mem, e);
}

static int bamboo_before_vcpus(struct machine *m, struct err *e)
{
	return kvm_create_irqchip(&m->kvm, "UIC", e);
}

static struct irqline *new_line(struct machine *m, unsigned int nr, bool edge)
{
	struct line *line = &to_bamboo(m)->line[to_bamboo(m)->lines++];

	line_init(line, m->cfg.dry ? NULL : &m->kvm, nr, FDT_UIC_CELLS, edge);
	return &line->irq;
}

static void off(void *opaque)
{
	machine_end(opaque, VM_OFF);
}

static void reset(void *opaque)
{
	machine_end(opaque, VM_RESET);
}

static int add_uarts(struct machine *m, struct chardev *chr, struct err *e)
{
	struct irqline *irq0 = new_line(m, BAMBOO_IRQ_UART0, false);
	struct irqline *irq1 = new_line(m, BAMBOO_IRQ_UART1, false);

	if (machine_add_device(m, ns16550_create(BAMBOO_UART0, 1, irq0, chr), "serial port", e))
		return -1;
	return machine_add_device(m, ns16550_create(BAMBOO_UART1, 1, irq1, NULL),
				  "second serial port", e);
}

static int add_pci(struct machine *m, struct err *e)
{
	struct device *pci = ppc4xx_pci_create(BAMBOO_PCI);

	if (machine_add_device(m, pci, "PCI bridge", e))
		return -1;
	return machine_add_device(
		m, window_create(pci, BAMBOO_PCI_REGS, PPC4XX_PCI_REGS_SIZE, PPC4XX_PCI_REGS),
		"PCI bridge's registers", e);
}

static int bamboo_add_board(struct machine *m, struct chardev *chr, struct err *e)
{
	const struct syscon_config power = { off, reset, m };

	if (add_uarts(m, chr, e) || add_pci(m, e))
		return -1;
	return machine_add_device(m, syscon_create(BAMBOO_SYSCON, &power), "power register", e);
}

static void bamboo_place(struct machine *m, unsigned int i, struct virtio_slot *slot)
{
	slot->base = BAMBOO_VIRTIO + i * BAMBOO_VIRTIO_STRIDE;
	slot->irq = new_line(m, BAMBOO_IRQ_VIRTIO(i), true);
}

static int write_fdt(struct machine *m, void *buf, struct err *e)
{
	struct bamboo_fdt cfg = {
		.clock = devtree_cpu_u32(DEVTREE, "clock-frequency", BAMBOO_CLOCK),
		.timebase = devtree_cpu_u32(DEVTREE, "timebase-frequency", BAMBOO_CLOCK),
		.bus = &m->bus,
		.guest = machine_fdt_guest(m),
	};

	if (m->cfg.hypervisor && !m->cfg.dry)
		cfg.hcalls = arch_hypercall(&m->kvm, cfg.hcall);
	if (m->cfg.files->dtb < 0)
		return bamboo_fdt_write(buf, BOOT_DTB_MAX, &cfg, e);
	if (user_fdt_load(buf, BOOT_DTB_MAX, m->cfg.files, &cfg.guest, e))
		return -1;
	return bamboo_fdt_clocks(buf, BOOT_DTB_MAX, &cfg, e);
}

static void *bamboo_make_fdt(struct machine *m, struct err *e)
{
	void *buf = calloc(1, BOOT_DTB_MAX);

	if (!buf)
		err_sys(e, EXIT_INTERNAL, errno, "cannot write the device tree");
	else if (!write_fdt(m, buf, e))
		return buf;
	free(buf);
	return NULL;
}

/* ePAPR 1.1, 5.4: r3 to r6 at the entry of the kernel; the last one is a magic number. */
static int bamboo_start(struct machine *m, struct err *e)
{
	const uint32_t args[4] = { m->boot.dtb, 0, 0, 0x45504150 };
	int r;

	if (machine_load_fdt(m, e))
		return -1;
	r = arch_vcpu_start_at(m->vcpu[0].fd, m->boot.entry, args);
	return r ? err_sys(e, EXIT_HOST, -r, "cannot set the first vcpu's registers") : 0;
}

static bool bamboo_dcr(struct machine *m, uint32_t nr, uint32_t *val, bool write)
{
	struct ppc4xx_dcr *dcr = &to_bamboo(m)->dcr;

	return write ? ppc4xx_dcr_write(dcr, nr, *val) : ppc4xx_dcr_read(dcr, nr, val);
}

static void bamboo_finish(struct machine *m)
{
	struct bamboo *b = to_bamboo(m);
	unsigned int i;

	for (i = 0; i < b->lines; i++)
		line_finish(&b->line[i]);
}

const struct machine_type machine_bamboo = {
	.name = "bamboo",
	.cpu = "PowerPC 440",
	.devices = "ns16550, ppc4xx-pci, syscon",
	.about =
		"The machine is QEMU's bamboo, PowerPC 440EP: 1 processor, at most 1G of memory, the\n"
		"serial port is ttyS0.  KERNEL is an ELF file (vmlinux) or a uImage.  There is no\n"
		"firmware: not for this machine are --bios and --pflash.\n",
	.cpus_max = 1,
	.slots = BAMBOO_VIRTIO_SLOTS,
	.ram = BAMBOO_RAM,
	.ram_max = BAMBOO_RAM_MAX,
	.hypervisor = true,
	.size = sizeof(struct bamboo),
	.load = bamboo_load,
	.before_vcpus = bamboo_before_vcpus,
	.add_board = bamboo_add_board,
	.place = bamboo_place,
	.fdt = bamboo_make_fdt,
	.start = bamboo_start,
	.dcr = bamboo_dcr,
	.finish = bamboo_finish,
};
