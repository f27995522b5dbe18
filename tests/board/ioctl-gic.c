// SPDX-License-Identifier: GPL-2.0
/*
 * The in-kernel interrupt controller as user space sets it up: both ways of
 * making one, its attributes, and KVM_IRQ_LINE.
 */
#include "vm.h"
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#define GRP_ADDR KVM_DEV_ARM_VGIC_GRP_ADDR
#define GRP_DIST KVM_DEV_ARM_VGIC_GRP_DIST_REGS
#define GRP_CPU KVM_DEV_ARM_VGIC_GRP_CPU_REGS
#define GRP_NR KVM_DEV_ARM_VGIC_GRP_NR_IRQS
#define GRP_CTRL KVM_DEV_ARM_VGIC_GRP_CTRL
#define ADDR_DIST KVM_VGIC_V2_ADDR_TYPE_DIST
#define ADDR_CPU KVM_VGIC_V2_ADDR_TYPE_CPU

static struct vm *vm;

/* A VM with a GIC that has neither addresses nor been initialized. */
static void bare_gic(unsigned int nr_vcpus)
{
	struct kvm_create_device dev = { .type = KVM_DEV_TYPE_ARM_VGIC_V2 };
	unsigned int i;

	vm = vm_new(0, 0);
	expect_ok(ioctl(vm->fd, KVM_CREATE_DEVICE, &dev));
	vm->gic = dev.fd;
	for (i = 0; i < nr_vcpus; i++)
		vm_add_vcpu(vm);
}

static int set_attr(unsigned int group, uint64_t attr, uint64_t val)
{
	return device_attr(vm->gic, KVM_SET_DEVICE_ATTR, group, attr, &val);
}

static int get_attr(unsigned int group, uint64_t attr, void *val)
{
	return device_attr(vm->gic, KVM_GET_DEVICE_ATTR, group, attr, val);
}

static int has_attr(unsigned int group, uint64_t attr)
{
	return device_attr(vm->gic, KVM_HAS_DEVICE_ATTR, group, attr, NULL);
}

static void create_irqchip(void)
{
	struct kvm_create_device dev = { .type = KVM_DEV_TYPE_ARM_VGIC_V2 };

	vm = vm_new(0, 0);
	expect_ok(ioctl(vm->fd, KVM_CREATE_IRQCHIP, 0));
	expect_errno(ioctl(vm->fd, KVM_CREATE_IRQCHIP, 0), EEXIST);
	expect_errno(ioctl(vm->fd, KVM_CREATE_DEVICE, &dev), EEXIST);
}

static void create_device(void)
{
	struct kvm_create_device dev = { .type = KVM_DEV_TYPE_ARM_VGIC_V2,
					 .flags = KVM_CREATE_DEVICE_TEST };

	vm = vm_new(0, 0);
	expect_ok(ioctl(vm->fd, KVM_CREATE_DEVICE, &dev));
	dev.flags = 0;
	expect_ok(ioctl(vm->fd, KVM_CREATE_DEVICE, &dev));
	expect_errno(ioctl(vm->fd, KVM_CREATE_DEVICE, &dev), EEXIST);
	expect_errno(ioctl(vm->fd, KVM_CREATE_IRQCHIP, 0), EEXIST);
}

static void create_device_unknown(void)
{
	struct kvm_create_device dev = { .type = KVM_DEV_TYPE_ARM_VGIC_V3 };

	vm = vm_new(0, 0);
	expect_errno(ioctl(vm->fd, KVM_CREATE_DEVICE, &dev), ENODEV);
	dev.type = 0xffff;
	expect_errno(ioctl(vm->fd, KVM_CREATE_DEVICE, &dev), ENODEV);
	dev.flags = KVM_CREATE_DEVICE_TEST;
	expect_errno(ioctl(vm->fd, KVM_CREATE_DEVICE, &dev), ENODEV);
	expect_errno(ioctl(vm->fd, KVM_CREATE_DEVICE, (void *)0x1000), EFAULT);
}

