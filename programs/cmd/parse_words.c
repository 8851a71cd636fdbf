/*
 * programs/cmd/parse_words.c - the characters of a command: words, quotes, carets, arguments, redirections.
 */
#include "programs/cmd/parse.h"

bool cmd_is_delimiter(WCHAR c)
{
	return c == u' ' || c == u'\t' || c == u',' || c == u';' || c == u'=' || c == 0x0B || c == 0x0C || c == 0xFF;
}

void cmd_unexpected(const WCHAR *what)
{
	output_error("%s was unexpected at this time.\n", what);
}

WCHAR parser_peek(struct parser *parser)
{
	return parser->at < parser->line.length ? parser->line.text[parser->at] : 0;
}

WCHAR parser_peek_next(struct parser *parser)
{
	return parser->at + 1 < parser->line.length ? parser->line.text[parser->at + 1] : 0;
}

/* Adds the next line behind the one that ends; false at the end of the source. */
bool parser_more_lines(struct parser *parser)
{
	struct io_wide next;
	bool more;

	io_wide_init(&next);
	parser->source->more = true;
	more = parser->source->next(parser->source, &next);
	if (more) {
		text_put(&parser->line, next.text);
		text_put_unit(&parser->line, u'\n');
	}
	io_wide_free(&next);
	return more;
}

void parser_fail(struct parser *parser, const WCHAR *what)
{
	if (!parser->failed && what)
		cmd_unexpected(what);
	parser->failed = true;
}

void parser_fail_syntax(struct parser *parser)
{
	if (!parser->failed)
		output_error("The syntax of the command is incorrect.\n");
	parser->failed = true;
}

/* The text of the error for what stands here. */
void parser_fail_here(struct parser *parser)
{
	const WCHAR *text = parser->line.text + parser->at;
	size_t length = 1;

	if (!*text || *text == u'\n') {
		parser_fail_syntax(parser);
		return;
	}
	if (*text == u'&' || *text == u'|' || *text == u'<' || *text == u'>') {
		length += text[1] == text[0];
	} else if (*text != u'(' && *text != u')') {
		while (text[length] && !cmd_is_delimiter(text[length]) && !text_find(u"&|<>()\n", text[length]))
			length++;
	}
	parser_fail(parser, cmd_copy(text, length));
}

void parser_skip(struct parser *parser)
{
	for (;;) {
		while (cmd_is_delimiter(parser_peek(parser)))
			parser->at++;
		/* a line that goes on */
		if (parser_peek(parser) != u'^' || parser_peek_next(parser) != u'\n')
			return;
		parser->at += 2;
		if (!parser_more_lines(parser))
			return;
	}
}

/* One unit behind a caret, which stands here. */
void parser_take_escaped(struct parser *parser, struct io_wide *to)
{
	parser->at++;
	if (parser_peek(parser) == u'\n') {
		/* The line goes on; the first unit of the next one is escaped, even its end. */
		parser->at++;
		if (parser->at >= parser->line.length && !parser_more_lines(parser))
			return;
		if (parser_peek(parser) == u'\n') {
			text_put_unit(to, u'\n');
			parser->at++;
			if (parser->at >= parser->line.length)
				parser_more_lines(parser);
			return;
		}
	}
	if (parser_peek(parser))
		text_put_unit(to, parser->line.text[parser->at++]);
}

bool parser_ends_command(struct parser *parser, WCHAR c)
{
	return !c || c == u'\n' || c == u'&' || c == u'|' || (c == u')' && parser->depth);
}

/* A word up to a delimiter or special character, quotes kept, carets gone. */
void parser_take_word(struct parser *parser, struct io_wide *to)
{
	bool quoted = false;

	for (;;) {
		WCHAR c = parser_peek(parser);

		if (!c || c == u'\n')
			return;
		if (c == u'"')
			quoted = !quoted;
		if (!quoted && c == u'^') {
			parser_take_escaped(parser, to);
			continue;
		}
		if (!quoted && (cmd_is_delimiter(c) || c == u'<' || c == u'>' || parser_ends_command(parser, c)))
			return;
		text_put_unit(to, c);
		parser->at++;
	}
}

