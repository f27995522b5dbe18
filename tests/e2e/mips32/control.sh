# The monitor around a guest on malta: it pauses and goes on, the host's vhost_net serves
# its network though KVM has no irqfds here, and it ends when told to.
. /e2e/lib.sh
. /e2e/control.sh
memory=64M
load_module
pauses_serves_stops mips32