static void addresses(void)
{
	uint64_t addr = 0;

	bare_gic(1);
	expect_errno(set_attr(GRP_ADDR, ADDR_DIST, GICD_BASE + 8), EINVAL);
	expect_errno(set_attr(GRP_ADDR, ADDR_CPU, GICC_BASE + 0x800), EINVAL);
	expect_errno(set_attr(GRP_ADDR, ADDR_DIST, 1ull << 40), E2BIG);
	expect_errno(set_attr(GRP_ADDR, 9, GICD_BASE), ENXIO);
	expect_ok(set_attr(GRP_ADDR, ADDR_DIST, GICD_BASE));
	expect_errno(set_attr(GRP_ADDR, ADDR_DIST, GICD_BASE), EEXIST);
	expect_errno(set_attr(GRP_ADDR, ADDR_DIST, GICD_BASE + 0x1000), EEXIST);
	expect_ok(set_attr(GRP_ADDR, ADDR_CPU, GICC_BASE));
	expect_ok(get_attr(GRP_ADDR, ADDR_DIST, &addr));
	expect_eq(addr, GICD_BASE);
	expect_ok(get_attr(GRP_ADDR, ADDR_CPU, &addr));
	expect_eq(addr, GICC_BASE);
	expect_errno(device_attr(vm->gic, KVM_SET_DEVICE_ATTR, GRP_ADDR, ADDR_CPU, (void *)0x1000),
		     EFAULT);
}

static int set_device_addr(unsigned int dev, unsigned int type, uint64_t addr)
{
	struct kvm_arm_device_addr a = {
		.id = (uint64_t)dev << KVM_ARM_DEVICE_ID_SHIFT | type,
		.addr = addr,
	};

	return ioctl(vm->fd, KVM_ARM_SET_DEVICE_ADDR, &a);
}

/* The old way. */
static void legacy_addresses(void)
{
	vm = vm_new(0, 0);
	expect_errno(set_device_addr(KVM_ARM_DEVICE_VGIC_V2, ADDR_DIST, GICD_BASE), ENODEV);
	expect_ok(ioctl(vm->fd, KVM_CREATE_IRQCHIP, 0));
	expect_errno(set_device_addr(1, ADDR_DIST, GICD_BASE), ENODEV);
	expect_errno(set_device_addr(KVM_ARM_DEVICE_VGIC_V2, 7, GICD_BASE), ENODEV);
	expect_errno(set_device_addr(KVM_ARM_DEVICE_VGIC_V2, ADDR_DIST, 1ull << 41), E2BIG);
	expect_errno(set_device_addr(KVM_ARM_DEVICE_VGIC_V2, ADDR_DIST, GICD_BASE + 1), EINVAL);
	expect_ok(set_device_addr(KVM_ARM_DEVICE_VGIC_V2, ADDR_DIST, GICD_BASE));
	expect_errno(set_device_addr(KVM_ARM_DEVICE_VGIC_V2, ADDR_DIST, GICD_BASE), EEXIST);
	expect_ok(set_device_addr(KVM_ARM_DEVICE_VGIC_V2, ADDR_CPU, GICC_BASE));
	vm_add_vcpu(vm);
	/* initialized by the first use */
	vm_spi(vm, 40, 1);
	vcpu_start(&vm->vcpu[0], "g_gic_reads", 0, 0);
	vcpu_report(&vm->vcpu[0]);
}

static void nr_irqs(void)
{
	static const uint32_t bad[] = { 0, 32, 63, 65, 1024, 1023, 0xffffffff };
	uint32_t val, good = 128;
	size_t i;

	bare_gic(1);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		val = bad[i];
		expect_errno(device_attr(vm->gic, KVM_SET_DEVICE_ATTR, GRP_NR, 0, &val), EINVAL);
	}
	expect_ok(device_attr(vm->gic, KVM_SET_DEVICE_ATTR, GRP_NR, 0, &good));
	expect_ok(get_attr(GRP_NR, 0, &val));
	expect_eq(val, 128);
	expect_errno(device_attr(vm->gic, KVM_SET_DEVICE_ATTR, GRP_NR, 0, &good), EBUSY);
	expect_ok(device_attr(vm->gic, KVM_SET_DEVICE_ATTR, GRP_CTRL, 0, NULL));
	expect_errno(device_attr(vm->gic, KVM_SET_DEVICE_ATTR, GRP_NR, 0, &good), EBUSY);
	expect_ok(vm_irq_line(vm, KVM_ARM_IRQ_TYPE_SPI, 0, 127, 1));
	expect_errno(vm_irq_line(vm, KVM_ARM_IRQ_TYPE_SPI, 0, 128, 1), EINVAL);
}

