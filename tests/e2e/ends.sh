# How a guest ends is what `ember run` exits with: power off, reset, panic.
. /e2e/lib.sh
load_module

# ends NAME STATUS SESSION [OPTION]...
ends() {
	local name=$1 wanted=$2 status
	echo "$3" | make_guest $name
	shift 3
	guest $name armmp-lpae 1 "$@"
	status=$?
	if [ $status -eq "$wanted" ]; then
		pass $name
	else
		fail "$name: status $status, not $wanted"
	fi
	rm -f $work/$name.*
}

ends poweroff 0 'poweroff -f'
ends reset 3 'reboot -f' --no-reboot
