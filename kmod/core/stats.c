// SPDX-License-Identifier: GPL-2.0
/*
 * Statistics in debugfs, and the home of the trace points.
 *
 * Read after device.c.  A counter is a line `name count`:
 *
 *	ember/exits			all VMs, those that are gone included
 *	ember/<pid>-<fd>/exits		a VM
 *	ember/<pid>-<fd>/faults		its second-stage faults
 *	ember/<pid>-<fd>/mapped		its second stage: pages, blocks, tables,
 *					and large pages made of small ones
 *	ember/<pid>-<fd>/vcpu<id>/exits	a vcpu
 *	ember/<pid>-<fd>/timing, ember/<pid>-<fd>/vcpu<id>/timing
 *					what exits cost, see timing.c; writing clears it
 */
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include "core.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

static struct dentry *root;

static DEFINE_MUTEX(ember_lock);
static LIST_HEAD(vms);				/* ember_lock */
static u64 past_exits[EMBER_MAX_EXITS];		/* of VMs that are gone; ember_lock */

/* ---- sums ------------------------------------------------------------------------ */

static void add_vcpu(u64 *sum, const struct ember_vcpu *vcpu)
{
	unsigned int row;

	for (row = 0; row < EMBER_MAX_EXITS; row++)
		/* A torn count is wrong for one reader, once. */
		sum[row] += data_race(vcpu->exits[row]);
}

void ember_stats_add_exits(u64 *sum, struct ember_vm *vm)
{
	struct ember_vcpu *vcpu;
	unsigned int i;

	ember_for_each_vcpu(i, vcpu, vm)
		add_vcpu(sum, vcpu);
}

u64 ember_stats_faults(struct ember_vm *vm)
{
	u64 nr;

	spin_lock(&vm->mmu_lock);
	nr = vm->nr_faults;
	spin_unlock(&vm->mmu_lock);
	return nr;
}

static void show_exits(struct seq_file *m, const u64 *sum)
{
	unsigned int row;

	for (row = 0; ember_backend->exit_names[row]; row++)
		seq_printf(m, "%s %llu\n", ember_backend->exit_names[row],
			   sum[row]);
}

/* ---- files ----------------------------------------------------------------------- */

