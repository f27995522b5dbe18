# What takes long on boards whose VMs have one vcpu, beside a Linux guest: `. /e2e/stress.sh`
# after lib.sh. The module is gone at the end, and has left nothing.

# beside FLAVOUR TEST SECONDS COMMAND...: a guest that counts on its result disk goes on
# counting while the command runs, which takes SECONDS at most.
beside() {
	local flavour=$1 test=$2 last
	limit=$3
	shift 3
	load_module
	echo 'n=0; while sleep 0.1; do n=$((n + 1)); echo $n | dd of=/dev/vda conv=fsync 2>/dev/null; done' |
		make_guest linux
	start_guest linux $flavour 1
	wait_for counted 0 || fail "$test.linux: the guest does not start"
	"$@"
	last=$(result linux | tr -cd 0-9)
	if wait_for counted "$last"; then
		pass $test.linux
	else
		fail "$test.linux: stands still at $last"
	fi
	kill -KILL $(monitor linux)
	wait
	nothing_left $test
	quiet_log $test
}

# counted N: the guest has counted further than that.
counted() { [ "$(result linux | tr -cd 0-9)" -gt "$1" ] 2>/dev/null; }

# crowd FLAVOUR: two and four VMs that check themselves.
crowd() {
	local seconds=$(option seconds)
	export EMBER_SECONDS=$seconds EMBER_SEED=$(option seed)
	export EMBER_TIME_LIMIT=$((4 * seconds + 1200))
	beside $1 crowd $EMBER_TIME_LIMIT program crowd
}

# hostile FLAVOUR KIND...: hostile guests of these kinds, then hostile monitors.
hostile() {
	local flavour=$1
	shift
	export EMBER_SEED=$(option seed) EMBER_TIME_LIMIT=7000
	beside $flavour hostile 7000 harm $(option exits) "$@"
}

harm() {
	local exits=$1
	shift
	# A guest that only loops has made its exits soon: so many pieces of code, too.
	(
		export EMBER_EXITS=$(((exits + $# - 1) / $#)) EMBER_SEEDS=$((exits / 10000))
		program hostile "$@"
	)
	(
		export EMBER_SEEDS=$((exits / 5000))
		program hostile monitors
	)
	program hostile random_ioctls
}

# lifecycle: the module loaded and unloaded a hundred times, its users killed fifty times.
lifecycle() {
	load_module
	export EMBER_LOADS=100 EMBER_KILLS=50
	/tests/lifecycle.sh load_unload loading_leaves_memory killed killed_leaves_memory \
		killed_leaves_interrupts >&3
	nothing_left lifecycle
	quiet_log lifecycle
}
