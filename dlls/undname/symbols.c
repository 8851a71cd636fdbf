/*
 * dlls/undname/symbols.c - decorated names of functions, variables and what the compiler makes.
 *
 * The name comes first, its scopes outwards, then a letter: what kind of thing it is, and its type.
 */
#include "dlls/undname/reader.h"

#include <string.h>

const char *undname_operator(struct reader *r, char *kind)
{
	static const char *const plain[] = {
		"", "~", "operator new", "operator delete", "operator=", "operator>>", "operator<<", "operator!", "operator==",
		"operator!=", "operator[]", "operator ", "operator->", "operator*", "operator++", "operator--", "operator-",
		"operator+", "operator&", "operator->*", "operator/", "operator%", "operator<", "operator<=", "operator>",
		"operator>=", "operator,", "operator()", "operator~", "operator^", "operator|", "operator&&", "operator||",
		"operator*=", "operator+=", "operator-=",
	};
	static const char *const more[] = {
		"operator/=", "operator%=", "operator>>=", "operator<<=", "operator&=", "operator|=", "operator^=", "`vftable'",
		"`vbtable'", "`vcall'", "`typeof'", "`local static guard'", "`string'", "`vbase destructor'",
		"`vector deleting destructor'", "`default constructor closure'", "`scalar deleting destructor'",
		"`vector constructor iterator'", "`vector destructor iterator'", "`vector vbase constructor iterator'",
		"`virtual displacement map'", "`eh vector constructor iterator'", "`eh vector destructor iterator'",
		"`eh vector vbase constructor iterator'", "`copy constructor closure'", NULL, NULL, "`local vftable'",
		"`local vftable constructor closure'", NULL, "operator new[]", "operator delete[]", NULL,
		"`placement delete closure'", "`placement delete[] closure'", NULL,
	};
	static const char *const most[] = {
		"`managed vector constructor iterator'", "`managed vector destructor iterator'",
		"`eh vector copy constructor iterator'", "`eh vector vbase copy constructor iterator'", NULL, NULL,
		"`vector copy constructor iterator'", "`vector vbase copy constructor iterator'",
		"`managed vector copy constructor iterator'", "`local static thread guard'", NULL, "operator co_await", "operator<=>",
	};
	const char *const *table = plain;
	size_t size = sizeof(plain) / sizeof(plain[0]), place;
	char code;

	*kind = 0;
	if (undname_take(r, "__")) {
		table = most;
		size = sizeof(most) / sizeof(most[0]);
	} else if (undname_take(r, "_")) {
		table = more;
		size = sizeof(more) / sizeof(more[0]);
	}
	code = *r->at;
	if (code >= '0' && code <= '9' && table != most)
		place = (size_t)(code - '0');
	else if (code >= 'A' && code <= 'Z')
		place = (size_t)(code - 'A') + (table == most ? 0 : 10);
	else
		return NULL;
	if (place >= size || table[place] == NULL)
		return NULL;
	r->at++;
	if (table == plain && (code == '0' || code == '1' || code == 'B'))
		*kind = code;
	return table[place];
}

/* After "_R": run-time type information.  A descriptor has a type instead of a name: *whole. */
static const char *read_rtti(struct reader *r, bool *whole)
{
	struct type type;
	const char *numbers = "";

	*whole = false;
	if (undname_take(r, "0")) {
		type = undname_type(r);
		*whole = true;
		return undname_join(r, type.left, type.right, " `RTTI Type Descriptor'", NULL);
	}
	if (undname_take(r, "1")) {
		for (unsigned i = 0; i < 4 && !r->failed; i++)
			numbers = undname_join(r, numbers, i > 0 ? "," : "", undname_number(r), NULL);
		return undname_join(r, "`RTTI Base Class Descriptor at (", numbers, ")'", NULL);
	}
	if (undname_take(r, "2"))
		return "`RTTI Base Class Array'";
	if (undname_take(r, "3"))
		return "`RTTI Class Hierarchy Descriptor'";
	if (undname_take(r, "4"))
		return "`RTTI Complete Object Locator'";
	return undname_fail(r);
}

/* What is initialised or destroyed: a name, or a symbol with a type. */
static const char *read_initialised(struct reader *r, const char *what)
{
	const char *text;

	if (undname_take(r, "?")) {
		text = undname_symbol(r);
		undname_take(r, "@");
	} else {
		text = undname_component(r);
	}
	return undname_join(r, what, text, "''", NULL);
}

