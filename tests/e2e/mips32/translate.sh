# A guest kernel whose instructions are all left as they are boots, too; and there are
# fewer exits with translation.
. /e2e/lib.sh
memory=64M
load_module

# boot_counting on|off: how many exits of privileged instructions it took, in $count.
boot_counting() {
	local row before=0 after=0
	for row in di_ei mfc0 mtc0 cache; do before=$((before + $(exits $row))); done
	echo $([ $1 = off ]; echo $?) >/sys/module/ember/parameters/translate
	boots mips32 1
	for row in di_ei mfc0 mtc0 cache; do after=$((after + $(exits $row))); done
	count=$((after - before))
	echo "translation $1: $count exits of di, ei, mfc0, mtc0, cache"
}

[ -d /sys/kernel/debug/ember ] || mount -t debugfs none /sys/kernel/debug
boot_counting off
plain=$count
[ "$(exits translated)" = 0 ] || fail "translated: $(exits translated) while it is off"
boot_counting on
cat /sys/kernel/debug/ember/exits
if [ "$(exits translated)" -gt 0 ] && [ $((count * 2)) -lt $plain ]; then
	pass fewer-exits
else
	fail "fewer-exits: $count with, $plain without, $(exits translated) places translated"
fi
nothing_left translate
