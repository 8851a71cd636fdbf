/*
 * ntdll/io/dospath.c - DOS names: their types, reserved device names, full paths, and what NT calls them.
 *
 * Rules: MSDN "Naming Files, Paths, and Namespaces", "File path formats on Windows systems" (normalisation), and the
 * observations published in Google Project Zero's "The Definitive Guide on Win32 to NT Path Conversion".
 */
#include "ntdll/io/private.h"

#include <string.h>

static bool is_slash(char16_t c)
{
	return c == u'\\' || c == u'/';
}

RTL_PATH_TYPE io_path_type(const char16_t *name, size_t length)
{
	if (length >= 1 && is_slash(name[0])) {
		if (length < 2 || !is_slash(name[1]))
			return RtlPathTypeRooted;
		if (length < 3 || (name[2] != u'.' && name[2] != u'?'))
			return RtlPathTypeUncAbsolute;
		if (length == 3)
			return RtlPathTypeRootLocalDevice;
		return is_slash(name[3]) ? RtlPathTypeLocalDevice : RtlPathTypeUncAbsolute;
	}
	if (length < 2 || name[1] != u':')
		return RtlPathTypeRelative;
	return length >= 3 && is_slash(name[2]) ? RtlPathTypeDriveAbsolute : RtlPathTypeDriveRelative;
}

static bool is_device_word(const char16_t *word, size_t length)
{
	static const char16_t *const three[] = {u"CON", u"NUL", u"PRN", u"AUX"};

	if (length == 3) {
		for (size_t i = 0; i < ARRAY_SIZE(three); i++)
			if (rtl_compare_nocase(word, 3, three[i], 3) == 0)
				return true;
	} else if (length == 4) {
		/* the superscript digits of Latin 1 count as digits too */
		if (!((word[3] >= u'1' && word[3] <= u'9') || word[3] == 0xB9 || word[3] == 0xB2 || word[3] == 0xB3))
			return false;
		return rtl_compare_nocase(word, 3, u"COM", 3) == 0 || rtl_compare_nocase(word, 3, u"LPT", 3) == 0;
	} else if (length == 6) {
		return rtl_compare_nocase(word, 6, u"CONIN$", 6) == 0;
	} else if (length == 7) {
		return rtl_compare_nocase(word, 7, u"CONOUT$", 7) == 0;
	}
	return false;
}

ULONG io_dos_device(const char16_t *name, size_t length)
{
	size_t start, end;

	switch (io_path_type(name, length)) {
	case RtlPathTypeUnknown:
	case RtlPathTypeUncAbsolute:
	case RtlPathTypeRootLocalDevice:
		return 0;
	case RtlPathTypeLocalDevice:
		/* only the console keeps its meaning here: \\.\CON */
		if (length == 7 && name[2] == u'.' && rtl_compare_nocase(name + 4, 3, u"CON", 3) == 0)
			return 8 << 16 | 6;
		return 0;
	default:
		break;
	}
	if (length && name[length - 1] == u':')
		length--;
	while (length && (name[length - 1] == u'.' || name[length - 1] == u' '))
		length--;
	for (start = length; start > 0; start--)
		if (is_slash(name[start - 1]) || (name[start - 1] == u':' && start == 2))
			break;
	for (end = start; end < length && name[end] != u'.' && name[end] != u':'; end++)
		;
	while (end > start && name[end - 1] == u' ')
		end--;
	if (!is_device_word(name + start, end - start) || start > 32767)
		return 0;
	return (ULONG)(start * 2) << 16 | (ULONG)((end - start) * 2);
}

/* The length of the part of an absolute path that ".." cannot remove. */
static size_t root_length(const char16_t *path, size_t length)
{
	size_t at, components;

	switch (io_path_type(path, length)) {
	case RtlPathTypeDriveAbsolute:
		return 3;
	case RtlPathTypeLocalDevice:
		return 4;
	case RtlPathTypeUncAbsolute:
		at = 2;
		for (components = 0; components < 2 && at < length; components++) {
			while (at < length && path[at] != u'\\')
				at++;
			if (components == 0 && at < length)
				at++;
		}
		return at;
	default:
		return 0;
	}
}

