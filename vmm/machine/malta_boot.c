// SPDX-License-Identifier: GPL-2.0
/*
 * Where boot files go on the machine "malta", and what its kernels are told; see
 * boot.h and malta_boot.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "../err.h"
#include "../guestmem.h"
#include "boot.h"
#include "image.h"
#include "malta.h"
#include "malta_boot.h"

#define MIB (1024 * 1024ull)

/*
 * As QEMU has it: whole 64 KiB, so that it suits every page size, and 128 KiB above
 * it, where Linux once put its first page bitmap.
 */
#define INITRD_ALIGN 0x10000ull
#define INITRD_GAP 0x20000ull

/* Between the exception vectors and the kernel; Linux reads it once and forgets it. */
#define ENV_AT 0x2000u
#define ENV_SIZE 0x8000u
#define ENV_WORDS 16u

static int too_little(const struct guestmem_region *ram, uint64_t need, struct err *e)
{
	return err_set(e, EXIT_USAGE,
		       "too little memory: %llu MiB, kernel and initrd need %llu (--mem)",
		       (unsigned long long)(ram->size / MIB),
		       (unsigned long long)((need + MIB - 1) / MIB));
}

static int place(struct boot *boot, const struct guestmem_region *ram, uint64_t end, struct err *e)
{
	uint64_t need = boot->initrd_size ? boot->initrd_size + INITRD_GAP + INITRD_ALIGN : 0;

	if (end > ram->size || need > ram->size - end)
		return too_little(ram, end + need, e);
	boot->initrd = (ram->size - need + INITRD_ALIGN) & ~(INITRD_ALIGN - 1);
	return 0;
}

const struct boot_rules boot_malta = { image_formats_mips, place };

static void add_devices(FILE *to, unsigned int slots)
{
	static const unsigned int irqs[] = MALTA_VIRTIO_IRQS;
	unsigned int i;

	for (i = 0; i < slots; i++)
		fprintf(to, "virtio_mmio.device=0x%x@0x%llx:%u ", MALTA_VIRTIO_STRIDE,
			MALTA_VIRTIO + i * MALTA_VIRTIO_STRIDE,
			irqs[i % (sizeof(irqs) / sizeof(irqs[0]))]);
}

/* Ours first: what stands behind "--" in the user's words is for init, not for Linux. */
char *malta_boot_cmdline(const struct malta_boot *cfg, struct err *e)
{
	const struct boot *boot = cfg->boot;
	char *line = NULL;
	size_t len;
	FILE *to = open_memstream(&line, &len);

	if (!to) {
		err_sys(e, EXIT_INTERNAL, errno, "cannot write the command line");
		return NULL;
	}
	if (boot->initrd_size)
		fprintf(to, "rd_start=0x%llx rd_size=%llu ",
			(unsigned long long)(MALTA_KSEG0 + boot->initrd),
			(unsigned long long)boot->initrd_size);
	add_devices(to, cfg->slots);
	fputs(cfg->append ? cfg->append : "", to);
	fclose(to);
	if (len < MALTA_CMDLINE_MAX)
		return line;
	err_set(e, EXIT_USAGE,
		"--append: the command line has %zu bytes with what the machine adds to it, at most "
		"%u fit",
		len, MALTA_CMDLINE_MAX - 1);
	free(line);
	return NULL;
}

/* The block of memory that is written: a vector of pointers, the strings behind it. */
struct env {
	uint32_t words; /* of the vector that are in use */
	uint32_t used; /* bytes */
	char bytes[ENV_SIZE];
};

static void put_word(struct env *env, uint32_t val)
{
	const uint8_t le[4] = { val, val >> 8, val >> 16, val >> 24 };

	memcpy(env->bytes + 4 * env->words++, le, sizeof(le));
}

/* Cuts off what does not fit: the command line's length was checked, paths are shorter. */
static void put_string(struct env *env, const char *text)
{
	size_t room = ENV_SIZE - env->used, len = strnlen(text, room - 1);

	put_word(env, MALTA_KSEG0 + ENV_AT + env->used);
	memcpy(env->bytes + env->used, text, len);
	env->used += len + 1;
}

static void put_variable(struct env *env, const char *name, const char *value)
{
	put_string(env, name);
	put_string(env, value);
}

static void put_seed(struct env *env)
{
	uint8_t seed[32];
	char hex[2 * sizeof(seed) + 1];
	size_t i;

	if (getrandom(seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed))
		return;
	for (i = 0; i < sizeof(seed); i++)
		snprintf(hex + 2 * i, 3, "%02x", seed[i]);
	put_variable(env, "rngseed", hex);
}

static void put_environment(struct env *env, const struct guestmem_region *ram, bool seed)
{
	char size[16];

	snprintf(size, sizeof(size), "%llu", (unsigned long long)ram->size);
	put_variable(env, "memsize", size);
	put_variable(env, "ememsize", size);
	put_variable(env, "modetty0", "38400n8r");
	if (seed)
		put_seed(env);
	put_word(env, 0);
}

int malta_boot_write(const struct malta_boot *cfg, const struct guestmem *mem, uint32_t args[4],
		     struct err *e)
{
	const struct guestmem_region *ram = &mem->region[0];
	char *line = malta_boot_cmdline(cfg, e);
	struct env *env = calloc(1, sizeof(*env));
	int r;

	if (!line || !env) {
		free(line);
		free(env);
		return line ? err_sys(e, EXIT_INTERNAL, errno, "no memory for boot arguments") : -1;
	}
	env->used = 4 * ENV_WORDS;
	put_string(env, cfg->kernel);
	put_string(env, line);
	args[0] = env->words;
	args[1] = MALTA_KSEG0 + ENV_AT;
	args[2] = args[1] + 4 * env->words;
	args[3] = ram->size;
	put_environment(env, ram, cfg->seed);
	r = guestmem_write(mem, ENV_AT, env->bytes, env->used);
	free(line);
	free(env);
	return r ? err_sys(e, EXIT_INTERNAL, -r, "boot arguments placed outside memory") : 0;
}
