// SPDX-License-Identifier: GPL-2.0
/* Boot files and their places in memory; see boot.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../err.h"
#include "../guestmem.h"
#include "../prealloc.h"
#include "boot.h"
#include "image.h"

#define KIB 1024ull

/* No @path: no file, and nothing wrong. */
static int open_one(const char *what, const char *path, int *fd, struct err *e)
{
	struct stat st;

	if (!path)
		return 0;
	/* O_NONBLOCK: a fifo is to be refused, not waited for. */
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (*fd < 0)
		return err_sys(e, EXIT_USAGE, errno, "cannot open %s %s", what, path);
	if (fstat(*fd, &st) == 0 && S_ISREG(st.st_mode))
		return 0;
	return err_set(e, EXIT_USAGE, "%s %s is %s, not a file", what, path,
		       S_ISDIR(st.st_mode) ? "a directory" : "a device or pipe");
}

int boot_files_open(struct boot_files *f, const char *kernel, const char *initrd, const char *dtb,
		    struct err *e)
{
	*f = (struct boot_files){ kernel, initrd, dtb, -1, -1, -1 };
	if (!open_one("kernel", kernel, &f->kernel, e) &&
	    !open_one("initrd", initrd, &f->initrd, e) && !open_one("device tree", dtb, &f->dtb, e))
		return 0;
	boot_files_close(f);
	return -1;
}

static void close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void boot_files_close(struct boot_files *f)
{
	close_one(&f->kernel);
	close_one(&f->initrd);
	close_one(&f->dtb);
}

/* All @size bytes, or -1 with @e: a file that became shorter is an error. */
static int read_all(int fd, void *to, uint64_t size, const char *what, const char *path,
		    struct err *e)
{
	uint64_t got = 0;

	while (got < size) {
		ssize_t n = pread(fd, (char *)to + got, size - got, got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, EXIT_USAGE, errno, "cannot read %s %s", what, path);
		if (n == 0)
			return err_set(e, EXIT_USAGE, "%s %s became shorter while it was read",
				       what, path);
		got += n;
	}
	return 0;
}

static int file_size(int fd, const char *what, const char *path, uint64_t *size, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(e, EXIT_USAGE, errno, "cannot read %s %s", what, path);
	*size = st.st_size;
	return 0;
}

static int check_max(const char *what, const char *path, uint64_t size, uint64_t max, struct err *e)
{
	if (size <= max)
		return 0;
	return err_set(e, EXIT_USAGE, "%s %s is too large: %llu bytes, at most %llu fit", what,
		       path, (unsigned long long)size, (unsigned long long)max);
}

int boot_file_size(int fd, const char *what, const char *path, uint64_t max, uint64_t *size,
		   struct err *e)
{
	if (file_size(fd, what, path, size, e))
		return -1;
	if (!*size)
		return err_set(e, EXIT_USAGE, "%s %s is empty", what, path);
	return check_max(what, path, *size, max, e);
}

void *boot_read_file(int fd, const char *what, const char *path, uint64_t max, uint64_t *size,
		     struct err *e)
{
	void *buf;

	if (file_size(fd, what, path, size, e) || check_max(what, path, *size, max, e))
		return NULL;
	buf = malloc(*size + 1);
	if (!buf) {
		err_sys(e, EXIT_INTERNAL, errno, "no memory to read %s %s", what, path);
		return NULL;
	}
	if (read_all(fd, buf, *size, what, path, e)) {
		free(buf);
		return NULL;
	}
	return buf;
}

/*
 * What a kernel has in memory is used all the time: large TLB entries for it are worth more
 * than any others.  Where they cannot be had, nothing is lost.
 */
static void take_at_once(const struct image_seg *s, const struct guestmem *mem)
{
	const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), start = s->gpa & -PREALLOC_PIECE;
	const uint64_t size = (s->gpa + s->memsz - start + page - 1) & -page;
	void *hva = guestmem_at(mem, start, size);

	if (hva)
		prealloc(hva, size);
}

static int copy_segments(const struct image *img, const uint8_t *buf, const struct guestmem *mem,
			 struct err *e)
{
	unsigned int i;

	for (i = 0; i < img->nr; i++) {
		const struct image_seg *s = &img->seg[i];
		uint8_t *to = guestmem_at(mem, s->gpa, s->memsz);

		if (!to)
			return err_set(
				e, EXIT_USAGE,
				"it wants %llu KiB at 0x%llx, where there is no memory (--mem)",
				(unsigned long long)((s->memsz + 1023) / KIB),
				(unsigned long long)s->gpa);
		take_at_once(s, mem);
		memcpy(to, buf + s->from, s->filesz);
	}
	if (!guestmem_at(mem, img->entry & ~1u, 4))
		return err_set(e, EXIT_USAGE, "its entry point 0x%x is not in memory", img->entry);
	return 0;
}

static int load_kernel(struct boot *boot, const struct boot_rules *rules,
		       const struct boot_files *f, const struct guestmem *mem, struct err *e)
{
	const struct guestmem_region *ram = &mem->region[0];
	struct image img;
	struct err why;
	uint64_t size;
	void *buf = boot_read_file(f->kernel, "kernel", f->kernel_path, ram->size, &size, e);
	int r;

	if (!buf)
		return -1;
	r = image_parse(&img, rules->formats, buf, size, ram->gpa, &why);
	if (!r)
		r = rules->place(boot, ram, img.end, &why);
	if (!r)
		r = copy_segments(&img, img.unpacked ? img.unpacked : buf, mem, &why);
	free(img.unpacked);
	free(buf);
	if (r)
		return err_set(e, why.code, "kernel %s: %s", f->kernel_path, why.msg);
	boot->kind = img.kind;
	boot->entry = img.entry;
	return 0;
}

static int load_initrd(const struct boot *boot, const struct boot_files *f,
		       const struct guestmem *mem, struct err *e)
{
	void *to = guestmem_at(mem, boot->initrd, boot->initrd_size);

	if (!to)
		return err_set(e, EXIT_INTERNAL, "initrd placed outside memory");
	return read_all(f->initrd, to, boot->initrd_size, "initrd", f->initrd_path, e);
}

int boot_load(struct boot *boot, const struct boot_rules *rules, const struct boot_files *f,
	      const struct guestmem *mem, struct err *e)
{
	memset(boot, 0, sizeof(*boot));
	if (f->initrd >= 0 && file_size(f->initrd, "initrd", f->initrd_path, &boot->initrd_size, e))
		return -1;
	if (f->initrd >= 0 && !boot->initrd_size)
		return err_set(e, EXIT_USAGE, "initrd %s is empty", f->initrd_path);
	if (load_kernel(boot, rules, f, mem, e))
		return -1;
	return boot->initrd_size ? load_initrd(boot, f, mem, e) : 0;
}
