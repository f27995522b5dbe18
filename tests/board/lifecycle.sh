#!/bin/sh
#
# On the board, as root, with the module loaded: what loading and unloading leave
# behind, and what killed processes leave behind. `lifecycle.sh --list` names the
# tests, `lifecycle.sh NAME` runs one. The module stays loaded. EMBER_LOADS and EMBER_KILLS
# are how often it is loaded and how often processes are killed.

here=$(dirname "$0")
module=${EMBER_KO:-/ember.ko}
tests='load_unload in_use closed_leaves_memory killed killed_leaves_memory
	killed_leaves_interrupts processors_off_and_on processor_away quiet_log'
more_tests='loading_leaves_memory'
loads=${EMBER_LOADS:-10} kills=${EMBER_KILLS:-10}

pass() { echo "PASS lifecycle.$1"; }
skip() { echo "SKIP lifecycle.$1: $2"; }
fail() { echo "FAIL lifecycle.$1: $2"; }

loaded() { [ -d /sys/module/ember ]; }
users() { cat /sys/module/ember/refcnt; }
field() { sed -n "s/^$1: *\([0-9]*\).*/\1/p" /proc/meminfo; }

works() {
	local program=$1
	shift
	"$here/$program" "$@" 2>&1 3>&- | grep -q ^PASS
}

# A VM runs, start to end.
vm_works() { works run mmio_write_exit; }

# Waits until the command succeeds, a minute at most.
wait_for() {
	local tries=0
	until "$@" 2>/dev/null; do
		tries=$((tries + 1))
		[ $tries -lt 600 ] || return 1
		sleep 0.1
	done
}

# The refcount falls when the last file is freed, which may be a moment later.
unload() { wait_for rmmod ember; }

load() { loaded || insmod "$module"; }

# Start the process that uses everything; $victim is its leader.
start_victim() {
	setsid "$here/victim" forever >/tmp/victim.log 2>&1 3>&- &
	victim=$!
}

kill_victim() {
	# Both the frame and the test's own process, whichever groups they are in.
	local pid pids
	pids=$(grep -l "^$here/victim" /proc/[0-9]*/cmdline 2>/dev/null | tr -dc '0-9\n')
	for pid in $pids; do
		kill -9 "$pid" 2>/dev/null
	done
	wait "$victim" 2>/dev/null
	while grep -ql "^$here/victim" /proc/[0-9]*/cmdline 2>/dev/null; do
		sleep 0.05
	done
}

# A moment from 50 to 800 ms away, other each time and the same each run.
moment() { sleep "0.$(printf %03d $((50 + $1 * 389 % 750)))"; }

kill_at_random() {
	local round=1
	while [ $round -le "$1" ]; do
		start_victim
		moment $round
		if [ ! -d "/proc/$victim" ] || grep -q ^FAIL /tmp/victim.log; then
			echo "round $round: the victim ended by itself: $(tail -n 1 /tmp/victim.log)"
			kill_victim
			return 1
		fi
		kill_victim
		round=$((round + 1))
	done
}

# reload TIMES: what went wrong, if anything.
reload() {
	local round=1 left
	while [ $round -le "$1" ]; do
		unload || { echo "round $round: rmmod: $(rmmod ember 2>&1)"; return 1; }
		for left in /dev/kvm /sys/kernel/debug/ember /sys/kernel/tracing/events/ember; do
			[ ! -e $left ] || { echo "round $round: $left is still there"; return 1; }
		done
		load || { echo "round $round: insmod: $(dmesg | tail -n 1)"; return 1; }
		vm_works || { echo "round $round: no VM runs"; return 1; }
		round=$((round + 1))
	done
}

load_unload() {
	local why
	why=$(reload $loads) && pass "$1" || fail "$1" "$why"
}

# An open VM holds the module.
in_use() {
	start_victim
	if ! wait_for eval '[ "$(users)" -gt 0 ]'; then
		kill_victim
		fail "$1" "the victim opens nothing: $(tail -n 1 /tmp/victim.log)"
		return
	fi
	if rmmod ember 2>/dev/null; then
		kill_victim
		load
		fail "$1" "rmmod took the module from a running VM"
		return
	fi
	kill_victim
	unload || { fail "$1" "the module is held after its user has gone: $(users)"; return; }
	load
	pass "$1"
}

