// SPDX-License-Identifier: GPL-2.0
/* Disk images: the contracts are in disk.h. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../err.h"
#include "disk.h"
#include "iov.h"
#include "spec.h"

_Static_assert(sizeof(off_t) == 8, "build with _FILE_OFFSET_BITS=64");

#define ZERO_CHUNK 65536u

struct disk {
	int fd;
	bool readonly;
	bool block; /* a block device */
	uint64_t size; /* bytes */
	char path[];
};

static int parse(struct disk *disk, const char *spec, struct err *e)
{
	const char *options = spec_split(disk->path, spec);

	if (!disk->path[0])
		return err_set(e, EXIT_USAGE, "disk '%s': no file name", spec);
	if (options && strcmp(options, "ro"))
		return err_set(
			e, EXIT_USAGE,
			"disk %s: unknown option '%s'; there is 'ro', and ',,' for a comma in the name",
			disk->path, options);
	disk->readonly = options != NULL;
	return 0;
}

/* Before open(), which would hang on a fifo and has side effects on devices. */
static int check_kind(struct disk *disk, struct err *e)
{
	struct stat st;

	if (stat(disk->path, &st) < 0)
		return err_sys(e, EXIT_USAGE, errno, "disk %s", disk->path);
	if (S_ISDIR(st.st_mode))
		return err_set(e, EXIT_USAGE, "disk %s: is a directory", disk->path);
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return err_set(e, EXIT_USAGE, "disk %s: neither a file nor a block device",
			       disk->path);
	disk->block = S_ISBLK(st.st_mode);
	return 0;
}

static int busy(const struct disk *disk, struct err *e)
{
	return err_set(e, EXIT_USAGE, "disk %s: in use by another program%s", disk->path,
		       disk->block ? " or mounted" : "");
}

static int open_error(const struct disk *disk, int errnum, struct err *e)
{
	if (errnum == EBUSY)
		return busy(disk, e);
	if (!disk->readonly && (errnum == EACCES || errnum == EPERM || errnum == EROFS) &&
	    access(disk->path, R_OK) == 0)
		return err_sys(e, EXIT_USAGE, errnum,
			       "disk %s: can't be written to; use '%s,ro' to only read it",
			       disk->path, disk->path);
	return err_sys(e, EXIT_USAGE, errnum, "disk %s", disk->path);
}

static int open_file(struct disk *disk, struct err *e)
{
	int flags = O_CLOEXEC | O_NONBLOCK | (disk->readonly ? O_RDONLY : O_RDWR);

	/* On a block device without O_CREAT: refused while it is mounted or held. */
	if (disk->block && !disk->readonly)
		flags |= O_EXCL;
	disk->fd = open(disk->path, flags);
	if (disk->fd < 0)
		return open_error(disk, errno, e);
	if (flock(disk->fd, (disk->readonly ? LOCK_SH : LOCK_EX) | LOCK_NB) < 0)
		return errno == EWOULDBLOCK
			       ? busy(disk, e)
			       : err_sys(e, EXIT_USAGE, errno, "disk %s: locking it", disk->path);
	return 0;
}

static int find_size(struct disk *disk, struct err *e)
{
	off_t size = lseek(disk->fd, 0, SEEK_END);

	if (size < 0)
		return err_sys(e, EXIT_USAGE, errno, "disk %s: finding its size", disk->path);
	if (!size)
		return err_set(e, EXIT_USAGE, "disk %s: is empty", disk->path);
	if (size % DISK_SECTOR)
		return err_set(e, EXIT_USAGE,
			       "disk %s: %lld bytes are not a multiple of %u; is it a raw image?",
			       disk->path, (long long)size, DISK_SECTOR);
	disk->size = size;
	return 0;
}

struct disk *disk_open(const char *spec, struct err *e)
{
	struct disk *disk = calloc(1, sizeof(*disk) + strlen(spec) + 1);

	if (!disk) {
		err_sys(e, EXIT_INTERNAL, errno, "disk %s", spec);
		return NULL;
	}
	disk->fd = -1;
	if (parse(disk, spec, e) || check_kind(disk, e) || open_file(disk, e) ||
	    find_size(disk, e)) {
		disk_close(disk);
		return NULL;
	}
	return disk;
}

void disk_close(struct disk *disk)
{
	if (!disk)
		return;
	if (disk->fd >= 0)
		close(disk->fd);
	free(disk);
}

const char *disk_path(const struct disk *disk)
{
	return disk->path;
}

uint64_t disk_sectors(const struct disk *disk)
{
	return disk->size / DISK_SECTOR;
}

bool disk_readonly(const struct disk *disk)
{
	return disk->readonly;
}

typedef ssize_t (*transfer_fn)(int fd, const struct iovec *v, int n, off_t off);

/* The kernel may do part of it, and takes IOV_MAX segments at a time. */
static int transfer(struct disk *disk, transfer_fn fn, struct iov iov, uint64_t off)
{
	ssize_t done;

	while (iov.n) {
		done = fn(disk->fd, iov.v, iov.n < IOV_MAX ? iov.n : IOV_MAX, off);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return done ? -errno : -EIO;
		off += done;
		iov_trim_front(&iov, done);
	}
	return 0;
}

int disk_readv(struct disk *disk, struct iovec *iov, unsigned int n, uint64_t off)
{
	return transfer(disk, preadv, (struct iov){ iov, n }, off);
}

int disk_writev(struct disk *disk, struct iovec *iov, unsigned int n, uint64_t off)
{
	return transfer(disk, pwritev, (struct iov){ iov, n }, off);
}

int disk_flush(struct disk *disk)
{
	if (disk->readonly)
		return 0;
	return fdatasync(disk->fd) < 0 ? -errno : 0;
}

static int punch(struct disk *disk, uint64_t off, uint64_t len, int mode)
{
	return fallocate(disk->fd, mode | FALLOC_FL_KEEP_SIZE, off, len) < 0 ? -errno : 0;
}

static int block_range(struct disk *disk, unsigned long request, uint64_t off, uint64_t len)
{
	uint64_t range[2] = { off, len };

	return ioctl(disk->fd, request, range) < 0 ? -errno : 0;
}

/* The host has no such operation here, as opposed to: it failed. */
static bool unsupported(int err)
{
	return err == -EOPNOTSUPP || err == -ENOSYS || err == -ENOTTY || err == -EINVAL;
}

int disk_discard(struct disk *disk, uint64_t off, uint64_t len)
{
	int err;

	if (!len)
		return 0;
	err = disk->block ? block_range(disk, BLKDISCARD, off, len)
			  : punch(disk, off, len, FALLOC_FL_PUNCH_HOLE);
	return unsupported(err) ? 0 : err;
}

/* What works everywhere. */
static int zero_by_hand(struct disk *disk, uint64_t off, uint64_t len)
{
	static const uint8_t zeroes[ZERO_CHUNK];
	struct iovec v;
	size_t part;
	int err = 0;

	for (; len && !err; off += part, len -= part) {
		part = len < ZERO_CHUNK ? len : ZERO_CHUNK;
		v = (struct iovec){ (void *)zeroes, part };
		err = disk_writev(disk, &v, 1, off);
	}
	return err;
}

int disk_write_zeroes(struct disk *disk, uint64_t off, uint64_t len, bool unmap)
{
	int err;

	if (!len)
		return 0;
	if (disk->block)
		err = block_range(disk, BLKZEROOUT, off, len);
	else
		err = punch(disk, off, len, unmap ? FALLOC_FL_PUNCH_HOLE : FALLOC_FL_ZERO_RANGE);
	return unsupported(err) ? zero_by_hand(disk, off, len) : err;
}
