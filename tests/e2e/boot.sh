# boards: 1 2
# Debian's stock kernels, unmodified, boot as guests with 1, 2 and 4 vcpus: each
# one counts its CPUs, says what it is and powers itself off.
. /e2e/lib.sh
load_module

for flavour in armmp-lpae armmp; do
	for vcpus in 1 2 4; do
		boots $flavour $vcpus
	done
done
