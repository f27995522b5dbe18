// SPDX-License-Identifier: GPL-2.0
/*
 * KVM_GET_STATS_FD: the counters of stats.c as a file that describes itself.
 *
 * Read after timing.c.  Header, name, one descriptor a counter, and the counters, all
 * of which are 64 bits wide; Documentation/virt/kvm/api.rst of Linux 5.14 and later has
 * the format.  A file that was opened while exit timing was on has its figures, too.
 * Every read shows them as they are then, while vcpus run or not.  The file keeps its VM
 * alive, not its owner.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "core.h"

#define NAME_SIZE	48	/* as mainline has it; the header says so */

struct stats_file {
	struct ember_vm *vm;
	struct ember_vcpu *vcpu;	/* NULL: of the VM */
	bool timing;
	char name[NAME_SIZE];
};

/* sizeof(struct kvm_stats_desc) leaves out the name at its end. */
struct stats_desc {
	struct kvm_stats_desc desc;
	char name[NAME_SIZE];
};

/* Exits and all of them, second-stage faults; four of each row's timing and the guest's. */
#define NR_COUNTERS	(EMBER_MAX_EXITS + 2 + 4 * (EMBER_MAX_EXITS + 1))

struct stats_layout {
	struct kvm_stats_header header;
	char name[NAME_SIZE];
	struct stats_desc desc[NR_COUNTERS];
	u64 data[NR_COUNTERS];
};

/* ---- what is in it ---------------------------------------------------------------- */

static struct kvm_stats_desc *add_value(struct stats_layout *l, const char *prefix,
					const char *name, u64 value)
{
	unsigned int i = l->header.num_desc++;
	struct kvm_stats_desc *desc = &l->desc[i].desc;

	desc->size = 1;
	desc->offset = i * sizeof(u64);
	snprintf(l->desc[i].name, sizeof(l->desc[i].name), "%s%s", prefix, name);
	l->data[i] = value;
	return desc;
}

static void add_counter(struct stats_layout *l, const char *prefix,
			const char *name, u64 value)
{
	add_value(l, prefix, name, value)->flags =
		KVM_STATS_TYPE_CUMULATIVE | KVM_STATS_UNIT_NONE |
		KVM_STATS_BASE_POW10;
}

static void add_time(struct stats_layout *l, const char *prefix, const char *name,
		     u64 ns, u32 type)
{
	struct kvm_stats_desc *desc = add_value(l, prefix, name, ns);

	desc->flags = type | KVM_STATS_UNIT_SECONDS | KVM_STATS_BASE_POW10;
	desc->exponent = -9;
}

static void add_cost(struct stats_layout *l, const char *name,
		     const struct ember_cost *c)
{
	add_counter(l, "timed_", name, c->count);
	add_time(l, "time_total_", name, c->total, KVM_STATS_TYPE_CUMULATIVE);
	add_time(l, "time_min_", name, c->min, KVM_STATS_TYPE_INSTANT);
	add_time(l, "time_max_", name, c->max, KVM_STATS_TYPE_PEAK);
}

static void add_exits(struct stats_layout *l, const u64 *exits)
{
	unsigned int row;
	u64 all = 0;

	for (row = 0; ember_backend->exit_names[row]; row++)
		all += exits[row];
	add_counter(l, "exits", "", all);
	for (row = 0; ember_backend->exit_names[row]; row++)
		add_counter(l, "exits_", ember_backend->exit_names[row], exits[row]);
}

static int add_timing(struct stats_layout *l, const struct stats_file *sf)
{
	struct ember_timing *sum = kzalloc(sizeof(*sum), GFP_KERNEL_ACCOUNT);
	struct ember_vcpu *vcpu;
	unsigned int i;

	if (!sum)
		return -ENOMEM;
	ember_for_each_vcpu(i, vcpu, sf->vm)
		if (!sf->vcpu || sf->vcpu == vcpu)
			ember_timing_add(sum, vcpu);
	add_cost(l, "guest", &sum->guest);
	for (i = 0; ember_backend->exit_names[i]; i++)
		add_cost(l, ember_backend->exit_names[i], &sum->row[i]);
	kfree(sum);
	return 0;
}

static int take_stats(const struct stats_file *sf, struct stats_layout *l)
{
	u64 exits[EMBER_MAX_EXITS] = {};

	BUILD_BUG_ON(sizeof(struct stats_desc) !=
		     sizeof(struct kvm_stats_desc) + NAME_SIZE);
	if (sf->vcpu) {
		memcpy(exits, sf->vcpu->exits, sizeof(exits));
	} else {
		ember_stats_add_exits(exits, sf->vm);
		add_counter(l, "stage2_faults", "", ember_stats_faults(sf->vm));
	}
	add_exits(l, exits);
	if (sf->timing && add_timing(l, sf))
		return -ENOMEM;
	memcpy(l->name, sf->name, sizeof(l->name));
	l->header.name_size = NAME_SIZE;
	l->header.id_offset = offsetof(struct stats_layout, name);
	l->header.desc_offset = offsetof(struct stats_layout, desc);
	l->header.data_offset = offsetof(struct stats_layout, data);
	return 0;
}

/* ---- the file --------------------------------------------------------------------------- */

static ssize_t stats_read(struct file *file, char __user *to, size_t count,
			  loff_t *pos)
{
	struct stats_layout *l;
	ssize_t ret = -ENOMEM;

	l = kvzalloc(sizeof(*l), GFP_KERNEL_ACCOUNT);
	if (!l)
		return ret;
	if (!take_stats(file->private_data, l))
		ret = simple_read_from_buffer(to, count, pos, l, l->header.data_offset +
				      l->header.num_desc * sizeof(l->data[0]));
	kvfree(l);
	return ret;
}

static int stats_release(struct inode *inode, struct file *file)
{
	struct stats_file *sf = file->private_data;

	ember_vm_put(sf->vm);
	kfree(sf);
	return 0;
}

static const struct file_operations stats_fops = {
	.owner = THIS_MODULE,
	.read = stats_read,
	.release = stats_release,
	.llseek = noop_llseek,
};

static struct file *stats_open(struct stats_file *sf)
{
	struct file *file;

	file = anon_inode_getfile(sf->vcpu ? "kvm-vcpu-stats" : "kvm-vm-stats",
				  &stats_fops, sf, O_RDONLY);
	if (IS_ERR(file))
		return file;
	/* Only open() does that by itself. */
	file->f_mode |= FMODE_PREAD;
	ember_vm_get(sf->vm);
	return file;
}

int ember_stats_fd(struct ember_vm *vm, struct ember_vcpu *vcpu)
{
	struct stats_file *sf;
	struct file *file;
	int fd;

	sf = kzalloc(sizeof(*sf), GFP_KERNEL_ACCOUNT);
	if (!sf)
		return -ENOMEM;
	sf->vm = vm;
	sf->vcpu = vcpu;
	sf->timing = ember_timing_on();
	if (vcpu)
		snprintf(sf->name, sizeof(sf->name), "kvm-%d/vcpu-%u",
			 task_pid_nr(current), vcpu->id);
	else
		snprintf(sf->name, sizeof(sf->name), "kvm-%d",
			 task_pid_nr(current));
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		goto free_sf;
	file = stats_open(sf);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		fd = PTR_ERR(file);
		goto free_sf;
	}
	fd_install(fd, file);
	return fd;

free_sf:
	kfree(sf);
	return fd;
}
