# A guest's reset is the board's reset register, its end the PIIX4's: it starts itself
# anew once, on the same disks, and powers off in its second life.
. /e2e/lib.sh
memory=64M
load_module

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

guest ends mips32 1
status=$?
said=$(result ends)
case $status:$said in
0:second*) pass ends.reset-and-off ;;
*) fail "ends.reset-and-off: status $status, the guest says '$said'" ;;
esac
nothing_left ends
