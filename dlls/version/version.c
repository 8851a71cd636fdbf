/*
 * dlls/version/version.c - version.dll: version resources of files.
 *
 * A block of version information is a tree of { length, value length, type, key, value, children }, each aligned to four
 * bytes (MSDN, VS_VERSIONINFO).  Blocks come from files and are checked: nothing outside its parent is looked at.
 * Behind a block there is as much room again, in which VerQueryValueA puts what it translated.
 *
 * The builtin DLLs have no resources; for what lies in the system directory a block is made that says which Windows
 * this is, since programs look at kernel32.dll's to find out.
 */
#include "kernel32/kernel32.h"
#include "nt/winbase.h"
#include "ntdll/ex/ex.h"
#include "ntdll/rtl/nls.h"

#include <stdlib.h>
#include <string.h>

DEFINE_DLL(version, .name = "version.dll",
	   .aliases = "api-ms-win-core-version-*\0api-ms-win-core-versionansi-*\0api-ms-win-downlevel-version-*\0");

HMODULE WINAPI LoadLibraryExW(LPCWSTR name, HANDLE file, DWORD flags);
BOOL WINAPI FreeLibrary(HMODULE module);
HRSRC WINAPI FindResourceW(HMODULE module, LPCWSTR name, LPCWSTR type);
DWORD WINAPI SizeofResource(HMODULE module, HRSRC resource);
HGLOBAL WINAPI LoadResource(HMODULE module, HRSRC resource);

#define RT_VERSION ((LPCWSTR)(uintptr_t)16)
#define BUILD_OF_FILES 19041u /* the files of 22H2 are those of 2004 */

struct fixed_info {
	DWORD dwSignature, dwStrucVersion, dwFileVersionMS, dwFileVersionLS, dwProductVersionMS, dwProductVersionLS,
		dwFileFlagsMask, dwFileFlags, dwFileOS, dwFileType, dwFileSubtype, dwFileDateMS, dwFileDateLS;
};

/* --- blocks ----------------------------------------------------------------------------------------------------- */

struct node {
	const uint8_t *start, *end;	  /* the node itself */
	const char16_t *key;
	const uint8_t *value, *children; /* aligned; at most `end` */
	size_t value_size;		  /* bytes */
	bool text;
};

/* Reads the node at `p`, all of which must lie before `limit`; alignment counts from `base`. */
static bool read_node(const uint8_t *base, const uint8_t *p, const uint8_t *limit, struct node *node)
{
	uint16_t header[3];
	const uint8_t *q;

	if (p >= limit || limit - p < 8)
		return false;
	memcpy(header, p, sizeof(header));
	if (header[0] < 8 || header[0] > limit - p)
		return false;
	node->start = p;
	node->end = p + header[0];
	node->text = header[2] == 1;
	node->key = (const char16_t *)(p + 6);
	for (q = p + 6;; q += 2) {
		if (node->end - q < 2)
			return false;
		if (!q[0] && !q[1])
			break;
	}
	q += 2;
	q = base + (((size_t)(q - base) + 3) & ~(size_t)3);
	if (q > node->end)
		q = node->end;
	node->value = q;
	/* The value length of text is in characters, though some compilers wrote bytes. */
	node->value_size = node->text ? (size_t)header[1] * 2 : header[1];
	if (node->value_size > (size_t)(node->end - q))
		node->value_size = (size_t)(node->end - q);
	q += node->value_size;
	q = base + (((size_t)(q - base) + 3) & ~(size_t)3);
	node->children = q > node->end ? node->end : q;
	return true;
}

static bool find_child(const uint8_t *base, const struct node *parent, const char16_t *key, size_t length, struct node *child)
{
	const uint8_t *p = parent->children;

	while (read_node(base, p, parent->end, child)) {
		if (rtl_wcslen(child->key) == length && !rtl_compare_nocase(child->key, length, key, length))
			return true;
		p = base + (((size_t)(child->end - base) + 3) & ~(size_t)3);
	}
	return false;
}

static bool find_value(const void *block, const char16_t *path, struct node *node)
{
	const uint8_t *base = block;

	if (!read_node(base, base, base + 0xFFFF, node))
		return false;
	while (*path) {
		size_t length = 0;
		if (*path == u'\\') {
			path++;
			continue;
		}
		while (path[length] && path[length] != u'\\')
			length++;
		struct node parent = *node;
		if (!find_child(base, &parent, path, length, node))
			return false;
		path += length;
	}
	return true;
}

EXPORT(version, BOOL, VerQueryValueW, (LPCVOID block, LPCWSTR path, LPVOID *value, UINT *size))
{
	struct node node;

	if (!block || !value || !find_value(block, path ? path : u"", &node)) {
		if (size)
			*size = 0;
		set_last_error(ERROR_RESOURCE_TYPE_NOT_FOUND);
		return FALSE;
	}
	*value = (LPVOID)node.value;
	if (size)
		*size = (UINT)(node.text ? node.value_size / 2 : node.value_size);
	return TRUE;
}

