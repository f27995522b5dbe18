// SPDX-License-Identifier: GPL-2.0
/*
 * Disk images (vmm/host/disk.c): what is refused, with which words; sharing;
 * transfers.  And the two helpers under it: scatter-gather lists, workers.
 */
#include "unit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../vmm/err.h"
#include "../../vmm/host/disk.h"
#include "../../vmm/host/iov.h"
#include "../../vmm/host/worker.h"
#include "../../vmm/loop.h"

static char dir[32];
static char path[300];

static const char *file(const char *name)
{
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

/* A file of @size bytes, sparse. */
static const char *make_file(const char *name, off_t size)
{
	int fd = open(file(name), O_RDWR | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, size), 0);
	close(fd);
	return path;
}

static int setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/ember-test-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command);
}

static void refused(const char *spec, const char *words)
{
	struct err e = { 0 };

	assert_null(disk_open(spec, &e));
	assert_int_equal(e.code, EXIT_USAGE);
	if (!strstr(e.msg, words))
		fail_msg("'%s' does not say '%s'", e.msg, words);
	assert_null(strchr(e.msg, '\n'));
}

static void test_refused(void **state)
{
	char spec[320];

	(void)state;
	refused(file("missing.img"), "No such file");
	refused(dir, "is a directory");
	refused("/dev/null", "neither a file nor a block device");
	refused("", "no file name");
	refused(",ro", "no file name");
	refused(make_file("empty.img", 0), "is empty");
	refused(make_file("odd.img", 1000), "1000 bytes are not a multiple of 512");
	make_file("good.img", 4096);
	snprintf(spec, sizeof(spec), "%s,rw", path);
	refused(spec, "unknown option 'rw'");
	snprintf(spec, sizeof(spec), "%s,ro,ro", path);
	refused(spec, "unknown option 'ro,ro'");
	snprintf(spec, sizeof(spec), "%s,", path);
	refused(spec, "unknown option ''");
	assert_int_equal(mkfifo(file("fifo"), 0600), 0);
	refused(path, "neither a file nor a block device");
}

/* Root may write to everything, so this is seen as somebody else. */
static void test_not_writable(void **state)
{
	uid_t me = geteuid();
	struct disk *disk;
	char spec[320];
	struct err e;

	(void)state;
	make_file("ro.img", 4096);
	snprintf(spec, sizeof(spec), "%s,ro", path);
	assert_int_equal(chmod(path, 0444), 0);
	assert_int_equal(chmod(dir, 0755), 0);
	assert_true(me || !seteuid(65534));
	refused(path, spec);
	disk = disk_open(spec, &e);
	assert_non_null(disk);
	disk_close(disk);
	assert_int_equal(seteuid(me), 0);
	assert_int_equal(chmod(path, 0), 0);
	assert_true(me || !seteuid(65534));
	refused(spec, "Permission denied");
	assert_int_equal(seteuid(me), 0);
}

static void test_sharing(void **state)
{
	struct disk *a, *b;
	char ro[320];
	struct err e;

	(void)state;
	make_file("shared.img", 4096);
	snprintf(ro, sizeof(ro), "%s,ro", path);

	a = disk_open(path, &e);
	assert_non_null(a);
	refused(path, "in use by another program");
	refused(ro, "in use by another program");
	disk_close(a);

	a = disk_open(ro, &e);
	b = disk_open(ro, &e);
	assert_non_null(a);
	assert_non_null(b);
	refused(path, "in use by another program");
	disk_close(a);
	disk_close(b);

	a = disk_open(path, &e);
	assert_non_null(a);
	disk_close(a);
	disk_close(NULL);
}

static void test_names(void **state)
{
	struct disk *disk;
	char spec[340];
	struct err e;

	(void)state;
	make_file("a,b.img", 1024);
	snprintf(spec, sizeof(spec), "%s/a,,b.img,ro", dir);
	disk = disk_open(spec, &e);
	assert_non_null(disk);
	assert_string_equal(disk_path(disk), path);
	assert_true(disk_readonly(disk));
	assert_int_equal(disk_sectors(disk), 2);
	disk_close(disk);
}

