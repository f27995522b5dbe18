// SPDX-License-Identifier: GPL-2.0
/* The machine "virt"; see virt.h, and type.h for when each operation is called. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "../arch.h"
#include "../arch/arm/arm.h"
#include "../arch/arm/gic.h"
#include "../dev/pl011.h"
#include "../dev/pl031.h"
#include "../err.h"
#include "../lines.h"
#include "firmware.h"
#include "type.h"
#include "user_fdt.h"
#include "virt.h"
#include "virt_fdt.h"

#define LINES (2 + VIRT_VIRTIO_SLOTS)

struct virt {
	struct machine m;
	struct firmware firmware;
	struct line line[LINES];
	unsigned int lines; /* how many are in use */
	int gic; /* its device, -1: there is none */
	uint32_t mpidr[VIRT_CPUS_MAX];
};

static const struct gic_config gic = { VIRT_GIC_DIST, VIRT_GIC_CPU, VIRT_NR_IRQS };

static struct virt *to_virt(struct machine *m)
{
	return (struct virt *)m;
}

static bool has_firmware(const struct machine *m)
{
	return m->cfg.flash[0];
}

static int virt_load(struct machine *m, struct err *e)
{
	to_virt(m)->gic = -1;
	if (!has_firmware(m))
		return boot_load(&m->boot, &boot_virt, m->cfg.files, &m->mem, e);
	return boot_firmware(&m->boot, VIRT_FLASH, m->cfg.files, &m->mem, e);
}

static int virt_before_vcpus(struct machine *m, struct err *e)
{
	struct virt *v = to_virt(m);

	if (gic_create(&m->kvm, &v->gic, &gic, e))
		return -1;
	return has_firmware(m) ? firmware_init(&v->firmware, &m->kvm, m->cfg.flash, e) : 0;
}

static int virt_after_vcpus(struct machine *m, struct err *e)
{
	return gic_start(&m->kvm, to_virt(m)->gic, &gic, e);
}

static struct irqline *new_line(struct machine *m, unsigned int spi, bool edge)
{
	struct line *line = &to_virt(m)->line[to_virt(m)->lines++];

	line_init(line, m->cfg.dry ? NULL : &m->kvm, spi, FDT_GIC_CELLS, edge);
	return &line->irq;
}

static int add_firmware(struct machine *m, struct err *e)
{
	const struct machine_config *cfg = &m->cfg;
	const struct pflash_map *map = cfg->dry ? NULL : &to_virt(m)->firmware.map;
	struct device *fw_cfg;

	if (machine_add_device(m, pflash_create(VIRT_FLASH, cfg->flash, map), "flash memory", e))
		return -1;
	fw_cfg = firmware_config(cfg->files, cfg->append, cfg->cpus, &m->mem, e);
	return fw_cfg ? machine_add_device(m, fw_cfg, "fw_cfg", e) : -1;
}

static int virt_add_board(struct machine *m, struct chardev *chr, struct err *e)
{
	struct irqline *uart = new_line(m, VIRT_UART_SPI, false);
	struct irqline *rtc = new_line(m, VIRT_RTC_SPI, false);

	if (machine_add_device(m, pl011_create(VIRT_UART, uart, chr), "serial port", e))
		return -1;
	if (machine_add_device(m, pl031_create(VIRT_RTC, rtc, m->cfg.loop), "clock", e))
		return -1;
	return has_firmware(m) ? add_firmware(m, e) : 0;
}

static void virt_place(struct machine *m, unsigned int i, struct virtio_slot *slot)
{
	slot->base = VIRT_VIRTIO + (uint64_t)i * VIRT_VIRTIO_STRIDE;
	slot->irq = new_line(m, VIRT_VIRTIO_SPI + i, true);
}

static int write_fdt(struct machine *m, void *buf, struct err *e)
{
	const struct virt_fdt cfg = {
		.cpus = m->cfg.cpus,
		.mpidr = to_virt(m)->mpidr,
		.cpu = arm_cpu_compatible(&m->kvm),
		.bus = &m->bus,
		.guest = machine_fdt_guest(m),
	};

	if (m->cfg.files->dtb >= 0)
		return user_fdt_load(buf, BOOT_DTB_MAX, m->cfg.files, &cfg.guest, e);
	return virt_fdt_write(buf, BOOT_DTB_MAX, &cfg, e);
}

static void *virt_make_fdt(struct machine *m, struct err *e)
{
	void *buf = calloc(1, BOOT_DTB_MAX);
	unsigned int i;

	for (i = 0; i < m->cfg.cpus; i++)
		to_virt(m)->mpidr[i] = arm_vcpu_mpidr(m->cfg.dry ? -1 : m->vcpu[i].fd, i);
	if (!buf)
		err_sys(e, EXIT_INTERNAL, errno, "cannot write the device tree");
	else if (!write_fdt(m, buf, e))
		return buf;
	free(buf);
	return NULL;
}

/*
 * Linux, Documentation/arm/booting.rst: what the first CPU finds in its registers.  There
 * is a device tree, so no machine number.
 */
static int virt_start(struct machine *m, struct err *e)
{
	const uint32_t args[4] = { 0, ~0u, m->boot.dtb, 0 };
	int r;

	if (machine_load_fdt(m, e))
		return -1;
	r = arch_vcpu_start_at(m->vcpu[0].fd, m->boot.entry, args);
	return r ? err_sys(e, EXIT_HOST, -r, "cannot set the first vcpu's registers") : 0;
}

static void virt_finish(struct machine *m)
{
	struct virt *v = to_virt(m);
	unsigned int i;

	for (i = 0; i < v->lines; i++)
		line_finish(&v->line[i]);
	if (v->gic >= 0)
		close(v->gic);
}

const struct machine_type machine_virt = {
	.name = "virt",
	.cpu = "ARMv7",
	.devices = "pl011, pl031, cfi-flash, fw_cfg",
	.about =
		"The machine is QEMU's virt, ARMv7: up to 8 processors, at most 3G of memory, the\n"
		"serial port is ttyAMA0.  KERNEL is a zImage, Image, ELF, uImage or raw code.\n",
	.cpus_max = VIRT_CPUS_MAX,
	.slots = VIRT_VIRTIO_SLOTS,
	.ram = VIRT_RAM,
	.ram_max = VIRT_RAM_MAX,
	.firmware = true,
	.size = sizeof(struct virt),
	.load = virt_load,
	.before_vcpus = virt_before_vcpus,
	.after_vcpus = virt_after_vcpus,
	.add_board = virt_add_board,
	.place = virt_place,
	.fdt = virt_make_fdt,
	.start = virt_start,
	.finish = virt_finish,
};
