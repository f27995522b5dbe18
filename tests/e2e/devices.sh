# The virtio devices under the drivers of Debian's kernel: what the guest says it has
# read and written is compared with what the board finds.
# boards: 2
. /e2e/lib.sh
load_module

size=393216 # of each disk and page: six pieces
port=8081

# The guest's session: nc, since the static busybox's wget crashes (on the board too),
# and a result disk written at each step, so that a hang shows where. The last disk is written in another order than the second was
# read, by six writers at once.
session() {
	make_guest devices <<-'END'
		say() { echo "$*" >>/tmp/said; dd if=/tmp/said of=/dev/vda conv=fsync 2>/dev/null; }
		sum() { md5sum | cut -d' ' -f1; }
		exec 2>&1
		say read $(sum </dev/vdb)
		say blocks $(blockdev --getsize64 /dev/vdb) $(cat /sys/block/vdc/ro)
		dd if=/dev/zero of=/dev/vdc bs=512 count=1 conv=fsync || say readonly
		for i in 0 1 2 3 4 5; do
			dd if=/dev/vdb of=/dev/vdd bs=64K skip=$((5 - i)) seek=$i count=1 conv=fsync &
		done
		wait
		echo 3 >/proc/sys/vm/drop_caches
		say written $(sum </dev/vdd)
		size=393216
		say fetched $(printf 'GET /data HTTP/1.0\r\n\r\n' | nc 10.0.2.2 8081 | tail -c $size | sum)
		{ printf 'POST /cgi-bin/count HTTP/1.0\r\nContent-Length: %s\r\n\r\n' $size; cat /dev/vdb; } |
			nc 10.0.2.2 8081 | grep -q $size && say posted
		say random $(dd if=/dev/hwrng bs=16 count=4 2>/dev/null | od -An -tx1 | tr -d ' \n' | wc -c)
		[ ! -c /dev/hvc0 ] || { seq 1 500 >/dev/hvc0; say console; }
		say $(dmesg | grep -c 'nobody cared\|I/O error, dev vd[bd]\|reset')
		say end
		nc -l -p 7 -e cat
		poweroff -f
	END
}

# check NAME WORDS: the guest has said so.
check() {
	if result devices | grep -qx "$2"; then
		pass devices.$1
	else
		fail "devices.$1: the guest does not say '$2'"
	fi
}

said_all() { result devices | grep -qx end; }

prepare() {
	session
	mkdir -p $work/www/cgi-bin
	printf '#!/bin/sh\necho; echo; wc -c\n' >$work/www/cgi-bin/count
	chmod +x $work/www/cgi-bin/count
	for file in www/data b c; do
		dd if=/dev/urandom of=$work/devices.data bs=$size count=1 iflag=fullblock 2>/dev/null
		mv $work/devices.data $work/$file
	done
	dd if=/dev/zero of=$work/d bs=$size count=1 2>/dev/null
	for i in 5 4 3 2 1 0; do
		dd if=$work/b bs=64K skip=$i count=1 2>/dev/null
	done | md5sum | cut -d' ' -f1 >$work/reversed
	httpd -p 127.0.0.1:$port -h $work/www
}

# The guest may not listen yet; then the connection ends without a word.
echoes() {
	reply=$(echo hello | timeout 60 nc 127.0.0.1 7007 | head -n 1)
	[ "$reply" = hello ]
}

sum_of() { md5sum <"$1" | cut -d' ' -f1; }

prepare
start_guest devices armmp-lpae 2 --disk $work/b --disk $work/c,ro --disk $work/d \
	--net user,hostfwd=tcp:127.0.0.1:7007-:7 --virtio-console $work/hvc
guest=$!
if wait_for said_all; then
	check disk-read "read $(sum_of $work/b)"
	check disk-config "blocks $size 1"
	check disk-readonly readonly
	check disk-write "written $(cat $work/reversed)"
	[ "$(sum_of $work/d)" = "$(cat $work/reversed)" ] && pass devices.disk-on-host ||
		fail "devices.disk-on-host: the image differs from what the guest wrote"
	check net-fetch "fetched $(sum_of $work/www/data)"
	check net-post posted
	check rng "random 128"
	check console console
	seq 1 500 | sed 's/$/\r/' | cmp - $work/hvc && pass devices.console-on-host ||
		fail "devices.console-on-host: the text differs"
	check no-trouble 0
	wait_for echoes && pass devices.net-forward ||
		fail "devices.net-forward: the guest echoes '$reply'"
else
	fail "devices: the guest got as far as '$(result devices | tail -n 1)'"
fi
wait $guest
status=$?
[ $status -eq 0 ] && pass devices.end || fail "devices.end: ember ended with status $status"
