# A guest's reset is DBCR0's, its end a register that the board itself does not have.
. /e2e/lib.sh
. /e2e/ends.sh
memory=64M
load_module
reset_and_off bamboo
nothing_left ends
