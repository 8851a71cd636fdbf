/*
 * dlls/vcruntime140/undecorate.c - what Microsoft's compiler calls a type, from its decorated name: type_info::name().
 *
 * Types are written around what they declare, so each is two texts: "void (__cdecl*" and ")(int)".  All texts of one name lie
 * in one block of memory, which is bounded; names beyond that, or outside this grammar, are not undecorated.  A template's
 * arguments have back references of their own.
 */
#include "dlls/crt/crt.h"
#include "dlls/vcruntime140/cxx.h"
#include "ntdll/rtl/crt.h"

#define ARENA_SIZE 0x8000u
#define DEPTH_LIMIT 100
#define REFERENCES 10

struct type {
	const char *left, *right;
};

struct references {
	const char *names[REFERENCES];
	struct type types[REFERENCES];
	unsigned name_count, type_count;
};

struct reader {
	const char *at;
	char *arena;
	size_t used;
	int depth;
	bool failed;
	struct references *references;
};

static struct type read_type(struct reader *r);
static const char *read_qualified(struct reader *r);

static const char *fail(struct reader *r)
{
	r->failed = true;
	return "";
}

/* Joins what is given up to a NULL. */
static const char *join(struct reader *r, const char *first, ...)
{
	char *to = r->arena + r->used;
	const char *text;
	size_t size;
	__builtin_va_list list;

	__builtin_va_start(list, first);
	for (text = first; text != NULL; text = __builtin_va_arg(list, const char *)) {
		size = rtl_strlen(text);
		if (r->used + size + 1 > ARENA_SIZE) {
			__builtin_va_end(list);
			return fail(r);
		}
		rtl_memcpy(r->arena + r->used, text, size);
		r->used += size;
	}
	__builtin_va_end(list);
	r->arena[r->used++] = 0;
	return to;
}

static bool take(struct reader *r, const char *text)
{
	size_t size = rtl_strlen(text);

	if (rtl_strncmp(r->at, text, size) != 0)
		return false;
	r->at += size;
	return true;
}

/* 0..9 mean 1..10; larger ones are hexadecimal in the letters A..P, up to '@'. */
static const char *read_number(struct reader *r)
{
	bool negative = take(r, "?");
	char digits[24];
	size_t i = sizeof(digits) - 1;
	uint64_t value = 0;

	if (*r->at >= '0' && *r->at <= '9') {
		value = (uint64_t)(*r->at++ - '0') + 1;
	} else {
		while (*r->at >= 'A' && *r->at <= 'P')
			value = value << 4 | (uint64_t)(*r->at++ - 'A');
		if (!take(r, "@"))
			return fail(r);
	}
	digits[i] = 0;
	do
		digits[--i] = (char)('0' + value % 10);
	while (value /= 10);
	return join(r, negative ? "-" : "", digits + i, NULL);
}

static const char *remember_name(struct reader *r, const char *name)
{
	unsigned i;

	for (i = 0; i < r->references->name_count; i++)
		if (rtl_strcmp(r->references->names[i], name) == 0)
			return name;
	if (i < REFERENCES)
		r->references->names[r->references->name_count++] = name;
	return name;
}

static const char *read_identifier(struct reader *r)
{
	const char *start = r->at, *end = start;
	char *to = r->arena + r->used;

	while (*end != 0 && *end != '@')
		end++;
	if (*end == 0 || end == start || r->used + (size_t)(end - start) + 1 > ARENA_SIZE)
		return fail(r);
	rtl_memcpy(to, start, (size_t)(end - start));
	to[end - start] = 0;
	r->used += (size_t)(end - start) + 1;
	r->at = end + 1;
	return to;
}

static const char *const_text(char code, const char *none)
{
	static const char *const words[] = {"", "const", "volatile", "const volatile"};

	return code >= 'A' && code <= 'D' ? words[code - 'A'] : code >= 'Q' && code <= 'T' ? words[code - 'Q'] : none;
}

