/*
 * host/iconv.c - character sets of the C library, as tables.
 */
#include "host/iconv.h"
#include "host/thread.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

struct job {
	const char *name;
	uint16_t *single;
	uint16_t *pairs;
	int result;
};

static unsigned convert(iconv_t set, const uint8_t *bytes, size_t size)
{
	char *in = (char *)bytes, out[16];
	char *to = out;
	size_t in_left = size, out_left = sizeof(out);
	uint16_t unit;

	iconv(set, NULL, NULL, NULL, NULL);
	if (iconv(set, &in, &in_left, &to, &out_left) == (size_t)-1)
		return errno == EINVAL ? HOST_CHARSET_LEAD : HOST_CHARSET_INVALID;
	/* Some sets hold a character back until they see the next one. */
	if (iconv(set, NULL, NULL, &to, &out_left) == (size_t)-1 || to - out != 2)
		return HOST_CHARSET_INVALID;
	memcpy(&unit, out, 2);
	return unit;
}

static void *build(void *argument)
{
	struct job *job = argument;
	iconv_t set = iconv_open("UTF-16LE", job->name);
	uint8_t bytes[2];

	if (set == (iconv_t)-1) {
		job->result = -ENOENT;
		return NULL;
	}
	for (unsigned first = 0; first < 256; first++) {
		bytes[0] = (uint8_t)first;
		job->single[first] = (uint16_t)convert(set, bytes, 1);
		if (!job->pairs || job->single[first] != HOST_CHARSET_LEAD)
			continue;
		for (unsigned second = 0; second < 256; second++) {
			unsigned unit;
			bytes[1] = (uint8_t)second;
			unit = convert(set, bytes, 2);
			job->pairs[first * 256 + second] = (uint16_t)(unit == HOST_CHARSET_LEAD ? HOST_CHARSET_INVALID : unit);
		}
	}
	iconv_close(set);
	job->result = 0;
	return NULL;
}

int host_charset_table(const char *name, uint16_t single[256], uint16_t *pairs)
{
	struct job job = {.name = name, .single = single, .pairs = pairs};
	host_stack_call(build, &job);
	return job.result;
}