/* Appends `rest` to the directory in `full`, resolving dots.  See the header comment for the rules. */
static void append_normalized(struct io_wide *full, size_t root, const char16_t *rest, size_t length)
{
	size_t at = 0;
	bool separator = false; /* the last thing read was a separator */
	bool dots = false;      /* the last component was "." or ".." */

	while (at < length) {
		size_t start, count;

		while (at < length && is_slash(rest[at])) {
			separator = true;
			at++;
		}
		if (separator && full->length > 0 && full->text[full->length - 1] != u'\\' && full->length >= root)
			io_wide_put(full, u"\\", 1);
		if (at >= length)
			break;
		start = at;
		while (at < length && !is_slash(rest[at]))
			at++;
		count = at - start;
		separator = false;
		dots = false;
		if (count == 1 && rest[start] == u'.') {
			dots = true;
			/* swallow the separator behind it: the one before it is there already */
			if (at < length)
				while (at < length && is_slash(rest[at]))
					at++;
			if (at >= length && is_slash(rest[length - 1]))
				return;
			continue;
		}
		if (count == 2 && rest[start] == u'.' && rest[start + 1] == u'.') {
			dots = true;
			if (full->length > root && full->text[full->length - 1] == u'\\')
				full->length--;
			while (full->length > root && full->text[full->length - 1] != u'\\')
				full->length--;
			full->text[full->length] = 0;
			if (at < length)
				while (at < length && is_slash(rest[at]))
					at++;
			if (at >= length && is_slash(rest[length - 1]))
				return;
			continue;
		}
		/* the root of a UNC path may lack its backslash */
		if (full->length && full->text[full->length - 1] != u'\\')
			io_wide_put(full, u"\\", 1);
		/* a single dot at the end of an inner component goes; "a.." keeps both */
		if (at < length && count > 1 && rest[at - 1] == u'.' && rest[at - 2] != u'.')
			count--;
		io_wide_put(full, rest + start, count);
	}
	if (separator)
		return;
	if (dots) {
		if (full->length > root && full->text[full->length - 1] == u'\\')
			full->length--;
	} else {
		while (full->length > root &&
		       (full->text[full->length - 1] == u'.' || full->text[full->length - 1] == u' '))
			full->length--;
	}
	full->text[full->length] = 0;
}

/* The directory of a drive-relative name: the current one, the =C: variable, or the drive's root. */
static void drive_directory(char16_t drive, struct io_wide *full)
{
	io_current_directory(full);
	if (full->length >= 2 && full->text[1] == u':' && rtl_upcase(full->text[0]) == rtl_upcase(drive))
		return;
	full->length = 0;
	if (!io_drive_variable(drive, full)) {
		const char16_t root[3] = {drive, u':', u'\\'};

		full->length = 0;
		io_wide_put(full, root, 3);
	}
	if (full->length && full->text[full->length - 1] != u'\\')
		io_wide_put(full, u"\\", 1);
}