static void nr_irqs_default(void)
{
	uint32_t val;

	bare_gic(1);
	expect_ok(device_attr(vm->gic, KVM_SET_DEVICE_ATTR, GRP_CTRL, 0, NULL));
	expect_ok(get_attr(GRP_NR, 0, &val));
	expect_eq(val, 256);
	/* a second time does nothing */
	expect_ok(device_attr(vm->gic, KVM_SET_DEVICE_ATTR, GRP_CTRL, 0, NULL));
}

static void unknown_attrs(void)
{
	uint32_t val = 0;

	bare_gic(1);
	expect_ok(has_attr(GRP_ADDR, ADDR_DIST));
	expect_ok(has_attr(GRP_ADDR, ADDR_CPU));
	expect_ok(has_attr(GRP_NR, 0));
	expect_ok(has_attr(GRP_CTRL, KVM_DEV_ARM_VGIC_CTRL_INIT));
	expect_ok(has_attr(GRP_DIST, 0x000));
	expect_ok(has_attr(GRP_CPU, 0x04));
	expect_errno(has_attr(GRP_ADDR, 2), ENXIO);
	expect_errno(has_attr(GRP_CTRL, 99), ENXIO);
	expect_errno(has_attr(GRP_DIST, 0xfffc), ENXIO);
	expect_errno(has_attr(GRP_CPU, 0x7fc), ENXIO);
	expect_errno(has_attr(77, 0), ENXIO);
	expect_errno(set_attr(77, 0, 0), ENXIO);
	expect_errno(set_attr(GRP_CTRL, 99, 0), ENXIO);
	expect_errno(get_attr(77, 0, &val), ENXIO);
	expect_errno2(ioctl(vm->gic, KVM_RUN, 0), ENOTTY, EINVAL);
}

static void vcpu_after_init(void)
{
	bare_gic(1);
	expect_ok(device_attr(vm->gic, KVM_SET_DEVICE_ATTR, GRP_CTRL, 0, NULL));
	expect_errno(ioctl(vm->fd, KVM_CREATE_VCPU, 1), EBUSY);
}

static void gic_after_run(void)
{
	struct kvm_create_device dev = { .type = KVM_DEV_TYPE_ARM_VGIC_V2 };

	vm = vm_new(1, 0);
	vcpu_start(&vm->vcpu[0], "g_report_args", 1, 2);
	vcpu_reports(&vm->vcpu[0], 1);
	expect_errno(ioctl(vm->fd, KVM_CREATE_DEVICE, &dev), EBUSY);
}

static void run_without_addresses(void)
{
	bare_gic(1);
	expect_ok(device_attr(vm->gic, KVM_SET_DEVICE_ATTR, GRP_CTRL, 0, NULL));
	vcpu_start(&vm->vcpu[0], "g_report_args", 1, 2);
	expect_errno(ioctl(vm->vcpu[0].fd, KVM_RUN, 0), ENXIO);
}

static void regions_overlap(void)
{
	bare_gic(1);
	expect_ok(set_attr(GRP_ADDR, ADDR_DIST, GICD_BASE));
	expect_ok(set_attr(GRP_ADDR, ADDR_CPU, GICD_BASE - 0x1000));
	expect_ok(device_attr(vm->gic, KVM_SET_DEVICE_ATTR, GRP_CTRL, 0, NULL));
	vcpu_start(&vm->vcpu[0], "g_report_args", 1, 2);
	expect_errno(ioctl(vm->vcpu[0].fd, KVM_RUN, 0), EINVAL);
}

static void irq_line_encoding(void)
{
	vm = vm_new(2, VM_GIC);
	expect_ok(vm_irq_line(vm, KVM_ARM_IRQ_TYPE_SPI, 0, 32, 1));
	expect_ok(vm_irq_line(vm, KVM_ARM_IRQ_TYPE_SPI, 0, 255, 0));
	expect_errno(vm_irq_line(vm, KVM_ARM_IRQ_TYPE_SPI, 0, 256, 1), EINVAL);
	expect_errno(vm_irq_line(vm, KVM_ARM_IRQ_TYPE_SPI, 0, 31, 1), EINVAL);
	expect_errno(vm_irq_line(vm, KVM_ARM_IRQ_TYPE_SPI, 0, 0xffff, 1), EINVAL);
	expect_ok(vm_irq_line(vm, KVM_ARM_IRQ_TYPE_PPI, 1, 20, 1));
	expect_errno(vm_irq_line(vm, KVM_ARM_IRQ_TYPE_PPI, 2, 20, 1), EINVAL);
	expect_errno(vm_irq_line(vm, KVM_ARM_IRQ_TYPE_PPI, 0xff, 20, 1), EINVAL);
	expect_errno(vm_irq_line(vm, KVM_ARM_IRQ_TYPE_PPI, 0, 15, 1), EINVAL);
	expect_errno(vm_irq_line(vm, KVM_ARM_IRQ_TYPE_PPI, 0, 32, 1), EINVAL);
	expect_errno(vm_irq_line(vm, KVM_ARM_IRQ_TYPE_CPU, 0, 0, 1), ENXIO);
	expect_errno(vm_irq_line(vm, 3, 0, 32, 1), EINVAL);
	expect_errno(ioctl(vm->fd, KVM_IRQ_LINE, (void *)0x1000), EFAULT);
}