/* "int,char", up to the '@' or 'Z' that ends the list. */
static const char *read_parameters(struct reader *r)
{
	const char *list = "", *start;
	struct type type;

	if (take(r, "X"))
		return "void";
	while (!r->failed && *r->at != 0) {
		if (take(r, "@"))
			return list;
		if (take(r, "Z"))
			return join(r, list, *list ? "," : "", "...", NULL);
		if (*r->at >= '0' && *r->at <= '9') {
			unsigned index = (unsigned)(*r->at++ - '0');

			if (index >= r->references->type_count)
				return fail(r);
			type = r->references->types[index];
		} else {
			start = r->at;
			type = read_type(r);
			if (r->at - start > 1 && r->references->type_count < REFERENCES)
				r->references->types[r->references->type_count++] = type;
		}
		list = join(r, list, *list ? "," : "", type.left, type.right, NULL);
	}
	return fail(r);
}

struct function {
	const char *convention;
	struct type result; /* left ends with a space, unless there is none */
	const char *parameters;
};

static struct function read_function(struct reader *r)
{
	static const char *const conventions[] = {"__cdecl", "__pascal", "__thiscall", "__stdcall", "__fastcall"};
	struct function f = {"", {"", ""}, ""};
	char code = *r->at;

	if (code >= 'A' && code <= 'J')
		f.convention = conventions[(code - 'A') / 2];
	else if (code == 'Q')
		f.convention = "__vectorcall";
	else
		fail(r);
	if (r->failed)
		return f;
	r->at++;
	if (!take(r, "@")) {
		f.result = read_type(r);
		f.result.left = join(r, f.result.left, " ", NULL);
	}
	f.parameters = read_parameters(r);
	if (!take(r, "_E") && !take(r, "Z"))
		fail(r);
	return f;
}

/* After the letter of a pointer or reference; `sign` is "*", "&", "&&", `own` the pointer's own qualifiers. */
static struct type read_pointer(struct reader *r, const char *sign, const char *own)
{
	struct type to = {"", ""};
	const char *wide = "", *class = "", *qualifiers;
	struct function f;
	char code;

	if (take(r, "6")) {
		f = read_function(r);
		return (struct type){join(r, f.result.left, "(", f.convention, sign, own, NULL),
				     join(r, ")(", f.parameters, ")", f.result.right, NULL)};
	}
	if (take(r, "8")) {
		class = read_qualified(r);
		wide = take(r, "E") ? " __ptr64" : "";
		qualifiers = const_text(*r->at, NULL);
		if (qualifiers == NULL)
			fail(r);
		if (r->failed)
			return to;
		r->at++;
		f = read_function(r);
		return (struct type){join(r, f.result.left, "(", f.convention, " ", class, "::", sign, own, NULL),
				     join(r, ")(", f.parameters, ")", qualifiers, wide, f.result.right, NULL)};
	}
	if (take(r, "E"))
		wide = " __ptr64";
	if (take(r, "I"))
		wide = join(r, wide, " __restrict", NULL);
	code = *r->at;
	qualifiers = const_text(code, NULL);
	if (qualifiers == NULL)
		fail(r);
	if (r->failed)
		return to;
	r->at++;
	if (code >= 'Q')
		class = join(r, read_qualified(r), "::", NULL);
	/* A const pointer says so itself. */
	if (*r->at >= 'Q' && *r->at <= 'S')
		qualifiers = "";
	to = read_type(r);
	if (*to.right != 0)
		return (struct type){join(r, to.left, "(", class, sign, wide, *own ? " " : "", own, NULL),
				     join(r, ")", to.right, NULL)};
	return (struct type){join(r, to.left, *qualifiers ? " " : "", qualifiers, " ", class, sign, wide, *own ? " " : "", own,
				  NULL),
			     ""};
}

static struct type read_array(struct reader *r)
{
	struct type element;
	const char *count = read_number(r), *bounds = "";
	const char *digit = count;
	unsigned dimensions = 0;

	while (*digit >= '0' && *digit <= '9' && dimensions < 100)
		dimensions = dimensions * 10 + (unsigned)(*digit++ - '0');
	while (dimensions-- > 0 && !r->failed)
		bounds = join(r, bounds, "[", read_number(r), "]", NULL);
	element = read_type(r);
	return (struct type){join(r, element.left, " ", NULL), join(r, bounds, element.right, NULL)};
}

