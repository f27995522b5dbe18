# The guest kernel boots on the stock host, from its initrd, with memory as the host gives it
# page by page, and with memory that was taken in large pieces.
. /e2e/lib.sh
memory=64M
load_module
boots mips32 1

# Large entries of the TLB: its kernel alone is some.
of_one_vm() { sed -n "s/^$1 //p" /sys/kernel/debug/ember/*-*/mapped; }
echo 'cat /proc/self/maps >/dev/null; echo up >/dev/vda; sync; sleep 600' | make_guest large
start_guest large mips32 1 --mem-prealloc
is_up() { [ "$(result large)" = up ]; }
if wait_for is_up; then
	large=$(of_one_vm large) pages=$(of_one_vm pages)
	if [ "$large" -lt 4 ]; then
		fail "large: $large large pages of $pages small ones"
	else
		pass large
	fi
else
	fail "large: the guest does not start"
fi
kill $(monitor large)
wait
nothing_left boot
