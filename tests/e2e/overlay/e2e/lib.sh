# What the end-to-end scripts share, on the board: `. /e2e/lib.sh`.
#
# A guest reports through a disk of its own, not on its console: start_guest gives
# it a small result disk as its first one, and what the session below writes there is
# read on the board with `result NAME`. No file system is needed.

memory=128M
# A character of console output costs the emulated board two trips to the monitor.
quick="loglevel=4 cryptomgr.notests"
work=/tmp/e2e
mkdir -p $work

pass() { echo "PASS $*" >&3; }
# fail NAME: why. The end of the guest's console goes to the board's.
fail() {
	local name=${1%%:*}
	echo "FAIL $*" >&3
	for file in $work/*.console $work/*.err; do
		[ -s "$file" ] || continue
		echo "--- $name: end of $file"
		tail -n 25 "$file"
	done
}

load_module() {
	[ -d /sys/module/ember ] || insmod /ember.ko ||
		{ fail "load: $(dmesg | tail -n 1)"; exit 1; }
}

# make_guest NAME [FILE]...: empties the guest's files; its session is read from stdin,
# the files are beside it, in /run/ember.
make_guest() {
	local name=$1 session=$work/$1.d
	shift
	rm -rf $work/$name.*
	mkdir -p $session/ember
	cat >$session/ember/session
	[ $# -eq 0 ] || cp "$@" $session/ember/
	( cd $session && find ember | cpio -o -H newc 2>/dev/null ) >$work/$name.cpio
	dd if=/dev/zero of=$work/$name.result bs=4096 count=2 2>/dev/null
	rm -rf $session
}

# guest NAME FLAVOUR VCPUS [OPTION]...: runs it to its end, in the foreground; $kernel
# instead of the flavour's zImage if that is set.
guest() {
	local name=$1 flavour=$2 vcpus=$3
	shift 3
	cat /guest/initrd-$flavour $work/$name.cpio >$work/$name.initrd
	exec_ember "$name" --name "$name" --cpus "$vcpus" --mem $memory \
		--disk $work/$name.result --initrd $work/$name.initrd \
		--append "console=ttyAMA0 $quick panic=-1 ember.run=/run/ember/session" \
		--console $work/$name.console "$@" ${kernel:-/guest/vmlinuz-$flavour}
}

exec_ember() {
	local name=$1
	shift
	timeout -s KILL 600 ember run "$@" </dev/null 2>$work/$name.err
}

# start_guest NAME ...: the same in the background; $! is what to wait for.
start_guest() { guest "$@" & }

# monitor NAME: process id of the guest's monitor.
monitor() {
	local pid
	for pid in $(pidof ember); do
		! tr '\0' ' ' </proc/$pid/cmdline | grep -q "^ember run --name $1 " || echo $pid
	done
}

# result NAME: the text that the guest has written to its result disk so far.
result() { tr -d '\0' <$work/$1.result; }

# Waits until the command succeeds, five minutes at most: no test waits that long but
# one that fails.
wait_for() {
	local tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 1200 ] || return 1
		sleep 0.25
	done
}
