# On the board ppc440: two and four VMs that check themselves, on a host that has other
# things to do and little memory, for ten minutes each; a Linux guest is among them.
. /e2e/lib.sh
. /e2e/stress.sh
memory=64M
crowd bamboo
