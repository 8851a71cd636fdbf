/*
 * dlls/crt/argv.c - from the command line to argv: splitting, wildcards.
 */
#include "dlls/crt/argv.h"
#include "dlls/crt/winapi.h"
#include "ntdll/rtl/crt.h"
#include <stdlib.h>

struct output {
	WCHAR **pointers;
	WCHAR *characters;
	size_t pointer_count;
	size_t character_count;
};

static void put(struct output *out, WCHAR c)
{
	if (out->characters != NULL)
		out->characters[out->character_count] = c;
	out->character_count++;
}

static void begin(struct output *out)
{
	if (out->pointers != NULL)
		out->pointers[out->pointer_count] = out->characters + out->character_count;
	out->pointer_count++;
}

static bool blank(WCHAR c)
{
	return c == ' ' || c == '\t';
}

/* The program's name: quotes only group, backslashes mean nothing. */
static const WCHAR *split_program(const WCHAR *p, struct output *out)
{
	bool in_quotes = false;

	begin(out);
	for (; *p != 0 && (in_quotes || !blank(*p)); p++) {
		if (*p == '"')
			in_quotes = !in_quotes;
		else
			put(out, *p);
	}
	put(out, 0);
	return p;
}

static const WCHAR *split_argument(const WCHAR *p, enum crt_flavour flavour, struct output *out)
{
	bool in_quotes = false, literal;
	size_t slashes;

	begin(out);
	for (;;) {
		literal = true;
		for (slashes = 0; *p == '\\'; p++)
			slashes++;
		if (*p == '"') {
			/* 2n backslashes and a quote: n backslashes, and the quote groups; 2n+1: n and a quote. */
			if (slashes % 2 == 0) {
				if (in_quotes && p[1] == '"') {
					p++;
					if (flavour == CRT_FLAVOUR_MSVCRT)
						in_quotes = false;
				} else {
					literal = false;
					in_quotes = !in_quotes;
				}
			}
			slashes /= 2;
		}
		while (slashes-- != 0)
			put(out, '\\');
		if (*p == 0 || (!in_quotes && blank(*p)))
			break;
		if (literal)
			put(out, *p);
		p++;
	}
	put(out, 0);
	return p;
}

void crt_split_command_line(const WCHAR *line, enum crt_flavour flavour, WCHAR **pointers, WCHAR *characters,
			    bool *quoted, size_t *pointer_count, size_t *character_count)
{
	struct output out = {pointers, characters, 0, 0};
	const WCHAR *p = line;

	if (quoted != NULL)
		quoted[0] = *p == '"';
	p = split_program(p, &out);
	for (;;) {
		while (blank(*p))
			p++;
		if (*p == 0)
			break;
		if (quoted != NULL)
			quoted[out.pointer_count] = *p == '"';
		p = split_argument(p, flavour, &out);
	}
	if (pointers != NULL)
		pointers[out.pointer_count] = NULL;
	*pointer_count = out.pointer_count + 1;
	*character_count = out.character_count;
}

/* A growing list of strings on the process heap. */
struct list {
	WCHAR **items;
	size_t count, capacity;
};

static bool append(struct list *list, WCHAR *string)
{
	WCHAR **items;
	size_t capacity;

	if (string == NULL)
		return false;
	if (list->count + 1 >= list->capacity) {
		capacity = list->capacity * 2 + 16;
		items = crt_heap_reallocate(list->items, capacity * sizeof(*items));
		if (items == NULL)
			return false;
		list->items = items;
		list->capacity = capacity;
	}
	list->items[list->count++] = string;
	list->items[list->count] = NULL;
	return true;
}

static int compare_names(const void *a, const void *b)
{
	return rtl_wcsicmp(*(WCHAR *const *)a, *(WCHAR *const *)b);
}

/* The files that match, sorted, with the pattern's directory before each; the pattern itself if there are none. */
static bool expand_pattern(struct list *list, const WCHAR *pattern)
{
	WIN32_FIND_DATAW *data = crt_heap_allocate(sizeof(*data));
	size_t directory = 0, first = list->count, length, i;
	HANDLE find;
	WCHAR *name;
	bool ok = true;

	if (data == NULL)
		return false;
	for (i = 0; pattern[i] != 0; i++)
		if (pattern[i] == '\\' || pattern[i] == '/' || pattern[i] == ':')
			directory = i + 1;
	find = FindFirstFileW(pattern, data);
	if (find != INVALID_HANDLE_VALUE) {
		do {
			if (rtl_wcscmp(data->cFileName, u".") == 0 || rtl_wcscmp(data->cFileName, u"..") == 0)
				continue;
			length = crt_wide_length(data->cFileName);
			name = crt_heap_allocate((directory + length + 1) * sizeof(WCHAR));
			if (name != NULL) {
				rtl_memcpy(name, pattern, directory * sizeof(WCHAR));
				rtl_memcpy(name + directory, data->cFileName, (length + 1) * sizeof(WCHAR));
			}
			ok = append(list, name);
		} while (ok && FindNextFileW(find, data));
		FindClose(find);
	}
	crt_heap_free(data);
	if (ok && list->count == first)
		return append(list, crt_heap_wcsdup(pattern));
	if (ok)
		qsort(list->items + first, list->count - first, sizeof(WCHAR *), compare_names);
	return ok;
}

static bool make_arguments(struct crt_variables *v, enum crt_flavour flavour, bool expand, WCHAR ***arguments, INT *count)
{
	size_t pointers, characters, i;
	const WCHAR *line = v->wcmdln;
	struct list list = {NULL, 0, 0};
	WCHAR **block;
	bool *quoted;
	bool ok = true;

	/* An empty command line: the program's name is its file. */
	if (line == NULL || *line == 0)
		line = v->wpgmptr;
	crt_split_command_line(line, flavour, NULL, NULL, NULL, &pointers, &characters);
	block = crt_heap_allocate(pointers * sizeof(*block) + characters * sizeof(WCHAR) + pointers);
	if (block == NULL)
		return false;
	quoted = (bool *)((WCHAR *)(block + pointers) + characters);
	crt_split_command_line(line, flavour, block, (WCHAR *)(block + pointers), quoted, &pointers, &characters);
	*count = (INT)pointers - 1;
	*arguments = block;
	if (!expand)
		return true;
	for (i = 0; ok && i + 1 < pointers; i++) {
		if (i > 0 && rtl_wcspbrk(block[i], u"*?") != NULL && !(flavour == CRT_FLAVOUR_MSVCRT && quoted[i]))
			ok = expand_pattern(&list, block[i]);
		else
			ok = append(&list, block[i]);
	}
	*count = (INT)list.count;
	*arguments = list.items;
	return ok;
}

bool crt_set_wide_arguments(struct crt_variables *v, enum crt_flavour flavour, bool expand)
{
	return make_arguments(v, flavour, expand, &v->wargv, &v->argc);
}

bool crt_set_narrow_arguments(struct crt_variables *v, enum crt_flavour flavour, bool expand)
{
	WCHAR **wide;
	char **narrow;
	INT i;

	if (!make_arguments(v, flavour, expand, &wide, &v->argc))
		return false;
	narrow = crt_heap_allocate(((size_t)v->argc + 1) * sizeof(*narrow));
	if (narrow == NULL)
		return false;
	for (i = 0; i < v->argc; i++)
		if ((narrow[i] = crt_narrow(wide[i])) == NULL)
			return false;
	narrow[i] = NULL;
	v->argv = narrow;
	crt_heap_free(wide);
	return true;
}
