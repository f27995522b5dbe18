# The demo on the board: loads the module, serves a page, runs the guest, and reports
# on the data channel (file descriptor 4). /demo/settings says what the guest is:
# kernel, vcpus, memory.
. /demo/settings
console=$(cat /sys/class/tty/console/active)
work=/tmp/demo
mkdir -p $work/www

die() {
	echo "FAIL demo: $*" >&3
	exit 0
}

# The module's counters are gone with the VM: the last ones seen are kept.
watch_exits() {
	while sleep 0.5; do
		cat /sys/kernel/debug/ember/*/exits >$work/exits.new 2>/dev/null &&
			[ -s $work/exits.new ] && mv $work/exits.new $work/exits
	done
}

sum_exits() {
	[ -s $work/exits ] || return
	awk 'NF == 2 { n[$1] += $2 } END { for (name in n) if (n[name]) print n[name], name }' \
		$work/exits | sort -rn | awk '{ print "exits", $2, $1 }'
}

run_guest() {
	local session=$1
	cp /guest/initrd-$kernel $work/initrd
	[ -z "$session" ] || cat /demo/session.cpio >>$work/initrd
	ember run --name demo --cpus $vcpus --mem $memory --disk /guest/root.img \
		--initrd $work/initrd --console stdio \
		--append "root=/dev/vda console=$console loglevel=4 $session" \
		/guest/vmlinu?-$kernel
}

# What the scripted session has left on the guest's disk.
read_result() {
	mkdir -p $work/root
	mount -t ext4 -o loop /guest/root.img $work/root &&
		cat $work/root/root/demo-result >$work/result || die "the guest's disk cannot be read"
	grep -q '^PASS disk' $work/result || die "the file was not read back after the reboot"
	grep -q '^PASS network' $work/result || die "the guest could not fetch the page"
	grep -E '^(kernel|vcpus)' $work/result | sort -u | sed 's/^/guest-/' >&4
}

echo "host-kernel $(uname -r)" >&4
insmod /ember.ko || die "ember.ko does not load: $(dmesg | tail -n 1)"
echo '<h1>A page from the board</h1>' >$work/www/index.html
httpd -p 127.0.0.1:8080 -h $work/www || die "no web server on the board"
watch_exits &
watcher=$!

if [ -t 0 ]; then
	printf '\nThe guest boots; a shell follows in a minute or so. Leaving it with Ctrl-] or\n'
	printf 'poweroff ends the board too.\n\n'
	echo "guest-kernel $kernel" >&4
	echo "guest-vcpus $vcpus" >&4
	run_guest ''
else
	run_guest ember.run=/run/ember/session </dev/null
fi
status=$?
kill $watcher
sum_exits >&4
# 6 is the escape key.
case $status:$([ -t 0 ] && echo typed) in
0:typed | 6:typed) ;;
0:) read_result ;;
*) die "ember ended with status $status" ;;
esac
