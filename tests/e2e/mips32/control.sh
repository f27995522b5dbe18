# The monitor around a guest on malta: it pauses and goes on, the host's vhost_net serves
# its network though KVM has no irqfds here, and it ends when told to.
. /e2e/lib.sh
. /e2e/control.sh
memory=64M
load_module

# The guest counts on its result disk, and answers pings.
make_guest control <<-'END'
	ifconfig eth0 10.0.2.15 netmask 255.255.255.0 up
	n=0
	while :; do
		n=$((n + 1))
		echo $n | dd of=/dev/vda conv=fsync 2>/dev/null
	done
END

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

modprobe tun
modprobe vhost_net
start_guest control mips32 1 --net tap=tap0,vhost
guest=$!
if wait_for counts; then
	pausing
	vhost
else
	fail "control: the guest does not count"
fi
ember stop control
wait $guest
status=$?
[ $status -eq 0 ] && pass control.stop || fail "control.stop: ember ended with status $status"
nothing_left control
