# A guest with two CPUs: both are on line and both work, they interrupt each other, neither
# keeps an address that the other has taken away, and the guest turns itself off.
. /e2e/lib.sh
memory=96M
load_module

make_guest smp /tools/shootdown <<'END'
busy() { taskset $1 sh -c 'n=0; while [ $n -lt 1500 ]; do n=$((n + 1)); done'; }
forks() { n=0; while [ $n -lt 4 ]; do n=$((n + 1)); (true) | (true); done; }
busy 1 & busy 2 & forks & wait
shootdown=$(/run/ember/shootdown 20)
ticks() { awk "/^cpu$1 / { print \$2 + \$4 }" /proc/stat; }
calls() { awk '/IPI call/ { a += $2; b += $3 } END { print a + 0, b + 0 }' /proc/interrupts; }
echo "cpus $(grep -c ^processor /proc/cpuinfo) work $(ticks 0) $(ticks 1) calls $(calls) shootdown $shootdown" >/dev/vda
sync
END
guest smp mips32 2
status=$?
said=$(result smp)
echo "guest: $said"
set -- $said
if [ "$status $1 $2" = "0 cpus 2" ]; then
	pass smp.online
else
	fail "smp.online: status $status, the guest says '$said'"
fi
# both NAME A B: each of the CPUs has some.
both() {
	if [ "${2:-0}" -gt 0 ] && [ "${3:-0}" -gt 0 ]; then
		pass smp.$1
	else
		fail "smp.$1: '$said'"
	fi
}
both work $4 $5
both calls $7 $8
case $said in
*" shootdown 0 of 20 wrong") pass smp.shootdown ;;
*) fail "smp.shootdown: '$said'" ;;
esac
nothing_left smp
