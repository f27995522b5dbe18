# Modules of a guest's kernel come and go at each other's addresses, and work, with
# translation and without.
. /e2e/lib.sh
memory=64M
load_module

session() {
	make_guest modules <<-'END'
		say() { echo "$*" >>/tmp/said; dd if=/tmp/said of=/dev/vda conv=fsync 2>/dev/null; }
		exec 2>&1
		rmmod virtio-rng virtio_balloon 2>/dev/null
		random() { [ $(dd if=/dev/hwrng bs=64 count=1 2>/dev/null | wc -c) = 64 ]; }
		for i in 1 2 3 4 5 6 7 8; do
			[ $((i % 2)) = 0 ] || modprobe virtio_balloon || say no balloon
			modprobe virtio-rng && random || say no random numbers
			[ $((i % 2)) = 1 ] || modprobe virtio_balloon || say no balloon
			modprobe vmw_vsock_virtio_transport || say no sockets
			random || say no random numbers any more
			rmmod vmw_vsock_virtio_transport vmw_vsock_virtio_transport_common vsock \
				virtio-rng virtio_balloon || say not unloaded
		done
		say modules $(grep -c . /proc/modules)
		say complaints $(dmesg | grep -c 'Oops\|WARNING\|BUG')
		poweroff -f
	END
}

# check NAME on|off WORDS: the guest has said so.
check() {
	if result modules | grep -qx "$3"; then
		pass modules.$1-$2
	else
		fail "modules.$1-$2: the guest does not say '$3' but '$(result modules | tr '\n' ';')'"
	fi
}

# changes on|off
changes() {
	echo $([ $1 = off ]; echo $?) >/sys/module/ember/parameters/translate
	session
	guest modules mips32 1 --balloon || fail "modules.$1: status $?"
	check gone $1 "modules 0"
	check quiet $1 "complaints 0"
	if result modules | grep -q '^\(no\|not\) '; then
		fail "modules.$1: $(result modules | tr '\n' ';')"
	fi
}

changes on
changes off
nothing_left modules
