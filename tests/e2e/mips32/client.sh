# tools-disk: qemu-system-mips
# Debian's own QEMU, 7.2, as a client of /dev/kvm: -accel kvm -M malta boots the guest that
# Ember's monitor boots. Its words to the serial port are all that it can say.
. /e2e/lib.sh
load_module

client=/tmp/client
mkdir -p $client
mount -t ext4 /dev/disk/disk0 $client || { fail "client: no disk with QEMU"; exit 1; }
mkdir -p $client/dev $client/proc $client/tmp $client/guest
mount --bind /dev $client/dev
mount -t proc proc $client/proc
mount --bind /guest $client/guest
mount -t tmpfs tmp $client/tmp

# qemu NAME OPTION...: runs the session on stdin as a guest to its end.
qemu() {
	local name=$1
	shift
	make_guest $name
	cat /guest/initrd-mips32 $work/$name.cpio >$client/tmp/initrd
	rm -f $work/$name.cpio
	timeout -s KILL $((600 * ${TEST_SLOW:-1})) chroot $client \
		/usr/bin/qemu-system-mipsel -accel kvm -M malta -m 64 -nodefaults \
		-no-reboot -display none -monitor none -serial stdio \
		-kernel /guest/vmlinux-mips32 -initrd /tmp/initrd \
		-append "console=ttyS0 $quick panic=-1 ember.run=/run/ember/session" \
		"$@" </dev/null >$work/$name.console 2>$work/$name.err
}

boots_under_qemu() {
	local status said
	echo 'echo "said: $(uname -r) $(grep -c ^processor /proc/cpuinfo)"' | qemu client "$@"
	status=$?
	said=$(tr -d '\r' <$work/client.console | sed -n 's/^said: //p')
	case $status:$said in
	0:6.*-mips32\ 1) pass client ;;
	*) fail "client: status $status, the guest says '$said'" ;;
	esac
}

boots_under_qemu
umount -l $client/dev $client/proc $client/guest $client/tmp $client
nothing_left client
