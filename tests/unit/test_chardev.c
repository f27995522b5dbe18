// SPDX-License-Identifier: GPL-2.0
/*
 * Character devices: a terminal in raw mode with its escape key, a pty that
 * people open and leave, files, and a client that takes its time.
 */
#include "tmpfile.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <termios.h>

#include "err.h"
#include "host/chardev.h"
#include "loop.h"

struct fixture {
	struct loop *loop;
	struct chardev *chr;
	struct err e;
	size_t room; /* what the client takes */
	char got[8192];
	size_t len;
	unsigned int writable, escapes;
	int saved[2];
};

static size_t client_room(void *opaque)
{
	return ((struct fixture *)opaque)->room;
}

static void client_input(void *opaque, const uint8_t *buf, size_t len)
{
	struct fixture *f = opaque;

	assert_in_range(len, 1, f->room);
	memcpy(f->got + f->len, buf, len);
	f->len += len;
	f->room -= len;
}

static void client_writable(void *opaque)
{
	((struct fixture *)opaque)->writable++;
}

static const struct chardev_client client = { client_room, client_input, client_writable };

static void escaped(void *opaque)
{
	((struct fixture *)opaque)->escapes++;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->loop = loop_create();
	f->room = sizeof(f->got) - 1;
	*state = f;
	return tmp_setup(state) || !f->loop;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	chardev_close(f->chr);
	loop_destroy(f->loop);
	free(f);
	return tmp_clean(state);
}

static void timer_quits(void *opaque)
{
	loop_quit(opaque, 0);
}

static void turn(struct fixture *f, unsigned int ms)
{
	struct loop_timer *t = loop_timer_create(f->loop, timer_quits, f->loop);

	loop_timer_arm(t, loop_now_ns() + ms * 1000000LL);
	loop_run(f->loop);
	loop_timer_destroy(t);
}

/* Until @want bytes have come in, or it is a hang. */
static void turn_until(struct fixture *f, size_t want)
{
	unsigned int i;

	for (i = 0; f->len < want && i < 2000; i++)
		turn(f, 5);
	assert_int_equal(f->len, want);
}

static void open_chr(struct fixture *f, const char *spec)
{
	f->chr = chardev_open(f->loop, "test", spec, escaped, f, &f->e);
	if (!f->chr)
		fail_msg("%s", f->e.msg);
	chardev_attach(f->chr, &client, f);
}

/* Open "stdio" with @in and @out in the places of 0 and 1. */
static void open_stdio(struct fixture *f, int in, int out)
{
	fflush(stdout);
	f->saved[0] = dup(0);
	f->saved[1] = dup(1);
	dup2(in, 0);
	dup2(out, 1);
	f->chr = chardev_open(f->loop, "test", "stdio", escaped, f, &f->e);
}

static void stdio_back(struct fixture *f)
{
	dup2(f->saved[0], 0);
	dup2(f->saved[1], 1);
	close(f->saved[0]);
	close(f->saved[1]);
	chardev_attach(f->chr, &client, f);
}

static void open_tty(int *master, int *slave)
{
	*master = posix_openpt(O_RDWR | O_NOCTTY);
	assert_int_equal(grantpt(*master) | unlockpt(*master), 0);
	*slave = open(ptsname(*master), O_RDWR | O_NOCTTY);
	assert_true(*master >= 0 && *slave >= 0);
}

static bool canonical(int fd)
{
	struct termios tio;

	assert_int_equal(tcgetattr(fd, &tio), 0);
	return tio.c_lflag & ICANON;
}

static void terminal(void **state)
{
	struct fixture *f = *state;
	int master, slave, flags;
	char got[16] = "";

	open_tty(&master, &slave);
	flags = fcntl(slave, F_GETFL);
	assert_true(canonical(slave));
	open_stdio(f, slave, slave);
	assert_false(canonical(slave));
	assert_int_equal(fcntl(slave, F_GETFL), flags); /* shared with the shell */
	stdio_back(f);

	assert_int_equal(write(master, "a\003b", 3), 3);
	turn_until(f, 3);
	assert_memory_equal(f->got, "a\003b", 3);
	assert_int_equal(f->escapes, 0);
	assert_int_equal(chardev_write(f->chr, "x\ny", 3), 3);
	assert_int_equal(read(master, got, sizeof(got)), 3);
	assert_memory_equal(got, "x\ny", 3);
	dup2(slave, 0);
	chardev_close(f->chr);
	f->chr = NULL;
	assert_true(canonical(slave));
	close(master);
	close(slave);
}

