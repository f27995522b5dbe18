# The front door. `make help` says what there is.
#
# On an armhf machine the module and the monitor are built natively, against the
# installed kernel's headers; `make install` puts them in place. Elsewhere they
# are built for a board with what lab/ fetches (lab/README.md).
#
# What the parts below are called with, and what they must leave behind:
#   make -C vmm         O=DIR CC=... PKG_CONFIG=... all   DIR/ember
#   make -C tests/board O=DIR CC=... PKG_CONFIG=... all   DIR/tests/*  (armhf)
#   make -C tests/board/BOARD ...                         the same of another board
#   make -C tests/unit  O=DIR check                       verdict lines on stdout
#   kmod/Kbuild         in a mirror of kmod/ and include/ at build/kmod-FLAVOUR
# EXTRA_CFLAGS is passed on where it is set. Verdict lines are `PASS name`,
# `FAIL name: why`, `SKIP name: why`.

# What is built for and run on: one of lab/boards, whose rows are here `board` of it.
BOARD    ?= armv7
board     = $(shell . lab/boards/$(BOARD).conf && echo $$board_$(1))
ARCH     := $(call board,arch)
CPU      ?=
FLAVOUR  ?= $(call board,flavour)
FLAVOURS ?= $(call board,flavours)
BOARDS   := $(basename $(notdir $(wildcard lab/boards/*.conf)))

B       := $(CURDIR)/build
NATIVE  := $(filter armhf,$(shell dpkg --print-architecture 2>/dev/null))
PREFIX  ?= /usr/local
DESTDIR ?=
RELEASE ?= $(shell uname -r)
export EXTRA_CFLAGS

.DELETE_ON_ERROR:
.PHONY: all help deps kmod vmm board-tests board guest demo check check-debug stress bench install \
	uninstall clean always kmod-native vmm-native

ifeq ($(NATIVE),armhf)
all: kmod-native vmm-native
else
all: $(BOARDS:%=all-%)
endif

all-%: always
	@$(MAKE) --no-print-directory BOARD=$* kmod vmm

help:
	@echo 'make demo      a Debian guest on an emulated board'
	@echo '                 BOARD=armv7  CPU=cortex-a15|cortex-a7  FLAVOUR=armmp-lpae|armmp'
	@echo '                 BOARD=mips32  CPU=24Kf|34Kf|74Kf|P5600'
	@echo '                 BOARD=ppc440'
	@echo 'make check     the tests; TESTS="unit e2e/boot" runs some (tests/run --list)'
	@echo 'make stress    tests that take hours: EMBER_SECONDS, EMBER_EXITS, EMBER_SEED say how much'
	@echo 'make check-debug  the board tests on kernels that check themselves (KASAN, lockdep,'
	@echo '                 kmemleak, failing allocations): Linux 6.1 and 6.12, built from'
	@echo '                 Debian'"'"'s source once, which takes an hour or two; then hours'
	@echo 'make bench     instructions per exit and per workload: build/bench/BOARD.json'
	@echo 'make           module and monitor: native on armhf, elsewhere for every board'
	@echo 'make install   on armhf: both, the man page and the udev rule (PREFIX, DESTDIR)'
	@echo 'make kmod      ember.ko for the kernels of BOARD: build/kmod-FLAVOUR/'
	@echo 'make vmm       the monitor for BOARD: build/armhf/ember and so on'
	@echo 'make deps      install the Debian packages that building and testing need'
	@echo 'make clean     remove build/ (downloads stay in the cache)'

deps:
	@lab/deps

# --- cross-built for the lab ---------------------------------------------------

kmod: $(addprefix kmod-,$(FLAVOURS))

kmod-%: deps always
	@lab/kmod $*

vmm: deps
	@lab/cross --arch $(ARCH) vmm all

tests := $(if $(filter armv7,$(BOARD)),tests/board,tests/board/$(BOARD))

board-tests: deps
	@[ ! -e $(tests)/Makefile ] || lab/cross --arch $(ARCH) $(tests) all
	@lab/cross --arch $(ARCH) tests/e2e/tools all

# All that is on the board.
board: kmod vmm board-tests

guest: deps
	@lab/guest --arch $(ARCH) store >/dev/null

demo: kmod-$(FLAVOUR) vmm guest
	@tests/e2e/demo/run --board $(BOARD) --flavour $(FLAVOUR) $(if $(CPU),--cpu $(CPU))

check: deps
	@tests/run $(TESTS)

stress: deps
	@tests/run $(addprefix stress/,$(TESTS))$(if $(TESTS),,stress)

check-debug: deps
	@tests/run $(or $(TESTS),debug)

bench: kmod vmm board-tests
	@bench/run $(BOARD)

# --- native --------------------------------------------------------------------

KDIR ?= /lib/modules/$(RELEASE)/build

kmod-native:
	@[ -e $(KDIR)/Makefile ] || { echo "ember: error: no kernel headers at $(KDIR):" \
		"install linux-headers-$(RELEASE)" >&2; exit 1; }
	@KDIR=$(KDIR) lab/kmod native

vmm-native:
	$(MAKE) -C vmm O=$(B)/native all

install: all
	install -D -m 644 $(B)/kmod-native/ember.ko $(DESTDIR)/lib/modules/$(RELEASE)/updates/ember.ko
	install -D -m 755 $(B)/native/ember $(DESTDIR)$(PREFIX)/bin/ember
	install -D -m 644 vmm/ember.1 $(DESTDIR)$(PREFIX)/share/man/man1/ember.1
	install -D -m 644 dist/60-ember.rules $(DESTDIR)/lib/udev/rules.d/60-ember.rules
	[ -n "$(DESTDIR)" ] || depmod $(RELEASE)

uninstall:
	rm -f $(DESTDIR)/lib/modules/$(RELEASE)/updates/ember.ko $(DESTDIR)$(PREFIX)/bin/ember \
		$(DESTDIR)$(PREFIX)/share/man/man1/ember.1 $(DESTDIR)/lib/udev/rules.d/60-ember.rules
	[ -n "$(DESTDIR)" ] || depmod $(RELEASE)

clean:
	rm -rf $(B)
