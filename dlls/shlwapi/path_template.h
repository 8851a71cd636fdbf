/*
 * dlls/shlwapi/path_template.h - path functions on text alone, written once for both character types.
 *
 * The includer defines CHAR_T, NAME(base) with the suffix, and FOLD(c), the upper case of a character.  In the A forms
 * a trail byte of a double-byte code page may look like a backslash: they are exact for single-byte pages and UTF-8.
 * Paths are at most MAX_PATH with the terminator, as MSDN says for each.
 */
#define SHL_(type, name, params) EXPORT(shlwapi, type, name, params)
#define SHL(type, base, params) SHL_(type, NAME(base), params)
typedef CHAR_T *STR;
typedef const CHAR_T *CSTR;
#define L_(base) NAME(shl_##base)

static size_t L_(length)(CSTR s)
{
	size_t n = 0;
	while (s[n])
		n++;
	return n;
}

static int L_(letter)(CHAR_T c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* The first character behind the root of a path: "C:\", "\\server\share\", "\"; the path itself if it has none. */
static CSTR L_(behind_root)(CSTR path)
{
	if (path[0] == '\\' && path[1] == '\\') {
		int parts = 0;

		for (path += 2; *path; path++) {
			if (*path == '\\' && ++parts == 2)
				return path + 1;
		}
		return path;
	}
	if (path[0] == '\\')
		return path + 1;
	if (L_(letter)(path[0]) && path[1] == ':')
		return path + 2 + (path[2] == '\\');
	return path;
}

SHL(STR, PathFindFileName, (CSTR path))
{
	CSTR name = path;

	for (; path && *path; path++) {
		if ((*path == '\\' || *path == '/' || *path == ':') && path[1] && path[1] != '\\' && path[1] != '/')
			name = path + 1;
	}
	return (STR)(uintptr_t)name;
}

/* Its dot, or the end; an extension with a space in it is none. */
SHL(STR, PathFindExtension, (CSTR path))
{
	CSTR dot = NULL;

	if (!path)
		return NULL;
	for (; *path; path++) {
		if (*path == '.')
			dot = path;
		else if (*path == '\\' || *path == ' ')
			dot = NULL;
	}
	return (STR)(uintptr_t)(dot ? dot : path);
}

/* A pointer to the terminator; NULL when there is no room. */
SHL(STR, PathAddBackslash, (STR path))
{
	size_t length;

	if (!path)
		return NULL;
	length = L_(length)(path);
	if (length && path[length - 1] != '\\') {
		if (length >= MAX_PATH - 1)
			return NULL;
		path[length++] = '\\';
		path[length] = 0;
	}
	return path + length;
}

/* A pointer to where the backslash was or the last character; a root keeps its own. */
SHL(STR, PathRemoveBackslash, (STR path))
{
	STR last;

	if (!path)
		return NULL;
	if (!*path)
		return path;
	last = path + L_(length)(path) - 1;
	if (*last == '\\' && last >= L_(behind_root)(path))
		*last = 0;
	return last;
}

SHL(void, PathRemoveExtension, (STR path))
{
	STR dot;

	if (!path)
		return;
	dot = NAME(PathFindExtension)(path);
	*dot = 0;
}

SHL(BOOL, PathAddExtension, (STR path, CSTR extension))
{
	static const CHAR_T exe[] = {'.', 'e', 'x', 'e', 0};
	size_t length;

	if (!path || *NAME(PathFindExtension)(path))
		return FALSE;
	if (!extension)
		extension = exe;
	length = L_(length)(path);
	if (length + L_(length)(extension) >= MAX_PATH)
		return FALSE;
	memcpy(path + length, extension, (L_(length)(extension) + 1) * sizeof(CHAR_T));
	return TRUE;
}

SHL(BOOL, PathRenameExtension, (STR path, CSTR extension))
{
	STR dot = NAME(PathFindExtension)(path);

	if ((size_t)(dot - path) + L_(length)(extension) >= MAX_PATH)
		return FALSE;
	memcpy(dot, extension, (L_(length)(extension) + 1) * sizeof(CHAR_T));
	return TRUE;
}

SHL(BOOL, PathRemoveFileSpec, (STR path))
{
	STR cut, root;

	if (!path || !*path)
		return FALSE;
	root = (STR)(uintptr_t)L_(behind_root)(path);
	cut = root;
	for (STR at = root; *at; at++) {
		if (*at == '\\')
			cut = at;
	}
	if (!*cut)
		return FALSE;
	/* A share keeps no backslash. */
	if (cut == root && path[0] == '\\' && path[1] == '\\' && cut[-1] == '\\')
		cut--;
	*cut = 0;
	return TRUE;
}

SHL(void, PathStripPath, (STR path))
{
	STR name = path ? NAME(PathFindFileName)(path) : NULL;

	if (name && name != path)
		memmove(path, name, (L_(length)(name) + 1) * sizeof(CHAR_T));
}

SHL(STR, PathSkipRoot, (CSTR path))
{
	CSTR behind = path ? L_(behind_root)(path) : NULL;

	return (STR)(uintptr_t)(behind == path ? NULL : behind);
}

SHL(BOOL, PathIsRelative, (CSTR path))
{
	return !path || !*path || (path[0] != '\\' && !(L_(letter)(path[0]) && path[1] == ':'));
}

SHL(BOOL, PathIsRoot, (CSTR path))
{
	if (!path || !*path)
		return FALSE;
	if (path[0] == '\\' && path[1] == '\\') {
		int parts = 0;

		for (CSTR at = path + 2; *at; at++) {
			if (*at == '\\' && (++parts > 1 || !at[1]))
				return FALSE;
		}
		return TRUE;
	}
	return (path[0] == '\\' && !path[1]) || (L_(letter)(path[0]) && path[1] == ':' && path[2] == '\\' && !path[3]);
}

SHL(BOOL, PathStripToRoot, (STR path))
{
	if (!path)
		return FALSE;
	while (!NAME(PathIsRoot)(path)) {
		if (!NAME(PathRemoveFileSpec)(path))
			return FALSE;
	}
	return TRUE;
}

SHL(BOOL, PathIsUNC, (CSTR path))
{
	return path && path[0] == '\\' && path[1] == '\\' && path[2] != '?';
}

SHL(BOOL, PathIsFileSpec, (CSTR path))
{
	for (; path && *path; path++) {
		if (*path == '\\' || *path == ':')
			return FALSE;
	}
	return TRUE;
}

/* A: is 0; -1: no drive. */
SHL(INT, PathGetDriveNumber, (CSTR path))
{
	return path && L_(letter)(path[0]) && path[1] == ':' ? (path[0] | 32) - 'a' : -1;
}

SHL(STR, PathBuildRoot, (STR root, INT drive))
{
	if (root && drive >= 0 && drive < 26) {
		root[0] = (CHAR_T)('A' + drive);
		root[1] = ':';
		root[2] = '\\';
		root[3] = 0;
	}
	return root;
}

SHL(void, PathQuoteSpaces, (STR path))
{
	size_t length = 0;
	int space = 0;

	for (; path && path[length]; length++)
		space |= path[length] == ' ';
	if (!space || length + 3 > MAX_PATH)
		return;
	memmove(path + 1, path, length * sizeof(CHAR_T));
	path[0] = path[length + 1] = '"';
	path[length + 2] = 0;
}

SHL(BOOL, PathUnquoteSpaces, (STR path))
{
	size_t length = path ? L_(length)(path) : 0;

	if (length < 2 || path[0] != '"' || path[length - 1] != '"')
		return FALSE;
	path[length - 1] = 0;
	memmove(path, path + 1, (length - 1) * sizeof(CHAR_T));
	return TRUE;
}

SHL(void, PathRemoveBlanks, (STR path))
{
	size_t start = 0, length;

	if (!path)
		return;
	while (path[start] == ' ')
		start++;
	length = L_(length)(path + start);
	while (length && path[start + length - 1] == ' ')
		length--;
	memmove(path, path + start, length * sizeof(CHAR_T));
	path[length] = 0;
}

/* What stands behind the first space outside quotes. */
SHL(STR, PathGetArgs, (CSTR path))
{
	int quoted = 0;

	for (; path && *path; path++) {
		if (*path == ' ' && !quoted)
			return (STR)(uintptr_t)(path + 1);
		quoted ^= *path == '"';
	}
	return (STR)(uintptr_t)path;
}

/* Takes "." and ".." out; "..", at the root, stays there.  An empty result is "\". */
SHL(BOOL, PathCanonicalize, (STR to, CSTR from))
{
	size_t root, length = 0;

	if (!to || !from)
		return FALSE;
	if (L_(length)(from) >= MAX_PATH) {
		*to = 0;
		return FALSE;
	}
	root = (size_t)(L_(behind_root)(from) - from);
	memmove(to, from, root * sizeof(CHAR_T));
	length = root;
	from += root;
	while (*from) {
		size_t part = 0;

		while (from[part] && from[part] != '\\')
			part++;
		if (part == 1 && from[0] == '.') {
			if (!from[1] && length > root && to[length - 1] == '\\')
				length--;
		} else if (part == 2 && from[0] == '.' && from[1] == '.') {
			if (length > root && to[length - 1] == '\\')
				length--;
			while (length > root && to[length - 1] != '\\')
				length--;
			if (!from[2] && length > root)
				length--;
		} else {
			memmove(to + length, from, part * sizeof(CHAR_T));
			length += part;
			if (from[part])
				to[length++] = '\\';
		}
		from += part + (from[part] != 0);
	}
	if (!length)
		to[length++] = '\\';
	to[length] = 0;
	/* A bare drive gets its root. */
	if (length == 2 && to[1] == ':') {
		to[2] = '\\';
		to[3] = 0;
	}
	return TRUE;
}

SHL(STR, PathCombine, (STR to, CSTR folder, CSTR file))
{
	CHAR_T joined[2 * MAX_PATH];
	size_t length = 0;

	if (!to)
		return NULL;
	*joined = 0;
	if ((folder || file) && (!folder || L_(length)(folder) < MAX_PATH) && (!file || L_(length)(file) < MAX_PATH)) {
		int absolute = file && *file && !NAME(PathIsRelative)(file);

		if (folder && *folder && !(absolute && (file[0] != '\\' || file[1] == '\\'))) {
			length = L_(length)(folder);
			memcpy(joined, folder, length * sizeof(CHAR_T));
			joined[length] = 0;
			/* "\file" is on the folder's drive. */
			if (absolute) {
				length = (size_t)(L_(behind_root)(joined) - joined);
				file++;
			}
			if (length && joined[length - 1] != '\\' && file && *file)
				joined[length++] = '\\';
		}
		if (file && *file) {
			memcpy(joined + length, file, L_(length)(file) * sizeof(CHAR_T));
			length += L_(length)(file);
		}
		joined[length] = 0;
		if (length < MAX_PATH && NAME(PathCanonicalize)(to, joined))
			return to;
	}
	*to = 0;
	return NULL;
}

/* A leading backslash of what is added does not make it absolute. */
SHL(BOOL, PathAppend, (STR path, CSTR more))
{
	if (!path || !more)
		return FALSE;
	if (!(more[0] == '\\' && more[1] == '\\')) {
		while (*more == '\\')
			more++;
	}
	return NAME(PathCombine)(path, path, more) != NULL;
}

/* * and ?, without regard to case; "*.*" is everything; several patterns are separated by semicolons. */
static int L_(match)(CSTR file, CSTR pattern, CSTR end)
{
	CSTR star = NULL, resume = NULL;

	if (end - pattern == 3 && pattern[0] == '*' && pattern[1] == '.' && pattern[2] == '*')
		return 1;
	while (*file) {
		if (pattern < end && *pattern == '*') {
			star = ++pattern;
			resume = file;
		} else if (pattern < end && (*pattern == '?' || FOLD(*pattern) == FOLD(*file))) {
			pattern++;
			file++;
		} else if (star) {
			pattern = star;
			file = ++resume;
		} else {
			return 0;
		}
	}
	while (pattern < end && *pattern == '*')
		pattern++;
	return pattern == end;
}

SHL(BOOL, PathMatchSpec, (CSTR file, CSTR specification))
{
	if (!file || !specification)
		return FALSE;
	for (;;) {
		CSTR end;

		while (*specification == ' ')
			specification++;
		for (end = specification; *end && *end != ';'; end++)
			;
		if (L_(match)(file, specification, end))
			return TRUE;
		if (!*end)
			return FALSE;
		specification = end + 1;
	}
}

/* Strings. */

SHL(STR, StrChr, (CSTR string, CHAR_T c))
{
	for (; string && *string; string++) {
		if (*string == c)
			return (STR)(uintptr_t)string;
	}
	return NULL;
}

SHL(STR, StrChrI, (CSTR string, CHAR_T c))
{
	for (; string && *string; string++) {
		if (FOLD(*string) == FOLD(c))
			return (STR)(uintptr_t)string;
	}
	return NULL;
}

SHL(STR, StrStr, (CSTR string, CSTR part))
{
	size_t length = part ? L_(length)(part) : 0;

	if (!string || !length)
		return NULL;
	for (; *string; string++) {
		size_t i = 0;

		while (i < length && string[i] == part[i])
			i++;
		if (i == length)
			return (STR)(uintptr_t)string;
	}
	return NULL;
}

SHL(STR, StrStrI, (CSTR string, CSTR part))
{
	size_t length = part ? L_(length)(part) : 0;

	if (!string || !length)
		return NULL;
	for (; *string; string++) {
		size_t i = 0;

		while (i < length && string[i] && FOLD(string[i]) == FOLD(part[i]))
			i++;
		if (i == length)
			return (STR)(uintptr_t)string;
	}
	return NULL;
}

/* Decimal with a sign; what is no digit ends it. */
SHL(INT, StrToInt, (CSTR string))
{
	int negative;
	UINT value = 0;

	if (!string)
		return 0;
	negative = *string == '-';
	string += negative;
	for (; *string >= '0' && *string <= '9'; string++)
		value = value * 10 + (UINT)(*string - '0');
	return (INT)(negative ? 0 - value : value);
}

/* flags 1: "0x" and hexadecimal digits too. */
SHL(BOOL, StrToInt64Ex, (CSTR string, DWORD flags, LONGLONG *result))
{
	ULONGLONG value = 0;
	int negative, digits = 0;

	if (!string || !result)
		return FALSE;
	while (*string == ' ' || *string == '\t' || *string == '\n')
		string++;
	negative = *string == '-';
	if (*string == '-' || *string == '+')
		string++;
	if ((flags & 1) && string[0] == '0' && (string[1] | 32) == 'x') {
		for (string += 2;; string++, digits++) {
			CHAR_T c = *string;

			if (c >= '0' && c <= '9')
				value = value * 16 + (ULONGLONG)(c - '0');
			else if ((c | 32) >= 'a' && (c | 32) <= 'f')
				value = value * 16 + (ULONGLONG)((c | 32) - 'a' + 10);
			else
				break;
		}
		negative = 0;
	} else {
		for (; *string >= '0' && *string <= '9'; string++, digits++)
			value = value * 10 + (ULONGLONG)(*string - '0');
	}
	if (!digits)
		return FALSE;
	*result = (LONGLONG)(negative ? 0 - value : value);
	return TRUE;
}

SHL(BOOL, StrToIntEx, (CSTR string, DWORD flags, INT *result))
{
	LONGLONG value;

	if (!result || !NAME(StrToInt64Ex)(string, flags, &value))
		return FALSE;
	*result = (INT)value;
	return TRUE;
}

/* A copy for LocalFree. */
SHL(STR, StrDup, (CSTR string))
{
	size_t bytes;
	STR copy;

	if (!string)
		return NULL;
	bytes = (L_(length)(string) + 1) * sizeof(CHAR_T);
	copy = LocalAlloc(LMEM_FIXED, bytes);
	if (copy)
		memcpy(copy, string, bytes);
	return copy;
}

SHL(BOOL, StrTrim, (STR string, CSTR characters))
{
	size_t start = 0, length;

	if (!string || !characters)
		return FALSE;
	while (string[start] && NAME(StrChr)(characters, string[start]))
		start++;
	length = L_(length)(string + start);
	if (!start && !(length && NAME(StrChr)(characters, string[length - 1])))
		return FALSE;
	while (length && NAME(StrChr)(characters, string[start + length - 1]))
		length--;
	memmove(string, string + start, length * sizeof(CHAR_T));
	string[length] = 0;
	return TRUE;
}

#undef SHL_
#undef SHL
#undef L_
