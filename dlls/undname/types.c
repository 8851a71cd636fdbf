/*
 * dlls/undname/types.c - the types and the qualified names in decorated names.
 */
#include "dlls/undname/reader.h"

#include <stdarg.h>
#include <string.h>

const char *undname_fail(struct reader *r)
{
	r->failed = true;
	return "";
}

/* Joins what is given up to a NULL. */
const char *undname_join(struct reader *r, const char *first, ...)
{
	char *to = r->work + r->used;
	const char *text;
	size_t size;
	va_list list;

	va_start(list, first);
	for (text = first; text != NULL; text = va_arg(list, const char *)) {
		size = strlen(text);
		if (r->used + size + 1 > UNDNAME_WORK) {
			va_end(list);
			return undname_fail(r);
		}
		memcpy(r->work + r->used, text, size);
		r->used += size;
	}
	va_end(list);
	r->work[r->used++] = 0;
	return to;
}

bool undname_take(struct reader *r, const char *text)
{
	size_t size = strlen(text);

	if (strncmp(r->at, text, size) != 0)
		return false;
	r->at += size;
	return true;
}

/* 0..9 mean 1..10; larger ones are hexadecimal in the letters A..P, up to '@'. */
const char *undname_number(struct reader *r)
{
	bool negative = undname_take(r, "?");
	char digits[24];
	size_t i = sizeof(digits) - 1;
	uint64_t value = 0;

	if (*r->at >= '0' && *r->at <= '9') {
		value = (uint64_t)(*r->at++ - '0') + 1;
	} else {
		while (*r->at >= 'A' && *r->at <= 'P')
			value = value << 4 | (uint64_t)(*r->at++ - 'A');
		if (!undname_take(r, "@"))
			return undname_fail(r);
	}
	digits[i] = 0;
	do
		digits[--i] = (char)('0' + value % 10);
	while (value /= 10);
	return undname_join(r, negative ? "-" : "", digits + i, NULL);
}

const char *undname_remember(struct reader *r, const char *name)
{
	unsigned i;

	for (i = 0; i < r->references->name_count; i++)
		if (strcmp(r->references->names[i], name) == 0)
			return name;
	if (i < UNDNAME_REFERENCES)
		r->references->names[r->references->name_count++] = name;
	return name;
}

const char *undname_keyword(struct reader *r, const char *word)
{
	if (r->flags & UNDNAME_NO_MS_KEYWORDS)
		return "";
	if (!(r->flags & UNDNAME_NO_LEADING_UNDERSCORES))
		return word;
	if (*word == ' ')
		return undname_join(r, " ", word + 3, NULL);
	return word + 2;
}

const char *undname_extended_qualifiers(struct reader *r)
{
	const char *all = "";

	for (;;) {
		const char *word = undname_take(r, "E") ? " __ptr64" : undname_take(r, "F") ? " __unaligned" :
				   undname_take(r, "I") ? " __restrict" : NULL;

		if (word == NULL || r->failed)
			return all;
		all = undname_join(r, all, undname_keyword(r, word), NULL);
	}
}

static const char *read_identifier(struct reader *r)
{
	const char *start = r->at, *end = start;
	char *to = r->work + r->used;

	while (*end != 0 && *end != '@')
		end++;
	if (*end == 0 || end == start || r->used + (size_t)(end - start) + 1 > UNDNAME_WORK)
		return undname_fail(r);
	memcpy(to, start, (size_t)(end - start));
	to[end - start] = 0;
	r->used += (size_t)(end - start) + 1;
	r->at = end + 1;
	return to;
}

const char *undname_qualifiers(char code, const char *none)
{
	static const char *const words[] = {"", "const", "volatile", "const volatile"};

	return code >= 'A' && code <= 'D' ? words[code - 'A'] : code >= 'Q' && code <= 'T' ? words[code - 'Q'] : none;
}

/* "int,char", up to the '@' or 'Z' that ends the list. */
static const char *read_parameters(struct reader *r)
{
	const char *list = "", *start;
	struct type type;

	if (undname_take(r, "X"))
		return "void";
	while (!r->failed && *r->at != 0) {
		if (undname_take(r, "@"))
			return list;
		if (undname_take(r, "Z"))
			return undname_join(r, list, *list ? "," : "", "...", NULL);
		if (*r->at >= '0' && *r->at <= '9') {
			unsigned index = (unsigned)(*r->at++ - '0');

			if (index >= r->references->type_count)
				return undname_fail(r);
			type = r->references->types[index];
		} else {
			start = r->at;
			type = undname_type(r);
			if (r->at - start > 1 && r->references->type_count < UNDNAME_REFERENCES)
				r->references->types[r->references->type_count++] = type;
		}
		list = undname_join(r, list, *list ? "," : "", type.left, type.right, NULL);
	}
	return undname_fail(r);
}

struct function undname_function(struct reader *r)
{
	static const char *const conventions[] = {"__cdecl", "__pascal", "__thiscall", "__stdcall", "__fastcall",
						  NULL, "__clrcall"};
	struct function f = {"", {"", ""}, ""};
	char code = *r->at;

