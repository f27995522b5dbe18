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
# instead of the flavour's own if that is set. Its console is named as the board's.
guest() {
	local name=$1 flavour=$2 vcpus=$3
	shift 3
	cat /guest/initrd-$flavour $work/$name.cpio >$work/$name.initrd
	exec_ember "$name" --name "$name" --cpus "$vcpus" --mem $memory \
		--disk $work/$name.result --initrd $work/$name.initrd \
		--append "console=$(cat /sys/class/tty/console/active) $quick panic=-1 ember.run=/run/ember/session" \
		--console $work/$name.console "$@" ${kernel:-/guest/vmlinu?-$flavour}
}

# Guests that are left running are killed after $limit seconds.
exec_ember() {
	local name=$1
	shift
	timeout -s KILL $((${limit:-600} * ${TEST_SLOW:-1})) ember run "$@" </dev/null 2>$work/$name.err
}

# boots FLAVOUR VCPUS [NAME]: a test: the guest counts its CPUs, says what it is and powers
# itself off.
boots() {
	local flavour=$1 vcpus=$2 name=boot-${3:-$1-$2} status said
	echo 'echo "$(uname -r) $(grep -c ^processor /proc/cpuinfo)" >/dev/vda; sync' |
		make_guest $name
	guest $name $flavour $vcpus
	status=$?
	said=$(result $name)
	case $status:$said in
	0:6.*-$flavour\ $vcpus) pass $name ;;
	*) fail "$name: status $status, the guest says '$said'" ;;
	esac
	rm -f $work/$name.*
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

# option NAME: the value of ember.NAME= on the board's command line.
option() { sed -n "s/.*ember\.$1=\([^ ]*\).*/\1/p" /proc/cmdline; }

# program NAME [TEST]...: one of /tests, which says its verdicts itself.
program() {
	local status
	echo "--- $*"
	"/tests/$@"
	status=$?
	[ $status -le 1 ] || fail "$1: ended with status $status"
}

# exits ROW: how many all VMs have had.
exits() { awk -v row="$1" '$1 == row { print $2 }' /sys/kernel/debug/ember/exits; }

users() { cat /sys/module/ember/refcnt; }
no_users() { [ "$(users 2>/dev/null)" = 0 ]; }

# nothing_left TEST: nobody uses the module, and it goes.
nothing_left() {
	local vms
	wait_for no_users || { fail "$1.left: $(users) references to the module"; return; }
	vms=$(ls -d /sys/kernel/debug/ember/*-* 2>/dev/null)
	[ -z "$vms" ] || { fail "$1.left: a VM is left in debugfs: $vms"; return; }
	rmmod ember || { fail "$1.left: rmmod: $(dmesg | tail -n 1)"; return; }
	if grep -q ember /proc/interrupts; then
		fail "$1.left: an interrupt is left: $(grep ember /proc/interrupts)"
	else
		pass $1.left
	fi
}

# quiet_log TEST: since the module was loaded the kernel has said nothing but what
# rate limits hold down (ten lines in five seconds for each place), and what
# belongs to CPUs coming and going; malta's interrupt controller has some to tell of without it.
quiet_log() {
	local other lines most
	dmesg | sed -n '/ember: \(armv7\|mips32\|ppc440\)/,$p' >/tmp/log
	other=$(grep -m1 -vE '(^|\] )(ember: (armv7|mips32|ppc440|VM of process|guest of process|unknown register)|.*callbacks suppressed|.*drop_caches: |CPU[0-9]+( killed|:)|hrtimer: interrupt took|spurious 8259A|Detected|GICv2|random:|loop|EXT4-fs)' /tmp/log)
	lines=$(grep -c 'ember: ' /tmp/log)
	most=$(cut -d. -f1 /proc/uptime)
	most=$(((most / 5 + 1) * 40))
	if [ -n "$other" ]; then
		fail "$1.log: ${other#*] }"
	elif [ $lines -gt $most ]; then
		fail "$1.log: $lines lines, $most at most"
	else
		pass $1.log
	fi
}
