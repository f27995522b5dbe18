# A VM is a process: two run side by side, STOP and CONT freeze and thaw one, nice
# slows one down. Progress is what a guest counts and writes to its result disk.
# boards: 1
. /e2e/lib.sh
load_module

counting='n=0; while :; do n=$((n + 1)); echo $n | dd of=/dev/vda conv=fsync 2>/dev/null; done'
spinning='echo 1 >/dev/vda; sync; while :; do :; done'

counts() { [ "$(result $1 | tr -cd 0-9)" -gt "${2:-0}" ] 2>/dev/null; }

# Every thread of a process stands.
stopped() { ! cat /proc/$1/task/*/status | grep '^State:' | grep -qv 'T (stopped)'; }

# Milliseconds on a CPU of all threads of a process.
cpu_time() {
	cat /proc/$1/task/*/schedstat | awk '{ n += $1 } END { printf "%d\n", n / 1000000 }'
}

side_by_side() {
	local name
	for name in one two; do
		echo "$counting" | make_guest $name
		start_guest $name armmp-lpae 1
	done
	for name in one two; do
		wait_for counts $name || { fail "side-by-side: guest $name does not count"; return; }
	done
	pass side-by-side
}

stop_and_continue() {
	local pid before after
	pid=$(monitor one)
	[ -n "$pid" ] || { fail "stop: no monitor of guest one"; return; }
	kill -STOP $pid
	wait_for stopped $pid || { fail "stop: a thread of guest one goes on"; return; }
	before=$(result one)
	sleep 3
	after=$(result one)
	kill -CONT $pid
	if [ "$before" != "$after" ]; then
		fail "stop: the stopped guest went on counting, from $before to $after"
	elif ! wait_for counts one "$after"; then
		fail "stop: the guest does not go on after SIGCONT"
	else
		pass stop
	fi
}

nice_slows() {
	local name fast slow
	for name in fast slow; do
		echo "$spinning" | make_guest $name
		start_guest $name armmp-lpae 1
		wait_for counts $name || { fail "nice: guest $name does not start"; return; }
	done
	for slow in /proc/$(monitor slow)/task/*; do
		renice -n 19 -p ${slow##*/} >/dev/null
	done
	fast=$(cpu_time $(monitor fast)) slow=$(cpu_time $(monitor slow))
	sleep 10
	fast=$(($(cpu_time $(monitor fast)) - fast)) slow=$(($(cpu_time $(monitor slow)) - slow))
	if [ $fast -gt $((slow * 3)) ]; then
		pass nice
	else
		fail "nice: CPU time of nice 0: $fast ms, of nice 19: $slow ms"
	fi
}

killed() {
	local name
	for name; do
		kill -KILL $(monitor $name)
	done
	wait
	rm -f $work/*
}

side_by_side
stop_and_continue
killed one two
nice_slows
killed fast slow
if rmmod ember; then pass unload; else fail "unload: the module is still in use"; fi
