/*
 * dlls/crt/paths_template.h - the parts of path names, for bytes and for UTF-16.
 *
 * Included twice by paths.c, with UNIT, NAME(narrow, wide) and STEP(pointer): the width of a character at a place.
 */

struct NAME(parts, wide_parts) {
	const UNIT *drive, *directory, *name, *extension, *end;
};

static void NAME(find_parts, find_wide_parts)(const UNIT *path, struct NAME(parts, wide_parts) * parts)
{
	const UNIT *dot = NULL;
	parts->drive = path;
	if (path[0] != 0 && path[1] == ':')
		path += 2;
	parts->directory = parts->name = path;
	for (; *path != 0; path += STEP(path)) {
		if (*path == '\\' || *path == '/') {
			parts->name = path + 1;
			dot = NULL;
		} else if (*path == '.') {
			dot = path;
		}
	}
	parts->extension = dot != NULL ? dot : path;
	parts->end = path;
}

/* Copies one part into `size` units; false when it does not fit (what fits is there if `cut`). */
static bool NAME(copy_part, copy_wide_part)(UNIT *to, size_t size, const UNIT *from, const UNIT *end, bool cut)
{
	size_t length = (size_t)(end - from);
	if (to == NULL)
		return true;
	if (length >= size) {
		if (!cut)
			return false;
		length = size - 1;
	}
	memcpy(to, from, length * sizeof(*to));
	to[length] = 0;
	return true;
}

CRT_NAMED(void, NAME(_splitpath, _wsplitpath),
    (const UNIT *path, UNIT *drive, UNIT *directory, UNIT *name, UNIT *extension))
{
	struct NAME(parts, wide_parts) parts;
	CRT_VALIDATE(path != NULL, EINVAL, );
	NAME(find_parts, find_wide_parts)(path, &parts);
	NAME(copy_part, copy_wide_part)(drive, 3, parts.drive, parts.directory, true);
	NAME(copy_part, copy_wide_part)(directory, 256, parts.directory, parts.name, true);
	NAME(copy_part, copy_wide_part)(name, 256, parts.name, parts.extension, true);
	NAME(copy_part, copy_wide_part)(extension, 256, parts.extension, parts.end, true);
}

CRT_NAMED(errno_t, NAME(_splitpath_s, _wsplitpath_s),
    (const UNIT *path, UNIT *drive, size_t drive_size, UNIT *directory, size_t directory_size, UNIT *name,
     size_t name_size, UNIT *extension, size_t extension_size))
{
	struct NAME(parts, wide_parts) parts;
	bool valid = path != NULL && (drive == NULL) == (drive_size == 0) &&
		     (directory == NULL) == (directory_size == 0) && (name == NULL) == (name_size == 0) &&
		     (extension == NULL) == (extension_size == 0);
	bool good = false;
	if (valid) {
		NAME(find_parts, find_wide_parts)(path, &parts);
		good = NAME(copy_part, copy_wide_part)(drive, drive_size, parts.drive, parts.directory, false) &&
		       NAME(copy_part, copy_wide_part)(directory, directory_size, parts.directory, parts.name, false) &&
		       NAME(copy_part, copy_wide_part)(name, name_size, parts.name, parts.extension, false) &&
		       NAME(copy_part, copy_wide_part)(extension, extension_size, parts.extension, parts.end, false);
	}
	if (good)
		return 0;
	if (drive != NULL && drive_size != 0)
		*drive = 0;
	if (directory != NULL && directory_size != 0)
		*directory = 0;
	if (name != NULL && name_size != 0)
		*name = 0;
	if (extension != NULL && extension_size != 0)
		*extension = 0;
	if (!valid)
		return crt_invalid(CRT_EINVAL);
	crt_set_errno(CRT_ERANGE);
	return CRT_ERANGE;
}