static void irq_line_without_gic(void)
{
	vm = vm_new(1, 0);
	expect_errno(vm_irq_line(vm, KVM_ARM_IRQ_TYPE_SPI, 0, 32, 1), ENXIO);
	expect_errno(vm_irq_line(vm, KVM_ARM_IRQ_TYPE_PPI, 0, 20, 1), ENXIO);
	expect_ok(vm_irq_line(vm, KVM_ARM_IRQ_TYPE_CPU, 0, KVM_ARM_IRQ_CPU_IRQ, 1));
	expect_ok(vm_irq_line(vm, KVM_ARM_IRQ_TYPE_CPU, 0, KVM_ARM_IRQ_CPU_FIQ, 0));
	expect_errno(vm_irq_line(vm, KVM_ARM_IRQ_TYPE_CPU, 1, 0, 1), EINVAL);
	expect_errno(vm_irq_line(vm, KVM_ARM_IRQ_TYPE_CPU, 0, 2, 1), EINVAL);
}

static uint64_t reg_attr(unsigned int cpu, unsigned int offset)
{
	return (uint64_t)cpu << KVM_DEV_ARM_VGIC_CPUID_SHIFT | offset;
}

/* Registers as user space saves and restores them. */
static void register_access(void)
{
	uint32_t val = 0x20000;

	vm = vm_new(2, VM_GIC);
	expect_ok(device_attr(vm->gic, KVM_SET_DEVICE_ATTR, GRP_DIST, reg_attr(0, 0x104), &val));
	expect_ok(get_attr(GRP_DIST, reg_attr(0, 0x104), &val));
	expect_eq(val, 0x20000);
	/* the first 32 interrupts are each vcpu's own */
	val = 1 << 20;
	expect_ok(device_attr(vm->gic, KVM_SET_DEVICE_ATTR, GRP_DIST, reg_attr(1, 0x100), &val));
	expect_ok(get_attr(GRP_DIST, reg_attr(0, 0x100), &val));
	expect_eq(val >> 20 & 1, 0);
	expect_ok(get_attr(GRP_DIST, reg_attr(1, 0x100), &val));
	expect_eq(val >> 20 & 1, 1);
	val = 0x18; /* the mask is its upper five bits: as GICH_VMCR has it */
	expect_ok(device_attr(vm->gic, KVM_SET_DEVICE_ATTR, GRP_CPU, reg_attr(1, 0x04), &val));
	expect_ok(get_attr(GRP_CPU, reg_attr(1, 0x04), &val));
	expect_eq(val, 0x18);
	expect_errno(get_attr(GRP_DIST, reg_attr(2, 0x100), &val), EINVAL);
	expect_errno(get_attr(GRP_CPU, reg_attr(2, 0x04), &val), EINVAL);
	expect_errno(get_attr(GRP_DIST, reg_attr(0, 0xfffc), &val), ENXIO);
}

/* Write @val to a register of vcpu @cpu and read what it then is. */
static uint32_t holds(unsigned int group, unsigned int cpu, unsigned int offset, uint32_t val)
{
	expect_ok(device_attr(vm->gic, KVM_SET_DEVICE_ATTR, group, reg_attr(cpu, offset), &val));
	expect_ok(get_attr(group, reg_attr(cpu, offset), &val));
	return val;
}

static uint32_t dist(unsigned int cpu, unsigned int offset)
{
	uint32_t val;

	expect_ok(get_attr(GRP_DIST, reg_attr(cpu, offset), &val));
	return val;
}

