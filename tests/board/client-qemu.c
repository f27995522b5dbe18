// SPDX-License-Identifier: GPL-2.0
/*
 * What QEMU 4.x and 5.0 (qemu-system-arm -M virt -accel kvm -cpu host) ask of KVM
 * from their start to a running guest, and at a reset of the machine.  Debian's
 * QEMU has dropped 32-bit ARM hosts, so that it can't be run here.
 *
 * Many of these calls QEMU does not survive a failure of.
 */
#define _GNU_SOURCE
#include "client.h"
#include "eventfd.h"
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#define NR_CPUS 2
#define NR_IRQS 288 /* of its machine virt */
#define NR_SPIS (NR_IRQS - 32)

static struct vm *vm;
static int sys_fd;

static int has(int fd, long cap)
{
	int ret = ioctl(fd, KVM_CHECK_EXTENSION, cap);

	return ret < 0 ? 0 : ret;
}

/* ---- -cpu host: what has this CPU? ---------------------------------------------- */

static void read_reg32(struct vcpu *cpu, uint64_t id, bool needed)
{
	uint32_t val;

	if (vcpu_get(cpu, id, &val) && needed)
		fail("register %#llx: %s", (unsigned long long)id, strerror(errno));
}

static void scratch_vm(void)
{
	struct kvm_vcpu_init init;
	struct vm scratch = { .fd = -1, .gic = -1 };
	struct vcpu *cpu;
	int kvm = kvm_open(), i;

	scratch.fd = expect_ok(ioctl(kvm, KVM_CREATE_VM, 0));
	cpu = vm_create_vcpu(&scratch);
	expect_ok(ioctl(scratch.fd, KVM_ARM_PREFERRED_TARGET, &init));
	expect_ok(ioctl(cpu->fd, KVM_ARM_VCPU_INIT, &init));
	read_reg32(cpu, ARM_CP15_REG32(0, 0, 0, 0), true); /* MIDR */
	read_reg32(cpu, ARM_CP15_REG32(0, 0, 1, 0), true); /* ID_PFR0 */
	for (i = 0; i < 6; i++)
		read_reg32(cpu, ARM_CP15_REG32(0, 0, 2, i), true); /* ID_ISAR0-5 */
	read_reg32(cpu, ARM_CP15_REG32(0, 0, 2, 7), false);
	read_reg32(cpu, ARM_CP15_REG32(0, 0, 1, 2), true); /* ID_DFR0 */
	read_reg32(cpu, KVM_REG_ARM | KVM_REG_SIZE_U32 | KVM_REG_ARM_VFP | KVM_REG_ARM_VFP_MVFR0,
		   true);
	read_reg32(cpu, KVM_REG_ARM | KVM_REG_SIZE_U32 | KVM_REG_ARM_VFP | KVM_REG_ARM_VFP_MVFR1,
		   true);
	munmap(cpu->run, cpu->run_size);
	close(cpu->fd);
	close(scratch.fd);
	close(kvm);
}

/* ---- the accelerator ---------------------------------------------------------------- */

/* More than six eventfds on one bus: kernels before 2.6.38 had no more. */
static void many_ioeventfds(void)
{
	struct kvm_ioeventfd arg = {
		.len = 2, .flags = KVM_IOEVENTFD_FLAG_PIO | KVM_IOEVENTFD_FLAG_DATAMATCH
	};
	int fd[7], i;

	for (i = 0; i < 7; i++) {
		arg.fd = fd[i] = expect_ok(eventfd(0, EFD_CLOEXEC));
		arg.datamatch = i;
		expect_ok(ioctl(vm->fd, KVM_IOEVENTFD, &arg));
	}
	arg.flags |= KVM_IOEVENTFD_FLAG_DEASSIGN;
	while (i--) {
		arg.fd = fd[i];
		arg.datamatch = i;
		expect_ok(ioctl(vm->fd, KVM_IOEVENTFD, &arg));
		close(fd[i]);
	}
}

static void enable_cap(uint32_t cap, uint64_t arg)
{
	struct kvm_enable_cap enable = { .cap = cap, .args = { arg } };

	expect_ok(ioctl(vm->fd, KVM_ENABLE_CAP, &enable));
}

