# Tests of one backend, which run on its board against /dev/kvm: for the Makefiles of
# mips32 and ppc440, from their directories.  Each says before it includes this
#
#	arch		the name of its directory, and of its part of ../lib
#	own_lib		what else its programs are linked with, if anything
#	guest_arch	how its guests are compiled
#	guest_asm	how their assembly is
#
# It puts static programs and scripts into $(O)/tests: those of that directory, and of .. those
# that hold on any architecture.  The guests are one image, which every program carries.

shared := coalesced dirty eventfd ioctl-memory ioctl-system ioctl-vcpu memory pages run slots statsfd swap timing
scripts := lifecycle.sh
# Of ../one: of the boards whose VMs have one vcpu.
one := crowd large
own := $(basename $(notdir $(wildcard *.c)))
obj := $(O)/obj/board
programs := $(own) $(one) $(shared)
lib := $(patsubst %,$(obj)/lib/%.o,test image vm vcpu mem eventfd press seeds hold $(arch)/arch $(arch)/caps) \
	$(patsubst %,$(obj)/%.o,witness image-file prealloc $(own_lib))
guest := $(patsubst guest/%,$(obj)/guest/%.o,guest/start.S $(sort $(wildcard guest/*.c)) guest/any.c guest/serve.c)

warnings := -Wall -Wextra -Werror -Wstrict-prototypes -Wmissing-prototypes
CFLAGS = -O2 -g $(warnings)
layout := -I../lib -I../lib/$(arch)
depends := -MMD -MP
override CFLAGS += -std=gnu11 $(depends) -I../../../include/uapi -Ilib -I../one $(layout) -pthread
# Static wherever they run, and no floating point where it is not meant.
guest_flags := -O2 -g -std=gnu11 $(filter-out -Wmissing-prototypes,$(warnings)) $(depends) -Iguest $(layout) \
	$(guest_arch) -msoft-float -G0 -ffreestanding -fno-pic -fno-stack-protector \
	-fno-strict-aliasing -fno-tree-loop-distribute-patterns -fno-asynchronous-unwind-tables \
	-Wno-unused-parameter

say = @$(if $(V),:,echo "  $(1) $(@F)"); mkdir -p $(@D)
Q = $(if $(V),,@)

all: $(programs:%=$(O)/tests/%) $(scripts:%=$(O)/tests/%)

$(O)/tests/%.sh: ../%.sh
	$(call say,SH)
	$(Q)install -m 755 $< $@

$(O)/tests/hostile: $(obj)/harm.o

$(O)/tests/%: $(obj)/%.o $(lib)
	$(call say,LD)
	$(Q)$(CC) -static -pthread -s -o $@ $^

$(obj)/%.o: %.c
	$(call say,CC)
	$(Q)$(CC) $(CFLAGS) -c -o $@ $<

$(obj)/%.o: ../one/%.c
	$(call say,CC)
	$(Q)$(CC) $(CFLAGS) -c -o $@ $<

$(obj)/%.o: ../%.c
	$(call say,CC)
	$(Q)$(CC) $(CFLAGS) -c -o $@ $<

$(obj)/prealloc.o: ../../../vmm/prealloc.c
	$(call say,CC)
	$(Q)$(CC) $(CFLAGS) -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -c -o $@ $<

$(obj)/image-file.o: ../lib/image.S $(obj)/guest.elf
	$(call say,AS)
	$(Q)$(CC) -DGUEST_IMAGE='"$(obj)/guest.elf"' -c -o $@ $<

$(obj)/guest.elf: $(guest) guest/guest.lds
	$(call say,LD)
	$(Q)$(CC) -nostdlib -static -no-pie -Wl,-T,guest/guest.lds,--build-id=none,-z,max-page-size=4096,-z,noexecstack \
		-Wl,--no-warn-rwx-segments,--no-warn-mismatch -o $@ $(guest)

$(obj)/guest/%.c.o: guest/%.c
	$(call say,CC)
	$(Q)$(CC) $(guest_flags) -c -o $@ $<

$(obj)/guest/%.c.o: ../guest/%.c
	$(call say,CC)
	$(Q)$(CC) $(guest_flags) -c -o $@ $<

$(obj)/guest/%.S.o: guest/%.S
	$(call say,AS)
	$(Q)$(CC) $(guest_asm) $(layout) $(depends) -c -o $@ $<

clean:
	rm -rf $(obj) $(programs:%=$(O)/tests/%) $(scripts:%=$(O)/tests/%)

.PHONY: all clean
.SECONDARY:
-include $(wildcard $(obj)/*.d $(obj)/*/*.d $(obj)/*/*/*.d)