/* Identification can be restored as it is; groups only by who knows of them. */
static void register_identity(void)
{
	uint32_t iidr = 0x4b00243b, older = 0x4b00043b;

	vm = vm_new(2, VM_GIC);
	expect_eq(dist(0, 0x004), (256 / 32 - 1) | (2 - 1) << 5);
	expect_eq(dist(0, 0x008), iidr);
	expect_eq(holds(GRP_DIST, 0, 0x084, 0xff00ff00), 0);
	expect_errno(device_attr(vm->gic, KVM_SET_DEVICE_ATTR, GRP_DIST, reg_attr(0, 8), &older),
		     EINVAL);
	expect_eq(holds(GRP_DIST, 0, 0x008, iidr), iidr);
	expect_eq(holds(GRP_DIST, 0, 0x084, 0xff00ff00), 0xff00ff00);
	expect_eq(holds(GRP_DIST, 1, 0x080, 0x0000ffff), 0x0000ffff);
	expect_eq(dist(0, 0x080), 0);
	expect_eq(holds(GRP_CPU, 0, 0xfc, 0), 0x04b2043b);
	expect_errno(get_attr(GRP_DIST, reg_attr(0, 0x102), &iidr), ENXIO);
	expect_errno(get_attr(GRP_CPU, reg_attr(0, 0x02), &iidr), ENXIO);
	expect_errno(get_attr(GRP_CPU, reg_attr(0, 0x0c), &iidr), ENXIO); /* GICC_IAR */
}

/* Pending and active: set by ones, cleared by ones; SGIs by their sources. */
static void register_states(void)
{
	vm = vm_new(2, VM_GIC);
	expect_eq(holds(GRP_DIST, 0, 0x204, 0x11), 0x11); /* GICD_ISPENDR1 */
	expect_eq(holds(GRP_DIST, 0, 0x204, 0x100), 0x111);
	expect_eq(dist(1, 0x284), 0x111);
	expect_eq(holds(GRP_DIST, 0, 0x284, 0x10), 0x101); /* GICD_ICPENDR1 */
	expect_eq(holds(GRP_DIST, 0, 0x304, 0x3), 0x3); /* GICD_ISACTIVER1 */
	expect_eq(holds(GRP_DIST, 0, 0x384, 0x1), 0x2); /* GICD_ICACTIVER1 */
	expect_eq(holds(GRP_DIST, 1, 0x200, 0x10ffff), 0x100000); /* not SGIs */
	expect_eq(dist(0, 0x200), 0);
	expect_eq(holds(GRP_DIST, 1, 0xf20, 0x00020301), 0x00020301); /* GICD_SPENDSGIR0 */
	expect_eq(dist(1, 0xf10), 0x00020301);
	expect_eq(dist(1, 0x200), 0x100007);
	expect_eq(dist(0, 0xf20), 0);
	expect_eq(holds(GRP_DIST, 1, 0xf20, 0xfc000000), 0x00020301); /* vcpus that aren't */
	expect_eq(holds(GRP_DIST, 1, 0xf10, 0x00000101), 0x00020200); /* GICD_CPENDSGIR0 */
	expect_eq(holds(GRP_DIST, 1, 0x300, 0x8002), 0x8002);
	/* A line that was high when it was saved: gone as soon as it is low. */
	vm_spi(vm, 32, 0);
	expect_eq(dist(0, 0x204), 0x100);
	vm_spi(vm, 40, 1);
	expect_eq(dist(0, 0x204), 0x100);
	vm_spi(vm, 40, 0);
	expect_eq(dist(0, 0x204), 0);
}

