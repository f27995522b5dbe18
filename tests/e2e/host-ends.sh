# The board goes down with VMs running, each way that a board can, and the kernel
# that comes up next finds Hyp mode as firmware left it. What was meant to happen
# last is on the scratch disk, so each boot knows how it came about.
# options: --reboots --scratch 1M
# tools: kexec-tools
. /e2e/lib.sh

noted() { dd if=/dev/disk/scratch bs=16 count=1 2>/dev/null | tr -d ' \0'; }

# note STEP: what is about to happen; the next boot goes on from there.
note() {
	printf '%-16s' "$1" >$work/note
	dd if=$work/note of=/dev/disk/scratch conv=notrunc,fsync 2>/dev/null
}

vm_runs() { cat /sys/kernel/debug/ember/*-*/exits 2>/dev/null | grep -q ' [1-9]'; }

# Vcpus in guests, waiting and between the two; interrupts and timers under way.
start_vms() {
	setsid /tests/victim forever >/tmp/victim.log 2>&1 3>&- 4>&- &
	wait_for vm_runs || fail "$1: no VM runs: $(tail -n 1 /tmp/victim.log)"
	sleep 0.5
}

# came_up STEP: this boot is what followed STEP.
came_up() {
	local line
	line=$(dmesg | grep 'CPU(s) started in')
	case $line in
	*"started in HYP mode"*) ;;
	*) fail "$1: the CPUs started otherwise: $line"; return ;;
	esac
	load_module
	if /tests/run mmio_write_exit 3>&- | grep -q ^PASS; then
		pass $1
	else
		fail "$1: no VM runs afterwards"
	fi
}

# This kernel again, with what is in the first file system now.
load_kernel() {
	(cd / && find . -xdev | cpio -o -H newc) 2>/dev/null >/tmp/initrd
	# Its own guess leaves the initrd where the kernel will be unpacked.
	kexec -l --image-size=0x4000000 --initrd=/tmp/initrd \
		--command-line="$(cat /proc/cmdline)" /guest/vmlinuz-armmp-lpae
}

case $(noted) in
'')
	load_module
	start_vms reboot
	note reboot
	reboot -f
	;;
reboot)
	came_up reboot
	start_vms panic
	note panic
	echo "lab: a panic is meant"
	echo c >/proc/sysrq-trigger
	;;
panic)
	came_up panic
	start_vms kexec
	load_kernel || fail "kexec: the kernel is not loaded"
	note kexec
	kexec -e
	fail "kexec: kexec -e came back with status $?"
	;;
kexec)
	came_up kexec
	start_vms poweroff
	# The end, but for the board's going off: lab/board sees to that.
	echo END >&3
	poweroff -f
	;;
*)
	fail "host-ends: the scratch disk says '$(noted)'"
	;;
esac
