# A guest's kernel puts breakpoints and jumps into its code while it runs, and takes them
# out again: kprobes, a return probe and trace events, with translation and without.
#
# Only functions that no interrupt runs and that are called with interrupts on: Linux'
# do_bp() for MIPS switches interrupts on whatever they were, and a probe of
# try_to_wake_up() kills 6.1 on plain QEMU, too. For the same reason what RCU has to do for
# dead tasks is left to a thread: from an interrupt inside a probe kprobe_flush_task() would
# leave no probe current.
. /e2e/lib.sh
memory=64M; limit=200; quick="$quick rcutree.use_softirq=0"
load_module

session() {
	make_guest kprobes <<-'END'
		say() { echo "$*" >>/tmp/said; dd if=/tmp/said of=/dev/vda conv=fsync 2>/dev/null; }
		exec 2>&1
		mount -t tracefs trace /sys/kernel/tracing
		cd /sys/kernel/tracing
		sum() { dd if=/dev/zero bs=4k count=16 2>/dev/null | md5sum | cut -d' ' -f1; }
		work() { for i in 1 2 3; do sum | cat; done; }
		events() { echo $1 >events/x/enable && echo $1 >events/sched/enable &&
			echo $1 >events/irq/enable || say not set to $1; }
		work >/tmp/before
		for f in pipe_write vfs_write kernel_clone do_filp_open; do
			echo p:x/$f $f >>kprobe_events || say no probe of $f
		done
		echo 'r:x/back vfs_read' >>kprobe_events || say no probe of vfs_read
		for i in 1 2 3 4; do
			events 1
			work >/tmp/during
			events 0
			work >/tmp/after
			cmp /tmp/before /tmp/during && cmp /tmp/before /tmp/after || say other results
		done
		for name in pipe_write vfs_write kernel_clone do_filp_open back sched_switch irq_handler_entry; do
			grep -q " $name: " trace && say hit $name || say not hit $name
		done
		awk '$2 { n++ } END { print n }' kprobe_profile >/tmp/n
		say probes $(cat /tmp/n)
		echo >kprobe_events && say gone
		work >/tmp/after
		cmp /tmp/before /tmp/after && say same results
		say complaints $(dmesg | grep -c 'Oops\|WARNING\|BUG')
		poweroff -f
	END
}

# check NAME on|off WORDS: the guest has said so.
check() {
	if result kprobes | grep -qx "$3"; then
		pass kprobes.$1-$2
	else
		fail "kprobes.$1-$2: the guest does not say '$3' but '$(result kprobes | tr '\n' ';')'"
	fi
}

# probes on|off
probes() {
	echo $([ $1 = off ]; echo $?) >/sys/module/ember/parameters/translate
	session
	guest kprobes mips32 1 || fail "kprobes.$1: status $?"
	check all-hit $1 "probes 5"
	check events $1 "hit sched_switch"
	check gone $1 gone
	check same-results $1 "same results"
	check quiet $1 "complaints 0"
	if result kprobes | grep -q '^\(no\|not\|other\) '; then
		fail "kprobes.$1: $(result kprobes | tr '\n' ';')"
	fi
}

probes on
probes off
nothing_left kprobes