/* What is no bit of a register reads as it must. */
static void register_widths(void)
{
	vm = vm_new(2, VM_GIC);
	expect_eq(holds(GRP_DIST, 0, 0x000, ~0u), 3);
	expect_eq(holds(GRP_DIST, 0, 0x420, ~0u), 0xf8f8f8f8);
	expect_eq(holds(GRP_DIST, 1, 0x400, 0xa7), 0xa0);
	expect_eq(holds(GRP_DIST, 0, 0x820, ~0u), 0x03030303);
	expect_eq(holds(GRP_DIST, 1, 0x800, 0), 0x02020202);
	expect_eq(holds(GRP_DIST, 0, 0xc00, 0), 0xaaaaaaaa);
	expect_eq(holds(GRP_DIST, 0, 0xc04, ~0u), 0);
	expect_eq(holds(GRP_DIST, 0, 0xc08, ~0u), 0xaaaaaaaa);
	expect_eq(holds(GRP_DIST, 0, 0xf00, 0x02000001), 0); /* GICD_SGIR is write-only */
	expect_eq(holds(GRP_CPU, 1, 0x00, ~0u), 0x21f);
	expect_eq(holds(GRP_CPU, 1, 0x04, ~0u), 0x1f);
	expect_eq(holds(GRP_CPU, 1, 0x08, ~0u), 7);
	expect_eq(holds(GRP_CPU, 1, 0x1c, ~0u), 7);
	expect_eq(holds(GRP_CPU, 1, 0xd0, 0x00100400), 0x00100400);
	/* GICC_APR1: an interrupt that isn't active is none; docs/snapshot.md */
	expect_eq(holds(GRP_CPU, 1, 0xd4, 40), 0);
	expect_eq(holds(GRP_CPU, 0, 0x04, 0x10), 0x10);
	expect_eq(holds(GRP_DIST, 0, 0x304, 0x100), 0x100);
	expect_eq(holds(GRP_CPU, 1, 0xd4, 40), 40);
	expect_eq(holds(GRP_CPU, 1, 0xdc, ~0u), 0);
}

/* Registers are for VMs that stand still. */
static void register_busy(void)
{
	uint32_t val;

	vm = vm_new(2, VM_GIC);
	vcpu_start(&vm->vcpu[1], "g_spin", 0, 0);
	vcpu_spawn(&vm->vcpu[1]);
	while (!get_attr(GRP_DIST, reg_attr(0, 0x100), &val))
		sched_yield();
	expect_eq(errno, EBUSY);
	vm_stop(vm);
	expect_ok(get_attr(GRP_DIST, reg_attr(0, 0x100), &val));
}

static void timer_irq(void)
{
	struct vcpu *cpu;
	uint32_t irq = 0;

	bare_gic(1);
	cpu = &vm->vcpu[0];
	if (device_attr(cpu->fd, KVM_HAS_DEVICE_ATTR, KVM_ARM_VCPU_TIMER_CTRL,
			KVM_ARM_VCPU_TIMER_IRQ_VTIMER, NULL))
		skip("no timer attributes");
	expect_ok(device_attr(cpu->fd, KVM_GET_DEVICE_ATTR, KVM_ARM_VCPU_TIMER_CTRL,
			      KVM_ARM_VCPU_TIMER_IRQ_VTIMER, &irq));
	expect_eq(irq, 27);
	expect_ok(device_attr(cpu->fd, KVM_GET_DEVICE_ATTR, KVM_ARM_VCPU_TIMER_CTRL,
			      KVM_ARM_VCPU_TIMER_IRQ_PTIMER, &irq));
	expect_eq(irq, 30);
	irq = 40;
	expect_errno(device_attr(cpu->fd, KVM_SET_DEVICE_ATTR, KVM_ARM_VCPU_TIMER_CTRL,
				 KVM_ARM_VCPU_TIMER_IRQ_VTIMER, &irq),
		     EINVAL);
	irq = 27;
	expect_ok(device_attr(cpu->fd, KVM_SET_DEVICE_ATTR, KVM_ARM_VCPU_TIMER_CTRL,
			      KVM_ARM_VCPU_TIMER_IRQ_VTIMER, &irq));
}

/* Both timers on one PPI: nobody could tell them apart. */
static void timer_irqs_same(void)
{
	struct vcpu *cpu;
	uint32_t irq = 30;

	vm = vm_new(2, VM_GIC);
	cpu = &vm->vcpu[0];
	expect_ok(device_attr(cpu->fd, KVM_SET_DEVICE_ATTR, KVM_ARM_VCPU_TIMER_CTRL,
			      KVM_ARM_VCPU_TIMER_IRQ_VTIMER, &irq));
	vcpu_start(cpu, "g_report_args", 1, 2);
	expect_errno(ioctl(cpu->fd, KVM_RUN, 0), EINVAL);
	irq = 19;
	expect_ok(device_attr(cpu->fd, KVM_SET_DEVICE_ATTR, KVM_ARM_VCPU_TIMER_CTRL,
			      KVM_ARM_VCPU_TIMER_IRQ_VTIMER, &irq));
	vcpu_reports(cpu, 1);
	/* and from here on they are theirs */
	expect_errno(device_attr(cpu->fd, KVM_SET_DEVICE_ATTR, KVM_ARM_VCPU_TIMER_CTRL,
				 KVM_ARM_VCPU_TIMER_IRQ_VTIMER, &irq),
		     EBUSY);
}

