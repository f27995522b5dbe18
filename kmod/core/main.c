// SPDX-License-Identifier: GPL-2.0
/*
 * The module: which backend runs, when it holds the CPUs, and /dev/kvm.
 *
 * Read after ember.h and core.h.  A CPU is taken while it is online and the
 * machine means to go on; around suspend and deep idle (cpu_pm), at reboot and
 * at unload it is given back, so that whoever comes next (firmware, another
 * kernel by kexec) finds what Linux would have left there without Ember.
 */
#define pr_fmt(fmt) "ember: " fmt

#include <linux/cpu.h>
#include <linux/cpu_pm.h>
#include <linux/cpuhotplug.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/reboot.h>
#include <linux/smp.h>
#include "core.h"

/* ---- backends ------------------------------------------------------------ */

/* Kbuild knows which: EMBER_BACKENDS is a_backend, b_backend. */
extern const struct ember_backend EMBER_BACKENDS;

const struct ember_backend *const ember_backends[] = {
	EMBER_BACKEND_POINTERS, NULL
};

const struct ember_backend *ember_backend __read_mostly;

static int choose_backend(void)
{
	const struct ember_backend *const *b;
	int ret = -ENODEV;

	for (b = ember_backends; *b; b++) {
		ret = (*b)->probe();
		if (!ret) {
			ember_backend = *b;
			return 0;
		}
		if (ret != -ENODEV)
			break;
	}
	return ret;
}

/* ---- CPUs ------------------------------------------------------------------ */

static DEFINE_PER_CPU(bool, cpu_taken);		/* this CPU, interrupts off */
static DEFINE_PER_CPU(bool, cpu_suspended);	/* given back by cpu_pm only */
static bool machine_down;

__ember_hot bool notrace ember_cpu_usable(void)
{
	return __this_cpu_read(cpu_taken);
}

static int take_cpu(void)
{
	unsigned long flags;
	int ret = -ESHUTDOWN;

	local_irq_save(flags);
	if (!READ_ONCE(machine_down))
		ret = ember_backend->cpu_enable();
	__this_cpu_write(cpu_taken, !ret);
	local_irq_restore(flags);
	return ret;
}

static void give_cpu(void *unused)
{
	unsigned long flags;

	local_irq_save(flags);
	__this_cpu_write(cpu_taken, false);
	ember_backend->cpu_disable();
	local_irq_restore(flags);
}

/* At this point of bringing a CPU up errors are not listened to. */
static int cpu_comes(unsigned int cpu)
{
	int ret = take_cpu();

	if (ret && ret != -ESHUTDOWN)
		pr_warn("CPU %u cannot run guests (error %d)\n", cpu, ret);
	return 0;
}

static int cpu_goes(unsigned int cpu)
{
	give_cpu(NULL);
	return 0;
}

