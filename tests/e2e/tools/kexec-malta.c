// SPDX-License-Identifier: GPL-2.0
/*
 * On the machine malta, starts another kernel from a running one, as its monitor would:
 *
 *	kexec-malta VMLINUX INITRD WORDS     WORDS: the command line
 *
 * Debian's kexec does not know where the kernels of guest/mips32 are linked. Linux' own
 * half (relocate_kernel.S) jumps to the new kernel with nothing in a0-a3, so a few
 * instructions come first, which load them from the page that they are in.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/kexec.h>
#include <linux/reboot.h>

#define KSEG0 0x40000000u
#define PAGE 4096u
#define MEMORY (64u << 20)
#define INITRD_AT (32u << 20)
/* As vmm/machine/malta_boot.c: between vectors and kernel. */
#define STUB_AT 0x2000u
#define ARGS 0x40u /* in the stub's page */
#define TEXT 0x80u

#define A0 4
#define T9 25

static unsigned char page[PAGE];
static unsigned int text = TEXT;

static void die(const char *what)
{
	fprintf(stderr, "kexec-malta: %s: %s\n", what, strerror(errno));
	exit(1);
}

static unsigned long whole_pages(unsigned long bytes)
{
	return (bytes + PAGE - 1) & ~(PAGE - 1ul);
}

static struct kexec_segment segment(void *buf, size_t size, uint32_t at, size_t room)
{
	return (struct kexec_segment){
		.buf = buf,
		.bufsz = size,
		.mem = (void *)(uintptr_t)at,
		.memsz = whole_pages(room),
	};
}

static void *read_file(const char *path, size_t *size)
{
	struct stat st;
	char *data;
	size_t got = 0;
	int fd = open(path, O_RDONLY);

	if (fd < 0 || fstat(fd, &st))
		die(path);
	data = malloc(st.st_size);
	while (data && got < (size_t)st.st_size) {
		ssize_t n = read(fd, data + got, st.st_size - got);

		if (n <= 0)
			die(path);
		got += n;
	}
	if (!data)
		die(path);
	close(fd);
	*size = got;
	return data;
}

static uint32_t *word(unsigned int at)
{
	return (uint32_t *)(page + at);
}

/* lui reg, val >> 16; ori reg, reg, val (MD00086 vol. II-A) */
static uint32_t *load(uint32_t *insn, unsigned int reg, uint32_t val)
{
	*insn++ = 0x3c000000 | reg << 16 | val >> 16;
	*insn++ = 0x34000000 | reg << 21 | reg << 16 | (val & 0xffff);
	return insn;
}

static uint32_t string(const char *what)
{
	unsigned int at = text;

	text += strlen(what) + 1;
	if (text > PAGE)
		die("the command line is too long");
	strcpy((char *)page + at, what);
	return KSEG0 + STUB_AT + at;
}

static void make_stub(uint32_t entry, const char *words)
{
	const uint32_t args = KSEG0 + STUB_AT + ARGS;
	char memory[16];
	uint32_t *insn = word(0), *arg = word(ARGS);

	snprintf(memory, sizeof(memory), "%u", MEMORY);
	arg[0] = string("kexec");
	arg[1] = string(words);
	arg[2] = string("memsize");
	arg[3] = string(memory);
	arg[4] = string("modetty0");
	arg[5] = string("38400n8r");
	insn = load(insn, A0, 2);
	insn = load(insn, A0 + 1, args);
	insn = load(insn, A0 + 2, args + 8);
	insn = load(insn, A0 + 3, MEMORY);
	insn = load(insn, T9, entry);
	*insn = T9 << 21 | 0x08; /* jr t9, and a nop behind it */
}

int main(int argc, char **argv)
{
	struct kexec_segment segments[3];
	size_t kernel_size, initrd_size;
	const Elf32_Phdr *load;
	const Elf32_Ehdr *elf;
	void *initrd;
	char *words;

	if (argc != 4) {
		fprintf(stderr, "usage: kexec-malta VMLINUX INITRD WORDS\n");
		return 2;
	}
	elf = read_file(argv[1], &kernel_size);
	initrd = read_file(argv[2], &initrd_size);
	/* The kernels that it is for have one segment to load, which comes first. */
	load = (const void *)((const char *)elf + elf->e_phoff);
	if (kernel_size < sizeof(*elf) || load->p_type != PT_LOAD ||
	    load->p_offset + load->p_filesz > kernel_size)
		die(argv[1]);
	if (asprintf(&words, "rd_start=0x%x rd_size=%zu %s", KSEG0 + INITRD_AT, initrd_size,
		     argv[3]) < 0)
		die("command line");
	make_stub(elf->e_entry, words);
	segments[0] = segment(page, PAGE, STUB_AT, PAGE);
	segments[1] = segment((char *)elf + load->p_offset, load->p_filesz, load->p_vaddr - KSEG0,
			      load->p_memsz);
	segments[2] = segment(initrd, initrd_size, INITRD_AT, initrd_size);
	if (syscall(SYS_kexec_load, STUB_AT, 3, segments, KEXEC_ARCH_DEFAULT))
		die("kexec_load");
	sync();
	syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_KEXEC, NULL);
	die("reboot");
}
