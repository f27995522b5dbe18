# The host kernel's own vhost_net and vhost_vsock serve a guest's devices: what they
# carry is right in both directions, and it is the kernel that carries it. A reset of the
# guest and a killed monitor leave nothing of it behind.
# boards: 1
. /e2e/lib.sh
load_module

size=4194304
guest_ip=10.0.2.15
cid=42

# The guest serves its neighbour: a shell on port 7, a checksum of what is sent to
# port 8, and a disk's contents, from memory, on port 9; the checksum over vsock too.
serving() {
	make_guest vhost /tools/vsock <<-'END'
		modprobe vmw_vsock_virtio_transport
		cat /dev/vdb >/tmp/data
		while :; do nc -l -p 8 -e md5sum; done &
		while :; do nc -l -p 9 -e cat /tmp/data; done &
		while :; do /run/ember/vsock listen 8 md5sum; done &
		while :; do nc -l -p 7 -e sh; done
	END
}

start() { start_guest vhost armmp-lpae 1 --disk $work/data --net tap=tap0,vhost --vsock $cid; }

up() { ip addr replace 10.0.2.2/24 dev tap0 && ip link set tap0 up; } 2>/dev/null
ask() { echo "$1" | nc $guest_ip 7; }
serves() { [ "$(ask 'echo yes')" = yes ]; }
# Commands that say something: if nothing comes back, the guest did not listen just then.
at_guest() {
	local said tries=0
	until said=$(ask "$1") && [ -n "$said" ]; do
		tries=$((tries + 1))
		[ $tries -lt 20 ] || return 1
		sleep 0.5
	done
	echo "$said"
}
comes_up() {
	wait_for up || { fail "$1: no interface tap0"; exit; }
	wait_for serves || { fail "$1: the guest does not answer"; exit; }
}

# The kernel's thread is named after its owner.
workers() { ps -o comm | grep -c "^\[*vhost-$1"; }
# How often its main thread has been put on a CPU.
turns_of() { awk '{ print $3 }' /proc/$1/task/$1/schedstat; }
packets() { cat /sys/class/net/tap0/statistics/[rt]x_packets | awk '{ n += $1 } END { print n }'; }
sum() { md5sum | cut -d' ' -f1; }

# Without the module there is a message, and nothing else.
without_module() {
	echo poweroff -f | make_guest vhost
	timeout 60 ember run --name vhost --net tap=tap0,vhost /guest/vmlinuz-armmp-lpae \
		</dev/null 2>$work/vhost.err
	status=$?
	if [ $status -ne 5 ] || ! grep -q 'modprobe vhost_net' $work/vhost.err; then
		fail "vhost.without-module: status $status, '$(cat $work/vhost.err)'"
	elif [ -e /sys/class/net/tap0 ]; then
		fail "vhost.without-module: the interface is still there"
	else
		pass vhost.without-module
	fi
}

carries() {
	local pid turns sent wanted got
	pid=$(monitor vhost)
	[ "$(workers $pid)" -gt 0 ] || fail "vhost.worker: no kernel thread vhost-$pid"
	ping -c 3 $guest_ip >/dev/null && pass vhost.ping || fail "vhost.ping: no answer"
	wanted=$(sum <$work/data)
	sent=$(packets) turns=$(turns_of $pid)
	got=$(nc $guest_ip 8 <$work/data | cut -d' ' -f1)
	[ "$got" = "$wanted" ] && pass vhost.to-guest ||
		fail "vhost.to-guest: sum $got, not $wanted"
	got=$(nc $guest_ip 9 </dev/null | sum)
	[ "$got" = "$wanted" ] && pass vhost.from-guest ||
		fail "vhost.from-guest: sum $got, not $wanted"
	sent=$(($(packets) - sent)) turns=$(($(turns_of $pid) - turns))
	echo "vhost: $sent packets, $turns turns of the monitor's main thread"
	if [ $sent -ge 100 ] && [ $((turns * 4)) -lt $sent ]; then
		pass vhost.by-kernel
	else
		fail "vhost.by-kernel: $sent packets, and $turns turns of the monitor's main thread"
	fi
}

