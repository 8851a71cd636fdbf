/*
 * programs/cmd/parse_if_for.c - what stands before the commands of IF and FOR.
 */
#include "programs/cmd/parse.h"

/* An operand of IF: = ends a word only where it is doubled. */
static const WCHAR *take_operand(struct parser *parser)
{
	struct io_wide word;
	bool quoted = false;

	io_wide_init(&word);
	while (cmd_is_delimiter(parser_peek(parser)) &&
	       !(parser_peek(parser) == u'=' && parser_peek_next(parser) == u'='))
		parser->at++;
	for (;;) {
		WCHAR c = parser_peek(parser);

		if (!c || c == u'\n')
			break;
		if (c == u'"')
			quoted = !quoted;
		if (!quoted && c == u'^') {
			parser_take_escaped(parser, &word);
			continue;
		}
		if (!quoted &&
		    ((cmd_is_delimiter(c) && c != u'=') || c == u'&' || c == u'|' || c == u'<' || c == u'>' ||
		     (c == u')' && parser->depth && word.length && !text_find(word.text, u'(')) ||
		     (c == u'=' && (parser_peek_next(parser) == u'=' || !word.length))))
			break;
		text_put_unit(&word, c);
		parser->at++;
	}
	if (!word.length)
		parser_fail_here(parser);
	return cmd_keep(&word);
}