CRT_NAMED(errno_t, NAME(_makepath_s, _wmakepath_s),
    (UNIT * to, size_t size, const UNIT *drive, const UNIT *directory, const UNIT *name, const UNIT *extension))
{
	CRT_VALIDATE_E(to != NULL && size > 0, EINVAL);
	size_t length = 0;
	bool good = true;
	UNIT last = 0;
#define PUT(c)                                                                                                              \
	do {                                                                                                                \
		last = (UNIT)(c);                                                                                           \
		if (length + 1 < size)                                                                                      \
			to[length++] = last;                                                                                \
		else                                                                                                        \
			good = false;                                                                                       \
	} while (0)
	if (drive != NULL && *drive != 0) {
		PUT(*drive);
		PUT(':');
	}
	if (directory != NULL && *directory != 0) {
		bool slash = false;
		while (*directory != 0) {
			size_t step = STEP(directory);
			slash = step == 1 && (*directory == '\\' || *directory == '/');
			while (step-- > 0) {
				PUT(*directory);
				directory++;
			}
		}
		if (!slash)
			PUT('\\');
	}
	for (; name != NULL && *name != 0; name++)
		PUT(*name);
	if (extension != NULL && *extension != 0) {
		if (*extension != '.')
			PUT('.');
		for (; *extension != 0; extension++)
			PUT(*extension);
	}
#undef PUT
	if (good) {
		to[length] = 0;
		return 0;
	}
	*to = 0;
	return crt_invalid(CRT_ERANGE);
}

CRT_NAMED(void, NAME(_makepath, _wmakepath),
    (UNIT * to, const UNIT *drive, const UNIT *directory, const UNIT *name, const UNIT *extension))
{
	NAME(crt__makepath_s, crt__wmakepath_s)(to, SIZE_MAX, drive, directory, name, extension);
}

/* The file itself, or the first directory of a path variable that holds it. */
CRT_NAMED(errno_t, NAME(_searchenv_s, _wsearchenv_s), (const UNIT *name, const UNIT *variable, UNIT *to, size_t size))
{
	CRT_VALIDATE_E(to != NULL && size > 0, EINVAL);
	if (name == NULL) {
		*to = 0;
		return crt_invalid(CRT_EINVAL);
	}
	*to = 0;
	if (*name == 0) {
		crt_set_errno(CRT_ENOENT);
		return CRT_ENOENT;
	}
	INT error = crt_self.error;
	if (NAME(crt__access_s, crt__waccess_s)(name, 0) == 0) {
		crt_set_errno(error);
		return NAME(crt__fullpath, crt__wfullpath)(to, name, size) != NULL ? 0 : crt_self.error;
	}
	const UNIT *list = NAME(crt_getenv, crt__wgetenv)(variable);
	size_t name_length = 0;
	while (name[name_length] != 0)
		name_length++;
	while (list != NULL && *list != 0) {
		size_t length = 0;
		bool quoted = false, full = false;
		UNIT last = 0;
		for (; *list != 0 && (*list != ';' || quoted); list++) {
			if (*list == '"') {
				quoted = !quoted;
				continue;
			}
			if (length + 1 < size)
				to[length++] = *list;
			else
				full = true;
			last = *list;
		}
		if (*list == ';')
			list++;
		if (length == 0)
			continue;
		bool slash = last == '/' || last == '\\' || last == ':';
		if (full || length + !slash + name_length >= size)
			continue;
		if (!slash)
			to[length++] = '\\';
		memcpy(to + length, name, (name_length + 1) * sizeof(*to));
		if (NAME(crt__access_s, crt__waccess_s)(to, 0) == 0) {
			crt_set_errno(error);
			return 0;
		}
	}
	*to = 0;
	crt_set_errno(CRT_ENOENT);
	return CRT_ENOENT;
}

CRT_NAMED(void, NAME(_searchenv, _wsearchenv), (const UNIT *name, const UNIT *variable, UNIT *to))
{
	NAME(crt__searchenv_s, crt__wsearchenv_s)(name, variable, to, MAX_PATH);
}
