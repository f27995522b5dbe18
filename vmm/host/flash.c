// SPDX-License-Identifier: GPL-2.0
/* Contents of flash banks and their files; see flash.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../err.h"
#include "flash.h"
#include "spec.h"

#define CHUNK 65536u

struct flash {
	int fd; /* -1: nothing is kept */
	bool readonly;
	bool changed; /* the file has something that may not be on the medium */
	uint8_t *data;
	const char *what; /* for messages */
	char path[];
};

static struct flash *flash_new(const char *what, const char *spec, struct err *e)
{
	struct flash *flash = calloc(1, sizeof(*flash) + strlen(spec) + 1);

	if (!flash) {
		err_sys(e, EXIT_INTERNAL, errno, "%s %s", what, spec);
		return NULL;
	}
	flash->fd = -1;
	flash->what = what;
	flash->data = mmap(NULL, FLASH_BANK_SIZE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (flash->data != MAP_FAILED)
		return flash;
	err_sys(e, EXIT_INTERNAL, errno, "no memory for %s %s", what, spec);
	free(flash);
	return NULL;
}

static int open_file(struct flash *flash, int *size, struct err *e)
{
	/* O_NONBLOCK: a fifo is to be refused, not waited for. */
	int flags = O_CLOEXEC | O_NONBLOCK | (flash->readonly ? O_RDONLY : O_RDWR);
	struct stat st;

	flash->fd = open(flash->path, flags);
	if (flash->fd < 0 && errno == EISDIR)
		return err_set(e, EXIT_USAGE, "%s %s: is a directory", flash->what, flash->path);
	if (flash->fd < 0)
		return err_sys(e, EXIT_USAGE, errno, "cannot open %s %s", flash->what, flash->path);
	if (fstat(flash->fd, &st) < 0)
		return err_sys(e, EXIT_USAGE, errno, "%s %s", flash->what, flash->path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, EXIT_USAGE, "%s %s: is %s, not a file", flash->what, flash->path,
			       S_ISDIR(st.st_mode) ? "a directory" : "a device or pipe");
	if (st.st_size > FLASH_BANK_SIZE)
		return err_set(e, EXIT_USAGE,
			       "%s %s: is too large: %lld bytes, a flash bank has %u", flash->what,
			       flash->path, (long long)st.st_size, FLASH_BANK_SIZE);
	*size = st.st_size;
	return 0;
}

static bool all_zero(const uint8_t *buf, size_t len)
{
	return !buf[0] && !memcmp(buf, buf + 1, len - 1);
}

/* At most CHUNK bytes at @off; how many, or -1.  Zeroes are there already. */
static ssize_t read_some(struct flash *flash, off_t off)
{
	uint8_t buf[CHUNK];
	ssize_t n;

	do
		n = pread(flash->fd, buf, sizeof(buf), off);
	while (n < 0 && errno == EINTR);
	if (n > FLASH_BANK_SIZE - off)
		n = FLASH_BANK_SIZE - off;
	if (n > 0 && !all_zero(buf, n))
		memcpy(flash->data + off, buf, n);
	return n;
}

/* From one piece with data to the next: most of a bank is holes. */
static int load(struct flash *flash, int size, struct err *e)
{
	off_t off = 0, data;
	ssize_t n;

	while (off < size) {
		data = lseek(flash->fd, off, SEEK_DATA);
		if (data < 0 && errno == ENXIO)
			return 0;
		if (data > off)
			off = data;
		if (off >= size)
			return 0;
		n = read_some(flash, off);
		if (n < 0)
			return err_sys(e, EXIT_USAGE, errno, "cannot read %s %s", flash->what,
				       flash->path);
		if (n == 0)
			return err_set(e, EXIT_USAGE, "%s %s became shorter while it was read",
				       flash->what, flash->path);
		off += n;
	}
	return 0;
}

static int lock_file(struct flash *flash, struct err *e)
{
	if (!flock(flash->fd, (flash->readonly ? LOCK_SH : LOCK_EX) | LOCK_NB))
		return 0;
	if (errno == EWOULDBLOCK)
		return err_set(e, EXIT_USAGE, "%s %s: in use by another program", flash->what,
			       flash->path);
	return err_sys(e, EXIT_USAGE, errno, "%s %s: locking it", flash->what, flash->path);
}

static int fill_firmware(struct flash *flash, struct err *e)
{
	int size;

	flash->readonly = true;
	if (open_file(flash, &size, e))
		return -1;
	if (!size)
		return err_set(e, EXIT_USAGE, "%s %s: is empty", flash->what, flash->path);
	return load(flash, size, e);
}

struct flash *flash_open_firmware(const char *path, struct err *e)
{
	struct flash *flash = flash_new("firmware", path, e);

	if (!flash)
		return NULL;
	strcpy(flash->path, path);
	if (!fill_firmware(flash, e))
		return flash;
	flash_close(flash);
	return NULL;
}

static int fill_variables(struct flash *flash, const char *spec, struct err *e)
{
	const char *options = spec_split(flash->path, spec);
	int size;

	if (options && strcmp(options, "ro"))
		return err_set(e, EXIT_USAGE,
			       "flash %s: unknown option '%s'; there is 'ro', and ',,' for a comma "
			       "in the name",
			       flash->path, options);
	flash->readonly = options != NULL;
	if (open_file(flash, &size, e) || lock_file(flash, e))
		return -1;
	if (size != FLASH_BANK_SIZE)
		return err_set(e, EXIT_USAGE,
			       "flash %s: has %d bytes, a bank has %u (truncate -s 64M makes a new "
			       "one)",
			       flash->path, size, FLASH_BANK_SIZE);
	return load(flash, size, e);
}

struct flash *flash_open_variables(const char *spec, struct err *e)
{
	struct flash *flash = flash_new("flash", spec, e);

	if (!flash)
		return NULL;
	if (!fill_variables(flash, spec, e))
		return flash;
	flash_close(flash);
	return NULL;
}

struct flash *flash_open_blank(struct err *e)
{
	return flash_new("flash", "", e);
}

void flash_close(struct flash *flash)
{
	if (!flash)
		return;
	if (flash->changed && fdatasync(flash->fd) < 0)
		warn("flash %s: what the guest has written may be lost: %s", flash->path,
		     strerror(errno));
	if (flash->fd >= 0)
		close(flash->fd);
	munmap(flash->data, FLASH_BANK_SIZE);
	free(flash);
}

uint8_t *flash_data(const struct flash *flash)
{
	return flash->data;
}

bool flash_readonly(const struct flash *flash)
{
	return flash->readonly;
}

int flash_save(struct flash *flash, uint32_t off, uint32_t len)
{
	ssize_t n;

	if (flash->fd < 0)
		return 0;
	flash->changed = true;
	while (len) {
		n = pwrite(flash->fd, flash->data + off, len, off);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		off += n;
		len -= n;
	}
	return 0;
}
