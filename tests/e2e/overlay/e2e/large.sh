# What the boards' tests of large entries in the TLB share: `. /e2e/large.sh`, after
# /e2e/lib.sh.

of_one_vm() { sed -n "s/^$1 //p" /sys/kernel/debug/ember/*-*/$2; }
is_up() { [ "$(result large)" = up ]; }

# large_entries NAME FLAVOUR MOST [OPTION]...: a guest has large pages, and MOST faults for a
# hundred small ones at the most.
large_entries() {
	local name=$1 flavour=$2 most=$3 large pages faults
	shift 3
	echo 'cat /proc/self/maps >/dev/null; echo up >/dev/vda; sync; sleep 600' | make_guest large
	start_guest large $flavour 1 "$@"
	if wait_for is_up; then
		large=$(of_one_vm large mapped) pages=$(of_one_vm pages mapped)
		faults=$(of_one_vm faults faults)
		echo "$name: $large large pages of $pages small ones, $faults faults"
		if [ $((faults * 100)) -le $((pages * most)) ] && [ "$large" -gt 0 ]; then
			pass $name
		else
			fail "$name: $large large pages of $pages small ones, $faults faults"
		fi
	else
		fail "$name: the guest does not start"
	fi
	kill $(monitor large)
	wait
}