struct name {
	const char *text;
	char kind;  /* of undname_operator */
	bool whole; /* it has neither scopes nor a type */
};

/* The name itself, without its scopes; of a constructor what stands before the class' name. */
static struct name read_name(struct reader *r)
{
	struct references own = {0}, *outer = r->references;
	struct name name = {"", 0, false};

	if (!undname_take(r, "?")) {
		name.text = undname_component(r);
		return name;
	}
	if (undname_take(r, "$")) { /* a template of a function */
		r->references = &own;
		if (undname_take(r, "?"))
			name.text = undname_operator(r, &name.kind);
		else
			name.text = undname_component(r);
		if (name.text == NULL)
			name.text = undname_fail(r);
		name.text = undname_join(r, name.text, undname_arguments(r), NULL);
		r->references = outer;
		undname_remember(r, name.text);
		return name;
	}
	if (undname_take(r, "_R")) {
		name.text = read_rtti(r, &name.whole);
	} else if (undname_take(r, "__E")) {
		name.text = read_initialised(r, "`dynamic initializer for '");
	} else if (undname_take(r, "__F")) {
		name.text = read_initialised(r, "`dynamic atexit destructor for '");
	} else if (undname_take(r, "__K")) {
		name.text = undname_join(r, "operator \"\" ", undname_component(r), NULL);
	} else if (undname_take(r, "_C")) {
		/* A constant of text: its length, its sum and its first characters. */
		name.text = "`string'";
		name.whole = true;
		r->at += strlen(r->at);
	} else {
		name.text = undname_operator(r, &name.kind);
		if (name.text == NULL)
			name.text = undname_fail(r);
	}
	return name;
}

static const char *access_of(const struct reader *r, unsigned which)
{
	static const char *const words[] = {"private: ", "protected: ", "public: "};

	return r->flags & (UNDNAME_NO_ACCESS_SPECIFIERS | UNDNAME_NAME_ONLY) ? "" : words[which];
}

/* Of a member that has an object: "const __ptr64", behind the arguments. */
static const char *read_this(struct reader *r)
{
	const char *extended = undname_extended_qualifiers(r), *reference = "", *word;

	if (undname_take(r, "G"))
		reference = " &";
	else if (undname_take(r, "H"))
		reference = " &&";
	word = undname_qualifiers(*r->at, NULL);
	if (word == NULL)
		return undname_fail(r);
	r->at++;
	return undname_join(r, r->flags & UNDNAME_NO_CV_THISTYPE ? "" : word, r->flags & UNDNAME_NO_MS_THISTYPE ? "" : extended,
			    reference, NULL);
}

/* What a function is, from its letter on: "public: virtual ", the class is told by the name. */
static const char *read_function_symbol(struct reader *r, const char *name, char kind)
{
	const char *access = "", *member = "", *after = "", *thunk = "", *result = "", *before = "";
	struct function f;
	char code = *r->at;
	unsigned group;

	if (code == '$' && r->at[1] >= '0' && r->at[1] <= '5') {
		/* A thunk of a virtual base: the displacement of the pointer to it, and that from there. */
		group = (unsigned)(r->at[1] - '0') / 2;
		r->at += 2;
		thunk = undname_number(r);
		thunk = undname_join(r, "`vtordisp{", thunk, ",", undname_number(r), "}' ", NULL);
		access = access_of(r, group);
		member = "virtual ";
		before = "[thunk]:";
		after = read_this(r);
	} else if (code >= 'A' && code <= 'Z') {
		group = (unsigned)(code - 'A') / 2;
		r->at++;
		if (group < 12) {
			access = access_of(r, group / 4);
			switch (group % 4) {
			case 1:
				member = "static ";
				break;
			case 2:
				member = "virtual ";
				break;
			case 3:
				member = "virtual ";
				before = "[thunk]:";
				thunk = undname_join(r, "`adjustor{", undname_number(r), "}' ", NULL);
				break;
			}
			if (group % 4 != 1)
				after = read_this(r);
		}
	} else {
		return undname_fail(r);
	}
	f = undname_function(r);
	if (kind == 'B')
		name = undname_join(r, name, f.result.left, f.result.right, NULL);
	/* "operator int ": the space that a result has. */
	if (kind == 'B' && *name != 0 && name[strlen(name) - 1] == ' ' && strlen(f.result.left) > 0)
		((char *)name)[strlen(name) - 1] = 0;
	if (r->failed || r->flags & UNDNAME_NAME_ONLY)
		return name;
	if (r->flags & UNDNAME_NO_MEMBER_TYPE)
		member = "";
	if (kind != 'B' && !(r->flags & UNDNAME_NO_FUNCTION_RETURNS))
		result = f.result.left;
	name = undname_join(r, before, access, member, result, f.convention, *f.convention ? " " : "", name, thunk, NULL);
	if (r->flags & UNDNAME_NO_ARGUMENTS)
		return name;
	return undname_join(r, name, "(", f.parameters, ")", after, *result != 0 ? f.result.right : "", NULL);
}

