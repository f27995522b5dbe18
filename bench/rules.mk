# How a board's programs that measure are made; its Makefile has set
#
#	board        the board's tests          layout       -I for the guest's layout
#	lib_objs     what of tests/board/lib    guest_arch   what the guest is compiled for
#	start_flags  the same for start.S       link_flags   for the linker
#	init_flags   for /init                  shared       what of bench/ exits.c needs

tests := $(root)/tests/board
obj := $(O)/obj/bench
lib := $(lib_objs:%=$(obj)/lib/%.o) $(obj)/image-file.o
guest := $(obj)/start.o $(obj)/lib.o $(obj)/guest.o

warnings := -Wall -Wextra -Werror -Wstrict-prototypes
CFLAGS = -O2 -g $(warnings) $(EXTRA_CFLAGS)
override CFLAGS += -std=gnu11 -MMD -MP -I$(root)/include/uapi -I$(board)/lib $(layout) -pthread
guest_flags := -O2 -std=gnu11 $(warnings) -MMD -MP $(layout) $(guest_arch) \
	-ffreestanding -fno-pic -fno-stack-protector -fno-strict-aliasing \
	-fno-tree-loop-distribute-patterns -fno-asynchronous-unwind-tables

say = @echo "  $(1) bench/$(@F)"; mkdir -p $(@D)

all: $(O)/bench/exits $(O)/bench/init

$(O)/bench/exits: $(obj)/exits.o $(shared:%=$(obj)/%.o) $(lib)
	$(call say,LD)
	@$(CC) -static -pthread -s -o $@ $^

$(O)/bench/init: $(root)/bench/init.c
	$(call say,CC)
	@mkdir -p $(obj)
	@$(CC) $(CFLAGS) $(init_flags) -static -s -MF $(obj)/init.d -o $@ $<

$(obj)/lib/%.o: $(tests)/lib/%.c
	$(call say,CC)
	@$(CC) $(CFLAGS) -c -o $@ $<

$(obj)/exits.o: exits.c
	$(call say,CC)
	@$(CC) $(CFLAGS) -c -o $@ $<

$(shared:%=$(obj)/%.o): $(obj)/%.o: $(root)/bench/%.c
	$(call say,CC)
	@$(CC) $(CFLAGS) -c -o $@ $<

$(obj)/image-file.o: $(tests)/lib/image.S $(obj)/guest.elf
	$(call say,AS)
	@$(CC) -DGUEST_IMAGE='"$(obj)/guest.elf"' -c -o $@ $<

$(obj)/guest.elf: $(guest) $(board)/guest/guest.lds
	$(call say,LD)
	@$(CC) -nostdlib -static -no-pie -o $@ $(guest) -Wl,--build-id=none,-z,noexecstack \
		$(link_flags) -Wl,-T,$(board)/guest/guest.lds,-z,max-page-size=4096,--no-warn-rwx-segments

$(obj)/start.o: $(board)/guest/start.S
	$(call say,AS)
	@$(CC) $(start_flags) $(layout) -MMD -MP -c -o $@ $<

$(obj)/lib.o: $(board)/guest/lib.c
	$(call say,CC)
	@$(CC) $(guest_flags) -c -o $@ $<

$(obj)/guest.o: guest.c
	$(call say,CC)
	@$(CC) $(guest_flags) -c -o $@ $<

clean:
	rm -rf $(obj) $(O)/bench

.PHONY: all clean
.SECONDARY:
-include $(wildcard $(obj)/*.d $(obj)/lib/*.d $(obj)/lib/*/*.d)
