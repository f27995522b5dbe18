# A guest on a tap interface: the board is its neighbour, without user networking
# in between. Both ways: the guest fetches, and is pinged.
# boards: 1
. /e2e/lib.sh
load_module

make_guest tap <<-'END'
	fetched=$(nc 10.0.2.2 8082 </dev/null)
	echo "$fetched" | dd of=/dev/vda conv=fsync
	nc -l -p 7
	poweroff -f
END

up() { ip addr add 10.0.2.2/24 dev tap0 && ip link set tap0 up; } 2>/dev/null
hung_up() { echo | nc 10.0.2.15 7; }
fetched() { [ "$(result tap)" = "over the tap" ]; }

modprobe tun
echo "over the tap" | nc -l -p 8082 &
start_guest tap armmp-lpae 1 --net tap=tap0
guest_pid=$!
if ! wait_for up; then
	fail "tap.up: no interface tap0"
elif ! wait_for fetched; then
	fail "tap.fetch: the guest says '$(result tap)'"
elif pass tap.fetch && ping -c 3 10.0.2.15 >/dev/null; then
	pass tap.ping
else
	fail "tap.ping: no answer from 10.0.2.15"
fi
wait_for hung_up # it may not listen yet
if wait $guest_pid; then pass tap.end; else fail "tap.end: ember ended with status $?"; fi