static int all_exits_show(struct seq_file *m, void *unused)
{
	u64 sum[EMBER_MAX_EXITS];
	struct ember_vm *vm;

	mutex_lock(&ember_lock);
	memcpy(sum, past_exits, sizeof(sum));
	list_for_each_entry(vm, &vms, node)
		ember_stats_add_exits(sum, vm);
	mutex_unlock(&ember_lock);
	show_exits(m, sum);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(all_exits);

static int vm_exits_show(struct seq_file *m, void *unused)
{
	u64 sum[EMBER_MAX_EXITS] = {};

	ember_stats_add_exits(sum, m->private);
	show_exits(m, sum);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(vm_exits);

static int vm_faults_show(struct seq_file *m, void *unused)
{
	seq_printf(m, "faults %llu\n", ember_stats_faults(m->private));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(vm_faults);

static int vm_mapped_show(struct seq_file *m, void *unused)
{
	struct ember_vm *vm = m->private;
	struct ember_mapped now;

	spin_lock(&vm->mmu_lock);
	now = vm->mapped;
	spin_unlock(&vm->mmu_lock);
	seq_printf(m, "pages %lu\nblocks %lu\ntables %lu\nlarge %lu\n", now.pages,
		   now.blocks, now.tables, now.large);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(vm_mapped);

static int vcpu_exits_show(struct seq_file *m, void *unused)
{
	u64 sum[EMBER_MAX_EXITS] = {};

	add_vcpu(sum, m->private);
	show_exits(m, sum);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(vcpu_exits);

static int vm_timing_show(struct seq_file *m, void *unused)
{
	struct ember_timing *sum = kzalloc(sizeof(*sum), GFP_KERNEL);
	struct ember_vm *vm = m->private;
	struct ember_vcpu *vcpu;
	unsigned int i;

	if (!sum)
		return -ENOMEM;
	ember_for_each_vcpu(i, vcpu, vm)
		ember_timing_add(sum, vcpu);
	ember_timing_show(m, sum);
	kfree(sum);
	return 0;
}

static int vm_timing_open(struct inode *inode, struct file *file)
{
	return single_open(file, vm_timing_show, inode->i_private);
}

static ssize_t vm_timing_write(struct file *file, const char __user *buf,
			       size_t count, loff_t *pos)
{
	struct ember_vm *vm = file_inode(file)->i_private;
	struct ember_vcpu *vcpu;
	unsigned int i;

	ember_for_each_vcpu(i, vcpu, vm)
		ember_timing_clear(vcpu);
	return count;
}

static int vcpu_timing_show(struct seq_file *m, void *unused)
{
	struct ember_timing *sum = kzalloc(sizeof(*sum), GFP_KERNEL);

	if (!sum)
		return -ENOMEM;
	ember_timing_add(sum, m->private);
	ember_timing_show(m, sum);
	kfree(sum);
	return 0;
}

static int vcpu_timing_open(struct inode *inode, struct file *file)
{
	return single_open(file, vcpu_timing_show, inode->i_private);
}

static ssize_t vcpu_timing_write(struct file *file, const char __user *buf,
				 size_t count, loff_t *pos)
{
	ember_timing_clear(file_inode(file)->i_private);
	return count;
}

#define TIMING_FOPS(who)				\
static const struct file_operations who ## _timing_fops = {	\
	.owner = THIS_MODULE,				\
	.open = who ## _timing_open,			\
	.read = seq_read,				\
	.write = who ## _timing_write,			\
	.llseek = seq_lseek,				\
	.release = single_release,			\
}

TIMING_FOPS(vm);
TIMING_FOPS(vcpu);

/* ---- VMs come and go --------------------------------------------------------------- */

/*
 * A name may be taken: the VM's own descriptor was closed and its number used
 * again while a vcpu's is still open.  Such a VM is only in the totals.
 */
static struct dentry *vm_dir(int fd)
{
	struct dentry *dir;
	char name[24];

	snprintf(name, sizeof(name), "%d-%d", task_tgid_nr(current), fd);
	dir = debugfs_lookup(name, root);
	if (dir) {
		dput(dir);
		return NULL;
	}
	dir = debugfs_create_dir(name, root);
	return IS_ERR(dir) ? NULL : dir;
}

void ember_stats_add_vm(struct ember_vm *vm, int fd)
{
	mutex_lock(&ember_lock);
	list_add_tail(&vm->node, &vms);
	vm->debugfs = vm_dir(fd);
	mutex_unlock(&ember_lock);
	if (!vm->debugfs)
		return;
	debugfs_create_file("exits", 0444, vm->debugfs, vm, &vm_exits_fops);
	debugfs_create_file("faults", 0444, vm->debugfs, vm, &vm_faults_fops);
	debugfs_create_file("mapped", 0444, vm->debugfs, vm, &vm_mapped_fops);
	debugfs_create_file("timing", 0644, vm->debugfs, vm, &vm_timing_fops);
}

/* vm->lock held: one at a time, and their numbers differ. */
void ember_stats_add_vcpu(struct ember_vcpu *vcpu)
{
	struct dentry *dir;
	char name[16];

	if (!vcpu->vm->debugfs)
		return;
	snprintf(name, sizeof(name), "vcpu%u", vcpu->id);
	dir = debugfs_create_dir(name, vcpu->vm->debugfs);
	debugfs_create_file("exits", 0444, dir, vcpu, &vcpu_exits_fops);
	debugfs_create_file("timing", 0644, dir, vcpu, &vcpu_timing_fops);
}

void ember_stats_remove_vm(struct ember_vm *vm)
{
	debugfs_remove(vm->debugfs);
	mutex_lock(&ember_lock);
	if (!list_empty(&vm->node)) {
		list_del(&vm->node);
		ember_stats_add_exits(past_exits, vm);
	}
	mutex_unlock(&ember_lock);
}

void ember_stats_init(void)
{
	root = debugfs_create_dir("ember", NULL);
	debugfs_create_file("exits", 0444, root, NULL, &all_exits_fops);
}

void ember_stats_exit(void)
{
	debugfs_remove(root);
}
