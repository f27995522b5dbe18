# Hostile guests for a million exits, each kind by itself, and hostile monitors. A Linux
# guest beside them goes on.
. /e2e/lib.sh
load_module
exits=$(option exits)
export EMBER_SEED=$(option seed) EMBER_TIME_LIMIT=3600

echo 'n=0; while sleep 0.2; do n=$((n + 1)); echo $n | dd of=/dev/vda conv=fsync 2>/dev/null; done' |
	make_guest linux
counts() { [ "$(result linux | tr -cd 0-9)" -gt "${1:-0}" ] 2>/dev/null; }
limit=7000
start_guest linux armmp-lpae 1
wait_for counts || fail "hostile.linux: the guest does not start"

EMBER_EXITS=$((exits / 6)) program hostile coprocessors distributor cpu_interface access_forms \
	firmware_calls interrupts
EMBER_SEEDS=$((exits / 2000)) program hostile code tables long_tables
program hostile host_side_races random_ioctls
EMBER_SEEDS=$((exits / 5000)) program fuzz

last=$(result linux | tr -cd 0-9)
if wait_for counts "$last"; then pass hostile.linux; else fail "hostile.linux: stands still at $last"; fi
kill -KILL $(monitor linux)
wait
nothing_left hostile
quiet_log hostile