	if (code >= 'A' && code <= 'N' && conventions[(code - 'A') / 2] != NULL)
		f.convention = conventions[(code - 'A') / 2];
	else if (code == 'Q')
		f.convention = "__vectorcall";
	else
		undname_fail(r);
	if (r->failed)
		return f;
	f.convention = r->flags & UNDNAME_NO_ALLOCATION_LANGUAGE ? "" : undname_keyword(r, f.convention);
	r->at++;
	if (!undname_take(r, "@")) {
		f.result = undname_type(r);
		f.result.left = undname_join(r, f.result.left, " ", NULL);
	}
	f.parameters = read_parameters(r);
	if (!undname_take(r, "_E") && !undname_take(r, "Z"))
		undname_fail(r);
	return f;
}

/* After the letter of a pointer or reference; `sign` is "*", "&", "&&", `own` the pointer's own qualifiers. */
static struct type read_pointer(struct reader *r, const char *sign, const char *own)
{
	struct type to = {"", ""};
	const char *wide = "", *class = "", *qualifiers;
	struct function f;
	char code;

	if (undname_take(r, "6")) {
		f = undname_function(r);
		return (struct type){undname_join(r, f.result.left, "(", f.convention, sign, own, NULL),
				     undname_join(r, ")(", f.parameters, ")", f.result.right, NULL)};
	}
	if (undname_take(r, "8")) {
		class = undname_qualified(r);
		wide = undname_extended_qualifiers(r);
		qualifiers = undname_qualifiers(*r->at, NULL);
		if (qualifiers == NULL)
			undname_fail(r);
		if (r->failed)
			return to;
		r->at++;
		f = undname_function(r);
		return (struct type){undname_join(r, f.result.left, "(", f.convention, *f.convention ? " " : "", class, "::", sign, own, NULL),
				     undname_join(r, ")(", f.parameters, ")", qualifiers, wide, f.result.right, NULL)};
	}
	wide = undname_extended_qualifiers(r);
	code = *r->at;
	qualifiers = undname_qualifiers(code, NULL);
	if (qualifiers == NULL)
		undname_fail(r);
	if (r->failed)
		return to;
	r->at++;
	if (code >= 'Q')
		class = undname_join(r, undname_qualified(r), "::", NULL);
	/* A const pointer says so itself. */
	if (*r->at >= 'Q' && *r->at <= 'S')
		qualifiers = "";
	to = undname_type(r);
	if (*to.right != 0)
		return (struct type){undname_join(r, to.left, "(", class, sign, wide, *own ? " " : "", own, NULL),
				     undname_join(r, ")", to.right, NULL)};
	return (struct type){undname_join(r, to.left, *qualifiers ? " " : "", qualifiers, " ", class, sign, wide, *own ? " " : "", own,
				  NULL),
			     ""};
}

static struct type read_array(struct reader *r)
{
	struct type element;
	const char *count = undname_number(r), *bounds = "";
	const char *digit = count;
	unsigned dimensions = 0;

	while (*digit >= '0' && *digit <= '9' && dimensions < 100)
		dimensions = dimensions * 10 + (unsigned)(*digit++ - '0');
	while (dimensions-- > 0 && !r->failed)
		bounds = undname_join(r, bounds, "[", undname_number(r), "]", NULL);
	element = undname_type(r);
	return (struct type){undname_join(r, element.left, " ", NULL), undname_join(r, bounds, element.right, NULL)};
}

static struct type qualified(struct reader *r, struct type type, const char *word)
{
	if (*word != 0)
		type.left = undname_join(r, type.left, " ", word, NULL);
	return type;
}

/* After "$$". */
static struct type read_extended(struct reader *r)
{
	struct function f;
	char code;

	if (undname_take(r, "T"))
		return (struct type){"std::nullptr_t", ""};
	if (undname_take(r, "BY"))
		return read_array(r);
	if (undname_take(r, "Q"))
		return read_pointer(r, "&&", "");
	if (undname_take(r, "A6")) {
		f = undname_function(r);
		return (struct type){undname_join(r, f.result.left, f.convention, NULL),
				     undname_join(r, "(", f.parameters, ")", f.result.right, NULL)};
	}
	if (undname_take(r, "C")) {
		code = *r->at;
		if (undname_qualifiers(code, NULL) != NULL) {
			struct type type;

			r->at++;
			type = qualified(r, undname_type(r), undname_qualifiers(code, ""));
			/* As the argument of a template, which has no name after it: "int const ". */
			return (struct type){undname_join(r, type.left, " ", NULL), type.right};
		}
	}
	undname_fail(r);
	return (struct type){"", ""};
}