NTSTATUS io_full_path(const char16_t *name, size_t length, struct io_wide *full)
{
	size_t trimmed = length, root;
	ULONG device;

	full->length = 0;
	full->text[0] = 0;
	while (trimmed && name[trimmed - 1] == u' ')
		trimmed--;
	if (!trimmed)
		return STATUS_OBJECT_NAME_INVALID;
	device = io_dos_device(name, length);
	if (device) {
		io_wide_put(full, u"\\\\.\\", 4);
		io_wide_put(full, name + (device >> 16) / 2, (device & 0xFFFF) / 2);
		return full->failed ? STATUS_NO_MEMORY : STATUS_SUCCESS;
	}
	switch (io_path_type(name, length)) {
	case RtlPathTypeUncAbsolute: {
		/* server and share are not normalised, but their slashes are */
		size_t at = 2, components = 0;

		io_wide_put(full, u"\\\\", 2);
		while (at < length && components < 2) {
			size_t start;

			while (at < length && is_slash(name[at]))
				at++;
			start = at;
			while (at < length && !is_slash(name[at]))
				at++;
			if (components && at > start)
				io_wide_put(full, u"\\", 1);
			io_wide_put(full, name + start, at - start);
			components++;
		}
		if (components == 2 && full->length > 2 && is_slash(name[at - 1]))
			io_wide_put(full, u"\\", 1); /* a server and no share */
		root = full->length;
		append_normalized(full, root, name + at, length - at);
		break;
	}
	case RtlPathTypeLocalDevice:
		io_wide_put(full, name[2] == u'.' ? u"\\\\.\\" : u"\\\\?\\", 4);
		append_normalized(full, 4, name + 4, length - 4);
		break;
	case RtlPathTypeRootLocalDevice:
		io_wide_put(full, name[2] == u'.' ? u"\\\\.\\" : u"\\\\?\\", 4);
		break;
	case RtlPathTypeDriveAbsolute: {
		const char16_t prefix[3] = {name[0], u':', u'\\'};

		io_wide_put(full, prefix, 3);
		append_normalized(full, 3, name + 3, length - 3);
		break;
	}
	case RtlPathTypeDriveRelative:
		drive_directory(name[0], full);
		root = root_length(full->text, full->length);
		if (length > 2)
			append_normalized(full, root, name + 2, length - 2);
		else if (full->length > root && full->text[full->length - 1] == u'\\')
			full->text[--full->length] = 0;
		break;
	case RtlPathTypeRooted:
		io_current_directory(full);
		root = root_length(full->text, full->length);
		full->text[full->length = root] = 0;
		append_normalized(full, root, name + 1, length - 1);
		break;
	default:
		io_current_directory(full);
		append_normalized(full, root_length(full->text, full->length), name, length);
		break;
	}
	return full->failed ? STATUS_NO_MEMORY : STATUS_SUCCESS;
}

bool io_device_in_nowhere(const char16_t *name, size_t length)
{
	size_t start = (io_dos_device(name, length) >> 16) / 2;
	struct io_narrow path;
	struct host_stat stat;
	bool missing;

	if (!start || !is_slash(name[start - 1]) || io_path_type(name, length) == RtlPathTypeLocalDevice)
		return false;
	io_narrow_init(&path);
	missing = !NT_SUCCESS(io_unix_path_from_dos(name, start, true, &path)) || host_stat_path(path.text, true, &stat) ||
		  stat.kind != HOST_FILE_DIRECTORY;
	io_narrow_free(&path);
	return missing;
}

NTSTATUS io_nt_path_from_dos(const char16_t *name, size_t length, struct io_wide *nt)
{
	struct io_wide full;
	NTSTATUS status;

	nt->length = 0;
	nt->text[0] = 0;
	/* \\?\ and \??\ are taken as they are */
	if (length >= (name[1] == u'?' ? 5 : 4) && name[0] == u'\\' && name[3] == u'\\' &&
	    ((name[1] == u'\\' && name[2] == u'?') || (name[1] == u'?' && name[2] == u'?'))) {
		io_wide_put(nt, u"\\??\\", 4);
		io_wide_put(nt, name + 4, length - 4);
		return nt->failed ? STATUS_NO_MEMORY : STATUS_SUCCESS;
	}
	if (io_device_in_nowhere(name, length))
		return STATUS_OBJECT_NAME_INVALID;
	io_wide_init(&full);
	status = io_full_path(name, length, &full);
	if (NT_SUCCESS(status)) {
		size_t skip = 0;

		io_wide_put(nt, u"\\??\\", 4);
		switch (io_path_type(full.text, full.length)) {
		case RtlPathTypeUncAbsolute:
			io_wide_put(nt, u"UNC\\", 4);
			skip = 2;
			break;
		case RtlPathTypeLocalDevice:
			skip = 4;
			break;
		default:
			if (full.length >= MAX_PATH && !io_long_path_aware())
				status = STATUS_NAME_TOO_LONG;
			break;
		}
		io_wide_put(nt, full.text + skip, full.length - skip);
		if (nt->failed)
			status = STATUS_NO_MEMORY;
	}
	io_wide_free(&full);
	return status;
}
