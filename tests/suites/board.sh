# Runs on the board: every program and script in /tests, one after the other.
#
# A test program prints verdict lines on its stdout, one for each of its tests. One
# that ends with a failure without having said FAIL, that says nothing, or that
# needs more than its time, is a FAIL under its own name. ember.only=PROGRAM or
# ember.only=PROGRAM.TEST runs a part; TEST is then the program's argument.
# ember.slow=N says that this board needs N times as long as a usual one.

option() { sed -n "s/.*ember\.$1=\([^ ]*\).*/\1/p" /proc/cmdline; }

export TEST_SLOW=$(option slow)
[ -z "$TEST_SLOW" ] || export EMBER_TIME_LIMIT=$((400 * TEST_SLOW))
seconds=$((900 * ${TEST_SLOW:-1}))

# Verdicts go to the channel, everything to the console. The status is 0 if there
# was a verdict, 2 if one of them was FAIL.
sort_lines() {
	local line result=1
	while IFS= read -r line; do
		case $line in
		"PASS "* | "SKIP "*) echo "$line" >&3; [ $result -eq 2 ] || result=0 ;;
		"FAIL "*) echo "$line" >&3; result=2 ;;
		esac
		echo "$line"
	done
	return $result
}

# run_test NAME COMMAND...
run_test() {
	local name=$1 status said
	shift
	echo "--- $name"
	{ timeout -s KILL $seconds "$@" </dev/null 2>&1 3>&- 4>&-; echo $? >/tmp/status; } |
		sort_lines
	said=$?
	status=$(cat /tmp/status)
	if [ $status -eq 137 ]; then
		echo "FAIL $name: no end after $seconds s (or killed)" >&3
	elif [ $status -ne 0 ] && [ $said -ne 2 ]; then
		echo "FAIL $name: ended with status $status" >&3
	elif [ $said -eq 1 ]; then
		echo "FAIL $name: no verdict" >&3
	fi
}

# What the board's kernel cannot do: the stock ones inject no faults.
impossible() {
	case $1 in
	faults*) [ ! -e /proc/self/fail-nth ] ;;
	*) false ;;
	esac
}

only=$(option only)
insmod /ember.ko || echo "FAIL insmod: $(dmesg | tail -n 1)" >&3
for test in /tests/*; do
	[ -f "$test" ] && [ -x "$test" ] || continue
	name=${test##*/}
	name=${name%.sh}
	# On a board of its own: tests/swap.
	[ "$name" != swap ] || continue
	! impossible "$name" || continue
	case $only in
	'' | "$name") run_test "$name" "$test" ;;
	"$name".*) run_test "$name" "$test" "${only#*.}" ;;
	esac
done
if [ -d /sys/module/ember ] && [ -z "$only" ]; then
	rmmod ember && echo "PASS rmmod" >&3 || echo "FAIL rmmod: $(dmesg | tail -n 1)" >&3
fi
exit 0