static int cpu_pm_event(struct notifier_block *nb, unsigned long event,
			void *unused)
{
	switch (event) {
	case CPU_PM_ENTER:
		if (__this_cpu_read(cpu_taken)) {
			give_cpu(NULL);
			__this_cpu_write(cpu_suspended, true);
		}
		break;
	case CPU_PM_ENTER_FAILED:
	case CPU_PM_EXIT:
		if (__this_cpu_read(cpu_suspended)) {
			__this_cpu_write(cpu_suspended, false);
			take_cpu();
		}
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block cpu_pm_notifier = {
	.notifier_call = cpu_pm_event,
};

/*
 * vcpu threads may still be there: those in a guest leave it by this IPI, and
 * none enters again.
 */
static int reboot_event(struct notifier_block *nb, unsigned long event,
			void *unused)
{
	WRITE_ONCE(machine_down, true);
	/* Nor does one that is on its way up and saw the machine still going. */
	cpus_read_lock();
	on_each_cpu(give_cpu, NULL, 1);
	cpus_read_unlock();
	return NOTIFY_DONE;
}

static struct notifier_block reboot_notifier = {
	.notifier_call = reboot_event,
};

/* A machine with a CPU that can't run guests is refused as a whole. */
static int all_cpus_taken(void)
{
	unsigned int cpu;
	int ret = 0;

	cpus_read_lock();
	for_each_online_cpu(cpu)
		if (!per_cpu(cpu_taken, cpu))
			ret = -EIO;
	cpus_read_unlock();
	return ret;
}

static int cpus_init(void)
{
	int ret;

	/* First: a CPU may sleep as soon as it has been taken. */
	ret = cpu_pm_register_notifier(&cpu_pm_notifier);
	if (ret)
		return ret;
	ret = cpuhp_setup_state(CPUHP_AP_KVM_ONLINE, "ember:online",
				cpu_comes, cpu_goes);
	if (ret)
		goto undo_cpu_pm;

	ret = all_cpus_taken();
	if (ret)
		goto undo_cpuhp;
	ret = register_reboot_notifier(&reboot_notifier);
	if (ret)
		goto undo_cpuhp;
	return 0;

undo_cpuhp:
	cpuhp_remove_state(CPUHP_AP_KVM_ONLINE);
undo_cpu_pm:
	cpu_pm_unregister_notifier(&cpu_pm_notifier);
	return ret;
}

static void cpus_exit(void)
{
	unregister_reboot_notifier(&reboot_notifier);
	cpuhp_remove_state(CPUHP_AP_KVM_ONLINE);
	cpu_pm_unregister_notifier(&cpu_pm_notifier);
}

/* ---- /dev/kvm ----------------------------------------------------------------- */

/* As arm answered in Linux 5.6; docs/abi.md has the deviations. */
static const struct {
	long ext;
	int value;
	bool irqchip;			/* only where the kernel has one */
} core_caps[] = {
	{ KVM_CAP_USER_MEMORY, 1 },
	{ KVM_CAP_NR_MEMSLOTS, EMBER_MAX_SLOTS },
	{ KVM_CAP_SYNC_MMU, 1 },
	{ KVM_CAP_DESTROY_MEMORY_REGION_WORKS, 1 },
	{ KVM_CAP_JOIN_MEMORY_REGIONS_WORKS, 1 },
	{ KVM_CAP_COALESCED_MMIO, KVM_COALESCED_MMIO_PAGE_OFFSET },
	{ KVM_CAP_COALESCED_PIO, 1 },
	{ KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2, 1 },
	{ KVM_CAP_IRQFD, 1, true },
	{ KVM_CAP_IRQFD_RESAMPLE, 1, true },
	{ KVM_CAP_IRQ_ROUTING, EMBER_MAX_ROUTES, true },
	{ KVM_CAP_SIGNAL_MSI, 1, true },
	{ KVM_CAP_IOEVENTFD, 1 },
	{ KVM_CAP_IOEVENTFD_ANY_LENGTH, 1 },
	{ KVM_CAP_INTERNAL_ERROR_DATA, 1 },
	{ KVM_CAP_MAX_VCPUS, EMBER_MAX_VCPUS },
	{ KVM_CAP_MAX_VCPU_ID, EMBER_MAX_VCPUS },
	{ KVM_CAP_ONE_REG, 1 },
	{ KVM_CAP_READONLY_MEM, 1 },
	{ KVM_CAP_DEVICE_CTRL, 1, true },
	{ KVM_CAP_CHECK_EXTENSION_VM, 1 },
	{ KVM_CAP_ENABLE_CAP_VM, 1 },
	{ KVM_CAP_IMMEDIATE_EXIT, 1 },
	{ KVM_CAP_BINARY_STATS_FD, 1 },		/* not in 5.6 */
};

int ember_check_extension(struct ember_vm *vm, long ext)
{
	unsigned int i;

	if (ext == KVM_CAP_NR_VCPUS)
		return num_online_cpus();
	for (i = 0; i < ARRAY_SIZE(core_caps); i++)
		if (core_caps[i].ext == ext)
			return core_caps[i].irqchip && !ember_backend->irqchip_pins ?
				       0 : core_caps[i].value;
	return ember_backend->check_extension(vm, ext);
}

__ember_hot long ember_ioctl_errno(long ret)
{
	return ret == -ENOTTY ? -ember_backend->no_ioctl : ret;
}

static long dev_ioctl(struct file *file, unsigned int ioctl, unsigned long arg)
{
	switch (ioctl) {
	case KVM_GET_API_VERSION:
		return arg ? -EINVAL : KVM_API_VERSION;
	case KVM_CREATE_VM:
		return ember_vm_create(arg);
	case KVM_CHECK_EXTENSION:
		return ember_check_extension(NULL, arg);
	case KVM_GET_VCPU_MMAP_SIZE:
		return arg ? -EINVAL :
			     (KVM_COALESCED_MMIO_PAGE_OFFSET + 1) * PAGE_SIZE;
	default:
		return ember_ioctl_errno(-ENOTTY);
	}
}

static const struct file_operations dev_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = dev_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice ember_dev = {
	.minor = KVM_MINOR,
	.name = "kvm",
	.fops = &dev_fops,
	.mode = 0660,
};

/* ---- load and unload ----------------------------------------------------------- */

static int __init ember_init(void)
{
	int ret = choose_backend();

	if (ret)
		return ret;
	ret = ember_irqfd_init();
	if (ret)
		goto undo_probe;
	ret = cpus_init();
	if (ret)
		goto undo_irqfd;
	ember_stats_init();
	ret = misc_register(&ember_dev);
	if (ret) {
		pr_err("no /dev/kvm (error %d); is another KVM there?\n", ret);
		goto undo_stats;
	}
	pr_info("%s, %u CPUs\n", ember_backend->name, num_online_cpus());
	return 0;

undo_stats:
	ember_stats_exit();
	cpus_exit();
undo_irqfd:
	ember_irqfd_exit();
undo_probe:
	ember_backend->remove();
	return ret;
}

static void __exit ember_exit(void)
{
	misc_deregister(&ember_dev);
	ember_stats_exit();
	cpus_exit();
	ember_irqfd_exit();
	ember_backend->remove();
}

module_init(ember_init);
module_exit(ember_exit);

MODULE_DESCRIPTION("Embedded KVM");
MODULE_LICENSE("GPL");
MODULE_ALIAS_MISCDEV(KVM_MINOR);
MODULE_ALIAS("devname:kvm");
