# A guest's kernel starts another over itself: its code is where translated code was. With
# translation and without.
. /e2e/lib.sh
memory=64M; limit=200
load_module

# kexec on|off
kexec() {
	local said
	echo $([ $1 = off ]; echo $?) >/sys/module/ember/parameters/translate
	make_guest second <<-'END'
		{ head -n 1 /dev/vda; echo "second $(grep -o 'turn=.*' /proc/cmdline)"; dmesg |
			grep -c 'Oops\|WARNING\|BUG'; } >/tmp/said
		dd if=/tmp/said of=/dev/vda conv=fsync
		poweroff -f
	END
	cat /guest/initrd-mips32 $work/second.cpio >/tmp/second
	cp /guest/vmlinux-mips32 /tmp/vmlinux
	make_guest kexec /tools/kexec-malta /tmp/vmlinux /tmp/second <<-'END'
		echo first >/dev/vda
		sync
		cd /run/ember
		exec ./kexec-malta vmlinux second "$(sed 's/rd_[a-z]*=[^ ]* //g' /proc/cmdline) turn=2"
	END
	rm /tmp/second /tmp/vmlinux
	guest kexec mips32 1 || fail "kexec.$1: status $?"
	said=$(result kexec | tr '\n' ';')
	if [ "$said" = "first;second turn=2;0;" ]; then
		pass kexec.$1
	else
		fail "kexec.$1: the guest says '$said'"
	fi
	rm -f $work/kexec.*
}

kexec on
kexec off
nothing_left kexec
