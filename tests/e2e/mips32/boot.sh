# The guest kernel boots on the stock host, from its initrd, with memory as the host gives it
# page by page, and with memory that was taken in large pieces.
. /e2e/lib.sh
memory=64M
load_module
boots mips32 1

# Large entries of the TLB, for its kernel or for all that it uses: what makes up one is
# mapped by fewer faults than pages, $2 for a hundred at the most.
of_one_vm() { sed -n "s/^$1 //p" /sys/kernel/debug/ember/*-*/$2; }
is_up() { [ "$(result large)" = up ]; }
large_entries() {
	local name=$1 most=$2 large pages faults
	shift 2
	echo 'cat /proc/self/maps >/dev/null; echo up >/dev/vda; sync; sleep 600' | make_guest large
	start_guest large mips32 1 "$@"
	if wait_for is_up; then
		large=$(of_one_vm large mapped) pages=$(of_one_vm pages mapped)
		faults=$(of_one_vm faults faults)
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
large_entries kernel-large 88
large_entries all-large 40 --mem-prealloc
nothing_left boot