/* Beyond what 32 bits of bytes reach, also on a 32-bit host. */
static void test_transfer(void **state)
{
	const uint64_t far = (UINT64_C(5) << 30) + 512;
	char in[1024], a[300], b[724];
	struct iovec v[2];
	struct disk *disk;
	struct err e;

	(void)state;
	disk = disk_open(make_file("big.img", UINT64_C(6) << 30), &e);
	assert_non_null(disk);
	memset(in, 0x5a, sizeof(in));
	v[0] = (struct iovec){ in, sizeof(in) };
	assert_int_equal(disk_writev(disk, v, 1, far), 0);
	assert_int_equal(disk_flush(disk), 0);
	v[0] = (struct iovec){ a, sizeof(a) };
	v[1] = (struct iovec){ b, sizeof(b) };
	assert_int_equal(disk_readv(disk, v, 2, far), 0);
	assert_memory_equal(a, in, sizeof(a));
	assert_memory_equal(b, in, sizeof(b));

	assert_int_equal(disk_write_zeroes(disk, far, 512, false), 0);
	assert_int_equal(disk_write_zeroes(disk, far + 512, 512, true), 0);
	memset(in, 0, sizeof(in));
	v[0] = (struct iovec){ a, sizeof(a) };
	v[1] = (struct iovec){ b, sizeof(b) };
	assert_int_equal(disk_readv(disk, v, 2, far), 0);
	assert_memory_equal(a, in, sizeof(a));
	assert_memory_equal(b, in, sizeof(b));
	assert_int_equal(disk_discard(disk, 0, 4096), 0);
	assert_int_equal(disk_discard(disk, 0, 0), 0);
	v[0] = (struct iovec){ a, sizeof(a) };
	assert_true(disk_readv(disk, v, 1, (UINT64_C(6) << 30) - 100) < 0);
	disk_close(disk);
}

static void test_iov(void **state)
{
	char a[3] = "abc", b[4] = "defg", out[8] = "";
	struct iovec v[2] = { { a, 3 }, { b, 4 } };
	struct iov iov = { v, 2 };

	(void)state;
	assert_int_equal(iov_len(v, 2), 7);
	assert_int_equal(iov_copy_out(out, 5, v, 2), 5);
	assert_memory_equal(out, "abcde\0\0", 7);
	assert_int_equal(iov_copy_out(out, sizeof(out), v, 2), 7);
	assert_int_equal(iov_copy_in(v, 2, "123456789", 9), 7);
	assert_memory_equal(b, "4567", 4);
	assert_int_equal(iov_trim_back(&iov, 5), 5);
	assert_int_equal(iov.n, 1);
	assert_int_equal(iov_len(iov.v, iov.n), 2);
	assert_int_equal(iov_trim_front(&iov, 1), 1);
	assert_memory_equal(iov.v->iov_base, "2", 1);
	assert_int_equal(iov_trim_front(&iov, 9), 1);
	assert_int_equal(iov.n, 0);
	assert_int_equal(iov_trim_back(&iov, 1), 0);
}

#define JOBS 100u

struct job {
	struct worker_job job;
	int ran; /* atomic */
	struct workers *next; /* where done() submits itself again, once */
};

static struct loop *loop;
static unsigned int done_count;

static void run_job(struct worker_job *job)
{
	__atomic_add_fetch(&((struct job *)job)->ran, 1, __ATOMIC_RELAXED);
}

static void job_done(struct worker_job *wj)
{
	struct job *job = (struct job *)wj;
	struct workers *w = job->next;

	job->next = NULL;
	if (w)
		workers_submit(w, wj);
	else if (++done_count == JOBS)
		loop_quit(loop, 0);
}

static void submit_all(struct workers *w, struct job *jobs)
{
	unsigned int i;

	done_count = 0;
	memset(jobs, 0, JOBS * sizeof(*jobs));
	for (i = 0; i < JOBS; i++) {
		jobs[i].job.run = run_job;
		jobs[i].job.done = job_done;
		jobs[i].next = i % 2 ? w : NULL;
		workers_submit(w, &jobs[i].job);
	}
}

static void check_all(const struct job *jobs)
{
	unsigned int i;

	assert_int_equal(done_count, JOBS);
	for (i = 0; i < JOBS; i++)
		assert_int_equal(jobs[i].ran, 1 + i % 2);
}

static void test_workers(void **state)
{
	struct job jobs[JOBS];
	struct workers *w;

	(void)state;
	loop = loop_create();
	w = workers_create(loop, 3);
	assert_non_null(w);
	submit_all(w, jobs);
	assert_int_equal(loop_run(loop), 0);
	check_all(jobs);

	submit_all(w, jobs);
	workers_drain(w);
	check_all(jobs);

	submit_all(w, jobs);
	workers_destroy(w);
	check_all(jobs);
	loop_destroy(loop);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(refused),
		TEST(not_writable),
		TEST(sharing),
		TEST(names),
		TEST(transfer),
		cmocka_unit_test(test_iov),
		cmocka_unit_test(test_workers),
	};

	return cmocka_run_group_tests_name("host-disk", tests, NULL, NULL);
}
