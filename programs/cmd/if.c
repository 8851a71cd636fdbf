/*
 * programs/cmd/if.c - the conditions of IF.
 */
#include "programs/cmd/cmd.h"

/* Decimal, octal or hexadecimal, with a sign; the whole word. */
static bool is_number(const WCHAR *text, int64_t *value)
{
	bool negative = *text == u'-';
	unsigned base = 10;
	int64_t result = 0;

	if (*text == u'-' || *text == u'+')
		text++;
	if (!text_is_digit(*text))
		return false;
	if (*text == u'0') {
		base = 8;
		if ((text[1] | 32) == u'x') {
			base = 16;
			text += 2;
			if (!*text)
				return false;
		}
	}
	for (; *text; text++) {
		unsigned digit = text_is_digit(*text)    ? (unsigned)*text - u'0'
				 : text_is_letter(*text) ? (unsigned)(*text | 32) - u'a' + 10
							 : 99;

		if (digit >= base)
			return false;
		if (result < INT32_MAX)
			result = result * base + digit;
	}
	if (result > INT32_MAX)
		result = INT32_MAX;
	*value = negative ? -result : result;
	return true;
}

static bool compare(const struct node *node, const WCHAR *a, const WCHAR *b)
{
	const WCHAR *operator= node->operator;
	int64_t x, y;
	int order;

	if (is_number(a, &x) && is_number(b, &y))
		order = x < y ? -1 : x > y;
	else
		order = CompareStringW(LOCALE_USER, node->no_case ? NORM_NOCASE : 0, a, -1, b, -1) - 2;
	if (text_same(operator, u"EQU"))
		return order == 0;
	if (text_same(operator, u"NEQ"))
		return order != 0;
	if (text_same(operator, u"LSS"))
		return order < 0;
	if (text_same(operator, u"LEQ"))
		return order <= 0;
	if (text_same(operator, u"GTR"))
		return order > 0;
	return order >= 0;
}

static bool exists(const WCHAR *name)
{
	struct io_wide bare;
	WIN32_FIND_DATAW data;
	HANDLE find;
	bool good;

	io_wide_init(&bare);
	for (; *name; name++)
		if (*name != u'"')
			text_put_unit(&bare, *name == u'/' ? u'\\' : *name);
	if (text_has_wildcard(bare.text)) {
		find = FindFirstFileW(bare.text, &data);
		good = find != INVALID_HANDLE;
		if (good)
			FindClose(find);
	} else if (cmd_folder_length(bare.text) && text_same(bare.text + cmd_folder_length(bare.text), u"nul")) {
		/* "folder\nul" asks for the folder, since DOS. */
		good = cmd_is_folder(cmd_copy(bare.text, cmd_folder_length(bare.text)));
	} else {
		good = bare.length && GetFileAttributesW(bare.text) != INVALID_FILE_ATTRIBUTES;
	}
	io_wide_free(&bare);
	return good;
}

static bool is_plain_decimal(const WCHAR *text, int *value)
{
	bool negative = *text == u'-';
	int64_t result = 0;

	if (*text == u'-' || *text == u'+')
		text++;
	if (!text_is_digit(*text))
		return false;
	for (; text_is_digit(*text); text++)
		if (result < INT32_MAX)
			result = result * 10 + (*text - u'0');
	*value = (int)(negative ? -result : result);
	return !*text;
}

int cmd_if(const struct node *node)
{
	const WCHAR *a = cmd_expand_late(node->a), *b = node->b ? cmd_expand_late(node->b) : NULL;
	bool good = false;
	int number;

	switch (node->test) {
	case IF_EQUAL:
		good = node->no_case ? text_same(a, b)
				     : rtl_wcslen(a) == rtl_wcslen(b) && !memcmp(a, b, rtl_wcslen(a) * sizeof(*a));
		break;
	case IF_COMPARE:
		good = compare(node, a, b);
		break;
	case IF_EXIST:
		good = exists(a);
		break;
	case IF_DEFINED:
		good = cmd_variable(a, rtl_wcslen(a)) != NULL;
		break;
	case IF_LEVEL:
	case IF_EXTENSION:
		if (!is_plain_decimal(a, &number)) {
			cmd_unexpected(a);
			return 1;
		}
		good = node->test == IF_LEVEL ? cmd.level >= number : number <= 2;
		break;
	}
	if (good != node->negated)
		return cmd_execute(node->left);
	return cmd_execute(node->right);
}