/* User space can't drive the PPI of a timer that runs. */
static void timer_irq_owned(void)
{
	uint32_t pending;
	int irq;

	vm = vm_new(1, VM_GIC);
	vcpu_start(&vm->vcpu[0], "g_report_args", 1, 2);
	vcpu_reports(&vm->vcpu[0], 1);
	for (irq = 26; irq < 31; irq++)
		expect_ok(vm_irq_line(vm, KVM_ARM_IRQ_TYPE_PPI, 0, irq, 1));
	expect_ok(get_attr(GRP_DIST, reg_attr(0, 0x200), &pending));
	expect_eq(pending & 0x7c000000, 0x34000000); /* but 27 and 30 */
}

static uint32_t line_of(unsigned int type, unsigned int cpu, unsigned int num)
{
	return (cpu >> 8) << KVM_ARM_IRQ_VCPU2_SHIFT | type << KVM_ARM_IRQ_TYPE_SHIFT |
	       (cpu & 0xff) << KVM_ARM_IRQ_VCPU_SHIFT | num;
}

/* The vcpu's number has twelve bits, of which the upper four lie elsewhere. */
static void irq_line_layout_2(void)
{
	struct kvm_irq_level line = { .irq = line_of(KVM_ARM_IRQ_TYPE_PPI, 1, 20), .level = 1 };

	vm = vm_new(2, VM_GIC);
	expect_eq(check_cap(vm->fd, KVM_CAP_ARM_IRQ_LINE_LAYOUT_2), 1);
	expect_ok(ioctl(vm->fd, KVM_IRQ_LINE, &line));
	line.irq = line_of(KVM_ARM_IRQ_TYPE_PPI, 0x101, 20);
	expect_errno(ioctl(vm->fd, KVM_IRQ_LINE, &line), EINVAL);
	line.irq = line_of(KVM_ARM_IRQ_TYPE_SPI, 0x101, 40); /* nobody looks there */
	expect_ok(ioctl(vm->fd, KVM_IRQ_LINE, &line));
	expect_ok(ioctl(vm->fd, KVM_IRQ_LINE_STATUS, &line));
}

static void set_file_max(const char *max)
{
	int fd = expect_ok(open("/proc/sys/fs/file-max", O_WRONLY));

	expect_ok(write(fd, max, strlen(max)));
	close(fd);
}

/* A device that gets no file is not there, and can be made later. */
static void create_device_no_file(void)
{
	struct kvm_create_device dev = { .type = KVM_DEV_TYPE_ARM_VGIC_V2 };
	char old[32] = "";
	int fd, ret, err;

	fd = expect_ok(open("/proc/sys/fs/file-max", O_RDONLY));
	expect_ok(read(fd, old, sizeof(old) - 1));
	vm = vm_new(1, 0);
	/* Files run out for those without CAP_SYS_ADMIN. */
	set_file_max("0");
	expect_ok(seteuid(65534));
	ret = ioctl(vm->fd, KVM_CREATE_DEVICE, &dev);
	err = errno;
	expect_ok(seteuid(0));
	set_file_max(old);
	expect_eq(ret, -1);
	expect_eq(err, ENFILE);
	expect_ok(vm_irq_line(vm, KVM_ARM_IRQ_TYPE_CPU, 0, KVM_ARM_IRQ_CPU_IRQ, 0));
	expect_ok(ioctl(vm->fd, KVM_CREATE_DEVICE, &dev));
	expect_errno(ioctl(vm->fd, KVM_CREATE_DEVICE, &dev), EEXIST);
}

static const struct test tests[] = {
	TEST(create_irqchip),	 TEST(create_device),	      TEST(create_device_unknown),
	TEST(addresses),	 TEST(legacy_addresses),      TEST(nr_irqs),
	TEST(nr_irqs_default),	 TEST(unknown_attrs),	      TEST(vcpu_after_init),
	TEST(gic_after_run),	 TEST(run_without_addresses), TEST(regions_overlap),
	TEST(irq_line_encoding), TEST(irq_line_without_gic),  TEST(register_access),
	TEST(timer_irq),	 TEST(timer_irqs_same),	      TEST(timer_irq_owned),
	TEST(irq_line_layout_2), TEST(create_device_no_file), TEST(register_identity),
	TEST(register_states),	 TEST(register_widths),	      TEST(register_busy),
};

TEST_MAIN("ioctl-gic", tests)
