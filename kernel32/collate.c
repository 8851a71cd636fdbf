/*
 * kernel32/collate.c - the order of strings: CompareString and its sort keys, with weights of our own.
 *
 * A string is a row of elements; each has a primary weight (which letter), a diacritic weight and a case weight.  Two
 * strings are compared by all primary weights first, then by all diacritic, then by all case weights (small before
 * capital), then by where hyphens and apostrophes stand, which word sort ignores until then (MSDN, "Handling Sorting in
 * Your Applications").  The order of classes is Windows': blanks, punctuation, other symbols, digits, letters by script.
 * It is that of en-US and of the invariant locale for every locale.
 */
#include "kernel32/kernel32.h"
#include "kernel32/nls.h"
#include "ntdll/rtl/nls.h"

#include <string.h>

#define CLASS_WORD_PUNCTUATION 0x060000u
#define CLASS_PUNCTUATION 0x070000u
#define CLASS_SYMBOL 0x080000u
#define CLASS_DIGIT 0x0C0000u
#define CLASS_NUMBER 0x0D0000u /* a whole number (SORT_DIGITSASNUMBERS) */
#define CLASS_LATIN 0x0E0000u
#define CLASS_OTHER 0x0F0000u
#define CLASS_SUPPLEMENTARY 0x100000u

#define WEIGHT_BASE 2
#define CASE_CAPITAL 0x10
#define CASE_FULLWIDTH 0x01
#define CASE_KATAKANA 0x20
#define CASE_OTHER_DIGIT 0x40

struct element {
	uint32_t primary;
	uint8_t diacritic, letter_case;
};

struct reader {
	const char16_t *p, *end;
	DWORD flags;
	struct element pending[4]; /* the rest of an expansion */
	unsigned pending_count, pending_next;
	/* Word sort's hyphens and apostrophes, in the order of reading. */
	struct {
		uint32_t position;
		uint8_t weight;
	} special[32]; /* also control characters, which come before both */
	unsigned special_count;
	uint32_t position;
};

static void reader_start(struct reader *r, const char16_t *string, size_t length, DWORD flags)
{
	r->p = string;
	r->end = string + length;
	r->flags = flags;
	r->pending_count = r->pending_next = r->special_count = 0;
	r->position = 0;
}

static bool ignore_marks(DWORD flags)
{
	return flags & (NORM_IGNORENONSPACE | LINGUISTIC_IGNOREDIACRITIC);
}

static bool ignore_case(DWORD flags)
{
	return flags & (NORM_IGNORECASE | LINGUISTIC_IGNORECASE);
}

static uint8_t mark_weight(char16_t mark)
{
	static const struct {
		char16_t mark;
		uint8_t weight;
	} marks[] = {{0x301, 0x0E}, {0x300, 0x0F}, {0x307, 0x10}, {0x302, 0x12}, {0x308, 0x13}, {0x30C, 0x14}, {0x306, 0x15},
		     {0x304, 0x17}, {0x303, 0x19}, {0x30A, 0x1A}, {0x328, 0x1B}, {0x327, 0x1C}, {0x30B, 0x1D}, {0x3099, 0x03},
		     {0x309A, 0x04}};
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		if (marks[i].mark == mark)
			return marks[i].weight;
	}
	return (uint8_t)(0x20 + mark % 0x60);
}

static uint8_t add_weights(unsigned a, unsigned b)
{
	return (uint8_t)(a + b > 0xFE ? 0xFE : a + b);
}

static bool ascii_letter(char16_t c)
{
	return (c | 0x20) >= u'a' && (c | 0x20) <= u'z';
}

/* Latin letters that do not decompose: what they sort as, with which mark. */
static unsigned latin_expansion(char16_t lower, char16_t base[2], uint8_t *mark)
{
	static const struct {
		char16_t letter;
		char base[3];
		uint8_t mark;
	} letters[] = {{0xDF, "ss", 0x30},  {0xE6, "ae", 0x30},	 {0xF0, "d", 0x68},   {0xF8, "o", 0x21},  {0xFE, "th", 0x30},
		       {0x111, "d", 0x2F},  {0x127, "h", 0x2F},	 {0x131, "i", 0x03},  {0x133, "ij", 0x30}, {0x138, "q", 0x03},
		       {0x142, "l", 0x2F},  {0x153, "oe", 0x30}, {0x167, "t", 0x2F},  {0x17F, "s", 0x03}, {0x180, "b", 0x2F},
		       {0x192, "f", 0x2F},  {0x19A, "l", 0x30},	 {0x1B6, "z", 0x2F},  {0x1C6, "dz", 0x44}, {0x1C9, "lj", 0x30},
		       {0x1CC, "nj", 0x30}, {0x1F3, "dz", 0x30}, {0xFB01, "fi", 0x30}, {0xFB02, "fl", 0x30}};
	for (size_t i = 0; i < ARRAY_SIZE(letters); i++) {
		if (letters[i].letter == lower) {
			base[0] = (uint8_t)letters[i].base[0];
			base[1] = (uint8_t)letters[i].base[1];
			*mark = letters[i].mark;
			return base[1] ? 2 : 1;
		}
	}
	return 0;
}