static struct type qualified(struct reader *r, struct type type, const char *word)
{
	if (*word != 0)
		type.left = join(r, type.left, " ", word, NULL);
	return type;
}

/* After "$$". */
static struct type read_extended(struct reader *r)
{
	struct function f;
	char code;

	if (take(r, "T"))
		return (struct type){"std::nullptr_t", ""};
	if (take(r, "BY"))
		return read_array(r);
	if (take(r, "Q"))
		return read_pointer(r, "&&", "");
	if (take(r, "A6")) {
		f = read_function(r);
		return (struct type){join(r, f.result.left, f.convention, NULL),
				     join(r, "(", f.parameters, ")", f.result.right, NULL)};
	}
	if (take(r, "C")) {
		code = *r->at;
		if (const_text(code, NULL) != NULL) {
			struct type type;

			r->at++;
			type = qualified(r, read_type(r), const_text(code, ""));
			/* As the argument of a template, which has no name after it: "int const ". */
			return (struct type){join(r, type.left, " ", NULL), type.right};
		}
	}
	fail(r);
	return (struct type){"", ""};
}

static struct type read_type(struct reader *r)
{
	/* From 'C'. */
	static const char *const basic[] = {"signed char", "char", "unsigned char", "short", "unsigned short", "int",
					    "unsigned int", "long", "unsigned long", NULL, "float", "double", "long double"};
	static const struct {
		char code[3];
		const char *name;
	} more[] = {{"X", "void"}, {"_D", "__int8"}, {"_E", "unsigned __int8"}, {"_F", "__int16"}, {"_G", "unsigned __int16"},
		    {"_H", "__int32"}, {"_I", "unsigned __int32"}, {"_J", "__int64"}, {"_K", "unsigned __int64"},
		    {"_L", "__int128"}, {"_M", "unsigned __int128"}, {"_N", "bool"}, {"_Q", "char8_t"}, {"_S", "char16_t"},
		    {"_U", "char32_t"}, {"_W", "wchar_t"}};
	static const struct {
		char code[3];
		const char *word;
	} kinds[] = {{"V", "class "}, {"U", "struct "}, {"T", "union "}, {"W4", "enum "}};
	static const struct {
		char code;
		const char *sign, *own;
	} pointers[] = {{'A', "&", ""}, {'B', "&", "volatile"}, {'P', "*", ""}, {'Q', "*", "const"}, {'R', "*", "volatile"},
			{'S', "*", "const volatile"}};
	struct type type = {"", ""};
	unsigned i;

	if (r->failed || r->depth >= DEPTH_LIMIT) {
		fail(r);
		return type;
	}
	r->depth++;
	if (*r->at >= 'C' && *r->at <= 'O' && basic[*r->at - 'C'] != NULL) {
		type.left = basic[*r->at++ - 'C'];
		goto out;
	}
	for (i = 0; i < ARRAY_SIZE(more); i++) {
		if (take(r, more[i].code)) {
			type.left = more[i].name;
			goto out;
		}
	}
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (take(r, kinds[i].code)) {
			type.left = join(r, kinds[i].word, read_qualified(r), NULL);
			goto out;
		}
	}
	for (i = 0; i < ARRAY_SIZE(pointers); i++) {
		if (*r->at == pointers[i].code) {
			r->at++;
			type = read_pointer(r, pointers[i].sign, pointers[i].own);
			goto out;
		}
	}
	if (take(r, "$$")) {
		type = read_extended(r);
	} else if (take(r, "Y")) {
		type = read_array(r);
	} else if (r->at[0] == '?' && const_text(r->at[1], NULL) != NULL) {
		const char *word = const_text(r->at[1], "");

		r->at += 2;
		type = qualified(r, read_type(r), word);
	} else {
		fail(r);
	}
out:
	r->depth--;
	return type;
}