static void init_caps(void)
{
	static const long required[] = { KVM_CAP_USER_MEMORY, KVM_CAP_DESTROY_MEMORY_REGION_WORKS,
					 KVM_CAP_JOIN_MEMORY_REGIONS_WORKS };
	static const long wanted[] = { KVM_CAP_VCPU_EVENTS,
				       KVM_CAP_READONLY_MEM,
				       KVM_CAP_IOEVENTFD,
				       KVM_CAP_IRQFD,
				       KVM_CAP_IRQFD_RESAMPLE,
				       KVM_CAP_IOEVENTFD_ANY_LENGTH,
				       KVM_CAP_COALESCED_PIO,
				       KVM_CAP_MP_STATE,
				       KVM_CAP_SYNC_MMU,
				       KVM_CAP_ARM_NISV_TO_USER,
				       KVM_CAP_ARM_IRQ_LINE_LAYOUT_2 };
	size_t i;

	for (i = 0; i < sizeof(required) / sizeof(required[0]); i++)
		expect(has(sys_fd, required[i]));
	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		expect(has(sys_fd, wanted[i]));
	/* one address space, interrupts without KVM_IRQ_LINE_STATUS, no attributes of VMs */
	expect(has(sys_fd, KVM_CAP_MULTI_ADDRESS_SPACE) <= 1);
	expect(!has(sys_fd, KVM_CAP_IRQ_INJECT_STATUS));
	expect(!has(sys_fd, KVM_CAP_VM_ATTRIBUTES));
	expect(!has(sys_fd, KVM_CAP_ARM_INJECT_SERROR_ESR));
}

static void init_accel(void)
{
	vm = calloc(1, sizeof(*vm));
	expect(vm);
	sys_fd = kvm_open();
	expect_eq(ioctl(sys_fd, KVM_GET_API_VERSION, 0), KVM_API_VERSION);
	expect(has(sys_fd, KVM_CAP_IMMEDIATE_EXIT));
	expect(has(sys_fd, KVM_CAP_NR_MEMSLOTS) >= 32);
	expect(!has(sys_fd, KVM_CAP_ARM_VM_IPA_SIZE));
	vm->fd = expect_ok(ioctl(sys_fd, KVM_CREATE_VM, 0));
	vm->gic = -1;
	expect(has(sys_fd, KVM_CAP_NR_VCPUS));
	expect(has(vm->fd, KVM_CAP_MAX_VCPUS) >= NR_CPUS);
	expect(has(vm->fd, KVM_CAP_MAX_VCPU_ID) >= NR_CPUS);
	init_caps();
	if (has(sys_fd, KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2))
		enable_cap(KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, 1);
	enable_cap(KVM_CAP_ARM_NISV_TO_USER, 0); /* since 5.1 */
	expect(has(sys_fd, KVM_CAP_IRQCHIP));
	expect(has(sys_fd, KVM_CAP_DEVICE_CTRL)); /* so the GIC makes itself */
	expect(has(sys_fd, KVM_CAP_IRQ_ROUTING) > NR_SPIS);
	many_ioeventfds();
}

/* ---- vcpus ----------------------------------------------------------------------------- */

/* It has no place for a register of another size. */
static void check_reg_list(struct vcpu *cpu)
{
	struct kvm_reg_list *list = vcpu_reg_list(cpu);
	uint64_t i, size, kind;

	for (i = 0; i < list->n; i++) {
		size = list->reg[i] & KVM_REG_SIZE_MASK;
		kind = list->reg[i] & KVM_REG_ARM_COPROC_MASK;
		if (kind != KVM_REG_ARM_CORE && kind != KVM_REG_ARM_VFP &&
		    size != KVM_REG_SIZE_U32 && size != KVM_REG_SIZE_U64)
			fail("register %#llx of a size of its own",
			     (unsigned long long)list->reg[i]);
	}
	free(list);
}

