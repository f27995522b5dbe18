# Bamboo's devices under the drivers of Linux: disks and networks have lines of the UIC
# each, the serial port is typed at. One network is the monitor's own, the other a tap
# interface. The guest's kernel keeps itself from its users' memory meanwhile (KUAP).
. /e2e/lib.sh
memory=64M
load_module

size=393216 # of each disk: six pieces
typed=$(seq -s, 1 200)

# The last disk is written in another order than the second is read, by six writers at once.
session() {
	make_guest devices <<-'END'
		say() { echo "$*" >>/tmp/said; dd if=/tmp/said of=/dev/vda conv=fsync 2>/dev/null; }
		sum() { md5sum | cut -d' ' -f1; }
		exec 2>&1
		say ready
		read -r -t 120 line </dev/ttyS0
		say typed $line
		say read $(sum </dev/vdb)
		dd if=/dev/zero of=/dev/vdc bs=512 count=1 conv=fsync || say readonly
		for i in 0 1 2 3 4 5; do
			dd if=/dev/vdb of=/dev/vdd bs=64K skip=$((5 - i)) seek=$i count=1 conv=fsync &
		done
		wait
		echo 3 >/proc/sys/vm/drop_caches
		say written $(sum </dev/vdd)
		say fetched $(printf 'GET /b HTTP/1.0\r\n\r\n' | nc 10.0.2.2 8081 | tail -c 393216 | sum)
		ip addr add 10.0.3.15/24 dev eth1
		ip link set eth1 up
		say tap $(printf 'GET /b HTTP/1.0\r\n\r\n' | nc 10.0.3.2 8082 | tail -c 393216 | sum)
		say random $(dd if=/dev/hwrng bs=64 count=1 2>/dev/null | wc -c)
		say kuap $(dmesg | grep -c 'Activating Kernel Userspace Access Protection')
		say virtio $(grep -c ' virtio[0-9]*$' /proc/interrupts)
		say complaints $(dmesg | grep -c 'nobody cared\|I/O error, dev vd[bd]\|lost interrupt')
		say end
		poweroff -f
	END
}

prepare() {
	session
	mkdir -p $work/www
	for file in b c; do
		dd if=/dev/urandom of=$work/$file bs=$size count=1 iflag=fullblock 2>/dev/null
	done
	ln $work/b $work/www/b
	dd if=/dev/zero of=$work/d bs=$size count=1 2>/dev/null
	for i in 5 4 3 2 1 0; do
		dd if=$work/b bs=64K skip=$i count=1 2>/dev/null
	done | md5sum | cut -d' ' -f1 >$work/reversed
	httpd -p 127.0.0.1:8081 -h $work/www
	httpd -p 8082 -h $work/www
	mkfifo $work/keys
}

# Beside the guest's console there is a keyboard.
run() {
	cat /guest/initrd-bamboo $work/devices.cpio >$work/devices.initrd
	timeout -s KILL $((600 * ${TEST_SLOW:-1})) ember run --name devices --mem $memory \
		--disk $work/devices.result --disk $work/b --disk $work/c,ro --disk $work/d \
		--net user --net tap=tap0 --initrd $work/devices.initrd \
		--append "console=ttyS0 $quick panic=-1 ember.run=/run/ember/session" \
		/guest/vmlinux-bamboo <$work/keys >$work/devices.console 2>$work/devices.err
}

# check NAME WORDS: the guest has said so.
check() {
	if result devices | grep -qx "$2"; then
		pass devices.$1
	else
		fail "devices.$1: the guest does not say '$2' but '$(result devices | grep "^${2%% *}")'"
	fi
}

is_ready() { result devices | grep -qx ready; }
tap_up() { ip addr replace 10.0.3.2/24 dev tap0 && ip link set tap0 up; } 2>/dev/null

prepare
run &
guest=$!
exec 5>$work/keys
wait_for tap_up || fail "devices.tap: no interface tap0"
if wait_for is_ready; then
	echo "$typed" >&5
fi
wait $guest && pass devices.off || fail "devices.off: status $?"
sum=$(md5sum <$work/b | cut -d' ' -f1)
check serial "typed $typed"
check disk-read "read $sum"
check disk-readonly readonly
check disk-write "written $(cat $work/reversed)"
check network "fetched $sum"
check tap "tap $sum"
check entropy "random 64"
check interrupts "virtio 7"
check kuap "kuap 1"
check complaints "complaints 0"
[ -s $work/devices.err ] && fail "devices.monitor: $(tail -n 1 $work/devices.err)" || pass devices.monitor
nothing_left devices
