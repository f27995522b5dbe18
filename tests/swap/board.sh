# On the board: a swap file on the disk, then the program swap of tests/board, or those of
# its tests that ember.tests names.

disk=$(ls /dev/vd? | tail -n 1)
modprobe -qa ext4 crc32c_generic
mkdir -p /mnt/disk
mount -t ext4 "$disk" /mnt/disk || { echo "FAIL swap: no file system on $disk" >&3; exit 0; }
dd if=/dev/zero of=/mnt/disk/swap bs=1M count=96 2>/dev/null
chmod 600 /mnt/disk/swap
mkswap /mnt/disk/swap >/dev/null
swapon /mnt/disk/swap || { echo "FAIL swap: swapon: $(dmesg | tail -n 1)" >&3; exit 0; }
mount -t cgroup2 cgroup /sys/fs/cgroup
echo +memory >/sys/fs/cgroup/cgroup.subtree_control ||
	echo "FAIL swap: no memory controller" >&3
[ ! -e /sys/kernel/mm/transparent_hugepage ] ||
	echo always >/sys/kernel/mm/transparent_hugepage/enabled
sync
echo 3 >/proc/sys/vm/drop_caches
free
insmod /ember.ko || echo "FAIL swap: insmod: $(dmesg | tail -n 1)" >&3
tests=$(sed -n 's/.*ember\.tests=\([^ ]*\).*/\1/p' /proc/cmdline | tr , ' ')
/tests/swap $tests || [ $? -eq 1 ] || echo "FAIL swap: ended with status $?" >&3
rmmod ember || echo "FAIL swap: rmmod: $(dmesg | tail -n 1)" >&3