/* Everything out and in again, as at a reset and at each stop. */
static void sync_vcpu(struct vcpu *cpu)
{
	struct kvm_reg_list *list = vcpu_reg_list(cpu);
	struct kvm_vcpu_events events;
	struct kvm_mp_state state;
	uint64_t i, val[2];

	expect_ok(ioctl(cpu->fd, KVM_GET_VCPU_EVENTS, &events));
	expect_ok(ioctl(cpu->fd, KVM_GET_MP_STATE, &state));
	for (i = 0; i < list->n; i++) {
		if (vcpu_get(cpu, list->reg[i], val) || vcpu_set(cpu, list->reg[i], val))
			fail("register %#llx: %s", (unsigned long long)list->reg[i],
			     strerror(errno));
	}
	expect_ok(ioctl(cpu->fd, KVM_SET_VCPU_EVENTS, &events));
	expect_ok(ioctl(cpu->fd, KVM_SET_MP_STATE, &state));
	free(list);
}

static void reset_vcpu(struct vcpu *cpu)
{
	struct kvm_vcpu_init init = { .features = { 1 << KVM_ARM_VCPU_PSCI_0_2 } };

	if (cpu->id)
		init.features[0] |= 1 << KVM_ARM_VCPU_POWER_OFF;
	expect_ok(ioctl(vm->fd, KVM_ARM_PREFERRED_TARGET, &(struct kvm_vcpu_init){ 0 }));
	init.target = vm->flags; /* kept there */
	expect_ok(ioctl(cpu->fd, KVM_ARM_VCPU_INIT, &init));
}

static void init_vcpu(unsigned int id)
{
	struct vcpu *cpu = vm_create_vcpu(vm);
	struct kvm_vcpu_init init;
	uint64_t val;

	expect_ok(ioctl(vm->fd, KVM_ARM_PREFERRED_TARGET, &init));
	vm->flags = init.target;
	expect(has(sys_fd, KVM_CAP_ARM_PSCI_0_2));
	reset_vcpu(cpu);
	expect_ok(vcpu_get(cpu, KVM_REG_ARM | KVM_REG_SIZE_U64 | KVM_REG_ARM_VFP | 31, &val));
	expect_eq(vcpu_reg(cpu, ARM_CP15_REG32(0, 0, 0, 5)) & 0xffffff, id);
	check_reg_list(cpu);
	reset_vcpu(cpu);
	sync_vcpu(cpu);
}

/* ---- the GIC --------------------------------------------------------------------------- */

static void commit_routes(void)
{
	struct kvm_irq_routing *table;
	unsigned int i;

	table = calloc(1, sizeof(*table) + NR_SPIS * sizeof(table->entries[0]));
	expect(table);
	for (i = 0; i < NR_SPIS; i++) {
		table->entries[i].gsi = i;
		table->entries[i].type = KVM_IRQ_ROUTING_IRQCHIP;
		table->entries[i].u.irqchip.pin = i;
	}
	table->nr = NR_SPIS;
	expect_ok(ioctl(vm->fd, KVM_SET_GSI_ROUTING, table));
	free(table);
}

static void create_gic(void)
{
	struct kvm_create_device dev = { .type = KVM_DEV_TYPE_ARM_VGIC_V3,
					 .fd = -1,
					 .flags = KVM_CREATE_DEVICE_TEST };
	const uint32_t nr_irqs = NR_IRQS;
	const unsigned int nr = KVM_DEV_ARM_VGIC_GRP_NR_IRQS, ctrl = KVM_DEV_ARM_VGIC_GRP_CTRL;

	/* gic-version=host */
	expect_errno(ioctl(vm->fd, KVM_CREATE_DEVICE, &dev), ENODEV);
	dev.type = KVM_DEV_TYPE_ARM_VGIC_V2;
	expect_ok(ioctl(vm->fd, KVM_CREATE_DEVICE, &dev));
	dev.flags = 0;
	expect_ok(ioctl(vm->fd, KVM_CREATE_DEVICE, &dev));
	vm->gic = dev.fd;
	expect_ok(device_attr(vm->gic, KVM_HAS_DEVICE_ATTR, nr, 0, NULL));
	client_set_attr(vm->gic, nr, 0, &nr_irqs);
	expect_ok(
		device_attr(vm->gic, KVM_HAS_DEVICE_ATTR, ctrl, KVM_DEV_ARM_VGIC_CTRL_INIT, NULL));
	client_set_attr(vm->gic, ctrl, KVM_DEV_ARM_VGIC_CTRL_INIT, NULL);
	commit_routes();
}

