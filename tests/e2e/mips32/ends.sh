# A guest's reset is the board's reset register, its end the PIIX4's.
. /e2e/lib.sh
. /e2e/ends.sh
memory=64M
load_module
reset_and_off mips32
nothing_left ends
