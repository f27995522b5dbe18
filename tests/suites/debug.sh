# Runs on a board whose kernel checks itself (lab/debug-kernel): the board suite and a
# guest with a stock kernel, and then, when the module is gone, nothing may be left of
# it. What the kernel finds by itself (KASAN, lockdep, UBSAN...) it says in its log, where
# lab/board looks.
#
# ember.only as in board.sh; `guest` is the guest.

debug=/sys/kernel/debug

option() { sed -n "s/.*ember\.$1=\([^ ]*\).*/\1/p" /proc/cmdline; }
only=$(option only)
export TEST_SLOW=$(option slow)

# Objects that nothing points at. Those of before are not ours; young ones may still be
# in somebody's registers.
forget_leaks() { echo scan=off >$debug/kmemleak; echo scan >$debug/kmemleak; echo clear >$debug/kmemleak; }
find_leaks() {
	sleep 10
	echo scan >$debug/kmemleak
	sleep 10
	echo scan >$debug/kmemleak
	cat $debug/kmemleak
}

# Pages that were allocated by way of the module, which is the only one here: the
# modules' addresses are its own, also of when it was loaded before.
find_pages() {
	awk 'BEGIN { RS = "" } / 0x(bf|7f)[0-9a-f]*(\n|$)|\[ember\]/ { print; print "" }' $debug/page_owner
}

# verdict NAME WHAT FINDER: FAIL if it finds anything, which goes to the console.
verdict() {
	local lines
	$3 >/tmp/found
	if [ -s /tmp/found ]; then
		lines=$(grep -c '^unreferenced\|^Page allocated' /tmp/found)
		head -n 60 /tmp/found
		echo "FAIL $1: $lines $2 left (console has the first)" >&3
	else
		echo "PASS $1" >&3
	fi
}

# One of Debian's kernels, with two vcpus.
boot_guest() {
	local name=guest status said
	. /e2e/lib.sh
	load_module
	echo 'echo "$(uname -r) $(grep -c ^processor /proc/cpuinfo)" >/dev/vda; sync' |
		make_guest $name
	guest $name armmp-lpae 2
	status=$?
	said=$(result $name)
	case $status:$said in
	0:6.*-armmp-lpae\ 2) pass $name ;;
	*) fail "$name: status $status, the guest says '$said'" ;;
	esac
	rmmod ember || fail "rmmod-after-$name: $(dmesg | tail -n 1)"
}

# Lockdep ends with its first report, kmemleak when it has no memory: both must have
# worked to the end.
still_checking() {
	grep -q '^ debug_locks: *1' /proc/lockdep_stats || echo "lockdep is off"
	! dmesg | grep 'kmemleak: .*disabled'
}

# What a 6.1 kernel says of itself while it boots (arm's context tracking is called with
# interrupts on, for lockdep) is not the module's doing.
dmesg -c >/dev/null
forget_leaks
[ "$only" = guest ] || sh /board.sh
case $only in
'' | guest) boot_guest ;;
esac
[ ! -d /sys/module/ember ] || rmmod ember || echo "FAIL rmmod: $(dmesg | tail -n 1)" >&3
verdict checks-on complaints still_checking
verdict leaked-objects objects find_leaks
verdict leaked-pages pages find_pages
# The console had little of it.
dmesg | grep -m 3 -A 60 -E "$(cat /trouble)" >/tmp/found && cat /tmp/found
exit 0