EXPORT(version, BOOL, VerQueryValueA, (LPCVOID block, LPCSTR path, LPVOID *value, UINT *size))
{
	char16_t wide[256];
	struct node node;
	uint16_t total;
	size_t count = path ? nls_to_utf16(NLS_ACP, 0, wide, ARRAY_SIZE(wide) - 1, path, strlen(path)) : 0;

	wide[count < ARRAY_SIZE(wide) ? count : 0] = 0;
	if (!block || !value || count >= ARRAY_SIZE(wide) || !find_value(block, wide, &node)) {
		if (size)
			*size = 0;
		set_last_error(ERROR_RESOURCE_TYPE_NOT_FOUND);
		return FALSE;
	}
	*value = (LPVOID)node.value;
	if (node.text) {
		/* The translation is never longer than the original, and lies as far behind the block. */
		char *to;
		memcpy(&total, block, sizeof(total));
		to = (char *)block + total + (node.value - (const uint8_t *)block);
		node.value_size = nls_from_utf16(NLS_ACP, 0, to, node.value_size, (const char16_t *)node.value,
						 node.value_size / 2, NULL, NULL);
		*value = to;
	}
	if (size)
		*size = (UINT)node.value_size;
	return TRUE;
}

/* --- a block for what is builtin --------------------------------------------------------------------------------- */

struct builder {
	uint8_t bytes[1024];
	size_t size;
};

static void align(struct builder *b)
{
	while (b->size % 4)
		b->bytes[b->size++] = 0;
}

static void put16(struct builder *b, unsigned value)
{
	b->bytes[b->size++] = (uint8_t)value;
	b->bytes[b->size++] = (uint8_t)(value >> 8);
}

/* Opens a node; close_node gives it its length. */
static size_t open_node(struct builder *b, const char16_t *key, const void *value, size_t value_size, bool text)
{
	size_t start;

	align(b);
	start = b->size;
	put16(b, 0);
	put16(b, (unsigned)(text ? value_size / 2 : value_size));
	put16(b, text);
	do
		put16(b, *key);
	while (*key++);
	align(b);
	if (value_size)
		memcpy(b->bytes + b->size, value, value_size);
	b->size += value_size;
	return start;
}

static void close_node(struct builder *b, size_t start)
{
	b->bytes[start] = (uint8_t)(b->size - start);
	b->bytes[start + 1] = (uint8_t)((b->size - start) >> 8);
}

static void put_text_node(struct builder *b, const char16_t *key, const char16_t *text)
{
	close_node(b, open_node(b, key, text, (rtl_wcslen(text) + 1) * 2, true));
}

static void build(struct builder *b, const char16_t *name)
{
	static const uint16_t translation[2] = {0x409, 1200};
	struct fixed_info info = {.dwSignature = 0xFEEF04BD,
				  .dwStrucVersion = 0x10000,
				  .dwFileVersionMS = EX_MAJOR_VERSION << 16 | EX_MINOR_VERSION,
				  .dwFileVersionLS = BUILD_OF_FILES << 16 | 1,
				  .dwProductVersionMS = EX_MAJOR_VERSION << 16 | EX_MINOR_VERSION,
				  .dwProductVersionLS = BUILD_OF_FILES << 16 | 1,
				  .dwFileFlagsMask = 0x3F,
				  .dwFileOS = 0x40004, /* VOS_NT_WINDOWS32 */
				  .dwFileType = 2};    /* VFT_DLL */
	size_t root, strings, table, vars;

	b->size = 0;
	root = open_node(b, u"VS_VERSION_INFO", &info, sizeof(info), false);
	strings = open_node(b, u"StringFileInfo", NULL, 0, true);
	table = open_node(b, u"040904B0", NULL, 0, true);
	put_text_node(b, u"FileDescription", u"Pewter builtin");
	put_text_node(b, u"FileVersion", u"10.0.19041.1");
	put_text_node(b, u"OriginalFilename", name);
	put_text_node(b, u"ProductName", u"Pewter");
	put_text_node(b, u"ProductVersion", u"10.0.19041.1");
	close_node(b, table);
	close_node(b, strings);
	vars = open_node(b, u"VarFileInfo", NULL, 0, true);
	close_node(b, open_node(b, u"Translation", translation, sizeof(translation), false));
	close_node(b, vars);
	close_node(b, root);
}

/* --- files ------------------------------------------------------------------------------------------------------ */

