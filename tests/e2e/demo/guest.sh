# The demo's scripted session, in the guest. It runs twice: the guest reboots in
# between. What it finds goes to /root/demo-result, which the board reads from the
# disk when the guest is off.
note=/root/demo-note
text='written before the reboot'

step() { printf '\n# %s\n' "$*"; }
found() { echo "$*" >>/root/demo-result; }

first() {
	step uname -a
	uname -a
	step cat /proc/cpuinfo
	cat /proc/cpuinfo
	step "writing $note, rebooting"
	echo "$text" >$note
	found kernel "$(uname -r)"
	found vcpus "$(grep -c ^processor /proc/cpuinfo)"
	sync
	/sbin/reboot
	sleep 60
}

second() {
	step "after the reboot: cat $note"
	cat $note
	[ "$(cat $note)" != "$text" ] || found PASS disk
	step wget http://10.0.2.2:8080/
	timeout 60 wget -q -O /tmp/page http://10.0.2.2:8080/ && cat /tmp/page
	grep -q "page from the board" /tmp/page && found PASS network
	sync
}

if [ -e $note ]; then second; else first; fi
