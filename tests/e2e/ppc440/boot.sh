# The board's own kernel boots as its guest, from its initrd, as ELF file and as U-Boot has it.
. /e2e/lib.sh
memory=64M
load_module
boots bamboo 1
kernel=/guest/uImage-bamboo boots bamboo 1 uImage
nothing_left boot
