// SPDX-License-Identifier: GPL-2.0
/* KVM's statistics: a file that says itself what it holds, good, damaged or cut off. */
#include "tmpfile.h"

#include <errno.h>
#include <linux/kvm.h>

#include "stats.h"

#define NAME 16

struct file {
	struct kvm_stats_header head;
	char id[NAME];
	struct {
		struct kvm_stats_desc desc;
		char name[NAME];
	} desc[3];
	uint64_t data[5];
};

/* One value, a histogram of three, another value. */
static struct file good(void)
{
	struct file f = {
		.head = { .name_size = NAME,
			  .num_desc = 3,
			  .id_offset = offsetof(struct file, id),
			  .desc_offset = offsetof(struct file, desc),
			  .data_offset = offsetof(struct file, data) },
		.id = "kvm-1",
		.data = { 1, 2, 3, 4, 0x123456789a },
	};

	f.desc[0].desc = (struct kvm_stats_desc){ .size = 1, .offset = 0 };
	f.desc[1].desc = (struct kvm_stats_desc){ .size = 3, .offset = 8 };
	f.desc[2].desc = (struct kvm_stats_desc){ .size = 1, .offset = 32 };
	strcpy(f.desc[0].name, "first");
	strcpy(f.desc[1].name, "histogram");
	strcpy(f.desc[2].name, "last");
	return f;
}

static char text[200];

static void note(void *opaque, const char *name, uint64_t value)
{
	size_t len = strlen(text);

	assert_null(opaque);
	assert_true(strnlen(name, NAME) < NAME);
	snprintf(text + len, sizeof(text) - len, "%s=%llx ", name, (unsigned long long)value);
}

static int read_back(const void *data, size_t size)
{
	static const struct stats_sink sink = { note, NULL };
	int fd, r;

	while (tmp_nr)
		unlink(tmp_names[--tmp_nr]);
	fd = open(tmp_file("stats", data, size, size), O_RDONLY);
	text[0] = 0;
	r = stats_read_file(fd, &sink);
	close(fd);
	return r;
}

static void values(void **state)
{
	struct file f = good();

	(void)state;
	assert_int_equal(read_back(&f, sizeof(f)), 0);
	assert_string_equal(text, "first=1 last=123456789a ");
	f.head.num_desc = 0;
	assert_int_equal(read_back(&f, sizeof(f)), 0);
	assert_string_equal(text, "");
}

static void cut_off(void **state)
{
	const struct file f = good();
	size_t len;

	(void)state;
	for (len = 0; len < sizeof(f); len++)
		assert_int_equal(read_back(&f, len), -EBADMSG);
}

static void damaged(void **state)
{
	struct file f = good();

	(void)state;
	memset(f.desc[2].name, 'x', NAME);
	assert_int_equal(read_back(&f, sizeof(f)), -EBADMSG);
	f = good();
	f.head.name_size = 0;
	assert_int_equal(read_back(&f, sizeof(f)), -EBADMSG);
	f.head.name_size = 0xffffffff;
	assert_int_equal(read_back(&f, sizeof(f)), -EBADMSG);
	f = good();
	f.head.num_desc = 0xffffffff;
	assert_int_equal(read_back(&f, sizeof(f)), -EBADMSG);
	f = good();
	f.desc[0].desc.offset = 0xfffffff8;
	assert_int_equal(read_back(&f, sizeof(f)), -EBADMSG);
}

static void no_such(void **state)
{
	static const struct stats_sink sink = { note, NULL };

	(void)state;
	assert_int_equal(stats_read_file(-1, &sink), -EBADF);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, tmp_setup, tmp_clean)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(values),
		TEST(cut_off),
		TEST(damaged),
		cmocka_unit_test(no_such),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
