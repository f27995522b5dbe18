// SPDX-License-Identifier: GPL-2.0
/*
 * What exits cost: the time from the guest to the guest, by reason.
 *
 * Read after stats.c.  Off until the module's parameter exit_timing says otherwise; a
 * static key keeps the way into a guest free of it.  The time of an exit is all that
 * passes until the vcpu is in its guest again, the monitor's share and sleep included.
 */
#include <linux/jump_label.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>
#include <linux/timekeeping.h>
#include "core.h"

DEFINE_STATIC_KEY_FALSE(ember_timing_key);

/* What was noted before the last time that it was switched on is long ago. */
static unsigned int epoch = 1;

/* ---- on the way ------------------------------------------------------------------ */

static void add_ns(struct ember_cost *c, u64 ns)
{
	c->min = c->count ? min(c->min, ns) : ns;
	c->max = max(c->max, ns);
	c->total += ns;
	c->count++;
}

static void begin_anew(struct ember_timing *t)
{
	unsigned int now = READ_ONCE(epoch);

	if (READ_ONCE(t->clear)) {
		memset(&t->guest, 0, sizeof(t->guest));
		memset(t->row, 0, sizeof(t->row));
		WRITE_ONCE(t->clear, false);
	} else if (t->epoch == now) {
		return;
	}
	t->epoch = now;
	t->left = 0;
	t->entered = 0;
}

/* The first look at the clock after the guest is the one that counts. */
void notrace ember_timing_left(struct ember_vcpu *vcpu)
{
	struct ember_timing *t = vcpu->timing;

	begin_anew(t);
	if (t->left)
		return;
	t->left = ktime_get_mono_fast_ns();
	memcpy(t->exits, vcpu->exits, sizeof(t->exits));
	if (t->entered)
		add_ns(&t->guest, t->left - t->entered);
}

void notrace ember_timing_enter(struct ember_vcpu *vcpu)
{
	struct ember_timing *t = vcpu->timing;
	unsigned int row;
	u64 now;

	begin_anew(t);
	now = ktime_get_mono_fast_ns();
	for (row = 0; t->left && row < EMBER_MAX_EXITS; row++)
		if (vcpu->exits[row] != t->exits[row])
			add_ns(&t->row[row], now - t->left);
	t->left = 0;
	t->entered = ktime_get_mono_fast_ns();
}

/* ---- what was measured --------------------------------------------------------------- */

static void add_cost(struct ember_cost *sum, const struct ember_cost *from)
{
	/* Torn or half an exit short is wrong for one reader, once. */
	struct ember_cost c = data_race(*from);

	if (!c.count)
		return;
	sum->min = sum->count ? min(sum->min, c.min) : c.min;
	sum->max = max(sum->max, c.max);
	sum->total += c.total;
	sum->count += c.count;
}

void ember_timing_add(struct ember_timing *sum, const struct ember_vcpu *vcpu)
{
	unsigned int row;

	add_cost(&sum->guest, &vcpu->timing->guest);
	for (row = 0; row < EMBER_MAX_EXITS; row++)
		add_cost(&sum->row[row], &vcpu->timing->row[row]);
}

void ember_timing_clear(struct ember_vcpu *vcpu)
{
	WRITE_ONCE(vcpu->timing->clear, true);
}

static void show_cost(struct seq_file *m, const char *name,
		      const struct ember_cost *c)
{
	if (c->count)
		seq_printf(m, "%s count %llu min %llu mean %llu max %llu\n", name,
			   c->count, c->min, div64_u64(c->total, c->count), c->max);
}

void ember_timing_show(struct seq_file *m, const struct ember_timing *sum)
{
	unsigned int row;

	show_cost(m, "guest", &sum->guest);
	for (row = 0; ember_backend->exit_names[row]; row++)
		show_cost(m, ember_backend->exit_names[row], &sum->row[row]);
}

/* ---- the module's parameter ------------------------------------------------------------ */

static DEFINE_MUTEX(switch_lock);

static int timing_set(const char *val, const struct kernel_param *kp)
{
	bool on;
	int ret = kstrtobool(val, &on);

	if (ret)
		return ret;
	mutex_lock(&switch_lock);
	if (on && !static_key_enabled(&ember_timing_key)) {
		WRITE_ONCE(epoch, epoch + 1);
		static_branch_enable(&ember_timing_key);
	} else if (!on) {
		static_branch_disable(&ember_timing_key);
	}
	mutex_unlock(&switch_lock);
	return 0;
}

static int timing_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%c\n",
			  static_key_enabled(&ember_timing_key) ? 'Y' : 'N');
}

static const struct kernel_param_ops timing_ops = {
	.set = timing_set,
	.get = timing_get,
};

module_param_cb(exit_timing, &timing_ops, NULL, 0644);
MODULE_PARM_DESC(exit_timing, "measure what each exit of a guest costs (default N)");
