# The guest kernel boots on the stock host, from its initrd, with memory as the host gives it
# page by page, and with memory that was taken in large pieces.
. /e2e/lib.sh
. /e2e/large.sh
memory=64M
load_module
boots mips32 1

large_entries kernel-large mips32 88
large_entries all-large mips32 40 --mem-prealloc
nothing_left boot
