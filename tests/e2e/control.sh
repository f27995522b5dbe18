# A running machine's control socket and its balloon, with Ember's own commands: the
# balloon gives memory back to the board and takes it again, pause stops the guest where
# it is, reset starts it anew, stop and kill end it; names that clash or were left behind.
# boards: 1
. /e2e/lib.sh
. /e2e/control.sh
load_module
memory=192M

# The guest counts on its result disk, and says what memory it could still use; before,
# it has read a disk, which it keeps in memory (and marks, for its next life). On port 7
# it takes commands.
session() {
	make_guest control <<-'END'
		modprobe virtio_balloon
		exec 5</dev/vdb # what was read of it stays in memory while it is open
		if [ "$(head -c 4 /dev/vdb)" != seen ]; then
			cat /dev/vdb >/dev/null
			echo seen | dd of=/dev/vdb conv=fsync
		fi
		while :; do nc -l -p 7 -e sh; done &
		n=0
		while :; do
			n=$((n + 1))
			echo $n $(sed -n 's/MemAvailable: *\([0-9]*\).*/\1/p' /proc/meminfo) >/tmp/said
			dd if=/tmp/said of=/dev/vda conv=fsync 2>/dev/null
		done
	END
}

start() {
	session
	start_guest control armmp-lpae 1 --disk $work/big --net user,hostfwd=tcp:127.0.0.1:7007-:7 "$@"
}

guest_has() { result control | head -n 1 | cut -d' ' -f2; }
rss() { sed -n 's/^VmRSS:[ \t]*\([0-9]*\).*/\1/p' /proc/$(monitor control)/status; }
left() { ember balloon control | cut -d' ' -f1; }

at_most() { [ "$($1)" -le "$2" ] 2>/dev/null; }
at_least() { [ "$($1)" -ge "$2" ] 2>/dev/null; }

# check NAME COMMAND...: within two minutes.
check() {
	local name=control.$1
	shift
	if wait_for "$@"; then
		pass $name
	else
		fail "$name: not '$*': $(left) MiB in the guest, $(guest_has) kB available there, RSS $(rss) kB, status $(status)"
	fi
}

# The guest may not listen, between two commands: then nothing comes back.
told() { [ "$({ echo "$1"; echo 'echo told'; } | timeout 60 nc 127.0.0.1 7007)" = told ]; }
at_guest() { wait_for told "$1" || fail "control.at-guest: '$1' is not answered"; }

balloon() {
	local has=$(guest_has)
	check balloon-before at_least rss 131072
	echo "control: before the balloon RSS $(rss) kB, $has kB available in the guest"
	ember balloon control 96M || fail "control.balloon: status $?"
	check balloon-inflates at_most left 96
	check balloon-gives-back at_most rss 118784 # 96 MiB and the monitor itself
	check balloon-in-guest at_most guest_has $((has - 70000))
	echo "control: after it RSS $(rss) kB, $(guest_has) kB available in the guest"
	ember balloon control 192M
	check balloon-deflates at_least left 192
	check balloon-restores at_least guest_has $((has - 20000))
	stats
	grep -q '^balloon.total-memory [1-9]' $work/stat && pass control.stat-balloon ||
		fail "control.stat-balloon: $(tr '\n' ' ' <$work/stat)"
}

# What the guest frees comes back without being asked for.
reporting() {
	at_guest 'cat /dev/vdb >/dev/null'
	check report-before at_least rss 131072
	at_guest 'echo 3 >/proc/sys/vm/drop_caches'
	check report-gives-back at_most rss 114688
	echo "control: after a report RSS $(rss) kB"
}

# Count and process show that it is a new guest under the same monitor.
resetting() {
	local pid=$(monitor control) before=$(count)
	ember pause control
	ember reset control
	if ! wait_for at_most count $((before / 2)) || [ "$(monitor control)" != "$pid" ]; then
		fail "control.reset: the guest counts $(count), before it was $before"
	elif [ "$(status)" != running ]; then
		fail "control.reset: status $(status)"
	else
		pass control.reset
	fi
}

clash() {
	timeout 60 ember run --name control --net none /guest/vmlinuz-armmp-lpae </dev/null 2>$work/clash.err
	status=$?
	[ $status -eq 2 ] && grep -q 'of that name is running' $work/clash.err && pass control.clash ||
		fail "control.clash: status $status, '$(cat $work/clash.err)'"
	ember pause nobody 2>$work/nobody.err
	status=$?
	[ $status -eq 5 ] && grep -q 'no virtual machine nobody' $work/nobody.err && pass control.nobody ||
		fail "control.nobody: status $status, '$(cat $work/nobody.err)'"
}

dd if=/dev/zero of=$work/big bs=1 count=0 seek=96M 2>/dev/null
start --balloon
wait_for counts || { fail "control.up: the guest does not count"; exit; }
balloon
reporting
pausing
clash
resetting
ember stop control
wait
[ ! -e /run/ember/control.sock ] && pass control.stop || fail "control.stop: the socket is still there"

# Killed, its name is free again. What the guest does meanwhile does not matter.
runs() { [ "$(status)" = running ]; }
start
wait_for runs || fail "control.again: status $(status)"
ember balloon control 64M 2>&1 | grep -q 'without --balloon' && pass control.no-balloon ||
	fail "control.no-balloon: no message"
ember kill control
wait
[ -S /run/ember/control.sock ] && [ -z "$(status)" ] || fail "control.kill: still $(status)"
start
wait_for runs && pass control.kill || fail "control.kill: the name is not free again"
ember stop control
wait
rmmod ember && pass control.unload || fail "control.unload: the module is still in use"
