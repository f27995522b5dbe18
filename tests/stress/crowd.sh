# Eight VMs of two vcpus on two CPUs, one of which comes and goes, for ten minutes; a
# Linux guest is among them.
. /e2e/lib.sh
load_module
seconds=$(option seconds)

echo 'n=0; while :; do n=$((n + 1)); echo $n | dd of=/dev/vda conv=fsync 2>/dev/null; done' |
	make_guest linux
counts() { [ "$(result linux | tr -cd 0-9)" -gt "${1:-0}" ] 2>/dev/null; }
limit=$((seconds + 600))
start_guest linux armmp-lpae 2

cycle() {
	local online=/sys/devices/system/cpu/cpu1/online
	while sleep 0.3; do
		echo 0 >$online
		sleep 0.3
		echo 1 >$online
	done
}

wait_for counts || fail "crowd.linux: the guest does not start"
cycle &
cycle=$!
EMBER_SECONDS=$seconds EMBER_SEED=$(option seed) EMBER_TIME_LIMIT=$limit program crowd
kill $cycle
wait $cycle
echo 1 >/sys/devices/system/cpu/cpu1/online 2>/dev/null
last=$(result linux | tr -cd 0-9)
if wait_for counts "$last"; then pass crowd.linux; else fail "crowd.linux: stands still at $last"; fi
kill -KILL $(monitor linux)
wait
nothing_left crowd
quiet_log crowd
