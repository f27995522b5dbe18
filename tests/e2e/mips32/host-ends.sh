# A board that is about to go off enters its guest no more, and the monitor says so.
. /e2e/lib.sh
. /e2e/host-ends.sh
memory=64M
load_module
host_ends mips32 poweroff
