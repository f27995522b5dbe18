// SPDX-License-Identifier: GPL-2.0
/*
 * KVM_GET_STATS_FD: the counters of stats.c as a file that describes itself.
 *
 * Read after stats.c.  Header, name, one descriptor a counter, and the counters,
 * all of which are 64 bits wide and only grow; Documentation/virt/kvm/api.rst of
 * Linux 5.14 and later has the format.  Every read shows them as they are then,
 * while vcpus run or not.  The file keeps its VM alive, not its owner.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "core.h"

#define NAME_SIZE	48	/* as mainline has it; the header says so */

struct stats_file {
	struct ember_vm *vm;
	struct ember_vcpu *vcpu;	/* NULL: of the VM */
	char name[NAME_SIZE];
};

/* sizeof(struct kvm_stats_desc) leaves out the name at its end. */
struct stats_desc {
	struct kvm_stats_desc desc;
	char name[NAME_SIZE];
};

struct stats_layout {
	struct kvm_stats_header header;
	char name[NAME_SIZE];
	struct stats_desc desc[EMBER_MAX_EXITS + 2];
	u64 data[EMBER_MAX_EXITS + 2];
};

/* ---- what is in it ---------------------------------------------------------------- */

static void add_counter(struct stats_layout *l, const char *prefix,
			const char *name, u64 value)
{
	unsigned int i = l->header.num_desc++;
	struct kvm_stats_desc *desc = &l->desc[i].desc;

	desc->flags = KVM_STATS_TYPE_CUMULATIVE | KVM_STATS_UNIT_NONE |
		      KVM_STATS_BASE_POW10;
	desc->size = 1;
	desc->offset = i * sizeof(u64);
	snprintf(l->desc[i].name, sizeof(l->desc[i].name), "%s%s", prefix, name);
	l->data[i] = value;
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

static void take_stats(const struct stats_file *sf, struct stats_layout *l)
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
	memcpy(l->name, sf->name, sizeof(l->name));
	l->header.name_size = NAME_SIZE;
	l->header.id_offset = offsetof(struct stats_layout, name);
	l->header.desc_offset = offsetof(struct stats_layout, desc);
	l->header.data_offset = offsetof(struct stats_layout, data);
}

/* ---- the file --------------------------------------------------------------------------- */

static ssize_t stats_read(struct file *file, char __user *to, size_t count,
			  loff_t *pos)
{
	struct stats_layout *l;
	ssize_t ret;

	l = kzalloc(sizeof(*l), GFP_KERNEL_ACCOUNT);
	if (!l)
		return -ENOMEM;
	take_stats(file->private_data, l);
	ret = simple_read_from_buffer(to, count, pos, l, l->header.data_offset +
				      l->header.num_desc * sizeof(l->data[0]));
	kfree(l);
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