static bool is_comparison(const WCHAR *word)
{
	static const WCHAR *const words[] = {u"EQU", u"NEQ", u"LSS", u"LEQ", u"GTR", u"GEQ"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (text_same(word, words[i]))
			return cmd.extensions;
	return false;
}

static void take_condition(struct parser *parser, struct node *node)
{
	for (;;) {
		if (cmd.extensions && parser_take_next(parser, u"/I"))
			node->no_case = true;
		else if (parser_take_next(parser, u"NOT"))
			node->negated = !node->negated;
		else
			break;
	}
	parser_skip(parser);
	if (parser_take_next(parser, u"EXIST"))
		node->test = IF_EXIST;
	else if (parser_take_next(parser, u"ERRORLEVEL"))
		node->test = IF_LEVEL;
	else if (cmd.extensions && parser_take_next(parser, u"DEFINED"))
		node->test = IF_DEFINED;
	else if (cmd.extensions && parser_take_next(parser, u"CMDEXTVERSION"))
		node->test = IF_EXTENSION;
	else {
		size_t before;

		node->a = take_operand(parser);
		if (parser->failed)
			return;
		while (cmd_is_delimiter(parser_peek(parser)) && parser_peek(parser) != u'=')
			parser->at++;
		if (parser_peek(parser) == u'=' && parser_peek_next(parser) == u'=') {
			parser->at += 2;
			node->test = IF_EQUAL;
			node->operator= u"==";
			while (parser_peek(parser) == u'=')
				parser->at++;
		} else {
			struct io_wide word;

			before = parser->at;
			io_wide_init(&word);
			parser_take_word(parser, &word);
			node->test = IF_COMPARE;
			node->operator= cmd_keep(&word);
			if (!is_comparison(node->operator)) {
				parser->at = before;
				parser_fail_here(parser);
				return;
			}
		}
		node->b = take_operand(parser);
		return;
	}
	node->a = take_operand(parser);
}

bool parser_at_else(struct parser *parser)
{
	parser_skip(parser);
	return parser_next_is(parser, u"ELSE");
}

struct node *parse_if(struct parser *parser)
{
	struct node *node = parser_node(NODE_IF);

	take_condition(parser, node);
	if (parser->failed)
		return node;
	parser_skip(parser);
	if (!parser_peek(parser) || parser_peek(parser) == u'\n') {
		parser_fail_syntax(parser);
		return node;
	}
	parser->if_depth++;
	node->left = parse_sequence(parser);
	parser->if_depth--;
	if (parser->failed || !parser->closed || !parser_at_else(parser))
		return node;
	parser->at += 4;
	parser_skip(parser);
	if (!parser_peek(parser) || parser_peek(parser) == u'\n') {
		parser_fail_syntax(parser);
		return node;
	}
	node->right = parse_sequence(parser);
	return node;
}

/* What stands between the parentheses of IN. */
static const WCHAR *take_set(struct parser *parser)
{
	struct io_wide set;
	bool quoted = false;

	io_wide_init(&set);
	for (;;) {
		WCHAR c = parser_peek(parser);

		if (!c) {
			if (!parser_more_lines(parser)) {
				parser_fail_syntax(parser);
				break;
			}
			continue;
		}
		if (c == u'\n') {
			/* Lines of a set are its words. */
			parser->at++;
			quoted = false;
			text_put_unit(&set, u' ');
			continue;
		}
		if (quoted) {
			quoted = c != u'"';
		} else if (c == u'^') {
			parser_take_escaped(parser, &set);
			continue;
		} else if (c == u')') {
			parser->at++;
			break;
		} else if (c == u'&' || c == u'|' || c == u'<' || c == u'>') {
			parser_fail_here(parser);
			break;
		} else {
			quoted = c == u'"';
		}
		text_put_unit(&set, c);
		parser->at++;
	}
	return cmd_keep(&set);
}

static void take_loop_kind(struct parser *parser, struct node *node)
{
	struct io_wide word;

	parser_skip(parser);
	if (!cmd.extensions || parser_peek(parser) != u'/')
		return;
	io_wide_init(&word);
	parser_take_word(parser, &word);
	if (text_same(word.text, u"/D")) {
		node->loop = node->loop == FOR_TREE ? FOR_TREE : FOR_DIRECTORIES;
	} else if (text_same(word.text, u"/L")) {
		node->loop = FOR_LOOP;
	} else if (text_same(word.text, u"/R") || text_same(word.text, u"/F")) {
		node->loop = text_same(word.text, u"/R") ? FOR_TREE : FOR_FILE;
		parser_skip(parser);
		if (parser_peek(parser) != u'%' && parser_peek(parser) != u'/') {
			struct io_wide options;

			io_wide_init(&options);
			parser_take_word(parser, &options);
			node->options = cmd_keep(&options);
		}
	} else {
		parser_fail(parser, word.text);
	}
	io_wide_free(&word);
	parser_skip(parser);
	if (parser_peek(parser) == u'/' && !parser->failed)
		take_loop_kind(parser, node);
}

struct node *parse_for(struct parser *parser)
{
	struct node *node = parser_node(NODE_FOR);

	take_loop_kind(parser, node);
	if (parser->failed)
		return node;
	parser_skip(parser);
	if (parser_peek(parser) != u'%' || !parser_peek_next(parser) || cmd_is_delimiter(parser_peek_next(parser)) ||
	    parser_peek_next(parser) == u'\n') {
		parser_fail_here(parser);
		return node;
	}
	parser->at++;
	node->variable = parser_peek(parser);
	parser->at++;
	if (parser_peek(parser) == u'\n' || !cmd_is_delimiter(parser_peek(parser))) {
		parser->at -= 2;
		parser_fail_here(parser);
		return node;
	}
	if (!parser_take_next(parser, u"IN")) {
		parser_fail_here(parser);
		return node;
	}
	parser_skip(parser);
	if (parser_peek(parser) != u'(') {
		parser_fail_here(parser);
		return node;
	}
	parser->at++;
	node->set = take_set(parser);
	if (parser->failed)
		return node;
	if (!parser_take_next(parser, u"DO")) {
		parser_fail_here(parser);
		return node;
	}
	parser_skip(parser);
	if (!parser_peek(parser) || parser_peek(parser) == u'\n') {
		parser_fail_syntax(parser);
		return node;
	}
	node->left = parse_sequence(parser);
	return node;
}