struct node *parser_node(enum node_kind kind)
{
	struct node *node = cmd_allocate(sizeof(*node));

	memset(node, 0, sizeof(*node));
	node->kind = kind;
	return node;
}

/* < or > stands here, with the number that stood before it. */
static void take_redirect(struct parser *parser, struct redirect ***last, int number)
{
	struct redirect *redirect = cmd_allocate(sizeof(*redirect));
	struct io_wide file;

	memset(redirect, 0, sizeof(*redirect));
	redirect->input = parser_peek(parser) == u'<';
	redirect->kind = redirect->input ? REDIRECT_IN : REDIRECT_OUT;
	redirect->fd = number >= 0 ? (unsigned)number : !redirect->input;
	parser->at++;
	if (!redirect->input && parser_peek(parser) == u'>') {
		redirect->kind = REDIRECT_APPEND;
		parser->at++;
	}
	**last = redirect;
	*last = &redirect->next;
	if (parser_peek(parser) == u'&') {
		redirect->kind = REDIRECT_SAME;
		parser->at++;
		while (text_is_blank(parser_peek(parser)))
			parser->at++;
		if (!text_is_digit(parser_peek(parser))) {
			parser_fail_here(parser);
			return;
		}
		redirect->source = parser->line.text[parser->at++] - u'0';
		return;
	}
	parser_skip(parser);
	io_wide_init(&file);
	parser_take_word(parser, &file);
	if (!file.length)
		parser_fail_here(parser);
	redirect->file = cmd_keep(&file);
}

/* The number of a handle before < or >: a digit behind the beginning of a word.  -1. */
static int digit_before(struct parser *parser, size_t start)
{
	WCHAR c = parser_peek(parser), next = parser_peek_next(parser);

	if (!text_is_digit(c) || (next != u'<' && next != u'>'))
		return -1;
	if (parser->at > start && !cmd_is_delimiter(parser->line.text[parser->at - 1]) &&
	    !text_find(u"(&|)@", parser->line.text[parser->at - 1]))
		return -1;
	return c - u'0';
}

struct redirect **parser_take_redirects(struct parser *parser, struct redirect **last)
{
	for (;;) {
		int number;

		parser_skip(parser);
		number = digit_before(parser, parser->at);
		if (number >= 0)
			parser->at++;
		if (parser_peek(parser) != u'<' && parser_peek(parser) != u'>')
			return last;
		take_redirect(parser, &last, number);
		if (parser->failed)
			return last;
	}
}

/* The arguments of a command, up to what ends it. */
void parser_take_arguments(struct parser *parser, struct io_wide *to, struct redirect ***last)
{
	size_t start = parser->at;
	bool quoted = false;

	while (!parser->failed) {
		WCHAR c = parser_peek(parser);
		int number;

		if (!c || c == u'\n' || (!quoted && parser_ends_command(parser, c)))
			return;
		if (quoted) {
			quoted = c != u'"';
			text_put_unit(to, c);
			parser->at++;
			continue;
		}
		if (c == u'^') {
			parser_take_escaped(parser, to);
			continue;
		}
		number = digit_before(parser, start);
		if (number >= 0) {
			parser->at++;
			take_redirect(parser, last, number);
			continue;
		}
		if (c == u'<' || c == u'>') {
			take_redirect(parser, last, -1);
			continue;
		}
		quoted = c == u'"';
		text_put_unit(to, c);
		parser->at++;
	}
}

void parser_skip_line(struct parser *parser)
{
	while (parser_peek(parser) && parser_peek(parser) != u'\n')
		parser->at++;
}

bool parser_next_is(struct parser *parser, const WCHAR *word)
{
	size_t length = rtl_wcslen(word);
	WCHAR behind;

	if (parser->line.length - parser->at < length || !text_is(parser->line.text + parser->at, length, word))
		return false;
	behind = parser->line.text[parser->at + length];
	return !behind || cmd_is_delimiter(behind) || text_find(u"()&|<>\n\"^", behind);
}

bool parser_take_next(struct parser *parser, const WCHAR *word)
{
	parser_skip(parser);
	if (!parser_next_is(parser, word))
		return false;
	parser->at += rtl_wcslen(word);
	return true;
}