static const uint8_t half_kana[63] = {
	/* U+FF61..FF9F as offsets from U+3000. */
	0x02, 0x0C, 0x0D, 0x01, 0xFB, 0xF2, 0xA1, 0xA3, 0xA5, 0xA7, 0xA9, 0xE3, 0xE5, 0xE7, 0xC3, 0xFC,
	0xA2, 0xA4, 0xA6, 0xA8, 0xAA, 0xAB, 0xAD, 0xAF, 0xB1, 0xB3, 0xB5, 0xB7, 0xB9, 0xBB, 0xBD, 0xBF,
	0xC1, 0xC4, 0xC6, 0xC8, 0xCA, 0xCB, 0xCC, 0xCD, 0xCE, 0xCF, 0xD2, 0xD5, 0xD8, 0xDB, 0xDE, 0xDF,
	0xE0, 0xE1, 0xE2, 0xE4, 0xE6, 0xE8, 0xE9, 0xEA, 0xEB, 0xEC, 0xED, 0xEF, 0xF3, 0x99, 0x9A,
};

char16_t nls_fullwidth_kana(char16_t c)
{
	return (char16_t)(0x3000 + half_kana[c - 0xFF61]);
}

static uint32_t symbol_weight(char16_t c)
{
	if (c == u' ' || c == 0xA0)
		return CLASS_PUNCTUATION + (c == u' ' ? 2 : 3);
	if (c >= 9 && c <= 13)
		return CLASS_PUNCTUATION + 5 + (c - 9u);
	/* The signs of sums stand behind punctuation. */
	if (c == u'+' || (c >= u'<' && c <= u'>') || c == 0xB1 || c == 0xD7 || c == 0xF7 || (c >= 0x2200 && c < 0x2300))
		return CLASS_SYMBOL + c;
	if (c < 0x80 || (c >= 0x2000 && c < 0x2070) || (c >= 0x3000 && c < 0x3030))
		return CLASS_PUNCTUATION + 0x100 + c;
	return CLASS_SYMBOL + c;
}

static void put_special(struct reader *r, uint8_t weight)
{
	if (r->special_count == ARRAY_SIZE(r->special))
		return;
	r->special[r->special_count].position = r->position;
	r->special[r->special_count++].weight = weight;
}

