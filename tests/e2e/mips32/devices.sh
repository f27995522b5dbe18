# Malta's devices under the drivers of Linux: disks and network share the interrupt
# controller's lines, the serial port is typed at, the clock tells the board's time.
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
		say time $(date +%s)
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
		for line in 4 5 9 10 11; do
			! grep -q "^ *$line: *[1-9]" /proc/interrupts || say interrupts $line
		done
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
	mkfifo $work/keys
}

# Beside the guest's console there is a keyboard.
run() {
	cat /guest/initrd-mips32 $work/devices.cpio >$work/devices.initrd
	timeout -s KILL $((600 * ${TEST_SLOW:-1})) ember run --name devices --mem $memory \
		--disk $work/devices.result --disk $work/b --disk $work/c,ro --disk $work/d \
		--initrd $work/devices.initrd \
		--append "console=ttyS0 $quick panic=-1 ember.run=/run/ember/session" \
		/guest/vmlinux-mips32 <$work/keys >$work/devices.console 2>$work/devices.err
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

# The guest's clock began with the board's, by which it may have gone wrong by now.
clock() {
	local said=$(result devices | sed -n 's/^time //p')
	if [ "${said:-0}" -ge $((started - 2)) ] && [ "$said" -le $(($(date +%s) + 60)) ]; then
		pass devices.clock
	else
		fail "devices.clock: the guest says $said, the board said $started when it started"
	fi
}

prepare
started=$(date +%s)
run &
guest=$!
exec 5>$work/keys
if wait_for is_ready; then
	clock
	echo "$typed" >&5
fi
wait $guest && pass devices.off || fail "devices.off: status $?"
check serial "typed $typed"
check disk-read "read $(md5sum <$work/b | cut -d' ' -f1)"
check disk-readonly readonly
check disk-write "written $(cat $work/reversed)"
check network "fetched $(md5sum <$work/b | cut -d' ' -f1)"
for line in 4 5 9 10 11; do
	check interrupt-$line "interrupts $line"
done
check complaints "complaints 0"
[ -s $work/devices.err ] && fail "devices.monitor: $(tail -n 1 $work/devices.err)" || pass devices.monitor
nothing_left devices
