// SPDX-License-Identifier: GPL-2.0
/* Opening the kernel's vhost devices; see vhost.h. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/vhost.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../err.h"
#include "vhost.h"

int vhost_open(const char *path, const char *module, const char *what, struct err *e)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0 && (errno == ENOENT || errno == ENODEV || errno == ENXIO))
		return err_set(e, EXIT_HOST, "%s: the host has no %s; 'modprobe %s' may help", what,
			       path, module);
	if (fd < 0)
		return err_sys(e, EXIT_HOST, errno, "%s: opening %s", what, path);
	/* From here on there is a kernel thread that may reach our memory. */
	if (ioctl(fd, VHOST_SET_OWNER) < 0) {
		err_sys(e, EXIT_HOST, errno, "%s: becoming the owner of %s", what, path);
		close(fd);
		return -1;
	}
	return fd;
}

int vhost_open_vsock(uint64_t cid, struct err *e)
{
	int fd = vhost_open("/dev/vhost-vsock", "vhost_vsock", "vsock", e);

	if (fd < 0 || !ioctl(fd, VHOST_VSOCK_SET_GUEST_CID, &cid))
		return fd;
	if (errno == EADDRINUSE)
		err_set(e, EXIT_HOST, "vsock: another virtual machine has the CID %" PRIu64, cid);
	else
		err_sys(e, EXIT_HOST, errno, "vsock: taking the CID %" PRIu64, cid);
	close(fd);
	return -1;
}
