# A Linux guest with two vcpus works on while the board's second CPU goes off line and
# comes back, across suspend to idle with all devices off, and across hibernation up to
# where its image is made, with CPUs and interrupts off. Its clock stays right.
. /e2e/lib.sh
load_module

# The guest counts and says its time since boot; both its CPUs compute meanwhile.
make_guest life <<-'SESSION'
	work() { head -c 200000 /dev/zero | md5sum; }
	right=$(work) n=0 bad=
	while :; do [ "$(work)" = "$right" ] || touch /tmp/bad; done &
	while :; do
		read -r up rest </proc/uptime
		n=$((n + 1))
		[ "$(work)" = "$right" ] && [ ! -e /tmp/bad ] || bad=" wrong"
		echo "$n $up$bad." | dd of=/dev/vda conv=fsync 2>/dev/null
	done
SESSION

# A whole line: it may be in the middle of being written.
said() {
	local one two
	until one=$(result life) two=$(result life) && [ "$one" = "$two" ] && [ "${one%.}" != "$one" ]; do :; done
	echo "${one%.}"
}

count() { said | cut -d' ' -f1; }
counted() { [ "$(count)" -ge "$1" ]; }
started() { [ -n "$(result life)" ]; }
hundredths() { echo "$1" | tr -d . ; }
board_time() { hundredths "$(cut -d' ' -f1 /proc/uptime)"; }

# Sets low and high: between them is the guest's clock less the board's. What the guest
# says after two more turns it has read off its clock later than our first look.
compare_clocks() {
	local from guest
	from=$(board_time)
	wait_for counted $(($(count) + 2)) || return 1
	guest=$(hundredths "$(said | cut -d' ' -f2)")
	high=$((guest - from)) low=$((guest - $(board_time)))
}

# across NAME COMMAND...: the guest lives through it.
across() {
	local name=$1 low high low_before high_before
	shift
	compare_clocks || { fail "$name: the guest does not run"; return; }
	low_before=$low high_before=$high
	"$@" || { fail "$name: $* failed"; return; }
	if ! compare_clocks; then
		fail "$name: the guest does not go on"
	elif said | grep -q wrong; then
		fail "$name: the guest computes wrongly"
	elif [ $low -gt $((high_before + 5)) ] || [ $high -lt $((low_before - 5)) ]; then
		fail "$name: the guest's clock less the board's was $low_before..$high_before, is $low..$high hundredths"
	else
		pass "$name"
	fi
}

processors() {
	local round=0 online=/sys/devices/system/cpu/cpu1/online
	while [ $round -lt 10 ]; do
		echo 0 >$online && sleep 0.2 && echo 1 >$online && sleep 0.2 || return 1
		round=$((round + 1))
	done
}

# Both as far as the kernel's own tests go, which wait for seconds where the board would
# sleep: an alarm clock could ring before the board is asleep.
freeze() { echo platform >/sys/power/pm_test && echo freeze >/sys/power/state; }
hibernate() { echo core >/sys/power/pm_test && echo disk >/sys/power/state; }

echo 2 >/sys/module/suspend/parameters/pm_test_delay
start_guest life armmp-lpae 2
if wait_for started; then
	across processors processors
	across freeze freeze
	across hibernate hibernate
else
	fail "host-life: the guest does not start"
fi
kill -KILL $(monitor life)
wait
taskset 2 /tests/run mmio_write_exit 3>&- | grep -q ^PASS && pass afterwards ||
	fail "afterwards: no VM runs on CPU 1"
rmmod ember && pass unload || fail "unload: the module is still in use"