/* After "?$": name, arguments, '@'. */
static const char *read_template(struct reader *r)
{
	struct references own = {0}, *outer = r->references;
	const char *name, *list = "", *one;
	struct type type;

	r->references = &own;
	name = remember_name(r, read_identifier(r));
	while (!r->failed && !take(r, "@")) {
		if (take(r, "$$V") || take(r, "$$Z") || take(r, "$S"))
			continue; /* an empty pack */
		if (take(r, "$0")) {
			one = read_number(r);
		} else {
			type = read_type(r);
			one = join(r, type.left, type.right, NULL);
		}
		list = join(r, list, *list ? "," : "", one, NULL);
	}
	r->references = outer;
	return join(r, name, "<", list, *list && list[rtl_strlen(list) - 1] == '>' ? " >" : ">", NULL);
}

/* The function that a local type belongs to, after its '?'. */
static const char *read_function_symbol(struct reader *r)
{
	static const struct {
		char code[3];
		const char *text;
		bool member;
	} kinds[] = {{"Y", "", false}, {"A", "private: ", true}, {"C", "private: static ", false}, {"E", "private: virtual ", true},
		     {"I", "protected: ", true}, {"K", "protected: static ", false}, {"M", "protected: virtual ", true},
		     {"Q", "public: ", true}, {"S", "public: static ", false}, {"U", "public: virtual ", true}};
	const char *special = "", *name, *after = "";
	struct function f;
	unsigned i;

	if (take(r, "?0") || take(r, "?1") || take(r, "?R"))
		special = r->at[-1] == 'R' ? "operator()" : r->at[-1] == '0' ? "" : "~";
	else
		special = NULL;
	name = read_qualified(r);
	if (special != NULL && *special == 'o') {
		name = join(r, name, "::", special, NULL);
	} else if (special != NULL) {
		const char *last = name + rtl_strlen(name);

		while (last > name && last[-1] != ':')
			last--;
		name = join(r, name, "::", special, last, NULL);
	}
	if (take(r, "9"))
		return name; /* extern "C" */
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!take(r, kinds[i].code))
			continue;
		if (kinds[i].member) {
			const char *wide = take(r, "E") ? " __ptr64" : "", *word = const_text(*r->at, NULL);

			if (word == NULL)
				return fail(r);
			r->at++;
			after = join(r, word, wide, NULL);
		}
		f = read_function(r);
		return join(r, kinds[i].text, f.result.left, f.convention, " ", name, "(", f.parameters, ")", after,
			    f.result.right, NULL);
	}
	return fail(r);
}

static const char *read_component(struct reader *r)
{
	const char *number;
	unsigned index;

	if (*r->at >= '0' && *r->at <= '9') {
		index = (unsigned)(*r->at++ - '0');
		return index < r->references->name_count ? r->references->names[index] : fail(r);
	}
	if (take(r, "?$"))
		return remember_name(r, read_template(r));
	if (take(r, "?A")) {
		/* The name tells the file; only the reference counts. */
		if (*r->at != '@')
			read_identifier(r);
		else
			r->at++;
		return remember_name(r, "`anonymous namespace'");
	}
	if (take(r, "?")) {
		number = read_number(r);
		if (!take(r, "?"))
			return join(r, "`", number, "'", NULL);
		if (!take(r, "?"))
			return fail(r);
		return join(r, "`", read_function_symbol(r), "'::`", number, "'", NULL);
	}
	return remember_name(r, read_identifier(r));
}

/* The innermost name comes first; an empty one ends the list. */
static const char *read_qualified(struct reader *r)
{
	const char *name;

	if (r->failed || r->depth >= DEPTH_LIMIT)
		return fail(r);
	r->depth++;
	name = read_component(r);
	while (!r->failed && !take(r, "@"))
		name = join(r, read_component(r), "::", name, NULL);
	r->depth--;
	return name;
}

char *cxx_undecorate_type(const char *decorated)
{
	struct references references = {0};
	struct reader r = {.at = decorated + (decorated[0] == '.'), .references = &references};
	struct type type;
	char *result = NULL;

	r.arena = crt_heap_allocate(ARENA_SIZE);
	if (r.arena == NULL)
		return NULL;
	type = read_type(&r);
	if (!r.failed && *r.at == 0) {
		const char *whole = join(&r, type.left, type.right, NULL);

		if (!r.failed)
			result = crt_heap_strdup(whole);
	}
	crt_heap_free(r.arena);
	return result != NULL ? result : crt_heap_strdup(decorated + (decorated[0] == '.'));
}
