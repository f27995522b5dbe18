# What the boards' tests of a guest's ends share: `. /e2e/ends.sh`, after /e2e/lib.sh.

# reset_and_off KERNEL: it starts itself anew once, on the same disks, and powers off in
# its second life.
reset_and_off() {
	local status said
	make_guest ends <<-'END'
		if [ "$(head -c 5 /dev/vda)" = first ]; then
			echo second >/dev/vda
			sync
			poweroff -f
		fi
		echo first >/dev/vda
		sync
		reboot -f
	END
	guest ends "$1" 1
	status=$?
	said=$(result ends)
	case $status:$said in
	0:second*) pass ends.reset-and-off ;;
	*) fail "ends.reset-and-off: status $status, the guest says '$said'" ;;
	esac
}
