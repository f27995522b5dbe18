# The monitor around a guest on bamboo: it pauses and goes on, the host's vhost_net serves
# its network, and it ends when told to.
. /e2e/lib.sh
. /e2e/control.sh
memory=64M
load_module
pauses_serves_stops bamboo
