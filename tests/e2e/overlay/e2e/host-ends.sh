# What the boards' tests of a host's end share: `. /e2e/host-ends.sh`, after /e2e/lib.sh.

guest_runs() { cat /sys/kernel/debug/ember/$(monitor host-ends)-*/exits 2>/dev/null | grep -q ' [1-9]'; }

# host_ends KERNEL COMMAND: the board goes down by it. The kernel tells the module first, and
# then waits a few seconds for helpers of its own that still run: time for the monitor. Here
# there is one, a modprobe that never ends.
host_ends() {
	local helper=/tmp/modprobe guest status
	cat >$helper <<-END
		#!/bin/sh
		touch $helper.runs
		exec sleep 1000
	END
	chmod +x $helper
	echo $helper >/proc/sys/kernel/modprobe
	mount -t nosuchfs none /mnt 2>/dev/null 3>&- 4>&- &
	wait_for [ -e $helper.runs ] || fail "host-ends: no helper runs"

	make_guest host-ends </dev/null
	start_guest host-ends "$1" 1
	guest=$!
	wait_for guest_runs || fail "host-ends: it does not run: $(cat $work/host-ends.err)"
	$2 -f 3>&- 4>&- &
	wait $guest
	status=$?
	if [ $status -eq 4 ] && grep -q "it can't be entered" $work/host-ends.err; then
		pass host-ends
	else
		fail "host-ends: status $status, the monitor says '$(cat $work/host-ends.err)'"
	fi
	# The board may go off before the end of its script.
	echo END >&3
}
