/*
 * programs/regex.c - findstr's regular expressions, tried from every place of a line.
 */
#include "programs/regex.h"
#include "programs/text.h"

struct match {
	const WCHAR *text; /* as a whole */
	bool no_case, at_end;
};

static bool same_unit(const struct match *match, WCHAR a, WCHAR b)
{
	return a == b || (match->no_case && rtl_upcase(a) == rtl_upcase(b));
}

static bool is_word(WCHAR c)
{
	return text_is_letter(c) || text_is_digit(c) || c == u'_';
}

/* The end of the pattern's first element. */
static const WCHAR *element_end(const WCHAR *pattern)
{
	if (*pattern == u'\\' && pattern[1])
		return pattern + 2;
	if (*pattern == u'[') {
		const WCHAR *end = pattern + 1;

		if (*end == u'^')
			end++;
		if (*end == u']')
			end++;
		while (*end && *end != u']')
			end++;
		if (*end)
			return end + 1;
	}
	return pattern + 1;
}

static bool in_class(const struct match *match, const WCHAR *from, const WCHAR *end, WCHAR c)
{
	bool inverted = *from == u'^', found = false;

	for (from += inverted; from < end; from++) {
		if (from + 2 < end && from[1] == u'-') {
			found |= (c >= from[0] && c <= from[2]) ||
				 (match->no_case && ((rtl_upcase(c) >= from[0] && rtl_upcase(c) <= from[2]) ||
						     (rtl_downcase(c) >= from[0] && rtl_downcase(c) <= from[2])));
			from += 2;
		} else {
			found |= same_unit(match, *from, c);
		}
	}
	return found != inverted;
}

static bool matches_unit(const struct match *match, const WCHAR *pattern, const WCHAR *end, WCHAR c)
{
	if (!c)
		return false;
	if (*pattern == u'[' && end > pattern + 1)
		return in_class(match, pattern + 1, end - 1, c);
	if (*pattern == u'\\' && end == pattern + 2)
		return same_unit(match, pattern[1], c);
	return *pattern == u'.' || same_unit(match, *pattern, c);
}

static bool matches(const struct match *match, const WCHAR *pattern, const WCHAR *text)
{
	const WCHAR *end;

	if (!*pattern)
		return !match->at_end || !*text;
	if (*pattern == u'$' && !pattern[1])
		return !*text;
	if (pattern[0] == u'\\' && pattern[1] == u'<')
		return (text == match->text || !is_word(text[-1])) && matches(match, pattern + 2, text);
	if (pattern[0] == u'\\' && pattern[1] == u'>')
		return text > match->text && is_word(text[-1]) && !is_word(*text) && matches(match, pattern + 2, text);
	end = element_end(pattern);
	if (*end == u'*') {
		const WCHAR *last = text;

		while (matches_unit(match, pattern, end, *last))
			last++;
		for (;; last--) {
			if (matches(match, end + 1, last))
				return true;
			if (last == text)
				return false;
		}
	}
	return matches_unit(match, pattern, end, *text) && matches(match, end, text + 1);
}

bool regex_search(const WCHAR *pattern, const WCHAR *text, bool no_case, bool at_start, bool at_end)
{
	struct match match = {text, no_case, at_end};

	if (*pattern == u'^')
		return matches(&match, pattern + 1, text);
	for (;; text++) {
		if (matches(&match, pattern, text))
			return true;
		if (at_start || !*text)
			return false;
	}
}