/* The next element with a primary weight; false at the end. */
static bool next_element(struct reader *r, struct element *e)
{
	if (r->pending_next < r->pending_count) {
		*e = r->pending[r->pending_next++];
		r->position++;
		return true;
	}
	while (r->p < r->end) {
		char16_t c = *r->p++, lower, parts[2], base[2];
		uint16_t type;
		uint8_t mark = 0;
		unsigned count;
		uint32_t code = c;

		*e = (struct element){0, WEIGHT_BASE, WEIGHT_BASE};
		if (c >= 0xFF01 && c <= 0xFF5E) {
			c = (char16_t)(c - 0xFEE0);
			if (!(r->flags & NORM_IGNOREWIDTH))
				e->letter_case |= CASE_FULLWIDTH;
		} else if (c == 0x3000) {
			c = u' ';
			if (!(r->flags & NORM_IGNOREWIDTH))
				e->letter_case |= CASE_FULLWIDTH;
		} else if (c >= 0xFF61 && c <= 0xFF9F) {
			c = nls_fullwidth_kana(c);
		} else if (c >= 0x30A1 && c <= 0x30FE && !(r->flags & NORM_IGNOREWIDTH)) {
			e->letter_case |= CASE_FULLWIDTH;
		}
		if ((c == u'-' || c == u'\'') && !(r->flags & SORT_STRINGSORT)) {
			if (!(r->flags & NORM_IGNORESYMBOLS))
				put_special(r, c == u'-' ? 0x82 : 0x80);
			continue;
		}
		if (c >= 0xD800 && c <= 0xDBFF && r->p < r->end && *r->p >= 0xDC00 && *r->p <= 0xDFFF) {
			code = 0x10000 + ((c - 0xD800u) << 10) + (*r->p++ - 0xDC00u);
			e->primary = CLASS_SUPPLEMENTARY + code;
			goto done;
		}
		/* Marks belong to the element before them; alone they count for nothing here. */
		if (nls_combining_class(c) && c != 0x3099 && c != 0x309A)
			continue;
		type = nls_ctype1(c);
		if (type & C1_DIGIT) {
			char16_t zero = c;
			if (r->flags & SORT_DIGITSASNUMBERS && r->p[-1] >= u'0' && r->p[-1] <= u'9') {
				const char16_t *start = r->p - 1, *p;
				while (start < r->end && *start == u'0')
					start++;
				for (p = start; p < r->end && *p >= u'0' && *p <= u'9'; p++)
					;
				/* How long the number is comes first; its digits follow by themselves. */
				e->primary = CLASS_NUMBER + (uint32_t)(p - start) + 1;
				if (start < p && p - start > 0) {
					r->p = start;
					r->flags &= ~SORT_DIGITSASNUMBERS;
					r->flags |= 0x80000000u;
				} else {
					r->p = p;
				}
				goto done;
			}
			while (nls_ctype1((char16_t)(zero - 1)) & C1_DIGIT && c - zero < 9)
				zero--;
			if (c == 0xB2 || c == 0xB3 || c == 0xB9)
				zero = (char16_t)(c == 0xB9 ? c - 1 : c - (c - 0xB0));
			e->primary = CLASS_DIGIT + 3 + (uint32_t)(c - zero) * 2;
			if (c > 0x7F)
				e->letter_case |= CASE_OTHER_DIGIT;
			/* Behind the last digit of a number, the next one is a number again. */
			if (r->flags & 0x80000000u && (r->p == r->end || *r->p < u'0' || *r->p > u'9')) {
				r->flags &= ~0x80000000u;
				r->flags |= SORT_DIGITSASNUMBERS;
			}
			goto done;
		}
		if (!(type & C1_ALPHA)) {
			bool control = c && c < 0x80 && type & C1_CNTRL && !(type & C1_SPACE);
			if (!control && (type == 0 || ((type & C1_CNTRL) && !(type & C1_SPACE))))
				continue;
			if (r->flags & NORM_IGNORESYMBOLS)
				continue;
			if (control && !(r->flags & SORT_STRINGSORT)) {
				put_special(r, (uint8_t)(2 + c));
				continue;
			}
			e->primary = control || c == u'-' || c == u'\'' ? CLASS_WORD_PUNCTUATION + c : symbol_weight(c);
			goto done;
		}
		/* Letters: take the marks off, but not off the letters that Cyrillic counts as its own. */
		while (c != 0x419 && c != 0x439 && !(c >= 0xAC00 && c <= 0xD7A3) && nls_decompose(c, parts)) {
			c = parts[0];
			if (parts[1])
				mark = mark ? add_weights(mark, mark_weight(parts[1])) : mark_weight(parts[1]);
		}
		lower = rtl_downcase(c);
		if (lower != c)
			e->letter_case |= CASE_CAPITAL;
		if (c >= 0x30A1 && c <= 0x30F6) {
			lower = (char16_t)(c - 0x60);
			if (!(r->flags & NORM_IGNOREKANATYPE))
				e->letter_case |= CASE_KATAKANA;
		}
		if (ascii_letter(lower)) {
			e->primary = CLASS_LATIN + (lower - u'a' + 1u) * 16;
		} else if ((count = latin_expansion(lower, base, &mark)) != 0) {
			e->primary = CLASS_LATIN + (base[0] - u'a' + 1u) * 16;
			if (count == 2) {
				r->pending[0] = (struct element){CLASS_LATIN + (base[1] - u'a' + 1u) * 16, WEIGHT_BASE, e->letter_case};
				r->pending_count = 1;
				r->pending_next = 0;
			}
		} else if (lower < 0x250 || (lower >= 0x1E00 && lower < 0x1F00)) {
			/* Latin letters without a base come where they stand in Unicode, behind z. */
			e->primary = CLASS_LATIN + 0x1000 + lower;
		} else {
			e->primary = CLASS_OTHER + lower;
		}
		if (mark)
			e->diacritic = add_weights(WEIGHT_BASE, mark);
done:
		while (r->p < r->end && nls_combining_class(*r->p)) {
			e->diacritic = add_weights(e->diacritic, mark_weight(*r->p));
			r->p++;
		}
		if (ignore_marks(r->flags))
			e->diacritic = WEIGHT_BASE;
		if (ignore_case(r->flags)) {
			e->letter_case &= (uint8_t)~CASE_CAPITAL;
			for (unsigned i = 0; i < r->pending_count; i++)
				r->pending[i].letter_case &= (uint8_t)~CASE_CAPITAL;
		}
		r->position++;
		return true;
	}
	return false;
}

