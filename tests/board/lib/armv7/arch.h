/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What tests of ARM use besides vm.h, which includes this.
 */
#ifndef ARMV7_ARCH_H
#define ARMV7_ARCH_H

#define CORE_REG(name) \
	(KVM_REG_ARM | KVM_REG_SIZE_U32 | KVM_REG_ARM_CORE | KVM_REG_ARM_CORE_REG(name))

#define REG_ARCH KVM_REG_ARM
#define REG_PC CORE_REG(usr_regs.ARM_pc)

/* One that goes on by itself. */
static inline bool reg_is_clock(uint64_t id)
{
	return id == KVM_REG_ARM_TIMER_CNT || id == KVM_REG_ARM_PTIMER_CNT;
}

/* LPAE */
#define GPA_BITS 40
/* What an ioctl that there is not fails with. */
#define NO_IOCTL EINVAL

/* Of the guest's RAM. */
#define RAM_MAP MAP_PRIVATE

/*
 * For timing.c: a guest with two arguments, the second one how many exits it is to have that
 * are served between two entries, how often it reports, and their row in the statistics.
 */
#define QUICK_VM VM_GIC
#define QUICK_GUEST "g_read_word"
#define QUICK_ARG(n) (GICD_BASE + 4)
#define QUICK_REPORTS(n) (n)
#define QUICK_ROW "mmio_kernel"

void vcpu_init(struct vcpu *cpu);
void vm_add_gic(struct vm *vm); /* created, at its addresses */
void vm_init_gic(struct vm *vm); /* KVM_DEV_ARM_VGIC_CTRL_INIT */
int vm_irq_line(struct vm *vm, unsigned int type, unsigned int cpu, unsigned int num, int level);
void vm_spi(struct vm *vm, unsigned int irq, int level); /* irq from 32 */

#endif