static const char *read_variable(struct reader *r, const char *name)
{
	char code = *r->at++;
	const char *access = "", *member = "", *extended, *word;
	struct type type;

	if (code <= '2') {
		access = access_of(r, (unsigned)(code - '0'));
		member = r->flags & UNDNAME_NO_MEMBER_TYPE ? "" : "static ";
	}
	type = undname_type(r);
	extended = undname_extended_qualifiers(r);
	word = undname_qualifiers(*r->at, NULL);
	if (word == NULL)
		return undname_fail(r);
	/* Of a pointer to a member the class follows. */
	if (*r->at++ >= 'Q' && !r->failed)
		undname_qualified(r);
	if (r->failed || r->flags & (UNDNAME_NAME_ONLY | UNDNAME_NO_ARGUMENTS))
		return name;
	return undname_join(r, access, member, type.left, *word ? " " : "", word, extended, " ", name, type.right, NULL);
}

/* A table of virtual functions or bases, and for which base. */
static const char *read_table(struct reader *r, const char *name)
{
	const char *extended, *word, *bases = "";

	r->at++;
	extended = undname_extended_qualifiers(r);
	word = undname_qualifiers(*r->at, NULL);
	if (word == NULL)
		return undname_fail(r);
	r->at++;
	while (!r->failed && !undname_take(r, "@"))
		bases = undname_join(r, bases, *bases ? "s " : "", "`", undname_qualified(r), "'", NULL);
	if (r->flags & UNDNAME_NAME_ONLY)
		return name;
	if (*bases)
		bases = undname_join(r, "{for ", bases, "}", NULL);
	return undname_join(r, word, *word ? " " : "", name, bases, extended, NULL);
}

const char *undname_symbol(struct reader *r)
{
	const char *text, *scope = "", *first = "";
	uint32_t flags = r->flags;
	struct name name;

	if (r->failed || r->depth >= UNDNAME_DEPTH)
		return undname_fail(r);
	/* Symbols within a name are told whole. */
	if (r->depth > 0)
		r->flags &= ~(UNDNAME_NAME_ONLY | UNDNAME_NO_ARGUMENTS);
	r->depth++;
	name = read_name(r);
	if (name.whole) {
		undname_take(r, "@");
		undname_take(r, "8");
		r->depth--;
		r->flags = flags;
		return name.text;
	}
	if (!undname_take(r, "@")) {
		first = undname_component(r);
		scope = first;
		while (!r->failed && !undname_take(r, "@"))
			scope = undname_join(r, undname_component(r), "::", scope, NULL);
	}
	text = name.text;
	/* The class gives its name, without a template's arguments of the function's. */
	if (name.kind == '0' || name.kind == '1')
		text = undname_join(r, *name.text == '~' ? "~" : "", first, *name.text == '~' ? name.text + 1 : name.text, NULL);
	if (*scope != 0)
		text = undname_join(r, scope, "::", text, NULL);
	if (r->failed)
		;
	else if (*r->at >= '0' && *r->at <= '4')
		text = read_variable(r, text);
	else if (*r->at == '5' && r->at++)
		text = undname_join(r, text, "{", undname_number(r), "}'", NULL);
	else if (*r->at == '6' || *r->at == '7')
		text = read_table(r, text);
	else if (*r->at == '8' || *r->at == '9')
		r->at++;
	else
		text = read_function_symbol(r, text, name.kind);
	r->depth--;
	r->flags = flags;
	return text;
}
