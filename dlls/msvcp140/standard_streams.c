/*
 * dlls/msvcp140/standard_streams.c - the standard streams of char; and _Fiopen, by which basic_filebuf opens its FILE.
 */
#include "dlls/msvcp140/standard_streams_template.h"

INT CDECL crt_fclose(STREAM *stream);
INT CDECL crt_fseek(STREAM *stream, LONG offset, INT origin);
STREAM *CDECL crt__fsopen(const char *name, const char *mode, INT share);
STREAM *CDECL crt__wfsopen(const WCHAR *name, const WCHAR *mode, INT share);

/* --- opening the FILE of a basic_filebuf --- */

/* fopen's mode for an openmode, without its "b"; NULL: there is none. */
static const char *mode_of(INT mode)
{
	switch (mode & (OPEN_IN | OPEN_OUT | OPEN_TRUNCATE | OPEN_APPEND)) {
	case OPEN_IN:
		return "r";
	case OPEN_OUT:
	case OPEN_OUT | OPEN_TRUNCATE:
		return "w";
	case OPEN_APPEND:
	case OPEN_OUT | OPEN_APPEND:
		return "a";
	case OPEN_IN | OPEN_OUT:
		return "r+";
	case OPEN_IN | OPEN_OUT | OPEN_TRUNCATE:
		return "w+";
	case OPEN_IN | OPEN_APPEND:
	case OPEN_IN | OPEN_OUT | OPEN_APPEND:
		return "a+";
	default:
		return NULL;
	}
}

STD(STREAM *, "?_Fiopen@std@@YAPEAU_iobuf@@PEB_WHH@Z", Fiopen_wide, (const WCHAR *name, INT mode, INT share))
{
	const char *text;
	WCHAR wide[8];
	STREAM *file;
	size_t i;

	/* The name alone says that a file is there, or made. */
	if (mode & OPEN_NO_CREATE)
		mode |= OPEN_IN;
	if ((mode & OPEN_APPEND) && !(mode & OPEN_IN))
		mode |= OPEN_OUT;
	text = mode_of(mode);
	if (text == NULL)
		return NULL;
	if ((mode & OPEN_NO_REPLACE) && (mode & (OPEN_OUT | OPEN_APPEND))) {
		file = crt__wfsopen(name, u"r", share);
		if (file != NULL) {
			crt_fclose(file);
			return NULL;
		}
	}
	for (i = 0; text[i] != 0; i++)
		wide[i] = (WCHAR)text[i];
	if (mode & OPEN_BINARY)
		wide[i++] = 'b';
	wide[i] = 0;
	file = crt__wfsopen(name, wide, share);
	if (file == NULL || !(mode & OPEN_AT_END) || crt_fseek(file, 0, 2) == 0)
		return file;
	crt_fclose(file);
	return NULL;
}

STD(STREAM *, "?_Fiopen@std@@YAPEAU_iobuf@@PEBDHH@Z", Fiopen, (const char *name, INT mode, INT share))
{
	WCHAR wide[1024];

	if (MultiByteToWideChar(CP_ACP, 0, name, -1, wide, sizeof(wide) / sizeof(wide[0])) == 0)
		return NULL;
	return msvcp_Fiopen_wide(wide, mode, share);
}
