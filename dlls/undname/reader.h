/*
 * dlls/undname/reader.h - what types.c and symbols.c share: the state of one reading, and the texts.
 *
 * Types are written around what they declare, so each is two texts: "void (__cdecl*" and ")(int)".  All texts of one name lie
 * in one block of memory, which is bounded; names beyond that, or outside this grammar, are not undecorated.  A template's
 * arguments have back references of their own.
 */
#ifndef PEWTER_DLLS_UNDNAME_READER_H
#define PEWTER_DLLS_UNDNAME_READER_H

#include "dlls/undname/undname.h"

#include <stdbool.h>

#define UNDNAME_DEPTH 100
#define UNDNAME_REFERENCES 10

struct type {
	const char *left, *right;
};

struct references {
	const char *names[UNDNAME_REFERENCES];
	struct type types[UNDNAME_REFERENCES];
	unsigned name_count, type_count;
};

struct reader {
	const char *at;
	char *work;
	size_t used;
	uint32_t flags;
	int depth;
	bool failed;
	struct references *references;
};

/* Part of a function's type: what stands before its name, and behind it. */
struct function {
	const char *convention; /* or "" */
	struct type result;	/* left ends with a space, unless there is none */
	const char *parameters;
};

/* types.c.  All of them set `failed` where the name cannot be read; what they return is then of no use, but no NULL. */
const char *undname_fail(struct reader *r);
/* Joins what is given up to a NULL. */
const char *undname_join(struct reader *r, const char *first, ...);
/* Goes on behind `text` if it stands there. */
bool undname_take(struct reader *r, const char *text);
/* 0..9 mean 1..10; larger ones are hexadecimal in the letters A..P, up to '@'. */
const char *undname_number(struct reader *r);
/* A word that is Microsoft's own, as the flags want it. */
const char *undname_keyword(struct reader *r, const char *word);
/* The qualifiers that a letter stands for ("const"); `none` for another letter. */
const char *undname_qualifiers(char code, const char *none);
/* What may stand before the letter: __ptr64, __unaligned, __restrict, each with a space before it. */
const char *undname_extended_qualifiers(struct reader *r);
struct type undname_type(struct reader *r);
struct function undname_function(struct reader *r);
/* One name; those around it, up to the empty one: "A::B", or "" at once. */
const char *undname_component(struct reader *r);
const char *undname_qualified(struct reader *r);
const char *undname_remember(struct reader *r, const char *name);
/* The arguments of a template, behind its name, with their brackets. */
const char *undname_arguments(struct reader *r);

/* symbols.c */
/* A symbol, behind its first '?'. */
const char *undname_symbol(struct reader *r);
/* The name that stands for a code of an operator or of something that the compiler makes, behind the '?' of it; NULL: none.
 * *kind is its letter: '0' a constructor, '1' a destructor, 'B' a conversion, 0 others. */
const char *undname_operator(struct reader *r, char *kind);

#endif
