# Kernels in other formats than zImage, started by the monitor itself: the uncompressed
# Image, the same as an ELF file with kernel addresses, as vmlinux is one, and a zImage
# with U-Boot's header.
# boards: 1
. /e2e/lib.sh
load_module

image=/guest/Image-armmp-lpae

# The bytes of a 32-bit number, low or high first.
byte() { printf "\\$(printf %03o $(($1 >> $2 & 255)))"; }
le32() { for number; do for bit in 0 8 16 24; do byte $number $bit; done; done; }
be32() { for number; do for bit in 24 16 8 0; do byte $number $bit; done; done; }

# One segment, code and bss, at the address that Debian's kernels are linked for.
elf() {
	local size=$(stat -c %s $image) at=0xc0208000
	printf '\177ELF\1\1\1\0\0\0\0\0\0\0\0\0\2\0\050\0'
	le32 1 $at 52 0 0x05000200
	printf '\064\0\040\0\1\0\0\0\0\0\0\0'
	le32 1 84 $at $at $size $((size + 0x400000)) 7 4
	cat $image
}

# ARM, a kernel for Linux, not compressed; the sums are nobody's business but U-Boot's.
uimage() {
	be32 0x27051956 0 0 $(stat -c %s $1) 0x40008000 0x40008000 0 0x05020200
	printf 'Linux\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'
	cat $1
}

# boots NAME FLAVOUR KERNEL
boots() {
	local name=$1 status said
	echo 'uname -r >/dev/vda; sync; poweroff -f' | make_guest $name
	kernel=$3 guest $name $2 1
	status=$?
	said=$(result $name)
	case $status:$said in
	0:6.*-$2) pass images.$name ;;
	*) fail "images.$name: status $status, the guest says '$said'" ;;
	esac
	rm -f $work/$name.*
}

boots Image armmp-lpae $image
elf >/tmp/kernel
boots ELF armmp-lpae /tmp/kernel
uimage /guest/vmlinuz-armmp >/tmp/kernel
boots uImage armmp /tmp/kernel
rm -f /tmp/kernel