int nls_compare(const char16_t *a, size_t a_length, const char16_t *b, size_t b_length, DWORD flags)
{
	struct reader x, y;
	int diacritic = 0, letter_case = 0;

	/* Not with memcmp, which may read on behind the first difference: there are callers who do not know the length. */
	if (a_length == b_length) {
		size_t same = 0;
		while (same < a_length && a[same] == b[same])
			same++;
		if (same == a_length)
			return 0;
	}
	reader_start(&x, a, a_length, flags);
	reader_start(&y, b, b_length, flags);
	for (;;) {
		struct element e, f;
		bool more_x = next_element(&x, &e), more_y = next_element(&y, &f);
		if (!more_x || !more_y) {
			if (more_x != more_y)
				return more_x ? 1 : -1;
			break;
		}
		if (e.primary != f.primary)
			return e.primary < f.primary ? -1 : 1;
		if (!diacritic && e.diacritic != f.diacritic)
			diacritic = e.diacritic < f.diacritic ? -1 : 1;
		if (!letter_case && e.letter_case != f.letter_case)
			letter_case = e.letter_case < f.letter_case ? -1 : 1;
	}
	if (diacritic)
		return diacritic;
	if (letter_case)
		return letter_case;
	for (unsigned i = 0; i < x.special_count && i < y.special_count; i++) {
		if (x.special[i].position != y.special[i].position)
			return x.special[i].position < y.special[i].position ? -1 : 1;
		if (x.special[i].weight != y.special[i].weight)
			return x.special[i].weight < y.special[i].weight ? -1 : 1;
	}
	return x.special_count < y.special_count ? -1 : x.special_count > y.special_count;
}

struct writer {
	unsigned char *to;
	size_t capacity, count;
};

static void put(struct writer *w, unsigned byte)
{
	if (w->count < w->capacity)
		w->to[w->count] = (unsigned char)byte;
	w->count++;
}

/* One level of secondary weights, without the trailing ones that say nothing. */
static void put_level(struct writer *w, const char16_t *string, size_t length, DWORD flags, bool diacritics)
{
	struct reader r;
	struct element e;
	size_t written = 0, index = 0;

	reader_start(&r, string, length, flags);
	while (next_element(&r, &e)) {
		uint8_t weight = diacritics ? e.diacritic : e.letter_case;
		index++;
		if (weight == WEIGHT_BASE)
			continue;
		for (; written + 1 < index; written++)
			put(w, WEIGHT_BASE);
		put(w, weight);
		written++;
	}
}

size_t nls_sort_key(unsigned char *to, size_t capacity, const char16_t *string, size_t length, DWORD flags)
{
	struct writer w = {to, capacity, 0};
	struct reader r;
	struct element e;

	reader_start(&r, string, length, flags);
	while (next_element(&r, &e)) {
		put(&w, e.primary >> 16);
		put(&w, (e.primary >> 12 & 0xF) + 2);
		put(&w, (e.primary >> 6 & 0x3F) + 2);
		put(&w, (e.primary & 0x3F) + 2);
	}
	put(&w, 1);
	put_level(&w, string, length, flags, true);
	put(&w, 1);
	put_level(&w, string, length, flags, false);
	put(&w, 1);
	put(&w, 1);
	for (unsigned i = 0; i < r.special_count; i++) {
		uint32_t position = r.special[i].position;
		put(&w, 0x80 | (position >> 12 & 0x3F));
		put(&w, (position >> 6 & 0x3F) + 2);
		put(&w, (position & 0x3F) + 2);
		put(&w, r.special[i].weight);
	}
	put(&w, 0);
	return w.count;
}
