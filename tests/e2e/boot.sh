# boards: 1 2
# Debian's stock kernels, unmodified, boot as guests with 1, 2 and 4 vcpus: each
# one counts its CPUs, says what it is and powers itself off.
. /e2e/lib.sh
load_module

session='echo "$(uname -r) $(grep -c ^processor /proc/cpuinfo)" >/dev/vda; sync'

boots() {
	local flavour=$1 vcpus=$2 name=boot-$1-$2 status said
	echo "$session" | make_guest $name
	guest $name $flavour $vcpus
	status=$?
	said=$(result $name)
	case $status:$said in
	0:6.*-$flavour\ $vcpus) pass $name ;;
	*) fail "$name: status $status, the guest says '$said'" ;;
	esac
	rm -f $work/$name.*
}

for flavour in armmp-lpae armmp; do
	for vcpus in 1 2 4; do
		boots $flavour $vcpus
	done
done
