# What the boards' tests of a guest "control" share, which counts on its result disk:
# `. /e2e/control.sh`, after /e2e/lib.sh.

count() { result control | head -n 1 | cut -d' ' -f1; }
counts() { [ "$(count)" -gt "${1:-0}" ] 2>/dev/null; }
status() { ember ps | awk '$1 == "control" { print $3 }'; }

# It stands still while it is paused, and goes on from there.
pausing() {
	local before after
	ember pause control
	before=$(count)
	[ "$(status)" = paused ] || fail "control.pause: status $(status)"
	sleep 3
	after=$(count)
	ember resume control
	if [ "$before" != "$after" ]; then
		fail "control.pause: the guest went on from $before to $after"
	elif ! wait_for counts "$after"; then
		fail "control.resume: the guest does not go on"
	else
		pass control.pause
	fi
}

# Without exit timing and with it; each of its figures is a number above 0.
stats() {
	local reason bad=
	ember stat control >$work/stat
	grep -q '^exits\.mmio_user *[1-9]' $work/stat && ! grep -q '^time' $work/stat || bad=untimed
	echo 1 >/sys/module/ember/parameters/exit_timing
	wait_for counts $(($(count) + 3))
	ember stat control >$work/stat
	echo 0 >/sys/module/ember/parameters/exit_timing
	for reason in guest mmio_user; do
		grep -qE "^time\.$reason +count [1-9][0-9]* min [1-9][0-9]* mean [1-9][0-9]* max [1-9][0-9]*$" \
			$work/stat || bad="$bad $reason"
	done
	[ -z "$bad" ] && pass control.stat || fail "control.stat:$bad of: $(tr '\n' ' ' <$work/stat)"
}

# ---- on boards whose guests are for one CPU and on a tap interface ----------------

# The guest counts on its result disk, and answers pings.
tap_session() {
	make_guest control <<-'END'
		ifconfig eth0 10.0.2.15 netmask 255.255.255.0 up
		echo hello from hvc0 >/dev/hvc0
		n=0
		while :; do
			n=$((n + 1))
			echo $n | dd of=/dev/vda conv=fsync 2>/dev/null
		done
	END
}

# The kernel's thread is named after its owner.
vhost() {
	ip addr replace 10.0.2.2/24 dev tap0 && ip link set tap0 up
	ps -o comm | grep -q "^\[*vhost-$(monitor control)" || fail "control.vhost: no such thread"
	if ping -c 5 10.0.2.15 | grep -q '[345] packets received'; then
		pass control.vhost
	else
		fail "control.vhost: the guest does not answer"
	fi
}

# pauses_serves_stops KERNEL
pauses_serves_stops() {
	local guest status
	modprobe tun
	modprobe vhost_net
	tap_session
	start_guest control "$1" 1 --net tap=tap0,vhost --virtio-console $work/control.hvc
	guest=$!
	if wait_for counts; then
		pausing
		vhost
		stats
		grep -q 'hello from hvc0' $work/control.hvc && pass control.virtio-console ||
			fail "control.virtio-console: nothing came"
	else
		fail "control: the guest does not count"
	fi
	ember stop control
	wait $guest
	status=$?
	[ $status -eq 0 ] && pass control.stop || fail "control.stop: ember ended with status $status"
	nothing_left control
}
