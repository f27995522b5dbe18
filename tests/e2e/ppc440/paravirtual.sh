# The guest kernel of guest/ppc440 asks for the magic page and replaces its own privileged
# instructions; with translation and without, and where it is not told of a hypervisor.
. /e2e/lib.sh
memory=64M
load_module

# The rows of instructions that the page takes the place of, SPRG4 to 7 among them, which
# translation leaves alone.
rows="mfmsr mtmsr wrtee mfspr mtspr"

page_exits() {
	local row
	for row in $rows; do exits $row; done
}

# boot_counting NAME on|off [OPTION]...: how many of these exits a boot took, in $count; how
# many hypercalls, in $calls; $said is what the guest says of the page.
boot_counting() {
	local name=$1 translation=$2 before calls_before by_row status
	shift 2
	echo $([ $translation = off ]; echo $?) >/sys/module/ember/parameters/translate
	before=$(page_exits) calls_before=$(exits hypercall)
	make_guest $name <<-'END'
		(uname -r; dmesg | sed -n 's/.*KVM: Live patching for a fast VM/page/p'; echo end) >/dev/vda
		sync
	END
	guest $name ppc440 1 "$@"
	status=$?
	by_row=$(echo "$before" "$(page_exits)" | tr '\n' ' ' | awk -v rows="$rows" '{
		for (i = split(rows, row); i; i--) print row[i], $(NF / 2 + i) - $i }')
	count=$(echo "$by_row" | awk '{ n += $2 } END { print n }')
	calls=$(($(exits hypercall) - calls_before))
	said=$(result $name | tr '\n' ' ')
	[ $status -eq 0 ] || said="$said status $status"
	echo "$name: $count exits ("$by_row"), $calls hypercalls, '$said'"
}

# expect NAME CALLS WORDS: what boot_counting found.
expect() {
	case "$calls:$said" in
	$2:6.*-ppc440\ $3end\ ) pass $1 ;;
	*) fail "$1: $calls hypercalls, the guest says '$said'" ;;
	esac
}

[ -d /sys/kernel/debug/ember ] || mount -t debugfs none /sys/kernel/debug
boot_counting plain off --no-hypervisor
expect plain 0
plain=$count
boot_counting page off
expect page 2 'page worked '
[ $((count * 3)) -lt $plain ] && pass fewer-exits ||
	fail "fewer-exits: $count with the page, $plain without"
boot_counting plain-translated on --no-hypervisor
expect plain-translated 0
plain=$count
boot_counting page-translated on
expect page-translated 2 'page worked '
[ $((count * 3)) -lt $((plain * 2)) ] && pass fewer-translated ||
	fail "fewer-translated: $count with the page, $plain without"
cat /sys/kernel/debug/ember/exits
nothing_left paravirtual