/* When the machine is complete. */
static void place_gic(void)
{
	const uint64_t dist = GICD_BASE, cpu_if = GICC_BASE;

	client_set_attr(vm->gic, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V2_ADDR_TYPE_DIST, &dist);
	client_set_attr(vm->gic, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V2_ADDR_TYPE_CPU, &cpu_if);
}

static void gic_reg(unsigned int group, unsigned int cpu, unsigned int offset, uint32_t val)
{
	uint64_t attr = (uint64_t)cpu << KVM_DEV_ARM_VGIC_CPUID_SHIFT | offset;

	client_set_attr(vm->gic, group, attr, &val);
	if (device_attr(vm->gic, KVM_GET_DEVICE_ATTR, group, attr, &val))
		fail("GIC register %#x of vcpu %u: %s", offset, cpu, strerror(errno));
}

/* A field of @width bits for each of @irqs interrupts; the first 32 of each vcpu. */
static void gic_regs(unsigned int offset, unsigned int width, unsigned int irqs, uint32_t val)
{
	unsigned int i, cpu;

	for (i = 0; i < irqs / (32 / width); i++)
		for (cpu = 0; cpu == 0 || (cpu < NR_CPUS && i * (32 / width) < 32); cpu++)
			gic_reg(KVM_DEV_ARM_VGIC_GRP_DIST_REGS, cpu, offset + 4 * i, val);
}

/* The state of a GIC after reset, in the order in which QEMU writes it. */
static void reset_gic(void)
{
	static const struct {
		unsigned int offset, width, irqs;
		uint32_t val;
	} regs[] = {
		{ 0x180, 1, NR_IRQS, ~0u }, { 0x100, 1, NR_IRQS, 0 },
		{ 0x080, 1, NR_IRQS, 0 },   { 0x800, 8, NR_IRQS, 0x01010101 },
		{ 0xc00, 2, NR_IRQS, 0 },   { 0x280, 1, NR_IRQS, ~0u },
		{ 0x200, 1, NR_IRQS, 0 },   { 0x380, 1, NR_IRQS, ~0u },
		{ 0x300, 1, NR_IRQS, 0 },   { 0x400, 8, NR_IRQS, 0 },
		{ 0xf10, 8, 16, ~0u },	    { 0xf20, 8, 16, 0 },
	};
	static const unsigned int cpu_regs[] = { 0x00, 0x04, 0x08, 0x1c, 0xd0, 0xd4, 0xd8, 0xdc };
	uint32_t typer;
	unsigned int i, cpu;

	gic_reg(KVM_DEV_ARM_VGIC_GRP_DIST_REGS, 0, 0, 0);
	expect_ok(device_attr(vm->gic, KVM_GET_DEVICE_ATTR, KVM_DEV_ARM_VGIC_GRP_DIST_REGS, 4,
			      &typer));
	expect_eq(((typer & 0x1f) + 1) * 32, NR_IRQS);
	expect_eq((typer >> 5 & 7) + 1, NR_CPUS);
	for (i = 0; i < sizeof(regs) / sizeof(regs[0]); i++)
		gic_regs(regs[i].offset, regs[i].width, regs[i].irqs, regs[i].val);
	for (cpu = 0; cpu < NR_CPUS; cpu++)
		for (i = 0; i < sizeof(cpu_regs) / sizeof(cpu_regs[0]); i++)
			gic_reg(KVM_DEV_ARM_VGIC_GRP_CPU_REGS, cpu, cpu_regs[i], 0);
}

/* ---- the machine -------------------------------------------------------------------------- */

static void *memory(unsigned int slot, uint64_t gpa, size_t size, uint32_t flags)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	expect(p != MAP_FAILED);
	madvise(p, size, MADV_HUGEPAGE);
	madvise(p, size, MADV_DONTFORK);
	expect_ok(vm_slot(vm, slot, flags, gpa, size, p));
	return p;
}

static void build(void)
{
	unsigned int i;

	scratch_vm();
	init_accel();
	for (i = 0; i < NR_CPUS; i++)
		init_vcpu(i);
	create_gic();
	vm->ram = memory(0, RAM_BASE, RAM_SIZE, 0);
	guest_load(vm->ram);
	memory(1, 0, 0x04000000, KVM_MEM_READONLY); /* flash */
	place_gic();
}

