# Runs on the board, for bench/run: the exits, then the measured system as a
# guest. Results are lines on file descriptor 4.

fail() { echo "FAIL bench: $*" >&3; exit 1; }

insmod /ember.ko || fail "insmod: $(dmesg | tail -n 1)"
/bench/exits >/tmp/exits 3>&-
cat /tmp/exits
! grep -q ^FAIL /tmp/exits || fail "$(sed -n 's/^FAIL //p' /tmp/exits)"
sed -n 's/^[a-z0-9_]* [0-9]*$/exit &/p' /tmp/exits >&4

counts=/sys/kernel/debug/ember/exits
guest="--cpus 1 --mem $(cat /bench/memory) --net none --no-rng --initrd /bench/initrd $(cat /bench/words)"
append=$(cat /bench/append)

if [ -e /bench/wants-dtb ]; then
	ember run $guest --append "$append" --dumpdtb /tmp/dtb /bench/kernel ||
		fail "no device tree"
	echo "dtb $(base64 /tmp/dtb | tr -d '\n')" >&4
fi

cp $counts /tmp/before
status=0
ember run $guest --append "$append" --console /tmp/console /bench/kernel </dev/null || status=$?
[ $status -eq "$(cat /bench/status)" ] ||
	fail "ember ends with status $status: $(tail -n 1 /tmp/console)"
cp $counts /tmp/after
tr -d '\r' </tmp/console | tail -n 5
tr -d '\r' </tmp/console | sed -n 's/^bench-/guest bench-/p' >&4
awk 'NR == FNR { before[$1] = $2; next }
	$2 > before[$1] { print "count", $1, $2 - before[$1] }' /tmp/before /tmp/after >&4
echo "PASS bench" >&3
