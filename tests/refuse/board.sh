# Runs on a board where the module cannot work. The suite's name, refuse-CASE, says
# why not; the module must fail to load with ENODEV and one line that a person
# understands, and leave nothing.

case=$(sed -n 's/.*ember\.suite=refuse-\([^ ]*\).*/\1/p' /proc/cmdline)
case $case in
no-extensions) pattern='ember: this CPU has no virtualization extensions: ' ;;
no-gicv2) pattern='ember: no GICv2 with virtualization .*: this board ' ;;
hypervisor) pattern='ember: another hypervisor holds Hyp mode: ' ;;
watermark) pattern='ember: ppc440: this host lacks a _tlbil_all as Linux 6.1 has it ' ;;
*) pattern='no such case' ;;
esac

why=
said=$(insmod /ember.ko 2>&1)
status=$?
line=$(dmesg | grep -E '(^|] )ember: ' | grep -v -e 'out-of-tree' -e 'verification failed' | tail -n 1)
if [ $status -eq 0 ]; then
	why="the module was loaded"
elif [ "${said#*No such device}" = "$said" ]; then
	why="insmod says: $said"
elif ! echo "$line" | grep -q "$pattern"; then
	why="the log says: ${line#*] }"
elif [ -e /dev/kvm ] || [ -d /sys/module/ember ] || [ -d /sys/kernel/debug/ember ]; then
	why="something was left behind"
elif grep -q ember /proc/interrupts; then
	why="an interrupt was left behind"
fi
if [ -n "$why" ]; then
	echo "FAIL refuse.$case: $why" >&3
else
	echo "PASS refuse.$case" >&3
fi
exit 0
