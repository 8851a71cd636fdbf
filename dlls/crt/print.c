/*
 * dlls/crt/print.c - formatted output to streams and strings.
 */
#include "dlls/crt/print.h"

#include <string.h>

struct stream_sink {
	struct format_sink sink;
	STREAM *stream;
	union {
		char narrow[512];
		WCHAR wide[256];
	} window;
};

static bool drain_narrow(struct format_sink *sink)
{
	struct stream_sink *to = sink->context;
	size_t size = (size_t)((char *)sink->cursor - to->window.narrow);
	sink->cursor = sink->start;
	return stream_write(to->stream, to->window.narrow, size) == size;
}

static bool drain_wide(struct format_sink *sink)
{
	struct stream_sink *to = sink->context;
	size_t count = (size_t)((WCHAR *)sink->cursor - to->window.wide);
	/* A pair stays together. */
	bool split = count > 1 && count == ARRAY_SIZE(to->window.wide) && (to->window.wide[count - 1] & 0xFC00) == 0xD800;
	WCHAR last = to->window.wide[ARRAY_SIZE(to->window.wide) - 1];
	sink->cursor = sink->start;
	if (!stream_write_wide(to->stream, to->window.wide, count - split))
		return false;
	if (split) {
		to->window.wide[0] = last;
		sink->cursor = to->window.wide + 1;
	}
	return true;
}

static void open_sink(struct stream_sink *to, STREAM *stream, bool (*drain)(struct format_sink *))
{
	to->stream = stream;
	to->sink.drain = drain;
	to->sink.start = to->sink.cursor = &to->window;
	to->sink.end = &to->window + 1;
	to->sink.context = to;
	to->sink.total = 0;
	to->sink.failed = false;
}

/* Writes what is left in the window, whatever became of the formatting. */
static INT close_sink(struct stream_sink *to, INT result)
{
	if (to->sink.cursor != to->sink.start && !to->sink.drain(&to->sink))
		return -1;
	if (to->sink.cursor != to->sink.start && !to->sink.drain(&to->sink))
		return -1;
	return result;
}

INT print_stream(STREAM *stream, const char *format, unsigned options, crt_locale_t locale, ms_va_list list)
{
	struct stream_sink to;
	CRT_VALIDATE(stream != NULL, EINVAL, -1);
	CRT_VALIDATE(format != NULL, EINVAL, -1);
	stream_lock(stream);
	bool begun = stream_begin_temporary(stream);
	open_sink(&to, stream, drain_narrow);
	INT result = format_narrow(&to.sink, format, options, crt_locale(locale), list);
	result = close_sink(&to, result);
	stream_end_temporary(stream, begun);
	stream_unlock(stream);
	return result;
}

INT print_stream_wide(STREAM *stream, const WCHAR *format, unsigned options, crt_locale_t locale, ms_va_list list)
{
	struct stream_sink to;
	CRT_VALIDATE(stream != NULL, EINVAL, -1);
	CRT_VALIDATE(format != NULL, EINVAL, -1);
	stream_lock(stream);
	bool begun = stream_begin_temporary(stream);
	open_sink(&to, stream, drain_wide);
	INT result = format_wide(&to.sink, format, options, crt_locale(locale), list);
	result = close_sink(&to, result);
	stream_end_temporary(stream, begun);
	stream_unlock(stream);
	return result;
}

#define DEFINE_STRING_FUNCTIONS(UNIT, suffix, memory)                                                                       \
	INT print_string##suffix(enum print_rule rule, UNIT *to, size_t size, const UNIT *format, unsigned options,         \
				 crt_locale_t locale, ms_va_list list)                                                      \
	{                                                                                                                   \
		size_t written;                                                                                             \
		CRT_VALIDATE(format != NULL, EINVAL, -1);                                                                   \
		CRT_VALIDATE(to != NULL || size == 0, EINVAL, -1);                                                          \
		INT result = memory(to, to == NULL ? 0 : size, format, options, crt_locale(locale), list, &written);        \
		if (to == NULL)                                                                                             \
			return result;                                                                                      \
		switch (rule) {                                                                                             \
		case PRINT_LEGACY:                                                                                          \
			if (written < size)                                                                                 \
				to[written] = 0;                                                                            \
			return result >= 0 && (size_t)result > size ? -1 : result;                                          \
		case PRINT_STANDARD:                                                                                        \
			if (size != 0)                                                                                      \
				to[result < 0 ? 0 : written < size ? written : size - 1] = 0;                               \
			return result;                                                                                      \
		default:                                                                                                    \
			if (size == 0)                                                                                      \
				return -1;                                                                                  \
			to[result < 0 ? 0 : written < size ? written : size - 1] = 0;                                       \
			return result >= 0 && (size_t)result >= size ? -2 : result;                                         \
		}                                                                                                           \
	}                                                                                                                   \
                                                                                                                            \
	INT print_string_s##suffix(UNIT *to, size_t size, size_t limit, const UNIT *format, unsigned options,               \
				   crt_locale_t locale, ms_va_list list)                                                    \
	{                                                                                                                   \
		size_t written;                                                                                             \
		CRT_VALIDATE(format != NULL, EINVAL, -1);                                                                   \
		if (limit == 0 && to == NULL && size == 0)                                                                  \
			return 0;                                                                                           \
		CRT_VALIDATE(to != NULL && size > 0, EINVAL, -1);                                                           \
		/* No more than `limit` units count, with a terminator behind them. */                                      \
		size_t room = limit < size ? limit + 1 : size;                                                              \
		INT result = memory(to, room, format, options, crt_locale(locale), list, &written);                         \
		if (result < 0) {                                                                                           \
			*to = 0;                                                                                            \
			return -1;                                                                                          \
		}                                                                                                           \
		if ((size_t)result < room) {                                                                                \
			to[result] = 0;                                                                                     \
			return result;                                                                                      \
		}                                                                                                           \
		if (limit == CRT_TRUNCATE || limit < size) {                                                                \
			to[room - 1] = 0;                                                                                   \
			return -1;                                                                                          \
		}                                                                                                           \
		*to = 0;                                                                                                    \
		crt_invalid(CRT_ERANGE);                                                                                    \
		return -1;                                                                                                  \
	}

DEFINE_STRING_FUNCTIONS(char, , format_memory_narrow)
DEFINE_STRING_FUNCTIONS(WCHAR, _wide, format_memory_wide)
