/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A disk image on the host: a raw file or a block device.
 *
 * Opened once, before anything runs, and held (locked against other users)
 * until the monitor ends.  The I/O calls block; virtio/blk.c makes them from
 * worker threads.  They are safe from several threads at once.
 */
#ifndef EMBER_DISK_H
#define EMBER_DISK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#define DISK_SECTOR 512u /* bytes; what virtio counts in */

struct disk;
struct err;

/*
 * Open "FILE[,ro]".  A comma in the file name is written twice.
 *
 * On failure: NULL, and @e says why (EXIT_USAGE): not there, a directory,
 * neither file nor block device, no permission, writable asked where only
 * reading is possible, somebody else holds it, empty, a size that is no
 * multiple of 512, an unknown option.
 */
struct disk *disk_open(const char *spec, struct err *e);
void disk_close(struct disk *disk); /* NULL is fine */

const char *disk_path(const struct disk *disk);
uint64_t disk_sectors(const struct disk *disk);
bool disk_readonly(const struct disk *disk);

/*
 * Transfer exactly the bytes of @iov at byte @off.  0 or -errno (-EIO where the
 * file ends early); @iov is clobbered.  The caller has checked the range.
 */
int disk_readv(struct disk *disk, struct iovec *iov, unsigned int n, uint64_t off);
int disk_writev(struct disk *disk, struct iovec *iov, unsigned int n, uint64_t off);
int disk_flush(struct disk *disk);

/* Free the range; contents undefined after.  A host that can't: 0, nothing done. */
int disk_discard(struct disk *disk, uint64_t off, uint64_t len);
/* Make the range read as zeroes; @unmap allows, not demands, to free it. */
int disk_write_zeroes(struct disk *disk, uint64_t off, uint64_t len, bool unmap);

#endif
