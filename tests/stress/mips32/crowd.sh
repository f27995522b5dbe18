# On the board mips32: two and four VMs that check themselves, on a host that has other
# things to do and little memory, for ten minutes each; a Linux guest is among them.
. /e2e/lib.sh
load_module
seconds=$(option seconds)

memory=48M
echo 'n=0; while :; do n=$((n + 1)); echo $n | dd of=/dev/vda conv=fsync 2>/dev/null; done' |
	make_guest linux
counts() { [ "$(result linux | tr -cd 0-9)" -gt "${1:-0}" ] 2>/dev/null; }
limit=$((4 * seconds + 1200))
start_guest linux mips32 1
wait_for counts || fail "crowd.linux: the guest does not start"
EMBER_SECONDS=$seconds EMBER_SEED=$(option seed) EMBER_TIME_LIMIT=$limit program crowd
last=$(result linux | tr -cd 0-9)
if wait_for counts "$last"; then pass crowd.linux; else fail "crowd.linux: stands still at $last"; fi
kill -KILL $(monitor linux)
wait
nothing_left crowd
quiet_log crowd
