// SPDX-License-Identifier: GPL-2.0
/*
 * For AF_VSOCK what nc is for TCP, as far as the tests need it:
 *
 *	vsock connect CID PORT          stdin to the peer, what it says to stdout
 *	vsock listen PORT PROGRAM...    one connection as PROGRAM's stdin and stdout
 *
 * Status 0 if the peer closed the connection in order.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/vm_sockets.h>

static int fail(const char *what)
{
	fprintf(stderr, "vsock: %s: %s\n", what, strerror(errno));
	return 1;
}

static struct sockaddr_vm address(unsigned int cid, const char *port)
{
	return (struct sockaddr_vm){
		.svm_family = AF_VSOCK,
		.svm_cid = cid,
		.svm_port = strtoul(port, NULL, 10),
	};
}

/* All of it; sockets and pipes take less than they are given. */
static int put(int fd, const char *buf, ssize_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(fd, buf, len);
		if (n < 0)
			return -1;
		buf += n;
		len -= n;
	}
	return 0;
}

/* Returns 1 when @from is at its end. */
static int pass_on(int from, int to)
{
	static char buf[65536];
	ssize_t n = read(from, buf, sizeof(buf));

	if (n <= 0)
		return n < 0 ? -1 : 1;
	return put(to, buf, n);
}

static int carry(int fd)
{
	struct pollfd p[2] = { { .fd = fd, .events = POLLIN }, { .fd = 0, .events = POLLIN } };
	int r;

	for (;;) {
		if (poll(p, 2, -1) < 0)
			return fail("poll");
		if (p[0].revents) {
			r = pass_on(fd, 1);
			if (r)
				return r < 0 ? fail("receiving") : 0;
		}
		if (p[1].revents) {
			r = pass_on(0, fd);
			if (r < 0)
				return fail("sending");
			if (r) {
				shutdown(fd, SHUT_WR);
				p[1].fd = -1;
			}
		}
	}
}

static int do_connect(int fd, char **argv)
{
	struct sockaddr_vm to = address(strtoul(argv[2], NULL, 10), argv[3]);

	if (connect(fd, (void *)&to, sizeof(to)) < 0)
		return fail("connect");
	return carry(fd);
}

static int do_listen(int fd, char **argv)
{
	struct sockaddr_vm at = address(VMADDR_CID_ANY, argv[2]);
	int peer;

	if (bind(fd, (void *)&at, sizeof(at)) < 0 || listen(fd, 1) < 0)
		return fail("listen");
	peer = accept(fd, NULL, NULL);
	if (peer < 0 || dup2(peer, 0) < 0 || dup2(peer, 1) < 0)
		return fail("accept");
	close(peer);
	close(fd);
	execvp(argv[3], argv + 3);
	return fail(argv[3]);
}

int main(int argc, char **argv)
{
	int fd = socket(AF_VSOCK, SOCK_STREAM, 0);

	if (fd < 0)
		return fail("socket");
	if (argc == 4 && !strcmp(argv[1], "connect"))
		return do_connect(fd, argv);
	if (argc >= 4 && !strcmp(argv[1], "listen"))
		return do_listen(fd, argv);
	fprintf(stderr, "usage: vsock connect CID PORT | vsock listen PORT PROGRAM...\n");
	return 2;
}
