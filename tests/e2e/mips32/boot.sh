# The guest kernel boots on the stock host, from its initrd.
. /e2e/lib.sh
memory=64M
load_module
boots mips32 1
nothing_left boot