/* Also when the guest takes no input any more, and with a full buffer before it. */
static void escape_key(void **state)
{
	struct fixture *f = *state;
	int master, slave, i;
	char much[1000];

	memset(much, 'x', sizeof(much));
	open_tty(&master, &slave);
	open_stdio(f, slave, slave);
	f->room = 0;
	stdio_back(f);
	for (i = 0; i < 20; i++) {
		assert_int_equal(write(master, much, sizeof(much)), sizeof(much));
		turn(f, 2);
	}
	assert_int_equal(f->escapes, 0);
	assert_int_equal(write(master, "\035", 1), 1);
	for (i = 0; !f->escapes && i < 1000; i++)
		turn(f, 2);
	assert_int_equal(f->escapes, 1);
	assert_int_equal(f->len, 0);
	close(master);
	close(slave);
}

/* A pipe is no terminal: the byte is a byte. */
static void no_escape_from_pipe(void **state)
{
	struct fixture *f = *state;
	int in[2], out[2];

	assert_int_equal(pipe(in) | pipe(out), 0);
	open_stdio(f, in[0], out[1]);
	stdio_back(f);
	assert_int_equal(write(in[1], "\035", 1), 1);
	turn_until(f, 1);
	assert_int_equal(f->escapes, 0);
	close(in[0]);
	close(in[1]);
	close(out[0]);
	close(out[1]);
}

/* More than the buffer, the writer gone: all of it arrives, slowly, with no spinning. */
static void input_waits_for_room(void **state)
{
	struct fixture *f = *state;
	char text[6000];
	int in[2], out[2];
	size_t i;

	for (i = 0; i < sizeof(text); i++)
		text[i] = i % 251;
	assert_int_equal(pipe(in) | pipe(out), 0);
	assert_int_equal(write(in[1], text, sizeof(text)), sizeof(text));
	close(in[1]);
	f->room = 0;
	open_stdio(f, in[0], out[1]);
	stdio_back(f);
	turn(f, 5);
	assert_int_equal(f->len, 0);
	for (i = 0; i < 2000 && f->len < sizeof(text); i++) {
		f->room = 16;
		chardev_input_ready(f->chr);
		turn(f, 1);
	}
	assert_int_equal(f->len, sizeof(text));
	assert_memory_equal(f->got, text, sizeof(text));
	close(in[0]);
	close(out[0]);
	close(out[1]);
}

/* epoll can't watch a regular file. */
static void input_from_file(void **state)
{
	struct fixture *f = *state;
	int in = open(tmp_file("in", "typed ahead", 11, 11), O_RDONLY);
	int out = open(tmp_path("out"), O_RDWR | O_CREAT, 0600);
	char got[8] = "";

	open_stdio(f, in, out);
	stdio_back(f);
	turn_until(f, 11);
	assert_string_equal(f->got, "typed ahead");
	assert_int_equal(chardev_write(f->chr, "said", 4), 4);
	assert_int_equal(pread(out, got, 8, 0), 4);
	assert_string_equal(got, "said");
	close(in);
	close(out);
}

static void slow_host(void **state)
{
	struct fixture *f = *state;
	size_t sent = 0, n, got = 0;
	char block[1000], buf[4096];
	int in[2], out[2];
	ssize_t r;

	memset(block, 'o', sizeof(block));
	assert_int_equal(pipe(in) | pipe(out), 0);
	open_stdio(f, in[0], out[1]);
	stdio_back(f);
	do {
		n = chardev_write(f->chr, block, sizeof(block));
		sent += n;
	} while (n == sizeof(block));
	assert_int_equal(f->writable, 0);
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	while (got < sent) {
		r = read(out[0], buf, sizeof(buf));
		got += r > 0 ? r : 0;
		turn(f, 1);
	}
	assert_int_equal(f->writable, 1);
	close(in[0]);
	close(in[1]);
	close(out[0]);
	close(out[1]);
}

static void output_lost(void **state)
{
	struct fixture *f = *state;
	char block[1000] = "";
	int in[2], out[2], i;

	assert_int_equal(pipe(in) | pipe(out), 0);
	open_stdio(f, in[0], out[1]);
	stdio_back(f);
	close(out[0]);
	close(out[1]);
	for (i = 0; i < 200; i++)
		assert_int_equal(chardev_write(f->chr, block, sizeof(block)), sizeof(block));
	close(in[0]);
	close(in[1]);
}

/* --- pty --------------------------------------------------------------------- */

/* The name is told on stderr; the test reads it there. */
static void open_pty(struct fixture *f, char *name, size_t size)
{
	int saved = dup(2), p[2];
	char line[100] = "";

	assert_int_equal(pipe(p), 0);
	dup2(p[1], 2);
	open_chr(f, "pty");
	dup2(saved, 2);
	close(saved);
	close(p[1]);
	assert_true(read(p[0], line, sizeof(line) - 1) > 0);
	close(p[0]);
	assert_int_equal(strncmp(line, "ember: test is on /dev/pts/", 27), 0);
	line[strcspn(line, "\n")] = 0;
	snprintf(name, size, "%s", line + strlen("ember: test is on "));
}