killed() {
	local why
	why=$(kill_at_random $kills) || { fail "$1" "$why"; return; }
	wait_for eval '[ "$(users)" -eq 0 ]' || { fail "$1" "$(users) references to the module are left"; return; }
	set -- "$1" /sys/kernel/debug/ember/*-*
	[ ! -e "$2" ] || { fail "$1" "a VM is left in debugfs: $2"; return; }
	vm_works || { fail "$1" "no VM runs any more"; return; }
	unload || { fail "$1" "rmmod: $(rmmod ember 2>&1)"; return; }
	load
	pass "$1"
}

free_memory() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
	echo 1 >/proc/sys/vm/compact_memory 2>/dev/null
	echo 1 >/proc/sys/vm/stat_refresh 2>/dev/null
	field MemFree
}

files() { cut -f1 /proc/sys/fs/file-nr; }

note_memory() { memory=$(free_memory) slab=$(field SUnreclaim) files=$(files); }

# Sets less to what there is less of than was noted, or to nothing, and notes anew. Half
# a megabyte up and down is usual.
less_memory() {
	local before=$memory slab_before=$slab files_before=$files
	note_memory
	if [ $((before - memory)) -gt 1280 ]; then
		less="free memory fell from $before kB to $memory kB"
	elif [ $((slab - slab_before)) -gt 640 ]; then
		less="unreclaimable slab grew from $slab_before kB to $slab kB"
	elif [ $((files - files_before)) -gt 64 ]; then
		less="open files were $files_before, are $files"
	else
		less=
	fi
}

rounds=5

# leaves_memory TEST WORK...: its verdict. WORK is done until that has changed nothing:
# what the kernel keeps for later, and what else goes on on the board, takes memory
# now and then; a leak takes it in every round.
leaves_memory() {
	local test=$1 round=1 all= why
	shift
	note_memory
	while [ $round -le $rounds ]; do
		why=$("$@") || { fail "$test" "round $round: $why"; return; }
		less_memory
		[ -n "$less" ] || { pass "$test"; return; }
		all="$all, $less"
		round=$((round + 1))
	done
	fail "$test" "in each of $rounds rounds${all#,}"
}

# Three hundred VMs, twice: a page of each that is not freed makes 2400 kB.
many_vms() {
	local half
	for half in 1 2; do
		works ioctl-system many_vms_in_turn || { echo "the VMs do not run"; return 1; }
	done
}

closed_leaves_memory() { leaves_memory "$1" many_vms; }

# A killed one has four VMs with 4 MiB, tables and a dozen files each.
killed_leaves_memory() { leaves_memory "$1" kill_at_random $kills; }

# Not by default: ten loads leave less than what else goes on.
loading_leaves_memory() { leaves_memory "$1" reload $loads; }

# Names and numbers of the interrupts that are requested, without their counts.
interrupts() { awk 'NR > 1 { print $1, $NF }' /proc/interrupts | grep -v '^Err'; }

killed_leaves_interrupts() {
	local with without why
	with=$(interrupts)
	why=$(kill_at_random 3) || { fail "$1" "$why"; return; }
	[ "$(interrupts)" = "$with" ] || { fail "$1" "interrupts changed: $(interrupts)"; return; }
	unload || { fail "$1" "rmmod: $(rmmod ember 2>&1)"; return; }
	without=$(interrupts)
	load
	case $without in
	*ember* | *kvm*) fail "$1" "requested without the module: $without" ;;
	*) pass "$1" ;;
	esac
}

# Each CPU but the first goes and comes while VMs run on it.
processors_off_and_on() {
	local cpu round=1
	set -- "$1" /sys/devices/system/cpu/cpu[1-9]*/online
	[ -e "$2" ] || { skip "$1" "one CPU"; return; }
	start_victim
	while [ $round -le 5 ]; do
		for cpu in /sys/devices/system/cpu/cpu[1-9]*/online; do
			sleep 0.2
			echo 0 >"$cpu" || { kill_victim; fail "$1" "$cpu does not go off"; return; }
			sleep 0.2
			echo 1 >"$cpu" || { kill_victim; fail "$1" "$cpu does not come back"; return; }
		done
		round=$((round + 1))
	done
	if [ ! -d "/proc/$victim" ]; then
		fail "$1" "the VMs died: $(tail -n 1 /tmp/victim.log)"
		return
	fi
	kill_victim
	for cpu in 0 1; do
		taskset $((1 << cpu)) "$here/run" mmio_write_exit 2>&1 3>&- | grep -q ^PASS ||
			{ fail "$1" "no VM runs on CPU $cpu"; return; }
	done
	pass "$1"
}

works_on_all() {
	local cpu
	for cpu in $(sed -n 's/^processor.*: //p' /proc/cpuinfo); do
		taskset $((1 << cpu)) "$here/run" mmio_write_exit 2>&1 3>&- | grep -q ^PASS ||
			{ echo "no VM runs on CPU $cpu $1"; return 1; }
	done
}

# A CPU is off line when the module goes, and another time when it comes.
processor_away() {
	local why cpu=/sys/devices/system/cpu/cpu1/online
	[ -e $cpu ] || { skip "$1" "one CPU"; return; }
	echo 0 >$cpu && unload && echo 1 >$cpu && load ||
		{ fail "$1" "rmmod with a CPU off line: $(rmmod ember 2>&1)"; return; }
	why=$(works_on_all "that was off line at rmmod") || { fail "$1" "$why"; return; }
	unload && echo 0 >$cpu && load && echo 1 >$cpu ||
		{ fail "$1" "insmod with a CPU off line: $(dmesg | tail -n 1)"; return; }
	why=$(works_on_all "that was off line at insmod") && pass "$1" || fail "$1" "$why"
}

# Whatever the tests before have done: no complaint of the kernel.
quiet_log() {
	local line
	line=$(dmesg | grep -m1 -E 'WARNING|BUG|Oops|Internal error|Unable to handle|scheduling while')
	if [ -n "$line" ]; then
		fail "$1" "$line"
	else
		pass "$1"
	fi
}

if [ "${1-}" = --list ]; then
	echo $tests | tr ' ' '\n'
	exit
fi
for test in ${*:-$tests}; do
	case " $(echo $tests $more_tests) " in
	*" $test "*) "$test" "$test" ;;
	*) echo "lifecycle: no test $test" >&2; exit 2 ;;
	esac
done