/* The block of a file, in memory of malloc; NULL and the last error. */
static void *load(const char16_t *file, size_t *size)
{
	static const char16_t system[] = u"C:\\Windows\\";
	const char16_t *base = file;
	HMODULE module;
	HRSRC resource;
	void *copy = NULL, *data;
	bool builtin;
	DWORD error;

	if (!file) {
		set_last_error(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	module = LoadLibraryExW(file, NULL, LOAD_LIBRARY_AS_DATAFILE | LOAD_LIBRARY_AS_IMAGE_RESOURCE);
	if (module) {
		resource = FindResourceW(module, (LPCWSTR)(uintptr_t)1, RT_VERSION);
		data = resource ? LoadResource(module, resource) : NULL;
		if (data) {
			uint16_t length;
			*size = SizeofResource(module, resource);
			/* The resource is as long as its root says, and no longer than it is. */
			if (*size >= 8) {
				memcpy(&length, data, sizeof(length));
				if (length >= 8 && length <= *size)
					*size = length;
				copy = malloc(*size);
				if (copy) {
					memcpy(copy, data, *size);
					length = (uint16_t)*size;
					memcpy(copy, &length, sizeof(length));
				}
			}
		}
		error = get_last_error();
		FreeLibrary(module);
		if (copy)
			return copy;
		set_last_error(data ? ERROR_INVALID_DATA : error ? error : ERROR_RESOURCE_DATA_NOT_FOUND);
	}
	for (const char16_t *p = file; *p; p++) {
		if (*p == u'\\' || *p == u'/')
			base = p + 1;
	}
	builtin = rtl_wcslen(file) >= ARRAY_SIZE(system) - 1 &&
		  !rtl_compare_nocase(file, ARRAY_SIZE(system) - 1, system, ARRAY_SIZE(system) - 1);
	if (rtl_wcslen(base) < 64 && module && (builtin || base == file)) {
		struct builder b;
		build(&b, base);
		copy = malloc(b.size);
		if (copy) {
			memcpy(copy, b.bytes, b.size);
			*size = b.size;
		}
	}
	return copy;
}

EXPORT(version, DWORD, GetFileVersionInfoSizeExW, (DWORD flags, LPCWSTR file, LPDWORD handle))
{
	size_t size;
	void *block;

	if (handle)
		*handle = 0;
	if (!file || !*file) {
		set_last_error(ERROR_RESOURCE_DATA_NOT_FOUND);
		return 0;
	}
	block = load(file, &size);
	if (!block)
		return 0;
	free(block);
	set_last_error(ERROR_SUCCESS);
	return (DWORD)size * 2 + 4;
}

EXPORT(version, DWORD, GetFileVersionInfoSizeW, (LPCWSTR file, LPDWORD handle))
{
	return GetFileVersionInfoSizeExW(0, file, handle);
}

EXPORT(version, BOOL, GetFileVersionInfoExW, (DWORD flags, LPCWSTR file, DWORD handle, DWORD capacity, LPVOID buffer))
{
	size_t size;
	uint8_t *block;

	if (!buffer) {
		set_last_error(ERROR_INVALID_DATA);
		return FALSE;
	}
	block = load(file, &size);
	if (!block)
		return FALSE;
	if (capacity < size) {
		/* MSDN: what does not fit is cut off; a cut tree would mislead its readers. */
		free(block);
		set_last_error(ERROR_INSUFFICIENT_BUFFER);
		return FALSE;
	}
	memcpy(buffer, block, size);
	memset((uint8_t *)buffer + size, 0, capacity - size);
	free(block);
	return TRUE;
}

EXPORT(version, BOOL, GetFileVersionInfoW, (LPCWSTR file, DWORD handle, DWORD capacity, LPVOID buffer))
{
	return GetFileVersionInfoExW(0, file, handle, capacity, buffer);
}

static char16_t *widen(LPCSTR text)
{
	size_t length;
	char16_t *wide;

	if (!text)
		return NULL;
	length = strlen(text) + 1;
	wide = malloc(length * sizeof(*wide));
	if (wide)
		nls_to_utf16(NLS_ACP, 0, wide, length, text, length);
	return wide;
}

EXPORT(version, DWORD, GetFileVersionInfoSizeA, (LPCSTR file, LPDWORD handle))
{
	char16_t *wide = widen(file);
	DWORD size = GetFileVersionInfoSizeExW(0, wide, handle);
	free(wide);
	return size;
}

EXPORT(version, BOOL, GetFileVersionInfoA, (LPCSTR file, DWORD handle, DWORD capacity, LPVOID buffer))
{
	char16_t *wide = widen(file);
	BOOL ok = GetFileVersionInfoExW(0, wide, handle, capacity, buffer);
	free(wide);
	return ok;
}

DWORD WINAPI VerLanguageNameW(DWORD language, LPWSTR buffer, DWORD size);
DWORD WINAPI VerLanguageNameA(DWORD language, LPSTR buffer, DWORD size);
EXPORT_ALIAS(version, "VerLanguageNameW", VerLanguageNameW);
EXPORT_ALIAS(version, "VerLanguageNameA", VerLanguageNameA);