static void read_all(int fd, char *buf, size_t want, struct fixture *f)
{
	size_t len = 0;
	ssize_t n;
	int i;

	for (i = 0; len < want && i < 2000; i++) {
		n = read(fd, buf + len, want - len);
		len += n > 0 ? n : 0;
		turn(f, 5);
	}
	assert_int_equal(len, want);
}

static void pty(void **state)
{
	struct fixture *f = *state;
	char name[64], got[64] = "";
	int fd, round;

	open_pty(f, name, sizeof(name));
	assert_int_equal(chardev_write(f->chr, "early ", 6), 6);
	for (round = 0; round < 2; round++) {
		fd = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK);
		assert_true(fd >= 0);
		assert_int_equal(write(fd, "in", 2), 2);
		turn_until(f, 2 * round + 2);
		chardev_write(f->chr, "late", 4);
		read_all(fd, got, round ? 4 : 10, f);
		assert_string_equal(got, round ? "latey late" : "early late");
		close(fd);
		turn(f, 5);
	}
}

/* Nobody there: a guest is never made to wait, and the newest output is kept. */
static void pty_keeps_the_newest(void **state)
{
	struct fixture *f = *state;
	char name[64], block[1001], *got = malloc(CHARDEV_BUFFER + 1);
	int fd, i;

	open_pty(f, name, sizeof(name));
	for (i = 0; i < 200; i++) {
		snprintf(block, sizeof(block), "%01000d", i);
		assert_int_equal(chardev_write(f->chr, block, 1000), 1000);
	}
	fd = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK);
	read_all(fd, got, CHARDEV_BUFFER, f);
	got[CHARDEV_BUFFER] = 0;
	assert_string_equal(got + CHARDEV_BUFFER - 4, "0199");
	assert_string_equal(strncmp(got + CHARDEV_BUFFER - 1004, "0198", 4) ? "" : "0198", "0198");
	close(fd);
	free(got);
}

/* echo text >/dev/pts/N comes and goes between two looks at the pty. */
static void pty_short_visit(void **state)
{
	struct fixture *f = *state;
	char name[64];
	int fd;

	open_pty(f, name, sizeof(name));
	fd = open(name, O_RDWR | O_NOCTTY);
	assert_int_equal(write(fd, "hello\n", 6), 6);
	close(fd);
	turn_until(f, 6);
	assert_string_equal(f->got, "hello\n");
}

/* --- files ------------------------------------------------------------------- */

static void file(void **state)
{
	struct fixture *f = *state;
	const char *path = tmp_file("log", "old contents", 12, 12);
	char got[16] = "";
	int fd;

	open_chr(f, path);
	assert_int_equal(chardev_write(f->chr, "new", 3), 3);
	fd = open(path, O_RDONLY);
	assert_int_equal(read(fd, got, sizeof(got)), 3);
	assert_string_equal(got, "new");
	close(fd);
}

static void fifo(void **state)
{
	struct fixture *f = *state;
	const char *path = tmp_path("fifo");
	int fd;

	assert_int_equal(mkfifo(path, 0600), 0);
	open_chr(f, path);
	fd = open(path, O_WRONLY);
	assert_int_equal(write(fd, "in", 2), 2);
	close(fd);
	turn_until(f, 2);
}

static void none(void **state)
{
	struct fixture *f = *state;
	char block[1000] = "";
	int i;

	open_chr(f, "none");
	for (i = 0; i < 200; i++)
		assert_int_equal(chardev_write(f->chr, block, 1000), 1000);
	chardev_input_ready(f->chr);
	turn(f, 1);
}

static void cannot_open(void **state)
{
	struct fixture *f = *state;

	assert_null(chardev_open(f->loop, "console", "/nonexistent/x", NULL, NULL, &f->e));
	assert_int_equal(f->e.code, EXIT_USAGE);
	assert_string_equal(
		f->e.msg, "cannot open /nonexistent/x for the console: No such file or directory");
}

/* A guest reset: the next machine's device finds what was typed in between. */
static void next_client(void **state)
{
	struct fixture *f = *state;
	int in[2], out[2];

	assert_int_equal(pipe(in) | pipe(out), 0);
	open_stdio(f, in[0], out[1]);
	stdio_back(f);
	chardev_attach(f->chr, NULL, NULL);
	assert_int_equal(write(in[1], "ab", 2), 2);
	turn(f, 5);
	assert_int_equal(f->len, 0);
	chardev_attach(f->chr, &client, f);
	turn_until(f, 2);
	assert_string_equal(f->got, "ab");
	close(in[0]);
	close(in[1]);
	close(out[0]);
	close(out[1]);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(terminal),
		TEST(escape_key),
		TEST(no_escape_from_pipe),
		TEST(input_waits_for_room),
		TEST(input_from_file),
		TEST(slow_host),
		TEST(output_lost),
		TEST(pty),
		TEST(pty_keeps_the_newest),
		TEST(pty_short_visit),
		TEST(file),
		TEST(fifo),
		TEST(none),
		TEST(cannot_open),
		TEST(next_client),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