static void reset(void)
{
	unsigned int i;

	reset_gic();
	for (i = 0; i < NR_CPUS; i++) {
		reset_vcpu(&vm->vcpu[i]);
		sync_vcpu(&vm->vcpu[i]);
	}
}

/* Guest memory comes and goes while the map of memory is rebuilt. */
static void dirty_log(void)
{
	static uint32_t bitmap[RAM_SIZE / 4096 / 32];
	struct kvm_dirty_log get = { .slot = 0, .dirty_bitmap = bitmap };
	struct kvm_clear_dirty_log clear = { .slot = 0,
					     .num_pages = RAM_SIZE / 4096,
					     .dirty_bitmap = bitmap };

	expect_ok(vm_slot(vm, 0, KVM_MEM_LOG_DIRTY_PAGES, RAM_BASE, RAM_SIZE, vm->ram));
	expect_ok(ioctl(vm->fd, KVM_GET_DIRTY_LOG, &get));
	expect_ok(ioctl(vm->fd, KVM_CLEAR_DIRTY_LOG, &clear));
	expect_ok(vm_slot(vm, 0, 0, RAM_BASE, RAM_SIZE, vm->ram));
}

static void start_to_end(void)
{
	struct kvm_coalesced_mmio_zone zone = { .addr = CLIENT_IO, .size = 0x40 };
	struct kvm_coalesced_mmio_ring *ring;
	int doorbell, irqfd;

	build();
	ring = (void *)((uint8_t *)vm->vcpu[0].run +
			has(sys_fd, KVM_CAP_COALESCED_MMIO) * getpagesize());
	expect_ok(ioctl(vm->fd, KVM_REGISTER_COALESCED_MMIO, &zone));
	doorbell = client_ioeventfd(vm, 0);
	reset();
	irqfd = eventfd_new();
	expect_ok(vm_irqfd(vm, irqfd, CLIENT_SPI - 32, 0, 0));
	dirty_log();
	client_run(vm, ring, doorbell, irqfd);
}

/* The guest has powered off; -no-shutdown, and the user types system_reset. */
static void reset_and_again(void)
{
	struct vcpu *cpu;

	start_to_end();
	reset();
	cpu = &vm->vcpu[0];
	cpu->run->exit_reason = KVM_EXIT_UNKNOWN;
	vm->stop = false;
	guest_load(vm->ram);
	vcpu_start(cpu, "g_report_args", 7, 8);
	vcpu_reports(cpu, 7);
	vcpu_reports(cpu, 8);
	vcpu_done(cpu);
}

/* -machine kernel-irqchip=off: its own GIC, told of the timers by KVM_RUN. */
static void own_gic(void)
{
	struct vcpu *cpu;
	struct event ev;

	scratch_vm();
	init_accel();
	init_vcpu(0);
	vm->ram = memory(0, RAM_BASE, RAM_SIZE, 0);
	guest_load(vm->ram);
	expect(has(sys_fd, KVM_CAP_ARM_USER_IRQ));
	cpu = &vm->vcpu[0];
	vcpu_start(cpu, "g_user_timer", 27, 1);
	vcpu_reports(cpu, 0);
	vcpu_event(cpu, EV_INTR);
	expect_eq(cpu->run->s.regs.device_irq_level, KVM_ARM_DEV_EL1_VTIMER);
	expect_ok(vm_irq_line(vm, KVM_ARM_IRQ_TYPE_CPU, 0, KVM_ARM_IRQ_CPU_IRQ, 1));
	/* the handler stops the timer, of which we hear by and by */
	while ((ev = vcpu_next(cpu)).kind == EV_INTR)
		;
	expect_eq(ev.value, 100);
	expect_eq(cpu->run->s.regs.device_irq_level, 0);
	expect_ok(vm_irq_line(vm, KVM_ARM_IRQ_TYPE_CPU, 0, KVM_ARM_IRQ_CPU_IRQ, 0));
	vcpu_done(cpu);
}

static const struct test tests[] = { TEST(start_to_end), TEST(reset_and_again), TEST(own_gic) };

TEST_MAIN("client-qemu", tests)
