# The board's own kernel boots as its guest, from its initrd: as ELF file and as U-Boot has it,
# with its instructions left as they are, and with memory that is taken in large pieces.
. /e2e/lib.sh
. /e2e/large.sh
memory=64M
load_module
boots bamboo 1
kernel=/guest/uImage-bamboo boots bamboo 1 uImage

places=$(exits translated)
echo 0 >/sys/module/ember/parameters/translate
boots bamboo 1 untranslated
echo 1 >/sys/module/ember/parameters/translate
if [ "$places" -gt 0 ] && [ "$(exits translated)" = "$places" ]; then
	pass left-alone
else
	fail "left-alone: $places places translated, then $(exits translated)"
fi

large_entries kernel-large bamboo 200
large_entries all-large bamboo 200 --mem-prealloc
nothing_left boot