struct type undname_type(struct reader *r)
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

	if (r->failed || r->depth >= UNDNAME_DEPTH) {
		undname_fail(r);
		return type;
	}
	r->depth++;
	if (*r->at >= 'C' && *r->at <= 'O' && basic[*r->at - 'C'] != NULL) {
		type.left = basic[*r->at++ - 'C'];
		goto out;
	}
	for (i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
		if (undname_take(r, more[i].code)) {
			type.left = more[i].name;
			goto out;
		}
	}
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (undname_take(r, kinds[i].code)) {
			type.left = undname_join(r, r->flags & UNDNAME_NO_ECSU ? "" : kinds[i].word, undname_qualified(r), NULL);
			goto out;
		}
	}
	for (i = 0; i < sizeof(pointers) / sizeof(pointers[0]); i++) {
		if (*r->at == pointers[i].code) {
			r->at++;
			type = read_pointer(r, pointers[i].sign, pointers[i].own);
			goto out;
		}
	}
	if (undname_take(r, "$$")) {
		type = read_extended(r);
	} else if (undname_take(r, "Y")) {
		type = read_array(r);
	} else if (r->at[0] == '?' && undname_qualifiers(r->at[1], NULL) != NULL) {
		const char *word = undname_qualifiers(r->at[1], "");

		r->at += 2;
		type = qualified(r, undname_type(r), word);
	} else {
		undname_fail(r);
	}
out:
	r->depth--;
	return type;
}

/* "1": the address of something; "E": that itself; "H", "I", "J": a function and numbers, of a pointer to a member. */
static const char *read_constant(struct reader *r)
{
	char code = *r->at;
	const char *text;

	if (code == '0' || code == 'D' || code == 'Q') {
		r->at++;
		text = undname_number(r);
		return code == '0' ? text : undname_join(r, code == 'D' ? "`template-parameter" : "`non-type-template-parameter", text, "'", NULL);
	}
	if ((code != '1' && code != 'E') || r->at[1] != '?')
		return undname_fail(r);
	r->at += 2;
	text = undname_symbol(r);
	return undname_join(r, code == '1' ? "&" : "", text, NULL);
}

const char *undname_arguments(struct reader *r)
{
	const char *list = "", *one;
	struct type type;

	while (!r->failed && !undname_take(r, "@")) {
		if (undname_take(r, "$$V") || undname_take(r, "$$Z") || undname_take(r, "$S"))
			continue; /* an empty pack */
		if (r->at[0] == '$' && r->at[1] != '$') {
			r->at++;
			one = read_constant(r);
		} else {
			type = undname_type(r);
			one = undname_join(r, type.left, type.right, NULL);
		}
		list = undname_join(r, list, *list ? "," : "", one, NULL);
	}
	return undname_join(r, "<", list, *list && list[strlen(list) - 1] == '>' ? " >" : ">", NULL);
}

/* After "?$": name, arguments, '@'. */
static const char *read_template(struct reader *r)
{
	struct references own = {0}, *outer = r->references;
	const char *name;
	char kind;

	r->references = &own;
	name = undname_take(r, "?") ? undname_operator(r, &kind) : undname_remember(r, read_identifier(r));
	if (name == NULL)
		name = undname_fail(r);
	name = undname_join(r, name, undname_arguments(r), NULL);
	r->references = outer;
	return name;
}

const char *undname_component(struct reader *r)
{
	const char *number;
	unsigned index;

	if (*r->at >= '0' && *r->at <= '9') {
		index = (unsigned)(*r->at++ - '0');
		return index < r->references->name_count ? r->references->names[index] : undname_fail(r);
	}
	if (undname_take(r, "?$"))
		return undname_remember(r, read_template(r));
	if (undname_take(r, "?A")) {
		/* The name tells the file; only the reference counts. */
		if (*r->at != '@')
			read_identifier(r);
		else
			r->at++;
		return undname_remember(r, "`anonymous namespace'");
	}
	if (undname_take(r, "?")) {
		number = undname_number(r);
		if (!undname_take(r, "?"))
			return undname_join(r, "`", number, "'", NULL);
		if (!undname_take(r, "?"))
			return undname_fail(r);
		return undname_join(r, "`", undname_symbol(r), "'::`", number, "'", NULL);
	}
	return undname_remember(r, read_identifier(r));
}

/* The innermost name comes first; an empty one ends the list. */
const char *undname_qualified(struct reader *r)
{
	const char *name;

	if (r->failed || r->depth >= UNDNAME_DEPTH)
		return undname_fail(r);
	r->depth++;
	name = undname_component(r);
	while (!r->failed && !undname_take(r, "@"))
		name = undname_join(r, undname_component(r), "::", name, NULL);
	r->depth--;
	return name;
}

const char *undname(const char *decorated, uint32_t flags, char *work)
{
	struct references references = {0};
	struct reader r = {.at = decorated, .work = work, .flags = flags, .references = &references};
	const char *whole = NULL;

	if (flags & UNDNAME_NO_ARGUMENTS) {
		struct type type = {"", ""};

		/* As type_info has it: ".?AVname@@". */
		undname_take(&r, ".");
		type = undname_type(&r);
		whole = undname_join(&r, type.left, type.right, NULL);
		if (!r.failed && *r.at == 0)
			return whole;
		references = (struct references){0};
		r = (struct reader){.at = decorated, .work = work, .flags = flags, .references = &references};
	}
	if (!undname_take(&r, "?"))
		return NULL;
	whole = undname_symbol(&r);
	return r.failed || *r.at != 0 ? NULL : whole;
}
