# On the board mips32: hostile guests for a million exits, each kind by itself and all at
# once, and hostile monitors. A Linux guest beside them goes on.
. /e2e/lib.sh
load_module
exits=$(option exits)
export EMBER_SEED=$(option seed) EMBER_TIME_LIMIT=7000
kinds="code coprocessor segments tlb_entries comm_page fpu short_traps other_mode all_at_once"

memory=64M
echo 'n=0; while sleep 0.2; do n=$((n + 1)); echo $n | dd of=/dev/vda conv=fsync 2>/dev/null; done' |
	make_guest linux
counts() { [ "$(result linux | tr -cd 0-9)" -gt "${1:-0}" ] 2>/dev/null; }
limit=7000
start_guest linux mips32 1
wait_for counts || fail "hostile.linux: the guest does not start"

# A guest that only loops has made its exits soon: so many pieces of code, too.
export EMBER_EXITS=$(((exits + 8) / 9)) EMBER_SEEDS=$((exits / 10000))
program hostile $kinds
unset EMBER_EXITS
EMBER_SEEDS=$((exits / 5000)) program hostile monitors
program hostile random_ioctls

last=$(result linux | tr -cd 0-9)
if wait_for counts "$last"; then pass hostile.linux; else fail "hostile.linux: stands still at $last"; fi
kill -KILL $(monitor linux)
wait
nothing_left hostile
quiet_log hostile
