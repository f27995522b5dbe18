# Stock kernels live through a hundred moves from one VM to the next, anywhere in
# their boot: all that the ABI shows is saved, restored and the same again.
. /e2e/lib.sh
. /e2e/migrate.sh
load_module

migrate armmp-lpae armmp-lpae --count 100 --seed 1
migrate armmp armmp --count 30 --seed 2