vsock_carries() {
	local got wanted turns pid
	pid=$(monitor vhost)
	wanted=$(sum <$work/data)
	turns=$(turns_of $pid)
	got=$(/tools/vsock connect $cid 8 <$work/data | cut -d' ' -f1)
	[ "$got" = "$wanted" ] && pass vhost.vsock-to-guest ||
		fail "vhost.vsock-to-guest: sum $got, not $wanted"
	/tools/vsock listen 9 md5sum &
	got=$(at_guest '/run/ember/vsock connect 2 9 </tmp/data' | cut -d' ' -f1)
	kill $! 2>/dev/null
	[ "$got" = "$wanted" ] && pass vhost.vsock-from-guest ||
		fail "vhost.vsock-from-guest: sum $got, not $wanted"
	turns=$(($(turns_of $pid) - turns))
	[ $turns -lt 30 ] && pass vhost.vsock-by-kernel ||
		fail "vhost.vsock-by-kernel: $turns turns of the monitor's main thread"
	timeout 60 ember run --net none --vsock $cid /guest/vmlinuz-armmp-lpae \
		</dev/null >/dev/null 2>$work/second.err
	status=$?
	[ $status -eq 5 ] && grep -q "has the CID $cid" $work/second.err && pass vhost.vsock-taken ||
		fail "vhost.vsock-taken: status $status, '$(cat $work/second.err)'"
}

# A connection of the guest's last life does not outlive it.
reset() {
	local pid held
	pid=$(monitor vhost)
	sleep 600 | /tools/vsock connect $cid 8 2>$work/held.err &
	held=$!
	at_guest '(sleep 1; reboot -f) </dev/null >/dev/null 2>&1 & echo rebooting' >/dev/null
	wait_for gone_quiet && comes_up vhost.reset || { fail "vhost.reset: the guest goes on"; exit; }
	wait_for ended $held && pass vhost.vsock-reset ||
		fail "vhost.vsock-reset: a connection to the guest is still there"
	if [ "$(monitor vhost)" != "$pid" ] || [ "$(workers $pid)" -ne 2 ]; then
		fail "vhost.reset: $(workers $pid) threads vhost-$pid, monitor $(monitor vhost)"
	elif [ "$(nc $guest_ip 9 </dev/null | sum)" != "$(sum <$work/data)" ]; then
		fail "vhost.reset: the data differs"
	elif [ "$(/tools/vsock connect $cid 8 <$work/data | cut -d' ' -f1)" != "$(sum <$work/data)" ]; then
		fail "vhost.reset: the data differs over vsock"
	else
		pass vhost.reset
	fi
}
ended() { ! kill -0 $1 2>/dev/null; }
gone_quiet() { ! timeout 2 ping -c 1 $guest_ip >/dev/null; }

unloaded() { rmmod $1 2>/dev/null || [ ! -d /sys/module/$1 ]; }
free_of_it() {
	[ ! -e /sys/class/net/tap0 ] && [ "$(workers '')" -eq 0 ] && unloaded vhost_net &&
		unloaded vhost_vsock
}

# Killed in the middle of a transfer.
killed() {
	nc $guest_ip 9 </dev/null | wc -c >/dev/null &
	while [ "$(packets)" -lt $((before + 20)) ]; do sleep 0.05; done
	kill -KILL $(monitor vhost)
	if ! wait_for free_of_it; then
		fail "vhost.killed: left are $(ls /sys/class/net), $(workers '') threads"
	elif ! rmmod ember; then
		fail "vhost.killed: the module is still in use"
	else
		pass vhost.killed
	fi
}

modprobe tun
without_module
modprobe -a vhost_net vhost_vsock
dd if=/dev/urandom of=$work/data.new bs=$size count=1 iflag=fullblock 2>/dev/null
serving
mv $work/data.new $work/data
start
comes_up vhost.up
carries
vsock_carries
reset
before=$(packets)
killed
